package ogc

import (
	"slices"
	"strings"

	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/store"
)

// collection is one collection of features.
type collection struct {
	id          string
	kind        models.Kind
	title       models.Text
	description models.Text
	// temporal says what datetime asks for.
	temporal   models.Text
	parameters []parameter
	// queried are the properties that filters may ask of.
	queried []store.Queryable
	// records is the path of the records in the API of the registry, before their number.
	records string
	// listed are the properties shown in the page of the list, beside the name.
	listed []string
	writer writer
}

// parameter is a property that is asked for by its name, category=park, in a way that the map index knows too. It may take
// several values, any of which will do. The other queryables are asked with CQL2 behind the same form.
type parameter struct {
	name  string
	title models.Text
	// codes are the values there are; nil when only the database knows.
	codes []string
	set   func(f *store.FeatureFilter, values []string)
}

func (c *collection) parameter(name string) *parameter {
	for i := range c.parameters {
		if c.parameters[i].name == name {
			return &c.parameters[i]
		}
	}
	return nil
}

func collections() []*collection {
	list := []*collection{
		{id: "places", kind: models.KindPlace, records: "/api/v1/places/", queried: store.PlaceQueryables(), listed: []string{"category", "municipality_name", "grade"},
			title: models.Text{PL: "Miejsca", EN: "Places"},
			description: models.Text{PL: "Infrastruktura czasu wolnego i zabytki: opublikowane miejsca. Położenie miejsc o widoczności coarse jest zamaskowane do około 1 km.",
				EN: "Leisure infrastructure and heritage sites: the published places. The position of places with coarse visibility is masked to about 1 km."},
			temporal: models.Text{PL: "Kiedy rekord ostatnio zmieniono (updated_at).", EN: "When the record was last changed (updated_at)."},
			parameters: append([]parameter{
				{name: "facet", title: models.Text{PL: "Aspekt, który miejsce ma: zabytki albo infrastruktura (to i to pasuje do obu).", EN: "The facet a place carries: heritage or infrastructure (one with both is found by either)."},
					codes: []string{models.FacetHeritage, models.FacetInfrastructure}, set: func(f *store.FeatureFilter, v []string) { f.Place.Facet = v[0] }},
				{name: "category", title: models.Text{PL: "Kategoria z całym poddrzewem, w dowolnym aspekcie; listę daje /api/v1/categories.", EN: "A category with its whole subtree, in either facet; /api/v1/categories lists them."},
					set: func(f *store.FeatureFilter, v []string) { f.Place.Categories = v }},
				{name: "municipality", title: models.Text{PL: "Kod TERYT gminy; none oznacza poza gminami.", EN: "TERYT code of a municipality; none is outside all."},
					set: func(f *store.FeatureFilter, v []string) { f.Place.Municipalities = v }},
				{name: "protections", title: models.Text{PL: "Obowiązująca forma ochrony; any to jakakolwiek, none to żadna.", EN: "A protection in force; any is some, none is none."},
					codes: slices.Concat(models.ProtectionForms.Codes(), models.Inventories.Codes(), models.InternationalListings.Codes(), []string{"any", "none"}),
					set:   func(f *store.FeatureFilter, v []string) { f.Place.Protections = v }},
				{name: "grade", title: models.Text{PL: "Ocena z ostatniego przeglądu; any to jakakolwiek, none to żadna.", EN: "Grade of the newest inspection; any is some, none is none."},
					codes: slices.Concat(models.AssetGrades.Codes(), models.HeritageGrades.Codes(), []string{"any", "none"}),
					set:   func(f *store.FeatureFilter, v []string) { f.Place.Grades = v }},
				{name: "freshness", title: models.Text{PL: "Wiek ostatniego przeglądu: do trzech lat, starszy, brak.", EN: "Age of the last inspection: up to three years, older, none."},
					codes: []string{"fresh", "stale", "never"}, set: func(f *store.FeatureFilter, v []string) { f.Place.Freshness = v[0] }},
				{name: "lifecycle", title: models.Text{PL: "Etap życia.", EN: "Stage of life."}, codes: models.Lifecycles.Codes(),
					set: func(f *store.FeatureFilter, v []string) { f.Place.Lifecycles = v }},
				{name: "publication", title: models.Text{PL: "Stan publikacji.", EN: "State of publication."}, codes: models.Publications.Codes(),
					set: func(f *store.FeatureFilter, v []string) { f.Place.Publications = v }},
				{name: "visibility", title: models.Text{PL: "Widoczność.", EN: "Visibility."}, codes: models.Visibilities.Codes(),
					set: func(f *store.FeatureFilter, v []string) { f.Place.Visibilities = v }},
			}, verdictParameters()...)},
		{id: "products", kind: models.KindProduct, records: "/api/v1/products/", queried: store.ProductQueryables(), listed: []string{"category", "municipality_name", "status"},
			title: models.Text{PL: "Produkty turystyczne", EN: "Tourist products"},
			description: models.Text{PL: "Szlaki, trasy, pakiety, wydarzenia i kolekcje: opublikowane produkty turystyczne. Produkt bez własnego śladu nie ma geometrii.",
				EN: "Trails, routes, packages, events and collections: the published tourist products. A product without a line of its own has no geometry."},
			temporal: models.Text{PL: "W które dni produkt jest oferowany (od valid_from do valid_to; bez dat zawsze).", EN: "On which days the product is offered (valid_from to valid_to; always without them)."},
			parameters: []parameter{
				{name: "kind", title: models.Text{PL: "Rodzaj produktu.", EN: "Kind of product."}, codes: models.ProductKinds.Codes(),
					set: func(f *store.FeatureFilter, v []string) { f.Product.Kinds = v }},
				{name: "category", title: models.Text{PL: "Kategoria z całym poddrzewem.", EN: "A category with its whole subtree."},
					set: func(f *store.FeatureFilter, v []string) { f.Product.Categories = v }},
				{name: "status", title: models.Text{PL: "Status.", EN: "Status."}, codes: models.ProductStatuses.Codes(),
					set: func(f *store.FeatureFilter, v []string) { f.Product.Statuses = v }},
				{name: "municipality", title: models.Text{PL: "Kod TERYT gminy; none oznacza poza gminami.", EN: "TERYT code of a municipality; none is outside all."},
					set: func(f *store.FeatureFilter, v []string) { f.Product.Municipalities = v }},
				{name: "publication", title: models.Text{PL: "Stan publikacji.", EN: "State of publication."}, codes: models.Publications.Codes(),
					set: func(f *store.FeatureFilter, v []string) { f.Product.Publications = v }},
			}},
		{id: "municipalities", kind: models.KindMunicipality, records: "/api/v1/municipalities/", queried: store.MunicipalityQueryables(), listed: []string{"teryt", "kind", "population"},
			title:       models.Text{PL: "Gminy", EN: "Municipalities"},
			description: models.Text{PL: "Gminy metropolii z granicami i liczbą ludności.", EN: "The municipalities of the metropolis with their outlines and population."},
			temporal:    models.Text{PL: "Kiedy rekord ostatnio zmieniono (updated_at).", EN: "When the record was last changed (updated_at)."},
			parameters: []parameter{
				{name: "teryt", title: models.Text{PL: "Kod TERYT.", EN: "TERYT code."}, set: func(f *store.FeatureFilter, v []string) { f.Municipality.TERYT = v }},
				{name: "kind", title: models.Text{PL: "Rodzaj gminy.", EN: "Kind of municipality."}, codes: models.MunicipalityKinds.Codes(),
					set: func(f *store.FeatureFilter, v []string) { f.Municipality.Kinds = v }},
			}},
	}
	for _, c := range list {
		c.writer = newWriter(c.kind)
	}
	return list
}

func verdictParameters() []parameter {
	var list []parameter
	for _, profile := range models.AccessProfiles.Entries {
		list = append(list, parameter{name: "verdict_" + profile.Code,
			title: models.Text{PL: "Czy da się skorzystać: " + profile.Label.PL + ".", EN: "Whether one can use it: " + profile.Label.EN + "."},
			codes: models.VerdictCodes.Codes(),
			set: func(f *store.FeatureFilter, v []string) {
				if f.Place.Verdicts == nil {
					f.Place.Verdicts = map[string][]string{}
				}
				f.Place.Verdicts[profile.Code] = v
			}})
	}
	return list
}

// propertyTitles name the properties of features to people.
var propertyTitles = map[string]models.Text{
	"id":                      {PL: "numer", EN: "number"},
	"geometry":                {PL: "położenie", EN: "location"},
	"name":                    {PL: "nazwa", EN: "name"},
	"name_pl":                 {PL: "nazwa po polsku", EN: "name in Polish"},
	"name_en":                 {PL: "nazwa po angielsku", EN: "name in English"},
	"uid":                     {PL: "identyfikator", EN: "identifier"},
	"facet":                   {PL: "aspekt", EN: "facet"},
	"kind":                    {PL: "rodzaj", EN: "kind"},
	"category":                {PL: "kategoria", EN: "category"},
	"heritage_category":       {PL: "kategoria zabytku", EN: "heritage category"},
	"infrastructure_category": {PL: "kategoria infrastruktury", EN: "infrastructure category"},
	"category_pl":             {PL: "kategoria po polsku", EN: "category in Polish"},
	"category_en":             {PL: "kategoria po angielsku", EN: "category in English"},
	"object_type":             {PL: "typ obiektu zabytkowego", EN: "type of heritage object"},
	"municipality":            {PL: "TERYT gminy", EN: "TERYT of the municipality"},
	"municipality_name":       {PL: "gmina", EN: "municipality"},
	"lifecycle":               {PL: "etap życia", EN: "stage of life"},
	"publication":             {PL: "stan publikacji", EN: "state of publication"},
	"visibility":              {PL: "widoczność", EN: "visibility"},
	"accuracy":                {PL: "dokładność położenia", EN: "accuracy of the position"},
	"grade":                   {PL: "ocena stanu", EN: "grade of condition"},
	"inspected_on":            {PL: "ostatni przegląd", EN: "last inspection"},
	"freshness":               {PL: "świeżość przeglądu", EN: "freshness of the inspection"},
	"protections":             {PL: "obowiązująca ochrona", EN: "protection in force"},
	"operator":                {PL: "zarządca", EN: "operator"},
	"dating":                  {PL: "datowanie", EN: "dating"},
	"dating_from":             {PL: "datowanie od roku", EN: "dated from the year"},
	"dating_to":               {PL: "datowanie do roku", EN: "dated to the year"},
	"built_year":              {PL: "rok budowy", EN: "year built"},
	"capacity":                {PL: "pojemność (osoby)", EN: "capacity (people)"},
	"surface":                 {PL: "nawierzchnia", EN: "surface"},
	"area_m2":                 {PL: "powierzchnia (m²)", EN: "area (m²)"},
	"locality":                {PL: "miejscowość", EN: "locality"},
	"street":                  {PL: "ulica", EN: "street"},
	"house_number":            {PL: "numer domu", EN: "house number"},
	"postcode":                {PL: "kod pocztowy", EN: "postcode"},
	"website":                 {PL: "strona internetowa", EN: "website"},
	"opening_hours":           {PL: "godziny otwarcia", EN: "opening hours"},
	"updated_at":              {PL: "ostatnia zmiana", EN: "last change"},
	"demonstration":           {PL: "dane pokazowe (zmyślone)", EN: "demonstration (invented)"},
	"url":                     {PL: "rekord w API", EN: "record in the API"},
	"status":                  {PL: "status", EN: "status"},
	"theme":                   {PL: "temat", EN: "theme"},
	"audience":                {PL: "odbiorcy", EN: "audience"},
	"free":                    {PL: "bezpłatny", EN: "free of charge"},
	"price":                   {PL: "cena", EN: "price"},
	"season":                  {PL: "sezon", EN: "season"},
	"valid_from":              {PL: "od dnia", EN: "from the day"},
	"valid_to":                {PL: "do dnia", EN: "to the day"},
	"languages":               {PL: "języki", EN: "languages"},
	"organiser":               {PL: "organizator", EN: "organiser"},
	"teryt":                   {PL: "kod TERYT", EN: "TERYT code"},
	"population":              {PL: "ludność", EN: "population"},
	"population_year":         {PL: "rok danych o ludności", EN: "year of the population"},
	"area_km2":                {PL: "powierzchnia (km²)", EN: "area (km²)"},
	"source":                  {PL: "źródło", EN: "source"},
}

// propertyTitle names a property, a verdict by its profile.
func propertyTitle(name string) models.Text {
	if profile, ok := strings.CutPrefix(name, "verdict_"); ok {
		label := models.AccessProfiles.Label(profile)
		return models.Text{PL: "dostępność: " + label.PL, EN: "accessibility: " + label.EN}
	}
	if t, ok := propertyTitles[name]; ok {
		return t
	}
	return models.Text{PL: name, EN: name}
}

// properties are the names of a collection's properties in their order.
func (c *collection) properties() []string {
	names := []string{"name"}
	for _, column := range c.writer.columns {
		names = append(names, column.Name)
	}
	return append(names, "url")
}

// selectionOf selects properties by name; ok is false with the name of one there is not.
func (c *collection) selectionOf(names []string) (s selection, unknown string) {
	s.columns = make([]bool, len(c.writer.columns))
	for _, name := range names {
		i := slices.IndexFunc(c.writer.columns, func(column geo.Column) bool { return column.Name == name })
		switch {
		case name == "name":
			s.name = true
		case name == "url":
			s.url = true
		case i >= 0:
			s.columns[i] = true
		default:
			return s, name
		}
	}
	return s, ""
}
