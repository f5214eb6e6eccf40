package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"wolnica/models"
)

// SetPassword replaces a user's password hash and ends all of the user's sessions: what an administrator does for somebody
// who cannot sign in. Like every function here it leaves the version and the history alone, so that no hash gets into
// either. API tokens stay valid. CodeNotFound when there is no such user or the user is deleted.
func (s *Store) SetPassword(ctx context.Context, userID int64, hash string) error {
	return s.ChangePassword(ctx, userID, 0, hash)
}

// ChangePassword replaces a user's password hash and, in the same transaction, ends every session of the user but the one
// to keep.
func (s *Store) ChangePassword(ctx context.Context, userID, keep int64, hash string) error {
	return s.inTx(ctx, nil, func(tx *gorm.DB) error {
		r := tx.Exec("UPDATE users SET password_hash = ? WHERE id = ? AND deleted_at IS NULL", hash, userID)
		if r.Error != nil {
			return fmt.Errorf("set the password of user %d: %w", userID, r.Error)
		}
		if r.RowsAffected == 0 {
			return models.ErrNotFound()
		}
		if err := tx.Exec("DELETE FROM sessions WHERE user_id = ? AND id <> ?", userID, keep).Error; err != nil {
			return fmt.Errorf("end the sessions of user %d: %w", userID, err)
		}
		return nil
	})
}

// RehashPassword replaces one hash of a user's password by another of the same password. It does nothing when the stored
// hash is no longer old: the password was changed meanwhile, and must not be changed back.
func (s *Store) RehashPassword(ctx context.Context, userID int64, old, hash string) error {
	err := s.db.WithContext(ctx).Exec("UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ?", hash, userID, old).Error
	if err != nil {
		return mapError(fmt.Errorf("rehash the password of user %d: %w", userID, err))
	}
	return nil
}
