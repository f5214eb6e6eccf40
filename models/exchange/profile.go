package exchange

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"wolnica/geo"
	"wolnica/models"
)

// A Profile says how the columns of a source become records: what profiles/README.md describes, read and checked.
type Profile struct {
	Name  string
	Title models.Text
	// Target is what the rows are: place, municipality, population or population_cells.
	Target string

	layer       string
	format      string // formatA11yJSON or formatOSM; "" where the file's extension says it
	crs         int
	forceCRS    bool
	asOf        models.Date
	empty       map[string]bool
	publication string
	byUID       bool
	keyScheme   string
	key         *template
	skip        *value
	fields      []fieldMapping
	ids         []idMapping
	parts       []*partMapping
	notes       []*noteMapping
	// records is the path of the array in a file of JSON objects; isRecords tells "" from none.
	records     string
	isRecords   bool
	idsJSON     *template
	protections *template
	parentUID   *template
	// municipality is the one the source says the place lies in.
	municipality *template
	// centre: a row without a position gets its municipality's.
	centre        bool
	fileGeometry  bool
	lon, lat, wkt *template

	columns columnSet
}

// The targets of a profile.
const (
	TargetPlace        = "place"
	TargetMunicipality = "municipality"
	TargetPopulation   = "population"
	TargetCells        = "population_cells"
)

type fieldMapping struct {
	name  string
	value *value
}

type idMapping struct {
	scheme string
	value  *value
}

// partMapping makes one protection, inspection or access fact out of a row, when its condition holds.
type partMapping struct {
	kind   models.Kind
	when   *value
	fields []fieldMapping
	// need is the field without which there is no such part: a row that leaves it empty has none.
	need string
}

//go:embed profiles/*.yaml
var shipped embed.FS

// Profiles are the shipped profiles in the order of their names.
func Profiles() []*Profile {
	entries, err := fs.Glob(shipped, "profiles/*.yaml")
	if err != nil {
		panic(fmt.Sprintf("list profiles: %v", err)) // the pattern is a constant
	}
	profiles := make([]*Profile, 0, len(entries))
	for _, entry := range entries {
		p, err := LoadProfile(strings.TrimSuffix(path.Base(entry), ".yaml"))
		if err != nil {
			panic(fmt.Sprintf("shipped profile %s: %v", entry, err)) // a part of the program; a test loads them all
		}
		profiles = append(profiles, p)
	}
	return profiles
}

// LoadProfile reads a shipped profile by its name, or a profile from a file whose path ends in .yaml or .yml. What is
// wrong with it is a CodeInvalid error that names the line.
func LoadProfile(name string) (*Profile, error) {
	var data []byte
	var err error
	if strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml") {
		if data, err = os.ReadFile(name); err != nil {
			return nil, invalidf(fmt.Sprintf("Nie da się otworzyć profilu: %v.", err), fmt.Sprintf("The profile cannot be opened: %v.", err))
		}
		name = strings.TrimSuffix(strings.TrimSuffix(path.Base(name), ".yaml"), ".yml")
	} else if data, err = shipped.ReadFile("profiles/" + name + ".yaml"); err != nil {
		var names []string
		entries, _ := fs.Glob(shipped, "profiles/*.yaml")
		for _, e := range entries {
			names = append(names, strings.TrimSuffix(path.Base(e), ".yaml"))
		}
		list := strings.Join(names, ", ")
		return nil, invalidf(fmt.Sprintf("Nie ma profilu %q. Są: %s; można też podać ścieżkę do pliku .yaml.", name, list),
			fmt.Sprintf("There is no profile %q. There are: %s; a path to a .yaml file works too.", name, list))
	}
	return ParseProfile(name, data)
}

func invalidf(pl, en string) *models.Error { return models.NewError(models.CodeInvalid, pl, en) }

// ParseProfile reads a profile.
func ParseProfile(name string, data []byte) (*Profile, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return nil, invalidf(fmt.Sprintf("Profil %s nie jest poprawnym YAML: %v.", name, err), fmt.Sprintf("The profile %s is not valid YAML: %v.", name, err))
	}
	p := &Profile{Name: name, Target: TargetPlace, empty: map[string]bool{}, publication: models.PublicationDraft, fileGeometry: true}
	if err := p.parse(&root); err != nil {
		var e *profileError
		if !errors.As(err, &e) {
			return nil, err
		}
		return nil, invalidf(fmt.Sprintf("Profil %s, wiersz %d: %s", name, e.line, e.PL), fmt.Sprintf("Profile %s, line %d: %s", name, e.line, e.EN))
	}
	return p, nil
}

// Layer is the layer or sheet the profile reads, "" for the first.
func (p *Profile) Layer() string { return p.layer }

// profileError is what is wrong with a profile, and where.
type profileError struct {
	line   int
	PL, EN string
}

func (e *profileError) Error() string { return e.EN }

func at(n *yaml.Node, pl, en string, args ...any) error {
	return &profileError{line: n.Line, PL: fmt.Sprintf(pl, args...), EN: fmt.Sprintf(en, args...)}
}

// entry is one key of a mapping with its value.
type entry struct {
	key   string
	where *yaml.Node
	value *yaml.Node
}

// entries reads a mapping whose keys have to be among those allowed (any, when there are none).
func entries(n *yaml.Node, allowed ...string) ([]entry, error) {
	if n.Kind != yaml.MappingNode {
		return nil, at(n, "oczekiwano par „klucz: wartość”.", `expected "key: value" pairs.`)
	}
	var all []entry
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if len(allowed) > 0 && !slices.Contains(allowed, k.Value) {
			return nil, at(k, "nieznany klucz %q. Dozwolone: %s.", "unknown key %q. Allowed: %s.", k.Value, strings.Join(allowed, ", "))
		}
		if slices.ContainsFunc(all, func(e entry) bool { return e.key == k.Value }) {
			return nil, at(k, "klucz %q jest dwa razy.", "the key %q is there twice.", k.Value)
		}
		all = append(all, entry{k.Value, k, v})
	}
	return all, nil
}

func scalar(n *yaml.Node) (string, error) {
	if n.Kind != yaml.ScalarNode {
		return "", at(n, "oczekiwano pojedynczej wartości.", "expected a single value.")
	}
	return n.Value, nil
}

func oneOf(n *yaml.Node, allowed ...string) (string, error) {
	s, err := scalar(n)
	if err == nil && !slices.Contains(allowed, s) {
		err = at(n, "%q: dozwolone są %s.", "%q: allowed are %s.", s, strings.Join(allowed, ", "))
	}
	return s, err
}

func boolean(n *yaml.Node) (bool, error) {
	s, err := oneOf(n, "true", "false")
	return s == "true", err
}

func (p *Profile) template(n *yaml.Node) (*template, error) {
	s, err := scalar(n)
	if err != nil {
		return nil, err
	}
	t, err := parseTemplate(s, &p.columns)
	if err != nil {
		return nil, at(n, "zły wzorzec %q: %v.", "bad template %q: %v.", s, err)
	}
	return t, nil
}

func (p *Profile) parse(root *yaml.Node) error {
	if root.Kind != yaml.DocumentNode || len(root.Content) != 1 {
		return at(root, "profil jest pusty.", "the profile is empty.")
	}
	all, err := entries(root.Content[0], "title_pl", "title_en", "target", "layer", "format", "crs", "force_crs", "as_of", "empty", "publication",
		"key", "geometry", "municipality", "skip", "fields", "external_ids", "protections", "inspections", "access_facts",
		"external_ids_json", "protections_json", "parent_uid", "records", "notes")
	if err != nil {
		return err
	}
	for _, e := range all {
		if e.key == "target" {
			if p.Target, err = oneOf(e.value, TargetPlace, TargetMunicipality, TargetPopulation, TargetCells); err != nil {
				return err
			}
		}
	}
	for _, e := range all {
		if err := p.parseEntry(e); err != nil {
			return err
		}
	}
	return p.complete(root.Content[0])
}

func (p *Profile) parseEntry(e entry) (err error) {
	switch e.key {
	case "title_pl":
		p.Title.PL, err = scalar(e.value)
	case "title_en":
		p.Title.EN, err = scalar(e.value)
	case "layer":
		p.layer, err = scalar(e.value)
	case "format":
		p.format, err = oneOf(e.value, formatA11yJSON, formatOSM)
	case "crs", "force_crs":
		var s string
		if s, err = scalar(e.value); err != nil {
			return err
		}
		epsg, parseErr := geo.ParseCRS(s)
		if parseErr != nil || !geo.Supported(epsg) {
			return at(e.value, "nieobsługiwany układ współrzędnych %q.", "unsupported reference system %q.", s)
		}
		if p.crs != 0 {
			return at(e.where, "podaj tylko jedno: crs albo force_crs.", "give only one of crs and force_crs.")
		}
		p.crs, p.forceCRS = epsg, e.key == "force_crs"
	case "as_of":
		var s string
		if s, err = scalar(e.value); err != nil {
			return err
		}
		if p.asOf, err = models.ParseDate(s); err != nil {
			return at(e.value, "%q nie jest datą.", "%q is not a date.", s)
		}
	case "empty":
		if e.value.Kind != yaml.SequenceNode {
			return at(e.value, "oczekiwano listy, na przykład [\"-\"].", `expected a list such as ["-"].`)
		}
		for _, n := range e.value.Content {
			p.empty[n.Value] = true
		}
	case "publication":
		p.publication, err = oneOf(e.value, models.Publications.Codes()...)
	case "key":
		err = p.parseKey(e.value)
	case "geometry":
		err = p.parseGeometry(e.value)
	case "municipality":
		p.municipality, err = p.template(e.value)
	case "skip":
		p.skip, err = p.parseValue(e.value)
	case "fields":
		var like any = models.Municipality{}
		not := []string{"geom", "parent_id"}
		var extra []string
		switch p.Target {
		case TargetPlace:
			like, extra = models.Place{}, []string{"dating"}
		case TargetCells:
			like, not = models.PopulationCell{}, []string{"geom", "scheme", "key", "municipality_id", "municipality_said"}
		}
		p.fields, err = p.parseFields(e.value, like, extra, not)
	case "external_ids":
		err = p.parseIDs(e.value)
	case "protections":
		err = p.parseParts(e.value, models.KindProtection, models.Protection{}, "code")
	case "inspections":
		err = p.parseParts(e.value, models.KindInspection, models.Inspection{}, "grade")
	case "access_facts":
		err = p.parseParts(e.value, models.KindAccessFact, models.AccessFact{}, "value")
	case "notes":
		err = p.parseNotes(e.value)
	case "records":
		p.records, err = scalar(e.value)
		p.isRecords = true
	case "external_ids_json":
		p.idsJSON, err = p.template(e.value)
	case "protections_json":
		p.protections, err = p.template(e.value)
	case "parent_uid":
		p.parentUID, err = p.template(e.value)
	}
	return err
}

func (p *Profile) parseKey(n *yaml.Node) error {
	all, err := entries(n, "scheme", "value", "uid")
	if err != nil {
		return err
	}
	for _, e := range all {
		switch e.key {
		case "scheme":
			p.keyScheme, err = scalar(e.value)
			if err == nil && (&models.ExternalID{PlaceID: new(int64), Scheme: p.keyScheme, Value: "x"}).Validate(today()) != nil {
				err = at(e.value, "%q: oczekiwano małych liter łacińskich, cyfr, „_”, „.” lub „-”.", `%q: expected lower-case Latin letters, digits, "_", "." or "-".`, p.keyScheme)
			}
		case "value":
			p.key, err = p.template(e.value)
		case "uid":
			p.byUID = true
			p.key, err = p.template(e.value)
		}
		if err != nil {
			return err
		}
	}
	switch {
	case p.byUID && (p.keyScheme != "" || len(all) != 1):
		return at(n, "klucz to albo uid, albo scheme i value.", "a key is either uid, or scheme and value.")
	case p.key == nil || !p.byUID && p.keyScheme == "":
		return at(n, "klucz potrzebuje scheme i value.", "a key needs scheme and value.")
	case p.key.constant():
		return at(n, "klucz musi wskazywać kolumnę, inaczej wszystkie wiersze byłyby jednym rekordem.", "a key must name a column, or all rows would be one record.")
	}
	return nil
}

func (p *Profile) parseGeometry(n *yaml.Node) error {
	all, err := entries(n, "file", "lon", "lat", "wkt", "centre")
	if err != nil {
		return err
	}
	for _, e := range all {
		switch e.key {
		case "file":
			p.fileGeometry, err = boolean(e.value)
		case "lon":
			p.lon, err = p.template(e.value)
		case "lat":
			p.lat, err = p.template(e.value)
		case "wkt":
			p.wkt, err = p.template(e.value)
		case "centre":
			p.centre, err = boolean(e.value)
		}
		if err != nil {
			return err
		}
	}
	if (p.lon == nil) != (p.lat == nil) {
		return at(n, "podaj i lon, i lat.", "give both lon and lat.")
	}
	return nil
}

// parseFields reads mappings to fields that are those of the JSON (audit) form of like, and extra ones.
func (p *Profile) parseFields(n *yaml.Node, like any, extra, not []string) ([]fieldMapping, error) {
	allowed := append(auditNames(like), extra...)
	allowed = slices.DeleteFunc(allowed, func(s string) bool { return slices.Contains(not, s) })
	all, err := entries(n, allowed...)
	if err != nil {
		return nil, err
	}
	var fields []fieldMapping
	for _, e := range all {
		v, err := p.parseValue(e.value)
		if err != nil {
			return nil, err
		}
		fields = append(fields, fieldMapping{e.key, v})
	}
	return fields, nil
}

// auditNames are the names of a record's JSON form.
func auditNames(like any) []string {
	var names []string
	t := reflect.TypeOf(like)
	for i := range t.NumField() {
		if f := t.Field(i); !f.Anonymous {
			if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "-" {
				names = append(names, name)
			}
		}
	}
	return names
}

func (p *Profile) parseValue(n *yaml.Node) (*value, error) {
	v := &value{}
	if n.Kind == yaml.ScalarNode {
		t, err := p.template(n)
		if err != nil {
			return nil, err
		}
		v.first = []*template{t}
		return v, nil
	}
	all, err := entries(n, "from", "first", "also", "map", "contains", "default", "parse")
	if err != nil {
		return nil, err
	}
	for _, e := range all {
		switch e.key {
		case "from":
			var t *template
			t, err = p.template(e.value)
			v.first = append(v.first, t)
		case "first":
			if e.value.Kind != yaml.SequenceNode {
				return nil, at(e.value, "oczekiwano listy wzorców.", "expected a list of templates.")
			}
			for _, n := range e.value.Content {
				t, err := p.template(n)
				if err != nil {
					return nil, err
				}
				v.first = append(v.first, t)
			}
		case "also":
			v.also, err = p.template(e.value)
		case "map", "contains":
			pairs, err := entries(e.value)
			if err != nil {
				return nil, err
			}
			for _, pair := range pairs {
				to, err := scalar(pair.value)
				if err != nil {
					return nil, err
				}
				if e.key == "contains" {
					v.contains = append(v.contains, [2]string{foldKey(pair.key), to})
					continue
				}
				if v.translate == nil {
					v.translate = map[string]string{}
				}
				v.translate[foldKey(pair.key)] = to
			}
		case "default":
			v.hasElse = true
			v.fallback, err = scalar(e.value)
		case "parse":
			v.parse, err = oneOf(e.value, parsers...)
		}
		if err != nil {
			return nil, err
		}
	}
	if len(v.first) == 0 {
		return nil, at(n, "brakuje „from” albo „first”.", `"from" or "first" is missing.`)
	}
	if v.also != nil && v.parse != "heritage_category" {
		return nil, at(n, "„also” działa tylko z „parse: heritage_category”.", `"also" works only with "parse: heritage_category".`)
	}
	return v, nil
}

func (p *Profile) parseIDs(n *yaml.Node) error {
	if n.Kind != yaml.SequenceNode {
		return at(n, "oczekiwano listy.", "expected a list.")
	}
	for _, item := range n.Content {
		all, err := entries(item, "scheme", "value")
		if err != nil {
			return err
		}
		var id idMapping
		for _, e := range all {
			if e.key == "scheme" {
				id.scheme, err = scalar(e.value)
			} else {
				id.value, err = p.parseValue(e.value)
			}
			if err != nil {
				return err
			}
		}
		if id.scheme == "" || id.value == nil {
			return at(item, "identyfikator potrzebuje scheme i value.", "an id needs scheme and value.")
		}
		p.ids = append(p.ids, id)
	}
	return nil
}

func (p *Profile) parseParts(n *yaml.Node, kind models.Kind, like any, need string) error {
	if n.Kind != yaml.SequenceNode {
		return at(n, "oczekiwano listy.", "expected a list.")
	}
	for _, item := range n.Content {
		if item.Kind != yaml.MappingNode {
			return at(item, "oczekiwano par „klucz: wartość”.", `expected "key: value" pairs.`)
		}
		m := &partMapping{kind: kind, need: need}
		rest := &yaml.Node{Kind: yaml.MappingNode, Line: item.Line}
		for i := 0; i+1 < len(item.Content); i += 2 {
			if item.Content[i].Value != "when" {
				rest.Content = append(rest.Content, item.Content[i], item.Content[i+1])
				continue
			}
			var err error
			if m.when, err = p.parseValue(item.Content[i+1]); err != nil {
				return err
			}
		}
		var err error
		if m.fields, err = p.parseFields(rest, like, nil, []string{"place_id", "product_id", "segment_from", "segment_to", "elements", "media_id", "superseded_by"}); err != nil {
			return err
		}
		if !slices.ContainsFunc(m.fields, func(f fieldMapping) bool { return f.name == need }) {
			return at(item, "brakuje pola %q.", "the field %q is missing.", need)
		}
		p.parts = append(p.parts, m)
	}
	return nil
}

func (p *Profile) complete(n *yaml.Node) error {
	has := func(name string) bool {
		return slices.ContainsFunc(p.fields, func(f fieldMapping) bool { return f.name == name })
	}
	switch {
	case p.format == formatA11yJSON:
		if p.Target != TargetPlace || p.key != nil || p.fields != nil || p.ids != nil || p.parts != nil {
			return at(n, "profil z „format: a11yjson” nie ma mapowań.", `a profile with "format: a11yjson" has no mappings.`)
		}
	case p.Target == TargetPlace:
		switch {
		case p.key == nil:
			return at(n, "brakuje klucza (key): bez niego każdy import tworzyłby wszystko od nowa.", "the key is missing: without it every import would create everything anew.")
		case !has("name_pl"):
			return at(n, "brakuje pola name_pl.", "the field name_pl is missing.")
		case !has("heritage_category") && !has("infrastructure_category"):
			return at(n, "brakuje kategorii: heritage_category albo infrastructure_category.", "a category is missing: heritage_category or infrastructure_category.")
		case p.centre && p.municipality == nil:
			return at(n, "„centre” potrzebuje „municipality”.", `"centre" needs "municipality".`)
		}
	case p.Target == TargetCells:
		switch {
		case p.key == nil || p.byUID:
			return at(n, "komórki ludności potrzebują klucza (key) ze scheme i value.", "population cells need a key with scheme and value.")
		case !has("pop_total"):
			return at(n, "brakuje pola pop_total.", "the field pop_total is missing.")
		case p.centre:
			return at(n, "komórka ludności musi mieć własne położenie: „centre” tu nie działa.", `a population cell needs a position of its own: "centre" does not work here.`)
		}
	default:
		if !has("teryt") && !(p.Target == TargetPopulation && has("name")) {
			return at(n, "brakuje pola teryt.", "the field teryt is missing.")
		}
		if p.Target == TargetPopulation && !has("population") {
			return at(n, "brakuje pola population.", "the field population is missing.")
		}
	}
	for _, name := range p.columns.names {
		if _, derived := derivedColumns[name]; strings.HasPrefix(name, "$") && name != "$as_of" && name != "$file" && !(derived && p.format == formatOSM) {
			return at(n, "nie ma kolumny {%s}.", "there is no column {%s}.", name)
		}
	}
	if p.Title.PL == "" || p.Title.EN == "" {
		return at(n, "brakuje title_pl albo title_en.", "title_pl or title_en is missing.")
	}
	return nil
}

// known tells whether the file has anything to say of the value. A column that is not there says nothing, while an empty
// cell says that there is nothing.
func (v *value) known(c *columnSet) bool {
	for _, t := range v.first {
		if t.known(c) {
			return true
		}
	}
	return false
}

// mappedFields are the audit names of the place's columns that the file speaks of by this profile. What a profile only
// presets for new records (their publication) is not among them.
func (p *Profile) mappedFields() []string {
	names := []string{"geom"}
	for _, f := range p.fields {
		switch {
		case !f.value.known(&p.columns):
		case f.name == "dating":
			names = append(names, "dating_text", "dating_from", "dating_to")
		default:
			names = append(names, f.name)
		}
	}
	if !slices.Contains(names, "accuracy") && p.centre {
		names = append(names, "accuracy")
	}
	if p.parentUID != nil && p.parentUID.known(&p.columns) {
		names = append(names, "parent_id")
	}
	return names
}

// columnNames are the file's columns by what is made of them: fields of the place, "key", "municipality", and
// "protection.number_raw" and its like. What is no column of the file is not among them.
func (p *Profile) columnNames() map[string]string {
	names := map[string]string{}
	add := func(field string, templates ...*template) {
		for _, t := range templates {
			if t == nil {
				continue
			}
			if name := t.column(&p.columns); name != "" && !strings.HasPrefix(name, "$") && t.known(&p.columns) {
				names[field] = name
				return
			}
		}
	}
	add("key", p.key)
	add("municipality", p.municipality)
	add("external_ids", p.idsJSON)
	for _, f := range p.fields {
		add(f.name, f.value.first...)
		if f.name == "dating" {
			for _, field := range []string{"dating_text", "dating_from", "dating_to"} {
				add(field, f.value.first...)
			}
		}
	}
	for _, part := range p.parts {
		for _, f := range part.fields {
			add(string(part.kind)+"."+f.name, f.value.first...)
		}
	}
	return names
}
