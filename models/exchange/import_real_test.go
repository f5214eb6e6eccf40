package exchange

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"testing"

	"wolnica/models"
	"wolnica/models/store"
	"wolnica/models/store/storetest"
)

const realData = "../../../shared/data/"

// importFile imports a file and fails the test when that fails.
func importFile(t testing.TB, s *store.Store, profile, path string) *models.ImportBatch {
	t.Helper()
	b, err := Import(context.Background(), s, store.System(), Options{Profile: mustLoad(t, profile), Path: path})
	if err != nil {
		t.Fatalf("import %s by %s: %v", path, profile, err)
	}
	return b
}

func mustLoad(t testing.TB, name string) *Profile {
	t.Helper()
	p, err := LoadProfile(name)
	if err != nil {
		t.Fatalf("load profile %s: %v", name, err)
	}
	return p
}

// issuesByCode counts the report of an import.
func issuesByCode(t testing.TB, s *store.Store, batch int64) map[string]int {
	t.Helper()
	issues, err := s.ImportIssues(context.Background(), store.System(), batch, "", 0, 1_000_000)
	if err != nil {
		t.Fatalf("read the report: %v", err)
	}
	codes := map[string]int{}
	for _, x := range issues {
		codes[x.Severity+" "+x.Code]++
	}
	return codes
}

// Real files lie beside the repository where there are any. What they hold is known, so their imports are counted.
func TestRealFilesAreImportedWhole(t *testing.T) {
	if _, err := os.Stat(realData); errors.Is(err, fs.ErrNotExist) {
		return // the fixtures below testdata prove the same on invented rows
	}
	s := storetest.Open(t)
	for _, tt := range []struct {
		profile, file   string
		created, failed int64
	}{
		{"municipalities", "boundaries/metropolia15_gminy_refined_ODbL.geojson", 15, 0},
		{"krakow-register", "heritage/krakow_rejestr_zabytkow.csv", 1489, 0},
		{"municipal-inventory", "heritage/GEZ_punkty.gpkg", 5693, 0},
		{"parks", "leisure/krakow_parki.geojson", 78, 0},
		{"museums", "leisure/krakow_museums_osm.tsv", 123, 0},
		{"playgrounds", "leisure/spielplaetze_flensburg.geojson", 76, 0},
	} {
		t.Run(tt.profile, func(t *testing.T) {
			b := importFile(t, s, tt.profile, realData+tt.file)
			if b.RowsCreated != tt.created || b.RowsFailed != tt.failed {
				t.Errorf("got %d created and %d failed, want %d and %d", b.RowsCreated, b.RowsFailed, tt.created, tt.failed)
			}
			t.Logf("%s: %+v", tt.profile, issuesByCode(t, s, b.ID))
			before := count(t, s, "revisions")
			again := importFile(t, s, tt.profile, realData+tt.file)
			if again.RowsUnchanged != tt.created || again.RowsUpdated != 0 || again.RowsCreated != 0 {
				t.Errorf("second import: got %d unchanged, %d updated, %d created, want all %d unchanged",
					again.RowsUnchanged, again.RowsUpdated, again.RowsCreated, tt.created)
			}
			if after := count(t, s, "revisions"); after != before {
				t.Errorf("second import: got %d revisions more, want none", after-before)
			}
		})
	}
}

func count(t testing.TB, s *store.Store, table string) (n int) {
	t.Helper()
	if err := s.Pool().QueryRow(context.Background(), "SELECT count(*) FROM "+table).Scan(&n); err != nil {
		t.Fatalf("count %s: %v", table, err)
	}
	return n
}
