package auth

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"wolnica/api"
	"wolnica/models"
	"wolnica/models/store"
)

const tokensPath = "/api/v1/tokens"

// tokenRoutes manage the keys of one's own programs. There is no restoring of a revoked token and no way back to an
// earlier version, unlike with every other record: a token is revoked because its secret may have leaked, and bringing the
// secret back to life would bring back the leak. A new token costs nothing.
func (a *Accounts) tokenRoutes() []api.Route {
	create := doc("createToken", "Utwórz klucz API", "Create an API token", true, models.CodeForbidden)
	create.Statuses = []int{http.StatusCreated}
	create.Description = models.Text{
		PL: "Odpowiedź zawiera sekret klucza. Nie da się go odczytać ponownie. Klucz nie może tworzyć kluczy ani zmieniać hasła.",
		EN: "The answer holds the token's secret, which cannot be read again. A token cannot create tokens or change the password."}
	revoke := doc("revokeToken", "Unieważnij klucz API", "Revoke an API token", true, models.CodeForbidden)
	revoke.Description = models.Text{PL: "Unieważnionego klucza nie da się przywrócić.", EN: "A revoked token cannot be restored."}
	return []api.Route{
		api.Handle("GET", tokensPath, doc("tokens", "Klucze API", "API tokens", true), a.tokens),
		api.Handle("POST", tokensPath, create, a.createToken),
		api.Handle("GET", tokensPath+"/{id}", doc("token", "Klucz API", "One API token", true), a.token),
		api.Handle("PATCH", tokensPath+"/{id}", doc("renameToken", "Zmień nazwę klucza API", "Rename an API token", true, models.CodeForbidden), a.renameToken),
		api.Handle("DELETE", tokensPath+"/{id}", revoke, a.revokeToken),
	}
}

// Token is a key for a program, without its secret.
type Token struct {
	ID        int64      `json:"id" doc:"Number of the token." pl:"Numer klucza."`
	Version   int        `json:"version" doc:"Version, as in ETag." pl:"Wersja, jak w nagłówku ETag."`
	Name      string     `json:"name" doc:"What the token is for." pl:"Do czego służy klucz."`
	ReadOnly  bool       `json:"read_only" doc:"It may read what its user may, and change nothing." pl:"Czyta to, co jego użytkownik, i niczego nie zmienia."`
	CreatedAt time.Time  `json:"created_at" doc:"When it was created." pl:"Kiedy powstał."`
	UpdatedAt time.Time  `json:"updated_at" doc:"When it was renamed." pl:"Kiedy zmieniono nazwę."`
	UsedAt    *time.Time `json:"used_at,omitzero" doc:"When it was last used, to the minute; absent: never." pl:"Kiedy go ostatnio użyto, co do minuty; brak: nigdy."`
	ExpiresAt *time.Time `json:"expires_at,omitzero" doc:"When it ends; absent: when it is revoked." pl:"Kiedy wygasa; brak: po unieważnieniu."`
}

func tokenOf(t *models.Token) Token {
	return Token{ID: t.ID, Version: t.Version, Name: t.Name, ReadOnly: t.ReadOnly, CreatedAt: t.CreatedAt.UTC(), UpdatedAt: t.UpdatedAt.UTC(),
		UsedAt: inUTC(t.UsedAt), ExpiresAt: inUTC(t.ExpiresAt)}
}

func inUTC(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}

type tokensIn struct {
	Limit  int    `query:"limit" default:"50" validate:"gte=1,lte=1000" doc:"Most tokens in the answer." pl:"Najwyżej tyle kluczy w odpowiedzi."`
	Cursor string `query:"cursor" doc:"Where the page begins: next of the previous answer." pl:"Początek strony: next z poprzedniej odpowiedzi."`
}

type tokensOut struct {
	Link         string `header:"Link"`
	CacheControl string `header:"Cache-Control"`
	Body         TokenList
}

// TokenList is one page of tokens, oldest first.
type TokenList struct {
	Items []Token `json:"items"`
	Next  string  `json:"next,omitzero" doc:"Cursor of the next page, absent on the last." pl:"Kursor następnej strony, brak na ostatniej."`
}

func (a *Accounts) tokens(ctx context.Context, in tokensIn) (tokensOut, error) {
	out := tokensOut{CacheControl: noStore, Body: TokenList{Items: []Token{}}}
	u, err := signedIn(ctx)
	if err != nil {
		return out, err
	}
	rows, next, err := a.store.Tokens(ctx, u, false, models.Page{Limit: in.Limit, Cursor: in.Cursor})
	if err != nil {
		return out, fmt.Errorf("list the tokens of user %d: %w", u.ID, err)
	}
	for i := range rows {
		out.Body.Items = append(out.Body.Items, tokenOf(&rows[i]))
	}
	if out.Body.Next = next; next != "" {
		// A cursor is base64url, so it needs no escaping.
		out.Link = "<" + tokensPath + "?limit=" + strconv.Itoa(in.Limit) + "&cursor=" + next + `>; rel="next"`
	}
	return out, nil
}

// TokenInput is a new token.
type TokenInput struct {
	Name      string     `json:"name" validate:"required,max=100" doc:"What the token is for." pl:"Do czego służy klucz." example:"QGIS"`
	ReadOnly  bool       `json:"read_only,omitzero" doc:"The token may only read." pl:"Klucz tylko do odczytu."`
	ExpiresAt *time.Time `json:"expires_at,omitzero" doc:"When it ends; absent: when it is revoked." pl:"Kiedy wygasa; brak: po unieważnieniu."`
}

type createTokenIn struct {
	Body TokenInput `body:"json"`
}

// CreatedToken is a new token with its secret, the only time it is shown.
type CreatedToken struct {
	Token
	Secret string `json:"secret" doc:"For the header Authorization: Bearer. It is shown only now." pl:"Do nagłówka Authorization: Bearer. Widoczny tylko teraz."`
}

type createTokenOut struct {
	Location     string      `header:"Location"`
	Version      api.Version `header:"ETag"`
	CacheControl string      `header:"Cache-Control"`
	Body         CreatedToken
}

func (a *Accounts) createToken(ctx context.Context, in createTokenIn) (createTokenOut, error) {
	u, err := inPerson(ctx)
	if err != nil {
		return createTokenOut{}, err
	}
	if e := in.Body.ExpiresAt; e != nil && !e.After(a.now()) {
		return createTokenOut{}, models.Invalid("/expires_at", "range", "Termin ważności musi być w przyszłości.", "The expiry must be in the future.")
	}
	t := &models.Token{Name: in.Body.Name, ReadOnly: in.Body.ReadOnly, ExpiresAt: inUTC(in.Body.ExpiresAt)}
	secret, err := a.store.CreateToken(ctx, u, t)
	if err != nil {
		return createTokenOut{}, fmt.Errorf("create a token of user %d: %w", u.ID, err)
	}
	return createTokenOut{Location: tokensPath + "/" + strconv.FormatInt(t.ID, 10), Version: api.Version(t.Version), CacheControl: noStore,
		Body: CreatedToken{Token: tokenOf(t), Secret: secret}}, nil
}

type tokenIn struct {
	ID int64 `path:"id" doc:"Number of the token." pl:"Numer klucza."`
}

type tokenOut struct {
	Version api.Version `header:"ETag"`
	Body    Token
}

// read gives a token that is not revoked, to its user or to who may manage the users.
func (a *Accounts) read(ctx context.Context, id int64) (*models.User, *models.Token, error) {
	u, err := signedIn(ctx)
	if err != nil {
		return nil, nil, err
	}
	t, err := store.ByID[models.Token](ctx, a.store, u, id)
	if err == nil && t.DeletedAt != nil {
		err = models.ErrNotFound()
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read token %d: %w", id, err)
	}
	return u, t, nil
}

func (a *Accounts) token(ctx context.Context, in tokenIn) (tokenOut, error) {
	_, t, err := a.read(ctx, in.ID)
	if err != nil {
		return tokenOut{}, err
	}
	return tokenOut{Version: api.Version(t.Version), Body: tokenOf(t)}, nil
}

// TokenName is what can change about a token: the rights it was given cannot.
type TokenName struct {
	Name string `json:"name" validate:"required,max=100" doc:"What the token is for." pl:"Do czego służy klucz."`
}

type renameTokenIn struct {
	ID      int64                `path:"id" doc:"Number of the token." pl:"Numer klucza."`
	Version api.Version          `header:"If-Match" doc:"The version you are changing, from ETag." pl:"Wersja, którą zmieniasz, z nagłówka ETag."`
	Body    api.Patch[TokenName] `body:"merge-patch"`
}

func (a *Accounts) renameToken(ctx context.Context, in renameTokenIn) (tokenOut, error) {
	u, _, err := a.read(ctx, in.ID)
	if err != nil {
		return tokenOut{}, err
	}
	t, err := store.Update(ctx, a.store, u, in.ID, int(in.Version), func(t *models.Token) error {
		changed, err := in.Body.Apply(TokenName{Name: t.Name})
		t.Name = changed.Name
		return err
	})
	if err != nil {
		return tokenOut{}, fmt.Errorf("rename token %d: %w", in.ID, err)
	}
	return tokenOut{Version: api.Version(t.Version), Body: tokenOf(t)}, nil
}

type revokeTokenIn struct {
	ID      int64       `path:"id" doc:"Number of the token." pl:"Numer klucza."`
	Version api.Version `header:"If-Match" doc:"The version you are revoking, from ETag." pl:"Wersja, którą unieważniasz, z nagłówka ETag."`
}

func (a *Accounts) revokeToken(ctx context.Context, in revokeTokenIn) (struct{}, error) {
	u, _, err := a.read(ctx, in.ID)
	if err != nil {
		return struct{}{}, err
	}
	if _, err := store.Delete[models.Token](ctx, a.store, u, in.ID, int(in.Version)); err != nil {
		return struct{}{}, fmt.Errorf("revoke token %d: %w", in.ID, err)
	}
	api.LoggerFrom(ctx).InfoContext(ctx, "token revoked", "user_id", u.ID, "token_id", in.ID)
	return struct{}{}, nil
}
