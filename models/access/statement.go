package access

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"wolnica/models"
)

// A Statement is a draft of the section "architectural accessibility" (element a11y-architektura) of the accessibility statement that art. 10 of the
// Act of 4 April 2019 on the digital accessibility of web sites and mobile applications of public bodies asks for. Its parts are what the technical
// conditions for statements (version 2.0, 31 July 2024) want told: the entrance, corridors, stairs and lifts, adaptations, parking, assistance
// dogs, a sign language interpreter; the toilet stands beside them because visitors ask for it.
//
// Every sentence is one fact, or the facts on one thing. What nobody knows is a question to the author and never filled in; what is stale or
// disputed stands apart, to be confirmed.
type Statement struct {
	Sections []StatementSection `json:"sections"`
}

// A StatementSection is one part of the draft.
type StatementSection struct {
	Code  string      `json:"code"`
	Title models.Text `json:"title"`
	// Sentences rest on facts that count.
	Sentences []StatementSentence `json:"sentences"`
	// Doubtful are the sentences that old or disputed facts would give; they are not part of the text until somebody confirms them.
	Doubtful []StatementSentence `json:"doubtful"`
	// Questions are what the author has to find out.
	Questions []StatementQuestion `json:"questions"`
}

// A StatementSentence is one sentence with what it rests on.
type StatementSentence struct {
	Text  models.Text `json:"text"`
	Facts []Fact      `json:"-"`
	// ObservedOn is the day of the oldest of its facts.
	ObservedOn *models.Date `json:"observed_on"`
	// Why is empty, WhyStale or WhyDisputed.
	Why string `json:"why,omitempty"`
}

// A StatementQuestion is something that nobody has recorded.
type StatementQuestion struct {
	Text models.Text `json:"text"`
	Slot Slot        `json:"slot"`
}

// The sections of a Statement, in the order of the technical conditions.
var statementSections = []struct {
	code  string
	title models.Text
}{
	{"entrance", models.Text{PL: "Dojście i wejście do budynku", EN: "The way in and the entrance"}},
	{"circulation", models.Text{PL: "Korytarze, schody i windy", EN: "Corridors, stairs and lifts"}},
	{"adaptations", models.Text{PL: "Dostosowania", EN: "Adaptations"}},
	{"toilet", models.Text{PL: "Toaleta", EN: "Toilet"}},
	{"parking", models.Text{PL: "Parking i dojazd", EN: "Parking and arrival"}},
	{"dog", models.Text{PL: "Pies asystujący", EN: "Assistance dogs"}},
	{"sign_language", models.Text{PL: "Tłumacz języka migowego i kontakt", EN: "Sign language interpreter and contact"}},
}

// A topic is one thing a statement tells: what its fact makes of a sentence, or else what is asked.
type topic struct {
	section string
	// links are the links at whose parts it is told. An attribute of the services is told wherever it stands.
	links []Link
	attr  Attr
	// say is the sentence of a known fact; "{at}" and, where it begins a Polish sentence, "{At}" stand for where: "przy wejściu 2". with gives the other facts that count there.
	say func(f *Fact, with func(Attr) *Fact) models.Text
	// absent is the sentence of "not applicable"; without it nothing is said, and nothing asked.
	absent models.Text
	// ask is the question when nothing is known at the first part; without it nothing is asked. It is not asked where one of unless counts, or the
	// facts there make it pointless.
	ask       models.Text
	unless    []Attr
	pointless func(with func(Attr) *Fact) bool
}

var topics = sync.OnceValue(func() []topic {
	text := func(pl, en string) models.Text { return models.Text{PL: pl, EN: en} }
	measure := func(pl, en string) func(*Fact, func(Attr) *Fact) models.Text {
		return func(f *Fact, _ func(Attr) *Fact) models.Text {
			numberPL, numberEN := number(max(f.Value, -f.Value))
			return models.Text{PL: strings.ReplaceAll(pl, "{n}", numberPL), EN: strings.ReplaceAll(en, "{n}", numberEN)}
		}
	}
	yesNo := func(yes, no models.Text) func(*Fact, func(Attr) *Fact) models.Text {
		return func(f *Fact, _ func(Attr) *Fact) models.Text {
			if f.Value != 0 {
				return yes
			}
			return no
		}
	}
	by := func(codes map[string]models.Text) func(*Fact, func(Attr) *Fact) models.Text {
		return func(f *Fact, _ func(Attr) *Fact) models.Text { return codes[f.code()] }
	}
	// listed names the codes of a set, or says that there is none.
	listed := func(pl, en string, none models.Text) func(*Fact, func(Attr) *Fact) models.Text {
		return func(f *Fact, _ func(Attr) *Fact) models.Text {
			var words texts
			info := f.Attr.Info()
			for i, code := range info.Values {
				if uint64(f.Value)>>i&1 == 0 {
					continue
				}
				if code == "none" {
					return none
				}
				words.add(info.Choices.Label(code))
			}
			return models.Text{PL: pl + list(words.pl, "i") + ".", EN: en + list(words.en, "and") + "."}
		}
	}
	steps := func(f *Fact, with func(Attr) *Fact) models.Text {
		if f.Value == 0 {
			return text("{At} nie ma stopni.", "There are no steps {at}.")
		}
		t := stepsPhrase(f, with(StepHeight), text("{at}", "{at}"))
		return models.Text{PL: "Do pokonania: " + t.PL + ".", EN: "On the way: " + t.EN + "."}
	}
	ramp := func(f *Fact, with func(Attr) *Fact) models.Text {
		var t models.Text
		switch f.code() {
		case "none":
			return text("{At} nie ma pochylni.", "There is no ramp {at}.")
		case "removable":
			t = text("{At} obsługa rozkłada przenośną pochylnię", "Staff lay a removable ramp {at}")
		default:
			t = text("{At} jest stała pochylnia", "There is a fixed ramp {at}")
		}
		if slope := with(RampSlope); slope != nil {
			pl, en := number(slope.Value)
			t.PL, t.EN = t.PL+", nachylenie "+pl+" %", t.EN+" with a slope of "+en+"%"
		}
		if run := with(RampRun); run != nil {
			pl, en := number(run.Value)
			t.PL, t.EN = t.PL+", bieg "+pl+" m", t.EN+", a run of "+en+" m"
		}
		return models.Text{PL: t.PL + ".", EN: t.EN + "."}
	}
	kerb := func(f *Fact, with func(Attr) *Fact) models.Text {
		t := map[string]models.Text{
			"flush": text("Krawężnik na dojściu jest zlicowany", "The kerb on the path is flush"), "lowered": text("Krawężnik na dojściu jest obniżony", "The kerb on the path is lowered"),
			"raised": text("Krawężnik na dojściu jest wysoki", "The kerb on the path is raised"), "rolled": text("Krawężnik na dojściu jest zaokrąglony", "The kerb on the path is rolled"),
			"no": text("Na dojściu nie ma krawężnika", "There is no kerb on the path"),
		}[f.code()]
		if height := with(KerbHeight); height != nil && f.code() != "no" {
			pl, en := number(height.Value)
			t.PL, t.EN = t.PL+" ("+pl+" cm)", t.EN+" ("+en+" cm)"
		}
		return models.Text{PL: t.PL + ".", EN: t.EN + "."}
	}
	lift := func(f *Fact, with func(Attr) *Fact) models.Text {
		pl, en := number(f.Value)
		t := text("Kabina windy ma "+pl+" cm szerokości", "The lift car is "+en+" cm wide")
		if length := with(LiftLength); length != nil {
			pl, en = number(length.Value)
			t.PL, t.EN = t.PL+" i "+pl+" cm długości", t.EN+" and "+en+" cm long"
		}
		return models.Text{PL: t.PL + ".", EN: t.EN + "."}
	}
	parking := func(f *Fact, with func(Attr) *Fact) models.Text {
		n := int(f.Value)
		if n == 0 {
			return text("Nie ma miejsc parkingowych wyznaczonych dla osób z niepełnosprawnościami.", "There are no parking spaces for disabled people.")
		}
		t := text(fmt.Sprintf("Dla osób z niepełnosprawnościami wyznaczono %d %s parkingow%s", n, plural(n, "miejsce", "miejsca", "miejsc"),
			plural(n, "e", "e", "ych")), fmt.Sprintf("There %s %d parking %s for disabled people", pluralEN(n, "is", "are"), n, pluralEN(n, "space", "spaces")))
		if far := with(ParkingDistance); far != nil {
			pl, en := number(far.Value)
			t.PL, t.EN = t.PL+", "+pl+" m od wejścia", t.EN+", "+en+" m from the entrance"
		}
		return models.Text{PL: t.PL + ".", EN: t.EN + "."}
	}
	service := []Link{Services}
	return []topic{
		{section: "entrance", links: []Link{Path}, attr: PathMinWidth, say: measure("Dojście ma co najmniej {n} cm szerokości.", "The path is at least {n} cm wide.")},
		{section: "entrance", links: []Link{Path}, attr: InclineMax, say: measure("Największe nachylenie dojścia to {n} %.", "The steepest slope of the path is {n}%.")},
		{section: "entrance", links: []Link{Path}, attr: Surface, say: func(f *Fact, _ func(Attr) *Fact) models.Text {
			l := models.Surfaces.Label(f.code())
			return text("Nawierzchnia dojścia: "+l.PL+".", "Surface of the path: "+l.EN+".")
		}},
		{section: "entrance", links: []Link{Path}, attr: Kerb, say: kerb},
		{section: "entrance", links: []Link{Path}, attr: TactileGuidance, say: by(map[string]models.Text{
			"no":      text("Na dojściu nie ma prowadzenia dotykowego.", "There is no tactile guidance on the path."),
			"partial": text("Prowadzenie dotykowe jest na części dojścia.", "There is tactile guidance on a part of the path."),
			"yes":     text("Na całym dojściu jest prowadzenie dotykowe.", "There is tactile guidance all along the path.")})},
		{section: "entrance", links: []Link{Path, Entrance}, attr: Steps, say: steps,
			ask: text("Ile stopni trzeba pokonać {at} i jakiej są wysokości?", "How many steps are there {at}, and how high are they?")},
		{section: "entrance", links: []Link{Entrance}, attr: EntranceLevel, say: yesNo(
			text("Próg {at} ma najwyżej 2 cm.", "The lip {at} is at most 2 cm."),
			text("{At} jest próg wyższy niż 2 cm.", "There is a lip above 2 cm {at}."))},
		{section: "entrance", links: []Link{Entrance}, attr: Threshold, unless: []Attr{EntranceLevel}, ask: text("Jaką wysokość ma próg {at}?", "How high is the threshold {at}?"),
			say: func(f *Fact, _ func(Attr) *Fact) models.Text {
				if f.Value == 0 {
					return text("{At} nie ma progu.", "There is no threshold {at}.")
				}
				pl, en := number(f.Value)
				return text("Próg {at} ma "+pl+" cm.", "The threshold {at} is "+en+" cm high.")
			}},
		{section: "entrance", links: []Link{Entrance}, attr: DoorWidth, say: measure("Drzwi {at} mają {n} cm szerokości w świetle.", "The door {at} is {n} cm wide in the clear."),
			ask: text("Jaką szerokość w świetle mają drzwi {at}?", "What is the clear width of the door {at}?")},
		{section: "entrance", links: []Link{Entrance}, attr: DoorOperation, say: by(map[string]models.Text{
			"manual":    text("Drzwi {at} otwiera się ręcznie.", "The door {at} is opened by hand."),
			"automatic": text("Drzwi {at} otwierają się automatycznie.", "The door {at} opens by itself."),
			"revolving": text("Drzwi {at} są obrotowe.", "The door {at} is a revolving one."),
			"turnstile": text("{At} stoi bramka obrotowa.", "There is a turnstile {at}.")})},
		{section: "entrance", links: []Link{Entrance}, attr: GlassMarked, say: yesNo(text("Przeszklenia {at} są oznaczone.", "Glass {at} is marked."),
			text("Przeszklenia {at} nie są oznaczone.", "Glass {at} is not marked."))},
		{section: "entrance", links: []Link{Entrance}, attr: CallDevice, say: by(map[string]models.Text{
			"none":     text("{At} nie ma dzwonka ani domofonu.", "There is neither a bell nor an intercom {at}."),
			"button":   text("Obsługę można wezwać dzwonkiem {at}.", "Staff can be called with a bell {at}."),
			"intercom": text("Obsługę można wezwać domofonem {at}.", "Staff can be called by intercom {at}."),
			"video":    text("Obsługę można wezwać wideodomofonem {at}.", "Staff can be called by video intercom {at}.")})},

		{section: "circulation", links: []Link{Inside}, attr: StepFreeInside, say: by(map[string]models.Text{
			"all":  text("Wszędzie wewnątrz można dostać się bez pokonywania stopni.", "All of the inside is reached without a step."),
			"part": text("Bez pokonywania stopni dostępna jest część wnętrza.", "A part of the inside is reached without a step."),
			"none": text("Do wnętrza prowadzą tylko schody.", "The inside is reached by stairs only.")}),
			absent: text("Miejsce nie ma wnętrza dla odwiedzających.", "The place has no inside for visitors."),
			ask:    text("Czy do wszystkich pomieszczeń dla odwiedzających można dostać się bez schodów?", "Are all rooms for visitors reached without stairs?")},
		{section: "circulation", links: []Link{Inside}, attr: Steps, say: steps},
		{section: "circulation", links: []Link{Path, Entrance, Inside}, attr: Handrail, say: by(map[string]models.Text{
			"none":  text("{At} nie ma poręczy.", "There is no handrail {at}."),
			"left":  text("{At} poręcz jest po lewej stronie.", "There is a handrail on the left {at}."),
			"right": text("{At} poręcz jest po prawej stronie.", "There is a handrail on the right {at}."),
			"both":  text("{At} poręcze są po obu stronach.", "There are handrails on both sides {at}.")})},
		{section: "circulation", links: []Link{Entrance, Inside}, attr: StepContrast, say: yesNo(text("Krawędzie stopni {at} są oznaczone kontrastowo.", "Step edges {at} are marked in contrast."),
			text("Krawędzie stopni {at} nie są oznaczone kontrastowo.", "Step edges {at} are not marked in contrast."))},
		{section: "circulation", links: []Link{Inside}, attr: LiftWidth, say: lift,
			ask: text("Czy jest winda i jaką ma kabinę?", "Is there a lift, and how big is its car?"),
			pointless: func(with func(Attr) *Fact) bool {
				f := with(StepFreeInside)
				return f != nil && (f.State == NotApplicable || f.code() == "none")
			}},
		{section: "circulation", links: []Link{Inside}, attr: LiftSpeech, say: yesNo(text("Winda ma komunikaty głosowe.", "The lift speaks."), text("Winda nie ma komunikatów głosowych.", "The lift does not speak."))},
		{section: "circulation", links: []Link{Inside}, attr: TurningSpace, say: measure("Najmniejsze pole manewru wewnątrz ma {n} cm średnicy.", "The least turning space inside is {n} cm across.")},

		{section: "adaptations", links: []Link{Path, Entrance}, attr: Ramp, say: ramp, ask: text("Czy stopnie {at} można ominąć pochylnią?", "Is there a ramp beside the steps {at}?"),
			pointless: func(with func(Attr) *Fact) bool {
				f := with(Steps)
				return f == nil || f.State != Known || f.Value == 0
			}},
		{section: "adaptations", links: []Link{Path, Entrance}, attr: StepFreeAlternative, say: by(map[string]models.Text{
			"none":      text("Stopni {at} nie można ominąć windą ani inną drogą.", "There is no lift and no other way round the steps {at}."),
			"lift":      text("Stopnie {at} omija winda.", "A lift leads round the steps {at}."),
			"platform":  text("Stopnie {at} omija podnośnik lub schodołaz obsługiwany przez pracownika.", "A platform lift or stair climber run by staff leads round the steps {at}."),
			"other_way": text("Stopnie {at} można ominąć inną drogą.", "Another way leads round the steps {at}.")})},
		{section: "adaptations", links: []Link{Entrance}, attr: SoundBeacon, say: yesNo(text("{At} działa naprowadzanie dźwiękiem.", "A sound beacon works {at}."), text("{At} nie ma naprowadzania dźwiękiem.", "There is no sound beacon {at}."))},
		{section: "adaptations", links: service, attr: LayoutInfo, say: listed("Informacja o rozkładzie pomieszczeń: ", "Information on the layout of the rooms: ",
			text("Nie ma informacji o rozkładzie pomieszczeń.", "There is no information on the layout of the rooms.")),
			ask: text("Czy jest informacja o rozkładzie pomieszczeń: wizualna, dotykowa, głosowa?", "Is there information on the layout of the rooms: visual, tactile, by voice?")},
		{section: "adaptations", links: service, attr: TactileMedia, say: listed("Do poznania dotykiem: ", "To be read by touch: ", text("Nie ma materiałów do poznania dotykiem.", "There is nothing to be read by touch."))},
		{section: "adaptations", links: service, attr: AudioDescription, say: by(map[string]models.Text{
			"none":       text("Nie ma audiodeskrypcji.", "There is no audio description."),
			"permanent":  text("Audiodeskrypcja jest dostępna stale.", "There is audio description at all times."),
			"app":        text("Audiodeskrypcja jest dostępna w aplikacji.", "There is audio description in an app."),
			"occasional": text("Audiodeskrypcja jest dostępna podczas wybranych wydarzeń.", "There is audio description at some events.")})},
		{section: "adaptations", links: service, attr: InductionLoop, say: by(map[string]models.Text{
			"none":     text("Nie ma pętli indukcyjnej.", "There is no induction loop."),
			"fixed":    text("Działa stała pętla indukcyjna.", "There is a fixed induction loop."),
			"portable": text("Dostępna jest przenośna pętla indukcyjna.", "There is a portable induction loop.")}), unless: []Attr{FMSystem},
			ask: text("Czy jest pętla indukcyjna lub system FM?", "Is there an induction loop or an FM system?")},
		{section: "adaptations", links: service, attr: FMSystem, say: yesNo(text("Dostępny jest system FM.", "There is an FM system."), text("Nie ma systemu FM.", "There is no FM system."))},
		{section: "adaptations", links: service, attr: Captions, say: yesNo(text("Nagrania mają napisy.", "Recordings have captions."), text("Nagrania nie mają napisów.", "Recordings have no captions."))},
		{section: "adaptations", links: service, attr: EasyToRead, say: yesNo(text("Jest tekst łatwy do czytania i zrozumienia (ETR).", "There is easy-to-read text."), text("Nie ma tekstu łatwego do czytania i zrozumienia (ETR).", "There is no easy-to-read text."))},
		{section: "adaptations", links: service, attr: Pictograms, say: yesNo(text("Drogę pokazują piktogramy.", "Pictograms show the way."), text("Nie ma piktogramów.", "There are no pictograms."))},
		{section: "adaptations", links: service, attr: QuietSpace, say: by(map[string]models.Text{
			"none":  text("Nie ma pokoju wyciszenia ani cichych godzin.", "There is neither a quiet room nor quiet hours."),
			"space": text("Jest pokój wyciszenia.", "There is a quiet room."), "hours": text("Są ciche godziny.", "There are quiet hours.")})},
		{section: "adaptations", links: service, attr: StaffTrained, say: yesNo(text("Obsługa jest przeszkolona z pomocy osobom ze szczególnymi potrzebami.", "Staff are trained to help people with special needs."),
			text("Obsługa nie jest przeszkolona z pomocy osobom ze szczególnymi potrzebami.", "Staff are not trained to help people with special needs."))},
		{section: "adaptations", links: service, attr: EvacuationSupport, say: yesNo(text("Zapewniono wsparcie w ewakuacji.", "Support in evacuation is provided for."), text("Nie zapewniono wsparcia w ewakuacji.", "No support in evacuation is provided for.")),
			ask: text("Jak ewakuuje się osoby ze szczególnymi potrzebami?", "How are people with special needs evacuated?")},

		{section: "toilet", links: []Link{Toilet}, attr: ToiletWheelchair, say: by(map[string]models.Text{
			"yes":     text("Jest toaleta dla osób na wózkach.", "There is a toilet for wheelchair users."),
			"limited": text("Toaleta jest dostępna dla osób na wózkach w ograniczonym zakresie.", "The toilet can be used by wheelchair users to a limited extent."),
			"no":      text("Nie ma toalety dla osób na wózkach.", "There is no toilet for wheelchair users.")}),
			absent: text("Nie ma toalety dla odwiedzających.", "There is no toilet for visitors."),
			ask:    text("Czy jest toaleta dostępna dla osób na wózkach?", "Is there a toilet for wheelchair users?")},
		{section: "toilet", links: []Link{Toilet}, attr: DoorWidth, say: measure("Drzwi toalety mają {n} cm szerokości w świetle.", "The toilet door is {n} cm wide in the clear.")},
		{section: "toilet", links: []Link{Toilet}, attr: TurningSpace, say: measure("Pole manewru w toalecie ma {n} cm średnicy.", "The turning space in the toilet is {n} cm across.")},
		{section: "toilet", links: []Link{Toilet}, attr: GrabBars, say: by(map[string]models.Text{
			"none": text("Przy toalecie nie ma poręczy.", "The toilet has no grab bars."), "one": text("Przy toalecie jest poręcz z jednej strony.", "The toilet has a grab bar on one side."),
			"both": text("Przy toalecie są poręcze z obu stron.", "The toilet has grab bars on both sides.")})},
		{section: "toilet", links: []Link{Toilet}, attr: ToiletTransfer, say: by(map[string]models.Text{
			"none": text("Obok toalety nie ma miejsca na wózek.", "There is no room for a wheelchair beside the toilet."), "left": text("Na toaletę można przesiąść się z lewej strony.", "One can move over to the toilet from the left."),
			"right": text("Na toaletę można przesiąść się z prawej strony.", "One can move over to the toilet from the right."), "both": text("Na toaletę można przesiąść się z obu stron.", "One can move over to the toilet from both sides.")})},
		{section: "toilet", links: []Link{Toilet}, attr: AdultChanging, say: yesNo(text("Jest przewijak dla dorosłych (komfortka).", "There is a changing table for adults."), text("Nie ma przewijaka dla dorosłych (komfortki).", "There is no changing table for adults."))},
		{section: "toilet", links: []Link{Toilet}, attr: BabyChanging, say: yesNo(text("Jest przewijak dla niemowląt.", "There is a baby changing table."), text("Nie ma przewijaka dla niemowląt.", "There is no baby changing table."))},
		{section: "toilet", links: []Link{Toilet}, attr: KeyNeeded, say: by(map[string]models.Text{
			"none": text("Toaletę otwiera się bez klucza.", "The toilet needs no key."), "eurokey": text("Toaletę otwiera euroklucz.", "The toilet is opened with a Euro key."),
			"staff": text("Klucz do toalety wydaje obsługa.", "Staff hand out the key to the toilet.")})},

		{section: "parking", links: []Link{Arrival}, attr: ParkingDisabled, say: parking,
			absent: text("Miejsce nie ma parkingu.", "The place has no car park."),
			ask:    text("Ile jest miejsc parkingowych dla osób z niepełnosprawnościami i gdzie są?", "How many parking spaces for disabled people are there, and where?")},
		{section: "parking", links: []Link{Arrival}, attr: StopDistance, say: measure("Najbliższy przystanek jest {n} m stąd.", "The nearest stop is {n} m away.")},

		{section: "dog", links: service, attr: AssistanceDog, say: yesNo(text("Można wejść z psem asystującym.", "Assistance dogs are welcome."), text("Nie można wejść z psem asystującym.", "Assistance dogs are not let in.")),
			ask: text("Czy można wejść z psem asystującym, a jeśli są ograniczenia, to jak są uzasadnione?", "Are assistance dogs let in, and if there are limits, how are they justified?")},

		{section: "sign_language", links: service, attr: SignLanguage, say: by(map[string]models.Text{
			"none":   text("Nie ma tłumacza polskiego języka migowego (PJM), na miejscu ani online.", "There is no Polish Sign Language (PJM) interpreter, neither on site nor online."),
			"live":   text("Na miejscu można skorzystać z tłumacza polskiego języka migowego (PJM).", "A Polish Sign Language (PJM) interpreter works on site."),
			"video":  text("Są nagrania w polskim języku migowym (PJM).", "There are recordings in Polish Sign Language (PJM)."),
			"remote": text("Można skorzystać z tłumacza polskiego języka migowego (PJM) online.", "A Polish Sign Language (PJM) interpreter works online.")}),
			ask: text("Czy można skorzystać z tłumacza polskiego języka migowego, na miejscu lub online?", "Is there a Polish Sign Language interpreter, on site or online?")},
		{section: "sign_language", links: service, attr: PJMRecording, say: yesNo(text("Na stronie internetowej jest nagranie o działalności w PJM.", "The web site has a recording about the institution in PJM."),
			text("Na stronie internetowej nie ma nagrania o działalności w PJM.", "The web site has no recording about the institution in PJM."))},
		{section: "sign_language", links: service, attr: TextContact, say: yesNo(text("Można skontaktować się przez SMS, e-mail lub czat.", "Contact is possible by SMS, e-mail or chat."), text("Nie ma kontaktu przez SMS, e-mail ani czat.", "There is no contact by SMS, e-mail or chat."))},
		{section: "sign_language", links: service, attr: ContactOnRequest, say: yesNo(text("Na wniosek zapewnia się kontakt w formie, którą osoba wskaże.", "Contact is provided in the form a person asks for."),
			text("Nie zapewnia się kontaktu w formie wskazanej we wniosku.", "Contact in the form a person asks for is not provided."))},
	}
})

// code is the code of an enum's value.
func (f *Fact) code() string { return f.Attr.Info().Values[int(f.Value)] }

// StatementOf drafts the statement of a place from its facts as of today.
func StatementOf(facts []Fact, place Place, today models.Day) Statement {
	standing := Current(facts, today)
	at := func(p Part, a Attr) *Standing {
		for i := range standing {
			if standing[i].Part == p && standing[i].Fact.Attr == a {
				return &standing[i]
			}
		}
		return nil
	}
	st := Statement{Sections: make([]StatementSection, len(statementSections))}
	for i, s := range statementSections {
		st.Sections[i] = StatementSection{Code: s.code, Title: s.title, Sentences: []StatementSentence{}, Doubtful: []StatementSentence{}, Questions: []StatementQuestion{}}
	}
	for i := range topics() {
		t := &topics()[i]
		section := &st.Sections[slices.IndexFunc(statementSections, func(s struct {
			code  string
			title models.Text
		}) bool {
			return s.code == t.section
		})]
		for _, l := range t.links {
			if place.Without.Has(l) {
				continue
			}
			for _, part := range partsOn(standing, l) {
				t.tell(section, part, at, l == Services && slices.ContainsFunc(standing, func(s Standing) bool { return s.Counts && s.Fact.Attr == t.attr }))
			}
		}
	}
	return st
}

// tell adds what the topic says of a part, or asks. known says that the attribute is known elsewhere at the place, so that it need not be asked.
func (t *topic) tell(section *StatementSection, part Part, at func(Part, Attr) *Standing, known bool) {
	var used []Fact
	with := func(a Attr) *Fact {
		if s := at(part, a); s != nil && s.Counts {
			if s.Fact.State == Known && !slices.ContainsFunc(used, func(f Fact) bool { return f.Attr == a }) {
				used = append(used, s.Fact)
			}
			return &s.Fact
		}
		return nil
	}
	main := at(part, t.attr)
	if main == nil || !main.Counts {
		if t.ask.PL != "" && part.N == 1 && part.Name == "" && !known && !slices.ContainsFunc(t.unless, func(a Attr) bool { return with(a) != nil }) &&
			(t.pointless == nil || !t.pointless(with)) {
			section.Questions = append(section.Questions, StatementQuestion{Text: t.placed(t.ask, part), Slot: Slot{part, t.attr}})
		}
	}
	if main == nil {
		return
	}
	var said models.Text
	used = used[:0]
	switch main.Fact.State {
	case NotApplicable:
		said = t.absent
	default: // a disputed one has the value that was said
		said = t.say(&main.Fact, func(a Attr) *Fact {
			if f := with(a); f != nil && f.State == Known {
				return f
			}
			return nil
		})
	}
	if said.PL == "" {
		return
	}
	sentence := StatementSentence{Text: t.placed(said, part), Facts: append([]Fact{main.Fact}, used...), Why: main.Why}
	sentence.ObservedOn = slices.MinFunc(sentence.Facts, func(a, b Fact) int { return cmp.Compare(a.ObservedOn, b.ObservedOn) }).ObservedOn.Date()
	if main.Counts {
		section.Sentences = append(section.Sentences, sentence)
	} else {
		section.Doubtful = append(section.Doubtful, sentence)
	}
}

// placed puts where it is into a sentence.
func (t *topic) placed(s models.Text, part Part) models.Text {
	if part.Link == Services {
		if part.Name != "" {
			s.PL, s.EN = strings.TrimSuffix(s.PL, ".")+" ("+part.Name+").", strings.TrimSuffix(s.EN, ".")+" ("+part.Name+")."
		}
		return s
	}
	where := at(part.Link, part.N)
	told := models.Text{PL: strings.NewReplacer("{at}", where.PL, "{At}", capital(where.PL)).Replace(s.PL), EN: strings.ReplaceAll(s.EN, "{at}", where.EN)}
	if part.N > 1 && told.PL == s.PL { // "Drzwi toalety mają …" of the second one
		n := strconv.Itoa(int(part.N))
		label := models.AccessLinks.Label(part.Link.Code())
		told = models.Text{PL: capital(label.PL) + " " + n + ": " + told.PL, EN: capital(label.EN) + " " + n + ": " + told.EN}
	}
	return told
}

// partsOn are the parts of a link that facts tell of, and the first.
func partsOn(standing []Standing, l Link) []Part {
	parts := []Part{{Link: l, N: 1}}
	for i := range standing {
		if p := standing[i].Part; p.Link == l && !slices.Contains(parts, p) {
			parts = append(parts, p)
		}
	}
	return parts
}

// ValueText is the value of a fact as people read it: "95 cm", "stała", "tak"; "nie dotyczy" where the fact says so, and empty for a text, which a
// Fact does not hold.
func (f *Fact) ValueText() models.Text {
	if f.State == NotApplicable {
		return models.FactStates.Label(models.FactNotApplicable)
	}
	info := f.Attr.Info()
	switch info.Type {
	case models.AttributeNumber, models.AttributeInteger:
		pl, en := number(f.Value)
		switch {
		case info.Unit == "%":
			pl, en = pl+"\u00a0%", en+"%"
		case info.Unit != "":
			pl, en = pl+"\u00a0"+info.Unit, en+"\u00a0"+info.Unit
		}
		return models.Text{PL: pl, EN: en}
	case models.AttributeBoolean:
		if f.Value != 0 {
			return models.Text{PL: "tak", EN: "yes"}
		}
		return models.Text{PL: "nie", EN: "no"}
	case models.AttributeEnum:
		return info.Choices.Label(f.code())
	case models.AttributeSet:
		var t texts
		for i, code := range info.Values {
			if uint64(f.Value)>>i&1 == 1 {
				t.add(info.Choices.Label(code))
			}
		}
		return models.Text{PL: strings.Join(t.pl, ", "), EN: strings.Join(t.en, ", ")}
	}
	return models.Text{}
}

// LastDay is the last day on which the fact holds: of an observation the earlier of its own and the last of its shelf life.
func (f *Fact) LastDay() models.Day { return f.lastDay() }

// PartText names a part: "wejście 2"; "miejsce" for the services of the whole place.
func PartText(p Part) models.Text {
	if p.Link == Services {
		if p.Name != "" {
			return models.Text{PL: p.Name, EN: p.Name}
		}
		return models.Text{PL: "całe miejsce", EN: "the whole place"}
	}
	label := models.AccessLinks.Label(p.Link.Code())
	if p.N > 1 {
		n := strconv.Itoa(int(p.N))
		return models.Text{PL: label.PL + " " + n, EN: label.EN + " " + n}
	}
	return label
}
