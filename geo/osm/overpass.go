package osm

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"wolnica/geo"
)

// overpass reads the JSON of the Overpass API: with ids only, with geometry in place ("out geom") and with centres
// ("out center").
type overpass struct {
	text
	element element
	input   *limited
	dec     *jsontext.Decoder
	parsed  jsonElement
}

// limited reads no further than limit.
type limited struct {
	r           io.Reader
	read, limit int64
}

func (l *limited) Read(p []byte) (int, error) {
	if l.read >= l.limit {
		return 0, problemf("too_large", "Element w pliku JSON jest większy niż 16 MB.", "An element of the JSON is larger than 16 MB.")
	}
	if room := l.limit - l.read; int64(len(p)) > room {
		p = p[:room]
	}
	n, err := l.r.Read(p)
	l.read += int64(n)
	return n, err
}

type jsonPosition struct {
	Lat *float64 `json:"lat"`
	Lon *float64 `json:"lon"`
}

func (p *jsonPosition) point() point {
	if p == nil || p.Lat == nil || p.Lon == nil {
		return missing
	}
	return pointOf(*p.Lon, *p.Lat)
}

type jsonElement struct {
	Type      string            `json:"type"`
	ID        *int64            `json:"id"`
	Version   int64             `json:"version"`
	Timestamp string            `json:"timestamp"`
	Visible   *bool             `json:"visible"`
	Tags      map[string]string `json:"tags"`
	Nodes     []int64           `json:"nodes"`
	Geometry  []*jsonPosition   `json:"geometry"`
	Center    *jsonPosition     `json:"center"`
	Members   []jsonMember      `json:"members"`
	jsonPosition
}

type jsonMember struct {
	Type     string          `json:"type"`
	Ref      int64           `json:"ref"`
	Role     string          `json:"role"`
	Geometry []*jsonPosition `json:"geometry"`
	jsonPosition
}

func (o *overpass) scan(which kinds, _ bool, visit visitor) error {
	in, err := o.text.open()
	if err != nil {
		return err
	}
	o.input = &limited{r: in, limit: maxText}
	o.dec = jsontext.NewDecoder(o.input, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if t, err := o.dec.ReadToken(); err != nil {
		return o.broken(err)
	} else if t.Kind() != '{' {
		return notOverpass()
	}
	found := false
	for {
		o.input.limit = o.dec.InputOffset() + maxText
		t, err := o.dec.ReadToken()
		if err != nil {
			return o.broken(err)
		}
		if t.Kind() == '}' {
			break
		}
		switch name := t.String(); {
		case name == "elements" && !found && o.dec.PeekKind() == '[':
			found = true
			if err := o.elements(which, visit); err != nil {
				return err
			}
		case name == "elements":
			return notOverpass()
		case name == "remark":
			v, err := o.dec.ReadToken()
			if err != nil {
				return o.broken(err)
			}
			// The answer of a query that ran out of time or memory looks whole but for this remark.
			if remark := v.String(); v.Kind() == '"' && strings.Contains(remark, "error") {
				return problemf("incomplete", "Odpowiedź Overpass jest niepełna: „%s”. Pobierz ją jeszcze raz.",
					"The answer of Overpass is incomplete: “%s”. Fetch it again.", clip(remark, 200))
			}
			if v.Kind() == '{' || v.Kind() == '[' {
				return notOverpass()
			}
		default:
			if err := o.dec.SkipValue(); err != nil {
				return o.broken(err)
			}
		}
	}
	if !found {
		return notOverpass()
	}
	o.input.limit = o.dec.InputOffset() + maxText
	if _, err := o.dec.ReadToken(); err != io.EOF {
		if err == nil {
			return notOverpass()
		}
		return o.broken(err)
	}
	return nil
}

func notOverpass() *geo.Problem {
	return problemf("unsupported", "To nie jest odpowiedź Overpass: oczekiwano obiektu z tablicą „elements”.",
		"This is not an answer of Overpass: an object with an array “elements” was expected.")
}

// broken says where in the file reading stopped.
func (o *overpass) broken(err error) error {
	if p, ok := errors.AsType[*geo.Problem](err); ok {
		return p
	}
	at := o.dec.InputOffset()
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return problemf("truncated", "Plik JSON jest urwany po bajcie %d.", "The JSON is cut off after byte %d.", at)
	}
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return problemf("malformed", "Bajt %d: błąd składni JSON.", "Byte %d: JSON syntax error.", max(at, syntax.ByteOffset))
	}
	return fmt.Errorf("read Overpass JSON: %w", err)
}

func (o *overpass) elements(which kinds, visit visitor) error {
	if _, err := o.dec.ReadToken(); err != nil {
		return o.broken(err)
	}
	for o.dec.PeekKind() != ']' {
		o.input.limit = o.dec.InputOffset() + maxText
		v, err := o.dec.ReadValue()
		if err != nil {
			return o.broken(err)
		}
		at := o.dec.InputOffset() - int64(len(v))
		if bytes.Count(v, []byte{'{'}) > maxRefs {
			return problemf("too_large", "Element od bajtu %d ma ponad %d części.", "The element at byte %d has more than %d parts.", at, maxRefs)
		}
		p := &o.parsed
		*p = jsonElement{}
		if err := json.Unmarshal(v, p, jsontext.AllowInvalidUTF8(true)); err != nil {
			return problemf("malformed", "Element od bajtu %d nie jest elementem OSM.",
				"The element at byte %d is not an OSM element.", at)
		}
		k, ok := kindOf(p.Type)
		switch {
		case !ok:
			// Areas and counts of Overpass are no elements of the data.
			continue
		case p.ID == nil:
			return problemf("malformed", "Element od bajtu %d nie ma identyfikatora.", "The element at byte %d has no id.", at)
		case which&(1<<k) == 0 || p.Visible != nil && !*p.Visible:
			continue
		}
		if err := o.fill(k); err != nil {
			return err
		}
		if _, err := visit(&o.element); err != nil {
			return err
		}
	}
	if _, err := o.dec.ReadToken(); err != nil {
		return o.broken(err)
	}
	return nil
}

func (o *overpass) fill(k kind) error {
	e, p := &o.element, &o.parsed
	e.reset(k)
	e.id, e.version, e.time = *p.ID, p.Version, seconds(p.Timestamp)
	if len(p.Tags) > maxTags || len(p.Nodes) > maxRefs || len(p.Members) > maxRefs {
		return tooLong(e)
	}
	for key, value := range p.Tags {
		e.tags = append(e.tags, Tag{strings.ToValidUTF8(key, "\uFFFD"), strings.ToValidUTF8(value, "\uFFFD")})
	}
	slices.SortFunc(e.tags, func(a, b Tag) int { return strings.Compare(a.Key, b.Key) })
	e.center = p.Center.point()
	switch k {
	case node:
		e.at = p.point()
	case way:
		e.refs = append(e.refs, p.Nodes...)
		e.line = positions(e.line, p.Geometry)
		if len(e.line) > 0 && len(e.refs) > 0 && len(e.line) != len(e.refs) {
			return e.problemf("malformed", "ma %d węzłów, a geometrię z %d położeń.", "has %d nodes and a geometry of %d positions.",
				len(e.refs), len(e.line))
		}
	case relation:
		for i := range p.Members {
			m := &p.Members[i]
			of, ok := kindOf(m.Type)
			if !ok {
				return e.problemf("malformed", "nieznany rodzaj członka relacji: „%s”.", "an unknown kind of member: “%s”.", clip(m.Type, 40))
			}
			e.members = append(e.members, member{kind: of, id: m.Ref, role: m.Role, line: positions(nil, m.Geometry)})
		}
	}
	return nil
}

func positions(dst []point, from []*jsonPosition) []point {
	for _, p := range from {
		dst = append(dst, p.point())
	}
	return dst
}
