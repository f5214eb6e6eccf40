package cluster

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"wolnica/models"
)

// fakeInstallation is a folder with programs that only tell their version.
func fakeInstallation(t *testing.T, version string) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "bin")
	if err := os.Mkdir(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	script := fmt.Sprintf("#!/bin/sh\necho 'postgres (PostgreSQL) %s'\n", version)
	for _, name := range []string{"initdb", "postgres"} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return bin
}

func addPostGIS(t *testing.T, bin string) {
	t.Helper()
	dir := filepath.Join(bin, "../share/postgresql/extension")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "postgis.control"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestMissingPostgreSQLNamesThePackages(t *testing.T) {
	_, err := Start(t.Context(), Config{Dir: folder(t), search: []string{t.TempDir()}})
	text := texts(t, err)
	for _, name := range packagesOf(0) {
		requireIn(t, text, name)
	}
	requireIn(t, text, "postgresql-", "-postgis-3", "DATABASE_URL=")
	if models.CodeOf(err) != models.CodeUnavailable {
		t.Errorf("got code %q, want %q", models.CodeOf(err), models.CodeUnavailable)
	}
}

func TestPackagesFollowTheDistribution(t *testing.T) {
	for release, want := range map[string]int{
		"ID=debian\nVERSION_ID=\"12\"\n":    15,
		"ID=debian\nVERSION_ID=\"13\"\n":    17,
		"VERSION_ID=\"24.04\"\nID=ubuntu\n": 16,
		"ID=arch\n":                         0,
	} {
		path := filepath.Join(t.TempDir(), "os-release")
		if err := os.WriteFile(path, []byte(release), 0o644); err != nil {
			t.Fatal(err)
		}
		if got := shipped(path); got != want {
			t.Errorf("%q: got version %d, want %d", release, got, want)
		}
	}
}

func TestInstallationWithoutPostGISIsPassedOver(t *testing.T) {
	newer, older := fakeInstallation(t, "17.2 (Debian 17.2-1)"), fakeInstallation(t, "16rc1")
	_, err := find(t.Context(), []string{newer, older}, 0)
	requireIn(t, texts(t, err), "postgresql-17-postgis-3")

	addPostGIS(t, older)
	got, err := find(t.Context(), []string{newer, older}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if want := (installation{bin: older, major: 16}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestTooOldPostgreSQLIsNotTaken(t *testing.T) {
	old := fakeInstallation(t, "13.9")
	addPostGIS(t, old)
	_, err := find(t.Context(), []string{old}, 0)
	requireIn(t, texts(t, err), "15", "13", "postgresql-")
}

func TestClusterOfAnotherVersionNamesItsPackages(t *testing.T) {
	dir := folder(t)
	if err := os.Mkdir(filepath.Join(dir, "postgres"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "postgres", "PG_VERSION"), []byte("16\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	other := fakeInstallation(t, "17.2")
	addPostGIS(t, other)
	_, err := Start(t.Context(), Config{Dir: dir, search: []string{other}})
	requireIn(t, texts(t, err), "16", "17", "postgresql-16-postgis-3")
}

func TestForeignFilesAreNotTakenForACluster(t *testing.T) {
	dir := folder(t)
	if err := os.MkdirAll(filepath.Join(dir, "postgres", "photos"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Config{Dir: dir})
	requireIn(t, texts(t, err), filepath.Join(dir, "postgres"))
}

func TestDiskTroubleIsExplained(t *testing.T) {
	for _, c := range []struct {
		err    error
		pl, en string
	}{
		{&os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}, "nie ma miejsca", "is full"},
		{errors.New("initdb: exit status 1: could not write: No space left on device"), "nie ma miejsca", "is full"},
		{&os.PathError{Op: "mkdir", Path: "x", Err: syscall.EROFS}, "tylko do odczytu", "read-only"},
		{&os.PathError{Op: "mkdir", Path: "x", Err: syscall.EACCES}, "nie ma praw", "may not write"},
	} {
		got := explain("/dane", fmt.Errorf("make the cluster: %w", c.err))
		text := texts(t, got)
		if !strings.Contains(text.PL, c.pl) || !strings.Contains(text.EN, c.en) || !strings.Contains(text.PL, "/dane") {
			t.Errorf("%v: got %+v, want %q and %q", c.err, text, c.pl, c.en)
		}
		if !errors.Is(got, c.err) {
			t.Errorf("got %v, want the cause %v kept", got, c.err)
		}
	}
	other := errors.New("initdb: exit status 2")
	if got := explain("/dane", other); got != other {
		t.Errorf("got %v, want an unknown failure as it is", got)
	}
}

func TestFileInPlaceOfTheFolderIsAnError(t *testing.T) {
	file := filepath.Join(folder(t), "data")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(t.Context(), Config{Dir: file}); !errors.Is(err, syscall.ENOTDIR) {
		t.Errorf("got %v, want ENOTDIR", err)
	}
}

func TestFolderTheServersUserCannotReachIsNamed(t *testing.T) {
	closed := filepath.Join(folder(t), "closed")
	inside := filepath.Join(closed, "data")
	if err := os.MkdirAll(inside, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	stranger := account{uid: 54321, gid: 54321, name: "stranger", drop: true}
	requireIn(t, texts(t, stranger.reach(inside)), "chmod o+x "+closed, "stranger")
	if err := os.Chmod(closed, 0o711); err != nil {
		t.Fatal(err)
	}
	if err := stranger.reach(inside); err != nil {
		t.Errorf("got %v, want a passable folder accepted", err)
	}
}

func TestSomebodyElsesSocketFolderIsRefused(t *testing.T) {
	target := folder(t)
	link := filepath.Join(folder(t), "run")
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	as, err := accountFor(filepath.Join(target, "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	if err := private(link, as); err == nil {
		t.Error("got a symbolic link accepted, want it refused")
	}
}

func TestSettingsFollowTheMemory(t *testing.T) {
	for memory, want := range map[int64]string{
		256 * megabyte:      "shared_buffers = '64MB'",
		8 * 1024 * megabyte: "shared_buffers = '1024MB'",
		1 << 40:             "shared_buffers = '2048MB'",
	} {
		if got := settings(memory, "/run", false); !strings.Contains(got, want+"\n") {
			t.Errorf("%d bytes: got\n%s\nwant %s", memory, got, want)
		}
	}
	if got := settings(1<<30, `/it's "here"`, false); !strings.Contains(got, `unix_socket_directories = '"/it''s ""here"""'`) {
		t.Errorf("got\n%s\nwant quotes doubled", got)
	}
}
