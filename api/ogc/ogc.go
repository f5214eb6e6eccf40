package ogc

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/go-json-experiment/json"
	"golang.org/x/sync/semaphore"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/models"
	"wolnica/models/store"
)

// Config is what the service works with.
type Config struct {
	Store *store.Store
	// Finder answers filters from the map index; nil asks the database.
	Finder Finder
	// Cache keeps the texts of public features. Nil keeps nothing, which is right unless its Forget hears of every change.
	Cache *Cache
	// Gates bound the requests worked on at once; nil is no bound.
	Gates *api.Gates
	// Timeout bounds the work on one request; 0 is no bound.
	Timeout time.Duration
	// Version is the program's, for the OpenAPI document.
	Version string
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Service answers the addresses below /ogc.
type Service struct {
	store       *store.Store
	finder      Finder
	cache       *Cache
	gates       *api.Gates
	timeout     time.Duration
	version     string
	now         func() time.Time
	collections []*collection
	pages       *template.Template

	extents [3]extentMemory
	// unread bounds the bytes of answers that slow clients have still to take.
	unread  *semaphore.Weighted
	made    memory
	buffers sync.Pool
}

// unreadMost is enough for two hundred pages of a thousand places.
const unreadMost = 128 << 20

// New returns the service.
func New(cfg Config) (*Service, error) {
	s := &Service{store: cfg.Store, finder: cfg.Finder, cache: cfg.Cache, gates: cfg.Gates, timeout: cfg.Timeout, version: cfg.Version, now: cfg.Now, collections: collections(),
		unread: semaphore.NewWeighted(unreadMost)}
	if s.now == nil {
		s.now = time.Now
	}
	s.made.times = map[[16]byte]time.Time{}
	s.buffers.New = func() any { return new([]byte) }
	pages, err := template.New("page").Parse(pageHTML)
	if err != nil {
		return nil, fmt.Errorf("parse the pages of the OGC API: %w", err)
	}
	s.pages = pages
	return s, nil
}

// The media types of the answers.
const (
	typeJSON    = "application/json"
	typeGeoJSON = "application/geo+json"
	typeSchema  = "application/schema+json"
	typeOpenAPI = "application/vnd.oai.openapi+json;version=3.0"
	typeHTML    = "text/html"
)

// Mount registers the addresses; every GET also answers HEAD.
func (s *Service) Mount(engine *gin.Engine) {
	for _, r := range []struct {
		path, mediaType string
		class           api.Class
		parameters      func(c *collection) []string
		serve           func(r *request) error
	}{
		{"", typeJSON, api.Light, nil, s.landing},
		{"/conformance", typeJSON, api.Light, nil, s.conformance},
		{"/api", typeOpenAPI, api.Light, nil, s.api},
		{"/collections", typeJSON, api.Light, nil, s.listCollections},
		{"/collections/:collection", typeJSON, api.Light, nil, s.describeCollection},
		{"/collections/:collection/queryables", typeSchema, api.Light, nil, s.queryables},
		{"/collections/:collection/items", typeGeoJSON, api.Heavy, (*collection).itemsParameters, s.items},
		{"/collections/:collection/items/:feature", typeGeoJSON, api.Light, func(*collection) []string { return []string{"crs"} }, s.item},
	} {
		handler := func(c *gin.Context) {
			ctx := c.Request.Context()
			if s.timeout > 0 {
				limited, cancel := context.WithTimeout(ctx, s.timeout)
				defer cancel()
				ctx = limited
			}
			if err := s.answer(ctx, c, r.mediaType, r.parameters, r.serve); err != nil {
				api.Fail(c, err)
			}
		}
		api.Get(engine, "/ogc"+r.path, s.gates.Handler(r.class), handler)
	}
	api.Get(engine, "/ogc/ogc.css", func(c *gin.Context) {
		c.Header("Cache-Control", "public, max-age=3600")
		api.AnswerBytes(c, "text/css; charset=utf-8", css)
	})
}

// request is one request, as far as every resource has to know it.
type request struct {
	gin        *gin.Context
	ctx        context.Context
	user       *models.User
	lang       models.Language
	base       string // of the server, without a slash at the end
	query      url.Values
	collection *collection
	mediaType  string // of the JSON form
	html       bool
	unread     *semaphore.Weighted
}

func (s *Service) answer(ctx context.Context, c *gin.Context, mediaType string, parameters func(*collection) []string, serve func(*request) error) error {
	r := &request{gin: c, ctx: ctx, user: auth.UserFrom(ctx), lang: api.LanguageFrom(ctx), base: api.BaseURL(ctx), mediaType: mediaType, unread: s.unread}
	if id, in := c.Params.Get("collection"); in {
		i := slices.IndexFunc(s.collections, func(c *collection) bool { return c.id == id })
		if i < 0 {
			return models.ErrNotFound()
		}
		r.collection = s.collections[i]
	}
	var known []string
	if parameters != nil {
		known = parameters(r.collection)
	}
	var err error
	if r.query, err = parseQuery(c.Request.URL.RawQuery, known); err != nil {
		return err
	}
	if err := r.negotiate(); err != nil {
		return err
	}
	h := c.Writer.Header()
	h.Add("Vary", "Accept, Accept-Language")
	h.Set("Content-Language", string(r.lang))
	return serve(r)
}

// negotiate chooses the language and the form: what the address asks for with lang and f, or else what the headers do.
func (r *request) negotiate() error {
	var f faults
	if r.query.Has("lang") {
		switch lang := models.Language(r.query.Get("lang")); lang {
		case models.Polish, models.English:
			r.lang = lang
		default:
			f.add("lang", "vocabulary", "Dozwolone: pl, en.", "Allowed: pl, en.")
		}
	}
	if r.query.Has("f") {
		switch r.query.Get("f") {
		case "json":
		case "html":
			r.html = true
		default:
			f.add("f", "vocabulary", "Dozwolone: json, html.", "Allowed: json, html.")
		}
		return f.err()
	}
	if len(f) > 0 {
		return f.err()
	}
	accept := strings.Join(r.gin.Request.Header.Values("Accept"), ", ")
	if strings.TrimSpace(accept) == "" {
		return nil
	}
	own, _, _ := strings.Cut(r.mediaType, ";")
	asJSON := quality(accept, own, typeJSON)
	asHTML := quality(accept, typeHTML, "application/xhtml+xml")
	if asJSON == 0 && asHTML == 0 {
		return models.NewError(models.CodeNotAcceptable, "Dostępne postacie: "+r.mediaType+" i text/html.", "Available: "+r.mediaType+" and text/html.")
	}
	r.html = asHTML > asJSON
	return nil
}

// quality is how much an Accept header wants any of the media types (RFC 9110, 12.5.1): the most specific range decides.
func quality(accept string, types ...string) float64 {
	best := 0.0
	for _, want := range types {
		kind, _, _ := strings.Cut(want, "/")
		rank, found := -1, 0.0
		for part := range strings.SplitSeq(accept, ",") {
			media, params, err := mime.ParseMediaType(part)
			if err != nil {
				continue
			}
			i := slices.Index([]string{"*/*", kind + "/*", want}, media)
			if i < 0 || i < rank {
				continue
			}
			q := 1.0
			if text, given := params["q"]; given {
				if q, err = strconv.ParseFloat(text, 64); err != nil {
					q = 0
				}
			}
			rank, found = i, q
		}
		best = max(best, found)
	}
	return best
}

// write sends a body, or 304 when the client has it. A strong ETag follows from the bytes when none is given.
func (r *request) write(contentType, etag string, body []byte) {
	h := r.gin.Writer.Header()
	if etag == "" {
		sum := sha256.Sum256(body)
		etag = `"` + hex.EncodeToString(sum[:16]) + `"`
	}
	h.Set("ETag", etag)
	h.Set("Cache-Control", api.CacheControl(r.gin.Request))
	if api.IfNoneMatch(strings.Join(r.gin.Request.Header.Values("If-None-Match"), ", "), etag) {
		r.gin.Status(http.StatusNotModified)
		r.gin.Writer.WriteHeaderNow()
		return
	}
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	r.gin.Status(http.StatusOK)
	r.gin.Writer.WriteHeaderNow()
	if r.gin.Request.Method == http.MethodHead {
		return
	}
	// The answer is ready: a client that reads it slowly keeps nobody out. Only so many bytes may lie about for such clients;
	// beyond that they do keep their places, or the memory would have no bound.
	if size := int64(len(body)); r.unread.TryAcquire(size) {
		defer r.unread.Release(size)
		api.LeaveGate(r.ctx)
	}
	// the client may have left; the access log has the rest
	_, _ = r.gin.Writer.Write(body)
}

// document sends a value as JSON, with its links as a header too.
func (r *request) document(v any, links []link) error {
	body, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		return fmt.Errorf("write the document: %w", err)
	}
	r.linkHeader(links)
	r.write(r.mediaType, "", body)
	return nil
}

// link is a link as OGC API wants it.
type link struct {
	Href     string `json:"href"`
	Rel      string `json:"rel"`
	Type     string `json:"type,omitzero"`
	Title    string `json:"title,omitzero"`
	Hreflang string `json:"hreflang,omitzero"`
}

// linkHeader repeats links in the header (RFC 8288), for clients that do not read the body.
func (r *request) linkHeader(links []link) {
	h := r.gin.Writer.Header()
	for _, l := range links {
		value := "<" + l.Href + `>; rel="` + l.Rel + `"`
		if l.Type != "" {
			value += `; type="` + l.Type + `"`
		}
		h.Add("Link", value)
	}
}

// url is the address of a path below /ogc, with the parameters that are not empty: name, value, name, value.
func (r *request) url(path string, parameters ...string) string {
	address := r.base + "/ogc" + path
	q := url.Values{}
	for i := 0; i+1 < len(parameters); i += 2 {
		if parameters[i+1] != "" {
			q.Set(parameters[i], parameters[i+1])
		}
	}
	if len(q) > 0 {
		address += "?" + q.Encode()
	}
	return address
}

// here is the address of this very resource with some parameters changed: name, value, name, value; "" takes one out.
func (r *request) here(parameters ...string) string {
	q := url.Values{}
	for name, values := range r.query {
		q[name] = values
	}
	for i := 0; i+1 < len(parameters); i += 2 {
		if parameters[i+1] == "" {
			q.Del(parameters[i])
		} else {
			q.Set(parameters[i], parameters[i+1])
		}
	}
	address := r.base + r.gin.Request.URL.EscapedPath()
	if len(q) > 0 {
		address += "?" + q.Encode()
	}
	return address
}

// selfLinks are the link to this resource and those to its other forms.
func (r *request) selfLinks() []link {
	title := models.Text{PL: "Ten dokument", EN: "This document"}.In(r.lang)
	links := []link{
		{Href: r.here(), Rel: "self", Type: r.mediaType, Title: title, Hreflang: string(r.lang)},
		{Href: r.here("f", "html"), Rel: "alternate", Type: typeHTML, Title: models.Text{PL: "To samo jako strona", EN: "The same as a page"}.In(r.lang), Hreflang: string(r.lang)},
	}
	if r.html {
		links[0].Type, links[1] = typeHTML, link{Href: r.here("f", "json"), Rel: "alternate", Type: r.mediaType, Title: models.Text{PL: "To samo jako JSON", EN: "The same as JSON"}.In(r.lang)}
	}
	return links
}

// memory remembers when contents were first made, so that their time stamp, and with it their bytes, stay the same.
type memory struct {
	mu    sync.Mutex
	times map[[16]byte]time.Time
}

const memorySize = 1 << 14

func (m *memory) time(sum [16]byte, now time.Time) time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	if t, ok := m.times[sum]; ok {
		return t
	}
	if len(m.times) >= memorySize {
		clear(m.times)
	}
	now = now.UTC().Truncate(time.Second)
	m.times[sum] = now
	return now
}
