package v1

import (
	"context"
	"io"
	"maps"
	"slices"
	"time"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/api/report"
	"wolnica/models"
)

type runReportIn struct {
	ID     int64  `path:"id" doc:"Number of the run." pl:"Numer przebiegu."`
	Format string `query:"format" default:"pdf" validate:"oneof=html pdf xlsx geojson" doc:"Format of the document." pl:"Format dokumentu."`
	Lang   string `query:"lang" validate:"omitempty,oneof=pl en" doc:"Its language; that of the request when absent." pl:"Jego język; bez tego parametru język zapytania."`
}

type runReportOut struct {
	Language string `header:"Content-Language"`
	Policy   string `header:"Content-Security-Policy"`
	Body     api.Stream
}

// programmeReports is the route of a run's programme as a document.
func (h *handlers) programmeReports() []api.Route {
	doc := planningDoc("readRunReport", "Program przebiegu jako dokument dla rady (PDF, HTML, XLSX, GeoJSON)", "The programme of a run as a document for a council (PDF, HTML, XLSX, GeoJSON)", models.CodeConflict, models.CodeNotInstalled, models.CodeTooLarge, models.CodeUnavailable)
	doc.Class, doc.Timeout, doc.Produces = api.Heavy, 2*time.Minute, slices.Sorted(maps.Values(report.ProgrammeTypes))
	doc.Description = models.Text{
		PL: "Ostatni sprawdzony program: certyfikat, mapa, budżet, pozycje w latach, zasięg przed i po, równość, czego nie wybrano i dlaczego, strona każdej gminy, założenia ze źródłami. PDF jest tagowany i wymaga na serwerze Chromium. Ta sama treść dla ludzi: /raporty/program/{id}.",
		EN: "The last programme that was checked: certificate, map, budget, items by year, coverage before and after, equity, what was not chosen and why, a page for each municipality, assumptions with their sources. The PDF is tagged and needs Chromium on the server. The same for people: /raporty/program/{id}."}
	return []api.Route{
		api.Handle("GET", "/api/v1/planning/runs/{id}/report", doc, func(ctx context.Context, in runReportIn) (runReportOut, error) {
			if in.Format == "pdf" {
				if err := h.pdf.Installed(); err != nil {
					return runReportOut{}, err
				}
			}
			lang := api.LanguageFrom(ctx)
			if in.Lang != "" {
				lang = models.Language(in.Lang)
			}
			p, err := report.ReadProgramme(ctx, h.store, auth.UserFrom(ctx), in.ID, models.DayOf(h.now()))
			if err != nil {
				return runReportOut{}, err
			}
			body, err := p.As(in.Format, lang, report.CouncilLinks{})
			if err != nil {
				return runReportOut{}, err
			}
			out := runReportOut{Language: string(lang)}
			out.Body = api.Stream{ContentType: report.ProgrammeTypes[in.Format], Filename: p.File(in.Format), Inline: in.Format == "pdf", Write: func(w io.Writer) error {
				_, err := w.Write(body)
				return err
			}}
			switch in.Format {
			case "pdf":
				api.LeaveGate(ctx) // printing waits for no database
				body, err = h.pdf.Print(ctx, body)
			case "html":
				out.Policy, out.Body.Filename = report.ProgrammePolicy, ""
			}
			return out, err
		}),
	}
}
