package osmtags

import "testing"

func TestLengthsAreReadWithTheirUnits(t *testing.T) {
	for text, want := range map[string]float64{
		"1.2": 120, "1.2 m": 120, "1.2m": 120, "120 cm": 120, "1200 mm": 120, "2": 200, "1,8": 180, "0.03": 3, "3 cm": 3, "30mm": 3,
		"0": 0, "3'": 91.4, `3'6"`: 106.7, `36"`: 91.4, "3 ft": 91.4, "12 in": 30.5,
	} {
		if got, ok := length(text); !ok || got != want {
			t.Errorf("%q: got %v, %v, want %v cm", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "-1", "wide", "1-2", "~2", "<1", "1,200", "1.2.3", "1e3", "0x10", "Inf", "NaN", "1 km", "2 m;3 m", "12345678901", "90 cm wide", ".5", "5."} {
		if got, ok := length(text); ok {
			t.Errorf("%q: got %v cm, want none", text, got)
		}
	}
}

func TestSlopesAreReadInPerCent(t *testing.T) {
	for text, want := range map[string]float64{"8%": 8, "8 %": 8, "-4.5%": -4.5, "+6%": 6, "10°": 17.6, "-10 °": -17.6, "0": 0, "0%": 0, "-0%": 0,
		"1:12": 8.3, "12,5%": 12.5} {
		if got, ok := slope(text); !ok || got != want {
			t.Errorf("%q: got %v, %v, want %v %%", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "8", "up", "steep", "90°", "89°", "1:0", "1:", "2:1", "%", "°", "5-8%", "1,234%"} {
		if got, ok := slope(text); ok {
			t.Errorf("%q: got %v %%, want none", text, got)
		}
	}
}

func TestCountsAreWholeNumbers(t *testing.T) {
	for text, want := range map[string]int{"0": 0, "3": 3, " 12 ": 12} {
		if got, ok := count(text); !ok || got != want {
			t.Errorf("%q: got %v, %v, want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "-1", "+3", "3.5", "~20", "3;4", "many", "99999999999999999999"} {
		if got, ok := count(text); ok {
			t.Errorf("%q: got %v, want none", text, got)
		}
	}
}
