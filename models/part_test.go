package models_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"wolnica/models"
)

func TestRulesOfAProtection(t *testing.T) {
	valid := func() *models.Protection {
		return &models.Protection{PlaceID: 1, KindCode: "protection_form", Code: "register", NumberRaw: "A-3 /25.03.1931/  18.03.1973, A-178/M"}
	}
	checkRules(t, valid, []rule[*models.Protection]{
		{"unknown kind", func(p *models.Protection) { p.KindCode = "law" }, "/kind"},
		{"code of another kind", func(p *models.Protection) { p.KindCode = "inventory" }, "/code"},
		{"an inventory", func(p *models.Protection) { p.KindCode, p.Code, p.BasisPoint = "inventory", "municipal", new(3) }, ""},
		{"basis point 0", func(p *models.Protection) { p.BasisPoint = new(0) }, "/basis_point"},
		{"a long note", func(p *models.Protection) { p.Note = strings.Repeat("ż", 5001) }, "/note"},
		{"a day of the year after next", func(p *models.Protection) { p.EnteredOn, p.AgreedOn = aDate(t, "2028-01-01"), aDate(t, "2028-01-01") }, "/entered_on /agreed_on"},
		{"an end to come", func(p *models.Protection) { p.EndedOn = aDate(t, "2028-01-01") }, ""},
		{"ended before it began", func(p *models.Protection) { p.EnteredOn, p.EndedOn = aDate(t, "2000-01-02"), aDate(t, "2000-01-01") }, "/ended_on"},
		{"amended before it began", func(p *models.Protection) { p.EnteredOn, p.AmendedOn = aDate(t, "2000-01-02"), aDate(t, "2000-01-01") }, "/amended_on"},
		{"a link of another scheme", func(p *models.Protection) { p.URL = "ftp://example.org" }, "/url"},
	})
	p := valid()
	if err := p.Validate(today); err != nil || !slices.Equal(p.RegisterNumbers, []string{"A-3", "A-178/M"}) {
		t.Errorf("got register numbers %v, %v, want those of the raw text", p.RegisterNumbers, err)
	}
	p.Code = "treasure_list"
	if err := p.Validate(today); err != nil || len(p.RegisterNumbers) != 0 {
		t.Errorf("got register numbers %v, %v, want none for what is not in the register", p.RegisterNumbers, err)
	}
}

func TestRulesOfAnInspection(t *testing.T) {
	valid := func() *models.Inspection {
		return &models.Inspection{Record: models.Record{ID: 9}, PlaceID: 1, InspectedOn: *aDate(t, "2026-05-01"), Scale: "heritage", Grade: "poor",
			Trend: "unknown", Occupancy: "unknown", SurveyAccess: "site", Method: "measured"}
	}
	checkRules(t, valid, []rule[*models.Inspection]{
		{"tomorrow, which is today elsewhere", func(i *models.Inspection) { i.InspectedOn = *aDate(t, "2026-05-02") }, ""},
		{"the day after tomorrow", func(i *models.Inspection) { i.InspectedOn = *aDate(t, "2026-05-03") }, "/inspected_on"},
		{"no day", func(i *models.Inspection) { i.InspectedOn = models.Date{} }, "/inspected_on"},
		{"1799", func(i *models.Inspection) { i.InspectedOn = *aDate(t, "1799-12-31") }, "/inspected_on"},
		{"unknown scale", func(i *models.Inspection) { i.Scale = "x" }, "/scale"},
		{"grade of the other scale", func(i *models.Inspection) { i.Grade = "3" }, "/grade"},
		{"asset scale", func(i *models.Inspection) { i.Scale, i.Grade = "asset", "3" }, ""},
		{"unknown codes", func(i *models.Inspection) {
			i.Trend, i.Priority, i.Occupancy, i.SurveyAccess, i.Method, i.ActionUrgency = "x", "x", "x", "x", "x", "x"
		}, "/trend /priority /occupancy /survey_access /method /action_urgency"},
		{"a cost below 0", func(i *models.Inspection) { i.ActionCostPLN = new(int64(-1)) }, "/action_cost_pln"},
		{"an element without a name", func(i *models.Inspection) { i.Elements = []models.InspectedElement{{Grade: "poor"}} }, "/elements/0/element"},
		{"an element of the other scale", func(i *models.Inspection) { i.Elements = []models.InspectedElement{{Element: "dach", Grade: "1"}} }, "/elements/0/grade"},
		{"superseded by itself", func(i *models.Inspection) { i.SupersededBy = new(int64(9)) }, "/superseded_by"},
	})
}

func TestRulesOfAnAccessFact(t *testing.T) {
	valid := func() *models.AccessFact {
		return &models.AccessFact{Record: models.Record{ID: 9}, PlaceID: new(int64(1)), Part: "entrance#2", Attribute: "steps", State: "known", Value: json.RawMessage(`2`),
			ObservedOn: *aDate(t, "2026-05-01"), Method: "measured"}
	}
	checkRules(t, valid, []rule[*models.AccessFact]{
		{"the whole place", func(a *models.AccessFact) { a.Part = "" }, ""},
		{"a bad part", func(a *models.AccessFact) { a.Part = "Entrance" }, "/part"},
		{"part number 0", func(a *models.AccessFact) { a.Part = "entrance#0" }, "/part"},
		{"part number 1000", func(a *models.AccessFact) { a.Part = "entrance#1000" }, "/part"},
		{"unknown attribute", func(a *models.AccessFact) { a.Attribute = "stairs" }, "/attribute"},
		{"unknown state", func(a *models.AccessFact) { a.State = "x" }, "/state"},
		{"unknown is no fact", func(a *models.AccessFact) { a.Value = nil }, "/value"},
		{"null is no value", func(a *models.AccessFact) { a.Value = json.RawMessage(`null`) }, "/value"},
		{"not applicable", func(a *models.AccessFact) { a.State, a.Value = "not_applicable", nil }, ""},
		{"a value of what is not applicable", func(a *models.AccessFact) { a.State = "not_applicable" }, "/value"},
		{"no day", func(a *models.AccessFact) { a.ObservedOn = models.Date{} }, "/observed_on"},
		{"the day after tomorrow", func(a *models.AccessFact) { a.ObservedOn = *aDate(t, "2026-05-03") }, "/observed_on"},
		{"until before from", func(a *models.AccessFact) { a.ValidFrom, a.ValidUntil = aDate(t, "2026-05-02"), aDate(t, "2026-05-01") }, "/valid_until"},
		{"superseded by itself", func(a *models.AccessFact) { a.SupersededBy = new(int64(9)) }, "/superseded_by"},
	})
}

// Of every attribute its own kind of value is taken and every other refused, and a number only within its bounds.
func TestValuesOfEveryAttribute(t *testing.T) {
	for _, a := range models.AccessAttributes() {
		var good, bad []string
		switch a.Type {
		case models.AttributeNumber, models.AttributeInteger:
			good = []string{fmt.Sprint(*a.Min), fmt.Sprint(*a.Max)}
			bad = []string{fmt.Sprint(*a.Min - 1), fmt.Sprint(*a.Max + 1), `"1"`, `true`, `[1]`, `{}`, `1e400`}
			if a.Type == models.AttributeInteger {
				bad = append(bad, fmt.Sprint(*a.Min+0.5))
			}
		case models.AttributeBoolean:
			good, bad = []string{`true`, `false`}, []string{`1`, `"yes"`, `[true]`}
		case models.AttributeEnum:
			good, bad = []string{fmt.Sprintf("%q", a.Values[0])}, []string{`""`, `"no_such"`, `1`, fmt.Sprintf("[%q]", a.Values[0])}
		case models.AttributeSet:
			good = []string{fmt.Sprintf("[%q]", a.Values[1]), fmt.Sprintf("[%q,%q]", a.Values[1], a.Values[2])}
			bad = []string{`[]`, `["no_such"]`, fmt.Sprintf("%q", a.Values[1]), `[null]`, fmt.Sprintf("[%[1]q,%[1]q]", a.Values[1])}
			if slices.Contains(a.Values, "none") {
				good, bad = append(good, `["none"]`), append(bad, fmt.Sprintf(`["none",%q]`, a.Values[1]))
			}
		default:
			good, bad = []string{`"x"`, `"` + strings.Repeat("ż", 1000) + `"`}, []string{`""`, `1`, `"` + strings.Repeat("ż", 1001) + `"`}
		}
		for _, v := range good {
			if text, wrong := a.Check(json.RawMessage(v)); wrong {
				t.Errorf("%s: got %q for %s, want it taken", a.Code, text.EN, v)
			}
		}
		for _, v := range bad {
			if text, wrong := a.Check(json.RawMessage(v)); !wrong || text.PL == "" || text.EN == "" {
				t.Errorf("%s: got %s taken, want a refusal in both languages", a.Code, v)
			}
		}
	}
}

func TestRulesOfAnExternalID(t *testing.T) {
	valid := func() *models.ExternalID {
		return &models.ExternalID{PlaceID: new(int64(1)), Scheme: "osm", Value: "n1"}
	}
	checkRules(t, valid, []rule[*models.ExternalID]{
		{"of a product", func(e *models.ExternalID) { e.PlaceID, e.ProductID = nil, new(int64(1)) }, ""},
		{"of nothing", func(e *models.ExternalID) { e.PlaceID = nil }, "/place_id"},
		{"of two", func(e *models.ExternalID) { e.ProductID = new(int64(1)) }, "/place_id"},
		{"capitals", func(e *models.ExternalID) { e.Scheme = "OSM" }, "/scheme"},
		{"no value", func(e *models.ExternalID) { e.Value = "" }, "/value"},
		{"too long a value", func(e *models.ExternalID) { e.Value = strings.Repeat("ż", 301) }, "/value"},
	})
}

func TestRulesOfMedia(t *testing.T) {
	valid := func() *models.Media { return &models.Media{PlaceID: new(int64(1)), TakenOn: aDate(t, "2026-05-01")} }
	checkRules(t, valid, []rule[*models.Media]{
		{"of nothing", func(m *models.Media) { m.PlaceID = nil }, "/place_id"},
		{"taken the day after tomorrow", func(m *models.Media) { m.TakenOn = aDate(t, "2026-05-03") }, "/taken_on"},
		{"too long an author", func(m *models.Media) { m.Author = strings.Repeat("ż", 301) }, "/author"},
		{"sorted too far", func(m *models.Media) { m.Sort = 1_000_001 }, "/sort"},
		{"a name with NUL", func(m *models.Media) { m.FileName = "a\x00.png" }, "/file_name"},
	})
}

// Whatever a fact holds, judging it never panics, and what is taken is JSON.
func TestAnyValueIsJudged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SampledFrom(models.AccessAttributes()).Draw(t, "attribute")
		value := rapid.OneOf(rapid.String(), rapid.StringMatching(`[\[{"0-9a-z,.:eE\-\]}]{0,20}`)).Draw(t, "value")
		if _, wrong := a.Check(json.RawMessage(value)); !wrong && !json.Valid([]byte(value)) {
			t.Fatalf("%s: got %q taken, want only JSON", a.Code, value)
		}
	})
}
