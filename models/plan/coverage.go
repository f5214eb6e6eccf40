package plan

import (
	"math/bits"
	"slices"

	"wolnica/models"
)

// A Cell is a population cell: a point with residents. Persons that are not told are Secret.
type Cell struct {
	At Point
	// Municipality is the place of its municipality in a list of the caller's, -1 for none.
	Municipality                int
	Total, UpTo14, From65       int32
	SecretTotal, Secret0, Sec65 bool
}

// persons are the residents of the audiences, which are all or any of the ages; secret when one of the numbers is not told.
func (c *Cell) persons(who audiences) (n int, secret bool) {
	if who&everybody != 0 {
		return int(c.Total), c.SecretTotal
	}
	if who&upTo14 != 0 {
		n, secret = int(c.UpTo14), c.Secret0
	}
	if who&from65 != 0 {
		n, secret = n+int(c.From65), secret || c.Sec65
	}
	return n, secret
}

// Residents are those of the audience; secret when their number is not told.
func (c *Cell) Residents(a Audience) (n int, secret bool) { return c.persons(a.set()) }

type audiences uint8

const (
	everybody audiences = 1 << iota
	upTo14
	from65
)

func (a Audience) set() audiences {
	switch a {
	case UpTo14:
		return upTo14
	case From65:
		return from65
	}
	return everybody
}

// profileCount is how many profiles models.AccessProfiles has; a set of them is the bits of a byte.
const profileCount = 8

// usable are the profiles, as bits in the order of models.AccessProfiles, whose verdict is at least the one asked for.
func usable(v models.Verdicts, least string) (set uint8) {
	want := worth[models.VerdictCodes.Index(least)]
	for i := range profileCount {
		if worth[v>>(2*i)&3] >= want {
			set |= 1 << i
		}
	}
	return set
}

// worth orders the stored numbers of verdicts: NO, UNKNOWN, WITH_HELP, YES.
var worth = func() (w [4]uint8) {
	for i, code := range []string{models.VerdictNo, models.VerdictUnknown, models.VerdictWithHelp, models.VerdictYes} {
		w[models.VerdictCodes.Index(code)] = uint8(i)
	}
	return w
}()

// A Facility is a place as it serves residents: for which profiles before and after.
type Facility struct {
	At Point
	// Categories are the lineages of its categories: each the code and all above it.
	Categories [][]string
	AreaM2     float64
	// Grade is its condition, an asset grade from 1 to 5; 0 is not known.
	Grade         int
	Before, After uint8
	// Only are the codes of the standards that it serves at most; none is all.
	Only []string
}

// A Count is residents who gain a usable place within reach, and those who lose their only one. Cells whose residents are secret
// are counted apart.
type Count struct {
	Gained, Lost           int
	GainedCells, LostCells int
}

func (c *Count) add(n int, secret, lost bool) {
	switch {
	case secret && lost:
		c.LostCells++
	case secret:
		c.GainedCells++
	case lost:
		c.Lost += n
	default:
		c.Gained += n
	}
}

// A StandardCount is the count under one standard; Category is set for a standard that has none of its own.
type StandardCount struct {
	Standard *Standard
	Category string
	Profiles [profileCount]Count
}

// Coverage is how the residents within reach of a usable place change. Everybody is counted once a row.
type Coverage struct {
	Profiles [profileCount]Count
	// Any counts who gains or loses for one profile at least.
	Any Count
	// Municipalities are those of the residents, by their place in the caller's list; -1 is none.
	Municipalities map[int]*[profileCount]Count
	Standards      []StandardCount
}

// Reach counts the residents of the cells who have a usable place within reach under a standard after and had none before, and the other
// way round. Facilities are all that are usable before or after for some profile in the categories at stake, the changed ones among them.
func Reach(facilities []Facility, cells []Cell, standards []Standard, metres Metres) Coverage {
	points := make([]Point, len(cells))
	for i := range cells {
		points[i] = cells[i].At
	}
	around := gridOf(points)
	type gain struct{ gained, lost audiences }
	changed := make([][profileCount]gain, len(cells))
	cover := Coverage{Municipalities: map[int]*[profileCount]Count{}}
	for _, g := range groupsOf(facilities, standards) {
		candidates, farthest := make([]bool, len(cells)), g.standard.widest().DistanceM
		any := false
		at := make([]Point, len(g.members))
		for i, m := range g.members {
			at[i] = facilities[m].At
			if f := &facilities[m]; f.Before != f.After {
				around.near(f.At, farthest, metres, func(c int32) bool { candidates[c], any = true, true; return true })
			}
		}
		if !any {
			continue
		}
		places := gridOf(at)
		count := StandardCount{Standard: g.standard, Category: g.category}
		for c, candidate := range candidates {
			if !candidate {
				continue
			}
			var before, after uint8
			distance, area := g.standard.limitsIn(cells[c].Municipality)
			places.near(cells[c].At, distance, metres, func(i int32) bool {
				f := &facilities[g.members[i]]
				if f.AreaM2 < area {
					return true
				}
				before, after = before|f.Before, after|f.After
				return before != 0xff || after != 0xff
			})
			for set := before ^ after; set != 0; set &= set - 1 {
				p := bits.TrailingZeros8(set)
				lost := before>>p&1 == 1
				who := AudienceOf(models.AccessProfiles.Entries[p].Code, g.standard).set()
				n, secret := cells[c].persons(who)
				count.Profiles[p].add(n, secret, lost)
				if lost {
					changed[c][p].lost |= who
				} else {
					changed[c][p].gained |= who
				}
			}
		}
		if count.Profiles != [profileCount]Count{} {
			cover.Standards = append(cover.Standards, count)
		}
	}
	for c := range cells {
		var any gain
		for p := range profileCount {
			of := changed[c][p]
			any.gained, any.lost = any.gained|of.gained, any.lost|of.lost
			for _, way := range []struct {
				who  audiences
				lost bool
			}{{of.gained, false}, {of.lost, true}} {
				if way.who == 0 {
					continue
				}
				n, secret := cells[c].persons(way.who)
				cover.Profiles[p].add(n, secret, way.lost)
				home := cover.Municipalities[cells[c].Municipality]
				if home == nil {
					home = &[profileCount]Count{}
					cover.Municipalities[cells[c].Municipality] = home
				}
				home[p].add(n, secret, way.lost)
			}
		}
		if any.gained != 0 {
			n, secret := cells[c].persons(any.gained)
			cover.Any.add(n, secret, false)
		}
		if any.lost != 0 {
			n, secret := cells[c].persons(any.lost)
			cover.Any.add(n, secret, true)
		}
	}
	return cover
}

// A group is the facilities that serve one standard; those of a standard without categories are a group a category.
type group struct {
	standard *Standard
	category string
	members  []int32
}

func groupsOf(facilities []Facility, standards []Standard) []*group {
	var groups []*group
	for s := range standards {
		standard := &standards[s]
		widest, byCategory := standard.widest(), map[string]*group{}
		for i := range facilities {
			f := &facilities[i]
			if !standard.goodEnough(f) {
				continue
			}
			for _, lineage := range f.Categories {
				if len(lineage) == 0 || !widest.serves(lineage, f.AreaM2) {
					continue
				}
				category := ""
				if len(standard.Categories) == 0 {
					category = lineage[0]
				}
				g := byCategory[category]
				if g == nil {
					g = &group{standard: standard, category: category}
					byCategory[category] = g
					groups = append(groups, g)
				}
				if n := len(g.members); n == 0 || g.members[n-1] != int32(i) {
					g.members = append(g.members, int32(i))
				}
			}
		}
	}
	return groups
}

// Subtrees are the codes of the categories that facilities of the lineages are compared with, for a caller that has to find
// them: the roots of the standards, and the codes of what has none.
func Subtrees(lineages [][]string, standards []Standard) []string {
	var codes []string
	for s := range standards {
		for _, lineage := range lineages {
			if len(lineage) == 0 {
				continue
			}
			switch standard := &standards[s]; {
			case len(standard.Categories) == 0 && !intersects(standard.except, lineage):
				codes = append(codes, lineage[0])
			case intersects(standard.Categories, lineage):
				codes = append(codes, standard.Categories...)
			}
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// MaxDistance is the longest distance of a standard anywhere.
func MaxDistance(standards []Standard) float64 {
	most := 0.0
	for i := range standards {
		most = max(most, standards[i].widest().DistanceM)
	}
	return most
}
