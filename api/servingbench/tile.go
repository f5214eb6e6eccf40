package main

import (
	"context"
	"fmt"
	"io"
	"time"
)

// A zoomLoad is what came of asking for one zoom's tiles under one filter.
type zoomLoad struct {
	zoom, tiles   int
	alone         load // one connection
	together      load // eight
	mean, largest int  // bytes as sent
	err           error
}

// measureTiles asks for the tile set under a filter.
func measureTiles(ctx context.Context, s *server, lists [][]tile, filter string, duration time.Duration) []zoomLoad {
	var all []zoomLoad
	for i, list := range lists {
		z := zoomLoad{zoom: tileSet[i].zoom, tiles: len(list)}
		z.err = func() error {
			requests := tileRequests(list, filter)
			var err error
			if z.mean, z.largest, err = sizes(ctx, s.Address, requests); err != nil {
				return err
			}
			if z.alone, err = send(ctx, s, s.Address, requests, 1, duration); err != nil {
				return err
			}
			z.together, err = send(ctx, s, s.Address, requests, 8, duration)
			return err
		}()
		all = append(all, z)
	}
	return all
}

// sizes asks once for everything, which also warms the server up, and gives the mean and the largest body as sent.
func sizes(ctx context.Context, address string, requests []request) (mean, largest int, err error) {
	c, err := dial(ctx, address)
	if err != nil {
		return 0, 0, err
	}
	defer c.Close()
	sum := 0
	for _, r := range requests {
		a, err := c.do(r, false)
		switch {
		case err != nil:
			return 0, 0, err
		case a.status != 200 && a.status != 204:
			return 0, 0, fmt.Errorf("%s: status %d", r.target(), a.status)
		case a.status == 200 && !a.gzip && a.size > 1400:
			return 0, 0, fmt.Errorf("%s: %d bytes without gzip", r.target(), a.size)
		}
		sum += a.size
		largest = max(largest, a.size)
	}
	return sum / len(requests), largest, nil
}

// failedTiles is the first failure of a tile run.
func failedTiles(all []zoomLoad) error {
	for _, z := range all {
		if z.err != nil {
			return z.err
		}
	}
	return nil
}

// tileSetRate is the requests a second at 8 connections over the whole set.
func tileSetRate(all []zoomLoad) float64 {
	var rates []float64
	for _, z := range all {
		rates = append(rates, z.together.rate)
	}
	return setRate(rates)
}

// worst is the slowest quantile over zooms from least to most, in milliseconds.
func worst(all []zoomLoad, least, most int, quantile func(zoomLoad) time.Duration) float64 {
	slowest := time.Duration(0)
	for _, z := range all {
		if z.zoom >= least && z.zoom <= most {
			slowest = max(slowest, quantile(z))
		}
	}
	return milliseconds(slowest)
}

func p95Alone(z zoomLoad) time.Duration    { return z.alone.at(0.95) }
func p99Together(z zoomLoad) time.Duration { return z.together.at(0.99) }

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

const loadHeader = "%-30s %6s | %7s %7s %7s | %7s %7s %7s %8s | %7s %7s | %7s %7s\n"

func printLoadHeader(w io.Writer) {
	fmt.Fprintf(w, loadHeader, "", "", "1 conn.", "ms", "", "8 conn.", "ms", "", "", "KB", "", "µs CPU", "")
	fmt.Fprintf(w, loadHeader, "", "asked", "p50", "p95", "p99", "p50", "p95", "p99", "req/s", "mean", "max", "server", "client")
}

func printLoad(w io.Writer, name string, asked int, alone, together load, mean, largest int) {
	ms := func(l load, q float64) string { return fmt.Sprintf("%.2f", milliseconds(l.at(q))) }
	fmt.Fprintf(w, loadHeader, name, fmt.Sprint(asked), ms(alone, 0.5), ms(alone, 0.95), ms(alone, 0.99),
		ms(together, 0.5), ms(together, 0.95), ms(together, 0.99), fmt.Sprintf("%.0f", together.rate),
		fmt.Sprintf("%.1f", float64(mean)/1000), fmt.Sprintf("%.1f", float64(largest)/1000),
		fmt.Sprintf("%.0f", together.perRequest(together.server)), fmt.Sprintf("%.0f", together.perRequest(together.client)))
}

func printTiles(w io.Writer, name string, all []zoomLoad) {
	for _, z := range all {
		if z.err != nil {
			fmt.Fprintf(w, "%-30s not measured: %v\n", fmt.Sprintf("%s, z%d", name, z.zoom), z.err)
			break
		}
		printLoad(w, fmt.Sprintf("%s, z%d", name, z.zoom), z.tiles, z.alone, z.together, z.mean, z.largest)
	}
	if failedTiles(all) == nil {
		fmt.Fprintf(w, "%-30s SET %.0f req/s\n", name, tileSetRate(all))
	}
}
