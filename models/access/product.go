package access

import (
	"fmt"

	"wolnica/models"
)

// A product (a trail, a package, an event …) is a series, not a choice: its verdict is the worst of the stops that are not optional
// and of the segments of its line. Any NO is NO, else any UNKNOWN is UNKNOWN, else any WITH_HELP is WITH_HELP. A segment is judged by
// what a profile asks of a path; a profile that asks nothing of a path is not asked about segments. Where nothing is judged, because
// there is no stop and nothing is asked of a segment, it is UNKNOWN: never YES on nothing.
//
// No staff stand along a way: what a profile asks of a path or else of the services (the blind: tactile guidance or trained
// staff) is asked of the segment alone.

// onlyPath leaves out all that is not a path.
var onlyPath = Place{Without: LinksOf(Entrance, Inside, Toilet, Services)}

// fillSegment makes the sheet of a segment, whose facts stand at the part "path".
func (s *sheet) fillSegment(facts []Fact, today models.Day) {
	s.fill(facts, onlyPath, today)
	s.segment = true
}

// worse is the verdict on two things that both have to be passed.
func (v verdict) worse(w verdict) verdict {
	if v == isNo || w == isNo {
		return isNo
	}
	return min(v, w)
}

// ProductVerdicts are the verdicts of all profiles on a product with the stored verdicts of its stops, without the optional
// ones, and the facts of each of its segments.
func (j *Judge) ProductVerdicts(stops []models.Verdicts, segments [][]Fact, today models.Day) models.Verdicts {
	var worst [16]verdict
	var judged [16]bool
	all := profiles()
	add := func(i int, v verdict) {
		if !judged[i] {
			worst[i], judged[i] = isYes, true
		}
		worst[i] = worst[i].worse(v)
	}
	for _, stop := range stops {
		for i := range all {
			add(i, verdict(stop>>(2*i)&3))
		}
	}
	for _, facts := range segments {
		j.sheet.fillSegment(facts, today)
		for i := range all {
			if all[i].links.Has(Path) {
				c := all[i].judge(&j.sheet)
				add(i, c.total.verdict())
			}
		}
	}
	var v models.Verdicts
	for i := range all {
		v |= models.Verdicts(worst[i]) << (2 * i)
	}
	return v
}

// A Stop is a place on a product, with what is known of it.
type Stop struct {
	Name     models.Text
	Optional bool
	Facts    []Fact
	Place    Place
}

// A Product is what its verdict rests on: the stops in order, and the facts of the segments of its line in order.
type Product struct {
	Stops    []Stop
	Segments [][]Fact
}

// A Leg is a stop or a segment of a product: exactly one of the numbers, which begin at 1, is not 0.
type Leg struct {
	Stop    int `json:"stop,omitempty"`
	Segment int `json:"segment,omitempty"`
	// Optional legs are told and do not count.
	Optional bool `json:"optional,omitempty"`
	// Verdict is a code of models.VerdictCodes, or LinkNotJudged for a segment of which the profile asks nothing.
	Verdict string `json:"verdict"`
}

// A ProductVerdict is the answer for one profile on a whole product.
type ProductVerdict struct {
	Profile string `json:"profile"`
	Verdict string `json:"verdict"`
	Rules   string `json:"rules"`
	// Legs are the stops and the segments as one comes to them.
	Legs []Leg `json:"legs"`
	// Weakest is the first leg that makes the verdict what it is, Why its own verdict with its reasons and what is missing there. nil for YES, and
	// where there is nothing to judge.
	Weakest  *Leg        `json:"weakest,omitempty"`
	Why      *Verdict    `json:"why,omitempty"`
	Sentence models.Text `json:"sentence"`
}

// JudgeProduct draws the verdict of one profile on a product, with its reasons.
func (p *Profile) JudgeProduct(of Product, today models.Day) ProductVerdict {
	out := ProductVerdict{Profile: p.Code, Rules: RulesVersion}
	total, judged := isYes, false
	var s sheet
	add := func(l Leg, v verdict) {
		l.Verdict = v.code()
		out.Legs = append(out.Legs, l)
		if !l.Optional {
			total, judged = total.worse(v), true
		}
	}
	for i := range max(len(of.Stops), len(of.Segments)) {
		if i < len(of.Stops) {
			stop := &of.Stops[i]
			s.fill(stop.Facts, stop.Place, today)
			c := p.judge(&s)
			add(Leg{Stop: i + 1, Optional: stop.Optional}, c.total.verdict())
		}
		if i < len(of.Segments) {
			if !p.links.Has(Path) {
				out.Legs = append(out.Legs, Leg{Segment: i + 1, Verdict: LinkNotJudged})
				continue
			}
			s.fillSegment(of.Segments[i], today)
			c := p.judge(&s)
			add(Leg{Segment: i + 1}, c.total.verdict())
		}
	}
	if !judged {
		total = isUnknown
	}
	out.Verdict = total.code()
	for i := range out.Legs {
		if l := &out.Legs[i]; judged && total != isYes && !l.Optional && l.Verdict == out.Verdict {
			out.Weakest = l
			break
		}
	}
	if w := out.Weakest; w != nil {
		if w.Stop > 0 {
			s.fill(of.Stops[w.Stop-1].Facts, of.Stops[w.Stop-1].Place, today)
		} else {
			s.fillSegment(of.Segments[w.Segment-1], today)
		}
		out.Why = new(p.explain(&s))
	}
	out.Sentence = out.sentence(of)
	return out
}

// sentence says the verdict to a visitor: what it is, and which leg makes it so.
func (v *ProductVerdict) sentence(of Product) models.Text {
	var t models.Text
	switch v.Verdict {
	case models.VerdictYes:
		return models.Text{PL: "Skorzystasz z całości samodzielnie.", EN: "You can use all of it by yourself."}
	case models.VerdictWithHelp:
		t = models.Text{PL: "Skorzystasz z całości z pomocą", EN: "You can use all of it with help"}
	case models.VerdictNo:
		t = models.Text{PL: "Nie skorzystasz z całości", EN: "You cannot use all of it"}
	default:
		t = models.Text{PL: "Nie wiadomo, czy skorzystasz z całości", EN: "It is not known whether you can use all of it"}
	}
	w := v.Weakest
	if w == nil {
		return models.Text{PL: t.PL + ": nie ma tu czego ocenić.", EN: t.EN + ": there is nothing here to judge."}
	}
	leg := models.Text{PL: fmt.Sprintf("odcinek %d", w.Segment), EN: fmt.Sprintf("segment %d", w.Segment)}
	if w.Stop > 0 {
		name := of.Stops[w.Stop-1].Name
		if name.EN == "" {
			name.EN = name.PL
		}
		leg = models.Text{PL: fmt.Sprintf("przystanek %d (%s)", w.Stop, name.PL), EN: fmt.Sprintf("stop %d (%s)", w.Stop, name.EN)}
	}
	return models.Text{PL: t.PL + ": " + leg.PL + ". " + v.Why.Sentence.PL, EN: t.EN + ": " + leg.EN + ". " + v.Why.Sentence.EN}
}
