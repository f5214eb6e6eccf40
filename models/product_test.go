package models_test

import (
	"math"
	"strings"
	"testing"

	"wolnica/models"
)

func aDate(t testing.TB, s string) *models.Date {
	t.Helper()
	d, err := models.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return &d
}

func TestRulesOfAProduct(t *testing.T) {
	valid := func() *models.Product {
		return &models.Product{KindCode: "trail", Category: "walking_trail", Status: "open", NamePL: "Szlak", Publication: "draft", Visibility: "public",
			Stops: []models.Stop{{PlaceID: 1, DwellMin: new(30)}}}
	}
	checkRules(t, valid, []rule[*models.Product]{
		{"no position", func(*models.Product) {}, ""},
		{"unknown codes", func(p *models.Product) { p.KindCode, p.Status, p.Publication = "x", "x", "x" }, "/kind /status /publication"},
		{"coarse", func(p *models.Product) { p.Visibility = "coarse" }, "/visibility"},
		{"no category", func(p *models.Product) { p.Category = "" }, "/category"},
		{"no name", func(p *models.Product) { p.NamePL = "" }, "/name/pl"},
		{"dates the wrong way round", func(p *models.Product) { p.ValidFrom, p.ValidTo = aDate(t, "2026-05-02"), aDate(t, "2026-05-01") }, "/valid_to"},
		{"one day", func(p *models.Product) { p.ValidFrom, p.ValidTo = aDate(t, "2026-05-01"), aDate(t, "2026-05-01") }, ""},
		{"capacity below 0", func(p *models.Product) { p.Capacity = new(-1) }, "/capacity"},
		{"capacity past the column", func(p *models.Product) { p.Capacity = new(math.MaxInt32 + 1) }, "/capacity"},
		{"a position outside the Earth", func(p *models.Product) { p.Geom = pointAt(19, 95) }, "/geometry/coordinates"},
		{"a stop nowhere", func(p *models.Product) { p.Stops[0].PlaceID = 0 }, "/stops/0/place_id"},
		{"over a week at a stop", func(p *models.Product) { p.Stops[0].DwellMin = new(10081) }, "/stops/0/dwell_min"},
		{"a long note", func(p *models.Product) { p.Stops[0].NoteEN = strings.Repeat("ż", 1001) }, "/stops/0/note/en"},
		{"500 stops", func(p *models.Product) { p.Stops = stopsAt(500) }, ""},
		{"501 stops", func(p *models.Product) { p.Stops = stopsAt(501) }, "/stops"},
		{"51 languages", func(p *models.Product) { p.Languages = strings.Split(strings.Repeat("pl ", 50)+"pl", " ") }, "/languages"},
		{"a blank language", func(p *models.Product) { p.Languages = []string{"pl", " "} }, "/languages/1"},
		{"a script for a website", func(p *models.Product) { p.Website = "data:text/html,x" }, "/website"},
		{"another method", func(p *models.Product) { p.Method = "measured" }, "/method"},
	})
}

// stopsAt is so many stops at one place.
func stopsAt(n int) []models.Stop {
	stops := make([]models.Stop, n)
	for i := range stops {
		stops[i].PlaceID = 1
	}
	return stops
}
