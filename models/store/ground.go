package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"wolnica/models"
	"wolnica/models/access"
	"wolnica/models/plan"
)

// PlanGround is what a programme is planned on, as a user may see it.
type PlanGround struct {
	plan.Ground
	// Municipalities are all there are, by name; the municipality of a cell and of an asset points into them.
	Municipalities []MunicipalityName
	// Lineages are the categories by code, each with all above it.
	Lineages map[string][]string
	// Population says what the residents are counted from.
	Population []PopulationSource
	// CellWidthM is the median width of the population cells in metres, 0 where they are points.
	CellWidthM float64
	home       map[int64]int
	// assumptions are those of today, with their sources; surveyed the newest surveys of its assets.
	assumptions []models.PlanningAssumption
	surveyed    []assetSurvey
}

// assume takes what nobody knows to be as the assumptions say; what was surveyed is graded by them.
func (g *PlanGround) assume(a *plan.Assumptions) {
	g.Assume(a)
	g.Assets = slices.Clone(g.Assets)
	for i := range g.Assets {
		of := &g.Assets[i]
		of.Grade, of.InspectedYear, of.ActionPLN, of.Action = 0, 0, 0, ""
	}
	for i := range g.surveyed {
		y := &g.surveyed[i]
		of := g.AssetByID(y.place)
		if of == nil {
			continue
		}
		if grade := y.gradeBy(a); grade > of.Grade { // of two surveys the worse one speaks
			of.Grade, of.InspectedYear, of.ActionPLN, of.Action = grade, y.year, y.cost, y.action
		}
	}
}

// MunicipalityName is a municipality without its outline.
type MunicipalityName struct {
	ID    int64
	TERYT string `gorm:"column:teryt"`
	Name  string
}

// MunicipalityAt is the municipality at the place in the list, nil for none.
func (g *PlanGround) MunicipalityAt(i int) *MunicipalityName {
	if i < 0 {
		return nil
	}
	return &g.Municipalities[i]
}

// ground reads what a programme is planned on: all existing places the user may see, at the positions the user is told, and all residents.
func (s *Store) ground(ctx context.Context, user *models.User) (*PlanGround, error) {
	g := &PlanGround{Ground: plan.Ground{Year: s.now().Year()}, home: map[int64]int{}}
	if err := s.db.WithContext(ctx).Raw("SELECT id, teryt, name FROM municipalities WHERE deleted_at IS NULL ORDER BY name COLLATE \"pl-x-icu\", id").Scan(&g.Municipalities).Error; err != nil {
		return nil, mapError(fmt.Errorf("read the municipalities of a plan: %w", err))
	}
	for i := range g.Municipalities {
		g.home[g.Municipalities[i].ID] = i
	}
	var err error
	if g.Lineages, err = s.lineages(ctx); err != nil {
		return nil, err
	}
	if g.Standards, err = s.planStandards(ctx, g.home); err != nil {
		return nil, err
	}
	if g.Rates, err = s.planRates(ctx); err != nil {
		return nil, err
	}
	if g.assumptions, err = s.assumptionRows(ctx); err != nil {
		return nil, err
	}
	if err := s.groundAssets(ctx, user, g); err != nil {
		return nil, mapError(fmt.Errorf("read the places of a plan: %w", err))
	}
	g.assume(planAssumptions(g.assumptions))
	if err := s.groundCells(ctx, g); err != nil {
		return nil, mapError(fmt.Errorf("read the residents of a plan: %w", err))
	}
	if err := s.db.WithContext(ctx).Raw("SELECT coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY sqrt(ST_Area(geom::geography))), 0) FROM population_cells WHERE deleted_at IS NULL").Scan(&g.CellWidthM).Error; err != nil {
		return nil, mapError(fmt.Errorf("measure population cells: %w", err))
	}
	return g, nil
}

func (s *Store) groundAssets(ctx context.Context, user *models.User, g *PlanGround) error {
	scope := models.ScopeOf(user, models.ActionReadInternal, models.KindPlace)
	q := newQuery()
	q.and("p.deleted_at IS NULL")
	q.and("p.lifecycle = ?", models.LifecycleExisting)
	q.and(q.visible("p", scope))
	shown, verdicts := shownGeom(scope, q), verdictsOn(q, s.today())
	rows, err := s.pool.Query(ctx, `SELECT id, name_pl, name_en, municipality_id, heritage_category, infrastructure_category, verdicts, ST_X(pt), ST_Y(pt),
			coalesce(area_m2, CASE WHEN ST_Dimension(g) = 2 THEN ST_Area(g::geography) END, 0), coalesce(expected_life_years, 0), coalesce(renewal_value_pln, 0), protected
		FROM (SELECT p.id, p.name_pl, p.name_en, p.municipality_id, p.heritage_category, p.infrastructure_category, p.area_m2, p.expected_life_years, p.renewal_value_pln, p.protections <> '{}' AS protected,
				`+verdicts+` AS verdicts, `+shown+` AS g, CASE WHEN p.is_point THEN `+shown+` ELSE ST_PointOnSurface(`+shown+`) END AS pt
			FROM places p WHERE `+q.where()+`) d ORDER BY id`, pgx.QueryExecModeCacheDescribe, q.named())
	if err != nil {
		return err
	}
	var a plan.GroundAsset
	var municipality *int64
	var heritage, infrastructure *string
	var bits models.Verdicts
	at := map[int64]int{}
	_, err = pgx.ForEachRow(rows, []any{&a.ID, &a.NamePL, &a.NameEN, &municipality, &heritage, &infrastructure, &bits, &a.At.Lon, &a.At.Lat, &a.AreaM2, &a.LifeYears, &a.RenewalPLN, &a.Protected}, func() error {
		asset := a
		codes := categoriesOf(heritage, infrastructure)
		if len(codes) > 0 {
			asset.Category = codes[len(codes)-1]
		}
		asset.Categories, asset.Heritage, asset.Municipality = categoryLineages(g.Lineages, codes), heritage != nil, homeOf(g.home, municipality)
		asset.Before = plan.Usable(bits, models.VerdictWithHelp)
		asset.After = asset.Before
		at[asset.ID] = len(g.Assets)
		g.Assets = append(g.Assets, asset)
		return nil
	})
	if err != nil {
		return err
	}
	return s.surveys(ctx, nil, func(y *assetSurvey) {
		i, ok := at[y.place]
		if !ok {
			return
		}
		asset := &g.Assets[i]
		if y.priority != "" && (asset.Priority == "" || y.priority < asset.Priority) {
			asset.Priority = y.priority
		}
		g.surveyed = append(g.surveyed, *y)
	})
}

// An assetSurvey is the newest survey of a place on one scale.
type assetSurvey struct {
	place            int64
	scale, grade     string
	year             int
	cost             int64
	priority, action string
}

// gradeBy is its grade as an asset grade, 0 for none.
func (y *assetSurvey) gradeBy(a *plan.Assumptions) int {
	if y.scale == models.ScaleAsset {
		return models.AssetGrades.Index(y.grade) + 1
	}
	return a.HeritageGrade(y.grade)
}

// surveys visits the newest survey of each place on each scale, of the places with the ids or, without any, of all.
func (s *Store) surveys(ctx context.Context, ids []int64, visit func(*assetSurvey)) error {
	rows, err := s.pool.Query(ctx, `SELECT DISTINCT ON (place_id, scale) place_id, scale, grade, coalesce(priority, ''), extract(year FROM inspected_on)::int, coalesce(action_cost_pln, 0), action_pl
		FROM inspections WHERE deleted_at IS NULL AND superseded_by IS NULL AND grade <> 'not_assessed' AND ($1::bigint[] IS NULL OR place_id = ANY($1))
		ORDER BY place_id, scale, inspected_on DESC, id DESC`, ids)
	if err != nil {
		return err
	}
	var y assetSurvey
	_, err = pgx.ForEachRow(rows, []any{&y.place, &y.scale, &y.grade, &y.priority, &y.year, &y.cost, &y.action}, func() error {
		visit(&y)
		return nil
	})
	return err
}

func (s *Store) groundCells(ctx context.Context, g *PlanGround) error {
	rows, err := s.pool.Query(ctx, `SELECT ST_X(point), ST_Y(point), municipality_id, coalesce(pop_total, -1), coalesce(pop_0_14, -1), coalesce(pop_65_plus, -1), source, source_year, method, suppressed
		FROM population_cells WHERE deleted_at IS NULL ORDER BY id`)
	if err != nil {
		return err
	}
	var c plan.Cell
	var municipality *int64
	var source, method string
	var year *int
	var suppressed bool
	_, err = pgx.ForEachRow(rows, []any{&c.At.Lon, &c.At.Lat, &municipality, &c.Total, &c.UpTo14, &c.From65, &source, &year, &method, &suppressed}, func() error {
		cell := c
		cell.Municipality = homeOf(g.home, municipality)
		cell.SecretTotal, cell.Secret0, cell.Sec65 = c.Total < 0, c.UpTo14 < 0, c.From65 < 0
		g.Cells = append(g.Cells, cell)
		i := slices.IndexFunc(g.Population, func(o PopulationSource) bool {
			return o.Source == source && o.Method == method && samePointed(o.Year, year)
		})
		if i < 0 {
			i = len(g.Population)
			g.Population = append(g.Population, PopulationSource{Source: source, Method: method, Year: year})
		}
		of := &g.Population[i]
		of.Cells++
		if suppressed {
			of.Suppressed++
		}
		of.Persons += int64(max(c.Total, 0))
		return nil
	})
	return err
}

// SuggestionFilter narrows suggestions; zero fields do not narrow.
type SuggestionFilter struct {
	Kinds          []string
	Municipalities []string
	// Limit is how many of each kind there are at most.
	Limit int
}

// Suggestions are what the registry itself would propose where the user may create proposals: repairs and renewals of failing places, fixes of
// barriers that keep most residents out, and new facilities for unserved residents. What has been taken over, and a place that has a
// proposal of the kind already, is left out.
func (s *Store) Suggestions(ctx context.Context, user *models.User, f SuggestionFilter) ([]plan.Suggestion, *PlanGround, error) {
	if err := allowSomewhere(user, models.ActionCreate, models.KindInvestmentProposal); err != nil {
		return nil, nil, err
	}
	var all []plan.Suggestion
	var g *PlanGround
	err := s.read(ctx, user, func(ctx context.Context, at *Store) (err error) {
		all, g, err = at.suggestions(ctx, user, f)
		return err
	})
	return all, g, err
}

func (s *Store) suggestions(ctx context.Context, user *models.User, f SuggestionFilter) ([]plan.Suggestion, *PlanGround, error) {
	g, err := s.ground(ctx, user)
	if err != nil {
		return nil, nil, err
	}
	taken := map[string]bool{}
	var planned []plan.GroundAsset
	var have []struct {
		Kind, Suggestion string
		PlaceID          *int64
		Category         string
		AreaM2           float64 `gorm:"column:area_m2"`
		Lon, Lat         float64
	}
	q := newQuery()
	readableProposals(q, user)
	q.and("t.deleted_at IS NULL AND t.status <> 'withdrawn'")
	if err := q.scan(s.db.WithContext(ctx), `SELECT kind, suggestion, place_id, coalesce(effects->>'category', '') AS category, coalesce((effects->>'area_m2')::float8, 0) AS area_m2,
			coalesce(ST_X(ST_PointOnSurface(geom)), 0) AS lon, coalesce(ST_Y(ST_PointOnSurface(geom)), 0) AS lat
		FROM investment_proposals t WHERE `+q.where(), &have); err != nil {
		return nil, nil, mapError(fmt.Errorf("read what is proposed already: %w", err))
	}
	for _, p := range have {
		taken[p.Suggestion] = true
		if p.Kind == models.ProposalBuild {
			planned = append(planned, plan.GroundAsset{Facility: plan.Facility{At: plan.Point{Lon: p.Lon, Lat: p.Lat}, AreaM2: p.AreaM2, Categories: categoryLineages(g.Lineages, []string{p.Category})}})
		}
		if p.PlaceID != nil {
			kind := p.Kind
			if kind == models.ProposalRenew {
				kind = models.ProposalRepair
			}
			taken[fmt.Sprintf("%s of %d", kind, *p.PlaceID)] = true
		}
	}
	scope := models.ScopeOf(user, models.ActionCreate, models.KindInvestmentProposal)
	wanted := func(municipality int) bool {
		m := g.MunicipalityAt(municipality)
		if m == nil {
			return scope.All && (len(f.Municipalities) == 0 || slices.Contains(f.Municipalities, "none"))
		}
		return scope.Covers(&m.ID) && (len(f.Municipalities) == 0 || slices.Contains(f.Municipalities, m.TERYT))
	}
	asked := func(kind string) bool { return len(f.Kinds) == 0 || slices.Contains(f.Kinds, kind) }
	var out []plan.Suggestion
	if asked(models.ProposalRepair) || asked(models.ProposalRenew) {
		n := 0
		for _, x := range g.SuggestRepairs() {
			if n < f.Limit && asked(x.Proposal.KindCode) && wanted(x.Municipality) && !taken[x.Key] && !taken[fmt.Sprintf("%s of %d", models.ProposalRepair, *x.Proposal.PlaceID)] {
				out, n = append(out, x), n+1
			}
		}
	}
	if asked(models.ProposalAccessible) {
		found, err := s.suggestAccess(ctx, g, f.Limit, func(a *plan.GroundAsset) bool {
			return wanted(a.Municipality) && !taken[fmt.Sprintf("%s of %d", models.ProposalAccessible, a.ID)]
		})
		if err != nil {
			return nil, nil, err
		}
		out = append(out, found...)
	}
	if asked(models.ProposalBuild) {
		found, err := g.SuggestBuilds(ctx, f.Limit, g.Lineages, planned, wanted)
		if err != nil {
			return nil, nil, mapError(fmt.Errorf("suggest new facilities: %w", err))
		}
		for _, x := range found {
			if taken[x.Key] {
				continue
			}
			if m := g.MunicipalityAt(x.Municipality); m != nil { // new facilities of one kind are told apart by where they are
				part := g.PartOf(x.Municipality, x.At)
				x.Proposal.TitlePL, x.Proposal.TitleEN = x.Proposal.TitlePL+": "+m.Name+", "+part.PL, x.Proposal.TitleEN+": "+m.Name+", "+part.EN
			}
			out = append(out, x)
		}
	}
	return out, g, nil
}

// suggestAccess looks for fixes at the places whose barriers keep most residents out, until limit are found.
func (s *Store) suggestAccess(ctx context.Context, g *PlanGround, limit int, wanted func(*plan.GroundAsset) bool) ([]plan.Suggestion, error) {
	gains := slices.DeleteFunc(g.AccessGains(), func(a plan.AccessGain) bool { return !wanted(&g.Assets[a.Asset]) })
	today := models.DayOf(s.today())
	var out []plan.Suggestion
	for len(gains) > 0 && len(out) < limit {
		batch := gains[:min(len(gains), max(50, limit))]
		gains = gains[len(batch):]
		ids := make(intArray, len(batch))
		for i, a := range batch {
			ids[i] = g.Assets[a.Asset].ID
		}
		var facts map[int64][]access.Fact
		if err := pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) (err error) {
			facts, err = readFacts(ctx, ofPgx(tx), "place_id = ANY($1::bigint[])", ids)
			return err
		}); err != nil {
			return nil, mapError(fmt.Errorf("read the facts of barriers: %w", err))
		}
		for _, gain := range batch {
			a := &g.Assets[gain.Asset]
			var codes []string
			for _, l := range a.Categories {
				codes = append(codes, l[0])
			}
			if len(facts[a.ID]) == 0 { // nothing is known there: a survey comes before a fix
				continue
			}
			if x, ok := g.SuggestAccess(gain, facts[a.ID], codes, today); ok && len(out) < limit {
				out = append(out, x)
			}
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
		}
	}
	return out, nil
}
