package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"wolnica/models"
	"wolnica/models/access/note"
)

// Note is a text about the accessibility of a place.
type Note struct {
	PlaceID int64
	// Channel tells the notes of a place apart. An empty Text says that the channel has none any more.
	Channel, Text string
	// Part is where the text speaks of when it does not say so itself, "" for the place as a whole.
	Part                       string
	Source, SourceURL, Licence string
	// ObservedOn is the day the source says, nil when it says none.
	ObservedOn *models.Date
}

// proposals are what the note proposes, and the passages from which nothing could be read, in the order of the text.
func (n *Note) proposals() []models.FactProposal {
	r := note.Read(n.Text, n.Part)
	var out []models.FactProposal
	add := func(p models.FactProposal, span note.Span) {
		p.PlaceID, p.Origin, p.Channel, p.Status, p.Text = n.PlaceID, models.OriginNote, n.Channel, models.ProposalProposed, n.Text
		p.Source, p.SourceURL, p.Licence, p.ObservedOn = n.Source, n.SourceURL, n.Licence, n.ObservedOn
		p.SpanFrom, p.SpanTo = span.Runes(n.Text)
		p.Version = 1
		out = append(out, p)
	}
	for _, p := range r.Proposals {
		add(models.FactProposal{Part: p.Part, Attribute: p.Attribute, State: p.State, Value: p.Value, Certainty: p.Certainty, ReasonPL: p.Reason.PL,
			ReasonEN: p.Reason.EN, Contradicts: p.Contradicts}, p.Span)
	}
	for _, l := range r.Left {
		add(models.FactProposal{ReasonPL: "Nie wiadomo, o jakiej cesze mówi ten fragment.", ReasonEN: "It is not known what the passage tells of."}, l)
	}
	slices.SortStableFunc(out, func(a, b models.FactProposal) int { return a.SpanFrom - b.SpanFrom })
	return out
}

// sameProposal is what makes two proposals of a channel one: they claim the same by the same words. A decision holds for as long as
// the words stand, wherever in the text.
func sameProposal(p *models.FactProposal) string {
	return strings.Join([]string{p.Part, p.Attribute, p.State, string(compactJSON(p.Value)), p.Quote()}, "\x00")
}

// compactJSON writes a value without the spaces PostgreSQL puts into it.
func compactJSON(v json.RawMessage) []byte {
	if len(v) == 0 {
		return nil
	}
	var x any
	if json.Unmarshal(v, &x) != nil {
		return v
	}
	b, err := json.Marshal(x)
	if err != nil {
		return v
	}
	return b
}

type noteKey struct {
	place   int64
	channel string
}

// auditFunc writes the revision of a change.
type auditFunc func(id int64, version int, action string, change map[string][2]any) error

// propose brings the proposals of the notes' channels up to what the notes say. What is proposed already, or was accepted or rejected, by
// the same words is not proposed anew; an open proposal whose words are gone becomes outdated. It tells at which notes
// anything changed. No fact and no verdict changes by it.
func propose(ctx context.Context, tx pgx.Tx, notes []Note, batchID *int64, now time.Time, audit auditFunc) ([]bool, error) {
	changed := make([]bool, len(notes))
	if len(notes) == 0 {
		return changed, nil
	}
	places := make([]int64, len(notes))
	for i, n := range notes {
		places[i] = n.PlaceID
	}
	// Places are locked before their proposals, as accepting does.
	if _, err := tx.Exec(ctx, `SELECT FROM places WHERE id = ANY($1::bigint[]) ORDER BY id FOR NO KEY UPDATE`, places); err != nil {
		return nil, fmt.Errorf("lock the places: %w", err)
	}
	known, err := openOrDecided(ctx, tx, places)
	if err != nil {
		return nil, fmt.Errorf("read the proposals: %w", err)
	}
	var fresh []*models.FactProposal
	for i := range notes {
		before := known[noteKey{notes[i].PlaceID, notes[i].Channel}]
		met := make([]bool, len(before))
		for _, p := range notes[i].proposals() {
			at := slices.IndexFunc(before, func(b *models.FactProposal) bool { return sameProposal(b) == sameProposal(&p) })
			if at < 0 {
				p.BatchID, p.CreatedAt, p.UpdatedAt = batchID, now, now
				fresh, changed[i] = append(fresh, &p), true
				continue
			}
			met[at] = true
			if b := before[at]; b.Status == models.ProposalProposed {
				next := p
				next.Record, next.BatchID, next.Value = b.Record, b.BatchID, b.Value
				did, err := update(ctx, tx, b, &next, now, audit)
				if err != nil {
					return nil, err
				}
				changed[i] = changed[i] || did
			}
		}
		for at, b := range before {
			if met[at] || b.Status != models.ProposalProposed {
				continue
			}
			next := *b
			next.Status = models.ProposalOutdated
			if _, err := update(ctx, tx, b, &next, now, audit); err != nil {
				return nil, err
			}
			changed[i] = true
		}
	}
	return changed, insertProposals(ctx, tx, fresh, audit)
}

// openOrDecided are the proposals of the places that still count, by note.
func openOrDecided(ctx context.Context, tx pgx.Tx, places []int64) (map[noteKey][]*models.FactProposal, error) {
	rows, err := tx.Query(ctx, `SELECT id, version, to_jsonb(p) FROM fact_proposals p
		WHERE place_id = ANY($1::bigint[]) AND status <> 'outdated' AND deleted_at IS NULL ORDER BY id`, pgx.QueryExecModeCacheDescribe, places)
	if err != nil {
		return nil, err
	}
	known := map[noteKey][]*models.FactProposal{}
	var id int64
	var version int
	var state []byte
	_, err = pgx.ForEachRow(rows, []any{&id, &version, &state}, func() error {
		p := &models.FactProposal{}
		if err := json.Unmarshal(state, p); err != nil {
			return err
		}
		if string(p.Value) == "null" {
			p.Value = nil
		}
		p.ID, p.Version = id, version
		k := noteKey{p.PlaceID, p.Channel}
		known[k] = append(known[k], p)
		return nil
	})
	return known, err
}

// update writes a proposal that changed, with its revision; it tells whether it did.
func update(ctx context.Context, tx pgx.Tx, before, after *models.FactProposal, now time.Time, audit auditFunc) (bool, error) {
	old, err := auditState(before)
	if err != nil {
		return false, err
	}
	state, err := auditState(after)
	if err != nil {
		return false, err
	}
	change := diff(old, state)
	if len(change) == 0 {
		return false, nil
	}
	_, err = tx.Exec(ctx, `UPDATE fact_proposals SET version = version + 1, updated_at = $2, status = $3, certainty = $4, reason_pl = $5, reason_en = $6,
		contradicts = $7, text = $8, span_from = $9, span_to = $10, source = $11, source_url = $12, licence = $13, observed_on = $14 WHERE id = $1`,
		before.ID, now, after.Status, after.Certainty, after.ReasonPL, after.ReasonEN, after.Contradicts, after.Text, after.SpanFrom, after.SpanTo,
		after.Source, after.SourceURL, after.Licence, day(after.ObservedOn))
	if err != nil {
		return false, fmt.Errorf("change proposal %d: %w", before.ID, err)
	}
	return true, audit(before.ID, before.Version+1, models.RevisionUpdate, change)
}

func day(d *models.Date) *time.Time {
	if d == nil {
		return nil
	}
	return &d.Time
}

func insertProposals(ctx context.Context, tx pgx.Tx, fresh []*models.FactProposal, audit auditFunc) error {
	ids, err := reserve(ctx, tx, "fact_proposals", len(fresh))
	if err != nil {
		return fmt.Errorf("reserve ids: %w", err)
	}
	batch := &pgx.Batch{}
	for i, p := range fresh {
		p.ID = ids[i]
		var value *string
		if len(p.Value) > 0 {
			v := string(p.Value)
			value = &v
		}
		batch.Queue(`INSERT INTO fact_proposals (id, place_id, origin, channel, status, part, attribute, state, value, certainty, reason_pl, reason_en, contradicts,
				text, span_from, span_to, source, source_url, licence, observed_on, batch_id, created_at, updated_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::jsonb, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $22)`,
			p.ID, p.PlaceID, p.Origin, p.Channel, p.Status, p.Part, p.Attribute, p.State, value, p.Certainty, p.ReasonPL, p.ReasonEN, p.Contradicts,
			p.Text, p.SpanFrom, p.SpanTo, p.Source, p.SourceURL, p.Licence, day(p.ObservedOn), p.BatchID, p.CreatedAt)
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("write proposals: %w", err)
	}
	for _, p := range fresh {
		state, err := auditState(p)
		if err != nil {
			return err
		}
		if err := audit(p.ID, 1, models.RevisionCreate, diff(nil, state)); err != nil {
			return err
		}
	}
	return nil
}

// proposeNotes proposes what the notes of the rows say of their places.
func (t *Import) proposeNotes(ctx context.Context, tx pgx.Tx, rows []*ImportRow) error {
	var notes []Note
	var of []*ImportRow
	for _, r := range rows {
		for _, n := range r.Notes {
			n.PlaceID = r.PlaceID
			notes, of = append(notes, n), append(of, r)
		}
	}
	changed, err := propose(ctx, tx, notes, &t.batch.ID, t.now, func(id int64, version int, action string, change map[string][2]any) error {
		return t.revisePart(models.KindFactProposal, id, version, action, change)
	})
	if err != nil {
		return err
	}
	for i, r := range of {
		if changed[i] && r.Outcome == ImportUnchanged {
			r.Outcome = ImportUpdated
		}
	}
	return nil
}

// AddNote proposes what a text that somebody typed says of a place, and gives the proposals of that text as they now stand. Every text is a
// channel of its own: the same text again proposes nothing new. The actor needs the right to create proposals there.
func (s *Store) AddNote(ctx context.Context, actor *models.User, n Note) ([]models.FactProposal, error) {
	if err := s.mayPropose(ctx, actor, n.PlaceID); err != nil {
		return nil, err
	}
	n.Channel = "typed/" + fingerprint(n.Text)
	check := models.FactProposal{Text: n.Text, Part: n.Part, Status: models.ProposalProposed, Source: n.Source, SourceURL: n.SourceURL, Licence: n.Licence, ObservedOn: n.ObservedOn}
	if err := check.Validate(s.today()); err != nil {
		return nil, err
	}
	now := s.now().UTC()
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		_, err := propose(ctx, tx, []Note{n}, nil, now, func(id int64, version int, action string, change map[string][2]any) error {
			b, err := json.Marshal(change)
			if err != nil {
				return err
			}
			_, err = tx.Exec(ctx, `INSERT INTO revisions (subject, subject_id, version, action, actor_id, at, diff) VALUES ($1, $2, $3, $4, $5, $6, $7::text::jsonb)`,
				string(models.KindFactProposal), id, version, action, actorID(actor), now, string(b))
			return err
		})
		return err
	})
	if err != nil {
		return nil, mapError(fmt.Errorf("propose what a note says of place %d: %w", n.PlaceID, err))
	}
	s.wrote(ctx, actor)
	var rows []models.FactProposal
	err = s.db.WithContext(ctx).Raw("SELECT * FROM fact_proposals WHERE place_id = ? AND channel = ? AND status <> 'outdated' AND deleted_at IS NULL ORDER BY id",
		n.PlaceID, n.Channel).Scan(&rows).Error
	if err != nil {
		return nil, mapError(fmt.Errorf("read proposals: %w", err))
	}
	return rows, nil
}

// mayPropose checks that the actor sees the place and may propose facts of it.
func (s *Store) mayPropose(ctx context.Context, actor *models.User, placeID int64) error {
	if actor == nil {
		return allow(nil, models.Subject{Kind: models.KindFactProposal}, models.ActionCreate)
	}
	if _, err := ByID[models.Place](ctx, s, actor, placeID); err != nil {
		return err
	}
	subject, err := subjectOf(s.db.WithContext(ctx), &models.FactProposal{PlaceID: placeID})
	if err != nil {
		return mapError(err)
	}
	if subject.Deleted {
		return models.ErrNotFound()
	}
	return allow(actor, subject, models.ActionCreate)
}

// FactProposalFilter narrows the list of proposals.
type FactProposalFilter struct {
	// Municipalities are TERYT codes, or "none".
	Municipalities []string
	Statuses       []string
	PlaceID        *int64
}

// ListedProposal is a proposal with the name of its place.
type ListedProposal struct {
	models.FactProposal
	PlaceName string
}

// FactProposals lists proposals by place, in the order in which they were made; where the user does not hold the right to internals
// there are none.
func (s *Store) FactProposals(ctx context.Context, user *models.User, f FactProposalFilter, page models.Page) ([]ListedProposal, string, error) {
	q, err := s.proposals(ctx, user, f)
	if err != nil {
		return nil, "", err
	}
	list := []any{"fact_proposals", f}
	after, err := decodeCursor(page.Cursor, list, 2)
	if err != nil {
		return nil, "", err
	}
	if after != nil {
		if err := cursorKeys(after, ""); err != nil {
			return nil, "", err
		}
		place, ok := after[0].(float64)
		if !ok {
			return nil, "", badParameter("cursor", "cursor", "Kursor strony nie jest poprawny.", "The page cursor is not valid.")
		}
		q.and("(t.place_id, t.id) > (?::bigint, ?::bigint)", int64(place), after[1])
	}
	var rows []ListedProposal
	err = q.scan(s.db.WithContext(ctx), "SELECT t.*, p.name_pl AS place_name FROM fact_proposals t JOIN places p ON p.id = t.place_id WHERE "+q.where()+
		fmt.Sprintf(" ORDER BY t.place_id, t.id LIMIT %d", page.Limit+1), &rows)
	if err != nil {
		return nil, "", mapError(fmt.Errorf("list proposals: %w", err))
	}
	next := ""
	if len(rows) > page.Limit {
		rows = rows[:page.Limit]
		next = encodeCursor(list, rows[len(rows)-1].PlaceID, rows[len(rows)-1].ID)
	}
	return rows, next, nil
}

// proposals are the conditions of the filter and of what the user may read; anonymous visitors are refused.
func (s *Store) proposals(ctx context.Context, user *models.User, f FactProposalFilter) (*query, error) {
	if user == nil {
		return nil, allow(nil, models.Subject{Kind: models.KindFactProposal}, models.ActionReadInternal)
	}
	q := newQuery()
	q.and("t.deleted_at IS NULL AND p.deleted_at IS NULL")
	if scope := models.ScopeOf(user, models.ActionReadInternal, models.KindFactProposal); !scope.All {
		q.and("p.municipality_id = ANY(?)", scope.Municipalities)
	}
	if len(f.Statuses) > 0 {
		q.and("t.status = ANY(?)", f.Statuses)
	}
	if f.PlaceID != nil {
		q.and("t.place_id = ?", *f.PlaceID)
	}
	if len(f.Municipalities) > 0 {
		if err := s.filterMunicipalities(ctx, q, f.Municipalities); err != nil {
			return nil, err
		}
	}
	return q, nil
}

// ProposalCount is how many proposals wait in a municipality; TERYT is "none" for places that lie in none.
type ProposalCount struct {
	TERYT string `gorm:"column:teryt"`
	Name  string
	Count int64
}

// OpenProposals counts the proposals that wait for the user's eyes, by municipality.
func (s *Store) OpenProposals(ctx context.Context, user *models.User) ([]ProposalCount, error) {
	q, err := s.proposals(ctx, user, FactProposalFilter{Statuses: []string{models.ProposalProposed}})
	if err != nil {
		return nil, err
	}
	var counts []ProposalCount
	err = q.scan(s.db.WithContext(ctx), `SELECT coalesce(m.teryt, 'none') AS teryt, coalesce(m.name, '') AS name, count(*) AS count
		FROM fact_proposals t JOIN places p ON p.id = t.place_id LEFT JOIN municipalities m ON m.id = p.municipality_id
		WHERE `+q.where()+` GROUP BY 1, 2 ORDER BY 2, 1`, &counts)
	if err != nil {
		return nil, mapError(fmt.Errorf("count proposals: %w", err))
	}
	return counts, nil
}

// Acceptance is what a reviewer changes of a proposal on the way to a fact; nil and "" change nothing.
type Acceptance struct {
	Part, Attribute, State *string
	Value                  json.RawMessage
	ObservedOn             *models.Date
	Method                 string
	// Decision is what the reviewer says of it.
	Decision string
}

// AcceptProposal makes the fact that a proposal proposes, in one transaction and under the reviewer's rights: to decide on the proposal
// and to create facts there. version has to be the proposal's current one (CodeStale otherwise), so that of two reviewers the second
// is told.
//
// The fact carries the note's source, licence and day; without a day the reviewer has to give one. Its method is imported when the
// note came by an import, otherwise declared by the owner, unless the reviewer says how they know better. It has no observer: who confirmed
// it read a text and saw nothing, and stands in the history and as the proposal's decider.
func (s *Store) AcceptProposal(ctx context.Context, actor *models.User, id int64, version int, a Acceptance) (*models.FactProposal, *models.AccessFact, error) {
	var p *models.FactProposal
	var fact *models.AccessFact
	err := s.decide(ctx, actor, id, version, a.Decision, func(tx *gorm.DB, e *models.FactProposal) error {
		if e.Status != models.ProposalProposed {
			return decided()
		}
		f, err := a.fact(e)
		if err != nil {
			return err
		}
		if err := f.Validate(s.today()); err != nil {
			return err
		}
		if err := s.createFact(tx, actor, f); err != nil {
			return err
		}
		e.Status, e.FactID = models.ProposalAccepted, &f.ID
		p, fact = e, f
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	return p, fact, nil
}

// createFact is Create within the transaction of a decision.
func (s *Store) createFact(tx *gorm.DB, actor *models.User, f *models.AccessFact) error {
	subject, err := s.create(tx, actor, f)
	if err != nil {
		return err
	}
	if err := s.judgeChange(tx, f, nil); err != nil {
		return err
	}
	if err := s.revise(tx, actor, f, models.RevisionCreate, nil); err != nil {
		return err
	}
	return redact(tx, actor, subject, f)
}

func decided() error {
	return models.NewError(models.CodeConflict, "Tę propozycję już rozpatrzono.", "This proposal has been decided on already.")
}

// fact is the fact to be made of the proposal.
func (a *Acceptance) fact(p *models.FactProposal) (*models.AccessFact, error) {
	f := &models.AccessFact{Part: p.Part, Attribute: p.Attribute, State: p.State, Value: p.Value, Method: models.MethodOwnerDeclared,
		SourceURL: p.SourceURL, Licence: p.Licence}
	setPlace(f, p.PlaceID)
	if p.BatchID != nil {
		f.Method = models.MethodImported
	}
	if a.Method != "" {
		f.Method = a.Method
	}
	if a.Part != nil {
		f.Part = *a.Part
	}
	if a.Attribute != nil && *a.Attribute != f.Attribute {
		f.Attribute, f.State, f.Value = *a.Attribute, models.FactKnown, nil
	}
	if a.State != nil && *a.State != f.State {
		f.State, f.Value = *a.State, nil
	}
	if len(a.Value) > 0 && string(a.Value) != "null" {
		f.Value = a.Value
	}
	switch day := a.ObservedOn; {
	case day != nil:
		f.ObservedOn = *day
	case p.ObservedOn != nil:
		f.ObservedOn = *p.ObservedOn
	}
	var missing models.Fields
	if f.Attribute == "" {
		missing.Add("/attribute", "required", "Z tego fragmentu nic nie odczytano: podaj cechę i wartość.", "Nothing could be read from this passage: give the attribute and the value.")
	}
	if f.ObservedOn.IsZero() {
		missing.Add("/observed_on", "required", "Źródło nie mówi, z kiedy to jest: podaj dzień.", "The source does not say of when this is: give the day.")
	}
	return f, missing.Err()
}

// RejectProposal keeps the proposal as rejected: the same words of the same note do not come back.
func (s *Store) RejectProposal(ctx context.Context, actor *models.User, id int64, version int, why string) (*models.FactProposal, error) {
	var p *models.FactProposal
	err := s.decide(ctx, actor, id, version, why, func(_ *gorm.DB, e *models.FactProposal) error {
		if e.Status != models.ProposalProposed {
			return decided()
		}
		e.Status = models.ProposalRejected
		p = e
		return nil
	})
	return p, err
}

// ReopenProposal takes a rejection back.
func (s *Store) ReopenProposal(ctx context.Context, actor *models.User, id int64, version int) (*models.FactProposal, error) {
	var p *models.FactProposal
	err := s.decide(ctx, actor, id, version, "", func(_ *gorm.DB, e *models.FactProposal) error {
		if e.Status != models.ProposalRejected {
			return models.NewError(models.CodeConflict, "Tylko odrzuconą propozycję można przywrócić do kolejki; przyjętą wycofuje się, wycofując jej fakt.",
				"Only a rejected proposal can return to the queue; of an accepted one, withdraw the fact.")
		}
		e.Status, e.DecidedBy, e.DecidedAt, e.Decision = models.ProposalProposed, nil, nil, ""
		p = e
		return nil
	})
	return p, err
}

// decide is the one path of decisions: lock, rights, version, change, save, audit row.
func (s *Store) decide(ctx context.Context, actor *models.User, id int64, version int, why string, change func(*gorm.DB, *models.FactProposal) error) error {
	if actor == nil {
		return allow(nil, models.Subject{Kind: models.KindFactProposal}, models.ActionUpdate)
	}
	return s.inTx(ctx, actor, func(tx *gorm.DB) error {
		p := &models.FactProposal{}
		if err := load(tx, p, id, false); err != nil {
			return err
		}
		if err := tx.Exec("SELECT FROM places WHERE id = ? FOR NO KEY UPDATE", p.PlaceID).Error; err != nil {
			return err
		}
		p = &models.FactProposal{}
		if err := load(tx, p, id, true); err != nil {
			return err
		}
		old, err := decidable(tx, actor, p, version)
		if err != nil {
			return err
		}
		now := s.now().UTC()
		p.DecidedBy, p.DecidedAt, p.Decision = actorID(actor), &now, why
		if err := change(tx, p); err != nil {
			return err
		}
		if err := p.Validate(s.today()); err != nil {
			return err
		}
		p.Version++
		p.UpdatedAt = now
		if err := tx.Model(p).Select("*").Omit("id", "created_at", clause.Associations).Updates(p).Error; err != nil {
			return err
		}
		return s.revise(tx, actor, p, models.RevisionUpdate, old)
	})
}

// AcceptListed accepts a proposal as it stands, as one of many; day is that of a proposal which has none.
func (s *Store) AcceptListed(ctx context.Context, actor *models.User, id int64, version int, day *models.Date, why string) (*models.FactProposal, *models.AccessFact, error) {
	p, err := s.FactProposal(ctx, actor, id)
	if err != nil {
		return nil, nil, err
	}
	a := Acceptance{Decision: why}
	if p.ObservedOn == nil {
		a.ObservedOn = day
	}
	return s.AcceptProposal(ctx, actor, id, version, a)
}

// FactProposal reads one proposal; for somebody who is not signed in there is none to read.
func (s *Store) FactProposal(ctx context.Context, user *models.User, id int64) (*models.FactProposal, error) {
	if user == nil {
		return nil, allow(nil, models.Subject{Kind: models.KindFactProposal}, models.ActionReadInternal)
	}
	return ByID[models.FactProposal](ctx, s, user, id)
}
