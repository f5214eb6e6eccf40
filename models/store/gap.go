package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/twpayne/go-geom"

	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/plan"
)

// Ground is what the user may plan on: all existing places the user may see, at the positions the user is told, and all residents. It needs
// the right to read proposals somewhere.
func (s *Store) Ground(ctx context.Context, user *models.User) (*PlanGround, error) {
	if err := allowSomewhere(user, models.ActionReadInternal, models.KindInvestmentProposal); err != nil {
		return nil, err
	}
	var g *PlanGround
	err := s.read(ctx, user, func(ctx context.Context, at *Store) (err error) {
		g, err = at.ground(ctx, user)
		return err
	})
	return g, err
}

// A CellShape is a population cell as it is drawn and named.
type CellShape struct {
	ID   int64
	Key  string
	Geom geom.T
}

// GroundShapes is Ground with the outlines of its cells, in their order, of one moment.
func (s *Store) GroundShapes(ctx context.Context, user *models.User) (*PlanGround, []CellShape, error) {
	if err := allowSomewhere(user, models.ActionReadInternal, models.KindInvestmentProposal); err != nil {
		return nil, nil, err
	}
	var g *PlanGround
	var shapes []CellShape
	err := s.read(ctx, user, func(ctx context.Context, at *Store) (err error) {
		if g, err = at.ground(ctx, user); err != nil {
			return err
		}
		shapes, err = at.cellShapes(ctx)
		return err
	})
	if err == nil && len(shapes) != len(g.Cells) { // a cell was written between the two questions
		return s.GroundShapes(ctx, user)
	}
	return g, shapes, err
}

func (s *Store) cellShapes(ctx context.Context) ([]CellShape, error) {
	rows, err := s.pool.Query(ctx, "SELECT id, key, geom FROM population_cells WHERE deleted_at IS NULL ORDER BY id")
	if err != nil {
		return nil, mapError(fmt.Errorf("read the outlines of population cells: %w", err))
	}
	shapes, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c CellShape, err error) {
		var g geo.Geometry
		err = row.Scan(&c.ID, &c.Key, &g)
		c.Geom = g.T
		return c, err
	})
	if err != nil {
		return nil, mapError(fmt.Errorf("read the outlines of population cells: %w", err))
	}
	return shapes, nil
}

// DemandByCode is the demand of the ground with the code; a problem at the parameter standard that names those there are otherwise.
func (g *PlanGround) DemandByCode(code string) (plan.Demand, error) {
	all := g.Demands()
	if i := slices.IndexFunc(all, func(d plan.Demand) bool { return d.Code() == code }); i >= 0 {
		return all[i], nil
	}
	names := ""
	for _, d := range all {
		if names != "" {
			names += ", "
		}
		names += d.Code()
	}
	e := models.NewError(models.CodeMalformed, "Parametr zapytania nie jest poprawny.", "A query parameter is not valid.")
	e.Fields = []models.FieldError{{Parameter: "standard", Code: "vocabulary", Message: models.Text{
		PL: fmt.Sprintf("Nieznany standard %q. Dozwolone: %s.", code, names), EN: fmt.Sprintf("Unknown standard %q. Allowed: %s.", code, names)}}}
	return plan.Demand{}, e
}

// A ProposedFacility is a new facility that somebody proposes to build.
type ProposedFacility struct {
	plan.Facility
	ID    int64
	Title models.Text
}

// ProposedFacilities are the new facilities proposed, and not withdrawn, that the user may read of; ground gives the categories.
func (s *Store) ProposedFacilities(ctx context.Context, user *models.User, g *PlanGround) ([]ProposedFacility, error) {
	q := newQuery()
	readableProposals(q, user)
	q.and("t.deleted_at IS NULL AND t.status <> 'withdrawn' AND t.kind = 'build'")
	rows, err := s.pool.Query(ctx, `SELECT id, title_pl, title_en, coalesce(effects->>'category', ''), coalesce((effects->>'area_m2')::float8, 0), ST_X(ST_PointOnSurface(geom)), ST_Y(ST_PointOnSurface(geom))
		FROM investment_proposals t WHERE `+q.where()+` ORDER BY id`, q.named())
	if err != nil {
		return nil, mapError(fmt.Errorf("read proposed facilities: %w", err))
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (p ProposedFacility, err error) {
		var category string
		err = row.Scan(&p.ID, &p.Title.PL, &p.Title.EN, &category, &p.AreaM2, &p.At.Lon, &p.At.Lat)
		p.Categories = categoryLineages(g.Lineages, []string{category})
		return p, err
	})
	if err != nil {
		return nil, mapError(fmt.Errorf("read proposed facilities: %w", err))
	}
	return found, nil
}
