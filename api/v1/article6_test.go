package v1_test

import (
	"fmt"
	"testing"

	"wolnica/api/apitest"
	"wolnica/models"
)

func TestTheChecklistOfArticle6OverHTTP(t *testing.T) {
	s := apitest.New(t)
	admin, anybody := s.Admin(), s.Anonymous()
	here := municipality(admin, "1206011", "Tutejsza", 19.0, 50.0)
	var ids []int64
	for _, name := range []string{"Dwór", "Kościół", "Kaplica"} {
		ids = append(ids, admin.Send("POST", "/api/v1/places", placeJSON(name, 19.05, 50.05, "")).Want(201).ID())
	}
	know(t, admin, ids[0], "entrance steps 2", "entrance ramp \"none\"", " assistance_dog true", " staff_trained true")
	know(t, admin, ids[1], " assistance_dog false")

	place := anybody.Get(fmt.Sprintf("/api/v1/places/%d/article-6", ids[0])).Want(200)
	if place.At("basis", "rules") == "" || place.At("basis", "judged_on") == "" || place.At("facts", "facts") != 4.0 || place.At("changes_on") == nil {
		t.Errorf("got %s, want what it rests on", place.Body)
	}
	if place.At("requirements", 0, "point") != "1a" || place.At("requirements", 0, "outcome") != "not_met" || place.At("requirements", 0, "mends", 0, "repairs", 0, "fix") == nil ||
		place.At("requirements", 0, "mends", 0, "conservator_consent") != false || place.At("requirements", 0, "mends", 0, "leaves") != "unknown" {
		t.Errorf("got %s, want two steps that are a gap, with what would close it", place.Body)
	}
	if place.At("requirements", 3, "outcome") != "met" || place.At("requirements", 3, "reasons", 0, "observed_on") != "2026-05-01" || place.At("requirements", 5, "outcome") != "unknown" {
		t.Errorf("got %s, want dogs let in on a date, and no word of sign language", place.Body)
	}

	path := fmt.Sprintf("/api/v1/municipalities/%d/article-6", here)
	all := anybody.Get(path).Want(200)
	if all.At("places") != 3.0 || all.At("with_gaps") != 2.0 || all.At("undescribed") != 1.0 || all.At("municipality", "teryt") != "1206011" || all.At("next") != nil {
		t.Errorf("got %s, want three places, two with gaps", all.Body)
	}
	if all.At("requirements", 3, "met") != 1.0 || all.At("requirements", 3, "not_met") != 1.0 || all.At("requirements", 3, "unknown") != 1.0 || all.At("requirements", 3, "not_applicable") != 0.0 {
		t.Errorf("got %v, want one place of each outcome", all.At("requirements", 3))
	}
	// page by page it is the same
	var listed []any
	for next := "?limit=1"; next != ""; {
		page := anybody.Get(path + next).Want(200)
		listed = append(listed, page.At("items", 0, "id"))
		if page.At("places") != 3.0 {
			t.Errorf("got %v places, want all of them counted on every page", page.At("places"))
		}
		next = ""
		if cursor, more := page.At("next").(string); more {
			next = "?limit=1&cursor=" + cursor
		}
	}
	if fmt.Sprint(listed) != fmt.Sprint(ids) {
		t.Errorf("got pages %v, want %v", listed, ids)
	}
	for query, want := range map[string][]int64{"requirement=1d": ids[1:2], "requirement=1d&outcome=met": ids[:1], "outcome=not_met": ids[:2], "requirement=1a&outcome=unknown": ids[1:], "category=church": ids, "category=museum": nil} {
		var got []int64
		for _, item := range anybody.Get(path + "?" + query).Want(200).At("items").([]any) {
			got = append(got, int64(item.(map[string]any)["id"].(float64)))
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: got %v, want %v", query, got, want)
		}
	}
	for query, parameter := range map[string]string{"requirement=2": "requirement", "outcome=good": "outcome", "cursor=%3F": "cursor", "limit=0": "limit", "category=nie_ma": "category"} {
		if a := anybody.Get(path + "?" + query); a.Status != 400 && a.Status != 422 || a.At("errors", 0, "parameter") != parameter {
			t.Errorf("%s: got %d %s", query, a.Status, a.Body)
		}
	}
	anybody.Get("/api/v1/municipalities/999/article-6").Want(404)

	// an archived place is counted for nobody but staff, a closed one for nobody
	if _, err := s.Store.Pool().Exec(t.Context(), "UPDATE places SET publication = 'archived' WHERE id = $1", ids[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Store.Pool().Exec(t.Context(), "UPDATE places SET lifecycle = 'destroyed' WHERE id = $1", ids[2]); err != nil {
		t.Fatal(err)
	}
	anybody.Get(fmt.Sprintf("/api/v1/places/%d/article-6", ids[0])).Want(404)
	if got := anybody.Get(path).Want(200).At("places"); got != 1.0 {
		t.Errorf("got %v places for everybody, want 1", got)
	}
	if got := s.As(models.UserRole{Role: models.RoleViewer, MunicipalityID: &here}).Get(path).Want(200).At("places"); got != 2.0 {
		t.Errorf("got %v places for a viewer here, want 2", got)
	}
}
