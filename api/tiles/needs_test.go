package tiles_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"wolnica/api/apitest"
	"wolnica/models/access"
)

// List, counts, tiles and the access of each single place say the same for any needs.
func TestTheMapAgreesOnNeeds(t *testing.T) {
	r := &registry{Server: apitest.New(t)}
	r.admin = r.Admin()
	var all []int64
	for i, facts := range [][]string{
		{}, {`entrance steps 0`, `entrance threshold 3`, `entrance door_width 72`, `path path_min_width 95`, `path incline_max 7`, `path smoothness "good"`, `path kerb "no"`, `path steps 0`, ` stepfree_inside "all"`, `toilet toilet_wheelchair "limited"`},
		{`entrance steps 2`, `entrance ramp "none"`, ` induction_loop "fixed"`}, {`entrance steps 0`, `path path_min_width 70`, `path steps 0`, ` stepfree_inside "all"`, `toilet baby_changing true`}, {` staff_trained true`},
	} {
		id := r.place(fmt.Sprint("Dwór ", i), point(19.05+float64(i)/5000, 50.05), []string{"", `"lifecycle":"closed"`}[i/4])
		for _, f := range facts {
			word := strings.SplitN(f, " ", 3)
			r.admin.Send("POST", "/api/v1/access-facts", fmt.Sprintf(`{"place_id":%d,"part":%q,"attribute":%q,"value":%s,"observed_on":"2026-05-01","method":"measured"}`, id, word[0], word[1], word[2])).Want(201)
		}
		all = append(all, id)
	}
	r.catchUp(t)
	anybody := r.Anonymous()
	rapid.Check(t, func(rt *rapid.T) {
		profiles := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"wheelchair", "powered_wheelchair", "pram", "walking", "hard_of_hearing", "blind"}), 1, 3, rapid.ID).Draw(rt, "profiles")
		query := url.Values{"profile": {strings.Join(profiles, ",")}}
		for name, values := range map[string][]string{"width_cm": {"65", "71.5", "90"}, "step_cm": {"2", "3.2"}, "slope_percent": {"5", "7.3"}} {
			if slices.Contains(profiles, "wheelchair") && rapid.Bool().Draw(rt, name+" given") {
				query.Set(name, rapid.SampledFrom(values).Draw(rt, name))
			}
		}
		known := map[string][]string{"wheelchair": {"width_cm", "step_cm", "slope_percent"}, "powered_wheelchair": {"width_cm", "step_cm", "slope_percent"}, "walking": {"slope_percent"}, "pram": {"width_cm"}}
		want, counts := map[int64]string{}, map[string]int{}
		for _, id := range all {
			var verdicts []string
			for _, profile := range profiles {
				alone := url.Values{"profile": {profile}}
				for _, name := range known[profile] {
					if query.Has(name) {
						alone.Set(name, query.Get(name))
					}
				}
				verdicts = append(verdicts, anybody.Get(fmt.Sprintf("/api/v1/places/%d/access?%s", id, alone.Encode())).Want(200).At("verdicts", 0, "verdict").(string))
			}
			if want[id] = access.Together(verdicts...); id == all[4] { // closed: nobody can use it, whatever its facts say
				want[id] = "not_judged"
			}
			counts[want[id]]++
		}
		got := map[int64]string{}
		list := anybody.Get("/api/v1/map/places?" + query.Encode()).Want(200)
		for _, item := range list.At("items").([]any) {
			got[int64(item.(map[string]any)["id"].(float64))] = item.(map[string]any)["verdict"].(string)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			rt.Fatalf("%s: the list says %v, the places %v", query.Encode(), got, want)
		}
		if got := numbers(anybody.Get("/api/v1/map/facets?by=needs&"+query.Encode()).Want(200).At("facets", "needs")); fmt.Sprint(got) != fmt.Sprint(counts) {
			rt.Fatalf("%s: the counts say %v, the places %v", query.Encode(), got, counts)
		}
		got = map[int64]string{}
		for _, a := range around(18, 19.049, 50.049, 19.053, 50.051) {
			for _, f := range tile(t, anybody, a, "layers=places&"+query.Encode()).Layer("places").Features {
				got[int64(f.ID)] = f.Tags["verdict"].(string)
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			rt.Fatalf("%s: the tiles say %v, the places %v", query.Encode(), got, want)
		}
		fit := rapid.SampledFrom([]string{"yes", "help", "maybe"}).Draw(rt, "fit")
		usable := []int64{}
		for _, id := range all[:4] {
			if slices.Contains(access.FitVerdicts(fit), want[id]) {
				usable = append(usable, id)
			}
		}
		query.Set("fit", fit)
		if got := ids(t, anybody.Get("/api/v1/map/places?"+query.Encode()).Want(200)); !slices.Equal(got, usable) {
			rt.Fatalf("%s: the list has %v, want %v", query.Encode(), got, usable)
		}
		shown := 0
		for _, f := range tile(t, anybody, address{}, "layers=places&"+query.Encode()).Layer("places").Features {
			n, cluster := f.Tags["count"].(uint64)
			if shown += int(n); !cluster {
				shown++
			}
			if _, shares := f.Tags["yes"]; shares && len(profiles) > 1 {
				rt.Fatalf("%s: a cluster has shares that nobody counted", query.Encode())
			}
		}
		if shown != len(usable) {
			rt.Fatalf("%s: the tile of the world shows %d places, want %d", query.Encode(), shown, len(usable))
		}
	})
}
