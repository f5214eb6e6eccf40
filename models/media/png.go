package media

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
)

// keptChunks are the PNG chunks a sanitised copy keeps (PNG, third edition, chapter 11): what decoding needs, colour
// space and density. Everything else is dropped when ancillary and refused when critical.
var keptChunks = map[string]bool{
	"IHDR": true, "PLTE": true, "IDAT": true, "IEND": true, "tRNS": true, "cHRM": true, "gAMA": true, "iCCP": true,
	"sBIT": true, "sRGB": true, "cICP": true, "mDCV": true, "cLLI": true, "bKGD": true, "hIST": true, "pHYs": true,
}

// maxEXIF is the largest EXIF block that is looked into outside a JPEG, where a segment cannot be larger.
const maxEXIF = 64 << 10

func scanPNG(r *bufio.Reader, w *bufio.Writer) (facts, error) {
	f := facts{orientation: 1}
	signature := make([]byte, len(pngSignature))
	if _, err := io.ReadFull(r, signature); err != nil {
		return f, short(err)
	}
	if string(signature) != pngSignature {
		return f, malformed("png: no signature")
	}
	w.Write(signature)
	var exif bool
	var data int // 0 before the first IDAT, 1 among them, 2 after
	for first := true; ; first = false {
		var head [8]byte
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return f, short(err)
		}
		size, name := binary.BigEndian.Uint32(head[:]), string(head[4:])
		if size > 1<<31-1 {
			return f, malformed("png: chunk too long")
		}
		for _, c := range head[4:] {
			if c|0x20 < 'a' || c|0x20 > 'z' {
				return f, malformed("png: chunk name")
			}
		}
		if first != (name == "IHDR") || name == "IHDR" && size != 13 || name == "IEND" && (size != 0 || data == 0) {
			return f, malformed("png: chunk order")
		}
		switch {
		case name == "IDAT" && data == 2:
			return f, malformed("png: split picture data")
		case name == "IDAT":
			data = 1
		case data == 1:
			data = 2
		}
		kept := keptChunks[name]
		if !kept && head[4]&0x20 == 0 {
			return f, malformed("png: unknown critical chunk")
		}
		sum := crc32.NewIEEE()
		sum.Write(head[4:])
		// What is looked into is small, so it is remembered on the way through.
		var body bytes.Buffer
		to := []io.Writer{sum}
		if kept {
			if _, err := w.Write(head[:]); err != nil {
				return f, err
			}
			to = append(to, w)
		}
		switch {
		case name == "IHDR", name == "eXIf" && size <= maxEXIF, name == "iCCP" && size <= maxProfile:
			to = append(to, &body)
		}
		if _, err := io.CopyN(io.MultiWriter(to...), r, int64(size)); err != nil {
			return f, short(err)
		}
		var crc [4]byte
		if _, err := io.ReadFull(r, crc[:]); err != nil {
			return f, short(err)
		}
		if binary.BigEndian.Uint32(crc[:]) != sum.Sum32() {
			return f, malformed("png: wrong checksum")
		}
		if kept {
			if _, err := w.Write(crc[:]); err != nil {
				return f, err
			}
		}
		switch name {
		case "IHDR":
			f.costly = body.Bytes()[8] == 16 || body.Bytes()[12] != 0
		case "iCCP":
			f.profile = inflateProfile(body.Bytes())
		case "eXIf":
			if exif {
				break
			}
			exif = true
			f.orientation, f.taken = readEXIF(body.Bytes())
			if f.orientation != 1 {
				if err := writeChunk(w, name, orientationEXIF(f.orientation)); err != nil {
					return f, err
				}
			}
		case "IEND":
			return f, nil
		}
	}
}

func writeChunk(w io.Writer, name string, body []byte) error {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(b, name...)
	b = append(b, body...)
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
	_, err := w.Write(b)
	return err
}
