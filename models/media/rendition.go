package media

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"
)

// Names of the renditions.
const (
	Thumb  = "thumb"
	Medium = "medium"
	Large  = "large"
)

// rendition is a copy of a picture made to be shown: upright, at most side pixels on its long side and never larger
// than the picture, with no metadata but the colour profile.
type rendition struct {
	name string
	side int
}

// renditions run from the largest, each being made from the one before.
var renditions = []rendition{{Large, 1920}, {Medium, 960}, {Thumb, 320}}

// Bounds on what is decoded. Together with two decodings at a time, or one above soloPixels, they keep the memory for
// pixels under about a gigabyte.
const (
	maxPixels       = 80_000_000 // pixels of an ordinary picture
	maxCostlyPixels = 40_000_000 // the same for one that takes twice the memory: progressive, interlaced, 16 bits
	soloPixels      = 20_000_000 // above this a picture is decoded alone
	maxSide         = 65_535     // pixels on a side, the most a JPEG can have
)

const jpegQuality = 82

// decodeSize reads the size of a picture from its header, as stored, and refuses what is too large to decode.
func decodeSize(r io.Reader, t Type, costly bool) (width, height int, err error) {
	var c image.Config
	switch t {
	case JPEG:
		c, err = jpeg.DecodeConfig(r)
	case PNG:
		c, err = png.DecodeConfig(r)
	case WebP:
		c, err = webp.DecodeConfig(r)
	default:
		return 0, 0, errUnsupported()
	}
	if err != nil {
		return 0, 0, decodeFault(err)
	}
	if c.Width <= 0 || c.Height <= 0 {
		return 0, 0, malformed("picture without pixels")
	}
	limit := maxPixels
	if costly {
		limit = maxCostlyPixels
	}
	if c.Width > maxSide || c.Height > maxSide || c.Width*c.Height > limit {
		return 0, 0, errTooManyPixels(c.Width, c.Height, limit)
	}
	return c.Width, c.Height, nil
}

func decode(r io.Reader, t Type) (image.Image, error) {
	var m image.Image
	var err error
	switch t {
	case JPEG:
		m, err = jpeg.Decode(r)
	case PNG:
		m, err = png.Decode(r)
	case WebP:
		m, err = webp.Decode(r)
	default:
		return nil, errUnsupported()
	}
	if err != nil {
		return nil, decodeFault(err)
	}
	if t == WebP {
		expandRange(m)
	}
	return m, nil
}

// decodeFault keeps what a decoder does not support and what the disk could not read apart from what is damaged.
func decodeFault(err error) error {
	switch err.(type) {
	case jpeg.UnsupportedError, png.UnsupportedError, *os.PathError:
		return err
	}
	return malformed(err.Error())
}

// expandRange brings the colours of a lossy WebP to the full range. VP8 codes luma as 16 to 235 and chroma as 16 to
// 240 (RFC 6386, section 9.2), while image.YCbCr means 0 to 255; the decoder hands the first over as the second, and
// pictures would come out pale.
func expandRange(m image.Image) {
	var p *image.YCbCr
	switch m := m.(type) {
	case *image.YCbCr:
		p = m
	case *image.NYCbCrA:
		p = &m.YCbCr
	default:
		return
	}
	var luma, chroma [256]uint8
	for v := range 256 {
		luma[v] = uint8(min(max(((v-16)*255+109)/219, 0), 255))
		chroma[v] = uint8(min(max((v-128)*255/224+128, 0), 255))
	}
	for i, v := range p.Y {
		p.Y[i] = luma[v]
	}
	for i, v := range p.Cb {
		p.Cb[i] = chroma[v]
	}
	for i, v := range p.Cr {
		p.Cr[i] = chroma[v]
	}
}

// render decodes the picture in the file and writes its renditions into dir.
func render(ctx context.Context, file string, t Type, f facts, dir string) error {
	large, err := shrunk(file, t, renditions[0].side)
	if err != nil {
		return err
	}
	m := upright(large, f.orientation)
	for _, r := range renditions {
		if err := ctx.Err(); err != nil {
			return err
		}
		m = fitted(m, r.side)
		b, err := encode(m, f.profile)
		if err != nil {
			return fmt.Errorf("encode %s: %w", r.name, err)
		}
		if err := writeFile(filepath.Join(dir, r.name), b); err != nil {
			return err
		}
	}
	return nil
}

// shrunk decodes a picture and brings it to at most side pixels. The full-size pixels are let go before it returns.
func shrunk(file string, t Type, side int) (*image.RGBA, error) {
	r, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	m, err := decode(bufio.NewReaderSize(r, 64<<10), t)
	if err != nil {
		return nil, err
	}
	return fitted(averaged(m, max(1, max(m.Bounds().Dx(), m.Bounds().Dy())/side)), side), nil
}

// averaged returns the picture n times smaller on both sides, each pixel the mean of n × n; sides are cut to a
// multiple of n unless shorter than n. It goes before the filter proper because that needs 32 bytes for every row of
// the source times every column of the result.
func averaged(m image.Image, n int) *image.RGBA {
	b := m.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, max(1, b.Dx()/n), max(1, b.Dy()/n)))
	// A side shorter than n is one block of its own length.
	nx, ny := min(n, b.Dx()), min(n, b.Dy())
	band := image.NewRGBA(image.Rect(0, 0, b.Dx(), ny))
	area := nx * ny
	for y := range out.Rect.Dy() {
		draw.Draw(band, band.Rect, m, image.Pt(b.Min.X, b.Min.Y+y*ny), draw.Src)
		for x := range out.Rect.Dx() {
			var sum [4]int
			for j := range ny {
				row := band.Pix[j*band.Stride+x*nx*4:]
				for i := 0; i < nx*4; i += 4 {
					sum[0] += int(row[i])
					sum[1] += int(row[i+1])
					sum[2] += int(row[i+2])
					sum[3] += int(row[i+3])
				}
			}
			pixel := out.Pix[y*out.Stride+x*4:]
			for c := range sum {
				pixel[c] = uint8((sum[c] + area/2) / area)
			}
		}
	}
	return out
}

// fitted returns the picture with its long side brought down to side, or the picture itself when it is not longer.
func fitted(m *image.RGBA, side int) *image.RGBA {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	long := max(w, h)
	if long <= side {
		return m
	}
	out := image.NewRGBA(image.Rect(0, 0, max(1, (w*side+long/2)/long), max(1, (h*side+long/2)/long)))
	draw.CatmullRom.Scale(out, out.Rect, m, m.Rect, draw.Src, nil)
	return out
}

// upright turns and mirrors a picture so that it needs no EXIF orientation any more.
func upright(m *image.RGBA, orientation int) *image.RGBA {
	if orientation < 2 || orientation > 8 {
		return m
	}
	w, h := m.Rect.Dx(), m.Rect.Dy()
	size := image.Rect(0, 0, w, h)
	if orientation >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	out := image.NewRGBA(size)
	for y := range size.Dy() {
		for x := range size.Dx() {
			var sx, sy int
			switch orientation {
			case 2:
				sx, sy = w-1-x, y
			case 3:
				sx, sy = w-1-x, h-1-y
			case 4:
				sx, sy = x, h-1-y
			case 5:
				sx, sy = y, x
			case 6:
				sx, sy = y, h-1-x
			case 7:
				sx, sy = w-1-y, h-1-x
			case 8:
				sx, sy = w-1-y, x
			}
			copy(out.Pix[y*out.Stride+x*4:][:4], m.Pix[sy*m.Stride+sx*4:][:4])
		}
	}
	return out
}

// encode writes a picture as JPEG, or as PNG when any of it is transparent.
func encode(m *image.RGBA, profile []byte) ([]byte, error) {
	var b bytes.Buffer
	if m.Opaque() {
		err := jpeg.Encode(&b, m, &jpeg.Options{Quality: jpegQuality})
		return withProfile(b.Bytes(), profile, JPEG), err
	}
	// Straight alpha is what PNG holds; converting once here spares the encoder its slow path.
	straight := image.NewNRGBA(m.Rect)
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			straight.SetNRGBA(x, y, color.NRGBAModel.Convert(m.RGBAAt(x, y)).(color.NRGBA))
		}
	}
	err := png.Encode(&b, straight)
	return withProfile(b.Bytes(), profile, PNG), err
}
