package osm

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

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
