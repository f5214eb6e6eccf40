package exchange

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/store"
)

// municipalityIndex finds municipalities by TERYT code or by name.
type municipalityIndex struct {
	teryt map[string]*store.ImportMunicipality
	name  map[string][]*store.ImportMunicipality
}

func newMunicipalityIndex(all []store.ImportMunicipality) municipalityIndex {
	index := municipalityIndex{map[string]*store.ImportMunicipality{}, map[string][]*store.ImportMunicipality{}}
	for i := range all {
		m := &all[i]
		index.teryt[m.TERYT] = m
		index.name[foldKey(m.Name)] = append(index.name[foldKey(m.Name)], m)
	}
	return index
}

var (
	terytText = regexp.MustCompile(`^([0-9]{6})[ _]?([0-9])$`)
	// How NID and statistics add the kind of a municipality to its name.
	kindSuffix = regexp.MustCompile(`^(.*?)\s*(?:[-–]\s*(miasto|obszar wiejski)|\(\s*(?:gm(?:ina|\.)\s*)?(miejska|wiejska|miejsko-wiejska)\s*\)|\(\s*(\d)\s*\))$`)
	kindPrefix = regexp.MustCompile(`^(?:gmina|gm\.|m\.)\s+(?:(miejska|wiejska|miejsko-wiejska)\s+)?(.+)$`)
)

var kindsByWord = map[string]string{"miasto": "urban_rural", "obszar wiejski": "urban_rural", "miejsko-wiejska": "urban_rural",
	"miejska": "urban", "wiejska": "rural", "1": "urban", "2": "rural", "3": "urban_rural"}

// find reads "1261011", "126101_1", "Skawina - obszar wiejski", "Bochnia (gm. miejska)" or a plain name. A town and the
// countryside of an urban-rural municipality are that municipality. It gives nil and the reason when none or several fit.
func (x municipalityIndex) find(text string) (*store.ImportMunicipality, models.Text) {
	if m := terytText.FindStringSubmatch(strings.TrimSpace(text)); m != nil {
		if found := x.teryt[m[1]+m[2]]; found != nil {
			return found, models.Text{}
		}
		// 4 and 5 are the town and the countryside of an urban-rural municipality, 8 and 9 parts of a city.
		if strings.Contains("45", m[2]) {
			if found := x.teryt[m[1]+"3"]; found != nil {
				return found, models.Text{}
			}
		}
		return nil, unknownMunicipality(text)
	}
	name, kind := foldKey(text), ""
	if m := kindSuffix.FindStringSubmatch(name); m != nil {
		name, kind = m[1], kindsByWord[m[2]+m[3]+m[4]]
	}
	found := x.name[name]
	if len(found) == 0 {
		if m := kindPrefix.FindStringSubmatch(name); m != nil {
			found = x.name[m[2]]
			if kind == "" {
				kind = kindsByWord[m[1]]
			}
		}
	}
	if len(found) == 1 {
		return found[0], models.Text{}
	}
	var fitting []*store.ImportMunicipality
	for _, m := range found {
		if m.Kind == kind {
			fitting = append(fitting, m)
		}
	}
	switch {
	case len(fitting) == 1:
		return fitting[0], models.Text{}
	case len(found) > 1:
		return nil, models.Text{PL: fmt.Sprintf("Gmin o nazwie %q jest kilka; podaj kod TERYT.", text),
			EN: fmt.Sprintf("There are several municipalities called %q; give the TERYT code.", text)}
	}
	return nil, unknownMunicipality(text)
}

func unknownMunicipality(text string) models.Text {
	return models.Text{PL: fmt.Sprintf("Nie ma w rejestrze gminy %q.", text), EN: fmt.Sprintf("The registry has no municipality %q.", text)}
}

// municipalityRow maps a row to a municipality and the fields it speaks of.
func (m *mapper) municipalityRow(row *geo.Row) (*store.ImportRow, *models.Municipality, []string) {
	r := m.begin(row)
	u := &models.Municipality{}
	if r.Outcome == store.ImportRejected {
		return r, u, nil
	}
	index := fieldIndex(models.Municipality{})
	record := reflect.ValueOf(u).Elem()
	var fields []string
	for _, f := range m.profile.fields {
		got := f.value.read(m)
		m.report(r, f.name, got)
		m.set(r, record.Field(index[f.name]), f.name, got)
		fields = append(fields, f.name)
	}
	if match := terytText.FindStringSubmatch(u.TERYT); match != nil {
		u.TERYT = match[1] + match[2]
	}
	if u.KindCode == "" && len(u.TERYT) == 7 {
		u.KindCode = kindsByWord[u.TERYT[6:]]
	}
	if m.profile.Target == TargetPopulation {
		known, text := m.municipalities.find(firstOf(u.TERYT, u.Name))
		if known == nil {
			r.Error("teryt", firstOf(u.TERYT, u.Name), "municipality", text.PL, text.EN)
			return r, u, nil
		}
		u.TERYT = known.TERYT
		if u.Population == nil {
			r.Error("population", "", "required", "Brakuje liczby ludności.", "The population is missing.")
		}
		return r, u, []string{"population", "population_year"}
	}
	m.locate(r)
	if r.Outcome == store.ImportRejected {
		return r, u, nil
	}
	u.Geom = r.Place.Geom
	if err := u.Validate(m.today); err != nil {
		m.invalidMunicipality(r, err)
	}
	return r, u, append(fields, "geom", "kind")
}

func (m *mapper) invalidMunicipality(r *store.ImportRow, err error) {
	var known *models.Error
	if !errors.As(err, &known) || len(known.Fields) == 0 {
		r.Invalid(err)
		return
	}
	for _, f := range known.Fields {
		field := strings.TrimPrefix(f.Pointer, "/")
		if strings.HasPrefix(field, "geometry") {
			field = "geom"
		}
		r.Error(field, "", f.Code, f.Message.PL, f.Message.EN)
	}
}
