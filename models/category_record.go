package models

import (
	"fmt"
	"regexp"
	"time"
)

// Category is one entry of the vocabulary of places and products as the registry holds it.
type Category struct {
	Record
	Code    string  `json:"code"`
	Parent  *string `json:"parent,omitempty"`
	Facet   string  `json:"facet"`
	LabelPL string  `gorm:"column:label_pl" json:"label_pl"`
	LabelEN string  `gorm:"column:label_en" json:"label_en"`
	Icon    string  `json:"icon,omitempty"`
	OSMTags string  `gorm:"column:osm_tags" json:"osm_tags,omitempty"`
	AATURI  string  `gorm:"column:aat_uri" json:"aat_uri,omitempty"`
	Sort    int     `json:"sort"`
	// Vocabulary is the version of the shipped vocabulary the entry came with; empty for one added here.
	Vocabulary string `json:"-"`
}

// Kind of a Category.
func (*Category) Kind() Kind { return KindCategory }

var categoryForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// Validate checks the rules of a category.
func (c *Category) Validate(time.Time) error {
	var f Fields
	if !categoryForm.MatchString(c.Code) {
		f.Add("/code", "format", "Oczekiwano małych liter łacińskich, cyfr i „_”, na przykład skate_park.", `Expected lower-case Latin letters, digits and "_", such as skate_park.`)
	}
	if c.Parent != nil && *c.Parent == c.Code {
		f.Add("/parent", "cycle", "Kategoria nie może być nadrzędna dla samej siebie.", "A category cannot be its own parent.")
	}
	f.code("/facet", c.Facet, Facets)
	f.text("/label/pl", c.LabelPL, 1, 200)
	f.text("/label/en", c.LabelEN, 1, 200)
	f.text("/icon", c.Icon, 0, 100)
	f.text("/osm_tags", c.OSMTags, 0, 500)
	f.url("/aat_uri", c.AATURI)
	if c.Sort < -1_000_000 || c.Sort > 1_000_000 {
		f.Add("/sort", "range", fmt.Sprintf("Dozwolone od %d do %d.", -1_000_000, 1_000_000), fmt.Sprintf("Allowed from %d to %d.", -1_000_000, 1_000_000))
	}
	return f.Err()
}
