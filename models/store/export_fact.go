package store

import (
	"bytes"

	"wolnica/geo"
	"wolnica/models"
)

// factColumns are what an export reads of an access fact.
var factColumns = []geo.Column{
	{Name: "id", Type: geo.ColumnInteger},
	{Name: "part", Type: geo.ColumnText},
	{Name: "attribute", Type: geo.ColumnText},
	{Name: "state", Type: geo.ColumnText},
	{Name: "value::text", Type: geo.ColumnText},
	{Name: "observed_on", Type: geo.ColumnDate},
	{Name: "method", Type: geo.ColumnText},
	{Name: "valid_from", Type: geo.ColumnDate},
	{Name: "valid_until", Type: geo.ColumnDate},
	{Name: "superseded_by", Type: geo.ColumnInteger},
}

var exportFacts = exportParts(factColumns, "access_facts", "id")

func (c *exportedChunk) beginFacts() {
	c.row = 0
	for len(c.facts) < c.rows {
		c.facts = append(c.facts, nil)
	}
	for i := range c.facts {
		c.facts[i] = c.facts[i][:0]
	}
}

// readFact takes a fact of a place of the chunk; facts come in the order of the places.
func (c *exportedChunk) readFact(values [][]byte) {
	id := exportInt(values[0])
	for c.row < c.rows && c.ids[c.row] < id {
		c.row++
	}
	if c.row == c.rows || c.ids[c.row] != id {
		return // the rest of a range
	}
	v := values[1:]
	f := models.AccessFact{Part: string(v[1]), Attribute: string(v[2]), State: string(v[3]), Value: bytes.Clone(v[4]),
		ObservedOn: models.Date{Time: exportDate(v[5])}, Method: string(v[6])}
	f.ID = exportInt(v[0])
	for _, d := range []struct {
		bytes []byte
		to    **models.Date
	}{{v[7], &f.ValidFrom}, {v[8], &f.ValidUntil}} {
		if d.bytes != nil {
			*d.to = &models.Date{Time: exportDate(d.bytes)}
		}
	}
	if v[9] != nil {
		f.SupersededBy = new(exportInt(v[9]))
	}
	c.facts[c.row] = append(c.facts[c.row], f)
}
