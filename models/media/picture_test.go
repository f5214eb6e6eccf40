package media

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/bits"
	"testing"
)

// cameraMake, gpsStamp and comment are found in a file when its metadata is still there.
const (
	cameraMake = "ACME Camera"
	gpsStamp   = "2024:05:01"
	comment    = "taken by Jan Kowalski"
)

// cameraEXIF is a TIFF structure like a camera's: make, orientation, time of exposure and a GPS directory.
func cameraEXIF(order binary.AppendByteOrder, orientation uint16) []byte {
	const ifd0, entries0 = 8, 4
	const sub = ifd0 + 2 + entries0*12 + 4
	const gps = sub + 2 + 12 + 4
	const data = gps + 2 + 3*12 + 4
	b := []byte("II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		b = []byte("MM\x00*")
	}
	entry := func(tag, kind uint16, count, value uint32) {
		b = order.AppendUint16(b, tag)
		b = order.AppendUint16(b, kind)
		b = order.AppendUint32(b, count)
		if kind == 3 {
			b = order.AppendUint16(b, uint16(value))
			b = order.AppendUint16(b, 0)
			return
		}
		b = order.AppendUint32(b, value)
	}
	b = order.AppendUint32(b, ifd0)
	b = order.AppendUint16(b, entries0)
	entry(0x010f, 2, uint32(len(cameraMake)+1), data+20)
	entry(tagOrientation, 3, 1, uint32(orientation))
	entry(tagExifIFD, 4, 1, sub)
	entry(0x8825, 4, 1, gps)
	b = order.AppendUint32(b, 0)
	b = order.AppendUint16(b, 1)
	entry(tagDateTimeOriginal, 2, 20, data)
	b = order.AppendUint32(b, 0)
	b = order.AppendUint16(b, 3)
	entry(1, 2, 2, 'N')
	entry(2, 5, 3, data+44)
	entry(0x1d, 2, 11, data+32)
	b = order.AppendUint32(b, 0)
	b = append(b, "2023:06:15 14:30:05\x00"...)
	b = append(b, cameraMake+"\x00"...)
	b = append(b, gpsStamp+"\x00\x00"...)
	for _, v := range []uint32{50, 1, 3, 1, 41, 1} {
		b = order.AppendUint32(b, v)
	}
	return b
}

// scene is a picture whose corners differ: red grows to the right, green downwards, and the top left is blue.
func scene(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{R: uint8(x * 255 / w), G: uint8(y * 255 / h), A: 255}
			if x < w/4 && y < h/4 {
				c.B = 255
			}
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

// rgbProfile begins like an ICC profile of an RGB device; from 65,520 bytes on it takes two JPEG segments.
func rgbProfile(size int) []byte {
	p := make([]byte, size)
	for i := range p {
		p[i] = byte(i * i >> 3)
	}
	copy(p[16:], "RGB XYZ ")
	return p
}

func segment(marker byte, payload string) []byte {
	var b bytes.Buffer
	_ = writeSegment(&b, marker, []byte(payload))
	return b.Bytes()
}

// plainJPEG has no metadata.
func plainJPEG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// photoJPEG has all the metadata a telephone and an editor leave, a profile, and a second picture behind the end.
func photoJPEG(t testing.TB, m image.Image, orientation uint16) []byte {
	t.Helper()
	plain := plainJPEG(t, m)
	b := append([]byte(nil), plain[:2]...)
	b = append(b, segment(markerAPP0, "JFIF\x00\x01\x02\x01\x00H\x00H\x01\x01abc")...)
	b = append(b, segment(markerAPP0, "JFXX\x00\x10"+comment)...)
	b = append(b, segment(markerAPP1, exifPrefix+string(cameraEXIF(binary.BigEndian, orientation)))...)
	b = append(b, segment(markerAPP1, "http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>"+comment)...)
	b = append(b, segment(0xed, "Photoshop 3.0\x008BIM"+comment)...)
	b = append(b, segment(markerCOM, comment)...)
	b = append(b, segment(markerAPP2, "MPF\x00"+comment)...)
	b = append(b, withProfile(plain, rgbProfile(200), JPEG)[2:]...)
	b = append(b, plain[:2]...)
	b = append(b, segment(markerAPP1, exifPrefix+string(cameraEXIF(binary.LittleEndian, 1)))...)
	return append(b, plain[2:]...)
}

func chunk(name, body string) []byte {
	var b bytes.Buffer
	_ = writeChunk(&b, name, []byte(body))
	return b.Bytes()
}

func photoPNG(t testing.TB, m image.Image, orientation uint16) []byte {
	t.Helper()
	var e bytes.Buffer
	if err := png.Encode(&e, m); err != nil {
		t.Fatal(err)
	}
	plain := e.Bytes()
	b := append([]byte(nil), plain[:33]...)
	b = append(b, chunk("pHYs", "\x00\x00\x0b\x13\x00\x00\x0b\x13\x01")...)
	b = append(b, chunk("tEXt", "Author\x00"+comment)...)
	b = append(b, chunk("zTXt", "Raw profile type exif\x00\x00"+comment)...)
	b = append(b, chunk("iTXt", "XML:com.adobe.xmp\x00\x00\x00\x00\x00"+comment)...)
	b = append(b, chunk("tIME", "\x07\xe8\x05\x01\x0a\x00\x00")...)
	b = append(b, chunk("eXIf", string(cameraEXIF(binary.LittleEndian, orientation)))...)
	b = append(b, plain[33:]...)
	return append(b, comment...)
}

// bitWriter writes the least significant bit first, as a VP8L stream has it.
type bitWriter struct {
	b []byte
	n int
}

func (w *bitWriter) put(v uint32, n int) {
	for i := range n {
		if w.n%8 == 0 {
			w.b = append(w.b, 0)
		}
		w.b[w.n/8] |= byte(v>>i&1) << (w.n % 8)
		w.n++
	}
}

// vp8l codes a picture losslessly in the simplest way there is: every sample 8 bits, no transform, no references.
func vp8l(m *image.NRGBA) []byte {
	w := &bitWriter{}
	w.put(0x2f, 8)
	w.put(uint32(m.Rect.Dx()-1), 14)
	w.put(uint32(m.Rect.Dy()-1), 14)
	w.put(1, 1) // alpha is used
	w.put(0, 3+1+1+1)
	for range 4 {
		// A code in which all of the first 256 symbols have 8 bits: 12 code length code lengths, of which only that of
		// symbol 8, the last, is not 0; then 256 lengths, each taking no bits.
		w.put(0, 1)
		w.put(12-4, 4)
		for range 11 {
			w.put(0, 3)
		}
		w.put(1, 3)
		w.put(1, 1)
		w.put(3, 3)
		w.put(256-2, 8)
	}
	w.put(1, 1) // the code of distances has one symbol, 0
	w.put(0, 1+1+1)
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			c := m.NRGBAAt(x, y)
			for _, v := range []uint8{c.G, c.R, c.B, c.A} {
				w.put(uint32(bits.Reverse8(v)), 8)
			}
		}
	}
	return w.b
}

func straight(m image.Image) *image.NRGBA {
	out := image.NewNRGBA(m.Bounds())
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			out.Set(x, y, m.At(x, y))
		}
	}
	return out
}

func riffFile(chunks []byte) []byte {
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(chunks)+4)), append([]byte("WEBP"), chunks...)...)
}

// photoWebP wraps a VP8L picture in the extended format with EXIF and XMP.
func photoWebP(m image.Image, orientation uint16) []byte {
	n := straight(m)
	w, h := uint32(n.Rect.Dx()-1), uint32(n.Rect.Dy()-1)
	head := []byte{webpICC | webpAlpha | webpEXIF | 1<<2, 0, 0, 0, byte(w), byte(w >> 8), 0, byte(h), byte(h >> 8), 0}
	b := appendRIFF(nil, "VP8X", head)
	b = appendRIFF(b, "ICCP", rgbProfile(200))
	b = appendRIFF(b, "VP8L", vp8l(n))
	b = appendRIFF(b, "EXIF", cameraEXIF(binary.LittleEndian, orientation))
	b = appendRIFF(b, "XMP ", []byte("<x:xmpmeta>"+comment))
	b = appendRIFF(b, "oddb", []byte(comment))
	return append(riffFile(b), comment...)
}

// lossyWebP is one pixel in VP8.
func lossyWebP(t testing.TB) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const decision = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\nxref\n0 1\n0000000000 65535 f \n" +
	"trailer<</Root 1 0 R>>\nstartxref\n40\n%%EOF\n"
