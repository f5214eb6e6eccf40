package models

// A CodeEntry is one code of a closed list with its label.
type CodeEntry struct {
	Code  string `json:"code"`
	Label Text   `json:"label"`
}

// A CodeList is a closed list of codes, in the order people should see them. Codes are stable: they are stored in records.
type CodeList struct {
	Name    string      `json:"name"`
	Entries []CodeEntry `json:"entries"`
}

// Has says whether the list holds the code; the empty code is in no list.
func (l CodeList) Has(code string) bool { return l.Index(code) >= 0 }

// Index is the place of the code in the list, -1 when it is not there.
func (l CodeList) Index(code string) int {
	for i, e := range l.Entries {
		if e.Code == code {
			return i
		}
	}
	return -1
}

// Label is the label of the code; for a code the list does not hold it is the code itself in both languages.
func (l CodeList) Label(code string) Text {
	for _, e := range l.Entries {
		if e.Code == code {
			return e.Label
		}
	}
	return Text{PL: code, EN: code}
}

// Codes are the codes in their order.
func (l CodeList) Codes() []string {
	codes := make([]string, len(l.Entries))
	for i, e := range l.Entries {
		codes[i] = e.Code
	}
	return codes
}

// The codes that rules branch on. All others appear in their list only.
const (
	FacetHeritage       = "heritage"
	FacetInfrastructure = "infrastructure"
	FacetProduct        = "product"

	LifecyclePlanned   = "planned"
	LifecycleExisting  = "existing"
	LifecycleClosed    = "closed"
	LifecycleDestroyed = "destroyed"

	PublicationDraft     = "draft"
	PublicationInReview  = "in_review"
	PublicationPublished = "published"
	PublicationArchived  = "archived"

	VisibilityPublic     = "public"
	VisibilityCoarse     = "coarse"
	VisibilityRestricted = "restricted"

	RoleViewer          = "viewer"
	RoleContributor     = "contributor"
	RoleHeritageOfficer = "heritage_officer"
	RolePlanner         = "planner"
	RoleAdmin           = "admin"

	AccuracyWithin1M     = "within_1m"
	AccuracyWithin10M    = "within_10m"
	AccuracyWithin100M   = "within_100m"
	AccuracyWithin1KM    = "within_1km"
	AccuracyMunicipality = "municipality"

	ProtectionKindForm          = "protection_form"
	ProtectionKindInventory     = "inventory"
	ProtectionKindInternational = "international"
	ProtectionRegister          = "register"

	ObjectBuilding          = "building"
	ObjectStructure         = "structure"
	ObjectSmallArchitecture = "small_architecture"
	ObjectEnsemble          = "ensemble"
	ObjectPark              = "park"
	ObjectCemetery          = "cemetery"
	ObjectLayout            = "layout"
	ObjectLandscape         = "landscape"
	ObjectTrail             = "trail"
	ObjectSurroundings      = "surroundings"

	ScaleAsset    = "asset"
	ScaleHeritage = "heritage"

	GradeUncertain   = "uncertain"
	GradeNotAssessed = "not_assessed"
	GradeDestroyed   = "destroyed"

	FactKnown         = "known"
	FactNotApplicable = "not_applicable"
	FactDisputed      = "disputed"
	FactWithdrawn     = "withdrawn"

	MethodMeasured      = "measured"
	MethodEstimated     = "estimated"
	MethodOwnerDeclared = "owner_declared"
	MethodReported      = "reported"
	MethodImported      = "imported"
	MethodDerived       = "derived"
	MethodDemonstration = "demonstration"

	ProductTrail       = "trail"
	ProductRoute       = "route"
	ProductPackage     = "package"
	ProductEvent       = "event"
	ProductEventSeries = "event_series"
	ProductCollection  = "collection"

	SchemeInspire  = "inspire"
	SchemeOSM      = "osm"
	SchemeWikidata = "wikidata"
	SchemeRSPO     = "rspo"
	SchemeWolnica  = "wolnica"
	SchemeNID      = "nid"
)

// Facets are the sides a record may have; a place may be both heritage and infrastructure.
var Facets = CodeList{Name: "facet", Entries: []CodeEntry{
	{FacetHeritage, Text{"zabytek", "heritage"}},
	{FacetInfrastructure, Text{"infrastruktura czasu wolnego", "leisure infrastructure"}},
	{FacetProduct, Text{"produkt turystyczny", "tourist product"}},
}}

// Lifecycles say whether the place is there at all.
var Lifecycles = CodeList{Name: "lifecycle", Entries: []CodeEntry{
	{LifecyclePlanned, Text{"planowane", "planned"}},
	{LifecycleExisting, Text{"istniejące", "existing"}},
	{LifecycleClosed, Text{"zamknięte", "closed"}},
	{LifecycleDestroyed, Text{"nieistniejące", "destroyed"}},
}}

// Publications are the steps of a record from draft to archive.
var Publications = CodeList{Name: "publication", Entries: []CodeEntry{
	{PublicationDraft, Text{"szkic", "draft"}},
	{PublicationInReview, Text{"do sprawdzenia", "in review"}},
	{PublicationPublished, Text{"opublikowane", "published"}},
	{PublicationArchived, Text{"zarchiwizowane", "archived"}},
}}

// Visibilities say what the public sees: all, a position masked to about 1 km, or nothing.
var Visibilities = CodeList{Name: "visibility", Entries: []CodeEntry{
	{VisibilityPublic, Text{"publiczne", "public"}},
	{VisibilityCoarse, Text{"położenie przybliżone", "approximate position"}},
	{VisibilityRestricted, Text{"zastrzeżone", "restricted"}},
}}

// Accuracies are the classes of positional accuracy, from the best.
var Accuracies = CodeList{Name: "positional_accuracy", Entries: []CodeEntry{
	{AccuracyWithin1M, Text{"do 1 m", "within 1 m"}},
	{AccuracyWithin10M, Text{"do 10 m", "within 10 m"}},
	{AccuracyWithin100M, Text{"do 100 m", "within 100 m"}},
	{AccuracyWithin1KM, Text{"do 1 km", "within 1 km"}},
	{AccuracyMunicipality, Text{"tylko gmina", "municipality only"}},
}}

// ProtectionKinds are the three ideas that the ledger keeps apart.
var ProtectionKinds = CodeList{Name: "protection_kind", Entries: []CodeEntry{
	{ProtectionKindForm, Text{"forma ochrony", "form of protection"}},
	{ProtectionKindInventory, Text{"ewidencja zabytków", "inventory of monuments"}},
	{ProtectionKindInternational, Text{"wpis międzynarodowy", "international listing"}},
}}

// ProtectionForms are the forms of protection of art. 7 of the Act of 23 July 2003, with the list of treasures of heritage.
var ProtectionForms = CodeList{Name: "protection_form", Entries: []CodeEntry{
	{ProtectionRegister, Text{"wpis do rejestru zabytków", "entry in the register of monuments"}},
	{"monument_of_history", Text{"pomnik historii", "monument of history"}},
	{"cultural_park", Text{"park kulturowy", "cultural park"}},
	{"local_plan", Text{"ustalenia ochrony w planie miejscowym lub decyzji", "protection in a local plan or a planning decision"}},
	{"treasure_list", Text{"wpis na Listę Skarbów Dziedzictwa", "entry in the List of Heritage Treasures"}},
}}

// Inventories are the inventories of monuments (art. 22). An inventory is not a form of protection.
var Inventories = CodeList{Name: "inventory", Entries: []CodeEntry{
	{"national", Text{"krajowa ewidencja zabytków (KEZ)", "national inventory of monuments (KEZ)"}},
	{"voivodeship", Text{"wojewódzka ewidencja zabytków (WEZ)", "voivodeship inventory of monuments (WEZ)"}},
	{"municipal", Text{"gminna ewidencja zabytków (GEZ)", "municipal inventory of monuments (GEZ)"}},
}}

// InternationalListings are the listings outside Polish law.
var InternationalListings = CodeList{Name: "international", Entries: []CodeEntry{
	{"unesco_property", Text{"obszar wpisu na Listę Światowego Dziedzictwa UNESCO", "UNESCO World Heritage property"}},
	{"unesco_buffer", Text{"strefa buforowa wpisu UNESCO", "UNESCO World Heritage buffer zone"}},
}}

// HeritageObjectTypes are the kinds of immovable monument: those of art. 6(1)(1) of the Act of 23 July 2003 and, where
// they differ, those of the data of the National Institute of Cultural Heritage.
var HeritageObjectTypes = CodeList{Name: "heritage_object_type", Entries: []CodeEntry{
	{ObjectLandscape, Text{"krajobraz kulturowy", "cultural landscape"}},
	{ObjectLayout, Text{"układ urbanistyczny lub ruralistyczny", "urban or rural layout"}},
	{ObjectEnsemble, Text{"zespół budowlany", "building ensemble"}},
	{ObjectBuilding, Text{"dzieło architektury i budownictwa", "architecture and building"}},
	{ObjectStructure, Text{"budowla", "structure"}},
	{"defence_works", Text{"dzieło budownictwa obronnego", "defence works"}},
	{"technical_monument", Text{"obiekt techniki", "technical monument"}},
	{ObjectCemetery, Text{"cmentarz", "cemetery"}},
	{ObjectPark, Text{"park, ogród lub inna forma zieleni", "park, garden or other designed greenery"}},
	{"memorial_place", Text{"miejsce pamięci", "memorial place"}},
	{"archaeological_site", Text{"zabytek archeologiczny", "archaeological monument"}},
	{ObjectSmallArchitecture, Text{"mała architektura", "small architecture"}},
	{ObjectTrail, Text{"szlak", "trail"}},
	{ObjectSurroundings, Text{"otoczenie zabytku", "surroundings of a monument"}},
}}

// InspectionScales say which list of grades an inspection uses: AssetGrades or HeritageGrades.
var InspectionScales = CodeList{Name: "inspection_scale", Entries: []CodeEntry{
	{ScaleAsset, Text{"skala 1–5", "scale 1–5"}},
	{ScaleHeritage, Text{"skala zabytków", "heritage scale"}},
}}

// HeritageGrades grade the condition of a monument. GradeNotAssessed is the real default of registers: it is no grade and
// is never shown as a good one.
var HeritageGrades = CodeList{Name: "heritage_grade", Entries: []CodeEntry{
	{"good", Text{"dobry", "good"}},
	{"fair", Text{"dostateczny", "fair"}},
	{"poor", Text{"zły", "poor"}},
	{"very_bad", Text{"bardzo zły", "very bad"}},
	{GradeDestroyed, Text{"nie istnieje", "destroyed"}},
	{GradeUncertain, Text{"nieustalony", "uncertain"}},
	{GradeNotAssessed, Text{"niezweryfikowany", "not assessed"}},
}}

// AssetGrades grade the condition of infrastructure by the five steps of the International Infrastructure Management
// Manual, from 1 very good to 5 very poor.
var AssetGrades = CodeList{Name: "asset_grade", Entries: []CodeEntry{
	{"1", Text{"1 – bardzo dobry", "1 – very good"}},
	{"2", Text{"2 – dobry", "2 – good"}},
	{"3", Text{"3 – dostateczny", "3 – fair"}},
	{"4", Text{"4 – zły", "4 – poor"}},
	{"5", Text{"5 – bardzo zły", "5 – very poor"}},
}}

// Trends say where the condition is going.
var Trends = CodeList{Name: "trend", Entries: []CodeEntry{
	{"declining", Text{"pogarsza się", "declining"}},
	{"stable", Text{"bez zmian", "stable"}},
	{"improving", Text{"poprawia się", "improving"}},
	{"unknown", Text{"nieznany", "unknown"}},
}}

// Priorities are the Heritage at Risk priorities of Historic England, A the most urgent.
var Priorities = CodeList{Name: "priority", Entries: []CodeEntry{
	{"A", Text{"A – bezpośrednie zagrożenie, brak rozwiązania", "A – immediate risk, no solution agreed"}},
	{"B", Text{"B – bezpośrednie zagrożenie, rozwiązanie uzgodnione", "B – immediate risk, solution agreed"}},
	{"C", Text{"C – powolne niszczenie, brak rozwiązania", "C – slow decay, no solution agreed"}},
	{"D", Text{"D – powolne niszczenie, rozwiązanie uzgodnione", "D – slow decay, solution agreed"}},
	{"E", Text{"E – w remoncie albo w stanie dostatecznym lub dobrym", "E – under repair, or in fair to good repair"}},
	{"F", Text{"F – trwa program naprawczy", "F – repair scheme in progress"}},
}}

// Occupancies say whether the object is used.
var Occupancies = CodeList{Name: "occupancy", Entries: []CodeEntry{
	{"vacant", Text{"nieużytkowany", "vacant"}},
	{"part_occupied", Text{"użytkowany częściowo", "part occupied"}},
	{"occupied", Text{"użytkowany", "occupied"}},
	{"not_applicable", Text{"nie dotyczy", "not applicable"}},
	{"unknown", Text{"nieznane", "unknown"}},
}}

// SurveyAccesses say how much of the object the surveyor saw.
var SurveyAccesses = CodeList{Name: "survey_access", Entries: []CodeEntry{
	{"none", Text{"brak dostępu", "none"}},
	{"site", Text{"tylko teren", "site only"}},
	{"exterior", Text{"z zewnątrz", "exterior"}},
	{"interior", Text{"wewnątrz", "interior"}},
}}

// Urgencies say by when a recommended action is due, counted from the inspection.
var Urgencies = CodeList{Name: "urgency", Entries: []CodeEntry{
	{"immediate", Text{"natychmiast", "immediately"}},
	{"within_1_year", Text{"w ciągu roku", "within 1 year"}},
	{"within_5_years", Text{"w ciągu 5 lat", "within 5 years"}},
	{"routine", Text{"w ramach bieżącej konserwacji", "with routine maintenance"}},
}}

// FactStates say what a fact states; where nothing is known there is no fact.
var FactStates = CodeList{Name: "fact_state", Entries: []CodeEntry{
	{FactKnown, Text{"znane", "known"}},
	{FactNotApplicable, Text{"nie dotyczy", "not applicable"}},
	{FactDisputed, Text{"sporne", "disputed"}},
	{FactWithdrawn, Text{"wycofane", "withdrawn"}},
}}

// Methods say how a fact or a survey came about. MethodDemonstration marks invented data and is shown as such.
var Methods = CodeList{Name: "method", Entries: []CodeEntry{
	{MethodMeasured, Text{"zmierzone", "measured"}},
	{MethodEstimated, Text{"oszacowane", "estimated"}},
	{MethodOwnerDeclared, Text{"podane przez właściciela lub zarządcę", "declared by the owner or operator"}},
	{MethodReported, Text{"ze zgłoszenia", "reported by a visitor"}},
	{MethodImported, Text{"z importu", "imported"}},
	{MethodDerived, Text{"wyliczone", "derived"}},
	{MethodDemonstration, Text{"dane pokazowe", "demonstration data"}},
}}

// ProductKinds are the kinds of tourist product.
var ProductKinds = CodeList{Name: "product_kind", Entries: []CodeEntry{
	{ProductTrail, Text{"szlak", "trail"}},
	{ProductRoute, Text{"trasa", "route"}},
	{ProductPackage, Text{"pakiet", "package"}},
	{ProductEvent, Text{"wydarzenie", "event"}},
	{ProductEventSeries, Text{"cykl wydarzeń", "event series"}},
	{ProductCollection, Text{"kolekcja", "collection"}},
}}

// ProductStatuses say whether a product can be used now.
var ProductStatuses = CodeList{Name: "product_status", Entries: []CodeEntry{
	{"scheduled", Text{"zaplanowany", "scheduled"}},
	{"open", Text{"otwarty", "open"}},
	{"closed", Text{"zamknięty", "closed"}},
	{"postponed", Text{"odłożony", "postponed"}},
	{"rescheduled", Text{"przeniesiony na inny termin", "rescheduled"}},
	{"suspended", Text{"zawieszony", "suspended"}},
	{"cancelled", Text{"odwołany", "cancelled"}},
	{"finished", Text{"zakończony", "finished"}},
}}

// ExternalIDSchemes are the schemes of identifiers Wolnica knows by name; a record may hold others.
var ExternalIDSchemes = CodeList{Name: "external_id_scheme", Entries: []CodeEntry{
	{SchemeInspire, Text{"identyfikator INSPIRE", "INSPIRE identifier"}},
	{SchemeOSM, Text{"obiekt OpenStreetMap", "OpenStreetMap object"}},
	{SchemeWikidata, Text{"element Wikidanych", "Wikidata item"}},
	{SchemeRSPO, Text{"rejestr szkół i placówek oświatowych (RSPO)", "Polish register of schools (RSPO)"}},
	{SchemeWolnica, Text{"Wolnica", "Wolnica"}},
	{SchemeNID, Text{"zabytek.pl (NID)", "zabytek.pl (NID)"}},
}}

// MediaKinds are the kinds of file kept with a record.
var MediaKinds = CodeList{Name: "media_kind", Entries: []CodeEntry{
	{"photo", Text{"zdjęcie", "photo"}},
	{"drawing", Text{"rysunek lub rzut", "drawing or plan"}},
	{"map", Text{"mapa", "map"}},
	{"document", Text{"dokument", "document"}},
	{"audio", Text{"nagranie dźwiękowe", "audio"}},
	{"video", Text{"film", "video"}},
}}

// Roles are held per municipality, from the least rights to the most.
var Roles = CodeList{Name: "role", Entries: []CodeEntry{
	{RoleViewer, Text{"czytelnik", "viewer"}},
	{RoleContributor, Text{"współtwórca", "contributor"}},
	{RoleHeritageOfficer, Text{"opiekun zabytków", "heritage officer"}},
	{RolePlanner, Text{"planista", "planner"}},
	{RoleAdmin, Text{"administrator", "administrator"}},
}}

// CodeLists are all the closed lists: those of records here, then the values of the accessibility attributes.
func CodeLists() []CodeList {
	return []CodeList{
		Facets, Lifecycles, Publications, Visibilities, Accuracies,
		ProtectionKinds, ProtectionForms, Inventories, InternationalListings, HeritageObjectTypes, MunicipalityKinds,
		InspectionScales, HeritageGrades, AssetGrades, Trends, Priorities, Occupancies, SurveyAccesses, Urgencies,
		FactStates, Methods, ProductKinds, ProductStatuses, ExternalIDSchemes, MediaKinds, Roles,
		AccessLinks, Surfaces, Smoothnesses, Kerbs, TactileGuidances, Handrails, Ramps, StepFreeAlternatives, DoorOperations, CallDevices,
		StepFreeExtents, WheelchairToilets, ToiletTransfers, GrabBars, Keys, TactileMedia, AudioDescriptions, InductionLoops,
		SignLanguages, LayoutInformations, QuietSpaces, WheelchairClaims, AccessProfiles, VerdictCodes,
		ProposalStatuses, Certainties, ReportStates, ReportItemKinds, Workspaces, QualityKinds,
		ProposalKinds, InvestmentStatuses, Readinesses, ProposalLocks, CostBases, CostLevels, PlanCriteria, RunStatuses, RunPhases, WhyNotReasons, PriceKinds,
		Audiences, DistanceModes, LegalBases, RateKinds, RateUnits, AssumptionGroups, AssumptionUnits,
	}
}
