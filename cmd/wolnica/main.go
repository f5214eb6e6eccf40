package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"golang.org/x/term"

	"wolnica/geo"
	"wolnica/models"

	_ "time/tzdata" // the machine may have none
)

// The exit codes beside 0.
const (
	exitFailed      = 1
	exitUsage       = 2
	exitRefusedRows = 3 // the import was done, but left rows out
	exitInterrupted = 130
)

// exitCode ends the program with the code; everything there is to say has been said.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// program is what a command works with besides its flags.
type program struct {
	ctx      context.Context
	language models.Language
	stdin    *os.File
	stdout   io.Writer
	stderr   io.Writer
	// interactive says that a person watches stderr on a terminal.
	interactive bool
}

func main() {
	// A second signal ends the program at once: stop gives the first one's handler up.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	p := &program{
		ctx: ctx, language: languageOf(os.Args[1:], os.Getenv), stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		interactive: term.IsTerminal(int(os.Stderr.Fd())),
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	os.Exit(p.main(os.Args[1:]))
}

// main reads the command, runs it and says what went wrong; it returns the exit code.
func (p *program) main(args []string) int {
	run, err := p.parse(args)
	if err != nil {
		fmt.Fprintf(p.stderr, "wolnica: %s\n", p.usageError(err))
		return exitUsage
	}
	if run == nil { // help was asked for and shown
		return 0
	}
	var code exitCode
	switch err := run(); {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	case errors.Is(err, context.Canceled) && p.ctx.Err() != nil:
		p.tell(models.Text{PL: "Przerwano.", EN: "Interrupted."})
		return exitInterrupted
	default:
		p.fail(err)
		return exitFailed
	}
}

func (p *program) now() time.Time { return time.Now() }

// print writes a line to standard output in the person's language.
func (p *program) print(t models.Text, values ...any) {
	fmt.Fprintf(p.stdout, t.In(p.language)+"\n", values...)
}

// tell writes a line to standard error: what goes on, not what was asked for.
func (p *program) tell(t models.Text, values ...any) {
	fmt.Fprintf(p.stderr, t.In(p.language)+"\n", values...)
}

// fail says what went wrong. Of an error made for people it shows the message and the wrong values, and of others the
// chain of what was being done.
func (p *program) fail(err error) {
	var shown *models.Error
	var shape *geo.Problem
	switch {
	case errors.As(err, &shown):
	case errors.As(err, &shape):
		shown = &models.Error{Message: models.Text{PL: shape.PL, EN: shape.EN}}
	default:
		fmt.Fprintf(p.stderr, "wolnica: %v\n", err)
		return
	}
	var b strings.Builder
	b.WriteString(shown.Message.In(p.language))
	for _, f := range shown.Fields {
		fmt.Fprintf(&b, "\n  %s: %s", strings.TrimPrefix(f.Pointer+f.Parameter, "/"), f.Message.In(p.language))
	}
	fmt.Fprintf(p.stderr, "wolnica: %s\n", b.String())
}

// refusal is an error for the person at the terminal.
func refusal(pl, en string, values ...any) error {
	return models.NewError(models.CodeInvalid, fmt.Sprintf(pl, values...), fmt.Sprintf(en, values...))
}
