package v1_test

import (
	"strings"
	"testing"

	"wolnica/api/apitest"
	"wolnica/models"
	"wolnica/models/access"
)

func TestTheTablesOfAccessAreReadWhole(t *testing.T) {
	anybody := apitest.New(t).Anonymous()
	a := anybody.Get("/api/v1/access/attributes").Want(200)
	rows := a.At("attributes").([]any)
	if len(rows) != len(models.AccessAttributes()) || len(a.At("links").([]any)) != len(models.AccessLinks.Entries) {
		t.Fatalf("got %d attributes, want all %d", len(rows), len(models.AccessAttributes()))
	}
	for i, want := range models.AccessAttributes() {
		got := rows[i].(map[string]any)
		label, help := got["label"].(map[string]any), got["help"].(map[string]any)
		if got["code"] != want.Code || label["pl"] == "" || label["en"] == "" || help["pl"] == "" || help["en"] == "" || got["shelf_years"] == 0.0 {
			t.Errorf("got %v, want %s in both languages", got, want.Code)
		}
		values, _ := got["values"].([]any)
		if len(values) != len(want.Values) {
			t.Errorf("%s: got the values %v, want %v", want.Code, values, want.Values)
		}
		for j, v := range values {
			entry := v.(map[string]any)
			if text := entry["label"].(map[string]any); entry["code"] != want.Values[j] || text["pl"] == "" || text["en"] == "" {
				t.Errorf("%s: got %v, want %s with labels", want.Code, entry, want.Values[j])
			}
		}
	}
	door := rows[access.DoorWidth].(map[string]any)
	if door["unit"] != "cm" || door["unit_code"] != "CMT" || door["min"] != 30.0 || door["osm"] != "door:width" || door["schema_org"] != "amenityFeature" {
		t.Errorf("got %v", door)
	}

	limits := anybody.Get("/api/v1/access/thresholds").Want(200)
	if got := limits.At("limits").([]any); limits.At("rules") != access.RulesVersion || len(got) != len(access.Thresholds()) || !strings.Contains(string(limits.Body),
		`{"profile":"wheelchair","link":"entrance","attribute":"door_width","label":{"pl":"szerokość drzwi w świetle","en":"clear width of the door"},"unit":"cm","yes":">= 90","with_help":">= 70","source":{"pl":"Acceslibre`) {
		t.Errorf("got %s", limits.Body)
	}

	fixes := anybody.Get("/api/v1/access/fixes").Want(200)
	if got := fixes.At("fixes").([]any); len(got) != len(access.StandardFixes()) {
		t.Errorf("got %d fixes", len(got))
	}
	for i, f := range access.StandardFixes() {
		if f.Code != "ramp" {
			continue
		}
		if fixes.At("fixes", i, "sets", 0, "value") != "fixed" || fixes.At("fixes", i, "sets", 1, "value") != 6.0 || fixes.At("fixes", i, "cost", "estimate") != true ||
			fixes.At("fixes", i, "cost", "high_pln") != 80000.0 || fixes.At("fixes", i, "conservator_consent") != true || fixes.At("fixes", i, "links", 1) != "entrance" {
			t.Errorf("got %v", fixes.At("fixes", i))
		}
	}

	profiles := anybody.Get("/api/v1/access/profiles").Want(200)
	if len(profiles.At("profiles").([]any)) != len(models.AccessProfiles.Entries) || profiles.At("profiles", 3, "own_limits", 0) != "width_cm" ||
		profiles.At("profiles", 5, "links", 0) != "services" {
		t.Errorf("got %s", profiles.Body)
	}
}
