package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// A request is a whole GET request as it goes over the wire.
type request []byte

func get(target string, headers ...string) request {
	r := request("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n")
	for _, h := range headers {
		r = append(append(r, h...), "\r\n"...)
	}
	return append(r, "\r\n"...)
}

func (r request) target() string {
	_, rest, _ := bytes.Cut(r, []byte(" "))
	target, _, _ := bytes.Cut(rest, []byte(" "))
	return string(target)
}

// An answer is what a response's head says; body is set only where it was asked for.
type answer struct {
	status int
	size   int // of the body as sent
	gzip   bool
	etag   string
	body   []byte
}

// text is the body unpacked.
func (a answer) text() ([]byte, error) {
	if !a.gzip {
		return a.body, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(a.body))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// connection speaks as much HTTP/1.1 as a server of Go's needs, and allocates nothing for a request.
type connection struct {
	net.Conn
	r *bufio.Reader
}

func dial(ctx context.Context, address string) (*connection, error) {
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	return &connection{c, bufio.NewReaderSize(c, 64<<10)}, nil
}

func (c *connection) do(r request, keepBody bool) (answer, error) {
	var a answer
	if _, err := c.Write(r); err != nil {
		return a, err
	}
	line, err := c.r.ReadSlice('\n')
	if err != nil {
		return a, err
	}
	if len(line) < 12 || !bytes.HasPrefix(line, []byte("HTTP/1.1 ")) {
		return a, fmt.Errorf("not an HTTP/1.1 answer: %q", line)
	}
	a.status = int(line[9]-'0')*100 + int(line[10]-'0')*10 + int(line[11]-'0')
	length, chunked := 0, false
	for {
		line, err := c.r.ReadSlice('\n')
		if err != nil {
			return a, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		// The server writes canonical names.
		switch name, value, _ := bytes.Cut(line, []byte(": ")); string(name) {
		case "Content-Length":
			if length, err = strconv.Atoi(string(value)); err != nil {
				return a, err
			}
		case "Transfer-Encoding":
			chunked = string(value) == "chunked"
		case "Content-Encoding":
			a.gzip = string(value) == "gzip"
		case "Etag":
			if keepBody {
				a.etag = string(value)
			}
		}
	}
	if a.status == 204 || a.status == 304 {
		return a, nil
	}
	if !chunked {
		return a, c.body(&a, length, keepBody)
	}
	for {
		line, err := c.r.ReadSlice('\n')
		if err != nil {
			return a, err
		}
		n, err := strconv.ParseUint(string(bytes.TrimRight(line, "\r\n")), 16, 31)
		if err != nil {
			return a, err
		}
		if err := c.body(&a, int(n), keepBody); err != nil {
			return a, err
		}
		if _, err := c.r.Discard(2); err != nil {
			return a, err
		}
		if n == 0 {
			return a, nil
		}
	}
}

func (c *connection) body(a *answer, n int, keep bool) error {
	a.size += n
	if !keep {
		_, err := c.r.Discard(n)
		return err
	}
	from := len(a.body)
	a.body = append(a.body, make([]byte, n)...)
	_, err := io.ReadFull(c.r, a.body[from:])
	return err
}

// latencies are sorted.
type latencies []time.Duration

func (l latencies) at(q float64) time.Duration {
	if len(l) == 0 {
		return 0
	}
	return l[int(q*float64(len(l)-1))]
}

// A load is what came of sending requests for a while.
type load struct {
	latencies
	rate       float64 // requests a second
	bytes      int64
	client     time.Duration // processor time of this program
	server     time.Duration // and of the server
	unexpected error         // the first answer that was neither 200, 204 nor 304
}

// perRequest is the microseconds of one request's share.
func (l load) perRequest(of time.Duration) float64 {
	return float64(of.Microseconds()) / float64(max(len(l.latencies), 1))
}

// send sends the requests over and over on so many connections, until the time is over and every request was sent once.
func send(ctx context.Context, s *server, address string, requests []request, connections int, duration time.Duration) (load, error) {
	var (
		next    atomic.Int64
		workers sync.WaitGroup
		mu      sync.Mutex
		sum     load
		failed  error
	)
	serverBefore, err := s.processorTime(ctx)
	if err != nil {
		return sum, err
	}
	clientBefore := ownProcessorTime()
	began := time.Now()
	deadline := began.Add(duration)
	for range connections {
		workers.Go(func() {
			var took latencies
			var size int64
			var unexpected error
			err := func() error {
				c, err := dial(ctx, address)
				if err != nil {
					return err
				}
				defer c.Close()
				for ctx.Err() == nil {
					i := int(next.Add(1)) - 1
					start := time.Now()
					if i >= len(requests) && start.After(deadline) {
						return nil
					}
					a, err := c.do(requests[i%len(requests)], false)
					if err != nil {
						return err
					}
					took = append(took, time.Since(start))
					size += int64(a.size)
					if unexpected == nil && a.status != 200 && a.status != 204 && a.status != 304 {
						unexpected = fmt.Errorf("%s: status %d", requests[i%len(requests)].target(), a.status)
					}
				}
				return ctx.Err()
			}()
			mu.Lock()
			defer mu.Unlock()
			sum.latencies = append(sum.latencies, took...)
			sum.bytes += size
			if failed == nil {
				failed = err
			}
			if sum.unexpected == nil {
				sum.unexpected = unexpected
			}
		})
	}
	workers.Wait()
	sum.rate = float64(len(sum.latencies)) / time.Since(began).Seconds()
	sum.client = ownProcessorTime() - clientBefore
	serverAfter, err := s.processorTime(ctx)
	if err != nil {
		return sum, err
	}
	sum.server = serverAfter - serverBefore
	slices.Sort(sum.latencies)
	if failed == nil {
		failed = sum.unexpected
	}
	return sum, failed
}

func ownProcessorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
