package main

import (
	"fmt"
	"regexp"
	"strings"

	"wolnica/models"
)

// languageOf is the language a person wants messages in: --lang or WOLNICA_LANG, else what the locale says; English where
// neither speaks of Polish. It is known before the flags are read, because reading them may fail.
func languageOf(args []string, environment func(string) string) models.Language {
	wanted := environment("WOLNICA_LANG")
	for i, a := range args {
		if a == "--" {
			break
		}
		if a == "--lang" && i+1 < len(args) {
			wanted = args[i+1]
		} else if value, ok := strings.CutPrefix(a, "--lang="); ok {
			wanted = value
		}
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if wanted == "" {
			wanted = environment(name)
		}
	}
	if strings.HasPrefix(strings.ToLower(wanted), "pl") {
		return models.Polish
	}
	return models.English
}

// usagePL is what the reader of commands says, in Polish.
var usagePL = []struct {
	form *regexp.Regexp
	text string
}{
	{regexp.MustCompile(`^unknown flag (\S+?)(?:, did you mean (?:one of )?(.+)\?)?$`), "nieznana opcja %s%s"},
	{regexp.MustCompile(`^unexpected argument (\S+?)(?:, did you mean (?:one of )?(.+)\?)?$`), "niespodziewany argument %s%s"},
	{regexp.MustCompile(`^missing flags: (.+)$`), "brakuje opcji: %s"},
	{regexp.MustCompile(`^missing positional arguments (.+)$`), "brakuje argumentów: %s"},
	{regexp.MustCompile(`^expected one of (.+)$`), "oczekiwano jednego z: %s"},
	{regexp.MustCompile(`^expected "(.+)"$`), "oczekiwano: %s"},
	{regexp.MustCompile(`^(.+) must be one of (.+) but got (.+)$`), "opcja %s: dozwolone %s, podano %s"},
	{regexp.MustCompile(`^(.+): missing value.*$`), "opcja %s: brakuje wartości"},
	{regexp.MustCompile(`^(.+): expected .* value but got (.+)$`), "opcja %s: zła wartość %s"},
	{regexp.MustCompile(`^(.+) and (.+) can't be used together$`), "opcji %s i %s nie można podać razem"},
}

// usageError says in the person's language what is wrong with the command line, and where to read on.
func (p *program) usageError(err error) string {
	hint := models.Text{PL: "Zobacz: wolnica help", EN: "See: wolnica help"}.In(p.language)
	text := err.Error()
	if p.language == models.Polish {
		for _, u := range usagePL {
			m := u.form.FindStringSubmatch(text)
			if m == nil {
				continue
			}
			values := make([]any, 0, len(m)-1)
			for _, v := range m[1:] {
				values = append(values, v)
			}
			if strings.HasSuffix(u.text, "%s%s") && m[2] != "" {
				values[1] = ", czy chodziło o " + m[2] + "?"
			}
			text = fmt.Sprintf(u.text, values...)
			break
		}
	}
	return text + "\n" + hint
}
