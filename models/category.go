package models

import (
	"embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"sync"
)

// VocabularyVersion names the state of the vocabulary of categories. It changes with every change of the vocabulary.
const VocabularyVersion = "2026.1"

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
