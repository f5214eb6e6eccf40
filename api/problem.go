package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/gin-gonic/gin"
	"github.com/go-json-experiment/json"
	"golang.org/x/text/language"

	"wolnica/models"
)

// ProblemType is the media type of every failure (RFC 9457).
const ProblemType = "application/problem+json"

// statusClientClosed is what the log and the metrics show for a client that left before the answer; nobody receives it.
const statusClientClosed = 499

// Problem is the body of every failure, RFC 9457 with the members errors and current_version.
type Problem struct {
	Type           string         `json:"type" doc:"Stable address of the kind of problem." pl:"Stały adres rodzaju problemu."`
	Title          string         `json:"title" doc:"The kind of problem in words." pl:"Rodzaj problemu słowami."`
	Status         int            `json:"status" doc:"The HTTP status." pl:"Status HTTP."`
	Detail         string         `json:"detail,omitzero" doc:"What happened this time." pl:"Co się stało tym razem."`
	Instance       string         `json:"instance" doc:"The request, as a URN; quote it when reporting." pl:"Żądanie jako URN; podaj je w zgłoszeniu."`
	Errors         []ProblemError `json:"errors,omitempty" doc:"The wrong values, one by one." pl:"Błędne wartości, jedna po drugiej."`
	CurrentVersion int            `json:"current_version,omitzero" doc:"For stale: the version the record has now." pl:"Dla stale: obecna wersja rekordu."`
}

// ProblemError points at one wrong value: by a JSON pointer into the body, or by the name of a parameter.
type ProblemError struct {
	Pointer   *string `json:"pointer,omitzero" doc:"JSON pointer into the body; empty is the whole body." pl:"Wskaźnik JSON do treści; pusty to całość."`
	Parameter string  `json:"parameter,omitzero" doc:"Name of a query, path or header parameter." pl:"Nazwa parametru zapytania, ścieżki albo nagłówka."`
	Code      string  `json:"code" doc:"Stable word for the broken rule." pl:"Stałe słowo złamanej reguły."`
	Detail    string  `json:"detail" doc:"What was wrong and what would be right." pl:"Co było źle i jak powinno być."`
}

type problemKind struct {
	status int
	title  models.Text
}

// problems is the one place that knows the HTTP status of each code.
var problems = map[models.Code]problemKind{
	models.CodeMalformed:       {http.StatusBadRequest, models.Text{PL: "Nieczytelne żądanie", EN: "Malformed request"}},
	models.CodeInvalid:         {http.StatusUnprocessableEntity, models.Text{PL: "Niepoprawne dane", EN: "Invalid data"}},
	models.CodeUnauthenticated: {http.StatusUnauthorized, models.Text{PL: "Wymagane zalogowanie", EN: "Sign-in required"}},
	models.CodeForbidden:       {http.StatusForbidden, models.Text{PL: "Brak uprawnień", EN: "Forbidden"}},
	models.CodeNotFound:        {http.StatusNotFound, models.Text{PL: "Nie znaleziono", EN: "Not found"}},
	models.CodeConflict:        {http.StatusConflict, models.Text{PL: "Konflikt z innym rekordem", EN: "Conflict with another record"}},
	models.CodeStale:           {http.StatusPreconditionFailed, models.Text{PL: "Nieaktualna wersja", EN: "Stale version"}},
	models.CodePreconditionRequired: {http.StatusPreconditionRequired,
		models.Text{PL: "Brak nagłówka If-Match", EN: "If-Match required"}},
	models.CodeTooLarge:         {http.StatusRequestEntityTooLarge, models.Text{PL: "Za duża treść", EN: "Content too large"}},
	models.CodeUnsupportedMedia: {http.StatusUnsupportedMediaType, models.Text{PL: "Nieobsługiwany format", EN: "Unsupported format"}},
	models.CodeNotAcceptable:    {http.StatusNotAcceptable, models.Text{PL: "Brak takiej postaci", EN: "Not acceptable"}},
	models.CodeMethodNotAllowed: {http.StatusMethodNotAllowed, models.Text{PL: "Niedozwolona metoda", EN: "Method not allowed"}},
	models.CodeRateLimited:      {http.StatusTooManyRequests, models.Text{PL: "Za dużo prób", EN: "Too many requests"}},
	models.CodeUnavailable:      {http.StatusServiceUnavailable, models.Text{PL: "Chwilowo niedostępne", EN: "Unavailable"}},
	models.CodeNotInstalled:     {http.StatusNotImplemented, models.Text{PL: "Brak programu na serwerze", EN: "Not installed"}},
	models.CodeInternal:         {http.StatusInternalServerError, models.Text{PL: "Błąd serwera", EN: "Server error"}},
}

// problemCodes is the order the codes are documented in.
var problemCodes = []models.Code{
	models.CodeMalformed, models.CodeInvalid, models.CodeUnauthenticated, models.CodeForbidden, models.CodeNotFound,
	models.CodeConflict, models.CodeStale, models.CodePreconditionRequired, models.CodeTooLarge, models.CodeUnsupportedMedia,
	models.CodeNotAcceptable, models.CodeMethodNotAllowed, models.CodeRateLimited, models.CodeUnavailable,
	models.CodeNotInstalled, models.CodeInternal,
}

// StatusOf returns the HTTP status of a code, 500 for one that is not known.
func StatusOf(code models.Code) int {
	if k, ok := problems[code]; ok {
		return k.status
	}
	return http.StatusInternalServerError
}

// ProblemURI returns the stable relative URI that names a kind of problem.
func ProblemURI(code models.Code) string { return "/api/v1/problems/" + string(code) }

// Fail answers the request with err as a problem and stops the chain of handlers. A models.Error is shown, in the
// language of the request; anything else is logged and the client sees only the request's id. A client that went away
// gets silence. When the response has already begun, the connection is cut, so that a half answer cannot pass for whole.
func Fail(c *gin.Context, err error) {
	req := requestFrom(c.Request.Context())
	if errors.Is(err, context.Canceled) && errors.Is(c.Request.Context().Err(), context.Canceled) {
		c.AbortWithStatus(statusClientClosed)
		return
	}
	shown := presentable(err)
	var busy *overload
	if errors.As(err, &busy) {
		c.Writer.Header().Set("Retry-After", busy.retryAfter())
	}
	kind, ok := problems[shown.Code]
	if !ok {
		kind = problems[models.CodeInternal]
	}
	// The metrics count those who were turned away; a flood is not logged twice. That a program is missing is no failure of the request.
	if kind.status >= http.StatusInternalServerError && busy == nil && shown.Code != models.CodeNotInstalled {
		req.logger.LogAttrs(c.Request.Context(), slog.LevelError, "request failed",
			slog.String("request_id", req.id), slog.String("method", c.Request.Method),
			slog.String("route", c.FullPath()), slog.String("error", err.Error()))
	}
	if c.Writer.Written() {
		panic(http.ErrAbortHandler)
	}
	writeProblem(c, shown, kind)
}

// presentable returns what of err may be shown.
func presentable(err error) *models.Error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return tooLargeError(tooLarge.Limit)
	}
	var e *models.Error
	if errors.As(err, &e) {
		if _, known := problems[e.Code]; known && e.Code != models.CodeInternal {
			return e
		}
	} else if errors.Is(err, context.DeadlineExceeded) {
		return models.NewError(models.CodeUnavailable, "Odpowiedź trwała zbyt długo. Spróbuj ponownie za chwilę.",
			"The answer took too long. Try again in a moment.")
	}
	return models.NewError(models.CodeInternal, "Błąd po naszej stronie. Podaj identyfikator żądania w zgłoszeniu.",
		"A fault on our side. Quote the request's identifier when you report it.")
}

func writeProblem(c *gin.Context, e *models.Error, kind problemKind) {
	req := requestFrom(c.Request.Context())
	p := Problem{
		Type: ProblemURI(e.Code), Title: kind.title.In(req.language), Status: kind.status,
		Detail: e.Message.In(req.language), Instance: "urn:uuid:" + req.id, CurrentVersion: e.Version,
	}
	for _, f := range e.Fields {
		out := ProblemError{Parameter: f.Parameter, Code: f.Code, Detail: f.Message.In(req.language)}
		if f.Parameter == "" {
			out.Pointer = &f.Pointer
		}
		p.Errors = append(p.Errors, out)
	}
	h := c.Writer.Header()
	switch e.Code {
	case models.CodeUnauthenticated:
		h.Set("WWW-Authenticate", `Bearer realm="wolnica"`)
	case models.CodeRateLimited, models.CodeUnavailable:
		if h.Get("Retry-After") == "" {
			h.Set("Retry-After", "10")
		}
	}
	// What a handler had prepared for success does not describe the failure.
	for _, name := range []string{"ETag", "Last-Modified", "Content-Disposition", "Content-Encoding", "Content-Length", "Location"} {
		h.Del(name)
	}
	body, mediaType := problemBody(c, req, p)
	h.Set("Content-Type", mediaType)
	h.Set("Content-Language", string(req.language))
	h.Set("Cache-Control", "no-store")
	addVary(h, "Accept-Language")
	if c.Request.Method == http.MethodHead {
		h.Set("Content-Length", strconv.Itoa(len(body)))
	}
	c.Writer.WriteHeader(kind.status)
	c.Abort()
	c.Writer.WriteHeaderNow()
	if c.Request.Method != http.MethodHead {
		_, _ = c.Writer.Write(body)
	}
}

// problemBody writes a problem as a page for a browser that asks for one outside the APIs, else as JSON.
func problemBody(c *gin.Context, req *request, p Problem) (body []byte, mediaType string) {
	if req.problemPage != nil && !isPublic(c.Request.URL.Path) && strings.Contains(c.GetHeader("Accept"), "text/html") {
		page, err := req.problemPage(c, p)
		if err == nil {
			return page, "text/html; charset=utf-8"
		}
		req.logger.LogAttrs(c.Request.Context(), slog.LevelError, "the page of a problem failed",
			slog.String("request_id", req.id), slog.String("error", err.Error()))
	}
	body, err := json.Marshal(p, outputOptions)
	if err != nil {
		// Only invalid UTF-8 in a message can do this; the status still tells the truth.
		body = []byte("{}")
	}
	return body, ProblemType
}

func addVary(h http.Header, name string) {
	for _, v := range h.Values("Vary") {
		if v == name {
			return
		}
	}
	h.Add("Vary", name)
}

func tooLargeError(limit int64) *models.Error {
	return models.NewError(models.CodeTooLarge, "Treść jest za duża: najwyżej "+bytesText(limit)+".",
		"The content is too large: at most "+bytesText(limit)+".")
}

// contextKey is the type of this package's keys in a request's context.
type contextKey int

const requestKey contextKey = iota

type request struct {
	id       string
	language models.Language
	logger   *slog.Logger
	// http, public and proxies are for BaseURL.
	http    *http.Request
	public  string
	proxies proxies
	// place is the gate at which the request holds a place.
	place *gate
	// problemPage is that of the settings.
	problemPage func(c *gin.Context, p Problem) ([]byte, error)
}

func requestFrom(ctx context.Context) *request {
	if r, ok := ctx.Value(requestKey).(*request); ok {
		return r
	}
	return &request{id: "00000000-0000-0000-0000-000000000000", language: models.Polish, logger: slog.Default()}
}

// LanguageFrom returns the language of the request's messages, Polish outside a request.
func LanguageFrom(ctx context.Context) models.Language { return requestFrom(ctx).language }

// QueryFrom returns the query of the request's address as it was sent, "" outside a request.
func QueryFrom(ctx context.Context) string {
	if r := requestFrom(ctx); r.http != nil {
		return r.http.URL.RawQuery
	}
	return ""
}

// LoggerFrom returns the logger of the server, with the request's id attached.
func LoggerFrom(ctx context.Context) *slog.Logger {
	r := requestFrom(ctx)
	return r.logger.With("request_id", r.id)
}

// LanguageCookie holds the language a person chose for the pages, "pl" or "en".
const LanguageCookie = "wolnica_lang"

// LanguageAsked is the language a page's address asks for with lang, "" when it asks for none.
func LanguageAsked(r *http.Request) models.Language {
	if !strings.Contains(r.URL.RawQuery, "lang=") {
		return ""
	}
	return knownLanguage(r.URL.Query().Get("lang"))
}

func knownLanguage(code string) models.Language {
	if l := models.Language(code); l == models.Polish || l == models.English {
		return l
	}
	return ""
}

// requestLanguage is the language of the answer: for programs what Accept-Language says; for pages the one in the address or
// the one that was chosen on an earlier page before that.
func requestLanguage(r *http.Request) models.Language {
	if !isPublic(r.URL.Path) {
		if asked := LanguageAsked(r); asked != "" {
			return asked
		}
		if len(r.Header["Cookie"]) > 0 {
			if chosen, err := r.Cookie(LanguageCookie); err == nil && knownLanguage(chosen.Value) != "" {
				return models.Language(chosen.Value)
			}
		}
	}
	return MatchLanguage(r.Header.Get("Accept-Language"))
}

var languageMatcher = language.NewMatcher([]language.Tag{language.Polish, language.English})

// languages remembers the headers browsers send: there are few, and reading one takes longer than all else that is done
// with a request.
var (
	languages     sync.Map
	languageCount atomic.Int32
)

// MatchLanguage picks the language for an Accept-Language header: Polish unless English fits better.
func MatchLanguage(acceptLanguage string) models.Language {
	if acceptLanguage == "" {
		return models.Polish
	}
	if known, ok := languages.Load(acceptLanguage); ok {
		return known.(models.Language)
	}
	matched := matchLanguage(acceptLanguage)
	if len(acceptLanguage) <= 128 && languageCount.Load() < 1000 {
		languageCount.Add(1)
		languages.Store(strings.Clone(acceptLanguage), matched)
	}
	return matched
}

func matchLanguage(acceptLanguage string) models.Language {
	tags, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil || len(tags) == 0 {
		return models.Polish
	}
	if _, i, confidence := languageMatcher.Match(tags...); i == 1 && confidence > language.No {
		return models.English
	}
	return models.Polish
}
