package osm

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"google.golang.org/protobuf/encoding/protowire"

	"wolnica/geo"
)

// The limits of the format (wiki.openstreetmap.org/wiki/PBF_Format), and how many strings a block may have.
const (
	maxBlobHeader = 64 << 10
	maxBlob       = 32 << 20
	maxStrings    = 1 << 20
)

// pbf reads the Protocolbuffer Binary Format. It decodes blocks itself: in a file from somewhere else any number may be
// wrong, and github.com/paulmach/osm/osmpbf ends the program on some of them (plain nodes, a negative size) and
// decompresses without a bound.
type pbf struct {
	in   io.ReaderAt
	size int64
	at   int64
	// holds has for each blob the kinds found in it, and the kept ones shifted by keptShift.
	holds []uint8
	known kinds

	header     []byte
	compressed []byte
	plain      []byte
	inflate    io.ReadCloser
	zstd       *zstd.Decoder

	block   block
	element element
}

const keptShift = 4

// errWire says that bytes are not what the format prescribes.
var errWire = errors.New("malformed")

// openPBF reads the header of the file.
func openPBF(in io.ReaderAt, size int64) (*pbf, error) {
	p := &pbf{in: in, size: size}
	what, data, err := p.blob(true)
	if err != nil {
		return nil, err
	}
	if what != "OSMHeader" {
		return nil, problemf("malformed", "To nie jest plik OSM PBF: brakuje nagłówka OSMHeader.",
			"This is not an OSM PBF file: the header OSMHeader is missing.")
	}
	m := message{b: data}
	for m.next() {
		if m.number != 4 {
			continue
		}
		switch feature := string(m.data); feature {
		case "OsmSchema-V0.6", "DenseNodes":
		case "HistoricalInformation":
			return nil, problemf("history", "To jest plik z historią zmian. Potrzebny jest zwykły wyciąg z jednym stanem danych.",
				"This is a file with history. An ordinary extract with one state of the data is needed.")
		default:
			return nil, problemf("unsupported", "Plik wymaga rozszerzenia PBF, którego nie czytamy: %q.",
				"The file needs an extension of PBF that is not read: %q.", clip(feature, 40))
		}
	}
	if m.failed {
		return nil, p.malformed(0)
	}
	return p, nil
}

func (p *pbf) offset() int64 { return p.at }

func (p *pbf) malformed(at int64) *geo.Problem {
	return problemf("malformed", "Plik PBF jest uszkodzony: blok od bajtu %d nie da się odczytać.",
		"The PBF is broken: the block at byte %d cannot be read.", at)
}

func (p *pbf) truncated(at int64) *geo.Problem {
	return problemf("truncated", "Plik PBF jest urwany: blok od bajtu %d nie mieści się w pliku, który ma %d bajtów.",
		"The PBF is cut off: the block at byte %d does not fit the file of %d bytes.", at, p.size)
}

// read fills b from the file.
func (p *pbf) read(b []byte, at int64) error {
	if n, err := p.in.ReadAt(b, at); n < len(b) {
		if err == io.EOF {
			return p.truncated(p.at)
		}
		return fmt.Errorf("read PBF: %w", err)
	}
	return nil
}

// blob reads the blob at p.at and moves past it. Without decode it only skips, and data is nil. What is returned is
// valid until the next call.
func (p *pbf) blob(decode bool) (what string, data []byte, err error) {
	from := p.at
	var size [4]byte
	if p.size-from < 4 {
		return "", nil, p.truncated(from)
	}
	if err := p.read(size[:], from); err != nil {
		return "", nil, err
	}
	n := int64(binary.BigEndian.Uint32(size[:]))
	if n > maxBlobHeader {
		return "", nil, problemf("malformed", "Plik PBF jest uszkodzony: nagłówek bloku od bajtu %d ma %d bajtów (najwyżej 65536).",
			"The PBF is broken: the block header at byte %d has %d bytes (65536 at most).", from, n)
	}
	if p.size-from-4 < n {
		return "", nil, p.truncated(from)
	}
	p.header = sized(p.header, int(n))
	if err := p.read(p.header, from+4); err != nil {
		return "", nil, err
	}
	length := int64(-1)
	m := message{b: p.header}
	for m.next() {
		switch {
		case m.number == 1 && m.kind == protowire.BytesType:
			what = string(m.data)
		case m.number == 3 && m.kind == protowire.VarintType:
			length = int64(int32(m.value))
		}
	}
	if m.failed || length < 0 {
		return "", nil, p.malformed(from)
	}
	if length > maxBlob {
		return "", nil, problemf("too_large", "Blok PBF od bajtu %d ma %d bajtów (najwyżej 33554432).",
			"The PBF block at byte %d has %d bytes (33554432 at most).", from, length)
	}
	if p.size-from-4-n < length {
		return "", nil, p.truncated(from)
	}
	if decode {
		p.compressed = sized(p.compressed, int(length))
		if err := p.read(p.compressed, from+4+n); err != nil {
			return "", nil, err
		}
		if data, err = p.decompress(from); err != nil {
			return "", nil, err
		}
	}
	p.at = from + 4 + n + length
	return what, data, nil
}

func sized(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n)
	}
	return b[:n]
}

// decompress returns what the blob in p.compressed holds, never more than maxBlob.
func (p *pbf) decompress(at int64) ([]byte, error) {
	m := message{b: p.compressed}
	var raw, packed []byte
	how, size := protowire.Number(0), int64(-1)
	for m.next() {
		switch {
		case m.number == 2 && m.kind == protowire.VarintType:
			size = int64(int32(m.value))
		case m.number == 1 && m.kind == protowire.BytesType:
			how, raw = m.number, m.data
		case m.number >= 3 && m.number <= 7 && m.kind == protowire.BytesType:
			how, packed = m.number, m.data
		}
	}
	switch {
	case m.failed || how == 0:
		return nil, p.malformed(at)
	case how == 1 && len(raw) <= maxBlob:
		return raw, nil
	case how != 3 && how != 7:
		return nil, problemf("unsupported", "Blok PBF od bajtu %d jest skompresowany sposobem, którego nie czytamy (czytamy zlib i zstd).",
			"The PBF block at byte %d is compressed in a way that is not read (zlib and zstd are).", at)
	case size < 0:
		return nil, p.malformed(at)
	case size > maxBlob:
		return nil, problemf("too_large", "Blok PBF od bajtu %d ma po rozpakowaniu %d bajtów (najwyżej 33554432).",
			"The PBF block at byte %d has %d bytes when unpacked (33554432 at most).", at, size)
	}
	var from io.Reader
	var err error
	switch {
	case how == 7 && p.zstd == nil:
		p.zstd, err = zstd.NewReader(bytes.NewReader(packed), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(2*maxBlob),
			zstd.WithDecoderMaxWindow(maxBlob))
		from = p.zstd
	case how == 7:
		err = p.zstd.Reset(bytes.NewReader(packed))
		from = p.zstd
	case p.inflate == nil:
		p.inflate, err = zlib.NewReader(bytes.NewReader(packed))
		from = p.inflate
	default:
		err = p.inflate.(zlib.Resetter).Reset(bytes.NewReader(packed), nil)
		from = p.inflate
	}
	if err != nil {
		return nil, p.malformed(at)
	}
	p.plain = sized(p.plain, int(size))
	if _, err := io.ReadFull(from, p.plain); err != nil {
		return nil, p.malformed(at)
	}
	if n, err := from.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		return nil, problemf("malformed", "Blok PBF od bajtu %d rozpakowuje się do innej wielkości, niż podaje (%d bajtów).",
			"The PBF block at byte %d unpacks to another size than it says (%d bytes).", at, size)
	}
	return p.plain, nil
}

func (p *pbf) scan(which kinds, again bool, visit visitor) error {
	p.at = 0
	for ordinal := 0; p.at < p.size; ordinal++ {
		needed := true
		if ordinal < len(p.holds) {
			holds := kinds(p.holds[ordinal])
			if again {
				// Where a kind was looked at before, only blobs of which something was kept matter.
				holds = holds&^p.known | kinds(p.holds[ordinal]>>keptShift)
			}
			needed = holds&which != 0
		}
		from := p.at
		what, data, err := p.blob(needed)
		if err != nil {
			return err
		}
		if ordinal >= len(p.holds) {
			p.holds = append(p.holds, 0)
		}
		if !needed || what != "OSMData" {
			// Blobs of other types are for other programs, as the format has it.
			continue
		}
		if err := p.scanBlock(data, which, &p.holds[ordinal], visit); err != nil {
			if errors.Is(err, errWire) {
				return p.malformed(from)
			}
			return err
		}
	}
	p.known |= which
	return nil
}

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
