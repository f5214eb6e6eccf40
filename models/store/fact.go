package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"wolnica/models"
	"wolnica/models/access"
)

// What people do with facts beside writing them down. A fact is not overwritten by a newer one: that supersedes it. One that
// somebody doubts is disputed, one that should not have been recorded is withdrawn; both keep their value and make their attribute
// unknown, older observations of it notwithstanding; only a withdrawn episode gives the word back to the observation. All of it is undone by reinstating. None of it deletes anything.

// SupersedeFact records a newer fact in the place of the one with the id, in one transaction: the old one stays, superseded by the new.
// The new one is about the same attribute of the same part, which are filled in. An episode supersedes an episode only, and an observation
// an observation: what holds for a while leaves the observation under it standing, and corrected it ends as it did. check may refuse
// what does not fit the attribute.
func (s *Store) SupersedeFact(ctx context.Context, actor *models.User, id int64, version int, fresh *models.AccessFact, check func(attribute string) error) error {
	return s.inTx(ctx, actor, func(tx *gorm.DB) error {
		old := &models.AccessFact{}
		// found first, since the new one has to be there before the old can name it; checked again under the lock
		known, err := factFor(tx, actor, id)
		if err != nil {
			return err
		}
		if known.SupersededBy != nil || known.State == models.FactWithdrawn {
			return models.NewError(models.CodeConflict, "Ten fakt jest już zastąpiony albo wycofany.", "This fact is superseded or withdrawn already.")
		}
		if err := check(known.Attribute); err != nil {
			return err
		}
		if err := sameKind(known, fresh); err != nil {
			return err
		}
		fresh.PlaceID, fresh.ProductID, fresh.Part, fresh.Attribute, fresh.SupersededBy = known.PlaceID, known.ProductID, known.Part, known.Attribute, nil
		if err := fresh.Validate(s.today()); err != nil {
			return err
		}
		if fresh.ObservedOn.Before(known.ObservedOn.Time) {
			return models.Invalid("/observed_on", "order", "Nowy fakt jest starszy niż ten, który ma zastąpić ("+known.ObservedOn.String()+").",
				"The new fact is older than the one it is to supersede ("+known.ObservedOn.String()+").")
		}
		newer := *fresh
		replaced := withReplaced(tx, id)
		if err := s.createIn(replaced, actor, &newer); err != nil {
			return err
		}
		if err := reviseIn[models.AccessFact](replaced, s, actor, old, id, version, models.RevisionUpdate, func(a *models.AccessFact) error {
			a.SupersededBy = &newer.ID
			return nil
		}); err != nil {
			return err
		}
		*fresh = newer
		return nil
	})
}

// sameKind refuses an episode in the place of an observation, and an observation in the place of an episode.
func sameKind(known, fresh *models.AccessFact) error {
	switch {
	case known.Episode() == fresh.Episode():
		return nil
	case fresh.Episode():
		return models.Invalid("/valid_until", "episode", "Fakt na pewien czas nie zastępuje obserwacji: dodaj go jako osobny fakt, a po nim znów będzie się liczyć obserwacja.",
			"What holds for a while does not supersede an observation: add it as a fact of its own, and after it the observation counts again.")
	}
	pointer := "/valid_until"
	if fresh.ValidUntil != nil {
		pointer = "/valid_from"
	}
	return models.Invalid(pointer, "episode", "Poprawiany fakt obowiązuje przez pewien czas: podaj obie daty. Bez nich liczyłby się na stałe; obserwację dodaj jako osobny fakt.",
		"The fact that is corrected holds for a while: give both days. Without them it would count for good; add an observation as a fact of its own.")
}

// supersededByItsKind refuses the same of a fact that names the newer one itself.
func supersededByItsKind(tx *gorm.DB, a *models.AccessFact) error {
	if a.SupersededBy == nil {
		return nil
	}
	newer := &models.AccessFact{}
	if err := load(tx, newer, *a.SupersededBy, false); err != nil {
		return err
	}
	if a.Episode() != newer.Episode() {
		return models.Invalid("/superseded_by", "episode", "Fakt na pewien czas zastępuje tylko taki fakt, a obserwację tylko obserwacja.",
			"What holds for a while supersedes only another such fact, and an observation only an observation.")
	}
	return nil
}

// factFor reads a fact as its actor knows it; one they may not see, a deleted and a missing one are CodeNotFound.
func factFor(tx *gorm.DB, actor *models.User, id int64) (*models.AccessFact, error) {
	a := &models.AccessFact{}
	if err := load(tx, a, id, false); err != nil {
		return nil, err
	}
	subject, err := subjectOf(tx, a)
	if err != nil {
		return nil, err
	}
	if subject.Deleted || !models.CanRead(actor, subject) {
		return nil, models.ErrNotFound()
	}
	return a, present(tx, actor, a)
}

// DisputeFact marks a fact as doubted, for the reason in the note.
func (s *Store) DisputeFact(ctx context.Context, actor *models.User, id int64, version int, note string) (*models.AccessFact, error) {
	return Update(ctx, s, actor, id, version, func(a *models.AccessFact) error {
		if note == "" {
			return models.Invalid("/note", "required", "Napisz, co budzi wątpliwość.", "Say what is doubtful.")
		}
		return restate(a, models.FactDisputed, note)
	})
}

// WithdrawFact takes a fact back to unknown; its value and its history stay.
func (s *Store) WithdrawFact(ctx context.Context, actor *models.User, id int64, version int, note string) (*models.AccessFact, error) {
	return Update(ctx, s, actor, id, version, func(a *models.AccessFact) error {
		if a.State == models.FactDisputed && note == "" {
			note = a.Note // the doubt is why it is withdrawn
		}
		return restate(a, models.FactWithdrawn, note)
	})
}

func restate(a *models.AccessFact, state, note string) error {
	if a.SupersededBy != nil || a.State == models.FactWithdrawn {
		return models.NewError(models.CodeConflict, "Ten fakt jest już zastąpiony albo wycofany.", "This fact is superseded or withdrawn already.")
	}
	a.State, a.Note = state, note
	return nil
}

// ReinstateFact undoes one step: a superseded fact stands again as it stood, a doubt about it included, and the one that superseded it is
// superseded by it in the same transaction; a disputed or withdrawn fact states again what it stated, with the note it had.
func (s *Store) ReinstateFact(ctx context.Context, actor *models.User, id int64, version int) (*models.AccessFact, error) {
	out := &models.AccessFact{}
	err := s.inTx(ctx, actor, func(tx *gorm.DB) error {
		known, err := factFor(tx, actor, id)
		if err != nil {
			return err
		}
		if by := known.SupersededBy; by != nil {
			newer := &models.AccessFact{}
			if err := load(tx, newer, *by, false); err != nil {
				return err
			}
			if newer.SupersededBy != nil {
				return models.NewError(models.CodeConflict, "Fakt, który go zastąpił, sam jest zastąpiony: cofnij najpierw tamto.",
					"The fact that superseded it is superseded itself: undo that first.")
			}
			if newer.DeletedAt == nil { // withdrawn it would make the attribute unknown
				if err := reviseIn[models.AccessFact](tx, s, actor, &models.AccessFact{}, newer.ID, newer.Version, models.RevisionUpdate, func(a *models.AccessFact) error {
					a.SupersededBy = &id
					return nil
				}); err != nil {
					return err
				}
			}
		}
		note, err := noteBefore(tx, known)
		if err != nil {
			return err
		}
		return reviseIn[models.AccessFact](tx, s, actor, out, id, version, models.RevisionUpdate, func(a *models.AccessFact) error {
			if a.SupersededBy != nil {
				a.SupersededBy = nil
				return nil
			}
			if a.State == models.FactDisputed || a.State == models.FactWithdrawn {
				a.State, a.Note = models.FactKnown, note
				if len(a.Value) == 0 {
					a.State = models.FactNotApplicable
				}
			}
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// noteBefore is the note a fact had when it was last stated as known or not applicable.
func noteBefore(tx *gorm.DB, a *models.AccessFact) (string, error) {
	note := a.Note
	var diffs []string
	if err := tx.Raw(`SELECT diff::text FROM revisions WHERE subject = 'access_fact' AND subject_id = ? ORDER BY version DESC`, a.ID).Scan(&diffs).Error; err != nil {
		return "", err
	}
	for _, text := range diffs {
		var diff map[string][2]any
		if err := json.Unmarshal([]byte(text), &diff); err != nil {
			return "", fmt.Errorf("read the history of fact %d: %w", a.ID, err)
		}
		change, ok := diff["state"]
		if n, had := diff["note"]; had {
			note, _ = n[0].(string)
		}
		if ok && change[0] != models.FactDisputed && change[0] != models.FactWithdrawn {
			return note, nil
		}
	}
	return note, nil
}

// CreateFacts records several facts of one place or product, all or none. What is wrong with one points at it: /facts/2/value.
func (s *Store) CreateFacts(ctx context.Context, actor *models.User, facts []*models.AccessFact) error {
	if actor == nil {
		return allow(nil, models.Subject{Kind: models.KindAccessFact}, models.ActionCreate)
	}
	var wrong models.Fields
	for i, a := range facts {
		var e *models.Error
		if err := a.Validate(s.today()); errors.As(err, &e) {
			wrong = append(wrong, at(i, e).Fields...)
		} else if err != nil {
			return err
		}
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	return s.inTx(ctx, actor, func(tx *gorm.DB) error {
		for i, a := range facts {
			if err := s.createIn(tx, actor, a); err != nil {
				var e *models.Error
				if errors.As(mapError(err), &e) {
					return at(i, e)
				}
				return err
			}
		}
		return nil
	})
}

// at points the fields of an error at one of several facts.
func at(i int, e *models.Error) *models.Error {
	moved := *e
	moved.Fields = nil
	for _, f := range e.Fields {
		if f.Pointer != "" {
			f.Pointer = fmt.Sprintf("/facts/%d%s", i, f.Pointer)
		}
		moved.Fields = append(moved.Fields, f)
	}
	return &moved
}

type replacedKey struct{}

// withReplaced says in the transaction that the fact with the id is being superseded, so that it contradicts nothing any more.
func withReplaced(tx *gorm.DB, id int64) *gorm.DB {
	return tx.WithContext(context.WithValue(tx.Statement.Context, replacedKey{}, id))
}

// consistent refuses a fact that cannot be so beside what stands at the same part. The owner is locked first, so that two facts
// saved at once see each other.
func (s *Store) consistent(tx *gorm.DB, a *models.AccessFact) error {
	fresh, err := access.FactOf(a)
	if err != nil {
		return err
	}
	if fresh.Withdrawn || fresh.Superseded {
		return nil
	}
	owner, id, table := "place_id", a.PlaceID, "places"
	if id == nil {
		owner, id, table = "product_id", a.ProductID, "products"
	}
	if err := tx.Exec("SELECT FROM "+table+" WHERE id = ? FOR NO KEY UPDATE", *id).Error; err != nil {
		return err
	}
	var rows []models.AccessFact
	if err := tx.Raw("SELECT * FROM access_facts WHERE "+owner+" = ? AND id <> ? AND deleted_at IS NULL AND superseded_by IS NULL", *id, a.ID).Scan(&rows).Error; err != nil {
		return err
	}
	replaced, _ := tx.Statement.Context.Value(replacedKey{}).(int64)
	var old []access.Fact
	for i := range rows {
		if f, err := access.FactOf(&rows[i]); err == nil && rows[i].ID != replaced && a.Segment().Same(rows[i].Segment()) {
			old = append(old, f)
		}
	}
	if fresh.ID == 0 {
		fresh.ID = 1<<63 - 1 // what is recorded now is the latest
	}
	if c, found := access.Contradicts([]access.Fact{fresh}, old, models.DayOf(s.today())); found {
		return models.Invalid("/value", "contradiction", c.Why.PL, c.Why.EN)
	}
	return nil
}
