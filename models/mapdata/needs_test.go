package mapdata_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"wolnica/geo/mapindex"
	"wolnica/models"
	"wolnica/models/access"
	"wolnica/models/mapdata"
	"wolnica/models/store"
	"wolnica/models/store/storetest"
)

func drawNeeds(t *rapid.T) access.Needs {
	profiles := rapid.SliceOfN(rapid.SampledFrom(models.AccessProfiles.Codes()), 1, 3).Draw(t, "profiles")
	limit := func(name string, values ...float64) *float64 {
		if rapid.Bool().Draw(t, name+" of their own") {
			return pointer(rapid.SampledFrom(values).Draw(t, name))
		}
		return nil
	}
	n := access.NeedsOf(profiles, access.Limits{WidthCM: limit("width", 50, 74.6, 86), StepCM: limit("step", 0.4, 9), SlopePercent: limit("slope", 2, 7.9)})
	if _, err := n.Judged(); err != nil { // none of them knows one of the limits
		n.Limits = access.Limits{}
	}
	return n
}

// wantVerdictsForNeeds holds what the map tells every reader of the verdicts for random needs, and lets through by them, to what the
// engine says of each record alone.
func (r registry) wantVerdictsForNeeds(t *rapid.T, d *mapdata.Data) {
	needs := drawNeeds(t)
	profiles, err := needs.Judged()
	if err != nil {
		t.Fatal(err)
	}
	today := models.DayOf(d.State().Today)
	places, products := map[int64]string{}, map[int64]string{}
	together := func(verdict func(*access.Profile) string) string {
		var codes []string
		for _, p := range profiles {
			codes = append(codes, verdict(p))
		}
		return access.Together(codes...)
	}
	place := func(id int64) string {
		if places[id] == "" {
			p, err := r.s.PlaceAccess(ctx, store.System(), id)
			if err != nil {
				t.Fatal(err)
			}
			places[id] = access.LinkNotJudged
			if p.Lifecycle == models.LifecycleExisting {
				places[id] = together(func(profile *access.Profile) string { return profile.Judge(p.Facts, p.Judged(), today).Verdict })
			}
		}
		return places[id]
	}
	product := func(id int64) string {
		if products[id] == "" {
			p, err := r.s.ProductAccess(ctx, store.System(), id, today)
			if err != nil {
				t.Fatal(err)
			}
			products[id] = access.LinkNotJudged
			event := p.KindCode == "event" || p.KindCode == "event_series"
			if p.GoneStop == 0 && (p.Status == "open" || event && (p.Status == "scheduled" || p.Status == "rescheduled")) {
				products[id] = together(func(profile *access.Profile) string { return profile.JudgeProduct(p.Judged, today).Verdict })
			}
		}
		return products[id]
	}
	fit := rapid.SampledFrom([]string{"yes", "help", "maybe"}).Draw(t, "fit")
	for i, user := range r.users {
		v, err := d.Views(ctx, user, mapdata.Query{Needs: needs})
		if err != nil {
			t.Fatal(err)
		}
		var usable []int64
		counts := map[string]uint32{}
		v.Places.Tile(0, 0, 0, func(e mapindex.Entry) bool {
			got, want := mapdata.JudgedCodes[v.Judged.Place(e)], place(e.ID())
			if got != want {
				t.Fatalf("user %d, needs %s: the map says %s of place %d, its facts %s", i, needs.Key(), got, e.ID(), want)
			}
			if slices.Contains(access.FitVerdicts(fit), want) {
				usable = append(usable, e.ID())
			}
			counts[want]++
			return true
		})
		var seen []int64
		v.Products.Tile(0, 0, 0, func(e mapindex.Entry) bool {
			seen = append(seen, e.ID())
			if got, want := mapdata.JudgedCodes[v.Judged.Product(e)], product(e.ID()); got != want {
				t.Fatalf("user %d, needs %s: the map says %s of product %d, its legs %s", i, needs.Key(), got, e.ID(), want)
			}
			return true
		})
		if _, got := v.PlaceFacets(mapindex.World, []string{mapdata.NeedsFacet}); fmt.Sprint(got[mapdata.NeedsFacet]) != fmt.Sprint(counts) {
			t.Fatalf("user %d, needs %s: the map counts %v, want %v", i, needs.Key(), got, counts)
		}
		v, err = d.Views(ctx, user, mapdata.Query{Needs: needs, Fit: fit})
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(usable)
		if got := ids(v.Places); !slices.Equal(got, usable) {
			t.Fatalf("user %d, needs %s, fit %s: the map shows %v, want %v", i, needs.Key(), fit, got, usable)
		}
		var shown, wanted []int64
		v.Products.Tile(0, 0, 0, func(e mapindex.Entry) bool {
			shown = append(shown, e.ID())
			return true
		})
		for _, id := range seen {
			if slices.Contains(access.FitVerdicts(fit), product(id)) {
				wanted = append(wanted, id)
			}
		}
		slices.Sort(shown)
		slices.Sort(wanted)
		if !slices.Equal(shown, wanted) {
			t.Fatalf("user %d, needs %s, fit %s: the map shows the products %v, want %v", i, needs.Key(), fit, shown, wanted)
		}
	}
}

// What has more described places than can be judged at once says so, in both languages, at the measures; without measures the map answers.
func TestTooManyPlacesAreNotJudgedByOwnMeasures(t *testing.T) {
	s := storetest.Open(t)
	for i := range 3 {
		p := create(t, s, newPlace(fmt.Sprint("Dwór ", i), 19.05, 50.05))
		create(t, s, &models.AccessFact{PlaceID: &p.ID, Attribute: "induction_loop", State: "known", Value: json.RawMessage(`"fixed"`), ObservedOn: models.DateOf(p.CreatedAt), Method: "measured"})
	}
	width := 70.0
	own := access.NeedsOf(nil, access.Limits{WidthCM: &width})
	for most, refused := range map[int]bool{2: true, 3: false} {
		d, err := mapdata.Open(ctx, mapdata.Config{Store: s, MostJudged: most})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			_, err = d.Views(ctx, nil, mapdata.Query{Needs: own})
			e, _ := err.(*models.Error)
			if refused && (e == nil || e.Code != models.CodeInvalid || len(e.Fields) != 1 || e.Fields[0].Parameter != "width_cm" || e.Message.EN == "" || e.Message.PL == "") || !refused && err != nil {
				t.Errorf("at most %d: got %v, want a refusal %v", most, err, refused)
			}
		}
		if _, err := d.Views(ctx, nil, mapdata.Query{Needs: access.NeedsOf([]string{"wheelchair", "deaf"}, access.Limits{})}); err != nil {
			t.Errorf("without measures: %v", err)
		}
	}
}
