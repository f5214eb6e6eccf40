package report

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"mime"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/api/pdf"
	"wolnica/models"
	"wolnica/models/gap"
	"wolnica/models/store"
)

//go:embed report.html
var reportHTML string

//go:embed report.css
var reportCSS string

// Config is what the reports work with.
type Config struct {
	Store *store.Store
	// Gates bound the reports worked on at once; nil is no bound.
	Gates *api.Gates
	// PDF prints them.
	PDF *pdf.Printer
	// Timeout bounds the reading for one report, but not its printing; 0 is no bound.
	Timeout time.Duration
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Reports serves the documents.
type Reports struct {
	cfg       Config
	templates *template.Template
	policy    string
}

// New returns the reports of a registry.
func New(cfg Config) (*Reports, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.PDF == nil {
		cfg.PDF = pdf.New(pdf.Config{})
	}
	t, err := template.New("report").Parse(reportHTML)
	if err != nil {
		return nil, fmt.Errorf("parse the reports' templates: %w", err)
	}
	return &Reports{cfg: cfg, templates: t, policy: policyOf(reportCSS)}, nil
}

// policyOf is the content security policy of a page that holds the styles and asks for nothing.
func policyOf(css string) string {
	sum := sha256.Sum256([]byte(css))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
}

// The addresses of the reports.
const (
	placePath        = "/raporty/art-6/miejsce/"
	municipalityPath = "/raporty/art-6/gmina/"
	statementPath    = "/raporty/deklaracja/"
)

// The media types of the documents.
const (
	typeHTML = "text/html; charset=utf-8"
	typeText = "text/plain; charset=utf-8"
	typePDF  = "application/pdf"
	typeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// Mount registers the documents.
func (s *Reports) Mount(engine *gin.Engine) {
	for _, r := range []struct {
		path    string
		formats []string
		more    []string // parameters beside lang and format
		serve   func(*request) error
	}{
		{placePath + ":id", []string{"html", "xlsx", "pdf"}, nil, s.place},
		{municipalityPath + ":teryt", []string{"html", "xlsx", "pdf"}, []string{"category", "page"}, s.municipality},
		{statementPath + ":id", []string{"html", "text"}, nil, s.statement},
		{programmePath + ":id", ProgrammeFormats, nil, s.programme},
	} {
		api.Get(engine, r.path, s.cfg.Gates.Handler(api.Heavy), func(c *gin.Context) {
			q, err := newRequest(c, r.formats, r.more)
			if err == nil {
				q.today = models.DayOf(s.cfg.Now())
				err = r.serve(q)
			}
			if err != nil {
				api.Fail(c, err)
			}
		})
	}
}

// request is one request for a document.
type request struct {
	gin    *gin.Context
	user   *models.User
	lang   models.Language
	format string
	query  url.Values
	today  models.Day
}

// newRequest reads the parameters; one that is not known, or comes twice, is refused.
func newRequest(c *gin.Context, formats, more []string) (*request, error) {
	query, err := url.ParseQuery(c.Request.URL.RawQuery)
	if err != nil {
		return nil, badParameter("", "syntax", "Parametry adresu są nieczytelne.", "The parameters of the address cannot be read.")
	}
	r := &request{gin: c, user: auth.UserFrom(c.Request.Context()), lang: api.LanguageFrom(c.Request.Context()), format: cmp.Or(query.Get("format"), "html"), query: query}
	known := append([]string{"lang", "format"}, more...)
	for name, values := range query {
		if !slices.Contains(known, name) {
			return nil, badParameter(name, "unknown", "Nieznany parametr. Znane: "+strings.Join(known, ", ")+".", "Unknown parameter. Known: "+strings.Join(known, ", ")+".")
		}
		if len(values) > 1 {
			return nil, badParameter(name, "repeated", "Parametr podano więcej niż raz.", "The parameter is given more than once.")
		}
	}
	if query.Has("lang") {
		if r.lang = models.Language(query.Get("lang")); r.lang != models.Polish && r.lang != models.English {
			r.lang = api.LanguageFrom(c.Request.Context())
			return nil, badParameter("lang", "vocabulary", "Dozwolone: pl, en.", "Allowed: pl, en.")
		}
	}
	if !slices.Contains(formats, r.format) {
		return nil, badParameter("format", "vocabulary", "Dozwolone: "+strings.Join(formats, ", ")+".", "Allowed: "+strings.Join(formats, ", ")+".")
	}
	return r, nil
}

func badParameter(name, code, pl, en string) error {
	e := models.NewError(models.CodeMalformed, "Parametr zapytania nie jest poprawny.", "A query parameter is not valid.")
	e.Fields = []models.FieldError{{Parameter: name, Code: code, Message: models.Text{PL: pl, EN: en}}}
	return e
}

// id is the number in the path; what is none is not found.
func (r *request) id() (int64, error) {
	id, err := strconv.ParseInt(r.gin.Param("id"), 10, 64)
	if err != nil || id < 1 {
		return 0, models.ErrNotFound()
	}
	return id, nil
}

// with is the address of the same report with other parameters; "" takes one away.
func (r *request) with(pairs ...string) string {
	q := url.Values{}
	for name, values := range r.query {
		q[name] = values
	}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			q.Del(pairs[i])
		} else {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return r.gin.Request.URL.Path
	}
	return r.gin.Request.URL.Path + "?" + q.Encode()
}

// reading bounds the work on the database.
func (s *Reports) reading(r *request) (context.Context, context.CancelFunc) {
	ctx := r.gin.Request.Context()
	if s.cfg.Timeout > 0 {
		return context.WithTimeout(ctx, s.cfg.Timeout)
	}
	return context.WithCancel(ctx)
}

// render writes a page, or prints it when PDF was asked for; name is the file's, without an extension.
func (s *Reports) render(r *request, page, name string, data any) error {
	var b bytes.Buffer
	if err := s.templates.ExecuteTemplate(&b, page, data); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	api.LeaveGate(r.gin.Request.Context()) // what is left waits for no database
	if r.format == "pdf" {
		out, err := s.cfg.PDF.Print(r.gin.Request.Context(), b.Bytes())
		if err != nil {
			return err
		}
		r.head(name+".pdf", true)
		api.AnswerBytes(r.gin, typePDF, out)
		return nil
	}
	r.head("", false)
	r.gin.Header("Content-Security-Policy", s.policy)
	api.AnswerBytes(r.gin, typeHTML, b.Bytes())
	return nil
}

// head sets what every document says of itself; a file with a name is saved under it, or shown when inline.
func (r *request) head(file string, inline bool) {
	h := r.gin.Writer.Header()
	h.Set("Content-Language", string(r.lang))
	h.Set("Cache-Control", api.CacheControl(r.gin.Request))
	h.Add("Vary", "Accept-Language")
	if file != "" {
		disposition := "attachment"
		if inline {
			disposition = "inline"
		}
		h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": file}))
	}
}

// categories are those the report is narrowed to.
func (r *request) categories() ([]string, error) {
	if !r.query.Has("category") {
		return nil, nil
	}
	list := strings.Split(r.query.Get("category"), ",")
	if len(list) > 50 {
		return nil, badParameter("category", "too_many", "Najwyżej 50 kategorii.", "At most 50 categories.")
	}
	return list, nil
}

func (s *Reports) place(r *request) error {
	id, err := r.id()
	if err != nil {
		return err
	}
	if r.format == "pdf" {
		if err := s.cfg.PDF.Installed(); err != nil {
			return err
		}
	}
	ctx, cancel := s.reading(r)
	defer cancel()
	p, err := s.cfg.Store.FactsOfPlace(ctx, r.user, id)
	if err != nil {
		return err
	}
	municipality := ""
	teryt := ""
	if p.MunicipalityID != nil {
		m, err := s.cfg.Store.MunicipalityByID(ctx, *p.MunicipalityID)
		if err != nil && models.CodeOf(err) != models.CodeNotFound {
			return err
		}
		if err == nil {
			municipality, teryt = m.Name, m.TERYT
		}
	}
	g := gap.Of(&p.Place, p.Facts, r.today)
	name := fmt.Sprintf("art-6-%d-%s", id, r.today.Date())
	if r.format == "xlsx" {
		var sum gap.Municipality
		sum.Add(&g)
		return s.workbook(r, name, &sum, g.Name.In(r.lang), func(each func(*gap.Place) error) error { return each(&g) })
	}
	return s.render(r, "place", name, r.placePage(&g, municipality, teryt))
}

const (
	// pageSize is how many places a page of a municipality lists, printSize a printed one.
	pageSize, printSize = 100, 500
	// gapSize is how many places are named under each requirement that they do not meet.
	gapSize = 100
)

// municipality judges every place once: what is counted and what is listed cannot disagree.
func (s *Reports) municipality(r *request) error {
	if r.format == "pdf" {
		if err := s.cfg.PDF.Installed(); err != nil {
			return err
		}
	}
	categories, err := r.categories()
	if err != nil {
		return err
	}
	number := 1
	if r.query.Has("page") {
		if number, err = strconv.Atoi(r.query.Get("page")); err != nil || number < 1 || number > 1_000_000 {
			return badParameter("page", "range", "Oczekiwano numeru strony od 1.", "Expected the number of a page, from 1.")
		}
	}
	ctx, cancel := s.reading(r)
	defer cancel()
	m, err := s.cfg.Store.MunicipalityByTERYT(ctx, r.gin.Param("teryt"))
	if err != nil {
		return err
	}
	each := func(fn func(*gap.Place) error) error {
		return s.cfg.Store.FactsOfPlaces(ctx, r.user, gap.Filter(m.TERYT, categories), "name", func(p *store.PlaceFacts) error {
			g := gap.Of(&p.Place, p.Facts, r.today)
			return fn(&g)
		})
	}
	name := fmt.Sprintf("art-6-%s-%s", m.TERYT, r.today.Date())
	if r.format == "xlsx" {
		return s.workbook(r, name, &gap.Municipality{}, m.Name, each)
	}
	size := pageSize
	if r.format == "pdf" {
		size, number = printSize, 1
	}
	page := r.municipalityPage(m, number, size)
	if err := each(func(p *gap.Place) error { page.add(p); return nil }); err != nil {
		return err
	}
	page.finish(categories)
	return s.render(r, "municipality", name, page)
}

func (s *Reports) statement(r *request) error {
	id, err := r.id()
	if err != nil {
		return err
	}
	ctx, cancel := s.reading(r)
	defer cancel()
	p, err := s.cfg.Store.FactsOfPlace(ctx, r.user, id)
	if err != nil {
		return err
	}
	g := gap.Of(&p.Place, p.Facts, r.today)
	page := r.statementPage(&g, gap.StatementOf(&p.Place, p.Facts, r.today))
	if r.format == "text" {
		api.LeaveGate(ctx)
		r.head("", false)
		api.AnswerBytes(r.gin, typeText, []byte(page.Plain))
		return nil
	}
	return s.render(r, "statement", "", page)
}
