package v1_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"wolnica/api/apitest"
	"wolnica/models"
	"wolnica/models/plan"
)

const ratesPath, assumptionsPath = "/api/v1/planning/unit-rates", "/api/v1/planning/assumptions"

// byCode is the item of a list with the code.
func byCode(t *testing.T, c *apitest.Client, path, code string) map[string]any {
	t.Helper()
	for _, of := range c.Get(path).Want(200).At("items").([]any) {
		if m := of.(map[string]any); m["code"] == code {
			return m
		}
	}
	t.Fatalf("there is no %s in %s", code, path)
	return nil
}

// recordPath is the path of the record with the code.
func recordPath(t *testing.T, c *apitest.Client, path, code string) string {
	t.Helper()
	return fmt.Sprintf("%s/%.0f", path, byCode(t, c, path, code)["id"])
}

func TestTheRegistryBeginsWithTheShippedRatesAndAssumptions(t *testing.T) {
	c := apitest.New(t).Admin()
	rates := map[string]string{}
	for _, of := range c.Get(ratesPath).Want(200).At("items").([]any) {
		m := of.(map[string]any)
		for _, key := range []string{"id", "version", "created_at", "updated_at"} {
			if m[key] == nil {
				t.Errorf("%v has no %s", m["code"], key)
			}
			delete(m, key)
		}
		b, _ := json.Marshal(m)
		rates[m["code"].(string)] = string(b)
	}
	shipped := plan.UnitRates()
	if len(rates) != len(shipped) {
		t.Errorf("got %d rates, want %d", len(rates), len(shipped))
	}
	for _, r := range shipped {
		b, _ := json.Marshal(r)
		var m map[string]any
		if err := json.Unmarshal(b, &m); err != nil {
			t.Fatal(err)
		}
		if want, _ := json.Marshal(m); rates[r.Code] != string(want) {
			t.Errorf("got %s, want %s", rates[r.Code], want)
		}
	}

	values := plan.ShippedAssumptions().Values()
	items := c.Get(assumptionsPath).Want(200).At("items").([]any)
	if len(items) != len(values) {
		t.Errorf("got %d assumptions, want %d", len(items), len(values))
	}
	for _, of := range items {
		m := of.(map[string]any)
		if want, known := values[m["code"].(string)]; !known || m["value"] != want || m["shipped"] != want {
			t.Errorf("%v is %v, shipped %v, want %v", m["code"], m["value"], m["shipped"], want)
		}
		if !models.AssumptionGroups.Has(m["group"].(string)) || !models.AssumptionUnits.Has(m["unit"].(string)) {
			t.Errorf("%v: group %v, unit %v", m["code"], m["group"], m["unit"])
		}
		if m["proposal"] != (m["source"].(map[string]any)["pl"] == models.ProposedByWolnica.PL) || m["label"].(map[string]any)["en"] == "" {
			t.Errorf("got %v", m)
		}
	}
}
