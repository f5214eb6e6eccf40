package models

import (
	"database/sql/driver"
	"fmt"
	"strings"
)

// StringArray is a PostgreSQL text[] that database/sql can scan and write. It never holds NULL elements.
type StringArray []string

// GormDataType is the column type.
func (StringArray) GormDataType() string { return "text[]" }

// Value writes the array as a PostgreSQL array literal; nil is an empty array.
func (a StringArray) Value() (driver.Value, error) {
	var b strings.Builder
	b.WriteByte('{')
	for i, s := range a {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('"')
		for _, r := range s {
			if r == '"' || r == '\\' {
				b.WriteByte('\\')
			}
			b.WriteRune(r)
		}
		b.WriteByte('"')
	}
	b.WriteByte('}')
	return b.String(), nil
}

// Scan reads a one-dimensional PostgreSQL array literal.
func (a *StringArray) Scan(src any) error {
	var s string
	switch v := src.(type) {
	case nil:
		*a = StringArray{}
		return nil
	case string:
		s = v
	case []byte:
		s = string(v)
	default:
		return fmt.Errorf("scan text[]: got %T", src)
	}
	if len(s) < 2 || s[0] != '{' || s[len(s)-1] != '}' {
		return fmt.Errorf("scan text[]: %q is not an array", s)
	}
	out := StringArray{}
	var b strings.Builder
	quoted, any := false, false
	for i := 1; i < len(s)-1; i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s)-1:
			i++
			b.WriteByte(s[i])
		case c == '"':
			quoted, any = !quoted, true
		case c == ',' && !quoted:
			out = append(out, b.String())
			b.Reset()
			any = false
		default:
			b.WriteByte(c)
			any = true
		}
	}
	if any || b.Len() > 0 || len(out) > 0 {
		out = append(out, b.String())
	}
	*a = out
	return nil
}
