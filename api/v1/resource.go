package v1

import (
	"context"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/models"
	"wolnica/models/store"
)

// resource is how one kind of record appears in the API: In is what clients write, Out what they read.
type resource[T any, E store.Entity[T], In, Out any] struct {
	store *store.Store
	// path is the collection's address; tag groups the routes; id is the noun in operation ids ("Place").
	path, tag, id string
	// one is the noun for people, onePL the Polish one in the accusative.
	onePL, one string
	in         func(E) In
	apply      func(In, E) error
	// applyIn gives apply where that depends on what the registry holds; nil where it does not.
	applyIn func(ctx context.Context) (func(In, E) error, error)
	out     func(ctx context.Context, e E) (Out, error)
}

// Meta is what every record read from the API begins with.
type Meta struct {
	ID        int64      `json:"id"`
	Version   int        `json:"version,omitzero"`
	CreatedAt time.Time  `json:"created_at,omitzero"`
	UpdatedAt time.Time  `json:"updated_at,omitzero"`
	DeletedAt *time.Time `json:"deleted_at,omitzero"`
}

func metaOf(r *models.Record) Meta {
	m := Meta{ID: r.ID, Version: r.Version, CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC()}
	if r.DeletedAt != nil {
		at := r.DeletedAt.UTC()
		m.DeletedAt = &at
	}
	return m
}

type idIn struct {
	ID int64 `path:"id" doc:"Number of the record." pl:"Numer rekordu."`
}

type versionIn struct {
	ID      int64       `path:"id" doc:"Number of the record." pl:"Numer rekordu."`
	Version api.Version `header:"If-Match" doc:"The version you are changing, from ETag." pl:"Wersja, którą zmieniasz, z nagłówka ETag."`
}

type bodyIn[In any] struct {
	Body In `body:"json"`
}

type patchIn[In any] struct {
	ID      int64         `path:"id" doc:"Number of the record." pl:"Numer rekordu."`
	Version api.Version   `header:"If-Match" doc:"The version you are changing, from ETag." pl:"Wersja, którą zmieniasz, z nagłówka ETag."`
	Body    api.Patch[In] `body:"merge-patch"`
}

type revertIn struct {
	ID      int64       `path:"id" doc:"Number of the record." pl:"Numer rekordu."`
	To      int64       `path:"to" doc:"The earlier version to return to." pl:"Wcześniejsza wersja, do której wracasz."`
	Version api.Version `header:"If-Match" doc:"The current version, from ETag." pl:"Obecna wersja, z nagłówka ETag."`
}

type recordOut[Out any] struct {
	Status   int
	Version  api.Version `header:"ETag"`
	Location string      `header:"Location"`
	Body     Out
}

// pageIn asks for a page of a list.
type pageIn struct {
	Limit   int    `query:"limit" default:"50" validate:"gte=1,lte=1000" doc:"Most records in the answer." pl:"Najwyżej tyle rekordów w odpowiedzi."`
	Cursor  string `query:"cursor" doc:"Where the page begins: next of the previous answer." pl:"Początek strony: next z poprzedniej odpowiedzi."`
	Deleted bool   `query:"deleted" doc:"The deleted records instead of the others." pl:"Rekordy usunięte zamiast pozostałych."`
}

func (p pageIn) page(sort string) models.Page {
	return models.Page{Sort: sort, Limit: p.Limit, Cursor: p.Cursor}
}

// List is one page of records.
type List[Out any] struct {
	Items []Out `json:"items"`
	// Next is the cursor of the next page, absent on the last.
	Next string `json:"next,omitzero"`
}

type listOut[Out any] struct {
	Link string `header:"Link"`
	Body List[Out]
}

func (r resource[T, E, In, Out]) record(ctx context.Context, e E, status int) (recordOut[Out], error) {
	out, err := r.out(ctx, e)
	o := recordOut[Out]{Status: status, Version: api.Version(e.Base().Version), Body: out}
	if status == 201 {
		o.Location = r.path + "/" + strconv.FormatInt(e.Base().ID, 10)
	}
	return o, err
}

// writes are the routes that change records, and their history.
func (r resource[T, E, In, Out]) writes() []api.Route {
	create := r.doc("create", "Dodaj "+r.onePL, "Create "+r.one)
	create.Statuses = []int{201}
	return append([]api.Route{
		api.Handle("POST", r.path, create, func(ctx context.Context, in bodyIn[In]) (recordOut[Out], error) {
			apply, err := r.applying(ctx)
			if err != nil {
				return recordOut[Out]{}, err
			}
			e := E(new(T))
			if err := apply(in.Body, e); err != nil {
				return recordOut[Out]{}, err
			}
			if err := store.Create(ctx, r.store, auth.UserFrom(ctx), e); err != nil {
				return recordOut[Out]{}, err
			}
			return r.record(ctx, e, 201)
		}),
		api.Handle("DELETE", r.path+"/{id}", r.doc("delete", "Usuń "+r.onePL+" (można przywrócić)", "Delete "+r.one+" (it can be restored)"),
			func(ctx context.Context, in versionIn) (recordOut[Out], error) {
				e, err := store.Delete[T, E](ctx, r.store, auth.UserFrom(ctx), in.ID, int(in.Version))
				if err != nil {
					return recordOut[Out]{}, err
				}
				return r.record(ctx, e, 200)
			}),
		api.Handle("POST", r.path+"/{id}/restore", r.doc("restore", "Przywróć "+r.onePL, "Restore "+r.one),
			func(ctx context.Context, in versionIn) (recordOut[Out], error) {
				e, err := store.Restore[T, E](ctx, r.store, auth.UserFrom(ctx), in.ID, int(in.Version))
				if err != nil {
					return recordOut[Out]{}, err
				}
				return r.record(ctx, e, 200)
			}),
	}, r.changes()...)
}

// doc documents a route that writes, or tells what was written.
func (r resource[T, E, In, Out]) doc(verb, pl, en string) api.Doc {
	return api.Doc{ID: verb + r.id, Tag: r.tag, Auth: true, Summary: models.Text{PL: pl, EN: en},
		Problems: []models.Code{models.CodeInvalid, models.CodeUnauthenticated, models.CodeForbidden, models.CodeConflict}}
}

// applying is what writes a client's form into a record.
func (r resource[T, E, In, Out]) applying(ctx context.Context) (func(In, E) error, error) {
	if r.applyIn != nil {
		return r.applyIn(ctx)
	}
	return r.apply, nil
}

// changes are the routes that change what is there, and its history.
func (r resource[T, E, In, Out]) changes() []api.Route {
	return []api.Route{
		api.Handle("PATCH", r.path+"/{id}", r.doc("update", "Zmień "+r.onePL, "Change "+r.one), func(ctx context.Context, in patchIn[In]) (recordOut[Out], error) {
			apply, err := r.applying(ctx)
			if err != nil {
				return recordOut[Out]{}, err
			}
			e, err := store.Update(ctx, r.store, auth.UserFrom(ctx), in.ID, int(in.Version), func(e E) error {
				merged, err := in.Body.Apply(r.in(e))
				if err != nil {
					return err
				}
				return apply(merged, e)
			})
			if err != nil {
				return recordOut[Out]{}, err
			}
			return r.record(ctx, e, 200)
		}),
		api.Handle("POST", r.path+"/{id}/history/{to}/restore", r.doc("revert", "Wróć do wcześniejszej wersji", "Return to an earlier version"),
			func(ctx context.Context, in revertIn) (recordOut[Out], error) {
				e, err := store.Revert[T, E](ctx, r.store, auth.UserFrom(ctx), in.ID, int(in.Version), int(min(in.To, 1<<30)))
				if err != nil {
					return recordOut[Out]{}, err
				}
				return r.record(ctx, e, 200)
			}),
		api.Handle("GET", r.path+"/{id}/history", r.doc("history", "Historia zmian", "History of changes"),
			func(ctx context.Context, in historyIn) (listOut[Revision], error) {
				revisions, next, err := store.History[T, E](ctx, r.store, auth.UserFrom(ctx), in.ID, models.Page{Limit: in.Limit, Cursor: in.Cursor})
				if err != nil {
					return listOut[Revision]{}, err
				}
				return listPage(fmt.Sprintf("%s/%d/history", r.path, in.ID), QueryOf(in), mapSlice(revisions, revisionOut), next), nil
			}),
	}
}

// read is the route of one record.
func (r resource[T, E, In, Out]) read() api.Route {
	return api.Handle("GET", r.path+"/{id}", api.Doc{ID: "read" + r.id, Tag: r.tag, Public: true, Summary: models.Text{PL: "Odczytaj " + r.onePL, EN: "Read " + r.one}},
		func(ctx context.Context, in idIn) (recordOut[Out], error) {
			e, err := store.ByID[T, E](ctx, r.store, auth.UserFrom(ctx), in.ID)
			if err != nil {
				return recordOut[Out]{}, err
			}
			return r.record(ctx, e, 200)
		})
}

type historyIn struct {
	ID     int64  `path:"id" doc:"Number of the record." pl:"Numer rekordu."`
	Limit  int    `query:"limit" default:"50" validate:"gte=1,lte=500" doc:"Most revisions in the answer." pl:"Najwyżej tyle zmian w odpowiedzi."`
	Cursor string `query:"cursor" doc:"Where the page begins: next of the previous answer." pl:"Początek strony: next z poprzedniej odpowiedzi."`
}

// Revision is one change of a record.
type Revision struct {
	Version int       `json:"version"`
	Action  string    `json:"action"`
	At      time.Time `json:"at"`
	Actor   string    `json:"actor,omitzero"`
	BatchID *int64    `json:"batch_id,omitzero"`
	// Diff holds, for each changed field, its value before and after; null is absent.
	Diff map[string][2]any `json:"diff"`
}

func revisionOut(r models.Revision) Revision {
	return Revision{Version: r.Version, Action: r.Action, At: r.At.UTC(), Actor: r.ActorName, BatchID: r.BatchID, Diff: r.Diff}
}

// listPage makes a list's answer with its Link header.
func listPage[Out any](path string, query url.Values, items []Out, next string) listOut[Out] {
	if items == nil {
		items = []Out{}
	}
	o := listOut[Out]{Body: List[Out]{Items: items, Next: next}}
	if next != "" {
		q := url.Values{}
		for k, v := range query {
			q[k] = v
		}
		q.Set("cursor", next)
		o.Link = "<" + path + "?" + q.Encode() + `>; rel="next"`
	}
	return o
}

func mapSlice[A, B any](in []A, f func(A) B) []B {
	out := make([]B, len(in))
	for i, a := range in {
		out[i] = f(a)
	}
	return out
}

// QueryOf writes the query parameters of an input back, for links: what the client gave, without defaults and cursor.
func QueryOf(in any) url.Values {
	q := url.Values{}
	collectQuery(reflect.ValueOf(in), q)
	return q
}

func collectQuery(v reflect.Value, q url.Values) {
	t := v.Type()
	for i := range t.NumField() {
		f, name := v.Field(i), t.Field(i).Tag.Get("query")
		switch {
		case t.Field(i).Anonymous:
			collectQuery(f, q)
		case name == "" || name == "cursor" || f.IsZero():
		case f.Kind() == reflect.Slice:
			parts := make([]string, f.Len())
			for j := range parts {
				parts[j] = parameterText(f.Index(j).Interface())
			}
			q.Set(name, strings.Join(parts, ","))
		case f.Kind() == reflect.Pointer:
			q.Set(name, parameterText(f.Elem().Interface()))
		default:
			if text := parameterText(f.Interface()); text != t.Field(i).Tag.Get("default") {
				q.Set(name, text)
			}
		}
	}
}

// parameterText writes a value as its parameter is read.
func parameterText(v any) string {
	if t, ok := v.(time.Time); ok {
		return t.Format(time.RFC3339Nano)
	}
	return fmt.Sprint(v)
}

// keepFields clears every top-level field of a wire struct that was not asked for; id stays.
func keepFields(out any, fields []string) error {
	if len(fields) == 0 {
		return nil
	}
	v := reflect.ValueOf(out).Elem()
	known := []string{}
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if f.Anonymous {
				walk(v.Field(i))
				continue
			}
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			known = append(known, name)
			if name != "id" && !slices.Contains(fields, name) {
				v.Field(i).SetZero()
			}
		}
	}
	walk(v)
	for _, f := range fields {
		if !slices.Contains(known, f) {
			allowed := strings.Join(known, ", ")
			return &models.Error{Code: models.CodeMalformed, Message: models.Text{PL: "Parametr zapytania nie jest poprawny.", EN: "A query parameter is not valid."},
				Fields: []models.FieldError{{Parameter: "fields", Code: "vocabulary", Message: models.Text{
					PL: fmt.Sprintf("Nieznane pole %q. Dozwolone: %s.", f, allowed), EN: fmt.Sprintf("Unknown field %q. Allowed: %s.", f, allowed)}}}}
		}
	}
	return nil
}
