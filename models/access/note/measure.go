package note

import "math"

// A measured thing, a quantity, and the attribute that holds it.
type measure struct {
	topic, quantity string
	claim
	unit string
	// open: the words do not name the quantity as the attribute does.
	likely bool
}

// topics are the words that say what is measured.
var topics = []struct {
	topic string
	words []string
}{
	{"door", []string{"drzwi*", "otwor*"}},
	{"door", []string{"wejscie", "wejscia", "wejsciu", "wejsciem"}},
	{"threshold", []string{"prog", "progi", "progu", "progiem", "progow", "progami"}},
	{"step", []string{"stopien", "stopnie", "stopnia", "stopniem", "stopniami", "schodek", "schodka", "schodki", "schodkow", "schody", "schodow"}},
	{"kerb", []string{"kraweznik*"}},
	{"ramp", []string{"podjazd*", "pochylni*", "ramp", "rampa", "rampy", "rampe", "rampie"}},
	{"path", []string{"dojsci*", "chodnik*", "sciezk*", "alejk*", "przejsci*"}},
	{"lift", []string{"wind*", "dzwig*", "kabin*"}},
	{"turning", []string{"manewrow*", "manewru", "obrotu", "zawracani*"}},
	{"desk", []string{"lada", "lady", "lade", "ladzie", "kontuar*", "okienk*", "blat*"}},
	{"seat", []string{"deski", "deska", "sedes*", "muszl*", "miski", "miska"}},
	{"stop", []string{"przystan*"}},
	{"parking", []string{"parking*", "miejsc* parkingow*", "postojow*", "parkingow*"}},
	{"bench", []string{"lawk*", "lawek", "lawka*", "lawki"}},
}

// quantities are the words that say which dimension.
var quantities = []struct {
	quantity string
	words    []string
}{
	{"width", []string{"szerok*", "szer"}},
	{"height", []string{"wysok*", "wys"}},
	{"length", []string{"dlug*", "dl", "glebok*", "gl"}},
	{"slope", []string{"nachyl*", "spad*", "pochyl*", "kat", "kacie", "katem"}},
	{"diameter", []string{"sredni*"}},
	{"distance", []string{"odleg*", "oddal*"}},
}

var measures = []measure{
	{"door", "width", claim{"@entrance", "door_width", ""}, "cm", false},
	{"door", "", claim{"@entrance", "door_width", ""}, "cm", true},
	{"threshold", "height", claim{"@entrance", "threshold", ""}, "cm", false},
	{"threshold", "", claim{"@entrance", "threshold", ""}, "cm", false},
	{"step", "height", claim{"@entrance", "step_height", ""}, "cm", false},
	{"step", "", claim{"@entrance", "step_height", ""}, "cm", true},
	{"kerb", "height", claim{"path", "kerb_height", ""}, "cm", false},
	{"kerb", "", claim{"path", "kerb_height", ""}, "cm", true},
	{"ramp", "slope", claim{"@entrance", "ramp_slope", ""}, "%", false},
	{"ramp", "", claim{"@entrance", "ramp_slope", ""}, "%", true},
	{"ramp", "length", claim{"@entrance", "ramp_run", ""}, "m", false},
	{"path", "width", claim{"path", "path_min_width", ""}, "cm", false},
	{"path", "slope", claim{"path", "incline_max", ""}, "%", false},
	{"path", "", claim{"path", "incline_max", ""}, "%", true},
	{"", "slope", claim{"path", "incline_max", ""}, "%", true},
	{"lift", "width", claim{"inside", "lift_width", ""}, "cm", false},
	{"lift", "length", claim{"inside", "lift_length", ""}, "cm", false},
	{"turning", "", claim{"@toilet", "turning_space", ""}, "cm", false},
	{"turning", "diameter", claim{"@toilet", "turning_space", ""}, "cm", false},
	{"desk", "height", claim{"inside", "desk_height", ""}, "cm", false},
	{"desk", "", claim{"inside", "desk_height", ""}, "cm", true},
	{"seat", "height", claim{"toilet", "toilet_seat_height", ""}, "cm", false},
	{"seat", "", claim{"toilet", "toilet_seat_height", ""}, "cm", true},
	{"stop", "distance", claim{"arrival", "stop_distance", ""}, "m", false},
	{"stop", "", claim{"arrival", "stop_distance", ""}, "m", true},
	{"parking", "distance", claim{"arrival", "parking_distance", ""}, "m", false},
	{"parking", "", claim{"arrival", "parking_distance", ""}, "m", true},
	{"bench", "", claim{"path", "rest_gap_max", ""}, "m", true},
}

// A length or a slope found in the text: the tokens from the number to its unit.
type quantity struct {
	from, to int
	value    float64
	unit     string // cm, m, %
	second   float64
	pair     bool
	vague    bool // "ok. 90 cm", "min. 90 cm"
}

// unitAt reads the unit at a token: its attribute's unit and what a number in it is worth in that.
func unitAt(ts []token, i, sentence int) (unit string, worth float64, ok bool) {
	if i >= len(ts) || ts[i].sentence != sentence {
		return "", 0, false
	}
	switch t := ts[i]; {
	case t.is("cm", "centymetr*"):
		return "cm", 1, true
	case t.is("mm", "milimetr*"):
		return "cm", 0.1, true
	case t.is("m", "metr*", "mb"):
		return "m", 1, true
	case t.is("km", "kilometr*"):
		return "m", 1000, true
	case t.is("%", "procent*"):
		return "%", 1, true
	case t.is("°"):
		return "°", 1, true
	}
	return "", 0, false
}

// quantityAt reads a measure that begins at a token. A range ("80-90 cm") is none: which end is meant nobody can tell.
func quantityAt(ts []token, i int) (q quantity, ok bool) {
	if ts[i].kind != number || i > 0 && ts[i-1].is("-", "/", "x") && ts[i-1].sentence == ts[i].sentence && i > 1 && ts[i-2].kind == number {
		return q, false
	}
	q.from, q.value = i, ts[i].number
	next := i + 1
	unit, worth, has := unitAt(ts, next, ts[i].sentence)
	if has {
		next++
	}
	if next+1 < len(ts) && ts[next].is("x", "na") && ts[next+1].kind == number && ts[next+1].sentence == ts[i].sentence {
		q.pair, q.second = true, ts[next+1].number
		second, w, ok := unitAt(ts, next+2, ts[i].sentence)
		switch {
		case ok && !has:
			unit, worth, has = second, w, true
			next += 3
		case ok:
			next += 3
		default:
			next += 2
		}
	} else if next+1 < len(ts) && ts[next].is("-", "/") && ts[next+1].kind == number {
		return q, false
	}
	slope := i > 0 && nearSlope(ts, i)
	if !has && slope && next < len(ts) && ts[next].is("stopni", "stopnie", "stopien") {
		unit, worth, has = "°", 1, true
		next++
	}
	if !has {
		return q, false
	}
	q.to, q.unit = next-1, unit
	q.value, q.second = q.value*worth, q.second*worth
	if unit == "°" {
		q.unit, q.value, q.vague = "%", math.Round(1000*math.Tan(q.value*math.Pi/180))/10, true
	}
	if i > 0 && ts[i-1].sentence == ts[i].sentence && ts[i-1].is("ok", "okolo", "min", "minimum", "max", "maksymalnie", "do", "ponad", "powyzej", "ponizej", "najmniej", "najwyzej", "prawie", "niecale") {
		q.vague = true
	}
	return q, true
}

func nearSlope(ts []token, i int) bool {
	for j := i - 1; j >= 0 && j >= i-4 && ts[j].sentence == ts[i].sentence; j-- {
		if ts[j].is("nachyl*", "spad*", "pochyl*", "kat", "kacie", "katem") && !ts[j].is("pochylni*") {
			return true
		}
	}
	return false
}

// of finds what the quantity measures: the nearest thing named before it in the sentence, else shortly after.
func (q quantity) of(ts []token) (m measure, from, to int, ok bool) {
	kind, at := q.dimension(ts)
	from, to = q.from, q.to
	if at >= 0 {
		from, to = min(from, at), max(to, at)
	}
	topic, thing := "", -1
	for i := q.from - 1; i >= 0 && i >= q.from-12 && ts[i].sentence == ts[q.from].sentence && thing < 0; i-- {
		if name, found := topicOf(ts[i]); found {
			topic, thing = name, i
		}
	}
	// "90 cm w drzwiach" beats a thing named before a comma
	if thing < 0 || ts[thing].piece != ts[q.from].piece {
		for i := q.to + 1; i < len(ts) && i <= q.to+3 && ts[i].piece == ts[q.to].piece; i++ {
			if name, found := topicOf(ts[i]); found {
				topic, thing = name, i
				break
			}
		}
	}
	if thing >= 0 {
		from, to = min(from, thing), max(to, thing)
	}
	for _, m := range measures {
		if m.topic == topic && m.quantity == kind && (m.unit == q.unit || m.unit == "cm" && q.unit == "m" || m.unit == "m" && q.unit == "cm") {
			return m, from, to, true
		}
	}
	return m, 0, 0, false
}

func topicOf(t token) (string, bool) {
	for _, topic := range topics {
		if t.is(topic.words...) {
			return topic.topic, true
		}
	}
	return "", false
}

// dimension is the quantity named beside the number: shortly before it, else right after.
func (q quantity) dimension(ts []token) (string, int) {
	name := func(t token) string {
		for _, k := range quantities {
			if t.is(k.words...) && !t.is("pochylni*") {
				return k.quantity
			}
		}
		return ""
	}
	for i := q.from - 1; i >= 0 && i >= q.from-5 && ts[i].piece == ts[q.from].piece && ts[i].kind != number; i-- {
		if n := name(ts[i]); n != "" {
			return n, i
		}
	}
	for i := q.to + 1; i < len(ts) && i <= q.to+1 && ts[i].piece == ts[q.to].piece; i++ {
		if n := name(ts[i]); n != "" {
			return n, i
		}
	}
	return "", -1
}

// in is the number in the attribute's unit.
func (m measure) in(unit string, n float64) float64 {
	switch {
	case m.unit == "cm" && unit == "m":
		n *= 100
	case m.unit == "m" && unit == "cm":
		n /= 100
	}
	return math.Round(n*1000) / 1000
}
