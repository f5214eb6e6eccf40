package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What the map is drawn on is checked before anything is started.
func TestServeRefusesAWrongGroundOfTheMap(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text.pmtiles")
	if err := os.WriteFile(text, []byte("to nie kafle"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		args   []string
		pl, en string
	}{
		"another file":    {[]string{"--basemap", text}, "--basemap: To nie jest plik PMTiles.", "--basemap: This is not a PMTiles file."},
		"no file":         {[]string{"--basemap", filepath.Join(dir, "none")}, "--basemap: nie ma takiego pliku.", "--basemap: there is no such file."},
		"a folder":        {[]string{"--basemap", dir}, "--basemap: To nie jest zwykły plik.", "--basemap: This is not a regular file."},
		"an unsafe style": {[]string{"--online-style", "http://map.example.org/style.json"}, "--online-style: Oczekiwano adresu stylu", "--online-style: Expected the address of a style"},
	} {
		for lang, want := range map[string]string{"pl": tt.pl, "en": tt.en} {
			data := filepath.Join(dir, "data")
			stdout, stderr, code := run(t, append([]string{"serve", "--lang", lang, "--data", data}, tt.args...)...)
			if code != 1 || !strings.Contains(stderr, want) {
				t.Errorf("%s in %s: got exit code %d, want 1 with %q:\n%s%s", name, lang, code, want, stdout, stderr)
			}
			if _, err := os.Stat(data); err == nil {
				t.Errorf("%s: a database was made", name)
			}
		}
	}
}
