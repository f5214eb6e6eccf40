package models

import (
	"slices"
	"sync"
)

// The types of value an AccessAttribute takes, as JSON: a number, a whole number, true or false, one code of Values, a
// list of codes of Values, a text.
const (
	AttributeNumber  = "number"
	AttributeInteger = "integer"
	AttributeBoolean = "boolean"
	AttributeEnum    = "enum"
	AttributeSet     = "set"
	AttributeText    = "text"
)

// An AccessAttribute is something that can be known about how a place is reached and used. Names and types follow the
// OpenStreetMap tagging schema and A11yJSON.
type AccessAttribute struct {
	Code string `json:"code"`
	Type string `json:"type"`
	// Unit is "m", "cm" or "%"; empty for counts and for what has none.
	Unit string `json:"unit,omitempty"`
	// Values are the codes an enum or a set admits, in the order of Choices.
	Values []string `json:"values,omitempty"`
	// Choices is the code list of Values, with labels.
	Choices CodeList `json:"-"`
	// Min and Max bound a number, both inclusive: past them it is a slip of the pen, not a bad place.
	Min   *float64 `json:"min,omitempty"`
	Max   *float64 `json:"max,omitempty"`
	Label Text     `json:"label"`
	// Help says to the person in the field what is measured, and how.
	Help Text `json:"help"`
	// Link is the link of the chain the attribute belongs to, a code of AccessLinks. Links are all at which it makes sense, in the
	// order of the chain: a toilet has a door, a path may have steps.
	Link  string   `json:"link"`
	Links []string `json:"links"`
	// ShelfYears is how long an observation holds: 5 for geometry, 2 for equipment, 1 for staff and media. An observation
	// with an earlier valid_until ends there, an episode always.
	ShelfYears int `json:"shelf_years"`
	// OSM is the OpenStreetMap key for it, A11yJSON the member that holds it there, from properties.accessibility; empty where there
	// is none.
	OSM      string `json:"osm,omitempty"`
	A11yJSON string `json:"a11yjson,omitempty"`
	// A11yFields say it so that programs can read and write A11yJSON by them, the attribute's own link first.
	A11yFields []A11yField `json:"-"`
	// SchemaOrg is the property of a schema.org Place that carries it; empty for what is not told there. An amenityFeature is
	// a LocationFeatureSpecification whose propertyID is Code and whose unitCode is UnitCode.
	SchemaOrg string `json:"schema_org,omitempty"`
}

// UnitCode is the unit as UN/CEFACT writes it, which is how schema.org wants it; empty where there is no unit.
func (a AccessAttribute) UnitCode() string {
	switch a.Unit {
	case "m":
		return "MTR"
	case "cm":
		return "CMT"
	case "%":
		return "P1"
	}
	return ""
}

// The schema.org properties that carry attributes.
const (
	SchemaAmenity       = "amenityFeature"
	SchemaCertification = "hasCertification"
)

// The links of the chain by which a place is judged, in the order a visitor meets them; services stand beside the chain.
const (
	LinkArrival  = "arrival"
	LinkPath     = "path"
	LinkEntrance = "entrance"
	LinkInside   = "inside"
	LinkToilet   = "toilet"
	LinkServices = "services"
)

// How long an observation holds, in years.
const (
	shelfGeometry  = 5
	shelfEquipment = 2
	shelfStaff     = 1
)

// AccessLinks are the links of the chain.
var AccessLinks = CodeList{Name: "access_link", Entries: []CodeEntry{
	{LinkArrival, Text{"dojazd", "arrival"}},
	{LinkPath, Text{"dojście", "path"}},
	{LinkEntrance, Text{"wejście", "entrance"}},
	{LinkInside, Text{"wnętrze", "inside"}},
	{LinkToilet, Text{"toaleta", "toilet"}},
	{LinkServices, Text{"obsługa i media", "services and media"}},
}}

// Surfaces follow the OpenStreetMap key surface.
var Surfaces = CodeList{Name: "surface", Entries: []CodeEntry{
	{"asphalt", Text{"asfalt", "asphalt"}},
	{"concrete", Text{"beton", "concrete"}},
	{"paving_stones", Text{"kostka brukowa lub płyty", "paving stones"}},
	{"sett", Text{"kostka kamienna", "sett"}},
	{"cobblestone", Text{"bruk (kocie łby)", "cobblestone"}},
	{"compacted", Text{"nawierzchnia utwardzona", "compacted"}},
	{"fine_gravel", Text{"drobny żwir", "fine gravel"}},
	{"gravel", Text{"tłuczeń", "gravel"}},
	{"ground", Text{"grunt", "ground"}},
	{"grass", Text{"trawa", "grass"}},
	{"grass_paver", Text{"płyty ażurowe", "grass paver"}},
	{"sand", Text{"piasek", "sand"}},
	{"wood", Text{"drewno", "wood"}},
	{"woodchips", Text{"zrębki lub kora", "wood chips"}},
	{"metal", Text{"metal lub krata", "metal or grating"}},
	{"rubber", Text{"nawierzchnia bezpieczna (guma)", "rubber"}},
	{"artificial_turf", Text{"sztuczna trawa", "artificial turf"}},
	{"unpaved", Text{"nieutwardzona (bez szczegółów)", "unpaved (no detail)"}},
	{"paved", Text{"utwardzona (bez szczegółów)", "paved (no detail)"}},
}}

// Smoothnesses follow the OpenStreetMap key smoothness, from the best.
var Smoothnesses = CodeList{Name: "smoothness", Entries: []CodeEntry{
	{"excellent", Text{"doskonała (rolki)", "excellent (roller blades)"}},
	{"good", Text{"dobra (rower szosowy)", "good (racing bike)"}},
	{"intermediate", Text{"średnia (rower miejski)", "intermediate (city bike)"}},
	{"bad", Text{"zła (rower trekkingowy)", "bad (trekking bike)"}},
	{"very_bad", Text{"bardzo zła (samochód z wysokim zawieszeniem)", "very bad (high clearance)"}},
	{"horrible", Text{"fatalna (samochód terenowy)", "horrible (off-road vehicle)"}},
	{"very_horrible", Text{"skrajnie fatalna (ciągnik, quad)", "very horrible (tractor, quad)"}},
	{"impassable", Text{"nieprzejezdna", "impassable"}},
}}

// Kerbs follow the OpenStreetMap key kerb.
var Kerbs = CodeList{Name: "kerb", Entries: []CodeEntry{
	{"flush", Text{"zlicowany", "flush"}},
	{"lowered", Text{"obniżony", "lowered"}},
	{"raised", Text{"wysoki", "raised"}},
	{"rolled", Text{"zaokrąglony", "rolled"}},
	{"no", Text{"brak krawężnika", "no kerb"}},
}}

// TactileGuidances say how far a blind visitor is led by touch.
var TactileGuidances = CodeList{Name: "tactile_guidance", Entries: []CodeEntry{
	{"no", Text{"brak", "none"}},
	{"partial", Text{"częściowe", "partial"}},
	{"yes", Text{"na całej drodze", "all the way"}},
}}

// Handrails say on which side, going up.
var Handrails = CodeList{Name: "handrail", Entries: []CodeEntry{
	{"none", Text{"brak", "none"}},
	{"left", Text{"po lewej", "left"}},
	{"right", Text{"po prawej", "right"}},
	{"both", Text{"po obu stronach", "both sides"}},
}}

// Ramps say what kind of ramp there is.
var Ramps = CodeList{Name: "ramp", Entries: []CodeEntry{
	{"none", Text{"brak", "none"}},
	{"fixed", Text{"stała", "fixed"}},
	{"removable", Text{"przenośna", "removable"}},
}}

// StepFreeAlternatives say how the steps of the same part are got round, other than by a ramp.
var StepFreeAlternatives = CodeList{Name: "stepfree_alternative", Entries: []CodeEntry{
	{"none", Text{"brak", "none"}},
	{"lift", Text{"winda", "lift"}},
	{"platform", Text{"podnośnik lub schodołaz", "platform lift or stair climber"}},
	{"other_way", Text{"inna droga bez stopni", "another way without steps"}},
}}

// LayoutInformations say how the layout of the building is told; "none" stands alone in a set.
var LayoutInformations = CodeList{Name: "layout_info", Entries: []CodeEntry{
	{"none", Text{"brak", "none"}},
	{"visual", Text{"wizualna", "visual"}},
	{"tactile", Text{"dotykowa", "tactile"}},
	{"voice", Text{"głosowa", "voice"}},
}}

// DoorOperations say how the door opens.
var DoorOperations = CodeList{Name: "door_operation", Entries: []CodeEntry{
	{"manual", Text{"ręczne", "manual"}},
	{"automatic", Text{"automatyczne", "automatic"}},
	{"revolving", Text{"obrotowe", "revolving"}},
	{"turnstile", Text{"bramka obrotowa", "turnstile"}},
}}

// CallDevices say how help is called at the entrance.
var CallDevices = CodeList{Name: "call_device", Entries: []CodeEntry{
	{"none", Text{"brak", "none"}},
	{"button", Text{"dzwonek", "button"}},
	{"intercom", Text{"domofon", "intercom"}},
	{"video", Text{"wideodomofon", "video intercom"}},
}}

// StepFreeExtents say how much of the inside is reached without a step.
var StepFreeExtents = CodeList{Name: "stepfree_inside", Entries: []CodeEntry{
	{"none", Text{"nic", "none of it"}},
	{"part", Text{"część", "part of it"}},
	{"all", Text{"całość", "all of it"}},
}}

// WheelchairToilets say whether there is a toilet for wheelchair users.
var WheelchairToilets = CodeList{Name: "toilet_wheelchair", Entries: []CodeEntry{
	{"yes", Text{"tak", "yes"}},
	{"limited", Text{"w ograniczonym zakresie", "limited"}},
	{"no", Text{"nie", "no"}},
}}

// ToiletTransfers say from which side one can move from a wheelchair, facing the toilet.
var ToiletTransfers = CodeList{Name: "toilet_transfer", Entries: []CodeEntry{
	{"none", Text{"brak miejsca", "none"}},
	{"left", Text{"z lewej", "left"}},
	{"right", Text{"z prawej", "right"}},
	{"both", Text{"z obu stron", "both sides"}},
}}

// GrabBars say how many sides of the toilet have a bar.
var GrabBars = CodeList{Name: "grab_bars", Entries: []CodeEntry{
	{"none", Text{"brak", "none"}},
	{"one", Text{"z jednej strony", "one side"}},
	{"both", Text{"z obu stron", "both sides"}},
}}

// Keys say what opens the toilet.
var Keys = CodeList{Name: "key_needed", Entries: []CodeEntry{
	{"none", Text{"klucz niepotrzebny", "no key"}},
	{"eurokey", Text{"euroklucz", "Euro key"}},
	{"staff", Text{"klucz u obsługi", "key from staff"}},
}}

// TactileMedia are things to be read by touch; "none" stands alone in a set.
var TactileMedia = CodeList{Name: "tactile_media", Entries: []CodeEntry{
	{"none", Text{"brak", "none"}},
	{"plan", Text{"plan dotykowy", "tactile plan"}},
	{"model", Text{"makieta dotykowa", "tactile model"}},
	{"braille", Text{"opisy w brajlu", "braille"}},
}}

// AudioDescriptions say how audio description is offered.
var AudioDescriptions = CodeList{Name: "audio_description", Entries: []CodeEntry{
	{"none", Text{"brak", "none"}},
	{"permanent", Text{"stała", "permanent"}},
	{"app", Text{"w aplikacji", "in an app"}},
	{"occasional", Text{"podczas wybranych wydarzeń", "occasional"}},
}}

// InductionLoops say what kind of hearing loop there is.
var InductionLoops = CodeList{Name: "induction_loop", Entries: []CodeEntry{
	{"none", Text{"brak", "none"}},
	{"fixed", Text{"stała", "fixed"}},
	{"portable", Text{"przenośna", "portable"}},
}}

// SignLanguages say how Polish Sign Language (PJM) is offered.
var SignLanguages = CodeList{Name: "sign_language", Entries: []CodeEntry{
	{"none", Text{"brak", "none"}},
	{"live", Text{"PJM na miejscu", "PJM on site"}},
	{"video", Text{"nagrania w PJM", "PJM recordings"}},
	{"remote", Text{"tłumacz PJM online", "remote PJM interpreter"}},
}}

// QuietSpaces say where or when it is quiet.
var QuietSpaces = CodeList{Name: "quiet_space", Entries: []CodeEntry{
	{"none", Text{"brak", "none"}},
	{"space", Text{"pokój wyciszenia", "quiet room"}},
	{"hours", Text{"ciche godziny", "quiet hours"}},
}}

// WheelchairClaims are the values of the OpenStreetMap key wheelchair: somebody's claim, never a verdict.
var WheelchairClaims = CodeList{Name: "wheelchair_claim", Entries: []CodeEntry{
	{"yes", Text{"tak", "yes"}},
	{"limited", Text{"częściowo", "limited"}},
	{"no", Text{"nie", "no"}},
}}

// AccessAttributes are all the attributes, in the order of the chain. The result is the caller's to keep, not to change.
func AccessAttributes() []AccessAttribute { return accessAttributes() }

// AccessAttributeByCode is the attribute with the code; false when there is none.
func AccessAttributeByCode(code string) (AccessAttribute, bool) {
	for _, a := range accessAttributes() {
		if a.Code == code {
			return a, true
		}
	}
	return AccessAttribute{}, false
}

// alsoAt are the links at which an attribute makes sense beside its own; services do at all.
var alsoAt = map[string][]string{
	"path_min_width":       {LinkArrival, LinkEntrance, LinkInside},
	"incline_max":          {LinkArrival, LinkEntrance, LinkInside},
	"incline_run":          {LinkArrival, LinkEntrance, LinkInside},
	"cross_slope":          {LinkArrival, LinkEntrance, LinkInside},
	"surface":              {LinkArrival, LinkEntrance, LinkInside, LinkToilet},
	"smoothness":           {LinkArrival, LinkEntrance, LinkInside},
	"kerb":                 {LinkArrival, LinkEntrance},
	"kerb_height":          {LinkArrival, LinkEntrance},
	"lit":                  {LinkArrival, LinkEntrance, LinkInside, LinkToilet},
	"rest_gap_max":         {LinkArrival, LinkInside},
	"tactile_guidance":     {LinkArrival, LinkEntrance, LinkInside, LinkToilet},
	"steps":                {LinkArrival, LinkPath, LinkInside, LinkToilet},
	"step_height":          {LinkArrival, LinkPath, LinkInside, LinkToilet},
	"step_contrast":        {LinkArrival, LinkPath, LinkInside, LinkToilet},
	"handrail":             {LinkArrival, LinkPath, LinkInside, LinkToilet},
	"ramp":                 {LinkArrival, LinkPath, LinkInside, LinkToilet},
	"ramp_slope":           {LinkArrival, LinkPath, LinkInside, LinkToilet},
	"ramp_run":             {LinkArrival, LinkPath, LinkInside, LinkToilet},
	"stepfree_alternative": {LinkArrival, LinkPath, LinkInside, LinkToilet},
	"entrance_level":       {LinkInside, LinkToilet},
	"threshold":            {LinkPath, LinkInside, LinkToilet},
	"door_width":           {LinkPath, LinkInside, LinkToilet}, // a gate on the path
	"door_operation":       {LinkPath, LinkInside, LinkToilet},
	"glass_marked":         {LinkInside, LinkToilet},
	"call_device":          {LinkArrival, LinkPath, LinkInside, LinkToilet},
	"sound_beacon":         {LinkArrival, LinkPath, LinkInside},
	"turning_space":        {LinkPath, LinkEntrance, LinkToilet},
	"lift_width":           {LinkArrival, LinkPath, LinkEntrance},
	"lift_length":          {LinkArrival, LinkPath, LinkEntrance},
	"lift_speech":          {LinkArrival, LinkPath, LinkEntrance},
	"desk_height":          {LinkEntrance},
	"knee_space":           {LinkEntrance},
	"baby_changing":        {LinkInside},
	"key_needed":           {LinkPath, LinkEntrance, LinkInside},
}

// OfPath says whether a path may have the attribute, and so a segment of a trail.
func (a AccessAttribute) OfPath() bool {
	return a.Link != LinkServices && slices.Contains(a.Links, LinkPath)
}

var accessAttributes = sync.OnceValue(func() []AccessAttribute {
	var all []AccessAttribute
	add := func(link string, shelf int, a AccessAttribute, osm string, a11y ...A11yField) {
		a.Link, a.ShelfYears, a.OSM, a.Help, a.A11yFields = link, shelf, osm, accessHelp[a.Code], a11y
		for i := range a.A11yFields {
			f := &a.A11yFields[i]
			if f.Link == "" {
				f.Link = link
			}
			if a.A11yJSON == "" {
				a.A11yJSON = f.Name()
			}
		}
		for _, l := range AccessLinks.Codes() {
			if l == link || link == LinkServices || slices.Contains(alsoAt[a.Code], l) {
				a.Links = append(a.Links, l)
			}
		}
		switch a.Code {
		case "certificate_issuer", "certificate_category":
			a.SchemaOrg = SchemaCertification
		case "wheelchair_claim": // a claim is passed on to nobody
		default:
			a.SchemaOrg = SchemaAmenity
		}
		all = append(all, a)
	}
	number := func(code, unit string, least, most float64, pl, en string) AccessAttribute {
		return AccessAttribute{Code: code, Type: AttributeNumber, Unit: unit, Min: &least, Max: &most, Label: Text{pl, en}}
	}
	count := func(code string, most float64, pl, en string) AccessAttribute {
		return AccessAttribute{Code: code, Type: AttributeInteger, Min: new(0.0), Max: &most, Label: Text{pl, en}}
	}
	yesNo := func(code, pl, en string) AccessAttribute {
		return AccessAttribute{Code: code, Type: AttributeBoolean, Label: Text{pl, en}}
	}
	enum := func(code string, list CodeList, pl, en string) AccessAttribute {
		return AccessAttribute{Code: code, Type: AttributeEnum, Values: list.Codes(), Choices: list, Label: Text{pl, en}}
	}

	add(LinkArrival, shelfGeometry, number("stop_distance", "m", 0, 20000, "odległość od przystanku", "distance from the stop"),
		"")
	add(LinkArrival, shelfEquipment,
		count("parking_disabled", 500, "miejsca parkingowe dla osób z niepełnosprawnością", "disabled parking spaces"),
		"capacity:disabled",
		a11y("parking.forWheelchairUsers?.count"))
	add(LinkArrival, shelfGeometry,
		number("parking_distance", "m", 0, 5000, "odległość parkingu od wejścia", "distance from parking to the entrance"),
		"",
		a11y("parking.forWheelchairUsers.distanceToEntrance"))

	add(LinkPath, shelfGeometry, number("path_min_width", "cm", 0, 2000, "najmniejsza szerokość dojścia", "least width of the path"),
		"width",
		a11y("pathways.widthAtObstacles"))
	add(LinkPath, shelfGeometry,
		number("incline_max", "%", -100, 100, "największe nachylenie podłużne (ujemne: w dół do wejścia)",
			"greatest slope along the path (negative: down to the entrance)"), "incline",
		a11y("surface.longitudinalSlope"))
	add(LinkPath, shelfGeometry,
		number("incline_run", "m", 0, 20000, "długość odcinka o największym nachyleniu", "length of the steepest part"), "")
	add(LinkPath, shelfGeometry, number("cross_slope", "%", 0, 100, "nachylenie poprzeczne", "slope across the path"),
		"incline:across",
		a11y("surface.lateralSlope"))
	add(LinkPath, shelfGeometry, enum("surface", Surfaces, "nawierzchnia", "surface"), "surface",
		a11y("surface.types[]"))
	add(LinkPath, shelfGeometry, enum("smoothness", Smoothnesses, "równość nawierzchni", "smoothness"),
		"smoothness",
		a11y("surface.smoothness"))
	add(LinkPath, shelfGeometry, enum("kerb", Kerbs, "krawężnik", "kerb"), "kerb",
		a11y("pathways.isKerbstoneFree", "no = true", "flush > true", "lowered > false", "raised > false", "rolled > false"))
	add(LinkPath, shelfGeometry, number("kerb_height", "cm", 0, 50, "wysokość krawężnika", "height of the kerb"),
		"kerb:height")
	add(LinkPath, shelfEquipment, yesNo("lit", "oświetlenie", "lighting"), "lit",
		a11y("isWellLit"))
	add(LinkPath, shelfEquipment,
		number("rest_gap_max", "m", 0, 20000, "najdłuższy odcinek bez miejsca do siedzenia", "longest way without a seat"), "")
	add(LinkPath, shelfEquipment, enum("tactile_guidance", TactileGuidances, "prowadzenie dotykowe", "tactile guidance"),
		"tactile_paving",
		a11y("", "partial = signageSystems[].hasTactilePaving:true", "yes > signageSystems[].hasTactilePaving:true",
			"no = signageSystems[].hasTactilePaving:false"))

	add(LinkEntrance, shelfGeometry, count("steps", 500, "stopnie", "steps"), "step_count",
		a11y("entrances[n].properties.stairs.count"))
	add(LinkEntrance, shelfGeometry, number("step_height", "cm", 0, 60, "wysokość stopnia", "height of a step"),
		"wheelchair:step_height",
		a11y("entrances[n].properties.stairs.stepHeight"))
	add(LinkEntrance, shelfEquipment, yesNo("step_contrast", "kontrastowe krawędzie stopni", "contrasting step edges"),
		"",
		a11y("entrances[n].properties.stairs.hasHighContrastNosing"))
	add(LinkEntrance, shelfEquipment, enum("handrail", Handrails, "poręcz", "handrail"), "handrail",
		a11y("entrances[n].properties.stairs",
			"none = hasHandRail:false",
			"both = hasHandRail:true grabBars.onUsersLeftSide:true grabBars.onUsersRightSide:true",
			"left = hasHandRail:true grabBars.onUsersLeftSide:true grabBars.onUsersRightSide:false",
			"right = hasHandRail:true grabBars.onUsersLeftSide:false grabBars.onUsersRightSide:true"))
	add(LinkEntrance, shelfGeometry, enum("ramp", Ramps, "pochylnia", "ramp"), "ramp",
		a11y("entrances[n].properties",
			"fixed = hasFixedRamp:true", "removable = hasFixedRamp:false hasRemovableRamp:true", "removable < hasRemovableRamp:true",
			"none = hasFixedRamp:false hasRemovableRamp:false"))
	add(LinkEntrance, shelfGeometry, number("ramp_slope", "%", 0, 60, "nachylenie pochylni", "slope of the ramp"),
		"incline",
		a11y("entrances[n].properties.slopeAngle"))
	add(LinkEntrance, shelfGeometry, number("ramp_run", "m", 0, 200, "długość biegu pochylni", "length of a run of the ramp"),
		"")
	add(LinkEntrance, shelfEquipment, enum("stepfree_alternative", StepFreeAlternatives, "obejście stopni", "way round the steps"), "",
		a11y("entrances[n].properties.hasHoist", "platform = true"))
	add(LinkEntrance, shelfGeometry,
		yesNo("entrance_level", "wejście z poziomu terenu (próg do 2 cm)", "level entrance (lip of at most 2 cm)"), "",
		a11y("entrances[n].properties.isLevel"))
	add(LinkEntrance, shelfGeometry, number("threshold", "cm", 0, 60, "wysokość progu", "height of the threshold"),
		"",
		a11y("entrances[n].properties.door.thresholdHeight"))
	add(LinkEntrance, shelfGeometry, number("door_width", "cm", 30, 600, "szerokość drzwi w świetle", "clear width of the door"),
		"door:width",
		a11y("entrances[n].properties.door?.width"),
		a11y("restrooms[n].entrance.door?.width").at(LinkToilet))
	add(LinkEntrance, shelfEquipment, enum("door_operation", DoorOperations, "otwieranie drzwi", "door operation"),
		"automatic_door",
		a11y("entrances[n].properties.door",
			"automatic = isAutomatic:true", "revolving = isRevolving:true", "turnstile = isTurnstile:true",
			"manual = isAutomatic:false isAlwaysOpen:false isRevolving:false isTurnstile:false"))
	add(LinkEntrance, shelfEquipment, yesNo("glass_marked", "oznaczone przeszklenia", "marked glass"),
		"",
		a11y("entrances[n].properties.door.hasClearMarkingOnGlassDoor"))
	add(LinkEntrance, shelfEquipment, enum("call_device", CallDevices, "przywołanie obsługi", "call device"), "",
		a11y("entrances[n].properties.door",
			"video = hasIntercom:true intercom.hasVideoCamera:true", "intercom = hasIntercom:true intercom.hasVideoCamera:false",
			"button < hasIntercom:false needsDoorbell:true"))
	add(LinkEntrance, shelfEquipment, yesNo("sound_beacon", "naprowadzanie dźwiękiem", "sound beacon"), "")

	add(LinkInside, shelfGeometry, enum("stepfree_inside", StepFreeExtents, "wnętrze bez stopni", "step-free inside"),
		"wheelchair")
	add(LinkInside, shelfGeometry, number("turning_space", "cm", 0, 2000, "średnica pola manewru", "diameter of the turning space"),
		"wheelchair:turning_circle",
		a11y("pathwaysInside.surface.turningSpace"),
		a11y("restrooms[n].turningSpaceInside").at(LinkToilet),
		a11y("entrances[n].properties.door.turningSpaceInFront").at(LinkEntrance))
	add(LinkInside, shelfGeometry, number("lift_width", "cm", 30, 500, "szerokość kabiny windy", "width of the lift car"),
		"",
		a11y("availableEquipment[category=elevator].cabinWidth"))
	add(LinkInside, shelfGeometry, number("lift_length", "cm", 30, 1000, "długość kabiny windy", "length of the lift car"),
		"",
		a11y("availableEquipment[category=elevator].cabinLength"))
	add(LinkInside, shelfEquipment, yesNo("lift_speech", "komunikaty głosowe w windzie", "spoken announcements in the lift"),
		"",
		a11y("availableEquipment[category=elevator].hasSpeech"))
	add(LinkInside, shelfEquipment, number("desk_height", "cm", 0, 200, "wysokość lady", "height of the desk"), "",
		a11y("desks?[0].fixedHeight"))
	add(LinkInside, shelfEquipment,
		number("knee_space", "cm", 0, 200, "wysokość miejsca na kolana pod ladą", "height of the knee space under the desk"), "",
		a11y("desks[0].fixedHeightBelow"))
	add(LinkInside, shelfEquipment,
		count("wheelchair_places", 10000, "miejsca dla wózków na widowni", "wheelchair places in the audience"), "",
		a11y("wheelchairPlaces?.count"))

	add(LinkToilet, shelfEquipment,
		enum("toilet_wheelchair", WheelchairToilets, "toaleta dla osób na wózkach", "toilet for wheelchair users"), "toilets:wheelchair",
		a11y("restrooms?[n].isAccessibleWithWheelchair", "yes = true", "no = false", "limited > false"))
	add(LinkToilet, shelfGeometry,
		enum("toilet_transfer", ToiletTransfers, "strona przesiadania na toaletę", "side of transfer to the toilet"), "",
		a11y("restrooms[n].toilet",
			// A11yJSON looks from the toilet, we look at it.
			"both < spaceOnUsersLeftSide>=90 spaceOnUsersRightSide>=90",
			"left < spaceOnUsersLeftSide<90 spaceOnUsersRightSide>=90",
			"right < spaceOnUsersLeftSide>=90 spaceOnUsersRightSide<90",
			"none < spaceOnUsersLeftSide<90 spaceOnUsersRightSide<90"))
	add(LinkToilet, shelfGeometry, number("toilet_seat_height", "cm", 20, 80, "wysokość deski sedesowej", "height of the toilet seat"),
		"",
		a11y("restrooms[n].toilet.heightOfBase"))
	add(LinkToilet, shelfEquipment, enum("grab_bars", GrabBars, "poręcze przy toalecie", "grab bars"), "",
		a11y("restrooms[n].toilet.grabBars",
			"both = onUsersLeftSide:true onUsersRightSide:true", "none = onUsersLeftSide:false onUsersRightSide:false",
			"one < onUsersLeftSide:true onUsersRightSide:false", "one < onUsersLeftSide:false onUsersRightSide:true"))
	add(LinkToilet, shelfEquipment, yesNo("adult_changing", "przewijak dla dorosłych (komfortka)", "changing table for adults"),
		"",
		a11y("restrooms[n].hasChangingTableForAdults"))
	add(LinkToilet, shelfEquipment, yesNo("hoist", "podnośnik sufitowy", "ceiling hoist"), "",
		a11y("restrooms[n].hasCeilingHoist"))
	add(LinkToilet, shelfEquipment, yesNo("baby_changing", "przewijak dla niemowląt", "baby changing table"),
		"changing_table",
		a11y("restrooms[n].hasChangingTableForBabies"))
	add(LinkToilet, shelfStaff, enum("key_needed", Keys, "klucz do toalety", "key to the toilet"), "centralkey",
		a11y("restrooms[n].entrance.door.needsEuroKey", "eurokey = true", "none = false"))

	media := enum("tactile_media", TactileMedia, "materiały dotykowe", "tactile media")
	media.Type = AttributeSet
	add(LinkServices, shelfStaff, media, "tactile_writing",
		a11y("",
			"plan = signageSystems[].hasTactileMap:true", "model = media[].isTactile:true", "model < media[].accessMode[]:tactile",
			"braille = signageSystems[].hasBraille:true", "braille < media[].isBraille:true",
			"none = signageSystems[].hasTactileMap:false media[].isTactile:false signageSystems[].hasBraille:false"))
	add(LinkServices, shelfStaff, enum("audio_description", AudioDescriptions, "audiodeskrypcja", "audio description"),
		"",
		a11y("",
			"permanent < interactions[].perception.audioDescription:always",
			"permanent > media[].hasAudioDescription:true", "app > media[].hasAudioDescription:true",
			"occasional = media[].hasAudioDescription:true", "occasional < interactions[].perception.audioDescription:sometimes",
			"none = media[].hasAudioDescription:false"))
	add(LinkServices, shelfEquipment, enum("induction_loop", InductionLoops, "pętla indukcyjna", "induction loop"),
		"hearing_loop",
		a11y("hasInductionLoop", "fixed = true", "none = false"))
	add(LinkServices, shelfStaff, enum("sign_language", SignLanguages, "język migowy", "sign language"), "",
		a11y("",
			"live = staff.languages[]:pso", "live < staff.languages[]:sgn-pso",
			"video = media[].languages[]:pso", "video < media[].languages[]:sgn-pso"))
	add(LinkServices, shelfStaff, yesNo("captions", "napisy", "captions"), "",
		a11y("", "true = media[].hasSubtitles:true", "true < interactions[].perception.subtitles:always",
			"false = media[].hasSubtitles:false"))
	add(LinkServices, shelfStaff, yesNo("easy_to_read", "tekst łatwy do czytania (ETR)", "easy-to-read text"),
		"",
		a11y("media[].hasPlainLanguageOption"))
	add(LinkServices, shelfEquipment, yesNo("pictograms", "piktogramy", "pictograms"), "",
		a11y("signageSystems[].hasPictograms"))
	add(LinkServices, shelfStaff, enum("quiet_space", QuietSpaces, "miejsce lub pora ciszy", "quiet space or hours"),
		"quiet_hours",
		a11y("hasLowStimulusEnvironment", "space = true", "none = false"))
	add(LinkServices, shelfStaff, yesNo("assistance_dog", "wstęp z psem asystującym", "assistance dogs allowed"),
		"dog",
		a11y("animalPolicy",
			"true = allowsGuideDogs:true allowsAssistanceDogs:true", "false = allowsGuideDogs:false allowsAssistanceDogs:false",
			"true < allowsGuideDogs:true", "true < allowsAssistanceDogs:true",
			"false < allowsGuideDogs:false", "false < allowsAssistanceDogs:false"))
	add(LinkServices, shelfStaff, yesNo("evacuation_support", "wsparcie w ewakuacji", "support in evacuation"), "")
	add(LinkServices, shelfStaff, yesNo("staff_trained", "przeszkolona obsługa", "trained staff"), "")
	add(LinkServices, shelfStaff, yesNo("text_contact", "kontakt tekstowy (SMS, e-mail, czat)", "contact by text (SMS, e-mail, chat)"), "")
	add(LinkServices, shelfStaff,
		yesNo("contact_on_request", "kontakt w formie wskazanej we wniosku", "contact in the form a person asks for"), "")
	add(LinkServices, shelfEquipment, yesNo("fm_system", "system FM", "FM system"), "")
	layout := enum("layout_info", LayoutInformations, "informacja o rozkładzie pomieszczeń", "information about the layout")
	layout.Type = AttributeSet
	add(LinkServices, shelfEquipment, layout, "")
	add(LinkServices, shelfStaff,
		yesNo("machine_readable_text", "informacja o działalności do odczytu maszynowego", "machine-readable text about the institution"), "")
	add(LinkServices, shelfStaff,
		yesNo("pjm_recording", "nagranie o działalności w PJM", "recording about the institution in Polish Sign Language"), "")
	add(LinkServices, shelfEquipment,
		AccessAttribute{Code: "certificate_issuer", Type: AttributeText, Label: Text{"certyfikat: wydawca", "certificate: issuer"}}, "")
	add(LinkServices, shelfEquipment,
		AccessAttribute{Code: "certificate_category", Type: AttributeText, Label: Text{"certyfikat: kategoria", "certificate: category"}}, "")
	add(LinkServices, shelfEquipment,
		enum("wheelchair_claim", WheelchairClaims, "dostępność dla wózków według źródła", "wheelchair access as a source claims it"), "wheelchair",
		a11y("wheelchairAccessibilityGrade", "yes < fully", "limited < partially", "no < not"))
	return all
})
