package access

import (
	"slices"
	"testing"

	"wolnica/models"
)

// goodPath and the rest are links without a fault for anybody on wheels.
func goodPath() []Fact {
	return []Fact{fact("path", PathMinWidth, 150), fact("path", InclineMax, 3), code("path", Smoothness, "good"), code("path", Kerb, "flush"),
		fact("path", Steps, 0), fact("path", RestGapMax, 120)}
}
func goodEntrance() []Fact {
	return []Fact{fact("entrance", Steps, 0), fact("entrance", Threshold, 1), fact("entrance", DoorWidth, 95)}
}
func goodInside() []Fact { return []Fact{code("inside", StepFreeInside, "all")} }
func goodToilet() []Fact {
	return []Fact{code("toilet", ToiletWheelchair, "yes"), fact("toilet", DoorWidth, 90), fact("toilet", TurningSpace, 150),
		code("toilet", GrabBars, "both"), code("toilet", ToiletTransfer, "left")}
}

// but is the facts with others in their place, slot by slot.
func but(facts []Fact, others ...Fact) []Fact {
	facts = slices.Clone(facts)
	for _, o := range others {
		facts = slices.DeleteFunc(facts, func(f Fact) bool { return f.Attr == o.Attr && samePart(f.Part, o.Part, o.Attr) })
	}
	return append(facts, others...)
}

func TestWhatAVisitorReads(t *testing.T) {
	good := slices.Concat(goodPath(), goodEntrance(), goodInside(), goodToilet())
	step := []Fact{fact("entrance", Steps, 1), fact("entrance", StepHeight, 12), code("entrance", Ramp, "none")}
	level := []Fact{fact("entrance#2", Steps, 0), fact("entrance#2", Threshold, 1), fact("entrance#2", DoorWidth, 130)}
	for _, tt := range []struct {
		name, profile, verdict string
		facts                  []Fact
		place                  Place
		breaks                 string
		pl, en                 string
	}{
		{"nothing is known", "wheelchair", "unknown", nil, Place{}, "path",
			"Nie wiadomo: nikt jeszcze nie opisał tego, co tu jest dla ciebie ważne.",
			"Not known: nobody has described yet what matters to you here."},
		{"all is well", "wheelchair", "yes", good, Place{}, "",
			"Wejdziesz samodzielnie, z toalety też skorzystasz.", "You can get in by yourself, and use the toilet too."},
		{"one high step and no word of the toilet", "wheelchair", "no",
			but(slices.Concat(goodPath(), goodEntrance(), goodInside()), step...), Place{}, "entrance",
			"Nie wejdziesz: jeden stopień 12 cm przy wejściu, a o toalecie nic nie wiadomo.",
			"You cannot get in: one 12 cm step at the entrance, and nothing is known about the toilet."},
		{"one high step, all else unknown", "wheelchair", "no", step, Place{}, "entrance",
			"Nie wejdziesz: jeden stopień 12 cm przy wejściu, a o dojściu, wnętrzu i toalecie nic nie wiadomo.",
			"You cannot get in: one 12 cm step at the entrance, and nothing is known about the path, the inside and the toilet."},
		{"a steep way to stairs and to a level door", "wheelchair", "no",
			slices.Concat(but(goodPath(), fact("path", InclineMax, 16)), but(goodEntrance(), step...), level, goodInside(), goodToilet()), Place{}, "path",
			"Nie wejdziesz: dojście ma nachylenie 16 %.", "You cannot get in: the path slopes 16 %."},
		{"a step of 7 cm is taken with help", "wheelchair", "with_help",
			but(good, fact("entrance", Steps, 1), fact("entrance", StepHeight, 7), code("entrance", Ramp, "none")), Place{}, "",
			"Wejdziesz z pomocą: jeden stopień 7 cm przy wejściu.", "You can get in with help: one 7 cm step at the entrance."},
		{"but not by a powered chair", "powered_wheelchair", "no",
			but(good, fact("entrance", Steps, 1), fact("entrance", StepHeight, 7), code("entrance", Ramp, "none")), Place{}, "entrance",
			"Nie wejdziesz: jeden stopień 7 cm przy wejściu.", "You cannot get in: one 7 cm step at the entrance."},
		{"three steps", "wheelchair", "no",
			but(good, fact("entrance", Steps, 3), fact("entrance", StepHeight, 15.5), code("entrance", Ramp, "none")), Place{}, "entrance",
			"Nie wejdziesz: 3 stopnie po 15,5 cm przy wejściu.", "You cannot get in: 3 15.5 cm steps at the entrance."},
		{"five steps", "wheelchair", "no", but(good, fact("entrance", Steps, 5), code("entrance", Ramp, "none")), Place{}, "entrance",
			"Nie wejdziesz: 5 stopni przy wejściu.", "You cannot get in: 5 steps at the entrance."},
		{"steps with a ramp beside them", "wheelchair", "yes",
			but(good, fact("entrance", Steps, 5), code("entrance", Ramp, "fixed"), fact("entrance", RampSlope, 8), fact("entrance", RampRun, 9)), Place{}, "",
			"Wejdziesz samodzielnie, z toalety też skorzystasz.", "You can get in by yourself, and use the toilet too."},
		{"a steep ramp", "wheelchair", "with_help",
			but(good, fact("entrance", Steps, 5), code("entrance", Ramp, "fixed"), fact("entrance", RampSlope, 12), fact("entrance", RampRun, 6)), Place{}, "",
			"Wejdziesz z pomocą: pochylnia ma nachylenie 12 %.", "You can get in with help: the ramp slopes 12 %."},
		{"a ramp that staff lay", "wheelchair", "with_help",
			but(good, fact("entrance", Steps, 1), code("entrance", Ramp, "removable"), fact("entrance", RampSlope, 8), fact("entrance", RampRun, 2)), Place{}, "",
			"Wejdziesz z pomocą: pochylnię rozkłada obsługa.", "You can get in with help: staff lay a ramp."},
		{"a lift beside the steps", "wheelchair", "yes",
			but(good, fact("entrance", Steps, 12), code("entrance", Ramp, "none"), code("entrance", StepFreeAlternative, "lift")), Place{}, "",
			"Wejdziesz samodzielnie, z toalety też skorzystasz.", "You can get in by yourself, and use the toilet too."},
		{"a ramp nobody measured", "wheelchair", "unknown",
			but(good, fact("entrance", Steps, 5), code("entrance", Ramp, "fixed")), Place{}, "entrance",
			"Nie wiadomo, czy wejdziesz. Brakuje 2 informacji: nachylenie pochylni i długość biegu pochylni.",
			"It is not known whether you can get in. 2 facts are missing: slope of the ramp and length of a run of the ramp."},
		{"a second entrance without a step", "wheelchair", "yes",
			slices.Concat(but(good, step...), []Fact{fact("entrance#2", Steps, 0), fact("entrance#2", Threshold, 0), fact("entrance#2", DoorWidth, 100)}), Place{}, "",
			"Wejdziesz samodzielnie, z toalety też skorzystasz.", "You can get in by yourself, and use the toilet too."},
		{"a second entrance that fails, the first unknown", "wheelchair", "unknown",
			slices.Concat(goodPath(), goodInside(), goodToilet(), []Fact{fact("entrance#2", Steps, 3), code("entrance#2", Ramp, "none")}), Place{}, "entrance",
			"Nie wiadomo, czy wejdziesz. Brakuje 3 informacji: stopnie, wejście z poziomu terenu (próg do 2 cm) i szerokość drzwi w świetle.",
			"It is not known whether you can get in. 3 facts are missing: steps, level entrance (lip of at most 2 cm) and clear width of the door."},
		{"a narrow door", "wheelchair", "with_help", but(good, fact("entrance", DoorWidth, 80)), Place{}, "",
			"Wejdziesz z pomocą: drzwi mają 80 cm przy wejściu.", "You can get in with help: the door is 80 cm wide at the entrance."},
		{"one fact is missing", "wheelchair", "unknown",
			slices.DeleteFunc(slices.Clone(good), func(f Fact) bool { return f.Attr == DoorWidth && f.Part == "entrance" }), Place{}, "entrance",
			"Nie wiadomo, czy wejdziesz. Brakuje jednej informacji: szerokość drzwi w świetle.",
			"It is not known whether you can get in. One fact is missing: clear width of the door."},
		{"a wheelchair toilet that nobody measured", "wheelchair", "with_help",
			slices.Concat(goodPath(), goodEntrance(), goodInside(), []Fact{code("toilet", ToiletWheelchair, "yes")}), Place{}, "",
			"Wejdziesz z pomocą: toaleta dla wózków bez potwierdzonych wymiarów.",
			"You can get in with help: a wheelchair toilet without confirmed dimensions."},
		{"a limited toilet", "wheelchair", "with_help", but(good, code("toilet", ToiletWheelchair, "limited")), Place{}, "",
			"Wejdziesz z pomocą: toaleta jest dostępna częściowo.", "You can get in with help: the toilet is partly accessible."},
		{"no wheelchair toilet", "wheelchair", "no",
			slices.Concat(goodPath(), goodEntrance(), goodInside(), []Fact{code("toilet", ToiletWheelchair, "no")}), Place{}, "toilet",
			"Nie skorzystasz z toalety: nie ma toalety dla osób na wózkach.", "You cannot use the toilet: there is no wheelchair toilet."},
		{"no toilet for anybody", "wheelchair", "yes",
			slices.Concat(goodPath(), goodEntrance(), goodInside(), []Fact{absent("toilet", ToiletWheelchair)}), Place{}, "",
			"Wejdziesz samodzielnie.", "You can get in by yourself."},
		{"a viewpoint", "wheelchair", "yes", append(goodPath(), absent("", ToiletWheelchair)), Place{Without: Without("viewpoint")}, "",
			"Wejdziesz samodzielnie.", "You can get in by yourself."},
		{"a steep path for a manual chair", "wheelchair", "no", but(good, fact("path", InclineMax, -10)), Place{}, "path",
			"Nie wejdziesz: dojście ma nachylenie 10 %.", "You cannot get in: the path slopes 10 %."},
		{"which a powered one climbs", "powered_wheelchair", "yes", but(good, fact("path", InclineMax, -10)), Place{}, "",
			"Wejdziesz samodzielnie, z toalety też skorzystasz.", "You can get in by yourself, and use the toilet too."},
		{"a castle of stairs", "wheelchair", "no", but(good, code("inside", StepFreeInside, "none")), Place{}, "inside",
			"Nie obejrzysz wnętrza: wnętrze jest tylko po schodach.", "You cannot see the inside: the inside is reached by stairs only."},
		{"two faults", "wheelchair", "no", but(good, fact("path", PathMinWidth, 70), code("toilet", ToiletWheelchair, "no")), Place{}, "path",
			"Nie wejdziesz: dojście ma tylko 70 cm szerokości i nie ma toalety dla osób na wózkach.",
			"You cannot get in: the path is only 70 cm wide and there is no wheelchair toilet."},
		{"two steps with a rail, on foot", "walking", "yes",
			but(good, fact("entrance", Steps, 2), code("entrance", Handrail, "left")), Place{}, "",
			"Wejdziesz samodzielnie.", "You can get in by yourself."},
		{"five steps with a ramp, on foot", "walking", "with_help",
			but(good, fact("entrance", Steps, 5), code("entrance", Ramp, "fixed")), Place{}, "",
			"Wejdziesz z pomocą: pochylnia przy wejściu.", "You can get in with help: a ramp at the entrance."},
		{"a long way without a bench", "walking", "no", but(good, fact("path", RestGapMax, 350)), Place{}, "path",
			"Nie wejdziesz: 350 m bez miejsca do siedzenia.", "You cannot get in: 350 m without a seat."},
		{"two steps with a pram", "pram", "with_help", append(but(good, fact("entrance", Steps, 2)), fact("toilet", BabyChanging, 1)), Place{}, "",
			"Wejdziesz z pomocą: 2 stopnie przy wejściu.", "You can get in with help: 2 steps at the entrance."},
		{"no changing table", "pram", "no", append(slices.Clone(good), fact("", BabyChanging, 0)), Place{}, "toilet",
			"Nie skorzystasz z toalety: nie ma przewijaka dla niemowląt.", "You cannot use the toilet: there is no baby changing table."},
		{"all a blind visitor needs", "blind", "yes",
			[]Fact{code("", TactileGuidance, "yes"), fact("", GlassMarked, 1), fact("", StepContrast, 1), code("", TactileMedia, "plan"), fact("", AssistanceDog, 1)}, Place{}, "",
			"Skorzystasz samodzielnie: prowadzenie dotykowe, oznaczone przeszklenia, kontrastowe krawędzie stopni, materiały dotykowe i wstęp z psem asystującym.",
			"You can use it by yourself: tactile guidance, marked glass, contrasting step edges, tactile media and assistance dogs allowed."},
		{"trained staff only, blind", "blind", "with_help", []Fact{fact("", StaffTrained, 1), code("", AudioDescription, "none"), code("", TactileMedia, "none")}, Place{}, "",
			"Skorzystasz z pomocą: pomoże przeszkolona obsługa.", "You can use it with help: trained staff will help."},
		{"nothing for a deaf visitor", "deaf", "no",
			[]Fact{code("", SignLanguage, "none"), fact("", Captions, 0), fact("", StaffTrained, 0)}, Place{}, "services",
			"Nie skorzystasz: nie ma języka migowego, nie ma napisów i obsługa nie jest przeszkolona.",
			"You cannot use it: there is no sign language, there are no captions and staff are not trained."},
		{"captions and an e-mail address", "deaf", "yes", []Fact{fact("", Captions, 1), fact("", TextContact, 1)}, Place{}, "",
			"Skorzystasz samodzielnie: napisy i kontakt tekstowy (SMS, e-mail, czat).",
			"You can use it by yourself: captions and contact by text (SMS, e-mail, chat)."},
		{"a loop", "hard_of_hearing", "yes", []Fact{code("desk", InductionLoop, "portable")}, Place{}, "",
			"Skorzystasz samodzielnie: pętla indukcyjna.", "You can use it by yourself: induction loop."},
		{"trained staff, text unknown", "understanding", "with_help", []Fact{fact("", StaffTrained, 1)}, Place{}, "",
			"Skorzystasz z pomocą: pomoże przeszkolona obsługa.", "You can use it with help: trained staff will help."},
		{"easy text and trained staff", "understanding", "yes", []Fact{fact("", StaffTrained, 1), fact("", EasyToRead, 1)}, Place{}, "",
			"Skorzystasz samodzielnie: tekst łatwy do czytania (ETR) i przeszkolona obsługa.",
			"You can use it by yourself: easy-to-read text and trained staff."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, ok := ProfileByCode(tt.profile)
			if !ok {
				t.Fatalf("no profile %s", tt.profile)
			}
			v := p.Judge(tt.facts, tt.place, today)
			breaks := ""
			if v.Breaks != nil {
				breaks = v.Breaks.Code()
			}
			if v.Verdict != tt.verdict || breaks != tt.breaks {
				t.Errorf("got %s, breaking at %q, want %s at %q", v.Verdict, breaks, tt.verdict, tt.breaks)
			}
			if want := (models.Text{PL: tt.pl, EN: tt.en}); v.Sentence != want {
				t.Errorf("got  %s\n     %s\nwant %s\n     %s", v.Sentence.PL, v.Sentence.EN, want.PL, want.EN)
			}
		})
	}
}
