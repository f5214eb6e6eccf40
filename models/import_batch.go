package models

import "time"

// ImportBatch is one import: what was read, what came of it, and whether it was undone.
type ImportBatch struct {
	Record
	Profile        string     `json:"profile"`
	FileName       string     `json:"file_name"`
	CRS            *int       `gorm:"column:crs" json:"crs,omitempty"`
	MunicipalityID *int64     `json:"municipality_id,omitempty"`
	DryRun         bool       `json:"dry_run"`
	Status         string     `json:"status"`
	RowsRead       int64      `json:"rows_read"`
	RowsCreated    int64      `json:"rows_created"`
	RowsUpdated    int64      `json:"rows_updated"`
	RowsUnchanged  int64      `json:"rows_unchanged"`
	RowsFailed     int64      `json:"rows_failed"`
	Warnings       int64      `json:"warnings"`
	Progress       float32    `json:"progress"`
	Message        *Text      `gorm:"serializer:json" json:"message,omitempty"`
	ActorID        *int64     `json:"-"`
	StartedAt      *time.Time `json:"started_at,omitempty"`
	FinishedAt     *time.Time `json:"finished_at,omitempty"`
	UndoneAt       *time.Time `json:"undone_at,omitempty"`
}

// Kind of an ImportBatch.
func (*ImportBatch) Kind() Kind { return KindImportBatch }

// Validate has nothing to check: batches are written by imports, not typed.
func (*ImportBatch) Validate(time.Time) error { return nil }

// The states of an import.
const (
	ImportQueued      = "queued"
	ImportRunning     = "running"
	ImportDone        = "done"
	ImportFailed      = "failed"
	ImportInterrupted = "interrupted"
	ImportUndone      = "undone"
)

// ImportIssue is what an import has to say of one row.
type ImportIssue struct {
	Row      int64
	Field    string
	Value    string
	Severity string // error: the row was left out; warning: it was taken
	Code     string
	Reason   Text
	PlaceID  *int64
}

// The severities of an ImportIssue.
const (
	SeverityError   = "error"
	SeverityWarning = "warning"
)
