package a11yjson

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"wolnica/models"
	"wolnica/models/access"
)

var day = models.DayOf(time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC))

func date(y int, m time.Month, d int) models.Date {
	v, _ := models.NewDate(y, m, d)
	return v
}

func fact(part, attribute, value string) models.AccessFact {
	f := models.AccessFact{Part: part, Attribute: attribute, State: models.FactKnown, Value: json.RawMessage(value), ObservedOn: date(2026, 1, 15), Method: models.MethodMeasured}
	if value == "" {
		f.State, f.Value = models.FactNotApplicable, nil
	}
	return f
}

// read reads what Write wrote, as a file would hold it.
func read(t interface{ Fatal(...any) }, accessibility map[string]any, tags map[string]string, observed models.Date) ([]models.AccessFact, []Problem) {
	a, err := json.Marshal(accessibility)
	if err != nil {
		t.Fatal(err)
	}
	g, err := json.Marshal(tags)
	if err != nil {
		t.Fatal(err)
	}
	return Read(a, g, observed)
}

// told are facts as one can compare them: by part, attribute, state, value and days.
func told(facts []models.AccessFact) map[string]string {
	m := map[string]string{}
	for _, f := range facts {
		value := f.State
		if f.State == models.FactKnown {
			var v any
			_ = json.Unmarshal(f.Value, &v)
			value = text(inOrder(v))
		}
		attr, _ := access.AttrByCode(f.Attribute)
		part, _ := access.PartOf(f.Part, attr)
		key := part.String() + "/" + f.Attribute
		for i := 2; m[key] != ""; i++ {
			key = fmt.Sprintf("%s/%s/%d", f.Part, f.Attribute, i)
		}
		m[key] = fmt.Sprint(value, " ", f.ObservedOn, " ", f.ValidFrom, " ", f.ValidUntil, " ", f.Method)
	}
	return m
}

// drawFacts draws facts of every attribute at every kind of part, one a part and attribute.
func drawFacts(t *rapid.T) []models.AccessFact {
	attributes := models.AccessAttributes()
	parts := []string{"", "entrance", "entrance#2", "entrance#4", "toilet", "toilet#3", "path", "path#2", "inside", "inside#2", "arrival", "services", "arrival#2"}
	taken := map[any]bool{}
	var facts []models.AccessFact
	for range rapid.IntRange(0, 60).Draw(t, "facts") {
		a := rapid.SampledFrom(attributes).Draw(t, "attribute")
		f := fact(rapid.SampledFrom(parts).Draw(t, "part"), a.Code, "")
		attr, _ := access.AttrByCode(a.Code)
		part, ok := access.PartOf(f.Part, attr)
		if key := [2]any{part, attr}; !ok || taken[key] || !slices.Contains(a.Links, part.Link.Code()) {
			continue
		} else {
			taken[key] = true
		}
		f.ID = int64(len(facts) + 1)
		if rapid.IntRange(0, 5).Draw(t, "applies") > 0 {
			f.State, f.Value = models.FactKnown, drawValue(t, a)
		}
		f.ObservedOn = date(2026, time.Month(rapid.IntRange(1, 3).Draw(t, "month")), 7)
		f.Method = rapid.SampledFrom(models.Methods.Codes()).Draw(t, "method")
		if rapid.IntRange(0, 9).Draw(t, "bounded") == 0 {
			f.ValidFrom, f.ValidUntil = new(date(2026, 5, 1)), new(date(2026, 7, 1))
		}
		facts = append(facts, f)
	}
	return facts
}

func drawValue(t *rapid.T, a models.AccessAttribute) json.RawMessage {
	var v any
	switch a.Type {
	case models.AttributeNumber:
		v = rapid.Float64Range(*a.Min, *a.Max).Draw(t, "number")
	case models.AttributeInteger:
		v = rapid.IntRange(int(*a.Min), int(*a.Max)).Draw(t, "count")
	case models.AttributeBoolean:
		v = rapid.Bool().Draw(t, "yes")
	case models.AttributeEnum:
		v = rapid.SampledFrom(a.Values).Draw(t, "code")
	case models.AttributeSet:
		set := rapid.SliceOfNDistinct(rapid.SampledFrom(a.Values), 1, -1, rapid.ID[string]).Draw(t, "set")
		if len(set) > 1 {
			set = slices.DeleteFunc(set, func(s string) bool { return s == "none" })
		}
		v = set
	default:
		v = rapid.StringN(1, 20, -1).Draw(t, "text")
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestFactsComeBackAsTheyWere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		facts := drawFacts(t)
		accessibility, tags := Write(facts, day)
		got, problems := read(t, accessibility, tags, models.Date{})
		if len(problems) > 0 {
			t.Fatalf("got problems %+v of a document of our own", problems)
		}
		if diff := cmp.Diff(told(facts), told(got)); diff != "" {
			b, _ := json.Marshal(accessibility)
			t.Fatalf("-want +got\n%s\n%s", diff, b)
		}
		for i := range got {
			got[i].PlaceID = new(int64(1))
			if err := got[i].Validate(day.Date().Time); err != nil {
				t.Fatalf("got a fact that is not valid: %+v: %v", got[i], err)
			}
		}
	})
}

// Without our tags the members alone carry a fact or say nothing: never another fact.
func TestMembersNeverSayMoreThanTheFacts(t *testing.T) {
	coarser := map[string]string{"kerb flush": "no", "tactile_guidance yes": "partial", "toilet_wheelchair limited": "no",
		"audio_description permanent": "occasional", "audio_description app": "occasional"}
	rapid.Check(t, func(t *rapid.T) {
		facts := drawFacts(t)
		accessibility, _ := Write(facts, day)
		got, _ := read(t, accessibility, nil, date(2026, 1, 1))
		want := map[slot]models.AccessFact{}
		for _, s := range stand(facts, day) {
			want[s.slot] = *s.fact
		}
		for _, g := range got {
			w, ok := want[slot{g.Part, g.Attribute}]
			if !ok {
				t.Fatalf("got %s at %q = %s, of which there is no fact", g.Attribute, g.Part, g.Value)
			}
			if w.State == g.State && sameValue(w.Value, g.Value) {
				continue
			}
			var code string
			_ = json.Unmarshal(w.Value, &code)
			if c := coarser[w.Attribute+" "+code]; c == "" || string(g.Value) != `"`+c+`"` {
				t.Fatalf("got %s at %q = %s %s, want %s %s", g.Attribute, g.Part, g.State, g.Value, w.State, w.Value)
			}
		}
	})
}

func TestWriteLeavesOutWhatDoesNotCount(t *testing.T) {
	stale := fact("entrance", "door_width", "90")
	stale.ObservedOn = date(2019, 1, 1)
	disputed := fact("entrance", "threshold", "1")
	disputed.State = models.FactDisputed
	superseded := fact("", "lit", "true")
	superseded.SupersededBy = new(int64(7))
	elsewhere := fact("shop", "steps", "2")
	accessibility, tags := Write([]models.AccessFact{stale, disputed, superseded, elsewhere}, day)
	if len(accessibility) > 0 || len(tags) > 0 {
		t.Errorf("got %v %v, want nothing", accessibility, tags)
	}
}

func TestWriteFollowsTheSchema(t *testing.T) {
	facts := []models.AccessFact{
		fact("entrance", "steps", "3"), fact("entrance", "step_height", "15"), fact("entrance", "ramp", `"none"`), fact("entrance", "handrail", `"left"`),
		fact("entrance#2", "door_width", "92.5"), fact("entrance#2", "door_operation", `"automatic"`), fact("entrance#2", "entrance_level", "true"),
		fact("toilet", "toilet_wheelchair", `"yes"`), fact("toilet", "door_width", "90"), fact("toilet", "turning_space", "150"),
		fact("toilet", "grab_bars", `"both"`), fact("", "surface", `"sett"`), fact("", "incline_max", "-4"), fact("", "tactile_media", `["plan","model"]`),
		fact("", "sign_language", `"live"`), fact("inside", "lift_width", "110"), fact("", "parking_disabled", ""), fact("", "rest_gap_max", "120"),
	}
	accessibility, tags := Write(facts, day)
	got, err := json.MarshalIndent(map[string]any{"accessibility": accessibility, "tags": tags}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "written.json", append(got, '\n'))
}

func TestNoToiletIsNull(t *testing.T) {
	accessibility, _ := Write([]models.AccessFact{fact("toilet", "toilet_wheelchair", ""), fact("", "desk_height", "")}, day)
	for _, name := range []string{"restrooms", "desks"} {
		if v, there := accessibility[name]; !there || v != nil {
			t.Errorf("%s: got %v, %v, want null", name, v, there)
		}
	}
	got, _ := read(t, accessibility, nil, date(2026, 1, 1))
	if len(got) != 2 || got[0].State != models.FactNotApplicable || got[1].State != models.FactNotApplicable {
		t.Errorf("got %+v, want both not applicable", got)
	}
}

func TestReadTakesMeasuresInAnyUnit(t *testing.T) {
	for text, want := range map[string]string{
		`{"value":90,"unit":"cm"}`: "90", `{"value":0.9,"unit":"m"}`: "90", `{"value":36,"unit":"inch"}`: "91.44", `{"value":3,"unit":"feet"}`: "91.44",
		`"90cm"`: "90", `"0.9 meter"`: "90", `"900 mm"`: "90", `"~90 cm"`: "90", `{"rawValue":"35 in"}`: "88.9", `{"operator":"=","value":90,"unit":"cm"}`: "90",
		`90`: "", `"90"`: "", `{"value":90}`: "", `">= 90 cm"`: "", `"80 .. 90 cm"`: "", `{"min":80,"max":90,"unit":"cm"}`: "", `"90 kg"`: "", `"wide"`: "",
		`{"value":"90","unit":"cm"}`: "", `{"value":9,"unit":"m"}`: "", `true`: "", `[]`: "", `{}`: "",
	} {
		facts, problems := Read([]byte(`{"entrances":[{"properties":{"door":{"width":`+text+`}}}]}`), nil, date(2026, 1, 1))
		switch {
		case want == "" && (len(facts) > 0 || len(problems) != 1 || problems[0].Path != "accessibility.entrances[0].properties.door.width"):
			t.Errorf("%s: got %+v and %+v, want a problem at the width", text, facts, problems)
		case want != "" && (len(facts) != 1 || string(facts[0].Value) != want || len(problems) > 0):
			t.Errorf("%s: got %+v and %+v, want %s cm", text, facts, problems, want)
		}
	}
}

func TestReadTakesSlopes(t *testing.T) {
	for text, want := range map[string]string{`{"value":6,"unit":"%"}`: "6", `"-6 percent"`: "-6", `{"value":5,"unit":"deg"}`: "8.75", `"45°"`: "100",
		`{"value":90,"unit":"deg"}`: "", `{"value":5,"unit":"cm"}`: ""} {
		facts, _ := Read([]byte(`{"surface":{"longitudinalSlope":`+text+`}}`), nil, date(2026, 1, 1))
		got := ""
		if len(facts) == 1 {
			got = string(facts[0].Value)
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

func TestReadDecidesOnlyWhatIsSaid(t *testing.T) {
	for _, c := range []struct{ document, fact, problem string }{
		{`{"entrances":[{"properties":{"stairs":{"hasHandRail":true}}}]}`, "", "undecided accessibility.entrances[0].properties.stairs.hasHandRail"},
		{`{"entrances":[{"properties":{"hasFixedRamp":false}}]}`, "", "undecided accessibility.entrances[0].properties.hasFixedRamp"},
		{`{"entrances":[{},{"properties":{"hasRemovableRamp":true}}]}`, `entrance#2/ramp "removable"`, ""},
		{`{"pathways":{"isKerbstoneFree":false}}`, "", "undecided accessibility.pathways.isKerbstoneFree"},
		{`{"pathways":{"isKerbstoneFree":true}}`, `path/kerb "no"`, ""},
		{`{"restrooms":[{"toilet":{"spaceOnUsersLeftSide":"1 m","spaceOnUsersRightSide":"40 cm"}}]}`, `toilet/toilet_transfer "right"`, ""},
		{`{"restrooms":[{"toilet":{"spaceOnUsersLeftSide":"1 m"}}]}`, "", "undecided accessibility.restrooms[0].toilet.spaceOnUsersLeftSide"},
		{`{"surface":{"types":["sett","grass"]}}`, "", "undecided accessibility.surface.types[1]"},
		{`{"surface":{"types":["lava"]}}`, "", "value accessibility.surface.types[0]"},
		{`{"wheelchairAccessibilityGrade":"fully"}`, `/wheelchair_claim "yes"`, ""},
		{`{"accessibleWith":{"wheelchair":true}}`, "", "unused accessibility.accessibleWith.wheelchair"},
		{`{"entrances":null}`, "", "unused accessibility.entrances"},
		{`{"isWellLit":"yes"}`, "", "value accessibility.isWellLit"},
		{`{"isWellLit":null}`, "", "unused accessibility.isWellLit"},
		{`{"media":[{"hasSubtitles":false},{"hasSubtitles":true}]}`, `/captions true`, ""},
		{`{"media":[{"hasSubtitles":false},{"name":{"en":"Film"}}]}`, `/captions false`, "unused accessibility.media[1].name.en"},
		{`{"entrances":[{"properties":{"door":{"width":"9 m"}}}]}`, "", "value accessibility.entrances[0].properties.door.width"},
		{`{"availableEquipment":[{"category":"ramp"},{"category":"elevator","cabinWidth":"1.1m"}]}`, `inside/lift_width 110`, "unused accessibility.availableEquipment[0].category"},
		{`[]`, "", "malformed accessibility"},
		{`{"isWellLit":true,"isWellLit":false}`, "", "malformed accessibility"},
	} {
		facts, problems := Read([]byte(c.document), nil, date(2026, 1, 1))
		got, problem := "", ""
		if len(facts) == 1 {
			got = slot{facts[0].Part, facts[0].Attribute}.part + "/" + facts[0].Attribute + " " + string(facts[0].Value)
		}
		if len(problems) == 1 {
			problem = problems[0].Code + " " + problems[0].Path
		}
		if len(facts) > 1 || len(problems) > 1 || got != c.fact || problem != c.problem {
			t.Errorf("%s: got %+v and %+v, want %q and %q", c.document, facts, problems, c.fact, c.problem)
		}
	}
}

func TestReadNeedsADay(t *testing.T) {
	facts, problems := Read([]byte(`{"isWellLit":true}`), nil, models.Date{})
	if len(facts) > 0 || len(problems) != 1 || problems[0].Code != ProblemDate {
		t.Errorf("got %+v and %+v, want no fact without a day", facts, problems)
	}
}

func TestReadLeavesOutFactsWhoseDaysCannotBeRead(t *testing.T) {
	members := map[string]any{"isWellLit": true, "isQuiet": true, "media": []any{map[string]any{"type": "movie", "hasSubtitles": true}}}
	clean, _ := read(t, members, nil, date(2026, 1, 15))
	if len(clean) < 2 {
		t.Fatalf("got %+v, want two facts to begin with", clean)
	}
	own := ":" + slot{clean[0].Part, clean[0].Attribute}.String()
	for name, c := range map[string]struct {
		tags map[string]string
		left int
		kept bool
	}{
		"last day":            {map[string]string{tagUntil + own: "2026-06-31"}, len(clean) - 1, false},
		"first day":           {map[string]string{tagFrom + own: "w maju", tagUntil + own: "2026-05-31"}, len(clean) - 1, false},
		"day":                 {map[string]string{tagObserved: "2026-01-10", tagObserved + own: "2026-02-30"}, len(clean) - 1, false},
		"common day":          {map[string]string{tagObserved: "2026-13-01"}, 0, false},
		"common, one has own": {map[string]string{tagObserved: "2026-13-01", tagObserved + own: "2026-01-03"}, 1, true},
	} {
		facts, problems := read(t, members, c.tags, date(2026, 1, 15))
		if len(facts) != c.left {
			t.Errorf("%s: got %+v, want %d facts", name, facts, c.left)
		}
		if !slices.ContainsFunc(problems, func(p Problem) bool { return p.Code == ProblemValue && strings.HasPrefix(p.Path, "tags."+tagPrefix) }) {
			t.Errorf("%s: got the problems %+v, want one about the day", name, problems)
		}
		if kept := slices.ContainsFunc(facts, func(f models.AccessFact) bool { return ":"+(slot{f.Part, f.Attribute}.String()) == own }); kept != c.kept {
			t.Errorf("%s: got the fact itself taken %t, want %t", name, kept, c.kept)
		}
	}
}

func TestMarshalTellsTheVerdicts(t *testing.T) {
	p := &Place{UID: "0d9f7a9e-0000-4000-8000-000000000001", NamePL: "Muzeum <Ż> & </script>", NameEN: "Museum", InfrastructureCategory: "museum", HeritageCategory: "palace",
		Lon: 19.94, Lat: 50.06, Street: "Rynek", HouseNumber: "1", Locality: "Kraków", ExternalIDs: []string{"osm:node/1", "wikidata:Q1"},
		Verdicts: models.Verdicts(0).With("wheelchair", models.VerdictWithHelp).With("blind", models.VerdictNo).With("understanding", models.VerdictYes),
		Facts:    []models.AccessFact{fact("entrance", "door_width", "80"), fact("", "staff_trained", "true")}}
	b, err := Marshal(p, day)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	pretty, _ := json.MarshalIndent(out, "", "  ")
	golden(t, "place.json", append(pretty, '\n'))
	if strings.Contains(string(b), "</") {
		t.Errorf("got %s, want it fit for a script element", b)
	}

	r := FromProperties(members(t, b), "", models.Date{})
	if r.UID != p.UID || r.NamePL != p.NamePL || r.NameEN != p.NameEN || r.InfrastructureCategory != "museum" || r.HeritageCategory != "palace" ||
		r.Street != "Rynek" || r.HouseNumber != "1" || r.Locality != "Kraków" || len(r.ExternalIDs) != 2 || len(r.Problems) > 0 {
		t.Errorf("got %+v back", r)
	}
	if diff := cmp.Diff(told(p.Facts), told(r.Facts)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// members gives the members of properties as a reader of files does.
func members(t *testing.T, document []byte) func(string) string {
	var d struct {
		Properties map[string]json.RawMessage `json:"properties"`
	}
	if err := json.Unmarshal(document, &d); err != nil {
		t.Fatal(err)
	}
	return func(name string) string { return plain(d.Properties[name]) }
}

func TestCategoriesAreKnownByTheirOpenStreetMapValue(t *testing.T) {
	for name, want := range map[string]string{"museum": "museum", "toilets": "public_toilet", "public_toilet": "public_toilet", "park": "park", "castle": "castle",
		"cinema": "cinema", "restaurant": "", "elevator": "", "": "", "yes": ""} {
		if got := categoryCode(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
	for _, e := range models.Vocabulary() {
		if e.Facet != models.FacetProduct && categoryName(e.Code) == "" {
			t.Errorf("%s has no name", e.Code)
		}
	}
}

var codeBlock = regexp.MustCompile("(?s)```json\n(.*?)```")
var trailingComma = regexp.MustCompile(`,(\s*[}\]])`)

func TestReadsTheSamplesOfTheSpecification(t *testing.T) {
	files, err := filepath.Glob("../../../../shared/data/formats/a11yjson/*.md")
	if err != nil || len(files) == 0 {
		t.Skip("the samples are not here")
	}
	var all []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for n, block := range codeBlock.FindAllStringSubmatch(string(text), -1) {
			document := trailingComma.ReplaceAllString(block[1], "$1")
			if !json.Valid([]byte(document)) || !strings.Contains(document, `"properties"`) {
				continue // an excerpt
			}
			r := FromProperties(members(t, []byte(document)), "", date(2024, 1, 1))
			all = append(all, fmt.Sprintf("%s %d: %q %q%q", filepath.Base(file), n+1, r.NamePL, r.InfrastructureCategory, r.HeritageCategory))
			for _, f := range r.Facts {
				all = append(all, fmt.Sprintf("  %s = %s", slot{f.Part, f.Attribute}, f.Value))
			}
			for _, p := range r.Problems {
				all = append(all, fmt.Sprintf("  %s %s = %s", p.Code, p.Path, p.Value))
			}
		}
	}
	golden(t, "samples.txt", []byte(strings.Join(all, "\n")+"\n"))
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"entrances":[{"properties":{"door":{"width":"90 cm"}}}],"restrooms":null,"media":[{"languages":["pso"]}]}`), []byte(`{"wolnica:observed_on":"2024-01-01","wolnica:value:path/lit":"true"}`))
	f.Add([]byte(`{"surface":{"types":[{},[]]}}`), []byte(`{"wolnica:value:":"null"}`))
	f.Add([]byte(`{"interactions":{"watch":{"perception":{"audioDescription":"sometimes"}}},"availableEquipment":[{"category":["elevator"]}]}`), []byte(`null`))
	f.Fuzz(func(t *testing.T, accessibility, tags []byte) {
		facts, problems := Read(accessibility, tags, date(2024, 1, 1))
		if len(problems) > maxProblems {
			t.Fatalf("got %d problems, want at most %d", len(problems), maxProblems)
		}
		seen := map[slot]bool{}
		for _, x := range facts {
			a, ok := models.AccessAttributeByCode(x.Attribute)
			if !ok {
				t.Fatalf("got the attribute %q", x.Attribute)
			}
			if x.State == models.FactKnown {
				if text, bad := a.Check(x.Value); bad {
					t.Fatalf("got %s = %s: %s", x.Attribute, x.Value, text.EN)
				}
			}
			if k := (slot{x.Part, x.Attribute}); tags == nil && seen[k] {
				t.Fatalf("got %s twice", k)
			} else {
				seen[k] = true
			}
		}
	})
}
