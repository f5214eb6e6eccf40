package access

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"wolnica/models"
)

// A State says what a fact states.
type State uint8

// The states of a fact. Where nothing is known there is no fact.
const (
	Known State = iota
	NotApplicable
	Disputed
)

// A Fact is one dated statement about a part of a place, ready to be judged.
type Fact struct {
	ID int64
	// Part is "" for the place as a whole, otherwise a name with or without a number, such as "entrance#2". See PartOf.
	Part  string
	Attr  Attr
	State State
	// Value counts when State is Known; of a disputed fact it is what was said.
	Value      Value
	ObservedOn models.Day
	// ValidFrom and ValidUntil bound the days on which the fact holds, both inclusive; 0 is no bound. A fact with both is an
	// episode (works, a lift out of order, one day with sign language): in its days it goes before newer observations.
	ValidFrom, ValidUntil models.Day
	// Superseded is a fact that another replaced, or a deleted one: it is as if it were not there. Withdrawn is one taken back to
	// unknown: an observation still stands in the place of older ones, and states nothing; an episode is as if it were not there.
	Superseded, Withdrawn bool
	// Measured says that it was found out on the spot, by measuring or looking (models.MethodMeasured). It decides no verdict, only
	// whether one is verified.
	Measured bool
}

// FactOf makes a stored fact ready. It fails on an attribute or a value the table does not have, as Validate does.
func FactOf(a *models.AccessFact) (Fact, error) {
	attr, ok := AttrByCode(a.Attribute)
	if !ok {
		return Fact{}, models.Invalid("/attribute", "vocabulary", fmt.Sprintf("Nieznana cecha dostępności %q.", a.Attribute),
			fmt.Sprintf("Unknown access attribute %q.", a.Attribute))
	}
	f := Fact{ID: a.ID, Part: a.Part, Attr: attr, ObservedOn: models.DayOf(a.ObservedOn.Time),
		Superseded: a.SupersededBy != nil || a.DeletedAt != nil, Measured: a.Method == models.MethodMeasured}
	if a.ProductID != nil {
		f.Part = models.LinkPath // a segment is judged as a path is
	}
	switch a.State {
	case models.FactNotApplicable:
		f.State = NotApplicable
	case models.FactDisputed:
		f.State = Disputed
	case models.FactWithdrawn:
		f.Withdrawn = true
	case models.FactKnown:
	default:
		return Fact{}, models.Invalid("/state", "vocabulary", fmt.Sprintf("Nieznany stan faktu %q.", a.State),
			fmt.Sprintf("Unknown state of a fact %q.", a.State))
	}
	if a.ValidFrom != nil {
		f.ValidFrom = models.DayOf(a.ValidFrom.Time)
	}
	if a.ValidUntil != nil {
		f.ValidUntil = models.DayOf(a.ValidUntil.Time)
	}
	if f.State == NotApplicable || a.State != models.FactKnown && (len(a.Value) == 0 || string(a.Value) == "null") {
		return f, nil // disputed or withdrawn without a value: it was said not to be applicable
	}
	v, err := attr.Parse(a.Value)
	if err != nil {
		return Fact{}, err
	}
	f.Value = v
	return f, nil
}

// A Part is where in the chain a fact stands: the first entrance, the second toilet.
type Part struct {
	Link Link
	// N is 1 for the part without a number.
	N uint16
	// Name is set for services, which stand at any part of a place.
	Name string
}

// PartOf is the part a fact about attr stands at. A part that bears the name of a link belongs to that link, so "door_width"
// at "toilet" is the toilet's door. "" is the first part of the attribute's own link, and "entrance" is "entrance#1". Services count
// wherever they stand. False is a part of another name ("shop"), which the chain does not have: its facts are shown and
// judge nothing.
func PartOf(part string, attr Attr) (Part, bool) {
	own := ownLink()[attr]
	if own == Services {
		if part == "services" || part == "services#1" {
			part = ""
		}
		return Part{Link: Services, N: 1, Name: part}, true
	}
	if part == "" {
		return Part{Link: own, N: 1}, true
	}
	name, number, numbered := strings.Cut(part, "#")
	p := Part{N: 1}
	switch name {
	case models.LinkArrival:
		p.Link = Arrival
	case models.LinkPath:
		p.Link = Path
	case models.LinkEntrance:
		p.Link = Entrance
	case models.LinkInside:
		p.Link = Inside
	case models.LinkToilet:
		p.Link = Toilet
	default:
		return Part{}, false
	}
	if numbered {
		n, err := strconv.ParseUint(number, 10, 16)
		if err != nil || n == 0 {
			return Part{}, false
		}
		p.N = uint16(n)
	}
	return p, true
}

// String is the part as facts write it: "entrance", "entrance#2", "" for the services of the whole place.
func (p Part) String() string {
	switch {
	case p.Link == Services:
		return p.Name
	case p.N <= 1:
		return p.Link.Code()
	}
	return p.Link.Code() + "#" + strconv.Itoa(int(p.N))
}

// MarshalText writes String.
func (p Part) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// lastDay is the last day on which the fact holds: of an episode its own, of an observation the day before its shelf life ends, or
// its own when that is earlier.
func (f *Fact) lastDay() models.Day {
	if f.episode() {
		return f.ValidUntil
	}
	last := addYears(f.ObservedOn, shelfYears()[f.Attr]) - 1
	if f.ValidUntil != 0 {
		last = min(last, f.ValidUntil)
	}
	return last
}

// gone says that the fact leaves the word to others.
func (f *Fact) gone() bool { return f.Superseded || f.Withdrawn && f.episode() }

// holds says whether the fact may stand on the day: it is not gone, has begun and has not ended.
func (f *Fact) holds(today models.Day) bool {
	return !f.gone() && f.ObservedOn <= today && f.ValidFrom <= today && today <= f.lastDay()
}

func (f *Fact) episode() bool { return f.ValidFrom != 0 && f.ValidUntil != 0 }

// precedes orders the facts on one attribute of one part that hold on the same day: an episode goes first, then the newer, then the
// one recorded later. The rest only makes the order total, so that the order of a list decides nothing.
func (f *Fact) precedes(g *Fact) bool {
	if f.episode() != g.episode() {
		return f.episode()
	}
	if f.ObservedOn != g.ObservedOn {
		return f.ObservedOn > g.ObservedOn
	}
	if f.ID != g.ID {
		return f.ID > g.ID
	}
	if f.State != g.State {
		return f.State > g.State
	}
	if f.Value != g.Value {
		return f.Value > g.Value
	}
	if f.ValidUntil != g.ValidUntil {
		return f.ValidUntil < g.ValidUntil
	}
	return f.Part > g.Part
}

// Why a fact that stands for its part does not count.
const (
	WhyStale    = "stale"
	WhyDisputed = "disputed"
)

// A Standing fact is what there is to say about one attribute of one part today.
type Standing struct {
	Part Part
	Fact Fact
	// Counts says that it may decide a verdict. If not, Why is WhyStale or WhyDisputed, and the value may still be shown.
	Counts bool
	Why    string
}

// Current picks for every part and attribute the fact that stands today: of those that hold the first by episode, then date, then
// id; where none holds, the latest that has ended, as stale. Facts superseded or not yet begun and withdrawn episodes are left out;
// so are parts that the chain does not have, and attributes for which the one that stands is withdrawn: nobody vouches for anything. The result is in the order of the chain.
func Current(facts []Fact, today models.Day) []Standing {
	type key struct {
		part Part
		attr Attr
	}
	standing := map[key]*Fact{}
	for i := range facts {
		f := &facts[i]
		part, ok := PartOf(f.Part, f.Attr)
		if !ok || f.gone() || f.ObservedOn > today || f.ValidFrom > today {
			continue
		}
		k := key{part, f.Attr}
		old := standing[k]
		switch {
		case old == nil, f.holds(today) && !old.holds(today):
			standing[k] = f
		case f.holds(today) == old.holds(today) && f.precedes(old):
			standing[k] = f
		}
	}
	list := make([]Standing, 0, len(standing))
	for k, f := range standing {
		if f.Withdrawn {
			continue
		}
		s := Standing{Part: k.part, Fact: *f, Counts: true}
		if !f.holds(today) {
			s.Counts, s.Why = false, WhyStale
		} else if f.State == Disputed {
			s.Counts, s.Why = false, WhyDisputed
		}
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b Standing) int {
		return cmp.Or(cmp.Compare(a.Part.Link, b.Part.Link), cmp.Compare(a.Part.N, b.Part.N), cmp.Compare(a.Part.Name, b.Part.Name),
			cmp.Compare(a.Fact.Attr, b.Fact.Attr))
	})
	return list
}

// Expires is the next day after today on which verdicts may change though nobody changes a fact: a shelf life or an episode has
// ended, or an episode begins. 0 is never.
func Expires(facts []Fact, today models.Day) models.Day {
	var next models.Day
	for i := range facts {
		f := &facts[i]
		if f.gone() {
			continue
		}
		begins, ends := max(f.ObservedOn, f.ValidFrom), f.lastDay()+1
		for _, day := range [...]models.Day{begins, ends} {
			if day > today && begins < ends && (next == 0 || day < next) {
				next = day
			}
		}
	}
	return next
}

// addYears is the same day n years on; 29 February becomes 1 March where there is none.
func addYears(d models.Day, n int) models.Day {
	// Years are counted from 1 March, so that the leap day comes last (H. Hinnant, "chrono-compatible low-level date algorithms").
	const cycle = 146_097 // days of 400 years
	z := int(d) - 60      // 1 March of the year 0
	era := z / cycle
	if z < 0 {
		era = (z - cycle + 1) / cycle
	}
	doe := z - era*cycle
	yoe := (doe - doe/1460 + doe/36_524 - doe/146_096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	year := era*400 + yoe + n
	to := func(y int) int {
		e := y / 400
		r := y - e*400
		return e*cycle + r*365 + r/4 - r/100
	}
	start := to(year)
	if doy == 365 && to(year+1)-start == 365 {
		return models.Day(start + 365 + 60) // 1 March
	}
	return models.Day(start + doy + 60)
}
