package main

import (
	"fmt"
	"io"
	"math"
)

// A row is one target and what was measured of it.
type row struct {
	what string
	// measured is NaN when it was not.
	measured float64
	// sign is ">=" or "<" before the target; "" makes a figure without one.
	sign   string
	target float64
	more   string
}

// verdict says how a row came out, and whether that is a failure.
func (r row) verdict() (string, bool) {
	switch {
	case math.IsNaN(r.measured):
		return "not measured", true
	case r.sign == "":
		return "", false
	case r.sign == ">=" && r.measured >= r.target, r.sign == "<" && r.measured < r.target:
		return "met", false
	}
	return "MISSED", true
}

// printTargets prints the rows, and tells whether every target was measured and met.
func printTargets(w io.Writer, rows []row) bool {
	good := true
	fmt.Fprintf(w, "%-58s %10s  %-10s %-12s\n", "", "measured", "target", "")
	for _, r := range rows {
		verdict, bad := r.verdict()
		good = good && !bad
		measured, target := "-", ""
		if !math.IsNaN(r.measured) {
			measured = number(r.measured)
		}
		if r.sign != "" {
			target = r.sign + " " + number(r.target)
		}
		fmt.Fprintf(w, "%-58s %10s  %-10s %-12s %s\n", r.what, measured, target, verdict, r.more)
	}
	return good
}

// number writes three digits or more.
func number(f float64) string {
	switch a := math.Abs(f); {
	case a == math.Trunc(a) || a >= 100:
		return fmt.Sprintf("%.0f", f)
	case a >= 10:
		return fmt.Sprintf("%.1f", f)
	default:
		return fmt.Sprintf("%.2f", f)
	}
}
