package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"runtime/pprof"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"wolnica/api"
	"wolnica/api/ogc"
	wolnica "wolnica/api/server"
	"wolnica/models/job"
	"wolnica/models/mapdata"
	"wolnica/models/media"
	"wolnica/models/store"
)

// loaded is what a server says of itself once it answers, as one line of JSON.
type loaded struct {
	// Address answers as the program does; Control tells of the process; Bare is Gin with one route and nothing else.
	Address, Control, Bare string
	// Seconds is how long the map index took to load.
	Seconds float64
	// HeapBefore and HeapAfter are bytes in use after a collection, without and with the index.
	HeapBefore, HeapAfter uint64
}

// A server is the program's HTTP side in a process of its own.
type server struct {
	loaded
	process *exec.Cmd
	stdin   io.Closer
}

// serverConfig says what the server runs with.
type serverConfig struct {
	Database string
	// TileCache is the tile cache's bound in bytes; 0 is none.
	TileCache int64
}

// start runs this program again as the server and waits until it has loaded.
func start(ctx context.Context, cfg serverConfig) (*server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s := &server{process: exec.CommandContext(ctx, self, "-server")}
	raw, err := json.Marshal(cfg)
	if err != nil {
		return nil, err
	}
	s.process.Env = append(os.Environ(), "SERVINGBENCH="+string(raw))
	s.process.Stderr = os.Stderr
	if s.stdin, err = s.process.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := s.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.process.Start(); err != nil {
		return nil, fmt.Errorf("start the server: %w", err)
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &s.loaded)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start the server: %w", err), s.stop())
	}
	return s, nil
}

func (s *server) stop() error {
	s.stdin.Close()
	return s.process.Wait()
}

// ask speaks to the control address.
func (s *server) ask(ctx context.Context, path string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.Control+path, nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: status %d", path, res.StatusCode)
	}
	return body, err
}

func (s *server) processorTime(ctx context.Context) (time.Duration, error) {
	body, err := s.ask(ctx, "/processor-time")
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(string(body), 10, 64)
	return time.Duration(n), err
}

// serve is the server's process: it answers until its standard input ends.
func serve() error {
	var cfg serverConfig
	if err := json.Unmarshal([]byte(os.Getenv("SERVINGBENCH")), &cfg); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s, err := store.Open(ctx, store.Config{URL: cfg.Database})
	if err != nil {
		return err
	}
	defer s.Close()
	temp, err := os.MkdirTemp("", "servingbench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)

	// The log is formatted and written like a real one, but nobody keeps it.
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer null.Close()
	log := slog.New(slog.NewTextHandler(null, nil))
	l := loaded{HeapBefore: heapInUse()}
	began := time.Now()
	features := ogc.NewCache(featureCache)
	world, err := mapdata.Open(ctx, mapdata.Config{Store: s, Log: log, Forget: features.Forget})
	if err != nil {
		return err
	}
	l.Seconds = time.Since(began).Seconds()
	l.HeapAfter = heapInUse()
	go world.Run(ctx)
	handler, err := program(s, world, features, temp, log, cfg)
	if err != nil {
		return err
	}

	for _, part := range []struct {
		address *string
		handler http.Handler
	}{{&l.Address, handler}, {&l.Control, control()}, {&l.Bare, bare()}} {
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		*part.address = listener.Addr().String()
		srv := api.NewServer(*part.address, part.handler)
		go func() { _ = srv.Serve(listener) }()
		defer srv.Close()
	}
	if err := json.NewEncoder(os.Stdout).Encode(l); err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
	return nil
}

// featureCache holds all features, as the peers' database held all of its in memory.
const featureCache = 2 << 30

// program is the handler of every address, as `wolnica serve` has it.
func program(s *store.Store, world *mapdata.Data, features *ogc.Cache, temp string, log *slog.Logger, cfg serverConfig) (http.Handler, error) {
	files, err := media.Open(temp)
	if err != nil {
		return nil, err
	}
	jobs, err := job.New(s, files, temp, log)
	if err != nil {
		return nil, err
	}
	cache := int(cfg.TileCache)
	if cache == 0 {
		cache = -1
	}
	return wolnica.New(wolnica.Config{Store: s, Files: files, Jobs: jobs, Map: world, Features: features, TileCache: cache, Temp: temp, Log: log, Version: "bench"})
}

// bare is Gin answering so many bytes: the speed that cached tiles are measured against.
func bare() http.Handler {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	var body atomic.Pointer[[]byte]
	engine.GET("/size/:n", func(c *gin.Context) {
		n, err := strconv.Atoi(c.Param("n"))
		if err != nil || n < 0 || n > 1<<20 {
			c.Status(http.StatusBadRequest)
			return
		}
		b := bytes.Repeat([]byte("x"), n)
		body.Store(&b)
	})
	engine.GET("/", func(c *gin.Context) {
		c.Data(http.StatusOK, "application/vnd.mapbox-vector-tile", *body.Load())
	})
	return engine
}

func control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/processor-time", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, int64(ownProcessorTime()))
	})
	mux.HandleFunc("/heap", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, heapInUse()) })
	var profile bytes.Buffer
	mux.HandleFunc("/profile/start", func(w http.ResponseWriter, _ *http.Request) {
		profile.Reset()
		if err := pprof.StartCPUProfile(&profile); err != nil {
			http.Error(w, err.Error(), http.StatusConflict)
		}
	})
	mux.HandleFunc("/profile/stop", func(w http.ResponseWriter, _ *http.Request) {
		pprof.StopCPUProfile()
		_, _ = w.Write(profile.Bytes())
	})
	return mux
}

// heapInUse collects twice, so that what finalizers and pools held is gone too.
func heapInUse() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
