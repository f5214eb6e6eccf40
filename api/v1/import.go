package v1

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"strconv"
	"time"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/models"
	"wolnica/models/exchange"
	"wolnica/models/job"
	"wolnica/models/store"
)

// ImportInput says how an uploaded file is to be imported.
type ImportInput struct {
	// Profile is the name of a shipped profile; profile_yaml is one of the sender's own instead.
	Profile     string `json:"profile,omitzero"`
	ProfileYAML string `json:"profile_yaml,omitzero" validate:"max=65536"`
	CRS         int    `json:"crs,omitzero" validate:"gte=0,lte=1000000"`
	Layer       string `json:"layer,omitzero" validate:"max=200"`
	Publication string `json:"publication,omitzero" validate:"omitempty,publication"`
	// AsOf is the day on which the file was true: facts that have no date of their own are dated by it.
	AsOf           *models.Date `json:"as_of,omitzero"`
	MunicipalityID *int64       `json:"municipality_id,omitzero" validate:"omitempty,gte=1"`
	DryRun         bool         `json:"dry_run,omitzero"`
	// Only limits an import of OpenStreetMap to elements with one of these tags, such as "leisure=park" or "historic=*".
	Only []string `json:"only,omitzero" validate:"max=50,dive,min=3,max=300"`
	// BBox limits the import to what reaches into the box "minLon,minLat,maxLon,maxLat", in degrees.
	BBox string `json:"bbox,omitzero" validate:"max=200"`
}

// Import is one import: how far it is, and what came of it.
type Import struct {
	Meta
	Profile        string       `json:"profile"`
	FileName       string       `json:"file_name"`
	CRS            *int         `json:"crs,omitzero"`
	MunicipalityID *int64       `json:"municipality_id,omitzero"`
	DryRun         bool         `json:"dry_run"`
	Status         string       `json:"status" enum:"queued,running,done,failed,interrupted,undone"`
	Progress       float32      `json:"progress"`
	RowsRead       int64        `json:"rows_read"`
	RowsCreated    int64        `json:"rows_created"`
	RowsUpdated    int64        `json:"rows_updated"`
	RowsUnchanged  int64        `json:"rows_unchanged"`
	RowsFailed     int64        `json:"rows_failed"`
	Warnings       int64        `json:"warnings"`
	Message        *models.Text `json:"message,omitzero"`
	StartedAt      *time.Time   `json:"started_at,omitzero"`
	FinishedAt     *time.Time   `json:"finished_at,omitzero"`
	UndoneAt       *time.Time   `json:"undone_at,omitzero"`
	// StartedBy is the name of who began it.
	StartedBy string `json:"started_by,omitzero"`
}

// importsOut are imports with the names of those who began them.
func (h *handlers) importsOut(ctx context.Context, batches ...models.ImportBatch) ([]Import, error) {
	var ids []int64
	for _, b := range batches {
		if b.ActorID != nil {
			ids = append(ids, *b.ActorID)
		}
	}
	names, err := h.store.UserNames(ctx, ids)
	if err != nil {
		return nil, err
	}
	return mapSlice(batches, func(b models.ImportBatch) Import {
		out := importOut(b)
		if b.ActorID != nil {
			out.StartedBy = names[*b.ActorID]
		}
		return out
	}), nil
}

func importOut(b models.ImportBatch) Import {
	return Import{Meta: metaOf(&b.Record), Profile: b.Profile, FileName: b.FileName, CRS: b.CRS, MunicipalityID: b.MunicipalityID, DryRun: b.DryRun,
		Status: b.Status, Progress: b.Progress, RowsRead: b.RowsRead, RowsCreated: b.RowsCreated, RowsUpdated: b.RowsUpdated,
		RowsUnchanged: b.RowsUnchanged, RowsFailed: b.RowsFailed, Warnings: b.Warnings, Message: b.Message,
		StartedAt: b.StartedAt, FinishedAt: b.FinishedAt, UndoneAt: b.UndoneAt}
}

// ImportIssue is what an import has to say of one row.
type ImportIssue struct {
	Row      int64       `json:"row"`
	Field    string      `json:"field,omitzero"`
	Value    string      `json:"value,omitzero"`
	Severity string      `json:"severity" enum:"error,warning"`
	Code     string      `json:"code"`
	Reason   models.Text `json:"reason"`
	PlaceID  *int64      `json:"place_id,omitzero"`
}

func issueOut(i models.ImportIssue) ImportIssue {
	return ImportIssue{Row: i.Row, Field: i.Field, Value: i.Value, Severity: i.Severity, Code: i.Code, Reason: i.Reason, PlaceID: i.PlaceID}
}

type issuesIn struct {
	ID       int64  `path:"id" doc:"Number of the import." pl:"Numer importu."`
	Severity string `query:"severity" validate:"omitempty,oneof=error warning" doc:"Only errors (rows left out) or only warnings." pl:"Tylko błędy (wiersze pominięte) albo tylko ostrzeżenia."`
	Limit    int    `query:"limit" default:"100" validate:"gte=1,lte=1000" doc:"Most issues in the answer." pl:"Najwyżej tyle uwag w odpowiedzi."`
	Offset   int    `query:"offset" validate:"gte=0,lte=100000000" doc:"How many issues to pass over." pl:"Ile uwag pominąć."`
}

// UndoReport says what an undo took back, and what it kept because somebody worked on it since.
type UndoReport struct {
	Import Import `json:"import"`
	// Removed and Restored count places or municipalities, Parts what belongs to them.
	Removed  int64 `json:"removed"`
	Restored int64 `json:"restored"`
	Parts    int64 `json:"parts"`
	// KeptCount is how many records were left alone; Kept names the first thousand of them.
	KeptCount int64        `json:"kept_count"`
	Kept      []KeptRecord `json:"kept"`
}

// KeptRecord is a record that was edited after the import and therefore stays.
type KeptRecord struct {
	Kind    string      `json:"kind"`
	ID      int64       `json:"id"`
	PlaceID *int64      `json:"place_id,omitzero"`
	Name    string      `json:"name,omitzero"`
	Reason  models.Text `json:"reason"`
}

func undoReport(u store.UndoReport, b models.ImportBatch) UndoReport {
	return UndoReport{Import: importOut(b), Removed: u.Removed, Restored: u.Restored, Parts: u.Parts, KeptCount: u.KeptCount,
		Kept: mapSlice(u.Kept, func(k store.KeptRecord) KeptRecord {
			return KeptRecord{Kind: string(k.Kind), ID: k.ID, PlaceID: k.PlaceID, Name: k.Name, Reason: k.Reason}
		})}
}

// ImportProfile is a shipped profile.
type ImportProfile struct {
	Name   string      `json:"name"`
	Title  models.Text `json:"title"`
	Target string      `json:"target"`
}

type importIn struct {
	Body *multipart.Reader `body:"multipart"`
}

type batchesIn struct{ pageIn }

type profilesOut struct{ Body List[ImportProfile] }

type undoOut struct{ Body UndoReport }

func (h *handlers) imports() []api.Route {
	const path = "/api/v1/imports"
	doc := func(id, pl, en string) api.Doc {
		return api.Doc{ID: id, Tag: "imports", Auth: true, Summary: models.Text{PL: pl, EN: en}, Problems: []models.Code{models.CodeUnauthenticated, models.CodeForbidden}}
	}
	r := resource[models.ImportBatch, *models.ImportBatch, ImportInput, Import]{store: h.store, path: path, tag: "imports", id: "Import", onePL: "import", one: "an import",
		out: func(ctx context.Context, b *models.ImportBatch) (Import, error) {
			out, err := h.importsOut(ctx, *b)
			if err != nil {
				return Import{}, err
			}
			return out[0], nil
		}}
	start := doc("startImport", "Zaimportuj plik (w tle)", "Import a file (in the background)")
	start.Statuses, start.BodyLimit, start.Timeout = []int{202}, job.MaxUpload+1<<20, -1
	start.Description = models.Text{
		PL: "multipart/form-data: najpierw część „record” (JSON jak w ImportInput), potem „file”. Postęp i wynik podaje odczyt importu, uwagi do wierszy jego issues.",
		EN: `multipart/form-data: first the part "record" (JSON as in ImportInput), then "file". Reading the import tells its progress and result, its issues the report of rows.`}
	start.Problems = append(start.Problems, models.CodeInvalid, models.CodeTooLarge, models.CodeUnsupportedMedia)
	undo := doc("undoImport", "Cofnij import, poza tym, co od tego czasu zmieniono", "Take an import back, except what was edited since")
	undo.Timeout = -1
	undo.Problems = append(undo.Problems, models.CodeConflict)
	return []api.Route{
		api.Handle("GET", path, doc("listImports", "Lista importów", "List imports"), func(ctx context.Context, in batchesIn) (listOut[Import], error) {
			rows, next, err := h.store.ImportBatches(ctx, auth.UserFrom(ctx), in.Deleted, in.page(""))
			if err != nil {
				return listOut[Import]{}, err
			}
			out, err := h.importsOut(ctx, rows...)
			if err != nil {
				return listOut[Import]{}, err
			}
			return listPage(path, QueryOf(in), out, next), nil
		}),
		api.Handle("POST", path, start, func(ctx context.Context, in importIn) (recordOut[Import], error) {
			b, err := h.startImport(ctx, in.Body)
			if err != nil {
				return recordOut[Import]{}, err
			}
			o, err := r.record(ctx, b, 202)
			o.Location = path + "/" + formatID(b.ID)
			return o, err
		}),
		r.read(),
		api.Handle("GET", path+"/{id}/issues", doc("listImportIssues", "Uwagi do wierszy", "Report of rows"), func(ctx context.Context, in issuesIn) (listOut[ImportIssue], error) {
			issues, err := h.store.ImportIssues(ctx, auth.UserFrom(ctx), in.ID, in.Severity, in.Offset, in.Limit)
			if err != nil {
				return listOut[ImportIssue]{}, err
			}
			out := listPage(path, nil, mapSlice(issues, issueOut), "")
			if len(issues) == in.Limit {
				q := QueryOf(in)
				q.Set("offset", strconv.Itoa(in.Offset+in.Limit))
				out.Link = fmt.Sprintf(`<%s/%d/issues?%s>; rel="next"`, path, in.ID, q.Encode())
			}
			return out, nil
		}),
		api.Handle("POST", path+"/{id}/undo", undo, func(ctx context.Context, in idIn) (undoOut, error) {
			report, err := exchange.Undo(ctx, h.store, auth.UserFrom(ctx), in.ID)
			if err != nil {
				return undoOut{}, err
			}
			b, err := store.ByID[models.ImportBatch](ctx, h.store, auth.UserFrom(ctx), in.ID)
			if err != nil {
				return undoOut{}, err
			}
			return undoOut{Body: undoReport(report, *b)}, nil
		}),
		api.Handle("GET", "/api/v1/import-profiles", doc("listImportProfiles", "Profile importu", "Import profiles"), func(context.Context, struct{}) (profilesOut, error) {
			profiles := exchange.Profiles()
			out := make([]ImportProfile, len(profiles))
			for i, p := range profiles {
				out[i] = ImportProfile{Name: p.Name, Title: p.Title, Target: p.Target}
			}
			return profilesOut{Body: List[ImportProfile]{Items: out}}, nil
		}),
	}
}

// startImport reads what is to be done before the file, so that a file nobody may import is not read.
func (h *handlers) startImport(ctx context.Context, body *multipart.Reader) (*models.ImportBatch, error) {
	expected := models.NewError(models.CodeMalformed, "Oczekiwano najpierw części „record” (JSON), potem „file”.", `Expected the part "record" (JSON) first, then "file".`)
	part, err := body.NextPart()
	if err != nil || part.FormName() != "record" {
		return nil, expected
	}
	raw, err := io.ReadAll(io.LimitReader(part, 256<<10))
	if err != nil {
		return nil, api.BodyError(err)
	}
	var in ImportInput
	if err := api.DecodeJSON(raw, &in); err != nil {
		return nil, err
	}
	user := auth.UserFrom(ctx)
	if err := h.store.MayImport(user, in.MunicipalityID); err != nil {
		return nil, err
	}
	part, err = body.NextPart()
	if err != nil || part.FormName() != "file" {
		return nil, expected
	}
	var asOf models.Date
	if in.AsOf != nil {
		asOf = *in.AsOf
	}
	b, err := h.jobs.Submit(ctx, user, job.Upload{AsOf: asOf, Profile: in.Profile, ProfileYAML: in.ProfileYAML, FileName: part.FileName(), CRS: in.CRS, Layer: in.Layer,
		Publication: in.Publication, MunicipalityID: in.MunicipalityID, DryRun: in.DryRun, Only: in.Only, BBox: in.BBox}, part)
	var broken *job.BrokenUpload
	if errors.As(err, &broken) {
		return nil, api.BodyError(broken.Err)
	}
	return b, err
}
