package store

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"wolnica/geo"
	"wolnica/models"
)

// importColumn is one audited column of places as imports handle it. Exactly one of the accessors is set.
type importColumn struct {
	name string
	// required columns are in the audit even when empty, like a JSON field without omitempty.
	required bool
	text     func(*models.Place) *string
	code     func(*models.Place) **string
	integer  func(*models.Place) **int
	bigint   func(*models.Place) **int64
	number   func(*models.Place) **float64
	flag     func(*models.Place) **bool
	geometry func(*models.Place) *geo.Geometry
}

// importColumns are all audited columns of places.
var importColumns = []*importColumn{
	{name: "name_pl", required: true, text: func(p *models.Place) *string { return &p.NamePL }},
	{name: "name_en", text: func(p *models.Place) *string { return &p.NameEN }},
	{name: "description_pl", text: func(p *models.Place) *string { return &p.DescriptionPL }},
	{name: "description_en", text: func(p *models.Place) *string { return &p.DescriptionEN }},
	{name: "lifecycle", required: true, text: func(p *models.Place) *string { return &p.Lifecycle }},
	{name: "publication", required: true, text: func(p *models.Place) *string { return &p.Publication }},
	{name: "visibility", required: true, text: func(p *models.Place) *string { return &p.Visibility }},
	{name: "geom", required: true, geometry: func(p *models.Place) *geo.Geometry { return &p.Geom }},
	{name: "accuracy", required: true, text: func(p *models.Place) *string { return &p.Accuracy }},
	{name: "parent_id", bigint: func(p *models.Place) **int64 { return &p.ParentID }},
	{name: "locality", text: func(p *models.Place) *string { return &p.Locality }},
	{name: "street", text: func(p *models.Place) *string { return &p.Street }},
	{name: "house_number", text: func(p *models.Place) *string { return &p.HouseNumber }},
	{name: "postcode", text: func(p *models.Place) *string { return &p.Postcode }},
	{name: "website", text: func(p *models.Place) *string { return &p.Website }},
	{name: "opening_hours", text: func(p *models.Place) *string { return &p.OpeningHours }},
	{name: "free", flag: func(p *models.Place) **bool { return &p.Free }},
	{name: "heritage_category", code: func(p *models.Place) **string { return &p.HeritageCategory }},
	{name: "object_type", text: func(p *models.Place) *string { return &p.ObjectType }},
	{name: "dating_text", text: func(p *models.Place) *string { return &p.DatingText }},
	{name: "dating_from", integer: func(p *models.Place) **int { return &p.DatingFrom }},
	{name: "dating_to", integer: func(p *models.Place) **int { return &p.DatingTo }},
	{name: "materials", text: func(p *models.Place) *string { return &p.Materials }},
	{name: "original_function", text: func(p *models.Place) *string { return &p.OriginalFunction }},
	{name: "current_function", text: func(p *models.Place) *string { return &p.CurrentFunction }},
	{name: "designer", text: func(p *models.Place) *string { return &p.Designer }},
	{name: "infrastructure_category", code: func(p *models.Place) **string { return &p.InfrastructureCategory }},
	{name: "capacity", integer: func(p *models.Place) **int { return &p.Capacity }},
	{name: "surface", text: func(p *models.Place) *string { return &p.Surface }},
	{name: "area_m2", number: func(p *models.Place) **float64 { return &p.AreaM2 }},
	{name: "built_year", integer: func(p *models.Place) **int { return &p.BuiltYear }},
	{name: "renewal_value_pln", bigint: func(p *models.Place) **int64 { return &p.RenewalValuePLN }},
	{name: "expected_life_years", integer: func(p *models.Place) **int { return &p.ExpectedLifeYears }},
	{name: "operator", text: func(p *models.Place) *string { return &p.Operator }},
	{name: "equipment", text: func(p *models.Place) *string { return &p.Equipment }},
	{name: "method", text: func(p *models.Place) *string { return &p.Method }},
	{name: "source", text: func(p *models.Place) *string { return &p.Source }},
	{name: "licence", text: func(p *models.Place) *string { return &p.Licence }},
}

// importColumnNames are the names joined for a statement, each with the prefix.
func importColumnNames(prefix string) string {
	names := make([]string, len(importColumns))
	for i, c := range importColumns {
		names[i] = prefix + c.name
	}
	return strings.Join(names, ", ")
}

// absent tells whether the audit leaves the column out.
func (c *importColumn) absent(p *models.Place) bool {
	return !c.required && c.empty(p)
}

// empty tells whether the column says nothing.
func (c *importColumn) empty(p *models.Place) bool {
	switch {
	case c.text != nil:
		return *c.text(p) == ""
	case c.code != nil:
		return *c.code(p) == nil
	case c.integer != nil:
		return *c.integer(p) == nil
	case c.bigint != nil:
		return *c.bigint(p) == nil
	case c.number != nil:
		return *c.number(p) == nil
	case c.flag != nil:
		return *c.flag(p) == nil
	}
	return c.geometry(p).T == nil
}

func samePointed[T comparable](a, b *T) bool { return a == b || a != nil && b != nil && *a == *b }

// equal compares as the audit does: geometries to 7 decimals.
func (c *importColumn) equal(a, b *models.Place) bool {
	switch {
	case c.text != nil:
		return *c.text(a) == *c.text(b)
	case c.code != nil:
		return samePointed(*c.code(a), *c.code(b))
	case c.integer != nil:
		return samePointed(*c.integer(a), *c.integer(b))
	case c.bigint != nil:
		return samePointed(*c.bigint(a), *c.bigint(b))
	case c.number != nil:
		return samePointed(*c.number(a), *c.number(b))
	case c.flag != nil:
		return samePointed(*c.flag(a), *c.flag(b))
	}
	x, y := c.geometry(a).T, c.geometry(b).T
	return geo.Equal(x, y) || bytes.Equal(geo.AppendGeoJSON(nil, x), geo.AppendGeoJSON(nil, y))
}

// assign gives the column of dst the value it has in src.
func (c *importColumn) assign(dst, src *models.Place) {
	switch {
	case c.text != nil:
		*c.text(dst) = *c.text(src)
	case c.code != nil:
		*c.code(dst) = *c.code(src)
	case c.integer != nil:
		*c.integer(dst) = *c.integer(src)
	case c.bigint != nil:
		*c.bigint(dst) = *c.bigint(src)
	case c.number != nil:
		*c.number(dst) = *c.number(src)
	case c.flag != nil:
		*c.flag(dst) = *c.flag(src)
	default:
		*c.geometry(dst) = *c.geometry(src)
	}
}

// appendJSON appends the column's value in its audit form, null when the audit leaves it out.
func (c *importColumn) appendJSON(dst []byte, p *models.Place) []byte {
	if c.absent(p) {
		return append(dst, "null"...)
	}
	switch {
	case c.text != nil:
		return appendJSONText(dst, *c.text(p))
	case c.code != nil:
		return appendJSONText(dst, **c.code(p))
	case c.integer != nil:
		return strconv.AppendInt(dst, int64(**c.integer(p)), 10)
	case c.bigint != nil:
		return strconv.AppendInt(dst, **c.bigint(p), 10)
	case c.number != nil:
		return appendJSONNumber(dst, **c.number(p))
	case c.flag != nil:
		return strconv.AppendBool(dst, **c.flag(p))
	}
	return geo.AppendGeoJSON(dst, c.geometry(p).T)
}

// encode adds the column's value to a row of a COPY.
func (c *importColumn) encode(rows *copyRows, p *models.Place) {
	switch {
	case c.text != nil:
		rows.text(*c.text(p))
	case c.empty(p):
		rows.null()
	case c.code != nil:
		rows.text(**c.code(p))
	case c.integer != nil:
		rows.int4(**c.integer(p))
	case c.bigint != nil:
		rows.int8(**c.bigint(p))
	case c.number != nil:
		rows.float8(**c.number(p))
	case c.flag != nil:
		rows.boolean(**c.flag(p))
	default:
		at := len(rows.data)
		rows.data = append(rows.data, 0, 0, 0, 0)
		rows.data = geo.AppendEWKB(rows.data, c.geometry(p).T)
		n := len(rows.data) - at - 4
		rows.data[at], rows.data[at+1], rows.data[at+2], rows.data[at+3] = byte(n>>24), byte(n>>16), byte(n>>8), byte(n)
	}
}

// target is where a scan puts the column's value.
func (c *importColumn) target(p *models.Place) any {
	switch {
	case c.text != nil:
		return c.text(p)
	case c.code != nil:
		return c.code(p)
	case c.integer != nil:
		return c.integer(p)
	case c.bigint != nil:
		return c.bigint(p)
	case c.number != nil:
		return c.number(p)
	case c.flag != nil:
		return c.flag(p)
	}
	return c.geometry(p)
}

// appendCreation appends the diff of a new place's revision.
func appendCreation(dst []byte, p *models.Place) []byte {
	dst = append(dst, '{')
	first := true
	for _, c := range importColumns {
		if c.absent(p) {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(dst, '"')
		dst = append(dst, c.name...)
		dst = append(dst, `":[null,`...)
		dst = c.appendJSON(dst, p)
		dst = append(dst, ']')
	}
	return append(dst, '}')
}

// appendChange appends the diff of the columns from old to now.
func appendChange(dst []byte, columns []*importColumn, old, now *models.Place) []byte {
	dst = append(dst, '{')
	for i, c := range columns {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '"')
		dst = append(dst, c.name...)
		dst = append(dst, `":[`...)
		dst = c.appendJSON(dst, old)
		dst = append(dst, ',')
		dst = c.appendJSON(dst, now)
		dst = append(dst, ']')
	}
	return append(dst, '}')
}

// appendJSONText appends a JSON string; s was validated to be UTF-8.
func appendJSONText(dst []byte, s string) []byte {
	dst, _ = jsontext.AppendQuote(dst, s) // the error is of bad UTF-8 only, which is then replaced
	return dst
}

// appendJSONNumber appends the number as encoding/json does.
func appendJSONNumber(dst []byte, f float64) []byte {
	if abs := math.Abs(f); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		b, err := json.Marshal(f)
		if err != nil {
			return append(dst, "null"...)
		}
		return append(dst, b...)
	}
	return strconv.AppendFloat(dst, f, 'f', -1, 64)
}
