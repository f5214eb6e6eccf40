package site

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"wolnica/api"
	"wolnica/models"
	"wolnica/models/store"
)

const (
	// sitemapAddresses is how many addresses a sitemap may have (sitemaps.org), and sitemapBlock how many ids one of records covers: each
	// record has an address in either language.
	sitemapAddresses = 50_000
	sitemapBlock     = sitemapAddresses / 2
	// sitemapMemory bounds the sitemaps that are kept, compressed, in bytes.
	sitemapMemory = 16 << 20
)

func (s *Site) sitemapPart() part {
	return part{routes: []route{
		{method: http.MethodGet, path: "/sitemap.xml", class: api.Heavy, serve: (*visit).sitemap},
		{method: http.MethodGet, path: "/robots.txt", serve: (*visit).robots},
	}}
}

// indexedPages are the pages beside those of records that search engines may keep.
var indexedPages = []string{"/", "/miejsca", "/produkty", "/potrzeby", "/raporty"}

// recordPages are the pages of records, by the name of their sitemaps.
var recordPages = []struct {
	name string
	kind models.Kind
	path func(id int64, name string) string
}{{"miejsca", models.KindPlace, placePath}, {"produkty", models.KindProduct, productPath}}

// robots says what is not worth reading, and where the addresses are. What must not be seen is not protected by it.
func (v *visit) robots() error {
	v.gin.Header("Cache-Control", api.CacheControl(v.gin.Request))
	api.AnswerBytes(v.gin, "text/plain; charset=utf-8", fmt.Appendf(nil, `User-agent: *
Allow: /api/v1/docs
Allow: /api/v1/media/
Disallow: /api/
Disallow: /tiles/
Disallow: /ogc/
Disallow: /zaloguj
Disallow: /*?*wersja=
Sitemap: %s/sitemap.xml
`, api.BaseURL(v.ctx)))
	return nil
}

// sitemap lists every public page, in one list while they fit, otherwise in lists that the first one names: ?czesc=strony, miejsca-1,
// produkty-1 … The number of a list of records says which ids it covers, so that a record stays in its list.
func (v *visit) sitemap() error {
	var f struct {
		Part string `form:"czesc" max:"40"`
	}
	if err := v.query(&f); err != nil {
		return err
	}
	base := api.BaseURL(v.ctx)
	kept, err := v.sitemaps.of(base+" "+f.Part, v.now(), func() ([]byte, error) {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		// Others may wait for the same list, so that it does not end with this one's client.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(v.ctx), v.timeout)
		defer cancel()
		err := firstError(v.writeSitemap(ctx, z, base, f.Part), z.Close())
		return b.Bytes(), err
	})
	if err != nil {
		return err
	}
	api.LeaveGate(v.ctx)
	h := v.gin.Writer.Header()
	h.Set("Cache-Control", api.CacheControl(v.gin.Request))
	if api.AcceptedEncoding(v.gin.Request) == "gzip" {
		h.Set("Content-Encoding", "gzip")
		api.AnswerBytes(v.gin, xmlType, kept)
		return nil
	}
	z, err := gzip.NewReader(bytes.NewReader(kept))
	if err != nil {
		return err
	}
	body, err := io.ReadAll(z)
	if err != nil {
		return err
	}
	api.AnswerBytes(v.gin, xmlType, body)
	return nil
}

const xmlType = "application/xml; charset=utf-8"

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// writeSitemap writes the list of the part, or of everything; a part that is not there is CodeNotFound.
func (s *Site) writeSitemap(ctx context.Context, w io.Writer, base, part string) error {
	if part == "strony" {
		return writeURLs(w, base, func(add func(path string, changed time.Time)) error {
			for _, path := range indexedPages {
				add(path, time.Time{})
			}
			return nil
		})
	}
	if part == "" {
		return s.writeWholeSitemap(ctx, w, base)
	}
	name, digits, _ := strings.Cut(part, "-")
	number, err := strconv.ParseInt(digits, 10, 32)
	if err != nil || number < 1 || strconv.FormatInt(number, 10) != digits {
		return models.ErrNotFound()
	}
	for _, records := range recordPages {
		if records.name != name {
			continue
		}
		list, err := s.store.Addresses(ctx, records.kind, sitemapBlock, number)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return models.ErrNotFound()
		}
		return writeURLs(w, base, func(add func(path string, changed time.Time)) error {
			for _, a := range list {
				add(records.path(a.ID, a.NamePL), a.UpdatedAt)
			}
			return nil
		})
	}
	return models.ErrNotFound()
}

func (s *Site) writeWholeSitemap(ctx context.Context, w io.Writer, base string) error {
	blocks := make([][]store.AddressBlock, len(recordPages))
	records := int64(0)
	for i, kind := range recordPages {
		var err error
		if blocks[i], err = s.store.AddressBlocks(ctx, kind.kind, sitemapBlock); err != nil {
			return err
		}
		for _, b := range blocks[i] {
			records += b.Records
		}
	}
	if 2*(records+int64(len(indexedPages))) > sitemapAddresses {
		return writeIndex(w, base, blocks)
	}
	return writeURLs(w, base, func(add func(path string, changed time.Time)) error {
		for _, path := range indexedPages {
			add(path, time.Time{})
		}
		for i, kind := range recordPages {
			for _, b := range blocks[i] {
				list, err := s.store.Addresses(ctx, kind.kind, sitemapBlock, b.Number)
				if err != nil {
					return err
				}
				for _, a := range list {
					add(kind.path(a.ID, a.NamePL), a.UpdatedAt)
				}
			}
		}
		return nil
	})
}

func writeIndex(w io.Writer, base string, blocks [][]store.AddressBlock) error {
	p := &printer{w: w}
	p.printf("%s<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n", xml.Header)
	add := func(part string, changed time.Time) {
		p.printf("<sitemap><loc>%s</loc>%s</sitemap>\n", escapeXML(base+"/sitemap.xml?czesc="+part), lastModified(changed))
	}
	add("strony", time.Time{})
	for i, kind := range recordPages {
		for _, b := range blocks[i] {
			add(kind.name+"-"+strconv.FormatInt(b.Number, 10), b.UpdatedAt)
		}
	}
	p.printf("</sitemapindex>\n")
	return p.err
}

// writeURLs writes each page under its address in either language, both with links to the two: the same as the head of the page has.
func writeURLs(w io.Writer, base string, each func(add func(path string, changed time.Time)) error) error {
	p := &printer{w: w}
	p.printf("%s<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n", xml.Header)
	err := each(func(path string, changed time.Time) {
		page := escapeXML(base + path)
		alternates := ""
		for _, lang := range []models.Language{models.Polish, models.English} {
			alternates += fmt.Sprintf(`<xhtml:link rel="alternate" hreflang="%s" href="%s?lang=%s"/>`, lang, page, lang)
		}
		for _, query := range []string{"", "?lang=en"} {
			p.printf("<url><loc>%s%s</loc>%s%s</url>\n", page, query, lastModified(changed), alternates)
		}
	})
	p.printf("</urlset>\n")
	return firstError(err, p.err)
}

func lastModified(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return "<lastmod>" + t.UTC().Format(time.RFC3339) + "</lastmod>"
}

func escapeXML(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes everything
	return b.String()
}

// printer keeps the first error.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) printf(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}

// sitemapCache keeps sitemaps for pageLife, the youngest of them within sitemapMemory. Each is made once, for all who ask meanwhile.
type sitemapCache struct {
	flight singleflight.Group
	mu     sync.Mutex
	kept   map[string]keptSitemap
}

type keptSitemap struct {
	body []byte
	made time.Time
}

func (c *sitemapCache) of(key string, now time.Time, write func() ([]byte, error)) ([]byte, error) {
	c.mu.Lock()
	k, ok := c.kept[key]
	c.mu.Unlock()
	if ok && now.Sub(k.made) < pageLife {
		return k.body, nil
	}
	made, err, _ := c.flight.Do(key, func() (any, error) { return write() })
	if err != nil {
		return nil, err
	}
	body := made.([]byte)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept == nil {
		c.kept = map[string]keptSitemap{}
	}
	c.kept[key] = keptSitemap{body, now}
	c.drop(now)
	return body, nil
}

// drop forgets what is too old, and then the oldest until the rest fits.
func (c *sitemapCache) drop(now time.Time) {
	size := 0
	for key, k := range c.kept {
		if now.Sub(k.made) >= pageLife {
			delete(c.kept, key)
			continue
		}
		size += len(k.body)
	}
	for size > sitemapMemory {
		oldest := ""
		for key, k := range c.kept {
			if oldest == "" || k.made.Before(c.kept[oldest].made) {
				oldest = key
			}
		}
		size -= len(c.kept[oldest].body)
		delete(c.kept, oldest)
	}
}
