package v1

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"time"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/models"
	"wolnica/models/media"
	"wolnica/models/store"
)

// MediaInput is what can be said of a file; its content never changes.
type MediaInput struct {
	PlaceID   *int64       `json:"place_id,omitzero"`
	ProductID *int64       `json:"product_id,omitzero"`
	Alt       models.Text  `json:"alt,omitzero"`
	Author    string       `json:"author,omitzero"`
	Licence   string       `json:"licence,omitzero"`
	TakenOn   *models.Date `json:"taken_on,omitzero"`
	StaffOnly bool         `json:"staff_only,omitzero"`
	Sort      int          `json:"sort,omitzero"`
}

// Media is a file as clients read it.
type Media struct {
	Meta
	MediaInput
	MediaType string `json:"media_type"`
	SizeBytes int64  `json:"size_bytes"`
	WidthPX   *int   `json:"width_px,omitzero"`
	HeightPX  *int   `json:"height_px,omitzero"`
	FileName  string `json:"file_name,omitzero"`
	// URL gives the file without personal metadata; Renditions are smaller copies by name.
	URL        string            `json:"url"`
	Renditions map[string]string `json:"renditions,omitzero"`
}

func mediaIn(m *models.Media) MediaInput {
	return MediaInput{PlaceID: m.PlaceID, ProductID: m.ProductID, Alt: models.Text{PL: m.AltPL, EN: m.AltEN}, Author: m.Author,
		Licence: m.Licence, TakenOn: m.TakenOn, StaffOnly: m.StaffOnly, Sort: m.Sort}
}

func applyMedia(in MediaInput, m *models.Media) error {
	m.PlaceID, m.ProductID, m.AltPL, m.AltEN, m.Author = in.PlaceID, in.ProductID, in.Alt.PL, in.Alt.EN, in.Author
	m.Licence, m.TakenOn, m.StaffOnly, m.Sort = in.Licence, in.TakenOn, in.StaffOnly, in.Sort
	return nil
}

func mediaOut(m models.Media) Media {
	path := "/api/v1/media/" + formatID(m.ID)
	out := Media{Meta: metaOf(&m.Record), MediaInput: mediaIn(&m), MediaType: m.MediaType, SizeBytes: m.SizeBytes, WidthPX: m.WidthPX,
		HeightPX: m.HeightPX, FileName: m.FileName, URL: path + "/file"}
	if media.Type(m.MediaType).Picture() {
		out.Renditions = map[string]string{}
		for _, name := range []string{media.Thumb, media.Medium, media.Large} {
			out.Renditions[name] = path + "/" + name
		}
	}
	return out
}

// uploadTime is enough for 20 MB over a line of 300 kbit/s.
const uploadTime = 10 * time.Minute

type uploadIn struct {
	Body *multipart.Reader `body:"multipart"`
}

type fileIn struct {
	ID   int64  `path:"id" doc:"Number of the file." pl:"Numer pliku."`
	Name string `path:"copy" doc:"file, thumb, medium, large, or original (staff only: with all its metadata)." pl:"file, thumb, medium, large albo original (tylko dla obsługi: ze wszystkimi metadanymi)."`
}

type fileOut struct {
	CacheControl string `header:"Cache-Control"`
	ETag         string `header:"ETag"`
	Body         api.Stream
}

func (h *handlers) media() []api.Route {
	r := resource[models.Media, *models.Media, MediaInput, Media]{store: h.store, path: "/api/v1/media", tag: "media", id: "Media",
		onePL: "plik", one: "a file", in: mediaIn, apply: applyMedia,
		out: func(_ context.Context, m *models.Media) (Media, error) { return mediaOut(*m), nil }}
	upload := api.Handle("POST", r.path, api.Doc{ID: "uploadMedia", Tag: "media", Auth: true, Statuses: []int{201}, BodyLimit: media.DefaultLimit + 1<<20, Timeout: uploadTime,
		Summary: models.Text{PL: "Wyślij plik", EN: "Upload a file"},
		Description: models.Text{PL: "multipart/form-data: najpierw część „record” (JSON jak w MediaInput), potem „file” (JPEG, PNG, WebP albo PDF do 20 MB).",
			EN: `multipart/form-data: first the part "record" (JSON as in MediaInput), then "file" (JPEG, PNG, WebP or PDF up to 20 MB).`},
		Problems: []models.Code{models.CodeUnauthenticated, models.CodeForbidden, models.CodeTooLarge, models.CodeUnsupportedMedia, models.CodeInvalid}},
		func(ctx context.Context, in uploadIn) (recordOut[Media], error) {
			m, err := h.upload(ctx, in.Body)
			if err != nil {
				return recordOut[Media]{}, err
			}
			return r.record(ctx, m, 201)
		})
	file := api.Handle("GET", "/api/v1/media/{id}/{copy}", api.Doc{ID: "readMediaFile", Tag: "media", Timeout: -1, Statuses: []int{200, 206},
		Produces: []string{"image/jpeg", "image/png", "image/webp", "application/pdf"},
		Summary:  models.Text{PL: "Pobierz plik albo jego pomniejszenie", EN: "Download a file or a smaller copy"}}, h.serveFile)
	list := ownedPartRoutes[models.Media, *models.Media](h.store, r.path, "media", "Media", "pliki", "files", mediaOut)
	writes := r.writes()[1:] // a file is uploaded, not created from JSON
	return append([]api.Route{list, upload, r.read(), file}, writes...)
}

// upload reads the record first, so that the rights are known before a large file is stored.
func (h *handlers) upload(ctx context.Context, body *multipart.Reader) (*models.Media, error) {
	user := auth.UserFrom(ctx)
	if user == nil {
		return nil, models.NewError(models.CodeUnauthenticated, "Zaloguj się, aby wysłać plik.", "Sign in to upload a file.")
	}
	expected := models.NewError(models.CodeMalformed, "Oczekiwano najpierw części „record” (JSON), potem „file”.", `Expected the part "record" (JSON) first, then "file".`)
	part, err := body.NextPart()
	if err != nil || part.FormName() != "record" {
		return nil, expected
	}
	raw, err := io.ReadAll(io.LimitReader(part, 64<<10))
	if err != nil {
		return nil, api.BodyError(err)
	}
	var in MediaInput
	if err := api.DecodeJSON(raw, &in); err != nil {
		return nil, err
	}
	m := &models.Media{}
	if err := applyMedia(in, m); err != nil {
		return nil, err
	}
	if err := store.MayCreate(ctx, h.store, user, m); err != nil {
		return nil, err
	}
	part, err = body.NextPart()
	if err != nil || part.FormName() != "file" {
		return nil, expected
	}
	file := &received{Reader: part}
	blob, err := h.files.Put(ctx, file, media.DefaultLimit)
	if file.err != nil {
		return nil, api.BodyError(file.err)
	}
	if err != nil {
		return nil, err
	}
	m.SHA256, m.MediaType, m.SizeBytes, m.FileName = blob.SHA256, string(blob.Type), blob.Size, part.FileName()
	if blob.Width > 0 {
		m.WidthPX, m.HeightPX = &blob.Width, &blob.Height
	}
	if m.TakenOn == nil && blob.TakenOn != nil && !blob.TakenOn.After(h.now()) {
		day := models.DateOf(*blob.TakenOn)
		m.TakenOn = &day
	}
	if _, err := body.NextPart(); !errors.Is(err, io.EOF) {
		return nil, models.NewError(models.CodeMalformed, "Po części „file” nie może być nic więcej.", `Nothing may follow the part "file".`)
	}
	return m, store.Create(ctx, h.store, user, m)
}

// received is an upload being read. It keeps the error of the connection, so that a broken upload can be told from a disk
// that fails.
type received struct {
	io.Reader
	err error
}

func (r *received) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}

func (h *handlers) serveFile(ctx context.Context, in fileIn) (fileOut, error) {
	m, err := store.ByID[models.Media](ctx, h.store, auth.UserFrom(ctx), in.ID)
	if err != nil {
		return fileOut{}, err
	}
	var f *media.File
	switch in.Name {
	case "file":
		f, err = h.files.OpenPublic(m.SHA256)
	case media.Thumb, media.Medium, media.Large:
		f, err = h.files.OpenRendition(m.SHA256, in.Name)
	case "original":
		if err := store.MayReadInternal(ctx, h.store, auth.UserFrom(ctx), m); err != nil {
			return fileOut{}, err
		}
		f, err = h.files.OpenOriginal(m.SHA256)
	default:
		return fileOut{}, models.ErrNotFound()
	}
	if err != nil {
		return fileOut{}, err
	}
	return fileOut{CacheControl: "private, max-age=3600", ETag: `"` + m.SHA256[:32] + "-" + in.Name + `"`,
		Body: api.Stream{ContentType: string(f.Type), Filename: m.FileName, Inline: f.Type.Picture(), Content: f, Modified: m.CreatedAt}}, nil
}
