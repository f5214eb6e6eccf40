package models

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseDateReadsTheFormsOfTheRegisters(t *testing.T) {
	want, _ := NewDate(1930, time.February, 4)
	for _, s := range []string{"1930-02-04", "04.02.1930", "4.2.1930", "04.02.1930 r.", "04.02.1930r.", "04.02.1930 r", "1930:02:04", " 1930-02-04\t"} {
		got, err := ParseDate(s)
		if err != nil || got != want {
			t.Errorf("ParseDate(%q): got %v, %v, want %v", s, got, err, want)
		}
	}
}

func TestParseDateRefusesWhatIsNotADay(t *testing.T) {
	for _, s := range []string{"", "1930", "2023-02-29", "2024-13-01", "31.04.2024", "00.01.2024", "0000-01-01", "2024-1-1",
		"2024-01-01T00:00:00Z", "1930:02-04", "brak daty", "4.2.30", "٢٠٢٤-٠١-٠١"} {
		if got, err := ParseDate(s); CodeOf(err) != CodeInvalid {
			t.Errorf("ParseDate(%q): got %v, %v, want a %s error", s, got, err, CodeInvalid)
		}
	}
	if got, err := ParseDate("29.02.2024"); err != nil || got.String() != "2024-02-29" {
		t.Errorf("leap day: got %v, %v, want 2024-02-29", got, err)
	}
}

func TestDateKeepsItsDayThroughJSONAndTheDatabase(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first := time.Date(1, 1, 2, 23, 59, 0, 0, time.UTC)
		d := DateOf(first.AddDate(0, 0, rapid.IntRange(0, 3652057).Draw(t, "days")))
		text, err := json.Marshal(d)
		if err != nil {
			t.Fatalf("marshal %v: %v", d, err)
		}
		var back, scanned Date
		if err := json.Unmarshal(text, &back); err != nil || back != d {
			t.Fatalf("JSON %s: got %v, %v, want %v", text, back, err, d)
		}
		value, err := d.Value()
		if err != nil {
			t.Fatalf("value of %v: %v", d, err)
		}
		if err := scanned.Scan(value); err != nil || scanned != d {
			t.Fatalf("scan %v: got %v, %v, want %v", value, scanned, err, d)
		}
		if err := scanned.Scan(d.Time); err != nil || scanned != d {
			t.Fatalf("scan time: got %v, %v, want %v", scanned, err, d)
		}
	})
}

func TestDateRefusesLooseJSON(t *testing.T) {
	for _, s := range []string{`"02.01.2006"`, `"2006:01:02"`, `""`, `"2006-01-02 "`, `"2023-02-29"`, `20060102`} {
		var d Date
		if err := json.Unmarshal([]byte(s), &d); err == nil {
			t.Errorf("unmarshal %s: got %v, want an error", s, d)
		}
	}
}

func TestDateTakesTheDayOfTheClockItIsGiven(t *testing.T) {
	warsaw := time.FixedZone("CET", 3600)
	got := DateOf(time.Date(2024, 3, 1, 0, 30, 0, 0, warsaw))
	if got.String() != "2024-03-01" || got.Location() != time.UTC {
		t.Errorf("got %s in %s, want 2024-03-01 in UTC", got, got.Location())
	}
}

func TestNullLeavesAnOptionalDateAbsent(t *testing.T) {
	var v struct{ On *Date }
	if err := json.Unmarshal([]byte(`{"On":null}`), &v); err != nil || v.On != nil {
		t.Errorf("got %v, %v, want nil", v.On, err)
	}
}

func TestZeroDateIsAbsent(t *testing.T) {
	var d Date
	if v, err := d.Value(); v != nil || err != nil {
		t.Errorf("value: got %v, %v, want NULL", v, err)
	}
	if _, err := json.Marshal(d); err == nil {
		t.Error("marshal of the zero date: got no error, want one")
	}
	if err := d.Scan(nil); err == nil {
		t.Error("scan of NULL: got no error, want one")
	}
	if d.String() != "" || !d.IsZero() {
		t.Errorf("got %q, zero %v, want empty and zero", d, d.IsZero())
	}
}
