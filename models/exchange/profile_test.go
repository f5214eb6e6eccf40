package exchange

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/store"
)

func TestShippedProfilesAreSound(t *testing.T) {
	var names []string
	for _, p := range Profiles() {
		names = append(names, p.Name)
	}
	want := []string{"a11yjson", "krakow-register", "municipal-inventory", "municipalities", "museums", "nid-register", "offices", "osm", "parks", "playgrounds", "population-cells", "population-grid-gus", "population", "toilets", "transit-stops", "wolnica"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestOwnExportProfileMapsEveryField(t *testing.T) {
	p := mustLoad(t, "wolnica")
	var got []string
	for _, f := range p.fields {
		got = append(got, f.name)
	}
	want := slices.DeleteFunc(auditNames(models.Place{}), func(s string) bool { return s == "geom" || s == "parent_id" })
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

const smallest = "title_pl: a\ntitle_en: b\nkey: {scheme: x, value: \"{id}\"}\nfields: {name_pl: \"{id}\", infrastructure_category: park}\n"

func TestProfileFaultsAreNamedWithTheirLine(t *testing.T) {
	if _, err := ParseProfile("x", []byte(smallest)); err != nil {
		t.Fatalf("the smallest profile: %v", err)
	}
	for _, tt := range []struct{ yaml, says string }{
		{smallest + "filds: {}\n", `line 5: unknown key "filds"`},
		{strings.Replace(smallest, "name_pl", "nazwa", 1), `line 4: unknown key "nazwa"`},
		{smallest + "crs: 2180\ncrs: 2177\n", "line 6"},
		{smallest + "crs: 2180\nforce_crs: 2177\n", "line 6: give only one of crs and force_crs"},
		{smallest + "crs: 31467\n", `line 5: unsupported reference system "31467"`},
		{smallest + "target: plac\n", `line 5: "plac": allowed are place, municipality, population`},
		{smallest + "publication: yes\n", `line 5: "yes"`},
		{strings.Replace(smallest, `name_pl: "{id}"`, `name_pl: "{id"`, 1), `line 4: bad template "{id"`},
		{strings.Replace(smallest, `name_pl: "{id}"`, `name_pl: "[{id}"`, 1), `line 4: bad template`},
		{strings.Replace(smallest, `name_pl: "{id}"`, `name_pl: {from: "{id}", prase: url}`, 1), `line 4: unknown key "prase"`},
		{strings.Replace(smallest, `name_pl: "{id}"`, `name_pl: {from: "{id}", parse: uri}`, 1), `line 4: "uri": allowed are boolean`},
		{strings.Replace(smallest, `name_pl: "{id}"`, `name_pl: {parse: url}`, 1), `"from" or "first" is missing`},
		{strings.Replace(smallest, `value: "{id}"`, `value: "stałe"`, 1), "line 3: a key must name a column"},
		{strings.Replace(smallest, "scheme: x", "scheme: Ź", 1), "line 3"},
		{strings.Replace(smallest, "key:", "klucz:", 1), `line 3: unknown key "klucz"`},
		{"title_pl: a\ntitle_en: b\nfields: {name_pl: x, infrastructure_category: park}\n", "the key is missing"},
		{strings.Replace(smallest, ", infrastructure_category: park", "", 1), "a category is missing"},
		{smallest + "geometry: {lon: \"{x}\"}\n", "line 5: give both lon and lat"},
		{smallest + "geometry: {centre: true}\n", `"centre" needs "municipality"`},
		{smallest + "protections:\n  - {number_raw: \"{nr}\"}\n", `line 6: the field "code" is missing`},
		{smallest + "protections:\n  - {code: register, place_id: 7}\n", `line 6: unknown key "place_id"`},
		{smallest + "inspections:\n  - {grade: good, when: {form: x}}\n", `line 6: unknown key "form"`},
		{smallest + "as_of: kiedyś\n", `line 5: "kiedyś" is not a date`},
		{"- a\n- b\n", `expected "key: value" pairs`},
		{"", "the profile is empty"},
		{"a: [", "is not valid YAML"},
	} {
		_, err := ParseProfile("x", []byte(tt.yaml))
		if models.CodeOf(err) != models.CodeInvalid || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%q:\ngot %v\nwant an error that says %s", tt.yaml, err, tt.says)
		}
	}
}

func TestProfileIsLoadedByNameOrFromAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "moje-parki.yaml")
	if err := os.WriteFile(path, []byte(smallest), 0o600); err != nil {
		t.Fatal(err)
	}
	if p := mustLoad(t, path); p.Name != "moje-parki" {
		t.Errorf("got name %q, want moje-parki", p.Name)
	}
	for _, name := range []string{"nie-ma", "../profiles/parks", filepath.Join(t.TempDir(), "x.yaml")} {
		if _, err := LoadProfile(name); models.CodeOf(err) != models.CodeInvalid {
			t.Errorf("%s: got %v, want an error for the user", name, err)
		}
	}
}

// What the guide to profiles shows has to work, and what it lists has to be all there is.
func TestProfileGuideIsTrue(t *testing.T) {
	guide, err := os.ReadFile("profiles/README.md")
	if err != nil {
		t.Fatal(err)
	}
	example := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindSubmatch(guide)
	if example == nil {
		t.Fatal("the guide has no example")
	}
	if _, err := ParseProfile("example", example[1]); err != nil {
		t.Errorf("the example: %v", err)
	}
	words := map[string]bool{}
	for _, w := range regexp.MustCompile(`[a-z0-9_$]+`).FindAllString(string(guide), -1) {
		words[w] = true
	}
	for _, name := range slices.Concat(parsers, auditNames(models.Place{})) {
		if !words[name] && name != "geom" && name != "parent_id" {
			t.Errorf("the guide does not name %q", name)
		}
	}
}

func TestTemplates(t *testing.T) {
	row := map[string]string{"ulica": "Lipowa", "nr": "5", "pusta": "", "nazwa": "Dwór"}
	for _, tt := range []struct {
		template, want string
		filled         bool
	}{
		{"{ulica} {nr}", "Lipowa 5", true},
		{"{ulica} {pusta}", "", false},
		{"{ulica}[ {pusta}]", "Lipowa", true},
		{"{nazwa}[, {ulica}[ {nr}]]", "Dwór, Lipowa 5", true},
		{"{nazwa}[, {pusta}[ {nr}]]", "Dwór", true},
		{"{nazwa}[, {ulica}[ {pusta}]]", "Dwór, Lipowa", true},
		{"[{pusta}][{pusta}]", "", false},
		{"[{pusta}]{nr}", "5", true},
		{"stała", "stała", true},
		{"", "", true},
		{`\{nr\} \[x\] \\`, `{nr} [x] \`, true},
		{"{pusta}", "", false},
		{"{ ulica }", "Lipowa", true},
	} {
		columns := &columnSet{}
		parsed, err := parseTemplate(tt.template, columns)
		if err != nil {
			t.Errorf("%q: %v", tt.template, err)
			continue
		}
		got, filled := parsed.text(func(i int) string { return row[columns.names[i]] })
		if got != tt.want || filled != tt.filled {
			t.Errorf("%q: got %q, %v, want %q, %v", tt.template, got, filled, tt.want, tt.filled)
		}
	}
}

func TestColumnsAreFoundExactlyOrInAnotherCase(t *testing.T) {
	c := &columnSet{}
	for _, name := range []string{"NAZWA", "nazwa", "Ulica", "brak"} {
		c.add(name)
	}
	file := geo.NewColumns("nazwa", "ULICA")
	c.find(file)
	if diff := cmp.Diff([]int{0, 0, 1, -1}, c.places); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	file.Add("Brak")
	if !c.find(file) || c.places[3] != 2 {
		t.Errorf("after the file grew: got %v, want the last found", c.places)
	}
}

func TestValuesAreRead(t *testing.T) {
	for _, tt := range []struct{ yaml, in, want, code string }{
		{`"{a}"`, " x ", "x", ""},
		{`{from: "{a}", map: {Dokładny: within_10m}}`, "  DOKŁADNY ", "within_10m", ""},
		{`{from: "{a}", map: {tak: x}}`, "inny", "", "unmapped"},
		{`{from: "{a}", map: {tak: x}, default: y}`, "inny", "y", ""},
		{`{from: "{a}", map: {tak: x}, default: y}`, "", "y", ""},
		{`{from: "{a}", contains: {muzeum: museum, galeri: gallery}}`, "Nowa Galeria i Muzeum", "museum", ""},
		{`{first: ["{b}", "{a}"]}`, "z drugiej", "z drugiej", ""},
		{`{from: "{a}", parse: number}`, "1 234,50", "1234.5", ""},
		{`{from: "{a}", parse: number}`, "0x10", "", "number"},
		{`{from: "{a}", parse: number}`, "NaN", "", "number"},
		{`{from: "{a}", parse: integer}`, "7.0", "7", ""},
		{`{from: "{a}", parse: integer}`, "7,5", "", "number"},
		{`{from: "{a}", parse: boolean}`, "TAK", "true", ""},
		{`{from: "{a}", parse: boolean}`, "może", "", "boolean"},
		{`{from: "{a}", parse: date}`, "3.02.2001 r.", "2001-02-03", ""},
		{`{from: "{a}", parse: date}`, "2001-02-03T10:00:00Z", "2001-02-03", ""},
		{`{from: "{a}", parse: date}`, "31.02.2001", "", "date"},
		{`{from: "{a}", parse: url}`, "example.pl/a", "https://example.pl/a", ""},
		{`{from: "{a}", parse: plain}`, "A<br/>B &amp; <b>C</b>, 2 < 3", "A\nB & C, 2 < 3", ""},
		{`{from: "{a}", parse: osm_id}`, "W12", "way/12", ""},
		{`{from: "{a}", parse: osm_id}`, "x12", "", "osm_id"},
		{`{from: "{a}", parse: osm_url}`, "relation/7", "https://www.openstreetmap.org/relation/7", ""},
		{`{from: "{a}", parse: osm_category}`, "leisure=playground;access=yes", "playground", ""},
		{`{from: "{a}", parse: osm_category}`, "a=b", "", "unmapped"},
		{`{from: "{a}", also: "{a}", parse: heritage_category}`, "dwór", "manor", ""},
		{`{from: "{a}", parse: inspire_object_type}`, "PL.1.9.ZIPOZ.NID_N_12_OT.5", "surroundings", ""},
		{`{from: "{a}", parse: inspire_object_type}`, "inny", "", ""},
	} {
		p, err := ParseProfile("x", []byte(strings.Replace(smallest, `name_pl: "{id}"`, "name_pl: "+tt.yaml, 1)))
		if err != nil {
			t.Errorf("%s: %v", tt.yaml, err)
			continue
		}
		m := newMapper(p)
		m.begin(&geo.Row{Number: 1, Columns: geo.NewColumns("a", "b"), Values: []string{tt.in, ""}})
		got := p.fields[0].value.read(m)
		if got.text != tt.want || got.code != tt.code {
			t.Errorf("%s of %q: got %q, code %q, want %q, code %q", tt.yaml, tt.in, got.text, got.code, tt.want, tt.code)
		}
	}
}

func TestMunicipalitiesAreFoundByCodeAndByName(t *testing.T) {
	x := newMunicipalityIndex([]store.ImportMunicipality{
		{ID: 1, TERYT: "1219053", Name: "Wieliczka", Kind: "urban_rural"}, {ID: 2, TERYT: "1201011", Name: "Bochnia", Kind: "urban"},
		{ID: 3, TERYT: "1201022", Name: "Bochnia", Kind: "rural"}, {ID: 4, TERYT: "1206022", Name: "Igołomia-Wawrzeńczyce", Kind: "rural"},
	})
	for _, tt := range []struct {
		text string
		want int64
	}{
		{"1219053", 1}, {"121905_3", 1}, {"121905_4", 1}, {"121905 5", 1}, {"Wieliczka - miasto", 1}, {"WIELICZKA – obszar wiejski", 1}, {" wieliczka ", 1},
		{"Bochnia (gm. miejska)", 2}, {"Bochnia (gm. wiejska)", 3}, {"gm. wiejska Bochnia", 3}, {"Bochnia (2)", 3}, {"Bochnia", 0}, {"gmina Wieliczka", 1},
		{"Igołomia-Wawrzeńczyce", 4}, {"Gmina Igołomia-Wawrzeńczyce", 4}, {"", 0}, {"Nigdzie", 0}, {"1299999", 0},
	} {
		got, reason := x.find(tt.text)
		switch {
		case got == nil && tt.want != 0, got != nil && got.ID != tt.want:
			t.Errorf("%q: got %+v, want %d", tt.text, got, tt.want)
		case got == nil && (reason.PL == "" || reason.EN == ""):
			t.Errorf("%q: want a reason in both languages", tt.text)
		}
	}
}

func TestNumbersAreReadAsTheyAreWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(-1<<40, 1<<40).Draw(t, "n")
		cents := rapid.IntRange(0, 99).Draw(t, "cents")
		digits := []byte(strings.TrimPrefix(strconv.FormatInt(n, 10), "-"))
		var grouped []byte
		for i, d := range digits {
			if i > 0 && (len(digits)-i)%3 == 0 {
				grouped = append(grouped, rapid.SampledFrom([]string{"", " ", "\u00a0", "\u202f"}).Draw(t, "space")...)
			}
			grouped = append(grouped, d)
		}
		sign := ""
		if n < 0 {
			sign = "-"
		}
		text := sign + string(grouped) + rapid.SampledFrom([]string{",", "."}).Draw(t, "comma") + string([]byte{'0' + byte(cents/10), '0' + byte(cents%10)})
		want := float64(max(n, -n)) + float64(cents)/100
		if n < 0 {
			want = -want
		}
		if got, ok := parseNumber(text); !ok || got-want > 1e-3 || want-got > 1e-3 {
			t.Errorf("parseNumber(%q): got %v, %v, want %v", text, got, ok, want)
		}
	})
}

func FuzzParseProfile(f *testing.F) {
	f.Add(smallest)
	for _, p := range []string{"wolnica", "municipal-inventory", "population"} {
		data, err := shipped.ReadFile("profiles/" + p + ".yaml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data))
	}
	f.Add("a: &x [*x]\n? [b]\n: c\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParseProfile("x", []byte(text))
		if err != nil {
			if models.CodeOf(err) != models.CodeInvalid {
				t.Errorf("got %v, want an error for the user", err)
			}
			return
		}
		m := newMapper(p)
		row := &geo.Row{Number: 1, Columns: geo.NewColumns("id", "uid", "name"), Values: []string{"1", "x", "\u017b"}}
		if p.Target == TargetPlace {
			if r := m.placeRow(row); r != nil && r.Outcome != store.ImportRejected {
				t.Errorf("a row without a position was taken: %+v", r)
			}
			return
		}
		m.municipalityRow(row)
	})
}
