package site

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/api/ui"
	"wolnica/models"
	"wolnica/models/mapdata"
	"wolnica/models/store"
)

//go:embed site.css fonts.css styles templates
var files embed.FS

// Config is what the pages work with.
type Config struct {
	Store *store.Store
	// Map is the registry as the map shows it.
	Map *mapdata.Data
	// Accounts sign people in; they are those of the API, so that tries are counted once.
	Accounts *auth.Accounts
	// UI is the map that pages load.
	UI *ui.UI
	// Version is that of the program.
	Version string
	// Ground is the schematic ground of the front page's map; it may be empty.
	Ground []Ground
	// Gates bound the work under way; nil bounds nothing.
	Gates *api.Gates
	// Timeout bounds the work on one page; 0 means 30 s.
	Timeout time.Duration
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Site serves the pages.
type Site struct {
	store    *store.Store
	mapData  *mapdata.Data
	accounts *auth.Accounts
	ui       *ui.UI
	ground   []Ground
	gates    *api.Gates
	timeout  time.Duration
	now      func() time.Time
	// programVersion is told to the map.
	programVersion string

	parts      []part
	texts      texts
	nav        []navItem
	ofPlace    []placeLink
	templates  map[models.Language]map[string]*template.Template
	css        stylesheet
	frontPages frontCache
	sitemaps   sitemapCache

	vocabularies vocabularyCache
}

type stylesheet struct {
	body    []byte
	address string
}

// New returns the pages of a registry. It fails on a template or a text that is wrong.
func New(cfg Config) (*Site, error) {
	s := &Site{store: cfg.Store, mapData: cfg.Map, accounts: cfg.Accounts, ui: cfg.UI, programVersion: cfg.Version, ground: cfg.Ground, gates: cfg.Gates, timeout: cfg.Timeout, now: cfg.Now,
		frontPages: frontCache{pages: map[models.Language]frontCached{}}}
	if s.timeout == 0 {
		s.timeout = 30 * time.Second
	}
	if s.now == nil {
		s.now = time.Now
	}
	// The table of all pages: one line for each file of them.
	s.parts = []part{
		{texts: siteTexts},
		{texts: firstTexts},
		s.frontPart(),
		s.placesPart(),
		s.placePart(),
		s.productPart(),
		s.needsPart(),
		s.signInPart(),
		s.workspacePart(),
		s.sitemapPart(),
		s.proposalsPart(),
		s.surveyPart(),
		s.whatIfPart(),
		s.factsPart(),
		s.reportsPart(),
	}
	all := make([]texts, len(s.parts))
	for i, p := range s.parts {
		all[i] = p.texts
		s.nav, s.ofPlace = append(s.nav, p.nav...), append(s.ofPlace, p.ofPlace...)
	}
	var err error
	if s.texts, err = merge(all...); err != nil {
		return nil, fmt.Errorf("texts of the pages: %w", err)
	}
	if s.templates, err = s.parseTemplates(); err != nil {
		return nil, fmt.Errorf("templates of the pages: %w", err)
	}
	if s.css, err = s.readStyles(); err != nil {
		return nil, fmt.Errorf("styles of the pages: %w", err)
	}
	return s, nil
}

// parseTemplates reads templates/*.html, each a page that defines "main", for both languages. What stands in
// templates/shared is there for all of them.
func (s *Site) parseTemplates() (map[models.Language]map[string]*template.Template, error) {
	names, err := fs.Glob(files, "templates/*.html")
	if err != nil {
		return nil, err
	}
	sets := map[models.Language]map[string]*template.Template{}
	for _, lang := range []models.Language{models.Polish, models.English} {
		shared, err := template.New("").Funcs(s.functions(lang)).ParseFS(files, "templates/shared/*.html")
		if err != nil {
			return nil, err
		}
		sets[lang] = map[string]*template.Template{}
		for _, file := range names {
			t, err := template.Must(shared.Clone()).ParseFS(files, file)
			if err != nil {
				return nil, err
			}
			if err := s.checkTexts(t); err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
			sets[lang][strings.TrimSuffix(strings.TrimPrefix(file, "templates/"), ".html")] = t
		}
	}
	return sets, nil
}

func (s *Site) checkTexts(t *template.Template) error {
	for _, defined := range t.Templates() {
		if defined.Tree == nil {
			continue
		}
		err := textKeys(defined.Tree.Root, func(key string) error {
			if _, known := s.texts[key]; !known {
				return fmt.Errorf("there is no text %q", key)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// readStyles joins site.css and what pages have in styles/*.css, in the order of their names. The address names the contents,
// so that a new version is fetched at once. The fonts come with the map.
func (s *Site) readStyles() (stylesheet, error) {
	names, err := fs.Glob(files, "styles/*.css")
	if err != nil {
		return stylesheet{}, err
	}
	var b bytes.Buffer
	names = append([]string{"site.css"}, names...)
	if s.ui.Has("fonts/source-sans-3-latin.woff2") {
		names = append([]string{"fonts.css"}, names...)
	}
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			return stylesheet{}, err
		}
		b.Write(text)
	}
	sum := sha256.Sum256(b.Bytes())
	return stylesheet{b.Bytes(), "/site.css?v=" + hex.EncodeToString(sum[:6])}, nil
}

// Mount registers the pages.
func (s *Site) Mount(engine *gin.Engine) {
	api.Get(engine, "/site.css", func(c *gin.Context) {
		c.Header("Cache-Control", "public, max-age=3600")
		api.AnswerBytes(c, "text/css; charset=utf-8", s.css.body)
	})
	for _, p := range s.parts {
		for _, r := range p.routes {
			if r.method != http.MethodGet {
				engine.Handle(r.method, r.path, append(r.before, s.handler(r))...)
				continue
			}
			class := r.class
			if class == "" {
				class = api.Light
			}
			api.Get(engine, r.path, append(append(r.before, s.gates.Handler(class)), s.handler(r))...)
		}
	}
}

// siteTexts are those of the frame around all pages.
var siteTexts = texts{
	"site.skip":        {PL: "Przejdź do treści", EN: "Skip to content"},
	"site.other":       {PL: "English", EN: "Polski"},
	"site.navigation":  {PL: "Nawigacja", EN: "Navigation"},
	"site.section":     {PL: "W tym dziale", EN: "In this section"},
	"site.explore":     {PL: "Odkrywaj", EN: "Explore"},
	"site.registry":    {PL: "Ewidencja", EN: "Registry"},
	"site.planning":    {PL: "Inwestycje", EN: "Investments"},
	"site.signin":      {PL: "Zaloguj się", EN: "Sign in"},
	"site.signout":     {PL: "Wyloguj się", EN: "Sign out"},
	"site.text":        {PL: "Wersja tekstowa", EN: "Text version"},
	"site.map":         {PL: "Mapa", EN: "Map"},
	"site.footer":      {PL: "Otwarty rejestr miejsc metropolii", EN: "The open registry of a metropolis"},
	"site.api":         {PL: "Opis API", EN: "API reference"},
	"site.error":       {PL: "Błąd", EN: "Error"},
	"site.wrong":       {PL: "Formularz nie został przyjęty", EN: "The form was not taken"},
	"site.required":    {PL: "wymagane", EN: "required"},
	"site.choose":      {PL: "– wybierz –", EN: "– choose –"},
	"site.quote":       {PL: "W zgłoszeniu podaj:", EN: "When you report it, quote:"},
	"site.back":        {PL: "Wróć na stronę główną", EN: "Go to the front page"},
	"site.description": {PL: "Otwarty rejestr miejsc metropolii: infrastruktura czasu wolnego, zabytki i produkty turystyczne. Kto naprawdę może z nich skorzystać, w jakim są stanie i w co zainwestować.", EN: "The open registry of a metropolis: leisure infrastructure, heritage sites and tourist products. Who can really use them, what condition they are in, and what to invest in."},
}
