package server

import (
	"cmp"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/api/ogc"
	"wolnica/api/pdf"
	"wolnica/api/report"
	"wolnica/api/site"
	"wolnica/api/tiles"
	"wolnica/api/ui"
	v1 "wolnica/api/v1"
	"wolnica/geo/mvt"
	"wolnica/geo/pmtiles"
	"wolnica/models"
	"wolnica/models/job"
	"wolnica/models/mapdata"
	"wolnica/models/media"
	"wolnica/models/store"
)

// Config is what the server works with.
type Config struct {
	Store *store.Store
	Files *media.Store
	// Jobs runs the imports that are uploaded; whoever runs the server runs it too.
	Jobs *job.Runner
	Auth auth.Config
	// UI are the files of the built map; nil is what the binary was built with.
	UI fs.FS
	// Basemap is the file of map tiles given with the program, Online a map style of another server; nil is none.
	Basemap *pmtiles.File
	Online  *ui.Online
	// Ground is the schematic ground of the front page's map; it may be empty.
	Ground []site.Ground
	// Map is the registry as the map shows it; without it there are no tiles and no lists beside the map. Whoever runs the
	// server keeps it current.
	Map *mapdata.Data
	// TileCache bounds the cache of encoded tiles in bytes; 0 means DefaultTileCache, less than 0 none.
	TileCache int
	// Features keeps the texts of the OGC API's features; its Forget has to be that of the map's configuration. Without it, or
	// without the map, they are read anew for each answer.
	Features *ogc.Cache
	// Docs keep the texts of the documentation, for several servers with the same routes; nil makes them anew.
	Docs *api.Docs
	// PDF prints reports; nil is a printer that takes the Chromium it finds.
	PDF *pdf.Printer
	// Temp is where exports that need a file on the way make it; "" is the system's folder.
	Temp           string
	Log            *slog.Logger
	TrustedProxies []string
	TrustedOrigins []string
	// PublicURL, Gates and ClientRate are those of api.Settings.
	PublicURL  string
	Gates      *api.Gates
	ClientRate float64
	// Version and Revision are those of the program.
	Version, Revision string
	// Timeout bounds the work on one request; 0 means 30 s.
	Timeout time.Duration
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// DefaultTileCache is the memory for encoded tiles when nothing else is said.
const DefaultTileCache = 64 << 20

// New returns the handler of every address the program answers. It fails only when the table of routes is wrong.
func New(cfg Config) (http.Handler, error) {
	if cfg.Timeout == 0 {
		cfg.Timeout = 30 * time.Second
	}
	if cfg.PDF == nil {
		cfg.PDF = pdf.New(pdf.Config{}) // one for all, for it bounds the browsers
	}
	cfg.Auth.TrustedProxies, cfg.Auth.Now = cfg.TrustedProxies, cfg.Now
	metrics := api.NewMetrics()
	metrics.Registry.MustRegister(databaseMetrics{cfg.Store})
	settings := api.Settings{
		Logger: cfg.Log, Timeout: cfg.Timeout, TrustedProxies: cfg.TrustedProxies, TrustedOrigins: cfg.TrustedOrigins,
		Version: cfg.Version, Revision: cfg.Revision, Ready: cfg.Store.Ready, Metrics: metrics,
		PublicURL: cfg.PublicURL, Gates: cfg.Gates, ClientRate: cfg.ClientRate,
		Before: []gin.HandlerFunc{auth.Middleware(cfg.Store, cfg.Auth)},
	}
	accounts, err := auth.New(cfg.Store, cfg.Auth)
	if err != nil {
		return nil, fmt.Errorf("set signing in up: %w", err)
	}
	mapUI, err := ui.New(ui.Config{Files: cfg.UI, Basemap: cfg.Basemap, Online: cfg.Online})
	if err != nil {
		return nil, fmt.Errorf("set the map up: %w", err)
	}
	pages, err := site.New(site.Config{Store: cfg.Store, Map: cfg.Map, UI: mapUI, Version: cfg.Version, Accounts: accounts, Ground: cfg.Ground, Gates: cfg.Gates, Timeout: cfg.Timeout, Now: cfg.Now})
	if err != nil {
		return nil, fmt.Errorf("set the pages up: %w", err)
	}
	settings.ProblemPage = pages.Problem
	engine, err := api.NewEngine(settings)
	if err != nil {
		return nil, fmt.Errorf("set the server up: %w", err)
	}
	routes := documentedRoutes(cfg, accounts)
	if err := api.Mount(engine, routes, settings); err != nil {
		return nil, fmt.Errorf("set the routes up: %w", err)
	}
	if err := cmp.Or(cfg.Docs, &api.Docs{}).Mount(engine, routes, info(cfg.Version)); err != nil {
		return nil, fmt.Errorf("document the routes: %w", err)
	}
	mapUI.Mount(engine)
	pages.Mount(engine)
	reports, err := report.New(report.Config{Store: cfg.Store, Gates: cfg.Gates, PDF: cfg.PDF, Timeout: cfg.Timeout, Now: cfg.Now})
	if err != nil {
		return nil, err
	}
	reports.Mount(engine)
	gisConfig := ogc.Config{Store: cfg.Store, Gates: cfg.Gates, Timeout: cfg.Timeout, Version: cfg.Version, Now: cfg.Now}
	if cfg.Map != nil {
		gisConfig.Finder, gisConfig.Cache = cfg.Map, cfg.Features
	}
	gis, err := ogc.New(gisConfig)
	if err != nil {
		return nil, err
	}
	gis.Mount(engine)
	return engine, nil
}

// documentedRoutes is the table that the OpenAPI document describes.
func documentedRoutes(cfg Config, accounts *auth.Accounts) []api.Route {
	routes := slices.Concat(
		accounts.Routes(),
		v1.Routes(v1.Deps{Store: cfg.Store, Files: cfg.Files, Jobs: cfg.Jobs, Map: cfg.Map, PDF: cfg.PDF, Temp: cfg.Temp, Now: cfg.Now}),
	)
	if cfg.Map != nil {
		routes = append(routes, tiles.Routes(tiles.Config{Data: cfg.Map, Ground: tileGround(cfg.Ground), CacheBytes: cmp.Or(cfg.TileCache, DefaultTileCache), Gates: cfg.Gates})...)
	}
	return routes
}

// apiVersion is the version that OpenAPI gives the document: that of the addresses, /api/v1.
const apiVersion = "1"

// OpenAPI is the OpenAPI 3.1 document of a server with a map, as it is served at /api/v1/openapi.json but for the version:
// that of the API instead of the program's, so that the same API always gives the same bytes. It needs no database.
func OpenAPI(lang models.Language) ([]byte, error) {
	accounts, err := auth.New(nil, auth.Config{})
	if err != nil {
		return nil, fmt.Errorf("set signing in up: %w", err)
	}
	// The table is only read: no route of it is ever served.
	return api.OpenAPI(documentedRoutes(Config{Map: new(mapdata.Data)}, accounts), info(apiVersion), lang)
}

// tileGround is the schematic ground as tiles draw it.
func tileGround(ground []site.Ground) []tiles.Ground {
	var out []tiles.Ground
	for _, g := range ground {
		if shape, ok := mvt.ShapeOf(g.Geom); ok {
			out = append(out, tiles.Ground{Kind: g.Kind, Name: g.Name, Ref: g.Ref, Shape: shape})
		}
	}
	return out
}

func info(version string) api.Info {
	tag := func(name, pl, en string) api.TagInfo {
		return api.TagInfo{Name: name, Title: models.Text{PL: pl, EN: en}}
	}
	return api.Info{
		Title: models.Text{PL: "Wolnica: API rejestru", EN: "Wolnica: the registry API"},
		Description: models.Text{
			PL: "Otwarty rejestr infrastruktury czasu wolnego, zabytków i produktów turystycznych metropolii. Bez logowania widać to, co opublikowane i publiczne.",
			EN: "The open registry of a metropolis's leisure infrastructure, heritage sites and tourist products. Without signing in you see what is published and public."},
		Version: version, SessionCookie: auth.CookieName,
		Tags: []api.TagInfo{
			tag("map", "Mapa", "Map"), tag("places", "Miejsca", "Places"), tag("protections", "Ochrona zabytków", "Protection ledger"), tag("inspections", "Przeglądy stanu", "Inspections"),
			tag("access-facts", "Dostępność", "Accessibility facts"), tag("access", "Dostępność: tabele, planowanie, teren", "Accessibility: tables, planning, surveys"), tag("external-ids", "Identyfikatory zewnętrzne", "External ids"), tag("media", "Pliki", "Files"),
			tag("products", "Produkty turystyczne", "Tourist products"), tag("imports", "Importy", "Imports"), tag("reports", "Zgłoszenia zmian", "Reports of changes"), tag("views", "Zapisane widoki", "Saved views"), tag("municipalities", "Gminy", "Municipalities"),
			tag("vocabularies", "Słowniki", "Vocabularies"), tag("auth", "Logowanie i klucze", "Signing in and keys"), tag("users", "Użytkownicy", "Users"),
		},
	}
}
