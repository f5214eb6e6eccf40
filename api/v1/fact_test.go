package v1_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"wolnica/api/apitest"
	"wolnica/models"
)

// A fact is superseded, disputed, withdrawn and reinstated under If-Match; nothing is lost on the way, what does not count is
// unknown, and its last value is still shown.
func TestVerbsOfFacts(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	place := admin.Send("POST", "/api/v1/places", placeJSON("Dwór", 19.05, 50.05, "")).Want(201).ID()
	path := fmt.Sprintf("/api/v1/places/%d", place)
	day := func(months int) string { return time.Now().AddDate(0, months, 0).Format(time.DateOnly) }
	create := func(attribute, value, on, more string) int64 {
		t.Helper()
		return admin.Send("POST", "/api/v1/access-facts", fmt.Sprintf(`{"place_id":%d,"attribute":%q,"value":%s,"observed_on":%q,"method":"measured"%s}`, place, attribute, value, on, more)).Want(201).ID()
	}
	verdict := func(want string) {
		t.Helper()
		if got := admin.Get(path).Want(200).At("verdicts", "hard_of_hearing"); got != want {
			t.Errorf("got %v, want %s", got, want)
		}
	}
	status := func(id int64, counts bool, why string, value any) {
		t.Helper()
		for _, f := range admin.Get(path).Want(200).At("access_facts").([]any) {
			f := f.(map[string]any)
			if f["id"] != float64(id) {
				continue
			}
			got, _ := f["why"].(string)
			if f["counts"] != counts || got != why || f["value"] != value || f["holds_until"] == nil {
				t.Errorf("fact %d: got %v, want counts %v, why %q, value %v", id, f, counts, why, value)
			}
			return
		}
		t.Errorf("fact %d is not among those of the place", id)
	}
	fact := func(id int64, verb string) string { return fmt.Sprintf("/api/v1/access-facts/%d/%s", id, verb) }
	loop := create("induction_loop", `"none"`, day(-3), `,"note":"pytano w kasie"`)
	verdict("unknown")
	newer := fmt.Sprintf(`{"value":"fixed","observed_on":%q,"method":"measured"}`, day(-1))
	admin.Send("POST", fact(loop, "supersede"), newer).Want(428)
	admin.Send("POST", fact(loop, "supersede"), newer, `If-Match: "v9"`).Want(412)
	episode := fmt.Sprintf(`{"value":"fixed","observed_on":%q,"method":"measured","valid_from":%q,"valid_until":%q}`, day(-1), day(-1), day(1))
	wantPointer(t, "an episode", admin.Send("POST", fact(loop, "supersede"), episode, `If-Match: "v1"`), "/valid_until")
	wantPointer(t, "an older one", admin.Send("POST", fact(loop, "supersede"), strings.Replace(newer, day(-1), day(-9), 1), `If-Match: "v1"`), "/observed_on")
	wantPointer(t, "a bad value", admin.Send("POST", fact(loop, "supersede"), strings.Replace(newer, "fixed", "big", 1), `If-Match: "v1"`), "/value")
	status(loop, true, "", "none")
	by := admin.Send("POST", fact(loop, "supersede"), newer, `If-Match: "v1"`).Want(201)
	if by.At("attribute") != "induction_loop" || by.Header.Get("Location") != fmt.Sprintf("/api/v1/access-facts/%d", by.ID()) {
		t.Errorf("got %s", by.Body)
	}
	status(loop, false, "superseded", "none")
	status(by.ID(), true, "", "fixed")
	verdict("yes")
	admin.Send("POST", fact(loop, "supersede"), newer, `If-Match: "v2"`).Want(409)

	wantPointer(t, "a doubt without a reason", admin.Send("POST", fact(by.ID(), "dispute"), `{}`, `If-Match: "v1"`), "/note")
	doubted := admin.Send("POST", fact(by.ID(), "dispute"), `{"note":"nie działa"}`, `If-Match: "v1"`).Want(200)
	if doubted.At("state") != "disputed" || doubted.At("note") != "nie działa" {
		t.Errorf("got %s", doubted.Body)
	}
	status(by.ID(), false, "disputed", "fixed")
	verdict("unknown")
	if again := admin.Send("POST", fact(by.ID(), "reinstate"), nil, `If-Match: "v2"`).Want(200); again.At("state") != "known" || again.At("note") != nil {
		t.Errorf("got %s, want the fact as it was", again.Body)
	}
	verdict("yes")
	admin.Send("POST", fact(by.ID(), "withdraw"), `{}`, `If-Match: "v3"`).Want(200)
	status(by.ID(), false, "withdrawn", "fixed")
	verdict("unknown") // the one it superseded does not come back by itself
	admin.Send("POST", fact(by.ID(), "withdraw"), `{}`, `If-Match: "v4"`).Want(409)
	admin.Send("POST", fact(by.ID(), "reinstate"), nil, `If-Match: "v4"`).Want(200)
	verdict("yes")
	if back := admin.Send("POST", fact(loop, "reinstate"), nil, `If-Match: "v2"`).Want(200); back.At("superseded_by") != nil || back.At("note") != "pytano w kasie" {
		t.Errorf("got %s, want the first fact standing again", back.Body)
	}
	status(loop, true, "", "none")
	status(by.ID(), false, "superseded", "fixed")
	if n := len(admin.Get(fmt.Sprintf("/api/v1/access-facts/%d/history", by.ID())).Want(200).At("items").([]any)); n != 6 {
		t.Errorf("got %d revisions, want each step", n)
	}
	na := admin.Send("POST", "/api/v1/access-facts", fmt.Sprintf(`{"place_id":%d,"attribute":"steps","state":"not_applicable","observed_on":%q,"method":"measured"}`, place, day(-1))).Want(201).ID()
	admin.Send("POST", fact(na, "dispute"), `{"note":"są schody"}`, `If-Match: "v1"`).Want(200)
	if again := admin.Send("POST", fact(na, "reinstate"), nil, `If-Match: "v2"`).Want(200); again.At("state") != "not_applicable" {
		t.Errorf("got %s, want not applicable again", again.Body)
	}
	stale := create("captions", "true", "2020-01-02", "")
	status(stale, false, "stale", true)
	status(create("captions", "false", day(-1), fmt.Sprintf(`,"valid_until":%q`, day(-1))), false, "ended", false)
	status(create("captions", "false", day(-1), fmt.Sprintf(`,"valid_from":%q`, day(1))), false, "not_yet", false)
	older, newest := create("lit", "false", day(-5), ""), create("lit", "true", day(-2), "")
	status(older, false, "outdone", false)
	status(newest, true, "", true)

	// withdrawn is unknown, whatever was observed before; deleted is as if it had never been recorded
	wrong := create("induction_loop", `"portable"`, day(0), "")
	admin.Send("POST", fact(wrong, "dispute"), `{"note":"nie ma"}`, `If-Match: "v1"`).Want(200)
	admin.Send("POST", fact(wrong, "withdraw"), `{}`, `If-Match: "v2"`).Want(200)
	status(wrong, false, "withdrawn", "portable")
	status(loop, false, "outdone", "none")
	admin.Send("DELETE", fmt.Sprintf("/api/v1/access-facts/%d", wrong), nil, `If-Match: "v3"`).Want(200)
	status(loop, true, "", "none")

	// a doubt outlives a supersession that is undone
	shown := create("staff_trained", "true", day(-3), "")
	admin.Send("POST", fact(shown, "dispute"), `{"note":"nikt nie umie"}`, `If-Match: "v1"`).Want(200)
	admin.Send("POST", fact(shown, "supersede"), fmt.Sprintf(`{"value":false,"observed_on":%q,"method":"measured"}`, day(-1)), `If-Match: "v2"`).Want(201)
	again := admin.Send("POST", fact(shown, "reinstate"), nil, `If-Match: "v3"`).Want(200)
	if again.At("state") != "disputed" || again.At("note") != "nikt nie umie" || again.At("superseded_by") != nil {
		t.Errorf("got %s, want it disputed as before", again.Body)
	}
	status(shown, false, "disputed", true)

	// what holds for a while is corrected by what holds for a while, never by what would count for good
	text := create("text_contact", "true", day(-2), "")
	live := create("sign_language", `"live"`, day(-1), fmt.Sprintf(`,"valid_from":%q,"valid_until":%q`, day(1), day(1)))
	deaf := func() any { return admin.Get(path).Want(200).At("verdicts", "deaf") }
	if got := deaf(); got != "unknown" {
		t.Errorf("before the one day: got %v, want unknown", got)
	}
	for pointer, more := range map[string]string{"/valid_until": "", "/valid_from": fmt.Sprintf(`,"valid_until":%q`, day(1))} {
		wantPointer(t, "one day for good", admin.Send("POST", fact(live, "supersede"), fmt.Sprintf(`{"value":"live","observed_on":%q,"method":"measured"%s}`, day(0), more), `If-Match: "v1"`), pointer)
	}
	wantPointer(t, "one day named for good", admin.Send("PATCH", fmt.Sprintf("/api/v1/access-facts/%d", live), fmt.Sprintf(`{"superseded_by":%d}`, create("sign_language", `"none"`, day(-2), "")), `If-Match: "v1"`), "/superseded_by")
	moved := admin.Send("POST", fact(live, "supersede"), fmt.Sprintf(`{"value":"live","observed_on":%q,"method":"measured","valid_from":%q,"valid_until":%q}`, day(0), day(2), day(2)), `If-Match: "v1"`).Want(201)
	status(live, false, "superseded", "live")
	status(moved.ID(), false, "not_yet", "live")
	status(text, true, "", true)
	if got := deaf(); got == "yes" {
		t.Errorf("corrected: got %v before it has begun", got)
	}

	// a contributor writes down what is published and changes none of it
	contributor := s.As(models.UserRole{Role: models.RoleContributor})
	contributor.Send("POST", "/api/v1/access-facts", partOf(place, `"attribute":"hoist","value":true,"observed_on":"2026-01-02","method":"measured"`)).Want(201)
	for _, verb := range []string{"supersede", "dispute", "withdraw", "reinstate"} {
		body := map[string]any{"supersede": strings.Replace(newer, `"fixed"`, "true", 1), "dispute": `{"note":"x"}`, "withdraw": `{}`}[verb]
		contributor.Send("POST", fact(newest, verb), body, `If-Match: "v1"`).Want(403)
		s.Anonymous().Send("POST", fact(newest, verb), body, `If-Match: "v1"`).Want(401)
	}
}

// What cannot be is refused where it is wrong, with what is allowed, and nothing is stored.
func TestFactsThatCannotBe(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	place := admin.Send("POST", "/api/v1/places", placeJSON("Dwór", 19.05, 50.05, "")).Want(201).ID()
	with := func(more string) string { return partOf(place, `"observed_on":"2026-01-02","method":"measured",`+more) }
	tomorrow := time.Now().AddDate(0, 0, 3).Format(time.DateOnly)
	for _, tt := range []struct{ what, body, pointer, allowed string }{
		{"an unknown attribute", with(`"attribute":"stairs","value":1`), "/attribute", "door_width"},
		{"a wrong unit", with(`"attribute":"door_width","value":0.9,"unit":"m"`), "/unit", "cm"},
		{"a unit of what has none", with(`"attribute":"steps","value":1,"unit":"cm"`), "/unit", "jednostki"},
		{"a door of 9 m", with(`"attribute":"door_width","value":900`), "/value", "30–600"},
		{"a slope of 400 %", with(`"attribute":"incline_max","value":400`), "/value", "-100–100"},
		{"a day to come", partOf(place, fmt.Sprintf(`"attribute":"steps","value":1,"method":"measured","observed_on":%q`, tomorrow)), "/observed_on", "przyszłości"},
		{"no link", with(`"part":"shop","attribute":"steps","value":1`), "/part", "entrance"},
		{"a bed of the path", with(`"part":"path","attribute":"grab_bars","value":"both"`), "/part", "toilet"},
		{"a part number 0", with(`"part":"entrance#0","attribute":"steps","value":1`), "/part", "entrance#2"},
	} {
		a := admin.Send("POST", "/api/v1/access-facts", tt.body)
		wantPointer(t, tt.what, a, tt.pointer)
		if !strings.Contains(string(a.Body), tt.allowed) {
			t.Errorf("%s: got %s, want it to say %q", tt.what, a.Body, tt.allowed)
		}
	}
	admin.Send("POST", "/api/v1/access-facts", with(`"attribute":"door_width","value":95,"unit":"cm"`)).Want(201)
	pairs := [][2]string{
		{`"attribute":"steps","value":0`, `"attribute":"step_height","value":12`}, {`"attribute":"entrance_level","value":true`, `"attribute":"threshold","value":5`},
		{`"attribute":"ramp","value":"none"`, `"attribute":"ramp_slope","value":8`}, {`"attribute":"kerb","value":"no"`, `"attribute":"kerb_height","value":6`},
		{`"attribute":"ramp","state":"not_applicable"`, `"attribute":"ramp_run","value":4`},
	}
	batch := fmt.Sprintf("/api/v1/places/%d/access-facts", place)
	const rest = `,"observed_on":"2026-01-02","method":"measured"}`
	for _, pair := range pairs {
		for _, p := range [][2]string{pair, {pair[1], pair[0]}} {
			wantPointer(t, fmt.Sprint("in one request: ", p), admin.Send("POST", batch, `{"facts":[{`+p[0]+rest+`,{`+p[1]+rest+`]}`), "/facts/1/value")
		}
	}
	wantPointer(t, "the third of a batch", admin.Send("POST", batch, `{"facts":[{"attribute":"lit","value":true`+rest+`,{"attribute":"hoist","value":true`+rest+`,{"attribute":"steps","value":-1`+rest+`]}`), "/facts/2/value")
	wantPointer(t, "a unit of a batch", admin.Send("POST", batch, `{"facts":[{"attribute":"lit","value":true`+rest+`,{"attribute":"threshold","value":1,"unit":"mm"`+rest+`]}`), "/facts/1/unit")
	if facts := admin.Get(fmt.Sprintf("/api/v1/access-facts?place=%d", place)).Want(200).At("items").([]any); len(facts) != 1 {
		t.Errorf("got %d facts, want the door alone", len(facts))
	}
	created := admin.Send("POST", batch, `{"facts":[{`+pairs[0][0]+rest+`,{"part":"entrance#2",`+pairs[0][1]+rest+`,{`+pairs[3][0]+rest+`]}`).Want(201)
	if items := created.At("items").([]any); len(items) != 3 {
		t.Errorf("got %s, want three facts", created.Body)
	}
	wantPointer(t, "beside a standing fact", admin.Send("POST", "/api/v1/access-facts", with(pairs[0][1])), "/value")
	// works close the way for a while, and say nothing of what is under them; a newer fact replaces the old one
	admin.Send("POST", "/api/v1/access-facts", with(pairs[0][1]+`,"valid_from":"2026-01-01","valid_until":"2099-01-01"`)).Want(201)
	admin.Send("POST", batch, `{"facts":[{"attribute":"steps","value":2,"observed_on":"2026-02-02","method":"measured"},{`+pairs[0][1]+rest+`]}`).Want(201)
}
