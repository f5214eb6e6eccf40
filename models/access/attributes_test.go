package access

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"wolnica/models"
)

var update = flag.Bool("update", false, "write the golden files")

// ATTRIBUTES.md is the table of attributes for people; it follows from models.AccessAttributes and Thresholds.
func TestTheDocumentationOfAttributesIsFresh(t *testing.T) {
	got := attributesDocument("pl") + "\n" + attributesDocument("en")
	if *update {
		if err := os.WriteFile("ATTRIBUTES.md", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("ATTRIBUTES.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(string(want), got); diff != "" {
		t.Errorf("ATTRIBUTES.md is stale; run this test with -update: -file +table\n%s", diff)
	}
}

func attributesDocument(lang models.Language) string {
	in := func(pl, en string) string { return models.Text{PL: pl, EN: en}.In(lang) }
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# %s\n", in("Cechy dostępności", "Access attributes"))
	line("%s\n", in("Plik powstaje z tabeli cech (models/access_attribute.go) i progów (rules.go); wersja reguł "+RulesVersion+".",
		"Made of the table of attributes (models/access_attribute.go) and the thresholds (rules.go); version of the rules "+RulesVersion+"."))
	for _, l := range models.AccessLinks.Entries {
		line("## %s\n", l.Label.In(lang))
		line("| %s |", strings.Join([]string{in("cecha", "attribute"), in("typ i wartości", "type and values"), in("zakres", "range"), in("ważność", "shelf life"),
			"OSM", "A11yJSON", "schema.org", in("profile", "profiles")}, " | "))
		line("|---|---|---|---|---|---|---|---|")
		for _, a := range models.AccessAttributes() {
			if a.Link == l.Code {
				line("| %s |", strings.Join(attributeCells(a, lang), " | "))
			}
		}
		line("")
	}
	line("## %s\n", in("Progi", "Thresholds"))
	line("| %s |", strings.Join([]string{in("profil", "profile"), in("ogniwo", "link"), in("cecha", "attribute"), in("tak", "yes"), in("z pomocą", "with help"), in("źródło", "source")}, " | "))
	line("|---|---|---|---|---|---|")
	for _, t := range Thresholds() {
		line("| %s | %s | `%s` | %s | %s | %s |", t.Profile, t.Link.Code(), t.Attribute.Code(), cell(t.Yes), cell(t.WithHelp), cell(t.Source))
	}
	line("\n## A11yJSON\n")
	line("%s\n", in("Wartości, których A11yJSON nie przenosi; w naszych dokumentach są w properties.tags.",
		"Values that A11yJSON does not carry; our documents have them in properties.tags."))
	for _, a := range models.AccessAttributes() {
		if lost := notInA11yJSON(a); lost != "" {
			line("- `%s`: %s", a.Code, strings.ReplaceAll(lost, "*", in("żadna", "none of it")))
		}
	}
	return b.String()
}

func cell(s string) string { return cmp.Or(strings.ReplaceAll(s, "|", "\\|"), "–") }

func attributeCells(a models.AccessAttribute, lang models.Language) []string {
	values := a.Type
	for i, e := range a.Choices.Entries {
		values += map[bool]string{true: ": ", false: ", "}[i == 0] + "`" + e.Code + "` " + e.Label.In(lang)
	}
	limits := ""
	if a.Min != nil && a.Max != nil {
		limits = strings.TrimSpace(fmt.Sprintf("%g…%g %s", *a.Min, *a.Max, a.Unit))
	}
	var members, profiles []string
	for _, f := range a.A11yFields {
		members = append(members, "`"+f.Name()+"`")
	}
	for _, t := range Thresholds() {
		if t.Attribute.Code() == a.Code && !slices.Contains(profiles, t.Profile) {
			profiles = append(profiles, t.Profile)
		}
	}
	return []string{fmt.Sprintf("`%s` %s. %s", a.Code, a.Label.In(lang), cell(a.Help.In(lang))), cell(values), cell(limits), fmt.Sprint(a.ShelfYears),
		cell(a.OSM), cell(strings.Join(members, ", ")), cell(a.SchemaOrg), cell(strings.Join(profiles, ", "))}
}

// notInA11yJSON are the codes that no member of A11yJSON gives back, "*" for all of an attribute, "" for none.
func notInA11yJSON(a models.AccessAttribute) string {
	if len(a.A11yFields) == 0 {
		return "*"
	}
	var lost []string
	for _, code := range a.Values {
		kept := len(a.A11yFields[0].Codes) == 0
		for _, rule := range a.A11yFields[0].Codes {
			words := strings.Fields(rule)
			kept = kept || words[0] == code && words[1] == "="
		}
		if !kept {
			lost = append(lost, "`"+code+"`")
		}
	}
	return strings.Join(lost, ", ")
}
