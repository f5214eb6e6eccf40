package osm

import (
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
)

// block is what the elements of a block share.
type block struct {
	// strings are substrings of one string, which goes when nobody holds a part of it.
	strings              []string
	granularity          int64
	latOffset, lonOffset int64
	dateGranularity      int64
}

func (p *pbf) scanBlock(data []byte, which kinds, holds *uint8, visit visitor) error {
	b := &p.block
	*b = block{strings: b.strings[:0], granularity: 100, dateGranularity: 1000}
	var table []byte
	m := message{b: data}
	for m.next() {
		switch {
		case m.number == 1 && m.kind == protowire.BytesType:
			table = m.data
		case m.kind != protowire.VarintType:
		case m.number == 17:
			b.granularity = int64(int32(m.value))
		case m.number == 18:
			b.dateGranularity = int64(int32(m.value))
		case m.number == 19:
			b.latOffset = int64(m.value)
		case m.number == 20:
			b.lonOffset = int64(m.value)
		}
	}
	if m.failed {
		return errWire
	}
	if err := b.readStrings(table); err != nil {
		return err
	}
	m = message{b: data}
	for m.next() {
		if m.number != 2 || m.kind != protowire.BytesType {
			continue
		}
		if err := p.scanGroup(m.data, which, holds, visit); err != nil {
			return err
		}
	}
	return nil
}

func (b *block) readStrings(table []byte) error {
	text := string(table)
	m := message{b: table}
	for m.next() {
		if m.number != 1 || m.kind != protowire.BytesType {
			continue
		}
		if len(b.strings) >= maxStrings {
			return errWire
		}
		end := len(table) - len(m.b)
		b.strings = append(b.strings, strings.ToValidUTF8(text[end-len(m.data):end], "\uFFFD"))
	}
	if m.failed {
		return errWire
	}
	return nil
}

func (b *block) str(i uint64) (string, error) {
	if i >= uint64(len(b.strings)) {
		return "", errWire
	}
	return b.strings[i], nil
}

// point takes a position in the block's units.
func (b *block) point(lon, lat int64) point {
	x, y := b.lonOffset+b.granularity*lon, b.latOffset+b.granularity*lat
	const limit = 180e9
	if x < -limit || x > limit || y < -limit/2 || y > limit/2 {
		return outside
	}
	return point{int32(roundDiv100(x)), int32(roundDiv100(y))}
}

func roundDiv100(v int64) int64 {
	if v < 0 {
		return (v - 50) / 100
	}
	return (v + 50) / 100
}

func (b *block) seconds(t int64) int64 { return t * b.dateGranularity / 1000 }

func (p *pbf) scanGroup(data []byte, which kinds, holds *uint8, visit visitor) error {
	m := message{b: data}
	for m.next() {
		k := node
		switch m.number {
		case 1, 2:
		case 3:
			k = way
		case 4:
			k = relation
		default:
			continue
		}
		if m.kind != protowire.BytesType {
			return errWire
		}
		*holds |= 1 << k
		if which&(1<<k) == 0 {
			continue
		}
		var err error
		if m.number == 2 {
			err = p.scanDense(m.data, holds, visit)
		} else {
			e := &p.element
			e.reset(k)
			var visible bool
			if visible, err = p.block.element(e, m.data); err == nil && visible {
				err = call(visit, e, holds)
			}
		}
		if err != nil {
			return err
		}
	}
	if m.failed {
		return errWire
	}
	return nil
}

func call(visit visitor, e *element, holds *uint8) error {
	keep, err := visit(e)
	if keep {
		*holds |= 1 << (keptShift + e.kind)
	}
	return err
}

// element reads a node that is not dense, a way or a relation.
func (b *block) element(e *element, data []byte) (visible bool, err error) {
	var keys, values, refs, lats, lons, roles, memberKinds packed
	lat, lon := int64(0), int64(0)
	visible = true
	m := message{b: data}
	for m.next() {
		switch {
		case m.number == 1 && m.kind == protowire.VarintType && e.kind == node:
			e.id = protowire.DecodeZigZag(m.value)
		case m.number == 1 && m.kind == protowire.VarintType:
			e.id = int64(m.value)
		case m.number == 2:
			keys = m.packed()
		case m.number == 3:
			values = m.packed()
		case m.number == 4 && m.kind == protowire.BytesType:
			if visible, err = b.info(e, m.data); err != nil {
				return false, err
			}
		case m.number == 8 && e.kind == node:
			lat = protowire.DecodeZigZag(m.value)
		case m.number == 9 && e.kind == node:
			lon = protowire.DecodeZigZag(m.value)
		case m.number == 8 && e.kind == way, m.number == 9 && e.kind == relation:
			refs = m.packed()
		case m.number == 9 && e.kind == way:
			lats = m.packed()
		case m.number == 10 && e.kind == way:
			lons = m.packed()
		case m.number == 8 && e.kind == relation:
			roles = m.packed()
		case m.number == 10 && e.kind == relation:
			memberKinds = m.packed()
		}
	}
	if m.failed {
		return false, errWire
	}
	for keys.more() {
		if len(e.tags) >= maxTags {
			return false, errWire
		}
		k, err := b.str(keys.next())
		if err != nil {
			return false, err
		}
		v, err := b.str(values.next())
		if err != nil {
			return false, err
		}
		e.tags = append(e.tags, Tag{k, v})
	}
	switch e.kind {
	case node:
		e.at = b.point(lon, lat)
	case way:
		err = b.way(e, refs, lats, lons)
	case relation:
		err = b.relation(e, refs, roles, memberKinds)
	}
	if values.more() || keys.failed || values.failed {
		return false, errWire
	}
	return visible, err
}

func (b *block) info(e *element, data []byte) (visible bool, err error) {
	visible = true
	m := message{b: data}
	for m.next() {
		switch m.number {
		case 1:
			e.version = int64(int32(m.value))
		case 2:
			e.time = b.seconds(int64(m.value))
		case 6:
			visible = m.value != 0
		}
	}
	if m.failed {
		return false, errWire
	}
	return visible, nil
}

func (b *block) way(e *element, refs, lats, lons packed) error {
	located := lats.more() || lons.more()
	id, lat, lon := int64(0), int64(0), int64(0)
	for refs.more() {
		if len(e.refs) >= maxRefs {
			return tooLong(e)
		}
		id += refs.signed()
		e.refs = append(e.refs, id)
		if located {
			lat += lats.signed()
			lon += lons.signed()
			e.line = append(e.line, b.point(lon, lat))
		}
	}
	if refs.failed || lats.failed || lons.failed || lats.more() || lons.more() {
		return errWire
	}
	return nil
}

func tooLong(e *element) error {
	return e.problemf("too_large", "za dużo elementów składowych (najwyżej %d).", "too many nodes or members (%d at most).", maxRefs)
}

func (b *block) relation(e *element, refs, roles, memberKinds packed) error {
	id := int64(0)
	for refs.more() {
		if len(e.members) >= maxRefs {
			return tooLong(e)
		}
		id += refs.signed()
		role, err := b.str(roles.next())
		if err != nil {
			return err
		}
		k := memberKinds.next()
		if k > uint64(relation) {
			return errWire
		}
		e.members = append(e.members, member{kind: kind(k), id: id, role: role})
	}
	if refs.failed || roles.failed || memberKinds.failed || roles.more() || memberKinds.more() {
		return errWire
	}
	return nil
}

// scanDense reads nodes whose fields stand in columns.
func (p *pbf) scanDense(data []byte, holds *uint8, visit visitor) error {
	var ids, lats, lons, tags, versions, times, visibles packed
	m := message{b: data}
	for m.next() {
		switch m.number {
		case 1:
			ids = m.packed()
		case 5:
			info := message{b: m.data}
			for info.next() {
				switch info.number {
				case 1:
					versions = info.packed()
				case 2:
					times = info.packed()
				case 6:
					visibles = info.packed()
				}
			}
			if info.failed {
				return errWire
			}
		case 8:
			lats = m.packed()
		case 9:
			lons = m.packed()
		case 10:
			tags = m.packed()
		}
	}
	if m.failed {
		return errWire
	}
	b, e := &p.block, &p.element
	id, lat, lon, at := int64(0), int64(0), int64(0), int64(0)
	tagged, versioned, timed, marked := tags.more(), versions.more(), times.more(), visibles.more()
	for ids.more() {
		e.reset(node)
		id += ids.signed()
		lat += lats.signed()
		lon += lons.signed()
		e.id, e.at = id, b.point(lon, lat)
		if versioned {
			e.version = int64(int32(versions.next()))
		}
		if timed {
			at += times.signed()
			e.time = b.seconds(at)
		}
		visible := !marked || visibles.next() != 0
		for tagged {
			k := tags.next()
			if k == 0 {
				break
			}
			if len(e.tags) >= maxTags {
				return errWire
			}
			key, err := b.str(k)
			if err != nil {
				return err
			}
			value, err := b.str(tags.next())
			if err != nil {
				return err
			}
			e.tags = append(e.tags, Tag{key, value})
		}
		if ids.failed || lats.failed || lons.failed || tags.failed || versions.failed || times.failed || visibles.failed {
			return errWire
		}
		if !visible {
			continue
		}
		if err := call(visit, e, holds); err != nil {
			return err
		}
	}
	if lats.more() || lons.more() {
		return errWire
	}
	return nil
}
