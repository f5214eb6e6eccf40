package store

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"

	"wolnica/models"
)

// An LSN is a position in the primary's write-ahead log. A server that has replayed the log up to a position shows every
// change that was committed before it; 0 is before everything.
type LSN int64

// String is the position as PostgreSQL writes it.
func (l LSN) String() string { return fmt.Sprintf("%X/%X", int64(l)>>32, int64(l)&math.MaxUint32) }

// unknownLSN stands for a change whose position could not be read: no replica is known to have it.
const unknownLSN = LSN(math.MaxInt64)

// committedLSN is where everything ends that was committed on the primary: what has been flushed, since a commit waits for
// that before it is visible; where commits do not wait (synchronous_commit = off), everything that was written.
const committedLSN = `(CASE current_setting('synchronous_commit') WHEN 'off' THEN pg_current_wal_insert_lsn()
	ELSE pg_current_wal_flush_lsn() END - '0/0')::bigint`

type positionKey struct{}

// AtLeast gives a context whose reads show everything up to the position: they go to a replica only when it has come that
// far. Positions add up: the furthest counts.
func AtLeast(ctx context.Context, position LSN) context.Context {
	return context.WithValue(ctx, positionKey{}, max(position, Position(ctx)))
}

// Position is what AtLeast asked for, 0 when nothing.
func Position(ctx context.Context) LSN {
	position, _ := ctx.Value(positionKey{}).(LSN)
	return position
}

// PrimaryPosition tells how far the primary is. Everything a query saw before the call, on any connection to the primary,
// lies before it.
func (s *Store) PrimaryPosition(ctx context.Context) (LSN, error) {
	var position LSN
	if err := s.pool.QueryRow(ctx, "SELECT "+committedLSN).Scan(&position); err != nil {
		return 0, mapError(fmt.Errorf("read the primary's position: %w", err))
	}
	return position, nil
}

// maxPositions bounds the users whose positions are remembered one by one.
const maxPositions = 4096

// positions is how far a replica has to be for each user's reads. Nothing is forgotten by the clock: when there are too many,
// the furthest becomes what everybody's reads ask for, which the replicas pass at once or hold back for good reason.
type positions struct {
	mu     sync.Mutex
	floor  LSN
	byUser map[int64]LSN
}

func (p *positions) of(user *models.User) LSN {
	p.mu.Lock()
	defer p.mu.Unlock()
	if user == nil {
		return p.floor
	}
	return max(p.floor, p.byUser[user.ID])
}

// raise never takes a position back, but for an unknown one: what was read later lies behind it.
func (p *positions) raise(user *models.User, position LSN) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if have := p.byUser[user.ID]; have != unknownLSN && have >= position {
		return
	}
	if len(p.byUser) >= maxPositions {
		for id, have := range p.byUser {
			if have != unknownLSN {
				p.floor = max(p.floor, have)
				delete(p.byUser, id)
			}
		}
	}
	p.byUser[user.ID] = position
}

// required is how far a server has to be for this user's reads in this context.
func (s *Store) required(ctx context.Context, user *models.User) LSN {
	return max(Position(ctx), s.servers.positions.of(user))
}

// wrote notes, after a commit, that the user's reads must show it from now on. It works although the request may have been
// given up: the change was made.
func (s *Store) wrote(ctx context.Context, user *models.User) {
	if user == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	s.note(ctx, user)
}

// note makes the user's reads show everything committed until now. It follows every change of the user here, and every
// time the user is recognised: a change made through another process is covered by that, because recognising asks the
// primary anyway, and each request is recognised after the one that made the change was answered.
func (s *Store) note(ctx context.Context, user *models.User) {
	if s.servers == nil || len(s.servers.replicas) == 0 {
		return
	}
	position, err := s.PrimaryPosition(ctx)
	if err != nil {
		position = unknownLSN
	}
	s.servers.positions.raise(user, position)
}
