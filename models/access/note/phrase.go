package note

import (
	"strings"
	"sync"

	"wolnica/models"
)

// A claim is what a phrase says of one attribute. Part is where: a part of the place, "" for services; one that begins with "@" is
// only the usual part, which what stands around the phrase and the default of the note go before. Value is JSON; "#" is the number
// in the phrase.
type claim struct{ part, attribute, value string }

// A phrase is a wording and what it may mean. Words are written without diacritics in lower case; "|" separates alternatives,
// "*" stands for any ending, ".." for up to five words, "#" for a number.
type phrase struct {
	words string
	// yes is what the wording says, partly what it says where the text limits it, no what its denial says; nil says nothing.
	yes, partly, no []claim
	// open says what the words leave open: then a proposal is likely, not certain.
	open models.Text
	// asIs: the phrase has its own "nie", and nothing around it changes what it says.
	asIs bool
}

func all(c ...claim) []claim { return c }

var (
	kindOfRamp    = models.Text{PL: "Tekst nie mówi, czy pochylnia jest stała, czy przenośna.", EN: "The text does not say whether the ramp is fixed or removable."}
	kindOfSigning = models.Text{PL: "Tekst nie mówi, czy tłumacz jest na miejscu, czy zdalnie.", EN: "The text does not say whether the interpreter is on site or remote."}
	kindOfLoop    = models.Text{PL: "Tekst nie mówi, czy pętla jest stała, czy przenośna.", EN: "The text does not say whether the loop is fixed or portable."}
	extent        = models.Text{PL: "Tekst nie mówi, na jakiej części drogi.", EN: "The text does not say along how much of the way."}
	manner        = models.Text{PL: "Tekst nie mówi, w jakiej formie.", EN: "The text does not say in what form."}
	oneAlone      = models.Text{PL: "Liczba pojedyncza bez liczebnika.", EN: "One, by the singular alone."}
	anyToilet     = models.Text{PL: "Tekst nie mówi, czy chodzi o każdą toaletę.", EN: "The text does not say whether any toilet is meant."}
	coarse        = models.Text{PL: "Ogólne stwierdzenie, bez wymiarów.", EN: "A general claim, without measures."}
	groundOnly    = models.Text{PL: "Tekst mówi tylko o piętrach; parter sprawdź.", EN: "The text speaks of the upper floors only; check the ground floor."}
	outOfOrder    = models.Text{PL: "Może chwilowo: sprawdź, do kiedy.", EN: "Perhaps for a while: check until when."}
)

const (
	disabled = "niepelnospraw*|ozn|wozk*|wozka*|inwalid*"
	adapted  = "przystosowan*|dostosowan*|nieprzystosowan*|niedostosowan*"
	toilet   = "wc|toalet*|toalec*|lazienk*|lazienc*|ubikacj*|sanitariat*"
)

var (
	wheelchairToilet    = all(claim{"toilet", "toilet_wheelchair", `"yes"`})
	wheelchairToiletNot = all(claim{"toilet", "toilet_wheelchair", `"no"`})
	wheelchairToiletSo  = all(claim{"toilet", "toilet_wheelchair", `"limited"`})
	fixedRamp           = all(claim{"@entrance", "ramp", `"fixed"`})
	removableRamp       = all(claim{"@entrance", "ramp", `"removable"`})
	noRamp              = all(claim{"@entrance", "ramp", `"none"`})
	lift                = all(claim{"@inside", "stepfree_alternative", `"lift"`})
	platform            = all(claim{"@entrance", "stepfree_alternative", `"platform"`})
	noWayRound          = all(claim{"@entrance", "stepfree_alternative", `"none"`})
	signingLive         = all(claim{"", "sign_language", `"live"`})
	signingRemote       = all(claim{"", "sign_language", `"remote"`})
	noSigning           = all(claim{"", "sign_language", `"none"`})
	noLoop              = all(claim{"", "induction_loop", `"none"`})
	noAudio             = all(claim{"", "audio_description", `"none"`})
	level               = all(claim{"@entrance", "entrance_level", "true"})
	notLevel            = all(claim{"@entrance", "entrance_level", "false"})
)

func claimed(part, value string) []claim { return all(claim{part, "wheelchair_claim", value}) }

func yesNo(part, attribute string) (yes, no []claim) {
	return all(claim{part, attribute, "true"}), all(claim{part, attribute, "false"})
}

func said(words, part, attribute string) phrase {
	yes, no := yesNo(part, attribute)
	return phrase{words: words, yes: yes, no: no}
}

// phrases are tried at every word; where several fit, the longest is taken, and of equal ones the first.
var phrases = []phrase{
	// Toilets.
	{words: toilet + " .. " + adapted, yes: wheelchairToilet, partly: wheelchairToiletSo, no: wheelchairToiletNot},
	{words: toilet + " .. " + adapted + " .. " + disabled, yes: wheelchairToilet, partly: wheelchairToiletSo, no: wheelchairToiletNot},
	{words: toilet + " .. dostepn*|niedostepn* dla .. " + disabled, yes: wheelchairToilet, partly: wheelchairToiletSo, no: wheelchairToiletNot},
	{words: adapted + " " + toilet, yes: wheelchairToilet, partly: wheelchairToiletSo, no: wheelchairToiletNot},
	{words: adapted + " dla|do .. " + disabled + " " + toilet, yes: wheelchairToilet, partly: wheelchairToiletSo, no: wheelchairToiletNot},
	{words: toilet + " .. dla .. " + disabled, yes: wheelchairToilet, partly: wheelchairToiletSo, no: wheelchairToiletNot},
	{words: toilet + " bez barier", yes: wheelchairToilet, partly: wheelchairToiletSo},
	{words: toilet, no: all(claim{"toilet", "toilet_wheelchair", ""}), open: anyToilet},
	said("komfortk*", "toilet", "adult_changing"),
	said("przewijak*|lezank* .. doroslych|dorosl*", "toilet", "adult_changing"),
	said("przewijak*|przewijani*", "toilet", "baby_changing"),
	said("pokoj|pokoju|kacik* dla matk*|rodzic*", "toilet", "baby_changing"),
	said("podnosnik* sufitow*", "toilet", "hoist"),
	{words: "euroklucz*|eurokey*|euro klucz*", yes: all(claim{"toilet", "key_needed", `"eurokey"`})},
	{words: "klucz|kluczyk|klucza u|w|na ochron*|obslug*|recepcj*|portier*|portierni*|personel*|informacj*|szatni*|dozorc*|biurz*", yes: all(claim{"toilet", "key_needed", `"staff"`})},
	{words: "uchwyt*|porecz*|pochwyt* .. obu|obydwu|dwoch stron*", yes: all(claim{"@toilet", "grab_bars", `"both"`})},

	// Entrance.
	{words: "podjazd*|pochylni*|ramp|rampa|rampe|rampy|rampie", yes: fixedRamp, no: noRamp, open: kindOfRamp},
	{words: "stal*|betonow*|murowan* podjazd*|pochylni*|ramp*", yes: fixedRamp, no: noRamp},
	{words: "podjazd*|pochylni*|ramp* stal*|betonow*|murowan*", yes: fixedRamp, no: noRamp},
	{words: "przenosn*|mobiln*|skladan*|rozkladan*|demontowaln* podjazd*|pochylni*|ramp*|szyn*", yes: removableRamp, no: noRamp},
	{words: "podjazd*|pochylni*|ramp* przenosn*|mobiln*|skladan*|rozkladan*|demontowaln*", yes: removableRamp, no: noRamp},
	{words: "platform*|podnosnik*|schodolaz*", yes: platform, no: noWayRound},
	{words: "wind*|dzwig*|podnosnik* platformow*|pionow*|schodow*|zewnetrzn*", yes: platform, no: noWayRound},
	{words: "platform* schodow*|przyschodow*|pionow*|podnosz*", yes: platform, no: noWayRound},
	{words: "winda|windy|winde|wind|windzie|windami|dzwig|dzwigu", yes: lift, no: all(claim{"@inside", "stepfree_alternative", `"none"`})},
	{words: "wjazd*|wejsci*|dostep* .. poziomu|poziomie # ", yes: level, no: notLevel},
	{words: "wjazd*|wejsci*|dostep* .. poziomu|poziomie terenu|gruntu|chodnik*|ulic*|parteru|placu|zero|zerowego", yes: level, no: notLevel},
	{words: "z poziomu terenu|gruntu|chodnik*|ulic*|zero|zerowego", yes: level, no: notLevel},
	{words: "bezprogow*", yes: level},
	{words: "prog|progi|progu|progow", no: level, open: models.Text{PL: "„Bez progu” przyjęto jako próg do 2 cm.", EN: `"No lip" is taken as one of at most 2 cm.`}},
	{words: "stopien|stopnie|stopni|stopnia|schody|schodow|schodki|schodkow|schodek|schodka", no: all(claim{"@entrance", "steps", "0"})},
	{words: "# stopien|stopnie|stopni|stopnia|schody|schodow|schodki|schodkow|schodek|schodka", yes: all(claim{"@entrance", "steps", "#"})},
	{words: "# wysok*|nisk*|kamienn*|betonow* stopien|stopnie|stopni|stopnia|schodki|schodkow|schodek|schodow", yes: all(claim{"@entrance", "steps", "#"})},
	{words: "jednostopniow*", yes: all(claim{"@entrance", "steps", "1"})},
	{words: "bezstopniow*", yes: all(claim{"@entrance", "steps", "0"})},
	{words: "wejsci* .. przystosowan*|dostosowan*|dostepn*|nieprzystosowan*|niedostosowan*|niedostepn* .. " + disabled, yes: claimed("@entrance", `"yes"`), partly: claimed("@entrance", `"limited"`), no: claimed("@entrance", `"no"`)},
	{words: "wejsci* .. przystosowan*|dostosowan*|nieprzystosowan*|niedostosowan*", yes: claimed("@entrance", `"yes"`), partly: claimed("@entrance", `"limited"`), no: claimed("@entrance", `"no"`), open: coarse},
	{words: "drzwi|drzwiami .. automatyczn*|rozsuwan*|przesuwn*|fotokomork*", yes: all(claim{"@entrance", "door_operation", `"automatic"`})},
	{words: "automatyczn*|rozsuwan* drzwi*", yes: all(claim{"@entrance", "door_operation", `"automatic"`}), no: all(claim{"@entrance", "door_operation", `"manual"`})},
	{words: "drzwi* .. otwieran* reczn*", yes: all(claim{"@entrance", "door_operation", `"manual"`})},
	{words: "drzwi* obrotow*", yes: all(claim{"@entrance", "door_operation", `"revolving"`})},
	{words: "bramk* obrotow*|kolowrot*", yes: all(claim{"@entrance", "door_operation", `"turnstile"`})},
	{words: "wideofon*|videofon*|wideodomofon*|videodomofon*", yes: all(claim{"@entrance", "call_device", `"video"`}), no: all(claim{"@entrance", "call_device", `"none"`})},
	{words: "domofon*|interkom*", yes: all(claim{"@entrance", "call_device", `"intercom"`}), no: all(claim{"@entrance", "call_device", `"none"`})},
	{words: "dzwonek|dzwonka|dzwonkiem", yes: all(claim{"@entrance", "call_device", `"button"`}), no: all(claim{"@entrance", "call_device", `"none"`})},
	{words: "przycisk* przywolaw*|przywolan*|przyzyw*", yes: all(claim{"@entrance", "call_device", `"button"`}), no: all(claim{"@entrance", "call_device", `"none"`})},
	{words: "porecz* .. obu|obydwu|dwoch stron*", yes: all(claim{"@entrance", "handrail", `"both"`})},
	{words: "porecz* .. lewej stron*", yes: all(claim{"@entrance", "handrail", `"left"`})},
	{words: "porecz* .. prawej stron*", yes: all(claim{"@entrance", "handrail", `"right"`})},
	{words: "porecz|poreczy|porecze", no: all(claim{"@entrance", "handrail", `"none"`})},
	{words: "kontrastow* .. stopni*|schod*|krawedzi*", yes: all(claim{"@entrance", "step_contrast", "true"}), no: all(claim{"@entrance", "step_contrast", "false"})},
	{words: "stopni*|schod*|krawedzi* .. kontrastow*", yes: all(claim{"@entrance", "step_contrast", "true"}), no: all(claim{"@entrance", "step_contrast", "false"})},
	{words: "oznaczon*|oznakowan* przeszklen*|szyb*|szkl*", yes: all(claim{"@entrance", "glass_marked", "true"}), no: all(claim{"@entrance", "glass_marked", "false"})},
	{words: "oznaczen* przeszklen*|szyb*|szkl*", yes: all(claim{"@entrance", "glass_marked", "true"}), no: all(claim{"@entrance", "glass_marked", "false"})},
	said("beacon*|sygnal* dzwiekow*", "@entrance", "sound_beacon"),
	said("naprowadz* dzwiekow*|glosow*", "@entrance", "sound_beacon"),

	// Arrival and path.
	{words: "# miejsc* parkingow*|postojow* .. " + disabled, yes: all(claim{"arrival", "parking_disabled", "#"})},
	{words: "# wyznaczon*|wydzielon*|specjaln* miejsc* parkingow*|postojow* .. " + disabled, yes: all(claim{"arrival", "parking_disabled", "#"})},
	{words: "miejsce parkingowe|postojowe .. " + disabled, yes: all(claim{"arrival", "parking_disabled", "1"}), no: all(claim{"arrival", "parking_disabled", "0"}), open: oneAlone},
	{words: "miejsc|miejsca parkingow*|postojow* .. " + disabled, no: all(claim{"arrival", "parking_disabled", "0"})},
	{words: "parking*|parkingow* dla .. " + disabled, no: all(claim{"arrival", "parking_disabled", "0"})},
	{words: "sciezk*|pas|pasy|system* dotykow*|prowadzac*|naprowadzaj*|fakturow*", yes: all(claim{"path", "tactile_guidance", `"partial"`}), no: all(claim{"path", "tactile_guidance", `"no"`}), open: extent},
	{words: "pol|pola|pole uwagi", yes: all(claim{"path", "tactile_guidance", `"partial"`}), no: all(claim{"path", "tactile_guidance", `"no"`}), open: extent},
	{words: "obnizon* kraweznik*", yes: all(claim{"path", "kerb", `"lowered"`})},
	{words: "kraweznik* .. obnizon*", yes: all(claim{"path", "kerb", `"lowered"`}), no: all(claim{"path", "kerb", `"raised"`})},
	{words: "wysok* kraweznik*", yes: all(claim{"path", "kerb", `"raised"`})},
	{words: "kraweznik|kraweznika|kraweznikow", no: all(claim{"path", "kerb", `"no"`})},
	{words: surfaced + " .. asfalt*", yes: all(claim{"path", "surface", `"asphalt"`})},
	{words: surfaced + " .. beton*", yes: all(claim{"path", "surface", `"concrete"`})},
	{words: surfaced + " .. kostk*|plyt* brukow*|betonow*|chodnikow*", yes: all(claim{"path", "surface", `"paving_stones"`})},
	{words: surfaced + " .. kostk* kamienn*|granitow*", yes: all(claim{"path", "surface", `"sett"`})},
	{words: surfaced + " .. bruk*|kocich|kocie", yes: all(claim{"path", "surface", `"cobblestone"`}), open: manner},
	{words: surfaced + " .. zwir*", yes: all(claim{"path", "surface", `"fine_gravel"`}), open: manner},
	{words: surfaced + " .. tlucz*|szutr*", yes: all(claim{"path", "surface", `"gravel"`}), open: manner},
	{words: surfaced + " .. gruntow*", yes: all(claim{"path", "surface", `"ground"`})},
	{words: surfaced + " .. trawiast*", yes: all(claim{"path", "surface", `"grass"`})},
	{words: surfaced + " .. piaszczyst*", yes: all(claim{"path", "surface", `"sand"`})},
	{words: surfaced + " .. drewnian*", yes: all(claim{"path", "surface", `"wood"`})},
	{words: surfaced + " .. utwardzon*", yes: all(claim{"path", "surface", `"paved"`}), no: all(claim{"path", "surface", `"unpaved"`})},
	{words: surfaced + " .. nieutwardzon*", yes: all(claim{"path", "surface", `"unpaved"`})},
	said("oswietlon* dojsci*|sciezk*|alejk*|chodnik*|teren*", "path", "lit"),
	said("dojsci*|sciezk*|alejk*|chodnik* .. oswietlon*|nieoswietlon*", "path", "lit"),
	said("oswietleni* .. dojsci*|sciezk*|alejk*|chodnik*", "path", "lit"),

	// Inside and the building as a whole.
	{words: "dostep* .. wszystk* .. pieter|pietra|kondygnacj*|pomieszcze*", yes: all(claim{"inside", "stepfree_inside", `"all"`}), partly: all(claim{"inside", "stepfree_inside", `"part"`}), no: all(claim{"inside", "stepfree_inside", `"part"`}), open: models.Text{PL: "Tekst nie mówi wprost „bez stopni”.", EN: `The text does not say "without steps" outright.`}},
	{words: "wszystk* pomieszcze*|pietr*|kondygnacj* .. dostepn*|niedostepn*", yes: all(claim{"inside", "stepfree_inside", `"all"`}), no: all(claim{"inside", "stepfree_inside", `"part"`}), open: models.Text{PL: "Tekst nie mówi wprost „bez stopni”.", EN: `The text does not say "without steps" outright.`}},
	{words: "tylko|jedynie|wylacznie parter*|przyziemi* .. dostepn*|przystosowan*|dostosowan*", yes: all(claim{"inside", "stepfree_inside", `"part"`})},
	{words: "dostepn*|przystosowan*|dostosowan* .. tylko|jedynie|wylacznie parter*|przyziemi*", yes: all(claim{"inside", "stepfree_inside", `"part"`})},
	{words: "mozliwosc* wjazd*|dostani*|dostep* .. pietr*|pieter|kondygnacj*", no: all(claim{"inside", "stepfree_inside", `"part"`}), open: groundOnly},
	{words: "dostep* .. wyzsz* pietr*|kondygnacj*", no: all(claim{"inside", "stepfree_inside", `"part"`}), open: groundOnly},
	{words: building + " .. przystosowan*|dostosowan*|nieprzystosowan*|niedostosowan*", yes: claimed("", `"yes"`), partly: claimed("", `"limited"`), no: claimed("", `"no"`), open: coarse},
	{words: building + " .. przystosowan*|dostosowan*|dostepn*|nieprzystosowan*|niedostosowan*|niedostepn* .. " + disabled, yes: claimed("", `"yes"`), partly: claimed("", `"limited"`), no: claimed("", `"no"`), open: coarse},
	{words: "dostepn*|przystosowan*|dostosowan*|niedostepn*|nieprzystosowan*|niedostosowan* dla .. " + disabled, yes: claimed("@", `"yes"`), partly: claimed("@", `"limited"`), no: claimed("@", `"no"`), open: coarse},
	{words: "barier architektoniczn*", no: claimed("@", `"yes"`), yes: claimed("@", `"no"`), open: coarse},
	{words: "barier|bariery|bariera", no: claimed("@", `"yes"`), open: coarse},
	{words: "bariery|bariera|barierami architektoniczn*", yes: claimed("@", `"no"`), no: claimed("@", `"yes"`), open: coarse},
	{words: "komunikat*|informacj*|zapowiedz* glosow*|dzwiekow* .. wind*|dzwig*", yes: all(claim{"inside", "lift_speech", "true"}), no: all(claim{"inside", "lift_speech", "false"})},
	{words: "wind*|dzwig* .. komunikat*|informacj*|zapowiedz*|sygnalizacj* glosow*|dzwiekow*", yes: all(claim{"inside", "lift_speech", "true"}, claim{"@inside", "stepfree_alternative", `"lift"`})},
	{words: "wind*|dzwig* .. udzwiekowion*|mowiac*", yes: all(claim{"inside", "lift_speech", "true"}, claim{"@inside", "stepfree_alternative", `"lift"`})},
	{words: "# miejsc* .. wozk*|wozka* widowni*|sali|sal*", yes: all(claim{"inside", "wheelchair_places", "#"})},
	{words: "# miejsc* dla wozk*", yes: all(claim{"inside", "wheelchair_places", "#"})},
	{words: "# miejsc* dla osob .. na wozk* .. widowni*|sali", yes: all(claim{"inside", "wheelchair_places", "#"})},

	// Services.
	{words: "petl*|petli indukcyjn*|induktofoniczn*", yes: all(claim{"", "induction_loop", `"fixed"`}), no: noLoop, open: kindOfLoop},
	{words: "stal*|stanowiskow*|okienkow* petl* indukcyjn*|induktofoniczn*", yes: all(claim{"", "induction_loop", `"fixed"`}), no: noLoop},
	{words: "petl* indukcyjn*|induktofoniczn* stal*|stanowiskow*|okienkow*", yes: all(claim{"", "induction_loop", `"fixed"`}), no: noLoop},
	{words: "przenosn*|mobiln* petl* indukcyjn*|induktofoniczn*", yes: all(claim{"", "induction_loop", `"portable"`}), no: noLoop},
	{words: "petl* indukcyjn*|induktofoniczn* przenosn*|mobiln*", yes: all(claim{"", "induction_loop", `"portable"`}), no: noLoop},
	{words: "tlumacz*|obslug*|jezyk*|jezyka|migow*|pjm .. online|zdaln*|wideo*|video*|internet*", yes: signingRemote, no: noSigning},
	{words: "tlumacz* .. pjm|migow* .. online|zdaln*|wideo*|video*|internet*", yes: signingRemote, no: noSigning},
	{words: "online|zdaln*|wideo* tlumacz* .. pjm|migow*", yes: signingRemote, no: noSigning},
	{words: "wideotlumacz*|videotlumacz*", yes: signingRemote, no: noSigning},
	{words: "obslug*|tlumacz*|przewodni*|oprowadzani*|pracowni* .. pjm|migow*", yes: signingLive, no: noSigning, open: kindOfSigning},
	{words: "tlumacz*|obslug*|pracowni* .. pjm|migow* .. miejscu", yes: signingLive, no: noSigning},
	{words: "jezyk* migow*", yes: signingLive, no: noSigning, open: kindOfSigning},
	{words: "pjm", yes: signingLive, no: noSigning, open: kindOfSigning},
	{words: "nagrani*|film*|filmy|materialy|tlumaczeni* .. pjm|migow*", yes: all(claim{"", "sign_language", `"video"`}), no: noSigning},
	{words: "informacj* .. dzialalnosci .. pjm|migow*", yes: all(claim{"", "pjm_recording", "true"}), no: all(claim{"", "pjm_recording", "false"})},
	said("ps*|psa|psem|psow|psami asystuj*|przewodnik*|asystent*", "", "assistance_dog"),
	{words: "nie dotyczy ps*|psow|psa asystuj*|przewodnik*|asystent*", yes: all(claim{"", "assistance_dog", "true"}), asIs: true},
	{words: "wyjatkiem|oprocz|poza ps*|psow|psa|psami asystuj*|przewodnik*|asystent*", yes: all(claim{"", "assistance_dog", "true"}), asIs: true},
	said("film*|ekran*|nagrani*|spektakl*|seans* .. napis*", "", "captions"),
	said("napis* dla .. nieslysz*|nieslyszac*|slabosl*", "", "captions"),
	{words: "audiodeskrypcj*", yes: all(claim{"", "audio_description", `"permanent"`}), no: noAudio, open: manner},
	{words: "audiodeskrypcj* .. aplikacj*", yes: all(claim{"", "audio_description", `"app"`}), no: noAudio},
	{words: "audiodeskrypcj* .. wybran*|niektor*|wydarze*|spektakl*|seans*", yes: all(claim{"", "audio_description", `"occasional"`}), no: noAudio},
	{words: "plan*|mapa|mapy|map|mape|tyflomap*|tyfloplan* dotykow*|tyflograficzn*", yes: all(claim{"", "tactile_media", `["plan"]`})},
	{words: "dotykow*|tyflograficzn* plan*|mapa|mapy|mape", yes: all(claim{"", "tactile_media", `["plan"]`})},
	{words: "tyflomap*|tyfloplan*", yes: all(claim{"", "tactile_media", `["plan"]`})},
	{words: "makiet*|model* dotykow*", yes: all(claim{"", "tactile_media", `["model"]`})},
	{words: "dotykow* makiet*|model*", yes: all(claim{"", "tactile_media", `["model"]`})},
	{words: "brajl*|braill*", yes: all(claim{"", "tactile_media", `["braille"]`})},
	said("etr", "", "easy_to_read"),
	said("latw* do czytania|zrozumienia", "", "easy_to_read"),
	said("piktogram*", "", "pictograms"),
	{words: "pokoj*|pomieszczen*|stref*|kacik* wyciszen*|ciszy|sensorycz*", yes: all(claim{"", "quiet_space", `"space"`}), no: all(claim{"", "quiet_space", `"none"`})},
	{words: "cich* godzin*", yes: all(claim{"", "quiet_space", `"hours"`}), no: all(claim{"", "quiet_space", `"none"`})},
	{words: "krzesl*|wozek|wozka|materac*|krzeselk* ewakuacyjn*", yes: all(claim{"", "evacuation_support", "true"})},
	said("przeszkolon* .. pracowni*|personel*|obslug*", "", "staff_trained"),
	said("pracowni*|personel*|obslug* .. przeszkolon*|nieprzeszkolon*", "", "staff_trained"),
	said("system* fm", "", "fm_system"),
	said("kontakt* .. sms|czat|czatu|czatem|smsem", "", "text_contact"),
}

const (
	surfaced = "nawierzchni*|dojsci*|sciezk*|alejk*|chodnik*"
	building = "budynek|budynku|obiekt|obiektu|placowk*|siedzib*|lokal|lokalu|muzeum|urzad|urzedu"
)

// genitives are the forms of the words above by which an enumeration after "brak" or "bez" goes on.
var genitives = []string{"podjazdu", "podjazdow", "pochylni", "rampy", "ramp", "platformy", "platform", "podnosnika", "podnosnikow", "schodolazu", "schodolaza",
	"windy", "wind", "dzwigu", "toalety", "toalet", "lazienki", "lazienek", "ubikacji", "sanitariatu", "sanitariatow", "progu", "progow", "stopni", "stopnia", "schodow", "schodkow", "schodka",
	"barier", "bariery", "petli", "tlumacza", "jezyka", "przewijaka", "przewijakow", "poreczy", "uchwytow", "miejsc", "miejsca", "domofonu", "wideofonu", "videofonu", "wideodomofonu", "dzwonka", "przycisku",
	"audiodeskrypcji", "napisow", "piktogramow", "oznaczen", "oznaczenia", "sciezek", "sciezki", "planu", "mapy", "makiety", "komfortki", "psa", "psow", "parkingu", "personelu", "pracownika", "pracownikow",
	"obslugi", "dostepu", "mozliwosci", "wejscia", "kraweznika", "kraweznikow", "drzwi", "oswietlenia", "komunikatow", "pokoju", "systemu", "krzesla", "wozka", "euroklucza", "klucza", "tekstu", "pol", "pasow", "czatu", "modelu", "nagran", "nagrania", "filmow", "informacji", "brajla", "braillea"}

// A step of a compiled phrase.
type step struct {
	words  []string
	gap    bool
	number bool
}

type compiled struct {
	*phrase
	steps []step
}

var table = sync.OnceValue(func() []compiled {
	out := make([]compiled, len(phrases))
	for i := range phrases {
		out[i] = compiled{phrase: &phrases[i], steps: steps(phrases[i].words)}
	}
	return out
})

func steps(words string) []step {
	var list []step
	for _, w := range strings.Fields(words) {
		switch w {
		case "..":
			list = append(list, step{gap: true})
		case "#":
			list = append(list, step{number: true})
		default:
			list = append(list, step{words: strings.Split(w, "|")})
		}
	}
	return list
}

// maxGap is how many words ".." stands for at most.
const maxGap = 5

// match finds the phrase at the token; at are its words in order, n is the number among them. Gaps are as short as can be, and a
// phrase does not reach over a comma.
func (c *compiled) match(ts []token, first int) (at []int, n float64) {
	at, n, _ = follow(c.steps, ts, first, ts[first].piece)
	return at, n
}

func follow(steps []step, ts []token, at, piece int) (words []int, n float64, ok bool) {
	if len(steps) == 0 {
		return nil, 0, true
	}
	s := steps[0]
	if !s.gap {
		if at >= len(ts) || ts[at].piece != piece {
			return nil, 0, false
		}
		found, numeric := ts[at].count()
		if s.number && !numeric || !s.number && !ts[at].is(s.words...) {
			return nil, 0, false
		}
		if words, n, ok = follow(steps[1:], ts, at+1, piece); !ok {
			return nil, 0, false
		}
		if s.number {
			n = found
		}
		return append([]int{at}, words...), n, true
	}
	for skip := 0; skip <= maxGap; skip++ {
		if words, n, ok = follow(steps[1:], ts, at+skip, piece); ok {
			return words, n, true
		}
		if at+skip >= len(ts) || ts[at+skip].kind == mark || ts[at+skip].is(subjects...) {
			break
		}
	}
	return nil, 0, false
}

// subjects are what a sentence may go over to: no gap passes over them, or "in the building there is an adapted toilet" would be
// said of the building.
var subjects = append(strings.Split(toilet, "|"), "wejsci*", "wejsc", "podjazd*", "pochylni*", "wind*", "parking*")
