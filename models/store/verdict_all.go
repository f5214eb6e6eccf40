package store

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"wolnica/models"
	"wolnica/models/access"
)

const (
	// verdictRange is how many ids are read at once: their facts are held in memory.
	verdictRange = 10_000
	// verdictReaders bounds how many ranges are judged at once: others need processors and connections meanwhile.
	verdictReaders = 4
)

// judgeAll draws the verdicts of all places anew and tells how many places had anything to judge. Places are read and judged without
// a lock, and only those whose stored verdicts differ are judged once more under one, as after any change: nobody waits for the
// others, and what changed in between was judged by whoever changed it. Products are left to be judged afterwards.
func (s *Store) judgeAll(ctx context.Context, today models.Day) (int, error) {
	var last int64
	if err := s.pool.QueryRow(ctx, "SELECT coalesce(max(id), 0) FROM places").Scan(&last); err != nil {
		return 0, err
	}
	var judged, next atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	for range min(runtime.NumCPU(), verdictReaders) {
		group.Go(func() error {
			var j access.Judge
			for {
				after := next.Add(verdictRange) - verdictRange
				if after >= last {
					return nil
				}
				n, err := s.judgeRange(ctx, &j, after, after+verdictRange, today)
				if err != nil {
					return fmt.Errorf("places from %d: %w", after+1, err)
				}
				judged.Add(int64(n))
			}
		})
	}
	err := group.Wait()
	return int(judged.Load()), err
}

// judgeRange judges the places after one id up to another.
func (s *Store) judgeRange(ctx context.Context, j *access.Judge, after, last int64, today models.Day) (judged int, err error) {
	var stored []storedVerdicts
	var facts map[int64][]access.Fact
	// One snapshot, so that the facts are those by which the stored verdicts were drawn.
	snapshot := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err = pgx.BeginTxFunc(ctx, s.pool, snapshot, func(tx pgx.Tx) (err error) {
		if stored, err = readVerdicts(ctx, ofPgx(tx), "id > $1 AND id <= $2", after, last); err != nil {
			return err
		}
		facts, err = readFacts(ctx, ofPgx(tx), "place_id > $1 AND place_id <= $2", after, last)
		return err
	})
	if err != nil {
		return 0, err
	}
	var differ []int64
	for _, old := range stored {
		known := facts[old.id]
		if len(known) == 0 && old.verdicts == 0 && old.verified == 0 && old.until == nil {
			continue
		}
		judged++
		if !old.anew(j, known, today).same(old) {
			differ = append(differ, old.id)
		}
	}
	for chunk := range slices.Chunk(differ, verdictChunk) {
		if err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
			if err := bulk(ctx, tx); err != nil {
				return err
			}
			_, err := judgeChunk(ctx, ofPgx(tx), j, chunk, today)
			return err
		}); err != nil {
			return judged, err
		}
	}
	return judged, nil
}
