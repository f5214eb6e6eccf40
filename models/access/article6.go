package access

import (
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
	links [linkCount]rule
	asks  Links
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
	wheelchair := profiles()[0]
	inside := is(StepFreeInside, oneOf(StepFreeInside, "all"), never, act)
	return []requirement{
		of("1a", "przestrzenie komunikacyjne budynku wolne od barier poziomych i pionowych",
			"circulation in the building free of horizontal and vertical barriers",
			map[Link]rule{Entrance: wheelchair.rules[Entrance], Inside: inside}),
		of("1b", "dostęp do wszystkich pomieszczeń, oprócz technicznych", "access to all rooms but technical ones",
			map[Link]rule{Inside: inside}),
		of("1c", "informacja o rozkładzie pomieszczeń, co najmniej wizualna i dotykowa lub głosowa",
			"information on the layout, at least visual and tactile or voice", services(allOf(
				is(LayoutInfo, hasAny(LayoutInfo, "visual"), never, act),
				anyOf(is(LayoutInfo, hasAny(LayoutInfo, "tactile", "voice"), never, act),
					is(TactileMedia, hasAny(TactileMedia, "plan", "model"), never, act))))),
		of("1d", "wstęp z psem asystującym", "entry with an assistance dog", services(has(AssistanceDog))),
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
// of another act. What a requirement meets only with a helper's hand counts as not met. It is a checklist, not an audit.
func Article6(facts []Fact, place Place, today models.Day) []Requirement {
	var s sheet
	s.fill(facts, place, today)
	list := make([]Requirement, len(requirements()))
	for i := range requirements() {
		r := &requirements()[i]
		total := span{alone, alone, true}
		out := Requirement{Point: r.point, Text: r.text}
		for l := Path; l <= Services; l++ {
			if !r.asks.Has(l) || s.without.Has(l) {
				continue
			}
			best, from := span{}, (*instance)(nil)
			for _, in := range s.parts(l) {
				if got := r.links[l].span(&s, in); from == nil || got.better(best) {
					best, from = got, in
				}
			}
			total = total.and(best)
			r.links[l].reasons(&s, from, l, &out.Reasons)
		}
		switch {
		case total.na:
			out.Outcome = RequirementNotApplicable
		case total.lo == alone:
			out.Outcome = RequirementMet
		case total.hi < alone:
			out.Outcome = RequirementNotMet
		default:
			out.Outcome = RequirementUnknown
		}
		list[i] = out
	}
	return list
}
