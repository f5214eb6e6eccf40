package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/go-json-experiment/json"

	"wolnica/models"
)

// Doc describes a route to people and to programs, and sets its limits.
type Doc struct {
	// ID names the operation in OpenAPI and in generated clients; unique, lower camel case.
	ID string
	// Tag groups routes: "places".
	Tag         string
	Summary     models.Text
	Description models.Text
	// Auth says that somebody must be signed in (session cookie or bearer token). It documents; the rights are the domain's.
	Auth bool
	// Statuses are the statuses of success, the usual one first; by default 200, or 204 when the output has no body.
	Statuses []int
	// Problems are the codes this route can fail with beyond those that follow from its types.
	Problems []models.Code
	// Accepts are the media types a stream body may have; empty is any.
	Accepts []string
	// Produces are the media types a Stream output may have; empty is application/octet-stream.
	Produces []string
	// BodyLimit is the largest body in bytes, DefaultBodyLimit when 0.
	BodyLimit int64
	// Class is what an answer costs: Light for a GET that does not say, Unbounded for other methods.
	Class Class
	// Public says that what an anonymous GET sees may be kept for seconds by anybody; see PublicCache.
	Public bool
	// Secret says that the answer holds one, such as a new token; it is not compressed.
	Secret bool
	// Timeout replaces the one of the settings when not 0; a negative one is no timeout, for long exports.
	Timeout time.Duration
}

// Stream is an output field for bodies that are not JSON. Either Content, which also serves ranges and
// Last-Modified, or Write produces the bytes.
type Stream struct {
	ContentType string
	// Filename, when set, makes the client save the body under that name.
	Filename string
	// Inline shows the body in the browser although it has a file name.
	Inline bool
	// Write writes the whole body. An error before the first byte is a problem; one after it cuts the connection.
	Write func(w io.Writer) error
	// Content is read and closed.
	Content  io.ReadSeekCloser
	Modified time.Time
}

// Route is one row of the table of routes: what Mount registers and OpenAPI documents. It is made by Handle.
type Route struct {
	Method string
	// Path has parameters in braces, {id}; {path...} takes the rest.
	Path string
	Doc  Doc

	in       *input
	out      *output
	handlers []gin.HandlerFunc
	serve    func(c *gin.Context, ctx context.Context, limit int64)
}

// Handle makes a route out of a function. In is a struct whose exported fields say where they come from:
//
//	ID      int64        `path:"id"`                            // 404 unless 1 or more
//	Limit   int          `query:"limit" default:"50" validate:"gte=1,lte=500" doc:"…" pl:"…" example:"20"`
//	Tags    []string     `query:"tags"`                         // tags=a,b or tags=a&tags=b
//	Version api.Version  `header:"If-Match"`                    // 428 when missing
//	Body    PlaceInput   `body:"json"`                          // *PlaceInput is an optional body
//	Body    Patch[T]     `body:"merge-patch"`
//	Body    *multipart.Reader `body:"multipart"`
//	Body    io.Reader    `body:"stream"`
//
// Embedded structs of such fields are fine. Out is a struct with, all optional: `Status int`, fields tagged `header:"…"`
// (string, []string, int, Version, time.Time; empty ones are left out), and `Body T` (JSON, or `content:"…"` to name
// another JSON media type) or `Body Stream`. A GET whose ETag the client has is answered 304.
// A type that cannot be bound is an error of the programmer and panics here, at start.
func Handle[In, Out any](method, path string, doc Doc, fn func(ctx context.Context, in In) (Out, error)) Route {
	in, err := planInput(reflect.TypeFor[In]())
	if err != nil {
		panic(fmt.Sprintf("%s %s: %v", method, path, err))
	}
	out, err := planOutput(reflect.TypeFor[Out]())
	if err != nil {
		panic(fmt.Sprintf("%s %s: %v", method, path, err))
	}
	if len(doc.Statuses) == 0 {
		doc.Statuses = []int{http.StatusOK}
		if out.body == nil {
			doc.Statuses = []int{http.StatusNoContent}
		}
	}
	return Route{Method: method, Path: path, Doc: doc, in: in, out: out, serve: func(c *gin.Context, ctx context.Context, limit int64) {
		if !out.acceptable(c.GetHeader("Accept")) {
			Fail(c, models.NewError(models.CodeNotAcceptable, "Dostępna postać: "+out.mediaType+".", "Available: "+out.mediaType+"."))
			return
		}
		var value In
		if err := in.bind(c, reflect.ValueOf(&value).Elem(), limit, doc.Accepts); err != nil {
			Fail(c, err)
			return
		}
		result, err := fn(ctx, value)
		if err != nil {
			Fail(c, err)
			return
		}
		if err := out.write(c, reflect.ValueOf(&result).Elem(), doc); err != nil {
			Fail(c, err)
		}
	}}
}

// With returns the route with handlers that run before it, such as a Limiter's.
func (r Route) With(handlers ...gin.HandlerFunc) Route {
	r.handlers = append(slices.Clone(r.handlers), handlers...)
	return r
}

// Or returns the route so that a request with the query parameter is answered by the other route: a list that can also
// be downloaded as a file.
func (r Route) Or(parameter string, other Route) Route {
	serve := other.handler(Settings{})
	return r.With(func(c *gin.Context) {
		if c.Request.URL.Query().Has(parameter) {
			serve(c)
			c.Abort()
		}
	})
}

// Mount registers routes with an engine made by NewEngine; every GET also answers HEAD. It refuses a table with a fault:
// a path parameter that is not bound, two operations of one ID, a validate tag without a message, a missing summary.
func Mount(engine *gin.Engine, routes []Route, settings Settings) error {
	if err := CheckRoutes(routes); err != nil {
		return err
	}
	for _, r := range routes {
		handlers := slices.Clone(r.handlers)
		if class := r.class(); settings.Gates.of(class) != nil {
			handlers = append(handlers, settings.Gates.Handler(class))
		}
		handlers = append(handlers, r.handler(settings))
		engine.Handle(r.Method, r.ginPath(), handlers...)
		if r.Method == http.MethodGet {
			engine.Handle(http.MethodHead, r.ginPath(), handlers...)
		}
	}
	return nil
}

func (r Route) class() Class {
	switch {
	case r.Doc.Class != "":
		return r.Doc.Class
	case r.Method == http.MethodGet:
		return Light
	}
	return Unbounded
}

func (r Route) handler(settings Settings) gin.HandlerFunc {
	timeout := settings.Timeout
	if r.Doc.Timeout != 0 {
		timeout = r.Doc.Timeout
	}
	return func(c *gin.Context) {
		if r.Doc.Secret {
			WithoutCompression(c)
		}
		ctx := c.Request.Context()
		if timeout > 0 {
			limited, cancel := context.WithTimeout(ctx, timeout)
			defer cancel()
			ctx = limited
		}
		r.serve(c, ctx, r.Doc.BodyLimit)
	}
}

var pathParameter = regexp.MustCompile(`\{([A-Za-z0-9_]+)(\.\.\.)?\}`)

func (r Route) ginPath() string {
	return pathParameter.ReplaceAllStringFunc(r.Path, func(s string) string {
		if name, rest := strings.CutSuffix(s[1:len(s)-1], "..."); rest {
			return "*" + name
		}
		return ":" + s[1:len(s)-1]
	})
}

// CheckRoutes reports the first fault of a table of routes; see Mount.
func CheckRoutes(routes []Route) error {
	ids := map[string]string{}
	seen := map[reflect.Type]bool{}
	for _, r := range routes {
		at := r.Method + " " + r.Path
		if r.Doc.ID == "" || r.Doc.Tag == "" || r.Doc.Summary.PL == "" || r.Doc.Summary.EN == "" {
			return fmt.Errorf("%s: ID, Tag and Summary in both languages are required", at)
		}
		if other, taken := ids[r.Doc.ID]; taken {
			return fmt.Errorf("%s: the ID %q is that of %s", at, r.Doc.ID, other)
		}
		ids[r.Doc.ID] = at
		inPath := map[string]bool{}
		for _, m := range pathParameter.FindAllStringSubmatch(r.Path, -1) {
			inPath[m[1]] = true
		}
		whole := 0
		for segment := range strings.SplitSeq(r.Path, "/") {
			if m := pathParameter.FindString(segment); m != "" && m == segment {
				whole++
			}
		}
		if whole != len(inPath) || strings.Count(r.Path, "{") != whole || strings.ContainsAny(r.Path, ":*") {
			return fmt.Errorf("%s: path parameters are written {name}, each once and a whole segment", at)
		}
		for _, p := range r.in.params {
			if p.in == "path" && !inPath[p.name] {
				return fmt.Errorf("%s: the path has no parameter %q", at, p.name)
			}
			delete(inPath, p.name)
			if p.field.Tag.Get("doc") == "" != (p.field.Tag.Get("pl") == "") {
				return fmt.Errorf("%s: the parameter %q is described in one language", at, p.name)
			}
		}
		for name := range inPath {
			return fmt.Errorf("%s: the path parameter %q is not bound", at, name)
		}
		if err := checkTags(r.in.typ, seen); err != nil {
			return fmt.Errorf("%s: %w", at, err)
		}
	}
	return nil
}

// output is how one type of output is written.
type output struct {
	typ       reflect.Type
	status    []int
	headers   []headerField
	body      []int
	bodyType  reflect.Type
	stream    bool
	mediaType string
}

type headerField struct {
	name  string
	index []int
	field reflect.StructField
}

func planOutput(t reflect.Type) (*output, error) {
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("output %s is not a struct", t)
	}
	out := &output{typ: t, mediaType: jsonType}
	for _, f := range reflect.VisibleFields(t) {
		if f.Anonymous || !f.IsExported() {
			continue
		}
		if name, ok := f.Tag.Lookup("header"); ok {
			if _, ok := headerValue(reflect.Zero(f.Type)); !ok {
				return nil, fmt.Errorf("output %s, field %s: a header cannot be a %s", t, f.Name, f.Type)
			}
			out.headers = append(out.headers, headerField{name, f.Index, f})
			continue
		}
		switch f.Name {
		case "Status":
			if f.Type.Kind() != reflect.Int {
				return nil, fmt.Errorf("output %s: Status is not an int", t)
			}
			out.status = f.Index
		case "Body":
			out.body, out.bodyType = f.Index, f.Type
			out.stream = f.Type == reflect.TypeFor[Stream]()
			if content := f.Tag.Get("content"); content != "" {
				out.mediaType = content
			}
		default:
			return nil, fmt.Errorf("output %s: the field %s is neither Status, Body nor a header", t, f.Name)
		}
	}
	return out, nil
}

// headerValue returns the lines of a header; ok is false for a type that cannot be one.
func headerValue(v reflect.Value) (values []string, ok bool) {
	switch x := v.Interface().(type) {
	case Version:
		if x != 0 {
			values = []string{ETag(int(x))}
		}
		return values, true
	case time.Time:
		if !x.IsZero() {
			values = []string{x.UTC().Format(http.TimeFormat)}
		}
		return values, true
	case []string:
		return x, true
	}
	switch v.Kind() {
	case reflect.String:
		if v.String() != "" {
			values = []string{v.String()}
		}
		return values, true
	case reflect.Int, reflect.Int64:
		if v.Int() != 0 {
			values = []string{strconv.FormatInt(v.Int(), 10)}
		}
		return values, true
	}
	return nil, false
}

// acceptable reports whether an Accept header admits the JSON this output writes. Streams choose their own type.
func (o *output) acceptable(accept string) bool {
	if accept == "" || o.stream || o.body == nil {
		return true
	}
	best, admitted := -1, false
	kind, _, _ := strings.Cut(o.mediaType, "/")
	for part := range strings.SplitSeq(accept, ",") {
		media, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		// The most specific range decides, so that application/json;q=0 wins over */*.
		rank := slices.Index([]string{"*/*", kind + "/*", o.mediaType}, media)
		// A client that only knows plain JSON can read any +json type.
		if rank < 0 && media == jsonType && strings.HasSuffix(o.mediaType, "+json") {
			rank = 2
		}
		if rank < best || rank < 0 {
			continue
		}
		q, err := strconv.ParseFloat(params["q"], 64)
		best, admitted = rank, params["q"] == "" || err == nil && q > 0
	}
	return admitted
}

func (o *output) write(c *gin.Context, v reflect.Value, doc Doc) error {
	h, status := c.Writer.Header(), doc.Statuses[0]
	addVary(h, "Accept-Language")
	for _, f := range o.headers {
		values, _ := headerValue(v.FieldByIndex(f.index))
		for i, value := range values {
			if i == 0 {
				h.Set(f.name, value)
			} else {
				h.Add(f.name, value)
			}
		}
	}
	if o.status != nil {
		if s := v.FieldByIndex(o.status).Int(); s != 0 {
			status = int(s)
		}
	}
	if h.Get("Cache-Control") == "" {
		control := PrivateCache
		if doc.Public {
			control = CacheControl(c.Request)
		}
		h.Set("Cache-Control", control)
	}
	reading := c.Request.Method == http.MethodGet || c.Request.Method == http.MethodHead
	hasJSON := o.body != nil && !o.stream && status != http.StatusNoContent
	var body []byte
	if hasJSON {
		var err error
		if body, err = json.Marshal(v.FieldByIndex(o.body).Interface(), outputOptions); err != nil {
			return fmt.Errorf("write the answer: %w", err)
		}
		switch etag := h.Get("ETag"); {
		case etag != "" && reading:
			h.Set("ETag", representationTag(etag, body))
		case reading && status == http.StatusOK:
			h.Set("ETag", bodyTag(body))
		}
		requestFrom(c.Request.Context()).leave()
	}
	if reading && status == http.StatusOK && IfNoneMatch(strings.Join(c.Request.Header.Values("If-None-Match"), ", "), h.Get("ETag")) {
		if o.stream {
			if content := v.FieldByIndex(o.body).Interface().(Stream).Content; content != nil {
				_ = content.Close()
			}
		}
		c.Status(http.StatusNotModified)
		c.Writer.WriteHeaderNow()
		return nil
	}
	if o.body == nil || status == http.StatusNoContent || status == http.StatusNotModified {
		c.Status(status)
		c.Writer.WriteHeaderNow()
		return nil
	}
	if o.stream {
		return v.FieldByIndex(o.body).Interface().(Stream).serve(c, status)
	}
	h.Set("Content-Type", o.mediaType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	c.Status(status)
	c.Writer.WriteHeaderNow()
	if c.Request.Method != http.MethodHead {
		// The client may have left; the access log has the rest.
		_, _ = c.Writer.Write(body)
	}
	return nil
}

func (s Stream) serve(c *gin.Context, status int) error {
	h := c.Writer.Header()
	if s.ContentType == "" {
		s.ContentType = "application/octet-stream"
	}
	h.Set("Content-Type", s.ContentType)
	if s.Filename != "" {
		disposition := "attachment"
		if s.Inline {
			disposition = "inline"
		}
		h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": s.Filename}))
	}
	if s.Content != nil {
		defer s.Content.Close()
		http.ServeContent(c.Writer, c.Request, "", s.Modified, s.Content)
		return nil
	}
	if s.Write == nil {
		return errors.New("a stream without Write or Content")
	}
	c.Status(status)
	if c.Request.Method == http.MethodHead {
		c.Writer.WriteHeaderNow()
		return nil
	}
	if err := s.Write(c.Writer); err != nil {
		return fmt.Errorf("stream the answer: %w", err)
	}
	c.Writer.WriteHeaderNow()
	return nil
}

// AnswerBytes answers a GET with bytes that are ready, tagged by their hash, or with 304 when the client has them.
func AnswerBytes(c *gin.Context, mediaType string, body []byte) {
	h := c.Writer.Header()
	tag := bodyTag(body)
	h.Set("ETag", tag)
	if IfNoneMatch(strings.Join(c.Request.Header.Values("If-None-Match"), ", "), tag) {
		c.Status(http.StatusNotModified)
		c.Writer.WriteHeaderNow()
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	c.Data(http.StatusOK, mediaType, body)
}
