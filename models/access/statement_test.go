package access

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"wolnica/models"
)

// Every value a fact may have makes a whole sentence in both languages, at the first part and at another.
func TestEveryValueMakesASentence(t *testing.T) {
	for i := range topics() {
		tp := &topics()[i]
		info := tp.attr.Info()
		values := []Value{0, 1, 2, 5}
		switch info.Type {
		case models.AttributeBoolean:
			values = values[:2]
		case models.AttributeEnum:
			values = nil
			for v := range info.Values {
				values = append(values, Value(v))
			}
		case models.AttributeSet:
			values = nil
			for v := range info.Values {
				values = append(values, Value(uint64(1)<<v))
			}
		}
		for _, l := range tp.links {
			for _, n := range []uint16{1, 2} {
				for _, v := range values {
					part := Part{Link: l, N: n}
					if l == Services {
						part = Part{Link: Services, N: 1}
					}
					f := Fact{ID: 1, Part: part.String(), Attr: tp.attr, Value: v, ObservedOn: today - 10}
					st := StatementOf([]Fact{f}, Place{}, today)
					said := 0
					for _, s := range st.Sections {
						for _, x := range s.Sentences {
							said++
							for _, text := range []string{x.Text.PL, x.Text.EN} {
								if len(text) < 8 || !strings.HasSuffix(text, ".") || strings.ContainsAny(text, "{}") || text != capital(text) || strings.Contains(text, "  ") {
									t.Errorf("%s at %s = %v: got %q", info.Code, part, v, text)
								}
							}
						}
					}
					if said != 1 {
						t.Errorf("%s at %s = %v: got %d sentences, want one", info.Code, part, v, said)
					}
				}
			}
		}
		if text := tp.ask; (text.PL == "") != (text.EN == "") {
			t.Errorf("%s is asked in one language", info.Code)
		}
	}
}

// A draft holds facts that count and nothing else: what is unknown, stale or disputed is in none of its sentences.
func TestAStatementSaysOnlyWhatIsKnown(t *testing.T) {
	empty := StatementOf(nil, Place{}, today)
	questions := 0
	for _, s := range empty.Sections {
		if len(s.Sentences)+len(s.Doubtful) > 0 {
			t.Errorf("%s: got %+v from nothing", s.Code, s)
		}
		questions += len(s.Questions)
		for _, q := range s.Questions {
			if !strings.HasSuffix(q.Text.PL, "?") || !strings.HasSuffix(q.Text.EN, "?") || strings.Contains(q.Text.PL, "{") {
				t.Errorf("got the question %q, %q", q.Text.PL, q.Text.EN)
			}
		}
		if len(s.Questions) == 0 {
			t.Errorf("%s: nothing is known, and nothing asked", s.Code)
		}
	}
	if questions < 10 {
		t.Errorf("got %d questions of a place nobody described", questions)
	}
	rapid.Check(t, func(t *rapid.T) {
		facts, place := drawFacts(t, true), drawPlace(t)
		for i := range facts {
			facts[i].ID = int64(i + 1)
		}
		counts := map[int64]bool{}
		for _, s := range Current(facts, today) {
			counts[s.Fact.ID] = s.Counts
		}
		shuffled := slices.Clone(facts)
		slices.Reverse(shuffled)
		other := StatementOf(shuffled, place, today)
		for i, s := range StatementOf(facts, place, today).Sections {
			for _, x := range s.Sentences {
				for _, f := range x.Facts {
					if !counts[f.ID] || f.ObservedOn.Date().Before(x.ObservedOn.Time) {
						t.Fatalf("%q rests on %+v", x.Text.EN, f)
					}
				}
			}
			for _, x := range s.Doubtful {
				if x.Why == "" || counts[x.Facts[0].ID] {
					t.Fatalf("%q is doubted without a reason", x.Text.EN)
				}
			}
			for _, q := range s.Questions {
				for j := range facts {
					if p, ok := PartOf(facts[j].Part, facts[j].Attr); ok && counts[facts[j].ID] && p == q.Slot.Part && facts[j].Attr == q.Slot.Attribute {
						t.Fatalf("%q is asked though it is known", q.Text.EN)
					}
				}
			}
			if len(s.Sentences) != len(other.Sections[i].Sentences) || len(s.Questions) != len(other.Sections[i].Questions) {
				t.Fatalf("%s: the order of facts decides", s.Code)
			}
		}
	})
}
