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

// typedValue is what a person typed as the JSON the attribute takes; what does not fit is passed on as a text, which the domain refuses.
func typedValue(attribute, text string) json.RawMessage {
	info, _ := models.AccessAttributeByCode(attribute)
	var out any = text
	switch info.Type {
	case models.AttributeNumber, models.AttributeInteger:
		if n, err := strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64); err == nil {
			out = n
		}
	case models.AttributeBoolean:
		switch strings.ToLower(text) {
		case "tak", "yes", "true":
			out = true
		case "nie", "no", "false":
			out = false
		}
	case models.AttributeSet:
		codes := []string{}
		for c := range strings.SplitSeq(text, ",") {
			codes = append(codes, strings.TrimSpace(c))
		}
		out = codes
	}
	if text == "" {
		return nil
	}
	b, err := json.Marshal(out)
	if err != nil { // an infinite number
		return json.RawMessage(strconv.Quote(text))
	}
	return b
}
