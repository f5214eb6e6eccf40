package v1_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"wolnica/api/apitest"
	"wolnica/models"
)

// reported sends a report of a place by somebody who is not signed in, and gives it as staff read it, with its address and its version as
// If-Match has it.
func reported(t testing.TB, s *apitest.Server, admin *apitest.Client, place int64, body string) (report *apitest.Answer, path, version string) {
	t.Helper()
	sent := s.As().Send("POST", fmt.Sprintf("/api/v1/places/%d/reports", place), body).Want(201)
	path = fmt.Sprintf("/api/v1/reports/%d", sent.ID())
	report = admin.Get(path).Want(200)
	return report, path, fmt.Sprintf(`If-Match: "v%d"`, number(report.At("version")))
}

// itemOf is the item of a report with the field, the attribute or, for "", the message.
func itemOf(t testing.TB, report *apitest.Answer, name string) map[string]any {
	t.Helper()
	for _, i := range report.At("items").([]any) {
		item := i.(map[string]any)
		if item["field"] == name || item["attribute"] == name || name == "" && item["kind"] == "message" {
			return item
		}
	}
	t.Fatalf("the report has no item %q: %s", name, report.Body)
	return nil
}

func TestAnybodyReportsAChangeAndStaffDecide(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	place := admin.Send("POST", "/api/v1/places", placeJSON("Muzeum", 19.05, 50.05, `"opening_hours":"Mo-Fr 09:00-15:00","website":"https://old.example.org"`)).Want(201).ID()
	at := fmt.Sprintf("/api/v1/places/%d", place)
	know(t, admin, place, "entrance ramp \"none\"", "entrance stepfree_alternative \"none\"")
	receipt := s.Anonymous().Send("POST", at+"/reports", `{"message":"Godziny są inne, a przy wejściu są 2 stopnie",
		"changes":{"opening_hours":"Mo-Su 10:00-18:00","website":null,"name":{"pl":"Muzeum"},"geometry":{"type":"Point","coordinates":[19.0501,50.0501]},"address":{"street":"Rynek"}},
		"facts":[{"part":"entrance","attribute":"steps","value":2,"observed_on":"2026-05-01"}],"record_version":1,"lang":"pl"}`).Want(201)
	if len(receipt.JSON()) != 2 || receipt.At("created_at") == nil {
		t.Errorf("got %s, want only id and created_at", receipt.Body)
	}
	// nothing has changed yet
	if got := s.Anonymous().Get(at).Want(200); got.At("opening_hours") != "Mo-Fr 09:00-15:00" || got.At("version") != 1.0 || len(got.At("access_facts").([]any)) != 2 {
		t.Errorf("got %s after a report, want the place as it was", got.Body)
	}
	path := fmt.Sprintf("/api/v1/reports/%d", receipt.ID())
	report := admin.Get(path).Want(200)
	if n := len(report.At("items").([]any)); n != 6 || report.At("state") != "open" || report.At("record_version") != 1.0 || report.At("seen_version") != 1.0 || report.At("record_name", "pl") != "Muzeum" {
		t.Fatalf("got %d items: %s, want message, hours, website, street, position, fact, and not the same name", n, report.Body)
	}
	hours, website, fact := itemOf(t, report, "/opening_hours"), itemOf(t, report, "/website"), itemOf(t, report, "steps")
	if hours["before"] != "Mo-Fr 09:00-15:00" || hours["proposed"] != "Mo-Su 10:00-18:00" || hours["current"] != "Mo-Fr 09:00-15:00" || hours["changed_since"] != nil {
		t.Errorf("got %v", hours)
	}
	if _, there := website["proposed"]; there || website["before"] != "https://old.example.org" {
		t.Errorf("got %v, want the website taken away", website)
	}
	if fact["value"] != 2.0 || fact["sentence"].(map[string]any)["pl"] != "Wejście: stopnie – 2" {
		t.Errorf("got %v", fact)
	}

	decision := func(item map[string]any, decision, more string) string {
		return fmt.Sprintf(`{"id":%d,"decision":%q%s}`, number(item["id"]), decision, more)
	}
	v1 := `If-Match: "v1"`
	all := `{"items":[` + strings.Join([]string{decision(hours, "accept", `,"value":"Mo-Su 10:00-17:00"`), decision(website, "reject", ""), decision(itemOf(t, report, "/geometry"), "accept", ""),
		decision(itemOf(t, report, "/address/street"), "accept", ""), decision(fact, "accept", `,"value":3`), decision(itemOf(t, report, ""), "accept", "")}, ",") + `]%s}`
	if got := admin.Send("POST", path+"/decide", fmt.Sprintf(all, ""), v1).Want(422); got.At("errors", 0, "pointer") != "/record_version" {
		t.Errorf("got %s, want the version of the record asked for", got.Body)
	}
	admin.Send("POST", path+"/decide", fmt.Sprintf(all, `,"record_version":1`)).Want(428)
	done := admin.Send("POST", path+"/decide", fmt.Sprintf(all, `,"record_version":1,"note":"sprawdzone telefonicznie"`), v1).Want(200)
	if done.At("state") != "accepted" || done.At("note") != "sprawdzone telefonicznie" || done.Header.Get("ETag") == "" || done.At("version") != 2.0 {
		t.Errorf("got %s", done.Body)
	}
	if got := itemOf(t, done, "/opening_hours"); got["applied"] != "Mo-Su 10:00-17:00" || got["state"] != "accepted" || got["decided_at"] == nil {
		t.Errorf("got %v", got)
	}
	now := s.Anonymous().Get(at).Want(200)
	if now.At("opening_hours") != "Mo-Su 10:00-17:00" || now.At("website") != "https://old.example.org" || now.At("address", "street") != "Rynek" || now.At("geometry", "coordinates", 0) != 19.0501 || now.At("version") != 2.0 {
		t.Errorf("got %s", now.Body)
	}
	if got := now.At("access_facts", 2); got == nil || got.(map[string]any)["method"] != "reported" || got.(map[string]any)["value"] != 3.0 {
		t.Errorf("got the fact %v, want 3 steps, reported", got)
	}
	if got := now.At("verdicts", "wheelchair"); got != "no" {
		t.Errorf("got the verdict %v, want no because of the steps without a ramp", got)
	}
	history := admin.Get(at + "/history").Want(200).At("items").([]any)
	if len(history) != 2 || history[0].(map[string]any)["diff"].(map[string]any)["opening_hours"] == nil {
		t.Errorf("got the history %v, want one change by the decision", history)
	}
	if got := admin.Get(path + "/history").Want(200); len(got.At("items").([]any)) != 2 || strings.Contains(string(got.Body), "Godziny są inne") {
		t.Errorf("got %s, want two revisions without the message", got.Body)
	}
	// decided once
	admin.Send("POST", path+"/decide", `{"items":[`+decision(hours, "reject", "")+`]}`, v1).Want(412)
	if got := admin.Send("POST", path+"/decide", `{"items":[`+decision(hours, "reject", "")+`]}`, `If-Match: "v2"`).Want(409); got.At("errors", 0, "pointer") != "/items/0/id" {
		t.Errorf("got %s", got.Body)
	}
}

func TestADecisionIsOnTheRecordThatWasCompared(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	place := admin.Send("POST", "/api/v1/places", placeJSON("Muzeum", 19.05, 50.05, "")).Want(201).ID()
	at := fmt.Sprintf("/api/v1/places/%d", place)
	report, path, version := reported(t, s, admin, place, `{"changes":{"website":"https://new.example.org","lifecycle":"closed"},"facts":[{"part":"entrance","attribute":"steps","value":2,"observed_on":"2026-05-01"}]}`)
	admin.Send("PATCH", at, `{"website":"https://other.example.org"}`, `If-Match: "v1"`).Want(200)
	website, fact := itemOf(t, report, "/website"), itemOf(t, report, "steps")
	if now := itemOf(t, admin.Get(path).Want(200), "/website"); now["changed_since"] != true || now["current"] != "https://other.example.org" {
		t.Errorf("got %v, want told that the website has changed since", now)
	}
	both := fmt.Sprintf(`{"items":[{"id":%d,"decision":"accept"},{"id":%d,"decision":"accept"}],"record_version":%%d}`, number(fact["id"]), number(website["id"]))
	a := admin.Send("POST", path+"/decide", fmt.Sprintf(both, 1), version).Want(412)
	if a.At("errors", 0, "pointer") != "/record_version" {
		t.Errorf("got %s, want the record's version pointed at", a.Body)
	}
	if got := admin.Get(at).Want(200); got.At("website") != "https://other.example.org" || len(got.At("access_facts").([]any)) != 0 {
		t.Errorf("got %s after a refusal, want nothing of the decision", got.Body)
	}
	// a value that the place refuses points at its item, and nothing is stored
	bad := fmt.Sprintf(`{"items":[{"id":%d,"decision":"accept"},{"id":%d,"decision":"accept","value":"javascript:1"}],"record_version":2}`, number(fact["id"]), number(website["id"]))
	if a := admin.Send("POST", path+"/decide", bad, version).Want(422); a.At("errors", 0, "pointer") != "/items/1/value" {
		t.Errorf("got %s", a.Body)
	}
	bad = fmt.Sprintf(`{"items":[{"id":%d,"decision":"accept","value":-3}]}`, number(fact["id"]))
	if a := admin.Send("POST", path+"/decide", bad, version).Want(422); a.At("errors", 0, "pointer") != "/items/0/value" {
		t.Errorf("got %s", a.Body)
	}
	for _, bad := range []string{`{"items":[]}`, `{"items":[{"id":999999,"decision":"accept"}]}`, `{"items":[{"id":1,"decision":"perhaps"}]}`,
		fmt.Sprintf(`{"items":[{"id":%[1]d,"decision":"reject"},{"id":%[1]d,"decision":"accept"}]}`, number(fact["id"]))} {
		admin.Send("POST", path+"/decide", bad, version).Want(422)
	}
	done := admin.Send("POST", path+"/decide", fmt.Sprintf(both, 2), version).Want(200)
	if done.At("state") != "open" {
		t.Errorf("got %v with an item left, want open", done.At("state"))
	}
	lifecycle := itemOf(t, done, "/lifecycle")
	if done = admin.Send("POST", path+"/decide", fmt.Sprintf(`{"items":[{"id":%d,"decision":"reject"}]}`, number(lifecycle["id"])), `If-Match: "v2"`).Want(200); done.At("state") != "accepted" {
		t.Errorf("got %v, want accepted", done.At("state"))
	}
}

// Somebody who looked at an older version of the record is told apart, whatever the record has now.
func TestAReportOfAnOlderVersionSaysSo(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	place := admin.Send("POST", "/api/v1/places", placeJSON("Muzeum", 19.05, 50.05, "")).Want(201).ID()
	admin.Send("PATCH", fmt.Sprintf("/api/v1/places/%d", place), `{"website":"https://other.example.org"}`, `If-Match: "v1"`).Want(200)
	for version, want := range map[string]any{`,"record_version":1`: true, `,"record_version":2`: nil, "": nil} {
		report, _, _ := reported(t, s, admin, place, `{"changes":{"website":"https://new.example.org"}`+version+`}`)
		if got := itemOf(t, report, "/website"); got["changed_since"] != want || got["before"] != "https://other.example.org" {
			t.Errorf("%s: got %v, want changed_since %v", version, got, want)
		}
	}
}

// What a visitor wrote can be taken away once it is decided on, and is nowhere afterwards, the history included; codes, positions and what
// was accepted stay.
func TestTheTextOfADecidedReportCanBeTakenAway(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	here := municipality(admin, "1206011", "Tutaj", 19.0, 50.0)
	place := admin.Send("POST", "/api/v1/places", placeJSON("Muzeum", 19.05, 50.05, "")).Want(201).ID()
	report, path, version := reported(t, s, admin, place, `{"message":"Anna Tajemnicza, Rynek 1","changes":{"website":"https://tajemnicza.example.org","description":{"pl":"Tajemnicza tu mieszka"},"lifecycle":"closed"},
		"facts":[{"part":"entrance","attribute":"steps","value":2,"observed_on":"2026-05-01"}]}`)
	redact := func(who *apitest.Client, etag string) *apitest.Answer {
		return who.Send("POST", path+"/redact", "", etag)
	}
	redact(admin, version).Want(409)
	var decisions []string
	for _, i := range report.At("items").([]any) {
		item := i.(map[string]any)
		decisions = append(decisions, fmt.Sprintf(`{"id":%d,"decision":%q}`, number(item["id"]), map[bool]string{true: "accept", false: "reject"}[item["field"] == "/website"]))
	}
	admin.Send("POST", path+"/decide", `{"items":[`+strings.Join(decisions, ",")+`],"record_version":1}`, version).Want(200)
	for who, want := range map[*apitest.Client]int{s.Anonymous(): 401, s.As(): 404, s.As(roleIn("viewer", here)): 403, s.As(roleIn("planner", here)): 403} {
		redact(who, `If-Match: "v2"`).Want(want)
	}
	redact(admin, `If-Match: "v1"`).Want(412)
	done := redact(s.As(roleIn("heritage_officer", here)), `If-Match: "v2"`).Want(200)
	for name, redacted := range map[string]any{"": true, "/website": true, "/description/pl": true, "/lifecycle": nil, "steps": nil} {
		if got := itemOf(t, done, name); got["redacted"] != redacted || got["message"] != nil || (got["proposed"] == nil) != (name != "/lifecycle") {
			t.Errorf("%s: got %v, want redacted %v", name, got, redacted)
		}
	}
	if got := itemOf(t, done, "/website"); got["applied"] != "https://tajemnicza.example.org" {
		t.Errorf("got %v, want what was accepted", got)
	}
	for _, p := range []string{path, path + "/history"} {
		if got := string(admin.Get(p).Want(200).Body); strings.Contains(got, "Tajemnicza") || strings.Contains(got, "mieszka") {
			t.Errorf("%s: got %s, want nothing of what was written", p, got)
		}
	}
	var left int
	if err := s.Store.Pool().QueryRow(t.Context(), `SELECT count(*) FROM revisions WHERE subject = 'report' AND diff::text LIKE '%mieszka%'`).Scan(&left); err != nil || left != 0 {
		t.Errorf("the history holds it in %d places, %v", left, err)
	}
	if again := redact(admin, `If-Match: "v3"`).Want(200); again.At("version") != 3.0 {
		t.Errorf("got version %v, want nothing changed", again.At("version"))
	}
}

func TestAShapeIsNotReplacedByAReportedPoint(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	place := admin.Send("POST", "/api/v1/places", strings.Replace(placeJSON("Park", 19.05, 50.05, ""), `{"type":"Point","coordinates":[19.05,50.05]}`,
		`{"type":"Polygon","coordinates":[[[19,50],[19.1,50],[19.1,50.1],[19,50]]]}`, 1)).Want(201).ID()
	report, path, version := reported(t, s, admin, place, `{"changes":{"geometry":{"type":"Point","coordinates":[19.06,50.03]}}}`)
	id := number(itemOf(t, report, "/geometry")["id"])
	if a := admin.Send("POST", path+"/decide", fmt.Sprintf(`{"items":[{"id":%d,"decision":"accept"}],"record_version":1}`, id), version).Want(422); a.At("errors", 0, "pointer") != "/items/0/value" {
		t.Errorf("got %s", a.Body)
	}
	admin.Send("POST", path+"/decide", fmt.Sprintf(`{"items":[{"id":%d,"decision":"accept","value":{"type":"Polygon","coordinates":[[[19,50],[19.2,50],[19.2,50.1],[19,50]]]}}],"record_version":1}`, id), version).Want(200)
}

func TestReportsAreChecked(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	place := admin.Send("POST", "/api/v1/places", placeJSON("Muzeum", 19.05, 50.05, `"website":"https://old.example.org"`)).Want(201).ID()
	path := fmt.Sprintf("/api/v1/places/%d/reports", place)
	who := s.As()
	for body, pointer := range map[string]string{
		`{}`: "/message", `{"message":"  "}`: "/message", `{"message":"x"}`: "/message", `{"changes":{"website":"https://old.example.org"}}`: "/message",
		fmt.Sprintf(`{"message":%q}`, strings.Repeat("ą", 2001)): "/message",
		`{"changes":{"website":"javascript:alert(1)"}}`:          "/changes/website", `{"changes":{"name":{"pl":""}}}`: "/changes/name/pl", `{"changes":{"name":{"pl":null}}}`: "/changes/name/pl",
		`{"changes":{"lifecycle":"broken"}}`: "/changes/lifecycle", `{"changes":{"geometry":{"type":"LineString","coordinates":[[1,2],[3,4]]}}}`: "/changes/geometry",
		`{"changes":{"geometry":{"type":"Point","coordinates":[200,100]}}}`: "/changes/geometry/coordinates", `{"changes":{"website":7}}`: "/changes/website",
		`{"facts":[{"attribute":"steps","value":-1,"observed_on":"2026-05-01"}]}`: "/facts/0/value", `{"facts":[{"attribute":"steps","value":1}]}`: "/facts/0/observed_on",
		`{"facts":[{"attribute":"steps","value":1,"observed_on":"2999-01-01"}]}`: "/facts/0/observed_on", `{"facts":[{"attribute":"wings","value":1,"observed_on":"2026-05-01"}]}`: "/facts/0/attribute",
		`{"facts":[{"attribute":"door_width","part":"entrance","value":90,"unit":"m","observed_on":"2026-05-01"}]}`: "/facts/0/unit", `{"message":"abc","lang":"de"}`: "/lang",
	} {
		a := who.Send("POST", path, body)
		got, _ := a.At("errors", 0, "pointer").(string)
		if a.Status != 422 || !strings.HasPrefix(got, pointer) {
			t.Errorf("%.80s: got %d %s, want 422 at %s", body, a.Status, a.Body, pointer)
		}
	}
	for _, body := range []string{`{"message":"abc","email":"a@example.org"}`, `{"changes":{"publication":"draft"}}`, `{"changes":{"renewal_value_pln":1}}`, `{"message":"abc"}{}`, `{"message":"abc","message":"abd"}`} {
		who.Send("POST", path, body).Want(400)
	}
	who.Send("POST", path, fmt.Sprintf(`{"message":"abc","changes":{"description":{"pl":%q}}}`, strings.Repeat("a", 17<<10))).Want(413)
	who.Send("POST", path, `message=abc`, "Content-Type: application/x-www-form-urlencoded").Want(415)
	if got := admin.Get("/api/v1/reports").Want(200).At("total"); got != 0.0 {
		t.Errorf("got %v reports after refusals, want none", got)
	}
	// a report of something that is hidden is as one of nothing
	hidden := admin.Send("POST", "/api/v1/places", placeJSON("Tajne", 19.05, 50.05, `"visibility":"restricted"`)).Want(201).ID()
	a, b := who.Send("POST", fmt.Sprintf("/api/v1/places/%d/reports", hidden), `{"message":"abc"}`).Want(404), who.Send("POST", "/api/v1/places/999999/reports", `{"message":"abc"}`).Want(404)
	if instance.ReplaceAllString(string(a.Body), "") != instance.ReplaceAllString(string(b.Body), "") {
		t.Errorf("got %s for the hidden and %s for the missing", a.Body, b.Body)
	}
	admin.Send("DELETE", fmt.Sprintf("/api/v1/places/%d", place), nil, `If-Match: "v1"`).Want(200)
	admin.Send("POST", path, `{"message":"abc"}`).Want(404)
}

// What is reported of a coarse place is held against what its reporter sees: whoever guesses its street or position is told no more than
// whoever misses it.
func TestReportingACoarsePlaceTellsNothingOfIt(t *testing.T) {
	s := apitest.New(t)
	admin, anybody := s.Admin(), s.As()
	place := admin.Send("POST", "/api/v1/places", placeJSON("Kurhan", 19.051, 50.052, `"visibility":"coarse","address":{"street":"Ukryta"}`)).Want(201).ID()
	for _, change := range []string{`"address":{"street":"Ukryta"}`, `"address":{"street":"Inna"}`, `"geometry":{"type":"Point","coordinates":[19.051,50.052]}`, `"geometry":{"type":"Point","coordinates":[19.05,50.05]}`} {
		anybody.Send("POST", fmt.Sprintf("/api/v1/places/%d/reports", place), `{"changes":{`+change+`}}`).Want(201)
	}
	if a := admin.Get("/api/v1/reports?place_id=" + fmt.Sprint(place)).Want(200); strings.Contains(string(a.Body), `"before":"Ukryta"`) || a.At("total") != 4.0 {
		t.Errorf("got %s", a.Body)
	}
}

func TestTooManyReportsFromOneAddressAreRefused(t *testing.T) {
	s := apitest.New(t)
	place := s.Admin().Send("POST", "/api/v1/places", placeJSON("Muzeum", 19.05, 50.05, "")).Want(201).ID()
	path := fmt.Sprintf("/api/v1/places/%d/reports", place)
	for range 5 {
		s.Anonymous().Send("POST", path, `{"message":"abc"}`).Want(201)
	}
	if a := s.Anonymous().Send("POST", path, `{"message":"abc"}`).Want(429); a.Header.Get("Retry-After") == "" || a.At("type") != "/api/v1/problems/rate_limited" {
		t.Errorf("got %v %s", a.Header, a.Body)
	}
	s.Anonymous().Send("POST", "/api/v1/products/1/reports", `{"message":"abc"}`).Want(429)
	s.As().Send("POST", path, `{"message":"abc"}`).Want(201)
}

func TestReportsOfProducts(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	a := admin.Send("POST", "/api/v1/places", placeJSON("A", 19.05, 50.05, "")).Want(201).ID()
	hidden := admin.Send("POST", "/api/v1/places", placeJSON("Tajne", 19.06, 50.05, `"visibility":"restricted"`)).Want(201).ID()
	b := admin.Send("POST", "/api/v1/places", placeJSON("B", 19.07, 50.05, "")).Want(201).ID()
	c := admin.Send("POST", "/api/v1/places", placeJSON("C", 19.08, 50.05, "")).Want(201).ID()
	trail := admin.Send("POST", "/api/v1/products", fmt.Sprintf(`{"kind":"trail","category":"walking_trail","name":{"pl":"Szlak","en":""},"publication":"published","geometry":{"type":"LineString","coordinates":[[19.05,50.05],[19.08,50.05]]},
		"stops":[{"place_id":%d},{"place_id":%d},{"place_id":%d},{"place_id":%d}]}`, a, hidden, b, c)).Want(201).ID()
	path := fmt.Sprintf("/api/v1/products/%d/reports", trail)
	who := s.As()
	who.Send("POST", path, `{"changes":{"opening_hours":"x"}}`).Want(400)
	if got := who.Send("POST", path, `{"changes":{"status":"lost"}}`).Want(422); got.At("errors", 0, "pointer") != "/changes/status" {
		t.Errorf("got %s", got.Body)
	}
	if got := who.Send("POST", path, `{"facts":[{"part":"segment#3","attribute":"incline_max","value":4,"observed_on":"2026-05-01"}]}`).Want(422); got.At("errors", 0, "pointer") != "/facts/0/part" {
		t.Errorf("got %s, want the segment unknown to the public refused", got.Body)
	}
	// the second segment the public sees is the third of staff
	id := who.Send("POST", path, `{"changes":{"status":"suspended"},"facts":[{"part":"segment#2","attribute":"incline_max","value":4,"observed_on":"2026-05-01"}]}`).Want(201).ID()
	at := fmt.Sprintf("/api/v1/reports/%d", id)
	report := admin.Get(at).Want(200)
	fact, status := itemOf(t, report, "incline_max"), itemOf(t, report, "/status")
	if fact["part"] != "segment#3" || status["before"] != "open" {
		t.Errorf("got %v %v, want the segment by the number staff know it by", fact, status)
	}
	admin.Send("POST", at+"/decide", fmt.Sprintf(`{"items":[{"id":%d,"decision":"accept"},{"id":%d,"decision":"accept"}],"record_version":1}`, number(fact["id"]), number(status["id"])), `If-Match: "v1"`).Want(200)
	facts := s.Anonymous().Get(fmt.Sprintf("/api/v1/access-facts?product=%d", trail)).Want(200)
	if facts.At("items", 0, "part") != "segment#2" || facts.At("items", 0, "value") != 4.0 {
		t.Errorf("got %s", facts.Body)
	}
	if got := s.Anonymous().Get(fmt.Sprintf("/api/v1/products/%d", trail)).Want(200).At("status"); got != "suspended" {
		t.Errorf("got %v", got)
	}
}

func TestReportsAreForStaffOfTheMunicipality(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	here, there := municipality(admin, "1206011", "Tutaj", 19.0, 50.0), municipality(admin, "1206022", "Tam", 19.1, 50.0)
	place := admin.Send("POST", "/api/v1/places", placeJSON("Muzeum", 19.05, 50.05, "")).Want(201).ID()
	outside := admin.Send("POST", "/api/v1/places", placeJSON("Daleko", 22.05, 50.05, "")).Want(201).ID()
	reported(t, s, admin, outside, `{"message":"poza gminami"}`)
	for _, tt := range []struct {
		who                                 actor
		list, read, fact, field, total, out int
	}{
		{actor{name: "nobody", Client: s.Anonymous()}, 401, 401, 401, 401, 0, 0},
		{actor{name: "no role", Client: s.As()}, 200, 404, 404, 404, 0, 0},
		{actor{name: "viewer here", Client: s.As(roleIn("viewer", here))}, 200, 200, 403, 403, 1, 0},
		{actor{name: "contributor here", Client: s.As(roleIn("contributor", here))}, 200, 200, 403, 403, 1, 0},
		{actor{name: "planner here", Client: s.As(roleIn("planner", here))}, 200, 200, 200, 403, 1, 0},
		{actor{name: "officer here", Client: s.As(roleIn("heritage_officer", here))}, 200, 200, 200, 200, 1, 0},
		{actor{name: "officer there", Client: s.As(roleIn("heritage_officer", there))}, 200, 404, 404, 404, 0, 0},
		{actor{name: "admin", Client: s.As(models.UserRole{Role: "admin"})}, 200, 200, 200, 200, 1, 1},
	} {
		version := number(admin.Get(fmt.Sprintf("/api/v1/places/%d", place)).Want(200).At("version"))
		report, path, etag := reported(t, s, admin, place, fmt.Sprintf(`{"changes":{"website":"https://%d.example.org"},"facts":[{"part":"entrance","attribute":"steps","value":2,"observed_on":"2026-05-01"}]}`, version))
		list := tt.who.do("GET", "/api/v1/reports?state=open", nil).Want(tt.list)
		if tt.list == 200 && list.At("total") != float64(tt.total+tt.out) {
			t.Errorf("%s: got %v open, want %d", tt.who.name, list.At("total"), tt.total+tt.out)
		}
		if count := tt.who.do("GET", "/api/v1/reports/count", nil).Want(tt.list); tt.list == 200 && count.At("open") != float64(tt.total+tt.out) {
			t.Errorf("%s: got %s, want %d", tt.who.name, count.Body, tt.total+tt.out)
		}
		tt.who.do("GET", path, nil).Want(tt.read)
		tt.who.do("GET", path+"/history", nil).Want(tt.read)
		fact := tt.who.do("POST", path+"/decide", fmt.Sprintf(`{"items":[{"id":%d,"decision":"accept"}]}`, number(itemOf(t, report, "steps")["id"])), etag)
		if fact.Status != tt.fact {
			t.Errorf("%s: got %d for a fact, want %d: %s", tt.who.name, fact.Status, tt.fact, fact.Body)
		}
		if fact.Status == 200 {
			etag = `If-Match: "v2"`
		}
		if a := tt.who.do("POST", path+"/decide", fmt.Sprintf(`{"items":[{"id":%d,"decision":"accept"}],"record_version":%d}`, number(itemOf(t, report, "/website")["id"]), version), etag); a.Status != tt.field {
			t.Errorf("%s: got %d for a field, want %d: %s", tt.who.name, a.Status, tt.field, a.Body)
		}
		// so that none is left open for the next
		rest := admin.Get(path).Want(200)
		for _, i := range rest.At("items").([]any) {
			if item := i.(map[string]any); item["state"] == "open" {
				v := number(admin.Get(path).Want(200).At("version"))
				admin.Send("POST", path+"/decide", fmt.Sprintf(`{"items":[{"id":%d,"decision":"reject"}]}`, number(item["id"])), fmt.Sprintf(`If-Match: "v%d"`, v)).Want(200)
			}
		}
	}
	if got := admin.Get("/api/v1/reports?municipality=none").Want(200); got.At("total") != 1.0 || got.At("items", 0, "record_name", "pl") != "Daleko" {
		t.Errorf("got %s", got.Body)
	}
	admin.Get("/api/v1/reports?state=lost").Want(400)
	seen := map[any]bool{}
	cursor := ""
	for range 20 {
		page := admin.Get("/api/v1/reports?limit=2" + cursor).Want(200)
		for _, i := range page.At("items").([]any) {
			seen[i.(map[string]any)["id"]] = true
		}
		next, more := page.At("next").(string)
		if !more {
			break
		}
		cursor = "&cursor=" + next
	}
	if len(seen) != 9 {
		t.Errorf("got %d reports by pages, want 9", len(seen))
	}
}

func TestOfTwoWhoDecideTheSecondIsTold(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	place := admin.Send("POST", "/api/v1/places", placeJSON("Muzeum", 19.05, 50.05, "")).Want(201).ID()
	report, path, version := reported(t, s, admin, place, `{"changes":{"website":"https://new.example.org"}}`)
	body := fmt.Sprintf(`{"items":[{"id":%d,"decision":"accept"}],"record_version":1}`, number(itemOf(t, report, "/website")["id"]))
	var wait sync.WaitGroup
	statuses := make([]int, 4)
	for i := range statuses {
		wait.Go(func() { statuses[i] = admin.Send("POST", path+"/decide", body, version).Status })
	}
	wait.Wait()
	won := 0
	for _, status := range statuses {
		if status == 200 {
			won++
		} else if status != 412 {
			t.Errorf("got %v, want one 200 and else 412", statuses)
		}
	}
	if won != 1 {
		t.Errorf("got %v, want one to win", statuses)
	}
}

// However a place is reported on, it does not change, and neither do its verdicts; and accepting everything that was proposed makes it
// say just that.
func TestAcceptedReportsAreWhatWasProposed(t *testing.T) {
	s := apitest.New(t)
	admin, anybody := s.Admin(), s.As()
	place := admin.Send("POST", "/api/v1/places", placeJSON("Muzeum", 19.05, 50.05, "")).Want(201).ID()
	at := fmt.Sprintf("/api/v1/places/%d", place)
	text := rapid.StringMatching(`[A-Za-zżółćęąśńŹ"\\ ]{1,20}[a-z]`)
	rapid.Check(t, func(t *rapid.T) {
		before := admin.Get(at).Want(200)
		changes := map[string]any{}
		want := map[string]string{}
		for _, field := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"opening_hours", "street", "locality", "name", "description"}), 1, 4, rapid.ID).Draw(t, "fields") {
			value := text.Draw(t, field)
			want[field] = value
			switch field {
			case "street", "locality":
				address, _ := changes["address"].(map[string]any)
				if address == nil {
					address = map[string]any{}
					changes["address"] = address
				}
				address[field] = value
			case "name", "description":
				changes[field] = map[string]any{"pl": value}
			default:
				changes[field] = value
			}
		}
		sent := anybody.Send("POST", at+"/reports", map[string]any{"changes": changes})
		if sent.Status == 422 {
			return // all of it is so already
		}
		if now := admin.Get(at).Want(200); string(now.Body) != string(before.Body) {
			t.Fatalf("the place changed by a report: %s, was %s", now.Body, before.Body)
		}
		path := fmt.Sprintf("/api/v1/reports/%d", sent.Want(201).ID())
		report := admin.Get(path).Want(200)
		var items []map[string]any
		for _, i := range report.At("items").([]any) {
			items = append(items, map[string]any{"id": i.(map[string]any)["id"], "decision": "accept"})
		}
		admin.Send("POST", path+"/decide", map[string]any{"items": items, "record_version": report.At("record_version")}, `If-Match: "v1"`).Want(200)
		now := admin.Get(at).Want(200)
		got := map[string]any{"opening_hours": now.At("opening_hours"), "street": now.At("address", "street"), "locality": now.At("address", "locality"), "name": now.At("name", "pl"), "description": now.At("description", "pl")}
		for field, value := range want {
			if got[field] != value {
				t.Fatalf("%s: got %q, want %q", field, got[field], value)
			}
		}
	})
}
