package store

import (
	"context"
	"fmt"

	"wolnica/models"
)

// History lists the revisions of one record, newest first. Reading it needs the right to internals of the record, whether
// it is deleted or not; personal fields are left out for readers without the right to them.
func History[T any, E Entity[T]](ctx context.Context, s *Store, user *models.User, id int64, page models.Page) ([]models.Revision, string, error) {
	e := E(new(T))
	db := s.db.WithContext(ctx)
	if err := load(db, e, id, false); err != nil {
		return nil, "", mapError(err)
	}
	subject, err := subjectOf(db, e)
	if err != nil {
		return nil, "", mapError(err)
	}
	if !models.CanRead(user, subject) {
		return nil, "", models.ErrNotFound()
	}
	if err := allow(user, subject, models.ActionReadInternal); err != nil {
		return nil, "", err
	}
	list := []any{"history", e.Kind(), id}
	after, err := decodeCursor(page.Cursor, list, 1)
	if err != nil {
		return nil, "", err
	}
	q := newQuery()
	q.and("r.subject = ?", string(e.Kind()))
	q.and("r.subject_id = ?", id)
	if after != nil {
		if err := cursorKeys(after, ""); err != nil {
			return nil, "", err
		}
		q.and("r.version < ?", after[0])
	}
	var rows []models.Revision
	if err := q.scan(db, "SELECT r.*, coalesce(u.name, '') AS actor_name FROM revisions r LEFT JOIN users u ON u.id = r.actor_id WHERE "+
		q.where()+fmt.Sprintf(" ORDER BY r.version DESC LIMIT %d", page.Limit+1), &rows); err != nil {
		return nil, "", mapError(fmt.Errorf("read history: %w", err))
	}
	next := ""
	if len(rows) > page.Limit {
		rows = rows[:page.Limit]
		next = encodeCursor(list, rows[len(rows)-1].Version)
	}
	if !models.Can(user, models.ActionReadPersonal, subject) {
		for i := range rows {
			for _, field := range []string{"owner", "owner_notified_on", "observer", "email"} {
				delete(rows[i].Diff, field)
			}
		}
	}
	return rows, next, nil
}
