package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"gorm.io/gorm"

	"wolnica/models"
	"wolnica/models/access"
	"wolnica/models/plan"
	"wolnica/models/plan/programme"
)

// runColumns are those of a run without its inputs, which may be megabytes.
const runColumns = `r.id, r.scenario_id, r.scenario_version, r.actor_id, r.status, r.phase, r.objective, r.bound, r.gap, r.greedy_objective, r.solver_version, r.seed, r.input_hash,
	r.frame, r.programme, r.log, r.warning_pl, r.warning_en, r.created_at, r.started_at, r.updated_at, r.ended_at`

// compose reads the inputs of a scenario as the user may see them and makes its problem.
func (s *Store) compose(ctx context.Context, user *models.User, scenario *models.Scenario) (*plan.Composition, error) {
	g, err := s.ground(ctx, user)
	if err != nil {
		return nil, err
	}
	in := &plan.ComposeInput{Ground: &g.Ground, Scenario: scenario, Changed: changedAssumptions(g.assumptions)}
	for _, m := range g.Municipalities {
		in.Municipalities = append(in.Municipalities, m.ID)
	}
	if err := s.composeProposals(ctx, user, g, in); err != nil {
		return nil, mapError(fmt.Errorf("read the proposals of scenario %d: %w", scenario.ID, err))
	}
	if err := s.opening(ctx, g, in); err != nil {
		return nil, mapError(fmt.Errorf("judge the proposals of scenario %d: %w", scenario.ID, err))
	}
	funds, err := s.Funds(ctx, user, false)
	if err != nil {
		return nil, err
	}
	for _, f := range funds {
		in.Funds = append(in.Funds, f.Fund)
	}
	groups, err := s.Groups(ctx, user, false)
	if err != nil {
		return nil, err
	}
	for _, group := range groups {
		in.Groups = append(in.Groups, group.Proposals)
	}
	// the order of what is read is that of the database: the same inputs make the same bytes
	slices.SortFunc(in.Funds, func(a, b models.Fund) int { return int(a.ID - b.ID) })
	return plan.Compose(in)
}

func (s *Store) composeProposals(ctx context.Context, user *models.User, g *PlanGround, in *plan.ComposeInput) error {
	q := newQuery()
	readableProposals(q, user)
	q.and("t.deleted_at IS NULL")
	db := s.db.WithContext(ctx)
	var rows []ListedInvestment
	if err := q.scan(db, "SELECT "+proposalColumns+proposalFrom+"WHERE "+q.where()+" ORDER BY t.id", &rows); err != nil {
		return err
	}
	at := map[int64]*models.InvestmentProposal{}
	for i := range rows {
		at[rows[i].ID] = &rows[i].InvestmentProposal
	}
	if err := loadProposalLinks(db, at); err != nil {
		return err
	}
	for i := range rows {
		row := &rows[i]
		p := plan.ComposeProposal{InvestmentProposal: row.InvestmentProposal, At: plan.Point{Lon: row.Lon, Lat: row.Lat}, Municipality: homeOf(g.home, row.MunicipalityID)}
		if row.PlaceID == nil {
			p.Categories = categoryLineages(g.Lineages, []string{row.Effects.Category})
		} else if a := g.AssetByID(*row.PlaceID); a != nil {
			p.Categories = a.Categories
		}
		in.Proposals = append(in.Proposals, p)
	}
	return nil
}

// After puts the programme of a run on the ground: what it chooses is done, as Done tells. A run of 0 changes nothing.
func (s *Store) After(ctx context.Context, user *models.User, g *PlanGround, runID int64) error {
	if runID == 0 {
		return nil
	}
	done, err := s.Done(ctx, user, g, runID)
	if err != nil {
		return err
	}
	g.Ground = *g.Ground.After(done)
	return nil
}

// Done is what the programme of a run chooses, as the proposals are now, with the year in which it is complete. The ground is put under the
// assumptions that the run was made with. The run is seen by whoever sees its scenario.
func (s *Store) Done(ctx context.Context, user *models.User, g *PlanGround, runID int64) ([]plan.Done, error) {
	run, err := s.Run(ctx, user, runID)
	if err != nil {
		return nil, err
	}
	var frame plan.Frame
	if err := json.Unmarshal(run.Frame, &frame); err != nil {
		return nil, fmt.Errorf("read the frame of run %d: %w", runID, err)
	}
	g.assume(frame.Assumed())
	items, err := s.RunItems(ctx, runID)
	if err != nil {
		return nil, err
	}
	complete := map[int64]int{}
	for i := range items {
		if it := &items[i]; it.StartYear != nil {
			complete[it.ProposalID] = *it.StartYear + it.About.DurationYears - 1
		}
	}
	in := &plan.ComposeInput{}
	if err := s.composeProposals(ctx, user, g, in); err != nil {
		return nil, mapError(fmt.Errorf("read the proposals of run %d: %w", runID, err))
	}
	in.Proposals = slices.DeleteFunc(in.Proposals, func(p plan.ComposeProposal) bool { _, chosen := complete[p.ID]; return !chosen })
	if err := s.opening(ctx, g, in); err != nil {
		return nil, mapError(fmt.Errorf("judge the proposals of run %d: %w", runID, err))
	}
	var done []plan.Done
	for _, p := range in.Proposals {
		done = append(done, plan.Done{ComposeProposal: p, Year: complete[p.ID]})
	}
	return done, nil
}

// opening says which proposals open their place to wheelchair users.
func (s *Store) opening(ctx context.Context, g *PlanGround, in *plan.ComposeInput) error {
	var ids intArray
	for i := range in.Proposals {
		if p := &in.Proposals[i]; p.PlaceID != nil && len(p.Effects.Fixes)+len(p.Effects.Facts) > 0 {
			ids = append(ids, *p.PlaceID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var facts map[int64][]access.Fact
	if err := pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) (err error) {
		facts, err = readFacts(ctx, ofPgx(tx), "place_id = ANY($1::bigint[])", ids)
		return err
	}); err != nil {
		return err
	}
	today := models.DayOf(s.today())
	for i := range in.Proposals {
		p := &in.Proposals[i]
		if p.PlaceID == nil || len(p.Effects.Fixes)+len(p.Effects.Facts) == 0 {
			continue
		}
		a := g.AssetByID(*p.PlaceID)
		if a == nil {
			continue
		}
		opens, err := plan.Opens(&p.InvestmentProposal, a, facts[a.ID], today)
		if err != nil {
			return err
		}
		p.Opens = opens
	}
	return nil
}

// StartRun composes a scenario's problem, freezes it and answers it at once; the run is queued for the solver to find better. It needs the
// right to change the scenario. A scenario that cannot be answered is refused with the field named, and nothing is stored.
func (s *Store) StartRun(ctx context.Context, actor *models.User, scenarioID int64) (*models.ProgrammeRun, error) {
	scenario, err := s.runnable(ctx, actor, scenarioID)
	if err != nil {
		return nil, err
	}
	c, err := s.compose(ctx, actor, scenario)
	if err != nil {
		return nil, err
	}
	inputs, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("freeze the inputs of scenario %d: %w", scenarioID, err)
	}
	return s.queueRun(ctx, actor, scenario, c, inputs)
}

// RepeatRun answers the frozen inputs of a run again: the same programme comes of them. It needs the right to change the scenario.
func (s *Store) RepeatRun(ctx context.Context, actor *models.User, id int64) (*models.ProgrammeRun, error) {
	run, c, err := s.RunInputs(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	scenario, err := s.runnable(ctx, actor, run.ScenarioID)
	if err != nil {
		return nil, err
	}
	return s.queueRun(ctx, actor, scenario, c, run.Inputs)
}

// runnable is the scenario, if the actor may run it.
func (s *Store) runnable(ctx context.Context, actor *models.User, id int64) (*models.Scenario, error) {
	scenario, err := ByID[models.Scenario](ctx, s, actor, id)
	if err != nil {
		return nil, err
	}
	subject, err := subjectOf(s.db.WithContext(ctx), scenario)
	if err != nil {
		return nil, err
	}
	if subject.Deleted {
		return nil, models.ErrNotFound()
	}
	return scenario, allow(actor, subject, models.ActionUpdate)
}

func (s *Store) queueRun(ctx context.Context, actor *models.User, scenario *models.Scenario, c *plan.Composition, inputs []byte) (*models.ProgrammeRun, error) {
	first := programme.Greedy(&c.Problem)
	if first == nil {
		return nil, c.Infeasible(scenario)
	}
	if wrong := programme.Check(&c.Problem, first); len(wrong) > 0 {
		return nil, fmt.Errorf("the instant answer to scenario %d breaks a constraint: %s", scenario.ID, wrong[0].Message.EN)
	}
	sum := sha256.Sum256(inputs)
	frame, err := json.Marshal(c.Frame())
	if err != nil {
		return nil, fmt.Errorf("frame scenario %d: %w", scenario.ID, err)
	}
	now := s.now().UTC()
	run := &models.ProgrammeRun{ScenarioID: scenario.ID, ScenarioVersion: scenario.Version, Status: models.RunQueued, Phase: "greedy", Seed: c.Seed, InputHash: hex.EncodeToString(sum[:]),
		Inputs: inputs, Frame: frame, Objective: &first.Value.Objective, GreedyObjective: &first.Value.Objective, Log: models.StringArray{}, CreatedAt: now, UpdatedAt: now}
	if actor.ID != 0 {
		run.ActorID = &actor.ID
	}
	if run.Programme, err = json.Marshal(first); err != nil {
		return nil, fmt.Errorf("write the programme of scenario %d: %w", scenario.ID, err)
	}
	return run, s.inTx(ctx, actor, func(tx *gorm.DB) error {
		if err := tx.Create(run).Error; err != nil {
			return err
		}
		return saveItems(tx, run.ID, c.ItemsOf(first))
	})
}

func saveItems(tx *gorm.DB, run int64, items []models.ProgrammeItem) error {
	if err := tx.Exec("DELETE FROM programme_items WHERE run_id = ?", run).Error; err != nil {
		return err
	}
	for i := range items {
		items[i].RunID = run
	}
	return tx.CreateInBatches(items, 500).Error
}

// Run reads one run without its inputs; it is seen by whoever sees its scenario.
func (s *Store) Run(ctx context.Context, user *models.User, id int64) (*models.ProgrammeRun, error) {
	return s.run(ctx, user, id, runColumns)
}

// RunInputs reads one run with its frozen inputs.
func (s *Store) RunInputs(ctx context.Context, user *models.User, id int64) (*models.ProgrammeRun, *plan.Composition, error) {
	run, err := s.run(ctx, user, id, "r.*")
	if err != nil {
		return nil, nil, err
	}
	c := &plan.Composition{}
	if err := json.Unmarshal(run.Inputs, c); err != nil {
		return nil, nil, fmt.Errorf("read the inputs of run %d: %w", id, err)
	}
	return run, c, nil
}

func (s *Store) run(ctx context.Context, user *models.User, id int64, columns string) (*models.ProgrammeRun, error) {
	run := &models.ProgrammeRun{}
	found := s.db.WithContext(ctx).Raw("SELECT "+columns+" FROM programme_runs r WHERE r.id = ?", id).Scan(run)
	if found.Error != nil {
		return nil, mapError(fmt.Errorf("read run %d: %w", id, found.Error))
	}
	if found.RowsAffected == 0 {
		return nil, models.ErrNotFound()
	}
	if _, err := ByID[models.Scenario](ctx, s, user, run.ScenarioID); err != nil {
		return nil, err
	}
	return run, nil
}

// Runs lists the runs of a scenario, the newest first; old ones past a hundred are left out.
func (s *Store) Runs(ctx context.Context, user *models.User, scenarioID int64) ([]models.ProgrammeRun, error) {
	if _, err := ByID[models.Scenario](ctx, s, user, scenarioID); err != nil {
		return nil, err
	}
	var rows []models.ProgrammeRun
	err := s.db.WithContext(ctx).Raw("SELECT "+runColumns+" FROM programme_runs r WHERE r.scenario_id = ? ORDER BY r.id DESC LIMIT 100", scenarioID).Scan(&rows).Error
	return rows, mapError(err)
}

// RunItems are the items of a run, chosen or not, in the order of its inputs.
func (s *Store) RunItems(ctx context.Context, runID int64) ([]models.ProgrammeItem, error) {
	var items []models.ProgrammeItem
	err := s.db.WithContext(ctx).Raw("SELECT * FROM programme_items WHERE run_id = ? ORDER BY ordinal", runID).Scan(&items).Error
	return items, mapError(err)
}

// StopRun ends a run that waits or is under way; it keeps the programme it has. One that is over is CodeConflict.
func (s *Store) StopRun(ctx context.Context, actor *models.User, id int64) error {
	return s.turnRun(ctx, actor, id, "status IN ('queued', 'running')", "status = 'stopped', ended_at = now(), updated_at = now()",
		models.Text{PL: "Ten przebieg już się skończył.", EN: "This run is over already."})
}

// ResumeRun queues a run again that was stopped, interrupted or failed: the solver goes on from the programme it has.
func (s *Store) ResumeRun(ctx context.Context, actor *models.User, id int64) error {
	return s.turnRun(ctx, actor, id, "status IN ('stopped', 'interrupted', 'failed')", "status = 'queued', ended_at = NULL, defence = NULL, warning_pl = '', warning_en = '', updated_at = now()",
		models.Text{PL: "Wznowić można tylko przebieg zatrzymany, przerwany albo nieudany.", EN: "Only a run that was stopped, interrupted or failed can be resumed."})
}

func (s *Store) turnRun(ctx context.Context, actor *models.User, id int64, from, set string, otherwise models.Text) error {
	run, err := s.Run(ctx, actor, id)
	if err != nil {
		return err
	}
	if _, err := s.runnable(ctx, actor, run.ScenarioID); err != nil {
		return err
	}
	return s.inTx(ctx, actor, func(tx *gorm.DB) error {
		turned := tx.Exec("UPDATE programme_runs SET "+set+" WHERE id = ? AND "+from, id)
		if turned.Error == nil && turned.RowsAffected == 0 {
			return models.NewError(models.CodeConflict, otherwise.PL, otherwise.EN)
		}
		return turned.Error
	})
}

// InterruptedRuns marks the runs that were under way when the program ended; they keep their last programme and can be resumed.
func (s *Store) InterruptedRuns(ctx context.Context) (int64, error) {
	tag, err := s.pool.Exec(ctx, `UPDATE programme_runs SET status = 'interrupted', ended_at = now(), updated_at = now(),
		warning_pl = 'Serwer został uruchomiony ponownie w trakcie obliczeń; zachowano ostatni sprawdzony program. Przebieg można wznowić.',
		warning_en = 'The server was restarted during the computation; the last checked programme was kept. The run can be resumed.' WHERE status = 'running'`)
	return tag.RowsAffected(), mapError(err)
}

// TakeRun takes the oldest run that waits and marks it as under way; nil when none waits.
func (s *Store) TakeRun(ctx context.Context) (*models.ProgrammeRun, *plan.Composition, error) {
	var id int64
	err := s.pool.QueryRow(ctx, `UPDATE programme_runs SET status = 'running', phase = 'polish', started_at = coalesce(started_at, now()), updated_at = now()
		WHERE id = (SELECT id FROM programme_runs WHERE status = 'queued' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id`).Scan(&id)
	switch {
	case models.CodeOf(mapError(err)) == models.CodeNotFound:
		return nil, nil, nil
	case err != nil:
		return nil, nil, mapError(err)
	}
	return s.RunInputs(ctx, System(), id)
}

// SaveRun stores how far a run has come, with its programme and items when better is not nil, which has passed the check. It says
// whether the run still goes on: a person may have stopped it.
func (s *Store) SaveRun(ctx context.Context, run *models.ProgrammeRun, c *plan.Composition, better *programme.Programme) (on bool, err error) {
	run.UpdatedAt = s.now().UTC()
	if better != nil {
		run.Objective = &better.Value.Objective
		if run.Programme, err = json.Marshal(better); err != nil {
			return false, fmt.Errorf("write the programme of run %d: %w", run.ID, err)
		}
	}
	err = s.inTx(ctx, nil, func(tx *gorm.DB) error {
		var status string
		if err := tx.Raw("SELECT status FROM programme_runs WHERE id = ? FOR UPDATE", run.ID).Scan(&status).Error; err != nil {
			return err
		}
		on = status == models.RunRunning
		columns := []string{"objective", "bound", "gap", "programme", "solver_version", "log", "updated_at"}
		if on { // the state a person set stays
			columns = append(columns, "status", "phase", "warning_pl", "warning_en", "ended_at")
		}
		if err := tx.Model(run).Select(columns).Updates(run).Error; err != nil {
			return err
		}
		if better != nil {
			if err := tx.Exec("UPDATE programme_runs SET defence = NULL WHERE id = ?", run.ID).Error; err != nil {
				return err
			}
			return saveItems(tx, run.ID, c.ItemsOf(better))
		}
		return nil
	})
	return on && err == nil, err
}

// UndefendedRun reads the newest run that is over and whose programme has no defence; nil when there is none.
func (s *Store) UndefendedRun(ctx context.Context) (*models.ProgrammeRun, *plan.Composition, error) {
	var id int64
	err := s.pool.QueryRow(ctx, `SELECT id FROM programme_runs WHERE defence IS NULL AND programme IS NOT NULL AND status NOT IN ('queued', 'running') ORDER BY id DESC LIMIT 1`).Scan(&id)
	switch {
	case models.CodeOf(mapError(err)) == models.CodeNotFound:
		return nil, nil, nil
	case err != nil:
		return nil, nil, mapError(err)
	}
	return s.RunInputs(ctx, System(), id)
}

// SaveDefence stores the defence of the programme that the run was read with, and what it says of each item. A run that was resumed or repeated
// since keeps none.
func (s *Store) SaveDefence(ctx context.Context, run *models.ProgrammeRun, d *plan.Defence) error {
	body, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("write the defence of run %d: %w", run.ID, err)
	}
	return s.inTx(ctx, nil, func(tx *gorm.DB) error {
		saved := tx.Exec("UPDATE programme_runs SET defence = ? WHERE id = ? AND status NOT IN ('queued', 'running') AND updated_at = ?", string(body), run.ID, run.UpdatedAt)
		if saved.Error != nil || saved.RowsAffected == 0 {
			return saved.Error
		}
		each := make([][2]*float64, len(d.Core))
		for i := range each {
			each[i] = [2]*float64{d.Marginal[i], &d.Core[i]}
		}
		figures, err := json.Marshal(each)
		if err != nil {
			return err
		}
		return tx.Exec(`UPDATE programme_items i SET marginal_benefit = (d.figures->>0)::float8, core_index = (d.figures->>1)::float8
			FROM json_array_elements(?::json) WITH ORDINALITY AS d(figures, n) WHERE i.run_id = ? AND i.ordinal = d.n - 1`, string(figures), run.ID).Error
	})
}

// Defence reads the defence of a run; nil while it is being worked out. It is seen by whoever sees its scenario.
func (s *Store) Defence(ctx context.Context, user *models.User, id int64) (*models.ProgrammeRun, *plan.Defence, error) {
	run, err := s.run(ctx, user, id, runColumns+", r.defence")
	if err != nil || len(run.Defence) == 0 {
		return run, nil, err
	}
	d := &plan.Defence{}
	if err := json.Unmarshal(run.Defence, d); err != nil {
		return nil, nil, fmt.Errorf("read the defence of run %d: %w", id, err)
	}
	return run, d, nil
}
