package dataset

import (
	"encoding/binary"
	"math"
)

// copied collects rows in PostgreSQL's binary COPY format.
type copied []byte

const (
	copyHeader  = "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	copyTrailer = "\xff\xff"

	oidText = 25
)

func (c *copied) row(columns int)   { *c = binary.BigEndian.AppendUint16(*c, uint16(columns)) }
func (c *copied) null()             { *c = append(*c, 0xff, 0xff, 0xff, 0xff) }
func (c *copied) length(n int)      { *c = binary.BigEndian.AppendUint32(*c, uint32(n)) }
func (c *copied) bytes(b []byte)    { c.length(len(b)); *c = append(*c, b...) }
func (c *copied) text(s string)     { c.length(len(s)); *c = append(*c, s...) }
func (c *copied) int4(n int)        { c.length(4); *c = binary.BigEndian.AppendUint32(*c, uint32(int32(n))) }
func (c *copied) int8(n int64)      { c.length(8); *c = binary.BigEndian.AppendUint64(*c, uint64(n)) }
func (c *copied) float8(f float64)  { c.int8(int64(math.Float64bits(f))) }
func (c *copied) optional(s string) { c.when(s != "", func() { c.text(s) }) }
func (c *copied) when(is bool, value func()) {
	if is {
		value()
		return
	}
	c.null()
}

func (c *copied) texts(list []string) {
	size, dimensions := 12, 0
	if len(list) > 0 {
		size, dimensions = 20, 1
	}
	for _, s := range list {
		size += 4 + len(s)
	}
	c.length(size)
	for _, n := range []int{dimensions, 0, oidText} {
		c.length(n)
	}
	if len(list) > 0 {
		c.length(len(list))
		c.length(1)
	}
	for _, s := range list {
		c.text(s)
	}
}

// The first place was created at the start of 2024, each a second after the one before; counted in microseconds since 2000.
const created = 757_382_400_000_000

// encode is the places from one id to another, as COPY of placeColumns takes them.
func (d *Dataset) encode(first, last int) []byte {
	c := make(copied, 0, (last-first+1)*480)
	c = append(c, copyHeader...)
	var p place
	var uid [16]byte
	for id := first; id <= last; id++ {
		d.fill(&p, id)
		c.row(27)
		c.int8(int64(id))
		r := d.random(streamIdentity, id)
		binary.BigEndian.PutUint64(uid[:8], r.Uint64())
		binary.BigEndian.PutUint64(uid[8:], r.Uint64())
		uid[6], uid[8] = uid[6]&0x0f|0x40, uid[8]&0x3f|0x80 // version 4, as the database makes them
		c.bytes(uid[:])
		c.bytes(p.namePL)
		c.bytes(p.nameEN)
		c.bytes(p.description)
		c.text(p.lifecycle)
		c.text(p.publication)
		c.text(p.visibility)
		c.bytes(p.geom)
		c.text("within_10m")
		c.when(p.municipality > 0, func() { c.int8(p.municipality) })
		c.bytes(p.locality)
		c.bytes(p.street)
		c.bytes(p.number)
		c.bytes(p.postcode)
		c.optional(p.heritage)
		c.optional(p.infrastructure)
		c.when(p.area > 0, func() { c.float8(float64(p.area)) })
		c.when(p.built > 0, func() { c.int4(p.built) })
		c.text(p.operator)
		at := created + int64(id)*1_000_000
		c.int8(at)
		c.int8(at)
		c.texts(p.protections)
		c.optional(p.grade)
		c.when(p.grade != "", func() { c.int4(p.inspected) })
		c.when(p.grade != "", func() { c.text("measured") })
		c.int4(int(p.verdicts))
	}
	return append(c, copyTrailer...)
}
