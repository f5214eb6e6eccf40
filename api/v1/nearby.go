package v1

import (
	"context"
	"math"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/geo/mapindex"
	"wolnica/geo/mvt"
	"wolnica/models"
	"wolnica/models/mapdata"
	"wolnica/models/store"
)

type nearbyIn struct {
	ID      int64    `path:"id" validate:"gte=1" doc:"Number of the place." pl:"Numer miejsca."`
	Profile []string `query:"profile" validate:"max=8,dive,access_profile" doc:"Access profiles: toilets that all of them can use come first, and only their verdicts are told; all verdicts by default." pl:"Profile dostępności: toalety, z których wszystkie skorzystają, są pierwsze, a werdykty tylko dla nich; domyślnie wszystkie werdykty." example:"wheelchair"`
}

// PlacesNearby are what a visitor looks for around a place: at most three of each, within 1,500 m, and only what exists.
type PlacesNearby struct {
	Toilets []NearbyPlace `json:"toilets"`
	Stops   []NearbyPlace `json:"stops"`
	Places  []NearbyPlace `json:"places"`
}

// NearbyPlace is one of them.
type NearbyPlace struct {
	ID       int64       `json:"id"`
	Name     models.Text `json:"name"`
	Category string      `json:"category"`
	// Position is [lon, lat], of a line or an area the one of its icon.
	Position  [2]float64 `json:"position"`
	DistanceM float64    `json:"distance_m"`
	// Direction is where it is as seen from the place: n, ne, e … nw.
	Direction string `json:"direction"`
	// Verdicts are those that are known, by profile; Verified the profiles whose verdict is verified.
	Verdicts      map[string]string `json:"verdicts,omitempty"`
	Verified      []string          `json:"verified,omitempty"`
	Open          string            `json:"open,omitzero"`
	Coarse        bool              `json:"coarse,omitzero"`
	Demonstration bool              `json:"demonstration,omitzero"`
}

type nearbyOut struct{ Body PlacesNearby }

func (h *handlers) nearby() api.Route {
	return api.Handle("GET", "/api/v1/places/{id}/nearby", api.Doc{ID: "listNearby", Tag: "places", Class: api.Drawing, Public: true,
		Summary: models.Text{PL: "Toalety, przystanki i miejsca w pobliżu", EN: "Toilets, stops and places nearby"},
		Description: models.Text{PL: "Najwyżej po trzy, do 1500 m, tylko istniejące. Toalety, z których skorzystają wszystkie podane profile, są pierwsze; reszta według odległości.",
			EN: "At most three of each, within 1,500 m, only what exists. Toilets that all profiles given can use come first; the rest goes by distance."}},
		func(ctx context.Context, in nearbyIn) (nearbyOut, error) {
			user := auth.UserFrom(ctx)
			p, err := store.ByID[models.Place](ctx, h.store, user, in.ID)
			if err != nil {
				return nearbyOut{}, err
			}
			out := PlacesNearby{Toilets: []NearbyPlace{}, Stops: []NearbyPlace{}, Places: []NearbyPlace{}}
			lon, lat, ok := middleOf(p.Geom)
			if !ok {
				return nearbyOut{Body: out}, nil
			}
			x, y := mvt.World(lon, lat)
			n, err := h.mapData.Nearby(ctx, user, p.ID, x, y, in.Profile)
			if err != nil {
				return nearbyOut{}, err
			}
			now := h.mapData.Now()
			for _, list := range []struct {
				found []mapindex.Near
				to    *[]NearbyPlace
			}{{n.Toilets, &out.Toilets}, {n.Stops, &out.Stops}, {n.Places, &out.Places}} {
				for _, f := range list.found {
					px, py := f.Position()
					it := placeItem(n.State, f.Entry)
					near := NearbyPlace{ID: it.ID, Name: it.Name, Category: it.Category, Position: it.Position, DistanceM: math.Round(f.Metres),
						Direction: mapindex.Direction(x, y, px, py), Verdicts: it.Verdicts, Verified: it.Verified, Coarse: it.Coarse, Demonstration: it.Demonstration,
						Open: n.State.OpenState(f.Value(mapdata.PlaceHours), now)}
					if len(in.Profile) > 0 {
						near.Verdicts = map[string]string{}
						for _, profile := range in.Profile {
							if v, ok := it.Verdicts[profile]; ok {
								near.Verdicts[profile] = v
							}
						}
					}
					*list.to = append(*list.to, near)
				}
			}
			return nearbyOut{Body: out}, nil
		})
}
