package models_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"wolnica/models"
)

func TestStringArrayReadsWhatItWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := models.StringArray(rapid.SliceOf(rapid.OneOf(rapid.String(), rapid.StringMatching(`[,"\\{} a]{0,6}`))).Draw(t, "array"))
		v, err := want.Value()
		if err != nil {
			t.Fatal(err)
		}
		for _, src := range []any{v, []byte(v.(string))} {
			got := models.StringArray{"left over"}
			if err := got.Scan(src); err != nil || !slices.Equal(got, want) {
				t.Fatalf("got %q, %v from %q, want %q", got, err, v, want)
			}
		}
	})
}

// The forms PostgreSQL writes: quotes only where they are needed.
func TestStringArrayReadsPostgreSQL(t *testing.T) {
	for text, want := range map[string]models.StringArray{
		`{}`: {}, `{a}`: {"a"}, `{a,b}`: {"a", "b"}, `{""}`: {""}, `{a,""}`: {"a", ""}, `{"",a}`: {"", "a"}, `{"a,b","c\"d","e\\f"," g "}`: {"a,b", `c"d`, `e\f`, " g "},
		`{zażółć,"NULL"}`: {"zażółć", "NULL"},
	} {
		var got models.StringArray
		if err := got.Scan(text); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: got %q, %v, want %q", text, got, err, want)
		}
	}
	var got models.StringArray
	if err := got.Scan(nil); err != nil || got == nil || len(got) != 0 {
		t.Errorf("got %v, %v from NULL, want an empty array", got, err)
	}
	for _, bad := range []any{"", "a", "{", "}", 7, "[a]"} {
		if err := got.Scan(bad); err == nil {
			t.Errorf("got %q from %v, want an error", got, bad)
		}
	}
}
