package models

import (
	"embed"
	"encoding/csv"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"time"
)

// VocabularyVersion names the state of the vocabulary of categories. It changes with every change of the vocabulary.
const VocabularyVersion = "2026.2"

//go:embed vocabulary/*.csv
var vocabularyFiles embed.FS

// A VocabularyEntry is one category as the vocabulary ships it.
type VocabularyEntry struct {
	// Code is unique over all facets and of the form [a-z][a-z0-9_]*.
	Code string
	// Parent is the code of the broader category, "" for the root of a facet.
	Parent string
	// Facet is a code of Facets; the root of a facet has the facet's code.
	Facet string
	Label Text
	// Icon is the name of an icon of Maki, or of Temaki where Maki has none of that name.
	Icon string
	// OSMTags are OpenStreetMap tags, "key=value" joined by ";", that such an object carries; "" where there are none.
	OSMTags string
	// AATURI is the concept of the Getty Art & Architecture Thesaurus, "" where no match has been confirmed.
	AATURI string
	// Sort orders the entries; it grows along the list.
	Sort int
}

// Vocabulary is the whole vocabulary of categories, parents before their children, ordered by Sort. The result is the
// caller's to keep, not to change.
func Vocabulary() []VocabularyEntry { return vocabulary() }

var vocabulary = sync.OnceValue(func() []VocabularyEntry {
	var entries []VocabularyEntry
	for _, r := range vocabularyRecords("categories.csv", 9) {
		sort, err := strconv.Atoi(r[8])
		if err != nil {
			panic(fmt.Sprintf("read vocabulary: category %s: sort: %v", r[0], err))
		}
		entries = append(entries, VocabularyEntry{
			Code: r[0], Parent: r[1], Facet: r[2], Label: Text{PL: r[3], EN: r[4]},
			Icon: r[5], OSMTags: r[6], AATURI: r[7], Sort: sort,
		})
	}
	return entries
})

// vocabularyRecords reads an embedded table without its header. It panics on a malformed one: the file is a part of the
// program.
func vocabularyRecords(name string, columns int) [][]string {
	file, err := vocabularyFiles.Open("vocabulary/" + name)
	if err != nil {
		panic(fmt.Sprintf("read vocabulary: %v", err))
	}
	defer file.Close()
	reader := csv.NewReader(file)
	reader.FieldsPerRecord = columns
	records, err := reader.ReadAll()
	if err != nil {
		panic(fmt.Sprintf("read vocabulary %s: %v", name, err))
	}
	return slices.Delete(records, 0, 1)
}

// The categories of what a visitor looks for around a place.
const (
	CategoryToilet = "public_toilet"
	CategoryStop   = "transport_stop"
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
