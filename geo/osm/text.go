package osm

import (
	"bufio"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
)

const (
	// A gzip file that unpacks to more than maxExpansion times its size is made to do harm, once there is much of it.
	maxExpansion   = 250
	expansionGrace = 256 << 20
)

// text is a file read from its beginning as often as needed, unpacked when it is gzip.
type text struct {
	in     io.ReaderAt
	size   int64
	packed bool
	// bom says that the text begins with a byte order mark to pass over.
	bom  bool
	file *counter
	read int64
}

// counter counts what was read of the file, and keeps an error of reading it that is not its end.
type counter struct {
	r   io.Reader
	n   int64
	err error
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if err != nil && err != io.EOF {
		c.err = err
	}
	return n, err
}

func (t *text) offset() int64 {
	if t.file == nil {
		return 0
	}
	return t.file.n
}

var errCut = problemf("truncated", "Plik gzip jest urwany albo uszkodzony.", "The gzip file is cut off or broken.")

// open goes back to the beginning.
func (t *text) open() (io.Reader, error) {
	t.file, t.read = &counter{r: io.NewSectionReader(t.in, 0, t.size)}, 0
	if !t.packed {
		return t.content(t.file)
	}
	z, err := gzip.NewReader(bufio.NewReaderSize(t.file, 64<<10))
	if err != nil {
		return nil, errCut
	}
	return t.content(&unpacking{z, t})
}

func (t *text) content(r io.Reader) (io.Reader, error) {
	if t.bom {
		if _, err := io.CopyN(io.Discard, r, 3); err != nil {
			return nil, fmt.Errorf("read OSM: %w", err)
		}
	}
	return r, nil
}

// unpacking reads gzip within bounds.
type unpacking struct {
	z *gzip.Reader
	t *text
}

func (u *unpacking) Read(p []byte) (int, error) {
	n, err := u.z.Read(p)
	u.t.read += int64(n)
	if u.t.read > expansionGrace && u.t.read/maxExpansion > u.t.size {
		return 0, problemf("too_large", "Plik gzip rozpakowuje się do ponad %d razy tyle, ile ma: nie czytamy go.",
			"The gzip file unpacks to more than %d times its size: it is not read.", maxExpansion)
	}
	if err != nil && err != io.EOF && u.t.file.err == nil {
		return n, errCut
	}
	return n, err
}
