package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/exchange"
)

// Upload says how an uploaded file is to be imported. It is kept beside the file until the import has run.
type Upload struct {
	// Profile is the name of a shipped profile; ProfileYAML, when set, is one of the sender's own.
	Profile     string `json:"profile"`
	ProfileYAML string `json:"profile_yaml,omitempty"`
	// FileName is the sender's name of the file; its extension says the format.
	FileName    string `json:"file_name"`
	CRS         int    `json:"crs,omitempty"`
	Layer       string `json:"layer,omitempty"`
	Publication string `json:"publication,omitempty"`
	// AsOf is the day on which the file was true; zero is the profile's.
	AsOf           models.Date `json:"as_of,omitzero"`
	MunicipalityID *int64      `json:"municipality_id,omitempty"`
	DryRun         bool        `json:"dry_run,omitempty"`
	// Only and BBox, as geo.ParseBBox reads it, limit the import; see exchange.Options.
	Only []string `json:"only,omitempty"`
	BBox string   `json:"bbox,omitempty"`
}

// MaxUpload is the largest file taken, in bytes: 4 GiB. The command line has no limit.
const MaxUpload = 4 << 30

// extensions are those of files that can be imported; the name of a stored file is made of nothing else of the sender's.
var extensions = []string{".geojson", ".json", ".geojsonl", ".ndjson", ".csv", ".tsv", ".txt", ".xlsx", ".gpkg",
	".pbf", ".osm", ".xml", ".gz"}

// profile finds or reads the profile. A name is only ever one of the shipped profiles, never a path on the server.
func (u Upload) profile() (*exchange.Profile, error) {
	if u.ProfileYAML != "" {
		return exchange.ParseProfile("custom", []byte(u.ProfileYAML))
	}
	var names []string
	for _, p := range exchange.Profiles() {
		if p.Name == u.Profile {
			return p, nil
		}
		names = append(names, p.Name)
	}
	list := strings.Join(names, ", ")
	return nil, models.Invalid("/profile", "vocabulary", fmt.Sprintf("Nie ma profilu %q. Są: %s.", u.Profile, list), fmt.Sprintf("There is no profile %q. There are: %s.", u.Profile, list))
}

// Submit stores the file and queues its import; the batch it returns is followed by its id. Nothing stays of a submission
// that fails. Refused before the file is read: a profile that does not exist, a format that is not imported, an actor
// without the right.
func (r *Runner) Submit(ctx context.Context, actor *models.User, u Upload, file io.Reader) (*models.ImportBatch, error) {
	u.FileName = strings.ToValidUTF8(u.FileName, "\uFFFD") // old programs send names in the encoding of their system
	if err := u.check(); err != nil {
		return nil, err
	}
	if err := r.store.MayImport(actor, u.MunicipalityID); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(r.dir, ".incoming-")
	if err != nil {
		return nil, onDisk(err)
	}
	defer os.RemoveAll(dir) // after the rename there is nothing there any more
	if err := save(filepath.Join(dir, "file"+u.extension()), file); err != nil {
		return nil, err
	}
	options, err := json.Marshal(u)
	if err != nil {
		return nil, fmt.Errorf("queue import: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "upload.json"), options, 0o600); err != nil {
		return nil, onDisk(err)
	}
	b := &models.ImportBatch{Profile: u.Profile, FileName: u.FileName, DryRun: u.DryRun, MunicipalityID: u.MunicipalityID}
	if u.ProfileYAML != "" {
		b.Profile = "custom"
	}
	if u.CRS != 0 {
		b.CRS = &u.CRS
	}
	if err := r.store.QueueImport(ctx, actor, b); err != nil {
		return nil, err
	}
	if err := os.Rename(dir, r.folder(b.ID)); err != nil {
		r.fail(ctx, b, onDisk(err))
		return nil, onDisk(err)
	}
	r.nudge()
	return b, nil
}

// box reads BBox, nil when there is none.
func (u Upload) box() (*geo.BBox, error) {
	if u.BBox == "" {
		return nil, nil
	}
	box, err := geo.ParseBBox(u.BBox)
	var problem *geo.Problem
	if errors.As(err, &problem) {
		return nil, models.Invalid("/bbox", problem.Code, problem.PL, problem.EN)
	}
	return &box, err
}

func (u Upload) check() error {
	if _, err := u.profile(); err != nil {
		return err
	}
	if _, err := u.box(); err != nil {
		return err
	}
	if !slices.Contains(extensions, u.extension()) {
		list := strings.Join(extensions, ", ")
		return models.NewError(models.CodeUnsupportedMedia, fmt.Sprintf("Nie czytamy plików %q. Obsługiwane: %s.", u.extension(), list),
			fmt.Sprintf("Files %q are not read. Supported: %s.", u.extension(), list))
	}
	return nil
}

func (u Upload) extension() string { return strings.ToLower(filepath.Ext(u.FileName)) }

func save(path string, file io.Reader) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return onDisk(err)
	}
	source := &upload{r: file}
	n, err := io.Copy(f, io.LimitReader(source, MaxUpload+1))
	if closed := f.Close(); err == nil {
		err = closed
	}
	switch {
	case source.err != nil:
		return &BrokenUpload{source.err}
	case err != nil:
		return onDisk(err)
	case n > MaxUpload:
		return models.NewError(models.CodeTooLarge, "Plik przekracza 4 GiB; zaimportuj go poleceniem wolnica import.", "The file is over 4 GiB; import it with the command wolnica import.")
	case n == 0:
		return models.NewError(models.CodeInvalid, "Plik jest pusty.", "The file is empty.")
	}
	return nil
}

// BrokenUpload is a file that could not be read to its end: the fault lies with the sender or the network.
type BrokenUpload struct{ Err error }

func (b *BrokenUpload) Error() string { return "read the upload: " + b.Err.Error() }

func (b *BrokenUpload) Unwrap() error { return b.Err }

// upload remembers the fault of reading, so that it is not taken for one of writing.
type upload struct {
	r   io.Reader
	err error
}

func (u *upload) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		u.err = err
	}
	return n, err
}

// onDisk tells a full disk from other faults of storing.
func onDisk(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		e := models.NewError(models.CodeUnavailable, "Na serwerze zabrakło miejsca na dysku. Nic nie zapisano.", "The server's disk is full. Nothing was saved.")
		e.Err = err
		return e
	}
	return fmt.Errorf("store the upload: %w", err)
}

func (r *Runner) folder(batchID int64) string {
	return filepath.Join(r.dir, strconv.FormatInt(batchID, 10))
}
