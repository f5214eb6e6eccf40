package ogc

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/store"
)

// The bounds of a page.
const (
	defaultLimit = 100
	maxLimit     = 10_000
)

// itemsQuery is a request for features, read and checked.
type itemsQuery struct {
	filter store.FeatureFilter
	after  int64
	limit  int
	crs    *crs
	// properties are nil when all are asked for.
	properties *selection
}

// faults collects what is wrong with the parameters of a request.
type faults []models.FieldError

func (f *faults) add(parameter, code, pl, en string) {
	*f = append(*f, models.FieldError{Parameter: parameter, Code: code, Message: models.Text{PL: pl, EN: en}})
}

// problem adds a fault of a value as the geometry packages describe it.
func (f *faults) problem(parameter string, err error) {
	var p *geo.Problem
	if errors.As(err, &p) {
		at := ""
		if p.Path != "" {
			at = p.Path + ": "
		}
		f.add(parameter, p.Code, at+p.PL, at+p.EN)
		return
	}
	f.add(parameter, "format", "Wartość nie jest poprawna.", "The value is not valid.")
}

func (f faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return &models.Error{Code: models.CodeMalformed, Fields: f,
		Message: models.Text{PL: "Parametr zapytania nie jest poprawny.", EN: "A query parameter is not valid."}}
}

// common are the parameters of every resource.
var common = []string{"f", "lang"}

// parseQuery splits a query into its parameters and refuses what is not known: the standard wants 400 for it, and a
// misspelt filter that is passed over would give wrong answers.
func parseQuery(raw string, known []string) (url.Values, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, models.NewError(models.CodeMalformed, "Zapytanie w adresie nie jest poprawne: sprawdź kodowanie procentowe.",
			"The query of the address is not valid: check the percent-encoding.")
	}
	var f faults
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		v := values[name]
		switch {
		case !slices.Contains(known, name) && !slices.Contains(common, name):
			allowed := strings.Join(slices.Concat(known, common), ", ")
			f.add(name, "unknown", "Nieznany parametr. Dozwolone: "+allowed+".", "Unknown parameter. Allowed: "+allowed+".")
		case len(v) > 1:
			f.add(name, "repeated", "Parametr podano więcej niż raz.", "The parameter was given more than once.")
		case !utf8.ValidString(v[0]) || strings.ContainsRune(v[0], 0):
			f.add(name, "characters", "Wartość nie jest poprawnym tekstem UTF-8.", "The value is not valid UTF-8 text.")
		}
	}
	return values, f.err()
}

// itemsParameters are the names of the parameters of the list of features, those of the standard first.
func (c *collection) itemsParameters() []string {
	names := []string{"bbox", "bbox-crs", "crs", "datetime", "filter", "filter-lang", "filter-crs", "limit", "after", "properties"}
	for _, p := range c.parameters {
		names = append(names, p.name)
	}
	for _, q := range c.plain() {
		names = append(names, q.Name)
	}
	return names
}

// parseItems reads the parameters of a list of features.
func (c *collection) parseItems(v url.Values) (itemsQuery, error) {
	var f faults
	q := itemsQuery{limit: defaultLimit, crs: crs84}
	q.crs = parseCRSParameter(v, "crs", &f)
	boxCRS := parseCRSParameter(v, "bbox-crs", &f)
	if v.Has("bbox-crs") && !v.Has("bbox") {
		f.add("bbox-crs", "alone", "bbox-crs ma sens tylko razem z bbox.", "bbox-crs is of use only with bbox.")
	}
	if v.Has("bbox") {
		b, err := boxCRS.parseBox(v.Get("bbox"))
		if err != nil {
			f.problem("bbox", err)
		}
		switch c.kind {
		case models.KindPlace:
			q.filter.Place.BBox, q.filter.Place.Area = b.bbox, b.area
		case models.KindProduct:
			q.filter.Product.BBox, q.filter.Product.Area = b.bbox, b.area
		default:
			q.filter.Municipality.BBox, q.filter.Municipality.Area = b.bbox, b.area
		}
	}
	if v.Has("datetime") {
		if since, until, ok := parseDatetime(v.Get("datetime")); !ok {
			f.add("datetime", "format", "Oczekiwano chwili albo przedziału, na przykład 2026-01-01T00:00:00Z, 2026-01-01/2026-06-30 albo 2026-01-01/..",
				"Expected an instant or an interval, such as 2026-01-01T00:00:00Z, 2026-01-01/2026-06-30 or 2026-01-01/..")
		} else if since != nil && until != nil && until.Before(*since) {
			f.add("datetime", "order", "Koniec przedziału jest przed jego początkiem.", "The interval ends before it begins.")
		} else {
			c.setDatetime(&q.filter, since, until)
		}
	}
	if v.Has("limit") {
		n, err := strconv.Atoi(v.Get("limit"))
		if err != nil || n < 1 || n > maxLimit {
			f.add("limit", "range", fmt.Sprintf("Dozwolone od 1 do %d.", maxLimit), fmt.Sprintf("Allowed from 1 to %d.", maxLimit))
		}
		q.limit = n
	}
	if v.Has("after") {
		n, err := strconv.ParseInt(v.Get("after"), 10, 64)
		if err != nil || n < 0 {
			f.add("after", "format", "Oczekiwano numeru rekordu z odnośnika next.", "Expected the number of a record, from a next link.")
		}
		q.after = n
	}
	if v.Has("properties") {
		s, unknown := c.selectionOf(splitList(v.Get("properties")))
		if unknown != "" {
			allowed := strings.Join(c.properties(), ", ")
			f.add("properties", "vocabulary", fmt.Sprintf("Nieznana właściwość %q. Dozwolone: %s.", unknown, allowed),
				fmt.Sprintf("Unknown property %q. Allowed: %s.", unknown, allowed))
		}
		q.properties = &s
	}
	for i := range c.parameters {
		p := &c.parameters[i]
		if !v.Has(p.name) {
			continue
		}
		values := splitList(v.Get(p.name))
		if len(values) == 0 {
			f.add(p.name, "required", "Wartość jest pusta.", "The value is empty.")
			continue
		}
		for _, value := range values {
			if p.codes != nil && !slices.Contains(p.codes, value) {
				allowed := strings.Join(p.codes, ", ")
				f.add(p.name, "vocabulary", fmt.Sprintf("Nieznana wartość %q. Dozwolone: %s.", value, allowed), fmt.Sprintf("Unknown value %q. Allowed: %s.", value, allowed))
			}
		}
		if len(values) > 1 && (p.name == "freshness" || p.name == "facet") {
			f.add(p.name, "single", "Ten parametr przyjmuje jedną wartość.", "This parameter takes one value.")
			continue
		}
		p.set(&q.filter, values)
	}
	where := c.parseWhere(v, &f)
	switch c.kind {
	case models.KindPlace:
		q.filter.Place.Where = where
	case models.KindProduct:
		q.filter.Product.Where = where
	default:
		q.filter.Municipality.Where = where
	}
	return q, f.err()
}

func parseCRSParameter(v url.Values, name string, f *faults) *crs {
	if !v.Has(name) {
		return crs84
	}
	c, ok := parseCRS(v.Get(name))
	if !ok {
		allowed := strings.Join(crsURIs(), ", ")
		f.add(name, "crs", fmt.Sprintf("Nieobsługiwany układ współrzędnych %q. Dostępne: %s.", v.Get(name), allowed),
			fmt.Sprintf("Unsupported reference system %q. Available: %s.", v.Get(name), allowed))
		return crs84
	}
	return c
}

func splitList(s string) []string {
	var list []string
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// parseDatetime reads an instant or an interval (RFC 3339; ".." or nothing is an open end). A day is all of it. Both ends
// are included; nil is open.
func parseDatetime(s string) (since, until *time.Time, ok bool) {
	from, to, interval := strings.Cut(s, "/")
	if !interval {
		to = from
	}
	open := func(s string) bool { return interval && (s == "" || s == "..") }
	if interval && open(from) && open(to) {
		return nil, nil, s == "../.."
	}
	if !open(from) {
		t, _, err := parseInstant(from)
		if err != nil {
			return nil, nil, false
		}
		since = &t
	}
	if !open(to) {
		t, day, err := parseInstant(to)
		if err != nil {
			return nil, nil, false
		}
		if day {
			t = t.AddDate(0, 0, 1).Add(-time.Microsecond)
		}
		until = &t
	}
	return since, until, true
}

func parseInstant(s string) (t time.Time, day bool, err error) {
	// RFC 3339 allows t and z in lower case
	if t, err = time.Parse(time.RFC3339Nano, strings.ToUpper(s)); err == nil {
		return t.UTC(), false, nil
	}
	t, err = time.Parse(time.DateOnly, s)
	return t, true, err
}

func (c *collection) setDatetime(f *store.FeatureFilter, since, until *time.Time) {
	day := func(t *time.Time) *models.Date {
		if t == nil {
			return nil
		}
		d := models.DateOf(*t)
		return &d
	}
	switch c.kind {
	case models.KindPlace:
		f.Place.UpdatedSince, f.Place.UpdatedUntil = since, until
	case models.KindProduct:
		f.Product.ValidSince, f.Product.ValidUntil = day(since), day(until)
	default:
		f.Municipality.UpdatedSince, f.Municipality.UpdatedUntil = since, until
	}
}
