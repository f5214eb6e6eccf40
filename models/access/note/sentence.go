package note

import (
	"encoding/json"
	"strings"

	"wolnica/models"
)

// Sentence says a proposal or a fact in a few words: "Wejście: pochylnia – stała". An attribute that is not in the table, or a
// value it does not admit, is shown as it stands.
func Sentence(part, attribute, state string, value json.RawMessage) models.Text {
	info, known := models.AccessAttributeByCode(attribute)
	t := info.Label
	if !known {
		t = models.Text{PL: attribute, EN: attribute}
	}
	v := valueText(info, value)
	if state == models.FactNotApplicable {
		v = models.Text{PL: "nie dotyczy", EN: "not applicable"}
	}
	where := PartText(part)
	if where.PL == "" && known {
		where = models.AccessLinks.Label(info.Link)
	}
	return models.Text{PL: begin(where.PL) + ": " + t.PL + " – " + v.PL, EN: begin(where.EN) + ": " + t.EN + " – " + v.EN}
}

// PartText is the name of a part for people: "wejście 2"; empty for the place as a whole.
func PartText(part string) models.Text {
	name, n, numbered := strings.Cut(part, "#")
	t := models.Text{PL: name, EN: name}
	if models.AccessLinks.Has(name) {
		t = models.AccessLinks.Label(name)
	}
	if numbered && n != "1" {
		t.PL, t.EN = t.PL+" "+n, t.EN+" "+n
	}
	return t
}

func valueText(info models.AccessAttribute, value json.RawMessage) models.Text {
	plain := models.Text{PL: string(value), EN: string(value)}
	if _, bad := info.Check(value); bad || len(value) == 0 {
		return plain
	}
	switch info.Type {
	case models.AttributeNumber, models.AttributeInteger:
		t := models.Text{PL: strings.Replace(plain.PL, ".", ",", 1), EN: plain.EN}
		if info.Unit != "" {
			t.PL, t.EN = t.PL+"\u00a0"+info.Unit, t.EN+"\u00a0"+info.Unit
		}
		return t
	case models.AttributeBoolean:
		if strings.TrimSpace(string(value)) == "true" {
			return models.Text{PL: "tak", EN: "yes"}
		}
		return models.Text{PL: "nie", EN: "no"}
	case models.AttributeEnum, models.AttributeSet:
		var codes []string
		var one string
		if json.Unmarshal(value, &codes) != nil && json.Unmarshal(value, &one) == nil {
			codes = []string{one}
		}
		var pl, en []string
		for _, c := range codes {
			l := info.Choices.Label(c)
			pl, en = append(pl, l.PL), append(en, l.EN)
		}
		return models.Text{PL: strings.Join(pl, ", "), EN: strings.Join(en, ", ")}
	}
	var s string
	if json.Unmarshal(value, &s) == nil {
		return models.Text{PL: s, EN: s}
	}
	return plain
}

func begin(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}
