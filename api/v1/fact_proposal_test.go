package v1_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"wolnica/api/apitest"
	"wolnica/models"
	"wolnica/models/store"
)

// notedPlace is a published place with a note, and its proposals.
func notedPlace(t testing.TB, c *apitest.Client, text string) (place int64, proposals []any) {
	t.Helper()
	place = c.Send("POST", "/api/v1/places", placeJSON("Urząd", 19.05, 50.05, "")).Want(201).ID()
	return place, tell(c, place, text)
}

// tell gives the place a note and answers its proposals.
func tell(c *apitest.Client, place int64, text string) []any {
	return c.Send("POST", fmt.Sprintf("/api/v1/places/%d/notes", place), fmt.Sprintf(`{"text":%q}`, text)).Want(200).At("items").([]any)
}

func number(v any) int64 { return int64(v.(float64)) }

// proposal is the address of a proposal and its version as If-Match has it.
func proposal(p any) (path, version string) {
	m := p.(map[string]any)
	return fmt.Sprintf("/api/v1/fact-proposals/%d", number(m["id"])), fmt.Sprintf(`If-Match: "v%d"`, number(m["version"]))
}

func TestAProposalBecomesAFactByAcceptanceOnly(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	place, proposals := notedPlace(t, admin, "Przy wejściu 3 stopnie i stała pochylnia. Budynek trudny.")
	if len(proposals) != 3 {
		t.Fatalf("got %v, want steps, ramp and a passage not understood", proposals)
	}
	steps := proposals[0].(map[string]any)
	if steps["attribute"] != "steps" || steps["value"] != 3.0 || steps["part"] != "entrance" || steps["quote"] != "3 stopnie" || steps["certainty"] != "certain" || steps["status"] != "proposed" {
		t.Errorf("got %v", steps)
	}
	if got := steps["sentence"].(map[string]any)["pl"]; got != "Wejście: stopnie – 3" {
		t.Errorf("got the sentence %q", got)
	}
	facts := fmt.Sprintf("/api/v1/access-facts?place=%d", place)
	if got := admin.Get(facts).Want(200).At("items").([]any); len(got) != 0 {
		t.Errorf("got %v before anybody accepted, want no facts", got)
	}

	// The source has no day: the reviewer has to say one, and nothing is stored without.
	path, version := proposal(steps)
	if got := admin.Send("POST", path+"/accept", `{}`, version).Want(422); got.At("errors", 0, "pointer") != "/observed_on" {
		t.Errorf("got %s, want the day asked for", got.Body)
	}
	if got := admin.Send("POST", path+"/accept", `{"observed_on":"2026-05-01","value":-4}`, version).Want(422); got.At("errors", 0, "pointer") != "/value" {
		t.Errorf("got %s, want the value refused", got.Body)
	}
	if got := admin.Get(facts).Want(200).At("items").([]any); len(got) != 0 || admin.Get(path).Want(200).At("status") != "proposed" {
		t.Errorf("got %v after two refusals, want nothing stored", got)
	}
	done := admin.Send("POST", path+"/accept", `{"observed_on":"2026-05-01","value":4,"decision":"policzone na zdjęciu"}`, version).Want(200)
	if done.At("fact", "value") != 4.0 || done.At("fact", "method") != "owner_declared" || done.At("fact", "observed_on") != "2026-05-01" || done.At("proposal", "value") != 3.0 ||
		done.At("proposal", "status") != "accepted" || done.At("proposal", "fact_id") != done.At("fact", "id") || done.At("fact", "observer") != nil {
		t.Errorf("got %s", done.Body)
	}
	if got := admin.Get(facts).Want(200).At("items").([]any); len(got) != 1 {
		t.Errorf("got %v, want the one fact", got)
	}

	// Decided once: again with the old version is stale, with the new one a conflict.
	admin.Send("POST", path+"/accept", `{"observed_on":"2026-05-01"}`, version).Want(412)
	admin.Send("POST", path+"/reject", `{}`, `If-Match: "v2"`).Want(409)
	admin.Send("POST", path+"/accept", `{"observed_on":"2026-05-01"}`).Want(428)

	// A passage that was not understood needs what it is.
	passage, version := proposal(proposals[2])
	if got := admin.Send("POST", passage+"/accept", `{"observed_on":"2026-05-01"}`, version).Want(422); got.At("errors", 0, "pointer") != "/attribute" {
		t.Errorf("got %s, want the attribute asked for", got.Body)
	}
	admin.Send("POST", passage+"/accept", `{"observed_on":"2026-05-01","attribute":"stepfree_inside","part":"inside","value":"none"}`, version).Want(200)

	// A rejection keeps the proposal, and the same note does not bring it back; it can be taken back.
	ramp, version := proposal(proposals[1])
	admin.Send("POST", ramp+"/reject", `{"decision":"rozebrana"}`, version).Want(200)
	if again := tell(admin, place, "Przy wejściu 3 stopnie i stała pochylnia. Budynek trudny."); len(again) != 3 || again[1].(map[string]any)["status"] != "rejected" {
		t.Errorf("got %v for the same note, want the same three as decided", again)
	}
	if open := admin.Get(fmt.Sprintf("/api/v1/fact-proposals?status=proposed&place=%d", place)).Want(200).At("items").([]any); len(open) != 0 {
		t.Errorf("got %v open, want none", open)
	}
	admin.Send("POST", ramp+"/reopen", nil, `If-Match: "v2"`).Want(200)
	history := admin.Get(ramp + "/history").Want(200).At("items").([]any)
	if len(history) != 3 || history[1].(map[string]any)["diff"].(map[string]any)["decision"] == nil {
		t.Errorf("got the history %v, want create, reject, reopen", history)
	}
}

func TestChosenProposalsAreAcceptedEachByItself(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	place, proposals := notedPlace(t, admin, "podjazd\nwinda\ndomofon")
	item := func(i, version int) string {
		return fmt.Sprintf(`{"id":%d,"version":%d}`, number(proposals[i].(map[string]any)["id"]), version)
	}
	a := admin.Send("POST", "/api/v1/fact-proposals/accept", `{"observed_on":"2026-05-01","items":[`+item(0, 1)+","+item(1, 7)+","+item(2, 1)+`,{"id":99999,"version":1}]}`).Want(200)
	if accepted, refused := a.At("accepted").([]any), a.At("refused").([]any); len(accepted) != 2 || len(refused) != 2 || refused[0].(map[string]any)["code"] != "stale" || refused[1].(map[string]any)["code"] != "not_found" {
		t.Errorf("got %s, want two accepted, one stale, one not found", a.Body)
	}
	if got := admin.Get(fmt.Sprintf("/api/v1/access-facts?place=%d", place)).Want(200).At("items").([]any); len(got) != 2 {
		t.Errorf("got %v, want two facts", got)
	}
}

func TestOfTwoReviewersTheSecondIsTold(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	_, proposals := notedPlace(t, admin, "podjazd")
	path, version := proposal(proposals[0])
	var wait sync.WaitGroup
	statuses := make([]int, 4)
	for i := range statuses {
		wait.Go(func() {
			statuses[i] = admin.Send("POST", path+"/accept", `{"observed_on":"2026-05-01"}`, version).Status
		})
	}
	wait.Wait()
	won := 0
	for _, status := range statuses {
		switch status {
		case 200:
			won++
		case 412:
		default:
			t.Errorf("got %v, want one 200 and else 412", statuses)
		}
	}
	if won != 1 {
		t.Errorf("got %v, want one to win", statuses)
	}
}

func TestProposalsAreForStaffOfTheMunicipality(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	outline := func(teryt, name string, lon float64) int64 {
		return admin.Send("POST", "/api/v1/municipalities", fmt.Sprintf(`{"teryt":%q,"name":%q,"kind":"rural","geometry":{"type":"Polygon","coordinates":[[[%[3]v,50],[%[4]v,50],[%[4]v,50.1],[%[3]v,50.1],[%[3]v,50]]]}}`, teryt, name, lon, lon+0.1)).Want(201).ID()
	}
	here, there := outline("1206011", "Tutaj", 19.0), outline("1206022", "Tam", 19.1)
	as := func(role string, municipality int64) *apitest.Client {
		return s.As(models.UserRole{Role: role, MunicipalityID: &municipality})
	}
	place, proposals := notedPlace(t, admin, "podjazd\nwinda\ndomofon")
	path, version := proposal(proposals[0])
	note := fmt.Sprintf("/api/v1/places/%d/notes", place)
	for _, tt := range []struct {
		name                           string
		client                         *apitest.Client
		list, read, write, accept, got int
	}{
		{"nobody", s.Anonymous(), 401, 401, 401, 401, 0},
		{"a viewer here", as("viewer", here), 200, 200, 403, 403, 3},
		{"an officer there", as("heritage_officer", there), 200, 404, 403, 404, 0},
		{"a contributor here", as("contributor", here), 200, 200, 200, 403, 3},
	} {
		list := tt.client.Get("/api/v1/fact-proposals").Want(tt.list)
		if tt.list == 200 && len(list.At("items").([]any)) != tt.got {
			t.Errorf("%s sees %v, want %d", tt.name, list.At("items"), tt.got)
		}
		tt.client.Get(path).Want(tt.read)
		tt.client.Send("POST", note, `{"text":"podjazd\nwinda\ndomofon"}`).Want(tt.write)
		tt.client.Send("POST", path+"/accept", `{"observed_on":"2026-05-01"}`, version).Want(tt.accept)
		tt.client.Send("POST", path+"/reject", `{}`, version).Want(tt.accept)
		tt.client.Get(path + "/history").Want(tt.read)
	}
	s.Anonymous().Send("POST", "/api/v1/fact-proposals/accept", `{"items":[{"id":1,"version":1}]}`).Want(401)
	if got := admin.Get("/api/v1/fact-proposals?municipality=1206022").Want(200).At("items").([]any); len(got) != 0 {
		t.Errorf("got %v in the other municipality, want none", got)
	}
	as("planner", here).Send("POST", path+"/accept", `{"observed_on":"2026-05-01"}`, version).Want(200)
}

func TestNotesAreChecked(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	place, _ := notedPlace(t, admin, "podjazd")
	path := fmt.Sprintf("/api/v1/places/%d/notes", place)
	for body, pointer := range map[string]string{
		`{"text":""}`: "/text", `{}`: "/text", `{"text":"winda","part":"attic"}`: "/part", `{"text":"winda","observed_on":"2999-01-01"}`: "/observed_on",
		`{"text":"winda","source_url":"javascript:1"}`: "/source_url", fmt.Sprintf(`{"text":%q}`, strings.Repeat("a ", 2001)): "/text",
	} {
		if a := admin.Send("POST", path, body).Want(422); a.At("errors", 0, "pointer") != pointer {
			t.Errorf("%.60s: got %s, want %s named", body, a.Body, pointer)
		}
	}
	admin.Send("POST", "/api/v1/places/99999/notes", `{"text":"winda"}`).Want(404)
	admin.Get("/api/v1/fact-proposals?status=nonsense").Want(400)
}

// However notes come and go and are rejected, no fact is made and no verdict changes; only accepting does that.
func TestStoredVerdictsNeverChangeByNotes(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	place := admin.Send("POST", "/api/v1/places", placeJSON("Urząd", 19.05, 50.05, "")).Want(201).ID()
	know(t, admin, place, "entrance steps 1", "entrance ramp \"none\"", " induction_loop \"fixed\"")
	state := func() string {
		var got string
		if err := s.Store.Pool().QueryRow(context.Background(), `SELECT concat_ws(' ', verdicts, verdicts_until, version, (SELECT string_agg(to_jsonb(f)::text, ';' ORDER BY id) FROM access_facts f))
			FROM places WHERE id = $1`, place).Scan(&got); err != nil {
			t.Fatal(err)
		}
		return got
	}
	before := state()
	wordings := []string{"podjazd", "brak podjazdu", "WC przystosowane dla osób niepełnosprawnych", "winda", "3 stopnie", "wejście bez progu", "przeszkolony personel", "pętla indukcyjna przenośna", "brak pętli indukcyjnej", "coś innego"}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(wordings), 1, 5).Draw(t, "note"), rapid.SampledFrom([]string{"\n", ", ", ". "}).Draw(t, "between"))
		made, err := s.Store.AddNote(context.Background(), store.System(), store.Note{PlaceID: place, Text: text})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range made {
			if p.Status == models.ProposalProposed && rapid.Bool().Draw(t, "reject") {
				if _, err := s.Store.RejectProposal(context.Background(), store.System(), p.ID, p.Version, ""); err != nil {
					t.Fatal(err)
				}
			}
		}
		if after := state(); after != before {
			t.Fatalf("%q: got %s, want %s", text, after, before)
		}
	})
	_, proposals := notedPlace(t, admin, "stała pochylnia przy wejściu")
	path, version := proposal(proposals[0])
	if got := admin.Send("POST", path+"/accept", `{"observed_on":"2026-05-01","part":"entrance"}`, version).Want(200).At("fact", "place_id"); got == nil {
		t.Error("got no fact by accepting")
	}
}
