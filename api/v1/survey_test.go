package v1_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"wolnica/api/apitest"
	"wolnica/models"
)

func TestTheSurveyQueueBeginsWhereAVisitSettlesMost(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	here, there := municipality(admin, "1206011", "Tutejsza", 19.0, 50.0), municipality(admin, "1206022", "Tamtejsza", 19.1, 50.0)
	place := func(name string, lon float64, more string) int64 {
		return admin.Send("POST", "/api/v1/places", placeJSON(name, lon, 50.05, more)).Want(201).ID()
	}
	half, empty, begun, stale := place("Połowa", 19.01, ""), place("Pusty", 19.02, ""), place("Zaczęty", 19.03, ""), place("Dawny", 19.04, "")
	gone, elsewhere := place("Zburzony", 19.05, `"lifecycle":"destroyed"`), place("Tam", 19.15, "")
	know(t, admin, half, " staff_trained true", " text_contact true") // settles those that only ask about services
	know(t, admin, begun, "entrance door_width 100", " baby_changing true")
	barred := place("Schody", 19.06, "") // a verdict that is NO is known
	know(t, admin, barred, "entrance steps 9", "entrance ramp \"none\"")
	old := partOf(stale, `"part":"entrance","attribute":"door_width","value":95,"observed_on":"2015-05-01","method":"measured"`)
	admin.Send("POST", "/api/v1/access-facts", old).Want(201)

	queue := func(c *apitest.Client, query string) *apitest.Answer {
		return c.Get("/api/v1/access/survey" + query).Want(200)
	}
	order := func(a *apitest.Answer) (ids []int64) {
		for i := range a.At("items").([]any) {
			ids = append(ids, int64(a.At("items", i, "place", "id").(float64)))
		}
		return ids
	}
	a := queue(admin, "")
	if got, want := order(a), []int64{begun, stale, empty, elsewhere, half, barred}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v: eight verdicts before five before four, more known before less, none that is gone (%d)", got, want, gone)
	}
	if got := len(a.At("items", 0, "settles").([]any)); got != 8 {
		t.Errorf("got %d verdicts settled by a visit, want all eight", got)
	}
	if got := a.At("items", 0, "place", "position"); fmt.Sprint(got) != "[19.03 50.05]" {
		t.Errorf("got the first place at %v, want it where it is, for the map", got)
	}
	first, last := a.At("items", 2, "questions", 0, "facts").([]any), a.At("items", 2, "facts").([]any)
	if len(first) != 1 || first[0].(map[string]any)["attribute"] != "staff_trained" || len(last) < 12 {
		t.Errorf("got the first question %v and %d facts, want the shortest first", first, len(last))
	}
	for _, f := range last {
		fact := f.(map[string]any)
		if help := fact["help"].(map[string]any); help["pl"] == "" || help["en"] == "" || fact["label"] == nil {
			t.Errorf("got %v, want help in both languages", fact)
		}
		if fact["attribute"] == "door_width" && fact["last"] != nil {
			t.Errorf("got a last value where nothing was known: %v", fact)
		}
	}
	if body := string(a.Body); !strings.Contains(body, `"last":{"value":95,"observed_on":"2015-05-01","why":"stale"}`) {
		t.Errorf("got %s, want the stale width of the door noted", body)
	}

	// page by page it is the same queue
	var paged []int64
	for path := "?limit=2"; path != ""; {
		page := queue(admin, path)
		paged = append(paged, order(page)...)
		if path = ""; page.At("next") != nil {
			path = "?limit=2&cursor=" + page.At("next").(string)
		}
	}
	if fmt.Sprint(paged) != fmt.Sprint(order(a)) {
		t.Errorf("got %v page by page, %v at once", paged, order(a))
	}
	if got := order(queue(admin, "?profile=wheelchair")); len(got) != 5 || slices.Contains(got, barred) {
		t.Errorf("got %v, want those that are unknown for wheelchairs, not the one with stairs (%d)", got, barred)
	}
	if got := order(queue(admin, "?profile=deaf,hard_of_hearing")); len(got) != 5 || got[4] != elsewhere {
		t.Errorf("got %v, want those where the two profiles are unknown", got)
	}
	if got := queue(admin, "?profile=deaf&place="+fmt.Sprint(empty)); len(order(got)) != 1 || fmt.Sprint(got.At("items", 0, "settles")) != "[deaf]" || len(got.At("items", 0, "facts").([]any)) != 1 {
		t.Errorf("got %s", got.Body)
	}
	if got := order(queue(admin, "?municipality=1206022")); fmt.Sprint(got) != fmt.Sprint([]int64{elsewhere}) {
		t.Errorf("got %v of the other municipality", got)
	}

	// who may record facts there sees the queue of there
	contributor := s.As(models.UserRole{Role: models.RoleContributor, MunicipalityID: &there})
	if got := order(queue(contributor, "")); fmt.Sprint(got) != fmt.Sprint([]int64{elsewhere}) {
		t.Errorf("got %v, want the one place of the contributor's municipality", got)
	}
	s.Anonymous().Get("/api/v1/access/survey").Want(401)
	s.As(models.UserRole{Role: models.RoleViewer, MunicipalityID: &here}).Get("/api/v1/access/survey").Want(403)
	for _, query := range []string{"?profile=horse", "?limit=1000", "?cursor=x", "?municipality=9999999", "?colour=red"} {
		if got := admin.Get("/api/v1/access/survey" + query); got.Status != 400 && got.Status != 422 {
			t.Errorf("%s: got %d", query, got.Status)
		}
	}
}
