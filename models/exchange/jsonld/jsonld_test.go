package jsonld

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/twpayne/go-geom"

	"wolnica/geo"
	"wolnica/models"
)

var day = models.DayOf(time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC))

func fact(part, attribute, value, observed string) models.AccessFact {
	d, _ := models.ParseDate(observed)
	return models.AccessFact{Part: part, Attribute: attribute, State: models.FactKnown, Value: json.RawMessage(value), ObservedOn: d, Method: models.MethodMeasured}
}

func TestAPlaceNeverEndsTheScriptItStandsIn(t *testing.T) {
	evil := `</script><script>alert("ż")</script><!-- &`
	p := &Place{Place: &models.Place{NamePL: evil, DescriptionEN: evil, InfrastructureCategory: new("museum"), Website: evil, Locality: evil},
		Facts: []models.AccessFact{fact("", "certificate_issuer", `"</script>"`, "2026-01-01")}}
	b, err := MarshalPlace(p, day)
	if err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(string(b), "<>&") {
		t.Errorf("got %s, want no <, > or &", b)
	}
	var n struct{ Name []map[string]string }
	if err := json.Unmarshal(b, &n); err != nil || len(n.Name) != 1 || n.Name[0]["@value"] != evil {
		t.Errorf("got %+v (%v), want the name as it is", n, err)
	}
}

func TestAPlaceTellsTheFactsThatCount(t *testing.T) {
	p := &Place{Place: &models.Place{UID: "u", NamePL: "Park", NameEN: "Park", InfrastructureCategory: new("green_square"), HeritageCategory: new("manor"),
		OpeningHours: "Mo-Fr 08:00-16:00; Sa 10:00-14:00", Geom: geo.Geometry{T: geom.NewPointFlat(geom.XY, []float64{19.9, 50})}},
		ExternalIDs: []models.ExternalID{{Scheme: "wikidata", Value: "Q1"}},
		Facts: []models.AccessFact{fact("entrance#2", "door_width", "92.5", "2026-01-02"), fact("", "lit", "true", "2019-01-01"), fact("", "wheelchair_claim", `"yes"`, "2026-01-01"),
			fact("", "certificate_issuer", `"Fundacja"`, "2026-01-01"), fact("", "certificate_category", `"Obiekt bez barier"`, "2026-01-01")}}
	b, err := MarshalPlace(p, day)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"@type":["Park","LandmarksOrHistoricalBuildings"]`, `"propertyID":"door_width"`, `"unitCode":"CMT"`, `"validFrom":"2026-01-02"`, `"value":92.5`,
		`"disambiguatingDescription":"entrance#2"`, `"openingHours":["Mo-Fr 08:00-16:00","Sa 10:00-14:00"]`, `"sameAs":["https://www.wikidata.org/entity/Q1"]`,
		`"issuedBy":{"@type":"Organization","name":"Fundacja"},"name":"Obiekt bez barier"`, `"latitude":50,"longitude":19.9`} {
		if !strings.Contains(string(b), want) {
			t.Errorf("got %s, want %s in it", b, want)
		}
	}
	for _, not := range []string{`"lit"`, "wheelchair_claim"} {
		if strings.Contains(string(b), not) {
			t.Errorf("got %s, want no %s: it is stale or a claim", b, not)
		}
	}
}

func TestOpeningHoursOfAnotherFormAreLeftOut(t *testing.T) {
	for _, hours := range []string{"Mo-Fr 08:00-16:00 || \"tel.\"", "sunrise-sunset", "PH off", ""} {
		if got := openingHours(hours); got != nil {
			t.Errorf("%q: got %q, want none", hours, got)
		}
	}
}

func TestAProductIsATripOrAnEvent(t *testing.T) {
	from, _ := models.ParseDate("2026-07-01")
	for kind, want := range map[string]string{models.ProductTrail: `"@type":"TouristTrip"`, models.ProductEvent: `"startDate":"2026-07-01"`, models.ProductEventSeries: `"@type":"EventSeries"`} {
		b, err := MarshalProduct(&Product{Product: &models.Product{KindCode: kind, NamePL: "Szlak", Free: new(true), ValidFrom: &from}, Stops: []string{"https://x/1", "https://x/2"}})
		if err != nil || !strings.Contains(string(b), want) || !strings.Contains(string(b), `"isAccessibleForFree":true`) {
			t.Errorf("%s: got %s (%v), want %s", kind, b, err, want)
		}
	}
}

func TestTypesNameCategoriesThatThereAre(t *testing.T) {
	known := map[string]bool{}
	for _, e := range models.Vocabulary() {
		known[e.Code] = true
	}
	for code := range types {
		if !known[code] {
			t.Errorf("%s is no category", code)
		}
	}
}
