package a11yjson

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// A quantity of A11yJSON is {"value": 90, "unit": "cm"} or the text "90 cm".

// lengthsInCM are the names of units of length that js-quantities, by which A11yJSON defines them, and people use.
var lengthsInCM = func() map[string]float64 {
	units := map[string]float64{}
	for _, u := range []struct {
		cm    float64
		names string
	}{
		{100, "m meter meters metre metres"}, {1, "cm centimeter centimeters centimetre centimetres"},
		{0.1, "mm millimeter millimeters millimetre millimetres"}, {10, "dm decimeter decimeters decimetre decimetres"},
		{100_000, "km kilometer kilometers kilometre kilometres"}, {2.54, `in inch inches " ″`}, {30.48, "ft foot feet ' ′"},
		{91.44, "yd yard yards"}, {160_934.4, "mi mile miles"},
	} {
		for name := range strings.FieldsSeq(u.names) {
			units[name] = u.cm
		}
	}
	return units
}()

var quantityText = regexp.MustCompile(`^\s*(>=|<=|==|~=|!=|[<>=~])?\s*([+-]?[0-9]+(?:\.[0-9]+)?)\s*([^\s0-9.+-][^0-9]*)$`)

// exact are the operators of a value that is meant as it is; "~" says that it was not measured with care.
var exact = map[string]bool{"": true, "=": true, "==": true, "~": true, "~=": true}

// measure reads a quantity in the unit of an attribute: "m", "cm" or "%". It is false for a range, a bound, an unknown unit and for a
// number without a unit.
func measure(v any, unit string) (float64, bool) {
	var value float64
	var operator, of string
	switch q := v.(type) {
	case map[string]any:
		var numeric bool
		if value, numeric = q["value"].(float64); !numeric {
			raw, ok := q["rawValue"].(string)
			if !ok {
				return 0, false
			}
			return measure(raw, unit)
		}
		operator, _ = q["operator"].(string)
		of, _ = q["unit"].(string)
	case string:
		m := quantityText.FindStringSubmatch(q)
		if m == nil || len(q) > 100 {
			return 0, false
		}
		operator, of = m[1], m[3]
		var err error
		if value, err = strconv.ParseFloat(m[2], 64); err != nil {
			return 0, false
		}
	default:
		return 0, false
	}
	if !exact[operator] {
		return 0, false
	}
	of = strings.TrimSpace(of)
	if unit == "%" {
		return slope(value, of)
	}
	cm, known := lengthsInCM[of]
	if !known {
		if cm, known = lengthsInCM[strings.ToLower(of)]; !known {
			return 0, false
		}
	}
	factor := cm / lengthsInCM[unit]
	if factor == 1 {
		return value, true
	}
	return rounded(value * factor), true
}

// slope reads a slope in per cent.
func slope(value float64, unit string) (float64, bool) {
	switch strings.ToLower(unit) {
	case "%", "percent":
		return value, true
	case "deg", "degree", "degrees", "°":
		if math.Abs(value) >= 90 {
			return 0, false
		}
		return rounded(100 * math.Tan(value*math.Pi/180)), true
	}
	return 0, false
}

// rounded takes the noise off a converted value: nobody measures finer than a hundredth.
func rounded(v float64) float64 { return math.Round(v*100) / 100 }
