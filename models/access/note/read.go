package note

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"wolnica/models"
)

// How sure a proposal is: Certain says that the words name the value, Likely that something was filled in.
const (
	Certain = "certain"
	Likely  = "likely"
)

// A Proposal is what a text seems to say of one attribute of one part.
type Proposal struct {
	Part, Attribute string
	// State is models.FactKnown with a Value that the attribute admits, or models.FactNotApplicable without one.
	State string
	Value json.RawMessage
	// Span is what the proposal rests on.
	Span      Span
	Certainty string
	// Reason says why, and what is open.
	Reason models.Text
	// Contradicts: the text says something else of the same attribute of the same part as well.
	Contradicts bool
}

// A Span is a stretch of the text in bytes.
type Span struct{ From, To int }

// In is the stretch's text.
func (s Span) In(text string) string { return text[s.From:s.To] }

// A Reading is all that was found in a text, in its order.
type Reading struct {
	Proposals []Proposal
	// Left are the stretches on which no proposal rests.
	Left []Span
}

// Read reads a text. part is where the text speaks of when it does not say so itself ("entrance"), "" for the place as a whole.
func Read(text, part string) Reading {
	r := reader{text: text, ts: tokens(text), part: part}
	r.used = make([]bool, len(r.ts))
	r.places = whereabouts(r.ts)
	r.measured()
	r.phrases()
	r.settle()
	return Reading{Proposals: r.found, Left: r.left()}
}

type reader struct {
	text string
	ts   []token
	part string
	// used marks the tokens a phrase or a measure has taken.
	used   []bool
	places []whereabout
	found  []Proposal
}

// candidate is a phrase found in the text: its words, from first to last, and the number among them.
type candidate struct {
	*compiled
	words       []int
	first, last int
	n           float64
}

func (r *reader) phrases() {
	var all []candidate
	t := table()
	for at := range r.ts {
		for i := range t {
			if words, n := t[i].match(r.ts, at); words != nil {
				all = append(all, candidate{&t[i], words, at, words[len(words)-1], n})
			}
		}
	}
	// the longest stretch, then the most words that the phrase itself names, then the order of the text and of the table
	slices.SortStableFunc(all, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.last-b.first, a.last-a.first), cmp.Compare(len(b.words), len(a.words)), cmp.Compare(a.first, b.first))
	})
	taken := make([]bool, len(r.ts))
	for _, c := range all {
		if slices.ContainsFunc(c.words, func(i int) bool { return taken[i] }) {
			continue
		}
		for _, i := range c.words {
			taken[i] = true
		}
		r.take(c)
	}
}

// take proposes what the phrase says in the sense the text gives it.
func (r *reader) take(c candidate) {
	if c.steps[0].number && nearSlope(r.ts, c.first) || c.last+1 < len(r.ts) && r.ts[c.last+1].is("celsjusza", "c") && r.ts[c.last].is("stopni*") {
		return
	}
	s, first, last := stated, c.first, c.last
	if !c.asIs {
		s, first, last = scope(r.ts, c.first, c.last)
	}
	var claims []claim
	why := models.Text{PL: "Wprost w tekście.", EN: "Stated in the text."}
	certainty := Certain
	doubt := func(t models.Text) {
		if certainty = Likely; t.PL == "" {
			return
		}
		why = models.Text{PL: why.PL + " " + t.PL, EN: why.EN + " " + t.EN}
	}
	switch s {
	case stated:
		claims = c.yes
		if c.open.PL != "" {
			doubt(c.open)
		}
	case limited:
		why = models.Text{PL: "Tekst ogranicza to stwierdzenie.", EN: "The text limits the statement."}
		if claims = c.partly; claims == nil {
			claims = c.yes
			doubt(c.open)
		}
		certainty = Likely
	case denied, broken:
		why = models.Text{PL: "W tekście, w formie przeczącej.", EN: "In the text, in the negative."}
		claims = c.no
		if s == broken {
			doubt(outOfOrder)
		} else if c.open.PL != "" && c.yes == nil {
			doubt(c.open)
		}
	case irrelevant:
		why = models.Text{PL: "Tekst mówi „nie dotyczy”.", EN: `The text says "not applicable".`}
		for _, y := range c.yes {
			claims = append(claims, claim{y.part, y.attribute, ""})
		}
	case unclear:
		return
	}
	for _, y := range claims {
		r.propose(y, c.n, first, last, certainty, why)
	}
}

// measured takes the numbers with units.
func (r *reader) measured() {
	for i := range r.ts {
		q, ok := quantityAt(r.ts, i)
		if !ok {
			continue
		}
		if q.pair {
			r.pair(q)
			continue
		}
		m, first, last, ok := q.of(r.ts)
		if !ok {
			continue
		}
		if s, _, _ := before(r.ts, first, last); s != stated {
			continue
		}
		certainty, why := Certain, models.Text{PL: "Liczba z jednostką w tekście.", EN: "A number with a unit in the text."}
		if m.likely || q.vague {
			certainty = Likely
		}
		if m.likely {
			why = models.Text{PL: why.PL + " Tekst nie nazywa tej wielkości wprost.", EN: why.EN + " The text does not name the quantity outright."}
		}
		if q.vague {
			why = models.Text{PL: why.PL + " Wartość przybliżona, graniczna albo przeliczona.", EN: why.EN + " An approximate, limiting or converted value."}
		}
		r.propose(m.claim, m.in(q.unit, q.value), first, last, certainty, why)
	}
}

// pair takes "110 x 140 cm": the car of a lift, or room to turn.
func (r *reader) pair(q quantity) {
	why := models.Text{PL: "Dwa wymiary w tekście; przyjęto szerokość × długość.", EN: "Two dimensions in the text, taken as width × length."}
	for i := q.from - 1; i >= 0 && r.ts[i].sentence == r.ts[q.from].sentence && i >= q.from-8; i-- {
		topic, ok := topicOf(r.ts[i])
		if !ok {
			continue
		}
		m := measure{unit: "cm"}
		switch topic {
		case "lift":
			r.propose(claim{"inside", "lift_width", ""}, m.in(q.unit, q.value), i, q.to, Likely, why)
			r.propose(claim{"inside", "lift_length", ""}, m.in(q.unit, q.second), i, q.to, Likely, why)
		case "turning":
			r.propose(claim{"@toilet", "turning_space", ""}, m.in(q.unit, min(q.value, q.second)), i, q.to, Likely,
				models.Text{PL: "Mniejszy z dwóch wymiarów w tekście.", EN: "The lesser of two dimensions in the text."})
		}
		return
	}
}

// propose adds a proposal when the attribute admits its value; otherwise the words stay left over.
func (r *reader) propose(c claim, n float64, first, last int, certainty string, why models.Text) {
	info, ok := models.AccessAttributeByCode(c.attribute)
	if !ok {
		return
	}
	p := Proposal{Part: c.part, Attribute: c.attribute, State: models.FactKnown, Certainty: certainty, Reason: why,
		Span: Span{r.ts[first].from, r.ts[last].to}}
	switch {
	case c.value == "#", c.value == "" && (info.Type == models.AttributeNumber || info.Type == models.AttributeInteger):
		p.Value = json.RawMessage(strconv.FormatFloat(n, 'f', -1, 64))
	case c.value == "":
		p.State = models.FactNotApplicable
	default:
		p.Value = json.RawMessage(c.value)
	}
	if p.State == models.FactKnown {
		if _, bad := info.Check(p.Value); bad {
			return
		}
	}
	if usual, asked := strings.CutPrefix(c.part, "@"); asked {
		part, how := r.where(first, last, c.attribute)
		if part == "" {
			part = r.part
		}
		switch {
		case part == models.LinkToilet && c.attribute == "wheelchair_claim":
			p.Part, p.Attribute = part, "toilet_wheelchair" // the values are the same
		case part != "" && suits(part, c.attribute):
			p.Part = part
			if how.PL != "" {
				p.Certainty, p.Reason = Likely, models.Text{PL: why.PL + " " + how.PL, EN: why.EN + " " + how.EN}
			}
		default:
			p.Part = usual
			if usual != "" && r.part == "" && c.attribute != "call_device" {
				p.Certainty, p.Reason = Likely, models.Text{PL: why.PL + " Tekst nie mówi, w którym miejscu.", EN: why.EN + " The text does not say where."}
			}
		}
	}
	for i := first; i <= last; i++ {
		r.used[i] = true
	}
	r.found = append(r.found, p)
}

// suits tells whether an attribute is known of the part: a lift is at the entrance or inside, not in a toilet.
func suits(part, attribute string) bool {
	name, _, _ := strings.Cut(part, "#")
	switch attribute {
	case "ramp", "ramp_slope", "ramp_run", "steps", "step_height", "handrail", "step_contrast":
		return name == models.LinkEntrance || name == models.LinkPath || name == models.LinkInside
	case "stepfree_alternative":
		return name == models.LinkEntrance || name == models.LinkInside
	case "call_device", "sound_beacon", "entrance_level":
		return name == models.LinkEntrance
	case "door_width", "threshold", "door_operation":
		return name == models.LinkEntrance || name == models.LinkToilet || name == models.LinkInside
	case "turning_space", "grab_bars":
		return name == models.LinkToilet || attribute == "turning_space" && name == models.LinkInside
	case "wheelchair_claim":
		return name == models.LinkEntrance || name == models.LinkInside || name == models.LinkPath
	}
	return true
}

// speaksOf: what is claimed of a toilet for wheelchairs is toilet_wheelchair.
func speaksOf(part, attribute string) bool {
	return suits(part, attribute) || part == models.LinkToilet && attribute == "wheelchair_claim"
}

// A whereabout is a word that says which part the text speaks of.
type whereabout struct {
	at   int
	part string
	// heading: a line of its own that ends with a colon.
	heading bool
}

var partWords = []struct {
	part  string
	words []string
}{
	{models.LinkToilet, strings.Split(toilet, "|")},
	{models.LinkEntrance, []string{"wejsci*", "wejsc", "drzwi* wejsciow*", "wejsciow*", "przedsion*", "wiatrolap*"}},
	{models.LinkPath, []string{"dojsci*", "chodnik*", "sciezk*", "sciezc*", "alejk*", "alejc*"}},
	{models.LinkInside, []string{"wewnatrz", "srodku", "wnetrz*", "korytarz*", "pietr*", "pieter", "kondygnacj*", "klatc*", "klatk*", "sala", "sali", "salach", "wewnetrzn*"}},
}

// sides are the words by which an entrance is not the main one.
var sides = []string{"boczn*", "tyln*", "dodatkow*", "podworka", "podworza", "podworku", "podworzu", "dziedzinca", "dziedzincu", "zaplecza", "ogrodu"}

func whereabouts(ts []token) []whereabout {
	var list []whereabout
	for i, t := range ts {
		for _, p := range partWords {
			if !t.is(p.words...) {
				continue
			}
			w := whereabout{at: i, part: p.part}
			w.heading = i+1 < len(ts) && ts[i+1].is(":") && (i+2 == len(ts) || ts[i+2].line != ts[i].line)
			list = append(list, w)
			break
		}
	}
	return list
}

// where tells which part a phrase about the attribute speaks of, by the words around it; how says what was assumed.
func (r *reader) where(first, last int, attribute string) (part string, how models.Text) {
	at := r.ts[first]
	side := false
	for i := max(0, first-reach); i < min(len(r.ts), last+reach); i++ {
		if r.ts[i].sentence == at.sentence && r.ts[i].piece >= at.piece && r.ts[i].piece <= r.ts[last].piece && r.ts[i].is(sides...) {
			side = true
		}
	}
	best, distance := -1, 0
	for i, w := range r.places {
		t := r.ts[w.at]
		if t.sentence != at.sentence || !speaksOf(w.part, attribute) {
			continue
		}
		d := 0
		switch {
		case w.at < first:
			d = 1 + first - w.at
		case w.at > last:
			d = 2 * (w.at - last)
		}
		if t.piece != at.piece && t.piece != r.ts[last].piece {
			d += 20
			if w.at > last {
				d += 40
			}
		}
		if best < 0 || d < distance {
			best, distance = i, d
		}
	}
	other := models.Text{PL: "Inne wejście niż główne; sprawdź, które.", EN: "Not the main entrance; check which one."}
	switch {
	case best >= 0:
		part = r.places[best].part
		if part == models.LinkEntrance && side {
			return "entrance#2", other
		}
		if distance > 20 {
			how = models.Text{PL: "Część miejsca przyjęto z tego, co stoi obok.", EN: "The part is taken from what stands beside it."}
		}
		return part, how
	case side:
		return "entrance#2", other
	}
	for i := len(r.places) - 1; i >= 0; i-- {
		w := r.places[i]
		t := r.ts[w.at]
		if w.at < first && (t.line == at.line || w.heading) && speaksOf(w.part, attribute) {
			r.used[w.at] = true
			return w.part, models.Text{PL: "Część miejsca przyjęto z poprzedniego zdania.", EN: "The part is taken from the sentence before."}
		}
	}
	return "", how
}

// settle brings the proposals into the order of the text, says the same once, joins sets, and flags contradictions.
func (r *reader) settle() {
	slices.SortStableFunc(r.found, func(a, b Proposal) int { return cmp.Compare(a.Span.From, b.Span.From) })
	var kept []Proposal
	for _, p := range r.found {
		same := slices.IndexFunc(kept, func(k Proposal) bool {
			return k.Part == p.Part && k.Attribute == p.Attribute && k.State == p.State && string(k.Value) == string(p.Value)
		})
		if same >= 0 {
			if kept[same].Certainty == Likely && p.Certainty == Certain {
				kept[same] = p
			}
			continue
		}
		if info, _ := models.AccessAttributeByCode(p.Attribute); info.Type == models.AttributeSet && p.State == models.FactKnown {
			if at := slices.IndexFunc(kept, func(k Proposal) bool { return k.Part == p.Part && k.Attribute == p.Attribute && k.State == p.State }); at >= 0 {
				kept[at] = joined(info, kept[at], p)
				continue
			}
		}
		kept = append(kept, p)
	}
	for i := range kept {
		for j := range kept {
			if i != j && kept[i].Part == kept[j].Part && kept[i].Attribute == kept[j].Attribute {
				kept[i].Contradicts, kept[i].Certainty = true, Likely
			}
		}
		if kept[i].Contradicts {
			why := &kept[i].Reason
			*why = models.Text{PL: why.PL + " Tekst mówi o tym także co innego.", EN: why.EN + " The text also says something else of it."}
		}
	}
	r.found = kept
}

// joined is one set of what two proposals name, in the order of the table.
func joined(info models.AccessAttribute, a, b Proposal) Proposal {
	var x, y, codes []string
	if json.Unmarshal(a.Value, &x) != nil || json.Unmarshal(b.Value, &y) != nil {
		return a // both were checked: they are lists of texts
	}
	for _, code := range info.Values {
		if slices.Contains(x, code) || slices.Contains(y, code) {
			codes = append(codes, code)
		}
	}
	if value, err := json.Marshal(codes); err == nil {
		a.Value = value
	}
	a.Span.To = max(a.Span.To, b.Span.To)
	if b.Certainty == Likely {
		a.Certainty = Likely
	}
	return a
}

// fillers are words that say nothing by themselves.
var fillers = []string{"i", "oraz", "a", "w", "z", "na", "do", "dla", "tak", "jest", "sa", "lub", "albo", "ale", "przy", "po", "od", "u", "o", "ze", "we", "posiada", "znajduje", "sie"}

// left are the pieces between commas and ends of sentences in which no token was used and something is said.
func (r *reader) left() []Span {
	var spans []Span
	for i := 0; i < len(r.ts); {
		j := i
		used, said := false, false
		for ; j < len(r.ts) && r.ts[j].piece == r.ts[i].piece; j++ {
			used = used || r.used[j]
			said = said || r.ts[j].kind != mark && !r.ts[j].is(fillers...)
		}
		if !used && said {
			s := trimmed(r.text, Span{r.ts[i].from, r.ts[j-1].to})
			if n := len(spans); n > 0 && r.ts[i].sentence == r.ts[max(i-1, 0)].sentence && spans[n-1].To == lastEnd(r.ts, i-1) {
				spans[n-1].To = s.To
			} else {
				spans = append(spans, s)
			}
		}
		i = j
	}
	return spans
}

// lastEnd is where the words before and at the token end, marks passed over.
func lastEnd(ts []token, i int) int {
	for i >= 0 && ts[i].kind == mark {
		i--
	}
	if i < 0 {
		return -1
	}
	return ts[i].to
}

// trimmed is the span without marks and spaces at its ends.
func trimmed(text string, s Span) Span {
	in := text[s.From:s.To]
	cut := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '%' && r != '„' && r != '"'
	}
	s.From += len(in) - len(strings.TrimLeftFunc(in, cut))
	s.To -= len(in) - len(strings.TrimRightFunc(in, cut))
	if s.To < s.From {
		s.To = s.From
	}
	return s
}

// Runes gives the span in characters of the text, for those who do not count bytes.
func (s Span) Runes(text string) (from, to int) {
	from = utf8.RuneCountInString(text[:s.From])
	return from, from + utf8.RuneCountInString(text[s.From:s.To])
}
