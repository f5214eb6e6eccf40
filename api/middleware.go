package api

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"wolnica/models"
)

// Settings are what the server is run with. The zero value serves, without trusted proxies and without a timeout.
type Settings struct {
	// Logger is slog.Default() when nil.
	Logger *slog.Logger
	// Timeout bounds the work on one request; a route may have its own.
	Timeout time.Duration
	// TrustedProxies are addresses and CIDR ranges whose X-Forwarded-For is believed; none by default.
	TrustedProxies []string
	// TrustedOrigins are origins ("https://example.org") that may send unsafe requests with cookies from a browser.
	TrustedOrigins []string
	// Version and Revision are shown by the wolnica_build_info metric.
	Version, Revision string
	// Ready says whether requests can be served (the database answers); nil is always ready.
	Ready func(ctx context.Context) error
	// Metrics counts requests when not nil and is served at /metrics.
	Metrics *Metrics
	// PublicURL is the address people use, without a slash at the end; see BaseURL. "" goes by the request.
	PublicURL string
	// Gates bound the work under way; nil bounds nothing.
	Gates *Gates
	// ClientRate is how many reads a second one address may make on average, and ten times as many at once; 0 is no limit. It
	// is there for the script that has run wild, not to share the server out: behind one address may be a city hall where
	// a hundred people open a map of sixty tiles at nine o'clock.
	ClientRate float64
	// ProblemPage writes a problem as HTML, for a browser that asks for a page; nil leaves every problem JSON.
	ProblemPage func(c *gin.Context, p Problem) ([]byte, error)
	// Before are handlers between the framework's and the route's, such as the one that finds the signed-in user.
	Before []gin.HandlerFunc
}

// NewEngine returns an engine with the middleware every request passes, /healthz, /readyz and, with metrics, /metrics.
// Unknown addresses, wrong methods and panics are answered with problems.
func NewEngine(settings Settings) (*gin.Engine, error) {
	gin.SetMode(gin.ReleaseMode)
	if settings.Logger == nil {
		settings.Logger = slog.Default()
	}
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	engine.RedirectTrailingSlash = false
	engine.ContextWithFallback = false
	if err := engine.SetTrustedProxies(settings.TrustedProxies); err != nil {
		return nil, fmt.Errorf("trusted proxies: %w", err)
	}
	crossOrigin, err := refuseCrossOrigin(settings.TrustedOrigins)
	if err != nil {
		return nil, err
	}
	if settings.PublicURL != "" && !validPublicURL(settings.PublicURL) {
		return nil, fmt.Errorf("public address %q: want one such as https://example.org, without a slash at the end", settings.PublicURL)
	}
	proxies := newProxies(settings.TrustedProxies)
	engine.Use(identify(settings, proxies), logAccess)
	if settings.Metrics != nil {
		settings.Metrics.describeBuild(settings.Version, settings.Revision)
		if settings.Gates != nil {
			settings.Metrics.Registry.MustRegister(settings.Gates)
		}
		engine.Use(settings.Metrics.count)
	}
	engine.Use(compress, recoverPanic, secureHeaders, shareReads, crossOrigin, checkHost)
	Get(engine, "/healthz", func(c *gin.Context) { plain(c, http.StatusOK, "ok\n") })
	Get(engine, "/readyz", func(c *gin.Context) { answerReady(c, settings) })
	if settings.Metrics != nil {
		Get(engine, "/metrics", gin.WrapH(settings.Metrics.Endpoint()))
	}
	if settings.ClientRate > 0 {
		engine.Use(limitClients(settings.ClientRate, proxies))
	}
	engine.Use(settings.Before...)
	engine.NoRoute(func(c *gin.Context) {
		Fail(c, models.NewError(models.CodeNotFound, "Pod tym adresem nic nie ma.", "There is nothing at this address."))
	})
	engine.NoMethod(answerMethod)
	return engine, nil
}

// Get registers what is read at an address: GET, and HEAD, which net/http makes of the same answer.
func Get(engine gin.IRoutes, path string, handlers ...gin.HandlerFunc) {
	engine.GET(path, handlers...)
	engine.HEAD(path, handlers...)
}

// NewServer returns an HTTP server with time and size limits that do not cut off an import or an export.
func NewServer(addr string, handler http.Handler) *http.Server {
	return &http.Server{
		Addr: addr, Handler: handler,
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 10 * time.Minute,
		WriteTimeout: 30 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
}

func plain(c *gin.Context, status int, text string) {
	c.Header("Cache-Control", "no-store")
	c.String(status, text)
}

func answerReady(c *gin.Context, settings Settings) {
	if settings.Ready != nil {
		ctx, cancel := context.WithTimeout(c.Request.Context(), 5*time.Second)
		defer cancel()
		if err := settings.Ready(ctx); err != nil {
			unready := models.NewError(models.CodeUnavailable, "Serwer nie jest gotowy.", "The server is not ready.")
			unready.Err = err
			Fail(c, unready)
			return
		}
	}
	plain(c, http.StatusOK, "ready\n")
}

// identify gives the request its id (the proxy's, when that is a UUID) and language.
func identify(settings Settings, proxies proxies) gin.HandlerFunc {
	return func(c *gin.Context) {
		given := c.GetHeader("X-Request-ID")
		var id uuid.UUID
		var err error
		if given != "" {
			id, err = uuid.Parse(given)
		}
		if given == "" || err != nil {
			id = randomID()
		}
		req := &request{id: id.String(), language: requestLanguage(c.Request), logger: settings.Logger,
			http: c.Request, public: settings.PublicURL, proxies: proxies, problemPage: settings.ProblemPage}
		c.Writer.Header()["X-Request-Id"] = []string{req.id}
		c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), requestKey, req))
		c.Next()
	}
}

// randomID is a random UUID (version 4). It names a request and guards nothing, so it need not come from the system.
func randomID() (id uuid.UUID) {
	binary.LittleEndian.PutUint64(id[:8], rand.Uint64())
	binary.LittleEndian.PutUint64(id[8:], rand.Uint64())
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id
}

// checkHost refuses a Host that is none: it ends up in links.
func checkHost(c *gin.Context) {
	if !validHost(c.Request.Host) {
		Fail(c, models.NewError(models.CodeMalformed, "Nagłówek Host nie jest nazwą serwera.", "The Host header is not the name of a server."))
		return
	}
	c.Next()
}

// logAccess writes one line per request. It leaves out the query, headers and the client's address, which may hold
// secrets and personal data.
func logAccess(c *gin.Context) {
	start := time.Now()
	req := requestFrom(c.Request.Context())
	defer func() {
		// The handler itself, as the logger would find out for every line where in the source it was written.
		ctx, handler := context.Background(), req.logger.Handler()
		if !handler.Enabled(ctx, slog.LevelInfo) {
			return
		}
		now := time.Now()
		line := slog.NewRecord(now, slog.LevelInfo, "request", 0)
		line.AddAttrs(slog.String("request_id", req.id), slog.String("method", c.Request.Method), slog.String("path", c.Request.URL.Path),
			slog.String("route", c.FullPath()), slog.Int("status", c.Writer.Status()), slog.Int("bytes", max(c.Writer.Size(), 0)),
			slog.Duration("duration", now.Sub(start)))
		_ = handler.Handle(ctx, line) // as a logger does
	}()
	c.Next()
}

// recoverPanic answers 500 after a panic and logs the stack. A handler that cuts the connection on purpose is let through.
func recoverPanic(c *gin.Context) {
	defer func() {
		cause := recover()
		if cause == nil {
			return
		}
		if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			c.Abort()
			panic(http.ErrAbortHandler)
		}
		req := requestFrom(c.Request.Context())
		req.logger.LogAttrs(c.Request.Context(), slog.LevelError, "panic",
			slog.String("request_id", req.id), slog.String("stack", string(debug.Stack())))
		Fail(c, fmt.Errorf("panic: %v", cause))
	}()
	c.Next()
}

func secureHeaders(c *gin.Context) {
	h := c.Writer.Header()
	h["Content-Security-Policy"], h["X-Content-Type-Options"] = noContent, noSniffing
	h["Referrer-Policy"], h["Cross-Origin-Opener-Policy"] = noReferrer, sameOrigin
	c.Next()
}

// Shared between requests and never written to.
var (
	noContent  = []string{"default-src 'none'; frame-ancestors 'none'"}
	noSniffing = []string{"nosniff"}
	noReferrer = []string{"no-referrer"}
	sameOrigin = []string{"same-origin"}
)

// refuseCrossOrigin stops other sites from acting with a visitor's cookies, or from signing one in. A request that proves
// itself with a token alone cannot be forged by a site, so it passes.
func refuseCrossOrigin(trusted []string) (gin.HandlerFunc, error) {
	protection := http.NewCrossOriginProtection()
	for _, origin := range trusted {
		if err := protection.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("trusted origin %q: %w", origin, err)
		}
	}
	return func(c *gin.Context) {
		withToken := c.GetHeader("Cookie") == "" && strings.HasPrefix(c.GetHeader("Authorization"), "Bearer ")
		if !withToken && protection.Check(c.Request) != nil {
			Fail(c, models.NewError(models.CodeForbidden, "Żądanie przyszło z innej witryny.", "The request came from another site."))
			return
		}
		c.Next()
	}, nil
}
