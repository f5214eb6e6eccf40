package api

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzip"
)

const (
	// leastCompressed is the size from which a body is worth compressing: a smaller one fits a packet or two either way.
	leastCompressed = 1 << 10
	// brotliLevel costs about three times gzip's time for some 10 % fewer bytes.
	brotliLevel = 3
)

// AcceptedEncoding picks the content coding for the answer to a request: "gzip", "br" or "" for none, by the weights of
// Accept-Encoding (RFC 9110, 12.5.3). Of two that are equally welcome it is gzip, which is far cheaper per byte. Handlers
// that hold compressed bytes ask it and set Content-Encoding themselves; such answers pass untouched but for the tag (see
// ETag).
func AcceptedEncoding(r *http.Request) string { return pick(weigh(r.Header["Accept-Encoding"])) }

// AcceptedEncodingOf is AcceptedEncoding for the value of the header.
func AcceptedEncodingOf(acceptEncoding string) string { return pick(weigh([]string{acceptEncoding})) }

// SmallestEncoding is AcceptedEncoding for handlers that hold both codings, so that neither costs anything: of two that are equally
// welcome it is br, which is smaller.
func SmallestEncoding(r *http.Request) string {
	w := weigh(r.Header["Accept-Encoding"])
	if w.br > 0 && w.br >= w.gzip && w.br >= w.identity {
		return "br"
	}
	return pick(w)
}

func pick(w weights) string {
	switch {
	case w.gzip > 0 && w.gzip >= w.br && w.gzip >= w.identity:
		return "gzip"
	case w.br > 0 && w.br >= w.identity:
		return "br"
	}
	return ""
}

// weights are in thousandths; 0 is not acceptable. That of identity counts only when it was named.
type weights struct{ gzip, br, identity int }

func weigh(lines []string) weights {
	const unnamed = -1
	gz, br, identity, rest := unnamed, unnamed, 0, 0
	for _, line := range lines {
		for line != "" {
			var part string
			part, line, _ = strings.Cut(line, ",")
			name, params, _ := strings.Cut(part, ";")
			q := quality(params)
			switch name = strings.Trim(name, " \t"); {
			case strings.EqualFold(name, "gzip"), strings.EqualFold(name, "x-gzip"):
				gz = max(gz, q)
			case strings.EqualFold(name, "br"):
				br = max(br, q)
			case strings.EqualFold(name, "identity"):
				identity = q
			case name == "*":
				rest = q
			}
		}
	}
	if gz == unnamed {
		gz = rest
	}
	if br == unnamed {
		br = rest
	}
	return weights{gz, br, identity}
}

// quality reads ";q=0.5" in thousandths, 1000 without one. What cannot be read is not acceptable.
func quality(params string) int {
	params = strings.Trim(params, " \t")
	if params == "" {
		return 1000
	}
	name, value, _ := strings.Cut(params, "=")
	if !strings.EqualFold(strings.Trim(name, " \t"), "q") {
		return 1000
	}
	q, err := strconv.ParseFloat(strings.Trim(value, " \t"), 64)
	if err != nil || !(q >= 0 && q <= 1) {
		return 0
	}
	return int(q * 1000)
}

// compressible reports whether a media type is text of some kind. Pictures, archives and office files are compressed
// already.
func compressible(contentType string) bool {
	media, _, _ := strings.Cut(contentType, ";")
	media = strings.Trim(media, " \t")
	switch media {
	case "application/json", ProblemType, "application/geo+json", "application/vnd.mapbox-vector-tile", "image/svg+xml",
		"text/html", "text/css", "text/csv", "text/plain", "application/javascript", "text/javascript", "application/xml":
		return true
	}
	media = strings.ToLower(media)
	return strings.HasPrefix(media, "text/") || strings.HasSuffix(media, "+json") || strings.HasSuffix(media, "+xml")
}

// An encoder is a compressing writer that can be used again.
type encoder interface {
	io.WriteCloser
	Flush() error
	Reset(w io.Writer)
}

var encoders = map[string]*sync.Pool{
	"gzip": {New: func() any { w, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed); return w }},
	"br":   {New: func() any { return brotli.NewWriterLevel(nil, brotliLevel) }},
}

// suffixes are what the strong tag of a coded representation ends with.
var suffixes = map[string]string{"gzip": "-gz", "br": "-br"}

// responseWriter compresses what a handler writes when the client takes it and it is worth it. That is decided with the
// first byte that must leave: when the length is known, the buffer is full, or the handler flushes or ends.
type responseWriter struct {
	gin.ResponseWriter
	request *http.Request

	decided bool // the header has been sent
	asked   bool // the handler considers the header sent
	size    int
	buffer  []byte
	coding  string // of encoder
	encoder encoder
}

var responseWriters = sync.Pool{New: func() any { return &responseWriter{buffer: make([]byte, 0, leastCompressed)} }}

// compress is the middleware. After a panic the writer is left as it is: what it holds must not be sent.
func compress(c *gin.Context) {
	w := responseWriters.Get().(*responseWriter)
	w.ResponseWriter, w.request = c.Writer, c.Request
	refuseCoded(c.Request.Header)
	c.Writer = w
	c.Next()
	w.end()
	c.Writer = w.ResponseWriter
	*w = responseWriter{buffer: w.buffer[:0]}
	responseWriters.Put(w)
}

// WithoutCompression keeps the answer as it is. Bodies that hold a secret beside something the client chose would
// otherwise tell by their length what the secret is like (BREACH).
func WithoutCompression(c *gin.Context) {
	if w, ok := c.Writer.(*responseWriter); ok {
		w.request = nil
	}
}

func (w *responseWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *responseWriter) Written() bool {
	return w.asked || len(w.buffer) > 0 || w.ResponseWriter.Written()
}

func (w *responseWriter) Size() int { return max(w.size, w.ResponseWriter.Size()) }

func (w *responseWriter) WriteHeader(code int) {
	if !w.Written() {
		w.ResponseWriter.WriteHeader(code)
	}
}

// WriteHeaderNow sends the header at once when nothing is left to decide.
func (w *responseWriter) WriteHeaderNow() {
	w.asked = true
	if w.decided {
		return
	}
	h := w.Header()
	if length := h["Content-Length"]; len(length) > 0 {
		n, err := strconv.Atoi(length[0])
		w.decide(err == nil && n >= leastCompressed)
		return
	}
	if status := w.Status(); status == http.StatusNoContent || status == http.StatusNotModified || len(h["Content-Encoding"]) > 0 {
		w.decide(false)
	}
}

func (w *responseWriter) WriteString(s string) (int, error) { return w.Write([]byte(s)) }

func (w *responseWriter) Write(p []byte) (int, error) {
	if !w.decided {
		h := w.Header()
		if len(h["Content-Type"]) == 0 && len(p) > 0 {
			h.Set("Content-Type", http.DetectContentType(append(w.buffer, p[:min(len(p), 512)]...)))
		}
		switch {
		case len(h["Content-Length"]) > 0:
			w.WriteHeaderNow()
		case len(h["Content-Encoding"]) > 0 || !compressible(h.Get("Content-Type")):
			w.decide(false)
		case len(w.buffer)+len(p) < leastCompressed:
			w.buffer = append(w.buffer, p...)
			w.size = len(w.buffer)
			return len(p), nil
		default:
			w.decide(true)
		}
	}
	if err := w.unload(); err != nil {
		return 0, err
	}
	return w.pass(p)
}

func (w *responseWriter) pass(p []byte) (int, error) {
	if w.encoder != nil {
		return w.encoder.Write(p)
	}
	return w.ResponseWriter.Write(p)
}

// unload sends what was held back while nothing was decided.
func (w *responseWriter) unload() error {
	if len(w.buffer) == 0 {
		return nil
	}
	held := w.buffer
	w.buffer = w.buffer[:0]
	_, err := w.pass(held)
	return err
}

// Flush sends everything written until now, so that a stream is a stream.
func (w *responseWriter) Flush() {
	if !w.decided {
		w.decide(true)
	}
	if w.unload() == nil && w.encoder != nil {
		_ = w.encoder.Flush()
	}
	w.ResponseWriter.Flush()
}

func (w *responseWriter) end() {
	head := w.request != nil && w.request.Method == http.MethodHead
	if head && !w.Written() && len(w.Header()["Content-Length"]) > 0 {
		w.WriteHeaderNow()
	}
	if !w.decided {
		if !w.Written() {
			w.mark()
			return // the engine writes the header
		}
		// The header of a HEAD whose GET would stream says what the GET's would.
		w.decide(head && len(w.buffer) == 0)
	}
	if w.unload() == nil && w.encoder != nil {
		_ = w.encoder.Close()
	}
	if w.encoder != nil {
		w.encoder.Reset(nil)
		encoders[w.coding].Put(w.encoder)
		w.encoder = nil
	}
}

// mark sets the headers that every answer of a kind has, coded or not.
func (w *responseWriter) mark() {
	if w.request == nil {
		return
	}
	h, status := w.Header(), w.Status()
	if status == http.StatusNotModified {
		addVary(h, "Accept-Encoding")
		if tag := h.Get("ETag"); tag != "" {
			h["Etag"] = []string{heldTag(w.request.Header["If-None-Match"], tag)}
		}
		return
	}
	if len(h["Content-Encoding"]) > 0 || len(h["Content-Type"]) > 0 && compressible(h["Content-Type"][0]) {
		addVary(h, "Accept-Encoding")
	}
}

// decide sends the header; enough says that the body is large enough to compress.
func (w *responseWriter) decide(enough bool) {
	w.decided = true
	w.mark()
	h, status := w.Header(), w.Status()
	if w.request != nil && len(h["Content-Encoding"]) > 0 {
		tagCoded(h, h["Content-Encoding"][0])
	}
	if enough && w.request != nil && status >= 200 && status != http.StatusNoContent && status != http.StatusPartialContent &&
		status != http.StatusNotModified && len(h["Content-Encoding"]) == 0 && len(h["Content-Range"]) == 0 &&
		compressible(h.Get("Content-Type")) && !strings.Contains(h.Get("Cache-Control"), "no-transform") {
		if coding := AcceptedEncoding(w.request); coding != "" {
			h["Content-Encoding"] = []string{coding}
			delete(h, "Content-Length")
			delete(h, "Accept-Ranges")
			tagCoded(h, coding)
			if w.request.Method != http.MethodHead {
				w.coding, w.encoder = coding, encoders[coding].Get().(encoder)
				w.encoder.Reset(w.ResponseWriter)
			}
		}
	}
	w.ResponseWriter.WriteHeaderNow()
}
