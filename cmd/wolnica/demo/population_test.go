package demo

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func TestModelledResidentsAddUpToTheirMunicipality(t *testing.T) {
	d, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	residents := d.Population()
	cells := residents.Cells
	total, keys := map[string]int{}, map[string]bool{}
	most := map[string]int{}
	for _, c := range cells {
		if key := c.Municipality + c.Key; keys[key] {
			t.Errorf("%s is there twice", key)
		} else {
			keys[key] = true
		}
		if c.UpTo14+c.From15To64+c.From65 != c.Total || c.UpTo14 < 0 || c.From65 < 0 || c.Method != Method || c.Cell.Area() <= 0 {
			t.Errorf("got %+v, want ages that add up, marked as modelled", c)
		}
		total[c.Municipality] += c.Total
		most[c.Municipality] = max(most[c.Municipality], c.Total)
	}
	for _, m := range d.Municipalities {
		if total[m.TERYT] != m.Population {
			t.Errorf("%s: got %d residents, want %d", m.Name, total[m.TERYT], m.Population)
		}
	}
	if n := len(cells); n < 900 || n > 2000 {
		t.Errorf("got %d cells for some 1,300 km²", n)
	}
	if how := residents.How(); residents.Misplaced <= 0 || residents.Misplaced >= 0.5 || !strings.Contains(how, fmt.Sprintf("%.0f %%", 100*residents.Misplaced)) {
		t.Errorf("got %v misplaced and %q, want an error that is told", residents.Misplaced, how)
	}
	if most["1261011"] < 3000 {
		t.Errorf("the densest square kilometre of Kraków has %d residents: they are not drawn to where places are", most["1261011"])
	}
	if !reflect.DeepEqual(residents, d.Population()) {
		t.Error("a second call gives other cells")
	}
}
