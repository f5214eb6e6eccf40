package store_test

import (
	"strings"
	"testing"

	"wolnica/models"
	"wolnica/models/store/storetest"
)

// A word that thousands of names hold is listed in the order of ids; every match still comes exactly once, the name
// itself first.
func TestSearchForACommonWordMeetsEveryMatchOnce(t *testing.T) {
	s := storetest.Open(t)
	// the matches lie behind many rows that do not match, so that walking alone would not find them
	if _, err := s.Pool().Exec(ctx, `INSERT INTO places (name_pl, publication, geom, accuracy, heritage_category)
		SELECT CASE WHEN n <= 21000 THEN 'Dwór ' || n WHEN n = 30000 THEN 'Park' ELSE 'Park nad Wisłą ' || n END, 'published',
			ST_SetSRID(ST_MakePoint(19 + n / 1e6, 50), 4326), 'within_10m', 'church'
		FROM generate_series(1, 33000) n`); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Pool().Exec(ctx, "ANALYZE places"); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"park", "park wisla"} {
		seen := map[int64]bool{}
		cursor, first := "", ""
		for range 20 {
			places, next, err := s.Places(ctx, nil, models.PlaceFilter{Text: text}, models.Page{Limit: 1000, Cursor: cursor})
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range places {
				if first == "" {
					first = p.NamePL
				}
				if seen[p.ID] || !strings.HasPrefix(p.NamePL, "Park") {
					t.Fatalf("%s: got %q (%d) again or by mistake", text, p.NamePL, p.ID)
				}
				seen[p.ID] = true
			}
			if cursor = next; next == "" {
				break
			}
		}
		want := map[string]int{"park": 12000, "park wisla": 11999}[text]
		if len(seen) != want {
			t.Errorf("%s: got %d places, want %d", text, len(seen), want)
		}
		if text == "park" && first != "Park" {
			t.Errorf("got %q first, want the name itself", first)
		}
	}
}
