package store

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"wolnica/models"
)

// cursor says where the next page begins: behind the record with these sort keys. It is bound to the filter and the sort it
// was made for, so that it cannot be carried to another list.
type cursor struct {
	Of   string `json:"of"`
	Keys []any  `json:"k"`
}

func encodeCursor(list any, keys ...any) string {
	b, _ := json.Marshal(cursor{Of: fingerprint(list), Keys: keys}) // plain values: cannot fail
	return base64.RawURLEncoding.EncodeToString(b)
}

// decodeCursor gives the sort keys of the cursor, nil for the empty one.
func decodeCursor(s string, list any, keys int) ([]any, error) {
	if s == "" {
		return nil, nil
	}
	bad := &models.Error{Code: models.CodeMalformed, Message: models.Text{PL: "Kursor strony nie jest poprawny.", EN: "The page cursor is not valid."},
		Fields: []models.FieldError{{Parameter: "cursor", Code: "cursor", Message: models.Text{
			PL: "Kursor pochodzi z odpowiedzi tej samej listy, z tym samym filtrem i sortowaniem.",
			EN: "A cursor comes from an answer of the same list, with the same filter and sort."}}}}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) > 4096 {
		return nil, bad
	}
	var c cursor
	if json.Unmarshal(b, &c) != nil || c.Of != fingerprint(list) || len(c.Keys) != keys {
		return nil, bad
	}
	for _, k := range c.Keys {
		switch k.(type) {
		case string, float64, bool, nil:
		default:
			return nil, bad
		}
	}
	return c.Keys, nil
}

func fingerprint(list any) string {
	b, err := json.Marshal(list)
	if err != nil {
		b = fmt.Appendf(nil, "%#v", list)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:6])
}
