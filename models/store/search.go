package store

import (
	"context"
	"fmt"
	"strings"
	"unicode"

	"wolnica/models"
)

// searchWord is one word a person typed, folded, with the words of the registry it may have meant.
type searchWord struct {
	typed   string
	similar []string
}

// searchWords is a text as search understands it.
type searchWords []searchWord

// maxSearchWords bounds a search: more words only narrow further.
const maxSearchWords = 8

// expandWords folds the text and looks up, for every word that begins no word of the registry, the words that are one
// typo away. Only the dictionary of distinct words is searched for typos, never the names.
func (s *Store) expandWords(ctx context.Context, text string) (searchWords, error) {
	var folded string
	db := s.db.WithContext(ctx)
	if err := db.Raw("SELECT fold_text(?)", text).Scan(&folded).Error; err != nil {
		return nil, mapError(fmt.Errorf("fold the search text: %w", err))
	}
	var words searchWords
	for _, w := range strings.FieldsFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if len(words) == maxSearchWords {
			break
		}
		words = append(words, searchWord{typed: w})
	}
	if len(words) == 0 {
		return nil, badParameter("q", "empty", "Tekst wyszukiwania nie zawiera żadnej litery ani cyfry.", "The search text holds no letter or digit.")
	}
	for i := range words {
		if len(words[i].typed) < 4 {
			continue
		}
		err := db.Raw(`SELECT word FROM search_words WHERE NOT EXISTS (
				SELECT 1 FROM search_words WHERE word >= @typed AND word < @typed || U&'\FFFF')
			AND word % @typed AND abs(char_length(word) - char_length(@typed)) <= 2
			AND (levenshtein_less_equal(word, @typed, 2) <= 1
				OR levenshtein_less_equal(left(word, char_length(@typed)), @typed, 2) <= 1
				OR levenshtein_less_equal(word, @typed, 2) = 2 AND is_transposition(word, @typed))
			ORDER BY similarity(word, @typed) DESC, word LIMIT 8`, map[string]any{"typed": words[i].typed}).Scan(&words[i].similar).Error
		if err != nil {
			return nil, mapError(fmt.Errorf("look up similar words: %w", err))
		}
	}
	return words, nil
}

// exact is the tsquery of the words as typed, each as a prefix.
func (w searchWords) exact() string {
	parts := make([]string, len(w))
	for i, word := range w {
		parts[i] = lexeme(word.typed) + ":*"
	}
	return strings.Join(parts, " & ")
}

// loose is the tsquery of the words as typed or as they may have been meant.
func (w searchWords) loose() string {
	parts := make([]string, len(w))
	for i, word := range w {
		parts[i] = word.loose()
	}
	return strings.Join(parts, " & ")
}

func (w searchWord) loose() string {
	alternatives := []string{lexeme(w.typed) + ":*"}
	for _, s := range w.similar {
		alternatives = append(alternatives, lexeme(s))
	}
	return "(" + strings.Join(alternatives, " | ") + ")"
}

// lexeme quotes a word for tsquery.
func lexeme(word string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `''`).Replace(word) + "'"
}

// anywhere is the condition that every word stands in the name or in the other texts.
func (w searchWords) anywhere(q *query) string {
	parts := make([]string, len(w))
	for i, word := range w {
		a := q.arg(word.loose())
		parts[i] = "(p.name_words @@ " + a + "::tsquery OR p.text_words @@ " + a + "::tsquery)"
	}
	return strings.Join(parts, " AND ")
}

// placesByRelevance lists matches in tiers: the name itself, every word as typed in the name, every word as meant in the
// name, the rest; in a tier short names first. Tiers are asked one after another until the page is full, so that a page
// costs what it shows.
func (s *Store) placesByRelevance(ctx context.Context, scope models.Scope, f models.PlaceFilter, page models.Page, list any) ([]models.Place, string, error) {
	if f.Text == "" {
		return nil, "", badParameter("q", "required", "Sortowanie po trafności wymaga tekstu q.", "Sorting by relevance needs a text q.")
	}
	words, err := s.expandWords(ctx, f.Text)
	if err != nil {
		return nil, "", err
	}
	after, err := decodeCursor(page.Cursor, list, 3)
	if err != nil {
		return nil, "", err
	}
	first := 0
	if after != nil {
		tier, ok1 := after[0].(float64)
		length, ok2 := after[1].(float64)
		if !ok1 || !ok2 || tier < 0 || tier > 3 || length != float64(int64(length)) {
			return nil, "", badParameter("cursor", "cursor", "Kursor strony nie jest poprawny.", "The page cursor is not valid.")
		}
		if err := cursorKeys(after, ""); err != nil {
			return nil, "", err
		}
		first = int(tier)
		after[1] = int64(length)
	}
	text := f.Text
	f.Text = ""
	var rows []placeRow
	var tiers []int
	for tier := first; tier < 4 && len(rows) <= page.Limit; tier++ {
		q := newQuery()
		if err := s.filterPlaces(ctx, q, scope, f); err != nil {
			return nil, "", err
		}
		is := []string{
			"fold_text(p.name_pl) = fold_text(" + q.arg(text) + ")",
			"p.name_words @@ " + q.arg(words.exact()) + "::tsquery",
			"p.name_words @@ " + q.arg(words.loose()) + "::tsquery",
			words.anywhere(q),
		}
		q.and("(" + is[tier] + ")")
		for _, earlier := range is[:tier] {
			q.and("NOT (" + earlier + ")")
		}
		if after != nil && tier == first {
			q.and("(p.name_length, p.id) > (?::smallint, ?::bigint)", after[1], after[2])
		}
		var more []placeRow
		sql := "SELECT " + placeColumns + " FROM places p WHERE " + q.where() +
			fmt.Sprintf(" ORDER BY p.name_length, p.id LIMIT %d", page.Limit+1-len(rows))
		if err := q.scan(s.db.WithContext(ctx), sql, &more); err != nil {
			return nil, "", mapError(fmt.Errorf("search places: %w", err))
		}
		rows = append(rows, more...)
		for range more {
			tiers = append(tiers, tier)
		}
	}
	next := ""
	if len(rows) > page.Limit {
		rows = rows[:page.Limit]
		last := rows[len(rows)-1]
		next = encodeCursor(list, tiers[len(rows)-1], min(len([]rune(last.NamePL)), 32767), last.ID)
	}
	places, err := s.views(ctx, rows, scope)
	return places, next, err
}
