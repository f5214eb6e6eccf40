package pdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"wolnica/models"
)

const document = `<!doctype html><html lang="%s"><head><meta charset="utf-8"><title>Zażółć gęślą jaźń</title>
<style>@page { size: A4; @bottom-right { content: counter(page) "/" counter(pages); } } h2 { break-before: page; }</style></head>
<body><h1>Raport z luk</h1><p>Wejście: próg 12 cm, ĄĆĘŁŃÓŚŹŻ.</p><h2>Załącznik</h2><table><thead><tr><th scope="col">Gmina</th></tr></thead><tbody><tr><td>Łódź</td></tr></tbody></table>%s</body></html>`

// A real print: Chromium is needed by this test, and a machine without one fails it. .ci/prerequisites --test installs it.
func TestAPrintIsTaggedAndHoldsItsText(t *testing.T) {
	temp := t.TempDir()
	p := New(Config{Temp: temp, Timeout: 3 * time.Minute})
	for _, lang := range []string{"pl", "en"} {
		out, err := p.Print(t.Context(), fmt.Appendf(nil, document, lang, ""))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"/StructTreeRoot", "/MarkInfo", "/Marked true", "/Lang (" + lang + ")", "/Outlines", "/DisplayDocTitle true"} {
			if !bytes.Contains(out, []byte(want)) {
				t.Errorf("%s: the PDF has no %s", lang, want)
			}
		}
		text := textOf(t, out)
		for _, want := range []string{"Raport z luk", "próg 12 cm, ĄĆĘŁŃÓŚŹŻ", "Łódź", "1/2", "2/2"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the PDF does not say %q: %s", lang, want, text)
			}
		}
	}
	if left, _ := os.ReadDir(temp); len(left) > 0 {
		t.Errorf("got %v left behind, want nothing", left)
	}
}

// textOf reads a PDF as a person's program does.
func textOf(t *testing.T, pdf []byte) string {
	t.Helper()
	cmd := exec.Command("pdftotext", "-layout", "-", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("pdftotext (package poppler-utils): %v: %s", err, out)
	}
	return string(out)
}

func TestAPrintFetchesNothing(t *testing.T) {
	var mu sync.Mutex
	var asked []string
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, r.URL.Path)
	}))
	defer srv.Close()
	more := fmt.Sprintf(`<img src="%[1]s/picture.png"><link rel="stylesheet" href="%[1]s/style.css"><iframe src="%[1]s/frame"></iframe><iframe src="file:///etc/passwd" width="600" height="600"></iframe><script>fetch("%[1]s/script"); document.body.textContent = "przepisane"</script>`, srv.URL)
	out, err := New(Config{Temp: t.TempDir(), Timeout: 3 * time.Minute}).Print(t.Context(), fmt.Appendf(nil, document, "pl", more))
	if err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(asked) > 0 {
		t.Errorf("got %v fetched, want nothing", asked)
	}
	if text := textOf(t, out); strings.Contains(text, "przepisane") || strings.Contains(text, "root:") || !strings.Contains(text, "Raport z luk") {
		t.Errorf("a script ran, or a file was read: %s", text)
	}
}

// program is a shell script that stands for Chromium where what it does wrong is tested; $out is where the PDF belongs.
func program(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "chromium")
	head := "#!/bin/sh\nfor a in \"$@\"; do case $a in --print-to-pdf=*) out=${a#--print-to-pdf=};; esac; done\n"
	if err := os.WriteFile(path, []byte(head+script), 0o755); err != nil { //nolint:gosec // it has to be run
		t.Fatal(err)
	}
	return path
}

func TestAPrintThatHangsEndsWithItsWholeGroup(t *testing.T) {
	temp, note := t.TempDir(), filepath.Join(t.TempDir(), "pid")
	hangs := program(t, "sleep 1000 &\necho $! >"+note+".new; mv "+note+".new "+note+"\nwait\n")
	_, err := New(Config{Chromium: hangs, Temp: temp, Timeout: time.Second}).Print(t.Context(), []byte("<head>"))
	if models.CodeOf(err) != models.CodeUnavailable {
		t.Fatalf("got %v, want CodeUnavailable", err)
	}
	raw, err := os.ReadFile(note)
	if err != nil {
		t.Fatal(err)
	}
	child, err := strconv.Atoi(strings.TrimSpace(string(raw)))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; ; i++ {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", child))
		if errors.Is(syscall.Kill(child, 0), syscall.ESRCH) || err != nil || strings.Contains(string(stat), ") Z ") {
			break
		}
		if i == 100 {
			t.Fatalf("the child %d of the print still runs", child)
		}
		time.Sleep(20 * time.Millisecond)
	}
	if left, _ := os.ReadDir(temp); len(left) > 0 {
		t.Errorf("got %v left behind, want nothing", left)
	}
}

func TestPrintsAreBounded(t *testing.T) {
	lock := filepath.Join(t.TempDir(), "lock")
	p := New(Config{Chromium: program(t, "mkdir "+lock+" || exit 9\nsleep 0.1\nrmdir "+lock+"\nprintf '%%PDF-1.4\\n%%%%EOF' >$out\n"), Temp: t.TempDir(), Prints: 1})
	var running sync.WaitGroup
	for range 5 {
		running.Go(func() {
			if _, err := p.Print(context.Background(), []byte("<head>")); err != nil {
				t.Errorf("got %v, want the prints one after another", err)
			}
		})
	}
	running.Wait()
}

func TestWhatAPrintRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, script string
		cfg          Config
		html         string
		want         models.Code
	}{
		{name: "there is no such program", cfg: Config{Chromium: "/nie/ma/chromium"}, want: models.CodeNotInstalled},
		{name: "the document is too long", script: "exit 0", cfg: Config{MaxHTML: 8}, html: "dłuższe", want: models.CodeTooLarge},
		{name: "the print is too long", script: "printf '%%PDF-1.4 and more than ten bytes %%%%EOF' >$out", cfg: Config{MaxPDF: 10}, want: models.CodeTooLarge},
		{name: "it fails", script: "echo broken >&2; exit 3", want: models.CodeInternal},
		{name: "it writes nothing", script: "exit 0", want: models.CodeInternal},
		{name: "it writes something else", script: "echo hello >$out", want: models.CodeInternal},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.cfg.Temp = t.TempDir()
			if tt.script != "" {
				tt.cfg.Chromium = program(t, tt.script+"\n")
			}
			out, err := New(tt.cfg).Print(t.Context(), []byte("<head>"+tt.html))
			if models.CodeOf(err) != tt.want || out != nil {
				t.Errorf("got %q, %v, want %s", out, err, tt.want)
			}
		})
	}
}

// Ubuntu's package is a script that starts a snap, which cannot print into a folder of ours.
func TestASnapIsPassedOver(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	put := func(name, script string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil { //nolint:gosec // it has to be run
			t.Fatal(err)
		}
	}
	put("chromium", "#!/bin/sh\nexec /snap/bin/chromium \"$@\"\n")
	if path, ok := Find(""); ok {
		t.Errorf("got %s, want none", path)
	}
	put("google-chrome", "#!/bin/sh\nexec /opt/google/chrome/chrome \"$@\"\n")
	if path, ok := Find(""); !ok || filepath.Base(path) != "google-chrome" {
		t.Errorf("got %s, want google-chrome", path)
	}
	if path, ok := Find("chromium"); !ok || filepath.Base(path) != "chromium" {
		t.Errorf("got %s, want the one that was named", path)
	}
}
