package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"wolnica/models"
	"wolnica/models/store"
)

const (
	// reportLines is how many lines of single rows a report shows; the rest is for the report file.
	reportLines = 20
	// reportExamples is how many rows stand for a kind of issue.
	reportExamples = 3
	issuePage      = 5000
)

// issueGroup is all issues of one kind.
type issueGroup struct {
	severity, code string
	count          int64
	examples       []models.ImportIssue
}

// printReport prints the counts of an import, then its issues by kind, errors first. Every issue goes to the file, if
// there is one.
func (p *program) printReport(s *store.Store, b *models.ImportBatch, took time.Duration, out *issueFile) error {
	head := models.Text{PL: "Import %d: %s, profil %s, %.1f s", EN: "Import %d: %s, profile %s, %.1f s"}
	if b.DryRun {
		head = models.Text{PL: "Próba importu %d: %s, profil %s, %.1f s; niczego nie zmieniono", EN: "Dry run %d: %s, profile %s, %.1f s; nothing was changed"}
	}
	p.print(head, b.ID, b.FileName, b.Profile, took.Seconds())
	p.print(models.Text{
		PL: "  wiersze %d, dodane %d, zmienione %d, bez zmian %d, odrzucone %d, ostrzeżenia %d",
		EN: "  rows %d, created %d, updated %d, unchanged %d, refused %d, warnings %d"},
		b.RowsRead, b.RowsCreated, b.RowsUpdated, b.RowsUnchanged, b.RowsFailed, b.Warnings)
	groups, err := collectIssues(p, s, b, out)
	if err != nil {
		return err
	}
	var issues, lines int64
	for _, severity := range []string{models.SeverityError, models.SeverityWarning} {
		for _, g := range groups {
			if g.severity != severity {
				continue
			}
			issues += g.count
			word := models.Text{PL: "błędy", EN: "errors"}
			if severity == models.SeverityWarning {
				word = models.Text{PL: "ostrzeżenia", EN: "warnings"}
			}
			fmt.Fprintf(p.stdout, "  %s, %s: %d\n", word.In(p.language), g.code, g.count)
			for _, x := range g.examples {
				if lines++; lines > reportLines {
					break
				}
				p.print(models.Text{PL: "    wiersz %d%s: %s", EN: "    row %d%s: %s"}, x.Row, where(x), x.Reason.In(p.language))
			}
		}
	}
	if shown := min(lines, reportLines); out == nil && issues > shown {
		p.print(models.Text{PL: "  … i %d dalszych; wszystkie zapisze opcja --report PLIK.csv", EN: "  … and %d more; --report FILE.csv writes them all"}, issues-shown)
	}
	return nil
}

// where names the field and the value an issue is about, as far as it has them.
func where(x models.ImportIssue) string {
	text := ""
	if x.Field != "" {
		text += ", " + x.Field
	}
	if x.Value != "" {
		value := []rune(x.Value)
		if len(value) > 60 {
			value = append(value[:60], '…')
		}
		text += " = " + strconv.Quote(string(value))
	}
	return text
}

// collectIssues reads the issues of an import, a page at a time, and returns their kinds in the order they first appear.
func collectIssues(p *program, s *store.Store, b *models.ImportBatch, out *issueFile) ([]*issueGroup, error) {
	var groups []*issueGroup
	byKind := map[[2]string]*issueGroup{}
	for offset := 0; ; offset += issuePage {
		issues, err := s.ImportIssues(p.ctx, store.System(), b.ID, "", offset, issuePage)
		if err != nil {
			return nil, err
		}
		for _, x := range issues {
			kind := [2]string{x.Severity, x.Code}
			g := byKind[kind]
			if g == nil {
				g = &issueGroup{severity: x.Severity, code: x.Code}
				byKind[kind] = g
				groups = append(groups, g)
			}
			g.count++
			if len(g.examples) < reportExamples {
				g.examples = append(g.examples, x)
			}
			if out != nil {
				if err := out.write(b, x); err != nil {
					return nil, err
				}
			}
		}
		if len(issues) < issuePage {
			return groups, nil
		}
	}
}

// issueFile is the CSV file with every issue.
type issueFile struct {
	file     *os.File
	w        *csv.Writer
	language models.Language
}

// createIssueFile makes the file, with the mark by which spreadsheets know UTF-8.
func createIssueFile(path string, language models.Language) (*issueFile, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("create the report: %w", err)
	}
	out := &issueFile{file: f, w: csv.NewWriter(f), language: language}
	if _, err := f.WriteString("\ufeff"); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return out, out.w.Write([]string{"import", "file", "row", "field", "value", "severity", "code", "reason", "place_id"})
}

func (f *issueFile) write(b *models.ImportBatch, x models.ImportIssue) error {
	place := ""
	if x.PlaceID != nil {
		place = strconv.FormatInt(*x.PlaceID, 10)
	}
	return f.w.Write([]string{strconv.FormatInt(b.ID, 10), b.FileName, strconv.FormatInt(x.Row, 10), x.Field, x.Value, x.Severity, x.Code,
		x.Reason.In(f.language), place})
}

// close finishes the file; closing it again does nothing.
func (f *issueFile) close() error {
	if f.file == nil {
		return nil
	}
	f.w.Flush()
	err := errors.Join(f.w.Error(), f.file.Close())
	f.file = nil
	return err
}
