package access

import (
	"slices"
	"strings"
	"testing"

	"wolnica/models"

	"pgregory.net/rapid"
)

// drawProduct draws a product with facts from the pool that places have.
func drawProduct(t *rapid.T) Product {
	p := Product{}
	for range rapid.IntRange(0, 4).Draw(t, "stops") {
		p.Stops = append(p.Stops, Stop{Optional: rapid.IntRange(0, 3).Draw(t, "optional") == 0, Facts: drawFacts(t, true), Place: drawPlace(t)})
	}
	for range rapid.IntRange(0, 3).Draw(t, "segments") {
		facts := slices.Clone(goodPath())
		if rapid.Bool().Draw(t, "drawn") {
			facts = drawFacts(t, true)
		}
		for i := range facts {
			facts[i].Part = "path"
		}
		p.Segments = append(p.Segments, facts)
	}
	return p
}

// storedProduct is the verdicts on a product as they are stored, from the stored verdicts of its stops.
func storedProduct(p Product) models.Verdicts {
	var j Judge
	var stops []models.Verdicts
	for _, s := range p.Stops {
		if !s.Optional {
			stops = append(stops, j.Verdicts(s.Facts, s.Place, today))
		}
	}
	return j.ProductVerdicts(stops, p.Segments, today)
}

func TestAProductIsAsGoodAsItsWeakestLeg(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProduct(t)
		stored := storedProduct(p)
		for i := range profiles() {
			profile := &profiles()[i]
			v := profile.JudgeProduct(p, today)
			if got := stored.For(profile.Code); got != v.Verdict {
				t.Fatalf("%s: stored %s, explained %s", profile.Code, got, v.Verdict)
			}
			worst, judged := 3, false
			for _, l := range v.Legs {
				if !l.Optional && l.Verdict != LinkNotJudged {
					worst, judged = min(worst, rank(l.Verdict)), true
				}
			}
			if !judged {
				worst = rank(models.VerdictUnknown)
			}
			if rank(v.Verdict) != worst {
				t.Fatalf("%s: got %s of the legs %v", profile.Code, v.Verdict, v.Legs)
			}
			if len(v.Legs) != len(p.Stops)+len(p.Segments) {
				t.Fatalf("got %d legs of %d stops and %d segments", len(v.Legs), len(p.Stops), len(p.Segments))
			}
			if explained := judged && v.Verdict != models.VerdictYes; explained != (v.Weakest != nil) {
				t.Fatalf("%s: %s with the weakest leg %v", profile.Code, v.Verdict, v.Weakest)
			}
			if w := v.Weakest; w != nil && (w.Optional || w.Verdict != v.Verdict || v.Why.Verdict != v.Verdict) {
				t.Fatalf("%s: %s because of %v, which is %s", profile.Code, v.Verdict, w, v.Why.Verdict)
			}
			if strings.TrimSpace(v.Sentence.PL) == "" || strings.TrimSpace(v.Sentence.EN) == "" {
				t.Fatalf("%s: no sentence for %s", profile.Code, v.Verdict)
			}
		}
	})
}

func TestAnotherLegNeverMakesAProductBetter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProduct(t)
		more := drawProduct(t)
		before, after := storedProduct(p), storedProduct(Product{Stops: slices.Concat(p.Stops, more.Stops), Segments: slices.Concat(p.Segments, more.Segments)})
		for _, profile := range models.AccessProfiles.Codes() {
			something := len(p.Segments) > 0 || slices.ContainsFunc(p.Stops, func(s Stop) bool { return !s.Optional })
			if was, is := before.For(profile), after.For(profile); something && rank(is) > rank(was) && was == models.VerdictNo {
				t.Fatalf("%s: got %s from no by more legs", profile, is)
			}
		}
		// facts taken from a segment never make a yes, and a segment that nobody described is never one
		if len(p.Segments) > 0 {
			cut := Product{Stops: p.Stops, Segments: slices.Clone(p.Segments)}
			cut.Segments[0] = nil
			for i := range profiles() {
				if code := profiles()[i].Code; profiles()[i].links.Has(Path) && storedProduct(cut).For(code) == models.VerdictYes {
					t.Fatalf("%s: got yes on a segment that nobody described", code)
				}
			}
		}
	})
}

func TestWhatAVisitorReadsOfAProduct(t *testing.T) {
	name := models.Text{PL: "Muzeum", EN: "Museum"}
	good := Stop{Name: name, Facts: slices.Concat(goodPath(), goodEntrance(), goodInside(), goodToilet())}
	step := Stop{Name: models.Text{PL: "Dwór"}, Facts: but(good.Facts, fact("entrance", Steps, 1), fact("entrance", StepHeight, 12), code("entrance", Ramp, "none"))}
	narrow := but(goodPath(), fact("path", PathMinWidth, 60))
	optional := step
	optional.Optional = true
	guided := []Fact{code("path", TactileGuidance, "yes")}
	for _, tt := range []struct {
		name, profile, verdict string
		product                Product
		stop, segment          int
		pl, en                 string
	}{
		{"nothing", "wheelchair", "unknown", Product{}, 0, 0, "Nie wiadomo, czy skorzystasz z całości: nie ma tu czego ocenić.", "It is not known whether you can use all of it: there is nothing here to judge."},
		{"a stop and a good way", "wheelchair", "yes", Product{Stops: []Stop{good, good}, Segments: [][]Fact{goodPath()}}, 0, 0, "Skorzystasz z całości samodzielnie.", "You can use all of it by yourself."},
		{"a way nobody described", "wheelchair", "unknown", Product{Stops: []Stop{good, good}, Segments: [][]Fact{nil}}, 0, 1,
			"Nie wiadomo, czy skorzystasz z całości: odcinek 1. Nie wiadomo: nikt jeszcze nie opisał tego, co tu jest dla ciebie ważne.",
			"It is not known whether you can use all of it: segment 1. Not known: nobody has described yet what matters to you here."},
		{"a narrow way", "wheelchair", "no", Product{Stops: []Stop{good, good}, Segments: [][]Fact{narrow}}, 0, 1,
			"Nie skorzystasz z całości: odcinek 1. Nie przejdziesz: dojście ma tylko 60 cm szerokości.", "You cannot use all of it: segment 1. You cannot get through: the path is only 60 cm wide."},
		{"a step at the second stop", "wheelchair", "no", Product{Stops: []Stop{good, step}, Segments: [][]Fact{goodPath()}}, 2, 0,
			"Nie skorzystasz z całości: przystanek 2 (Dwór). Nie wejdziesz: jeden stopień 12 cm przy wejściu.", "You cannot use all of it: stop 2 (Dwór). You cannot get in: one 12 cm step at the entrance."},
		{"at an optional one", "wheelchair", "yes", Product{Stops: []Stop{good, optional}, Segments: [][]Fact{goodPath()}}, 0, 0, "Skorzystasz z całości samodzielnie.", "You can use all of it by yourself."},
		{"a way the blind are led along", "blind", "yes", Product{Segments: [][]Fact{guided}}, 0, 0, "Skorzystasz z całości samodzielnie.", "You can use all of it by yourself."},
		{"a way they are not, where no staff stand", "blind", "no", Product{Segments: [][]Fact{{code("path", TactileGuidance, "no")}}}, 0, 1,
			"Nie skorzystasz z całości: odcinek 1. Nie przejdziesz: brak prowadzenia dotykowego.", "You cannot use all of it: segment 1. You cannot get through: no tactile guidance."},
		{"the deaf are not asked about a way", "deaf", "unknown", Product{Segments: [][]Fact{goodPath()}}, 0, 0, "Nie wiadomo, czy skorzystasz z całości: nie ma tu czego ocenić.", "It is not known whether you can use all of it: there is nothing here to judge."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, _ := ProfileByCode(tt.profile)
			v := p.JudgeProduct(tt.product, today)
			if v.Verdict != tt.verdict || v.Sentence.PL != tt.pl || v.Sentence.EN != tt.en {
				t.Errorf("got %s\n%s\n%s\nwant %s\n%s\n%s", v.Verdict, v.Sentence.PL, v.Sentence.EN, tt.verdict, tt.pl, tt.en)
			}
			if got := v.Weakest; (got == nil) != (tt.stop+tt.segment == 0) || got != nil && (got.Stop != tt.stop || got.Segment != tt.segment) {
				t.Errorf("got the weakest leg %v, want stop %d or segment %d", got, tt.stop, tt.segment)
			}
		})
	}
}
