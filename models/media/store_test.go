package media

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"wolnica/models"
)

func open(t testing.TB) *Store {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "media"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func put(t testing.TB, s *Store, b []byte) Blob {
	t.Helper()
	blob, err := s.Put(t.Context(), bytes.NewReader(b), 0)
	if err != nil {
		t.Fatal(err)
	}
	return blob
}

// content reads what an Open method gave, which is its argument list.
func content(t testing.TB, f *File, err error) ([]byte, Type) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	if int64(len(b)) != f.Size {
		t.Errorf("size of the open file: got %d, want %d", f.Size, len(b))
	}
	return b, f.Type
}

// files lists every file in the folder of a store.
func files(t testing.TB, s *Store) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && (!d.IsDir() || strings.HasPrefix(d.Name(), tempPrefix)) {
			name, _ := filepath.Rel(s.dir, path)
			out = append(out, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestPutStoresOriginalPublicCopyAndRenditions(t *testing.T) {
	taken := time.Date(2023, 6, 15, 14, 30, 5, 0, time.UTC)
	for kind, in := range photos(t, scene(400, 200), 6) {
		s := open(t)
		got := put(t, s, in)
		sum := sha256.Sum256(in)
		want := Blob{SHA256: hex.EncodeToString(sum[:]), Size: int64(len(in)), Type: kind, Width: 200, Height: 400, TakenOn: &taken}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: blob (-want +got):\n%s", kind, diff)
		}
		sha := got.SHA256
		dir := filepath.Join(sha[:2], sha[2:4], sha)
		var names []string
		for _, n := range []string{"large", "medium", "original", "public", "thumb"} {
			names = append(names, filepath.Join(dir, n))
		}
		if diff := cmp.Diff(names, files(t, s)); diff != "" {
			t.Errorf("%s: files (-want +got):\n%s", kind, diff)
		}
		f, err := s.OpenOriginal(sha)
		if b, k := content(t, f, err); !bytes.Equal(b, in) || k != kind {
			t.Errorf("original: got %d bytes of %s, want the upload", len(b), k)
		}
		f, err = s.OpenPublic(sha)
		if b, k := content(t, f, err); !bytes.Equal(b, strip(t, in, kind)) || k != kind {
			t.Errorf("public: got %d bytes of %s, want the stripped upload", len(b), k)
		}
		for name, height := range map[string]int{Thumb: 320, Medium: 400, Large: 400} {
			f, err = s.OpenRendition(sha, name)
			b, k := content(t, f, err)
			if k != JPEG {
				t.Errorf("%s of %s: got %s, want %s", name, kind, k, JPEG)
			}
			m, err := decode(bytes.NewReader(b), k)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := m.Bounds().Max, image.Pt(height/2, height); got != want {
				t.Errorf("%s of %s: got %v pixels, want %v", name, kind, got, want)
			}
			// Orientation 6 is shown turned clockwise: the blue corner, top left as stored, is top right.
			right := color.RGBAModel.Convert(m.At(m.Bounds().Dx()-5, 5)).(color.RGBA)
			left := color.RGBAModel.Convert(m.At(5, 5)).(color.RGBA)
			if right.B < 200 || left.B > 60 {
				t.Errorf("%s of %s: got corners %v and %v, want blue on the right only", name, kind, left, right)
			}
			if facts, err := scan(bytes.NewReader(b), io.Discard, k); err != nil || facts.orientation != 1 || facts.taken != nil {
				t.Errorf("%s of %s: got %+v %v, want no metadata", name, kind, facts, err)
			}
		}
	}
}

func TestUprightFollowsEveryOrientation(t *testing.T) {
	// The letters of a 2 × 3 picture as stored and, per orientation, as shown (CIPA DC-008, tag 0112).
	stored := []string{"ab", "cd", "ef"}
	for orientation, want := range map[int]string{
		1: "ab cd ef", 2: "ba dc fe", 3: "fe dc ba", 4: "ef cd ab", 5: "ace bdf", 6: "eca fdb", 7: "fdb eca", 8: "bdf ace",
	} {
		m := image.NewRGBA(image.Rect(0, 0, 2, 3))
		for y, row := range stored {
			for x := range row {
				m.SetRGBA(x, y, color.RGBA{R: row[x], A: 255})
			}
		}
		m = upright(m, orientation)
		var rows []string
		for y := range m.Rect.Dy() {
			var row []byte
			for x := range m.Rect.Dx() {
				row = append(row, m.RGBAAt(x, y).R)
			}
			rows = append(rows, string(row))
		}
		if got := strings.Join(rows, " "); got != want {
			t.Errorf("orientation %d: got %q, want %q", orientation, got, want)
		}
	}
}

func TestLargePictureIsReducedToEverySideAndKeepsItsTones(t *testing.T) {
	s := open(t)
	blob := put(t, s, plainJPEG(t, scene(4500, 1500)))
	for name, want := range map[string]image.Point{Large: {1920, 640}, Medium: {960, 320}, Thumb: {320, 107}} {
		f, err := s.OpenRendition(blob.SHA256, name)
		b, kind := content(t, f, err)
		m, err := decode(bytes.NewReader(b), kind)
		if err != nil {
			t.Fatal(err)
		}
		if m.Bounds().Max != want {
			t.Errorf("%s: got %v, want %v", name, m.Bounds().Max, want)
		}
		c := color.RGBAModel.Convert(m.At(want.X/2, want.Y/2)).(color.RGBA)
		if c.R < 122 || c.R > 132 || c.G < 122 || c.G > 132 {
			t.Errorf("%s: got %v in the middle, want red and green about 127", name, c)
		}
	}
}

func TestTransparentPictureStaysPNG(t *testing.T) {
	m := scene(40, 30)
	m.SetRGBA(20, 20, color.RGBA{})
	for kind, in := range map[Type][]byte{PNG: photoPNG(t, m, 1), WebP: photoWebP(m, 1)} {
		s := open(t)
		f, err := s.OpenRendition(put(t, s, in).SHA256, Thumb)
		b, got := content(t, f, err)
		if got != PNG {
			t.Fatalf("thumb of a transparent %s: got %s, want %s", kind, got, PNG)
		}
		back, err := decode(bytes.NewReader(b), PNG)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, _, a := back.At(20, 20).RGBA(); a != 0 {
			t.Errorf("thumb of a transparent %s: got alpha %d, want 0", kind, a)
		}
	}
}

func TestExtremeShapesAreStored(t *testing.T) {
	s := open(t)
	for _, size := range []image.Point{{1, 1}, {9000, 1}, {1, 9000}, {1921, 3}} {
		blob := put(t, s, plainJPEG(t, scene(size.X, size.Y)))
		f, err := s.OpenRendition(blob.SHA256, Thumb)
		b, kind := content(t, f, err)
		w, h, err := decodeSize(bytes.NewReader(b), kind, false)
		if err != nil || max(w, h) > 320 || max(w, h) != min(320, max(size.X, size.Y)) {
			t.Errorf("thumb of %v: got %d × %d %v, want a long side of at most 320", size, w, h, err)
		}
	}
	blob := put(t, s, lossyWebP(t))
	if blob.Width != 1 || blob.Height != 1 || blob.TakenOn != nil {
		t.Errorf("one lossy pixel: got %+v, want 1 × 1 and no time", blob)
	}
}

func TestPDFIsPublicAsUploadedAndHasNoRenditions(t *testing.T) {
	s := open(t)
	blob := put(t, s, []byte(decision))
	if blob.Type != PDF || blob.Width != 0 {
		t.Errorf("got %+v, want a PDF without pixels", blob)
	}
	f, err := s.OpenPublic(blob.SHA256)
	if b, kind := content(t, f, err); string(b) != decision || kind != PDF {
		t.Errorf("public: got %q of %s, want the upload", b, kind)
	}
	if _, err := s.OpenRendition(blob.SHA256, Thumb); models.CodeOf(err) != models.CodeNotFound {
		t.Errorf("thumb: got %v, want not found", err)
	}
}

func TestRefusalsHaveWordsAndLeaveNothing(t *testing.T) {
	m := scene(60, 40)
	photo := photoJPEG(t, m, 1)
	plain := plainJPEG(t, m)
	corrupt := append([]byte(nil), plain...)
	// A Huffman table that promises more codes than fit.
	copy(corrupt[bytes.Index(corrupt, []byte{0xff, markerDHT})+5:], bytes.Repeat([]byte{0xff}, 16))
	webpFile := strip(t, photoWebP(m, 1), WebP)
	pngFile := strip(t, photoPNG(t, m, 1), PNG)
	mangled := append([]byte(nil), webpFile...)
	at := bytes.Index(mangled, []byte("VP8L"))
	copy(mangled[at+8:], "\x00\x00\x00\x00")
	bomb := append([]byte(pngSignature), chunk("IHDR", "\x00\x00\xff\xff\x00\x00\xff\xff\x08\x02\x00\x00\x00")...)
	bomb = append(append(bomb, chunk("IDAT", "x")...), chunk("IEND", "")...)
	long := append([]byte(pngSignature), chunk("IHDR", "\x00\x01\x00\x00\x00\x00\x00\x01\x08\x02\x00\x00\x00")...)
	long = append(append(long, chunk("IDAT", "x")...), chunk("IEND", "")...)
	for name, c := range map[string]struct {
		file  []byte
		limit int64
		want  models.Code
	}{
		"empty":                 {nil, 0, models.CodeUnsupportedMedia},
		"text":                  {[]byte("Zabytek nr A-1234, Kraków"), 0, models.CodeUnsupportedMedia},
		"gif":                   {[]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), 0, models.CodeUnsupportedMedia},
		"page dressed as photo": {[]byte("\xff\xd8\xff<script>alert(1)</script>"), 0, models.CodeInvalid},
		"over the limit by one": {photo, int64(len(photo) - 1), models.CodeTooLarge},
		"half a photo":          {photo[:len(plain)/2], 0, models.CodeInvalid},
		"half the pixels":       {plain[:len(plain)-40], 0, models.CodeInvalid},
		"end in the pixels":     {append(append([]byte(nil), plain[:len(plain)-40]...), 0xff, markerEOI), 0, models.CodeInvalid},
		"corrupt tables":        {corrupt, 0, models.CodeInvalid},
		"half a png":            {pngFile[:len(pngFile)/2], 0, models.CodeInvalid},
		"half a webp":           {webpFile[:len(webpFile)/2], 0, models.CodeInvalid},
		"mangled webp":          {mangled, 0, models.CodeInvalid},
		"bomb":                  {bomb, 0, models.CodeTooLarge},
		"one very long line":    {long, 0, models.CodeTooLarge},
		"half a decision":       {[]byte(decision[:len(decision)-8]), 0, models.CodeInvalid},
		"a decision's header":   {[]byte("%PDF-1.4"), 0, models.CodeInvalid},
		"a decision of no age":  {[]byte("%PDF-X" + decision[6:]), 0, models.CodeInvalid},
	} {
		s := open(t)
		blob, err := s.Put(t.Context(), bytes.NewReader(c.file), c.limit)
		if got := models.CodeOf(err); got != c.want {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
		var told *models.Error
		if errors.As(err, &told) && (told.Message.PL == "" || told.Message.EN == "" || told.Message.PL == told.Message.EN) {
			t.Errorf("%s: got %+v, want words in both languages", name, told.Message)
		}
		if diff := cmp.Diff(Blob{}, blob); diff != "" {
			t.Errorf("%s: got a blob beside the error: %s", name, diff)
		}
		if left := files(t, s); len(left) > 0 {
			t.Errorf("%s: got %v left behind, want nothing", name, left)
		}
	}
}

func TestUnsupportedTypeListsWhatIsTaken(t *testing.T) {
	_, err := open(t).Put(t.Context(), strings.NewReader("GIF89a"), 0)
	var told *models.Error
	if !errors.As(err, &told) {
		t.Fatalf("got %v, want a models.Error", err)
	}
	for _, kind := range []string{"JPEG", "PNG", "WebP", "PDF"} {
		if !strings.Contains(told.Message.PL, kind) || !strings.Contains(told.Message.EN, kind) {
			t.Errorf("got %+v, want %s named", told.Message, kind)
		}
	}
}

func TestFileOfExactlyTheLimitIsTaken(t *testing.T) {
	in := photoPNG(t, scene(20, 20), 1)
	if _, err := open(t).Put(t.Context(), bytes.NewReader(in), int64(len(in))); err != nil {
		t.Errorf("got %v, want it stored", err)
	}
}

func TestBrokenUploadAndCancelledRequestLeaveNothing(t *testing.T) {
	in := photoPNG(t, scene(200, 200), 1)
	gone := errors.New("connection reset")
	s := open(t)
	_, err := s.Put(t.Context(), io.MultiReader(bytes.NewReader(in[:500]), iotest.ErrReader(gone)), 0)
	if !errors.Is(err, gone) || models.CodeOf(err) != models.CodeInternal {
		t.Errorf("connection lost: got %v, want %v", err, gone)
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err = s.Put(ctx, io.MultiReader(bytes.NewReader(in[:500]), cancelling{cancel}, bytes.NewReader(in[500:])), 0)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v, want %v", err, context.Canceled)
	}
	if left := files(t, s); len(left) > 0 {
		t.Errorf("got %v left behind, want nothing", left)
	}
}

type cancelling struct{ cancel func() }

func (c cancelling) Read([]byte) (int, error) {
	c.cancel()
	return 0, io.EOF
}

func TestPutWaitsForATurnToDecode(t *testing.T) {
	s := open(t)
	if err := s.decoder.Acquire(t.Context(), decodings); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := s.Put(ctx, bytes.NewReader(plainJPEG(t, scene(9, 9))), 0)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("with all turns taken: got %v, want %v", err, context.DeadlineExceeded)
	}
	s.decoder.Release(decodings)
	put(t, s, plainJPEG(t, scene(9, 9)))
	if !s.decoder.TryAcquire(decodings) {
		t.Error("after Put: got a turn still taken, want all given back")
	}
}

func TestSameContentIsStoredOnceHoweverManyBringIt(t *testing.T) {
	s := open(t)
	other, err := Open(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	in := photoJPEG(t, scene(300, 200), 6)
	want := put(t, open(t), in)
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Go(func() {
			got, err := []*Store{s, other}[i%2].Put(t.Context(), bytes.NewReader(in), 0)
			if err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("blob (-want +got):\n%s", diff)
			}
		})
	}
	wg.Wait()
	if got := files(t, s); len(got) != 5 {
		t.Errorf("got %v, want one file and its four copies", got)
	}
}

func TestOpenRemovesOnlyAbandonedWork(t *testing.T) {
	s := open(t)
	blob := put(t, s, []byte(decision))
	old := time.Now().Add(-2 * abandoned)
	for _, c := range []struct {
		name         string
		folder, file time.Time
	}{{"killed", old, old}, {"slow", old, time.Now()}} {
		dir := filepath.Join(s.dir, tempPrefix+c.name)
		if err := errors.Join(os.Mkdir(dir, 0o700), writeFile(filepath.Join(dir, originalName), []byte("half")),
			os.Chtimes(filepath.Join(dir, originalName), c.file, c.file), os.Chtimes(dir, c.folder, c.folder)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Open(s.dir); err != nil {
		t.Fatal(err)
	}
	slow := tempPrefix + "slow"
	want := []string{slow, filepath.Join(slow, originalName),
		filepath.Join(blob.SHA256[:2], blob.SHA256[2:4], blob.SHA256, originalName)}
	if diff := cmp.Diff(want, files(t, s)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestOpenHidesWhatIsNotThere(t *testing.T) {
	s := open(t)
	sha := put(t, s, plainJPEG(t, scene(9, 9))).SHA256
	for _, bad := range []string{"", "..", strings.Repeat("0", 64), strings.ToUpper(sha), sha[:63], sha + "/original", "../" + sha[3:]} {
		for name, open := range map[string]func(string) (*File, error){"original": s.OpenOriginal, "public": s.OpenPublic,
			"thumb": func(sha string) (*File, error) { return s.OpenRendition(sha, Thumb) }} {
			if _, err := open(bad); models.CodeOf(err) != models.CodeNotFound {
				t.Errorf("%s of %q: got %v, want not found", name, bad, err)
			}
		}
	}
	for _, name := range []string{"", "original", "public", "../" + sha + "/original"} {
		if _, err := s.OpenRendition(sha, name); models.CodeOf(err) != models.CodeNotFound {
			t.Errorf("rendition %q: got %v, want not found", name, err)
		}
	}
	if err := os.Remove(filepath.Join(s.path(sha), publicName)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.OpenPublic(sha); models.CodeOf(err) != models.CodeNotFound {
		t.Errorf("public copy lost: got %v, want not found rather than the original", err)
	}
}

func TestSweepRemovesOldFilesNobodyKeeps(t *testing.T) {
	s := open(t)
	var shas []string
	for i := range 4 {
		shas = append(shas, put(t, s, plainJPEG(t, scene(9+i, 9))).SHA256)
	}
	kept, lost, fresh, returned := shas[0], shas[1], shas[2], shas[3]
	old := time.Now().Add(-48 * time.Hour)
	for _, sha := range []string{kept, lost, returned} {
		if err := os.Chtimes(s.path(sha), old, old); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(s.dir, "notes.txt"), []byte("not ours"), 0o600); err != nil {
		t.Fatal(err)
	}
	removed, err := s.Sweep(t.Context(), func(sha string) (bool, error) {
		switch sha {
		case fresh:
			t.Error("keep was asked about a fresh file")
		case returned:
			// It is uploaded again after the records were looked at.
			put(t, s, plainJPEG(t, scene(12, 9)))
		}
		return sha == kept, nil
	}, 24*time.Hour)
	if removed != 1 || err != nil {
		t.Errorf("got %d removed, %v, want 1", removed, err)
	}
	for _, sha := range []string{kept, fresh, returned} {
		f, err := s.OpenRendition(sha, Thumb)
		content(t, f, err)
	}
	if _, err := s.OpenOriginal(lost); models.CodeOf(err) != models.CodeNotFound {
		t.Errorf("swept file: got %v, want not found", err)
	}
	if got := len(files(t, s)); got != 3*5+1 {
		t.Errorf("got %d files, want three times five and the one that is not ours", got)
	}
}

func TestSweepStopsWithoutRemovingWhenItCannotAsk(t *testing.T) {
	s := open(t)
	put(t, s, []byte(decision))
	down := errors.New("database is down")
	removed, err := s.Sweep(t.Context(), func(string) (bool, error) { return false, down }, 0)
	if removed != 0 || !errors.Is(err, down) {
		t.Errorf("got %d removed, %v, want none and %v", removed, err, down)
	}
	if len(files(t, s)) != 1 {
		t.Error("got the file removed, want it in place")
	}
}

func TestFullDiskIsSaidClearly(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	_, err = scan(bytes.NewReader(photoJPEG(t, scene(60, 40), 6)), full, JPEG)
	err = fmt.Errorf("store file: %w", diskFault(refusal(JPEG, err)))
	if models.CodeOf(err) != models.CodeUnavailable {
		t.Errorf("got %v, want %s", err, models.CodeUnavailable)
	}
}

func TestCostlyPicturesAreTold(t *testing.T) {
	deep := image.NewNRGBA64(image.Rect(0, 0, 3, 3))
	for name, c := range map[string]struct {
		kind Type
		file []byte
		want bool
	}{
		"8 bits":      {PNG, photoPNG(t, scene(3, 3), 1), false},
		"16 bits":     {PNG, photoPNG(t, deep, 1), true},
		"baseline":    {JPEG, plainJPEG(t, scene(3, 3)), false},
		"progressive": {JPEG, bytes.Replace(plainJPEG(t, scene(3, 3)), []byte{0xff, markerSOF0}, []byte{0xff, markerSOF2}, 1), true},
	} {
		if f, err := scan(bytes.NewReader(c.file), io.Discard, c.kind); err != nil || f.costly != c.want {
			t.Errorf("%s: got costly %v %v, want %v", name, f.costly, err, c.want)
		}
	}
	// 50 million pixels are taken when ordinary and refused when costly.
	size := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 10_000), 5_000)
	header := append([]byte(pngSignature), chunk("IHDR", string(size)+"\x08\x02\x00\x00\x00")...)
	if _, _, err := decodeSize(bytes.NewReader(header), PNG, false); err != nil {
		t.Errorf("ordinary: got %v, want it taken", err)
	}
	if _, _, err := decodeSize(bytes.NewReader(header), PNG, true); models.CodeOf(err) != models.CodeTooLarge {
		t.Errorf("costly: got %v, want %s", err, models.CodeTooLarge)
	}
}
