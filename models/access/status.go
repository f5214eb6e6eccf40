package access

import (
	"strconv"
	"strings"

	"wolnica/models"
)

// Why a fact does not count today; see also WhyStale and WhyDisputed.
const (
	WhyWithdrawn  = "withdrawn"
	WhySuperseded = "superseded"
	WhyNotYet     = "not_yet" // observed or valid from a day to come
	WhyEnded      = "ended"   // its last day is past
	WhyOutdone    = "outdone" // a newer observation, be it disputed or withdrawn, or an episode stands in its place
	WhyNoPart     = "no_part" // the chain has no such part
)

// FactWhys are the reasons for which a fact does not count.
var FactWhys = models.CodeList{Name: "fact_why", Entries: []models.CodeEntry{
	{Code: WhyStale, Label: models.Text{PL: "nieaktualny: minął czas ważności", EN: "stale: its shelf life is over"}},
	{Code: WhyDisputed, Label: models.Text{PL: "sporny", EN: "disputed"}},
	{Code: WhyWithdrawn, Label: models.Text{PL: "wycofany", EN: "withdrawn"}},
	{Code: WhySuperseded, Label: models.Text{PL: "zastąpiony nowszym", EN: "superseded"}},
	{Code: WhyNotYet, Label: models.Text{PL: "jeszcze nie obowiązuje", EN: "not yet in force"}},
	{Code: WhyEnded, Label: models.Text{PL: "już nie obowiązuje", EN: "no longer in force"}},
	{Code: WhyOutdone, Label: models.Text{PL: "w jego miejscu stoi inny fakt o tej cesze", EN: "another fact about the same stands in its place"}},
	{Code: WhyNoPart, Label: models.Text{PL: "nie ma takiej części", EN: "there is no such part"}},
}}

// A Status says of one fact whether it counts today.
type Status struct {
	Counts bool
	// Why is a code of FactWhys, "" for what counts.
	Why string
	// Until is the last day on which the fact may count: of an episode its own, of an observation the day before its shelf life ends or its
	// own, whichever is earlier.
	Until models.Day
}

// Statuses says of each fact on one place or segment, in their order, whether it counts today and why not.
func Statuses(facts []Fact, today models.Day) []Status {
	type key struct {
		part Part
		attr Attr
	}
	standing := map[key]Fact{}
	for _, s := range Current(facts, today) {
		standing[key{s.Part, s.Fact.Attr}] = s.Fact
	}
	out := make([]Status, len(facts))
	for i := range facts {
		f, st := &facts[i], &out[i]
		st.Until = f.lastDay()
		part, ok := PartOf(f.Part, f.Attr)
		switch {
		case f.Withdrawn:
			st.Why = WhyWithdrawn
		case f.Superseded:
			st.Why = WhySuperseded
		case !ok:
			st.Why = WhyNoPart
		case f.ObservedOn > today || f.ValidFrom > today:
			st.Why = WhyNotYet
		case !f.holds(today) && f.ValidUntil != 0 && f.ValidUntil < today:
			st.Why = WhyEnded
		case !f.holds(today):
			st.Why = WhyStale
		case standing[key{part, f.Attr}] != *f:
			st.Why = WhyOutdone
		case f.State == Disputed:
			st.Why = WhyDisputed
		default:
			st.Counts = true
		}
	}
	return out
}

// StatusesOf says the same of stored facts, as their reader knows them: those of one place, or of all segments of one product.
func StatusesOf(facts []models.AccessFact, today models.Day) []Status {
	out := make([]Status, len(facts))
	bySegment := map[string][]int{}
	for i := range facts {
		a := &facts[i]
		out[i].Why = WhyNoPart
		switch {
		case a.ProductID == nil:
			bySegment[""] = append(bySegment[""], i)
		case a.Part != "": // else a stretch that is none any more
			bySegment[a.Part] = append(bySegment[a.Part], i)
		}
	}
	for _, of := range bySegment {
		var ready []Fact
		var at []int
		for _, i := range of {
			if f, err := FactOf(&facts[i]); err == nil {
				ready, at = append(ready, f), append(at, i)
			}
		}
		for k, s := range Statuses(ready, today) {
			out[at[k]] = s
		}
	}
	return out
}

// ValueText is what a stored fact states, for people: "95 cm", "stała", "nie dotyczy".
func ValueText(a *models.AccessFact) models.Text {
	f, err := FactOf(a)
	if err != nil {
		return models.Text{PL: string(a.Value), EN: string(a.Value)}
	}
	if len(a.Value) == 0 {
		return models.FactStates.Label(models.FactNotApplicable)
	}
	info := f.Attr.Info()
	switch info.Type {
	case models.AttributeBoolean:
		if f.Value != 0 {
			return models.Text{PL: "tak", EN: "yes"}
		}
		return models.Text{PL: "nie", EN: "no"}
	case models.AttributeText:
		text, err := strconv.Unquote(string(a.Value))
		if err != nil {
			text = string(a.Value)
		}
		return models.Text{PL: text, EN: text}
	}
	f.State = Known
	t := (&Reason{Attribute: f.Attr, fact: &f}).valueText()
	return models.Text{PL: strings.TrimPrefix(t.PL, ", "), EN: strings.TrimPrefix(t.EN, ", ")}
}
