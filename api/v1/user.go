package v1

import (
	"context"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/models"
)

// UserInput is a user as an administrator writes it. The password is set apart, by the user or on the command line.
type UserInput struct {
	Email    string     `json:"email" validate:"required,max=254"`
	Name     string     `json:"name" validate:"required"`
	Language string     `json:"language,omitzero" validate:"omitempty,oneof=pl en"`
	Disabled bool       `json:"disabled,omitzero"`
	Roles    []UserRole `json:"roles,omitzero" validate:"max=200,dive"`
}

// UserRole is a role in one municipality, or in all when municipality_id is absent.
type UserRole struct {
	Role           string `json:"role" validate:"required,role"`
	MunicipalityID *int64 `json:"municipality_id,omitzero"`
}

// User is a user as an administrator reads it.
type User struct {
	Meta
	UserInput
}

func userIn(u *models.User) UserInput {
	in := UserInput{Email: u.Email, Name: u.Name, Language: string(u.Language), Disabled: u.Disabled, Roles: []UserRole{}}
	for _, r := range u.Roles {
		in.Roles = append(in.Roles, UserRole(r))
	}
	return in
}

func applyUser(in UserInput, u *models.User) error {
	u.Email, u.Name, u.Language, u.Disabled = in.Email, in.Name, models.Language(or(in.Language, string(models.Polish))), in.Disabled
	u.Roles = []models.UserRole{}
	for _, r := range in.Roles {
		u.Roles = append(u.Roles, models.UserRole(r))
	}
	return nil
}

type usersIn struct{ pageIn }

func (h *handlers) users() []api.Route {
	out := func(u models.User) User { return User{Meta: metaOf(&u.Record), UserInput: userIn(&u)} }
	r := resource[models.User, *models.User, UserInput, User]{store: h.store, path: "/api/v1/users", tag: "users", id: "User",
		onePL: "użytkownika", one: "a user", in: userIn, apply: applyUser,
		out: func(_ context.Context, u *models.User) (User, error) { return out(*u), nil }}
	list := api.Handle("GET", r.path, api.Doc{ID: "listUsers", Tag: r.tag, Auth: true, Class: api.Heavy, Summary: models.Text{PL: "Lista użytkowników", EN: "List users"}},
		func(ctx context.Context, in usersIn) (listOut[User], error) {
			rows, next, err := h.store.Users(ctx, auth.UserFrom(ctx), in.Deleted, in.page(""))
			if err != nil {
				return listOut[User]{}, err
			}
			return listPage(r.path, QueryOf(in), mapSlice(rows, out), next), nil
		})
	return append([]api.Route{list, r.read()}, r.writes()...)
}
