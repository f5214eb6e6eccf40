package models

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// shown writes a span as "1930-1939", "1945-" or "-1914".
func shown(from, to *int) string {
	year := func(y *int) string {
		if y == nil {
			return ""
		}
		return fmt.Sprint(*y)
	}
	return year(from) + "…" + year(to)
}

func TestDatingsAreReadByTheRulesOfTheTable(t *testing.T) {
	for text, want := range map[string]string{
		"l. 30. XX": "1930…1939", "1 ćw. XX": "1901…1925", "ok. 1900-1910": "1900…1910", "pocz. l. 40. XX": "1940…1943",
		"po 1945": "1945…", "XIV w.": "1301…1400", "2 poł. XVIII": "1751…1800", "1889 r.": "1889…1889",

		"1889": "1889…1889", "966 r.": "966…966", "1933 - 1935": "1933…1935", "1913 -1918": "1913…1918", "1880-90": "1880…1890",
		"1934–1949": "1934…1949", "1861&#8211;1865": "1861…1865", "1935/1936": "1935…1936", "1935/36": "1935…1936",
		"w 1905 roku": "1905…1905", "lata 1930-1935": "1930…1935", "l. 1930-35": "1930…1935", "1889r.": "1889…1889",

		"XIV": "1301…1400", "xix w.": "1801…1900", "XIX wiek": "1801…1900", "XIV-XVI w.": "1301…1600", "XVI - XVII": "1501…1700",
		"1. poł. XV w.": "1401…1450", "II poł. XIX": "1851…1900", "I poł. XIX w.": "1801…1850", "3 ćw. XVIII w.": "1751…1775",
		"4  ćw. XIX": "1876…1900", "1 ćw XX": "1901…1925", "1-2 ćw. XX": "1901…1950", "1. i 2. ćw. XX w.": "1901…1950",
		"2 poł. XIX - pocz. XX w.": "1851…1910", "1880 - k. XIX": "1880…1900", "1884-1 ćw. XX": "1884…1925",

		"pocz. XX": "1901…1910", "pocz XX": "1901…1910", "początek XX w.": "1901…1910", "poł. XIX w.": "1841…1860",
		"ok. poł. XIX": "1841…1860", "k. XIX w.": "1891…1900", "koniec XIX w.": "1891…1900", "schyłek XVIII w.": "1791…1800",
		"XIX/XX w.": "1891…1910", "przełom XIX/XX w.": "1891…1910", "przełom XIX i XX w.": "1891…1910",

		"lata 20. XX w.": "1920…1929", "lata 30 XX": "1930…1939", "l 30. XX": "1930…1939", "lata 50.XX": "1950…1959",
		"l. 30. XX.": "1930…1939", "l. 30. XX (?)": "1930…1939", "lata 20-te XX w.": "1920…1929",
		"1. 40. XX": "1940…1949", "1 30. XX": "1930…1939",
		"l. 70-80. XIX": "1870…1889", "l. 60 -70. XIX": "1860…1879", "lata 20. i 30. XX w.": "1920…1939",
		"lata 20. - lata 30. XX w.": "1920…1939",
		"k. l. 30. XX":              "1937…1939", "koniec l. 20. XX": "1927…1929", "poł. l. 30. XX": "1934…1936",
		"pocz. 4 ćw. XIX": "1876…1880", "k. 4 ćw. XIX": "1896…1900", "poł. 4 ćw. XIX": "1886…1890",
		"pocz. 2 poł. XIX": "1851…1860", "k. 2 poł. XIX w.": "1891…1900",

		"ok. 1905 r.": "1905…1905", "ok.1925": "1925…1925", "ok 1918": "1918…1918", "ca 1905": "1905…1905",
		"1936(?)": "1936…1936", "ok. 1935?": "1935…1935",

		"od 1945": "1945…", "od 1933 do 1935": "1933…1935", "przed 1914": "…1914", "przed 1933-1934": "…1933", "do 1933": "…1933",
		"po XVII w.": "1700…", "po 1933-1934": "1934…", "wzmian. 1497": "…1497", "wzmiank. k. XV": "…1500",
		"wzmian. ok. 1514, k. XVIII": "…1800",

		"2 poł. XIX w., 1905": "1851…1905", "1889, 1910": "1889…1910", "1905 i 1931": "1905…1931", "XV, 1686": "1401…1686",
		"1932-1933 lub 1934": "1932…1934", "ok. 1860 lub 1900-1910": "1860…1910",
		"l. 70. XIX, l. 20. XX": "1870…1929", "XVI, ok. 1800, XIX/XX": "1501…1910",
		"XV, XVII, 2 poł. XVIII": "1401…1800", "XV i I poł. XVI": "1401…1550", "1 poł. XIV - 2 poł. XIV i XVI": "1301…1600",
		"po 1870, 4 ćw. XIX": "1870…1900", "od 1844, 3 ćw. XIX": "1844…1875", "przed 1890, 1920": "…1920",
		"1920, po 1945": "1920…", "po 1945, 1920": "1920…",
		"przed 1914, po 1945": "",

		"III w. p.n.e.": "-300…-201", "IV-III w. p.n.e.": "-400…-201", "I w. p.n.e.": "-100…-1", "I w. n.e.": "1…100",
		"500-300 p.n.e.": "-500…-300",
		"II/I w. p.n.e.": "-110…-91", "I w. p.n.e. - II w. n.e.": "-100…200", "2 poł. III w. p.n.e.": "-250…-201",
		"I p.n.e./I n.e.": "-10…10",
	} {
		from, to, ok := ParseDating(text)
		if want == "" {
			if ok {
				t.Errorf("ParseDating(%q): got %s, want a refusal", text, shown(from, to))
			}
			continue
		}
		if got := shown(from, to); !ok || got != want {
			t.Errorf("ParseDating(%q): got %s, %v, want %s", text, got, ok, want)
		}
	}
}

func TestDatingsThatSayNothingCertainAreRefused(t *testing.T) {
	for _, text := range []string{
		"", " ", "data nieznana", "remont 1960", "1889, przebudowa 1910", "1924 (1931)", "lata 30.", "30. XX", "l. 35. XX",
		"1935-1933", "XX-XIX", "1905-04", "XVIII/XX", "XX/XIX", "5 ćw. XIX", "3 poł. XIX", "0 ćw. XIX", "2-1 ćw. XX", "IIII w.", "XIXX",
		"12", "0000", "0099", "12345", "3000", "1889-3000", "12000-11000 p.n.e.", "0 p.n.e.", "1913-05-12", "12.05.1913", "1889,", ",1889", "1889--1890", "ok.", "po", "przed",
		"przełom XIX", "przełom XVIII/XX", "k. pocz. XIX", "XIX w. 1905", "1905/XX", "epoka brązu", "1889!", "pocz. 1-2 ćw. XX", "XL w.",
	} {
		if from, to, ok := ParseDating(text); ok || from != nil || to != nil {
			t.Errorf("ParseDating(%q): got %s, %v, want a refusal", text, shown(from, to), ok)
		}
	}
}

func TestNewDatingKeepsTheWords(t *testing.T) {
	if d := NewDating("ok. 1900-1910"); d.Text != "ok. 1900-1910" || shown(d.From, d.To) != "1900…1910" {
		t.Errorf("got %q %s, want the text and 1900…1910", d.Text, shown(d.From, d.To))
	}
	if d := NewDating("data nieznana"); d.Text != "data nieznana" || d.From != nil || d.To != nil {
		t.Errorf("got %q %s, want the text and no years", d.Text, shown(d.From, d.To))
	}
}

func checkDating(t interface{ Errorf(string, ...any) }, text string) {
	from, to, ok := ParseDating(text)
	switch {
	case !ok && (from != nil || to != nil):
		t.Errorf("ParseDating(%q): got years %s with a refusal, want none", text, shown(from, to))
	case ok && from == nil && to == nil:
		t.Errorf("ParseDating(%q): got no year, want one", text)
	case from != nil && to != nil && *from > *to:
		t.Errorf("ParseDating(%q): got %s, want from <= to", text, shown(from, to))
	}
	for _, year := range []*int{from, to} {
		if year != nil && (*year < MinYear || *year > MaxYear || *year == 0) {
			t.Errorf("ParseDating(%q): got %s, want years in bounds", text, shown(from, to))
		}
	}
}

func TestDatingsMadeOfTheirWordsAreInOrder(t *testing.T) {
	words := rapid.SampledFrom(strings.Fields(`1889 1910 90 30 1 2 i ii iv xix xx v ćw. poł. pocz. k. l. ok. po od do przed wzmian.
		- / , lub przełom p.n.e. n.e. w. r. ?`))
	rapid.Check(t, func(t *rapid.T) {
		checkDating(t, strings.Join(rapid.SliceOfN(words, 1, 8).Draw(t, "words"), " "))
	})
}

func FuzzParseDating(f *testing.F) {
	for _, s := range []string{"pocz. l. 40. XX", "wzmian. ok. 1514, k. XVIII", "I w. p.n.e. - II w. n.e.", "1861&#8211;1865", "l. 60 -70. XIX", "0000", "\xff", "İX"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) { checkDating(t, text) })
}

func TestRealDatingsAreNearlyAllRead(t *testing.T) {
	rows := sharedRows(t, "heritage/krakow_rejestr_zabytkow.csv")
	dated, read := 0, 0
	for _, row := range rows {
		text := row["chronologia"]
		if text == "" || text == "data nieznana" {
			continue
		}
		dated++
		if _, _, ok := ParseDating(text); ok {
			read++
		} else {
			t.Logf("not read: %q", text)
		}
	}
	if read*100 < dated*99 {
		t.Errorf("got %d of %d datings, want at least 99 %%", read, dated)
	}
}
