package osm

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"wolnica/geo"
)

const (
	// maxXMLTag bounds one tag of the XML.
	maxXMLTag = 1 << 20
	// maxXMLDepth is deeper than OSM XML ever is.
	maxXMLDepth = 16
)

// osmXML reads OSM XML 0.6, and the variants of Overpass with geometry in place.
type osmXML struct {
	text
	element element
	// weight is how much text the element has so far.
	weight int
	buffer *bufio.Reader
	line   int64
	tag    []byte
	// rest is what follows the name in tag, attrs what parse made of it. spoilt says that a value could not be read.
	rest   []byte
	attrs  []attribute
	spoilt bool
	open   []string
}

// attribute is a part of osmXML.tag as it is written.
type attribute struct{ name, value []byte }

func (x *osmXML) problemf(code, pl, en string, args ...any) *geo.Problem {
	at := problemf(code, pl, en, args...)
	return &geo.Problem{Code: code, PL: fmt.Sprintf("Wiersz %d: %s", x.line+1, at.PL), EN: fmt.Sprintf("Line %d: %s", x.line+1, at.EN)}
}

func (x *osmXML) malformed() *geo.Problem {
	return x.problemf("malformed", "błąd składni XML.", "XML syntax error.")
}

func (x *osmXML) scan(which kinds, _ bool, visit visitor) error {
	in, err := x.text.open()
	if err != nil {
		return err
	}
	if x.buffer == nil {
		x.buffer = bufio.NewReaderSize(in, 64<<10)
	}
	x.buffer.Reset(in)
	x.line, x.open, x.spoilt = 0, x.open[:0], false
	inside, skipped, root := false, false, false
	for {
		name, shape, err := x.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if shape != closing {
			if len(x.open) == 0 {
				if root {
					return x.malformed()
				}
				if name != "osm" {
					return x.problemf("unsupported", "oczekiwano elementu <osm>, a jest <%s>.", "<osm> was expected, not <%s>.", clip(name, 40))
				}
				root = true
			}
			if len(x.open) >= maxXMLDepth {
				return x.malformed()
			}
			if k, ok := kindOf(name); ok && len(x.open) == 1 {
				inside, skipped = true, which&(1<<k) == 0
				if !skipped {
					if skipped, err = x.begin(k); err != nil {
						return err
					}
				}
			} else if inside && !skipped {
				if err := x.part(name); err != nil {
					return err
				}
			}
			if x.spoilt {
				return x.malformed()
			}
			if shape == opening {
				x.open = append(x.open, name)
				continue
			}
		} else if n := len(x.open); n == 0 || x.open[n-1] != name {
			return x.malformed()
		} else {
			x.open = x.open[:n-1]
		}
		if inside && len(x.open) == 1 {
			if !skipped {
				if _, err := visit(&x.element); err != nil {
					return err
				}
			}
			inside = false
		}
	}
	if len(x.open) > 0 || !root {
		return x.problemf("truncated", "plik XML jest urwany.", "the XML is cut off.")
	}
	return nil
}

// clip shortens what a message quotes.
func clip(s string, most int) string {
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

func kindOf(name string) (kind, bool) {
	switch name {
	case "node":
		return node, true
	case "way":
		return way, true
	case "relation":
		return relation, true
	}
	return 0, false
}

type shape uint8

const (
	opening shape = iota
	closing
	empty
)

// next reads up to the end of the next tag. Text, comments and instructions are passed over.
func (x *osmXML) next() (name string, s shape, err error) {
	for {
		// To the next "<".
		for {
			skipped, err := x.buffer.ReadSlice('<')
			x.line += int64(bytes.Count(skipped, []byte{'\n'}))
			if err == nil {
				break
			}
			if err != bufio.ErrBufferFull {
				return "", 0, x.ioError(err)
			}
		}
		x.tag = x.tag[:0]
		if err := x.until('>'); err != nil {
			return "", 0, err
		}
		switch {
		case bytes.HasPrefix(x.tag, []byte("!--")):
			for len(x.tag) < 6 || !bytes.HasSuffix(x.tag, []byte("-->")) {
				if len(x.tag) > 1024 {
					x.tag = append(x.tag[:8], x.tag[len(x.tag)-2:]...)
				}
				if err := x.until('>'); err != nil {
					return "", 0, err
				}
			}
			continue
		case bytes.HasPrefix(x.tag, []byte("!")):
			return "", 0, x.problemf("unsupported", "plik XML ma deklarację <!…>, której nie czytamy.",
				"the XML has a declaration <!…> that is not read.")
		case bytes.HasPrefix(x.tag, []byte("?")):
			if i := bytes.Index(x.tag, []byte("encoding")); i >= 0 && bytes.HasPrefix(x.tag, []byte("?xml ")) {
				if e := strings.ToLower(string(x.tag[i:])); !strings.Contains(e, "utf-8") && !strings.Contains(e, "ascii") {
					return "", 0, x.problemf("encoding", "plik XML musi być w UTF-8.", "the XML must be in UTF-8.")
				}
			}
			continue
		}
		// A ">" within quotes does not end the tag.
		for quote, from := quoted(x.tag, 0), len(x.tag); quote != 0; quote, from = quoted(x.tag[from:], quote), len(x.tag) {
			if err := x.until('>'); err != nil {
				return "", 0, err
			}
		}
		return x.name()
	}
}

// until appends to x.tag up to and with the byte.
func (x *osmXML) until(end byte) error {
	for {
		part, err := x.buffer.ReadSlice(end)
		x.line += int64(bytes.Count(part, []byte{'\n'}))
		x.tag = append(x.tag, part...)
		if len(x.tag) > maxXMLTag {
			return x.problemf("too_large", "znacznik XML jest dłuższy niż 1 MB.", "an XML tag is longer than 1 MB.")
		}
		if err == nil {
			return nil
		}
		if err == io.EOF {
			return x.problemf("truncated", "plik XML jest urwany.", "the XML is cut off.")
		}
		if err != bufio.ErrBufferFull {
			return x.ioError(err)
		}
	}
}

func (x *osmXML) ioError(err error) error {
	if err == io.EOF {
		return err
	}
	if p, ok := errors.AsType[*geo.Problem](err); ok {
		return p
	}
	return fmt.Errorf("read OSM XML: %w", err)
}

// quoted is the quotation mark that is open after the part of a tag, when quote is open before it; 0 is none.
func quoted(tag []byte, quote byte) byte {
	for _, b := range tag {
		switch {
		case quote == 0 && (b == '"' || b == '\''):
			quote = b
		case b == quote:
			quote = 0
		}
	}
	return quote
}

// name takes the name off x.tag, which ends with ">".
func (x *osmXML) name() (name string, s shape, err error) {
	b := x.tag[:len(x.tag)-1]
	if len(b) > 0 && b[0] == '/' {
		return intern(bytes.TrimRight(b[1:], space)), closing, nil
	}
	if len(b) > 0 && b[len(b)-1] == '/' {
		s, b = empty, b[:len(b)-1]
	}
	end := bytes.IndexAny(b, space)
	if end < 0 {
		end = len(b)
	}
	if end == 0 {
		return "", 0, x.malformed()
	}
	x.rest = b[end:]
	return intern(b[:end]), s, nil
}

const space = " \t\r\n"

// parse finds the attributes of the tag.
func (x *osmXML) parse() error {
	b := x.rest
	if !utf8.Valid(b) {
		return x.problemf("encoding", "plik XML musi być w UTF-8.", "the XML must be in UTF-8.")
	}
	x.attrs, x.spoilt = x.attrs[:0], false
	for {
		b = bytes.TrimLeft(b, space)
		if len(b) == 0 {
			return nil
		}
		equals := bytes.IndexByte(b, '=')
		if equals <= 0 {
			return x.malformed()
		}
		key := bytes.TrimRight(b[:equals], space)
		b = bytes.TrimLeft(b[equals+1:], space)
		if len(b) < 2 || b[0] != '"' && b[0] != '\'' {
			return x.malformed()
		}
		length := bytes.IndexByte(b[1:], b[0])
		if length < 0 {
			return x.malformed()
		}
		x.attrs = append(x.attrs, attribute{key, b[1 : 1+length]})
		b = b[length+2:]
	}
}

// intern spares a copy of the names that come all the time.
func intern(b []byte) string {
	for _, name := range [...]string{"nd", "node", "tag", "way", "member", "relation"} {
		if string(b) == name {
			return name
		}
	}
	return string(b)
}

func unescape(b []byte) (string, bool) {
	if bytes.IndexByte(b, '&') < 0 {
		return string(b), true
	}
	var out []byte
	for len(b) > 0 {
		amp := bytes.IndexByte(b, '&')
		if amp < 0 {
			break
		}
		out = append(out, b[:amp]...)
		b = b[amp+1:]
		end := bytes.IndexByte(b, ';')
		if end < 0 || end > 10 {
			return "", false
		}
		switch entity := string(b[:end]); entity {
		case "amp":
			out = append(out, '&')
		case "lt":
			out = append(out, '<')
		case "gt":
			out = append(out, '>')
		case "quot":
			out = append(out, '"')
		case "apos":
			out = append(out, '\'')
		default:
			digits, ok := strings.CutPrefix(entity, "#")
			if !ok {
				return "", false
			}
			base := 10
			if hex, ok := strings.CutPrefix(digits, "x"); ok {
				digits, base = hex, 16
			}
			r, err := strconv.ParseUint(digits, base, 32)
			if err != nil || r == 0 || !utf8.ValidRune(rune(r)) {
				return "", false
			}
			out = utf8.AppendRune(out, rune(r))
		}
		b = b[end+1:]
	}
	return string(append(out, b...)), true
}

func (x *osmXML) attr(name string) (string, bool) {
	for i := range x.attrs {
		if string(x.attrs[i].name) == name {
			value, ok := unescape(x.attrs[i].value)
			x.spoilt = x.spoilt || !ok
			return value, true
		}
	}
	return "", false
}

func (x *osmXML) integer(name string) (int64, error) {
	s, ok := x.attr(name)
	if !ok {
		return 0, x.problemf("malformed", "brakuje atrybutu „%s”.", "the attribute “%s” is missing.", name)
	}
	v, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, x.problemf("malformed", "„%s” nie jest liczbą całkowitą (atrybut „%s”).",
			"“%s” is not an integer (the attribute “%s”).", clip(s, 40), name)
	}
	return v, nil
}

// position reads lat and lon; ok is false when neither is there.
func (x *osmXML) position() (p point, ok bool, err error) {
	lat, hasLat := x.attr("lat")
	lon, hasLon := x.attr("lon")
	if !hasLat && !hasLon {
		return missing, false, nil
	}
	latitude, err1 := strconv.ParseFloat(lat, 64)
	longitude, err2 := strconv.ParseFloat(lon, 64)
	if err1 != nil || err2 != nil {
		return missing, false, x.problemf("malformed", "„%s”, „%s” nie jest położeniem (lat, lon).", "“%s”, “%s” is not a position (lat, lon).",
			clip(lat, 40), clip(lon, 40))
	}
	return pointOf(longitude, latitude), true, nil
}

// begin reads the attributes of an element; skip tells that it was deleted.
func (x *osmXML) begin(k kind) (skip bool, err error) {
	e := &x.element
	e.reset(k)
	x.weight = 0
	if err := x.parse(); err != nil {
		return false, err
	}
	if e.id, err = x.integer("id"); err != nil {
		return false, err
	}
	if v, _ := x.attr("visible"); v == "false" {
		return true, nil
	}
	if v, _ := x.attr("action"); v == "delete" {
		return true, nil
	}
	if v, ok := x.attr("version"); ok {
		e.version, _ = strconv.ParseInt(v, 10, 64) // without a version it is 0, as when there is none
	}
	if v, ok := x.attr("timestamp"); ok {
		e.time = seconds(v)
	}
	if k == node {
		e.at, _, err = x.position()
	}
	return false, err
}

// seconds reads an RFC 3339 time, 0 when it is none.
func seconds(s string) int64 {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return 0
	}
	return t.Unix()
}

// part reads what stands within an element.
func (x *osmXML) part(name string) error {
	e := &x.element
	if x.weight += len(x.tag); x.weight > maxText {
		return x.problemf("too_large", "element %s ma ponad 16 MB.", "the element %s has more than 16 MB.", e.name())
	}
	if err := x.parse(); err != nil {
		return err
	}
	switch {
	case name == "tag":
		k, hasKey := x.attr("k")
		v, hasValue := x.attr("v")
		if !hasKey || !hasValue || len(e.tags) >= maxTags {
			return x.malformed()
		}
		e.tags = append(e.tags, Tag{k, v})
	case name == "nd" && x.open[len(x.open)-1] == "member" && len(e.members) > 0:
		m := &e.members[len(e.members)-1]
		p, _, err := x.position()
		if err != nil {
			return err
		}
		if len(m.line) >= maxRefs {
			return tooLong(e)
		}
		m.line = append(m.line, p)
	case name == "nd" && e.kind == way:
		p, located, err := x.position()
		if err != nil {
			return err
		}
		if len(e.refs) >= maxRefs || len(e.line) >= maxRefs {
			return tooLong(e)
		}
		if _, ok := x.attr("ref"); ok || !located {
			ref, err := x.integer("ref")
			if err != nil {
				return err
			}
			e.refs = append(e.refs, ref)
		}
		if located && len(e.line) == 0 && len(e.refs) > 1 {
			// The first ones were clipped.
			e.line = append(e.line, slices.Repeat([]point{missing}, len(e.refs)-1)...)
		}
		if located || len(e.line) > 0 {
			e.line = append(e.line, p)
		}
	case name == "member" && e.kind == relation:
		if len(e.members) >= maxRefs {
			return tooLong(e)
		}
		of, _ := x.attr("type")
		k, ok := kindOf(of)
		if !ok {
			return x.problemf("malformed", "nieznany rodzaj członka relacji: „%s”.", "an unknown kind of member: “%s”.", clip(of, 40))
		}
		ref, err := x.integer("ref")
		if err != nil {
			return err
		}
		role, _ := x.attr("role")
		e.members = append(e.members, member{kind: k, id: ref, role: role})
		if p, located, err := x.position(); err != nil {
			return err
		} else if located {
			e.members[len(e.members)-1].line = []point{p}
		}
	case name == "center":
		p, _, err := x.position()
		if err != nil {
			return err
		}
		e.center = p
	}
	return nil
}
