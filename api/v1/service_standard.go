package v1

import (
	"context"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/models"
	"wolnica/models/store"
)

// ServiceStandardInput is a service standard as clients write it.
type ServiceStandardInput struct {
	// Code names it for good: scenarios, proposals and runs refer to it.
	Code  string      `json:"code"`
	Label models.Text `json:"label"`
	// Categories are the roots of the subtrees that serve it. None is every category without a standard of its own: only the what-if counts by
	// such a one.
	Categories []string `json:"categories" validate:"max=50"`
	// Audience is whose residents are counted.
	Audience string `json:"audience" validate:"audience"`
	// Mode is how a way is measured; absent is straight_line.
	Mode      string  `json:"mode,omitzero" validate:"omitempty,distance_mode"`
	DistanceM float64 `json:"distance_m" validate:"required"`
	// MinAreaM2 is how large a place has to be; absent asks nothing. A place of unknown area does not serve the standard then.
	MinAreaM2 *float64 `json:"min_area_m2,omitzero"`
	// MinQualityGrade is the poorest condition that serves it, from 1 to 5; absent asks nothing. A place of unknown condition does not serve it then.
	MinQualityGrade *int `json:"min_quality_grade,omitzero"`
	// Weight is how much a resident counts under it in a programme; absent is 1, 0 leaves the standard out of the choice.
	Weight *float64 `json:"weight,omitzero"`
	// LegalBasis is the rule of law behind it, absent for none.
	LegalBasis string `json:"legal_basis,omitzero" validate:"omitempty,legal_basis"`
	// BuildCategory is what would be built for it; absent is nothing that is suggested.
	BuildCategory string      `json:"build_category,omitzero"`
	Source        models.Text `json:"source"`
	// Proposal says that nobody's rule stands behind it: the source says who proposes it.
	Proposal bool `json:"proposal,omitzero"`
	// Ordinal is where it stands in lists.
	Ordinal int `json:"ordinal,omitzero"`
}

// ServiceStandard is a service standard as clients read it.
type ServiceStandard struct {
	Meta
	ServiceStandardInput
}

func standardInput(s *models.ServiceStandard) ServiceStandardInput {
	weight := s.Weight
	return ServiceStandardInput{Code: s.Code, Label: models.Text{PL: s.LabelPL, EN: s.LabelEN}, Categories: append([]string{}, s.Categories...), Audience: s.Audience, Mode: s.Mode,
		DistanceM: s.DistanceM, MinAreaM2: s.MinAreaM2, MinQualityGrade: s.MinQualityGrade, Weight: &weight, LegalBasis: s.LegalBasis, BuildCategory: s.BuildCategory,
		Source: models.Text{PL: s.SourcePL, EN: s.SourceEN}, Proposal: s.Proposal, Ordinal: s.Ordinal}
}

func applyStandard(in ServiceStandardInput, s *models.ServiceStandard) error {
	*s = models.ServiceStandard{Record: s.Record, Code: in.Code, LabelPL: in.Label.PL, LabelEN: in.Label.EN, Categories: append(models.StringArray{}, in.Categories...), Audience: in.Audience,
		Mode: in.Mode, DistanceM: in.DistanceM, MinAreaM2: in.MinAreaM2, MinQualityGrade: in.MinQualityGrade, Weight: 1, LegalBasis: in.LegalBasis, BuildCategory: in.BuildCategory,
		SourcePL: in.Source.PL, SourceEN: in.Source.EN, Proposal: in.Proposal, Ordinal: in.Ordinal}
	if s.Mode == "" {
		s.Mode = models.ModeStraightLine
	}
	if in.Weight != nil {
		s.Weight = *in.Weight
	}
	return nil
}

// StandardOverrideInput is a service standard as a municipality has set it for its own residents, as clients write it.
type StandardOverrideInput struct {
	StandardID     int64 `json:"standard_id" validate:"required,gte=1"`
	MunicipalityID int64 `json:"municipality_id" validate:"required,gte=1"`
	// DistanceM and MinAreaM2 stand in the place of the standard's; absent keeps it. One of them is given.
	DistanceM *float64 `json:"distance_m,omitzero"`
	MinAreaM2 *float64 `json:"min_area_m2,omitzero"`
	// Source is the act of the municipality that sets it.
	Source string `json:"source"`
}

// StandardOverride is such a setting as clients read it.
type StandardOverride struct {
	Meta
	StandardOverrideInput
	// Standard is the code of the standard and Municipality the one that set it, in a list.
	Standard     string            `json:"standard,omitzero"`
	Municipality *MunicipalityLink `json:"municipality,omitzero"`
}

func overrideInput(o *models.StandardOverride) StandardOverrideInput {
	return StandardOverrideInput{StandardID: o.StandardID, MunicipalityID: o.MunicipalityID, DistanceM: o.DistanceM, MinAreaM2: o.MinAreaM2, Source: o.Source}
}

func applyOverride(in StandardOverrideInput, o *models.StandardOverride) error {
	*o = models.StandardOverride{Record: o.Record, StandardID: in.StandardID, MunicipalityID: in.MunicipalityID, DistanceM: in.DistanceM, MinAreaM2: in.MinAreaM2, Source: in.Source}
	return nil
}

// serviceStandards are the routes of service standards and of what municipalities set otherwise.
func (h *handlers) serviceStandards() []api.Route {
	out := func(s models.ServiceStandard) ServiceStandard {
		return ServiceStandard{Meta: metaOf(&s.Record), ServiceStandardInput: standardInput(&s)}
	}
	s := resource[models.ServiceStandard, *models.ServiceStandard, ServiceStandardInput, ServiceStandard]{store: h.store, path: "/api/v1/planning/standards", tag: "planning",
		id: "ServiceStandard", onePL: "standard usług", one: "a service standard", in: standardInput, apply: applyStandard,
		out: func(_ context.Context, s *models.ServiceStandard) (ServiceStandard, error) { return out(*s), nil }}
	o := resource[models.StandardOverride, *models.StandardOverride, StandardOverrideInput, StandardOverride]{store: h.store, path: "/api/v1/planning/standard-overrides", tag: "planning",
		id: "StandardOverride", onePL: "standard zmieniony przez gminę", one: "a municipality's own standard", in: overrideInput, apply: applyOverride,
		out: func(_ context.Context, o *models.StandardOverride) (StandardOverride, error) {
			return StandardOverride{Meta: metaOf(&o.Record), StandardOverrideInput: overrideInput(o)}, nil
		}}
	list := planningDoc("listServiceStandards", "Lista standardów usług", "List service standards")
	list.Description = models.Text{PL: "Czyta je każdy, kto ma dostęp do planowania; zmienia planista całego rejestru. To, co zmieni gmina dla swoich mieszkańców, jest w /planning/standard-overrides.",
		EN: "Everybody who has to do with planning reads them; a planner of the whole registry changes them. What a municipality sets otherwise for its residents is in /planning/standard-overrides."}
	routes := []api.Route{
		api.Handle("GET", s.path, list, func(ctx context.Context, in deletedIn) (listOut[ServiceStandard], error) {
			rows, err := h.store.Standards(ctx, auth.UserFrom(ctx), in.Deleted)
			if err != nil {
				return listOut[ServiceStandard]{}, err
			}
			return listPage(s.path, nil, mapSlice(rows, out), ""), nil
		}),
		s.readPrivate(),
	}
	routes = append(routes, s.writes()...)
	routes = append(routes, api.Handle("GET", o.path, planningDoc("listStandardOverrides", "Lista standardów zmienionych przez gminy", "List the standards that municipalities set otherwise"),
		func(ctx context.Context, in deletedIn) (listOut[StandardOverride], error) {
			rows, err := h.store.StandardOverrides(ctx, auth.UserFrom(ctx), in.Deleted)
			if err != nil {
				return listOut[StandardOverride]{}, err
			}
			return listPage(o.path, nil, mapSlice(rows, func(l store.ListedOverride) StandardOverride {
				return StandardOverride{Meta: metaOf(&l.Record), StandardOverrideInput: overrideInput(&l.StandardOverride), Standard: l.StandardCode,
					Municipality: &MunicipalityLink{ID: l.MunicipalityID, TERYT: l.TERYT, Name: l.MunicipalityName}}
			}), ""), nil
		}), o.readPrivate())
	return append(routes, o.writes()...)
}
