package apitest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/gin-gonic/gin"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/api/ogc"
	"wolnica/api/server"
	"wolnica/models"
	"wolnica/models/job"
	"wolnica/models/mapdata"
	"wolnica/models/media"
	"wolnica/models/store"
	"wolnica/models/store/storetest"
)

// Server is the whole program's HTTP side on a database of its own.
type Server struct {
	URL   string
	Store *store.Store
	// Map is the server's map; its CatchUp makes it show all that was committed before.
	Map *mapdata.Data
	// Log is what the server logged.
	Log *Log
	// Routes are all addresses the server has, of every method, with their parameters as :name or *name.
	Routes gin.RoutesInfo
	t      testing.TB
}

// docs are the same for every server; most of the time it takes to set one up is theirs.
var docs api.Docs

// New starts a server on a fresh migrated database; both end with the test.
func New(t testing.TB) *Server {
	t.Helper()
	return NewWith(t, store.Config{})
}

// NewWith is New with a store configuration of the test's own.
func NewWith(t testing.TB, cfg store.Config) *Server {
	t.Helper()
	return NewChanged(t, cfg, nil)
}

// NewChanged is NewWith with a change to what the server is run with. Unless it changes that, no map is built: pages are text.
func NewChanged(t testing.TB, cfg store.Config, change func(*server.Config)) *Server {
	t.Helper()
	s := storetest.OpenWith(t, cfg)
	files, err := media.Open(t.TempDir())
	if err != nil {
		t.Fatalf("open the media folder: %v", err)
	}
	log := &Log{}
	jobs, err := job.New(s, files, t.TempDir(), slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatalf("set the jobs up: %v", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { jobs.Run(ctx) })
	t.Cleanup(func() { stop(); running.Wait() })
	features := ogc.NewCache(0)
	following := s
	if cfg.Tracer != nil { // it counts the queries of requests, not those that keep the map current
		if following, err = store.Open(ctx, store.Config{URL: s.Pool().Config().ConnString(), Now: cfg.Now}); err != nil {
			t.Fatalf("open the map's database: %v", err)
		}
		t.Cleanup(following.Close)
	}
	world, err := mapdata.Open(ctx, mapdata.Config{Store: following, Log: slog.New(slog.NewTextHandler(log, nil)), Now: cfg.Now, Forget: features.Forget})
	if err != nil {
		t.Fatalf("load the map: %v", err)
	}
	running.Go(func() { world.Run(ctx) })
	serverConfig := server.Config{Store: s, Files: files, Jobs: jobs, Map: world, Features: features, Docs: &docs, Temp: t.TempDir(), Log: slog.New(slog.NewTextHandler(log, nil)), Version: "test", Now: cfg.Now,
		Gates: api.NewGates(api.DefaultBounds()), UI: fstest.MapFS{}}
	if change != nil {
		change(&serverConfig)
	}
	handler, err := server.New(serverConfig)
	if err != nil {
		t.Fatalf("set the server up: %v", err)
	}
	srv := httptest.NewServer(handler)
	t.Cleanup(srv.Close)
	table, ok := handler.(interface{ Routes() gin.RoutesInfo })
	if !ok {
		t.Fatal("the server does not tell its routes")
	}
	return &Server{URL: srv.URL, Store: s, Map: world, Log: log, Routes: table.Routes(), t: t}
}

// Client speaks to the server as one person; the zero token is nobody.
type Client struct {
	s     *Server
	token string
	// Language is sent as Accept-Language.
	Language string
}

// Anonymous is a client that is not signed in.
func (s *Server) Anonymous() *Client { return &Client{s: s} }

// As is a client with an API token of a new user who has the roles.
func (s *Server) As(roles ...models.UserRole) *Client {
	s.t.Helper()
	u := &models.User{Email: strings.ReplaceAll(s.t.Name(), "/", "-") + random() + "@example.org", Name: "Osoba", Language: models.Polish, Roles: roles}
	if err := store.Create(context.Background(), s.Store, store.System(), u); err != nil {
		s.t.Fatalf("create user: %v", err)
	}
	secret, err := s.Store.CreateToken(context.Background(), u, &models.Token{Name: "test"})
	if err != nil {
		s.t.Fatalf("create token: %v", err)
	}
	return &Client{s: s, token: secret}
}

// Admin is a client who may do everything.
func (s *Server) Admin() *Client { return s.As(models.UserRole{Role: models.RoleAdmin}) }

func random() string { return strings.ToLower(auth.RandomPassword()[:8]) }

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	t      testing.TB
}

// Send makes a request; body is nil, a string sent as it is, []byte, or a value sent as JSON. headers are "Name: value".
func (c *Client) Send(method, path string, body any, headers ...string) *Answer {
	c.s.t.Helper()
	var r io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		r = strings.NewReader(b)
	case []byte:
		r = bytes.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			c.s.t.Fatalf("marshal the body: %v", err)
		}
		r = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(context.Background(), method, c.s.URL+path, r)
	if err != nil {
		c.s.t.Fatalf("%s %s: %v", method, path, err)
	}
	if body != nil {
		req.Header.Set("Content-Type", map[bool]string{true: "application/merge-patch+json", false: "application/json"}[method == "PATCH"])
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	if c.Language != "" {
		req.Header.Set("Accept-Language", c.Language)
	}
	// Without it the client would ask for compression by itself and undo it; tests see what was sent for what they asked.
	req.Header.Set("Accept-Encoding", "identity")
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	// The default transport, which tests of documented answers replace.
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		c.s.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		c.s.t.Fatalf("%s %s: read the answer: %v", method, path, err)
	}
	return &Answer{Status: res.StatusCode, Header: res.Header, Body: raw, t: c.s.t}
}

// Get reads an address.
func (c *Client) Get(path string, headers ...string) *Answer {
	c.s.t.Helper()
	return c.Send("GET", path, nil, headers...)
}

// Want fails the test unless the status is this one.
func (a *Answer) Want(status int) *Answer {
	a.t.Helper()
	if a.Status != status {
		a.t.Fatalf("got status %d, want %d: %s", a.Status, status, a.Body)
	}
	return a
}

// JSON is the body as maps and slices.
func (a *Answer) JSON() map[string]any {
	a.t.Helper()
	var m map[string]any
	if err := json.Unmarshal(a.Body, &m); err != nil {
		a.t.Fatalf("the answer is not JSON: %v: %s", err, a.Body)
	}
	return m
}

// At is the value at a path of names and indexes: At("items", 0, "name", "pl").
func (a *Answer) At(path ...any) any {
	a.t.Helper()
	var v any = a.JSON()
	for _, step := range path {
		switch s := step.(type) {
		case string:
			m, ok := v.(map[string]any)
			if !ok {
				return nil
			}
			v = m[s]
		case int:
			l, ok := v.([]any)
			if !ok || s >= len(l) {
				return nil
			}
			v = l[s]
		}
	}
	return v
}

// ID is the id of the record answered.
func (a *Answer) ID() int64 {
	a.t.Helper()
	id, ok := a.At("id").(float64)
	if !ok {
		a.t.Fatalf("the answer has no id: %s", a.Body)
	}
	return int64(id)
}

// Part is one part of a multipart body.
type Part struct {
	Name, FileName string
	Body           []byte
}

// Upload posts parts as multipart/form-data.
func (c *Client) Upload(path string, parts ...Part) *Answer {
	c.s.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, p := range parts {
		var out io.Writer
		var err error
		if p.FileName != "" {
			out, err = w.CreateFormFile(p.Name, p.FileName)
		} else {
			out, err = w.CreateFormField(p.Name)
		}
		if err == nil {
			_, err = out.Write(p.Body)
		}
		if err != nil {
			c.s.t.Fatalf("write the part %s: %v", p.Name, err)
		}
	}
	if err := w.Close(); err != nil {
		c.s.t.Fatalf("write the parts: %v", err)
	}
	return c.Send("POST", path, body.Bytes(), "Content-Type: "+w.FormDataContentType())
}
