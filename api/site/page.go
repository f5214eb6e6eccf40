package site

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/models"
)

// part is a file of pages: what it says, where it is, and how one gets there.
type part struct {
	texts  texts
	routes []route
	nav    []navItem
	// ofPlace are links from the page of a place.
	ofPlace []placeLink
}

// route is an address with its handler. The parameter that names a record is :id everywhere ("/miejsca/:id/fakty"), so that
// the pages of one record can live in several files.
type route struct {
	method, path string
	// class is what a GET costs, api.Light when empty.
	class api.Class
	// before run before the handler, such as a limiter's.
	before []gin.HandlerFunc
	serve  func(v *visit) error
}

// section is one of the three workspaces.
type section string

const (
	sectionExplore  section = "explore"
	sectionRegistry section = "registry"
	sectionPlanning section = "planning"
)

// navItem is a link in the navigation, for those who may use it; allowed nil is everybody.
type navItem struct {
	section section
	path    string
	label   string // key of a text
	allowed func(u *models.User) bool
}

// visit is one request for a page.
type visit struct {
	*Site
	gin  *gin.Context
	ctx  context.Context
	lang models.Language
	// user is nil for the public.
	user *models.User
}

// page is what the frame around a page has to know. Data is the page's own, .Data in its template.
type page struct {
	// Title is the h1 as well, which the page's template writes itself.
	Title, Description string
	Section            section
	// Path is the address of the page without parameters, for the canonical link; by default that of the request. Indexed
	// says that search engines may keep it.
	Path    string
	Indexed bool
	// Public says that what somebody unknown sees may be kept for seconds by anybody.
	Public bool
	// Status is 200 by default, or that of Problem.
	Status int
	// Problem is why the form on the page was not taken; it stands above the form with links to its fields.
	Problem error
	// JSONLD is a schema.org document (anything json.Marshal writes); nil is none. Image is the address of a picture for
	// those who share the page.
	JSONLD any
	Image  string
	// App is what of the map the page opens; without it the page is text alone.
	App appPage
	// First is what is seen until the map's program runs; nil is nothing.
	First *firstView
	Data  any
}

// view is what the templates see: the page and its frame.
type view struct {
	page
	Lang, Other       models.Language
	OtherHref, SignIn string
	Canonical, Base   string
	Alternates        []alternate
	Sections          []navSection
	User              *models.User
	Said              string
	Errors            []errorLink
	CSS               string
	// App is nil when the page does not load the map.
	App *appView
	// VersionHref leads to the page with the map or without it.
	VersionHref, VersionLabel string
	FormProblem, FullTitle    string
}

type alternate struct{ Lang, Href string }

type navSection struct {
	Label, Href string
	Current     bool
	Items       []navLink
}

type navLink struct {
	Label, Href string
	Current     bool
}

// errorLink leads from the summary to a field; Field is "" for what concerns the form as a whole.
type errorLink struct{ Field, Message string }

// csp lets a page show our own styles, pictures and forms, and nothing else.
const csp = "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// saidCookie holds the key of a message for the next page, such as "facts.saved"; it is shown once.
const saidCookie = "wolnica_said"

func (s *Site) handler(r route) gin.HandlerFunc {
	return func(c *gin.Context) {
		ctx, cancel := context.WithTimeout(c.Request.Context(), s.timeout)
		defer cancel()
		v := s.visit(ctx, c)
		err := r.serve(v)
		if models.CodeOf(err) == models.CodeUnauthenticated && r.method == http.MethodGet {
			err = v.redirect("/zaloguj?" + url.Values{"dalej": {c.Request.URL.RequestURI()}}.Encode())
		}
		if err != nil {
			api.Fail(c, err)
		}
	}
}

func (s *Site) visit(ctx context.Context, c *gin.Context) *visit {
	return &visit{Site: s, gin: c, ctx: ctx, lang: api.LanguageFrom(ctx), user: auth.UserFrom(ctx)}
}

// t writes a text in the visitor's language; count one that goes with a number.
func (v *visit) t(key string, args ...any) string { return v.texts.in(v.lang, key, args...) }

func (v *visit) count(n int64, key string) string { return v.texts.count(v.lang, n, key) }

// signedIn is CodeUnauthenticated when nobody is; a GET that returns it leads to signing in and back.
func (v *visit) signedIn() error {
	if v.user == nil {
		return models.NewError(models.CodeUnauthenticated, "Zaloguj się, aby to zrobić.", "Sign in to do this.")
	}
	return nil
}

// id is the number the path parameter :id begins with, and the rest behind a hyphen: 12 and "stara-synagoga" of
// "12-stara-synagoga". What has no number is CodeNotFound.
func (v *visit) id() (id int64, slug string, err error) {
	number, slug, _ := strings.Cut(v.gin.Param("id"), "-")
	id, parseErr := strconv.ParseInt(number, 10, 64)
	if parseErr != nil || id < 1 || number != strconv.FormatInt(id, 10) {
		return 0, "", models.ErrNotFound()
	}
	return id, slug, nil
}

// redirect sends the browser on after a change, or to where a thing is. The path is one of our own.
func (v *visit) redirect(path string) error {
	v.gin.Header("Cache-Control", "no-store")
	v.gin.Redirect(http.StatusSeeOther, path)
	return nil
}

// say leaves a message, the key of a text, for the page the browser is sent to next.
func (v *visit) say(key string) {
	v.setCookie(saidCookie, key, time.Minute)
}

// setCookie keeps a value in the visitor's browser; a life of 0 takes it back. Such an answer is nobody else's.
func (v *visit) setCookie(name, value string, life time.Duration) {
	c := http.Cookie{Name: name, Value: value, Path: "/", MaxAge: int(life.Seconds()), HttpOnly: true, Secure: auth.Secure(v.ctx), SameSite: http.SameSiteLaxMode}
	if life == 0 {
		c.MaxAge = -1
	}
	v.gin.Writer.Header().Add("Set-Cookie", c.String())
}

// languageLife is how long a chosen language is kept.
const languageLife = 365 * 24 * time.Hour

// show writes a page with the template of the name.
func (v *visit) show(name string, p page) error {
	if p.Problem != nil && api.StatusOf(models.CodeOf(p.Problem)) >= http.StatusInternalServerError {
		return p.Problem
	}
	if asked := api.LanguageAsked(v.gin.Request); asked != "" {
		if c, err := v.gin.Request.Cookie(api.LanguageCookie); err != nil || c.Value != string(asked) {
			v.setCookie(api.LanguageCookie, string(asked), languageLife)
		}
	}
	v.keepVersion(p)
	body, err := v.render(name, p)
	if err != nil {
		return err
	}
	v.send(p, body)
	return nil
}

// send answers with a page that is written.
func (v *visit) send(p page, body []byte) {
	h := v.gin.Writer.Header()
	control := api.PrivateCache
	switch {
	case v.gin.Request.Method != http.MethodGet && v.gin.Request.Method != http.MethodHead:
		control = "no-store"
	case p.Public && h.Get("Set-Cookie") == "":
		control = api.CacheControl(v.gin.Request)
	}
	h.Set("Cache-Control", control)
	v.head()
	if v.withMap(p) {
		h.Set("Content-Security-Policy", v.ui.Policy())
	}
	status := p.Status
	if status == 0 && p.Problem != nil {
		status = api.StatusOf(models.CodeOf(p.Problem))
	}
	api.LeaveGate(v.gin.Request.Context())
	if status == 0 || status == http.StatusOK {
		api.AnswerBytes(v.gin, htmlType, body)
		return
	}
	v.gin.Data(status, htmlType, body)
}

const htmlType = "text/html; charset=utf-8"

// head sets the headers every page has. The referrer goes to ourselves alone: with none at all, browsers would send forms
// from nowhere (Fetch, "append a request Origin header"), which is refused as another site's.
func (v *visit) head() {
	h := v.gin.Writer.Header()
	h.Set("Content-Security-Policy", csp)
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Content-Language", string(v.lang))
	h.Add("Vary", "Accept-Language")
}

// render writes a page into memory.
func (v *visit) render(name string, p page) ([]byte, error) {
	t := v.templates[v.lang][name]
	if t == nil {
		return nil, fmt.Errorf("there is no template %q", name)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "layout", v.view(p)); err != nil {
		return nil, fmt.Errorf("write the page %s: %w", name, err)
	}
	return b.Bytes(), nil
}

func (v *visit) view(p page) view {
	here := v.gin.Request.URL
	if p.Path == "" {
		p.Path = here.EscapedPath()
	}
	out := view{page: p, Lang: v.lang, Other: models.English, User: v.user, CSS: v.css.address, Base: api.BaseURL(v.ctx), FullTitle: "Wolnica"}
	if v.lang == models.English {
		out.Other = models.Polish
	}
	if p.Title != "" && p.Title != out.FullTitle {
		out.FullTitle = p.Title + " · Wolnica"
	}
	asIn := func(lang models.Language) string {
		query := here.Query()
		query.Del(versionAsked)
		query.Set("lang", string(lang))
		return here.EscapedPath() + "?" + query.Encode()
	}
	out.OtherHref, out.SignIn = asIn(out.Other), "/zaloguj?"+url.Values{"dalej": {here.RequestURI()}}.Encode()
	if v.gin.Request.Method == http.MethodPost {
		out.OtherHref, out.SignIn = p.Path+"?lang="+string(out.Other), "/zaloguj"
	}
	out.Canonical = out.Base + p.Path
	if api.LanguageAsked(v.gin.Request) == models.English {
		out.Canonical += "?lang=en"
	}
	for _, lang := range []models.Language{models.Polish, models.English} {
		out.Alternates = append(out.Alternates, alternate{string(lang), out.Base + p.Path + "?lang=" + string(lang)})
	}
	out.Sections = v.navigation(p)
	out.App = v.app(p)
	out.VersionHref, out.VersionLabel = v.version(p)
	if c, err := v.gin.Request.Cookie(saidCookie); err == nil {
		if _, known := v.texts[c.Value]; known {
			out.Said = v.t(c.Value)
		}
		v.setCookie(saidCookie, "", 0)
	}
	out.Errors, out.FormProblem = v.errors(p.Problem)
	return out
}

// errors is a problem as the summary above a form shows it.
func (v *visit) errors(problem error) (links []errorLink, message string) {
	var e *models.Error
	if !errors.As(problem, &e) {
		return nil, ""
	}
	for _, f := range e.Fields {
		links = append(links, errorLink{fieldOf(f), f.Message.In(v.lang)})
	}
	return links, e.Message.In(v.lang)
}

// navigation is what the visitor may use, with the section of the page opened.
func (v *visit) navigation(p page) []navSection {
	var sections []navSection
	for _, s := range []struct {
		section section
		label   string
	}{{sectionExplore, "site.explore"}, {sectionRegistry, "site.registry"}, {sectionPlanning, "site.planning"}} {
		out := navSection{Label: v.t(s.label), Current: p.Section == s.section}
		for _, item := range v.nav {
			if item.section == s.section && (item.allowed == nil || item.allowed(v.user)) {
				out.Items = append(out.Items, navLink{v.t(item.label), item.path, item.path == v.gin.Request.URL.Path})
			}
		}
		if len(out.Items) > 0 {
			out.Href = out.Items[0].Href
			sections = append(sections, out)
		}
	}
	return sections
}

// Problem writes a failure as a page; it is for api.Settings.
func (s *Site) Problem(c *gin.Context, p api.Problem) ([]byte, error) {
	v := s.visit(c.Request.Context(), c)
	body, err := v.render("problem", page{Title: p.Title, Data: p})
	if err != nil {
		return nil, err
	}
	v.head()
	return body, nil
}

// ownPath is the address within this site to go on to, "/" for anything that is not surely one: another host, another
// scheme, or what browsers read as one.
func ownPath(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") ||
		len(path) > 2000 || strings.ContainsFunc(path, func(r rune) bool { return r <= ' ' || r == '\\' || r == 0x7f }) {
		return "/"
	}
	return path
}

// functions are those templates may call besides the built-in ones.
func (s *Site) functions(lang models.Language) template.FuncMap {
	return template.FuncMap{
		"t":       func(key string, args ...any) string { return s.texts.in(lang, key, args...) },
		"count":   func(n int64, key string) string { return s.texts.count(lang, n, key) },
		"in":      func(text models.Text) string { return text.In(lang) },
		"number":  func(n int64) string { return number(n, lang) },
		"decimal": func(x float64) string { return decimal(x, lang) },
		"day":     func(d *models.Date) string { return day(d, lang) },
	}
}
