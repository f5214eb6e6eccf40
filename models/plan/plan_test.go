package plan

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wolnica/models"
	"wolnica/models/access"
)

var today = models.DayOf(time.Date(2026, time.May, 1, 0, 0, 0, 0, time.UTC))

func TestStraightLineIsTheGreatCircleTimesTheDetour(t *testing.T) {
	kazimierz, wieliczka := Point{19.9449, 50.0516}, Point{20.0637, 49.9871}
	lat1, lat2 := kazimierz.Lat*math.Pi/180, wieliczka.Lat*math.Pi/180
	want := 1.3 * 6_371_008.8 * math.Acos(math.Sin(lat1)*math.Sin(lat2)+math.Cos(lat1)*math.Cos(lat2)*math.Cos((wieliczka.Lon-kazimierz.Lon)*math.Pi/180))
	if got := StraightLine(1.3)(kazimierz, wieliczka); math.Abs(got-want) > 2 {
		t.Errorf("got %v m, want %v", got, want)
	}
}

func TestEveryStandardNamesItsSource(t *testing.T) {
	for _, s := range Standards() {
		if s.Source.PL == "" || s.Source.EN == "" || s.Label.PL == "" || s.Label.EN == "" || s.DistanceM <= 0 || s.Proposal != (s.Source == models.ProposedByWolnica) {
			t.Errorf("%+v: want a distance, labels and a source, and a proposal that says so", s)
		}
	}
}

func TestAStandardIsServedByItsSubtreeAndTheRestByTheirOwnCategory(t *testing.T) {
	playground, church, park := []string{"playground", "play", "infrastructure"}, []string{"church", "sacral_architecture", "heritage"}, []string{"park", "green_space", "infrastructure"}
	for _, tt := range []struct {
		lineage []string
		area    float64
		want    []string
	}{
		{playground, 0, []string{"play", "play_neighbourhood"}},
		{park, 0, []string{"green_any"}}, {park, 40_000, []string{"green_nearby", "green_3ha", "green_any"}}, {park, 300_000, []string{"green_nearby", "green_3ha", "green_20ha", "green_any"}},
		{church, 0, []string{"other"}},
	} {
		var got []string
		standards := Standards()
		for i := range standards {
			if standards[i].serves(tt.lineage, tt.area) {
				got = append(got, standards[i].Code)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%v of %v m²: got %v, want %v", tt.lineage[0], tt.area, got, tt.want)
		}
	}
	if got := Subtrees([][]string{playground, church}, Standards()); !slices.Equal(got, []string{"church", "play"}) {
		t.Errorf("got %v, want the subtree and the category", got)
	}
}

// Two churches over 4 km apart, three cells between them: the count is of the union, by age, and what is secret stands apart.
func TestResidentsAreCountedOnce(t *testing.T) {
	church := [][]string{{"church", "sacral_architecture", "heritage"}}
	cells := []Cell{
		{At: Point{20.00, 50.00}, Municipality: 0, Total: 100, UpTo14: 20, From65: 30},
		{At: Point{20.02, 50.00}, Municipality: 1, Total: 10, UpTo14: 2, From65: 3},
		{At: Point{20.03, 50.00}, Municipality: 1, SecretTotal: true, Secret0: true, Sec65: true},
		{At: Point{21.00, 50.00}, Municipality: 1, Total: 5000, UpTo14: 700, From65: 900},
	}
	const wheelchair, walking, pram = 1, 4, 8
	here, there := Facility{At: Point{20.00, 50.00}, Categories: church, After: wheelchair | walking | pram}, Facility{At: Point{20.06, 50.00}, Categories: church, After: wheelchair}
	got := Reach([]Facility{here, there}, cells, Standards(), StraightLine(1.3))
	if got.Profiles[0] != (Count{Gained: 110, GainedCells: 1}) || got.Profiles[2] != (Count{Gained: 33, GainedCells: 1}) || got.Profiles[3] != (Count{Gained: 22, GainedCells: 1}) {
		t.Errorf("got %+v, want everybody, those of 65 and over, and children", got.Profiles)
	}
	if got.Any != (Count{Gained: 110, GainedCells: 1}) || got.Municipalities[1][0] != (Count{Gained: 10, GainedCells: 1}) || got.Municipalities[0][0] != (Count{Gained: 100}) {
		t.Errorf("got %+v and %+v", got.Any, got.Municipalities)
	}
	if len(got.Standards) != 1 || got.Standards[0].Category != "church" || got.Standards[0].Standard.Code != "other" {
		t.Errorf("got the standards %+v", got.Standards)
	}
	// who has another usable place within reach gains nothing
	there.Before = wheelchair
	if got := Reach([]Facility{here, there}, cells, Standards(), StraightLine(1.3)).Profiles[0]; got != (Count{Gained: 100}) {
		t.Errorf("got %+v, want the one cell that had none", got)
	}
	// and a place of another category is no other place
	there.Categories = [][]string{{"castle", "defence_works", "heritage"}}
	if got := Reach([]Facility{here, there}, cells, Standards(), StraightLine(1.3)).Profiles[0]; got != (Count{Gained: 110, GainedCells: 1}) {
		t.Errorf("got %+v", got)
	}
	// turned round, all of it is lost
	here.Before, here.After = here.After, 0
	if got := Reach([]Facility{here}, cells, Standards(), StraightLine(1.3)); got.Profiles[0].Lost != 110 || got.Profiles[0].LostCells != 1 || got.Any.Lost != 110 {
		t.Errorf("got %+v, want the residents lost", got.Profiles[0])
	}
}

var drawnLineages = [][][]string{{{"church", "sacral_architecture", "heritage"}}, {{"playground", "play", "infrastructure"}},
	{{"park", "green_space", "infrastructure"}, {"historic_park", "designed_greenery", "heritage"}}, {{"museum", "culture", "infrastructure"}}}

func drawnPoint(t *rapid.T, name string) Point {
	return Point{20 + rapid.Float64Range(0, 0.15).Draw(t, name+" lon"), 50 + rapid.Float64Range(0, 0.1).Draw(t, name+" lat")}
}

func drawnFacilities(t *rapid.T) []Facility {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Facility {
		return Facility{At: drawnPoint(t, "place"), Categories: rapid.SampledFrom(drawnLineages).Draw(t, "category"), AreaM2: rapid.SampledFrom([]float64{0, 10_000, 50_000, 300_000}).Draw(t, "area"), Grade: rapid.IntRange(0, 5).Draw(t, "grade"),
			Before: rapid.Uint8().Draw(t, "before"), After: rapid.Uint8().Draw(t, "after")}
	}), 0, 12).Draw(t, "places")
}

func drawnCells(t *rapid.T) []Cell {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Cell {
		c := Cell{At: drawnPoint(t, "cell"), Municipality: rapid.IntRange(-1, 2).Draw(t, "municipality"), UpTo14: rapid.Int32Range(0, 50).Draw(t, "0-14"), From65: rapid.Int32Range(0, 50).Draw(t, "65+")}
		c.Total = c.UpTo14 + c.From65 + rapid.Int32Range(0, 100).Draw(t, "15-64")
		if rapid.IntRange(0, 5).Draw(t, "secret") == 0 {
			c.SecretTotal, c.Secret0, c.Sec65, c.Total, c.UpTo14, c.From65 = true, true, true, 0, 0, 0
		}
		return c
	}), 0, 20).Draw(t, "cells")
}

// The count agrees with one that tries every place for every cell.
func TestReachAgreesWithTryingEverything(t *testing.T) {
	metres, standards := StraightLine(1.3), Standards()
	rapid.Check(t, func(t *rapid.T) {
		facilities, cells := drawnFacilities(t), drawnCells(t)
		standards := slices.Clone(standards)
		for i := range standards {
			standards[i].MinGrade = rapid.SampledFrom([]int{0, 0, 4}).Draw(t, "asked")
			if rapid.Bool().Draw(t, "a municipality has limits of its own") {
				standards[i].Local = map[int]Limits{1: {DistanceM: rapid.Float64Range(100, 6000).Draw(t, "own distance"), MinAreaM2: rapid.SampledFrom([]float64{0, 40_000}).Draw(t, "own area")}}
			}
		}
		got := Reach(facilities, cells, standards, metres)
		for p := range profileCount {
			var want Count
			for c := range cells {
				var gained, lost audiences
				for s := range standards {
					for _, category := range []string{"church", "playground", "park", "historic_park", "museum"} {
						var before, after bool
						for _, f := range facilities {
							for _, lineage := range f.Categories {
								of := standards[s].In(cells[c].Municipality)
								if of.serves(lineage, f.AreaM2) && (of.MinGrade == 0 || f.Grade > 0 && f.Grade <= of.MinGrade) && (len(of.Categories) > 0 || lineage[0] == category) && metres(f.At, cells[c].At) <= of.DistanceM {
									before, after = before || f.Before>>p&1 == 1, after || f.After>>p&1 == 1
								}
							}
						}
						who := AudienceOf(models.AccessProfiles.Entries[p].Code, &standards[s]).set()
						if after && !before {
							gained |= who
						}
						if before && !after {
							lost |= who
						}
					}
				}
				if n, secret := cells[c].persons(gained); gained != 0 {
					want.add(n, secret, false)
				}
				if n, secret := cells[c].persons(lost); lost != 0 {
					want.add(n, secret, true)
				}
			}
			if got.Profiles[p] != want {
				t.Fatalf("profile %d: got %+v, want %+v", p, got.Profiles[p], want)
			}
		}
	})
}

// Nobody is counted twice: no row exceeds the residents there are, municipalities add up to the whole, no standard alone exceeds the union; and when
// nothing gets worse nobody loses.
func TestResidentsNeverExceedThoseThereAre(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		facilities, cells := drawnFacilities(t), drawnCells(t)
		better := rapid.Bool().Draw(t, "nothing gets worse")
		if better {
			for i := range facilities {
				facilities[i].After |= facilities[i].Before
			}
		}
		everybody := 0
		for _, c := range cells {
			everybody += int(c.Total)
		}
		got := Reach(facilities, cells, Standards(), StraightLine(1.3))
		for p := range profileCount {
			sum := Count{}
			for _, m := range got.Municipalities {
				sum.Gained, sum.Lost = sum.Gained+m[p].Gained, sum.Lost+m[p].Lost
				sum.GainedCells, sum.LostCells = sum.GainedCells+m[p].GainedCells, sum.LostCells+m[p].LostCells
			}
			if sum != got.Profiles[p] {
				t.Fatalf("profile %d: municipalities add up to %+v, the whole is %+v", p, sum, got.Profiles[p])
			}
			if c := got.Profiles[p]; c.Gained > got.Any.Gained || c.Gained > everybody || better && (c.Lost != 0 || c.LostCells != 0) {
				t.Fatalf("profile %d: got %+v of %d residents, %+v for any", p, c, everybody, got.Any)
			}
			for _, s := range got.Standards {
				if s.Profiles[p].Gained > got.Profiles[p].Gained {
					t.Fatalf("%s alone counts %d, the union %d", s.Standard.Code, s.Profiles[p].Gained, got.Profiles[p].Gained)
				}
			}
		}
		if got.Any.Gained > everybody {
			t.Fatalf("got %d of %d residents", got.Any.Gained, everybody)
		}
	})
}

func known(part string, a access.Attr, v access.Value) access.Fact {
	return access.Fact{Part: part, Attr: a, Value: v, ObservedOn: today - 30}
}

// stairs is a building whose steps, lip and door at the entrance keep wheelchairs out.
func stairs() []access.Fact {
	return []access.Fact{
		known("path", access.PathMinWidth, 150), known("path", access.InclineMax, 1), known("path", access.Smoothness, access.Smoothness.Codes("good")), known("path", access.Kerb, access.Kerb.Codes("no")),
		known("path", access.Steps, 0), known("path", access.RestGapMax, 100), known("entrance", access.Steps, 4), known("entrance", access.StepHeight, 15), known("entrance", access.Ramp, access.Ramp.Codes("none")),
		known("entrance", access.Threshold, 6), known("entrance", access.EntranceLevel, 0), known("entrance", access.DoorWidth, 80), known("", access.StepFreeInside, access.StepFreeInside.Codes("all")),
		known("toilet", access.ToiletWheelchair, access.ToiletWheelchair.Codes("yes")), known("toilet", access.DoorWidth, 100), known("toilet", access.TurningSpace, 160),
		known("toilet", access.GrabBars, access.GrabBars.Codes("both")), known("toilet", access.ToiletTransfer, access.ToiletTransfer.Codes("left")),
	}
}

func repair(t testing.TB, code, part string) Repair {
	t.Helper()
	f, ok := access.FixByCode(code)
	if !ok {
		t.Fatalf("no fix %s", code)
	}
	at, ok := f.PartFor(part)
	if !ok {
		t.Fatalf("%s is not made at %q", code, part)
	}
	return Repair{Fix: f, Part: at, Units: 1}
}

func codesOf(repairs []Repair) []string {
	codes := []string{}
	for _, r := range repairs {
		codes = append(codes, r.Fix.Code)
	}
	return codes
}

func TestOnlyFixesThatChangeSomethingCount(t *testing.T) {
	var e Evaluator
	for _, tt := range []struct {
		name    string
		facts   []access.Fact
		codes   []string
		repairs []Repair
		want    []string
		verdict string
	}{
		{"all that is needed", stairs(), []string{"church"}, []Repair{repair(t, "ramp", ""), repair(t, "threshold_removed", ""), repair(t, "door_widened", "")}, []string{"ramp", "threshold_removed", "door_widened"}, "yes"},
		{"one beside them that is not", stairs(), []string{"church"}, []Repair{repair(t, "ramp", ""), repair(t, "kerb_lowered", ""), repair(t, "grab_bars", ""), repair(t, "threshold_removed", ""), repair(t, "door_widened", "")},
			[]string{"ramp", "threshold_removed", "door_widened"}, "yes"},
		{"of two that come to the same the cheaper", stairs(), []string{"church"}, []Repair{repair(t, "induction_loop", ""), repair(t, "portable_loop", "")}, []string{"portable_loop"}, "no"},
		{"of two ways over the steps the one that opens more", stairs(), []string{"church"}, []Repair{repair(t, "platform_lift", ""), repair(t, "removable_ramp", ""), repair(t, "threshold_removed", "")},
			[]string{"platform_lift", "threshold_removed"}, "with_help"},
		{"twice the same", stairs(), []string{"church"}, []Repair{repair(t, "induction_loop", ""), repair(t, "induction_loop", "")}, []string{"induction_loop"}, "no"},
		{"at a part that is not there", stairs(), []string{"church"}, []Repair{repair(t, "ramp", "entrance#2")}, []string{}, "no"},
		{"at an entrance the category excludes", nil, []string{"viewpoint"}, []Repair{repair(t, "ramp", "entrance"), repair(t, "captions", "")}, []string{"captions"}, "unknown"},
		{"what is worse than what is there", append(stairs(), known("path", access.PathMinWidth, 150)), []string{"church"}, []Repair{repair(t, "path_widened", "")}, []string{}, "no"},
	} {
		s := Site{Facts: tt.facts, Codes: tt.codes, Repairs: tt.repairs, Registered: true}
		got := e.Site(&s, today)
		if codes := codesOf(got.Repairs); !slices.Equal(codes, tt.want) || got.Effect.After.For("wheelchair") != tt.verdict {
			t.Errorf("%s: got %v and %s, want %v and %s", tt.name, codes, got.Effect.After.For("wheelchair"), tt.want, tt.verdict)
		}
		low := 0
		for _, r := range got.Repairs {
			low += r.Fix.Cost.LowPLN
		}
		if got.Low() != low {
			t.Errorf("%s: costs %d, want %d", tt.name, got.Low(), low)
		}
		if tt.name == "all that is needed" && len(got.Consents(&s)) != 3 {
			t.Errorf("got the consents %v, want them for all three at a registered monument", codesOf(got.Consents(&s)))
		}
	}
}

// The same fix at the same part is one repair, whatever its units, and the dearest wins: it cannot be had for less by asking twice.
func TestTheSameFixTwiceIsOneRepair(t *testing.T) {
	var e Evaluator
	s := Site{Facts: stairs(), Codes: []string{"church"}}
	for units := range 100 {
		r := repair(t, "ramp", "")
		r.Units = 1 + (units+50)%100
		s.Repairs = append(s.Repairs, r, repair(t, "threshold_removed", ""), repair(t, "door_widened", ""))
	}
	got := e.Site(&s, today)
	if codes := codesOf(got.Repairs); !slices.Equal(codes, []string{"ramp", "threshold_removed", "door_widened"}) || got.Repairs[0].Units != 100 || got.Repairs[1].Units != 1 {
		t.Errorf("got %v, want each once and 100 units of the ramp", got.Repairs)
	}
}

// Nobody is worked for who has left.
func TestAWhatIfStopsWhenNobodyWaits(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	sites := []Site{{Facts: stairs(), Codes: []string{"church"}, Repairs: []Repair{repair(t, "ramp", "")}}}
	if got, err := WhatIf(ctx, sites, models.VerdictYes, today); err != nil || len(got) != 1 {
		t.Errorf("got %v and %v", got, err)
	}
	leave()
	if got, err := WhatIf(ctx, sites, models.VerdictYes, today); !errors.Is(err, context.Canceled) || got != nil {
		t.Errorf("got %v and %v after leaving", got, err)
	}
}

// A fact about an entrance makes one where the category says there is none, as it does when it is stored.
func TestChangesAreJudgedAsIfStored(t *testing.T) {
	var e Evaluator
	s := Site{Codes: []string{"viewpoint"}, Changes: []access.Change{{Part: "entrance", Attr: access.Steps, Value: 9}, {Part: "entrance", Attr: access.Ramp, Value: access.Ramp.Codes("none")}}}
	if got := e.Site(&s, today).Effect.After.For("wheelchair"); got != models.VerdictNo {
		t.Errorf("got %s, want no: there are nine steps", got)
	}
	s = Site{Codes: []string{"viewpoint"}, Facts: []access.Fact{known("entrance", access.Steps, 9), known("entrance", access.Ramp, access.Ramp.Codes("none"))},
		Changes: []access.Change{{Part: "entrance", Attr: access.Steps, Withdrawn: true}, {Part: "entrance", Attr: access.Ramp, Withdrawn: true}}}
	if got := e.Site(&s, today).Effect; got.Before.For("wheelchair") != models.VerdictNo || got.After.For("wheelchair") != models.VerdictUnknown {
		t.Errorf("got %s and %s, want no and unknown", got.Before.For("wheelchair"), got.After.For("wheelchair"))
	}
}

func drawnChanges(t *rapid.T) []access.Change {
	attrs := []access.Attr{access.Steps, access.Threshold, access.DoorWidth, access.InductionLoop, access.StaffTrained, access.PathMinWidth, access.TurningSpace}
	return rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) access.Change {
		a := rapid.SampledFrom(attrs).Draw(t, "attribute")
		c := access.Change{Attr: a, Part: rapid.SampledFrom([]string{"", "entrance#2", "toilet"}).Draw(t, "part")}
		switch rapid.IntRange(0, 3).Draw(t, "how") {
		case 0:
			c.Withdrawn = true
		case 1:
			c.State = access.NotApplicable
		default:
			info := a.Info()
			switch {
			case info.Values != nil:
				c.Value = access.Value(rapid.IntRange(0, len(info.Values)-1).Draw(t, "value"))
			case info.Max != nil:
				c.Value = access.Value(rapid.IntRange(int(*info.Min), int(min(*info.Max, 200))).Draw(t, "value"))
			default:
				c.Value = access.Value(rapid.IntRange(0, 1).Draw(t, "value"))
			}
		}
		return c
	}), 0, 6, func(c access.Change) access.Slot {
		p, _ := access.PartOf(c.Part, c.Attr)
		return access.Slot{Part: p, Attribute: c.Attr}
	}).Draw(t, "changes")
}

func TestTheOrderOfChangesOfDifferentSlotsDoesNotMatter(t *testing.T) {
	var e Evaluator
	rapid.Check(t, func(t *rapid.T) {
		changes := drawnChanges(t)
		one := Site{Facts: stairs(), Codes: []string{"church"}, Changes: changes}
		other := one
		other.Changes = rapid.Permutation(changes).Draw(t, "in another order")
		if a, b := e.Site(&one, today).Effect, e.Site(&other, today).Effect; a.After != b.After || len(a.Flips) != len(b.Flips) {
			t.Fatalf("got %v and %v", a, b)
		}
	})
}

// A standard fix never makes a verdict worse, whatever is known of the place; and leaving out those that do not count changes nothing.
func TestFixesNeverHarm(t *testing.T) {
	var e Evaluator
	rapid.Check(t, func(t *rapid.T) {
		all := access.StandardFixes()
		s := Site{Codes: []string{"church"}}
		s.Facts = access.Apply(nil, stairs(), drawnChanges(t), today-20)
		for range rapid.IntRange(1, 5).Draw(t, "fixes") {
			f := &all[rapid.IntRange(0, len(all)-1).Draw(t, "fix")]
			part, _ := f.PartFor("")
			s.Repairs = append(s.Repairs, Repair{Fix: f, Part: part, Units: 1})
		}
		got := e.Site(&s, today)
		for i := range profileCount {
			if before, after := got.Effect.Before>>(2*i)&3, got.Effect.After>>(2*i)&3; worth[after] < worth[before] {
				t.Fatalf("%v turn profile %d from %d to %d", codesOf(got.Repairs), i, before, after)
			}
		}
		s.Repairs = got.Repairs
		if again := e.Site(&s, today); again.Effect.After != got.Effect.After || !slices.Equal(codesOf(again.Repairs), codesOf(got.Repairs)) {
			t.Fatalf("got %v for all and %v for those that count", got, again)
		}
	})
}

// BenchmarkWhatIfPure is the what-if over 5,000 places with 10,000 cells without the database.
func BenchmarkWhatIfPure(b *testing.B) {
	sites := make([]Site, 5000)
	for i := range sites {
		sites[i] = Site{Facts: stairs(), Codes: []string{"museum"}, Repairs: []Repair{repair(b, "ramp", ""), repair(b, "threshold_removed", ""), repair(b, "door_widened", "")}}
		sites[i].At, sites[i].Categories = Point{19.6 + float64(i%100)*0.008, 49.9 + float64(i/100)*0.006}, [][]string{{"museum", "culture", "infrastructure"}}
	}
	cells := make([]Cell, 10_000)
	for i := range cells {
		cells[i] = Cell{At: Point{19.6 + float64(i%100)*0.008, 49.9 + float64(i/100)*0.003}, Total: 100, UpTo14: 16, From65: 22}
	}
	for b.Loop() {
		outcomes, err := WhatIf(b.Context(), sites, models.VerdictWithHelp, today)
		if err != nil {
			b.Fatal(err)
		}
		facilities := make([]Facility, len(sites))
		for i := range sites {
			facilities[i] = sites[i].Facility
		}
		if got := Reach(facilities, cells, Standards(), StraightLine(1.3)).Profiles[0].Gained; got != 1_000_000 || len(outcomes[0].Repairs) != 3 {
			b.Fatalf("got %d residents and %v", got, codesOf(outcomes[0].Repairs))
		}
	}
}
