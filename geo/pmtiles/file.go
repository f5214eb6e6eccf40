package pmtiles

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// File is an open archive. What it gives is that of the file when it was opened: one put in its place by renaming is not seen.
type File struct {
	Header
	Size     int64
	Modified time.Time
	// Tag names these contents: it differs for an archive that was made anew.
	Tag  string
	file *os.File
}

// Open opens an archive and checks its header; see ReadHeader. Other errors are those of the operating system.
func Open(name string) (*File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	archive, err := read(f)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return archive, nil
}

func read(f *os.File) (*File, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, problem("not_a_file", "To nie jest zwykły plik.", "This is not a regular file.")
	}
	head := make([]byte, HeaderSize)
	n, err := f.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read the header: %w", err)
	}
	header, err := ReadHeader(head[:n], info.Size())
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	sum.Write(head)
	sum.Write(binary.BigEndian.AppendUint64(nil, uint64(info.Size())))
	sum.Write(binary.BigEndian.AppendUint64(nil, uint64(info.ModTime().UnixNano())))
	return &File{Header: header, Size: info.Size(), Modified: info.ModTime(), Tag: hex.EncodeToString(sum.Sum(nil)[:12]), file: f}, nil
}

// Reader reads the archive from its beginning; several may at once.
func (f *File) Reader() io.ReadSeeker { return io.NewSectionReader(f.file, 0, f.Size) }

// Close closes the archive.
func (f *File) Close() error { return f.file.Close() }
