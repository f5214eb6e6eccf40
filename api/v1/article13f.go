package v1

import (
	"context"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/models"
)

// Article13f is how the municipalities keep to art. 13f of the Planning Act.
type Article13f struct {
	Standards    []GapStandard      `json:"standards"`
	Items        []Compliance       `json:"items"`
	Population   []WhatIfPopulation `json:"population"`
	DetourFactor float64            `json:"detour_factor"`
}

// Compliance is how a municipality keeps to a standard.
type Compliance struct {
	// Municipality is absent for residents outside all.
	Municipality *MunicipalityLink `json:"municipality,omitzero"`
	// Standard is its code.
	Standard string `json:"standard"`
	// DistanceM and MinAreaM2 are the limits that hold there.
	DistanceM float64 `json:"distance_m"`
	MinAreaM2 float64 `json:"min_area_m2"`
	// Own says that the municipality has set them itself; source is its act then.
	Own    bool   `json:"own"`
	Source string `json:"source,omitzero"`
	// Outcome is unknown where only cells are unserved whose residents are secret.
	Outcome string `json:"outcome" validate:"compliance"`
	GapCount
}

type article13fOut struct{ Body Article13f }

func (h *handlers) article13f() []api.Route {
	doc := planningDoc("readArticle13f", "Art. 13f: dostępność zieleni publicznej według gmin", "Art. 13f: availability of public green space by municipality", models.CodeNotFound)
	doc.Class = api.Heavy
	doc.Description = models.Text{
		PL: "Art. 13f ustawy o planowaniu i zagospodarowaniu przestrzennym: czy mieszkańcy mają zieleń publiczną od 3 ha i od 20 ha w zasięgu, według wartości ustawowych albo ustalonych przez gminę (/planning/standard-overrides). Liczy się to, co jest w rejestrze: zieleń o nieznanej powierzchni nie spełnia standardu. Wynik opisuje dane, nie jest oceną prawną.",
		EN: "Art. 13f of the Planning Act: whether residents have public green space of 3 ha and of 20 ha within reach, by the limits of the act or those the municipality has set (/planning/standard-overrides). What stands in the registry counts: green space of unknown area meets nothing. The outcome describes the data and is no legal opinion."}
	return []api.Route{api.Handle("GET", "/api/v1/planning/article-13f", doc, func(ctx context.Context, in gapsIn) (article13fOut, error) {
		g, err := h.store.Ground(ctx, auth.UserFrom(ctx))
		if err != nil {
			return article13fOut{}, err
		}
		if err := h.store.After(ctx, auth.UserFrom(ctx), g, in.Run); err != nil {
			return article13fOut{}, err
		}
		found, err := g.Complies(ctx, models.LegalArticle13f)
		if err != nil {
			return article13fOut{}, err
		}
		body := Article13f{Standards: []GapStandard{}, Items: []Compliance{}, Population: mapSlice(g.Population, populationOut), DetourFactor: g.Assumptions.Detour}
		for _, d := range g.Demands() {
			if !d.Accessible && d.Standard.LegalBasis == models.LegalArticle13f {
				body.Standards = append(body.Standards, gapStandard(d, g.CellWidthM))
			}
		}
		for i := range found {
			c := &found[i]
			out := Compliance{Standard: c.Standard.Code, DistanceM: c.Standard.DistanceM, MinAreaM2: c.Standard.MinAreaM2, Own: c.Own, Source: c.Source, Outcome: c.Outcome(), GapCount: gapCount(&c.Count)}
			if m := g.MunicipalityAt(c.Municipality); m != nil {
				out.Municipality = &MunicipalityLink{ID: m.ID, TERYT: m.TERYT, Name: m.Name}
			}
			body.Items = append(body.Items, out)
		}
		return article13fOut{body}, nil
	})}
}
