package mapdata

import (
	"context"
	"slices"

	"wolnica/geo/mapindex"
	"wolnica/models"
)

// The bounds of what is near a place.
const (
	NearbyMost   = 3
	NearbyMetres = 1500
	// nearbyLooked is how many toilets are looked at for one that can be used.
	nearbyLooked = 60
)

// Nearby is what lies around a place: of each kind at most NearbyMost, within NearbyMetres. Only what exists is there.
type Nearby struct {
	// Toilets are public toilets: first those that all the profiles can use, then by distance. Stops and Places go by distance;
	// Places are all others.
	Toilets, Stops, Places []mapindex.Near
	State                  *State
}

// Nearby finds what the user sees around a position in world units, without the place itself.
func (d *Data) Nearby(ctx context.Context, user *models.User, id int64, x, y uint32, profiles []string) (Nearby, error) {
	v, err := d.Views(ctx, user, Query{Place: models.PlaceFilter{Lifecycles: []string{models.LifecycleExisting}}})
	if err != nil {
		return Nearby{}, err
	}
	n := Nearby{State: v.State}
	of := func(pass func(uint32) bool, most int) []mapindex.Near {
		f := &mapindex.Filter{}
		f.Any(PlaceSchema, mapindex.Alternative{Column: PlaceInfrastructureCategory, Values: len(v.State.categoryCodes), Pass: pass})
		found := v.Places.Narrow(f).Nearest(x, y, mapindex.World, nil, 0, most+1)
		return slices.DeleteFunc(found, func(e mapindex.Near) bool { return e.ID() == id || e.Metres > NearbyMetres })
	}
	toilet, stop := v.State.subtree(models.CategoryToilet), v.State.subtree(models.CategoryStop)
	n.Toilets = of(toilet, nearbyLooked)
	slices.SortStableFunc(n.Toilets, func(a, b mapindex.Near) int {
		return fits(b.Value(PlaceVerdict), profiles) - fits(a.Value(PlaceVerdict), profiles)
	})
	n.Stops = of(stop, NearbyMost)
	n.Places = of(func(c uint32) bool { return !toilet(c) && !stop(c) }, NearbyMost)
	for _, list := range []*[]mapindex.Near{&n.Toilets, &n.Stops, &n.Places} {
		*list = (*list)[:min(len(*list), NearbyMost)]
	}
	return n, nil
}

// fits is 1 when the verdicts for all the profiles are yes or with help, and some profile is asked for.
func fits(verdicts uint32, profiles []string) int {
	if len(profiles) == 0 {
		return 0
	}
	for _, p := range profiles {
		if v := models.Verdicts(verdicts).For(p); v != models.VerdictYes && v != models.VerdictWithHelp {
			return 0
		}
	}
	return 1
}

// subtree is the condition on a category column for a category with those below it; nothing passes where it does not exist.
func (s *State) subtree(code string) func(uint32) bool {
	pass, err := s.inCategories([]string{code})
	if err != nil {
		return func(uint32) bool { return false }
	}
	return pass
}
