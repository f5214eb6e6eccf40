package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"wolnica/models"
	"wolnica/models/store"
	"wolnica/models/store/cluster"
)

// database says which database a command works on.
type database struct {
	Data        string `default:"data" placeholder:"DIR" help:"Data folder with the private database and the media." pl:"Folder danych z prywatną bazą i plikami."`
	DatabaseURL string `name:"database-url" env:"DATABASE_URL" placeholder:"URL" help:"PostgreSQL with PostGIS to use instead of the private database." pl:"PostgreSQL z PostGIS zamiast prywatnej bazy."`
}

// use gives the address of the database: the one named, else that of the data folder, whether a server runs on the folder
// or not. release must be called.
func (d database) use(ctx context.Context) (url string, release func(), err error) {
	if d.DatabaseURL != "" {
		return d.DatabaseURL, func() {}, nil
	}
	return cluster.Use(ctx, cluster.Config{Dir: d.Data, Log: slog.Default()})
}

// open gives the registry with its schema brought forward. release closes it.
func (d database) open(ctx context.Context) (s *store.Store, release func(), err error) {
	url, stop, err := d.use(ctx)
	if err != nil {
		return nil, nil, err
	}
	if s, err = openStore(ctx, store.Config{URL: url}); err != nil {
		stop()
		return nil, nil, err
	}
	return s, func() { s.Close(); stop() }, nil
}

// openStore migrates the database forward and opens it.
func openStore(ctx context.Context, cfg store.Config) (*store.Store, error) {
	if _, err := store.Migrate(ctx, cfg.URL); err != nil {
		return nil, explainDatabase(err)
	}
	s, err := store.Open(ctx, cfg)
	if err != nil {
		return nil, explainDatabase(err)
	}
	return s, nil
}

// explainDatabase tells what to do about a database of somebody else's making: one that does not answer, refuses us, or
// lacks an extension. Other errors stay as they are.
func explainDatabase(err error) error {
	var refused *pgconn.PgError
	var unreachable *pgconn.ConnectError
	var e *models.Error
	switch {
	case errors.As(err, &refused) && (refused.Code == "0A000" || refused.Code == "58P01" || refused.Code == "42501"):
		e = models.NewError(models.CodeUnavailable,
			fmt.Sprintf("Baza danych nie pozwala utworzyć schematu: %s. Potrzebne są rozszerzenia postgis, pg_trgm, unaccent, "+
				"btree_gist i fuzzystrmatch oraz prawo ich tworzenia; administrator bazy może je założyć wcześniej poleceniem CREATE EXTENSION.", refused.Message),
			fmt.Sprintf("The database does not let the schema be made: %s. It needs the extensions postgis, pg_trgm, unaccent, "+
				"btree_gist and fuzzystrmatch, and the right to create them; the database's administrator can do that beforehand with CREATE EXTENSION.", refused.Message))
	case errors.As(err, &refused) && (refused.Code == "28P01" || refused.Code == "28000" || refused.Code == "3D000"):
		e = models.NewError(models.CodeUnavailable,
			fmt.Sprintf("Baza danych z DATABASE_URL odmawia połączenia: %s.", refused.Message),
			fmt.Sprintf("The database of DATABASE_URL refuses the connection: %s.", refused.Message))
	case errors.As(err, &unreachable):
		e = models.NewError(models.CodeUnavailable,
			"Baza danych z DATABASE_URL nie odpowiada. Sprawdź adres, port i to, czy serwer działa.",
			"The database of DATABASE_URL does not answer. Check the address, the port and that the server runs.")
	default:
		return err
	}
	e.Err = err
	return e
}

// judgedToday brings verdicts up to this day: no server may have looked at them for some.
func judgedToday(ctx context.Context, s *store.Store) error {
	today := time.Now()
	if _, _, err := s.RefreshRules(ctx, today); err != nil {
		return err
	}
	_, err := s.RefreshVerdicts(ctx, today)
	return err
}
