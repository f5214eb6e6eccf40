package access

import (
	"fmt"
	"strconv"
	"strings"

	"wolnica/models"
)

// one, few and many are the three forms of a Polish noun after a number: 1 stopień, 2 stopnie, 5 stopni.
func plural(n int, one, few, many string) string {
	switch {
	case n == 1:
		return one
	case n%10 >= 2 && n%10 <= 4 && (n%100 < 12 || n%100 > 14):
		return few
	}
	return many
}

func pluralEN(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// number writes a measure: with a decimal comma in Polish.
func number(v Value) (pl, en string) {
	en = strconv.FormatFloat(float64(v), 'f', -1, 64)
	return strings.Replace(en, ".", ",", 1), en
}

// links as they stand in a sentence: "na dojściu", "o dojściu", and the same in English.
var linkWords = [linkCount]struct{ at, about models.Text }{
	Arrival:  {models.Text{PL: "na dojeździe", EN: "on the way to it"}, models.Text{PL: "dojeździe", EN: "the way to it"}},
	Path:     {models.Text{PL: "na dojściu", EN: "on the path"}, models.Text{PL: "dojściu", EN: "the path"}},
	Entrance: {models.Text{PL: "przy wejściu", EN: "at the entrance"}, models.Text{PL: "wejściu", EN: "the entrance"}},
	Inside:   {models.Text{PL: "wewnątrz", EN: "inside"}, models.Text{PL: "wnętrzu", EN: "the inside"}},
	Toilet:   {models.Text{PL: "w toalecie", EN: "in the toilet"}, models.Text{PL: "toalecie", EN: "the toilet"}},
	Services: {models.Text{PL: "w obsłudze", EN: "in the services"}, models.Text{PL: "obsłudze i mediach", EN: "the services and media"}},
}

// at is the link with the number of its part: "przy wejściu 2".
func at(l Link, n uint16) models.Text {
	t := linkWords[l].at
	if n > 1 {
		t.PL += fmt.Sprintf(" %d", n)
		t.EN += fmt.Sprintf(" %d", n)
	}
	return t
}

// phrase says of a fact what is wrong with it, or what it asks of a helper; empty when it is only the lack of a way round.
func (r *Reason) phrase() models.Text {
	f := r.fact
	if f == nil || f.State != Known {
		return models.Text{}
	}
	pl, en := number(f.Value)
	code := ""
	if values := f.Attr.Info().Values; values != nil && f.Attr.Info().Type == models.AttributeEnum {
		code = values[int(f.Value)]
	}
	here := at(r.Link, r.n)
	say := func(pl, en string) models.Text { return models.Text{PL: pl, EN: en} }
	switch f.Attr {
	case PathMinWidth:
		return say("dojście ma tylko "+pl+" cm szerokości", "the path is only "+en+" cm wide")
	case InclineMax:
		return say("dojście ma nachylenie "+strings.TrimPrefix(pl, "-")+" %", "the path slopes "+strings.TrimPrefix(en, "-")+" %")
	case Smoothness:
		return say("nierówna nawierzchnia dojścia", "an uneven path")
	case Kerb:
		switch code {
		case "lowered":
			return say("obniżony krawężnik "+here.PL, "a lowered kerb "+here.EN)
		case "rolled":
			return say("zaokrąglony krawężnik "+here.PL, "a rolled kerb "+here.EN)
		}
		return say("wysoki krawężnik "+here.PL, "a raised kerb "+here.EN)
	case KerbHeight:
		return say("krawężnik "+pl+" cm "+here.PL, "a "+en+" cm kerb "+here.EN)
	case RestGapMax:
		return say(pl+" m bez miejsca do siedzenia", en+" m without a seat")
	case TactileGuidance:
		if code == "partial" {
			return say("prowadzenie dotykowe tylko na części drogi", "tactile guidance on a part of the way only")
		}
		return say("brak prowadzenia dotykowego", "no tactile guidance")
	case StepContrast:
		return say("stopnie bez kontrastowych krawędzi "+here.PL, "steps without contrasting edges "+here.EN)
	case Ramp:
		if code == "removable" {
			return say("pochylnię rozkłada obsługa", "staff lay a ramp")
		}
		if code == "fixed" && r.Outcome != models.VerdictNo {
			return say("pochylnia "+here.PL, "a ramp "+here.EN)
		}
	case RampSlope:
		return say("pochylnia ma nachylenie "+pl+" %", "the ramp slopes "+en+" %")
	case RampRun:
		return say("bieg pochylni ma "+pl+" m", "a run of the ramp is "+en+" m long")
	case StepFreeAlternative:
		switch code {
		case "platform":
			return say("podnośnik "+here.PL, "a platform lift "+here.EN)
		case "lift":
			return say("winda "+here.PL, "a lift "+here.EN)
		case "other_way":
			return say("inna droga bez stopni "+here.PL, "another way without steps "+here.EN)
		}
	case EntranceLevel:
		return say("próg wyższy niż 2 cm "+here.PL, "a lip above 2 cm "+here.EN)
	case Threshold:
		return say("próg "+pl+" cm "+here.PL, "a "+en+" cm lip "+here.EN)
	case DoorWidth:
		if r.Link == Toilet {
			return say("drzwi toalety mają "+pl+" cm", "the toilet door is "+en+" cm wide")
		}
		return say("drzwi mają "+pl+" cm "+here.PL, "the door is "+en+" cm wide "+here.EN)
	case GlassMarked:
		return say("nieoznaczone szkło "+here.PL, "unmarked glass "+here.EN)
	case StepFreeInside:
		if code == "part" {
			return say("bez stopni jest tylko część wnętrza", "only a part of the inside is step-free")
		}
		return say("wnętrze jest tylko po schodach", "the inside is reached by stairs only")
	case TurningSpace:
		return say("na obrót wózka w toalecie jest "+pl+" cm", "there are "+en+" cm to turn in the toilet")
	case ToiletWheelchair:
		switch code {
		case "limited":
			return say("toaleta jest dostępna częściowo", "the toilet is partly accessible")
		case "yes":
			return say("toaleta dla wózków bez potwierdzonych wymiarów", "a wheelchair toilet without confirmed dimensions")
		}
		return say("nie ma toalety dla osób na wózkach", "there is no wheelchair toilet")
	case ToiletTransfer:
		return say("nie ma jak przesiąść się na sedes", "there is no room to move over to the toilet")
	case GrabBars:
		return say("toaleta jest bez poręczy", "the toilet has no bars")
	case BabyChanging:
		return say("nie ma przewijaka dla niemowląt", "there is no baby changing table")
	case TactileMedia:
		return say("nie ma nic do poznania dotykiem", "there is nothing to read by touch")
	case AudioDescription:
		if code == "occasional" {
			return say("audiodeskrypcja jest tylko podczas wybranych wydarzeń", "there is audio description at some events only")
		}
		return say("nie ma audiodeskrypcji", "there is no audio description")
	case AssistanceDog:
		return say("nie wolno wejść z psem asystującym", "assistance dogs are not let in")
	case InductionLoop:
		return say("nie ma pętli indukcyjnej", "there is no induction loop")
	case SignLanguage:
		return say("nie ma języka migowego", "there is no sign language")
	case Captions:
		return say("nie ma napisów", "there are no captions")
	case TextContact:
		return say("nie ma kontaktu tekstowego", "there is no contact by text")
	case EasyToRead:
		return say("nie ma tekstu łatwego do czytania", "there is no easy-to-read text")
	case Pictograms:
		return say("nie ma piktogramów", "there are no pictograms")
	case StaffTrained:
		if f.Value != 0 {
			return say("pomoże przeszkolona obsługa", "trained staff will help")
		}
		return say("obsługa nie jest przeszkolona", "staff are not trained")
	}
	return models.Text{}
}

// stepsPhrase says how many steps there are and how high: "jeden stopień 12 cm", "3 stopnie po 15 cm".
func stepsPhrase(steps, height *Fact, here models.Text) models.Text {
	n := int(steps.Value)
	count, countEN := strconv.Itoa(n), strconv.Itoa(n)
	if n == 1 {
		count, countEN = "jeden", "one"
	}
	pl := count + " " + plural(n, "stopień", "stopnie", "stopni")
	en := countEN + " " + pluralEN(n, "step", "steps")
	if height != nil && height.State == Known {
		hpl, hen := number(height.Value)
		if n > 1 {
			pl += " po"
		}
		pl += " " + hpl + " cm"
		en = countEN + " " + hen + " cm " + pluralEN(n, "step", "steps")
	}
	return models.Text{PL: pl + " " + here.PL, EN: en + " " + here.EN}
}

// sentence says one reason by itself.
func (r *Reason) sentence() models.Text {
	info := r.Attribute.Info()
	var t models.Text
	switch {
	case r.Outcome == models.VerdictUnknown:
		t = models.Text{PL: "Nie wiadomo: " + info.Label.PL, EN: "Not known: " + info.Label.EN}
	case r.Outcome == LinkNotApplicable:
		t = models.Text{PL: "Nie dotyczy: " + info.Label.PL, EN: "Not applicable: " + info.Label.EN}
	case r.Outcome == models.VerdictYes:
		t = models.Text{PL: "Spełnione: " + info.Label.PL + r.valueText().PL, EN: "Met: " + info.Label.EN + r.valueText().EN}
	case r.Attribute == Steps:
		t = stepsPhrase(r.fact, r.height, at(r.Link, r.n))
	default:
		if t = r.phrase(); t.PL == "" {
			value := r.valueText()
			t = models.Text{PL: info.Label.PL + strings.Replace(value.PL, ",", ":", 1), EN: info.Label.EN + strings.Replace(value.EN, ",", ":", 1)}
		}
	}
	return models.Text{PL: capital(t.PL) + ".", EN: capital(t.EN) + "."}
}

// valueText is ", 95 cm" or ", stała", empty for yes.
func (r *Reason) valueText() models.Text {
	f := r.fact
	if f == nil || f.State != Known {
		return models.Text{}
	}
	info := f.Attr.Info()
	switch info.Type {
	case models.AttributeNumber, models.AttributeInteger:
		pl, en := number(f.Value)
		if info.Unit != "" {
			pl, en = pl+" "+info.Unit, en+" "+info.Unit
		}
		return models.Text{PL: ", " + pl, EN: ", " + en}
	case models.AttributeEnum:
		label := info.Choices.Label(info.Values[int(f.Value)])
		return models.Text{PL: ", " + label.PL, EN: ", " + label.EN}
	case models.AttributeSet:
		var t models.Text
		for i, code := range info.Values {
			if uint64(f.Value)>>i&1 == 1 {
				label := info.Choices.Label(code)
				t.PL, t.EN = t.PL+", "+label.PL, t.EN+", "+label.EN
			}
		}
		return t
	}
	return models.Text{}
}

func capital(s string) string {
	r := []rune(s)
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

// texts collects what is said in both languages, each thing once.
type texts struct{ pl, en []string }

func (t *texts) add(x models.Text) {
	if x.PL == "" {
		return
	}
	for _, said := range t.pl {
		if said == x.PL {
			return
		}
	}
	t.pl, t.en = append(t.pl, x.PL), append(t.en, x.EN)
}

func list(words []string, and string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " " + and + " " + words[n-1]
	}
	return strings.Join(words, "")
}

// say adds what the reasons say that have the outcome; steps and their height are one thing.
func (t *texts) say(reasons []Reason, outcome string) {
	for i := range reasons {
		r := &reasons[i]
		switch {
		case r.Outcome != outcome, r.fact == nil, r.Attribute == StepHeight && stepsSaid(reasons, outcome):
		case r.Attribute == Steps:
			t.add(stepsPhrase(r.fact, r.height, at(r.Link, r.n)))
		case r.Attribute == StepHeight:
			pl, en := number(r.fact.Value)
			here := at(r.Link, r.n)
			t.add(models.Text{PL: "stopień " + pl + " cm " + here.PL, EN: "a " + en + " cm step " + here.EN})
		default:
			t.add(r.phrase())
		}
	}
}

func stepsSaid(reasons []Reason, outcome string) bool {
	for i := range reasons {
		if reasons[i].Attribute == Steps && reasons[i].Outcome == outcome {
			return true
		}
	}
	return false
}

// sentence says the verdict to a visitor.
func (p *Profile) sentence(s *sheet, c *chain, v *Verdict) models.Text {
	var told, positive texts
	var dark []Link // links of which nothing is known
	known, judged := 0, 0
	for l := Path; l <= Services; l++ {
		link := &v.Links[l]
		if link.Verdict == LinkNotJudged || link.Verdict == LinkNotApplicable {
			continue
		}
		judged++
		if link.Verdict == models.VerdictUnknown && !p.anythingKnown(s, l, c.links[l].in) {
			dark = append(dark, l)
		} else {
			known++
		}
		if link.Verdict == v.Verdict {
			told.say(link.Reasons, v.Verdict)
		}
		if link.Verdict == models.VerdictYes {
			for i := range link.Reasons {
				label := link.Reasons[i].Attribute.Info().Label
				if link.Reasons[i].Attribute == Steps && string(link.Reasons[i].Value) == "0" {
					label = models.Text{PL: "brak stopni", EN: "no steps"}
				}
				positive.add(label)
			}
		}
	}
	switch v.Verdict {
	case models.VerdictNo:
		start := models.Text{PL: "Nie skorzystasz", EN: "You cannot use it"}
		if s.segment {
			start = models.Text{PL: "Nie przejdziesz", EN: "You cannot get through"}
		} else if p.moves {
			start = models.Text{PL: "Nie wejdziesz", EN: "You cannot get in"}
			if *v.Breaks == Toilet && onlyBreaks(v, Toilet) {
				start = models.Text{PL: "Nie skorzystasz z toalety", EN: "You cannot use the toilet"}
			} else if *v.Breaks == Inside && onlyBreaks(v, Inside) {
				start = models.Text{PL: "Nie obejrzysz wnętrza", EN: "You cannot see the inside"}
			}
		}
		t := models.Text{PL: start.PL + ": " + list(told.pl, "i"), EN: start.EN + ": " + list(told.en, "and")}
		if len(dark) > 0 {
			var about texts
			for _, l := range dark {
				about.add(linkWords[l].about)
			}
			t.PL += ", a o " + list(about.pl, "i") + " nic nie wiadomo"
			t.EN += ", and nothing is known about " + list(about.en, "and")
		}
		return models.Text{PL: t.PL + ".", EN: t.EN + "."}
	case models.VerdictWithHelp:
		start := models.Text{PL: "Skorzystasz z pomocą", EN: "You can use it with help"}
		if s.segment {
			start = models.Text{PL: "Przejdziesz z pomocą", EN: "You can get through with help"}
		} else if p.moves {
			start = models.Text{PL: "Wejdziesz z pomocą", EN: "You can get in with help"}
		}
		return models.Text{PL: start.PL + ": " + list(told.pl, "i") + ".", EN: start.EN + ": " + list(told.en, "and") + "."}
	case models.VerdictYes:
		if s.segment {
			return models.Text{PL: "Przejdziesz samodzielnie.", EN: "You can get through by yourself."}
		}
		if !p.moves {
			return models.Text{PL: "Skorzystasz samodzielnie: " + list(positive.pl, "i") + ".", EN: "You can use it by yourself: " + list(positive.en, "and") + "."}
		}
		t := models.Text{PL: "Wejdziesz samodzielnie", EN: "You can get in by yourself"}
		switch {
		case v.Links[Toilet].Verdict != models.VerdictYes:
		case p.links.Has(Toilet) && p.Code == "pram":
			t.PL, t.EN = t.PL+", jest też przewijak", t.EN+", and there is a baby changing table"
		default:
			t.PL, t.EN = t.PL+", z toalety też skorzystasz", t.EN+", and use the toilet too"
		}
		return models.Text{PL: t.PL + ".", EN: t.EN + "."}
	}
	if judged == 0 || known == 0 {
		return models.Text{PL: "Nie wiadomo: nikt jeszcze nie opisał tego, co tu jest dla ciebie ważne.",
			EN: "Not known: nobody has described yet what matters to you here."}
	}
	start := models.Text{PL: "Nie wiadomo, czy skorzystasz", EN: "It is not known whether you can use it"}
	if s.segment {
		start = models.Text{PL: "Nie wiadomo, czy przejdziesz", EN: "It is not known whether you can get through"}
	} else if p.moves {
		start = models.Text{PL: "Nie wiadomo, czy wejdziesz", EN: "It is not known whether you can get in"}
	}
	if n := len(v.Missing); n > 0 {
		var ask texts
		for _, m := range v.Missing {
			if len(ask.pl) == 3 && n > 4 {
				break
			}
			label := m.Attribute.Info().Label
			if m.Part.Link != Services && (m.Part.Link != ownLink()[m.Attribute] || m.Part.N > 1) {
				where := at(m.Part.Link, m.Part.N)
				label = models.Text{PL: label.PL + " " + where.PL, EN: label.EN + " " + where.EN}
			}
			ask.add(label)
		}
		if more := n - len(ask.pl); more > 0 && len(ask.pl) == 3 {
			ask.add(models.Text{PL: fmt.Sprintf("%d %s", more, plural(more, "inna", "inne", "innych")),
				EN: fmt.Sprintf("%d %s", more, pluralEN(more, "other", "others"))})
		}
		count, countEN := strconv.Itoa(n), strconv.Itoa(n)
		if n == 1 {
			count, countEN = "jednej", "one"
		}
		start.PL += ". Brakuje " + count + " informacji: " + list(ask.pl, "i")
		start.EN += ". " + capital(countEN) + " " + pluralEN(n, "fact is", "facts are") + " missing: " + list(ask.en, "and")
	}
	return models.Text{PL: start.PL + ".", EN: start.EN + "."}
}

func onlyBreaks(v *Verdict, l Link) bool {
	for i := range v.Links {
		if v.Links[i].Verdict == models.VerdictNo && v.Links[i].Link != l {
			return false
		}
	}
	return true
}

// anythingKnown says whether a fact counts for any condition of the link.
func (p *Profile) anythingKnown(s *sheet, l Link, in *instance) bool {
	found := false
	p.rules[l].each(func(r *rule) {
		if r.services {
			_, f, _ := r.served(s)
			found = found || f != nil
		} else {
			found = found || s.fact(in, r.attr) != nil
		}
	})
	return found
}
