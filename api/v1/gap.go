package v1

import (
	"context"
	"io"
	"math"
	"slices"
	"strings"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/geo"
	"wolnica/geo/geojson"
	"wolnica/geo/tabular"
	"wolnica/models"
	"wolnica/models/plan"
	"wolnica/models/store"
)

// Gaps says how many residents each service does not reach, by municipality.
type Gaps struct {
	Standards []GapStandard `json:"standards"`
	// All are the numbers of all municipalities together, by the code of the standard.
	All            map[string]GapCount `json:"all"`
	Municipalities []MunicipalityGaps  `json:"municipalities"`
	// Equity is how evenly the share of residents served is spread over the municipalities, by the code of the standard.
	Equity     map[string]GapEquity `json:"equity"`
	Population []WhatIfPopulation   `json:"population"`
	// DetourFactor is how much longer than the straight line a way is taken to be.
	DetourFactor float64 `json:"detour_factor"`
}

// GapStandard is a service standard as residents are counted under it.
type GapStandard struct {
	// Code is that of the standard; accessible: before it is accessible coverage, which only a place serves that a wheelchair user can use.
	Code       string      `json:"code"`
	Accessible bool        `json:"accessible"`
	Label      models.Text `json:"label"`
	// Audience is whose residents are counted.
	Audience  string  `json:"audience" validate:"oneof=all 0_14 65_plus"`
	DistanceM float64 `json:"distance_m"`
	MinAreaM2 float64 `json:"min_area_m2"`
	// MinQualityGrade is the poorest condition that serves it; 0 asks nothing.
	MinQualityGrade int `json:"min_quality_grade"`
	// LegalBasis is the rule of law behind it, absent for none.
	LegalBasis string `json:"legal_basis,omitzero" validate:"omitempty,legal_basis"`
	// Proposal says that nobody's rule stands behind it.
	Proposal bool        `json:"proposal"`
	Source   models.Text `json:"source"`
	// TooFine says that the population cells are wider than its distance, so that the numbers are an estimate.
	TooFine bool `json:"too_fine"`
}

// GapCount is residents under a standard. Cells whose residents are secret are counted as cells.
type GapCount struct {
	Residents int `json:"residents"`
	Unserved  int `json:"unserved"`
	// ServedPercent is null where nobody lives.
	ServedPercent  *float64 `json:"served_percent"`
	SecretCells    int      `json:"secret_cells"`
	SecretUnserved int      `json:"secret_unserved"`
	// Reasons are the unserved residents by reason.
	Reasons GapReasonCounts `json:"reasons"`
}

// GapReasonCounts are residents by why they are not served.
type GapReasonCounts struct {
	None         int `json:"none"`
	TooFar       int `json:"too_far"`
	TooPoor      int `json:"too_poor"`
	Inaccessible int `json:"inaccessible"`
}

// MunicipalityGaps are the numbers of one municipality, by the code of the standard; municipality is absent for cells outside all.
type MunicipalityGaps struct {
	Municipality *MunicipalityLink   `json:"municipality,omitzero"`
	Standards    map[string]GapCount `json:"standards"`
	// Own are the limits the municipality has set itself, by the code of the standard; accessible coverage is counted by them too.
	Own map[string]OwnLimits `json:"own,omitzero"`
}

// OwnLimits are the limits of a standard as a municipality has set them.
type OwnLimits struct {
	DistanceM float64 `json:"distance_m"`
	MinAreaM2 float64 `json:"min_area_m2"`
	Source    string  `json:"source"`
}

// GapEquity is how evenly residents are served. The worst municipality's share is Min; null where it cannot be told.
type GapEquity struct {
	MinPercent *float64 `json:"min_percent"`
	Gini       *float64 `json:"gini"`
	Theil      *float64 `json:"theil"`
}

// GapCell is a population cell and how it is served under every standard.
type GapCell struct {
	ID           int64             `json:"id"`
	Key          string            `json:"key"`
	Municipality *MunicipalityLink `json:"municipality,omitzero"`
	// Residents are null where the source keeps them secret.
	Residents *int          `json:"residents"`
	UpTo14    *int          `json:"up_to_14"`
	From65    *int          `json:"from_65"`
	Standards []CellService `json:"standards"`
}

// CellService is how a cell is served under a standard.
type CellService struct {
	Standard string `json:"standard"`
	Served   bool   `json:"served"`
	Reason   string `json:"reason,omitzero" validate:"omitempty,gap_reason"`
	// NearestM is the way to the nearest place that would do, or of the kind where none would.
	NearestM *float64   `json:"nearest_m"`
	Nearest  *PlaceLink `json:"nearest,omitzero"`
	// Proposals would serve the cell: new facilities that serve the standard within its distance.
	Proposals []ProposalLink `json:"proposals"`
}

// PlaceLink names a place.
type PlaceLink struct {
	ID   int64       `json:"id"`
	Name models.Text `json:"name"`
}

// ProposalLink names an investment proposal.
type ProposalLink struct {
	ID    int64       `json:"id"`
	Title models.Text `json:"title"`
}

// runAfterIn asks for the state when the programme of a run is done.
type runAfterIn struct {
	Run int64 `query:"run" validate:"gte=0" doc:"Number of a run: as it will be when its programme is done. Without: as it is." pl:"Numer przebiegu: tak, jak będzie po wykonaniu jego programu. Bez niego: tak, jak jest."`
}

type gapsIn struct {
	runAfterIn
}
type gapsOut struct{ Body Gaps }
type gapCellOut struct{ Body GapCell }

type gapCellsIn struct {
	Standard     string   `query:"standard" validate:"required" doc:"Code of a standard, as /planning/gaps has it." pl:"Kod standardu, jak w /planning/gaps." example:"play_neighbourhood"`
	Municipality []string `query:"municipality" validate:"max=100" doc:"Only cells of these TERYT codes, or none." pl:"Tylko komórki gmin o tych kodach TERYT albo none." example:"1261011"`
	Unserved     bool     `query:"unserved" doc:"Only cells that are not served." pl:"Tylko komórki bez usługi."`
	Format       string   `query:"format" default:"geojson" validate:"oneof=geojson csv xlsx" doc:"File format." pl:"Format pliku."`
	runAfterIn
}

type gapCellsOut struct {
	Body api.Stream
}

// gapColumns are the columns of the cells.
var gapColumns = []geo.Column{{Name: "id", Type: geo.ColumnInteger}, {Name: "key", Type: geo.ColumnText}, {Name: "teryt", Type: geo.ColumnText}, {Name: "municipality", Type: geo.ColumnText},
	{Name: "residents", Type: geo.ColumnInteger}, {Name: "suppressed", Type: geo.ColumnBoolean}, {Name: "served", Type: geo.ColumnBoolean}, {Name: "reason", Type: geo.ColumnText},
	{Name: "unserved", Type: geo.ColumnInteger}, {Name: "nearest_m", Type: geo.ColumnInteger}, {Name: "nearest_id", Type: geo.ColumnInteger}, {Name: "nearest_name", Type: geo.ColumnText}}

// gaps are the routes of residents without a service.
func (h *handlers) gaps() []api.Route {
	const path = "/api/v1/planning/gaps"
	summary := planningDoc("readGaps", "Braki: mieszkańcy bez usługi, według gmin", "Gaps: residents without a service, by municipality", models.CodeNotFound)
	summary.Class = api.Heavy
	summary.Description = models.Text{
		PL: "Dla każdego standardu usług, dla wszystkich i osobno jako zasięg dostępny (miejsce liczy się tylko wtedy, gdy skorzysta z niego osoba na wózku): ilu mieszkańców nie ma usługi w zasięgu i dlaczego. Odległość jest linią prostą razy współczynnik wydłużenia drogi, od punktu komórki do punktu miejsca.",
		EN: "For each service standard, for everybody and again as accessible coverage (a place counts only if a wheelchair user can use it): how many residents have no service within reach and why. A distance is the straight line times the detour factor, from the cell's point to the place's."}
	cells := planningDoc("listGapCells", "Komórki ludności z brakami (GeoJSON, CSV, XLSX)", "Population cells with gaps (GeoJSON, CSV, XLSX)", models.CodeNotFound)
	cells.Class, cells.Produces = api.Heavy, []string{"application/geo+json", "text/csv; charset=utf-8", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
	one := planningDoc("readGapCell", "Braki jednej komórki: najbliższe miejsce i co by pomogło", "The gaps of one cell: the nearest place and what would help", models.CodeNotFound)
	one.Class = api.Heavy
	return []api.Route{
		api.Handle("GET", path, summary, func(ctx context.Context, in gapsIn) (gapsOut, error) {
			g, err := h.store.Ground(ctx, auth.UserFrom(ctx))
			if err != nil {
				return gapsOut{}, err
			}
			if err := h.store.After(ctx, auth.UserFrom(ctx), g, in.Run); err != nil {
				return gapsOut{}, err
			}
			body, err := gapsOf(ctx, g)
			return gapsOut{body}, err
		}),
		api.Handle("GET", path+"/cells", cells, func(ctx context.Context, in gapCellsIn) (gapCellsOut, error) {
			g, shapes, err := h.store.GroundShapes(ctx, auth.UserFrom(ctx))
			if err != nil {
				return gapCellsOut{}, err
			}
			if err := h.store.After(ctx, auth.UserFrom(ctx), g, in.Run); err != nil {
				return gapCellsOut{}, err
			}
			d, err := g.DemandByCode(in.Standard)
			if err != nil {
				return gapCellsOut{}, err
			}
			gaps, err := g.GapsOf(ctx, d)
			if err != nil {
				return gapCellsOut{}, err
			}
			return gapCellsOut{Body: gapFile(in, g, shapes, d, gaps)}, nil
		}),
		api.Handle("GET", path+"/cells/{id}", one, func(ctx context.Context, in idIn) (gapCellOut, error) {
			user := auth.UserFrom(ctx)
			g, shapes, err := h.store.GroundShapes(ctx, user)
			if err != nil {
				return gapCellOut{}, err
			}
			c := slices.IndexFunc(shapes, func(s store.CellShape) bool { return s.ID == in.ID })
			if c < 0 {
				return gapCellOut{}, models.NewError(models.CodeNotFound, "Nie ma takiej komórki.", "There is no such cell.")
			}
			proposed, err := h.store.ProposedFacilities(ctx, user, g)
			if err != nil {
				return gapCellOut{}, err
			}
			body, err := gapCell(ctx, g, shapes[c], c, proposed)
			return gapCellOut{body}, err
		}),
	}
}

func gapsOf(ctx context.Context, g *store.PlanGround) (Gaps, error) {
	out := Gaps{All: map[string]GapCount{}, Equity: map[string]GapEquity{}, Population: mapSlice(g.Population, populationOut), DetourFactor: g.Assumptions.Detour}
	homes := make([]MunicipalityGaps, len(g.Municipalities)+1)
	for i := range homes {
		homes[i].Standards = map[string]GapCount{}
		if i > 0 {
			m := &g.Municipalities[i-1]
			homes[i].Municipality = &MunicipalityLink{ID: m.ID, TERYT: m.TERYT, Name: m.Name}
		}
	}
	for i := range g.Standards {
		for home, l := range g.Standards[i].Local {
			if homes[home+1].Own == nil {
				homes[home+1].Own = map[string]OwnLimits{}
			}
			homes[home+1].Own[g.Standards[i].Code] = OwnLimits(l)
		}
	}
	for _, d := range g.Demands() {
		gaps, err := g.GapsOf(ctx, d)
		if err != nil {
			return out, err
		}
		all, by := g.CountGaps(d, gaps)
		code := d.Code()
		out.Standards, out.All[code] = append(out.Standards, gapStandard(d, g.CellWidthM)), gapCount(&all)
		var parts []plan.Part
		for home, count := range by {
			homes[home+1].Standards[code] = gapCount(count)
			parts = append(parts, plan.Part{Persons: float64(count.Residents), Share: count.Share(), Group: home})
		}
		e := plan.EquityOf(parts)
		out.Equity[code] = GapEquity{MinPercent: percent(e.Min), Gini: finite(e.Gini), Theil: finite(e.Theil)}
	}
	for i := 1; i < len(homes); i++ {
		out.Municipalities = append(out.Municipalities, homes[i])
	}
	if len(homes[0].Standards) > 0 {
		out.Municipalities = append(out.Municipalities, homes[0])
	}
	return out, nil
}

func gapStandard(d plan.Demand, cellWidthM float64) GapStandard {
	s := d.Standard
	out := GapStandard{Code: d.Code(), Accessible: d.Accessible, Label: s.Label, Audience: string(s.Audience), DistanceM: s.DistanceM, MinAreaM2: s.MinAreaM2, MinQualityGrade: s.MinGrade,
		LegalBasis: s.LegalBasis, Proposal: s.Proposal, Source: s.Source, TooFine: cellWidthM > s.DistanceM}
	if d.Accessible {
		out.Label = models.Text{PL: s.Label.PL + ", dostępne na wózku", EN: s.Label.EN + ", wheelchair-accessible"}
	}
	return out
}

func gapCount(c *plan.GapCount) GapCount {
	return GapCount{Residents: c.Residents, Unserved: c.Unserved, ServedPercent: percent(c.Share()), SecretCells: c.SecretCells, SecretUnserved: c.SecretUnserved,
		Reasons: GapReasonCounts{None: c.None, TooFar: c.TooFar, TooPoor: c.TooPoor, Inaccessible: c.Barred}}
}

// percent is a share in percent with two decimals, nil for what cannot be told.
func percent(share float64) *float64 {
	if math.IsNaN(share) || math.IsInf(share, 0) {
		return nil
	}
	p := math.Round(share*10_000) / 100
	return &p
}

// finite is the number with six decimals, nil for what cannot be told.
func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	v = math.Round(v*1e6) / 1e6
	return &v
}

// gapFile writes the cells as a file.
func gapFile(in gapCellsIn, g *store.PlanGround, shapes []store.CellShape, d plan.Demand, gaps []plan.Gap) api.Stream {
	write := func(sink geo.Sink) error {
		values := make([]any, len(gapColumns))
		for c := range shapes {
			if in.Unserved && gaps[c].Reason == plan.Served || !wantsMunicipality(in.Municipality, g.MunicipalityAt(g.Cells[c].Municipality)) {
				continue
			}
			gapValues(values, g, &shapes[c], d, c, gaps[c])
			if err := sink.Write(values, shapes[c].Geom); err != nil {
				return err
			}
		}
		return sink.Close()
	}
	out := api.Stream{Filename: "braki-" + strings.ReplaceAll(in.Standard, ":", "-") + "." + in.Format}
	switch in.Format {
	case "csv":
		out.ContentType = "text/csv; charset=utf-8"
		out.Write = func(w io.Writer) error {
			return write(tabular.NewCSVSink(w, gapColumns, tabular.CSVOptions{BOM: true}))
		}
	case "xlsx":
		out.ContentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
		out.Write = func(w io.Writer) error {
			sink, err := tabular.NewXLSXSink(w, gapColumns)
			if err != nil {
				return err
			}
			return write(sink)
		}
	default:
		out.ContentType = "application/geo+json"
		out.Write = func(w io.Writer) error { return write(geojson.NewSink(w, gapColumns, geojson.Options{})) }
	}
	return out
}

func wantsMunicipality(wanted []string, m *store.MunicipalityName) bool {
	switch {
	case len(wanted) == 0:
		return true
	case m == nil:
		return slices.Contains(wanted, "none")
	}
	return slices.Contains(wanted, m.TERYT)
}

func gapValues(values []any, g *store.PlanGround, shape *store.CellShape, d plan.Demand, c int, gap plan.Gap) {
	clear(values)
	values[0], values[1] = shape.ID, shape.Key
	if m := g.MunicipalityAt(g.Cells[c].Municipality); m != nil {
		values[2], values[3] = m.TERYT, m.Name
	}
	n, secret := g.Cells[c].Residents(d.Standard.Audience)
	values[5], values[6] = secret, gap.Reason == plan.Served
	if !secret {
		values[4] = int64(n)
	}
	if gap.Reason != plan.Served {
		values[7] = gap.Reason.Code()
	}
	if !secret {
		values[8] = int64(0)
		if gap.Reason != plan.Served {
			values[8] = int64(n)
		}
	}
	if gap.Nearest >= 0 {
		a := &g.Assets[gap.Nearest]
		values[9], values[11] = int64(math.Round(gap.Metres)), a.NamePL
		if a.ID > 0 { // below zero is a facility that a programme builds
			values[10] = a.ID
		}
	}
}

func gapCell(ctx context.Context, g *store.PlanGround, shape store.CellShape, c int, proposed []store.ProposedFacility) (GapCell, error) {
	cell := &g.Cells[c]
	out := GapCell{ID: shape.ID, Key: shape.Key, Standards: []CellService{}}
	if m := g.MunicipalityAt(cell.Municipality); m != nil {
		out.Municipality = &MunicipalityLink{ID: m.ID, TERYT: m.TERYT, Name: m.Name}
	}
	for audience, to := range map[plan.Audience]**int{plan.Everybody: &out.Residents, plan.UpTo14: &out.UpTo14, plan.From65: &out.From65} {
		if n, secret := cell.Residents(audience); !secret {
			*to = &n
		}
	}
	alone := g.Ground
	alone.Cells = g.Cells[c : c+1]
	for _, d := range g.Demands() {
		gaps, err := alone.GapsOf(ctx, d)
		if err != nil {
			return out, err
		}
		gap := gaps[0]
		s := CellService{Standard: d.Code(), Served: gap.Reason == plan.Served, Reason: gap.Reason.Code(), Proposals: []ProposalLink{}}
		if gap.Nearest >= 0 {
			a := &g.Assets[gap.Nearest]
			s.NearestM = finite(math.Round(gap.Metres))
			s.Nearest = &PlaceLink{ID: a.ID, Name: models.Text{PL: a.NamePL, EN: a.NameEN}}
		}
		if !s.Served {
			here := d.Standard.In(cell.Municipality)
			for i := range proposed {
				if p := &proposed[i]; here.ServedBy(&p.Facility) && g.Metres(cell.At, p.At) <= here.DistanceM {
					s.Proposals = append(s.Proposals, ProposalLink{ID: p.ID, Title: p.Title})
				}
			}
		}
		out.Standards = append(out.Standards, s)
	}
	return out, nil
}
