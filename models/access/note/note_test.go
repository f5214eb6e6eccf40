package note

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"wolnica/models"
)

// say writes a reading in short: "entrance ramp "none"", a "?" before what is likely, a "!" before what contradicts; "<…>" is left over.
func say(text, part string) []string {
	r := Read(text, part)
	out := []string{}
	for _, p := range r.Proposals {
		s := strings.TrimSpace(strings.Join([]string{p.Part, p.Attribute, string(p.Value)}, " "))
		if p.State != models.FactKnown {
			s += " " + p.State
		}
		if p.Contradicts {
			s = "!" + s
		} else if p.Certainty == Likely {
			s = "?" + s
		}
		out = append(out, s)
	}
	slices.Sort(out)
	for _, l := range r.Left {
		out = append(out, "<"+l.In(text)+">")
	}
	return out
}

func TestTextsAreReadAsAPersonWouldReadThem(t *testing.T) {
	for _, tt := range []struct {
		text, part string
		want       []string
	}{
		// What the words say, and no more.
		{"WC przystosowane dla osób niepełnosprawnych", "", []string{`toilet toilet_wheelchair "yes"`}},
		{"toaleta dostosowana", "", []string{`toilet toilet_wheelchair "yes"`}},
		{"TOALETA DOSTOSOWANA", "", []string{`toilet toilet_wheelchair "yes"`}},
		{"toaleta", "", []string{"<toaleta>"}},
		{"podjazd", "", []string{`?entrance ramp "fixed"`}},
		{"stały podjazd przy wejściu", "", []string{`entrance ramp "fixed"`}},
		{"przenośna pochylnia", "entrance", []string{`entrance ramp "removable"`}},
		{"podjazd dla wózków od strony podwórka", "", []string{`?entrance#2 ramp "fixed"`}},
		{"winda", "", []string{`?inside stepfree_alternative "lift"`}},
		{"Dostęp: winda", "entrance", []string{`entrance stepfree_alternative "lift"`}},
		{"dostępny schodołaz", "", []string{`?entrance stepfree_alternative "platform"`}},
		{"platforma zamontowana w klatce schodowej", "", []string{`inside stepfree_alternative "platform"`}},
		{"wejście do budynku dostosowane do potrzeb osób niepełnosprawnych poruszających się na wózkach", "", []string{`entrance wheelchair_claim "yes"`}},
		{"obsługa w języku migowym", "", []string{`?sign_language "live"`}},
		{"tłumacz PJM online", "", []string{`sign_language "remote"`}},
		{"tłumacz PJM on-line", "", []string{`sign_language "remote"`}},
		{"pętla indukcyjna", "", []string{`?induction_loop "fixed"`}},
		{"przenośna pętla indukcyjna", "", []string{`induction_loop "portable"`}},
		{"wideofon", "", []string{`entrance call_device "video"`}},
		{"napisy w brajlu, plan tyflograficzny", "", []string{`tactile_media ["plan","braille"]`}},
		{"wstęp z psem asystującym", "", []string{"assistance_dog true"}},
		{"zakaz wstępu z psem, nie dotyczy psów asystujących", "", []string{"assistance_dog true", "<zakaz wstępu z psem>"}},
		{"3 miejsca parkingowe dla osób z niepełnosprawnościami", "", []string{"arrival parking_disabled 3"}},
		{"miejsca parkingowe dla osób z niepełnosprawnościami", "", []string{"<miejsca parkingowe dla osób z niepełnosprawnościami>"}},
		{"dostępny tylko parter", "", []string{`inside stepfree_inside "part"`}},
		{"wjazd z poziomu 0", "entrance", []string{"entrance entrance_level true"}},
		{"W budynku znajduje się toaleta przystosowana do potrzeb osób niepełnosprawnych", "", []string{`toilet toilet_wheelchair "yes"`}},

		// Numbers with units.
		{"drzwi wejściowe o szerokości 0,9 m", "", []string{"entrance door_width 90"}},
		{"drzwi 90cm", "entrance", []string{"?entrance door_width 90"}},
		{"3 stopnie o wysokości 15 cm", "entrance", []string{"entrance step_height 15", "entrance steps 3"}},
		{"jeden stopień przy wejściu", "", []string{"entrance steps 1"}},
		{"pochylnia stała o nachyleniu 6%", "entrance", []string{`entrance ramp "fixed"`, "entrance ramp_slope 6"}},
		{"nachylenie pochylni 5 stopni", "entrance", []string{`?entrance ramp "fixed"`, "?entrance ramp_slope 8.7"}},
		{"próg 20 mm", "entrance", []string{"entrance threshold 2"}},
		{"próg 2-3 cm", "", []string{"<próg 2-3 cm>"}},
		{"drzwi 9 m", "", []string{"<drzwi 9 m>"}},
		{"winda 110 x 140 cm", "inside", []string{"?inside lift_length 140", "?inside lift_width 110", `inside stepfree_alternative "lift"`}},
		{"przystanek w odległości 150 m", "", []string{"arrival stop_distance 150"}},
		{"temperatura 20 stopni Celsjusza", "", []string{"<temperatura 20 stopni Celsjusza>"}},
		{"dojście szerokości 1,5 m, nawierzchnia z kostki brukowej", "", []string{"path path_min_width 150", `path surface "paving_stones"`}},

		// Negation and how far it reaches.
		{"brak podjazdu, windy i toalety dla niepełnosprawnych", "entrance", []string{`entrance ramp "none"`, `entrance stepfree_alternative "none"`, `toilet toilet_wheelchair "no"`}},
		{"brak podjazdu, winda", "entrance", []string{`entrance ramp "none"`, `entrance stepfree_alternative "lift"`}},
		{"brak podjazdu, WC dla niepełnosprawnych", "entrance", []string{`entrance ramp "none"`, "<WC dla niepełnosprawnych>"}},
		{"nie ma windy ani podjazdu", "entrance", []string{`entrance ramp "none"`, `entrance stepfree_alternative "none"`}},
		{"brak jest podjazdu", "entrance", []string{`entrance ramp "none"`}},
		{"Brak: podjazdu, windy", "entrance", []string{`entrance ramp "none"`, `entrance stepfree_alternative "none"`}},
		{"winda, ale brak podjazdu", "entrance", []string{`entrance ramp "none"`, `entrance stepfree_alternative "lift"`}},
		{"brak windy w budynku z podjazdem", "entrance", []string{`?entrance ramp "fixed"`, `entrance stepfree_alternative "none"`}},
		{"nie brakuje podjazdu", "entrance", []string{`?entrance ramp "fixed"`}},
		{"toaleta nie jest dostosowana", "", []string{`toilet toilet_wheelchair "no"`}},
		{"WC nieprzystosowane", "", []string{`toilet toilet_wheelchair "no"`}},
		{"brak toalety", "", []string{"?toilet toilet_wheelchair not_applicable"}},
		{"budynek niedostosowany", "", []string{`wheelchair_claim "no"`}},
		{"budynek bez barier", "", []string{`?wheelchair_claim "yes"`}},
		{"wejście bez progu", "", []string{"?entrance entrance_level true"}},
		{"wejście bez stopni", "", []string{"entrance steps 0"}},
		{"brak pętli indukcyjnej i tłumacza języka migowego", "", []string{`induction_loop "none"`, `sign_language "none"`}},
		{"nie ma możliwości skorzystania z windy", "", []string{"<nie ma możliwości skorzystania z windy>"}},
		{"do budynku nie można wejść z psem asystującym", "", []string{"<do budynku nie można wejść z psem asystującym>"}},
		{"winda nieczynna", "inside", []string{`?inside stepfree_alternative "none"`}},
		{"pochylnia (wyłączona z użytku)", "entrance", []string{`?entrance ramp "none"`}},
		{"brak możliwości wjazdu na wyższe piętra", "", []string{`?inside stepfree_inside "part"`}},
		{"planowany podjazd", "", []string{"<planowany podjazd>"}},
		{"winda w budowie", "", []string{"<winda w budowie>"}},
		{"bez poręczy", "entrance", []string{`entrance handrail "none"`}},

		// Answers to a label, partial ones too.
		{"Toaleta dostosowana dla osób niepełnosprawnych: Tak", "toilet", []string{`toilet toilet_wheelchair "yes"`}},
		{"Toaleta dostosowana dla osób niepełnosprawnych: brak", "toilet", []string{`toilet toilet_wheelchair "no"`}},
		{"Toaleta dostosowana dla osób niepełnosprawnych: tak, po stronie damskiej", "toilet", []string{`?toilet toilet_wheelchair "limited"`}},
		{"Toaleta dostosowana dla osób niepełnosprawnych: nie dotyczy", "toilet", []string{"toilet toilet_wheelchair not_applicable"}},
		{"WC częściowo dostosowane", "", []string{`?toilet toilet_wheelchair "limited"`}},
		{"Przewijak: brak", "toilet", []string{"toilet baby_changing false"}},

		// Where: by what stands around.
		{"Wejście główne: 3 stopnie, wejście boczne bez progu", "", []string{"?entrance#2 entrance_level true", "entrance steps 3"}},
		{"Toaleta przystosowana. Drzwi o szerokości 80 cm", "", []string{"?toilet door_width 80", `toilet toilet_wheelchair "yes"`}},
		{"Toaleta:\ndrzwi o szerokości 90 cm\nporęcze po obu stronach", "", []string{"?toilet door_width 90", `?toilet grab_bars "both"`}},
		{"Toaleta. Dostępna dla wózków", "", []string{`?toilet toilet_wheelchair "yes"`}},

		// Both of what contradicts.
		{"Jest podjazd. Brak podjazdu.", "entrance", []string{`!entrance ramp "fixed"`, `!entrance ramp "none"`}},

		// Not understood.
		{"możliwość zejścia urzędnika do osoby niepełnosprawnej", "", []string{"<możliwość zejścia urzędnika do osoby niepełnosprawnej>"}},
		{"budynek trudny architektonicznie, wiele ciągów schodowych", "", []string{"<budynek trudny architektonicznie, wiele ciągów schodowych>"}},
		{"podjazd, godziny otwarcia 8-16; winda", "entrance", []string{`?entrance ramp "fixed"`, `entrance stepfree_alternative "lift"`, "<godziny otwarcia 8-16>"}},
		{"", "", []string{}},
	} {
		if diff := cmp.Diff(tt.want, say(tt.text, tt.part)); diff != "" {
			t.Errorf("%q (%s): %s", tt.text, tt.part, diff)
		}
	}
}

func TestEveryPhraseClaimsWhatItsAttributeAdmits(t *testing.T) {
	for _, p := range phrases {
		for _, c := range slices.Concat(p.yes, p.partly, p.no) {
			info, ok := models.AccessAttributeByCode(c.attribute)
			if !ok {
				t.Errorf("%q: got the attribute %q, which there is not", p.words, c.attribute)
				continue
			}
			if c.value != "" && c.value != "#" {
				if why, bad := info.Check(json.RawMessage(c.value)); bad {
					t.Errorf("%q: got %s for %s: %s", p.words, c.value, c.attribute, why.EN)
				}
			}
			if c.value == "#" != (strings.Contains(" "+p.words, " # ") && info.Type == models.AttributeInteger) {
				t.Errorf("%q: got the value %q for %s of type %s", p.words, c.value, c.attribute, info.Type)
			}
		}
		if fold(p.words) != p.words {
			t.Errorf("%q: got a phrase that is not folded, which matches nothing", p.words)
		}
	}
	for _, m := range measures {
		if info, ok := models.AccessAttributeByCode(m.attribute); !ok || info.Unit != m.unit {
			t.Errorf("%s %s: got the unit %q for %s, want that of the attribute", m.topic, m.quantity, m.unit, m.attribute)
		}
	}
}

// check holds a reading to what is promised of any text.
func check(t interface{ Errorf(string, ...any) }, text, part string) {
	r := Read(text, part)
	for _, p := range r.Proposals {
		fact := models.AccessFact{PlaceID: new(int64), Part: p.Part, Attribute: p.Attribute, State: p.State, Value: p.Value, Method: models.MethodImported, ObservedOn: models.DateOf(models.Day2000.Date().Time)}
		if err := fact.Validate(models.Day2000.Date().Time); err != nil {
			t.Errorf("%q: got %s %s %s, which no fact may be: %v", text, p.Part, p.Attribute, p.Value, err)
		}
		if p.Span.From < 0 || p.Span.To > len(text) || p.Span.From >= p.Span.To {
			t.Errorf("%q: got the span %v", text, p.Span)
		}
		if p.Reason.PL == "" || p.Reason.EN == "" || p.Certainty != Certain && p.Certainty != Likely {
			t.Errorf("%q: got %+v without a reason or certainty", text, p)
		}
		if s := Sentence(p.Part, p.Attribute, p.State, p.Value); s.PL == "" || s.EN == "" {
			t.Errorf("%q: got no sentence for %s %s", text, p.Attribute, p.Value)
		}
	}
	for _, l := range r.Left {
		if l.From < 0 || l.To > len(text) || l.From > l.To {
			t.Errorf("%q: got left over %v", text, l)
		}
	}
	if again := Read(text, part); fmt.Sprint(again) != fmt.Sprint(r) {
		t.Errorf("%q: got %v and then %v", text, r, again)
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"brak podjazdu, windy; próg 2,5 cm", "Toaleta:\ndrzwi 90 x", "3 stopnie 12 cm (nieczynne", "nachylenie 99999999999999999999999999 %", "„WC”: nie\x00\xff", "89 ° nachylenia"} {
		f.Add(s, "entrance")
	}
	f.Fuzz(func(t *testing.T, text, part string) {
		if !slices.Contains([]string{"", "entrance", "toilet", "inside", "path", "entrance#2"}, part) {
			part = ""
		}
		check(t, text, part)
	})
}

// Sentences of the words the reader knows, in any order, are held to the same.
func TestAnyOrderOfKnownWordsGivesOnlyWhatAFactMayBe(t *testing.T) {
	var words []string
	for _, p := range phrases {
		for _, w := range strings.Fields(p.words) {
			if w != ".." && w != "#" {
				words = append(words, strings.TrimSuffix(strings.Split(w, "|")[0], "*"))
			}
		}
	}
	words = append(words, genitives...)
	words = append(words, "brak", "nie", "ma", "bez", "jest", ",", ".", "\n", ":", "(", ")", "i", "ani", "12", "9999999", "cm", "m", "%", "x", "po stronie damskiej", "nieczynna", "tylko", "z", "stopni")
	rapid.Check(t, func(t *rapid.T) {
		check(t, strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, 20).Draw(t, "words"), " "), rapid.SampledFrom([]string{"", "entrance", "toilet"}).Draw(t, "part"))
	})
}

// A word of denial before a text never leaves the yes of a phrase standing alone that the text alone would give.
func TestADenialIsNeverRead(t *testing.T) {
	for _, thing := range []string{"podjazdu", "windy", "pochylni", "schodołazu", "pętli indukcyjnej", "tłumacza języka migowego", "toalety dla osób niepełnosprawnych",
		"toalety przystosowanej", "audiodeskrypcji", "przewijaka", "miejsc parkingowych dla osób niepełnosprawnych", "pokoju wyciszenia"} {
		plain := Read("jest "+thing, "")
		for _, denial := range []string{"brak ", "Brak ", "nie ma ", "bez ", "budynek nie posiada ", "brak jest ", "nie zapewniono ", "urząd nie ma jeszcze ", "w budynku nie ma ", "brak windy, ", "brak schodów i "} {
			for _, p := range Read(denial+thing, "").Proposals {
				for _, q := range plain.Proposals {
					if p.Attribute == q.Attribute && p.Part == q.Part && string(p.Value) == string(q.Value) && p.State == q.State {
						t.Errorf("%q: got %s %s, which it denies", denial+thing, p.Attribute, p.Value)
					}
				}
			}
		}
	}
}

// The two real files, where they are: how much is read of them.
func TestRealNotes(t *testing.T) {
	b, err := os.ReadFile("../../../../shared/data/leisure/krakow_pl_dostepnosc_budynkow.json")
	if err != nil {
		return // the table above has their wordings
	}
	var d struct {
		Venues []struct{ Adaptations []string }
	}
	if err := json.Unmarshal(b, &d); err != nil {
		t.Fatal(err)
	}
	found, left := 0, 0
	for _, v := range d.Venues {
		text := strings.Join(v.Adaptations, "\n")
		check(t, text, "")
		r := Read(text, "")
		found, left = found+len(r.Proposals), left+len(r.Left)
	}
	if found < 55 || left > 15 {
		t.Errorf("got %d proposals and %d passages left over", found, left)
	}
	t.Logf("%d notes: %d proposals, %d passages left over", len(d.Venues), found, left)
}
