package plan_test

import (
	"testing"

	"wolnica/models/plan"
)

func TestPartOfAMunicipality(t *testing.T) {
	g := &plan.Ground{}
	for _, at := range []plan.Point{{Lon: 19, Lat: 50}, {Lon: 20, Lat: 51}, {Lon: 25, Lat: 55}} {
		g.Cells = append(g.Cells, plan.Cell{At: at})
	}
	g.Cells[2].Municipality = 1
	for _, tt := range []struct {
		at   plan.Point
		want string
	}{{plan.Point{Lon: 19.5, Lat: 50.5}, "środek"}, {plan.Point{Lon: 20, Lat: 50.5}, "wschód"}, {plan.Point{Lon: 20, Lat: 51}, "północny wschód"}, {plan.Point{Lon: 19.5, Lat: 50.9}, "północ"},
		{plan.Point{Lon: 19, Lat: 50.6}, "zachód"}, {plan.Point{Lon: 19.1, Lat: 50.1}, "południowy zachód"}, {plan.Point{Lon: 19.9, Lat: 50}, "południowy wschód"}} {
		if got := g.PartOf(0, tt.at); got.PL != tt.want || got.EN == "" {
			t.Errorf("%v: got %v, want %s", tt.at, got, tt.want)
		}
	}
	if got := g.PartOf(1, plan.Point{Lon: 25, Lat: 55}); got.PL != "środek" {
		t.Errorf("got %v for the only cell, want the middle", got)
	}
	if got := g.PartOf(2, plan.Point{Lon: 25, Lat: 55}); got.PL != "" {
		t.Errorf("got %v of a municipality without cells, want nothing", got)
	}
}
