package ogc

import (
	"crypto/sha256"
	"strconv"
	"time"

	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/store"
)

// featureText is the GeoJSON of a feature but for what depends on the request: the name in its language, and the address
// of the server in the link to the record.
type featureText struct {
	id int64
	// bytes are the text up to end, then the name as JSON in Polish up to en, and in English, which may be empty.
	bytes       []byte
	at, end, en int32
	// name goes in at; url ends the properties. Either is left out when it was not asked for.
	name, url bool
	// sum tells this text from any other.
	sum [16]byte
	// staleOn is when the text is no longer true although nobody changed the record; zero for never.
	staleOn time.Time
}

func (t *featureText) size() int64 { return int64(len(t.bytes)) + entryOverhead }

// selection says which properties are written.
type selection struct {
	name, url bool
	columns   []bool
}

// writer makes the texts of the features of a collection.
type writer struct {
	columns []geo.Column
	keys    [][]byte
}

func newWriter(kind models.Kind) writer {
	w := writer{columns: store.FeatureColumns(kind)}
	for _, c := range w.columns {
		w.keys = append(w.keys, append(strconv.AppendQuote(nil, c.Name), ':'))
	}
	return w
}

// all selects every property.
func (w writer) all() selection {
	s := selection{name: true, url: true, columns: make([]bool, len(w.columns))}
	for i := range s.columns {
		s.columns[i] = true
	}
	return s
}

// text makes the text of a row, in bytes of its own: dst is working memory, returned for the next row.
func (w writer) text(dst []byte, row *store.FeatureRow, crs *crs, s selection) (*featureText, []byte, error) {
	t := &featureText{id: row.ID(), name: s.name, url: s.url, staleOn: row.StaleOn()}
	b := append(dst[:0], `{"type":"Feature","id":`...)
	b = strconv.AppendInt(b, t.id, 10)
	b = append(b, `,"geometry":`...)
	b, err := crs.appendGeometry(b, row.EWKB())
	if err != nil {
		return nil, dst, err
	}
	b = append(b, `,"properties":{`...)
	if s.name {
		b = append(b, `"name":`...)
	}
	t.at = int32(len(b))
	first := !s.name
	for i := range w.columns {
		if !s.columns[i] {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = append(b, w.keys[i]...)
		b = row.AppendJSON(b, i)
	}
	if s.url {
		if !first {
			b = append(b, ',')
		}
		b = append(b, `"url":"`...)
	}
	t.end = int32(len(b))
	b = row.AppendJSON(b, 0)
	t.en = int32(len(b))
	if row.Bytes(1) != nil {
		b = row.AppendJSON(b, 1)
	}
	t.bytes = append(make([]byte, 0, len(b)), b...)
	sum := sha256.Sum256(t.bytes)
	t.sum = [16]byte(sum[:16])
	return t, b, nil
}

// append writes the feature without its closing brace.
func (t *featureText) append(dst []byte, lang models.Language, recordURL string) []byte {
	dst = append(dst, t.bytes[:t.at]...)
	if t.name {
		name := t.bytes[t.end:t.en]
		if lang == models.English && int(t.en) < len(t.bytes) {
			name = t.bytes[t.en:]
		}
		dst = append(dst, name...)
	}
	dst = append(dst, t.bytes[t.at:t.end]...)
	if t.url {
		dst = append(dst, recordURL...)
		dst = strconv.AppendInt(dst, t.id, 10)
		dst = append(dst, '"')
	}
	return append(dst, '}')
}
