package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"wolnica/models"
)

// OwnedView is a saved view with the name of the person who saved it.
type OwnedView struct {
	models.SavedView
	OwnerName string
}

// maxSharedViews is how many views of colleagues a list shows.
const maxSharedViews = 500

// rolesReach is where the user's roles are; those of somebody who is gone reach nowhere.
func rolesReach(db *gorm.DB, userID int64) (models.Scope, error) {
	var roles []models.UserRole
	if err := db.Table("user_roles").Where("user_id IN (SELECT id FROM users WHERE id = ? AND deleted_at IS NULL AND NOT disabled)", userID).Scan(&roles).Error; err != nil {
		return models.Scope{}, fmt.Errorf("read the roles of user %d: %w", userID, err)
	}
	return scopeOfRoles(roles), nil
}

func scopeOfRoles(roles []models.UserRole) models.Scope {
	var s models.Scope
	for _, r := range roles {
		if r.MunicipalityID == nil {
			return models.Scope{All: true}
		}
		s.Municipalities = append(s.Municipalities, *r.MunicipalityID)
	}
	return s
}

// CreateView saves a view for the actor, who may have models.MaxSavedViews of them (CodeConflict above).
func (s *Store) CreateView(ctx context.Context, actor *models.User, v *models.SavedView) error {
	if actor == nil {
		return allow(nil, models.Subject{Kind: models.KindSavedView}, models.ActionCreate)
	}
	v.UserID = actor.ID
	if err := v.Validate(s.today()); err != nil {
		return err
	}
	return s.inTx(ctx, actor, func(tx *gorm.DB) error {
		// one at a time, so that they can be counted
		if err := tx.Exec("SELECT FROM users WHERE id = ? FOR NO KEY UPDATE", actor.ID).Error; err != nil {
			return err
		}
		var have int
		if err := tx.Raw("SELECT count(*) FROM saved_views WHERE user_id = ? AND deleted_at IS NULL", actor.ID).Scan(&have).Error; err != nil {
			return err
		}
		if have >= models.MaxSavedViews {
			return models.NewError(models.CodeConflict, fmt.Sprintf("Masz już %d zapisanych widoków. Usuń któryś, aby zapisać nowy.", models.MaxSavedViews),
				fmt.Sprintf("You have %d saved views already. Delete one to save another.", models.MaxSavedViews))
		}
		return s.createIn(tx, actor, v)
	})
}

// Views lists the user's own views and those that colleagues share, own ones first, each by name; workspace "" is all. Colleagues are
// those who have a role in a municipality in which the user has one, as long as they have an account.
func (s *Store) Views(ctx context.Context, user *models.User, workspace string) ([]OwnedView, error) {
	if user == nil {
		return nil, allow(nil, models.Subject{Kind: models.KindSavedView}, models.ActionReadInternal)
	}
	q := newQuery()
	q.and("v.deleted_at IS NULL")
	own := "v.user_id = " + q.arg(user.ID)
	shared := "false"
	switch reach := scopeOfRoles(user.Roles); {
	case reach.All:
		shared = "v.shared AND EXISTS (SELECT 1 FROM user_roles r WHERE r.user_id = v.user_id)"
	case len(reach.Municipalities) > 0:
		shared = "v.shared AND EXISTS (SELECT 1 FROM user_roles r WHERE r.user_id = v.user_id AND (r.municipality_id IS NULL OR r.municipality_id = ANY(" +
			q.arg(reach.Municipalities) + ")))"
	}
	q.and("(" + own + " OR u.deleted_at IS NULL AND NOT u.disabled AND " + shared + ")")
	if workspace != "" {
		q.and("v.workspace = ?", workspace)
	}
	var rows []OwnedView
	err := q.scan(s.db.WithContext(ctx), `SELECT v.*, u.name AS owner_name FROM saved_views v JOIN users u ON u.id = v.user_id WHERE `+q.where()+
		` ORDER BY `+own+` DESC, v.name COLLATE "pl-x-icu", v.id`+fmt.Sprintf(" LIMIT %d", models.MaxSavedViews+maxSharedViews), &rows)
	if err != nil {
		return nil, mapError(fmt.Errorf("list saved views: %w", err))
	}
	return rows, nil
}

// View reads one saved view; another's that is not shared with the user and a missing one are both CodeNotFound.
func (s *Store) View(ctx context.Context, user *models.User, id int64) (*OwnedView, error) {
	if user == nil {
		return nil, allow(nil, models.Subject{Kind: models.KindSavedView}, models.ActionReadInternal)
	}
	v, err := ByID[models.SavedView](ctx, s, user, id)
	if err != nil {
		return nil, err
	}
	if v.DeletedAt != nil {
		return nil, models.ErrNotFound()
	}
	out := &OwnedView{SavedView: *v}
	err = s.db.WithContext(ctx).Raw("SELECT name FROM users WHERE id = ?", v.UserID).Scan(&out.OwnerName).Error
	return out, mapError(err)
}
