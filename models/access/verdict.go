package access

import (
	"encoding/json"

	"wolnica/models"
)

// A Verdict is the answer for one profile, with all that it rests on.
type Verdict struct {
	// Profile is a code of models.AccessProfiles or "custom", Verdict a code of models.VerdictCodes.
	Profile string `json:"profile"`
	Verdict string `json:"verdict"`
	// Rules is the RulesVersion under which it was reached.
	Rules string `json:"rules"`
	// Breaks is the first link that breaks (NO) or else the first that nobody knows enough of (UNKNOWN); nil for YES and WITH_HELP.
	Breaks *Link `json:"breaks,omitempty"`
	// Links are all links of the chain in their order.
	Links []LinkVerdict `json:"links"`
	// Missing is the smallest set of missing facts some values of which settle the verdict: make UNKNOWN usable, or WITH_HELP a
	// YES. A single one of them may also settle it the other way. Empty when nothing is to be gained by asking.
	Missing []Slot `json:"missing,omitempty"`
	// Sentence says it to a visitor.
	Sentence models.Text `json:"sentence"`
}

// How a link stands when it has no verdict.
const (
	LinkNotJudged     = "not_judged"     // the profile asks nothing of it
	LinkNotApplicable = "not_applicable" // the place does not have it
)

// A LinkVerdict is the answer for one link.
type LinkVerdict struct {
	Link Link `json:"link"`
	// Verdict is a code of models.VerdictCodes, LinkNotJudged or LinkNotApplicable.
	Verdict string `json:"verdict"`
	// Part is the part that serves best; of a link with one part, that one.
	Part string `json:"part,omitempty"`
	// Reasons are the conditions that make the verdict what it is: those that fail for NO, those unknown for UNKNOWN, with what is
	// known of the alternatives; those that need help for WITH_HELP; those met for YES.
	Reasons []Reason `json:"reasons,omitempty"`
}

// A Reason is one condition of the table set against one fact.
type Reason struct {
	Link      Link   `json:"link"`
	Part      string `json:"part,omitempty"`
	Attribute Attr   `json:"attribute"`
	// Value is as facts store it; absent when nothing is known. Observed is its date, FactID its fact.
	Value    json.RawMessage `json:"value,omitempty"`
	FactID   int64           `json:"fact_id,omitempty"`
	Observed *models.Date    `json:"observed_on,omitempty"`
	// Yes and WithHelp are the limits, as in Thresholds.
	Yes      string `json:"yes,omitempty"`
	WithHelp string `json:"with_help,omitempty"`
	// Outcome is a code of models.VerdictCodes or LinkNotApplicable.
	Outcome  string      `json:"outcome"`
	Sentence models.Text `json:"sentence"`

	fact, height *Fact // height is that of the steps
	n            uint16
}

// Judge draws the verdict of one profile with its reasons.
func (p *Profile) Judge(facts []Fact, place Place, today models.Day) Verdict {
	var s sheet
	s.fill(facts, place, today)
	return p.explain(&s)
}

// Explain draws the verdicts of all profiles with their reasons, in the order of models.AccessProfiles.
func Explain(facts []Fact, place Place, today models.Day) []Verdict {
	var s sheet
	s.fill(facts, place, today)
	list := make([]Verdict, len(profiles()))
	for i := range profiles() {
		list[i] = profiles()[i].explain(&s)
	}
	return list
}

func (p *Profile) explain(s *sheet) Verdict {
	c := p.judge(s)
	v := Verdict{Profile: p.Code, Verdict: c.total.verdict().code(), Rules: RulesVersion}
	for l := Arrival; l <= Services; l++ {
		link := &c.links[l]
		lv := LinkVerdict{Link: l, Verdict: LinkNotJudged}
		if link.judged {
			lv.Verdict = LinkNotApplicable
			if !link.span.na {
				lv.Verdict = link.span.verdict().code()
				lv.Part = link.in.part.String()
				p.rules[l].reasons(s, link.in, l, &lv.Reasons)
			}
		}
		v.Links = append(v.Links, lv)
	}
	for _, sought := range []string{models.VerdictNo, models.VerdictUnknown} {
		for i := range v.Links {
			if v.Breaks == nil && v.Verdict == sought && v.Links[i].Verdict == sought {
				v.Breaks = &v.Links[i].Link
			}
		}
	}
	switch {
	case v.Verdict == models.VerdictUnknown:
		v.Missing, _ = p.missing(s, help)
	case v.Verdict == models.VerdictWithHelp && c.total.hi == alone:
		v.Missing, _ = p.missing(s, alone)
	}
	v.Sentence = p.sentence(s, &c, &v)
	return v
}

// reasons collects the leaves that make the rule what it is.
func (r *rule) reasons(s *sheet, in *instance, l Link, list *[]Reason) {
	if r.op == opLeaf {
		if r.yes.kind == limitNever && r.help.kind == limitNever || r.services && s.segment {
			return
		}
		reason := Reason{Link: l, Part: in.part.String(), Attribute: r.attr, n: in.part.N,
			Yes: r.yes.text(r.attr), WithHelp: r.help.text(r.attr)}
		var got span
		if r.services {
			var part Part
			got, reason.fact, part = r.served(s)
			reason.Link, reason.Part, reason.n = Services, part.String(), 1
		} else {
			reason.fact = s.fact(in, r.attr)
			if r.attr == Steps {
				reason.height = s.fact(in, StepHeight)
			}
			got = r.leaf(reason.fact)
		}
		reason.Outcome = got.verdict().code()
		if got.na {
			reason.Outcome = LinkNotApplicable
		}
		if f := reason.fact; f != nil {
			reason.FactID, reason.Observed = f.ID, f.ObservedOn.Date()
			if f.State == Known {
				reason.Value = f.Attr.JSON(f.Value)
			}
		}
		reason.Sentence = reason.sentence()
		for i := range *list {
			if old := &(*list)[i]; old.Attribute == reason.Attribute && old.Link == reason.Link && old.Outcome == reason.Outcome {
				if old.Yes == "" {
					old.Yes = reason.Yes
				}
				if old.WithHelp == "" {
					old.WithHelp = reason.WithHelp
				}
				return
			}
		}
		*list = append(*list, reason)
		return
	}
	whole := r.span(s, in)
	v := whole.verdict()
	for i := range r.of {
		kid := &r.of[i]
		got := kid.span(s, in)
		switch {
		case whole.na: // all of it is, say so
			kid.reasons(s, in, l, list)
		case got.na:
			if r.op == opAny && kid.obstacle() {
				kid.reasons(s, in, l, list)
				return
			}
		case got.verdict() == v:
			kid.reasons(s, in, l, list)
			if r.op == opAny && (v == isYes || v == isHelp) {
				return // one way through is enough
			}
		case r.op == opAny && v == isUnknown:
			kid.reasons(s, in, l, list) // what is known to fail, beside what is not known
		}
	}
}
