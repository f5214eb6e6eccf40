package access

import (
	"cmp"
	"slices"
	"sync"

	"wolnica/models"
)

// A Fix is a standard improvement: the facts it makes true, what it costs, and whose consent it needs.
type Fix struct {
	Code  string      `json:"code"`
	Label models.Text `json:"label"`
	// Links are the links at which it can be made; for services the place as a whole.
	Links []Link `json:"links"`
	// Sets are the facts it makes true at the part where it is made.
	Sets []Setting `json:"sets"`
	Cost Cost      `json:"cost"`
	// ConservatorConsent says that at a building entered in the register of monuments it needs the permit of the voivodeship
	// conservator: art. 36(1) of the Act of 23 July 2003, works (1), devices and signs (10), and other acts that touch the substance or
	// the look (11). Whatever is fixed to the building or the ground is taken to need one.
	ConservatorConsent bool `json:"conservator_consent"`
}

// A Setting is one fact that a fix makes true.
type Setting struct {
	Attribute Attr  `json:"attribute"`
	Value     Value `json:"-"`
}

// A Cost is a range in PLN at the prices of PriceYear, VAT included.
type Cost struct {
	LowPLN  int `json:"low_pln"`
	HighPLN int `json:"high_pln"`
	// Per is what one price buys.
	Per       models.Text `json:"per"`
	PriceYear int         `json:"price_year"`
	// Estimate says that nobody's price list stands behind it; Source names what does, or who estimates.
	Estimate bool   `json:"estimate"`
	Source   string `json:"source"`
}

const (
	fixPriceYear  = 2025
	fixCostSource = "Wolnica: order-of-magnitude estimate, to be replaced by the offers a municipality has"
)

// StandardFixes are the standard fixes, from the way in to what is told inside. The result is the caller's to keep, not to change.
func StandardFixes() []Fix { return standardFixes() }

// FixByCode is the fix with the code, false when there is none.
func FixByCode(code string) (*Fix, bool) {
	all := standardFixes()
	for i := range all {
		if all[i].Code == code {
			return &all[i], true
		}
	}
	return nil, false
}

var standardFixes = sync.OnceValue(func() []Fix {
	set := func(a Attr, v Value) Setting { return Setting{a, v} }
	to := func(a Attr, codes ...string) Setting { return Setting{a, a.Codes(codes...)} }
	per := map[string]models.Text{
		"piece":   {PL: "za sztukę", EN: "each"},
		"100m":    {PL: "za 100 m dojścia", EN: "per 100 m of path"},
		"year":    {PL: "za rok", EN: "a year"},
		"place":   {PL: "za miejsce", EN: "a place"},
		"film":    {PL: "za godzinę nagrania", EN: "per hour of recording"},
		"session": {PL: "za zespół do 15 osób", EN: "for a team of up to 15"},
	}
	fix := func(code, pl, en string, links []Link, low, high int, unit string, consent bool, sets ...Setting) Fix {
		return Fix{Code: code, Label: models.Text{PL: pl, EN: en}, Links: links, Sets: sets, ConservatorConsent: consent,
			Cost: Cost{low, high, per[unit], fixPriceYear, true, fixCostSource}}
	}
	path, entrance, toilet, services := []Link{Path}, []Link{Entrance}, []Link{Toilet}, []Link{Services}
	return []Fix{
		fix("kerb_lowered", "obniżenie krawężnika", "kerb lowered", path, 2_500, 8_000, "piece", true,
			to(Kerb, "lowered"), set(KerbHeight, 2)),
		fix("path_resurfaced", "wyrównanie nawierzchni dojścia", "path resurfaced", path, 30_000, 90_000, "100m", true,
			to(Surface, "paving_stones"), to(Smoothness, "good")),
		fix("path_widened", "poszerzenie dojścia do 120 cm", "path widened to 120 cm", path, 20_000, 70_000, "100m", true,
			set(PathMinWidth, 120)),
		fix("path_regraded", "złagodzenie spadku dojścia do 5 %", "path regraded to 5 %", path, 40_000, 200_000, "100m", true,
			set(InclineMax, 5)),
		fix("benches", "ławka co 200 m", "a bench every 200 m", path, 2_000, 5_000, "piece", true, set(RestGapMax, 200)),
		fix("tactile_guidance", "prowadzenie dotykowe na całej drodze", "tactile guidance all the way", path, 25_000, 60_000, "100m", true,
			to(TactileGuidance, "yes")),
		fix("ramp", "stała pochylnia 6 %", "fixed ramp of 6 %", []Link{Path, Entrance}, 15_000, 80_000, "piece", true,
			to(Ramp, "fixed"), set(RampSlope, 6), set(RampRun, 9)),
		fix("removable_ramp", "przenośna pochylnia", "removable ramp", []Link{Path, Entrance}, 1_500, 6_000, "piece", false,
			to(Ramp, "removable"), set(RampSlope, 12), set(RampRun, 3)),
		fix("platform_lift", "podnośnik pionowy", "platform lift", []Link{Path, Entrance}, 60_000, 150_000, "piece", true,
			to(StepFreeAlternative, "platform")),
		fix("handrails", "poręcze po obu stronach stopni", "handrails on both sides of the steps", []Link{Path, Entrance, Inside},
			2_000, 8_000, "piece", true, to(Handrail, "both")),
		fix("step_contrast", "kontrastowe krawędzie stopni", "contrasting step edges", entrance, 500, 3_000, "piece", true,
			set(StepContrast, 1)),
		fix("threshold_removed", "likwidacja progu", "threshold removed", entrance, 500, 5_000, "piece", true,
			set(Threshold, 0), set(EntranceLevel, 1)),
		fix("door_widened", "poszerzenie drzwi do 90 cm", "door widened to 90 cm", []Link{Entrance, Toilet}, 5_000, 25_000, "piece", true,
			set(DoorWidth, 90)),
		fix("glass_marked", "oznaczenie przeszkleń", "glass marked", entrance, 300, 2_000, "piece", true, set(GlassMarked, 1)),
		fix("lift_inside", "winda do wszystkich kondygnacji", "lift to every floor", []Link{Inside}, 300_000, 900_000, "piece", true,
			to(StepFreeInside, "all"), set(LiftWidth, 110), set(LiftLength, 140), set(LiftSpeech, 1)),
		fix("accessible_toilet", "toaleta dla osób na wózkach", "accessible toilet fitted", toilet, 40_000, 150_000, "piece", true,
			to(ToiletWheelchair, "yes"), set(DoorWidth, 90), set(TurningSpace, 150), to(GrabBars, "both"), to(ToiletTransfer, "right"),
			set(ToiletSeatHeight, 46)),
		fix("grab_bars", "poręcze w toalecie", "grab bars in the toilet", toilet, 800, 3_000, "piece", true, to(GrabBars, "both")),
		fix("baby_changing", "przewijak dla niemowląt", "baby changing table", toilet, 800, 3_000, "piece", false, set(BabyChanging, 1)),
		fix("tactile_media", "plan i makieta dotykowa", "tactile plan and model", services, 15_000, 60_000, "place", false,
			to(TactileMedia, "plan", "model", "braille")),
		fix("audio_description", "audiodeskrypcja w aplikacji", "audio description in an app", services, 5_000, 20_000, "film", false,
			to(AudioDescription, "app")),
		fix("induction_loop", "pętla indukcyjna", "induction loop", services, 2_000, 20_000, "piece", true, to(InductionLoop, "fixed")),
		fix("portable_loop", "przenośna pętla indukcyjna", "portable induction loop", services, 1_000, 3_000, "piece", false,
			to(InductionLoop, "portable")),
		fix("sign_language_remote", "tłumacz PJM online", "remote Polish Sign Language interpreter", services, 3_000, 12_000, "year", false,
			to(SignLanguage, "remote")),
		fix("captions", "napisy do nagrań", "captions of recordings", services, 600, 2_500, "film", false, set(Captions, 1)),
		fix("text_contact", "kontakt przez SMS, e-mail lub czat", "contact by SMS, e-mail or chat", services, 0, 2_000, "year", false,
			set(TextContact, 1)),
		fix("easy_to_read", "tekst łatwy do czytania", "easy-to-read text", services, 1_500, 6_000, "place", false, set(EasyToRead, 1)),
		fix("pictograms", "piktogramy", "pictograms", services, 1_000, 8_000, "place", true, set(Pictograms, 1)),
		fix("staff_training", "szkolenie obsługi", "staff training", services, 3_000, 8_000, "session", false, set(StaffTrained, 1)),
		fix("dog_welcome", "wpuszczanie psów asystujących", "assistance dogs let in", services, 0, 500, "place", false,
			set(AssistanceDog, 1)),
		fix("layout_information", "informacja o rozkładzie pomieszczeń: tablica i plan dotykowy", "information on the layout: a board and a tactile plan",
			services, 5_000, 25_000, "place", false, to(LayoutInfo, "visual", "tactile")),
		fix("evacuation_support", "procedura i sprzęt do ewakuacji (krzesło ewakuacyjne)", "evacuation procedure and equipment (evacuation chair)",
			services, 5_000, 20_000, "place", false, set(EvacuationSupport, 1)),
		fix("machine_readable_text", "tekst o działalności do odczytu maszynowego", "machine-readable text about the institution", services, 0, 1_500,
			"place", false, set(MachineReadableText, 1)),
		fix("pjm_recording", "nagranie o działalności w PJM", "recording about the institution in Polish Sign Language", services, 1_000, 5_000,
			"place", false, set(PJMRecording, 1)),
		fix("contact_on_request", "kontakt w formie wskazanej we wniosku", "contact in the form a person asks for", services, 0, 2_000, "year", false,
			set(ContactOnRequest, 1)),
	}
})

// On is the fix as changes at a part, which must be one of a link in Links, or "" for services.
func (f *Fix) On(part string) []Change {
	changes := make([]Change, len(f.Sets))
	for i, s := range f.Sets {
		changes[i] = Change{Part: part, Attr: s.Attribute, Value: s.Value}
	}
	return changes
}

// A Repair is a fix at a part.
type Repair struct {
	Fix  string `json:"fix"`
	Part string `json:"part"`
}

// A Remedy is a set of repairs that together turn a verdict into YES, with the sum of what they typically cost.
type Remedy struct {
	Repairs            []Repair `json:"repairs"`
	LowPLN             int      `json:"low_pln"`
	HighPLN            int      `json:"high_pln"`
	ConservatorConsent bool     `json:"conservator_consent"`
}

// maxRepairs is how many repairs a remedy may join.
const maxRepairs = 3

// Fixes are the smallest sets of up to three standard fixes that turn the verdict into YES, the cheapest first; none when it is YES
// already or no such set does. What stays unknown is not taken for good: where a fact is missing that no fix sets, ask for it first.
//
// The work: every set of up to three of the fixes that change anything the profile asks about, at every part there is. With 20 of them
// that is 1,350 judgements of one profile.
func Fixes(p *Profile, facts []Fact, place Place, today models.Day) []Remedy {
	var s sheet
	s.fill(facts, place, today)
	if c := p.judge(&s); c.total.lo == alone {
		return nil
	}
	return smallest(candidatesFor(&s, p.asks), facts, place, today, func(t *sheet) bool {
		c := p.judge(t)
		return c.total.lo == alone
	})
}

// A candidate is a repair that may be part of a remedy.
type candidate struct {
	repair  Repair
	fix     *Fix
	changes []Change
}

// candidatesFor are the fixes that change anything asked about, at every part there is.
func candidatesFor(s *sheet, asks func(Link, *Fix) bool) []candidate {
	var candidates []candidate
	all := standardFixes()
	for i := range all {
		f := &all[i]
		for _, l := range f.Links {
			if !asks(l, f) {
				continue
			}
			for _, in := range s.parts(l) {
				part := in.part.String()
				candidates = append(candidates, candidate{Repair{f.Code, part}, f, f.On(part)})
			}
		}
	}
	return candidates
}

// smallest are the sets with the least number of candidates, at most maxRepairs, with which the facts are enough, the cheapest first.
func smallest(candidates []candidate, facts []Fact, place Place, today models.Day, enough func(*sheet) bool) []Remedy {
	var remedies []Remedy
	var t sheet
	var changes []Change
	var after []Fact
	chosen := make([]int, 0, maxRepairs)
	var choose func(from, left int)
	choose = func(from, left int) {
		if left == 0 {
			changes = changes[:0]
			for _, i := range chosen {
				changes = append(changes, candidates[i].changes...)
			}
			after = Apply(after, facts, changes, today)
			t.fill(after, place, today)
			if !enough(&t) {
				return
			}
			var r Remedy
			for _, i := range chosen {
				r.Repairs = append(r.Repairs, candidates[i].repair)
				r.LowPLN += candidates[i].fix.Cost.LowPLN
				r.HighPLN += candidates[i].fix.Cost.HighPLN
				r.ConservatorConsent = r.ConservatorConsent || candidates[i].fix.ConservatorConsent
			}
			remedies = append(remedies, r)
			return
		}
		for i := from; i <= len(candidates)-left; i++ {
			chosen = append(chosen, i)
			choose(i+1, left-1)
			chosen = chosen[:len(chosen)-1]
		}
	}
	for n := 1; n <= maxRepairs && remedies == nil; n++ {
		choose(0, n)
	}
	slices.SortStableFunc(remedies, func(a, b Remedy) int {
		return cmp.Or(cmp.Compare(a.LowPLN+a.HighPLN, b.LowPLN+b.HighPLN))
	})
	return remedies
}

// asks says whether a fix at the link sets anything that the profile asks about there.
func (p *Profile) asks(l Link, f *Fix) bool {
	found := false
	for at := range p.rules {
		p.rules[at].each(func(r *rule) {
			if r.services && l == Services || !r.services && Link(at) == l {
				found = found || slices.ContainsFunc(f.Sets, func(s Setting) bool { return s.Attribute == r.attr })
			}
		})
	}
	return found
}

// PartFor is the part at which the fix is made when part is asked for: that one, if it is of one of the fix's links; of "" the entrance, or
// else the first of its links ("" for services). False is a part at which it cannot be made.
func (f *Fix) PartFor(part string) (string, bool) {
	if slices.Contains(f.Links, Services) {
		_, ok := PartOf(part, InductionLoop)
		return part, ok
	}
	if part == "" {
		if slices.Contains(f.Links, Entrance) {
			return Entrance.Code(), true
		}
		return f.Links[0].Code(), true
	}
	p, ok := PartOf(part, Steps) // any attribute of the chain: the part says the link
	return part, ok && slices.Contains(f.Links, p.Link)
}
