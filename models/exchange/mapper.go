package exchange

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/twpayne/go-geom"

	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/store"
)

// today is the day in UTC, as the store has it.
func today() time.Time {
	y, m, d := time.Now().UTC().Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// mapper turns rows of a file into records by a profile. It is used by one goroutine.
type mapper struct {
	profile        *Profile
	publication    string
	asOf           models.Date
	file           string
	crs            int
	today          time.Time
	facets         map[string]string
	municipalities municipalityIndex
	categories     map[[2]string]string
	box            *geo.BBox
	// elements reads OpenStreetMap; nil for other formats.
	elements *elementReader

	row    *geo.Row
	mapped *store.ImportFields
	spoken map[string]*store.ImportFields // those that documents spoke of, by their names
	// partFields are what the file says of the parts, in the order of the profile's.
	partFields [][]string
	// names are the file's columns by what is made of them; a new map each time the file grows, so it can be handed on.
	names  map[string]string
	place  map[string]int // index of the field in models.Place by its audit name
	fields map[models.Kind]map[string]int
}

func newMapper(p *Profile) *mapper {
	m := &mapper{profile: p, today: today(), categories: map[[2]string]string{}, place: fieldIndex(models.Place{}),
		fields: map[models.Kind]map[string]int{
			models.KindProtection: fieldIndex(models.Protection{}),
			models.KindInspection: fieldIndex(models.Inspection{}),
			models.KindAccessFact: fieldIndex(models.AccessFact{}),
		}}
	return m
}

// fieldIndex finds the fields of a record by their audit names.
func fieldIndex(like any) map[string]int {
	index := map[string]int{}
	t := reflect.TypeOf(like)
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); name != "-" && !t.Field(i).Anonymous {
			index[name] = i
		}
	}
	return index
}

// value is the text of a column of the profile in the present row, trimmed; "" when the profile calls it empty.
func (m *mapper) value(column int) string {
	at := m.profile.columns.places[column]
	if at < 0 {
		switch m.profile.columns.names[column] {
		case "$as_of":
			return m.asOf.String()
		case "$file":
			return m.file
		}
		if derived := derivedColumns[m.profile.columns.names[column]]; derived != nil && m.elements != nil {
			return strings.TrimSpace(derived(&m.elements.place))
		}
		return ""
	}
	if at >= len(m.row.Values) {
		return ""
	}
	v := strings.TrimSpace(m.row.Values[at])
	if v == "" || m.profile.empty[v] {
		return ""
	}
	return v
}

// begin turns to a row; it returns a record with the row's own fault, if it has one.
func (m *mapper) begin(row *geo.Row) *store.ImportRow {
	m.row = row
	if m.profile.columns.find(row.Columns) {
		m.learn()
	}
	r := &store.ImportRow{Number: int64(row.Number), Fields: m.mapped}
	if row.Err != nil {
		var p *geo.Problem
		if errors.As(row.Err, &p) {
			r.Error(p.Path, "", "row", p.PL, p.EN)
		} else {
			r.Error("", "", "row", "Nie da się odczytać tego rekordu: "+row.Err.Error(), "This record cannot be read: "+row.Err.Error())
		}
		return r
	}
	for i, v := range row.Values {
		if strings.IndexByte(v, 0) >= 0 || !utf8.ValidString(v) {
			name := ""
			if names := row.Columns.Names(); i < len(names) {
				name = names[i]
			}
			r.Error(name, strings.ToValidUTF8(strings.ReplaceAll(v, "\x00", ""), "\ufffd"), "characters", "Tekst zawiera niedozwolony znak.", "The text holds a character that is not allowed.")
			return r
		}
	}
	return r
}

// learn notes which fields the file's columns speak of.
func (m *mapper) learn() {
	p := m.profile
	m.mapped = store.NewImportFields(p.mappedFields())
	m.names = p.columnNames()
	m.partFields = make([][]string, len(p.parts))
	for i, part := range p.parts {
		for _, f := range part.fields {
			if f.value.known(&p.columns) {
				m.partFields[i] = append(m.partFields[i], f.name)
			}
		}
	}
}

// skipped tells whether the profile leaves the row out.
func (m *mapper) skipped() bool {
	return m.profile.skip != nil && holds(m.profile.skip.read(m).text)
}

func holds(text string) bool {
	b, known := booleans[foldKey(text)]
	return text != "" && (!known || b)
}

// placeRow maps a row to a place; what keeps it out is an error issue of the result. It is nil for a row that the profile
// leaves out.
func (m *mapper) placeRow(row *geo.Row) *store.ImportRow {
	if m.profile.format == formatA11yJSON {
		return m.placeInfoRow(row)
	}
	if m.elements != nil && !m.elements.turn(row) {
		return nil
	}
	r := m.begin(row)
	if r.Outcome == store.ImportRejected {
		return r
	}
	if m.skipped() {
		return nil
	}
	p := &r.Place
	p.Lifecycle, p.Publication, p.Visibility, p.Accuracy = models.LifecycleExisting, m.publication, models.VisibilityPublic, models.AccuracyWithin100M
	m.key(r)
	record := reflect.ValueOf(p).Elem()
	for _, f := range m.profile.fields {
		got := f.value.read(m)
		m.report(r, f.name, got)
		if f.name == "dating" || f.value.parse == "dating" {
			m.dating(r, got)
			continue
		}
		m.set(r, record.Field(m.place[f.name]), f.name, got)
	}
	m.locate(r)
	if !m.within(r) {
		return nil
	}
	m.checkCategory(r, "heritage_category", p.HeritageCategory, models.FacetHeritage)
	m.checkCategory(r, "infrastructure_category", p.InfrastructureCategory, models.FacetInfrastructure)
	m.externalIDs(r)
	for i, part := range m.profile.parts {
		m.part(r, part, m.partFields[i])
	}
	m.protectionsJSON(r)
	m.notes(r)
	if m.elements != nil {
		m.elements.read(m, r)
	}
	if m.profile.parentUID != nil {
		if uid, ok := m.profile.parentUID.text(m.value); ok {
			if r.ParentUID = strings.ToLower(uid); !uidForm(r.ParentUID) {
				r.Warn("parent_uid", uid, "uid", "To nie jest uid.", "This is not a uid.")
				r.ParentUID = ""
			}
		}
	}
	if r.Outcome == store.ImportRejected {
		return r
	}
	if err := p.Validate(m.today); err != nil {
		m.invalid(r, err)
	}
	return r
}

// within tells whether the place reaches into the box the import is limited to. One without a position is told of.
func (m *mapper) within(r *store.ImportRow) bool {
	if m.box == nil || r.Place.Geom.T == nil {
		return true
	}
	b, ok := geo.Bounds(r.Place.Geom.T)
	return !ok || b.Intersects(*m.box)
}

// report warns of a value that could not be used.
func (m *mapper) report(r *store.ImportRow, field string, got reading) {
	if got.code != "" {
		column := got.column
		if column == "" {
			column = field
		}
		r.Warn(column, got.raw, got.code, got.problem.PL, got.problem.EN)
	}
}

func (m *mapper) key(r *store.ImportRow) {
	key, ok := m.profile.key.text(m.value)
	if !ok {
		r.Error("key", "", "required", "Brakuje identyfikatora rekordu.", "The record's id is missing.")
		return
	}
	if m.profile.byUID {
		if r.UID = strings.ToLower(key); !uidForm(r.UID) {
			r.Error("key", key, "uid", "To nie jest uid.", "This is not a uid.")
		}
		return
	}
	if m.profile.keyScheme == models.SchemeOSM {
		if id, ok := osmID(key); ok {
			key = id
		}
	}
	m.addID(r, "key", m.profile.keyScheme, key)
}

// uidForm tells whether s is a uid in its lower-case form of 36 characters.
func uidForm(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return false
			}
		case c < '0' || c > '9' && c < 'a' || c > 'f':
			return false
		}
	}
	return true
}

func (m *mapper) addID(r *store.ImportRow, field, scheme, id string) {
	for _, e := range r.ExternalIDs {
		if e.Scheme == scheme && e.Value == id {
			return
		}
	}
	e := models.ExternalID{PlaceID: &r.PlaceID, Scheme: scheme, Value: id}
	if err := e.Validate(m.today); err != nil {
		var known *models.Error
		if errors.As(err, &known) && len(known.Fields) > 0 {
			r.Error(field, scheme+":"+id, known.Fields[0].Code, known.Fields[0].Message.PL, known.Fields[0].Message.EN)
			return
		}
	}
	r.ExternalIDs = append(r.ExternalIDs, models.ExternalID{Scheme: scheme, Value: id})
}

func (m *mapper) externalIDs(r *store.ImportRow) {
	for _, id := range m.profile.ids {
		got := id.value.read(m)
		m.report(r, "external_ids", got)
		if got.text != "" {
			m.addID(r, "external_ids", id.scheme, got.text)
		}
	}
	if m.profile.idsJSON == nil {
		return
	}
	text, ok := m.profile.idsJSON.text(m.value)
	if !ok {
		return
	}
	var list []string
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		r.Error("external_ids", text, "json", "Oczekiwano listy JSON tekstów „schemat:wartość”.", `Expected a JSON array of texts "scheme:value".`)
		return
	}
	for _, s := range list {
		scheme, id, _ := strings.Cut(s, ":")
		m.addID(r, "external_ids", scheme, id)
	}
}

func (m *mapper) protectionsJSON(r *store.ImportRow) {
	if m.profile.protections == nil {
		return
	}
	text, ok := m.profile.protections.text(m.value)
	if !ok {
		return
	}
	var list []*models.Protection
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&list); err != nil || slices.Contains(list, nil) {
		r.Error("protections", text, "json", "Oczekiwano listy JSON wpisów ochrony, jak w naszym eksporcie.", "Expected a JSON array of protection entries, as our export has it.")
		return
	}
	for _, p := range list {
		p.PlaceID, p.Owner, p.OwnerNotifiedOn = 0, "", nil
		if err := p.Validate(m.today); err != nil {
			r.Error("protections", text, "protection", "Zły wpis ochrony: "+err.Error(), "A bad protection entry: "+err.Error())
			return
		}
		r.Parts = append(r.Parts, store.ImportPart{Part: p, Fields: exportedProtection})
	}
}

// exportedProtection are the fields of a protection that our export has: all but personal ones.
var exportedProtection = slices.DeleteFunc(auditNames(models.Protection{}), func(s string) bool {
	return s == "place_id" || s == "owner" || s == "owner_notified_on"
})

// set gives a field the text that was read, in the field's type; a text that does not fit leaves it empty with a warning.
func (m *mapper) set(r *store.ImportRow, field reflect.Value, name string, got reading) {
	if got.text == "" {
		return
	}
	bad := func(code, pl, en string) { r.Warn(firstOf(got.column, name), got.raw, code, pl, en) }
	integer := func(least, most float64) (float64, bool) {
		n, ok := parseNumber(got.text)
		if !ok || n != math.Trunc(n) || n < least || n > most {
			bad("number", "To nie jest liczba całkowita; pole zostaje puste.", "This is not a whole number; the field is left empty.")
			return 0, false
		}
		return n, true
	}
	switch target := field.Addr().Interface().(type) {
	case *string:
		*target = got.text
	case **string:
		text := got.text
		*target = &text
	case **int:
		if n, ok := integer(math.MinInt32, math.MaxInt32); ok {
			*target = new(int(n))
		}
	case **int64:
		if n, ok := integer(-1<<53, 1<<53); ok {
			*target = new(int64(n))
		}
	case **float64:
		n, ok := parseNumber(got.text)
		if !ok {
			bad("number", "To nie jest liczba; pole zostaje puste.", "This is not a number; the field is left empty.")
			return
		}
		*target = &n
	case **bool:
		b, known := booleans[foldKey(got.text)]
		if !known {
			bad("boolean", "To nie jest „tak” ani „nie”; pole zostaje puste.", "This is neither yes nor no; the field is left empty.")
			return
		}
		*target = &b
	case *models.Date, **models.Date:
		d, err := parseDate(got.text)
		if err != nil {
			bad("date", "To nie jest data; pole zostaje puste.", "This is not a date; the field is left empty.")
			return
		}
		if one, ok := target.(*models.Date); ok {
			*one = d
		} else {
			*target.(**models.Date) = &d
		}
	}
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// undated are the ways registers say that a date is not known; they are no fault.
var undated = []string{"data nieznana", "nieznana", "nieznane", "brak danych", "b.d.", "bd", "?", "-", "brak", "nieokreślone"}

func (m *mapper) dating(r *store.ImportRow, got reading) {
	if got.text == "" {
		return
	}
	d := models.NewDating(got.text)
	r.Place.DatingText, r.Place.DatingFrom, r.Place.DatingTo = d.Text, d.From, d.To
	if d.From == nil && d.To == nil && !slices.Contains(undated, foldKey(got.text)) {
		r.Warn(got.column, got.raw, "dating", "Nie udało się odczytać lat z datowania; zachowano sam tekst.",
			"No years could be read from the dating; its text alone was kept.")
	}
}

func (m *mapper) checkCategory(r *store.ImportRow, field string, code *string, facet string) {
	if code != nil && m.facets[*code] != facet {
		r.Error(field, *code, "vocabulary", fmt.Sprintf("Nie ma kategorii %q w aspekcie %s.", *code, facet),
			fmt.Sprintf("There is no category %q in the facet %s.", *code, facet))
	}
}

// heritageCategory remembers what models.HeritageCategory said: registers repeat themselves.
func (m *mapper) heritageCategory(function, name string) string {
	key := [2]string{function, name}
	code, ok := m.categories[key]
	if ok {
		return code
	}
	code, _ = models.HeritageCategory(function, name)
	if len(m.categories) >= 10_000 {
		clear(m.categories)
	}
	m.categories[key] = code
	return code
}

// part adds a protection, an inspection or an access fact when the row has one.
func (m *mapper) part(r *store.ImportRow, mapping *partMapping, mapped []string) {
	if mapping.when != nil && !holds(mapping.when.read(m).text) {
		return
	}
	var part models.Part
	switch mapping.kind {
	case models.KindProtection:
		part = &models.Protection{}
	case models.KindInspection:
		part = &models.Inspection{Scale: models.ScaleHeritage, Trend: "unknown", Occupancy: "unknown", SurveyAccess: "site", Method: models.MethodImported}
	case models.KindAccessFact:
		part = &models.AccessFact{PlaceID: new(int64), State: models.FactKnown, Method: models.MethodImported}
	}
	record := reflect.ValueOf(part).Elem()
	index := m.fields[mapping.kind]
	first := reading{}
	for _, f := range mapping.fields {
		got := f.value.read(m)
		if f.name == mapping.need {
			if first = got; got.text == "" {
				m.report(r, string(mapping.kind), got)
				return
			}
		}
		m.report(r, string(mapping.kind), got)
		if fact, ok := part.(*models.AccessFact); ok && f.name == "value" {
			fact.Value = json.RawMessage(got.text)
			continue
		}
		m.set(r, record.Field(index[f.name]), string(mapping.kind)+"."+f.name, got)
	}
	switch v := part.(type) {
	case *models.Protection:
		if v.KindCode == "" {
			v.KindCode = protectionKind(v.Code)
		}
	case *models.AccessFact:
		v.Value = factValue(v.Attribute, string(v.Value))
	}
	if !m.addPart(r, part, mapped, firstOf(first.column, string(mapping.kind)), first.raw) {
		return
	}
	if p, ok := part.(*models.Protection); ok && p.Code == models.ProtectionRegister && p.NumberRaw != "" && len(p.RegisterNumbers) == 0 {
		r.Warn("protection.number_raw", p.NumberRaw, "register_number", "Nie udało się odczytać numeru rejestru; zachowano sam tekst.",
			"No register number could be read; the text alone was kept.")
	}
}

// addPart adds a part of which the file speaks of these fields; one that is not valid is left out with a warning at the field.
func (m *mapper) addPart(r *store.ImportRow, part models.Part, fields []string, field, raw string) bool {
	if err := part.Validate(m.today); err != nil {
		text := messageOf(err)
		r.Warn(field, raw, "part", "Pominięto wpis ("+string(part.Kind())+"): "+text.PL, "An entry was left out ("+string(part.Kind())+"): "+text.EN)
		return false
	}
	r.Parts = append(r.Parts, store.ImportPart{Part: part, Fields: fields})
	return true
}

// messageOf is the first thing that Validate said.
func messageOf(err error) models.Text {
	var known *models.Error
	if errors.As(err, &known) && len(known.Fields) > 0 {
		return known.Fields[0].Message
	}
	return models.Text{PL: err.Error(), EN: err.Error()}
}

func protectionKind(code string) string {
	switch {
	case models.Inventories.Has(code):
		return models.ProtectionKindInventory
	case models.InternationalListings.Has(code):
		return models.ProtectionKindInternational
	}
	return models.ProtectionKindForm
}

// factValue writes a text as the JSON value the attribute takes.
func factValue(attribute, text string) json.RawMessage {
	a, _ := models.AccessAttributeByCode(attribute)
	switch a.Type {
	case models.AttributeNumber, models.AttributeInteger:
		if n, ok := parseNumber(text); ok {
			b, _ := json.Marshal(n) // finite
			return b
		}
	case models.AttributeBoolean:
		if b, ok := booleans[foldKey(text)]; ok {
			return json.RawMessage(fmt.Sprint(b))
		}
	case models.AttributeSet:
		var codes []string
		for s := range strings.SplitSeq(text, ";") {
			codes = append(codes, strings.TrimSpace(s))
		}
		b, _ := json.Marshal(codes) // texts
		return b
	}
	b, _ := json.Marshal(text) // a text
	return b
}

// locate gives the place its position: the file's own, coordinates in columns, or its municipality's.
func (m *mapper) locate(r *store.ImportRow) {
	p := m.profile
	var municipality *store.ImportMunicipality
	if p.municipality != nil {
		if name, ok := p.municipality.text(m.value); ok {
			var text models.Text
			if municipality, text = m.municipalities.find(name); municipality != nil {
				r.Declared = &municipality.ID
			} else if p.centre {
				r.Error("municipality", name, "municipality", text.PL, text.EN)
				return
			}
		}
	}
	g, ok := m.position(r)
	if !ok {
		return
	}
	if g == nil {
		if p.centre && municipality != nil {
			r.Place.Geom.T = geom.NewPointFlat(geom.XY, []float64{municipality.Lon, municipality.Lat}).SetSRID(geo.WGS84)
			r.Place.Accuracy = models.AccuracyMunicipality
			return
		}
		r.Error("geom", "", "required", "Rekord nie ma położenia.", "The record has no position.")
		return
	}
	if m.crs == 0 {
		r.Error("geom", "", codeNoCRS, "Plik nie mówi, w jakim układzie są współrzędne.", "The file does not say which reference system its coordinates are in.")
		return
	}
	box, ok := geo.Bounds(g)
	if !ok {
		r.Error("geom", "", "required", "Geometria jest pusta.", "The geometry is empty.")
		return
	}
	if problem := geo.CheckDeclared(m.crs, box); problem != nil {
		r.Error("geom", box.String(), problem.Code, problem.PL, problem.EN)
		return
	}
	t, err := geo.Transform(m.crs, g)
	if err != nil {
		m.problem(r, err)
		return
	}
	r.Place.Geom.T = t
	if geo.LooksSwapped(t) {
		r.Warn("geom", box.String(), "swapped", "Szerokość i długość geograficzna wyglądają na zamienione.", "Latitude and longitude look swapped.")
	}
}

// The code of rows in a file without a reference system.
const codeNoCRS = "crs"

// position finds the row's geometry in the file's system, nil when it has none; false after an error.
func (m *mapper) position(r *store.ImportRow) (geom.T, bool) {
	p := m.profile
	if p.fileGeometry && m.row.Geometry != nil {
		return m.row.Geometry, true
	}
	if p.lon != nil {
		x, okX := p.lon.text(m.value)
		y, okY := p.lat.text(m.value)
		if okX || okY {
			lon, goodX := parseNumber(x)
			lat, goodY := parseNumber(y)
			if !goodX || !goodY {
				r.Error("geom", x+" "+y, "number", "Współrzędne nie są liczbami.", "The coordinates are not numbers.")
				return nil, false
			}
			return geom.NewPointFlat(geom.XY, []float64{lon, lat}), true
		}
	}
	if p.wkt != nil {
		if text, ok := p.wkt.text(m.value); ok {
			g, err := geo.ParseWKT(text)
			if err != nil {
				m.problem(r, err)
				return nil, false
			}
			return g, true
		}
	}
	return nil, true
}

func (m *mapper) problem(r *store.ImportRow, err error) {
	var p *geo.Problem
	if errors.As(err, &p) {
		r.Error("geom", "", p.Code, p.PL, p.EN)
		return
	}
	r.Error("geom", "", "geometry", err.Error(), err.Error())
}

// invalid rejects the row for what Validate said, naming the source's columns and values.
func (m *mapper) invalid(r *store.ImportRow, err error) {
	from := len(r.Issues)
	r.Invalid(err)
	for i := from; i < len(r.Issues); i++ {
		x := &r.Issues[i]
		field := fieldOfPointer(x.Field)
		x.Field = field
		for _, f := range m.profile.fields {
			if f.name == field || f.name == "dating" && strings.HasPrefix(field, "dating_") {
				x.Value = f.value.read(m).raw
			}
		}
	}
}

// fieldOfPointer is the audit name of what a pointer into the API's form of a place means.
func fieldOfPointer(pointer string) string {
	names := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	switch {
	case names[0] == "geometry":
		return "geom"
	case len(names) == 1:
		return names[0]
	case names[0] == "name" || names[0] == "description" || names[1] == "category":
		return names[0] + "_" + names[1]
	case names[1] == "dating" && len(names) > 2:
		return "dating_" + names[2]
	}
	return names[1]
}
