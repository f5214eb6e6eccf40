package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"

	"wolnica/models"
)

// constraintFields names, for each constraint a request can break after the checks in Go, the field and the reason. A
// constraint that is not here is our fault and becomes an internal error.
var constraintFields = map[string]models.FieldError{
	"municipalities_teryt_key":                {Pointer: "/teryt", Code: "taken", Message: models.Text{PL: "Gmina o tym kodzie TERYT już jest.", EN: "There already is a municipality with this TERYT code."}},
	"categories_code_key":                     {Pointer: "/code", Code: "taken", Message: models.Text{PL: "Kategoria o tym kodzie już jest.", EN: "There already is a category with this code."}},
	"categories_parent_fkey":                  {Pointer: "/parent", Code: "unknown", Message: models.Text{PL: "Nie ma takiej kategorii nadrzędnej w tym aspekcie.", EN: "There is no such parent category in this facet."}},
	"users_email_key":                         {Pointer: "/email", Code: "taken", Message: models.Text{PL: "Ten adres e-mail jest już zajęty.", EN: "This e-mail address is taken."}},
	"user_roles_municipality_id_fkey":         {Pointer: "/roles", Code: "unknown", Message: models.Text{PL: "Rola wskazuje gminę, której nie ma.", EN: "A role names a municipality that does not exist."}},
	"user_roles_key":                          {Pointer: "/roles", Code: "duplicate", Message: models.Text{PL: "Ta sama rola jest podana dwa razy.", EN: "The same role is given twice."}},
	"places_heritage_category_fkey":           {Pointer: "/heritage/category", Code: "vocabulary", Message: models.Text{PL: "Nie ma takiej kategorii.", EN: "There is no such category."}},
	"places_infrastructure_category_fkey":     {Pointer: "/infrastructure/category", Code: "vocabulary", Message: models.Text{PL: "Nie ma takiej kategorii.", EN: "There is no such category."}},
	"places_parent_id_fkey":                   {Pointer: "/parent_id", Code: "unknown", Message: models.Text{PL: "Nie ma takiego miejsca nadrzędnego.", EN: "There is no such parent place."}},
	"places_parent_is_tree":                   {Pointer: "/parent_id", Code: "cycle", Message: models.Text{PL: "Miejsce byłoby częścią samego siebie.", EN: "The place would be a part of itself."}},
	"places_parent_not_self":                  {Pointer: "/parent_id", Code: "cycle", Message: models.Text{PL: "Miejsce nie może być częścią samego siebie.", EN: "A place cannot be a part of itself."}},
	"places_geom_ok":                          {Pointer: "/geometry", Code: "geometry", Message: models.Text{PL: "Geometria nie jest poprawna według OGC.", EN: "The geometry is not valid by OGC rules."}},
	"products_geom_ok":                        {Pointer: "/geometry", Code: "geometry", Message: models.Text{PL: "Geometria nie jest poprawna według OGC.", EN: "The geometry is not valid by OGC rules."}},
	"municipalities_geom_ok":                  {Pointer: "/geometry", Code: "geometry", Message: models.Text{PL: "Granica nie jest poprawnym wielokątem.", EN: "The outline is not a valid polygon."}},
	"products_category_fkey":                  {Pointer: "/category", Code: "vocabulary", Message: models.Text{PL: "Nie ma takiej kategorii.", EN: "There is no such category."}},
	"product_stops_place_id_fkey":             {Pointer: "/stops", Code: "unknown", Message: models.Text{PL: "Przystanek wskazuje miejsce, którego nie ma.", EN: "A stop names a place that does not exist."}},
	"funds_municipality_id_fkey":              {Pointer: "/municipality_id", Code: "unknown", Message: models.Text{PL: "Nie ma takiej gminy.", EN: "There is no such municipality."}},
	"investment_proposals_geom_ok":            {Pointer: "/geometry", Code: "geometry", Message: models.Text{PL: "Geometria nie jest poprawna według OGC.", EN: "The geometry is not valid by OGC rules."}},
	"service_standards_code":                  {Pointer: "/code", Code: "taken", Message: models.Text{PL: "Ten kod ma już inny standard.", EN: "Another standard already has this code."}},
	"service_standards_rest":                  {Pointer: "/categories", Code: "taken", Message: models.Text{PL: "Standard bez kategorii już jest, a może być tylko jeden.", EN: "There is a standard without categories already, and there can be only one."}},
	"standard_overrides_key":                  {Pointer: "/municipality_id", Code: "taken", Message: models.Text{PL: "Ta gmina zmieniła już ten standard.", EN: "This municipality has set this standard already."}},
	"standard_overrides_municipality_id_fkey": {Pointer: "/municipality_id", Code: "unknown", Message: models.Text{PL: "Nie ma takiej gminy.", EN: "There is no such municipality."}},
	"unit_rates_key":                          {Pointer: "/category", Code: "taken", Message: models.Text{PL: "Ta kategoria ma już stawkę tego rodzaju.", EN: "This category already has a rate of this kind."}},
	"quality_dismissals_key":                  {Pointer: "/place_id", Code: "taken", Message: models.Text{PL: "Tę usterkę już odrzucono.", EN: "This issue has been dismissed already."}},
	"external_ids_key":                        {Pointer: "/value", Code: "taken", Message: models.Text{PL: "Ten identyfikator ma już inny rekord.", EN: "Another record already has this id."}},
	"access_facts_media_id_fkey":              {Pointer: "/media_id", Code: "unknown", Message: models.Text{PL: "Nie ma takiego pliku.", EN: "There is no such file."}},
	"access_facts_superseded_by_fkey":         {Pointer: "/superseded_by", Code: "unknown", Message: models.Text{PL: "Nie ma takiego faktu.", EN: "There is no such fact."}},
	"inspections_superseded_by_fkey":          {Pointer: "/superseded_by", Code: "unknown", Message: models.Text{PL: "Nie ma takiego przeglądu.", EN: "There is no such inspection."}},
}

// mapError turns what the database says into a models.Error where a person caused it or has to wait for it, and leaves
// every other error as it is (an internal one).
func mapError(err error) error {
	var known *models.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	if errors.Is(err, pgx.ErrNoRows) || errors.Is(err, gorm.ErrRecordNotFound) {
		return models.ErrNotFound()
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		if f, ok := constraintFields[pg.ConstraintName]; ok {
			code := models.CodeInvalid
			if f.Code == "taken" {
				code = models.CodeConflict
			}
			return &models.Error{Code: code, Fields: []models.FieldError{f}, Err: err,
				Message: models.Text{PL: "Dane nie są poprawne.", EN: "The data is not valid."}}
		}
		switch pg.Code {
		case "40001", "40P01": // serialization failure, deadlock
			return unavailable(err, "Rekord zmienia właśnie ktoś inny. Spróbuj ponownie.", "Somebody else is changing the record right now. Try again.")
		case "57014": // statement timeout or cancel
			return unavailable(err, "Zapytanie trwało zbyt długo.", "The query took too long.")
		case "53100": // disk full
			return unavailable(err, "Na serwerze zabrakło miejsca na dysku. Nic nie zapisano.", "The server's disk is full. Nothing was saved.")
		case "57P01", "57P02", "57P03", "53300", "08006":
			return unavailable(err, "Baza danych jest chwilowo niedostępna.", "The database is not available at the moment.")
		}
		return err
	}
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) || pgconn.Timeout(err) {
		return unavailable(err, "Baza danych jest chwilowo niedostępna.", "The database is not available at the moment.")
	}
	return err
}

func unavailable(err error, pl, en string) error {
	e := models.NewError(models.CodeUnavailable, pl, en)
	e.Err = err
	return e
}

func stale(current int) error {
	e := models.NewError(models.CodeStale,
		fmt.Sprintf("Ktoś zmienił ten rekord w międzyczasie; aktualna wersja to %d. Wczytaj ją i nanieś zmiany ponownie.", current),
		fmt.Sprintf("Somebody changed this record in the meantime; the current version is %d. Load it and make your changes again.", current))
	e.Version = current
	return e
}
