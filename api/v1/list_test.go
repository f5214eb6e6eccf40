package v1_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"wolnica/api/apitest"
	"wolnica/models"
	"wolnica/models/store"
)

// The Link header leads to the next page of the same list, whatever narrows it.
func TestEveryLinkKeepsTheFilter(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	municipality(admin, "1206011", "Testowa", 19.0, 50.0)
	parent := admin.Send("POST", "/api/v1/places", placeJSON("Zespół", 19.05, 50.05, "")).Want(201).ID()
	var want []int64
	for i := range 3 {
		id := admin.Send("POST", "/api/v1/places", placeJSON(fmt.Sprint("Kapliczka ", i), 19.05, 50.05, fmt.Sprintf(`"parent_id":%d`, parent))).Want(201).ID()
		admin.Send("POST", "/api/v1/inspections", partOf(id, `"inspected_on":"2024-05-01","scale":"heritage","grade":"poor"`)).Want(201)
		admin.Send("POST", "/api/v1/protections", partOf(id, `"kind":"protection_form","code":"register","number_raw":"A-178/M"`)).Want(201)
		want = append(want, id)
	}
	for _, query := range []string{
		fmt.Sprintf("parent=%d", parent), "q=kapliczka", "kind=heritage&q=kapliczka", "category=church&grade=poor,fair", "municipality=1206011&grade=poor",
		"bbox=19,50,19.1,50.1&grade=poor", "polygon=POLYGON((19+50,19.1+50,19.1+50.1,19+50))&grade=poor", "protection=register,any", "freshness=fresh,stale",
		"inspected_from=2024-05-01&inspected_to=2024-05-01", "publication=published&grade=any", "visibility=public&grade=any", "lifecycle=existing&grade=any",
		"register_number=A-178/M", "updated_since=2020-01-01T00:00:00.5%2B02:00&grade=any", "near=19.05,50.05&grade=any", "sort=-name&grade=any", "fields=name,address&grade=any",
	} {
		if strings.HasPrefix(query, "freshness") {
			query = "freshness=" + map[bool]string{true: "fresh", false: "stale"}[time.Now().Before(time.Date(2027, 5, 1, 0, 0, 0, 0, time.UTC))]
		}
		var got []int64
		path := "/api/v1/places?limit=1&" + query
		for range 10 {
			if path == "" {
				break
			}
			a := s.Anonymous().Get(path)
			if a.Status != 200 {
				t.Errorf("%s: got %d %s", path, a.Status, a.Body)
				break
			}
			got = append(got, ids(a)...)
			path = next(a)
		}
		if !sameIDs(got, want) {
			t.Errorf("%s: got %v page by page, want %v", query, got, want)
		}
	}
}

// A list names only the parents its reader may be told: not hidden ones, and not coarse ones, whose children would tell
// where they are.
func TestListsNameNoHiddenParents(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	here := municipality(admin, "1206011", "Testowa", 19.0, 50.0)
	there := municipality(admin, "1206022", "Inna", 20.0, 51.0)
	child := map[string]int64{}
	parent := map[string]int64{}
	for _, visibility := range []string{"public", "coarse", "restricted"} {
		parent[visibility] = admin.Send("POST", "/api/v1/places", placeJSON("Zespół", 19.05, 50.05, fmt.Sprintf(`"visibility":%q`, visibility))).Want(201).ID()
		child[visibility] = admin.Send("POST", "/api/v1/places", placeJSON("Część", 19.06, 50.06, fmt.Sprintf(`"parent_id":%d`, parent[visibility]))).Want(201).ID()
	}
	for _, c := range []struct {
		who  *apitest.Client
		told []string
	}{
		{s.Anonymous(), []string{"public"}}, {s.As(roleIn("admin", there)), []string{"public"}},
		{s.As(roleIn("viewer", here)), []string{"coarse", "public", "restricted"}}, {admin, []string{"coarse", "public", "restricted"}},
	} {
		for _, path := range []string{"/api/v1/places?limit=100", "/api/v1/places?q=czesc", "/api/v1/places?sort=name"} {
			var told []string
			for _, item := range c.who.Get(path).Want(200).At("items").([]any) {
				p := item.(map[string]any)
				for visibility, id := range child {
					if p["id"] == float64(id) && p["parent_id"] != nil {
						told = append(told, visibility)
					}
				}
			}
			if slices.Sort(told); !slices.Equal(told, c.told) {
				t.Errorf("%s: got the parents %v, want %v", path, told, c.told)
			}
		}
		for visibility, id := range parent {
			want := slices.Contains(c.told, visibility)
			if got := len(ids(c.who.Get(fmt.Sprintf("/api/v1/places?parent=%d", id)).Want(200))) == 1; got != want {
				t.Errorf("got the child of the %s ensemble %v, want %v", visibility, got, want)
			}
			if got := c.who.Get(fmt.Sprintf("/api/v1/places/%d", child[visibility])).Want(200).At("parent_id") != nil; got != want {
				t.Errorf("got the %s parent of a place %v, want %v", visibility, got, want)
			}
		}
	}
}

// What a place says of its freshness and what the filter finds are the same on every day and at midnight.
func TestFreshnessAgreesWithItsFilter(t *testing.T) {
	for _, now := range []time.Time{
		time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 5, 1, 23, 59, 59, 0, time.UTC), time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC),
	} {
		s := apitest.NewWith(t, store.Config{Now: func() time.Time { return now }})
		admin := s.Admin()
		for days := -1; days <= 1; days++ {
			id := admin.Send("POST", "/api/v1/places", placeJSON("Dwór", 19.05, 50.05, "")).Want(201).ID()
			day := models.DateOf(now.AddDate(-models.FreshYears, 0, days))
			admin.Send("POST", "/api/v1/inspections", partOf(id, fmt.Sprintf(`"inspected_on":%q,"scale":"heritage","grade":"poor"`, day))).Want(201)
		}
		admin.Send("POST", "/api/v1/places", placeJSON("Bez przeglądu", 19.05, 50.05, "")).Want(201)
		n := 0
		for _, freshness := range []string{"fresh", "stale", "never"} {
			for _, item := range admin.Get("/api/v1/places?freshness=" + freshness).Want(200).At("items").([]any) {
				if got := item.(map[string]any)["condition"].(map[string]any)["freshness"]; got != freshness {
					t.Errorf("at %s: got freshness %v in the list of the %s", now, got, freshness)
				}
				n++
			}
		}
		if n != 4 {
			t.Errorf("at %s: got %d places in the three lists, want 4", now, n)
		}
	}
}

func TestFacetsAreCountedOnce(t *testing.T) {
	s := apitest.New(t)
	s.Admin().Send("POST", "/api/v1/places", placeJSON("Dwór", 19.05, 50.05, "")).Want(201)
	a := s.Anonymous().Get("/api/v1/places/facets?by=grade,grade,lifecycle,grade,municipality").Want(200)
	if a.At("facets", "grade", "none") != 1.0 || a.At("facets", "lifecycle", "existing") != 1.0 || a.At("facets", "municipality", "none") != 1.0 {
		t.Errorf("got %s, want each counted once", a.Body)
	}
	if bad := s.Anonymous().Get("/api/v1/places/facets?by=colour").Want(400); bad.At("errors", 0, "parameter") != "by" {
		t.Errorf("got %s, want it to name the parameter", bad.Body)
	}
}
