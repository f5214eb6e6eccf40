package media

import (
	"bytes"
	"encoding/binary"
	"strings"
	"time"
)

// exifPrefix stands before the TIFF structure in a JPEG, and by mistake of some writers in other formats.
const exifPrefix = "Exif\x00\x00"

// EXIF tags that are read (CIPA DC-008).
const (
	tagOrientation      = 0x0112
	tagExifIFD          = 0x8769
	tagDateTimeOriginal = 0x9003
)

// readEXIF returns the orientation (1 to 8, 1 when absent) and the moment of exposure, nil when absent or impossible.
// The moment is the camera's wall clock, written down as UTC. A damaged block says nothing; it is no error, since the
// block is thrown away.
func readEXIF(b []byte) (orientation int, taken *time.Time) {
	orientation = 1
	b = bytes.TrimPrefix(b, []byte(exifPrefix))
	if len(b) < 8 {
		return orientation, nil
	}
	var order binary.ByteOrder
	switch string(b[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return orientation, nil
	}
	var sub uint32
	eachEntry(b, order, order.Uint32(b[4:]), func(tag, kind uint16, count uint32, value []byte) {
		switch {
		case tag == tagOrientation && kind == 3 && count == 1:
			if o := int(order.Uint16(value)); o >= 1 && o <= 8 {
				orientation = o
			}
		case tag == tagExifIFD && kind == 4 && count == 1:
			sub = order.Uint32(value)
		}
	})
	if sub == 0 {
		return orientation, nil
	}
	eachEntry(b, order, sub, func(tag, kind uint16, count uint32, value []byte) {
		if tag != tagDateTimeOriginal || kind != 2 || count != 20 {
			return
		}
		at := uint64(order.Uint32(value))
		if at+20 > uint64(len(b)) {
			return
		}
		t, err := time.Parse("2006:01:02 15:04:05", strings.TrimRight(string(b[at:at+20]), "\x00 "))
		// 1826 is the year of the oldest photograph there is.
		if err == nil && t.Year() >= 1826 {
			taken = &t
		}
	})
	return orientation, taken
}

// eachEntry calls fn for the entries of the TIFF directory at an offset; value is the entry's last 4 bytes.
func eachEntry(b []byte, order binary.ByteOrder, offset uint32, fn func(tag, kind uint16, count uint32, value []byte)) {
	if uint64(offset)+2 > uint64(len(b)) {
		return
	}
	n := int(order.Uint16(b[offset:]))
	b = b[offset+2:]
	for ; n > 0 && len(b) >= 12; n-- {
		fn(order.Uint16(b), order.Uint16(b[2:]), order.Uint32(b[4:]), b[8:12])
		b = b[12:]
	}
}

// orientationEXIF is a TIFF structure of one entry, the orientation.
func orientationEXIF(orientation int) []byte {
	b := []byte("II*\x00\x08\x00\x00\x00\x01\x00")
	b = binary.LittleEndian.AppendUint16(b, tagOrientation)
	b = binary.LittleEndian.AppendUint16(b, 3)
	b = binary.LittleEndian.AppendUint32(b, 1)
	b = binary.LittleEndian.AppendUint32(b, uint32(orientation))
	return binary.LittleEndian.AppendUint32(b, 0)
}
