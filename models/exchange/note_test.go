package exchange

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wolnica/models"
	"wolnica/models/store"
)

const officesProfile = `title_pl: Urzędy
title_en: Offices
crs: 4326
records: venues
key: {scheme: test-offices, value: "{name}"}
geometry: {lon: "{lon}", lat: "{lat}"}
fields:
  name_pl: "{name}"
  infrastructure_category: public_office
notes:
  - {name: adaptations, text: "{adaptations}", source: Test, observed_on: "{$as_of}"}
`

// office is a file of one office with its adaptations.
func office(adaptations string) string {
	return `{"source":"x","venues":[{"name":"Urząd","lat":50.05,"lon":19.05,"adaptations":` + adaptations + `}]}`
}

// proposals are written in short, a line each: status, part, attribute, value, and the words.
func proposals(t testing.TB, s *store.Store) []string {
	t.Helper()
	return query(t, s, `SELECT concat_ws(' ', status, nullif(part, ''), nullif(attribute, ''), value, '<' || substr(text, span_from + 1, span_to - span_from) || '>')
		FROM fact_proposals WHERE deleted_at IS NULL ORDER BY status <> 'proposed', id`)
}

func TestNotesOfAnImportBecomeProposalsAndNoFacts(t *testing.T) {
	s := lipniki(t)
	p, err := ParseProfile("test", []byte(officesProfile))
	if err != nil {
		t.Fatal(err)
	}
	run := func(adaptations string) *models.ImportBatch {
		t.Helper()
		b, err := Import(context.Background(), s, store.System(), Options{Profile: p, Path: file(t, "offices.json", office(adaptations))})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	verdicts := func() string {
		return strings.Join(query(t, s, "SELECT concat_ws(' ', id, verdicts, verdicts_until, version) FROM places ORDER BY id"), ";")
	}

	first := run(`["podjazd","WC przystosowane dla osób niepełnosprawnych","budynek trudny"]`)
	want := []string{`proposed entrance ramp "fixed" <podjazd>`, `proposed toilet toilet_wheelchair "yes" <WC przystosowane dla osób niepełnosprawnych>`, "proposed <budynek trudny>"}
	if diff := cmp.Diff(want, proposals(t, s)); diff != "" {
		t.Error(diff)
	}
	if of(first) != (counts{Created: 1}) || count(t, s, "access_facts") != 0 {
		t.Errorf("got %v and %d facts, want one place and no fact", of(first), count(t, s, "access_facts"))
	}
	before, revisions := verdicts(), count(t, s, "revisions")

	// The same note again proposes nothing.
	if again := run(`["podjazd","WC przystosowane dla osób niepełnosprawnych","budynek trudny"]`); of(again) != (counts{Unchanged: 1}) || count(t, s, "revisions") != revisions {
		t.Errorf("got %v and %d revisions more, want all unchanged", of(again), count(t, s, "revisions")-revisions)
	}

	// A changed note: what was decided stays decided, what is gone is outdated, what is new is proposed.
	reject(t, s, "ramp")
	if changed := run(`["winda","podjazd","WC przystosowane dla osób niepełnosprawnych"]`); of(changed) != (counts{Updated: 1}) {
		t.Errorf("got %v, want the place updated", of(changed))
	}
	want = []string{`proposed toilet toilet_wheelchair "yes" <WC przystosowane dla osób niepełnosprawnych>`, `proposed inside stepfree_alternative "lift" <winda>`,
		`rejected entrance ramp "fixed" <podjazd>`, "outdated <budynek trudny>"}
	if diff := cmp.Diff(want, proposals(t, s)); diff != "" {
		t.Error(diff)
	}
	if after := verdicts(); after != before {
		t.Errorf("got the places %s, want them untouched: %s", after, before)
	}

	// An empty note leaves nothing open.
	run(`[]`)
	for _, p := range proposals(t, s) {
		if strings.HasPrefix(p, "proposed") {
			t.Errorf("got %s open, want nothing", p)
		}
	}
	if n := count(t, s, "access_facts"); n != 0 || verdicts() != before {
		t.Errorf("got %d facts and the places %s, want neither changed", n, verdicts())
	}
}

// reject rejects the open proposal of the attribute.
func reject(t testing.TB, s *store.Store, attribute string) {
	t.Helper()
	ctx := context.Background()
	rows, _, err := s.FactProposals(ctx, store.System(), store.FactProposalFilter{Statuses: []string{models.ProposalProposed}}, models.Page{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range rows {
		if p.Attribute == attribute {
			if _, err := s.RejectProposal(ctx, store.System(), p.ID, p.Version, "nie"); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatalf("there is no open proposal of %s among %v", attribute, rows)
}

func TestUndoTakesOpenProposalsBackAndKeepsDecidedOnes(t *testing.T) {
	s := lipniki(t)
	p, err := ParseProfile("test", []byte(officesProfile))
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	run := func(adaptations string) int64 {
		t.Helper()
		b, err := Import(ctx, s, store.System(), Options{Profile: p, Path: file(t, "offices.json", office(adaptations))})
		if err != nil {
			t.Fatal(err)
		}
		return b.ID
	}
	run(`["podjazd"]`)
	second := run(`["winda","domofon"]`)
	reject(t, s, "call_device")
	report, err := s.UndoImport(ctx, store.System(), second)
	if err != nil {
		t.Fatal(err)
	}
	if report.KeptCount != 1 || len(report.Kept) != 1 || report.Kept[0].Kind != models.KindFactProposal {
		t.Errorf("got %+v kept, want the rejected proposal", report.Kept)
	}
	want := []string{`proposed entrance ramp "fixed" <podjazd>`, `rejected entrance call_device "intercom" <domofon>`}
	if diff := cmp.Diff(want, proposals(t, s)); diff != "" {
		t.Error(diff)
	}
	run(`["winda","domofon"]`)
	want = []string{`proposed inside stepfree_alternative "lift" <winda>`, `rejected entrance call_device "intercom" <domofon>`, `outdated entrance ramp "fixed" <podjazd>`}
	got := proposals(t, s)
	if len(got) != 3 || got[0] != want[0] {
		t.Errorf("got %v after the import was repeated, want %v", got, want)
	}
}

func TestProfilesOfNotesAreChecked(t *testing.T) {
	for bad, want := range map[string]string{
		`- {text: "{a}"}`:                                          "name",
		`- {name: a}`:                                              "text",
		`- {name: a, text: "{a}", part: attic}`:                    "attic",
		`- {name: a, text: "{a}", colour: red}`:                    "colour",
		"- {name: a, text: \"{a}\"}\n  - {name: a, text: \"{b}\"}": "twice",
		`{a: b}`: "list",
	} {
		text := strings.Replace(officesProfile, "notes:\n  - {name: adaptations, text: \"{adaptations}\", source: Test, observed_on: \"{$as_of}\"}", "notes:\n  "+bad, 1)
		if _, err := ParseProfile("test", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error about %q", bad, err, want)
		}
	}
}

// Both real files, where they are: what is proposed of them.
func TestRealNotesAreProposed(t *testing.T) {
	if _, err := os.Stat(realData); errors.Is(err, fs.ErrNotExist) {
		return // the tests above prove the same on invented rows
	}
	s := lipniki(t)
	importFile(t, s, "municipalities", realData+"boundaries/metropolia15_gminy_refined_ODbL.geojson")
	for _, tt := range []struct {
		profile, file string
		places, least int
	}{{"offices", "leisure/krakow_pl_dostepnosc_budynkow.json", 20, 55}, {"toilets", "leisure/msip_toalety_esrijson.json", 9, 27}} {
		b := importFile(t, s, tt.profile, realData+tt.file)
		if b.RowsCreated != int64(tt.places) || b.RowsFailed != 0 {
			t.Errorf("%s: got %d created and %d failed, want all %d: %v", tt.profile, b.RowsCreated, b.RowsFailed, tt.places, issuesByCode(t, s, b.ID))
		}
		made := query(t, s, "SELECT attribute FROM fact_proposals WHERE batch_id = $1 AND attribute <> ''", b.ID)
		if len(made) < tt.least {
			t.Errorf("%s: got %d proposals, want %d at least", tt.profile, len(made), tt.least)
		}
		again := importFile(t, s, tt.profile, realData+tt.file)
		if again.RowsUnchanged != int64(tt.places) {
			t.Errorf("%s: got %v for the second import, want nothing changed", tt.profile, of(again))
		}
	}
	if n := count(t, s, "access_facts"); n != 0 {
		t.Errorf("got %d facts, want none", n)
	}
	if testing.Verbose() {
		for _, line := range query(t, s, `SELECT concat_ws(' | ', count(*), profile, attribute, value, part, certainty) FROM (
				SELECT split_part(channel, '/', 1) AS profile, coalesce(nullif(attribute, ''), 'not understood: ' || substr(text, span_from + 1, span_to - span_from)) AS attribute, value, part, certainty
				FROM fact_proposals) p GROUP BY profile, attribute, value, part, certainty ORDER BY profile, attribute, count(*) DESC`) {
			fmt.Println(line)
		}
	}
}
