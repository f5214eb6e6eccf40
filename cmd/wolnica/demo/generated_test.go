package demo

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var today = time.Date(2026, 5, 20, 14, 30, 0, 0, time.UTC)

func TestGeneratedDataIsTheSameEveryTime(t *testing.T) {
	a, b := load(t), load(t)
	later := today.Add(3 * time.Hour)
	if diff := cmp.Diff(a.Inspections(today), b.Inspections(later)); diff != "" {
		t.Errorf("inspections differ between two runs of one day:\n%s", diff)
	}
	if diff := cmp.Diff(a.Facts(today), b.Facts(later)); diff != "" {
		t.Errorf("facts differ between two runs of one day:\n%s", diff)
	}
	if diff := cmp.Diff(a.Assets(), b.Assets()); diff != "" {
		t.Errorf("assets differ between two runs:\n%s", diff)
	}
}

func TestAddingAPlaceChangesNothingAboutTheOthers(t *testing.T) {
	whole, part := load(t), load(t)
	part.Places = part.Places[1:]
	first := whole.Places[0].Key
	var want []Fact
	for _, f := range whole.Facts(today) {
		if f.Place != first {
			want = append(want, f)
		}
	}
	if diff := cmp.Diff(want, part.Facts(today)); diff != "" {
		t.Errorf("facts of the other places changed:\n%s", diff)
	}
}

func TestInspectionsLeaveAThirdOfPlacesUnseen(t *testing.T) {
	d := load(t)
	grades := map[string][]string{"heritage": {"good", "fair", "poor", "very_bad"}, "asset": {"1", "2", "3", "4", "5"}}
	seen, used := map[string]time.Time{}, map[string]int{}
	for _, i := range d.Inspections(today) {
		p, ok := d.Place(i.Place)
		if !ok {
			t.Fatalf("got an inspection of %q, want an existing place", i.Place)
		}
		if scale := map[bool]string{true: "heritage", false: "asset"}[p.HeritageCategory != ""]; i.Scale != scale {
			t.Errorf("%s: got scale %q, want %q", i.Place, i.Scale, scale)
		}
		if i.On.Year() < 2019 || i.On.After(today) {
			t.Errorf("%s: got an inspection on %s, want one from 2019 to today", i.Place, i.On.Format(time.DateOnly))
		}
		if last, ok := seen[i.Place]; ok && !last.Before(i.On) {
			t.Errorf("%s: got inspections out of order", i.Place)
		}
		seen[i.Place] = i.On
		used[i.Scale+i.Grade]++
		if i.Method != "demonstration" {
			t.Errorf("%s: got method %q, want demonstration", i.Place, i.Method)
		}
	}
	for scale, codes := range grades {
		for _, code := range codes {
			if used[scale+code] == 0 {
				t.Errorf("got no %s grade %s, want some", scale, code)
			}
			delete(used, scale+code)
		}
	}
	if len(used) > 0 {
		t.Errorf("got unknown grades %v", used)
	}
	if unseen := 1 - float64(len(seen))/float64(len(d.Places)); unseen < 0.27 || unseen > 0.43 {
		t.Errorf("got %.0f %% of places never inspected, want about 35 %%", 100*unseen)
	}
}

func TestAssetsCoverTheInfrastructure(t *testing.T) {
	d := load(t)
	assets := map[string]Asset{}
	for _, a := range d.Assets() {
		assets[a.Place] = a
		if a.Capacity <= 0 || a.BuiltYear < 1900 || a.BuiltYear > 2026 || a.RenewalValuePLN <= 0 || a.ExpectedLifeYears <= 0 {
			t.Errorf("got %+v, want plausible numbers", a)
		}
		if a.Method != "demonstration" {
			t.Errorf("%s: got method %q, want demonstration", a.Place, a.Method)
		}
	}
	for _, p := range d.Places {
		if _, ok := assets[p.Key]; ok != (p.InfrastructureCategory != "") {
			t.Errorf("%s: got an asset %v with infrastructure category %q", p.Key, ok, p.InfrastructureCategory)
		}
	}
}
