package access

import (
	"encoding/json"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"wolnica/models"

	"github.com/google/go-cmp/cmp"
)

func TestAttributesAreNumberedAsInTheTable(t *testing.T) {
	table := models.AccessAttributes()
	if len(table) != attrCount {
		t.Fatalf("got %d constants for %d attributes", attrCount, len(table))
	}
	for a, want := range map[Attr]string{StopDistance: "stop_distance", KerbHeight: "kerb_height", Steps: "steps", StepFreeAlternative: "stepfree_alternative",
		DoorWidth: "door_width", StepFreeInside: "stepfree_inside", ToiletWheelchair: "toilet_wheelchair", TactileMedia: "tactile_media", FMSystem: "fm_system",
		PJMRecording: "pjm_recording", WheelchairClaim: "wheelchair_claim"} {
		if a.Code() != want {
			t.Errorf("got %s, want %s", a.Code(), want)
		}
	}
	for i, a := range table {
		if got, ok := AttrByCode(a.Code); !ok || got != Attr(i) {
			t.Errorf("%s: got %d, want %d", a.Code, got, i)
		}
	}
	for _, a := range askedAttrs {
		if int(a) >= judgedAttrs {
			t.Errorf("%s: a rule reads it, but a set of attributes does not hold it", a)
		}
	}
}

func TestValuesComeBackAsTheyWere(t *testing.T) {
	for _, tt := range []struct {
		attr  Attr
		value string
	}{
		{DoorWidth, "92.5"}, {Steps, "3"}, {InclineMax, "-6"}, {Lit, "true"}, {Lit, "false"}, {Ramp, `"removable"`},
		{TactileMedia, `["plan","braille"]`}, {TactileMedia, `["none"]`},
	} {
		v, err := tt.attr.Parse(json.RawMessage(tt.value))
		if err != nil || string(tt.attr.JSON(v)) != tt.value {
			t.Errorf("%s: got %s, %v, want %s", tt.attr, tt.attr.JSON(v), err, tt.value)
		}
	}
	if v, err := DoorWidth.Parse(json.RawMessage("900")); err == nil {
		t.Errorf("a door of 9 m: got %g, want a refusal", v)
	}
}

func TestFactOfReadsAStoredFact(t *testing.T) {
	observed, _ := models.NewDate(2026, time.March, 3)
	until, _ := models.NewDate(2026, time.December, 1)
	stored := models.AccessFact{Part: "toilet#2", Attribute: "door_width", State: models.FactKnown, Value: json.RawMessage("85"), ObservedOn: observed,
		ValidUntil: &until, SupersededBy: new(int64(4))}
	stored.ID = 3
	got, err := FactOf(&stored)
	want := Fact{ID: 3, Part: "toilet#2", Attr: DoorWidth, Value: 85, ObservedOn: day(2026, 3, 3), ValidUntil: day(2026, 12, 1), Superseded: true}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v: -want +got\n%s", err, diff)
	}
	for name, spoil := range map[string]func(*models.AccessFact){
		"unknown attribute": func(a *models.AccessFact) { a.Attribute = "stairs" },
		"unknown state":     func(a *models.AccessFact) { a.State = "maybe" },
		"no value":          func(a *models.AccessFact) { a.Value = nil },
		"wrong value":       func(a *models.AccessFact) { a.Value = json.RawMessage(`"wide"`) },
	} {
		bad := stored
		spoil(&bad)
		if _, err := FactOf(&bad); models.CodeOf(err) != models.CodeInvalid {
			t.Errorf("%s: got %v, want invalid", name, err)
		}
	}
}

func TestPartsOfTheChain(t *testing.T) {
	for _, tt := range []struct {
		part string
		attr Attr
		want string
		ok   bool
	}{
		{"", DoorWidth, "entrance", true}, {"entrance", DoorWidth, "entrance", true}, {"entrance#1", DoorWidth, "entrance", true},
		{"entrance#2", DoorWidth, "entrance#2", true}, {"toilet", DoorWidth, "toilet", true}, {"", Steps, "entrance", true}, {"path", Steps, "path", true},
		{"shop", DoorWidth, "", false}, {"shop", InductionLoop, "shop", true}, {"services", InductionLoop, "", true},
	} {
		got, ok := PartOf(tt.part, tt.attr)
		if ok != tt.ok || ok && got.String() != tt.want {
			t.Errorf("%q %s: got %q %v, want %q %v", tt.part, tt.attr, got, ok, tt.want, tt.ok)
		}
	}
}

func TestShelfLifeEndsOnTheSameDay(t *testing.T) {
	for d := day(1899, 1, 1); d < day(2110, 1, 1); d += 13 {
		for _, n := range []int{-5, -1, 1, 2, 5} {
			if got, want := addYears(d, n), models.DayOf(d.Date().AddDate(n, 0, 0)); got != want {
				t.Fatalf("%v and %d years: got %v, want %v", d.Date(), n, got.Date(), want.Date())
			}
		}
	}
	for _, leap := range []models.Day{day(2024, 2, 29), day(2000, 2, 29), day(2096, 2, 29)} {
		for _, n := range []int{1, 4, 5} {
			if got, want := addYears(leap, n), models.DayOf(leap.Date().AddDate(n, 0, 0)); got != want {
				t.Errorf("%v and %d years: got %v, want %v", leap.Date(), n, got.Date(), want.Date())
			}
		}
	}
}

func TestWhichFactStands(t *testing.T) {
	lift := func(id int64, codeOf string, change func(*Fact)) Fact {
		f := code("inside", StepFreeInside, codeOf)
		f.ID = id
		if change != nil {
			change(&f)
		}
		return f
	}
	measured := lift(1, "all", nil)
	broken := lift(2, "none", func(f *Fact) { f.ObservedOn = today - 40; f.ValidFrom, f.ValidUntil = today-40, today+5 })
	for _, tt := range []struct {
		name   string
		facts  []Fact
		on     models.Day
		id     int64
		counts bool
		why    string
	}{
		{"one", []Fact{measured}, today, 1, true, ""},
		{"the newer", []Fact{measured, lift(3, "part", func(f *Fact) { f.ObservedOn = today - 1 })}, today, 3, true, ""},
		{"the later recorded of one day", []Fact{lift(4, "part", nil), measured}, today, 4, true, ""},
		{"an episode, though older", []Fact{measured, broken}, today, 2, true, ""},
		{"on its last day", []Fact{measured, broken}, today + 5, 2, true, ""},
		{"after the episode", []Fact{measured, broken}, today + 6, 1, true, ""},
		{"only an episode that passed", []Fact{broken}, today + 6, 2, false, WhyStale},
		{"superseded", []Fact{measured, lift(5, "none", func(f *Fact) { f.ObservedOn = today; f.Superseded = true })}, today, 1, true, ""},
		{"withdrawn, and older", []Fact{measured, lift(5, "none", func(f *Fact) { f.ObservedOn = today - 40; f.Withdrawn = true })}, today, 1, true, ""},
		{"withdrawn, but superseded", []Fact{measured, lift(5, "none", func(f *Fact) { f.ObservedOn = today; f.Withdrawn, f.Superseded = true, true })}, today, 1, true, ""},
		{"a withdrawn episode", []Fact{measured, lift(5, "none", func(f *Fact) { f.ValidFrom, f.ValidUntil, f.Withdrawn = today-1, today+1, true })}, today, 1, true, ""},
		{"a newer one than the withdrawn", []Fact{measured, lift(5, "none", func(f *Fact) { f.ObservedOn = today - 2; f.Withdrawn = true }), lift(6, "part", func(f *Fact) { f.ObservedOn = today - 1 })}, today, 6, true, ""},
		{"disputed, and newer", []Fact{measured, lift(5, "none", func(f *Fact) { f.ObservedOn = today; f.State = Disputed })}, today, 5, false, WhyDisputed},
		{"past its shelf life", []Fact{measured}, addYears(today-30, 5), 1, false, WhyStale},
		{"on the last day of it", []Fact{measured}, addYears(today-30, 5) - 1, 1, true, ""},
		{"not yet begun", []Fact{measured, lift(5, "none", func(f *Fact) { f.ObservedOn, f.ValidFrom = today, today+1 })}, today, 1, true, ""},
	} {
		for range 2 {
			got := Current(tt.facts, tt.on)
			if len(got) != 1 || got[0].Fact.ID != tt.id || got[0].Counts != tt.counts || got[0].Why != tt.why {
				t.Errorf("%s: got %+v, want fact %d, counts %v %q", tt.name, got, tt.id, tt.counts, tt.why)
			}
			slices.Reverse(tt.facts)
		}
	}
	if got := Current([]Fact{measured, lift(5, "none", func(f *Fact) { f.ObservedOn = today; f.Withdrawn = true })}, today); len(got) != 0 {
		t.Errorf("withdrawn, and newer: got %+v, want nothing known", got)
	}
	bounded := func(last models.Day) []Fact { return []Fact{lift(6, "all", func(f *Fact) { f.ValidUntil = last })} }
	shelf := addYears(today-30, 5) - 1
	for _, tt := range []struct{ own, want models.Day }{{today + 5, today + 5}, {shelf + 20_000, shelf}} {
		facts := bounded(tt.own)
		if got := Statuses(facts, today)[0].Until; got != tt.want || Expires(facts, today) != tt.want+1 {
			t.Errorf("an observation until %v: got %v, want the earlier of it and its shelf life, %v", tt.own.Date(), got.Date(), tt.want.Date())
		}
		for on, counts := range map[models.Day]bool{tt.want: true, tt.want + 1: false} {
			var s sheet
			s.fill(facts, Place{}, on)
			if in := s.first(Inside); Current(facts, on)[0].Counts != counts || (s.fact(in, StepFreeInside) != nil) != counts {
				t.Errorf("an observation until %v: want it to count on %v: %v", tt.own.Date(), on.Date(), counts)
			}
		}
	}
	if got := Statuses(bounded(shelf+20_000), shelf+1)[0].Why; got != WhyStale {
		t.Errorf("past its shelf life: got %s, want stale, since its own last day is to come", got)
	}
	if got := Expires([]Fact{measured, broken}, today); got != today+6 {
		t.Errorf("expires: got %v, want the day after the episode, %v", got.Date(), (today + 6).Date())
	}
	if got, want := Expires([]Fact{measured}, today), addYears(today-30, 5); got != want {
		t.Errorf("expires: got %v, want the end of the shelf life, %v", got.Date(), want.Date())
	}
	if got := Expires(nil, today); got != 0 {
		t.Errorf("expires of nothing: got %v, want never", got.Date())
	}
}

// Whatever meets one limit best meets the others: without it a better fact could harm.
func TestRulesAgreeOnWhatIsBetter(t *testing.T) {
	for i := range profiles() {
		p := &profiles()[i]
		for l := range p.rules {
			p.rules[l].each(func(r *rule) {
				got := r.leaf(&Fact{Attr: r.attr, Value: best(r.attr)})
				want := r.leaf(nil)
				if r.lenient || r.stated {
					want = span{alone, alone, false}
				}
				if got.hi < want.hi && r.yes.kind != limitNever {
					t.Errorf("%s, %s: %s of %s comes to %d, want %d", p.Code, Link(l), r.attr.JSON(best(r.attr)), r.attr, got.hi, want.hi)
				}
			})
		}
	}
}

func TestWorkIsBounded(t *testing.T) {
	var s sheet
	s.fill(nil, Place{}, today)
	for i := range profiles() {
		for l := range profiles()[i].rules {
			if sets, _ := profiles()[i].rules[l].needs(&s, s.first(max(Link(l), Path)), help); len(sets) > 40 {
				t.Errorf("%s, %s: got %d sets of missing facts, want a few dozen at most", profiles()[i].Code, Link(l), len(sets))
			}
		}
	}
}

func TestThresholdsHaveTheirSources(t *testing.T) {
	all := Thresholds()
	for _, l := range all {
		if l.Source == "" || l.Yes == "" && l.WithHelp == "" {
			t.Errorf("%+v: got no source or no limit", l)
		}
	}
	for _, want := range []Limit{
		{"wheelchair", Entrance, DoorWidth, ">= 90", ">= 70", sourceAcceslibre},
		{"wheelchair", Path, InclineMax, "|x| <= 6", "|x| <= 8", sourceORS},
		{"powered_wheelchair", Path, InclineMax, "|x| <= 12", "|x| <= 12", sourceORS},
		{"wheelchair", Entrance, RampSlope, "<= 8", "<= 18", sourceReference},
		{"wheelchair", Entrance, RampRun, "<= 9", "", sourceReference},
		{"wheelchair", Path, KerbHeight, "<= 3", "<= 6", sourceORS},
		{"wheelchair", Path, Smoothness, "excellent | good", "", sourceORS},
		{"wheelchair", Toilet, TurningSpace, ">= 150", "", sourceReference},
		{"walking", Path, RestGapMax, "<= 200", "", sourceReference},
		{"pram", Path, PathMinWidth, ">= 80", "", sourceReference},
		{"pram", Entrance, Steps, "<= 0", "<= 3", sourceReference},
	} {
		if !slices.Contains(all, want) {
			t.Errorf("want %+v among the thresholds", want)
		}
	}
}

func TestCategoriesWithoutAnInsideExist(t *testing.T) {
	for _, c := range openAir {
		if !slices.ContainsFunc(models.Vocabulary(), func(v models.VocabularyEntry) bool { return v.Code == c }) {
			t.Errorf("got category %s, which the vocabulary does not have", c)
		}
	}
	if Without("museum") != 0 || Without("viewpoint") != LinksOf(Entrance, Inside) {
		t.Error("got a museum without or a viewpoint with an inside")
	}
}

func TestACustomProfileHasItsOwnLimits(t *testing.T) {
	good := slices.Concat(goodPath(), goodEntrance(), goodInside(), goodToilet())
	narrow := but(good, fact("entrance", DoorWidth, 75), fact("entrance", Threshold, 5), fact("path", InclineMax, 9))
	var j Judge
	for _, tt := range []struct {
		limits Limits
		want   string
	}{
		{Limits{}, "no"}, // the slope
		{Limits{SlopePercent: new(10.0)}, "with_help"},
		{Limits{SlopePercent: new(10.0), WidthCM: new(65.0)}, "with_help"},
		{Limits{SlopePercent: new(10.0), WidthCM: new(65.0), StepCM: new(5.0)}, "yes"},
		{Limits{SlopePercent: new(10.0), WidthCM: new(75.0), StepCM: new(5.0)}, "yes"},
		{Limits{SlopePercent: new(10.0), WidthCM: new(80.0), StepCM: new(5.0)}, "no"}, // nobody is helped through a door that is too narrow
		{Limits{SlopePercent: new(10.0), WidthCM: new(120.0)}, "no"},
		{Limits{SlopePercent: new(10.0), WidthCM: new(65.0), StepCM: new(1.0)}, "with_help"},
	} {
		p, err := Custom("wheelchair", tt.limits)
		if err != nil {
			t.Fatal(err)
		}
		if got := j.Verdict(p, narrow, Place{}, today); got != tt.want {
			t.Errorf("%+v: got %s, want %s", tt.limits, got, tt.want)
		}
	}
	for _, bad := range []struct {
		base    string
		limits  Limits
		pointer string
	}{
		{"deaf", Limits{}, "/base"}, {"wheelchair", Limits{WidthCM: new(900.0)}, "/width_cm"}, {"walking", Limits{WidthCM: new(80.0)}, "/width_cm"},
		{"wheelchair", Limits{SlopePercent: new(-1.0)}, "/slope_percent"}, {"pram", Limits{StepCM: new(3.0)}, "/step_cm"},
	} {
		_, err := Custom(bad.base, bad.limits)
		if models.CodeOf(err) != models.CodeInvalid || !strings.Contains(err.Error(), bad.pointer) {
			t.Errorf("%s %+v: got %v, want %s refused", bad.base, bad.limits, err, bad.pointer)
		}
	}
}

func TestASecondPathLeadsToTheSecondEntrance(t *testing.T) {
	rest := slices.Concat(goodInside(), goodToilet())
	at := func(part string, facts []Fact) []Fact {
		facts = slices.Clone(facts)
		for i := range facts {
			facts[i].Part = part
		}
		return facts
	}
	steep := fact("path", InclineMax, 15)
	stairs := []Fact{fact("entrance", Steps, 4), code("entrance", Ramp, "none")}
	for _, tt := range []struct {
		name  string
		facts []Fact
		want  string
	}{
		{"both good at the back", slices.Concat([]Fact{steep}, stairs, at("path#2", goodPath()), at("entrance#2", goodEntrance())), "yes"},
		{"the main path to the second entrance", slices.Concat(goodPath(), stairs, at("entrance#2", goodEntrance())), "yes"},
		{"a good path to a bad entrance, a bad path to a good one", slices.Concat([]Fact{steep}, goodEntrance(), at("path#2", goodPath()),
			at("entrance#2", stairs)), "no"},
		{"the good path leads elsewhere", slices.Concat([]Fact{steep}, goodEntrance(), at("path#3", goodPath())), "no"},
	} {
		p, _ := ProfileByCode("wheelchair")
		v := p.Judge(append(tt.facts, rest...), Place{}, today)
		if v.Verdict != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, v.Verdict, tt.want)
		}
	}
	p, _ := ProfileByCode("wheelchair")
	half := slices.Concat([]Fact{steep}, rest, stairs, at("path#2", goodPath()), at("entrance#2", goodEntrance()[:2]))
	if diff := cmp.Diff([]Slot{{Part{Link: Entrance, N: 2}, DoorWidth}}, p.Judge(half, Place{}, today).Missing); diff != "" {
		t.Errorf("missing at the back: -want +got\n%s", diff)
	}
}

func TestWhatDoesNotApplyIsNotAskedFor(t *testing.T) {
	for _, tt := range []struct {
		name, profile string
		facts         []Fact
		want          string
	}{
		{"nothing spoken, nothing to caption", "hard_of_hearing", []Fact{absent("", Captions), code("", InductionLoop, "none"), fact("", StaffTrained, 0)}, "no"},
		{"not applicable outweighs the little another part has", "blind", []Fact{code("", TactileGuidance, "yes"), fact("", GlassMarked, 1), fact("", Steps, 0),
			absent("", AudioDescription), code("desk", AudioDescription, "occasional"), absent("", TactileMedia), fact("", AssistanceDog, 1)}, "yes"},
		{"no glass and no steps to mark", "blind", []Fact{code("", TactileGuidance, "yes"), absent("", GlassMarked), absent("", StepContrast),
			code("", AudioDescription, "app"), fact("", AssistanceDog, 1)}, "yes"},
		{"nothing applies at all", "hard_of_hearing", []Fact{absent("", Captions), absent("", InductionLoop), absent("", StaffTrained)}, "unknown"},
	} {
		p, _ := ProfileByCode(tt.profile)
		if got := p.Judge(tt.facts, Place{}, today).Verdict; got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestWhatARampOpens(t *testing.T) {
	facts := but(slices.Concat(goodPath(), goodEntrance(), goodInside(), goodToilet()),
		fact("entrance", Steps, 4), fact("entrance", StepHeight, 15), code("entrance", Ramp, "none"), code("entrance", Handrail, "none"))
	ramp, _ := FixByCode("ramp")
	e := WhatIf(facts, ramp.On("entrance"), Place{}, today)
	var got []string
	for _, f := range e.Flips {
		got = append(got, f.Profile+" "+f.Before+" "+f.After)
		if diff := cmp.Diff([]LinkFlip{{Entrance, f.Links[0].Before, f.Links[0].After}}, f.Links); diff != "" {
			t.Errorf("%s: want the entrance alone to turn: -want +got\n%s", f.Profile, diff)
		}
	}
	want := []string{"wheelchair no yes", "powered_wheelchair no yes", "walking no with_help", "pram no unknown"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if e.Before.For("wheelchair") != models.VerdictNo || e.After.For("wheelchair") != models.VerdictYes {
		t.Errorf("got %#x before, %#x after", e.Before, e.After)
	}
	p, _ := ProfileByCode("wheelchair")
	remedies := Fixes(p, facts, Place{}, today)
	if len(remedies) != 1 || remedies[0].Repairs[0] != (Repair{"ramp", "entrance"}) || !remedies[0].ConservatorConsent || remedies[0].LowPLN != ramp.Cost.LowPLN {
		t.Errorf("got %+v, want the ramp alone", remedies)
	}
	if got := Fixes(p, but(facts, ramp.On("entrance")[0].fact()), Place{}, today); len(got) == 0 {
		t.Error("a ramp nobody measured: got no remedy, want the ramp built anew")
	}
}

func (c Change) fact() Fact { return fact(c.Part, c.Attr, c.Value) }

func TestStandardFixesSetWhatTheTableKnows(t *testing.T) {
	codes := map[string]bool{}
	for _, f := range StandardFixes() {
		if codes[f.Code] || f.Label.PL == "" || f.Label.EN == "" || len(f.Links) == 0 || len(f.Sets) == 0 {
			t.Errorf("%+v: got a repeated code, or nothing to do", f)
		}
		codes[f.Code] = true
		if f.Cost.LowPLN < 0 || f.Cost.LowPLN > f.Cost.HighPLN || f.Cost.Source == "" || f.Cost.Per.PL == "" || f.Cost.PriceYear == 0 {
			t.Errorf("%s: got cost %+v", f.Code, f.Cost)
		}
		for _, s := range f.Sets {
			if text, bad := s.Attribute.Info().Check(s.Attribute.JSON(s.Value)); bad {
				t.Errorf("%s: %s of %s: %s", f.Code, s.Attribute.JSON(s.Value), s.Attribute, text.EN)
			}
			for _, l := range f.Links {
				if p, ok := PartOf(l.Code(), s.Attribute); !ok || p.Link != l {
					t.Errorf("%s: %s does not stand at %s", f.Code, s.Attribute, l)
				}
			}
		}
		useful := false
		for i := range profiles() {
			for _, l := range f.Links {
				useful = useful || profiles()[i].asks(l, &f)
			}
		}
		for i := range requirements() {
			for _, l := range f.Links {
				useful = useful || requirements()[i].asksAbout(l, &f)
			}
		}
		if !useful {
			t.Errorf("%s: neither a profile nor a requirement of art. 6 asks about anything it sets", f.Code)
		}
	}
	for _, want := range strings.Fields(`ramp threshold_removed door_widened accessible_toilet tactile_guidance induction_loop staff_training benches kerb_lowered
		handrails step_contrast audio_description easy_to_read`) {
		if !codes[want] {
			t.Errorf("want the fix %s", want)
		}
	}
}

func TestTheChecklistOfArticle6(t *testing.T) {
	outcomes := func(facts []Fact, place Place) map[string]string {
		m := map[string]string{}
		for _, r := range Article6(facts, place, today) {
			m[r.Point] = r.Outcome
			for _, reason := range r.Reasons {
				if reason.Value != nil && reason.Observed == nil {
					t.Errorf("%s: got a value without its date", r.Point)
				}
			}
		}
		return m
	}
	all := func(outcome string) map[string]string {
		m := map[string]string{}
		for _, p := range strings.Fields("1a 1b 1c 1d 1e 3a 3b 3c 3d") {
			m[p] = outcome
		}
		return m
	}
	with := func(m map[string]string, pairs ...string) map[string]string {
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i]] = pairs[i+1]
		}
		return m
	}
	full := slices.Concat(goodEntrance(), goodInside(), []Fact{code("", LayoutInfo, "visual", "voice"), fact("", AssistanceDog, 1), fact("", EvacuationSupport, 1),
		code("", SignLanguage, "remote"), fact("", FMSystem, 1), fact("", MachineReadableText, 1), fact("", PJMRecording, 1), fact("", EasyToRead, 1),
		fact("", ContactOnRequest, 1)})
	for _, tt := range []struct {
		name  string
		facts []Fact
		place Place
		want  map[string]string
	}{
		{"nothing is known", nil, Place{}, all(RequirementUnknown)},
		{"all is met", full, Place{}, all(RequirementMet)},
		{"a step", but(full, fact("", Steps, 2), code("", Ramp, "none")), Place{}, with(all(RequirementMet), "1a", RequirementNotMet)},
		{"help is not enough", but(full, fact("", DoorWidth, 80), code("", StepFreeInside, "part")), Place{},
			with(all(RequirementMet), "1a", RequirementNotMet, "1b", RequirementNotMet)},
		{"a tactile model for the voice", but(full, code("", LayoutInfo, "visual"), code("", TactileMedia, "model")), Place{}, all(RequirementMet)},
		{"a sign language recording is no interpreter", but(full, code("", SignLanguage, "video")), Place{}, with(all(RequirementMet), "3a", RequirementNotMet)},
		{"two of three on the web site", but(full, fact("", PJMRecording, 0)), Place{}, with(all(RequirementMet), "3c", RequirementNotMet)},
		{"open air has no building", nil, Place{Without: Without("playground")}, with(all(RequirementUnknown), "1a", RequirementNotApplicable,
			"1b", RequirementNotApplicable, "1c", RequirementNotApplicable, "1d", RequirementNotApplicable)},
	} {
		if diff := cmp.Diff(tt.want, outcomes(tt.facts, tt.place)); diff != "" {
			t.Errorf("%s: -want +got\n%s", tt.name, diff)
		}
	}
}

func TestAReasonHasItsFactAndItsLimit(t *testing.T) {
	facts := but(slices.Concat(goodPath(), goodEntrance(), goodInside(), goodToilet()), fact("entrance", DoorWidth, 60))
	facts[len(facts)-1].ID = 77
	p, _ := ProfileByCode("wheelchair")
	v := p.Judge(facts, Place{}, today)
	got, err := json.Marshal(v.Links[Entrance])
	want := `{"link":"entrance","verdict":"no","part":"entrance","reasons":[{"link":"entrance","part":"entrance","attribute":"door_width","value":60,"fact_id":77,` +
		`"observed_on":"2026-04-01","yes":"\u003e= 90","with_help":"\u003e= 70","outcome":"no",` +
		`"sentence":{"pl":"Drzwi mają 60 cm przy wejściu.","en":"The door is 60 cm wide at the entrance."}}]}`
	if err != nil || string(got) != want {
		t.Errorf("%v\ngot  %s\nwant %s", err, got, want)
	}
}

func TestPolishPlurals(t *testing.T) {
	for n, want := range map[int]string{0: "stopni", 1: "stopień", 2: "stopnie", 4: "stopnie", 5: "stopni", 11: "stopni", 12: "stopni", 14: "stopni", 21: "stopni",
		22: "stopnie", 25: "stopni", 112: "stopni", 122: "stopnie"} {
		if got := plural(n, "stopień", "stopnie", "stopni"); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
}

// registryPlace is a place of 40 facts as surveys leave them: two entrances, of which the first has a step too high, services all told,
// an earlier survey under the last one, of that some past its shelf life and some superseded, a fact disputed, a lift out of order.
func registryPlace() []Fact {
	facts := slices.Concat(goodPath(), goodEntrance(), goodInside(), goodToilet())
	for _, f := range goodEntrance() {
		f.Part = "entrance#2"
		facts = append(facts, f)
	}
	for i := range facts {
		if facts[i].Part == "entrance" && facts[i].Attr == Steps {
			facts[i].Value = 1
		}
	}
	facts = append(facts, fact("entrance", StepHeight, 12))
	for _, a := range askedAttrs {
		if ownLink()[a] == Services {
			facts = append(facts, fact("", a, best(a)))
		}
	}
	facts[len(facts)-1].State = Disputed
	broken := code("inside", StepFreeInside, "part")
	broken.ValidFrom, broken.ValidUntil = today-30, today+30
	facts = append(facts, broken)
	for i := 0; len(facts) < 40; i++ {
		f := facts[i]
		f.ObservedOn -= []models.Day{900, 2200}[i%2]
		f.Superseded = i%3 == 0
		facts = append(facts, f)
	}
	return facts
}

func TestJudgingManyPlacesAllocatesNothing(t *testing.T) {
	facts := registryPlace()
	var j Judge
	j.Verdicts(facts, Place{}, today)
	if n := testing.AllocsPerRun(100, func() { j.Verdicts(facts, Place{}, today) }); n != 0 {
		t.Errorf("got %g allocations a place, want none", n)
	}
}

// Verdicts of all profiles for one place with 40 facts; the target is 10 µs.
func BenchmarkVerdicts(b *testing.B) {
	facts := registryPlace()
	var j Judge
	b.ReportAllocs()
	var began, ended syscall.Rusage
	used := func(u *syscall.Rusage) {
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, u); err != nil {
			b.Fatal(err)
		}
	}
	used(&began)
	for b.Loop() {
		j.Verdicts(facts, Place{}, today)
	}
	used(&ended)
	// what the processor spent on it, whoever else it worked for meanwhile
	b.ReportMetric(float64(ended.Utime.Nano()-began.Utime.Nano())/float64(b.N), "cpu-ns/op")
}

func BenchmarkExplain(b *testing.B) {
	facts := registryPlace()[:30]
	b.ReportAllocs()
	for b.Loop() {
		Explain(facts, Place{}, today)
	}
}

func BenchmarkWhatIf(b *testing.B) {
	facts := registryPlace()
	ramp, _ := FixByCode("ramp")
	changes := ramp.On("entrance")
	var j Judge
	b.ReportAllocs()
	for b.Loop() {
		j.WhatIf(facts, changes, Place{}, today)
	}
}

func BenchmarkMissing(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Survey(nil, Place{}, today)
	}
}
