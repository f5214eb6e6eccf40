package access

import (
	"slices"
	"sync"

	"wolnica/models"
)

// What the checklist says of a requirement.
const (
	RequirementMet           = "met"
	RequirementNotMet        = "not_met"
	RequirementUnknown       = "unknown"
	RequirementNotApplicable = "not_applicable"
)

// A Requirement is one of the minimum requirements of art. 6(1) and (3) of the Act of 19 July 2019 on ensuring accessibility to
// persons with special needs, as far as facts tell.
type Requirement struct {
	// Point is as the Act counts: "1a" … "3d".
	Point string      `json:"point"`
	Text  models.Text `json:"text"`
	// Outcome is RequirementMet, RequirementNotMet, RequirementUnknown or RequirementNotApplicable.
	Outcome string `json:"outcome"`
	// Reasons are the facts behind it, with their dates, and what is missing.
	Reasons []Reason `json:"reasons,omitempty"`
}

type requirement struct {
	point string
	text  models.Text
	// building says that the Act speaks of a building here.
	building bool
	links    [linkCount]rule
	asks     Links
}

var requirements = sync.OnceValue(func() []requirement {
	const act = "Act of 19 July 2019, art. 6"
	has := func(a Attr) rule { return is(a, yes, never, act) }
	of := func(point, pl, en string, rules map[Link]rule) requirement {
		r := requirement{point: point, text: models.Text{PL: pl, EN: en}}
		for l, rule := range rules {
			r.links[l] = rule
			r.asks |= LinksOf(l)
		}
		return r
	}
	services := func(r rule) map[Link]rule { return map[Link]rule{Services: r} }
	inBuilding := func(r requirement) requirement {
		r.building = true
		return r
	}
	wheelchair := profiles()[0]
	inside := is(StepFreeInside, oneOf(StepFreeInside, "all"), never, act)
	return []requirement{
		of("1a", "przestrzenie komunikacyjne budynku wolne od barier poziomych i pionowych",
			"circulation in the building free of horizontal and vertical barriers",
			map[Link]rule{Entrance: wheelchair.rules[Entrance], Inside: inside}),
		of("1b", "dostęp do wszystkich pomieszczeń, oprócz technicznych", "access to all rooms but technical ones",
			map[Link]rule{Inside: inside}),
		inBuilding(of("1c", "informacja o rozkładzie pomieszczeń, co najmniej wizualna i dotykowa lub głosowa",
			"information on the layout, at least visual and tactile or voice", services(allOf(
				is(LayoutInfo, hasAny(LayoutInfo, "visual"), never, act),
				anyOf(is(LayoutInfo, hasAny(LayoutInfo, "tactile", "voice"), never, act),
					is(TactileMedia, hasAny(TactileMedia, "plan", "model"), never, act)))))),
		inBuilding(of("1d", "wstęp z psem asystującym", "entry with an assistance dog", services(has(AssistanceDog)))),
		of("1e", "ewakuacja lub uratowanie w inny sposób", "evacuation or rescue in another way", services(has(EvacuationSupport))),
		of("3a", "obsługa ze środkami wspierającymi komunikowanie się lub zdalnym tłumaczem",
			"service with means that support communication, or with an online interpreter",
			services(is(SignLanguage, oneOf(SignLanguage, "live", "remote"), never, act))),
		of("3b", "urządzenia dla osób słabosłyszących: pętla indukcyjna, system FM",
			"devices for hard of hearing people: induction loop, FM system", services(anyOf(
				is(InductionLoop, oneOf(InductionLoop, "fixed", "portable"), never, act), has(FMSystem)))),
		of("3c", "na stronie internetowej: tekst odczytywalny maszynowo, nagranie w PJM i tekst łatwy do czytania",
			"on the web site: machine-readable text, a recording in Polish Sign Language and easy-to-read text",
			services(allOf(has(MachineReadableText), has(PJMRecording), has(EasyToRead)))),
		of("3d", "kontakt w formie wskazanej we wniosku", "contact in the form a person asks for", services(has(ContactOnRequest))),
	}
})

// Article6 sets the facts against the requirements of art. 6(1) and (3). Point 2, the accessibility of web sites and applications, is
// of another act. What a requirement meets only with a helper's hand counts as not met. Where the Act speaks of a building (1a to 1d), a
// place whose category has neither entrance nor inside has none, and it is not applicable. It is a checklist, not an audit.
func Article6(facts []Fact, place Place, today models.Day) []Requirement {
	var s sheet
	s.fill(facts, place, today)
	list := make([]Requirement, len(requirements()))
	for i := range requirements() {
		r := &requirements()[i]
		out := Requirement{Point: r.point, Text: r.text}
		total, from := r.judge(&s)
		for l := Path; l <= Services; l++ {
			if from[l] != nil {
				r.links[l].reasons(&s, from[l], l, &out.Reasons)
			}
		}
		out.Outcome = outcomeOf(total)
		list[i] = out
	}
	return list
}

// judge is what the facts come to, and for each link asked about the part that serves best.
func (r *requirement) judge(s *sheet) (total span, from [linkCount]*instance) {
	total = span{alone, alone, true}
	if r.building && s.without.Has(Entrance) && s.without.Has(Inside) {
		return total, from
	}
	for l := Path; l <= Services; l++ {
		if !r.asks.Has(l) || s.without.Has(l) {
			continue
		}
		var best span
		for _, in := range s.parts(l) {
			if got := r.links[l].span(s, in); from[l] == nil || got.compare(best) > 0 {
				best, from[l] = got, in
			}
		}
		total = total.and(best)
	}
	return total, from
}

func outcomeOf(total span) string {
	switch {
	case total.na:
		return RequirementNotApplicable
	case total.lo == alone:
		return RequirementMet
	case total.hi < alone:
		return RequirementNotMet
	}
	return RequirementUnknown
}

// A Mend is a remedy of a requirement that is not met: after it nothing is known any more that would keep it from being met.
type Mend struct {
	Remedy
	// Leaves is RequirementMet, or RequirementUnknown where facts that nobody has recorded still decide.
	Leaves string `json:"leaves"`
}

// Article6Mends are, for each requirement in the order of Article6, the smallest sets of up to three standard fixes that end what is
// known to be amiss, the cheapest first; none for a requirement that is not known to be unmet, and where no such set does.
func Article6Mends(facts []Fact, place Place, today models.Day) [][]Mend {
	var s sheet
	s.fill(facts, place, today)
	list := make([][]Mend, len(requirements()))
	for i := range requirements() {
		r := &requirements()[i]
		if total, _ := r.judge(&s); outcomeOf(total) != RequirementNotMet {
			continue
		}
		remedies := smallest(candidatesFor(&s, r.asksAbout), facts, place, today, func(t *sheet) bool {
			total, _ := r.judge(t)
			return total.hi == alone
		})
		for _, remedy := range remedies {
			var changes []Change
			for _, repair := range remedy.Repairs {
				f, _ := FixByCode(repair.Fix)
				changes = append(changes, f.On(repair.Part)...)
			}
			var t sheet
			t.fill(Apply(nil, facts, changes, today), place, today)
			total, _ := r.judge(&t)
			list[i] = append(list[i], Mend{remedy, outcomeOf(total)})
		}
	}
	return list
}

// asksAbout says whether a fix at the link sets anything that the requirement asks about there.
func (r *requirement) asksAbout(l Link, f *Fix) bool {
	found := false
	r.links[l].each(func(rule *rule) {
		found = found || slices.ContainsFunc(f.Sets, func(s Setting) bool { return s.Attribute == rule.attr })
	})
	return found
}
