package osm

import "slices"

// offRoute are the roles of a route's members that are not its course (wiki.openstreetmap.org/wiki/Relation:route).
var offRoute = map[string]bool{
	"platform": true, "platform_entry_only": true, "platform_exit_only": true, "stop": true, "stop_entry_only": true,
	"stop_exit_only": true, "guidepost": true, "information": true, "marker": true, "map": true, "shelter": true,
	"parking": true,
}

// chain joins the ways of a route in their order into as few lines as possible. A way is turned where it continues its
// neighbours the other way round; of a roundabout only the part between its neighbours is taken, in its direction.
func chain(lines [][]point) [][]point {
	var done [][]point
	var current []point
	for i, l := range lines {
		var next []point
		if i+1 < len(lines) {
			next = lines[i+1]
		}
		if len(current) > 0 {
			end := current[len(current)-1]
			if part := from(end, l, next); part != nil {
				current = append(current, part[1:]...)
				continue
			}
			done = append(done, current)
		}
		current = slices.Clone(l)
		if !closed(l) && meets(next, l[0]) && !meets(next, l[len(l)-1]) {
			slices.Reverse(current)
		}
	}
	if len(current) > 0 {
		done = append(done, current)
	}
	return done
}

func closed(l []point) bool { return len(l) > 2 && l[0] == l[len(l)-1] }

// meets tells whether a route can come onto l at p.
func meets(l []point, p point) bool {
	if len(l) == 0 {
		return false
	}
	if closed(l) {
		return slices.Contains(l, p)
	}
	return l[0] == p || l[len(l)-1] == p
}

// from is l walked from p on, nil when it cannot be.
func from(p point, l, next []point) []point {
	switch {
	case closed(l):
		start := slices.Index(l, p)
		if start < 0 {
			return nil
		}
		ring := append(slices.Clone(l[start:]), l[1:start+1]...)
		for i := 1; i < len(ring)-1; i++ {
			if len(next) > 0 && meets(next, ring[i]) && !meets(next, p) {
				return ring[:i+1]
			}
		}
		return ring
	case l[0] == p:
		return l
	case l[len(l)-1] == p:
		l = slices.Clone(l)
		slices.Reverse(l)
		return l
	}
	return nil
}
