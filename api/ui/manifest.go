package ui

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"wolnica/models"
)

const (
	buildManifest = ".vite/manifest.json"
	entryName     = "src/main.ts"
)

// languageChunks are the messages of a language, which the entry loads first of all.
var languageChunks = map[models.Language]string{models.Polish: "src/i18n/pl.ts", models.English: "src/i18n/en.ts"}

// chunk is a script of the build, with what it needs at once.
type chunk struct {
	File    string   `json:"file"`
	CSS     []string `json:"css"`
	Imports []string `json:"imports"`
}

// Tags are the addresses a page loads the map from.
type Tags struct {
	// Boot is a small script that runs before the page is drawn, and puts the styles in force: without scripts they are not.
	Boot     string
	Script   string
	Styles   []string
	Preloads []string
	// Fonts are those of the first words of any page: with them at hand it is laid out once, not first in a font of the system.
	Fonts []string
}

// firstFonts are the fonts of text and of headings, each in its two ranges of letters, both of which Polish needs.
var firstFonts = []string{"fonts/source-sans-3-latin.woff2", "fonts/source-sans-3-latin-ext.woff2", "fonts/source-serif-4-latin.woff2", "fonts/source-serif-4-latin-ext.woff2"}

// StyleList is the addresses of the styles, separated by spaces.
func (t *Tags) StyleList() string { return strings.Join(t.Styles, " ") }

// readTags reads what a page has to load out of the build's manifest; nil when there is no build. A manifest that cannot be read, or
// names files that are not there, is an error.
func readTags(files fs.FS) (map[models.Language]*Tags, error) {
	text, err := fs.ReadFile(files, buildManifest)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	chunks := map[string]chunk{}
	if err := json.Unmarshal(text, &chunks); err != nil {
		return nil, fmt.Errorf("%s: %w", buildManifest, err)
	}
	entry, ok := chunks[entryName]
	if !ok {
		return nil, fmt.Errorf("%s: there is no entry %s", buildManifest, entryName)
	}
	tags := map[models.Language]*Tags{}
	for lang, name := range languageChunks {
		t := &Tags{Script: address(entry.File)}
		seen := map[string]bool{}
		var add func(name string) error
		add = func(name string) error {
			c, ok := chunks[name]
			if !ok {
				return fmt.Errorf("%s: there is no chunk %s", buildManifest, name)
			}
			if seen[name] {
				return nil
			}
			seen[name] = true
			for _, css := range c.CSS {
				if !slices.Contains(t.Styles, address(css)) {
					t.Styles = append(t.Styles, address(css))
				}
			}
			if name != entryName {
				t.Preloads = append(t.Preloads, address(c.File))
			}
			for _, imported := range c.Imports {
				if err := add(imported); err != nil {
					return err
				}
			}
			return nil
		}
		if err := add(entryName); err != nil {
			return nil, err
		}
		// what the entry asks for by itself, without waiting until it runs
		if _, ok := chunks[name]; ok {
			if err := add(name); err != nil {
				return nil, err
			}
		}
		tags[lang] = t
	}
	return tags, nil
}

func address(file string) string { return "/ui/" + file }
