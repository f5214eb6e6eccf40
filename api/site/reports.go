package site

import (
	"net/http"

	"wolnica/api"
)

// reportsPart leads to the documents of api/report.
func (s *Site) reportsPart() part {
	return part{
		texts: texts{
			"reports.title": {PL: "Raporty", EN: "Reports"},
			"reports.lead": {PL: "Luki wobec art. 6 ustawy z 19 lipca 2019 r. o zapewnianiu dostępności osobom ze szczególnymi potrzebami, gmina po gminie, z faktów zapisanych w rejestrze. To lista kontrolna, nie audyt.",
				EN: "Gaps against art. 6 of the Act of 19 July 2019 on ensuring accessibility to persons with special needs, municipality by municipality, from the facts recorded in the registry. A checklist, not an audit."},
			"reports.municipality": {PL: "Gmina", EN: "Municipality"},
			"reports.read":         {PL: "Czytaj", EN: "Read"},
			"reports.download":     {PL: "Pobierz", EN: "Download"},
			"reports.of":           {PL: "Raport o lukach: %s", EN: "Gap report: %s"},
			"reports.in":           {PL: "%s, raport jako %s", EN: "%s, the report as %s"},
			"reports.none":         {PL: "Rejestr nie ma jeszcze gmin.", EN: "The registry has no municipalities yet."},
			"reports.place":        {PL: "Raport o lukach (art. 6)", EN: "Gap report (art. 6)"},
			"reports.statement":    {PL: "Szkic deklaracji dostępności", EN: "Draft of the accessibility statement"},
		},
		nav:    []navItem{{section: sectionExplore, path: "/raporty", label: "reports.title"}},
		routes: []route{{method: http.MethodGet, path: "/raporty", class: api.Light, serve: (*visit).reports}},
		ofPlace: []placeLink{
			{path: "/raporty/art-6/miejsce/%d", label: "reports.place"},
			{path: "/raporty/deklaracja/%d", label: "reports.statement"},
		},
	}
}

func (v *visit) reports() error {
	all, err := v.store.Municipalities(v.ctx, v.user, false)
	if err != nil {
		return err
	}
	type row struct{ Name, Path string }
	var rows []row
	for _, m := range all {
		rows = append(rows, row{m.Name, "/raporty/art-6/gmina/" + m.TERYT})
	}
	return v.show("reports", page{Title: v.t("reports.title"), Description: v.t("reports.lead"), Section: sectionExplore, Public: true, Indexed: true, Data: rows})
}
