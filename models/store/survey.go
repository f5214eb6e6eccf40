package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"wolnica/models"
	"wolnica/models/access"
)

// A SurveyFilter narrows the survey queue; zero fields do not narrow.
type SurveyFilter struct {
	// Profiles are those whose verdicts are to be settled; none is all.
	Profiles       []string
	Municipalities []string
	Categories     []string
	PlaceID        *int64
}

// A SurveyVisit is a place to go to, with what to find out there.
type SurveyVisit struct {
	Place models.Place
	// Settles are the profiles that a whole visit could settle.
	Settles []string
	// Questions begin with the shortest visit that settles a verdict; the last is the whole sheet.
	Questions []access.Question
	// Last is what was known of the slots of the whole sheet and does not count any more: stale or disputed.
	Last []access.Standing
}

// Sheet is everything to find out, in the order of the chain.
func (v *SurveyVisit) Sheet() []access.Slot {
	if len(v.Questions) == 0 {
		return nil
	}
	return v.Questions[len(v.Questions)-1].Slots
}

// Survey is the queue of visits: the place first where one visit could settle the most verdicts that are unknown now; of places that are alike
// the one of which the most is known already, because there the least has to be found out; then by id. It covers the existing places of the
// municipalities where the user may record facts.
//
// How many verdicts are unknown is read from the stored verdicts, so that the whole registry is ordered by the database; what to ask is
// worked out for the page alone.
func (s *Store) Survey(ctx context.Context, user *models.User, f SurveyFilter, page models.Page) (visits []SurveyVisit, next string, err error) {
	if err := allowSomewhere(user, models.ActionCreate, models.KindAccessFact); err != nil {
		return nil, "", err
	}
	err = s.read(ctx, user, func(ctx context.Context, at *Store) error {
		visits, next, err = at.survey(ctx, user, f, page)
		return err
	})
	return visits, next, err
}

func (s *Store) survey(ctx context.Context, user *models.User, f SurveyFilter, page models.Page) ([]SurveyVisit, string, error) {
	list := []any{"survey", f}
	after, err := decodeCursor(page.Cursor, list, 3)
	if err != nil {
		return nil, "", err
	}
	wanted := f.Profiles
	if len(wanted) == 0 {
		wanted = models.AccessProfiles.Codes()
	}
	mask := 0
	for _, code := range wanted {
		mask |= 1 << (2 * models.AccessProfiles.Index(code))
	}
	scope := models.ScopeOf(user, models.ActionCreate, models.KindAccessFact)
	q := newQuery()
	filter := models.PlaceFilter{Municipalities: f.Municipalities, Categories: f.Categories, Lifecycles: []string{models.LifecycleExisting}}
	if f.PlaceID != nil {
		filter.IDs = []int64{*f.PlaceID}
	}
	if err := s.filterPlaces(ctx, q, scope, filter); err != nil {
		return nil, "", err
	}
	if !scope.All {
		q.and("p.municipality_id = ANY(?)", scope.Municipalities)
	}
	// an unknown verdict is two bits that are 0
	unknown := fmt.Sprintf("bit_count((~(p.verdicts | (p.verdicts >> 1)) & %d)::bit(32))", mask)
	beyond := "true"
	if after != nil {
		keys := make([]string, len(after))
		for i := range after {
			n, ok := after[i].(float64)
			if !ok || n != float64(int64(n)) {
				return nil, "", badParameter("cursor", "cursor", "Kursor strony nie jest poprawny.", "The page cursor is not valid.")
			}
			keys[i] = q.arg(int64(n)) + "::bigint"
		}
		beyond = fmt.Sprintf("(-unknown, -known, id) > (%s)", strings.Join(keys, ", "))
	}
	rows, err := s.pool.Query(ctx, `SELECT id, unknown, known FROM (
			SELECT p.id, `+unknown+` AS unknown, (SELECT count(*) FROM access_facts a
				WHERE a.place_id = p.id AND a.deleted_at IS NULL AND a.superseded_by IS NULL AND a.state IN ('known', 'not_applicable')) AS known
			FROM places p WHERE `+q.where()+` AND `+unknown+` > 0) d
		WHERE `+beyond+fmt.Sprintf(` ORDER BY -unknown, -known, id LIMIT %d`, page.Limit+1), pgx.QueryExecModeCacheDescribe, q.named())
	if err != nil {
		return nil, "", mapError(fmt.Errorf("order the survey queue: %w", err))
	}
	type ranked struct{ ID, Unknown, Known int64 }
	order, err := pgx.CollectRows(rows, pgx.RowToStructByPos[ranked])
	if err != nil {
		return nil, "", mapError(fmt.Errorf("order the survey queue: %w", err))
	}
	next := ""
	if len(order) > page.Limit {
		order = order[:page.Limit]
		last := order[len(order)-1]
		next = encodeCursor(list, -last.Unknown, -last.Known, last.ID)
	}
	ids := make([]int64, len(order))
	for i, o := range order {
		ids[i] = o.ID
	}
	visits, err := s.visits(ctx, scope, ids, wanted)
	return visits, next, err
}

// visits works out what to ask at the places, in their order.
func (s *Store) visits(ctx context.Context, scope models.Scope, ids []int64, wanted []string) ([]SurveyVisit, error) {
	var places []placeRow
	q := newQuery()
	q.and("p.id = ANY(?)", ids)
	if err := q.scan(s.db.WithContext(ctx), "SELECT "+placeColumns+" FROM places p WHERE "+q.where(), &places); err != nil {
		return nil, mapError(fmt.Errorf("read the places of the survey queue: %w", err))
	}
	seen, err := s.views(ctx, places, scope)
	if err != nil {
		return nil, err
	}
	sites := make([]WhatIfSite, len(seen))
	at := make(map[int64]int, len(seen))
	for i := range seen {
		at[seen[i].ID] = i
	}
	if err := s.siteFacts(ctx, sites, at, ids); err != nil {
		return nil, mapError(fmt.Errorf("read the facts of the survey queue: %w", err))
	}
	today := models.DayOf(s.today())
	visits := make([]SurveyVisit, 0, len(ids))
	for _, id := range ids {
		n, ok := at[id]
		if !ok { // gone since it was ranked
			continue
		}
		p, facts := seen[n], sites[n].Facts
		v := SurveyVisit{Place: p, Questions: access.SurveyFor(wanted, facts, access.PlaceOf(facts, categoriesOf(p.HeritageCategory, p.InfrastructureCategory)...), today)}
		if n := len(v.Questions); n > 0 {
			v.Settles = v.Questions[n-1].Profiles
		}
		asked := map[access.Slot]bool{}
		for _, slot := range v.Sheet() {
			asked[slot] = true
		}
		for _, standing := range access.Current(facts, today) {
			if !standing.Counts && asked[access.Slot{Part: standing.Part, Attribute: standing.Fact.Attr}] {
				v.Last = append(v.Last, standing)
			}
		}
		visits = append(visits, v)
	}
	return visits, nil
}
