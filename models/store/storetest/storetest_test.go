package storetest

import (
	"context"
	"os"
	"testing"
)

func TestMain(m *testing.M) { os.Exit(Main(m)) }

func TestEveryOpenGetsADatabaseOfItsOwnWithTheVocabulary(t *testing.T) {
	ctx := context.Background()
	a, b := Open(t), Open(t)
	if _, err := a.Pool().Exec(ctx, "DELETE FROM settings"); err != nil {
		t.Fatal(err)
	}
	var settings, categories int
	if err := b.Pool().QueryRow(ctx, "SELECT (SELECT count(*) FROM settings), (SELECT count(*) FROM categories)").
		Scan(&settings, &categories); err != nil {
		t.Fatal(err)
	}
	if settings == 0 || categories == 0 {
		t.Errorf("got %d settings and %d categories, want some of both", settings, categories)
	}
}
