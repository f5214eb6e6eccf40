package models

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
