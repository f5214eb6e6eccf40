package osm

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"wolnica/geo"
)

// kind is one of the three kinds of elements.
type kind uint8

const (
	node kind = iota
	way
	relation
)

// kinds is a set of kinds.
type kinds uint8

const (
	nodes     kinds = 1 << node
	ways      kinds = 1 << way
	relations kinds = 1 << relation
)

func (k kind) String() string { return [...]string{"node", "way", "relation"}[k] }

// name is how people write an element: n123, w5, r7.
func (k kind) name(id int64) string { return "nwr"[k:k+1] + strconv.FormatInt(id, 10) }

func (k kind) polish() string { return [...]string{"Węzeł", "Linia", "Relacja"}[k] }

func (k kind) english() string { return [...]string{"Node", "Way", "Relation"}[k] }

// point is a position in units of 1e-7 degrees, which is how OpenStreetMap itself keeps it.
type point struct{ x, y int32 }

// What stands in place of a position: no longitude is that small.
var (
	missing = point{math.MinInt32, 0}
	// outside is a position beyond 180 or 90 degrees, or not a number.
	outside = point{math.MinInt32, 1}
	// disputed is the position of a node that the file gives twice, differently.
	disputed = point{math.MinInt32, 2}
)

const degree = 1e7

func (p point) known() bool { return p.x != math.MinInt32 }

func (p point) less(q point) bool { return p.x < q.x || p.x == q.x && p.y < q.y }

func (p point) lon() float64 { return float64(p.x) / degree }

func (p point) lat() float64 { return float64(p.y) / degree }

func pointOf(lon, lat float64) point {
	if !(lon >= -180 && lon <= 180 && lat >= -90 && lat <= 90) {
		return outside
	}
	return point{int32(math.Round(lon * degree)), int32(math.Round(lat * degree))}
}

// member is a member of a relation. line is its geometry where the file gives it in place (Overpass "out geom").
type member struct {
	kind kind
	id   int64
	role string
	line []point
}

// element is a node, way or relation as a reader hands it to a visitor, who may keep nothing of it but the strings.
type element struct {
	kind    kind
	id      int64
	version int64
	// time is in seconds since 1970, 0 when unknown.
	time    int64
	tags    Tags
	at      point
	refs    []int64
	members []member
	// line is a way's geometry where the file gives it in place, as long as refs when there are refs.
	line []point
	// center stands for the geometry where the file gives no more (Overpass "out center").
	center point
}

func (e *element) reset(k kind) {
	*e = element{kind: k, tags: e.tags[:0], refs: e.refs[:0], members: e.members[:0], line: e.line[:0],
		at: missing, center: missing}
}

// edited is when the element was edited last, the zero time when unknown.
func (e *element) edited() time.Time {
	if e.time <= 0 || e.time >= 253402300800 { // the year 10000
		return time.Time{}
	}
	return time.Unix(e.time, 0).UTC()
}

func (e *element) name() string { return e.kind.name(e.id) }

// problemf is a Problem of the element, which it names.
func (e *element) problemf(code, pl, en string, args ...any) *geo.Problem {
	return named(e.kind, e.id, problemf(code, pl, en, args...))
}

func named(k kind, id int64, p *geo.Problem) *geo.Problem {
	return &geo.Problem{Path: p.Path, Code: p.Code, PL: k.polish() + " " + k.name(id) + ": " + p.PL,
		EN: k.english() + " " + k.name(id) + ": " + p.EN}
}

func problemf(code, pl, en string, args ...any) *geo.Problem {
	return &geo.Problem{Code: code, PL: fmt.Sprintf(pl, args...), EN: fmt.Sprintf(en, args...)}
}

// What one element may hold. OpenStreetMap itself allows 2,000 nodes in a way and 32,000 members in a relation.
const (
	maxRefs = 1 << 20
	maxTags = 10_000
	maxText = 16 << 20 // bytes, of its tags and of its whole text in XML or JSON
)

// visitor sees one element; keep says that the element becomes a row, so that its part of the file is read again.
type visitor func(*element) (keep bool, err error)

// reader goes through a file as often as it is asked to.
type reader interface {
	// scan visits the elements of the kinds asked for in the order of the file. With again it may leave out parts of the
	// file in which no element of a kind was kept, when that kind was scanned before.
	scan(which kinds, again bool, visit visitor) error
	// offset is how far in the file the scan is.
	offset() int64
}
