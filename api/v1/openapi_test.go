package v1_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"wolnica/api/apitest"
	"wolnica/models"
)

// Every answer that any test of this package gets is held against the OpenAPI document of the server that gave it; one
// that is not documented fails the request, and so the test.
func init() { http.DefaultTransport = &documented{next: http.DefaultTransport} }

type documented struct {
	next     http.RoundTripper
	once     sync.Once
	document *openapi3.T
	router   routers.Router
	err      error
}

func (d *documented) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := d.next.RoundTrip(r)
	if err != nil || !strings.HasPrefix(r.URL.Path, "/api/v1/") || undocumented(r.URL.Path) {
		return res, err
	}
	d.once.Do(func() { d.err = d.load("http://" + r.URL.Host) })
	if d.err != nil {
		return nil, d.err
	}
	body, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	res.Body = io.NopCloser(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if err := d.check(r, res, body); err != nil {
		return nil, fmt.Errorf("the answer %d %s is not as documented: %w: %.2000s", res.StatusCode, res.Header.Get("Content-Type"), err, body)
	}
	return res, nil
}

// undocumented tells the addresses of the documentation itself.
func undocumented(path string) bool {
	return path == "/api/v1/openapi.json" || strings.HasPrefix(path, "/api/v1/docs") || strings.HasPrefix(path, "/api/v1/problems/")
}

// load reads the document and closes every object in it: an answer may hold nothing that is not documented.
func (d *documented) load(server string) error {
	r, err := http.NewRequest("GET", server+"/api/v1/openapi.json", nil)
	if err != nil {
		return err
	}
	res, err := d.next.RoundTrip(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if d.document, err = openapi3.NewLoader().LoadFromData(data); err != nil {
		return err
	}
	for _, s := range d.document.Components.Schemas {
		closed(s)
	}
	d.router, err = gorillamux.NewRouter(d.document)
	return err
}

func closed(s *openapi3.SchemaRef) {
	if s == nil || s.Value == nil {
		return
	}
	v := s.Value
	if v.Properties != nil && v.AdditionalProperties.Has == nil && v.AdditionalProperties.Schema == nil {
		no := false
		v.AdditionalProperties.Has = &no
	}
	if v.Type == nil && v.AnyOf == nil && v.AllOf == nil && v.OneOf == nil {
		// a schema without a type admits everything, null too, which the library does not know
		v.Type = &openapi3.Types{"null", "boolean", "object", "array", "number", "string"}
	}
	if s.Ref != "" {
		return
	}
	closed(v.Items)
	closed(v.AdditionalProperties.Schema)
	for _, p := range v.Properties {
		closed(p)
	}
}

func (d *documented) check(r *http.Request, res *http.Response, body []byte) error {
	media, _, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if err != nil && len(body) > 0 {
		return err
	}
	find := r.Clone(context.Background())
	if find.Method == "HEAD" {
		find.Method = "GET"
	}
	route, params, err := d.router.FindRoute(find)
	if err != nil || find.Method != r.Method {
		if res.StatusCode < 400 || r.Method == "HEAD" {
			return err
		}
		// an address that does not exist is answered by a problem all the same
		var v any
		if err := json.Unmarshal(body, &v); err != nil || media != "application/problem+json" {
			return fmt.Errorf("not a problem: %w", err)
		}
		return d.document.Components.Schemas["Problem"].Value.VisitJSON(v, openapi3.EnableFormatValidation())
	}
	response := route.Operation.Responses.Status(res.StatusCode)
	// 401 can meet everybody who comes with a wrong token, and what is our fault can happen anywhere: the default problem
	if response == nil && (res.StatusCode < 400 || slices.Contains([]int{403, 404, 409, 412, 413, 415, 422, 428}, res.StatusCode)) {
		return fmt.Errorf("the status is not documented for %s", route.Operation.OperationID)
	}
	if len(body) == 0 || res.StatusCode == http.StatusRequestedRangeNotSatisfiable {
		return nil
	}
	if media != "application/json" && media != "application/problem+json" {
		if r.URL.Query().Has("format") && route.Operation.OperationID == "listPlaces" {
			return nil // the file is that of exportPlaces
		}
		// a type may be documented with its character set
		if response.Value.Content[media] == nil && response.Value.Content[res.Header.Get("Content-Type")] == nil {
			return fmt.Errorf("the media type is not documented for %s", route.Operation.OperationID)
		}
		return nil
	}
	if response == nil {
		response = route.Operation.Responses.Default()
	}
	if response.Value.Content[media] == nil {
		return fmt.Errorf("the media type is not documented for this status of %s", route.Operation.OperationID)
	}
	options := &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}
	return openapi3filter.ValidateResponse(context.Background(), (&openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route, Options: options},
		Status:                 res.StatusCode, Header: res.Header, Options: options}).SetBodyBytes(body))
}

func TestTheDocumentIsValidInBothLanguages(t *testing.T) {
	s := apitest.New(t)
	for lang, want := range map[string]string{"pl": "Odczytaj miejsce", "en": "Read a place"} {
		a := s.Anonymous().Get("/api/v1/openapi.json", "Accept-Language: "+lang).Want(200)
		if got := a.Header.Get("Content-Language"); got != lang {
			t.Errorf("got Content-Language %q, want %q", got, lang)
		}
		document, err := openapi3.NewLoader().LoadFromData(a.Body)
		if err != nil {
			t.Fatalf("%s: %v", lang, err)
		}
		if err := document.Validate(context.Background()); err != nil {
			t.Errorf("%s: got %v, want a valid document", lang, err)
		}
		if document.OpenAPI != "3.1.0" {
			t.Errorf("got OpenAPI %s, want 3.1.0", document.OpenAPI)
		}
		if !bytes.Contains(a.Body, []byte(want)) {
			t.Errorf("%s: got no %q in the document", lang, want)
		}
		for path, item := range document.Paths.Map() {
			for method, op := range item.Operations() {
				if op.Summary == "" || len(op.Tags) != 1 {
					t.Errorf("%s %s: got summary %q and tags %v, want one of each", method, path, op.Summary, op.Tags)
				}
				anybody := method == "POST" && strings.HasSuffix(path, "}/reports")
				if changes := method != "GET" && !anybody && !strings.HasPrefix(path, "/api/v1/sign-"); changes && op.Security == nil {
					t.Errorf("%s %s: got no security, want the cookie or the token", method, path)
				}
				if anybody && op.Security != nil {
					t.Errorf("%s %s: got %v, want a report to need no account", method, path, op.Security)
				}
			}
		}
	}
}

func TestTheReadablePageSpeaksBothLanguages(t *testing.T) {
	s := apitest.New(t)
	for lang, wants := range map[string][]string{
		"pl": {`<html lang="pl">`, "Miejsca", "Produkty turystyczne", "Parametry", "/api/v1/access-facts/{id}"},
		"en": {`<html lang="en">`, "Places", "Tourist products", "Parameters", "/api/v1/access-facts/{id}"},
	} {
		a := s.Anonymous().Get("/api/v1/docs", "Accept-Language: "+lang).Want(200)
		for _, want := range wants {
			if !strings.Contains(string(a.Body), want) {
				t.Errorf("%s: got no %q on the page", lang, want)
			}
		}
	}
}

// The codes a field may hold are documented from the same lists that validate it.
func TestTheDocumentListsTheCodes(t *testing.T) {
	a := apitest.New(t).Anonymous().Get("/api/v1/openapi.json").Want(200)
	for _, c := range []struct {
		schema, property string
		codes            []string
	}{
		{"ProtectionInput", "kind", models.ProtectionKinds.Codes()},
		{"InspectionInput", "scale", models.InspectionScales.Codes()},
		{"ProductInput", "kind", models.ProductKinds.Codes()},
		{"UserRole", "role", models.Roles.Codes()},
		{"MunicipalityInput", "kind", models.MunicipalityKinds.Codes()},
	} {
		enum, _ := a.At("components", "schemas", c.schema, "properties", c.property, "enum").([]any)
		for _, code := range c.codes {
			if !slices.Contains(enum, any(code)) {
				t.Errorf("%s.%s: got enum %v, want %s in it", c.schema, c.property, enum, code)
			}
		}
	}
}
