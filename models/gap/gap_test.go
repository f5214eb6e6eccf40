package gap

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wolnica/models"
	"wolnica/models/access"
)

func date(y int, m time.Month, d int) models.Date {
	out, _ := models.NewDate(y, m, d)
	return out
}

var today = models.DayOf(date(2026, time.May, 1).Time)

func TestAPlaceTellsHowOldItsFactsAre(t *testing.T) {
	category := "museum"
	fact := func(id int64, attribute, value string, on models.Date, state, method string) models.AccessFact {
		return models.AccessFact{Record: models.Record{ID: id}, Attribute: attribute, Value: json.RawMessage(value), ObservedOn: on, State: state, Method: method, Observer: "Jan"}
	}
	p := Of(&models.Place{Record: models.Record{ID: 5}, NamePL: "Muzeum", InfrastructureCategory: &category, Publication: models.PublicationPublished, Visibility: models.VisibilityPublic,
		Protections: models.StringArray{"register"}}, []models.AccessFact{
		fact(1, "assistance_dog", "true", date(2026, 4, 1), models.FactKnown, models.MethodMeasured),
		fact(2, "evacuation_support", "true", date(2020, 4, 1), models.FactKnown, models.MethodMeasured),
		fact(3, "steps", "2", date(2025, 1, 1), models.FactDisputed, models.MethodDemonstration),
		fact(4, "nie_ma", "2", date(2025, 1, 1), models.FactKnown, models.MethodMeasured),
	}, today)
	age := p.Age()
	if age.Facts != 3 || age.Stale != 1 || age.Disputed != 1 || age.Oldest.String() != "2020-04-01" || age.Newest.String() != "2026-04-01" {
		t.Errorf("got %+v", age)
	}
	if !p.Registered || !p.Demonstration || p.Internal || p.ChangesOn.String() != "2027-04-01" {
		t.Errorf("got registered %v, demonstration %v, internal %v, changes on %v", p.Registered, p.Demonstration, p.Internal, p.ChangesOn)
	}
	if p.Outcome("1d") != access.RequirementMet || p.Outcome("1e") != access.RequirementUnknown || p.Outcome("1a") != access.RequirementUnknown {
		t.Errorf("got dogs %s, evacuation %s, circulation %s: what is stale or disputed is unknown", p.Outcome("1d"), p.Outcome("1e"), p.Outcome("1a"))
	}
	if f := p.Fact(1); f == nil || f.Value.PL != "tak" || f.LastDay.String() != "2027-03-31" {
		t.Errorf("got %+v", f)
	}
}

// Every place is counted once under each requirement, and whatever the order, the sum is the same.
func TestAMunicipalityCountsEveryPlaceOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var places []Place
		for id := range rapid.IntRange(0, 8).Draw(t, "places") {
			var facts []models.AccessFact
			for _, f := range rapid.SliceOfDistinct(rapid.SampledFrom([]string{"steps 2", `ramp "none"`, "assistance_dog false", `stepfree_inside "none"`, "easy_to_read false", `sign_language "live"`, "evacuation_support true"}),
				func(s string) string { return s }).Draw(t, "facts") {
				var attribute, value string
				_, _ = fmt.Sscan(f, &attribute, &value)
				facts = append(facts, models.AccessFact{Record: models.Record{ID: int64(100*id + len(facts) + 1)}, Attribute: attribute, Value: json.RawMessage(value), ObservedOn: date(2026, 4, 1), State: models.FactKnown, Method: models.MethodMeasured})
			}
			places = append(places, Of(&models.Place{Record: models.Record{ID: int64(id + 1)}}, facts, today))
		}
		var sum, back Municipality
		withGaps, repairs := 0, 0
		for i := range places {
			sum.Add(&places[i])
			back.Add(&places[len(places)-1-i])
			if places[i].Tally().NotMet > 0 {
				withGaps++
			}
			var one Municipality
			one.Add(&places[i])
			for _, c := range one.Repairs() {
				repairs += c.LowPLN
			}
		}
		if sum.Places != len(places) || sum.WithGaps != withGaps {
			t.Fatalf("got %d places, %d with gaps, want %d and %d", sum.Places, sum.WithGaps, len(places), withGaps)
		}
		for _, c := range sum.Requirements {
			if c.Met+c.NotMet+c.Unknown+c.NotApplicable != len(places) {
				t.Fatalf("%s: got %+v for %d places", c.Point, c.Tally, len(places))
			}
		}
		if fmt.Sprint(sum.Requirements, sum.Age.Facts, sum.Repairs()) != fmt.Sprint(back.Requirements, back.Age.Facts, back.Repairs()) {
			for i, c := range sum.Repairs() {
				if b := back.Repairs()[i]; c.Places != b.Places || c.LowPLN != b.LowPLN || c.Fix.Code != b.Fix.Code {
					t.Fatalf("got %+v one way and %+v the other", c, b)
				}
			}
		}
		total := 0
		for _, c := range sum.Repairs() {
			total += c.LowPLN
		}
		if total != repairs {
			t.Fatalf("got repairs for %d PLN, want %d, the sum of those of each place", total, repairs)
		}
	})
}
