package ui

import (
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"wolnica/api"
	"wolnica/geo/pmtiles"
	"wolnica/mapui"
	"wolnica/models"
)

// Config is what the map is served from.
type Config struct {
	// Files is what the build made; nil is mapui.Files(), what the binary was built with.
	Files fs.FS
	// Basemap is a file of map tiles the map draws its ground from; nil leaves it the schematic one.
	Basemap *pmtiles.File
	// Online is a map style of another server, offered to people who choose it; nil offers none.
	Online *Online
}

// Online is a map style that a browser loads from elsewhere.
type Online struct {
	// URL is that of the style, checked by OnlineStyle.
	URL string
	// Attribution names whose map it is.
	Attribution string
}

// OnlineStyle checks the address of an online style: https, or http on this very machine, without a user or a fragment.
func OnlineStyle(address, attribution string) (*Online, error) {
	u, err := url.Parse(address)
	if err == nil {
		local := u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1" || u.Hostname() == "::1"
		if (u.Scheme == "https" || u.Scheme == "http" && local) && hostOnly(u.Host) && u.User == nil && u.Fragment == "" {
			return &Online{URL: u.String(), Attribution: strings.TrimSpace(attribution)}, nil
		}
	}
	return nil, models.NewError(models.CodeInvalid, "Oczekiwano adresu stylu takiego jak https://mapa.example.org/styl.json; http tylko na tym komputerze (localhost).",
		"Expected the address of a style such as https://map.example.org/style.json; http only on this machine (localhost).")
}

// hostOnly reports whether a host is made of what hosts are made of, so that it can stand in a policy.
func hostOnly(host string) bool {
	return host != "" && !strings.HasPrefix(host, ":") && !strings.ContainsFunc(host, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(".-_:[]", r))
	})
}

// origin is the one the style and what it names are fetched from.
func (o *Online) origin() string {
	u, err := url.Parse(o.URL)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// UI serves the map.
type UI struct {
	files   map[string]*file
	tags    map[models.Language]*Tags
	policy  string
	basemap *pmtiles.File
	online  *Online
}

// New reads the built map. A build that is not there is none: Tags are nil then, and what is under /ui is answered 503. One that is
// broken is an error.
func New(cfg Config) (*UI, error) {
	if cfg.Files == nil {
		cfg.Files = mapui.Files()
	}
	u := &UI{files: map[string]*file{}, basemap: cfg.Basemap, online: cfg.Online}
	if err := readFiles(mapui.Icons(), u.files, "icons/"); err != nil {
		return nil, fmt.Errorf("read the icons: %w", err)
	}
	if err := readFiles(cfg.Files, u.files, ""); err != nil {
		return nil, fmt.Errorf("read the built map: %w", err)
	}
	var err error
	if u.tags, err = readTags(cfg.Files); err != nil {
		return nil, fmt.Errorf("read the built map: %w", err)
	}
	for _, t := range u.tags {
		for _, needed := range append(append([]string{"/ui/boot.js", t.Script}, t.Styles...), t.Preloads...) {
			if u.files[strings.TrimPrefix(needed, "/ui/")] == nil {
				return nil, fmt.Errorf("read the built map: there is no file %s", needed)
			}
		}
		for _, font := range firstFonts {
			if u.Has(font) {
				t.Fonts = append(t.Fonts, "/ui/"+font)
			}
		}
		t.Boot = "/ui/boot.js?v=" + strings.Trim(u.files["boot.js"].tag, `"`)
	}
	elsewhere := ""
	if cfg.Online != nil {
		elsewhere = " " + cfg.Online.origin()
	}
	u.policy = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; connect-src 'self'" + elsewhere +
		"; img-src 'self' data: blob:" + elsewhere + "; font-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
	return u, nil
}

// Tags are what a page in the language loads the map with; nil when the map is not built.
func (u *UI) Tags(lang models.Language) *Tags { return u.tags[lang] }

// Has tells whether the build has the file.
func (u *UI) Has(name string) bool { return u.files[name] != nil }

// Policy is the Content-Security-Policy of pages that load the map: nothing but our own, and the origin of the online style when there
// is one.
func (u *UI) Policy() string { return u.policy }

// Basemap is the ground of the map as pages name it to it.
type Basemap struct {
	Kind string `json:"kind"` // schematic or pmtiles
	URL  string `json:"url,omitempty"`
	// Tiles are vector or raster.
	Tiles string `json:"tiles,omitempty"`
}

// Basemap tells the map what to draw its ground from.
func (u *UI) Basemap() Basemap {
	if u.basemap == nil {
		return Basemap{Kind: "schematic"}
	}
	b := Basemap{Kind: "pmtiles", URL: basemapPath, Tiles: "raster"}
	if u.basemap.Type.Vector() {
		b.Tiles = "vector"
	}
	return b
}

// Online is the online style; nil when there is none.
func (u *UI) Online() *Online { return u.online }

const basemapPath = "/basemap.pmtiles"

// Mount registers the addresses of files. They are ready in memory, so nothing bounds them.
func (u *UI) Mount(engine *gin.Engine) {
	api.Get(engine, "/ui/*file", func(c *gin.Context) { u.serve(c, strings.TrimPrefix(c.Param("file"), "/")) })
	api.Get(engine, "/sw.js", func(c *gin.Context) {
		// A new one has to be found at once: it decides what is shown offline.
		c.Header("Cache-Control", "no-cache")
		u.serve(c, "sw.js")
	})
	api.Get(engine, "/favicon.svg", func(c *gin.Context) { u.serve(c, "icons/icon.svg") })
	api.Get(engine, "/favicon.ico", func(c *gin.Context) { u.serve(c, "icons/favicon.ico") })
	api.Get(engine, "/manifest.webmanifest", u.webManifest)
	api.Get(engine, basemapPath, u.serveBasemap)
}

// serve answers with a file of the build. The headers of a failure are those of a problem: it is not kept.
func (u *UI) serve(c *gin.Context, name string) {
	f := u.files[name]
	if f == nil {
		c.Writer.Header().Del("Cache-Control")
		err := error(models.NewError(models.CodeNotFound, "Interfejs nie ma takiego pliku.", "The interface has no such file."))
		if u.tags == nil {
			err = models.NewError(models.CodeUnavailable, "Interfejs mapy nie jest zbudowany (make build). Strony tekstowe i API działają.",
				"UI not built (make build). The text pages and the API work.")
		}
		api.Fail(c, err)
		return
	}
	if f.script() {
		c.Header("Content-Security-Policy", u.policy)
	}
	f.answer(c)
}

// serveBasemap sends the basemap, whole or by ranges, as it is on the disk.
func (u *UI) serveBasemap(c *gin.Context) {
	if u.basemap == nil {
		api.Fail(c, models.NewError(models.CodeNotFound, "Ten serwer nie ma podkładu w pliku (--basemap).", "This server has no basemap in a file (--basemap)."))
		return
	}
	api.WithoutCompression(c)
	h := c.Writer.Header()
	h.Set("Content-Type", "application/vnd.pmtiles")
	h.Set("ETag", `"`+u.basemap.Tag+`"`)
	h.Set("Cache-Control", anHour)
	http.ServeContent(c.Writer, c.Request, "", u.basemap.Modified, u.basemap.Reader())
}
