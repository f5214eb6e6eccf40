package cluster

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"wolnica/models"
)

// oldest is the oldest major version of PostgreSQL whose features the schema may use.
const oldest = 15

// installation is one set of PostgreSQL server binaries.
type installation struct {
	bin   string
	major int
}

func (i installation) program(name string) string { return filepath.Join(i.bin, name) }

// binFolders lists where server binaries may be: PATH, then where Debian and the PGDG packages put them.
func binFolders() []string {
	folders := filepath.SplitList(os.Getenv("PATH"))
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin"} {
		found, _ := filepath.Glob(pattern)
		folders = append(folders, found...)
	}
	return folders
}

// find picks the newest installation with PostGIS, or with major > 0 the one of exactly that version.
func find(ctx context.Context, folders []string, major int) (installation, error) {
	var found []installation
	for _, folder := range folders {
		initdb, err := filepath.EvalSymlinks(filepath.Join(folder, "initdb"))
		if err != nil {
			continue
		}
		i := installation{bin: filepath.Dir(initdb)}
		if i.major, err = version(ctx, i.program("postgres")); err == nil && !slices.Contains(found, i) {
			found = append(found, i)
		}
	}
	if ctx.Err() != nil {
		return installation{}, fmt.Errorf("find PostgreSQL: %w", ctx.Err())
	}
	slices.SortStableFunc(found, func(a, b installation) int { return cmp.Compare(b.major, a.major) })
	var bare []installation
	for _, i := range found {
		if i.major < oldest || major != 0 && i.major != major {
			continue
		}
		if i.postgis(ctx) {
			return i, nil
		}
		bare = append(bare, i)
	}
	switch {
	case len(bare) > 0:
		return installation{}, missing(bare[0].major,
			fmt.Sprintf("Do PostgreSQL %d brakuje rozszerzenia PostGIS.", bare[0].major),
			fmt.Sprintf("PostgreSQL %d lacks the PostGIS extension.", bare[0].major),
			fmt.Sprintf("postgresql-%d-postgis-3", bare[0].major))
	case major != 0:
		return installation{}, missing(major,
			fmt.Sprintf("Baza w folderze danych jest z PostgreSQL %d, a tej wersji nie ma (zainstalowane: %s).",
				major, listed(found, "żadna")),
			fmt.Sprintf("The cluster in the data folder was made by PostgreSQL %d, which is not installed "+
				"(installed: %s).", major, listed(found, "none")),
			packagesOf(major)...)
	default:
		return installation{}, missing(0,
			fmt.Sprintf("Nie ma serwera PostgreSQL %d lub nowszego (zainstalowane: %s).", oldest, listed(found, "żaden")),
			fmt.Sprintf("There is no PostgreSQL server, version %d or newer (installed: %s).", oldest,
				listed(found, "none")),
			packagesOf(0)...)
	}
}

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

func version(ctx context.Context, postgres string) (int, error) {
	out, err := exec.CommandContext(ctx, postgres, "--version").Output()
	if err != nil {
		return 0, fmt.Errorf("version of %s: %w", postgres, err)
	}
	m := versionPattern.FindSubmatch(out)
	if m == nil {
		return 0, fmt.Errorf("version of %s: got %q", postgres, out)
	}
	return strconv.Atoi(string(m[1]))
}

// postgis tells whether CREATE EXTENSION postgis has something to create from. pg_config comes with another package, so
// the usual places beside the binaries are looked at first.
func (i installation) postgis(ctx context.Context) bool {
	places := []string{
		filepath.Join(i.bin, "../../../../share/postgresql", strconv.Itoa(i.major)), // Debian: lib/postgresql/15/bin
		filepath.Join(i.bin, "../share/postgresql"),
		filepath.Join(i.bin, "../share/pgsql"),
		filepath.Join(i.bin, "../share"),
	}
	if out, err := exec.CommandContext(ctx, i.program("pg_config"), "--sharedir").Output(); err == nil {
		places = append(places, strings.TrimSpace(string(out)))
	}
	return slices.ContainsFunc(places, func(place string) bool {
		_, err := os.Stat(filepath.Join(place, "extension", "postgis.control"))
		return err == nil
	})
}

// library tells whether a library of the server's is where Debian and a build from source put it, beside the binaries.
func (i installation) library(name string) bool {
	for _, place := range []string{"../lib", "../lib/postgresql"} {
		if _, err := os.Stat(filepath.Join(i.bin, place, name+".so")); err == nil {
			return true
		}
	}
	return false
}

// madeBy returns the major version a cluster was made by, 0 when there is no cluster.
func madeBy(folder string) (int, error) {
	b, err := os.ReadFile(filepath.Join(folder, "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		if entries, _ := os.ReadDir(folder); len(entries) > 0 {
			return 0, models.NewError(models.CodeUnavailable,
				fmt.Sprintf("W %s nie ma bazy PostgreSQL, ale są inne pliki. Przenieś je gdzie indziej.", folder),
				fmt.Sprintf("%s holds files but no PostgreSQL cluster. Move them elsewhere.", folder))
		}
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the cluster's version: %w", err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		return 0, fmt.Errorf("read the cluster's version: %w", err)
	}
	return major, nil
}

// missing tells which Debian packages to install, or how to do without them.
func missing(major int, pl, en string, packages ...string) error {
	install := "apt-get install " + strings.Join(packages, " ")
	notePL, noteEN := "", ""
	if major == 0 && strings.Contains(install, "-NN") {
		notePL = fmt.Sprintf(" (NN to numer wersji, co najmniej %d)", oldest)
		noteEN = fmt.Sprintf(" (NN is the version number, at least %d)", oldest)
	}
	const url = "DATABASE_URL=postgres://user:password@host:5432/wolnica"
	return models.NewError(models.CodeUnavailable,
		fmt.Sprintf("%s Zainstaluj pakiety: %s%s. Można też wskazać istniejącą bazę z PostGIS: %s.", pl, install, notePL, url),
		fmt.Sprintf("%s Install the packages: %s%s. Or name an existing database with PostGIS: %s.", en, install, noteEN, url))
}

// packagesOf names the packages of a major version; for 0 those of the version this Debian or Ubuntu ships.
func packagesOf(major int) []string {
	number := "NN"
	if major == 0 {
		major = shipped("/etc/os-release")
	}
	if major != 0 {
		number = strconv.Itoa(major)
	}
	return []string{"postgresql-" + number, "postgresql-" + number + "-postgis-3"}
}

// shipped is the PostgreSQL version of the running distribution release, 0 when not known.
// Source: https://packages.debian.org/postgresql and https://packages.ubuntu.com/postgresql.
func shipped(release string) int {
	f, err := os.Open(release)
	if err != nil {
		return 0
	}
	defer f.Close()
	field := map[string]string{}
	for s := bufio.NewScanner(f); s.Scan(); {
		if k, v, ok := strings.Cut(s.Text(), "="); ok {
			field[k] = strings.Trim(v, `"'`)
		}
	}
	return map[string]int{"debian 12": 15, "debian 13": 17, "ubuntu 24.04": 16}[field["ID"]+" "+field["VERSION_ID"]]
}

func listed(found []installation, none string) string {
	if len(found) == 0 {
		return none
	}
	var names []string
	for _, i := range found {
		names = append(names, strconv.Itoa(i.major))
	}
	return strings.Join(slices.Compact(names), ", ")
}
