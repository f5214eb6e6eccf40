package mapdata

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Clients that ask for ever new filters and leave must not take the database from everybody else.
func TestReadingsForClientsThatLeftAreNotBegun(t *testing.T) {
	s := newIDSets()
	var begun, now, most atomic.Int32
	finish := make(chan struct{})
	read := func(context.Context) ([]int64, error) {
		begun.Add(1)
		most.Store(max(most.Load(), now.Add(1)))
		defer now.Add(-1)
		<-finish
		return []int64{1}, nil
	}
	leaving, leave := context.WithCancel(context.Background())
	var clients sync.WaitGroup
	for i := range 100 {
		clients.Go(func() { _, _ = s.find(leaving, fmt.Sprint(i), 1, read) })
	}
	time.Sleep(50 * time.Millisecond)
	// this one shares a reading that may not have begun, and stays
	stayed := make(chan error, 1)
	go func() { _, err := s.find(context.Background(), "99", 1, read); stayed <- err }()
	time.Sleep(50 * time.Millisecond)
	leave()
	clients.Wait()
	close(finish)
	if err := <-stayed; err != nil {
		t.Errorf("the client that stayed got %v", err)
	}
	if got := most.Load(); got > readings {
		t.Errorf("got %d readings at once, want at most %d", got, readings)
	}
	if got := begun.Load(); got > readings+1 {
		t.Errorf("got %d readings, want those under way when the clients left and one for the client that stayed", got)
	}
}

// A reading that was begun serves those who wait for it though its first client left.
func TestAReadingServesThoseWhoStay(t *testing.T) {
	s := newIDSets()
	begun, finish := make(chan struct{}), make(chan struct{})
	read := func(ctx context.Context) ([]int64, error) {
		close(begun)
		<-finish
		return []int64{7}, ctx.Err()
	}
	leaving, leave := context.WithCancel(context.Background())
	left := make(chan error, 1)
	go func() { _, err := s.find(leaving, "q", 1, read); left <- err }()
	<-begun
	stayed := make(chan error, 1)
	go func() {
		set, err := s.find(context.Background(), "q", 1, read)
		if err == nil && !set.Has(7) {
			err = errors.New("the set lacks what was found")
		}
		stayed <- err
	}()
	time.Sleep(20 * time.Millisecond)
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("the client that left got %v", err)
	}
	close(finish)
	if err := <-stayed; err != nil {
		t.Errorf("the client that stayed got %v", err)
	}
}
