package v1

import (
	"context"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/models"
	"wolnica/models/store"
)

// SavedViewInput is a saved view as clients write it.
type SavedViewInput struct {
	Name      string `json:"name" validate:"required"`
	Workspace string `json:"workspace" validate:"required,workspace"`
	// Query is the query of the map's address, without the question mark.
	Query string `json:"query"`
	// Shared shows the view to everybody who has a role in a municipality in which its owner has one.
	Shared bool `json:"shared,omitzero"`
}

// SavedView is a saved view as its owner and colleagues read it.
type SavedView struct {
	Meta
	Name      string `json:"name"`
	Workspace string `json:"workspace" validate:"workspace"`
	Query     string `json:"query"`
	Shared    bool   `json:"shared"`
	// Own says that it is the reader's, who alone may change it.
	Own       bool   `json:"own"`
	OwnerName string `json:"owner_name"`
}

func savedViewInput(v *models.SavedView) SavedViewInput {
	return SavedViewInput{Name: v.Name, Workspace: v.Workspace, Query: v.Query, Shared: v.Shared}
}

func applySavedView(in SavedViewInput, v *models.SavedView) error {
	v.Name, v.Workspace, v.Query, v.Shared = in.Name, in.Workspace, in.Query, in.Shared
	return nil
}

func savedViewOut(user *models.User, v *store.OwnedView) SavedView {
	return SavedView{Meta: metaOf(&v.Record), Name: v.Name, Workspace: v.Workspace, Query: v.Query, Shared: v.Shared, Own: user != nil && v.UserID == user.ID, OwnerName: v.OwnerName}
}

type savedViewsIn struct {
	Workspace string `query:"workspace" validate:"omitempty,workspace" doc:"Only views of this workspace." pl:"Tylko widoki tej przestrzeni." example:"registry"`
}

// savedViews are the routes of the views that users save.
func (h *handlers) savedViews() []api.Route {
	const path = "/api/v1/views"
	doc := func(id, pl, en string, more ...models.Code) api.Doc {
		return api.Doc{ID: id, Tag: "views", Auth: true, Summary: models.Text{PL: pl, EN: en}, Problems: append(more, models.CodeUnauthenticated)}
	}
	list := doc("listSavedViews", "Lista zapisanych widoków", "List saved views")
	list.Description = models.Text{PL: "Własne, potem udostępnione przez osoby z rolą w tej samej gminie; wszystkie naraz, według nazwy.",
		EN: "Your own, then those shared by people with a role in the same municipality; all at once, by name."}
	create := doc("createSavedView", "Zapisz widok", "Save a view", models.CodeInvalid, models.CodeForbidden, models.CodeConflict)
	create.Statuses = []int{201}
	read := func(ctx context.Context, id int64, status int) (recordOut[SavedView], error) {
		v, err := h.store.View(ctx, auth.UserFrom(ctx), id)
		if err != nil {
			return recordOut[SavedView]{}, err
		}
		out := recordOut[SavedView]{Status: status, Version: api.Version(v.Version), Body: savedViewOut(auth.UserFrom(ctx), v)}
		if status == 201 {
			out.Location = path + "/" + formatID(id)
		}
		return out, nil
	}
	return []api.Route{
		api.Handle("GET", path, list, func(ctx context.Context, in savedViewsIn) (listOut[SavedView], error) {
			user := auth.UserFrom(ctx)
			views, err := h.store.Views(ctx, user, in.Workspace)
			if err != nil {
				return listOut[SavedView]{}, err
			}
			return listPage(path, nil, mapSlice(views, func(v store.OwnedView) SavedView { return savedViewOut(user, &v) }), ""), nil
		}),
		api.Handle("POST", path, create, func(ctx context.Context, in bodyIn[SavedViewInput]) (recordOut[SavedView], error) {
			v := &models.SavedView{}
			if err := applySavedView(in.Body, v); err != nil {
				return recordOut[SavedView]{}, err
			}
			if err := h.store.CreateView(ctx, auth.UserFrom(ctx), v); err != nil {
				return recordOut[SavedView]{}, err
			}
			return read(ctx, v.ID, 201)
		}),
		api.Handle("GET", path+"/{id}", doc("readSavedView", "Odczytaj zapisany widok", "Read a saved view"), func(ctx context.Context, in idIn) (recordOut[SavedView], error) {
			return read(ctx, in.ID, 200)
		}),
		api.Handle("PATCH", path+"/{id}", doc("updateSavedView", "Zmień zapisany widok", "Change a saved view", models.CodeInvalid, models.CodeForbidden), func(ctx context.Context, in patchIn[SavedViewInput]) (recordOut[SavedView], error) {
			if _, err := h.store.View(ctx, auth.UserFrom(ctx), in.ID); err != nil {
				return recordOut[SavedView]{}, err
			}
			_, err := store.Update(ctx, h.store, auth.UserFrom(ctx), in.ID, int(in.Version), func(v *models.SavedView) error {
				merged, err := in.Body.Apply(savedViewInput(v))
				if err != nil {
					return err
				}
				return applySavedView(merged, v)
			})
			if err != nil {
				return recordOut[SavedView]{}, err
			}
			return read(ctx, in.ID, 200)
		}),
		api.Handle("DELETE", path+"/{id}", doc("deleteSavedView", "Usuń zapisany widok", "Delete a saved view", models.CodeForbidden), func(ctx context.Context, in versionIn) (recordOut[SavedView], error) {
			before, err := h.store.View(ctx, auth.UserFrom(ctx), in.ID)
			if err != nil {
				return recordOut[SavedView]{}, err
			}
			v, err := store.Delete[models.SavedView](ctx, h.store, auth.UserFrom(ctx), in.ID, int(in.Version))
			if err != nil {
				return recordOut[SavedView]{}, err
			}
			return recordOut[SavedView]{Status: 200, Version: api.Version(v.Version), Body: savedViewOut(auth.UserFrom(ctx), &store.OwnedView{SavedView: *v, OwnerName: before.OwnerName})}, nil
		}),
	}
}
