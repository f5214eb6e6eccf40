package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"wolnica/models"
	"wolnica/models/access"
)

// ProposalFilter narrows a list of investment proposals; zero fields do not narrow.
type ProposalFilter struct {
	IDs            []int64
	Kinds          []string
	Statuses       []string
	Readinesses    []string
	Locks          []string
	Municipalities []string
	// Categories are those of the place or of the new facility, each with its subtree.
	Categories []string
	PlaceID    *int64
	FundID     *int64
	GroupID    *int64
	// Year is one in which it may start.
	Year    *int
	Text    string
	Deleted bool
}

// ListedInvestment is a proposal with what a list says of its place.
type ListedInvestment struct {
	models.InvestmentProposal
	PlaceNamePL      string `gorm:"column:place_name_pl"`
	PlaceNameEN      string `gorm:"column:place_name_en"`
	Category         string
	Grade            *string
	Protections      models.StringArray
	MunicipalityName string
	TERYT            string `gorm:"column:teryt"`
	// Lon and Lat are a point of the place or of the position.
	Lon, Lat float64
	// Groups are the exclusion groups it is in.
	Groups []int64 `gorm:"-"`
}

// proposalSorts are the orders of a list: an expression over the row, and whether the greatest comes first.
var proposalSorts = map[string]struct {
	by   string
	desc bool
}{
	"":         {"t.id", false},
	"title":    {`t.title_pl`, false},
	"cost":     {"t.cost_likely_pln", false},
	"-cost":    {"t.cost_likely_pln", true},
	"-updated": {"(extract(epoch FROM t.updated_at) * 1000000)::bigint", true},
}

// ProposalSorts are the orders in which proposals can be listed.
func ProposalSorts() []string { return []string{"title", "cost", "-cost", "-updated"} }

// proposalFrom is the tables of a listed proposal: t is the proposal, pl its place.
const proposalFrom = ` FROM investment_proposals t LEFT JOIN places pl ON pl.id = t.place_id LEFT JOIN municipalities m ON m.id = t.municipality_id `

const proposalColumns = `t.*, coalesce(pl.name_pl, '') AS place_name_pl, coalesce(pl.name_en, '') AS place_name_en,
	coalesce(pl.infrastructure_category, pl.heritage_category, t.effects->>'category', '') AS category, pl.grade, coalesce(pl.protections, '{}') AS protections,
	coalesce(m.name, '') AS municipality_name, coalesce(m.teryt, '') AS teryt, ST_X(ST_PointOnSurface(coalesce(t.geom, pl.geom))) AS lon, ST_Y(ST_PointOnSurface(coalesce(t.geom, pl.geom))) AS lat`

// readableProposals is the condition under which the user may see the proposals of the rows t.
func readableProposals(q *query, user *models.User) {
	if scope := models.ScopeOf(user, models.ActionReadInternal, models.KindInvestmentProposal); !scope.All {
		q.and("t.municipality_id = ANY(?)", scope.Municipalities)
	}
}

// Proposals lists the investment proposals the user may see, by the sort and then by id, with the number of all that pass.
func (s *Store) Proposals(ctx context.Context, user *models.User, f ProposalFilter, page models.Page) ([]ListedInvestment, int64, string, error) {
	if err := allowSomewhere(user, models.ActionReadInternal, models.KindInvestmentProposal); err != nil {
		return nil, 0, "", err
	}
	order, ok := proposalSorts[page.Sort]
	if !ok {
		return nil, 0, "", badParameter("sort", "vocabulary", "Nieznany porządek.", "Unknown order.")
	}
	list := []any{"proposals", f, page.Sort}
	after, err := decodeCursor(page.Cursor, list, 2)
	if err != nil {
		return nil, 0, "", err
	}
	q, err := s.proposalQuery(ctx, user, f)
	if err != nil {
		return nil, 0, "", err
	}
	db := s.db.WithContext(ctx)
	var total int64
	if err := q.scan(db, "SELECT count(*)"+proposalFrom+"WHERE "+q.where(), &total); err != nil {
		return nil, 0, "", mapError(fmt.Errorf("count proposals: %w", err))
	}
	than, direction := ">", ""
	if order.desc {
		than, direction = "<", " DESC"
	}
	if after != nil {
		if err := cursorKeys(after[1:], ""); err != nil {
			return nil, 0, "", err
		}
		if n, ok := after[0].(float64); ok {
			after[0] = int64(n)
		}
		if _, text := after[0].(string); text != (page.Sort == "title") {
			return nil, 0, "", badParameter("cursor", "cursor", "Kursor strony nie jest poprawny.", "The page cursor is not valid.")
		}
		key := q.arg(after[0])
		q.and(fmt.Sprintf("(%s %s %s OR %s = %s AND t.id > ?)", order.by, than, key, order.by, key), after[1])
	}
	var rows []ListedInvestment
	if err := q.scan(db, "SELECT "+proposalColumns+proposalFrom+"WHERE "+q.where()+" ORDER BY "+order.by+direction+fmt.Sprintf(", t.id LIMIT %d", page.Limit+1), &rows); err != nil {
		return nil, 0, "", mapError(fmt.Errorf("list proposals: %w", err))
	}
	next := ""
	if len(rows) > page.Limit {
		rows = rows[:page.Limit]
		last := &rows[len(rows)-1]
		next = encodeCursor(list, sortKeyOf(page.Sort, last), last.ID)
	}
	at := make(map[int64]*models.InvestmentProposal, len(rows))
	for i := range rows {
		at[rows[i].ID] = &rows[i].InvestmentProposal
	}
	if err := loadProposalLinks(db, at); err != nil {
		return nil, 0, "", mapError(fmt.Errorf("read the links of proposals: %w", err))
	}
	return rows, total, next, s.proposalGroups(ctx, rows)
}

func sortKeyOf(sort string, p *ListedInvestment) any {
	switch sort {
	case "title":
		return p.TitlePL
	case "cost", "-cost":
		return p.CostLikelyPLN
	case "-updated":
		return p.UpdatedAt.UnixMicro()
	}
	return p.ID
}

// proposalQuery is the conditions of a filter over proposalFrom.
func (s *Store) proposalQuery(ctx context.Context, user *models.User, f ProposalFilter) (*query, error) {
	q := newQuery()
	readableProposals(q, user)
	if f.Deleted {
		q.and("t.deleted_at IS NOT NULL")
	} else {
		q.and("t.deleted_at IS NULL")
	}
	for _, c := range []struct {
		column string
		values []string
	}{{"t.kind", f.Kinds}, {"t.status", f.Statuses}, {"t.readiness", f.Readinesses}, {"t.lock", f.Locks}} {
		if len(c.values) > 0 {
			q.and(c.column+" = ANY(?)", c.values)
		}
	}
	if f.IDs != nil {
		q.and("t.id = ANY(?)", f.IDs)
	}
	if len(f.Municipalities) > 0 {
		none := ""
		if slices.Contains(f.Municipalities, "none") {
			none = " OR t.municipality_id IS NULL"
		}
		q.and("(m.teryt = ANY(?)"+none+")", f.Municipalities)
	}
	if len(f.Categories) > 0 {
		q.and(`(SELECT bool_or(c.code IN (pl.infrastructure_category, pl.heritage_category, t.effects->>'category'))
			FROM (WITH RECURSIVE down (code) AS (SELECT code FROM categories WHERE code = ANY(?) UNION SELECT k.code FROM categories k JOIN down ON k.parent = down.code) SELECT code FROM down) c)`, f.Categories)
	}
	if f.PlaceID != nil {
		q.and("t.place_id = ?", *f.PlaceID)
	}
	if f.FundID != nil {
		q.and("EXISTS (SELECT 1 FROM investment_proposal_funds f WHERE f.proposal_id = t.id AND f.fund_id = ?)", *f.FundID)
	}
	if f.GroupID != nil {
		q.and("EXISTS (SELECT 1 FROM exclusion_group_proposals g WHERE g.proposal_id = t.id AND g.group_id = ?)", *f.GroupID)
	}
	if f.Year != nil {
		q.and("coalesce(t.earliest_year, ?) <= ? AND coalesce(t.latest_year, ?) >= ?", *f.Year, *f.Year, *f.Year, *f.Year)
	}
	if text := strings.TrimSpace(f.Text); text != "" {
		q.and("strpos(fold_text(t.title_pl || ' ' || t.title_en || ' ' || coalesce(pl.name_pl, '')), fold_text(?)) > 0", text)
	}
	return q, nil
}

// Proposal reads one investment proposal with what a list says of it.
func (s *Store) Proposal(ctx context.Context, user *models.User, id int64) (*ListedInvestment, error) {
	e, err := ByID[models.InvestmentProposal](ctx, s, user, id)
	if err != nil {
		return nil, err
	}
	out := &ListedInvestment{}
	if err := s.db.WithContext(ctx).Raw("SELECT "+proposalColumns+proposalFrom+"WHERE t.id = ?", id).Scan(out).Error; err != nil {
		return nil, mapError(fmt.Errorf("read proposal %d: %w", id, err))
	}
	out.Funds, out.Prerequisites = e.Funds, e.Prerequisites
	one := []ListedInvestment{*out}
	err = s.proposalGroups(ctx, one)
	return &one[0], err
}

// proposalGroups fills in the exclusion groups of listed proposals.
func (s *Store) proposalGroups(ctx context.Context, rows []ListedInvestment) error {
	ids := make(intArray, len(rows))
	at := map[int64]int{}
	for i := range rows {
		ids[i], at[rows[i].ID], rows[i].Groups = rows[i].ID, i, []int64{}
	}
	var of []struct{ ProposalID, GroupID int64 }
	if err := s.db.WithContext(ctx).Raw(`SELECT gp.proposal_id, gp.group_id FROM exclusion_group_proposals gp JOIN exclusion_groups g ON g.id = gp.group_id AND g.deleted_at IS NULL
		WHERE gp.proposal_id = ANY(?::bigint[]) ORDER BY gp.group_id`, ids).Scan(&of).Error; err != nil {
		return mapError(fmt.Errorf("read the groups of proposals: %w", err))
	}
	for _, g := range of {
		rows[at[g.ProposalID]].Groups = append(rows[at[g.ProposalID]].Groups, g.GroupID)
	}
	return nil
}

// loadProposalLinks reads the funds and prerequisites of proposals.
func loadProposalLinks(db *gorm.DB, at map[int64]*models.InvestmentProposal) error {
	ids := make(intArray, 0, len(at))
	for id, p := range at {
		ids = append(ids, id)
		p.Funds, p.Prerequisites = []int64{}, []models.Prerequisite{}
	}
	slices.Sort(ids)
	var funds []struct{ ProposalID, FundID int64 }
	if err := db.Raw("SELECT proposal_id, fund_id FROM investment_proposal_funds WHERE proposal_id = ANY(?::bigint[]) ORDER BY proposal_id, fund_id", ids).Scan(&funds).Error; err != nil {
		return err
	}
	for _, f := range funds {
		at[f.ProposalID].Funds = append(at[f.ProposalID].Funds, f.FundID)
	}
	var needs []struct {
		ProposalID, RequiresID int64
		LagYears               int
	}
	if err := db.Raw("SELECT proposal_id, requires_id, lag_years FROM investment_proposal_prerequisites WHERE proposal_id = ANY(?::bigint[]) ORDER BY proposal_id, requires_id", ids).Scan(&needs).Error; err != nil {
		return err
	}
	for _, n := range needs {
		at[n.ProposalID].Prerequisites = append(at[n.ProposalID].Prerequisites, models.Prerequisite{ProposalID: n.RequiresID, LagYears: n.LagYears})
	}
	return nil
}

func saveProposalLinks(tx *gorm.DB, p *models.InvestmentProposal) error {
	if err := tx.Exec("DELETE FROM investment_proposal_funds WHERE proposal_id = ?", p.ID).Error; err != nil {
		return err
	}
	if err := tx.Exec("INSERT INTO investment_proposal_funds (proposal_id, fund_id) SELECT ?, unnest(?::bigint[])", p.ID, intArray(p.Funds)).Error; err != nil {
		return err
	}
	if err := tx.Exec("DELETE FROM investment_proposal_prerequisites WHERE proposal_id = ?", p.ID).Error; err != nil {
		return err
	}
	ids, lags := make(intArray, len(p.Prerequisites)), make(intArray, len(p.Prerequisites))
	for i, n := range p.Prerequisites {
		ids[i], lags[i] = n.ProposalID, int64(n.LagYears)
	}
	return tx.Exec("INSERT INTO investment_proposal_prerequisites (proposal_id, requires_id, lag_years) SELECT ?, i, l FROM unnest(?::bigint[], ?::bigint[]) n (i, l)", p.ID, ids, lags).Error
}

// prepareProposal derives the municipality and checks codes that the vocabulary of the registry knows.
func prepareProposal(tx *gorm.DB, p *models.InvestmentProposal) error {
	var f models.Fields
	for i, fix := range p.Effects.Fixes {
		known, ok := access.FixByCode(fix.Code)
		if !ok {
			f.Add(fmt.Sprintf("/effects/fixes/%d/code", i), "vocabulary", "Nie ma takiego usprawnienia; listę daje /api/v1/access/fixes.", "There is no such fix; /api/v1/access/fixes lists them.")
			continue
		}
		part, ok := known.PartFor(fix.Part)
		if !ok {
			f.Add(fmt.Sprintf("/effects/fixes/%d/part", i), "vocabulary", "Tego usprawnienia nie robi się w tej części.", "This fix cannot be made at this part.")
		}
		p.Effects.Fixes[i].Part = part
	}
	if code := p.Effects.Category; code != "" {
		var found bool
		if err := tx.Raw("SELECT EXISTS (SELECT 1 FROM categories WHERE code = ? AND facet <> 'product' AND deleted_at IS NULL)", code).Scan(&found).Error; err != nil {
			return err
		}
		if !found {
			f.Add("/effects/category", "vocabulary", "Nie ma takiej kategorii miejsc; listę daje /api/v1/categories.", "There is no such category of places; /api/v1/categories lists them.")
		}
	}
	if err := f.Err(); err != nil {
		return err
	}
	p.MunicipalityID = nil
	if p.PlaceID != nil {
		return tx.Raw("SELECT municipality_id FROM places WHERE id = ?", *p.PlaceID).Scan(&p.MunicipalityID).Error
	}
	return tx.Raw("SELECT municipality_of(?::geometry)", p.Geom).Scan(&p.MunicipalityID).Error
}

// prerequisiteLock makes changes of prerequisites wait for each other: two at once could close a circle that neither sees.
const prerequisiteLock = 0x77_0014

// proposalReferences checks the place, funds and prerequisites that a proposal newly names, and that no proposal waits for itself.
func proposalReferences(tx *gorm.DB, actor *models.User, p, old *models.InvestmentProposal) error {
	if p.PlaceID != nil && (old == nil || !samePointed(old.PlaceID, p.PlaceID)) {
		found, err := visiblePlaces(tx, actor, []int64{*p.PlaceID})
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return unknownReference("/place_id")
		}
	}
	var funds, needs, needed []int64
	if old != nil {
		funds = old.Funds
		for _, n := range old.Prerequisites {
			needs = append(needs, n.ProposalID)
		}
	}
	for _, n := range p.Prerequisites {
		needed = append(needed, n.ProposalID)
	}
	if err := visibleReferences(p.Funds, funds, "/funds/%d", func(ids []int64) ([]int64, error) { return visibleFunds(tx, actor, ids) }); err != nil {
		return err
	}
	if err := visibleReferences(needed, needs, "/prerequisites/%d/proposal_id", func(ids []int64) ([]int64, error) { return visibleProposals(tx, actor, ids) }); err != nil {
		return err
	}
	if len(needed) == 0 || p.ID == 0 { // nothing can wait for what is new
		return nil
	}
	if err := tx.Exec("SELECT pg_advisory_xact_lock(?)", prerequisiteLock).Error; err != nil {
		return err
	}
	for i, id := range needed {
		var circle bool
		if err := tx.Raw(`WITH RECURSIVE up (id) AS (SELECT ?::bigint UNION
				SELECT n.requires_id FROM investment_proposal_prerequisites n JOIN up ON n.proposal_id = up.id)
			SELECT EXISTS (SELECT 1 FROM up WHERE id = ?)`, id, p.ID).Scan(&circle).Error; err != nil {
			return err
		}
		if circle {
			return models.Invalid(fmt.Sprintf("/prerequisites/%d/proposal_id", i), "cycle", "Koło: ta propozycja sama czeka na zmienianą, więc żadna nie mogłaby się zacząć.",
				"A circle: that proposal itself waits for this one, so neither could ever start.")
		}
	}
	return nil
}

// visibleReferences checks the ids that are not known already: one that visible does not give is an unknown reference at the pointer with
// its place in the list.
func visibleReferences(ids, known []int64, pointer string, visible func([]int64) ([]int64, error)) error {
	fresh := slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return slices.Contains(known, id) })
	if len(fresh) == 0 {
		return nil
	}
	found, err := visible(fresh)
	if err != nil {
		return err
	}
	for i, id := range ids {
		if !slices.Contains(known, id) && !slices.Contains(found, id) {
			return unknownReference(fmt.Sprintf(pointer, i))
		}
	}
	return nil
}

// visibleProposals gives those of the ids that are proposals the user may see.
func visibleProposals(db *gorm.DB, user *models.User, ids []int64) ([]int64, error) {
	q := newQuery()
	q.and("t.id = ANY(?)", ids)
	q.and("t.deleted_at IS NULL")
	readableProposals(q, user)
	var found []int64
	return found, q.scan(db, "SELECT t.id FROM investment_proposals t WHERE "+q.where(), &found)
}
