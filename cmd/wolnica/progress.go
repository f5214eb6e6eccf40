package main

import (
	"fmt"
	"strings"
	"time"

	"wolnica/models"
	"wolnica/models/exchange"
)

const (
	// barWidth is how many characters a full bar has.
	barWidth = 30
	// lineEvery is the time between two lines of progress where there is no terminal.
	lineEvery = 5 * time.Second
)

// progress shows on standard error how far an import is: a bar on a terminal, a line now and then elsewhere.
type progress struct {
	program *program
	file    string
	last    time.Time
	drawn   bool
}

func newProgress(p *program, file string) *progress {
	return &progress{program: p, file: file, last: time.Now()}
}

// show is called by the import about once a second.
func (b *progress) show(now exchange.Progress) {
	p := b.program
	text := fmt.Sprintf(models.Text{
		PL: "%3.0f%%  %d wierszy, %.0f/s, odrzucone %d",
		EN: "%3.0f%%  %d rows, %.0f/s, refused %d"}.In(p.language),
		100*now.Batch.Progress, now.Batch.RowsRead, now.RowsPerSecond, now.Batch.RowsFailed)
	if p.interactive {
		full := int(now.Batch.Progress * barWidth)
		full = min(max(full, 0), barWidth)
		fmt.Fprintf(p.stderr, "\r\x1b[K%s [%s%s] %s", b.file, strings.Repeat("=", full), strings.Repeat(" ", barWidth-full), text)
		b.drawn = true
		return
	}
	if time.Since(b.last) >= lineEvery {
		b.last = time.Now()
		fmt.Fprintf(p.stderr, "%s: %s\n", b.file, text)
	}
}

// end takes the bar away: the report says the rest.
func (b *progress) end() {
	if b.drawn {
		fmt.Fprint(b.program.stderr, "\r\x1b[K")
	}
}
