package exchange

import (
	"math"
	"strings"

	"github.com/twpayne/go-geom"

	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/exchange/a11yjson"
	"wolnica/models/store"
)

// formatA11yJSON is the format of a profile whose files are A11yJSON: their places are read by package a11yjson, not by mappings.
const formatA11yJSON = "a11yjson"

// PointOn is the position that stands for a geometry, with 7 decimals (about 1 cm).
func PointOn(g geom.T) (lon, lat float64) {
	lon, lat, _ = geo.PointOn(g)
	return math.Round(lon*1e7) / 1e7, math.Round(lat*1e7) / 1e7
}

// placeInfoRow maps a PlaceInfo document. What it does not say stays as it is in a record that exists; so do the position and the
// categories there: a point and one word stand for what the registry knows better.
func (m *mapper) placeInfoRow(row *geo.Row) *store.ImportRow {
	r := m.begin(row)
	if r.Outcome == store.ImportRejected {
		return r
	}
	category := row.Value("category")
	doc := a11yjson.FromProperties(row.Value, row.Value("@id"), m.asOf)
	if a11yjson.IsEquipment(category) {
		r.Error("category", category, "equipment", "To opis urządzenia, nie miejsca. Dane windy należą do availableEquipment miejsca.",
			"This describes a piece of equipment, not a place. What is known of a lift belongs to the place's availableEquipment.")
		return r
	}
	p := &r.Place
	*p = models.Place{NamePL: doc.NamePL, NameEN: doc.NameEN, DescriptionPL: doc.DescriptionPL, DescriptionEN: doc.DescriptionEN, Website: doc.Website,
		Street: doc.Street, HouseNumber: doc.HouseNumber, Postcode: doc.Postcode, Locality: doc.Locality,
		Lifecycle: firstOf(doc.Lifecycle, models.LifecycleExisting), Publication: m.publication, Visibility: models.VisibilityPublic, Accuracy: models.AccuracyWithin100M}
	m.placeInfoKey(r, doc)
	m.placeInfoFields(r, doc)
	if doc.HeritageCategory != "" {
		p.HeritageCategory = &doc.HeritageCategory
	}
	if doc.InfrastructureCategory != "" {
		p.InfrastructureCategory = &doc.InfrastructureCategory
	}
	if p.HeritageCategory == nil && p.InfrastructureCategory == nil {
		r.Error("category", category, "unmapped", "Rejestr nie ma takiej kategorii miejsc.", "The registry has no such category of places.")
	}
	m.locate(r)
	m.checkCategory(r, "heritage_category", p.HeritageCategory, models.FacetHeritage)
	m.checkCategory(r, "infrastructure_category", p.InfrastructureCategory, models.FacetInfrastructure)
	m.placeInfoFacts(r, doc, row)
	if r.Outcome == store.ImportRejected {
		return r
	}
	if err := p.Validate(m.today); err != nil {
		r.Invalid(err)
	}
	return r
}

func (m *mapper) placeInfoKey(r *store.ImportRow, doc a11yjson.Record) {
	for _, id := range doc.ExternalIDs {
		if id.Scheme == models.SchemeOSM && doc.UID == "" { // a registry's own spelling is left to it
			if same, ok := osmID(id.Value); ok {
				id.Value = same
			}
		}
		m.addID(r, "ids", id.Scheme, id.Value)
	}
	switch {
	case doc.UID != "" && !uidForm(doc.UID):
		r.Error("originalId", doc.UID, "uid", "To nie jest uid.", "This is not a uid.")
	case doc.UID != "":
		r.UID = doc.UID
	case len(r.ExternalIDs) == 0:
		r.Error("originalId", "", "required", "Dokument nie ma identyfikatora (originalId ani ids); następny import utworzyłby miejsce od nowa.",
			"The document has no id (originalId or ids); the next import would create the place anew.")
	default:
		r.AnyID = true
	}
	if doc.ParentUID != "" && uidForm(doc.ParentUID) {
		r.ParentUID = doc.ParentUID
	}
}

// placeInfoFields are the columns that the document speaks of.
func (m *mapper) placeInfoFields(r *store.ImportRow, doc a11yjson.Record) {
	var names []string
	for _, f := range [...]struct{ name, value string }{
		{"name_pl", doc.NamePL}, {"name_en", doc.NameEN}, {"description_pl", doc.DescriptionPL}, {"description_en", doc.DescriptionEN},
		{"street", doc.Street}, {"house_number", doc.HouseNumber}, {"postcode", doc.Postcode}, {"locality", doc.Locality},
		{"website", doc.Website}, {"lifecycle", doc.Lifecycle}, {"parent_id", r.ParentUID},
	} {
		if f.value != "" {
			names = append(names, f.name)
		}
	}
	key := strings.Join(names, " ")
	if m.spoken == nil {
		m.spoken = map[string]*store.ImportFields{}
	}
	if m.spoken[key] == nil {
		m.spoken[key] = store.NewImportFields(names)
	}
	r.Fields = m.spoken[key]
}

// factFields are the fields of an access fact that an A11yJSON document speaks of. How it is found again says its part.
var factFields = []string{"state", "value", "method", "source_url", "valid_from", "valid_until"}

func (m *mapper) placeInfoFacts(r *store.ImportRow, doc a11yjson.Record, row *geo.Row) {
	source := row.Value("infoPageUrl")
	for i := range doc.Facts {
		f := &doc.Facts[i]
		f.SourceURL, f.PlaceID = source, new(int64)
		if err := f.Validate(m.today); err != nil {
			text := messageOf(err)
			r.Warn("accessibility", f.Attribute, "part", "Pominięto fakt: "+text.PL, "A fact was left out: "+text.EN)
			continue
		}
		r.Parts = append(r.Parts, store.ImportPart{Part: f, Fields: factFields, ByPosition: doc.UID == ""})
	}
	for _, p := range doc.Problems {
		r.Warn(p.Path, p.Value, p.Code, p.Text.PL, p.Text.EN)
	}
}
