package v1

import (
	"context"
	"strings"
	"time"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/store"
)

// PlaceInput is a place as clients write it.
type PlaceInput struct {
	Name         models.Text  `json:"name"`
	Description  models.Text  `json:"description,omitzero"`
	Lifecycle    string       `json:"lifecycle,omitzero" validate:"omitempty,lifecycle"`
	Publication  string       `json:"publication,omitzero" validate:"omitempty,publication"`
	Visibility   string       `json:"visibility,omitzero" validate:"omitempty,visibility"`
	Geometry     geo.Geometry `json:"geometry,omitzero"`
	Accuracy     string       `json:"accuracy" validate:"required,positional_accuracy"`
	ParentID     *int64       `json:"parent_id,omitzero"`
	Address      Address      `json:"address,omitzero"`
	Website      string       `json:"website,omitzero"`
	OpeningHours string       `json:"opening_hours,omitzero"`
	// Free says that nobody pays to enter; absent is unknown.
	Free           *bool           `json:"free,omitzero"`
	Heritage       *Heritage       `json:"heritage,omitzero"`
	Infrastructure *Infrastructure `json:"infrastructure,omitzero"`
	Method         string          `json:"method,omitzero"`
	Source         string          `json:"source,omitzero"`
	Licence        string          `json:"licence,omitzero"`
}

// Address is where a place is for a person who asks the way.
type Address struct {
	Locality    string `json:"locality,omitzero"`
	Street      string `json:"street,omitzero"`
	HouseNumber string `json:"house_number,omitzero"`
	Postcode    string `json:"postcode,omitzero"`
}

// Heritage is the heritage facet of a place.
type Heritage struct {
	Category         string `json:"category" validate:"required"`
	ObjectType       string `json:"object_type,omitzero" validate:"omitempty,heritage_object_type"`
	Dating           Dating `json:"dating,omitzero"`
	Materials        string `json:"materials,omitzero"`
	OriginalFunction string `json:"original_function,omitzero"`
	CurrentFunction  string `json:"current_function,omitzero"`
	Designer         string `json:"designer,omitzero"`
}

// Dating is when a thing was made: the text as a scholar writes it, and the years. Years left out are read from the text.
type Dating struct {
	Text string `json:"text,omitzero"`
	From *int   `json:"from,omitzero"`
	To   *int   `json:"to,omitzero"`
}

// Infrastructure is the infrastructure facet of a place.
type Infrastructure struct {
	Category          string   `json:"category" validate:"required"`
	Capacity          *int     `json:"capacity,omitzero"`
	Surface           string   `json:"surface,omitzero" validate:"omitempty,surface"`
	AreaM2            *float64 `json:"area_m2,omitzero"`
	BuiltYear         *int     `json:"built_year,omitzero"`
	RenewalValuePLN   *int64   `json:"renewal_value_pln,omitzero"`
	ExpectedLifeYears *int     `json:"expected_life_years,omitzero"`
	Operator          string   `json:"operator,omitzero"`
	Equipment         string   `json:"equipment,omitzero"`
}

// Place is a place as clients read it in lists.
type Place struct {
	Meta
	UID            string       `json:"uid,omitzero"`
	Name           models.Text  `json:"name,omitzero"`
	Description    models.Text  `json:"description,omitzero"`
	Lifecycle      string       `json:"lifecycle,omitzero"`
	Publication    string       `json:"publication,omitzero"`
	Visibility     string       `json:"visibility,omitzero"`
	Geometry       geo.Geometry `json:"geometry,omitzero"`
	Accuracy       string       `json:"accuracy,omitzero"`
	MunicipalityID *int64       `json:"municipality_id,omitzero"`
	ParentID       *int64       `json:"parent_id,omitzero"`
	Address        Address      `json:"address,omitzero"`
	Website        string       `json:"website,omitzero"`
	OpeningHours   string       `json:"opening_hours,omitzero"`
	// Free says that nobody pays to enter; absent is unknown.
	Free           *bool           `json:"free,omitzero"`
	Heritage       *Heritage       `json:"heritage,omitzero"`
	Infrastructure *Infrastructure `json:"infrastructure,omitzero"`
	// Protections are the codes in force; Condition is the newest inspection's.
	Protections []string  `json:"protections,omitzero"`
	Condition   Condition `json:"condition,omitzero"`
	// Verdicts say who can use the place by its facts, Lifecycle whether it is there; /places/{id}/access says why.
	Verdicts *Verdicts `json:"verdicts,omitzero"`
	// Verified are the profiles whose verdict is known and the same by fresh measurements on the spot alone.
	Verified []string `json:"verified,omitzero"`
	Method   string   `json:"method,omitzero"`
	Source   string   `json:"source,omitzero"`
	Licence  string   `json:"licence,omitzero"`
}

// Condition is the newest grade of a place and how fresh it is; without one the condition is unknown.
type Condition struct {
	Grade       string       `json:"grade,omitzero"`
	InspectedOn *models.Date `json:"inspected_on,omitzero"`
	// Method says how the grade came to be; demonstration marks an invented one.
	Method string `json:"method,omitzero"`
	// Freshness is fresh, stale (over three years) or never.
	Freshness string `json:"freshness,omitzero"`
}

// PlaceDetail is one place with everything known of it.
type PlaceDetail struct {
	Place
	Municipality     *MunicipalityLink `json:"municipality,omitzero"`
	ProtectionLedger []Protection      `json:"protection_ledger"`
	Inspections      []Inspection      `json:"inspections"`
	AccessFacts      []StandingFact    `json:"access_facts"`
	ExternalIDs      []ExternalID      `json:"external_ids"`
	Media            []Media           `json:"media"`
	Parent           *Link             `json:"parent,omitzero"`
	Children         []Link            `json:"children"`
	Products         []Link            `json:"products"`
	// Opening is read from the opening hours; absent where there are none, and for what does not exist.
	Opening *Opening `json:"opening,omitzero"`
}

// Link names a related record.
type Link struct {
	ID   int64       `json:"id"`
	Name models.Text `json:"name"`
}

// MunicipalityLink names a municipality.
type MunicipalityLink struct {
	ID    int64  `json:"id"`
	TERYT string `json:"teryt"`
	Name  string `json:"name"`
}

func placeInput(p *models.Place) PlaceInput {
	in := PlaceInput{
		Name: models.Text{PL: p.NamePL, EN: p.NameEN}, Description: models.Text{PL: p.DescriptionPL, EN: p.DescriptionEN},
		Lifecycle: p.Lifecycle, Publication: p.Publication, Visibility: p.Visibility, Geometry: p.Geom, Accuracy: p.Accuracy,
		ParentID: p.ParentID, Website: p.Website, OpeningHours: p.OpeningHours, Free: p.Free,
		Address: Address{Locality: p.Locality, Street: p.Street, HouseNumber: p.HouseNumber, Postcode: p.Postcode},
		Method:  p.Method, Source: p.Source, Licence: p.Licence,
	}
	if p.HeritageCategory != nil {
		in.Heritage = &Heritage{Category: *p.HeritageCategory, ObjectType: p.ObjectType,
			Dating:    Dating{Text: p.DatingText, From: p.DatingFrom, To: p.DatingTo},
			Materials: p.Materials, OriginalFunction: p.OriginalFunction, CurrentFunction: p.CurrentFunction, Designer: p.Designer}
	}
	if p.InfrastructureCategory != nil {
		in.Infrastructure = &Infrastructure{Category: *p.InfrastructureCategory, Capacity: p.Capacity, Surface: p.Surface, AreaM2: p.AreaM2,
			BuiltYear: p.BuiltYear, RenewalValuePLN: p.RenewalValuePLN, ExpectedLifeYears: p.ExpectedLifeYears, Operator: p.Operator, Equipment: p.Equipment}
	}
	return in
}

func applyPlace(in PlaceInput, p *models.Place) error {
	p.NamePL, p.NameEN, p.DescriptionPL, p.DescriptionEN = in.Name.PL, in.Name.EN, in.Description.PL, in.Description.EN
	p.Lifecycle = or(in.Lifecycle, models.LifecycleExisting)
	p.Publication = or(in.Publication, models.PublicationDraft)
	p.Visibility = or(in.Visibility, models.VisibilityPublic)
	p.Geom, p.Accuracy, p.ParentID, p.Website, p.OpeningHours, p.Free = in.Geometry, in.Accuracy, in.ParentID, in.Website, in.OpeningHours, in.Free
	p.Locality, p.Street, p.HouseNumber, p.Postcode = in.Address.Locality, in.Address.Street, in.Address.HouseNumber, in.Address.Postcode
	p.Method, p.Source, p.Licence = in.Method, in.Source, in.Licence

	h := in.Heritage
	p.HeritageCategory = nil
	if h != nil {
		p.HeritageCategory = &h.Category
	} else {
		h = &Heritage{}
	}
	if h.Dating.Text != p.DatingText && h.Dating.Text != "" && same(h.Dating.From, p.DatingFrom) && same(h.Dating.To, p.DatingTo) {
		// a new text with the old years, or none: the years follow the text
		h.Dating.From, h.Dating.To, _ = models.ParseDating(h.Dating.Text)
	}
	p.ObjectType, p.DatingText, p.DatingFrom, p.DatingTo = h.ObjectType, h.Dating.Text, h.Dating.From, h.Dating.To
	p.Materials, p.OriginalFunction, p.CurrentFunction, p.Designer = h.Materials, h.OriginalFunction, h.CurrentFunction, h.Designer

	i := in.Infrastructure
	p.InfrastructureCategory = nil
	if i != nil {
		p.InfrastructureCategory = &i.Category
	} else {
		i = &Infrastructure{}
	}
	p.Capacity, p.Surface, p.AreaM2, p.BuiltYear = i.Capacity, i.Surface, i.AreaM2, i.BuiltYear
	p.RenewalValuePLN, p.ExpectedLifeYears, p.Operator, p.Equipment = i.RenewalValuePLN, i.ExpectedLifeYears, i.Operator, i.Equipment
	return nil
}

func or(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

func same(a, b *int) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

func (h *handlers) place(p *models.Place) Place {
	in := placeInput(p)
	out := Place{
		Meta: metaOf(&p.Record), UID: p.UID, Name: in.Name, Description: in.Description, Lifecycle: in.Lifecycle, Publication: in.Publication,
		Visibility: in.Visibility, Geometry: in.Geometry, Accuracy: in.Accuracy, MunicipalityID: p.MunicipalityID, ParentID: in.ParentID,
		Address: in.Address, Website: in.Website, OpeningHours: in.OpeningHours, Free: in.Free, Heritage: in.Heritage, Infrastructure: in.Infrastructure,
		Protections: p.Protections, Condition: Condition{InspectedOn: p.InspectedOn, Freshness: "never"}, Verdicts: allVerdicts(p.Verdicts), Verified: p.Verified.Profiles(),
		Method: in.Method, Source: in.Source, Licence: in.Licence,
	}
	if p.Grade != nil {
		out.Condition.Grade = *p.Grade
	}
	if p.InspectionMethod != nil {
		out.Condition.Method = *p.InspectionMethod
	}
	if p.InspectedOn != nil {
		out.Condition.Freshness = "stale"
		if since := models.DateOf(h.now().AddDate(-models.FreshYears, 0, 0)); !p.InspectedOn.Before(since.Time) {
			out.Condition.Freshness = "fresh"
		}
	}
	return out
}

func (h *handlers) placeDetail(d *store.PlaceDetail) PlaceDetail {
	out := PlaceDetail{
		Place: h.place(&d.Place), ProtectionLedger: mapSlice(d.Protections, protectionOut), Inspections: mapSlice(d.Inspections, inspectionOut),
		AccessFacts: standingFacts(d.AccessFacts, models.DayOf(h.now())), ExternalIDs: mapSlice(d.ExternalIDs, externalIDOut), Media: mapSlice(d.Media, mediaOut),
		Children: mapSlice(d.Children, linkOut), Products: mapSlice(d.Products, linkOut),
		Opening: OpeningOf(&d.Place, h.now()),
	}
	if d.Municipality != nil {
		out.Municipality = &MunicipalityLink{ID: d.Municipality.ID, TERYT: d.Municipality.TERYT, Name: d.Municipality.Name}
	}
	if d.Parent != nil {
		parent := linkOut(*d.Parent)
		out.Parent = &parent
	}
	return out
}

func linkOut(l store.PlaceLink) Link {
	return Link{ID: l.ID, Name: models.Text{PL: l.NamePL, EN: l.NameEN}}
}

// PlaceQuery is the filter of every list of places: lists, facet counts, exports.
type PlaceQuery struct {
	Q             string       `query:"q" validate:"max=200" doc:"Words of the name or description, with or without diacritics; one typo is forgiven." pl:"Słowa nazwy lub opisu, ze znakami diakrytycznymi lub bez; jedna literówka jest wybaczana." example:"lagiewniki"`
	Kind          string       `query:"kind" validate:"omitempty,oneof=heritage infrastructure" doc:"The facet the place carries." pl:"Aspekt, który miejsce ma." example:"heritage"`
	Category      []string     `query:"category" doc:"Categories, each with its whole subtree." pl:"Kategorie, każda z całym poddrzewem." example:"playground,park"`
	Municipality  []string     `query:"municipality" doc:"TERYT codes; none is outside every municipality." pl:"Kody TERYT; none oznacza poza gminami." example:"1261011"`
	BBox          *geo.BBox    `query:"bbox" doc:"minLon,minLat,maxLon,maxLat." pl:"minLon,minLat,maxLon,maxLat." example:"19.8,50.0,20.0,50.1"`
	Polygon       *polygon     `query:"polygon" doc:"A polygon as WKT or GeoJSON; places that meet it." pl:"Wielokąt jako WKT albo GeoJSON; miejsca, które go przecinają." example:"POLYGON((19.9 50.0,20.0 50.0,20.0 50.1,19.9 50.0))"`
	Protection    []string     `query:"protection" validate:"dive,protection_filter" doc:"Protection in force; any or none." pl:"Obowiązująca ochrona; any lub none." example:"register"`
	Grade         []string     `query:"grade" validate:"dive,grade_filter" doc:"Grade of the newest inspection; any or none." pl:"Ocena z ostatniego przeglądu; any lub none." example:"poor,very_bad"`
	Freshness     string       `query:"freshness" validate:"omitempty,oneof=fresh stale never due" doc:"Age of the last inspection: up to three years, older, none; due is older or none." pl:"Wiek ostatniego przeglądu: do trzech lat, starszy, brak; due to starszy albo brak." example:"stale"`
	InspectedFrom *models.Date `query:"inspected_from" doc:"Last inspected on this day or later." pl:"Ostatni przegląd tego dnia lub później." example:"2024-01-01"`
	InspectedTo   *models.Date `query:"inspected_to" doc:"Last inspected on this day or earlier." pl:"Ostatni przegląd tego dnia lub wcześniej." example:"2024-12-31"`
	Publication   []string     `query:"publication" validate:"dive,publication" doc:"State of publication." pl:"Stan publikacji." example:"published"`
	Visibility    []string     `query:"visibility" validate:"dive,visibility" doc:"Visibility." pl:"Widoczność." example:"public"`
	Lifecycle     []string     `query:"lifecycle" validate:"dive,lifecycle" doc:"Stage of life. Verdicts speak of the facts alone: who asks where one can go asks for existing too." pl:"Etap życia. Werdykty mówią o samych faktach: kto pyta, dokąd można pójść, pyta też o existing." example:"existing"`
	VerdictQuery
	Verified       []string   `query:"verified" validate:"max=9,dive,verified_filter" doc:"Places whose verdict for all of these profiles is verified: known, and the same by fresh, undisputed measurements on the spot alone. true is for some profile." pl:"Miejsca, których werdykt dla wszystkich tych profili jest potwierdzony: znany i taki sam według samych świeżych, niespornych pomiarów na miejscu. true oznacza dowolny profil." example:"wheelchair"`
	Open           *moment    `query:"open" doc:"Places that exist and are open now, or at a local time: by their opening hours, as OpenStreetMap writes them. Hours that are not known, cannot be read or have to be asked for are never open." pl:"Miejsca istniejące i otwarte teraz (now) albo o podanej porze czasu miejscowego: według godzin otwarcia w zapisie OpenStreetMap. Godziny nieznane, nieczytelne i do uzgodnienia nigdy nie są otwarte." example:"now"`
	Free           *bool      `query:"free" doc:"What is known to be free of charge, or known not to be." pl:"Co na pewno jest bezpłatne, albo na pewno nie." example:"true"`
	Parent         *int64     `query:"parent" validate:"omitempty,gte=1" doc:"Parts of this ensemble." pl:"Części tego zespołu." example:"12"`
	ExternalID     string     `query:"external_id" validate:"max=400" doc:"scheme:value of another system." pl:"schemat:wartość z innego systemu." example:"osm:n1480544401"`
	RegisterNumber string     `query:"register_number" validate:"max=40" doc:"Number in the register of monuments." pl:"Numer w rejestrze zabytków." example:"A-178/M"`
	UpdatedSince   *time.Time `query:"updated_since" doc:"Changed at or after this time." pl:"Zmienione o tej porze lub później." example:"2026-01-01T00:00:00Z"`
	Batch          *int64     `query:"batch" validate:"omitempty,gte=1" doc:"Written by this import." pl:"Zapisane przez ten import." example:"3"`
}

// VerdictQuery narrows by the verdicts for the access profiles; a field for each of models.AccessProfiles, in their order.
type VerdictQuery struct {
	Wheelchair        []string `query:"verdict[wheelchair]" validate:"dive,verdict" doc:"Verdict for the profile wheelchair, by the facts alone: see lifecycle." pl:"Werdykt dla profilu wheelchair, według samych faktów: zob. lifecycle." example:"yes,with_help"`
	PoweredWheelchair []string `query:"verdict[powered_wheelchair]" validate:"dive,verdict" doc:"Verdict for the profile powered_wheelchair, by the facts alone: see lifecycle." pl:"Werdykt dla profilu powered_wheelchair, według samych faktów: zob. lifecycle." example:"yes,with_help"`
	Walking           []string `query:"verdict[walking]" validate:"dive,verdict" doc:"Verdict for the profile walking, by the facts alone: see lifecycle." pl:"Werdykt dla profilu walking, według samych faktów: zob. lifecycle." example:"yes,with_help"`
	Pram              []string `query:"verdict[pram]" validate:"dive,verdict" doc:"Verdict for the profile pram, by the facts alone: see lifecycle." pl:"Werdykt dla profilu pram, według samych faktów: zob. lifecycle." example:"yes,with_help"`
	Blind             []string `query:"verdict[blind]" validate:"dive,verdict" doc:"Verdict for the profile blind, by the facts alone: see lifecycle." pl:"Werdykt dla profilu blind, według samych faktów: zob. lifecycle." example:"yes,with_help"`
	Deaf              []string `query:"verdict[deaf]" validate:"dive,verdict" doc:"Verdict for the profile deaf, by the facts alone: see lifecycle." pl:"Werdykt dla profilu deaf, według samych faktów: zob. lifecycle." example:"yes,with_help"`
	HardOfHearing     []string `query:"verdict[hard_of_hearing]" validate:"dive,verdict" doc:"Verdict for the profile hard_of_hearing, by the facts alone: see lifecycle." pl:"Werdykt dla profilu hard_of_hearing, według samych faktów: zob. lifecycle." example:"yes,with_help"`
	Understanding     []string `query:"verdict[understanding]" validate:"dive,verdict" doc:"Verdict for the profile understanding, by the facts alone: see lifecycle." pl:"Werdykt dla profilu understanding, według samych faktów: zob. lifecycle." example:"yes,with_help"`
}

// filter gives the verdicts that pass, by profile; nil when all do.
func (q VerdictQuery) filter() map[string][]string {
	var f map[string][]string
	for i, verdicts := range [][]string{q.Wheelchair, q.PoweredWheelchair, q.Walking, q.Pram, q.Blind, q.Deaf, q.HardOfHearing, q.Understanding} {
		if len(verdicts) > 0 {
			if f == nil {
				f = map[string][]string{}
			}
			f[models.AccessProfiles.Entries[i].Code] = verdicts
		}
	}
	return f
}

// Filter is the query as the store knows it.
func (q PlaceQuery) Filter() models.PlaceFilter {
	f := models.PlaceFilter{
		Facet: q.Kind, Categories: q.Category, Municipalities: q.Municipality, BBox: q.BBox, Protections: q.Protection, Grades: q.Grade,
		Freshness: q.Freshness, InspectedFrom: q.InspectedFrom, InspectedTo: q.InspectedTo, Publications: q.Publication, Visibilities: q.Visibility,
		Lifecycles: q.Lifecycle, ParentID: q.Parent, ExternalID: q.ExternalID, RegisterNumber: q.RegisterNumber, Text: strings.TrimSpace(q.Q),
		UpdatedSince: q.UpdatedSince, BatchID: q.Batch, Verdicts: q.VerdictQuery.filter(),
		Verified: q.Verified, Free: q.Free,
	}
	if q.Open != nil {
		f.Open = q.Open.String()
	}
	if q.Polygon != nil {
		f.Area = &geo.Geometry{T: q.Polygon.T}
	}
	return f
}

type placesIn struct {
	PlaceQuery
	IDs    []int64  `query:"ids" validate:"max=500,dive,gte=1" doc:"Only these places, by their numbers." pl:"Tylko te miejsca, według numerów." example:"1,2,3"`
	Near   *point   `query:"near" doc:"lon,lat to sort by distance from." pl:"lon,lat, od którego liczyć odległość." example:"19.937,50.061"`
	Sort   string   `query:"sort" validate:"omitempty,place_sort" doc:"Order; a minus turns it round. inspection_due is most urgent first: protected places that were never inspected, others that never were, then the oldest inspection." pl:"Porządek; minus go odwraca. inspection_due: najpilniejsze najpierw, czyli chronione nigdy nie przeglądane, inne nigdy nie przeglądane, potem najdawniejszy przegląd." example:"-updated_at"`
	Fields []string `query:"fields" validate:"max=50" doc:"Only these fields of each place (id always)." pl:"Tylko te pola każdego miejsca (id zawsze)." example:"name,geometry"`
	Format string   `query:"format" validate:"omitempty,export_format" doc:"Download the whole filtered list as a file, as /places/export does; near, sort, fields, limit and cursor are then refused." pl:"Pobierz całą przefiltrowaną listę jako plik, jak /places/export; near, sort, fields, limit i cursor są wtedy odrzucane." example:"geojson"`
	pageIn
}

func (h *handlers) places() []api.Route {
	r := resource[models.Place, *models.Place, PlaceInput, PlaceDetail]{
		store: h.store, path: "/api/v1/places", tag: "places", id: "Place", onePL: "miejsce", one: "a place",
		in: placeInput, apply: applyPlace,
		out: func(ctx context.Context, p *models.Place) (PlaceDetail, error) {
			if p.DeletedAt != nil {
				return h.placeDetail(&store.PlaceDetail{Place: *p}), nil
			}
			d, err := h.store.PlaceDetail(ctx, auth.UserFrom(ctx), p.ID)
			if err != nil {
				return PlaceDetail{}, err
			}
			return h.placeDetail(d), nil
		},
	}
	routes := []api.Route{
		h.listPlaces(),
		h.exportPlaces(),
		h.bulkPlaces(),
		api.Handle("GET", "/api/v1/places/facets", api.Doc{ID: "countPlaces", Tag: "places", Class: api.Heavy, Public: true,
			Summary: models.Text{PL: "Policz miejsca według cech", EN: "Count places by attribute"}},
			func(ctx context.Context, in facetsIn) (facetsOut, error) {
				f := in.Filter()
				f.Deleted = in.Deleted
				counts, err := h.store.PlaceFacetCounts(ctx, auth.UserFrom(ctx), f, in.By)
				return facetsOut{Body: Facets{Total: counts.Total, Facets: counts.Counts}}, err
			}),
		api.Handle("GET", "/api/v1/places/{id}", api.Doc{ID: "readPlace", Tag: "places", Public: true,
			Summary: models.Text{PL: "Odczytaj miejsce ze wszystkim, co o nim wiadomo", EN: "Read a place with everything known of it"}},
			func(ctx context.Context, in idIn) (recordOut[PlaceDetail], error) {
				d, err := h.store.PlaceDetail(ctx, auth.UserFrom(ctx), in.ID)
				if err != nil {
					return recordOut[PlaceDetail]{}, err
				}
				return recordOut[PlaceDetail]{Version: api.Version(d.Version), Body: h.placeDetail(d)}, nil
			}),
	}
	routes = append(routes, h.placeAccess())
	if h.mapData != nil {
		routes = append(routes, h.nearby())
	}
	return append(routes, r.writes()...)
}

type facetsIn struct {
	PlaceQuery
	By      []string `query:"by" default:"category,municipality,grade,protection" doc:"What to count by." pl:"Według czego liczyć." example:"category,grade"`
	Deleted bool     `query:"deleted" doc:"The deleted records instead of the others." pl:"Rekordy usunięte zamiast pozostałych."`
}

// Facets is how many places of a filtered list carry each value.
type Facets struct {
	Total  int64                       `json:"total"`
	Facets map[string]map[string]int64 `json:"facets"`
}

type facetsOut struct{ Body Facets }
