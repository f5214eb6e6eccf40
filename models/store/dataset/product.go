package dataset

import "fmt"

type product struct {
	kind, category, name string
	line                 []position
	stops                []int64
}

var productNames = []string{"Szlakiem dworów", "Wokół Doliny Prądnika", "Śladami rzemiosła", "Kapliczki i krzyże", "Rodzinna pętla", "Nad Dunajcem", "Zielone wzgórza",
	"Drewniane kościoły", "Twierdza", "Woda i młyny", "Spacer po rynku", "Ścieżka bez barier"}

// product makes up a product: mostly a trail or a route with a line between towns, some without one.
func (d *Dataset) product(id int) product {
	r := d.random(streamProduct, id)
	c := pick(r, d.categories.product)
	p := product{category: c.code, kind: "trail"}
	if id%5 == 0 {
		p.kind = "route"
	}
	p.name = fmt.Sprintf("%s: %s nr %d", c.pl, pick(r, productNames), id)
	for range 3 + r.IntN(10) {
		p.stops = append(p.stops, 1+r.Int64N(int64(d.Places)))
	}
	if id%10 == 9 {
		p.kind = "event"
		return p
	}
	at := d.settlements[r.IntN(len(d.settlements))].centre
	heading := r.IntN(1024)
	for range 40 + r.IntN(400) {
		p.line = append(p.line, at)
		heading += r.IntN(161) - 80
		next := at.polar(heading, int64(40_000+r.IntN(160_000)))
		if !next.inside() {
			heading += 512
			next = at.polar(heading, 40_000)
		}
		at = next
	}
	return p
}
