package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"wolnica/models"
)

// SessionLife is how long a session lasts unused.
const SessionLife = 14 * 24 * time.Hour

// TokenPrefix begins every API token, so that leaked ones can be recognised.
const TokenPrefix = "wol_"

// UserByEmail reads the user with this e-mail address for signing in. It is no answer to anybody: the caller must check
// the password before it tells that the user exists.
func (s *Store) UserByEmail(ctx context.Context, email string) (*models.User, error) {
	u := &models.User{}
	db := s.db.WithContext(ctx)
	if err := db.Where("lower(email) = lower(?) AND deleted_at IS NULL AND NOT disabled", strings.TrimSpace(email)).Take(u).Error; err != nil {
		return nil, mapError(err)
	}
	return u, mapError(loadChildren(db, u))
}

// Users lists the users by id, for those who may manage them.
func (s *Store) Users(ctx context.Context, user *models.User, deleted bool, page models.Page) ([]models.User, string, error) {
	if err := allow(user, models.Subject{Kind: models.KindUser}, models.ActionManage); err != nil {
		return nil, "", err
	}
	rows, next, err := listOwned[models.User](ctx, s, "users", "true", nil, deleted, page)
	if err != nil {
		return nil, "", err
	}
	return rows, next, mapError(s.loadRoles(ctx, rows))
}

// loadRoles fills in the roles of all users at once.
func (s *Store) loadRoles(ctx context.Context, users []models.User) error {
	ids := make([]int64, len(users))
	at := map[int64]*models.User{}
	for i := range users {
		users[i].Roles = []models.UserRole{}
		ids[i] = users[i].ID
		at[ids[i]] = &users[i]
	}
	var rows []struct {
		UserID int64
		models.UserRole
	}
	err := s.db.WithContext(ctx).Raw("SELECT * FROM user_roles WHERE user_id = ANY(?) ORDER BY user_id, role, municipality_id NULLS FIRST", intArray(ids)).Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("read roles: %w", err)
	}
	for _, r := range rows {
		at[r.UserID].Roles = append(at[r.UserID].Roles, r.UserRole)
	}
	return nil
}

// Tokens lists the user's own tokens.
func (s *Store) Tokens(ctx context.Context, user *models.User, deleted bool, page models.Page) ([]models.Token, string, error) {
	if user == nil {
		return nil, "", allow(nil, models.Subject{Kind: models.KindToken}, models.ActionManage)
	}
	return listOwned[models.Token](ctx, s, "tokens", "user_id = ?", []any{user.ID}, deleted, page)
}

// ImportBatches lists the imports the user may see, by id.
func (s *Store) ImportBatches(ctx context.Context, user *models.User, deleted bool, page models.Page) ([]models.ImportBatch, string, error) {
	scope := models.ScopeOf(user, models.ActionReadInternal, models.KindImportBatch)
	if !scope.All && len(scope.Municipalities) == 0 {
		return nil, "", allow(user, models.Subject{Kind: models.KindImportBatch}, models.ActionReadInternal)
	}
	if scope.All {
		return listOwned[models.ImportBatch](ctx, s, "import_batches", "true", nil, deleted, page)
	}
	return listOwned[models.ImportBatch](ctx, s, "import_batches", "municipality_id = ANY(?)", []any{scope.Municipalities}, deleted, page)
}

// UserNames are the names of users, by id; ids of nobody are left out.
func (s *Store) UserNames(ctx context.Context, ids []int64) (map[int64]string, error) {
	names := map[int64]string{}
	if len(ids) == 0 {
		return names, nil
	}
	q := newQuery()
	q.and("id = ANY(?)", ids)
	var rows []struct {
		ID   int64
		Name string
	}
	if err := q.scan(s.db.WithContext(ctx), "SELECT id, name FROM users WHERE "+q.where(), &rows); err != nil {
		return nil, mapError(fmt.Errorf("name users: %w", err))
	}
	for _, r := range rows {
		names[r.ID] = r.Name
	}
	return names, nil
}

func listOwned[T any, E Entity[T]](ctx context.Context, s *Store, table, condition string, args []any, deleted bool, page models.Page) ([]T, string, error) {
	list := []any{table, condition, args, deleted}
	after, err := decodeCursor(page.Cursor, list, 1)
	if err != nil {
		return nil, "", err
	}
	q := newQuery()
	q.and(condition, args...)
	q.and("deleted_at IS " + map[bool]string{false: "NULL", true: "NOT NULL"}[deleted])
	if after != nil {
		if err := cursorKeys(after, ""); err != nil {
			return nil, "", err
		}
		q.and("id > ?", after[0])
	}
	var rows []T
	if err := q.scan(s.db.WithContext(ctx), "SELECT * FROM "+table+" WHERE "+q.where()+fmt.Sprintf(" ORDER BY id LIMIT %d", page.Limit+1), &rows); err != nil {
		return nil, "", mapError(fmt.Errorf("list %s: %w", table, err))
	}
	next := ""
	if len(rows) > page.Limit {
		rows = rows[:page.Limit]
		next = encodeCursor(list, E(&rows[len(rows)-1]).Base().ID)
	}
	return rows, next, nil
}

// CreateSession starts a session and returns its secret, which is stored nowhere.
func (s *Store) CreateSession(ctx context.Context, userID int64) (secret string, session models.Session, err error) {
	secret, hash := newSecret("")
	now := s.now().UTC()
	session = models.Session{UserID: userID, TokenHash: hash, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(SessionLife)}
	if err := s.db.WithContext(ctx).Create(&session).Error; err != nil {
		return "", session, mapError(fmt.Errorf("create session: %w", err))
	}
	return secret, session, nil
}

// UserBySession gives the user a session's secret belongs to; CodeUnauthenticated when there is none any more. A session
// in use is prolonged.
func (s *Store) UserBySession(ctx context.Context, secret string) (*models.User, int64, error) {
	db := s.db.WithContext(ctx)
	hash := sha256.Sum256([]byte(secret))
	var session models.Session
	err := db.Raw("SELECT * FROM sessions WHERE token_hash = ? AND expires_at > ?", hash[:], s.now().UTC()).Scan(&session).Error
	if err != nil {
		return nil, 0, mapError(err)
	}
	if session.ID == 0 {
		return nil, 0, signedOut()
	}
	u, err := s.activeUser(ctx, session.UserID)
	if err != nil {
		return nil, 0, err
	}
	if now := s.now().UTC(); now.Sub(session.SeenAt) > time.Hour {
		err = db.Exec("UPDATE sessions SET seen_at = ?, expires_at = ? WHERE id = ?", now, now.Add(SessionLife), session.ID).Error
	}
	return u, session.ID, mapError(err)
}

// Sessions lists the user's open sessions, newest first.
func (s *Store) Sessions(ctx context.Context, user *models.User) ([]models.Session, error) {
	var rows []models.Session
	err := s.db.WithContext(ctx).Raw("SELECT * FROM sessions WHERE user_id = ? AND expires_at > ? ORDER BY id DESC", user.ID, s.now().UTC()).Scan(&rows).Error
	return rows, mapError(err)
}

// DeleteSession ends one of the user's sessions.
func (s *Store) DeleteSession(ctx context.Context, user *models.User, id int64) error {
	r := s.db.WithContext(ctx).Exec("DELETE FROM sessions WHERE id = ? AND user_id = ?", id, user.ID)
	if r.Error == nil && r.RowsAffected == 0 {
		return models.ErrNotFound()
	}
	return mapError(r.Error)
}

// PurgeSessions removes expired sessions.
func (s *Store) PurgeSessions(ctx context.Context) error {
	return mapError(s.db.WithContext(ctx).Exec("DELETE FROM sessions WHERE expires_at <= ?", s.now().UTC()).Error)
}

// CreateToken stores a token for its user and returns its secret, which is stored nowhere.
func (s *Store) CreateToken(ctx context.Context, user *models.User, t *models.Token) (secret string, err error) {
	secret, t.TokenHash = newSecret(TokenPrefix)
	t.UserID = user.ID
	return secret, Create(ctx, s, user, t)
}

// UserByToken gives the user a token acts for; CodeUnauthenticated when the token is unknown, expired or deleted.
func (s *Store) UserByToken(ctx context.Context, secret string) (*models.User, error) {
	db := s.db.WithContext(ctx)
	hash := sha256.Sum256([]byte(secret))
	now := s.now().UTC()
	var t models.Token
	err := db.Raw("SELECT * FROM tokens WHERE token_hash = ? AND deleted_at IS NULL AND (expires_at IS NULL OR expires_at > ?)", hash[:], now).Scan(&t).Error
	if err != nil {
		return nil, mapError(err)
	}
	if t.ID == 0 {
		return nil, signedOut()
	}
	u, err := s.activeUser(ctx, t.UserID)
	if err != nil {
		return nil, err
	}
	u.ReadOnly = t.ReadOnly
	if t.UsedAt == nil || now.Sub(*t.UsedAt) > time.Minute {
		err = db.Exec("UPDATE tokens SET used_at = ? WHERE id = ?", now, t.ID).Error
	}
	return u, mapError(err)
}

// activeUser reads the user who asks. Their reads from now on show what they changed before, through whatever process.
func (s *Store) activeUser(ctx context.Context, id int64) (*models.User, error) {
	u := &models.User{}
	db := s.db.WithContext(ctx)
	if err := db.Where("id = ? AND deleted_at IS NULL AND NOT disabled", id).Take(u).Error; err != nil {
		if models.CodeOf(mapError(err)) == models.CodeNotFound {
			return nil, signedOut()
		}
		return nil, mapError(err)
	}
	if err := loadChildren(db, u); err != nil {
		return nil, mapError(err)
	}
	s.note(ctx, u)
	return u, nil
}

func signedOut() error {
	return models.NewError(models.CodeUnauthenticated, "Sesja wygasła albo klucz jest nieważny. Zaloguj się ponownie.", "The session has ended or the key is not valid. Sign in again.")
}

// newSecret makes 256 random bits as text and their hash; a fast hash is enough for what cannot be guessed.
func newSecret(prefix string) (secret string, hash []byte) {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	secret = prefix + base64.RawURLEncoding.EncodeToString(b[:])
	sum := sha256.Sum256([]byte(secret))
	return secret, sum[:]
}

// CountUsers tells how many users there are; a registry without any is new.
func (s *Store) CountUsers(ctx context.Context) (int64, error) {
	var n int64
	err := s.db.WithContext(ctx).Raw("SELECT count(*) FROM users").Scan(&n).Error
	return n, mapError(err)
}
