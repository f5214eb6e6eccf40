package models

import (
	"strconv"
	"strings"
)

// Language is a language the interface and every message exist in.
type Language string

// The languages of Wolnica; Polish is the default.
const (
	Polish  Language = "pl"
	English Language = "en"
)

// Text is a message in both languages.
type Text struct {
	PL string `json:"pl"`
	EN string `json:"en"`
}

// In returns the text in the language asked for, Polish for any other.
func (t Text) In(l Language) string {
	if l == English {
		return t.EN
	}
	return t.PL
}

// Number writes a count, which is not negative, with the separators of the language: "12 345" with hard spaces from five digits on in
// Polish, "1,234" in English.
func (l Language) Number(n int64) string {
	digits := strconv.FormatInt(n, 10)
	separator := "\u00a0"
	if l == English {
		separator = ","
	} else if len(digits) <= 4 {
		return digits
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + separator + digits[i:]
	}
	return digits
}

// Decimal writes a number with as many decimals as it has.
func (l Language) Decimal(v float64) string {
	text := strconv.FormatFloat(v, 'f', -1, 64)
	if l == English {
		return text
	}
	return strings.Replace(text, ".", ",", 1)
}
