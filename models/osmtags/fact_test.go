package osmtags

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"wolnica/geo/osm"
	"wolnica/models"
)

var today = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

func date(t testing.TB, s string) models.Date {
	t.Helper()
	d, err := models.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// told writes facts as "part.attribute=value", and warnings as "!key".
func told(facts []*models.AccessFact, warnings []Warning) string {
	var all []string
	for _, f := range facts {
		if err := f.Validate(today); err != nil {
			all = append(all, err.Error())
		}
		value := string(f.Value)
		if f.State == models.FactNotApplicable {
			value = "n/a"
		}
		all = append(all, strings.TrimPrefix(f.Part+"."+f.Attribute+"="+value, "."))
	}
	for _, w := range warnings {
		all = append(all, "!"+w.Key)
	}
	return strings.Join(all, " ")
}

func TestTagsBecomeFacts(t *testing.T) {
	const museum, path, toilet, parking, tower = "tourism=museum|", "highway=cycleway|", "amenity=toilets|", "amenity=parking|", "man_made=tower|tower:type=observation|"
	for _, tt := range []struct{ tags, want string }{
		{museum + "wheelchair=yes", `wheelchair_claim="yes"`},
		{museum + "wheelchair=limited", `wheelchair_claim="limited"`},
		{museum + "wheelchair=no", `wheelchair_claim="no"`},
		{museum + "wheelchair=designated", `wheelchair_claim="yes"`},
		{museum + "wheelchair=unknown", `!wheelchair`},
		{toilet + "wheelchair=yes", `wheelchair_claim="yes"`},
		{museum + "toilets:wheelchair=limited", `toilet_wheelchair="limited"`},
		{museum + "toilets=yes|toilets:wheelchair=yes", `toilet_wheelchair="yes"`},
		{museum + "toilets=yes", ``},
		{museum + "toilets=no", `toilet_wheelchair=n/a`},
		{museum + "toilets=no|toilets:wheelchair=yes", `!toilets:wheelchair`},
		{museum + "toilets:wheelchair=half", `!toilets:wheelchair`},
		{museum + "changing_table=yes", `baby_changing=true`},
		{museum + "changing_table=limited", `!changing_table`},
		{museum + "hearing_loop=yes", `induction_loop="fixed"`},
		{museum + "hearing_loop=no", `induction_loop="none"`},
		{museum + "dog=leashed", `assistance_dog=true`},
		{museum + "dog=no", ``},
		{museum + "quiet_hours=Tu 10:00-12:00", `quiet_space="hours"`},
		{museum + "quiet_hours=no", ``},
		{museum + "tactile_writing:braille:pl=yes", `tactile_media=["braille"]`},
		{museum + "tactile_writing:braille=yes|tactile_writing:embossed_printed_letters=no", `tactile_media=["braille"]`},
		{museum + "tactile_writing:embossed_printed_letters=yes", ``},
		{museum + "tactile_writing=no", ``},
		{museum + "tactile_writing=perhaps", `!tactile_writing`},
		{museum + "step_count=3", `steps=3`},
		{museum + "step_count=~20", `!step_count`},
		{museum + "step_count=501", `!step_count`},
		{tower + "step_count=120", ``},
		{museum + "wheelchair:step_height=7 cm", `step_height=7`},
		{museum + "wheelchair:step_height=7", `!wheelchair:step_height`},
		{museum + "door:width=0.9", `door_width=90`},
		{museum + "wheelchair:entrance_width=85 cm", `door_width=85`},
		{museum + "door:width=9 m", `!door:width`},
		{museum + "automatic_door=button", `door_operation="automatic"`},
		{museum + "automatic_door=no", `door_operation="manual"`},
		{museum + "door=hinged", ``},
		{museum + "door=revolving|automatic_door=yes", `door_operation="revolving"`},
		{museum + "door=no|automatic_door=no", `!automatic_door`},
		{museum + "automatic_door=sometimes", `!automatic_door`},
		{museum + "ramp=yes", `!ramp`},
		{museum + "ramp=separate", `!ramp`},
		{museum + "ramp=yes|ramp:wheelchair=yes", `ramp="fixed"`},
		{museum + "ramp=yes|ramp:portable=yes", `ramp="removable"`},
		{museum + "ramp=no", `ramp="none"`},
		{museum + "ramp=no|ramp:wheelchair=yes", `!ramp`},
		{museum + "ramp:wheelchair=no", `ramp="none"`},
		{museum + "handrail=yes", `!handrail`},
		{museum + "handrail=no", `handrail="none"`},
		{museum + "handrail:left=yes|handrail:right=yes", `handrail="both"`},
		{museum + "handrail:left=yes|handrail:right=no", `!handrail:left`},
		{museum + "handrail:left=no|handrail:right=no", `handrail="none"`},
		{museum + "handrail:left=no|handrail:right=no|handrail:center=yes", `!handrail:left`},
		{museum + "wheelchair:turning_circle=150 cm", `turning_space=150`},
		{museum + "width=20|surface=gravel|incline=5%|lit=yes|tactile_paving=yes|smoothness=bad|capacity:disabled=2|centralkey=eurokey|kerb=raised", ``},
		{path + "width=1.2 m|surface=paving_stones:30|smoothness=good|incline=-8%|incline:across=2°", `path_min_width=120 incline_max=-8 cross_slope=3.5 surface="paving_stones" smoothness="good"`},
		{path + "incline=up|lit=24/7|tactile_paving=partial", `lit=true tactile_guidance="partial"`},
		{path + "incline=400%", `!incline`},
		{path + "incline=12", `!incline`},
		{path + "width=-1", `!width`},
		{path + "surface=asphalt;gravel", `!surface`},
		{path + "smoothness=nice|lit=maybe|tactile_paving=incorrect", `!smoothness !lit !tactile_paving`},
		{path + "step_count=3|door:width=1|dog=yes", `assistance_dog=true`},
		{toilet + "door:width=0.9|wheelchair:turning_circle=1.5|automatic_door=yes|centralkey=eurokey|step_count=0",
			`steps=0 toilet.door_width=90 toilet.door_operation="automatic" toilet.turning_space=150 key_needed="eurokey"`},
		{toilet + "centralkey=no", ``},
		{toilet + "centralkey=sanikey", `!centralkey`},
		{parking + "capacity:disabled=2", `parking_disabled=2`},
		{parking + "capacity:disabled=no", `parking_disabled=0`},
		{parking + "capacity:disabled=yes", `!capacity:disabled`},
		{parking + "capacity:disabled=5000", `!capacity:disabled`},
	} {
		e := &Element{ID: "node/7", Tags: tags(tt.tags), Edited: date(t, "2025-03-04")}
		if got := told(Facts(e, models.Date{}, today)); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.tags, got, tt.want)
		}
	}
}

func TestAreasWithoutBuildingHaveNoDoors(t *testing.T) {
	const said = "step_count=3|door:width=1|ramp=no|wheelchair:turning_circle=2|surface=sand|wheelchair=yes|toilets:wheelchair=no"
	for kind, want := range map[string]string{
		"leisure=playground|":          `toilet_wheelchair="no" wheelchair_claim="yes"`,
		"tourism=museum|building=yes|": `steps=3 ramp="none" door_width=100 turning_space=200 toilet_wheelchair="no" wheelchair_claim="yes"`,
	} {
		e := &Element{ID: "way/7", Shape: Area, Tags: tags(kind + said), Edited: date(t, "2025-03-04")}
		if got := told(Facts(e, models.Date{}, today)); got != want {
			t.Errorf("%s: got %s, want %s", kind, got, want)
		}
	}
}

func TestEntrancesAreParts(t *testing.T) {
	edited := date(t, "2025-03-04")
	entrance := func(id int, text string) Element {
		return Element{ID: fmt.Sprint("node/", id), Tags: tags(text), Edited: edited}
	}
	e := &Element{ID: "way/7", Shape: Area, Edited: edited, Tags: tags("tourism=museum|building=yes|step_count=3|wheelchair=limited"), Entrances: []Element{
		entrance(100, "entrance=yes|kerb=lowered|kerb:height=0.03|width=1.1|wheelchair=yes"),
		entrance(20, "entrance=yes|entrance:width=80 cm|step_count=0"),
		entrance(3, "entrance=yes|access=private|step_count=5"),
		entrance(4, "entrance=service|step_count=9"),
		entrance(900, "entrance=main|step_count=2|ramp:wheelchair=yes|incline=8%"),
		entrance(800, "entrance=yes|incline=8%"),
	}}
	want := `wheelchair_claim="limited" entrance.steps=2 entrance.ramp="fixed" entrance.ramp_slope=8 entrance#2.steps=0 entrance#2.door_width=80 ` +
		`entrance#3.kerb="lowered" entrance#3.kerb_height=3 entrance#3.door_width=110 entrance#3.wheelchair_claim="yes" !step_count`
	for range 3 {
		facts, warnings := Facts(e, models.Date{}, today)
		if got := told(facts, warnings); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if f := facts[1]; f.SourceURL != "https://www.openstreetmap.org/node/900" || f.Licence != "ODbL 1.0" || f.Method != models.MethodImported {
			t.Errorf("got %+v", f)
		}
		e.Entrances = append(e.Entrances[2:], e.Entrances[0], e.Entrances[1])
	}
}

func TestEntrancesBeyondWhatPartsCanNumberAreLeftOut(t *testing.T) {
	e := &Element{ID: "way/7", Shape: Area, Tags: tags("leisure=park")}
	for i := range 1500 {
		e.Entrances = append(e.Entrances, Element{ID: fmt.Sprint("node/", i+1), Tags: tags("entrance=yes|step_count=1"), Edited: date(t, "2025-03-04")})
	}
	facts, _ := Facts(e, models.Date{}, today)
	if len(facts) != 999 || facts[998].Part != "entrance#999" || facts[998].Validate(today) != nil {
		t.Errorf("got %d facts, the last %+v", len(facts), facts[len(facts)-1])
	}
}

func TestFactsAreDated(t *testing.T) {
	for _, tt := range []struct{ tags, edited, asOf, want, warned string }{
		{"", "2025-03-04", "", "2025-03-04", ""},
		{"", "2025-03-04", "2026-01-01", "2025-03-04", ""},
		{"", "", "2026-01-01", "2026-01-01", ""},
		{"", "", "", "", CodeUndated},
		{"|check_date=2024-05-17", "2025-03-04", "", "2024-05-17", ""},
		{"|survey:date=2024-06", "2025-03-04", "", "2024-06-01", ""},
		{"|check_date=2024|survey:date=2023-01-02", "2025-03-04", "", "2023-01-02", ""},
		{"|check_date:wheelchair=2022-01-02|survey:date=2023-01-02", "2025-03-04", "", "2022-01-02", ""},
		{"|check_date:opening_hours=2022-01-02", "2025-03-04", "", "2025-03-04", ""},
		{"|check_date=2024", "", "", "2024-01-01", ""},
		{"|check_date=yesterday", "2025-03-04", "", "2025-03-04", CodeDate},
		{"|check_date=2030-01-01", "2025-03-04", "", "2025-03-04", CodeDate},
		{"|check_date=2024-02-30", "", "", "", CodeDate + CodeUndated},
		{"", "2030-01-01", "", "", CodeUndated},
	} {
		e := &Element{ID: "node/7", Tags: tags("tourism=museum|wheelchair=yes" + tt.tags)}
		asOf := models.Date{}
		if tt.edited != "" {
			e.Edited = date(t, tt.edited)
		}
		if tt.asOf != "" {
			asOf = date(t, tt.asOf)
		}
		facts, warnings := Facts(e, asOf, today)
		got, warned := "", ""
		for _, f := range facts {
			got += f.ObservedOn.String()
		}
		for _, w := range warnings {
			warned += w.Code
		}
		if got != tt.want || warned != tt.warned {
			t.Errorf("%+v: got %q and %q", tt, got, warned)
		}
	}
}

// The attribute table names the OSM key of an attribute for people to read; it must not name one that no rule reads.
func TestKeysOfTheAttributeTableAreRead(t *testing.T) {
	// wheelchair is a claim and not step-free inside.
	for _, a := range models.AccessAttributes() {
		if a.OSM == "" || a.Code == "stepfree_inside" {
			continue
		}
		if !slices.ContainsFunc(rules, func(r rule) bool { return r.attribute == a.Code && slices.Contains(r.keys, a.OSM) }) {
			t.Errorf("%s: no rule reads its key %s", a.Code, a.OSM)
		}
	}
	for _, r := range rules {
		if _, ok := models.AccessAttributeByCode(r.attribute); !ok {
			t.Errorf("a rule for the attribute %q, which there is not", r.attribute)
		}
		if r.attribute != "wheelchair_claim" && slices.Contains(r.keys, "wheelchair") {
			t.Errorf("%s is made of the claim wheelchair=*", r.attribute)
		}
	}
}

func FuzzTags(f *testing.F) {
	for _, seed := range []string{"tourism=museum|wheelchair=yes|name=A", "highway=cycleway|name=x|width=1,2|incline=-10°|surface=asphalt;gravel",
		"leisure=park|access=yes|toilets=no|step_count=99999|door:width=1e9", "amenity=toilets|centralkey=eurokey|check_date=0001-01-01",
		"historic=manor|entrance=main;yes|kerb:height=5'|start_date=C0|website=%|wikidata=Q0"} {
		f.Add(seed, uint8(2))
	}
	v := vocabulary(f)
	f.Fuzz(func(t *testing.T, text string, shape uint8) {
		all := tags(text)
		e := &Element{ID: "way/7", Tags: all, Shape: Shape(shape % 3), Edited: date(t, "2025-03-04"),
			Entrances: []Element{{ID: "node/8", Tags: append(slices.Clone(all), osm.Tag{Key: "entrance", Value: "yes"}), Edited: date(t, "2025-03-04")}}}
		p, ok := v.Place(e)
		if ok && (p.NamePL == "" || p.Lifecycle == "" || p.Heritage == "" && p.Infrastructure == "") {
			t.Errorf("%q: got the place %+v", text, p)
		}
		facts, warnings := Facts(e, models.Date{}, today)
		for _, fact := range facts {
			if err := fact.Validate(today); err != nil {
				t.Errorf("%q: %s=%s at %q: %v", text, fact.Attribute, fact.Value, fact.Part, err)
			}
		}
		for _, w := range append(warnings, p.Warnings...) {
			if w.Reason.PL == "" || w.Reason.EN == "" || strings.ContainsRune(w.Value+w.Key, 0) {
				t.Errorf("%q: got the warning %+v", text, w)
			}
		}
	})
}
