package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"wolnica/models/store/dataset"
)

// A change is one place renamed, with the tile on which that is to be seen.
type change struct {
	id   int
	name string // before
	tile request
}

// changer renames places in the database, beside the server, and names them as before at the end.
type changer struct {
	conn    *pgx.Conn
	d       *dataset.Dataset
	random  *rand.Rand
	renamed map[int]string
	serial  int
}

func newChanger(ctx context.Context, url string, d *dataset.Dataset) (*changer, error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return nil, err
	}
	return &changer{conn: conn, d: d, random: rand.New(rand.NewPCG(5, 5)), renamed: map[int]string{}}, nil
}

// rename commits one change and gives the text to look for.
func (c *changer) rename(ctx context.Context) (string, change, error) {
	id := 1 + c.random.IntN(c.d.Places)
	if id%21 == 0 { // a polygon's middle may be off its tile
		id--
	}
	id = max(id, 1)
	c.serial++
	name := fmt.Sprintf("Zmiana %d.%06d", time.Now().UnixNano(), c.serial)
	var before string
	if err := c.conn.QueryRow(ctx, `UPDATE places SET name_pl = $1 FROM (SELECT id, name_pl FROM places WHERE id = $2 FOR UPDATE) o
		WHERE places.id = o.id RETURNING o.name_pl`, name, id).Scan(&before); err != nil {
		return "", change{}, fmt.Errorf("change place %d: %w", id, err)
	}
	if _, again := c.renamed[id]; !again {
		c.renamed[id] = before
	}
	lon, lat := c.d.Position(id)
	return name, change{id: id, name: name, tile: get("/tiles/" + tileOf(lon, lat, 19).String() + "?lang=pl")}, nil
}

// close gives the places their names back.
func (c *changer) close(ctx context.Context) error {
	var ids []int
	var names []string
	for id, name := range c.renamed {
		ids, names = append(ids, id), append(names, name)
	}
	_, err := c.conn.Exec(ctx, `UPDATE places p SET name_pl = o.name FROM unnest($1::bigint[], $2::text[]) AS o (id, name) WHERE p.id = o.id`, ids, names)
	return errors.Join(err, c.conn.Close(ctx))
}

// shown waits until the text is on the tile.
func shown(ctx context.Context, c *connection, r request, text string) error {
	deadline := time.Now().Add(10 * time.Second)
	for {
		a, err := c.do(r, true)
		if err != nil {
			return err
		}
		if a.status != 200 && a.status != 204 {
			return fmt.Errorf("%s: status %d", r.target(), a.status)
		}
		body, err := a.text()
		if err != nil {
			return err
		}
		if bytes.Contains(body, []byte(text)) {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%s: a change was not there after 10 s", r.target())
		}
		time.Sleep(time.Millisecond)
	}
}

// measureChanges commits n changes one after the other and gives how long after its commit each was on its tile. Half of
// the tiles have been asked for before, so that a cache would hold them.
func measureChanges(ctx context.Context, s *server, url string, d *dataset.Dataset, n int) (_ latencies, err error) {
	ch, err := newChanger(ctx, url, d)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, ch.close(ctx)) }()
	c, err := dial(ctx, s.Address)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	var took latencies
	for range n {
		name, made, err := ch.rename(ctx)
		if err != nil {
			return nil, err
		}
		committed := time.Now()
		if err := shown(ctx, c, made.tile, name); err != nil {
			return nil, err
		}
		took = append(took, time.Since(committed))
		time.Sleep(time.Duration(ch.random.IntN(30)) * time.Millisecond)
	}
	slices.Sort(took)
	return took, nil
}

// measureChangeCost gives the server's processor time a change: n are committed at a steady pace, and only the last is
// looked for.
func measureChangeCost(ctx context.Context, s *server, url string, d *dataset.Dataset, n int) (_ time.Duration, err error) {
	ch, err := newChanger(ctx, url, d)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, ch.close(ctx)) }()
	c, err := dial(ctx, s.Address)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	before, err := s.processorTime(ctx)
	if err != nil {
		return 0, err
	}
	var name string
	var made change
	for range n {
		if name, made, err = ch.rename(ctx); err != nil {
			return 0, err
		}
		time.Sleep(10 * time.Millisecond)
	}
	if err := shown(ctx, c, made.tile, name); err != nil {
		return 0, err
	}
	after, err := s.processorTime(ctx)
	return (after - before) / time.Duration(n), err
}

// whileChanging sends requests at 8 connections while places are changed: one every 20 ms, and 10,000 in one commit in
// the middle.
func whileChanging(ctx context.Context, s *server, url string, d *dataset.Dataset, requests []request, duration time.Duration) (_ load, err error) {
	ch, err := newChanger(ctx, url, d)
	if err != nil {
		return load{}, err
	}
	defer func() { err = errors.Join(err, ch.close(ctx)) }()
	changing, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() {
		began, large := time.Now(), false
		for changing.Err() == nil {
			if _, _, err := ch.rename(ctx); err != nil {
				ended <- err
				return
			}
			if !large && time.Since(began) > duration/3 {
				large = true
				if _, err := ch.conn.Exec(ctx, `UPDATE places SET street = street WHERE id % 100 = 1 AND id <= 1000000`); err != nil {
					ended <- err
					return
				}
			}
			time.Sleep(20 * time.Millisecond)
		}
		ended <- nil
	}()
	l, err := send(ctx, s, s.Address, requests, 8, duration)
	stop()
	return l, errors.Join(err, <-ended)
}
