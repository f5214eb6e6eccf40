package main

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/alecthomas/kong"

	"wolnica/models"
)

// eachCommand calls fn with every command and the words that name it.
func eachCommand(t *testing.T, fn func(words []string, node *kong.Node)) {
	t.Helper()
	parser, err := kong.New(&commands{}, kong.Name("wolnica"), kong.DefaultEnvars("WOLNICA"))
	if err != nil {
		t.Fatal(err)
	}
	var visit func(words []string, node *kong.Node)
	visit = func(words []string, node *kong.Node) {
		fn(words, node)
		for _, c := range node.Children {
			name := c.Name
			if c == node.DefaultCmd {
				fn(words, c)
				continue
			}
			visit(append(append([]string{}, words...), name), c)
		}
	}
	visit(nil, parser.Model.Node)
}

func TestHelpOfEveryCommandFitsOneScreen(t *testing.T) {
	for _, language := range []models.Language{models.Polish, models.English} {
		eachCommand(t, func(words []string, node *kong.Node) {
			var out bytes.Buffer
			p := &program{ctx: t.Context(), language: language, stdout: &out, stderr: &out}
			if code := p.main(append([]string{"help"}, words...)); code != 0 {
				t.Errorf("help %v: got exit code %d, want 0", words, code)
			}
			lines := strings.Split(strings.TrimRight(out.String(), "\n"), "\n")
			if len(lines) > 40 {
				t.Errorf("help %v in %s: got %d lines, want at most 40", words, language, len(lines))
			}
			for _, line := range lines {
				if n := utf8.RuneCountInString(line); n > helpWidth {
					t.Errorf("help %v in %s: got a line of %d columns, want at most %d: %s", words, language, n, helpWidth, line)
				}
			}
			for _, c := range node.Children {
				if c != node.DefaultCmd && !strings.Contains(out.String(), "\n  "+c.Name) {
					t.Errorf("help %v in %s: got no command %s", words, language, c.Name)
				}
			}
			for _, f := range node.Flags {
				if f.Name != "help" && !strings.Contains(out.String(), "--"+f.Name) {
					t.Errorf("help %v in %s: got no flag --%s", words, language, f.Name)
				}
			}
		})
	}
}

func TestEverythingIsExplainedInBothLanguages(t *testing.T) {
	eachCommand(t, func(words []string, node *kong.Node) {
		if node.Parent != nil && (node.Help == "" || node.Tag.Get("pl") == "") {
			t.Errorf("command %v: got help %q and %q, want both", words, node.Help, node.Tag.Get("pl"))
		}
		values := append([]*kong.Value{}, node.Positional...)
		for _, f := range node.Flags {
			if f.Name != "help" {
				values = append(values, f.Value)
				if len(f.Tag.Envs) == 0 {
					t.Errorf("command %v: flag --%s has no environment variable", words, f.Name)
				}
			}
		}
		for _, v := range values {
			if v.Help == "" || v.Tag.Get("pl") == "" {
				t.Errorf("command %v, %s: got help %q and %q, want both", words, v.Name, v.Help, v.Tag.Get("pl"))
			}
		}
	})
}

func TestWrongCommandsAreExplainedInBothLanguages(t *testing.T) {
	for _, c := range []struct {
		args   []string
		pl, en string
	}{
		{[]string{"serve", "--lisen", "x"}, `nieznana opcja --lisen, czy chodziło o "--listen"?`, `unknown flag --lisen, did you mean "--listen"?`},
		{[]string{"imprt"}, `niespodziewany argument imprt, czy chodziło o "import"?`, `unexpected argument imprt, did you mean "import"?`},
		{[]string{"export"}, "brakuje opcji: --format", "missing flags: --format"},
		{[]string{"user"}, "oczekiwano jednego z", "expected one of"},
		{[]string{"export", "--format", "shp"}, "dozwolone", "must be one of"},
		{[]string{"migrate", "down", "now"}, "niespodziewany argument now", "unexpected argument now"},
	} {
		for language, want := range map[models.Language]string{models.Polish: c.pl, models.English: c.en} {
			var out, errors bytes.Buffer
			p := &program{ctx: t.Context(), language: language, stdout: &out, stderr: &errors}
			if code := p.main(c.args); code != exitUsage {
				t.Errorf("%v: got exit code %d, want %d", c.args, code, exitUsage)
			}
			if !strings.Contains(errors.String(), want) || out.Len() > 0 {
				t.Errorf("%v in %s: got %q and %q, want %q on standard error", c.args, language, out.String(), errors.String(), want)
			}
		}
	}
}

func TestLanguageFollowsFlagThenEnvironment(t *testing.T) {
	for _, c := range []struct {
		args        []string
		environment map[string]string
		want        models.Language
	}{
		{nil, nil, models.English},
		{nil, map[string]string{"LANG": "pl_PL.UTF-8"}, models.Polish},
		{nil, map[string]string{"LANG": "pl_PL.UTF-8", "LC_ALL": "en_GB.UTF-8"}, models.English},
		{nil, map[string]string{"LANG": "en_GB.UTF-8", "WOLNICA_LANG": "pl"}, models.Polish},
		{[]string{"--lang", "en", "serve"}, map[string]string{"LANG": "pl_PL.UTF-8"}, models.English},
		{[]string{"serve", "--lang=pl"}, map[string]string{"WOLNICA_LANG": "en"}, models.Polish},
		{[]string{"import", "--", "--lang=pl"}, nil, models.English},
	} {
		if got := languageOf(c.args, func(name string) string { return c.environment[name] }); got != c.want {
			t.Errorf("%v with %v: got %s, want %s", c.args, c.environment, got, c.want)
		}
	}
}

func TestWrapKeepsWordsAndWidth(t *testing.T) {
	got := wrap("Zażółć gęślą jaźń i tak dalej", 12, "  ")
	if want := "Zażółć gęślą\n  jaźń i tak\n  dalej"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
