package demo

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"wolnica/models"
	"wolnica/models/access"
)

// row is the fact as the registry stores it.
func (f Fact) row() *models.AccessFact {
	a := &models.AccessFact{PlaceID: new(int64(1)), Part: f.Part, Attribute: f.Attribute, State: f.State, Value: f.Value, ObservedOn: models.DateOf(f.ObservedOn), Method: f.Method}
	if !f.ValidFrom.IsZero() {
		a.ValidFrom, a.ValidUntil = new(models.DateOf(f.ValidFrom)), new(models.DateOf(f.ValidUntil))
	}
	return a
}

// judged are the facts of every place, ready to be judged.
func judged(t *testing.T, d *Data, today time.Time) map[string][]access.Fact {
	t.Helper()
	facts := map[string][]access.Fact{}
	for _, f := range d.Facts(today) {
		ready, err := access.FactOf(f.row())
		if err != nil {
			t.Fatalf("%s: %s: %v", f.Place, f.Attribute, err)
		}
		facts[f.Place] = append(facts[f.Place], ready)
	}
	return facts
}

func (p Place) codes() (codes []string) {
	return slices.DeleteFunc([]string{p.HeritageCategory, p.InfrastructureCategory}, func(c string) bool { return c == "" })
}

func TestFactsAreAsTheRegistryTakesThem(t *testing.T) {
	d := load(t)
	for _, f := range d.Facts(today) {
		if err := f.row().Validate(today); err != nil {
			t.Errorf("%s: %s of %q: %v", f.Place, f.Attribute, f.Part, err)
		}
		if f.Method != "demonstration" {
			t.Errorf("%s: got method %q, want demonstration", f.Place, f.Method)
		}
		if attribute, ok := access.AttrByCode(f.Attribute); ok {
			if _, ok := access.PartOf(f.Part, attribute); !ok {
				t.Errorf("%s: %s: got part %q, want a part of the chain", f.Place, f.Attribute, f.Part)
			}
		}
	}
}

// Of each part one possible thing is told: what rules something out is not told together with it.
func TestFactsDoNotContradictEachOther(t *testing.T) {
	type slot struct{ place, part, attribute string }
	told := map[slot]Fact{}
	for _, f := range load(t).Facts(today) {
		key := slot{f.Place, f.Part, f.Attribute}
		if !f.ValidFrom.IsZero() {
			key.part += " for a time"
		}
		if _, ok := told[key]; ok {
			t.Errorf("%s: got %s of %q twice", f.Place, f.Attribute, f.Part)
		}
		told[key] = f
	}
	number := func(key slot, attribute string) (n float64, ok bool) {
		f, ok := told[slot{key.place, key.part, attribute}]
		return n, ok && json.Unmarshal(f.Value, &n) == nil
	}
	for key, f := range told {
		steps, known := number(key, "steps")
		threshold, lip := number(key, "threshold")
		switch f.Attribute {
		case "entrance_level":
			if string(f.Value) == "true" && (steps > 0 || threshold > 2) || string(f.Value) == "false" && known && lip && steps == 0 && threshold <= 2 {
				t.Errorf("%s: got %s %s with %g steps and a threshold of %g cm", key.place, key.part, f.Value, steps, threshold)
			}
		case "step_height", "step_contrast", "handrail", "ramp", "stepfree_alternative":
			if known && steps == 0 {
				t.Errorf("%s: got %s at %s, which has no steps", key.place, f.Attribute, key.part)
			}
		case "ramp_slope", "ramp_run":
			if ramp, ok := told[slot{key.place, key.part, "ramp"}]; ok && string(ramp.Value) == `"none"` {
				t.Errorf("%s: got %s at %s, which has no ramp", key.place, f.Attribute, key.part)
			}
		case "turning_space", "grab_bars", "toilet_transfer", "toilet_seat_height", "adult_changing", "hoist", "baby_changing", "key_needed":
			if toilet, ok := told[slot{key.place, models.LinkToilet, "toilet_wheelchair"}]; key.part == models.LinkToilet && ok &&
				toilet.State == models.FactNotApplicable {
				t.Errorf("%s: got %s of a toilet that is not there", key.place, f.Attribute)
			}
			if adult := told[slot{key.place, key.part, "adult_changing"}]; f.Attribute == "hoist" && string(f.Value) == "true" && string(adult.Value) == "false" {
				t.Errorf("%s: got a hoist without a table", key.place)
			}
		case "parking_distance":
			if spaces, ok := number(key, "parking_disabled"); ok && spaces == 0 {
				t.Errorf("%s: got the distance of no parking", key.place)
			}
		case "kerb_height":
			if kerb, ok := told[slot{key.place, key.part, "kerb"}]; ok && string(kerb.Value) != `"lowered"` && string(kerb.Value) != `"raised"` {
				t.Errorf("%s: got the height of a kerb that is %s", key.place, kerb.Value)
			}
		}
	}
}

// What there is to show: every verdict for everybody, in the proportions of a registry that is being surveyed.
func TestEveryVerdictIsThereToSee(t *testing.T) {
	d := load(t)
	for _, on := range []time.Time{today, today.AddDate(0, 5, 11), today.AddDate(2, 1, 3)} {
		facts := judged(t, d, on)
		var j access.Judge
		seen := map[string]map[string]int{}
		usable, known := map[bool]int{}, map[bool]int{} // parks, and fortifications
		for _, p := range d.Places {
			v := j.Verdicts(facts[p.Key], access.PlaceOf(facts[p.Key], p.codes()...), models.DayOf(on))
			for _, profile := range models.AccessProfiles.Codes() {
				if seen[profile] == nil {
					seen[profile] = map[string]int{}
				}
				seen[profile][v.For(profile)]++
			}
			park := slices.Contains(parkland.categories, p.InfrastructureCategory)
			if w := v.For("wheelchair"); w != models.VerdictUnknown && (park || slices.Contains(stronghold.categories, p.HeritageCategory)) {
				known[park]++
				if w != models.VerdictNo {
					usable[park]++
				}
			}
		}
		for _, profile := range models.AccessProfiles.Codes() {
			n := seen[profile]
			for _, verdict := range models.VerdictCodes.Codes() {
				if n[verdict] < 4 {
					t.Errorf("%s on %s: got %d places with %s, want a few", profile, on.Format(time.DateOnly), n[verdict], verdict)
				}
			}
			if most := slices.Max(slices.Collect(maps.Values(n))); n[models.VerdictUnknown] != most {
				t.Errorf("%s: got %v, want most places unknown", profile, n)
			}
		}
		if 2*usable[true] <= known[true] || 2*usable[false] >= known[false] {
			t.Errorf("got %d of %d parks usable in a wheelchair and %d of %d fortifications, want most parks and few of these",
				usable[true], known[true], usable[false], known[false])
		}
	}
}

func TestFactsShowWhatCanBeKnown(t *testing.T) {
	d := load(t)
	facts, day := judged(t, d, today), models.DayOf(today)
	seen := map[string]int{}
	told, usable := map[string]bool{}, map[string]bool{}
	for _, p := range d.Places {
		known := facts[p.Key]
		if len(known) == 0 {
			seen["nothing"]++
			continue
		}
		told[p.Municipality] = true
		once := map[string]bool{"a part": len(known) < 25, "a whole survey": len(known) >= 25, "a claim only": true}
		for _, f := range known {
			once["not applicable"] = once["not applicable"] || f.State == access.NotApplicable
			once["in force for a time"] = once["in force for a time"] || f.ValidUntil >= day && f.ValidFrom != 0 && f.ValidFrom <= day
			once["yet to come"] = once["yet to come"] || f.ValidFrom > day
			once["a claim only"] = once["a claim only"] && (f.Attr == access.WheelchairClaim || f.Attr == access.ToiletWheelchair)
		}
		for _, s := range access.Current(known, day) {
			once[s.Why] = true
		}
		for _, v := range access.Explain(known, access.PlaceOf(known, p.codes()...), day) {
			if door := v.Links[access.Entrance]; door.Part == "entrance#2" && (door.Verdict == models.VerdictYes || door.Verdict == models.VerdictWithHelp) {
				once["a second entrance that passes"] = true
			}
			usable[p.Municipality] = usable[p.Municipality] || v.Verdict == models.VerdictYes || v.Verdict == models.VerdictWithHelp
		}
		for what, is := range once {
			if is {
				seen[what]++
			}
		}
	}
	for what, least := range map[string]int{"nothing": 20, "a claim only": 15, "a part": 40, "a whole survey": 40, "not applicable": 30, access.WhyStale: 15,
		access.WhyDisputed: 8, "in force for a time": 8, "yet to come": 3, "a second entrance that passes": 5} {
		if seen[what] < least {
			t.Errorf("%s: got %d places, want at least %d", what, seen[what], least)
		}
	}
	for _, m := range d.Municipalities {
		if !told[m.TERYT] || !usable[m.TERYT] {
			t.Errorf("%s: got facts %v, a usable place %v, want both", m.Name, told[m.TERYT], usable[m.TERYT])
		}
	}
}

// A way is described from its first stretch on, each stretch as the registry takes it and without contradiction.
func TestSegmentsAreDescribedFromTheFirstOn(t *testing.T) {
	d := load(t)
	stops := map[string]int{}
	for _, p := range d.Products {
		if models.HasLine(p.Kind) {
			stops[p.Key] = len(p.Stops)
		}
	}
	told := map[string]map[string]bool{}
	for _, f := range d.SegmentFacts(today) {
		product := int64(1)
		row := f.row()
		row.PlaceID, row.ProductID = nil, &product
		if err := row.Validate(today); err != nil {
			t.Errorf("%s: %s of %s: %v", f.Place, f.Attribute, f.Part, err)
		}
		if told[f.Place] == nil {
			told[f.Place] = map[string]bool{}
		}
		if key := f.Part + " " + f.Attribute; told[f.Place][key] {
			t.Errorf("%s: got %s twice", f.Place, key)
		} else {
			told[f.Place][key] = true
		}
	}
	whole := 0
	for product, facts := range told {
		n, of := 0, max(1, stops[product]-1)
		for ; n < of && facts[fmt.Sprintf("segment#%d path_min_width", n+1)]; n++ {
		}
		for key := range facts {
			var segment int
			if _, err := fmt.Sscanf(key, "segment#%d ", &segment); err != nil || segment > n {
				t.Errorf("%s: got %s, want the first %d of %d segments", product, key, n, of)
			}
		}
		if n == of {
			whole++
		}
	}
	if whole < 3 || len(told) == len(stops) {
		t.Errorf("got %d of %d ways described from end to end, %d at all; want some of each", whole, len(stops), len(told))
	}
}
