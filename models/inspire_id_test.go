package models

import "testing"

func TestParseInspireIDReadsItsParts(t *testing.T) {
	const text = "PL.1.9.ZIPOZ.NID_N_12_BK.185455"
	got, ok := ParseInspireID(text)
	if want := (InspireID{Voivodeship: "12", Kind: "BK", Number: "185455"}); !ok || got != want {
		t.Fatalf("got %v, %v, want %v", got, ok, want)
	}
	if got.String() != text {
		t.Errorf("got %q, want %q", got, text)
	}
}

func TestParseInspireIDRefusesOtherText(t *testing.T) {
	for _, s := range []string{"", "185455", "PL.1.9.ZIPOZ.NID_N_12_BK.", "PL.1.9.ZIPOZ.NID_N_12_bk.1", "PL.1.9.ZIPOZ.NID_N_2_BK.1",
		"PL-1-9-ZIPOZ-NID_N_12_BK-1", " PL.1.9.ZIPOZ.NID_N_12_BK.1", "PL.1.9.ZIPOZ.NID_N_12_BK.1\n", "PL.1.9.ZIPOZ.NID_N_12_BK.1x"} {
		if got, ok := ParseInspireID(s); ok {
			t.Errorf("ParseInspireID(%q): got %v, want a refusal", s, got)
		}
	}
}

func TestInspireKindsAreHeritageObjectTypes(t *testing.T) {
	for kind := range inspireKinds {
		id, ok := ParseInspireID("PL.1.9.ZIPOZ.NID_N_12_" + kind + ".1")
		code, known := id.ObjectType()
		if !ok || !known || !HeritageObjectTypes.Has(code) {
			t.Errorf("kind %s: got %q, want a code of %s", kind, code, HeritageObjectTypes.Name)
		}
	}
	if code, ok := (InspireID{Kind: "OT"}).ObjectType(); !ok || code != ObjectSurroundings {
		t.Errorf("OT: got %q, want %q", code, ObjectSurroundings)
	}
	if code, ok := (InspireID{Kind: "QQ"}).ObjectType(); ok {
		t.Errorf("QQ: got %q, want a refusal", code)
	}
}

func FuzzParseInspireID(f *testing.F) {
	f.Add("PL.1.9.ZIPOZ.NID_N_12_BK.185455")
	f.Add("PL.1.9.ZIPOZ.NID_N_12_OT.0")
	f.Fuzz(func(t *testing.T, s string) {
		if id, ok := ParseInspireID(s); ok && id.String() != s {
			t.Errorf("got %q back, want %q", id, s)
		}
	})
}
