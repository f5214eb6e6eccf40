package site

import (
	"encoding/json"
	"strconv"
	"strings"

	"wolnica/models"
)

// This file holds how the values of facts are typed into forms.

// plainValue is a value as a person types it.
func plainValue(value json.RawMessage) string {
	var s string
	var codes []string
	switch {
	case json.Unmarshal(value, &s) == nil:
		return s
	case json.Unmarshal(value, &codes) == nil:
		return strings.Join(codes, ", ")
	}
	return string(value)
}

// typedValue is what was typed or chosen as the JSON the attribute takes, nil for nothing. What fits no value of the attribute is passed on as a
// text, which the domain refuses with what is allowed. Codes of a set come one by one or with commas between them.
func typedValue(attribute string, given ...string) json.RawMessage {
	if len(given) == 0 || given[0] == "" {
		return nil
	}
	info, _ := models.AccessAttributeByCode(attribute)
	text := strings.TrimSpace(given[0])
	var value any = text
	switch info.Type {
	case models.AttributeNumber, models.AttributeInteger:
		if n, err := strconv.ParseFloat(strings.Replace(strings.ReplaceAll(text, "−", "-"), ",", ".", 1), 64); err == nil {
			value = n
		}
	case models.AttributeBoolean:
		switch strings.ToLower(text) {
		case "tak", "yes", "true":
			value = true
		case "nie", "no", "false":
			value = false
		}
	case models.AttributeSet:
		codes := []string{}
		for c := range strings.SplitSeq(strings.Join(given, ","), ",") {
			codes = append(codes, strings.TrimSpace(c))
		}
		value = codes
	}
	b, err := json.Marshal(value)
	if err != nil { // an endless number
		b, _ = json.Marshal(text)
	}
	return b
}
