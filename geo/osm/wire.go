package osm

import "google.golang.org/protobuf/encoding/protowire"

// message goes through the fields of a protobuf message.
type message struct {
	b      []byte
	number protowire.Number
	kind   protowire.Type
	// value is a varint's, data what a length-delimited field holds.
	value  uint64
	data   []byte
	failed bool
}

func (m *message) next() bool {
	if len(m.b) == 0 || m.failed {
		return false
	}
	number, kind, n := protowire.ConsumeTag(m.b)
	if n < 0 {
		m.failed = true
		return false
	}
	m.number, m.kind, m.value, m.data = number, kind, 0, nil
	m.b = m.b[n:]
	switch kind {
	case protowire.VarintType:
		m.value, n = protowire.ConsumeVarint(m.b)
	case protowire.BytesType:
		m.data, n = protowire.ConsumeBytes(m.b)
	default:
		n = protowire.ConsumeFieldValue(number, kind, m.b)
	}
	if n < 0 {
		m.failed = true
		return false
	}
	m.b = m.b[n:]
	return true
}

// packed is the field's numbers.
func (m *message) packed() packed {
	if m.kind != protowire.BytesType {
		m.failed = true
	}
	return packed{b: m.data}
}

// packed goes through varints.
type packed struct {
	b      []byte
	failed bool
}

func (p *packed) more() bool { return len(p.b) > 0 && !p.failed }

// next is the next number; after the last, or a broken one, it is 0 and failed is set.
func (p *packed) next() uint64 {
	if len(p.b) > 0 && p.b[0] < 0x80 {
		v := uint64(p.b[0])
		p.b = p.b[1:]
		return v
	}
	v, n := protowire.ConsumeVarint(p.b)
	if n < 0 || p.failed {
		p.failed = true
		return 0
	}
	p.b = p.b[n:]
	return v
}

func (p *packed) signed() int64 { return protowire.DecodeZigZag(p.next()) }
