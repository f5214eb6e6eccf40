package mapdata

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"time"

	"wolnica/models/store"
)

// started is what a server answers at once when it is asked for a check, so that the one who asked knows whom to wait for.
const started = "started"

// AskServers asks every server on the store's database to check the map it serves, and returns their reports. Servers that
// do not stir within patience (0 is two seconds) are taken for not being there; those that began are waited for until ctx
// ends. No server at all is an empty list.
func AskServers(ctx context.Context, s *store.Store, patience time.Duration) ([]Report, error) {
	if patience == 0 {
		patience = 2 * time.Second
	}
	ctx, cancel := context.WithCancel(ctx)
	answers, ended := make(chan string), make(chan struct{})
	var asked error
	go func() {
		defer close(ended)
		asked = s.AskChecks(ctx, rand.Text(), func(answer string) (bool, error) {
			select {
			case answers <- answer:
				return false, nil
			case <-ctx.Done():
				return true, nil
			}
		})
	}()
	defer func() { cancel(); <-ended }()
	var reports []Report
	begun, patient := 0, true
	enough := time.After(patience)
	for patient || len(reports) < begun {
		select {
		case <-enough:
			patient = false
		case <-ended:
			return reports, asked
		case answer := <-answers:
			if answer == started {
				begun++
				continue
			}
			var r Report
			if err := json.Unmarshal([]byte(answer), &r); err != nil {
				return reports, fmt.Errorf("read the report of a check: %w", err)
			}
			reports = append(reports, r)
		}
	}
	return reports, nil
}
