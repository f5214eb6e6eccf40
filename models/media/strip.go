package media

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"time"
)

// facts is what a picture's own metadata said, gathered while it was being removed.
type facts struct {
	orientation int        // EXIF orientation, 1 to 8
	taken       *time.Time // see Blob.TakenOn
	profile     []byte     // ICC profile, nil when there is none or it is larger than maxProfile
	costly      bool       // decoding takes about twice the memory per pixel or more: progressive, interlaced, 16 bits
}

// Strip copies a picture of type t from r to w without its metadata and without touching the coded pixels.
//
// Removed: EXIF, XMP, IPTC, comments, text, time, maker data, embedded thumbnails, further pictures and clips, and
// everything after the end of the picture. Kept: what decoding and colour need, the ICC profile, the density, and an
// orientation other than "upright", as a new EXIF block with that one entry. Stripping twice gives the same bytes.
//
// A file that breaks its format is refused with a models.Error (CodeInvalid), an animated WebP and a PDF with
// CodeUnsupportedMedia; w then holds a useless beginning. The pixels are not decoded. A WebP is held in memory and may
// have up to 64 MiB; the other formats stream.
func Strip(r io.Reader, w io.Writer, t Type) error {
	_, err := scan(r, w, t)
	if err != nil {
		return fmt.Errorf("strip %s: %w", t, refusal(t, err))
	}
	return nil
}

func scan(r io.Reader, w io.Writer, t Type) (facts, error) {
	in, out := bufio.NewReaderSize(r, 64<<10), bufio.NewWriterSize(w, 64<<10)
	var f facts
	var err error
	switch t {
	case JPEG:
		f, err = scanJPEG(in, out)
	case PNG:
		f, err = scanPNG(in, out)
	case WebP:
		f, err = scanWebP(in, out)
	default:
		return facts{}, errUnsupported()
	}
	if err != nil {
		return facts{}, err
	}
	return f, out.Flush()
}

// short turns the end of a file in the middle of a structure into malformed.
func short(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return malformed("file ends too early")
	}
	return err
}
