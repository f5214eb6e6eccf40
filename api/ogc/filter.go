package ogc

import (
	"fmt"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"wolnica/geo"
	"wolnica/geo/cql2"
	"wolnica/models"
	"wolnica/models/store"
)

// The languages of filters. The last is that of the draft which GDAL up to 3.6 and its contemporaries write.
const (
	langText  = "cql2-text"
	langJSON  = "cql2-json"
	langDraft = "cql-text"
)

var filterLangs = []string{langText, langJSON, langDraft}

// plain are the queryables that are parameters of their own beside those of parameters: name=value.
func (c *collection) plain() []store.Queryable {
	var list []store.Queryable
	for _, q := range c.queried {
		if q.Type != cql2.TypeGeometry && q.Type != cql2.TypeStrings && c.parameter(q.Name) == nil {
			list = append(list, q)
		}
	}
	return list
}

// parseWhere reads the filter and the queryables given as parameters into one condition, nil when there is none.
func (c *collection) parseWhere(v url.Values, f *faults) *cql2.Expr {
	var all []*cql2.Expr
	lang := langText
	if v.Has("filter-lang") {
		if lang = v.Get("filter-lang"); !slices.Contains(filterLangs, lang) {
			allowed := strings.Join(filterLangs[:2], ", ")
			f.add("filter-lang", "vocabulary", "Dozwolone: "+allowed+".", "Allowed: "+allowed+".")
		}
	}
	crs := parseCRSParameter(v, "filter-crs", f)
	if v.Has("filter") {
		if e, err := c.parseFilter(v.Get("filter"), lang, crs); err != nil {
			f.problem("filter", err)
		} else {
			all = append(all, e)
		}
	} else {
		for _, name := range []string{"filter-lang", "filter-crs"} {
			if v.Has(name) {
				f.add(name, "alone", name+" ma sens tylko razem z filter.", name+" is of use only with filter.")
			}
		}
	}
	for _, q := range c.plain() {
		if !v.Has(q.Name) {
			continue
		}
		value, ok := literal(q, v.Get(q.Name))
		if !ok {
			f.add(q.Name, "type", fmt.Sprintf("Oczekiwano wartości typu %s.", q.Type), fmt.Sprintf("Expected a value of the type %s.", q.Type))
			continue
		}
		e := &cql2.Expr{Op: cql2.Equal, Args: []*cql2.Expr{{Op: cql2.Property, Text: q.Name}, value}}
		if err := c.check(e); err != nil {
			f.problem(q.Name, err)
			continue
		}
		all = append(all, e)
	}
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	return &cql2.Expr{Op: cql2.And, Args: all}
}

func (c *collection) parseFilter(text, lang string, crs *crs) (e *cql2.Expr, err error) {
	switch lang {
	case langJSON:
		e, err = cql2.ParseJSON([]byte(text))
	case langDraft:
		e, err = cql2.ParseText(c.fromDraft(text))
	default:
		e, err = cql2.ParseText(text)
	}
	if err == nil {
		e, err = cql2.ToWGS84(e, geo.CRS{EPSG: crs.epsg, NorthFirst: crs.swapped})
	}
	if err == nil {
		err = c.check(e)
	}
	return e, err
}

func (c *collection) check(e *cql2.Expr) error {
	known := make([]cql2.Queryable, len(c.queried))
	for i, q := range c.queried {
		known[i] = q.Queryable
	}
	return cql2.Check(e, known)
}

// literal reads the value of a plain parameter; ok is false when it is not of the queryable's type.
func literal(q store.Queryable, text string) (e *cql2.Expr, ok bool) {
	switch q.Type {
	case cql2.TypeNumber, cql2.TypeInteger:
		n, err := strconv.ParseFloat(text, 64)
		return &cql2.Expr{Op: cql2.Number, Number: n}, err == nil && !math.IsNaN(n) && !math.IsInf(n, 0)
	case cql2.TypeBoolean:
		b, err := strconv.ParseBool(text)
		return &cql2.Expr{Op: cql2.Boolean, Bool: b}, err == nil
	case cql2.TypeDate:
		_, err := time.Parse(time.DateOnly, text)
		return &cql2.Expr{Op: cql2.Date, Text: text}, err == nil
	case cql2.TypeTimestamp:
		t, err := time.Parse(time.RFC3339Nano, text)
		return &cql2.Expr{Op: cql2.Timestamp, Text: t.UTC().Format(time.RFC3339Nano)}, err == nil
	}
	return &cql2.Expr{Op: cql2.String, Text: text}, true
}

// comparison is a property compared with a literal, or a literal alone, so that nothing within quotes is taken for more.
var comparison = regexp.MustCompile(`([A-Za-z_][A-Za-z0-9_]*) *(=|<>|<=|>=|<|>|\bI?LIKE\b) *('(?:[^']|'')*'|[01]\b)|'(?:[^']|'')*'`)

var draftDate = regexp.MustCompile(`^'(\d{4}-\d\d-\d\d)T?'$`)

// fromDraft writes what GDAL says in the CQL of the draft as CQL2: ILIKE, dates as text (2024-01-01T for a day), and
// truth as a number.
func (c *collection) fromDraft(text string) string {
	return comparison.ReplaceAllStringFunc(text, func(s string) string {
		m := comparison.FindStringSubmatch(s)
		name, op, value := m[1], m[2], m[3]
		if name == "" {
			return s
		}
		if op == "ILIKE" {
			return "CASEI(" + name + ") LIKE CASEI(" + value + ")"
		}
		i := slices.IndexFunc(c.queried, func(q store.Queryable) bool { return q.Name == name })
		if i < 0 {
			return s
		}
		switch c.queried[i].Type {
		case cql2.TypeBoolean:
			value = map[string]string{"0": "FALSE", "1": "TRUE"}[value]
			if value == "" {
				return s
			}
		case cql2.TypeDate:
			if day := draftDate.FindStringSubmatch(value); day != nil {
				value = "DATE('" + day[1] + "')"
			}
		case cql2.TypeTimestamp:
			if day := draftDate.FindStringSubmatch(value); day != nil {
				value = "'" + day[1] + "T00:00:00Z'"
			}
			value = "TIMESTAMP(" + value + ")"
		default:
			return s
		}
		return name + " " + op + " " + value
	})
}

// queryables are the properties that can be filtered by, for the documents.
func (c *collection) queryables() []queryable {
	kinds := map[cql2.Type]geo.ColumnType{cql2.TypeInteger: geo.ColumnInteger, cql2.TypeNumber: geo.ColumnNumber, cql2.TypeBoolean: geo.ColumnBoolean,
		cql2.TypeDate: geo.ColumnDate, cql2.TypeTimestamp: geo.ColumnTimestamp, cql2.TypeStrings: geo.ColumnJSON, cql2.TypeString: geo.ColumnText}
	var list []queryable
	for _, q := range c.queried {
		list = append(list, queryable{name: q.Name, title: q.Title, kind: kinds[q.Type], codes: q.Enum})
	}
	return list
}

var filterText = models.Text{PL: "Filtr CQL2 po właściwościach z queryables.", EN: "A CQL2 filter over the properties of queryables."}
