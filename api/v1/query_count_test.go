package v1_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"wolnica/api/apitest"
	"wolnica/models"
	"wolnica/models/store"
)

// counter counts the queries that requests send to the database; those of the map, which follows changes beside them, are
// not counted.
type counter struct{ n atomic.Int64 }

func (c *counter) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	if ctx.Value(http.ServerContextKey) != nil {
		c.n.Add(1)
	}
	return ctx
}

func (c *counter) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// What one reading costs does not depend on how many parts or rows there are.
func TestReadingTakesAFixedNumberOfQueries(t *testing.T) {
	queries := &counter{}
	s := apitest.NewWith(t, store.Config{Tracer: queries})
	admin := s.Admin()
	here := municipality(admin, "1206011", "Testowa", 19.0, 50.0)
	readers := map[string]*apitest.Client{"anonymous": s.Anonymous(), "viewer": s.As(roleIn(models.RoleViewer, here)), "admin": admin}
	place := admin.Send("POST", "/api/v1/places", placeJSON("Zespół", 19.05, 50.05, "")).Want(201).ID()

	grow := func(from, to int) {
		for i := from; i < to; i++ {
			admin.Send("POST", "/api/v1/protections", partOf(place, `"kind":"inventory","code":"municipal"`)).Want(201)
			admin.Send("POST", "/api/v1/inspections", partOf(place, `"inspected_on":"2024-05-01","scale":"heritage","grade":"poor"`)).Want(201)
			admin.Send("POST", "/api/v1/access-facts", partOf(place, `"attribute":"steps","value":2,"observed_on":"2024-05-01","method":"measured"`)).Want(201)
			admin.Send("POST", "/api/v1/external-ids", partOf(place, fmt.Sprintf(`"scheme":"osm","value":"n%d"`, i))).Want(201)
			upload(admin, partOf(place, `"sort":1`), "a.png", pngFile()).Want(201)
			child := admin.Send("POST", "/api/v1/places", placeJSON("Część", 19.05, 50.05, fmt.Sprintf(`"parent_id":%d`, place))).Want(201).ID()
			admin.Send("POST", "/api/v1/products", productJSON("trail", "walking_trail", fmt.Sprintf(`"stops":[{"place_id":%d},{"place_id":%d}]`, place, child))).Want(201)
			user(t, s, fmt.Sprintf("osoba%d", i), models.UserRole{Role: "viewer"})
		}
	}
	paths := []string{
		fmt.Sprintf("/api/v1/places/%d", place), "/api/v1/places?limit=200", "/api/v1/places?limit=200&q=czesc", "/api/v1/places?bbox=19,50,20,51&category=church&limit=200",
		"/api/v1/places/facets", "/api/v1/protections?limit=200", "/api/v1/inspections?limit=200", "/api/v1/access-facts?limit=200", "/api/v1/external-ids?limit=200",
		"/api/v1/media?limit=200", "/api/v1/products?limit=200", "/api/v1/products/1", "/api/v1/municipalities", "/api/v1/categories", "/api/v1/users?limit=200",
	}
	count := func() map[string]int64 {
		out := map[string]int64{}
		for name, who := range readers {
			for _, path := range paths {
				before := queries.n.Load()
				if a := who.Get(path); a.Status == 200 {
					out[name+" "+path] = queries.n.Load() - before
				}
			}
		}
		return out
	}
	grow(0, 1)
	count() // the first use of a connection prepares statements
	few := count()
	grow(1, 50)
	many := count()
	if len(few) < 40 || len(many) != len(few) {
		t.Fatalf("got %d and %d answers, want at least 40", len(few), len(many))
	}
	for what, n := range many {
		if n != few[what] {
			t.Errorf("%s: got %d queries for 50 and %d for one, want the same", what, n, few[what])
		}
		if strings.HasPrefix(what, "anonymous /api/v1/places/") && n > 15 {
			t.Errorf("%s: got %d queries, want at most 15", what, n)
		}
	}
}
