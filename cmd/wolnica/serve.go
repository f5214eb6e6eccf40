package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
	"unicode"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/api/ogc"
	"wolnica/api/pdf"
	"wolnica/api/server"
	"wolnica/api/site"
	"wolnica/api/ui"
	"wolnica/cmd/wolnica/demo"
	"wolnica/geo"
	"wolnica/geo/pmtiles"
	"wolnica/models"
	"wolnica/models/job"
	"wolnica/models/mapdata"
	"wolnica/models/media"
	"wolnica/models/store"
	"wolnica/models/store/cluster"
)

const (
	// drainTime is how long requests under way may take after the program was told to stop.
	drainTime = 20 * time.Second
	// stopTime is how long the private database may take to shut down after that.
	stopTime = 30 * time.Second
)

type serveCommand struct {
	database
	Listen         string        `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Address to listen on; port 0 takes a free one." pl:"Adres nasłuchu; port 0 oznacza dowolny wolny."`
	Demo           bool          `help:"Load the demonstration data into an empty registry and make demonstration accounts." pl:"Wczytaj dane pokazowe do pustego rejestru i załóż konta pokazowe."`
	PublicURL      string        `name:"public-url" placeholder:"URL" help:"The address people use, when a proxy stands before the server." pl:"Adres, pod którym widzą serwer ludzie, gdy stoi przed nim proxy."`
	TrustedProxy   []string      `placeholder:"ADDRESS" help:"Address or CIDR range of a proxy whose X-Forwarded headers are believed; may be repeated." pl:"Adres lub zakres CIDR proxy, któremu wierzymy w nagłówki X-Forwarded; można powtórzyć."`
	MediaDir       string        `placeholder:"DIR" help:"Folder of uploaded files; DIR/media in the data folder when not given." pl:"Folder przesłanych plików; bez tej opcji DIR/media w folderze danych."`
	ReplicaURLs    string        `name:"database-replica-urls" env:"DATABASE_REPLICA_URLS" placeholder:"URLS" help:"Streaming replicas of the database that lists and exports are read from, separated by commas." pl:"Repliki strumieniowe bazy, z których czytane są listy i eksporty, oddzielone przecinkami."`
	ReplicaMaxLag  time.Duration `default:"2s" placeholder:"TIME" help:"How far behind the database a replica may be." pl:"O ile replika może być opóźniona względem bazy."`
	LogFormat      string        `enum:"text,json" default:"text" placeholder:"text|json" help:"Form of the log on standard error." pl:"Postać dziennika na standardowym wyjściu błędów."`
	ClientRate     float64       `default:"500" placeholder:"NUMBER" help:"Reads a second from one address on average, ten times as many at once; 0 is no limit." pl:"Odczyty na sekundę z jednego adresu średnio, na raz dziesięć razy tyle; 0 to bez limitu."`
	FeatureCache   int64         `default:"256" placeholder:"MIB" help:"Memory for the text of features that GIS programs ask for; 0 keeps none." pl:"Pamięć na teksty obiektów, o które pytają programy GIS; 0 nie trzyma żadnych."`
	Chromium       string        `placeholder:"PROGRAM" help:"Chromium that prints PDF reports, a path or a name; found by itself when not given." pl:"Chromium, który drukuje raporty PDF, ścieżka albo nazwa; bez tej opcji szukany samodzielnie."`
	Basemap        string        `placeholder:"FILE" help:"PMTiles file (version 3) the map draws its ground from; the schematic ground when not given." pl:"Plik PMTiles (wersja 3) z podkładem mapy; bez tej opcji podkład schematyczny."`
	OnlineStyle    string        `placeholder:"URL" help:"Map style of another server, offered to people who choose it; none when not given." pl:"Styl mapy z innego serwera, dla osób, które go wybiorą; bez tej opcji żaden."`
	OnlineCredit   string        `name:"online-attribution" default:"© OpenStreetMap" placeholder:"TEXT" help:"Whose map the online style is." pl:"Czyja jest mapa z innego serwera."`
	RequestTimeout time.Duration `default:"30s" placeholder:"TIME" help:"Longest work on one request." pl:"Najdłuższa praca nad jednym żądaniem."`
}

// Run serves until it is told to stop, and then lets requests under way finish before the database stops.
func (c serveCommand) Run(p *program) (err error) {
	log := c.log(p.stderr)
	slog.SetDefault(log)
	public, err := c.publicURL()
	if err != nil {
		return err
	}
	if c.ReplicaMaxLag <= 0 {
		return refusal("--replica-max-lag: oczekiwano czasu dłuższego od zera, na przykład 2s.", "--replica-max-lag: expected a time above zero, such as 2s.")
	}
	ground, err := c.mapGround()
	if err != nil {
		return err
	}
	defer ground.close()
	if isWorker() {
		return c.runAsWorker(p, public, ground, log)
	}
	address := c.DatabaseURL
	var gone <-chan struct{}
	if address == "" {
		private, err := cluster.Start(p.ctx, cluster.Config{Dir: c.Data, Log: log})
		if err != nil {
			return err
		}
		defer func() {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(p.ctx), stopTime)
			defer cancel()
			if e := private.Stop(ctx); err == nil {
				err = e
			}
		}()
		address, gone = private.URL(), private.Done()
	}
	listener, err := listen(p.ctx, c.Listen)
	if err != nil {
		return err
	}
	defer listener.Close()
	inherited, err := inheritable(listener.(*net.TCPListener))
	if err != nil {
		return fmt.Errorf("keep the listener for workers: %w", err)
	}
	defer inherited.Close()
	s, err := c.openStore(p.ctx, address, log)
	if err != nil {
		return err
	}
	closeStore := sync.OnceFunc(s.Close)
	defer closeStore()
	if c.Demo {
		if err := p.serveDemo(s); err != nil {
			return err
		}
	}
	world, features, err := c.openMap(p.ctx, s, log)
	if err != nil {
		return err
	}
	handler, jobs, err := c.handler(s, world, features, public, ground, log)
	if err != nil {
		return err
	}
	unfollow := follow(world)
	release := sync.OnceFunc(func() { unfollow(); closeStore() })
	defer release()
	// On a terminal a hangup ends the program, as it always did.
	again := make(chan os.Signal, 1)
	if !p.interactive {
		signal.Notify(again, syscall.SIGHUP)
		defer signal.Stop(again)
	}
	at := "http://" + reachable(listener.Addr())
	if public != nil {
		at = public.String()
	}
	if err := p.welcome(s, at, c.database); err != nil {
		return err
	}
	err = supervise(p.ctx, log, ownGeneration(listener, handler, jobs, release), again, gone,
		func() (*generation, error) { return startWorker(inherited, address) })
	if errors.Is(err, errDatabaseGone) {
		return models.NewError(models.CodeUnavailable,
			fmt.Sprintf("Prywatna baza danych niespodziewanie się zatrzymała; przyczynę zapisała w %s. Uruchom Wolnicę ponownie.", filepath.Join(c.Data, "postgres.log")),
			fmt.Sprintf("The private database stopped unexpectedly; it wrote the reason to %s. Start Wolnica again.", filepath.Join(c.Data, "postgres.log")))
	}
	return err
}

// runAsWorker serves on what the first process handed down; see restart.go.
func (c serveCommand) runAsWorker(p *program, public *url.URL, ground mapGround, log *slog.Logger) error {
	listener, err := workerListener()
	if err != nil {
		return err
	}
	defer listener.Close()
	s, err := c.openStore(p.ctx, c.DatabaseURL, log)
	if err != nil {
		return err
	}
	defer s.Close()
	world, features, err := c.openMap(p.ctx, s, log)
	if err != nil {
		return err
	}
	handler, jobs, err := c.handler(s, world, features, public, ground, log)
	if err != nil {
		return err
	}
	defer follow(world)()
	return runWorker(listener, handler, jobs)
}

func (c serveCommand) openStore(ctx context.Context, address string, log *slog.Logger) (*store.Store, error) {
	return openStore(ctx, store.Config{URL: address, ReplicaURLs: addresses(c.ReplicaURLs), ReplicaMaxLag: c.ReplicaMaxLag, Log: log})
}

// follow keeps the map current until the function it returns is called. Each generation follows for itself, to its last
// answer.
func follow(world *mapdata.Data) (unfollow func()) {
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { world.Run(ctx) })
	return func() {
		stop()
		running.Wait()
	}
}

func (c serveCommand) log(w io.Writer) *slog.Logger {
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, nil))
	}
	return slog.New(slog.NewTextHandler(w, nil))
}

func (c serveCommand) publicURL() (*url.URL, error) {
	if c.PublicURL == "" {
		return nil, nil
	}
	u, err := url.Parse(c.PublicURL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "" {
		return nil, refusal("--public-url: oczekiwano adresu takiego jak https://rejestr.example.pl, bez ścieżki.",
			"--public-url: expected an address such as https://registry.example.org, without a path.")
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
}

// mapGround is what the map is drawn on, beside the schematic ground that is always there.
type mapGround struct {
	file   *pmtiles.File
	online *ui.Online
}

func (g mapGround) close() {
	if g.file != nil {
		g.file.Close()
	}
}

// mapGround opens and checks what the flags name.
func (c serveCommand) mapGround() (g mapGround, err error) {
	if c.OnlineStyle != "" {
		if g.online, err = ui.OnlineStyle(c.OnlineStyle, c.OnlineCredit); err != nil {
			return g, flagged("--online-style", err)
		}
	}
	if c.Basemap != "" {
		if g.file, err = pmtiles.Open(c.Basemap); err != nil {
			return g, flagged("--basemap", err)
		}
	}
	return g, nil
}

// flagged names the flag whose value is wrong.
func flagged(flag string, err error) error {
	var shown *models.Error
	var shape *geo.Problem
	switch {
	case errors.As(err, &shown):
		return models.NewError(models.CodeInvalid, flag+": "+shown.Message.PL, flag+": "+shown.Message.EN)
	case errors.As(err, &shape):
		return models.NewError(models.CodeInvalid, flag+": "+shape.PL, flag+": "+shape.EN)
	case errors.Is(err, fs.ErrNotExist):
		return refusal("%s: nie ma takiego pliku.", "%s: there is no such file.", flag)
	case errors.Is(err, fs.ErrPermission):
		return refusal("%s: brak prawa do odczytu pliku.", "%s: no right to read the file.", flag)
	}
	return fmt.Errorf("%s: %w", flag, err)
}

// openMap loads the map, and makes the cache of features that its changes keep true; nil for none.
func (c serveCommand) openMap(ctx context.Context, s *store.Store, log *slog.Logger) (*mapdata.Data, *ogc.Cache, error) {
	cfg := mapdata.Config{Store: s, Log: log}
	var features *ogc.Cache
	if c.FeatureCache > 0 {
		features = ogc.NewCache(c.FeatureCache << 20)
		cfg.Forget = features.Forget
	}
	world, err := mapdata.Open(ctx, cfg)
	return world, features, err
}

// addresses takes a list apart at commas and white space.
func addresses(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
}

func (c serveCommand) handler(s *store.Store, world *mapdata.Data, features *ogc.Cache, public *url.URL, under mapGround, log *slog.Logger) (http.Handler, *job.Runner, error) {
	dir := c.MediaDir
	if dir == "" {
		dir = filepath.Join(c.Data, "media")
	}
	files, err := media.Open(dir)
	if err != nil {
		return nil, nil, err
	}
	jobs, err := job.New(s, files, filepath.Join(c.Data, "uploads"), log)
	if err != nil {
		return nil, nil, err
	}
	jobs.SolveBy(job.ProgrammeSolver{Cache: filepath.Join(c.Data, "solver")}.Solve)
	ground, err := schematicGround()
	if err != nil {
		return nil, nil, err
	}
	version, revision := build()
	cfg := server.Config{
		Store: s, Files: files, Jobs: jobs, Map: world, Features: features, Ground: ground, Log: log, TrustedProxies: c.TrustedProxy, Version: version, Revision: revision, Timeout: c.RequestTimeout,
		Auth:  auth.Config{TrustedProxies: c.TrustedProxy},
		PDF:   pdf.New(pdf.Config{Chromium: c.Chromium}),
		Gates: api.NewGates(api.DefaultBounds()), ClientRate: c.ClientRate, Basemap: under.file, Online: under.online,
	}
	if public != nil {
		cfg.PublicURL, cfg.TrustedOrigins = public.String(), []string{public.String()}
		cfg.Auth.Secure = public.Scheme == "https"
	}
	handler, err := server.New(cfg)
	return handler, jobs, err
}

// schematicGround is the demonstration data's rivers, forests and roads, as the front page draws them.
func schematicGround() ([]site.Ground, error) {
	data, err := demo.Load()
	if err != nil {
		return nil, err
	}
	ground := make([]site.Ground, 0, len(data.Ground))
	for _, g := range data.Ground {
		ground = append(ground, site.Ground{Kind: g.Kind, Name: models.Text{PL: g.NamePL, EN: g.NameEN}, Ref: g.Ref, Geom: g.Geom})
	}
	return ground, nil
}

func listen(ctx context.Context, address string) (net.Listener, error) {
	var cfg net.ListenConfig
	l, err := cfg.Listen(ctx, "tcp", address)
	var shown *models.Error
	switch {
	case err == nil:
		return l, nil
	case errors.Is(err, syscall.EADDRINUSE):
		shown = models.NewError(models.CodeUnavailable,
			fmt.Sprintf("Adres %s jest zajęty przez inny program. Zatrzymaj go albo podaj inny port, na przykład --listen 127.0.0.1:8081.", address),
			fmt.Sprintf("The address %s is taken by another program. Stop it, or name another port, such as --listen 127.0.0.1:8081.", address))
	case errors.Is(err, syscall.EACCES):
		shown = models.NewError(models.CodeUnavailable,
			fmt.Sprintf("System nie pozwala nasłuchiwać na %s. Porty poniżej 1024 wymagają uprawnień administratora.", address),
			fmt.Sprintf("The system does not let us listen on %s. Ports below 1024 need an administrator's rights.", address))
	default:
		shown = models.NewError(models.CodeInvalid,
			fmt.Sprintf("Nie można nasłuchiwać na %s. Podaj --listen jako HOST:PORT.", address),
			fmt.Sprintf("Cannot listen on %s. Give --listen as HOST:PORT.", address))
	}
	shown.Err = err
	return nil, shown
}

// reachable is a listener's address as a person on this machine can open it.
func reachable(a net.Addr) string {
	tcp, ok := a.(*net.TCPAddr)
	if !ok || !tcp.IP.IsUnspecified() {
		return a.String()
	}
	return fmt.Sprintf("localhost:%d", tcp.Port)
}

// welcome says where the registry is, and how to get the first user into a new one.
func (p *program) welcome(s *store.Store, at string, d database) error {
	p.print(models.Text{PL: "Wolnica działa: %s", EN: "Wolnica is running: %s"}, at)
	users, err := s.CountUsers(p.ctx)
	if err != nil {
		return err
	}
	if users > 0 {
		return nil
	}
	where := ""
	if d.DatabaseURL == "" {
		where = " --data " + d.Data
	}
	p.print(models.Text{
		PL: "Nie ma jeszcze użytkowników. Pierwszego administratora założysz poleceniem:\n  wolnica user add ADRES@E-MAIL --role admin%s",
		EN: "There are no users yet. Create the first administrator with:\n  wolnica user add E-MAIL@ADDRESS --role admin%s"}, where)
	return nil
}
