package api

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"wolnica/models"
)

func sampleDocument(t testing.TB) *openapi3.T {
	t.Helper()
	DescribeType[samplePoint](GeometrySchema)
	data, err := OpenAPI(sampleRoutes(), sampleInfo(), models.English)
	if err != nil {
		t.Fatal(err)
	}
	document, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		t.Fatalf("%v in %s", err, data)
	}
	if err := document.Validate(context.Background()); err != nil {
		t.Fatalf("got %v, want a valid OpenAPI 3.1 document: %s", err, data)
	}
	return document
}

func TestDocumentIsValidAndDeterministic(t *testing.T) {
	if got := sampleDocument(t).OpenAPI; got != "3.1.0" {
		t.Errorf("got version %s, want 3.1.0", got)
	}
	first, _ := OpenAPI(sampleRoutes(), sampleInfo(), models.Polish)
	second, _ := OpenAPI(sampleRoutes(), sampleInfo(), models.Polish)
	if !bytes.Equal(first, second) {
		t.Error("got two different documents from the same routes")
	}
	if !bytes.Contains(first, []byte("Numer miejsca.")) || bytes.Contains(first, []byte("Number of the place.")) {
		t.Error("got a Polish document without Polish descriptions")
	}
}

func TestDocumentSaysWhatIsBound(t *testing.T) {
	d := sampleDocument(t)
	get := d.Paths.Value("/api/v1/samples").Get
	limit := get.Parameters.GetByInAndName("query", "limit")
	if limit == nil || limit.Schema.Value.Min == nil || *limit.Schema.Value.Min != 1 || *limit.Schema.Value.Max != 500 ||
		limit.Description != "How many." || limit.Required {
		t.Errorf("got %+v, want limit 1-500, optional, described", limit)
	}
	tags := get.Parameters.GetByInAndName("query", "tags")
	if tags == nil || !slices.Equal(tags.Schema.Value.Items.Value.Enum, []any{"park", "museum", "trail"}) {
		t.Errorf("got %+v, want the codes as an enum", tags)
	}
	if m := d.Paths.Value("/api/v1/samples/{id}").Patch.Parameters.GetByInAndName("header", "If-Match"); m == nil || !m.Required {
		t.Errorf("got %+v, want If-Match required", m)
	}
	input := d.Components.Schemas["sampleInput"].Value
	if !slices.Equal(input.Required, []string{"category"}) {
		t.Errorf("got required %v, want only what validation requires of a request", input.Required)
	}
	if e := input.Properties["surface"].Value.Enum; !slices.Contains(e, any("hard court")) {
		t.Errorf("got enum %v, want the values of oneof", e)
	}
	record := d.Components.Schemas["sampleRecord"].Value
	if !slices.Contains(record.Required, "id") || !slices.Contains(record.Required, "note") || slices.Contains(record.Required, "surface") {
		t.Errorf("got required %v, want what an answer always has", record.Required)
	}
	if s := record.Properties["surface"].Value; s.Type.Includes("null") || slices.Contains(s.Enum, nil) {
		t.Errorf("got %v %v for a member that is left out rather than null, want no null", s.Type, s.Enum)
	}
	if p := input.Properties["point"].Value; p.Type != nil || len(p.AnyOf) != 2 {
		t.Errorf("got type %v beside %d choices, want null or the geometry", p.Type, len(p.AnyOf))
	}
	if p := record.Properties["point"]; p.Ref != "#/components/schemas/samplePoint" {
		t.Errorf("got %q, want the geometry itself where it is never null", p.Ref)
	}
	post := d.Paths.Value("/api/v1/samples").Post
	for _, status := range []string{"201", "400", "401", "403", "409", "413", "415", "422", "default"} {
		if post.Responses.Value(status) == nil {
			t.Errorf("got no response %s for the creation", status)
		}
	}
	if post.Security == nil || len(*post.Security) != 2 {
		t.Errorf("got security %v, want the cookie or the token", post.Security)
	}
	if patch := d.Components.Schemas["sampleInputPatch"]; patch == nil || len(patch.Value.Required) != 0 {
		t.Errorf("got %+v, want a patch that requires nothing", patch)
	}
	point := d.Components.Schemas["samplePoint"]
	if point == nil || point.Value.Properties["coordinates"] == nil {
		t.Errorf("got %+v, want the geometry as GeoJSON", point)
	}
}

// Every request below is checked against the document, and so is its answer.
func TestAnswersMatchTheDocument(t *testing.T) {
	document := sampleDocument(t)
	router, err := gorillamux.NewRouter(document)
	if err != nil {
		t.Fatal(err)
	}
	f := newFixture(t)
	json, patch := "application/json", "application/merge-patch+json"
	full := `{"name":{"pl":"Planty","en":"Green belt"},"category":"park","surface":"grass","capacity":0,"length":1.5,"open":true,
		"contact":"a@b.pl","website":"https://b.pl","day":"2026-05-01","at":"2026-05-01T10:00:00Z",
		"point":{"type":"Point","coordinates":[19.9,50.1]},"tags":["ab","cd"],"stops":[{"place_id":1,"note":"x"}],"refs":{"a":"b"},"from":1,"to":2}`
	tests := []struct {
		method, target, body, contentType string
		status                            int
	}{
		{"GET", "/api/v1/samples", "", "", 200},
		{"GET", "/api/v1/samples?limit=1&tags=park,trail&ids=1,2&open=true&sort=-name&since=2026-05-01", "", "", 200},
		{"GET", "/api/v1/samples?limit=0", "", "", 400},
		{"GET", "/api/v1/samples/1", "", "", 200},
		{"GET", "/api/v1/samples/2", "", "", 404},
		{"POST", "/api/v1/samples", goodBody, json, 201},
		{"POST", "/api/v1/samples", full, json, 201},
		{"POST", "/api/v1/samples", `{"category":"park","name":{"pl":"x"},"point":null,"surface":null,"capacity":null}`, json, 201},
		{"POST", "/api/v1/samples", `{"colour":1}`, json, 400},
		{"POST", "/api/v1/samples", `{}`, json, 422},
		{"PATCH", "/api/v1/samples/1", `{"name":{"en":"x"},"surface":null,"point":null}`, patch, 200},
		{"PATCH", "/api/v1/samples/1", `{"category":null}`, patch, 422},
		{"DELETE", "/api/v1/samples/1", "", "", 204},
		{"GET", "/api/v1/export", "", "", 200},
		{"GET", "/api/v1/fail/internal", "", "", 500},
	}
	for _, tt := range tests {
		r := httptest.NewRequest(tt.method, tt.target, strings.NewReader(tt.body))
		if tt.contentType != "" {
			r.Header.Set("Content-Type", tt.contentType)
		}
		if tt.method == "PATCH" {
			r.Header.Set("If-Match", `"v3"`)
		}
		route, params, err := router.FindRoute(r)
		if err != nil {
			t.Fatalf("%s %s: %v", tt.method, tt.target, err)
		}
		input := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route, Options: &openapi3filter.Options{
			AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true}}
		err = openapi3filter.ValidateRequest(context.Background(), input)
		if documented := err == nil; documented != (tt.status < 400 || tt.status >= 500 || tt.status == 404 || tt.method == "PATCH") {
			t.Errorf("%s %s %s: got %v from the document, and status %d", tt.method, tt.target, tt.body, err, tt.status)
		}
		r.Body = io.NopCloser(strings.NewReader(tt.body))
		w := httptest.NewRecorder()
		f.engine.ServeHTTP(w, r)
		if w.Code != tt.status {
			t.Errorf("%s %s: got %d %s, want %d", tt.method, tt.target, w.Code, w.Body, tt.status)
		}
		output := (&openapi3filter.ResponseValidationInput{RequestValidationInput: input, Status: w.Code, Header: w.Header(),
			Options: input.Options}).SetBodyBytes(w.Body.Bytes())
		if tt.target == "/api/v1/export" {
			continue
		}
		if err := openapi3filter.ValidateResponse(context.Background(), output); err != nil {
			t.Errorf("%s %s: got an answer that is not as documented: %v; %s", tt.method, tt.target, err, w.Body)
		}
	}
}

func TestDocsPage(t *testing.T) {
	f := newFixture(t)
	polish, english := f.send("GET", "/api/v1/docs", ""), f.send("GET", "/api/v1/docs", "", "Accept-Language: en")
	for w, wants := range map[*httptest.ResponseRecorder][]string{
		polish:  {`<html lang="pl">`, "Parametry", "Nowa próbka", "Numer miejsca.", `href="#schema-sampleRecord"`, "park · museum · trail"},
		english: {`<html lang="en">`, "Parameters", "New sample", "Number of the place.", "curl -X PATCH", "If-Match: &#34;v3&#34;", "$TOKEN"},
	} {
		page := w.Body.String()
		for _, want := range wants {
			if !strings.Contains(page, want) {
				t.Errorf("got no %q on the page", want)
			}
		}
		for _, not := range []string{"<script", "http://cdn", "https://cdn", "onclick", "style="} {
			if strings.Contains(page, not) {
				t.Errorf("got %q on the page, want no script, inline style or third party", not)
			}
		}
		if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "style-src 'self'") || strings.Contains(csp, "unsafe") {
			t.Errorf("got CSP %q, want styles of our own only", csp)
		}
		for _, code := range problemCodes {
			if !strings.Contains(page, `id="problem-`+string(code)+`"`) {
				t.Errorf("got no problem %s on the page", code)
			}
		}
	}
	if w := f.send("GET", "/api/v1/docs.css", ""); w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/css") {
		t.Errorf("got %d %v, want the style sheet", w.Code, w.Header())
	}
	if w := f.send("GET", "/api/v1/openapi.json?lang=en", ""); w.Code != 200 || w.Header().Get("Content-Language") != "en" {
		t.Errorf("got %d %v, want the English document", w.Code, w.Header())
	}
	if w := f.send("GET", ProblemURI(models.CodeStale), ""); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/api/v1/docs#problem-stale" {
		t.Errorf("got %d %v, want the problem's place in the documentation", w.Code, w.Header())
	}
	if w := f.send("GET", ProblemURI("other"), ""); w.Code != 404 {
		t.Errorf("got %d, want 404 for a problem there is not", w.Code)
	}
}
