package models

import (
	"encoding/csv"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func day(t testing.TB, s string) *Date {
	t.Helper()
	d, err := ParseDate(s)
	if err != nil {
		t.Fatalf("test date: %v", err)
	}
	return &d
}

func TestRegisterNumbersAreReadAsTheSourcesWriteThem(t *testing.T) {
	number := func(n, date, note string) RegisterNumber {
		r := RegisterNumber{Number: n, Note: note}
		if date != "" {
			r.Date = day(t, date)
		}
		return r
	}
	for _, tt := range []struct {
		raw  string
		want []RegisterNumber
	}{
		{"A-3 /25.03.1931/  18.03.1973, A-178/M", []RegisterNumber{number("A-3", "1931-03-25", "18.03.1973"), number("A-178/M", "", "")}},
		{"A-3/25.03.1931/", []RegisterNumber{number("A-3", "1931-03-25", "")}},
		{"A - 468, 23.04.1968", []RegisterNumber{number("A-468", "1968-04-23", "")}},
		{"A--1260/M (13.06.2011 r.)", []RegisterNumber{number("A-1260/M", "2011-06-13", "")}},
		{"A1304/M (11.07.2012 r.)", []RegisterNumber{number("A-1304/M", "2012-07-11", "")}},
		{"decyzja w toku", nil},
		{"A-844 z 1990-04-09; brak numeru z 1995-05-20; A-1526/M z 2019-10-08",
			[]RegisterNumber{number("A-844", "1990-04-09", ""), number("A-1526/M", "2019-10-08", "")}},
		{"A-126M z 2007-12-14", []RegisterNumber{number("A-126/M", "2007-12-14", "")}},
		{"A–12 z dn. 1930:02:14", []RegisterNumber{number("A-12", "1930-02-14", "")}},
		{"nr rej.: A-12a / WLK, 1.02.2003 r., decyzja ostateczna", []RegisterNumber{number("A-12a/WLK", "2003-02-01", "decyzja ostateczna")}},
		{"b-7; C-8/A", []RegisterNumber{number("B-7", "", ""), number("C-8/A", "", "")}},
		{"A-1; A-2; A-1 z 2001-01-01", []RegisterNumber{number("A-1", "2001-01-01", ""), number("A-2", "", "")}},
		{"A-5 z 2001-02-31", []RegisterNumber{number("A-5", "", "2001-02-31")}},
		{"386 z 1967-06-15", nil},
		{"42/Arch. z 1968-11-05; 1434/M z 2015-05-12", nil},
		{"LAKI-226-31 z 1931-06-02; LAKI-11-Ka-20-Kr-32; OZ-IV-A-2/78 z 1978-07-10; AK.4-1/34; A.K.1/Ka/2/Kr/37", nil},
		{"ul. Długa 2 a 12", nil},
		{"A-12/34, A-1-2, D-4, XA-4", nil},
		{"", nil},
	} {
		if diff := cmp.Diff(tt.want, ParseRegisterNumbers(tt.raw)); diff != "" {
			t.Errorf("ParseRegisterNumbers(%q): -want +got\n%s", tt.raw, diff)
		}
	}
}

func TestRegisterEntriesKeepDecisionsWithoutANumber(t *testing.T) {
	got := ParseRegisterEntries("A-3 /25.03.1931/  18.03.1973, A-178/M; brak numeru z 1995-05-20;; 386 z brak daty\nLAKI-226-31 z 1931-06-02")
	want := []RegisterEntry{
		{Number: "A-3", Date: day(t, "1931-03-25"), Raw: "A-3 /25.03.1931/  18.03.1973"},
		{Number: "A-178/M", Raw: "A-178/M"},
		{Date: day(t, "1995-05-20"), Raw: "brak numeru z 1995-05-20"},
		{Raw: "386 z brak daty"},
		{Date: day(t, "1931-06-02"), Raw: "LAKI-226-31 z 1931-06-02"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestRegisterNumbersSurviveTheirOwnForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		numbers := rapid.SliceOfDistinct(rapid.StringMatching(`[ABC]-[0-9]{1,5}[a-z]?(/[A-Z]{1,3})?`), rapid.ID).Draw(t, "numbers")
		separator := rapid.SampledFrom([]string{"; ", ", ", "\n", " z 1999-12-31; ", " (1.02.1999 r.), "}).Draw(t, "separator")
		var got []string
		for _, n := range ParseRegisterNumbers(strings.Join(numbers, separator)) {
			got = append(got, n.Number)
		}
		if diff := cmp.Diff(append([]string(nil), numbers...), got); diff != "" {
			t.Fatalf("-want +got\n%s", diff)
		}
	})
}

func FuzzParseRegisterNumbers(f *testing.F) {
	for _, s := range []string{"A-3 /25.03.1931/  18.03.1973, A-178/M", "A--1260/M (13.06.2011 r.)", "a-1B/C z\u00a0r.", "A\xff-1", "A-1/1.1.1999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		seen := map[string]bool{}
		for _, n := range ParseRegisterNumbers(raw) {
			if !RegisterNumberForm.MatchString(n.Number) {
				t.Errorf("got %q, want the form %s", n.Number, RegisterNumberForm)
			}
			if seen[n.Number] {
				t.Errorf("got %q twice, want it once", n.Number)
			}
			seen[n.Number] = true
		}
		for _, e := range ParseRegisterEntries(raw) {
			if e.Raw == "" || !strings.Contains(raw, e.Raw) {
				t.Errorf("got entry %q, want a part of %q", e.Raw, raw)
			}
		}
	})
}

// sharedRows reads a CSV file of real data that lies beside the repository, as maps by column; nil where it is not kept.
func sharedRows(t *testing.T, name string) []map[string]string {
	t.Helper()
	file, err := os.Open("../../shared/data/" + name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		t.Fatalf("open real data: %v", err)
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatalf("read real data: %v", err)
	}
	var rows []map[string]string
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, column := range records[0] {
			row[strings.TrimPrefix(column, "\ufeff")] = record[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func TestRealRegisterRowsWithABookLetterAreAllRead(t *testing.T) {
	for _, row := range sharedRows(t, "heritage/krakow_rejestr_zabytkow.csv") {
		raw := row["wykaz_dokumentow"]
		var got, want []string
		for entry := range strings.SplitSeq(raw, "; ") {
			if strings.HasPrefix(entry, "A-") || strings.HasPrefix(entry, "A7") {
				want = append(want, entry)
			}
		}
		for _, entry := range ParseRegisterEntries(raw) {
			if entry.Number != "" {
				got = append(got, entry.Raw)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: -want +got\n%s", raw, diff)
		}
	}
}
