package store

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"
	"pgregory.net/rapid"

	"wolnica/models"
)

// auditNamesOf are the names of a record's audit form.
func auditNamesOf(record any) []string {
	var names []string
	r := reflect.TypeOf(record)
	for i := range r.NumField() {
		if name, _, _ := strings.Cut(r.Field(i).Tag.Get("json"), ","); name != "-" && !r.Field(i).Anonymous {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func TestImportsWriteEveryAuditedColumnOfPlaces(t *testing.T) {
	var got []string
	for _, c := range importColumns {
		got = append(got, c.name)
	}
	slices.Sort(got)
	if diff := cmp.Diff(auditNamesOf(models.Place{}), got); diff != "" {
		t.Errorf("columns: -audit +import\n%s", diff)
	}
}

func TestImportsWriteEveryAuditedColumnOfParts(t *testing.T) {
	for _, table := range partTables {
		var got []string
		for _, c := range slices.Concat(table.texts, table.others) {
			if c != "register_numbers" {
				got = append(got, auditName(c))
			}
		}
		slices.Sort(got)
		// imports write parts of places, not facts of a product's segments
		want := slices.DeleteFunc(auditNamesOf(reflect.ValueOf(table.fresh()).Elem().Interface()), func(name string) bool {
			return slices.Contains([]string{"product_id", "segment_from", "segment_to"}, name)
		})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -audit +import\n%s", table.name, diff)
		}
	}
}

// anyPlace draws a place whose fields may be anything a text or a number may be.
func anyPlace(t *rapid.T, label string) *models.Place {
	p := &models.Place{}
	v := reflect.ValueOf(p).Elem()
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", `"`, "<b>&", "Łąka\n\t", "\u2028", `\`}))
	for i := range v.NumField() {
		if name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ","); name == "-" || v.Type().Field(i).Anonymous {
			continue
		}
		some := rapid.Bool().Draw(t, label+v.Type().Field(i).Name)
		switch f := v.Field(i).Addr().Interface().(type) {
		case *string:
			*f = text.Draw(t, label)
		case **string:
			if some {
				*f = new(text.Draw(t, label))
			}
		case **int:
			if some {
				*f = new(rapid.IntRange(-1<<31, 1<<31-1).Draw(t, label))
			}
		case **int64:
			if some {
				*f = new(rapid.Int64Range(-1<<53, 1<<53).Draw(t, label))
			}
		case **float64:
			if some {
				*f = new(rapid.Float64().Draw(t, label))
			}
		}
	}
	p.Geom.T = geom.NewPointFlat(geom.XY, []float64{rapid.Float64Range(-180, 180).Draw(t, label), rapid.Float64Range(-90, 90).Draw(t, label)})
	return p
}

func TestAppendedDiffsAreThoseOfTheAudit(t *testing.T) {
	decoded := func(t *rapid.T, b []byte) map[string]any {
		var m map[string]any
		if err := json.Unmarshal(b, &m); err != nil {
			t.Fatalf("diff %s: %v", b, err)
		}
		return m
	}
	audit := func(t *rapid.T, old, now *models.Place) map[string]any {
		var before map[string]any
		var err error
		if old != nil {
			if before, err = auditState(old); err != nil {
				t.Fatal(err)
			}
		}
		after, err := auditState(now)
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(diff(before, after))
		if err != nil {
			t.Fatal(err)
		}
		return decoded(t, b)
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyPlace(t, "a"), anyPlace(t, "b")
		if rapid.Bool().Draw(t, "same name") {
			b.NamePL = a.NamePL
		}
		if d := cmp.Diff(audit(t, nil, a), decoded(t, appendCreation(nil, a))); d != "" {
			t.Errorf("creation: -audit +appended\n%s", d)
		}
		var columns []*importColumn
		for _, c := range importColumns {
			if !c.equal(a, b) {
				columns = append(columns, c)
			}
		}
		if d := cmp.Diff(audit(t, a, b), decoded(t, appendChange(nil, columns, a, b))); d != "" {
			t.Errorf("change: -audit +appended\n%s", d)
		}
		merged := *a
		for _, c := range columns {
			c.assign(&merged, b)
		}
		if d := cmp.Diff(audit(t, nil, b), audit(t, nil, &merged)); d != "" {
			t.Errorf("assigning what differs: -want +got\n%s", d)
		}
	})
}

func TestOnlyProtectionsInForceAndTheLatestInspectionAreDerived(t *testing.T) {
	day := func(s string) *models.Date {
		d, err := models.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return &d
	}
	parts := []ImportPart{
		{Part: &models.Protection{Code: "register"}},
		{Part: &models.Protection{Code: "municipal", EndedOn: day("2020-01-01")}},
		{Part: &models.Protection{Code: "local_plan", EndedOn: day("2030-01-01")}},
		{Part: &models.Inspection{Grade: "poor", InspectedOn: *day("2021-05-05")}},
		{Part: &models.Inspection{Grade: "good", InspectedOn: *day("2022-05-05")}},
		{Part: &models.Inspection{Grade: "not_assessed", InspectedOn: *day("2023-05-05")}},
	}
	protections, grade, inspected := derived(parts, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	if diff := cmp.Diff([]string{"local_plan", "register"}, protections); diff != "" {
		t.Errorf("protections: -want +got\n%s", diff)
	}
	if grade != "good" || inspected.String() != "2022-05-05" {
		t.Errorf("got %s of %s, want good of 2022-05-05", grade, inspected)
	}
}
