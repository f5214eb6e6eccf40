package esrijson

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/twpayne/go-geom"

	"wolnica/geo"
	"wolnica/geo/jsonarray"
)

// MaxColumns is the greatest number of different fields in one file; a feature that would add more has Row.Err.
const MaxColumns = 4096

// Detect tells from the beginning of a file whether it is Esri JSON: an object that is no GeoJSON and whose first feature has
// "attributes".
func Detect(head []byte) bool {
	d := jsontext.NewDecoder(bytes.NewReader(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if t, err := d.ReadToken(); err != nil || t.Kind() != '{' {
		return false
	}
	for d.PeekKind() == '"' {
		t, err := d.ReadToken()
		if err != nil {
			return false
		}
		switch t.String() {
		case "type":
			return false
		case "features":
			return firstHasAttributes(d)
		}
		if d.SkipValue() != nil {
			return false
		}
	}
	return false
}

func firstHasAttributes(d *jsontext.Decoder) bool {
	for _, open := range []jsontext.Kind{'[', '{'} {
		if t, err := d.ReadToken(); err != nil || t.Kind() != open {
			return false
		}
	}
	for d.PeekKind() == '"' {
		t, err := d.ReadToken()
		if err != nil || t.String() == "type" {
			return false
		}
		if t.String() == "attributes" {
			return true
		}
		if d.SkipValue() != nil {
			return false
		}
	}
	return false
}

// Open starts reading. size is the length of r for Progress, 0 when unknown.
//
// CRS is what "spatialReference" before the features says, 0 when it says nothing. A field is a column under its own name; a date,
// which Esri counts in milliseconds, is written as a date when "fields" before the features says that it is one. An answer
// that the server cut short ("exceededTransferLimit") ends with a row that says so in its Err.
func Open(r io.Reader, size int64) (geo.Source, error) {
	s := &Source{size: size, dates: map[string]bool{}}
	s.row.Columns = geo.NewColumns()
	a, err := jsonarray.Open(r, []string{"features"}, s.member)
	if err != nil {
		return nil, err
	}
	s.array, s.begun = a, true
	return s, nil
}

// Source is the geo.Source of Esri JSON.
type Source struct {
	array *jsonarray.Reader
	size  int64
	crs   int
	dates map[string]bool
	row   geo.Row
	// begun: the features have begun, and what comes later cannot change how they are read.
	begun, cut, told bool
}

var _ geo.Source = (*Source)(nil)

// CRS is the EPSG code of the answer's reference system, 0 when it names none.
func (s *Source) CRS() int { return s.crs }

// Progress is in bytes.
func (s *Source) Progress() (done, total int64) { return s.array.Read(), s.size }

// Close does nothing: the reader belongs to whoever opened it.
func (s *Source) Close() error { return nil }

// member reads what stands beside the features.
func (s *Source) member(name string, v jsontext.Value) error {
	switch name {
	case "spatialReference":
		epsg, err := reference(v)
		if err != nil {
			return err
		}
		if s.begun && epsg != s.crs && epsg != 0 {
			return problem("", "crs_late", "Układ współrzędnych („spatialReference”) stoi w pliku po obiektach, które już odczytano. Przenieś go przed „features”.",
				"The reference system (“spatialReference”) stands after the features, which are already read. Move it before “features”.")
		}
		if !s.begun {
			s.crs = epsg
		}
	case "fields":
		var fields []struct {
			Name string `json:"name"`
			Type string `json:"type"`
		}
		if err := json.Unmarshal(v, &fields); err != nil {
			return problem("", "fields", "„fields” nie jest listą pól.", "“fields” is not a list of fields.")
		}
		for _, f := range fields {
			if f.Type == "esriFieldTypeDate" {
				s.dates[strings.TrimSpace(f.Name)] = true
			}
		}
	case "exceededTransferLimit":
		s.cut = string(v) == "true"
	case "error":
		return problem("", "error", "Plik jest komunikatem o błędzie serwera: "+jsonarray.Text(v), "The file is an error message of a server: "+jsonarray.Text(v))
	}
	return nil
}

// reference reads a spatialReference; of its two codes the later one is that of EPSG.
func reference(v jsontext.Value) (int, error) {
	var r struct {
		WKID       int `json:"wkid"`
		LatestWKID int `json:"latestWkid"`
	}
	if err := json.Unmarshal(v, &r); err != nil {
		return 0, problem("/spatialReference", "crs", "Nie da się odczytać układu współrzędnych.", "The reference system cannot be read.")
	}
	if r.LatestWKID != 0 {
		return r.LatestWKID, nil
	}
	switch r.WKID {
	case 102100, 102113, 900913: // Esri's older names of Web Mercator
		return 3857, nil
	}
	return r.WKID, nil
}

func problem(path, code, pl, en string) *geo.Problem {
	return &geo.Problem{Path: path, Code: code, PL: pl, EN: en}
}

// Next returns the next feature.
func (s *Source) Next() (*geo.Row, error) {
	v, err := s.array.Next()
	if err == io.EOF && s.cut && !s.told {
		s.told = true
		s.begin()
		s.row.Err = problem("", "cut", "Serwer uciął odpowiedź (exceededTransferLimit): brakuje dalszych obiektów.",
			"The server cut the answer short (exceededTransferLimit): further features are missing.")
		return &s.row, nil
	}
	if err != nil {
		return nil, err
	}
	s.begin()
	s.feature(v)
	return &s.row, nil
}

func (s *Source) begin() {
	s.row.Number++
	s.row.Geometry, s.row.Err = nil, nil
	clear(s.row.Values)
}

func (s *Source) fail(p *geo.Problem) {
	if s.row.Err == nil {
		s.row.Err = p
	}
}

func (s *Source) feature(v jsontext.Value) {
	if v.Kind() != '{' {
		s.fail(problem("", "type", "To nie jest obiekt Esri JSON.", "This is not an Esri JSON feature."))
		return
	}
	attributes := false
	jsonarray.Members(v, func(name string, m jsontext.Value) bool {
		switch {
		case name == "attributes" && m.Kind() == '{':
			attributes = true
			s.attributes(m)
		case name == "attributes":
			attributes = true
			s.fail(problem("/attributes", "type", "Atrybuty muszą być obiektem.", "The attributes must be an object."))
		case name == "geometry" && m.Kind() != 'n':
			g, err := decode(m)
			if err != nil {
				s.fail(problem("/geometry"+err.Path, err.Code, err.PL, err.EN))
			}
			s.row.Geometry = g
		}
		return true
	})
	if !attributes {
		s.fail(problem("", "attributes", "Obiekt nie ma „attributes”.", "The feature has no “attributes”."))
	}
}

func (s *Source) attributes(v jsontext.Value) {
	jsonarray.Members(v, func(name string, m jsontext.Value) bool {
		name = strings.TrimSpace(name)
		if _, known := s.row.Columns.Index(name); !known && len(s.row.Columns.Names()) >= MaxColumns {
			s.fail(problem("/attributes", "too_large", "Obiekty w pliku mają razem za dużo różnych pól (najwyżej 4096).",
				"The features of the file have too many different fields (4096 at most)."))
			return false
		}
		at := s.row.Columns.Add(name)
		for len(s.row.Values) <= at {
			s.row.Values = append(s.row.Values, "")
		}
		text := jsonarray.Text(m)
		if s.dates[name] && m.Kind() == '0' {
			text = date(text)
		}
		s.row.Values[at] = text
		return true
	})
}

// date writes milliseconds since 1970 as a day, with the time where it is not midnight; a text that is no such number stays.
func date(text string) string {
	ms, err := strconv.ParseInt(text, 10, 64)
	if err != nil || ms < -1e14 || ms > 1e14 {
		return text
	}
	t := time.UnixMilli(ms).UTC()
	if t.Truncate(24 * time.Hour).Equal(t) {
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339)
}

// shape is a geometry of any type; a type is told by its members.
type shape struct {
	X          jsontext.Value    `json:"x"`
	Y          *coordinate       `json:"y"`
	Points     *[][]coordinate   `json:"points"`
	Paths      *[][][]coordinate `json:"paths"`
	Rings      *[][][]coordinate `json:"rings"`
	CurveRings jsontext.Value    `json:"curveRings"`
	CurvePaths jsontext.Value    `json:"curvePaths"`
	XMin       jsontext.Value    `json:"xmin"`
}

// A coordinate is a finite number.
type coordinate float64

// UnmarshalJSON refuses what is no number; null and "NaN", which Esri writes for an empty point, are no coordinate.
func (c *coordinate) UnmarshalJSON(b []byte) error {
	n, err := strconv.ParseFloat(string(b), 64)
	if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
		return errors.New("not a number")
	}
	*c = coordinate(n)
	return nil
}

// decode reads a geometry; an empty one is nil.
func decode(v jsontext.Value) (geom.T, *geo.Problem) {
	bad := problem("", "geometry", "Nie da się odczytać geometrii Esri JSON.", "The Esri JSON geometry cannot be read.")
	var s shape
	if err := json.Unmarshal(v, &s); err != nil {
		if point, empty := emptyPoint(v); point && empty {
			return nil, nil
		}
		return nil, bad
	}
	switch {
	case s.CurveRings != nil || s.CurvePaths != nil:
		return nil, problem("", "curves", "Krzywych (curveRings, curvePaths) nie czytamy.", "Curves (curveRings, curvePaths) are not read.")
	case s.Rings != nil:
		return polygons(*s.Rings)
	case s.Paths != nil:
		return lines(*s.Paths)
	case s.Points != nil:
		flat, p := positions(*s.Points, "/points")
		if p != nil || len(flat) == 0 {
			return nil, p
		}
		return geom.NewMultiPointFlat(geom.XY, flat), nil
	case s.X != nil:
		var x coordinate
		if s.X.Kind() == 'n' || string(s.X) == `"NaN"` {
			return nil, nil
		}
		if x.UnmarshalJSON(s.X) != nil || s.Y == nil {
			return nil, problem("/x", "number", "Współrzędne nie są liczbami.", "The coordinates are not numbers.")
		}
		return geom.NewPointFlat(geom.XY, []float64{float64(x), float64(*s.Y)}), nil
	}
	return nil, bad
}

// emptyPoint tells whether the geometry is a point that Esri calls empty.
func emptyPoint(v jsontext.Value) (point, empty bool) {
	jsonarray.Members(v, func(name string, m jsontext.Value) bool {
		if name == "x" {
			point, empty = true, m.Kind() == 'n' || string(m) == `"NaN"`
		}
		return true
	})
	return point, empty
}

// positions are those of a path, two numbers each; heights and measures are left out.
func positions(list [][]coordinate, path string) ([]float64, *geo.Problem) {
	flat := make([]float64, 0, 2*len(list))
	for i, p := range list {
		if len(p) < 2 || len(p) > 4 {
			return nil, problem(path+"/"+strconv.Itoa(i), "position", "Położenie musi mieć od dwóch do czterech liczb.", "A position must have two to four numbers.")
		}
		flat = append(flat, float64(p[0]), float64(p[1]))
	}
	return flat, nil
}

func lines(paths [][][]coordinate) (geom.T, *geo.Problem) {
	var flat []float64
	var ends []int
	for i, path := range paths {
		at := "/paths/" + strconv.Itoa(i)
		line, p := positions(path, at)
		if p != nil {
			return nil, p
		}
		if len(line) < 4 {
			return nil, problem(at, "path", "Linia musi mieć co najmniej dwa punkty.", "A path must have at least two points.")
		}
		flat = append(flat, line...)
		ends = append(ends, len(flat))
	}
	switch len(ends) {
	case 0:
		return nil, nil
	case 1:
		return geom.NewLineStringFlat(geom.XY, flat), nil
	}
	return geom.NewMultiLineStringFlat(geom.XY, flat, ends), nil
}

// polygons sorts rings: those that run clockwise are outlines, the others holes of the outline around them.
func polygons(rings [][][]coordinate) (geom.T, *geo.Problem) {
	type outline struct {
		ring  []float64
		holes [][]float64
	}
	var outlines []outline
	var holes [][]float64
	for i, list := range rings {
		at := "/rings/" + strconv.Itoa(i)
		ring, p := positions(list, at)
		if p != nil {
			return nil, p
		}
		n := len(ring)
		if n < 8 || ring[0] != ring[n-2] || ring[1] != ring[n-1] {
			return nil, problem(at, "ring", "Pierścień musi być zamknięty i mieć co najmniej cztery punkty.", "A ring must be closed and have at least four points.")
		}
		if area(ring) <= 0 {
			outlines = append(outlines, outline{ring: ring})
		} else {
			holes = append(holes, ring)
		}
	}
	if len(rings) == 0 {
		return nil, nil
	}
	for _, h := range holes {
		at := slices.IndexFunc(outlines, func(o outline) bool { return inside(o.ring, h[0], h[1]) || slices.Equal(o.ring[:2], h[:2]) })
		if at < 0 {
			if len(outlines) == 0 && len(holes) == 1 { // a single ring is an outline, whichever way it runs
				outlines = append(outlines, outline{ring: h})
				break
			}
			return nil, problem("/rings", "hole", "Otwór nie leży w żadnym obrysie.", "A hole lies in no outline.")
		}
		outlines[at].holes = append(outlines[at].holes, h)
	}
	var flat []float64
	var endss [][]int
	for _, o := range outlines {
		flat = append(flat, o.ring...)
		ends := []int{len(flat)}
		for _, h := range o.holes {
			flat = append(flat, h...)
			ends = append(ends, len(flat))
		}
		endss = append(endss, ends)
	}
	if len(endss) == 1 {
		return geom.NewPolygonFlat(geom.XY, flat, endss[0]), nil
	}
	return geom.NewMultiPolygonFlat(geom.XY, flat, endss), nil
}

// area is twice the signed area of a ring: negative when it runs clockwise.
func area(ring []float64) float64 {
	sum := 0.0
	for i := 0; i+3 < len(ring); i += 2 {
		sum += (ring[i]-ring[0])*(ring[i+3]-ring[1]) - (ring[i+2]-ring[0])*(ring[i+1]-ring[1])
	}
	return sum
}

// inside tells whether the point lies in the ring.
func inside(ring []float64, x, y float64) bool {
	in := false
	for i := 0; i+3 < len(ring); i += 2 {
		x1, y1, x2, y2 := ring[i], ring[i+1], ring[i+2], ring[i+3]
		if (y1 > y) != (y2 > y) && x < (x2-x1)*(y-y1)/(y2-y1)+x1 {
			in = !in
		}
	}
	return in
}
