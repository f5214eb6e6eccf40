package media

import (
	"bufio"
	"encoding/binary"
	"io"
)

// maxWebP is the largest WebP that is stripped, in bytes: the flags at its start depend on its end, so it is held whole.
const maxWebP = 64 << 20

// Flags of the VP8X chunk (RFC 9649, section 2.7.1).
const (
	webpEXIF  = 1 << 3
	webpAlpha = 1 << 4
	webpICC   = 1 << 5
)

func scanWebP(r *bufio.Reader, w *bufio.Writer) (facts, error) {
	f := facts{orientation: 1}
	b, err := io.ReadAll(io.LimitReader(r, maxWebP+1))
	if err != nil {
		return f, err
	}
	if len(b) > maxWebP {
		return f, errTooLarge(maxWebP)
	}
	if len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WEBP" {
		return f, malformed("webp: no header")
	}
	size := uint64(binary.LittleEndian.Uint32(b[4:])) + 8
	if size < 12 || size > uint64(len(b)) {
		return f, malformed("webp: file ends too early")
	}
	b = b[12:size]

	var extended, profile, alpha, picture []byte
	var exif bool
	var pictureName string
	for first := true; len(b) > 0; first = false {
		if len(b) < 8 {
			return f, malformed("webp: short chunk header")
		}
		name, n := string(b[:4]), uint64(binary.LittleEndian.Uint32(b[4:]))
		b = b[8:]
		if n > uint64(len(b)) {
			return f, malformed("webp: chunk too long")
		}
		body := b[:n:n]
		// The last chunk of some writers lacks its padding.
		b = b[min(n+n&1, uint64(len(b))):]
		switch name {
		case "VP8X":
			if !first || n != 10 {
				return f, malformed("webp: misplaced VP8X")
			}
			extended = body
		case "ICCP":
			if extended == nil || profile != nil || picture != nil {
				return f, malformed("webp: misplaced ICCP")
			}
			profile = body
		case "ALPH":
			if extended == nil || alpha != nil || picture != nil {
				return f, malformed("webp: misplaced ALPH")
			}
			alpha = body
		case "VP8 ", "VP8L":
			if picture != nil || alpha != nil && name == "VP8L" {
				return f, malformed("webp: second picture")
			}
			picture, pictureName = body, name
		case "ANIM", "ANMF":
			return f, variant("webp: animation")
		case "EXIF":
			if extended != nil && !exif && n <= maxEXIF+uint64(len(exifPrefix)) {
				f.orientation, f.taken = readEXIF(body)
			}
			exif = true
		}
	}
	if len(picture) == 0 {
		return f, malformed("webp: no picture")
	}
	if len(profile) > 0 && len(profile) <= maxProfile {
		f.profile = profile
	}

	var out []byte
	if extended != nil {
		head := append([]byte(nil), extended...)
		head[0] &= webpAlpha
		head[1], head[2], head[3] = 0, 0, 0
		if profile != nil {
			head[0] |= webpICC
		}
		if f.orientation != 1 {
			head[0] |= webpEXIF
		}
		out = appendRIFF(out, "VP8X", head)
	}
	if profile != nil {
		out = appendRIFF(out, "ICCP", profile)
	}
	if alpha != nil {
		out = appendRIFF(out, "ALPH", alpha)
	}
	out = appendRIFF(out, pictureName, picture)
	if f.orientation != 1 {
		out = appendRIFF(out, "EXIF", orientationEXIF(f.orientation))
	}
	w.WriteString("RIFF")
	w.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(out)+4)))
	w.WriteString("WEBP")
	_, err = w.Write(out)
	return f, err
}

func appendRIFF(b []byte, name string, body []byte) []byte {
	b = append(b, name...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(body)))
	b = append(b, body...)
	if len(body)&1 == 1 {
		b = append(b, 0)
	}
	return b
}
