package media

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/semaphore"

	"wolnica/models"
)

// DefaultLimit is the largest upload, in bytes, unless Put is told otherwise.
const DefaultLimit = 20 << 20

const (
	tempPrefix   = ".tmp-"
	originalName = "original"
	publicName   = "public"
	// abandoned is the age at which work in progress is taken for what a killed process left.
	abandoned = time.Hour
	// decodings is how many pictures are decoded at a time; a very large one counts as all of them.
	decodings = 2
)

// Store is a folder of content-addressed files; the package comment describes its layout. It is safe for concurrent
// use. Several processes may share the folder; only one of them should Sweep.
type Store struct {
	dir     string
	decoder *semaphore.Weighted
	// mu orders the arrival of a file against its removal.
	mu sync.Mutex
}

// Blob describes a stored file.
type Blob struct {
	SHA256 string // of the upload, 64 lower-case hexadecimal digits
	Size   int64  // of the upload, in bytes
	Type   Type
	// Width and Height are pixels of a picture as it is shown, its orientation applied; 0 for a PDF.
	Width, Height int
	// TakenOn is when a photograph was taken: the wall clock of the camera, written as UTC. Nil when it does not say.
	TakenOn *time.Time
}

// File is an open stored file; the caller closes it.
type File struct {
	*os.File
	Type Type
	Size int64
}

// Open opens the store in a folder, which is created when missing, and removes work in progress older than an hour.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open media folder: %w", diskFault(err))
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("open media folder: %w", err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), tempPrefix) {
			continue
		}
		path := filepath.Join(dir, e.Name())
		if time.Since(touched(path)) < abandoned {
			continue
		}
		if err := os.RemoveAll(path); err != nil {
			return nil, fmt.Errorf("clean media folder: %w", err)
		}
	}
	return &Store{dir: dir, decoder: semaphore.NewWeighted(decodings)}, nil
}

// touched is when anything in a folder last changed; a folder's own time does not move while a file in it grows.
func touched(dir string) time.Time {
	var last time.Time
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		if info, err := d.Info(); err == nil && info.ModTime().After(last) {
			last = info.ModTime()
		}
		return nil
	})
	return last
}

// Put stores a file and, for a picture, its sanitised copy and renditions. It takes at most limit bytes; 0 means
// DefaultLimit. The same content is stored once however often it comes, and each time counts as new for Sweep.
// When Put returns, the file is on disk; when it fails, nothing of it is left.
//
// Refusals are models.Error: CodeUnsupportedMedia for a type or variant that is not taken, CodeTooLarge for too many
// bytes or pixels, CodeInvalid for a file that cannot be opened, CodeUnavailable when the disk is full. A failure to
// read r and the end of ctx are returned wrapped.
func (s *Store) Put(ctx context.Context, r io.Reader, limit int64) (Blob, error) {
	if limit <= 0 {
		limit = DefaultLimit
	}
	b, err := s.put(ctx, r, limit)
	if err != nil {
		return Blob{}, fmt.Errorf("store file: %w", diskFault(refusal(b.Type, err)))
	}
	return b, nil
}

// put is Put without the wording of errors; on failure the Blob holds the type, as far as it was known.
func (s *Store) put(ctx context.Context, r io.Reader, limit int64) (Blob, error) {
	in := bufio.NewReaderSize(reader{ctx, r}, 64<<10)
	head, err := in.Peek(sniffLength)
	if err != nil && err != io.EOF {
		return Blob{}, fmt.Errorf("read upload: %w", err)
	}
	t, ok := Detect(head)
	if !ok {
		return Blob{}, errUnsupported()
	}
	b := Blob{Type: t}
	dir, err := os.MkdirTemp(s.dir, tempPrefix)
	if err != nil {
		return b, err
	}
	defer os.RemoveAll(dir)

	original := filepath.Join(dir, originalName)
	if b.SHA256, b.Size, err = receive(original, in, limit); err != nil {
		return b, err
	}
	if t == PDF {
		f, err := os.Open(original)
		if err != nil {
			return b, err
		}
		defer f.Close()
		if err := checkPDF(f); err != nil {
			return b, err
		}
		return b, s.settle(dir, b.SHA256)
	}

	public := filepath.Join(dir, publicName)
	f, err := sanitise(original, public, t)
	if err != nil {
		return b, err
	}
	if b.Width, b.Height, err = sizeOf(public, t, f.costly); err != nil {
		return b, err
	}
	pixels := b.Width * b.Height
	if f.orientation >= 5 {
		b.Width, b.Height = b.Height, b.Width
	}
	b.TakenOn = f.taken
	// What is already there was decoded when it came.
	if present, err := s.touch(b.SHA256); present || err != nil {
		return b, err
	}
	weight := int64(1)
	if pixels > soloPixels || f.costly && pixels > soloPixels/2 {
		weight = decodings
	}
	if err := s.decoder.Acquire(ctx, weight); err != nil {
		return b, err
	}
	err = render(ctx, public, t, f, dir)
	s.decoder.Release(weight)
	if err != nil {
		return b, err
	}
	return b, s.settle(dir, b.SHA256)
}

// reader stops when its context ends.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// receive writes an upload to a file and returns its hash and size.
func receive(path string, r io.Reader, limit int64) (sum string, size int64, err error) {
	err = create(path, func(w io.Writer) error {
		h := sha256.New()
		size, err = io.Copy(io.MultiWriter(w, h), io.LimitReader(r, limit+1))
		if err != nil {
			return fmt.Errorf("receive upload: %w", err)
		}
		if size > limit {
			return errTooLarge(limit)
		}
		sum = hex.EncodeToString(h.Sum(nil))
		return nil
	})
	return sum, size, err
}

func sanitise(original, public string, t Type) (facts, error) {
	in, err := os.Open(original)
	if err != nil {
		return facts{}, err
	}
	defer in.Close()
	var f facts
	err = create(public, func(w io.Writer) error {
		f, err = scan(in, w, t)
		return err
	})
	return f, err
}

func sizeOf(path string, t Type, costly bool) (width, height int, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, 0, err
	}
	defer f.Close()
	return decodeSize(bufio.NewReader(f), t, costly)
}

func writeFile(path string, b []byte) error {
	return create(path, func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	})
}

// create makes a new file, lets write fill it, and sees it on disk.
func create(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// touch makes a file that is there count as new, and tells whether it is there.
func (s *Store) touch(sha string) (present bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.touchLocked(sha)
}

func (s *Store) touchLocked(sha string) (present bool, err error) {
	now := time.Now()
	err = os.Chtimes(s.path(sha), now, now)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// settle gives a complete folder its final name. When the content is there already, that stays, and counts as new.
func (s *Store) settle(dir, sha string) error {
	final := s.path(sha)
	parent := filepath.Dir(final)
	s.mu.Lock()
	defer s.mu.Unlock()
	if present, err := s.touchLocked(sha); present || err != nil {
		return err
	}
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return err
	}
	if err := syncFolder(dir); err != nil {
		return err
	}
	err := os.Rename(dir, final)
	if errors.Is(err, syscall.ENOTEMPTY) || errors.Is(err, syscall.EEXIST) {
		// Another process brought the same content in the meantime.
		_, err = s.touchLocked(sha)
		return err
	}
	if err != nil {
		return err
	}
	for _, d := range []string{parent, filepath.Dir(parent), s.dir} {
		if err := syncFolder(d); err != nil {
			return err
		}
	}
	return nil
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// path is the folder of a file; sha must be valid.
func (s *Store) path(sha string) string { return filepath.Join(s.dir, sha[:2], sha[2:4], sha) }

func validSHA(sha string) bool {
	return len(sha) == 2*sha256.Size && strings.Trim(sha, "0123456789abcdef") == ""
}

// OpenOriginal opens a file as it was uploaded, with whatever it says about its author: not for the public.
// It fails with CodeNotFound when there is no such file.
func (s *Store) OpenOriginal(sha string) (*File, error) { return s.open(sha, originalName) }

// OpenPublic opens what the public may have of a file: the sanitised copy of a picture, a PDF as uploaded.
// It fails with CodeNotFound when there is none.
func (s *Store) OpenPublic(sha string) (*File, error) {
	f, err := s.open(sha, publicName)
	if models.CodeOf(err) != models.CodeNotFound {
		return f, err
	}
	f, err = s.open(sha, originalName)
	if err != nil {
		return nil, err
	}
	// A picture is never handed out as it came, even if its copy were lost.
	if f.Type.Picture() || !PublicAllowed(f.Type) {
		f.Close()
		return nil, models.ErrNotFound()
	}
	return f, nil
}

// OpenRendition opens a rendition of a picture by its name: Thumb, Medium or Large. Its type is JPEG, or PNG for a
// picture with transparency. It fails with CodeNotFound for an unknown name, and for a PDF, which has none.
func (s *Store) OpenRendition(sha, name string) (*File, error) {
	for _, r := range renditions {
		if r.name == name {
			return s.open(sha, name)
		}
	}
	return nil, models.ErrNotFound()
}

func (s *Store) open(sha, name string) (*File, error) {
	if !validSHA(sha) {
		return nil, models.ErrNotFound()
	}
	f, err := os.Open(filepath.Join(s.path(sha), name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, models.ErrNotFound()
	}
	if err != nil {
		return nil, fmt.Errorf("open file %s: %w", sha, err)
	}
	file, err := describe(f)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("open file %s: %w", sha, err)
	}
	return file, nil
}

func describe(f *os.File) (*File, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	var head [sniffLength]byte
	n, err := f.ReadAt(head[:], 0)
	if err != nil && err != io.EOF {
		return nil, err
	}
	t, ok := Detect(head[:n])
	if !ok {
		return nil, errors.New("stored content is of no known type")
	}
	return &File{File: f, Type: t, Size: info.Size()}, nil
}
