package ui

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzip"

	"wolnica/api"
)

const (
	// forever is for files whose name changes with their contents.
	forever = "public, max-age=31536000, immutable"
	// anHour is for files of lasting names.
	anHour = "public, max-age=3600"
	// brotliLevel takes the most that is done in a second or so for all files together; they are compressed once.
	brotliLevel = 9
	// leastCompressed is the size from which compressing is worth it.
	leastCompressed = 1 << 10
)

// types are the media types by the ends of names. The system's own table differs from one machine to the next.
var types = map[string]string{
	".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".html": "text/html; charset=utf-8",
	".json": "application/json", ".map": "application/json", ".geojson": "application/geo+json", ".webmanifest": "application/manifest+json", ".txt": "text/plain; charset=utf-8",
	".svg": "image/svg+xml", ".png": "image/png", ".webp": "image/webp", ".avif": "image/avif", ".jpg": "image/jpeg", ".ico": "image/vnd.microsoft.icon",
	".woff2": "font/woff2", ".wasm": "application/wasm", ".pbf": "application/x-protobuf",
}

// file is one file in memory. It is compressed once for each coding, when somebody first asks for it.
type file struct {
	body         []byte
	mediaType    string
	tag          string
	cacheControl string
	gzip, br     func() []byte
}

func newFile(name string, body []byte) *file {
	sum := sha256.Sum256(body)
	f := &file{body: body, mediaType: types[path.Ext(name)], tag: `"` + hex.EncodeToString(sum[:12]) + `"`, cacheControl: anHour}
	if f.mediaType == "" {
		f.mediaType = "application/octet-stream"
	}
	if strings.HasPrefix(name, "assets/") {
		f.cacheControl = forever
	}
	f.gzip = sync.OnceValue(func() []byte {
		var b bytes.Buffer
		w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
		if err != nil {
			panic(err) // the level is a constant
		}
		_, _ = w.Write(body) // into memory
		_ = w.Close()
		return b.Bytes()
	})
	f.br = sync.OnceValue(func() []byte {
		var b bytes.Buffer
		w := brotli.NewWriterLevel(&b, brotliLevel)
		_, _ = w.Write(body)
		_ = w.Close()
		return b.Bytes()
	})
	return f
}

// script tells whether browsers run the file, and so heed the policy it comes with: that of a worker is its own, not its page's.
func (f *file) script() bool { return strings.HasPrefix(f.mediaType, "text/javascript") }

// packed tells types that are compressed as they are.
func (f *file) packed() bool {
	switch f.mediaType {
	case "font/woff2", "image/png", "image/webp", "image/avif", "image/jpeg":
		return true
	}
	return false
}

// answer sends the file, in the smallest coding the client takes, or 304 when the client has it.
func (f *file) answer(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("ETag", f.tag)
	h.Set("Content-Type", f.mediaType)
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", f.cacheControl)
	}
	if api.IfNoneMatch(strings.Join(c.Request.Header.Values("If-None-Match"), ", "), f.tag) {
		c.Status(http.StatusNotModified)
		c.Writer.WriteHeaderNow()
		return
	}
	body := f.body
	if len(body) >= leastCompressed && !f.packed() {
		coding := api.SmallestEncoding(c.Request)
		var coded []byte
		switch coding {
		case "gzip":
			coded = f.gzip()
		case "br":
			coded = f.br()
		}
		if coded != nil && len(coded) < len(body) {
			h.Set("Content-Encoding", coding)
			body = coded
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	c.Status(http.StatusOK)
	c.Writer.WriteHeaderNow()
	if c.Request.Method != http.MethodHead {
		_, _ = c.Writer.Write(body) // the client may have left
	}
}

// readFiles reads all files but those whose name, or that of a folder, begins with a dot.
func readFiles(files fs.FS, into map[string]*file, under string) error {
	return fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name != "." && strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir():
			return nil
		}
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		into[under+name] = newFile(name, body)
		return nil
	})
}
