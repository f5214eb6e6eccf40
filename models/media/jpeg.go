package media

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
)

// JPEG markers (ITU-T T.81, table B.1).
const (
	markerSOI   = 0xd8
	markerEOI   = 0xd9
	markerSOS   = 0xda
	markerDQT   = 0xdb
	markerDNL   = 0xdc
	markerDRI   = 0xdd
	markerDHT   = 0xc4
	markerDAC   = 0xcc
	markerSOF0  = 0xc0
	markerSOF2  = 0xc2
	markerSOF15 = 0xcf
	markerJPG   = 0xc8
	markerAPP0  = 0xe0
	markerAPP1  = 0xe1
	markerAPP2  = 0xe2
	markerAPP14 = 0xee
	markerAPP15 = 0xef
	markerCOM   = 0xfe
)

// maxScans bounds the passes of a progressive picture: each may cost a few bytes and touch every block, so without a
// bound a small file keeps a processor busy for hours. Encoders write about ten.
const maxScans = 100

const iccPrefix = "ICC_PROFILE\x00"

func scanJPEG(r *bufio.Reader, w *bufio.Writer) (facts, error) {
	f := facts{orientation: 1}
	var start [2]byte
	if _, err := io.ReadFull(r, start[:]); err != nil {
		return f, short(err)
	}
	if start != [2]byte{0xff, markerSOI} {
		return f, malformed("jpeg: no start of image")
	}
	w.Write(start[:])
	var jfif, exif, frame bool
	var scans int
	marker, err := nextMarker(r)
	for err == nil {
		if marker == markerEOI {
			if scans == 0 {
				return f, malformed("jpeg: no picture")
			}
			_, err := w.Write([]byte{0xff, markerEOI})
			return f, err
		}
		var payload []byte
		if marker == markerSOI || marker < markerSOF0 {
			return f, malformed("jpeg: unexpected marker")
		}
		if payload, err = readSegment(r); err != nil {
			return f, err
		}
		switch {
		case marker == markerAPP0 && bytes.HasPrefix(payload, []byte("JFIF\x00")):
			if len(payload) < 14 {
				return f, malformed("jpeg: short JFIF segment")
			}
			if jfif {
				break
			}
			jfif = true
			// The last two bytes are the size of a thumbnail, which would follow.
			err = writeSegment(w, marker, append(payload[:12:12], 0, 0))
		case marker == markerAPP1 && bytes.HasPrefix(payload, []byte(exifPrefix)):
			if exif {
				break
			}
			exif = true
			f.orientation, f.taken = readEXIF(payload)
			if f.orientation != 1 {
				err = writeSegment(w, marker, append([]byte(exifPrefix), orientationEXIF(f.orientation)...))
			}
		case marker == markerAPP2 && bytes.HasPrefix(payload, []byte(iccPrefix)) && len(payload) > len(iccPrefix)+2:
			if len(f.profile) <= maxProfile {
				f.profile = append(f.profile, payload[len(iccPrefix)+2:]...)
			}
			err = writeSegment(w, marker, payload)
		case marker == markerAPP14 && bytes.HasPrefix(payload, []byte("Adobe")) && len(payload) >= 12:
			err = writeSegment(w, marker, payload[:12])
		case marker >= markerAPP0 && marker <= markerAPP15, marker == markerCOM:
			// Metadata: dropped.
		case marker == markerSOS:
			if scans++; scans > maxScans {
				return f, malformed("jpeg: too many scans")
			}
			if !frame {
				return f, malformed("jpeg: scan before frame")
			}
			if err = writeSegment(w, marker, payload); err != nil {
				return f, err
			}
			marker, err = copyScan(r, w)
			continue
		case marker == markerDQT, marker == markerDNL, marker == markerDRI, marker == markerDHT, marker == markerDAC:
			err = writeSegment(w, marker, payload)
		case marker >= markerSOF0 && marker <= markerSOF15 && marker != markerJPG:
			if frame {
				return f, malformed("jpeg: second frame")
			}
			frame = true
			f.costly = marker == markerSOF2
			err = writeSegment(w, marker, payload)
		default:
			return f, malformed("jpeg: unknown marker")
		}
		if err != nil {
			return f, err
		}
		marker, err = nextMarker(r)
	}
	return f, err
}

// nextMarker skips to the next marker that is neither a fill byte nor a restart. Stray bytes on the way are dropped, as
// every decoder does.
func nextMarker(r *bufio.Reader) (byte, error) {
	for {
		b, err := r.ReadByte()
		if err != nil {
			return 0, short(err)
		}
		if b != 0xff {
			continue
		}
		for b == 0xff {
			if b, err = r.ReadByte(); err != nil {
				return 0, short(err)
			}
		}
		if b != 0 && (b < 0xd0 || b > 0xd7) {
			return b, nil
		}
	}
}

func readSegment(r *bufio.Reader) ([]byte, error) {
	var n [2]byte
	if _, err := io.ReadFull(r, n[:]); err != nil {
		return nil, short(err)
	}
	size := int(binary.BigEndian.Uint16(n[:]))
	if size < 2 {
		return nil, malformed("jpeg: short segment")
	}
	payload := make([]byte, size-2)
	_, err := io.ReadFull(r, payload)
	return payload, short(err)
}

func writeSegment(w io.Writer, marker byte, payload []byte) error {
	head := binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(payload)+2))
	if _, err := w.Write(head); err != nil {
		return err
	}
	_, err := w.Write(payload)
	return err
}

// copyScan copies entropy-coded data with its restart markers and returns the marker that ends it.
func copyScan(r *bufio.Reader, w *bufio.Writer) (byte, error) {
	for {
		data, err := r.ReadSlice(0xff)
		if err != nil && err != bufio.ErrBufferFull {
			return 0, short(err)
		}
		if err == bufio.ErrBufferFull {
			if _, err := w.Write(data); err != nil {
				return 0, err
			}
			continue
		}
		if _, err := w.Write(data[:len(data)-1]); err != nil {
			return 0, err
		}
		fill := 1
		b := byte(0xff)
		for b == 0xff {
			if b, err = r.ReadByte(); err != nil {
				return 0, short(err)
			}
			if b == 0xff {
				fill++
			}
		}
		if b != 0 && (b < 0xd0 || b > 0xd7) {
			return b, nil
		}
		for ; fill > 0; fill-- {
			w.WriteByte(0xff)
		}
		if err := w.WriteByte(b); err != nil {
			return 0, err
		}
	}
}
