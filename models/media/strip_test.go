package media

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"wolnica/models"
)

func pixels(t testing.TB, b []byte, kind Type) []uint32 {
	t.Helper()
	m, err := decode(bytes.NewReader(b), kind)
	if err != nil {
		t.Fatalf("decode %s: %v", kind, err)
	}
	return samples(m)
}

func samples(m image.Image) []uint32 {
	r := m.Bounds()
	out := []uint32{uint32(r.Dx()), uint32(r.Dy())}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			r, g, b, a := m.At(x, y).RGBA()
			out = append(out, r<<16|g, b<<16|a)
		}
	}
	return out
}

func strip(t testing.TB, b []byte, kind Type) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Strip(bytes.NewReader(b), &out, kind); err != nil {
		t.Fatalf("strip %s: %v", kind, err)
	}
	return out.Bytes()
}

// photos are one picture in every format with all kinds of metadata.
func photos(t testing.TB, m image.Image, orientation uint16) map[Type][]byte {
	return map[Type][]byte{
		JPEG: photoJPEG(t, m, orientation), PNG: photoPNG(t, m, orientation), WebP: photoWebP(m, orientation),
	}
}

func TestStripKeepsPixelsAndOrientationAndNothingPersonal(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := scene(rapid.IntRange(1, 40).Draw(rt, "width"), rapid.IntRange(1, 40).Draw(rt, "height"))
		orientation := rapid.Uint16Range(0, 9).Draw(rt, "orientation")
		want := 1
		if orientation >= 1 && orientation <= 8 {
			want = int(orientation)
		}
		for kind, in := range photos(t, m, orientation) {
			for _, secret := range []string{cameraMake, gpsStamp, comment} {
				if !bytes.Contains(in, []byte(secret)) {
					rt.Fatalf("%s fixture: got no %q, want it there to be removed", kind, secret)
				}
			}
			out := strip(t, in, kind)
			for _, secret := range []string{cameraMake, gpsStamp, comment, "xmpmeta", "8BIM", "MPF", "tIME", "2023:06"} {
				if bytes.Contains(out, []byte(secret)) {
					rt.Fatalf("stripped %s: got %q in it, want it gone", kind, secret)
				}
			}
			if diff := cmp.Diff(pixels(t, in, kind), pixels(t, out, kind)); diff != "" {
				rt.Fatalf("stripped %s: pixels differ (-original +stripped):\n%s", kind, diff)
			}
			f, err := scan(bytes.NewReader(out), io.Discard, kind)
			if err != nil {
				rt.Fatal(err)
			}
			if f.orientation != want || f.taken != nil {
				rt.Fatalf("stripped %s: got orientation %d and time %v, want %d and none", kind, f.orientation, f.taken, want)
			}
			if kind != PNG && !bytes.Equal(f.profile, rgbProfile(200)) {
				rt.Fatalf("stripped %s: got a profile of %d bytes, want the original's", kind, len(f.profile))
			}
			if again := strip(t, out, kind); !bytes.Equal(again, out) {
				rt.Fatalf("stripped %s: stripping again changed it", kind)
			}
		}
	})
}

func TestScanReadsTimeAndOrientationOfEitherByteOrder(t *testing.T) {
	want := time.Date(2023, 6, 15, 14, 30, 5, 0, time.UTC)
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		orientation, taken := readEXIF(cameraEXIF(order, 6))
		if orientation != 6 || taken == nil || !taken.Equal(want) {
			t.Errorf("readEXIF %v: got %d %v, want 6 %v", order, orientation, taken, want)
		}
	}
	b := bytes.Replace(cameraEXIF(binary.BigEndian, 1), []byte("2023:06:15 14:30:05"), []byte("0000:00:00 00:00:00"), 1)
	if _, taken := readEXIF(b); taken != nil {
		t.Errorf("readEXIF of a clock never set: got %v, want none", taken)
	}
}

func TestStripRefusesEveryTruncation(t *testing.T) {
	for kind, in := range photos(t, scene(9, 7), 6) {
		whole := strip(t, in, kind)
		for n := range len(whole) {
			err := Strip(bytes.NewReader(whole[:n]), io.Discard, kind)
			if got := models.CodeOf(err); got != models.CodeInvalid {
				t.Fatalf("strip %s cut to %d of %d bytes: got %v, want %s", kind, n, len(whole), err, models.CodeInvalid)
			}
		}
	}
}

func TestStripRefusesWhatBreaksTheFormat(t *testing.T) {
	m := scene(9, 7)
	plain := plainJPEG(t, m)
	pngFile := strip(t, photoPNG(t, m, 1), PNG)
	scans := append([]byte(nil), plain[:len(plain)-2]...)
	sos := bytes.Index(plain, []byte{0xff, markerSOS})
	for range maxScans {
		scans = append(scans, plain[sos:sos+14]...)
	}
	picture := appendRIFF(nil, "VP8L", vp8l(straight(m)))
	badCRC := append([]byte(nil), pngFile...)
	badCRC[len(badCRC)-1] ^= 1
	for name, c := range map[string]struct {
		kind Type
		file []byte
		want models.Code
	}{
		"jpeg with endless scans":       {JPEG, append(scans, 0xff, markerEOI), models.CodeInvalid},
		"jpeg with a second start":      {JPEG, append(append([]byte(nil), plain[:2]...), plain...), models.CodeInvalid},
		"jpeg without a picture":        {JPEG, []byte{0xff, markerSOI, 0xff, markerEOI}, models.CodeInvalid},
		"jpeg scan before frame":        {JPEG, append([]byte{0xff, markerSOI}, plain[sos:]...), models.CodeInvalid},
		"png with a wrong checksum":     {PNG, badCRC, models.CodeInvalid},
		"png with an unknown chunk":     {PNG, append(append([]byte(nil), pngFile[:33]...), chunk("ABCD", "")...), models.CodeInvalid},
		"png with two headers":          {PNG, append(append([]byte(nil), pngFile[:33]...), pngFile[8:]...), models.CodeInvalid},
		"png without data":              {PNG, append(append([]byte(nil), pngFile[:33]...), chunk("IEND", "")...), models.CodeInvalid},
		"webp with two pictures":        {WebP, riffFile(append(picture, picture...)), models.CodeInvalid},
		"webp with VP8X behind":         {WebP, riffFile(append(picture, appendRIFF(nil, "VP8X", make([]byte, 10))...)), models.CodeInvalid},
		"webp that is animated":         {WebP, riffFile(appendRIFF(nil, "ANIM", make([]byte, 6))), models.CodeUnsupportedMedia},
		"webp larger than is held":      {WebP, make([]byte, maxWebP+1), models.CodeTooLarge},
		"png content declared as jpeg":  {JPEG, pngFile, models.CodeInvalid},
		"pdf, which is not stripped":    {PDF, []byte(decision), models.CodeUnsupportedMedia},
		"nothing at all, called a png":  {PNG, nil, models.CodeInvalid},
		"nothing at all, called a webp": {WebP, nil, models.CodeInvalid},
	} {
		err := Strip(bytes.NewReader(c.file), io.Discard, c.kind)
		if got := models.CodeOf(err); got != c.want {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}

func TestStripPassesOnFailuresOfReaderAndWriter(t *testing.T) {
	broken := errors.New("cable pulled")
	for kind, in := range photos(t, scene(9, 7), 6) {
		r := io.MultiReader(bytes.NewReader(in[:40]), iotest.ErrReader(broken))
		if err := Strip(r, io.Discard, kind); !errors.Is(err, broken) || models.CodeOf(err) != models.CodeInternal {
			t.Errorf("strip %s from a failing reader: got %v, want %v", kind, err, broken)
		}
		w := failingWriter{broken}
		if err := Strip(bytes.NewReader(in), w, kind); !errors.Is(err, broken) || models.CodeOf(err) != models.CodeInternal {
			t.Errorf("strip %s to a failing writer: got %v, want %v", kind, err, broken)
		}
	}
}

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }

func TestStripOfPlainFileChangesNothing(t *testing.T) {
	in := plainJPEG(t, scene(30, 20))
	if out := strip(t, in, JPEG); !bytes.Equal(in, out) {
		t.Errorf("strip of a plain JPEG: got %d other bytes, want the same %d", len(out), len(in))
	}
	lossy := lossyWebP(t)
	if out := strip(t, lossy, WebP); !bytes.Equal(lossy, out) {
		t.Errorf("strip of a plain WebP: got %x, want %x", out, lossy)
	}
}

func TestLossyWebPIsBroughtToFullRange(t *testing.T) {
	m := image.NewYCbCr(image.Rect(0, 0, 3, 1), image.YCbCrSubsampleRatio444)
	copy(m.Y, []byte{16, 126, 235})
	copy(m.Cb, []byte{128, 128, 128})
	copy(m.Cr, []byte{128, 128, 128})
	expandRange(m)
	for x, want := range []uint8{0, 128, 255} {
		if got := color.GrayModel.Convert(m.At(x, 0)).(color.Gray).Y; got != want {
			t.Errorf("luma of pixel %d: got %d, want %d", x, got, want)
		}
	}
}

func TestDetectGoesByContent(t *testing.T) {
	for head, want := range map[string]Type{
		"\xff\xd8\xff\xe1": JPEG, pngSignature: PNG, "RIFF\x00\x00\x00\x00WEBPVP8 ": WebP, "%PDF-1.7": PDF,
		"": "", "\xff\xd8": "", "GIF89a": "", "RIFF\x00\x00\x00\x00WAVE": "", "RIFF": "", "<svg xmlns": "", " %PDF-1.7": "",
		"\x00\x00\x00\x18ftypheic": "", "\x89PNG\n\x1a\n": "",
	} {
		got, ok := Detect([]byte(head))
		if got != want || ok != (want != "") {
			t.Errorf("Detect(%q): got %q %v, want %q", head, got, ok, want)
		}
	}
}

func FuzzDetect(f *testing.F) {
	for _, b := range photos(f, scene(3, 2), 6) {
		f.Add(b)
	}
	f.Add([]byte(decision))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, ok := Detect(b)
		head, sure := Detect(b[:min(len(b), sniffLength)])
		if got != head || ok != sure {
			t.Fatalf("got %q %v from all, %q %v from the head, want the same", got, ok, head, sure)
		}
		if ok != (got.Extension() != "") || ok && !PublicAllowed(got) {
			t.Fatalf("got %q %v, want a known type exactly when ok", got, ok)
		}
	})
}

func FuzzStrip(f *testing.F) {
	for _, b := range photos(f, scene(5, 4), 6) {
		f.Add(b)
	}
	f.Add(plainJPEG(f, scene(5, 4)))
	f.Add(lossyWebP(f))
	f.Fuzz(func(t *testing.T, b []byte) {
		kind, ok := Detect(b)
		if !ok || !kind.Picture() {
			return
		}
		var out bytes.Buffer
		if err := Strip(bytes.NewReader(b), &out, kind); err != nil {
			if code := models.CodeOf(err); code == models.CodeInternal {
				t.Fatalf("got %v, want a refusal with words", err)
			}
			return
		}
		if got, _ := Detect(out.Bytes()); got != kind {
			t.Fatalf("stripped %s: got %q", kind, got)
		}
		if again := strip(t, out.Bytes(), kind); !bytes.Equal(again, out.Bytes()) {
			t.Fatalf("stripped %s: stripping again changed it", kind)
		}
		facts, err := scan(bytes.NewReader(b), io.Discard, kind)
		if err != nil {
			t.Fatal(err)
		}
		if w, h, err := decodeSize(bytes.NewReader(b), kind, facts.costly); err != nil || w*h > 10_000 {
			return
		}
		before, err := decode(bytes.NewReader(b), kind)
		if err != nil {
			return
		}
		if !cmp.Equal(samples(before), pixels(t, out.Bytes(), kind)) {
			t.Fatalf("stripped %s: pixels differ", kind)
		}
	})
}

func TestProfileSurvivesInRenditionsOnlyWhenItFits(t *testing.T) {
	for _, opaque := range []bool{true, false} {
		m := scene(20, 10)
		kind := JPEG
		if !opaque {
			kind = PNG
			m.SetRGBA(0, 0, color.RGBA{})
		}
		b, err := encode(m, rgbProfile(70_000))
		if err != nil {
			t.Fatal(err)
		}
		f, err := scan(bytes.NewReader(b), io.Discard, kind)
		if err != nil || !bytes.Equal(f.profile, rgbProfile(70_000)) {
			t.Errorf("%s: got a profile of %d bytes (%v), want the one given", kind, len(f.profile), err)
		}
		if w, _, err := decodeSize(bytes.NewReader(b), kind, false); w != 20 || err != nil {
			t.Errorf("%s with profile: got width %d %v, want 20", kind, w, err)
		}
		b, err = encode(m, []byte(strings.Replace(string(rgbProfile(70_000)), "RGB ", "CMYK", 1)))
		if err != nil {
			t.Fatal(err)
		}
		if f, err := scan(bytes.NewReader(b), io.Discard, kind); err != nil || f.profile != nil {
			t.Errorf("%s: got a CMYK profile of %d bytes (%v), want none", kind, len(f.profile), err)
		}
	}
	if _, err := jpeg.Decode(bytes.NewReader(withProfile(plainJPEG(t, scene(4, 4)), nil, JPEG))); err != nil {
		t.Error(err)
	}
}
