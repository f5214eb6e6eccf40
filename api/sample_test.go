package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/go-json-experiment/json"

	"wolnica/models"
)

// A small API that uses every part of the framework.

type samplePoint struct{ lon, lat float64 }

type sampleFault struct{}

func (sampleFault) Error() string { return "latitude out of range" }
func (sampleFault) Problem() (path, code, pl, en string) {
	return "/coordinates/1", "range", "Szerokość od -90 do 90.", "Latitude from -90 to 90."
}

func (p *samplePoint) UnmarshalJSON(data []byte) error {
	var raw struct {
		Type        string    `json:"type"`
		Coordinates []float64 `json:"coordinates"`
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	if len(raw.Coordinates) != 2 || raw.Coordinates[1] > 90 {
		return sampleFault{}
	}
	p.lon, p.lat = raw.Coordinates[0], raw.Coordinates[1]
	return nil
}

func (p samplePoint) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{"type": "Point", "coordinates": []float64{p.lon, p.lat}}, json.Deterministic(true))
}

type sampleDay struct{ day time.Time }

func (d *sampleDay) UnmarshalText(b []byte) (err error) {
	d.day, err = time.Parse(time.DateOnly, string(b))
	return err
}
func (d sampleDay) MarshalText() ([]byte, error) { return d.day.AppendFormat(nil, time.DateOnly), nil }
func (sampleDay) Expected() (pl, en string) {
	return "daty w postaci 2026-05-01", "a date such as 2026-05-01"
}

type sampleStop struct {
	PlaceID int64  `json:"place_id" validate:"required,gte=1" doc:"Number of the place." pl:"Numer miejsca."`
	Note    string `json:"note,omitzero" validate:"max=10"`
}

type sampleName struct {
	PL string `json:"pl" validate:"required,max=20"`
	EN string `json:"en,omitzero" validate:"max=20"`
}

type sampleDates struct {
	From int `json:"from,omitzero"`
	To   int `json:"to,omitzero" validate:"omitempty,gtefield=From"`
}

type sampleInput struct {
	Name     sampleName        `json:"name"`
	Category string            `json:"category" validate:"required,sample_category" doc:"Category." pl:"Kategoria."`
	Surface  *string           `json:"surface,omitzero" validate:"omitempty,oneof=grass 'hard court'"`
	Capacity *int              `json:"capacity,omitzero" validate:"omitempty,gte=0,lte=100000"`
	Length   float64           `json:"length,omitzero" validate:"gte=0"`
	Open     *bool             `json:"open,omitzero"`
	Contact  string            `json:"contact,omitzero" validate:"omitempty,email"`
	Website  string            `json:"website,omitzero" validate:"omitempty,http_url"`
	Day      *sampleDay        `json:"day,omitzero"`
	At       *time.Time        `json:"at,omitzero"`
	Point    *samplePoint      `json:"point,omitzero"`
	Tags     []string          `json:"tags" validate:"max=3,unique,dive,min=2"`
	Stops    []sampleStop      `json:"stops" validate:"dive"`
	Refs     map[string]string `json:"refs" validate:"dive,max=5"`
	sampleDates
}

type sampleRecord struct {
	ID int64 `json:"id"`
	sampleInput
	Note *string `json:"note"`
}

type samplePage[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitzero"`
}

type paging struct {
	Limit int `query:"limit" default:"2" validate:"gte=1,lte=500" doc:"How many." pl:"Ile." example:"20"`
}

type listIn struct {
	paging
	Q       string     `query:"q" validate:"max=10" doc:"Text." pl:"Tekst."`
	Tags    []string   `query:"tags" validate:"dive,sample_category"`
	IDs     []int64    `query:"ids" doc:"Numbers." pl:"Numery." example:"1,2"`
	Open    *bool      `query:"open"`
	Near    float64    `query:"near"`
	Since   *sampleDay `query:"since"`
	Sort    string     `query:"sort" validate:"omitempty,oneof=name -name"`
	Version string     `header:"X-Client" validate:"max=5"`
}

type listOut struct {
	Body samplePage[sampleRecord]
}

type oneIn struct {
	ID int64 `path:"id" doc:"Number." pl:"Numer." example:"1"`
}

type oneOut struct {
	Version Version `header:"ETag"`
	Body    sampleRecord
}

type createIn struct {
	Body sampleInput `body:"json"`
}

type createOut struct {
	Location string  `header:"Location"`
	Version  Version `header:"ETag"`
	Body     sampleRecord
}

type patchIn struct {
	oneIn
	Version Version            `header:"If-Match"`
	Body    Patch[sampleInput] `body:"merge-patch"`
}

type uploadIn struct {
	Body *multipart.Reader `body:"multipart"`
}

type rawIn struct {
	Body io.Reader `body:"stream"`
}

type countOut struct {
	Body struct {
		Bytes int `json:"bytes"`
	}
}

type exportOut struct {
	Body Stream
}

var sampleCategories = []string{"park", "museum", "trail"}

func init() {
	RegisterCodes("sample_category", func(s string) bool { return strings.Contains(" park museum trail ", " "+s+" ") && s != "" },
		func() []string { return sampleCategories })
}

func text2(pl, en string) models.Text { return models.Text{PL: pl, EN: en} }

func sampleStored() sampleRecord {
	return sampleRecord{ID: 1, sampleInput: sampleInput{Name: sampleName{PL: "Planty"}, Category: "park",
		Stops: []sampleStop{{PlaceID: 7}}, sampleDates: sampleDates{From: 1822, To: 1830}}}
}

func sampleRoutes() []Route {
	doc := func(id, pl, en string) Doc { return Doc{ID: id, Tag: "samples", Summary: text2(pl, en)} }
	created := doc("createSample", "Nowa próbka", "New sample")
	created.Statuses, created.Auth, created.Problems = []int{http.StatusCreated}, true, []models.Code{models.CodeConflict}
	export := doc("export", "Eksport", "Export")
	export.Produces = []string{"text/csv"}
	raw := doc("raw", "Plik", "File")
	raw.Accepts, raw.BodyLimit = []string{"text/csv"}, 10
	fail := func(id string, err func() error) Route {
		return Handle("GET", "/api/v1/fail/"+id, doc("fail"+id, "Porażka", "Failure"),
			func(context.Context, struct{}) (struct{}, error) { return struct{}{}, err() })
	}
	slow := doc("slow", "Wolne", "Slow")
	slow.Timeout = time.Millisecond
	return []Route{
		Handle("GET", "/api/v1/samples", doc("samples", "Próbki", "Samples"), func(_ context.Context, in listIn) (listOut, error) {
			page := samplePage[sampleRecord]{}
			for range min(in.Limit, 3) {
				page.Items = append(page.Items, sampleStored())
			}
			return listOut{page}, nil
		}),
		Handle("GET", "/api/v1/samples/{id}", doc("sample", "Próbka", "Sample"), func(_ context.Context, in oneIn) (oneOut, error) {
			if in.ID != 1 {
				return oneOut{}, models.ErrNotFound()
			}
			return oneOut{3, sampleStored()}, nil
		}),
		Handle("POST", "/api/v1/samples", created, func(_ context.Context, in createIn) (createOut, error) {
			return createOut{"/api/v1/samples/1", 1, sampleRecord{ID: 1, sampleInput: in.Body}}, nil
		}),
		Handle("PATCH", "/api/v1/samples/{id}", doc("patchSample", "Zmiana", "Change"), func(_ context.Context, in patchIn) (oneOut, error) {
			if in.Version != 3 {
				return oneOut{}, &models.Error{Code: models.CodeStale, Message: text2("Rekord zmieniono.", "The record has changed."), Version: 3}
			}
			stored := sampleStored()
			changed, err := in.Body.Apply(stored.sampleInput)
			stored.sampleInput = changed
			return oneOut{4, stored}, err
		}),
		Handle("DELETE", "/api/v1/samples/{id}", doc("deleteSample", "Usunięcie", "Removal"), func(context.Context, oneIn) (struct{}, error) {
			return struct{}{}, nil
		}),
		Handle("POST", "/api/v1/upload", doc("upload", "Plik", "Upload"), func(_ context.Context, in uploadIn) (countOut, error) {
			var out countOut
			part, err := in.Body.NextPart()
			if err != nil {
				return out, BodyError(err)
			}
			data, err := io.ReadAll(part)
			out.Body.Bytes = len(data)
			return out, BodyError(err)
		}),
		Handle("POST", "/api/v1/raw", raw, func(_ context.Context, in rawIn) (countOut, error) {
			var out countOut
			data, err := io.ReadAll(in.Body)
			out.Body.Bytes = len(data)
			return out, err
		}),
		Handle("GET", "/api/v1/export", export, func(context.Context, struct{}) (exportOut, error) {
			return exportOut{Stream{ContentType: "text/csv", Filename: "próbki.csv", Write: func(w io.Writer) error {
				_, err := io.WriteString(w, "id\n1\n")
				return err
			}}}, nil
		}),
		Handle("GET", "/api/v1/broken", doc("broken", "Urwane", "Broken"), func(context.Context, struct{}) (exportOut, error) {
			return exportOut{Stream{Write: func(w io.Writer) error {
				_, _ = io.WriteString(w, strings.Repeat("x", 100_000))
				return errors.New("disk gone")
			}}}, nil
		}),
		Handle("GET", "/api/v1/media", doc("media", "Zdjęcie", "Photo"), func(context.Context, struct{}) (exportOut, error) {
			return exportOut{Stream{ContentType: "image/png", Content: content{bytes.NewReader([]byte("0123456789"))}}}, nil
		}),
		fail("internal", func() error { return errors.New("secret detail of the database") }),
		fail("panic", func() error { panic("secret of the panic") }),
		fail("deadline", func() error { return context.DeadlineExceeded }),
		fail("unauthenticated", func() error { return models.NewError(models.CodeUnauthenticated, "Zaloguj się.", "Sign in.") }),
		Handle("GET", "/api/v1/slow", slow, func(ctx context.Context, _ struct{}) (struct{}, error) {
			<-ctx.Done()
			return struct{}{}, ctx.Err()
		}),
		Handle("POST", "/api/v1/limited", doc("limited", "Ograniczone", "Limited"), func(context.Context, struct{}) (struct{}, error) {
			return struct{}{}, nil
		}).With(NewLimiter(time.Minute, 2, 100).Handler()),
	}
}

type content struct{ *bytes.Reader }

func (content) Close() error { return nil }

func sampleInfo() Info {
	return Info{Title: text2("Próbki", "Samples"), Description: text2("Opis.", "Description."), Version: "1",
		Tags: []TagInfo{{Name: "samples", Title: text2("Próbki", "Samples")}}}
}

type fixture struct {
	engine  *gin.Engine
	log     bytes.Buffer
	metrics *Metrics
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	f := &fixture{metrics: NewMetrics()}
	settings := Settings{Logger: slog.New(slog.NewJSONHandler(&f.log, nil)), Timeout: time.Minute, Metrics: f.metrics,
		Version: "1.0", Revision: "abc", TrustedOrigins: []string{"https://friend.example"}}
	engine, err := NewEngine(settings)
	if err != nil {
		t.Fatal(err)
	}
	if err := Mount(engine, sampleRoutes(), settings); err != nil {
		t.Fatal(err)
	}
	if err := new(Docs).Mount(engine, sampleRoutes(), sampleInfo()); err != nil {
		t.Fatal(err)
	}
	f.engine = engine
	return f
}

// send makes a request; headers are "Name: value" lines.
func (f *fixture) send(method, target, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	f.engine.ServeHTTP(w, r)
	return w
}

func problemIn(t testing.TB, w *httptest.ResponseRecorder) Problem {
	t.Helper()
	var p Problem
	if got := w.Header().Get("Content-Type"); got != ProblemType {
		t.Fatalf("got Content-Type %q, want %q; body %s", got, ProblemType, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &p, json.RejectUnknownMembers(true)); err != nil {
		t.Fatalf("got a problem that cannot be read: %v", err)
	}
	if p.Status != w.Code {
		t.Fatalf("got status %d in the problem, want %d as in the response", p.Status, w.Code)
	}
	return p
}
