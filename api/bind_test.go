package api

import (
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"wolnica/models"
)

const goodBody = `{"name":{"pl":"Planty"},"category":"park","tags":["ab"],"stops":[{"place_id":1}],"refs":{}}`

// with returns goodBody with one member replaced or added.
func with(member string) string {
	name, _, _ := strings.Cut(member, ":")
	members := map[string]string{`"name"`: `"name":{"pl":"Planty"}`, `"category"`: `"category":"park"`}
	members[name] = member
	var parts []string
	for _, m := range members {
		parts = append(parts, m)
	}
	return "{" + strings.Join(parts, ",") + "}"
}

func TestCreateRefusesBadBodies(t *testing.T) {
	f := newFixture(t)
	tests := []struct {
		name, body string
		status     int
		pointer    string
		code       string
		pl, en     string
	}{
		{"empty", "", 400, "", "", "Brak treści", "The body is empty"},
		{"blank", " \n", 400, "", "", "Brak treści", "The body is empty"},
		{"truncated", `{"name":`, 400, "/name", "syntax", "urywa się", "breaks off"},
		{"syntax", "{\n\"name\" 1}", 400, "/name", "syntax", "2:8", "2:8"},
		{"trailing", goodBody + "x", 400, "", "syntax", "Błąd składni", "syntax error"},
		{"second value", goodBody + goodBody, 400, "", "syntax", "Błąd składni", "syntax error"},
		{"duplicate", `{"category":"park","category":"park"}`, 400, "/category", "duplicate", "więcej niż raz", "more than once"},
		{"duplicate in a nested object", `{"name":{"pl":"a","pl":"b"}}`, 400, "/name/pl", "duplicate", "więcej niż raz", "more than once"},
		{"invalid UTF-8", "{\"category\":\"\xff\"}", 400, "/category", "syntax", "UTF-8", "UTF-8"},
		{"NaN", with(`"length":NaN`), 400, "/length", "syntax", "Błąd składni", "syntax error"},
		{"unknown", with(`"colour":1`), 400, "/colour", "unknown", "Dozwolone: at, capacity, category", "Allowed: at, capacity, category"},
		{"case", with(`"Capacity":1`), 400, "/Capacity", "unknown", "Nieznane pole", "Unknown field"},
		{"unknown nested", with(`"stops":[{"place_id":1},{"place":1}]`), 400, "/stops/1/place", "unknown", "Dozwolone: note, place_id", "Allowed: note, place_id"},
		{"array instead of object", `[]`, 422, "", "type", "Oczekiwano obiektu; jest tablica", "Expected an object; got an array"},
		{"null", `null`, 422, "", "type", "jest null", "got null"},
		{"string for int", with(`"capacity":"7"`), 422, "/capacity", "type", "Oczekiwano liczby całkowitej; jest tekst", "Expected an integer; got a string"},
		{"fraction for int", with(`"capacity":1.5`), 422, "/capacity", "type", "Oczekiwano liczby całkowitej.", "Expected an integer."},
		{"exponent for int", with(`"capacity":1e999`), 422, "/capacity", "type", "Oczekiwano liczby całkowitej.", "Expected an integer."},
		{"overflow of int", with(`"capacity":99999999999999999999`), 422, "/capacity", "range", "poza zakresem", "outside the range"},
		{"overflow of float", with(`"length":1e999`), 422, "/length", "range", "poza zakresem", "outside the range"},
		{"string for float", with(`"length":"1"`), 422, "/length", "type", "Oczekiwano liczby; jest tekst", "Expected a number; got a string"},
		{"number for string", with(`"category":1`), 422, "/category", "type", "Oczekiwano tekstu; jest liczba", "Expected a string; got a number"},
		{"null for string", with(`"category":null`), 422, "/category", "type", "Oczekiwano tekstu; jest null", "Expected a string; got null"},
		{"null for list", with(`"tags":null`), 422, "/tags", "type", "Oczekiwano tablicy; jest null", "Expected an array; got null"},
		{"string for bool", with(`"open":"yes"`), 422, "/open", "type", "true albo false", "true or false"},
		{"object for list", with(`"tags":{}`), 422, "/tags", "type", "Oczekiwano tablicy; jest obiekt", "Expected an array; got an object"},
		{"bad time", with(`"at":"yesterday"`), 422, "/at", "type", "RFC 3339", "RFC 3339"},
		{"bad day", with(`"day":"1.05.2026"`), 422, "/day", "type", "daty w postaci 2026-05-01", "a date such as 2026-05-01"},
		{"own type", with(`"point":{"type":"Point","coordinates":[1,91]}`), 422, "/point/coordinates/1", "range", "Szerokość", "Latitude"},
		{"NUL", with(`"category":"a\u0000"`), 422, "/category", "format", "U+0000", "U+0000"},
		{"required", with(`"category":""`), 422, "/category", "required", "wymagane", "required"},
		{"required nested", with(`"name":{}`), 422, "/name/pl", "required", "wymagane", "required"},
		{"too long", with(`"name":{"pl":"123456789012345678901"}`), 422, "/name/pl", "range", "liczba znaków: najwyżej 20", "number of characters: at most 20"},
		{"code list", with(`"category":"zoo"`), 422, "/category", "vocabulary", "Dozwolone wartości: park, museum, trail", "Allowed values: park, museum, trail"},
		{"oneof", with(`"surface":"mud"`), 422, "/surface", "vocabulary", "grass, hard court", "grass, hard court"},
		{"range", with(`"capacity":100001`), 422, "/capacity", "range", "najwyżej 100000", "at most 100000"},
		{"negative", with(`"length":-1`), 422, "/length", "range", "najmniej 0", "at least 0"},
		{"email", with(`"contact":"a"`), 422, "/contact", "format", "e-mail", "e-mail"},
		{"url", with(`"website":"javascript:1"`), 422, "/website", "format", "http", "http"},
		{"too many", with(`"tags":["aa","bb","cc","dd"]`), 422, "/tags", "range", "elementów: najwyżej 3", "items: at most 3"},
		{"repeated", with(`"tags":["aa","aa"]`), 422, "/tags", "unique", "powtarzać", "repeat"},
		{"item too short", with(`"tags":["aa","b"]`), 422, "/tags/1", "range", "najmniej 2", "at least 2"},
		{"item of a list of objects", with(`"stops":[{"place_id":1},{"place_id":-1}]`), 422, "/stops/1/place_id", "range", "najmniej 1", "at least 1"},
		{"value of a map", with(`"refs":{"a/b":"123456"}`), 422, "/refs/a~1b", "range", "najwyżej 5", "at most 5"},
		{"embedded and relation", with(`"from":2000,"to":1999`), 422, "/to", "relation", "pole from", "the field from"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for lang, want := range map[string]string{"pl": tt.pl, "en": tt.en} {
				w := f.send("POST", "/api/v1/samples", tt.body, "Content-Type: application/json", "Accept-Language: "+lang)
				p := problemIn(t, w)
				if w.Code != tt.status || w.Header().Get("Content-Language") != lang {
					t.Errorf("got status %d in %s, want %d in %s; %s", w.Code, w.Header().Get("Content-Language"), tt.status, lang, w.Body)
				}
				said := p.Detail
				if tt.code != "" {
					if len(p.Errors) != 1 || p.Errors[0].Pointer == nil {
						t.Fatalf("got errors %s, want one with a pointer", w.Body)
					}
					e := p.Errors[0]
					if *e.Pointer != tt.pointer || e.Code != tt.code {
						t.Errorf("got %q at %q, want %q at %q", e.Code, *e.Pointer, tt.code, tt.pointer)
					}
					said = e.Detail
				}
				if !strings.Contains(said, want) {
					t.Errorf("got %q, want it to contain %q", said, want)
				}
			}
		})
	}
}

func TestCreateTakesGoodBody(t *testing.T) {
	f := newFixture(t)
	w := f.send("POST", "/api/v1/samples", goodBody, "Content-Type: application/json; charset=UTF-8")
	if w.Code != http.StatusCreated || w.Header().Get("ETag") != `"v1"` || w.Header().Get("Location") != "/api/v1/samples/1" {
		t.Errorf("got %d %v, want 201 with ETag and Location; %s", w.Code, w.Header(), w.Body)
	}
	if !strings.Contains(w.Body.String(), `"tags":["ab"]`) {
		t.Errorf("got %s, want the tags back", w.Body)
	}
}

func TestBodyMediaTypeAndSize(t *testing.T) {
	f := newFixture(t)
	tests := []struct {
		name, method, target, body string
		headers                    []string
		status                     int
	}{
		{"no type", "POST", "/api/v1/samples", goodBody, nil, 415},
		{"form", "POST", "/api/v1/samples", goodBody, []string{"Content-Type: application/x-www-form-urlencoded"}, 415},
		{"merge patch for a create", "POST", "/api/v1/samples", goodBody, []string{"Content-Type: application/merge-patch+json"}, 415},
		{"other charset", "POST", "/api/v1/samples", goodBody, []string{"Content-Type: application/json; charset=iso-8859-2"}, 415},
		{"compressed", "POST", "/api/v1/samples", goodBody, []string{"Content-Type: application/json", "Content-Encoding: gzip"}, 415},
		{"json for a patch", "PATCH", "/api/v1/samples/1", `{}`, []string{"Content-Type: application/json", `If-Match: "v3"`}, 415},
		{"too large", "POST", "/api/v1/samples", strings.Repeat(" ", DefaultBodyLimit+1), []string{"Content-Type: application/json"}, 413},
		{"stream too large", "POST", "/api/v1/raw", "12345678901", []string{"Content-Type: text/csv"}, 413},
		{"stream of another type", "POST", "/api/v1/raw", "1", []string{"Content-Type: text/html"}, 415},
		{"multipart that is not", "POST", "/api/v1/upload", "x", []string{"Content-Type: multipart/form-data; boundary=b"}, 400},
		{"multipart that breaks off", "POST", "/api/v1/upload", "--b\r\n\r\nabc", []string{"Content-Type: multipart/form-data; boundary=b"}, 400},
		{"multipart without boundary", "POST", "/api/v1/upload", "x", []string{"Content-Type: multipart/form-data"}, 400},
	}
	for _, tt := range tests {
		w := f.send(tt.method, tt.target, tt.body, tt.headers...)
		if p := problemIn(t, w); w.Code != tt.status || p.Detail == "" {
			t.Errorf("%s: got %d %q, want %d with a detail", tt.name, w.Code, p.Detail, tt.status)
		}
	}
	// A body without a length is only measured as it is read.
	r, _ := http.NewRequest("POST", "/api/v1/samples", struct{ *strings.Reader }{strings.NewReader(strings.Repeat(" ", DefaultBodyLimit+1))})
	r.Header.Set("Content-Type", "application/json")
	r.ContentLength = -1
	w := newRecorder()
	f.engine.ServeHTTP(w, r)
	if w.Code != 413 {
		t.Errorf("got %d for a body of unknown length over the limit, want 413", w.Code)
	}
	if w := f.send("POST", "/api/v1/raw", "1234567890", "Content-Type: text/csv"); w.Code != 200 || w.Body.String() != `{"bytes":10}` {
		t.Errorf("got %d %s, want 10 bytes taken", w.Code, w.Body)
	}
	form := "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nabc\r\n--b--\r\n"
	if w := f.send("POST", "/api/v1/upload", form, "Content-Type: multipart/form-data; boundary=b"); w.Body.String() != `{"bytes":3}` {
		t.Errorf("got %d %s, want 3 bytes taken", w.Code, w.Body)
	}
}

func TestParametersAreStrict(t *testing.T) {
	f := newFixture(t)
	tests := []struct {
		query, parameter, code, pl, en string
	}{
		{"colour=red", "colour", "unknown", "Dozwolone: ids, limit, near, open, q, since, sort, tags", "Allowed: ids, limit, near, open, q, since, sort, tags"},
		{"Limit=1", "Limit", "unknown", "Nieznany", "Unknown"},
		{"limit=1&limit=2", "limit", "repeated", "tylko raz", "only once"},
		{"limit=ten", "limit", "type", "liczby całkowitej", "an integer"},
		{"limit=", "limit", "type", "liczby całkowitej", "an integer"},
		{"limit=%2B1", "limit", "type", "liczby całkowitej", "an integer"},
		{"limit=0", "limit", "range", "najmniej 1", "at least 1"},
		{"limit=501", "limit", "range", "najwyżej 500", "at most 500"},
		{"near=NaN", "near", "type", "liczby", "a number"},
		{"near=Inf", "near", "type", "liczby", "a number"},
		{"near=0x1p-2", "near", "type", "liczby", "a number"},
		{"near=1e999", "near", "type", "liczby", "a number"},
		{"open=1", "open", "type", "true albo false", "true or false"},
		{"since=May", "since", "type", "2026-05-01", "2026-05-01"},
		{"ids=1,x", "ids", "type", "liczby całkowitej", "an integer"},
		{"sort=age", "sort", "vocabulary", "name, -name", "name, -name"},
		{"tags=park,zoo", "tags", "vocabulary", "park, museum, trail", "park, museum, trail"},
		{"q=12345678901", "q", "range", "najwyżej 10", "at most 10"},
	}
	for _, tt := range tests {
		for lang, want := range map[string]string{"pl": tt.pl, "en": tt.en} {
			w := f.send("GET", "/api/v1/samples?"+tt.query, "", "Accept-Language: "+lang)
			p := problemIn(t, w)
			if w.Code != 400 || len(p.Errors) != 1 || p.Errors[0].Parameter != tt.parameter || p.Errors[0].Code != tt.code ||
				p.Errors[0].Pointer != nil || !strings.Contains(p.Errors[0].Detail, want) {
				t.Errorf("%s: got %d %s, want 400 %s %s %q", tt.query, w.Code, w.Body, tt.parameter, tt.code, want)
			}
		}
	}
	for _, query := range []string{"q=%zz", "q=%ff", "q=%00", "a;b"} {
		if w := f.send("GET", "/api/v1/samples?"+query, ""); problemIn(t, w).Status != 400 {
			t.Errorf("%s: got %d, want 400", query, w.Code)
		}
	}
	if w := f.send("GET", "/api/v1/samples?limit=x&near=y&zoom=1", ""); len(problemIn(t, w).Errors) != 3 {
		t.Errorf("got %s, want all three faults at once", w.Body)
	}
	w := f.send("GET", "/api/v1/samples", "", "X-Client: 123456")
	if p := problemIn(t, w); w.Code != 400 || p.Errors[0].Parameter != "X-Client" {
		t.Errorf("got %d %s, want 400 about X-Client", w.Code, w.Body)
	}
	if w := f.send("GET", "/api/v1/samples/1?x=1", ""); !strings.Contains(problemIn(t, w).Errors[0].Detail, "nie przyjmuje parametrów") {
		t.Errorf("got %s, want that the address takes no parameters", w.Body)
	}
}

func TestParametersAreRead(t *testing.T) {
	f := newFixture(t)
	var got listIn
	route := Handle("GET", "/api/v1/echo", Doc{ID: "echo", Tag: "t", Summary: text2("a", "b")}, echo(&got))
	if err := Mount(f.engine, []Route{route}, Settings{}); err != nil {
		t.Fatal(err)
	}
	w := f.send("GET", "/api/v1/echo?q=a%20b&tags=park,trail&tags=museum&ids=1,2&open=false&near=-1.5&since=2026-05-01&sort=-name", "", "X-Client: app")
	if w.Code != 204 {
		t.Fatalf("got %d %s, want 204", w.Code, w.Body)
	}
	if got.Q != "a b" || !reflect.DeepEqual(got.Tags, []string{"park", "trail", "museum"}) || !reflect.DeepEqual(got.IDs, []int64{1, 2}) ||
		got.Open == nil || *got.Open || got.Near != -1.5 || got.Since == nil || got.Since.day.Day() != 1 || got.Sort != "-name" ||
		got.Limit != 2 || got.Version != "app" {
		t.Errorf("got %+v, want every parameter read and limit by default 2", got)
	}
}

func TestPathNumbersNameSomething(t *testing.T) {
	f := newFixture(t)
	for _, id := range []string{"0", "-1", "x", "1.0", "+1", "99999999999999999999", "%00", "2"} {
		if w := f.send("GET", "/api/v1/samples/"+id, ""); problemIn(t, w).Status != 404 {
			t.Errorf("id %s: got %d, want 404", id, w.Code)
		}
	}
}

func TestDecodeErrorKeepsPlaceOfInnerError(t *testing.T) {
	var out struct {
		Inner inner `json:"inner"`
	}
	err := DecodeJSON([]byte(`{"inner":1}`), &out)
	e, ok := err.(*models.Error)
	if !ok || len(e.Fields) != 1 || e.Fields[0].Pointer != "/inner/a" {
		t.Errorf("got %v, want a fault at /inner/a", err)
	}
}

type inner struct{}

func (*inner) UnmarshalJSON([]byte) error { return models.Invalid("/a", "x", "Źle.", "Wrong.") }

func TestPlanRefusesWhatCannotBeBound(t *testing.T) {
	types := []any{
		struct{ A string }{},
		struct {
			A map[string]string `query:"a"`
		}{},
		struct {
			A **int `query:"a"`
		}{},
		struct {
			A int `body:"xml"`
		}{},
		struct {
			A int `body:"merge-patch"`
		}{},
		struct {
			A int `body:"json"`
			B int `body:"json"`
		}{},
	}
	for _, v := range types {
		if _, err := planInput(reflect.TypeOf(v)); err == nil {
			t.Errorf("got no error for %T, want one", v)
		}
	}
}

func TestCheckRoutesFindsFaultsOfTheTable(t *testing.T) {
	good := Doc{ID: "a", Tag: "t", Summary: text2("a", "b")}
	type badTag struct {
		A string `query:"a" validate:"isbn"`
	}
	tests := map[string][]Route{
		"no message":      {Handle("GET", "/a", good, echo(new(badTag)))},
		"path not bound":  {Handle("GET", "/a/{id}", good, echo(new(struct{})))},
		"path not there":  {Handle("GET", "/a", good, echo(new(oneIn)))},
		"gin's path":      {Handle("GET", "/a/:id", good, echo(new(struct{})))},
		"part of segment": {Handle("GET", "/a/{id}.json", good, echo(new(oneIn)))},
		"two of one ID":   {Handle("GET", "/a", good, echo(new(struct{}))), Handle("GET", "/b", good, echo(new(struct{})))},
		"missing summary": {Handle("GET", "/a", Doc{ID: "a", Tag: "t"}, echo(new(struct{})))},
	}
	for name, routes := range tests {
		if err := CheckRoutes(routes); err == nil {
			t.Errorf("%s: got no error, want one", name)
		}
	}
	if err := CheckRoutes(sampleRoutes()); err != nil {
		t.Errorf("got %v for the sample routes, want nil", err)
	}
}

func TestEveryMessageIsBilingual(t *testing.T) {
	for tag := range ruleMessages {
		code, text, ok := ruleMessage(tag, "1", reflect.TypeFor[string](), reflect.TypeFor[sampleInput]())
		if !ok || code == "" || text.PL == "" || text.EN == "" || text.PL == text.EN || strings.Contains(text.PL+text.EN, "%!") {
			t.Errorf("tag %s: got %q %+v, want a code and two texts", tag, code, text)
		}
		if !strings.HasSuffix(text.PL, ".") || !strings.HasSuffix(text.EN, ".") {
			t.Errorf("tag %s: got %+v, want sentences", tag, text)
		}
	}
}

func TestRegisterCodesRefusesTakenTag(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("got no panic, want one for a tag that is taken")
		}
	}()
	RegisterCodes("email", nil, nil)
}

func FuzzBind(f *testing.F) {
	f.Add(goodBody)
	f.Add(`{"point":{"type":"Point","coordinates":[1,91]},"stops":[{}]}`)
	f.Add("{\"name\":{\"pl\":\"\\u0000\"}}")
	f.Fuzz(func(t *testing.T, body string) {
		var in sampleInput
		err := DecodeJSON([]byte(body), &in)
		if err == nil {
			// What was taken can be written and is taken again.
			again, err := json.Marshal(in, outputOptions)
			if err != nil {
				t.Fatalf("got %v writing what was read from %q", err, body)
			}
			var second sampleInput
			if err := DecodeJSON(again, &second); err != nil {
				t.Fatalf("got %v reading back %s, want it taken", err, again)
			}
			return
		}
		e, ok := err.(*models.Error)
		if !ok || e.Code != models.CodeMalformed && e.Code != models.CodeInvalid || e.Message.PL == "" || e.Message.EN == "" {
			t.Fatalf("got %#v, want a malformed or invalid error in two languages", err)
		}
		for _, field := range e.Fields {
			if field.Message.PL == "" || field.Message.EN == "" || field.Code == "" {
				t.Fatalf("got %+v, want a code and two texts", field)
			}
		}
	})
}

func FuzzQuery(f *testing.F) {
	f.Add("limit=1&tags=a,b&q=%20")
	fx := newFixture(f)
	f.Fuzz(func(t *testing.T, query string) {
		r := requestFor(query)
		w := newRecorder()
		fx.engine.ServeHTTP(w, r)
		if w.Code != 200 && w.Code != 400 {
			t.Fatalf("got %d for %q, want 200 or 400", w.Code, query)
		}
	})
}
