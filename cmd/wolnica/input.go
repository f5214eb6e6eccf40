package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"wolnica/models"
)

func isTerminal(f *os.File) bool { return f != nil && term.IsTerminal(int(f.Fd())) }

// readLine reads one line without its end. It takes a byte at a time, so that nothing of the next line is lost.
func readLine(r io.Reader) (string, error) {
	var line []byte
	var b [1]byte
	for {
		n, err := r.Read(b[:])
		if n == 1 && b[0] == '\n' {
			return strings.TrimSuffix(string(line), "\r"), nil
		}
		if n == 1 {
			line = append(line, b[0])
		}
		if len(line) > 1<<16 {
			return "", fmt.Errorf("the line is too long")
		}
		if err != nil {
			if err == io.EOF && len(line) > 0 {
				return string(line), nil
			}
			return "", err
		}
	}
}

// readPassword asks for a password twice without showing it, or reads one line where there is no terminal.
func (p *program) readPassword() (string, error) {
	if !isTerminal(p.stdin) {
		password, err := readLine(p.stdin)
		if err == io.EOF {
			return "", refusal("Nie podano hasła. Podaj je na standardowym wejściu albo użyj --generate.", "No password was given. Give it on standard input, or use --generate.")
		}
		return password, err
	}
	var typed [2]string
	for i, prompt := range []models.Text{{PL: "Hasło: ", EN: "Password: "}, {PL: "Powtórz hasło: ", EN: "Repeat the password: "}} {
		fmt.Fprint(p.stderr, prompt.In(p.language))
		b, err := term.ReadPassword(int(p.stdin.Fd()))
		fmt.Fprintln(p.stderr)
		if err != nil {
			return "", fmt.Errorf("read the password: %w", err)
		}
		typed[i] = string(b)
	}
	if typed[0] != typed[1] {
		return "", refusal("Hasła się różnią.", "The passwords differ.")
	}
	return typed[0], nil
}
