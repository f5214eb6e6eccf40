package v1_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"mime/multipart"
	"slices"
	"strings"
	"testing"

	"wolnica/api/apitest"
	"wolnica/models"
)

// form is a multipart form of a record and a file, with its content type.
func form(record, name string, content []byte) (body []byte, contentType string) {
	return parts([2]string{"record", record}, [2]string{"file:" + name, string(content)})
}

// parts is a multipart form of the parts in their order; "file:name" is a file.
func parts(list ...[2]string) (body []byte, contentType string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range list {
		field, name, isFile := strings.Cut(p[0], ":")
		var err error
		if isFile {
			f, e := w.CreateFormFile(field, name)
			if err = e; err == nil {
				_, err = f.Write([]byte(p[1]))
			}
		} else {
			err = w.WriteField(field, p[1])
		}
		if err != nil {
			panic(err) // a buffer does not fail
		}
	}
	_ = w.Close()
	return b.Bytes(), w.FormDataContentType()
}

func picture(side int) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			m.SetRGBA(x, y, color.RGBA{R: uint8(x), G: uint8(y), B: 90, A: 255})
		}
	}
	return m
}

var pngFile = func() func() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, picture(8)); err != nil {
		panic(err)
	}
	return b.Bytes
}()

const pdfFile = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\nxref\n0 1\n0000000000 65535 f \ntrailer<</Root 1 0 R>>\nstartxref\n40\n%%EOF\n"

// gpsJPEG is a photograph as a telephone makes it: an EXIF segment with the camera and the position, here the bytes of a
// little-endian TIFF with one GPS directory.
func gpsJPEG(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture(400), nil); err != nil {
		t.Fatal(err)
	}
	le16, le32 := func(v int) string { return string([]byte{byte(v), byte(v >> 8)}) }, func(v int) string {
		return string([]byte{byte(v), byte(v >> 8), byte(v >> 16), byte(v >> 24)})
	}
	entry := func(tag, kind, count, value int) string { return le16(tag) + le16(kind) + le32(count) + le32(value) }
	tiff := "II*\x00" + le32(8) + le16(2) + entry(0x010f, 2, 12, 80) + entry(0x8825, 4, 1, 38) + le32(0) +
		le16(2) + entry(1, 2, 2, 'N') + entry(2, 5, 3, 92) + le32(0) + strings.Repeat("\x00", 12) + "ACME Camera\x00" +
		le32(50) + le32(1) + le32(3) + le32(1) + le32(41) + le32(1) + "GPSSECRET"
	segment := "Exif\x00\x00" + tiff
	length := len(segment) + 2
	plain := b.Bytes()
	out := append([]byte{}, plain[:2]...)
	out = append(out, 0xff, 0xe1, byte(length>>8), byte(length))
	out = append(out, segment...)
	return append(out, plain[2:]...)
}

func upload(c *apitest.Client, record, name string, content []byte) *apitest.Answer {
	body, contentType := form(record, name, content)
	return c.Send("POST", "/api/v1/media", body, "Content-Type: "+contentType)
}

func TestThePublicGetsNoMetadataOfAPhotograph(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	here := municipality(admin, "1206011", "Testowa", 19.0, 50.0)
	there := municipality(admin, "1206022", "Inna", 20.0, 51.0)
	place := admin.Send("POST", "/api/v1/places", placeJSON("Dwór", 19.05, 50.05, "")).Want(201).ID()
	photo := gpsJPEG(t)
	created := upload(admin, fmt.Sprintf(`{"place_id":%d,"alt":{"pl":"Fasada","en":"Front"},"author":"A","licence":"CC BY 4.0"}`, place), "dwór.jpg", photo).Want(201)
	path := fmt.Sprintf("/api/v1/media/%d", created.ID())
	if created.Header.Get("Location") != path || created.At("media_type") != "image/jpeg" || created.At("width_px") != 400.0 ||
		created.At("size_bytes") != float64(len(photo)) || created.At("file_name") != "dwór.jpg" || created.At("alt", "en") != "Front" {
		t.Errorf("got %s", created.Body)
	}
	for _, name := range []string{"file", "thumb", "medium", "large"} {
		a := s.Anonymous().Get(path + "/" + name).Want(200)
		for _, secret := range []string{"Exif", "ACME", "GPSSECRET"} {
			if bytes.Contains(a.Body, []byte(secret)) {
				t.Errorf("%s holds %q of the camera's metadata", name, secret)
			}
		}
		m, format, err := image.Decode(bytes.NewReader(a.Body))
		if err != nil || format != "jpeg" || a.Header.Get("Content-Type") != "image/jpeg" {
			t.Errorf("%s: got %s %v %s, want a JPEG", name, format, err, a.Header.Get("Content-Type"))
		} else if name == "thumb" && m.Bounds().Dx() >= 400 {
			t.Errorf("got a thumbnail %d pixels wide, want a smaller one", m.Bounds().Dx())
		}
		if got := a.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "inline") {
			t.Errorf("%s: got %q, want it shown in the browser", name, got)
		}
	}
	for _, who := range []*apitest.Client{s.Anonymous(), s.As(), s.As(models.UserRole{Role: "admin", MunicipalityID: &there})} {
		who.Get(path + "/original").Want(404)
		who.Get(path + "/other").Want(404)
	}
	for _, who := range []*apitest.Client{admin, s.As(models.UserRole{Role: "viewer", MunicipalityID: &here})} {
		if a := who.Get(path + "/original").Want(200); !bytes.Equal(a.Body, photo) {
			t.Errorf("got an original of %d bytes, want the %d uploaded", len(a.Body), len(photo))
		}
	}

	public := s.Anonymous().Get(path + "/file").Want(200)
	tag := public.Header.Get("ETag")
	if a := s.Anonymous().Get(path+"/file", "If-None-Match: "+tag).Want(304); len(a.Body) != 0 {
		t.Errorf("got %d bytes with 304, want none", len(a.Body))
	}
	if a := s.Anonymous().Get(path+"/file", "Range: bytes=0-9").Want(206); !bytes.Equal(a.Body, public.Body[:10]) ||
		a.Header.Get("Content-Range") != fmt.Sprintf("bytes 0-9/%d", len(public.Body)) {
		t.Errorf("got %d bytes and %q, want the first ten", len(a.Body), a.Header.Get("Content-Range"))
	}
	if a := s.Anonymous().Get(path+"/file", "Range: bytes=0-9", `If-Range: "other"`).Want(200); !bytes.Equal(a.Body, public.Body) {
		t.Error("got a part of another representation, want the whole")
	}
	s.Anonymous().Get(path+"/file", "Range: bytes=99999999-").Want(416)
	if a := s.Anonymous().Send("HEAD", path+"/file", nil).Want(200); len(a.Body) != 0 || a.Header.Get("ETag") != tag {
		t.Errorf("got %d bytes and ETag %q from HEAD, want none and %q", len(a.Body), a.Header.Get("ETag"), tag)
	}
}

func TestMediaLifeOverHTTP(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	place := admin.Send("POST", "/api/v1/places", placeJSON("Dwór", 19.05, 50.05, "")).Want(201).ID()
	product := admin.Send("POST", "/api/v1/products", productJSON("trail", "walking_trail", "")).Want(201).ID()
	open := upload(admin, fmt.Sprintf(`{"place_id":%d,"sort":2}`, place), "a.png", pngFile()).Want(201)
	staff := upload(admin, fmt.Sprintf(`{"place_id":%d,"staff_only":true}`, place), "b.png", pngFile()).Want(201)
	card := upload(admin, fmt.Sprintf(`{"product_id":%d}`, product), "karta.pdf", []byte(pdfFile)).Want(201)

	anonymous := s.Anonymous()
	for _, c := range []struct {
		who   *apitest.Client
		query string
		want  []int64
	}{
		{admin, "", []int64{open.ID(), staff.ID(), card.ID()}},
		{anonymous, "", []int64{open.ID(), card.ID()}},
		{anonymous, fmt.Sprintf("?place=%d", place), []int64{open.ID()}},
		{anonymous, fmt.Sprintf("?product=%d", product), []int64{card.ID()}},
		{admin, fmt.Sprintf("?place=%d", place), []int64{open.ID(), staff.ID()}},
	} {
		if got := ids(c.who.Get("/api/v1/media" + c.query).Want(200)); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.query, got, c.want)
		}
	}
	if got := anonymous.Get(fmt.Sprintf("/api/v1/places/%d", place)).At("media").([]any); len(got) != 1 {
		t.Errorf("got %v, want the one public file with the place", got)
	}
	hidden := fmt.Sprintf("/api/v1/media/%d", staff.ID())
	for _, more := range []string{"", "/file", "/thumb", "/original", "/history"} {
		anonymous.Get(hidden + more).Want(404)
	}
	admin.Get(hidden + "/file").Want(200)

	pdf := anonymous.Get(fmt.Sprintf("/api/v1/media/%d/file", card.ID())).Want(200)
	if got := pdf.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment") || !strings.Contains(got, "karta.pdf") || string(pdf.Body) != pdfFile {
		t.Errorf("got %q, want the document as an attachment", got)
	}
	if card.At("renditions") != nil || card.At("width_px") != nil {
		t.Errorf("got %s, want no renditions of a document", card.Body)
	}
	anonymous.Get(fmt.Sprintf("/api/v1/media/%d/thumb", card.ID())).Want(404)

	path := fmt.Sprintf("/api/v1/media/%d", open.ID())
	patched := admin.Send("PATCH", path, `{"alt":{"pl":"Widok"},"sort":null,"taken_on":"2020-05-01"}`, `If-Match: "v1"`).Want(200)
	if patched.At("alt", "pl") != "Widok" || patched.At("sort") != nil || patched.At("taken_on") != "2020-05-01" || patched.At("media_type") != "image/png" {
		t.Errorf("got %s", patched.Body)
	}
	if a := admin.Send("PATCH", path, `{"taken_on":null}`, `If-Match: "v2"`).Want(200); a.At("taken_on") != nil {
		t.Errorf("got %s, want no day", a.Body)
	}
	for body, pointer := range map[string]string{
		`{"taken_on":"2999-01-01"}`: "/taken_on", `{"sort":3000000000}`: "/sort", `{"place_id":null}`: "/place_id", `{"place_id":99999}`: "/place_id",
		fmt.Sprintf(`{"place_id":null,"product_id":%d}`, product): "/place_id", `{"author":"` + strings.Repeat("x", 301) + `"}`: "/author",
	} {
		if a := admin.Send("PATCH", path, body, `If-Match: "v3"`).Want(422); a.At("errors", 0, "pointer") != pointer {
			t.Errorf("%s: got %s, want %s", body, a.Body, pointer)
		}
	}
	for _, body := range []string{`{"sha256":"x"}`, `{"media_type":"text/html"}`, `{"file_name":"x"}`} {
		admin.Send("PATCH", path, body, `If-Match: "v3"`).Want(400)
	}
	admin.Send("DELETE", path, nil, `If-Match: "v3"`).Want(200)
	anonymous.Get(path + "/file").Want(404)
	admin.Send("POST", path+"/restore", nil, `If-Match: "v4"`).Want(200)
	anonymous.Get(path + "/file").Want(200)
	admin.Send("POST", path+"/history/1/restore", nil, `If-Match: "v5"`).Want(200)
	if a := admin.Get(path).Want(200); a.At("sort") != 2.0 {
		t.Errorf("got %s, want the first version", a.Body)
	}
}

func TestBadUploadsAreRefused(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	place := admin.Send("POST", "/api/v1/places", placeJSON("Dwór", 19.05, 50.05, "")).Want(201).ID()
	record := fmt.Sprintf(`{"place_id":%d}`, place)
	file := "file:a.png"
	good := string(pngFile())
	whole, contentType := form(record, "a.png", pngFile())

	send := func(status int, what string, body []byte, contentType string) {
		t.Helper()
		if a := admin.Send("POST", "/api/v1/media", body, "Content-Type: "+contentType); a.Status != status || a.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: got %d %s, want %d", what, a.Status, a.Body, status)
		}
	}
	for _, c := range []struct {
		what   string
		status int
		list   [][2]string
	}{
		{"parts the wrong way round", 400, [][2]string{{file, good}, {"record", record}}},
		{"no file", 400, [][2]string{{"record", record}}},
		{"no parts", 400, nil},
		{"an extra part", 400, [][2]string{{"record", record}, {file, good}, {"more", "x"}}},
		{"two files", 400, [][2]string{{"record", record}, {file, good}, {file, good}}},
		{"not JSON", 400, [][2]string{{"record", "{"}, {file, good}}},
		{"an unknown member", 400, [][2]string{{"record", `{"place_id":1,"x":1}`}, {file, good}}},
		{"no owner", 422, [][2]string{{"record", `{}`}, {file, good}}},
		{"a missing owner", 422, [][2]string{{"record", `{"place_id":99999}`}, {file, good}}},
		{"an empty file", 415, [][2]string{{"record", record}, {file, ""}}},
		{"a text", 415, [][2]string{{"record", record}, {"file:a.png", "not a picture at all"}}},
		{"a web page", 415, [][2]string{{"record", record}, {"file:a.png", "<!DOCTYPE html><script>alert(1)</script>"}}},
		{"a drawing with scripts", 415, [][2]string{{"record", record}, {"file:a.svg", `<svg xmlns="http://www.w3.org/2000/svg"/>`}}},
		{"a damaged picture", 422, [][2]string{{"record", record}, {file, good[:len(good)/2]}}},
		{"a damaged document", 422, [][2]string{{"record", record}, {"file:a.pdf", pdfFile[:40]}}},
		{"a byte too many", 413, [][2]string{{"record", record}, {"file:a.pdf", pdfFile + strings.Repeat("x", 20<<20+1-len(pdfFile))}}},
		{"far too large", 413, [][2]string{{"record", record}, {"file:a.pdf", pdfFile + strings.Repeat("x", 22<<20)}}},
		{"a long name", 422, [][2]string{{"record", record}, {"file:" + strings.Repeat("a", 301) + ".png", good}}},
	} {
		body, contentType := parts(c.list...)
		send(c.status, c.what, body, contentType)
	}
	send(415, "JSON", []byte(record), "application/json")
	send(400, "no boundary", whole, "multipart/form-data")
	send(400, "truncated", whole[:len(whole)-30], contentType)
	send(400, "truncated in the file", whole[:len(whole)-len(good)/2-70], contentType)
	send(400, "truncated in the record", whole[:120], contentType)
	s.Anonymous().Send("POST", "/api/v1/media", whole, "Content-Type: "+contentType).Want(401)
	s.As(models.UserRole{Role: "viewer"}).Send("POST", "/api/v1/media", whole, "Content-Type: "+contentType).Want(403)
	if got := admin.Get("/api/v1/media").Want(200).At("items").([]any); len(got) != 0 {
		t.Errorf("got %v stored, want nothing", got)
	}
}
