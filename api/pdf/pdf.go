package pdf

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync/atomic"
	"syscall"
	"time"

	"wolnica/models"
)

// Config is how documents are printed.
type Config struct {
	// Chromium is the program, a path or a name; "" takes what Find finds.
	Chromium string
	// Temp is where each print has a folder of its own meanwhile; "" is the system's.
	Temp string
	// Prints is how many are made at once, 2 when 0: each is a browser of some 200 MB.
	Prints int
	// Timeout bounds one print, 1 minute when 0.
	Timeout time.Duration
	// MaxHTML and MaxPDF bound the sizes in bytes: 8 MiB and 64 MiB when 0.
	MaxHTML, MaxPDF int64
}

const (
	// queue is how many prints may wait for a place, and patience how long each does.
	queue    = 16
	patience = 20 * time.Second
	// heard is how much of what Chromium says is kept for the log.
	heard = 4 << 10
)

// Printer prints. It is safe for concurrent use.
type Printer struct {
	cfg     Config
	places  chan struct{}
	waiting atomic.Int64
}

// New returns a printer. That there is no Chromium shows at the first print: it may be installed meanwhile.
func New(cfg Config) *Printer {
	cfg.Prints = cmp.Or(cfg.Prints, 2)
	cfg.Timeout = cmp.Or(cfg.Timeout, time.Minute)
	cfg.MaxHTML = cmp.Or(cfg.MaxHTML, 8<<20)
	cfg.MaxPDF = cmp.Or(cfg.MaxPDF, 64<<20)
	return &Printer{cfg: cfg, places: make(chan struct{}, cfg.Prints)}
}

// policy keeps a document from whatever is outside it, files of the machine included, and from scripts.
const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:">`

// Print prints a whole HTML document, which is to hold its styles, fonts and pictures itself: nothing is fetched, no file is read and no script runs.
// The language of the PDF is the lang of its html element, the title its title. It needs a head element.
//
// Without a Chromium the error is CodeNotInstalled and says what to install; CodeTooLarge when the document or the print is too long; CodeUnavailable when
// too many wait or it takes too long.
func (p *Printer) Print(ctx context.Context, html []byte) ([]byte, error) {
	program, ok := Find(p.cfg.Chromium)
	if !ok {
		return nil, notInstalled(p.cfg.Chromium)
	}
	if int64(len(html)) > p.cfg.MaxHTML {
		return nil, tooLarge()
	}
	before, after, ok := bytes.Cut(html, []byte("<head>"))
	if !ok {
		return nil, errors.New("print PDF: the document has no <head>")
	}
	leave, err := p.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	return p.run(ctx, program, slices.Concat(before, []byte("<head>"+policy), after))
}

// Installed is nil when there is a Chromium to print with; see Print for the error.
func (p *Printer) Installed() error {
	if _, ok := Find(p.cfg.Chromium); !ok {
		return notInstalled(p.cfg.Chromium)
	}
	return nil
}

func (p *Printer) enter(ctx context.Context) (leave func(), err error) {
	busy := models.NewError(models.CodeUnavailable, "Zbyt wiele dokumentów jest właśnie drukowanych do PDF. Spróbuj ponownie za chwilę.",
		"Too many documents are being printed to PDF at the moment. Try again shortly.")
	leave = func() { <-p.places }
	select {
	case p.places <- struct{}{}:
		return leave, nil
	default:
	}
	if p.waiting.Add(1) > queue {
		p.waiting.Add(-1)
		return nil, busy
	}
	defer p.waiting.Add(-1)
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case p.places <- struct{}{}:
		return leave, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-late.C:
		return nil, busy
	}
}

func (p *Printer) run(ctx context.Context, program string, html []byte) (pdf []byte, err error) {
	dir, err := os.MkdirTemp(p.cfg.Temp, "print-")
	if err != nil {
		return nil, fmt.Errorf("print PDF: %w", err)
	}
	defer func() {
		if e := os.RemoveAll(dir); err == nil && e != nil {
			err = fmt.Errorf("print PDF: remove the folder: %w", e)
		}
	}()
	in, out := filepath.Join(dir, "document.html"), filepath.Join(dir, "document.pdf")
	if err := os.WriteFile(in, html, 0o600); err != nil {
		return nil, fmt.Errorf("print PDF: %w", err)
	}
	limited, cancel := context.WithTimeout(ctx, p.cfg.Timeout)
	defer cancel()
	cmd := exec.CommandContext(limited, program, arguments(dir, in, out)...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + socketDir(dir), "XDG_CONFIG_HOME=" + dir, "XDG_CACHE_HOME=" + dir, "XDG_RUNTIME_DIR=" + dir,
		"LANG=C.UTF-8", "DBUS_SESSION_BUS_ADDRESS=disabled:", "DBUS_SYSTEM_BUS_ADDRESS=disabled:"}
	said := &tail{}
	cmd.Stderr = said
	// Chromium is a tree of processes: they are one group, and end together.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	err = cmd.Run()
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // what is left of the group; usually nothing
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case limited.Err() != nil:
		late := models.NewError(models.CodeUnavailable, "Drukowanie do PDF trwało zbyt długo. Spróbuj ponownie albo pobierz XLSX.", "Printing to PDF took too long. Try again, or download XLSX.")
		late.Err = fmt.Errorf("print PDF: %w: %s", limited.Err(), said)
		return nil, late
	case err != nil:
		return nil, fmt.Errorf("print PDF: %s: %w: %s", program, err, said)
	}
	about, err := os.Stat(out)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("print PDF: %s wrote nothing: %s", program, said)
	} else if err != nil {
		return nil, fmt.Errorf("print PDF: %w", err)
	}
	if about.Size() > p.cfg.MaxPDF {
		return nil, tooLarge()
	}
	if pdf, err = os.ReadFile(out); err != nil {
		return nil, fmt.Errorf("print PDF: %w", err)
	}
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) || !bytes.Contains(pdf[max(0, len(pdf)-64):], []byte("%%EOF")) {
		return nil, fmt.Errorf("print PDF: %s wrote something that is no PDF: %s", program, said)
	}
	return pdf, nil
}

// socketDir is where Chromium may make the folder of its socket, whose whole path the system bounds at 107 bytes: in the print's own folder when that is
// short enough.
func socketDir(dir string) string {
	if len(dir)+len("/org.chromium.Chromium.XXXXXX/SingletonSocket") > 107 {
		return os.TempDir()
	}
	return dir
}

func arguments(dir, in, out string) []string {
	list := []string{
		"--headless", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--no-default-browser-check", "--disable-extensions", "--disable-default-apps",
		"--disable-sync", "--disable-translate", "--disable-breakpad", "--disable-crash-reporter", "--mute-audio", "--font-render-hinting=none",
		"--user-data-dir=" + filepath.Join(dir, "profile"),
		// Nothing is to be fetched, whatever the document names: no name resolves, and every address is sent to a proxy that is not there.
		"--disable-background-networking", "--disable-component-update", "--disable-domain-reliability", "--host-resolver-rules=MAP * ~NOTFOUND",
		"--proxy-server=http://127.0.0.1:9", "--proxy-bypass-list=<-loopback>",
		"--no-pdf-header-footer", "--export-tagged-pdf", "--generate-pdf-document-outline", "--print-to-pdf=" + out,
	}
	if os.Geteuid() == 0 {
		list = append(list, "--no-sandbox") // Chromium has no sandbox for root
	}
	return append(list, "file://"+in)
}

func notInstalled(named string) error {
	if named != "" {
		return models.NewError(models.CodeNotInstalled,
			fmt.Sprintf("Nie ma programu %q, który miał drukować PDF. Zainstaluj go albo podaj inny w --chromium; bez niego raport jest w HTML i XLSX.", named),
			fmt.Sprintf("There is no program %q, which was to print PDF. Install it, or name another with --chromium; without it the report comes as HTML and XLSX.", named))
	}
	return models.NewError(models.CodeNotInstalled,
		"Do PDF potrzebny jest na serwerze Chromium: apt-get install chromium fonts-dejavu-core (na Ubuntu pakiet google-chrome-stable, bo chromium w snapie nie ma dostępu do plików). Bez niego raport jest w HTML i XLSX.",
		"PDF needs Chromium on the server: apt-get install chromium fonts-dejavu-core (on Ubuntu the package google-chrome-stable, for Chromium in a snap reaches no files). Without it the report comes as HTML and XLSX.")
}

func tooLarge() error {
	return models.NewError(models.CodeTooLarge, "Dokument jest za długi na PDF. Pobierz XLSX albo zawęź raport.", "The document is too long for PDF. Download XLSX, or narrow the report.")
}

// tail keeps the last of what is written to it.
type tail struct{ b []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.b = append(t.b, p...)
	if over := len(t.b) - heard; over > 0 {
		t.b = append(t.b[:0], t.b[over:]...)
	}
	return len(p), nil
}

func (t *tail) String() string { return string(bytes.ToValidUTF8(bytes.TrimSpace(t.b), []byte("?"))) }
