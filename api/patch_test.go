package api

import (
	stdjson "encoding/json"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"wolnica/models"
)

func TestMergePatchFollowsRFC7396(t *testing.T) {
	// The object cases of RFC 7396, appendix A, and what this registry adds.
	tests := []struct{ current, patch, want string }{
		{`{"a":"b"}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"b"}`, `{"b":"c"}`, `{"a":"b","b":"c"}`},
		{`{"a":"b"}`, `{"a":null}`, `{}`},
		{`{"a":"b","b":"c"}`, `{"a":null}`, `{"b":"c"}`},
		{`{"a":["b"]}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"c"}`, `{"a":["b"]}`, `{"a":["b"]}`},
		{`{"a":{"b":"c"}}`, `{"a":{"b":"d","c":null}}`, `{"a":{"b":"d"}}`},
		{`{"a":[{"b":"c"}]}`, `{"a":[1]}`, `{"a":[1]}`},
		{`{"e":null}`, `{"a":1}`, `{"e":null,"a":1}`},
		{`[1,2]`, `{"a":"b","c":null}`, `{"a":"b"}`},
		{`{}`, `{"a":{"bb":{"ccc":null}}}`, `{"a":{"bb":{}}}`},
		{`{"n":1.10}`, `{"m":12345678901234567890}`, `{"n":1.10,"m":12345678901234567890}`},
		{`{"a":[1]}`, `{"a":[null]}`, `{"a":[null]}`},
	}
	for _, tt := range tests {
		got, err := MergePatch([]byte(tt.current), []byte(tt.patch))
		if err != nil || string(got) != tt.want {
			t.Errorf("MergePatch(%s, %s): got %s, %v, want %s", tt.current, tt.patch, got, err, tt.want)
		}
	}
}

func TestMergePatchIsStrict(t *testing.T) {
	tests := map[string]models.Code{
		`[]`: models.CodeInvalid, `null`: models.CodeInvalid, `"a"`: models.CodeInvalid,
		``: models.CodeMalformed, `{`: models.CodeMalformed, `{"a":1,"a":2}`: models.CodeMalformed,
		`{"a":[{"b":1,"b":1}]}`: models.CodeMalformed, `{} {}`: models.CodeMalformed, `{}x`: models.CodeMalformed,
	}
	for patch, want := range tests {
		if _, err := MergePatch([]byte(`{}`), []byte(patch)); models.CodeOf(err) != want {
			t.Errorf("patch %s: got %v, want %s", patch, err, want)
		}
	}
}

func TestPatchRoute(t *testing.T) {
	f := newFixture(t)
	tests := []struct {
		name, patch, ifMatch string
		status               int
		want                 string
	}{
		{"change", `{"name":{"en":"Green belt"},"capacity":5}`, `"v3"`, 200, `"name":{"pl":"Planty","en":"Green belt"}`},
		{"remove", `{"from":null}`, `"v3"`, 200, `"to":1830`},
		{"nothing", `{}`, `"v3"`, 200, `"id":1`},
		{"remove what is required", `{"name":{"pl":null}}`, `"v3"`, 422, `"pointer":"/name/pl"`},
		{"wrong value", `{"stops":[{"place_id":0}]}`, `"v3"`, 422, `"pointer":"/stops/0/place_id"`},
		{"unknown", `{"colour":null}`, `"v3"`, 400, `"pointer":"/colour"`},
		{"unknown nested", `{"name":{"de":null}}`, `"v3"`, 400, `"pointer":"/name/de"`},
		{"not an object", `[]`, `"v3"`, 422, `"code":"type"`},
		{"repeated", `{"from":1,"from":1}`, `"v3"`, 400, `"code":"duplicate"`},
		{"NUL", `{"category":"\u0000"}`, `"v3"`, 422, `"pointer":"/category"`},
		{"stale", `{}`, `"v2"`, 412, `"current_version":3`},
		{"missing If-Match", `{}`, ``, 428, `If-Match`},
		{"malformed If-Match", `{}`, `3`, 400, `"parameter":"If-Match"`},
	}
	for _, tt := range tests {
		headers := []string{"Content-Type: application/merge-patch+json"}
		if tt.ifMatch != "" {
			headers = append(headers, "If-Match: "+tt.ifMatch)
		}
		w := f.send("PATCH", "/api/v1/samples/1", tt.patch, headers...)
		if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.want) {
			t.Errorf("%s: got %d %s, want %d with %s", tt.name, w.Code, w.Body, tt.status, tt.want)
		}
	}
}

func TestPatchNames(t *testing.T) {
	p, err := ParsePatch[sampleInput]([]byte(`{"name":{"en":null},"refs":{"a/b":"x"}}`))
	if err != nil {
		t.Fatal(err)
	}
	for pointer, want := range map[string]bool{"/name": true, "/name/en": true, "/name/pl": false, "/refs/a~1b": true, "/tags": false} {
		if got := p.Names(pointer); got != want {
			t.Errorf("Names(%q): got %v, want %v", pointer, got, want)
		}
	}
}

// reference is the pseudocode of RFC 7396 on decoded values.
func reference(target, patch any) any {
	changes, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	out, ok := target.(map[string]any)
	if !ok {
		out = map[string]any{}
	}
	for name, value := range changes {
		if value == nil {
			delete(out, name)
		} else {
			out[name] = reference(out[name], value)
		}
	}
	return out
}

func TestMergePatchEqualsReference(t *testing.T) {
	name := rapid.SampledFrom([]string{"a", "b", "c", "ą", `"`})
	leaf := rapid.SampledFrom([]any{nil, true, "x", "ż", 1.5, []any{}, []any{1.0, nil}})
	var object func(depth int) *rapid.Generator[any]
	object = func(depth int) *rapid.Generator[any] {
		value := leaf
		if depth > 0 {
			value = rapid.OneOf(leaf, object(depth-1))
		}
		return rapid.Map(rapid.MapOfN(name, value, 0, 4), func(m map[string]any) any { return m })
	}
	rapid.Check(t, func(t *rapid.T) {
		current, patch := object(3).Draw(t, "current"), object(3).Draw(t, "patch")
		a, _ := stdjson.Marshal(current)
		b, _ := stdjson.Marshal(patch)
		merged, err := MergePatch(a, b)
		if err != nil {
			t.Fatal(err)
		}
		var got, before any
		if err := stdjson.Unmarshal(merged, &got); err != nil {
			t.Fatal(err)
		}
		_ = stdjson.Unmarshal(a, &before)
		if want := reference(before, patch); !reflect.DeepEqual(got, want) {
			t.Fatalf("MergePatch(%s, %s): got %v, want %v", a, b, got, want)
		}
	})
}

func FuzzMergePatch(f *testing.F) {
	f.Add(`{"a":{"b":1}}`, `{"a":{"b":null,"c":[1]}}`)
	f.Add(`{}`, `[`)
	f.Fuzz(func(t *testing.T, current, patch string) {
		got, err := MergePatch([]byte(current), []byte(patch))
		if err != nil {
			if _, ok := err.(*models.Error); !ok {
				t.Fatalf("got %T %v, want a models.Error", err, err)
			}
			return
		}
		var a, b, merged any
		if stdjson.Unmarshal([]byte(current), &a) != nil || stdjson.Unmarshal([]byte(patch), &b) != nil {
			return // a number that float64 cannot hold
		}
		if err := stdjson.Unmarshal(got, &merged); err != nil {
			t.Fatalf("got %s, which is not JSON: %v", got, err)
		}
		if want := reference(a, b); !reflect.DeepEqual(merged, want) {
			t.Fatalf("MergePatch(%s, %s): got %v, want %v", current, patch, merged, want)
		}
		again, err := MergePatch(got, []byte(patch))
		if err != nil || string(again) != string(got) {
			t.Fatalf("got %s applying the patch twice, want %s as after once", again, got)
		}
	})
}
