package osmtags

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

var (
	numberForm = regexp.MustCompile(`^([0-9]{1,7})(?:[.,]([0-9]{1,6}))?$`)
	lengthForm = regexp.MustCompile(`^([0-9.,]+) ?(m|cm|mm|ft|in)?$`)
	feetForm   = regexp.MustCompile(`^([0-9]{1,3})'(?: ?([0-9]{1,2})")?$`)
	inchForm   = regexp.MustCompile(`^([0-9]{1,4})"$`)
	slopeForm  = regexp.MustCompile(`^([-+]?)([0-9.,]+) ?(%|°)$`)
	ratioForm  = regexp.MustCompile(`^1 ?: ?([0-9]{1,4})$`)
)

// number reads a decimal. A comma stands for the point when one or two digits follow: three might be thousands.
func number(s string) (float64, bool) {
	m := numberForm.FindStringSubmatch(s)
	if m == nil || strings.Contains(s, ",") && len(m[2]) > 2 {
		return 0, false
	}
	f, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
	return f, err == nil
}

var centimetres = map[string]float64{"": 100, "m": 100, "cm": 1, "mm": 0.1, "ft": 30.48, "in": 2.54}

// length reads a length in centimetres. Without a unit it is metres, as OpenStreetMap has it: "1.2", "1.2 m", "120 cm", `3'11"`.
func length(s string) (float64, bool) {
	s = strings.TrimSpace(s)
	if m := feetForm.FindStringSubmatch(s); m != nil {
		feet, _ := strconv.ParseFloat(m[1], 64) // the forms have digits only
		inches, _ := strconv.ParseFloat("0"+m[2], 64)
		return tenth(feet*30.48 + inches*2.54), true
	}
	if m := inchForm.FindStringSubmatch(s); m != nil {
		inches, _ := strconv.ParseFloat(m[1], 64)
		return tenth(inches * 2.54), true
	}
	m := lengthForm.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	n, ok := number(m[1])
	return tenth(n * centimetres[m[2]]), ok
}

// slope reads an incline in per cent: "8%", "-4.5 %", "10°", "1:12", "0". A number without a sign of its unit is none.
func slope(s string) (float64, bool) {
	s = strings.TrimSpace(s)
	if s == "0" {
		return 0, true
	}
	if m := ratioForm.FindStringSubmatch(s); m != nil {
		n, _ := strconv.ParseFloat(m[1], 64) // the form has digits only
		return tenth(100 / n), n > 0
	}
	m := slopeForm.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	n, ok := number(m[2])
	if m[3] == "°" {
		if n >= 89 {
			return 0, false
		}
		n = 100 * math.Tan(n*math.Pi/180)
	}
	if m[1] == "-" {
		n = -n
	}
	return tenth(n), ok
}

// count reads a whole number.
func count(s string) (int, bool) {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	return n, err == nil && n >= 0 && n <= 1_000_000 && !strings.HasPrefix(strings.TrimSpace(s), "+")
}

func tenth(f float64) float64 {
	if f = math.Round(f*10) / 10; f == 0 {
		return 0 // and not -0
	}
	return f
}
