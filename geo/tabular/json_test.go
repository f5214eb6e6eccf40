package tabular

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wolnica/geo"
)

// readJSON gives the columns and the rows of a file of objects; a row that is wrong is its problem's code.
func readJSON(t *testing.T, text, records string) (columns []string, rows [][]string, err error) {
	t.Helper()
	s, err := OpenJSON(strings.NewReader(text), int64(len(text)), records)
	if err != nil {
		return nil, nil, err
	}
	for {
		row, err := s.Next()
		if err == io.EOF {
			return columns, rows, nil
		}
		if err != nil {
			return columns, rows, err
		}
		columns = row.Columns.Names()
		values := append([]string{}, row.Values...)
		if p := (*geo.Problem)(nil); errors.As(row.Err, &p) {
			values = []string{p.Code}
		}
		rows = append(rows, values)
	}
}

func TestArraysOfObjectsAreTables(t *testing.T) {
	columns, rows, err := readJSON(t, "\ufeff"+`{"source": {"a": 1}, "venues": [
		{"name": "Magistrat \"główny\"", "adaptations": ["podjazd", "winda"], "lat": 50.0500, "open": true, "none": null},
		{"more": {"b": [1, 2]}, "name": "Drugi", "adaptations": [["a"], "b"]}, 7], "after": []}`, "venues")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"name", "adaptations", "lat", "open", "none", "more"}, columns); diff != "" {
		t.Error(diff)
	}
	want := [][]string{{`Magistrat "główny"`, "podjazd\nwinda", "50.0500", "true", ""}, {"Drugi", `[["a"],"b"]`, "", "", "", `{"b":[1,2]}`}, {"type"}}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
	if _, rows, err := readJSON(t, `[{"a":1}]`, ""); err != nil || len(rows) != 1 {
		t.Errorf("got %v, %v for a bare array", rows, err)
	}
	if _, rows, err := readJSON(t, `{"x":[],"data":{"y":2,"items":[{"a":1}],"z":3},"w":4}`, "data.items"); err != nil || len(rows) != 1 {
		t.Errorf("got %v, %v for a nested array", rows, err)
	}
}

func TestFilesThatAreNoArrayOfObjectsAreExplained(t *testing.T) {
	for _, tt := range []struct{ text, records, code string }{
		{"", "", "empty"},
		{"name;value\n", "", "malformed"},
		{`{"a":1}`, "", "records"},
		{`{"a":1}`, "venues", "records"},
		{`{"venues":{"a":1}}`, "venues", "records"},
		{`[{"a":1}]`, "venues", "records"},
		{`{"venues":[{"a":1}`, "venues", "truncated"},
		{`{"venues":[{"a":1}]`, "venues", "truncated"},
		{`{"venues":[{"a":1,}]}`, "venues", "malformed"},
		{`{"venues":[{"a":1,"a":2}]}`, "venues", "duplicate"},
		{`{"venues":[],"venues":[]}`, "venues", "duplicate"},
		{`{"venues":[]}{}`, "venues", "malformed"},
		{"[\"\xff\"]", "", "malformed"},
		{`["` + strings.Repeat("a", 17<<20) + `"]`, "", "too_large"},
	} {
		_, _, err := readJSON(t, tt.text, tt.records)
		if p := (*geo.Problem)(nil); !errors.As(err, &p) || p.Code != tt.code || p.PL == "" {
			t.Errorf("%.60q at %q: got %v, want the problem %s", tt.text, tt.records, err, tt.code)
		}
	}
}

func FuzzJSON(f *testing.F) {
	f.Add(`{"venues":[{"a":["b",1,null],"c":{"d":1}}],"x":2}`, "venues")
	f.Add(`[{"a":1},2,[]]`, "")
	f.Fuzz(func(t *testing.T, text, records string) {
		_, rows, err := readJSON(t, text, records)
		if p := (*geo.Problem)(nil); err != nil && !errors.As(err, &p) {
			t.Errorf("%q: got %v with %d rows, want a problem in both languages", text, err, len(rows))
		}
	})
}
