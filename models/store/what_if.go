package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"wolnica/models"
	"wolnica/models/access"
	"wolnica/models/plan"
)

// MaxWhatIfPlaces is how many places one question may change.
const MaxWhatIfPlaces = 20_000

// A WhatIfScenario is what would be done to places.
type WhatIfScenario struct {
	// IDs, when there are any, and Filter both narrow: the places that pass. An id that the asker may not see is refused.
	IDs     []int64
	Filter  models.PlaceFilter
	Changes []access.Change
	Repairs []plan.Repair
}

// A WhatIf is the answer to what changes would do.
type WhatIf struct {
	// Sites are the places the scenarios name, by id, with what would come of each in Outcomes.
	Sites    []WhatIfSite
	Outcomes []plan.SiteOutcome
	// Municipalities are all there are, by name; Site.Municipality and the coverage point into them.
	Municipalities []models.Municipality
	Coverage       plan.Coverage
	// Products are those with a stop at a place that turns, of which a verdict turns too.
	Products []ProductTurn
	// Population says what the residents were counted from.
	Population []PopulationSource
	// Assumptions are what ways were measured and conditions compared by.
	Assumptions *plan.Assumptions
}

// A WhatIfSite is a site with what a reader knows it by.
type WhatIfSite struct {
	plan.Site
	NamePL, NameEN string
	Category       string
}

// A ProductTurn is a product of which verdicts turn.
type ProductTurn struct {
	PlaceLink
	Before, After models.Verdicts
}

// A PopulationSource is where the residents about the changed places were counted, and how.
type PopulationSource struct {
	Source            string
	Year              *int
	Method            string
	Cells, Suppressed int
	Persons           int64
}

// WhatIf says what the scenarios would do to verdicts, products and residents; nothing is stored. least is the verdict from which on a place
// is usable. At places that are planned, closed or destroyed nothing is changed: they open for nobody. The later of two scenarios about one place comes after the earlier. It needs a role: the answer covers what the user
// may read, at the positions the user is told.
//
// Like lists it may be read from a replica.
func (s *Store) WhatIf(ctx context.Context, user *models.User, scenarios []WhatIfScenario, least string) (*WhatIf, error) {
	if err := allowSomewhere(user, models.ActionReadInternal, models.KindAccessFact); err != nil {
		return nil, err
	}
	var answer *WhatIf
	err := s.read(ctx, user, func(ctx context.Context, at *Store) (err error) {
		answer, err = at.whatIf(ctx, user, scenarios, least)
		return err
	})
	return answer, err
}

// allowSomewhere is allow for a right in one municipality at least.
func allowSomewhere(user *models.User, action models.Action, kind models.Kind) error {
	if scope := models.ScopeOf(user, action, kind); scope.All || len(scope.Municipalities) > 0 {
		return nil
	}
	return allow(user, models.Subject{Kind: kind}, action)
}

func (s *Store) whatIf(ctx context.Context, user *models.User, scenarios []WhatIfScenario, least string) (*WhatIf, error) {
	scope := models.ScopeOf(user, models.ActionReadInternal, models.KindPlace)
	today := models.DayOf(s.today())
	named := make([][]int64, len(scenarios))
	var ids []int64
	for i, scenario := range scenarios {
		var err error
		if named[i], err = s.scenarioPlaces(ctx, scope, scenario, i); err != nil {
			return nil, err
		}
		ids = append(ids, named[i]...)
	}
	slices.Sort(ids)
	if ids = slices.Compact(ids); len(ids) > MaxWhatIfPlaces {
		return nil, tooManyPlaces("/scenarios")
	}
	a := &WhatIf{}
	var err error
	if a.Municipalities, err = s.Municipalities(ctx, user, false); err != nil {
		return nil, err
	}
	home := map[int64]int{}
	for i := range a.Municipalities {
		home[a.Municipalities[i].ID] = i
	}
	lineages, err := s.lineages(ctx)
	if err != nil {
		return nil, err
	}
	existing := map[int64]bool{}
	if a.Sites, err = s.sites(ctx, scope, ids, home, lineages, existing); err != nil {
		return nil, mapError(fmt.Errorf("read the places of a what-if: %w", err))
	}
	at := make(map[int64]int, len(a.Sites))
	for i := range a.Sites {
		at[a.Sites[i].ID] = i
	}
	if err := s.siteFacts(ctx, a.Sites, at, ids); err != nil {
		return nil, mapError(fmt.Errorf("read the facts of a what-if: %w", err))
	}
	for i, scenario := range scenarios {
		for _, id := range named[i] {
			if n, ok := at[id]; ok && existing[id] { // else gone since it was named, or not there to be used
				a.Sites[n].Changes = append(a.Sites[n].Changes, scenario.Changes...)
				a.Sites[n].Repairs = append(a.Sites[n].Repairs, scenario.Repairs...)
			}
		}
	}
	sites := make([]plan.Site, len(a.Sites))
	for i := range a.Sites {
		sites[i] = a.Sites[i].Site
	}
	if a.Outcomes, err = plan.WhatIf(ctx, sites, least, today); err != nil {
		return nil, mapError(fmt.Errorf("judge a what-if: %w", err))
	}
	var turned, served []int64
	var facilities []plan.Facility
	for i := range sites {
		a.Sites[i].Site = sites[i]
		if o := &a.Outcomes[i]; o.Effect.Before != o.Effect.After {
			turned = append(turned, sites[i].ID)
		}
		if existing[sites[i].ID] {
			facilities, served = append(facilities, sites[i].Facility), append(served, sites[i].ID)
		}
	}
	standards, err := s.planStandards(ctx, home)
	if err != nil {
		return nil, err
	}
	if a.Assumptions, err = s.Assumptions(ctx); err != nil {
		return nil, err
	}
	if err := s.reach(ctx, scope, a, facilities, served, ids, lineages, home, least, standards); err != nil {
		return nil, mapError(fmt.Errorf("count the residents of a what-if: %w", err))
	}
	if a.Products, err = s.turnedProducts(ctx, user, a, turned, today); err != nil {
		return nil, mapError(fmt.Errorf("judge the products of a what-if: %w", err))
	}
	return a, nil
}

func tooManyPlaces(pointer string) error {
	return models.Invalid(pointer, "too_many", fmt.Sprintf("Najwyżej %d miejsc naraz; zawęź filtr.", MaxWhatIfPlaces),
		fmt.Sprintf("At most %d places at once; narrow the filter.", MaxWhatIfPlaces))
}

// scenarioPlaces are the ids of the places of a scenario.
func (s *Store) scenarioPlaces(ctx context.Context, scope models.Scope, scenario WhatIfScenario, n int) ([]int64, error) {
	at := fmt.Sprintf("/scenarios/%d", n)
	if len(scenario.IDs) > 0 {
		q := newQuery()
		q.and("p.id = ANY(?)", scenario.IDs)
		q.and("p.deleted_at IS NULL")
		q.and(q.visible("p", scope))
		var seen []int64
		if err := q.scan(s.db.WithContext(ctx), "SELECT p.id FROM places p WHERE "+q.where(), &seen); err != nil {
			return nil, mapError(fmt.Errorf("find the places of a what-if: %w", err))
		}
		slices.Sort(seen)
		for i, id := range scenario.IDs {
			if _, ok := slices.BinarySearch(seen, id); !ok {
				return nil, unknownReference(fmt.Sprintf("%s/places/%d", at, i))
			}
		}
	}
	f := scenario.Filter
	f.IDs = scenario.IDs
	q := newQuery()
	if err := s.filterPlaces(ctx, q, scope, f); err != nil {
		return nil, inBody(err, at+"/filter")
	}
	var ids []int64
	if err := q.scan(s.db.WithContext(ctx), "SELECT p.id FROM places p WHERE "+q.where()+fmt.Sprintf(" LIMIT %d", MaxWhatIfPlaces+1), &ids); err != nil {
		return nil, mapError(fmt.Errorf("find the places of a what-if: %w", err))
	}
	if len(ids) > MaxWhatIfPlaces {
		return nil, tooManyPlaces(at + "/filter")
	}
	return ids, nil
}

// inBody makes what is wrong with a filter's parameters point into a body at the filter.
func inBody(err error, at string) error {
	var e *models.Error
	if !errors.As(err, &e) || len(e.Fields) == 0 {
		return err
	}
	for i := range e.Fields {
		if f := &e.Fields[i]; f.Parameter != "" {
			f.Pointer, f.Parameter = at+"/"+f.Parameter, ""
		}
	}
	return &models.Error{Code: models.CodeInvalid, Message: models.Invalid("", "", "", "").Message, Fields: e.Fields}
}

// lineages are the categories by code: each the code and all above it.
func (s *Store) lineages(ctx context.Context) (map[string][]string, error) {
	rows, err := s.pool.Query(ctx, "SELECT code, coalesce(parent, '') FROM categories WHERE deleted_at IS NULL")
	if err != nil {
		return nil, mapError(fmt.Errorf("read the categories: %w", err))
	}
	parents := map[string]string{}
	var code, parent string
	if _, err := pgx.ForEachRow(rows, []any{&code, &parent}, func() error { parents[code] = parent; return nil }); err != nil {
		return nil, mapError(fmt.Errorf("read the categories: %w", err))
	}
	lineages := make(map[string][]string, len(parents))
	for code := range parents {
		for c := code; c != "" && len(lineages[code]) < 20; c = parents[c] {
			lineages[code] = append(lineages[code], c)
		}
	}
	return lineages, nil
}

func categoryLineages(lineages map[string][]string, codes []string) [][]string {
	var of [][]string
	for _, c := range codes {
		if l := lineages[c]; l != nil {
			of = append(of, l)
		}
	}
	return of
}

// sites reads the places with these ids, in the order of the ids.
func (s *Store) sites(ctx context.Context, scope models.Scope, ids []int64, home map[int64]int, lineages map[string][]string, existing map[int64]bool) ([]WhatIfSite, error) {
	q := newQuery()
	q.and("p.id = ANY(?)", ids)
	q.and("p.deleted_at IS NULL")
	q.and(q.visible("p", scope))
	shown := shownGeom(scope, q)
	rows, err := s.pool.Query(ctx, `SELECT id, name_pl, name_en, municipality_id, heritage_category, infrastructure_category, lifecycle, registered, ST_X(pt), ST_Y(pt),
			coalesce(area_m2, CASE WHEN ST_Dimension(g) = 2 THEN ST_Area(g::geography) END, 0)
		FROM (SELECT p.id, p.name_pl, p.name_en, p.municipality_id, p.heritage_category, p.infrastructure_category, p.lifecycle, p.area_m2, p.protections @> '{register}' AS registered,
				`+shown+` AS g, CASE WHEN p.is_point THEN `+shown+` ELSE ST_PointOnSurface(`+shown+`) END AS pt
			FROM places p WHERE `+q.where()+`) d ORDER BY id`, pgx.QueryExecModeCacheDescribe, q.named())
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (w WhatIfSite, err error) {
		var municipality *int64
		var heritage, infrastructure *string
		var lifecycle string
		err = row.Scan(&w.ID, &w.NamePL, &w.NameEN, &municipality, &heritage, &infrastructure, &lifecycle, &w.Registered, &w.At.Lon, &w.At.Lat, &w.AreaM2)
		w.Codes = categoriesOf(heritage, infrastructure)
		if len(w.Codes) > 0 {
			w.Category = w.Codes[len(w.Codes)-1]
		}
		w.Categories = categoryLineages(lineages, w.Codes)
		w.Municipality = homeOf(home, municipality)
		existing[w.ID] = lifecycle == models.LifecycleExisting
		return w, err
	})
}

func homeOf(home map[int64]int, municipality *int64) int {
	if municipality != nil {
		if i, ok := home[*municipality]; ok {
			return i
		}
	}
	return -1
}

// siteFacts reads the facts of the sites.
func (s *Store) siteFacts(ctx context.Context, sites []WhatIfSite, at map[int64]int, ids []int64) error {
	return pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		facts, err := readFacts(ctx, ofPgx(tx), "place_id = ANY($1::bigint[])", intArray(ids))
		for id, n := range at {
			sites[n].Facts = facts[id]
		}
		return err
	})
}

// usableBits is the SQL condition that some profile can use the place.
func usableBits(least string) string {
	if least == models.VerdictYes {
		return fmt.Sprintf("(p.verdicts & (p.verdicts >> 1) & %d) <> 0", 0x5555)
	}
	return fmt.Sprintf("(p.verdicts & %d) <> 0", 0xAAAA)
}

// gradeFacilities sets the condition of facilities, of which ids are the places.
func (s *Store) gradeFacilities(ctx context.Context, assumed *plan.Assumptions, ids []int64, facilities []plan.Facility) error {
	at := make(map[int64]int, len(ids))
	for i, id := range ids {
		at[id] = i
	}
	return s.surveys(ctx, ids, func(y *assetSurvey) {
		f := &facilities[at[y.place]]
		f.Grade = max(f.Grade, y.gradeBy(assumed))
	})
}

// reach counts the residents about the sites that turn; ids are the places of the facilities.
func (s *Store) reach(ctx context.Context, scope models.Scope, a *WhatIf, facilities []plan.Facility, ids, changed []int64, lineages map[string][]string, home map[int64]int, least string, standards []plan.Standard) error {
	var about [][]string
	var box []float64 // min lon, min lat, max lon, max lat
	for i := range facilities {
		f := &facilities[i]
		if f.Before == f.After {
			continue
		}
		about = append(about, f.Categories...)
		if box == nil {
			box = []float64{f.At.Lon, f.At.Lat, f.At.Lon, f.At.Lat}
		}
		box = []float64{min(box[0], f.At.Lon), min(box[1], f.At.Lat), max(box[2], f.At.Lon), max(box[3], f.At.Lat)}
	}
	if box == nil {
		return nil
	}
	// a degree of latitude is 111 km, one of longitude half of that or more up to 60° N
	distance := plan.MaxDistance(standards) / 55_000
	q := newQuery()
	cellBox := fmt.Sprintf("ST_Expand(ST_MakeEnvelope(%s, %s, %s, %s, 4326), %s)", q.arg(box[0]), q.arg(box[1]), q.arg(box[2]), q.arg(box[3]), q.arg(distance))
	rows, err := s.pool.Query(ctx, `SELECT ST_X(point), ST_Y(point), municipality_id, coalesce(pop_total, -1), coalesce(pop_0_14, -1), coalesce(pop_65_plus, -1), source, source_year, method, suppressed
		FROM population_cells WHERE deleted_at IS NULL AND point && `+cellBox+` ORDER BY id`, pgx.QueryExecModeCacheDescribe, q.named())
	if err != nil {
		return err
	}
	type origin struct {
		source, method string
		year           int
	}
	sources := map[origin]*PopulationSource{}
	var order []origin
	var cells []plan.Cell
	var c plan.Cell
	var municipality *int64
	var source, method string
	var year *int
	var suppressed bool
	_, err = pgx.ForEachRow(rows, []any{&c.At.Lon, &c.At.Lat, &municipality, &c.Total, &c.UpTo14, &c.From65, &source, &year, &method, &suppressed}, func() error {
		cell := c
		cell.Municipality = homeOf(home, municipality)
		cell.SecretTotal, cell.Secret0, cell.Sec65 = c.Total < 0, c.UpTo14 < 0, c.From65 < 0
		cells = append(cells, cell)
		o := origin{source: source, method: method}
		if year != nil {
			o.year = *year
		}
		of := sources[o]
		if of == nil {
			of = &PopulationSource{Source: source, Year: year, Method: method}
			sources[o], order = of, append(order, o)
		}
		of.Cells++
		if suppressed {
			of.Suppressed++
		}
		of.Persons += int64(max(c.Total, 0))
		return nil
	})
	if err != nil {
		return err
	}
	for _, o := range order {
		a.Population = append(a.Population, *sources[o])
	}
	if len(cells) == 0 {
		return nil
	}
	var codes []string
	subtrees := plan.Subtrees(about, standards)
	for code, lineage := range lineages {
		if slices.ContainsFunc(lineage, func(c string) bool { return slices.Contains(subtrees, c) }) {
			codes = append(codes, code)
		}
	}
	q = newQuery()
	q.and("p.deleted_at IS NULL")
	q.and("p.lifecycle = ?", models.LifecycleExisting)
	q.and(usableBits(least))
	q.and("NOT p.id = ANY(?)", changed)
	q.and("(p.heritage_category = ANY(?) OR p.infrastructure_category = ANY(?))", codes, codes)
	q.and(q.visible("p", scope))
	q.and("p.geom && " + strings.Join([]string{"ST_Expand(ST_MakeEnvelope(" + q.arg(box[0]), q.arg(box[1]), q.arg(box[2]), q.arg(box[3]), "4326)", q.arg(2*distance+0.02) + ")"}, ", "))
	shown := shownGeom(scope, q)
	rows, err = s.pool.Query(ctx, `SELECT id, heritage_category, infrastructure_category, verdicts, ST_X(pt), ST_Y(pt), coalesce(area_m2, CASE WHEN ST_Dimension(g) = 2 THEN ST_Area(g::geography) END, 0)
		FROM (SELECT p.id, p.heritage_category, p.infrastructure_category, p.verdicts, p.area_m2, `+shown+` AS g, CASE WHEN p.is_point THEN `+shown+` ELSE ST_PointOnSurface(`+shown+`) END AS pt
			FROM places p WHERE `+q.where()+`) d`, pgx.QueryExecModeCacheDescribe, q.named())
	if err != nil {
		return err
	}
	var heritage, infrastructure *string
	var verdicts models.Verdicts
	var f plan.Facility
	var id int64
	_, err = pgx.ForEachRow(rows, []any{&id, &heritage, &infrastructure, &verdicts, &f.At.Lon, &f.At.Lat, &f.AreaM2}, func() error {
		other := f
		ids = append(ids, id)
		other.Categories = categoryLineages(lineages, categoriesOf(heritage, infrastructure))
		other.Before = plan.Usable(verdicts, least)
		other.After = other.Before
		facilities = append(facilities, other)
		return nil
	})
	if err != nil {
		return err
	}
	if slices.ContainsFunc(standards, func(t plan.Standard) bool { return t.MinGrade > 0 }) {
		if err := s.gradeFacilities(ctx, a.Assumptions, ids, facilities); err != nil {
			return err
		}
	}
	a.Coverage = plan.Reach(facilities, cells, standards, plan.StraightLine(a.Assumptions.Detour))
	return nil
}

// turnedProducts judges the products that stop at places that turn, before and after. Like the stored verdicts of products they rest on what
// anybody may see: see judgeProducts.
func (s *Store) turnedProducts(ctx context.Context, user *models.User, a *WhatIf, turned []int64, today models.Day) ([]ProductTurn, error) {
	if len(turned) == 0 {
		return nil, nil
	}
	q := newQuery()
	q.and("p.deleted_at IS NULL")
	q.and(q.visible("p", models.ScopeOf(user, models.ActionReadInternal, models.KindProduct)))
	q.and("p.id IN (SELECT product_id FROM product_stops WHERE place_id = ANY(?))", turned)
	effects := make(map[int64]*access.Effect, len(a.Sites))
	for i := range a.Sites {
		effects[a.Sites[i].ID] = &a.Outcomes[i].Effect
	}
	var products []ProductTurn
	err := pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "SELECT p.id, p.name_pl, p.name_en, p.kind FROM products p WHERE "+q.where()+" ORDER BY p.id", pgx.QueryExecModeCacheDescribe, q.named())
		if err != nil {
			return err
		}
		at := map[int64]*judgedProduct{}
		var ids []int64
		var all []ProductTurn
		var p PlaceLink
		var kind string
		if _, err := pgx.ForEachRow(rows, []any{&p.ID, &p.NamePL, &p.NameEN, &kind}, func() error {
			all, ids, at[p.ID] = append(all, ProductTurn{PlaceLink: p}), append(ids, p.ID), &judgedProduct{id: p.ID, kind: kind}
			return nil
		}); err != nil {
			return err
		}
		if err := readLegs(ctx, ofPgx(tx), at, ids); err != nil {
			return err
		}
		products = nil
		var j access.Judge
		for _, turn := range all {
			of := at[turn.ID]
			segments := of.segments()
			before, after := slices.Clone(of.counting), slices.Clone(of.counting)
			for i, place := range of.countingAt {
				if e := effects[place]; e != nil {
					before[i], after[i] = e.Before, e.After
				}
			}
			turn.Before, turn.After = j.ProductVerdicts(before, segments, today), j.ProductVerdicts(after, segments, today)
			if turn.Before != turn.After {
				products = append(products, turn)
			}
		}
		return nil
	})
	return products, err
}
