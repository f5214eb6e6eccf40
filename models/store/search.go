package store

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
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
func (s *Store) expandWords(ctx context.Context, scope models.Scope, text string) (searchWords, error) {
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
	internal := scope.All || len(scope.Municipalities) > 0
	for i := range words {
		if len(words[i].typed) < 4 {
			continue
		}
		err := db.Raw(`SELECT word FROM (SELECT DISTINCT word FROM search_words WHERE word % @typed AND (public OR @internal)) w
			WHERE NOT EXISTS (SELECT 1 FROM search_words WHERE word >= @typed AND word < @typed || U&'\FFFF' AND (public OR @internal))
			AND abs(char_length(word) - char_length(@typed)) <= 2
			AND (levenshtein_less_equal(word, @typed, 2) <= 1
				OR levenshtein_less_equal(left(word, char_length(@typed)), @typed, 2) <= 1
				OR levenshtein_less_equal(word, @typed, 2) = 2 AND is_transposition(word, @typed))
			ORDER BY similarity(word, @typed) DESC, word LIMIT 8`, map[string]any{"typed": words[i].typed, "internal": internal}).Scan(&words[i].similar).Error
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

// relevance is the tiers of a search, best first: the name itself, every word as typed in the name, every word as it may
// have been meant in the name, the words anywhere.
const (
	tierName = iota
	tierTyped
	tierMeant
	tierAnywhere
	tiers
)

// A tier with at most manyMatches rows is found whole and sorted, short names first. In a larger one no order by length
// helps a person, and sorting would cost more than the page: it comes in the order of ids, of which walkRows are looked
// through before the index is asked after all.
const (
	manyMatches = 10_000
	walkRows    = 20_000
)

// searchCursor is where a page of a search begins: behind this record of this tier.
type searchCursor struct {
	tier   int
	byID   bool
	length int64
	id     int64
}

// placesByRelevance lists matches tier by tier. Tiers are asked one after another until the page is full, so that a page
// costs what it shows.
func (s *Store) placesByRelevance(ctx context.Context, scope models.Scope, f models.PlaceFilter, page models.Page, list any) ([]models.Place, string, error) {
	if f.Text == "" {
		return nil, "", badParameter("q", "required", "Sortowanie po trafności wymaga tekstu q.", "Sorting by relevance needs a text q.")
	}
	words, err := s.expandWords(ctx, scope, f.Text)
	if err != nil {
		return nil, "", err
	}
	from, err := decodeSearchCursor(page.Cursor, list)
	if err != nil {
		return nil, "", err
	}
	text := f.Text
	f.Text = ""
	onlyText := reflect.DeepEqual(f, models.PlaceFilter{})
	var rows []placeRow
	var at []searchCursor
	for tier := 0; tier < tiers && len(rows) <= page.Limit; tier++ {
		if from != nil && tier < from.tier || tier == tierMeant && words.exact() == words.loose() {
			continue
		}
		begin := from
		if begin == nil || begin.tier != tier {
			begin = &searchCursor{tier: tier, byID: tier == tierName}
			if onlyText && tier > tierName {
				if begin.byID, err = s.manyMatch(ctx, words, tier); err != nil {
					return nil, "", err
				}
			}
		}
		more, err := s.searchTier(ctx, scope, f, text, words, *begin, page.Limit+1-len(rows), onlyText)
		if err != nil {
			return nil, "", err
		}
		rows = append(rows, more...)
		for range more {
			at = append(at, *begin)
		}
	}
	next := ""
	if len(rows) > page.Limit {
		rows = rows[:page.Limit]
		last, c := rows[len(rows)-1], at[page.Limit-1]
		next = encodeCursor(list, c.tier, c.byID, last.NameLength, last.ID)
	}
	shown, err := s.views(ctx, rows, scope)
	return shown, next, err
}

// searchTier reads the next matches of one tier.
func (s *Store) searchTier(ctx context.Context, scope models.Scope, f models.PlaceFilter, text string, words searchWords, begin searchCursor, limit int, onlyText bool) ([]placeRow, error) {
	conditions := func(q *query) error {
		if err := s.filterPlaces(ctx, q, scope, f); err != nil {
			return err
		}
		is := [tiers]string{
			// the length first: it is cheap and tells most names apart before they are folded
			"p.name_length = " + q.arg(len([]rune(text))) + "::integer AND fold_text(p.name_pl) = fold_text(" + q.arg(text) + ")",
			"p.name_words @@ " + q.arg(words.exact()) + "::tsquery",
			"p.name_words @@ " + q.arg(words.loose()) + "::tsquery",
			words.anywhere(q),
		}
		q.and("(" + is[begin.tier] + ")")
		for _, earlier := range is[:begin.tier] {
			q.and("NOT (" + earlier + ")")
		}
		return nil
	}
	db := s.db.WithContext(ctx)
	columns := "SELECT " + placeColumns + ", p.name_length FROM "
	var rows []placeRow
	if begin.byID && begin.tier != tierName && onlyText {
		q := newQuery()
		if err := conditions(q); err != nil {
			return nil, err
		}
		window := fmt.Sprintf("(SELECT * FROM places WHERE id > %s ORDER BY id LIMIT %d) p", q.arg(begin.id), walkRows)
		if err := q.scan(db, columns+window+" WHERE "+q.where()+fmt.Sprintf(" ORDER BY p.id LIMIT %d", limit), &rows); err != nil {
			return nil, mapError(fmt.Errorf("search places: %w", err))
		}
		if len(rows) == limit {
			return rows, nil
		}
		rows = nil // the matches lie elsewhere: ask the index
	}
	q := newQuery()
	if err := conditions(q); err != nil {
		return nil, err
	}
	key := "(p.name_length, p.id)"
	if begin.byID {
		key = "p.id"
		q.and("p.id > ?", begin.id)
	} else if begin.id > 0 {
		q.and("(p.name_length, p.id) > (?::smallint, ?::bigint)", begin.length, begin.id)
	}
	fence := " OFFSET 0" // find by the index and sort, whatever the order of ids promises
	if begin.tier == tierName {
		fence = "" // an index has them in order
	}
	best := "(SELECT id FROM (SELECT p.id, p.name_length FROM places p WHERE " + q.where() + fence + ") p ORDER BY " + strings.Trim(key, "()") + fmt.Sprintf(" LIMIT %d)", limit)
	if err := q.scan(db, columns+best+" best JOIN places p ON p.id = best.id ORDER BY "+strings.Trim(key, "()"), &rows); err != nil {
		return nil, mapError(fmt.Errorf("search places: %w", err))
	}
	return rows, nil
}

// manyMatch estimates from the statistics whether a tier is too large to be sorted. Words are taken one by one, since the
// planner thinks that "plac" and "zabaw" have nothing to do with one another; the rarest decides.
func (s *Store) manyMatch(ctx context.Context, words searchWords, tier int) (bool, error) {
	for _, w := range words {
		q := newQuery()
		word := q.arg(w.loose())
		condition := "name_words @@ " + word + "::tsquery"
		if tier == tierAnywhere {
			condition += " OR text_words @@ " + word + "::tsquery"
		}
		var plan string
		if err := q.scan(s.db.WithContext(ctx), "EXPLAIN (FORMAT JSON) SELECT FROM places WHERE "+condition, &plan); err != nil {
			return false, mapError(fmt.Errorf("estimate matches: %w", err))
		}
		var out []struct {
			Plan struct {
				Rows float64 `json:"Plan Rows"`
			}
		}
		if err := json.Unmarshal([]byte(plan), &out); err != nil || len(out) != 1 {
			return false, fmt.Errorf("estimate matches: got the plan %q", plan)
		}
		if out[0].Plan.Rows <= manyMatches {
			return false, nil
		}
	}
	return true, nil
}

func decodeSearchCursor(text string, list any) (*searchCursor, error) {
	keys, err := decodeCursor(text, list, 4)
	if err != nil || keys == nil {
		return nil, err
	}
	if err := cursorKeys(keys, ""); err != nil {
		return nil, err
	}
	tier, ok1 := keys[0].(float64)
	byID, ok2 := keys[1].(bool)
	length, ok3 := keys[2].(float64)
	if !ok1 || !ok2 || !ok3 || tier < 0 || tier >= tiers || tier != float64(int(tier)) || length != float64(int16(length)) {
		return nil, badParameter("cursor", "cursor", "Kursor strony nie jest poprawny.", "The page cursor is not valid.")
	}
	return &searchCursor{tier: int(tier), byID: byID, length: int64(length), id: keys[3].(int64)}, nil
}
