package note

import "slices"

// A sense is how the text takes a phrase.
type sense uint8

const (
	stated sense = iota
	limited
	denied
	broken     // it is there and does not work
	irrelevant // "nie dotyczy"
	unclear    // the scope cannot be told, or it is only planned
)

// reach is how many words around a phrase are looked at, so that one endless sentence takes no endless time.
const reach = 40

// scope reads how the words around a phrase take it. from and to are the first and the last token that belong to it then.
func scope(ts []token, first, last int) (s sense, from, to int) {
	from, to = first, last
	sentence := func(i int) bool {
		return i >= max(0, first-reach) && i < min(len(ts), last+reach) && ts[i].sentence == ts[first].sentence
	}
	// Planned things are not there.
	for i := first; sentence(i); i-- {
		if ts[i].is("planowan*", "planuj*", "bedzie", "beda", "wkrotce", "docelowo", "zostanie", "zostana", "rozwaza*") {
			return unclear, from, to
		}
	}
	for i := first; sentence(i); i++ {
		if ts[i].is("planowan*", "planuj*", "bedzie", "beda", "wkrotce", "docelowo", "zostanie", "zostana", "rozwaza*") ||
			ts[i].is("w") && sentence(i+1) && ts[i+1].is("budowie", "trakcie", "przygotowaniu", "planach", "przyszlosci") {
			return unclear, from, to
		}
	}
	// An answer after a colon or a dash: "WC dostosowane: nie".
	answered := false
	if i := last + 1; sentence(i) && ts[i].is(":", "-") {
		switch {
		case !sentence(i + 1):
		case ts[i+1].is("nie") && sentence(i+2) && ts[i+2].is("dotyczy"):
			return irrelevant, from, i + 2
		case ts[i+1].is("nie") && sentence(i+2) && ts[i+2].is("ma", "posiada", "wystepuje"):
			return denied, from, i + 2
		case ts[i+1].is("nie", "brak"):
			return denied, from, i + 1
		case ts[i+1].is("tak", "jest", "sa"):
			to, answered = i+1, true
		}
	}
	if i, j := limits(ts, first, to); i >= 0 {
		return limited, min(from, i), max(to, j)
	}
	if answered {
		return stated, from, to
	}
	for i := first; i <= last; i++ {
		if ts[i].is("niedost*", "nieprzyst*", "nieoswietl*", "nieprzeszkol*") {
			if i > 0 && sentence(i-1) && ts[i-1].is("nie") {
				return stated, from, to
			}
			return denied, from, to
		}
		if i > first && ts[i].is("nie", "bez") && !(i+1 <= last && ts[i+1].is("tylko", "barier")) {
			return denied, from, to
		}
	}
	// What follows: "winda nieczynna", "pochylnia nie działa".
	for i := last + 1; sentence(i) && ts[i].piece == ts[last].piece && i <= last+4; i++ {
		switch {
		case ts[i].is("i", "oraz", "ale", "a", "z", "dla", "na", "w") && !(ts[i].is("w") && sentence(i+1) && ts[i+1].is("awarii", "remoncie", "naprawie")):
			i = last + 5
		case ts[i].is("nieczynn*", "wylaczon*", "niesprawn*", "zepsut*", "uszkodzon*"):
			return broken, from, i
		case ts[i].is("niedostepn*", "niezapewnion*"):
			return denied, from, i
		case ts[i].is("nie") && sentence(i+1) && ts[i+1].is("dzial*"):
			return broken, from, i + 1
		case ts[i].is("nie") && sentence(i+1) && ts[i+1].is("ma", "jest", "sa", "przewidzian*", "zapewni*", "przystosowan*", "dostosowan*"):
			return denied, from, i + 1
		case ts[i].is("w") && sentence(i+1) && ts[i+1].is("awarii", "remoncie", "naprawie"):
			return broken, from, i + 1
		}
	}
	for i := last + 1; sentence(i); i++ { // "winda (nieczynna)"
		if ts[i].kind == mark && sentence(i+1) && ts[i+1].piece > ts[last].piece {
			if ts[i+1].is("nieczynn*", "wylaczon*", "niesprawn*", "zepsut*", "uszkodzon*") {
				return broken, from, i + 1
			}
			break
		}
	}
	return before(ts, first, last)
}

// limits finds the words by which the text takes a statement back in part.
func limits(ts []token, first, last int) (from, to int) {
	for i := max(0, first-3); i < min(len(ts), last+reach); i++ {
		if ts[i].sentence != ts[first].sentence {
			continue
		}
		next := func(n int) token {
			if i+n < len(ts) && ts[i+n].sentence == ts[i].sentence {
				return ts[i+n]
			}
			return token{}
		}
		same := ts[i].piece == ts[first].piece || ts[i].piece == ts[last].piece
		switch {
		case same && ts[i].is("czesciow*", "ograniczon*", "niektor*"):
			return i, i
		case ts[i].is("po") && next(1).is("stronie") && next(2).is("damsk*", "mesk*") && (same || ts[i].piece == ts[last].piece+1):
			return i, i + 2
		case same && ts[i].is("tylko", "jedynie", "wylacznie") && i > last && !next(1).is("na", "w"):
			return i, i
		case same && ts[i].is("nie") && next(1).is("wszystk*", "wszedzie", "calkowicie"):
			return i, i + 1
		case same && ts[i].is("nie") && next(1).is("w") && next(2).is("pelni"):
			return i, i + 2
		}
	}
	return -1, -1
}

// before looks back for a denial that reaches the phrase.
func before(ts []token, first, last int) (s sense, from, to int) {
	genitive, other := caseOf(ts, first, last)
	crossed, with, possible := false, false, false
	in := func(i int) bool {
		return i >= max(0, first-reach) && i < len(ts) && ts[i].sentence == ts[first].sentence
	}
	for i := first - 1; in(i); i-- {
		t := ts[i]
		negated := in(i-1) && ts[i-1].is("nie")
		lacking := t.is("brak", "brakuje", "bez", "pozbawion*")
		switch {
		case lacking && negated: // "nie brakuje", "nie bez"
			return stated, first, last
		case t.is("jest", "sa", ":") && in(i-1) && ts[i-1].is("brak"): // "brak jest windy", "brak: windy"
		case lacking || t.is("zakaz*", "niemozliw*", "niedostepn*") || t.is("nie") && !(in(i+1) && ts[i+1].is("tylko", "dotyczy", "brak*", "bez")):
			from := i
			switch {
			case possible:
				return unclear, first, last
			case with && lacking: // "brak windy w budynku z podjazdem"
				return stated, first, last
			case with:
				return unclear, first, last
			case from == first-1, genitive && (crossed || first-from <= 6):
				return denied, from, last
			case other && crossed:
				return stated, first, last
			}
			return unclear, first, last
		case t.is(",", "(", ")", "-", "i", "oraz", "ani", "lub", "albo", "a"):
			crossed = true
		case t.is("z", "ze"):
			with = with || !genitive // "budynek z windą" has one; "nie ma jak skorzystać z windy" may not
		case t.is("mozliwosc*"):
			possible = true
		case t.is("jest", "sa", "posiada*", "znajduj*", "wyposazon*", "zapewni*", "dostepn*", "oferuj*", "ma", "maja") && !negated,
			t.is(":", "ale", "lecz", "jednak*", "natomiast", "tak"):
			return stated, first, last
		}
	}
	return stated, first, last
}

// caseOf tells the case of a phrase by its first word that shows one; neither is true when none does.
func caseOf(ts []token, first, last int) (genitive, other bool) {
	for i := first; i <= last; i++ {
		t := ts[i]
		switch {
		case t.kind != word, t.is("wc", "pjm", "etr", "sms", "dla", "w", "na", "do"):
			if t.is("dla", "w", "na", "do") {
				return false, false
			}
		case slices.Contains(genitives, t.fold):
			return true, false
		default:
			for _, end := range []string{"ego", "ej", "ych", "ich"} {
				if len(t.fold) > len(end)+2 && t.fold[len(t.fold)-len(end):] == end {
					return true, false
				}
			}
			return false, true
		}
	}
	return false, false
}
