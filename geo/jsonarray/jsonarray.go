package jsonarray

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"wolnica/geo"
)

// MaxValue is the greatest size of one element, and of one other member, in bytes.
const MaxValue = 16 << 20

// A Reader gives the elements of an array.
type Reader struct {
	in     *input
	dec    *jsontext.Decoder
	member func(name string, v jsontext.Value) error
	depth  int
	err    error
}

// Open finds the array at the path: the names of members from the outermost object inwards, none when the document is the array.
// member, when it is not nil, is given the other members of the outermost object, those before the array now and those after it by the
// Next that answers io.EOF; the value is valid during the call.
//
// A document that is not JSON, has no such array or names a member on the way twice is a *geo.Problem of Open or of Next.
func Open(r io.Reader, path []string, member func(name string, v jsontext.Value) error) (*Reader, error) {
	buffer := bufio.NewReaderSize(r, 64<<10)
	in := &input{buffer: buffer, limit: MaxValue}
	if head, err := buffer.Peek(3); err == nil && bytes.Equal(head, []byte("\xef\xbb\xbf")) {
		_, _ = buffer.Discard(3) // they were peeked at: they are there
		in.skipped = 3
	}
	a := &Reader{in: in, dec: jsontext.NewDecoder(in), member: member, depth: len(path)}
	for i, name := range path {
		if a.dec.PeekKind() != '{' {
			if err := a.beginning(); err != nil {
				return nil, err
			}
			return nil, missing(path[:i+1])
		}
		if _, err := a.dec.ReadToken(); err != nil {
			return nil, a.broken(err)
		}
		found, err := a.members(name, i == 0)
		if err != nil {
			return nil, err
		}
		if !found {
			return nil, missing(path[:i+1])
		}
	}
	if a.dec.PeekKind() != '[' {
		if err := a.beginning(); err != nil {
			return nil, err
		}
		return nil, missing(path)
	}
	if _, err := a.dec.ReadToken(); err != nil {
		return nil, a.broken(err)
	}
	return a, nil
}

// beginning tells what is wrong with a document of which nothing was found, nil when it is JSON of another shape.
func (a *Reader) beginning() error {
	a.allow()
	if _, err := a.dec.ReadToken(); err != nil {
		if errors.Is(err, io.EOF) && a.dec.InputOffset() == 0 {
			return &geo.Problem{Code: "empty", PL: "Plik jest pusty.", EN: "The file is empty."}
		}
		return a.broken(err)
	}
	return nil
}

func missing(path []string) error {
	if len(path) == 0 {
		return &geo.Problem{Code: "records", PL: "Plik nie jest tablicą JSON.", EN: "The file is not a JSON array."}
	}
	at := strings.Join(path, ".")
	return &geo.Problem{Code: "records", PL: fmt.Sprintf("Plik nie ma tablicy „%s”.", at), EN: fmt.Sprintf("The file has no array “%s”.", at)}
}

// members reads the members of an object up to the one with the name, or to the object's end for "".
func (a *Reader) members(name string, outermost bool) (found bool, err error) {
	for {
		a.allow()
		t, err := a.dec.ReadToken()
		if err != nil {
			return false, a.broken(err)
		}
		if t.Kind() == '}' {
			return false, nil
		}
		have := t.String()
		if name != "" && have == name {
			return true, nil
		}
		v, err := a.dec.ReadValue()
		if err != nil {
			return false, a.broken(err)
		}
		if outermost && a.member != nil {
			if err := a.member(have, v); err != nil {
				return false, err
			}
		}
	}
}

// Next returns the next element, valid until the next call, or io.EOF once the document has been read to its end.
func (a *Reader) Next() (jsontext.Value, error) {
	if a.err != nil {
		return nil, a.err
	}
	v, err := a.next()
	a.err = err
	return v, err
}

func (a *Reader) next() (jsontext.Value, error) {
	a.allow()
	if a.dec.PeekKind() != ']' {
		v, err := a.dec.ReadValue()
		if err != nil {
			return nil, a.broken(err)
		}
		return v, nil
	}
	if _, err := a.dec.ReadToken(); err != nil {
		return nil, a.broken(err)
	}
	for i := range a.depth {
		if _, err := a.members("", i == a.depth-1); err != nil {
			return nil, err
		}
	}
	a.allow()
	if _, err := a.dec.ReadToken(); err == nil {
		return nil, &geo.Problem{Code: "malformed", PL: "Po końcu dokumentu JSON jest jeszcze coś w pliku.", EN: "Something follows the JSON document in the file."}
	} else if !errors.Is(err, io.EOF) {
		return nil, a.broken(err)
	}
	return nil, io.EOF
}

// Read is how many bytes were read so far.
func (a *Reader) Read() int64 { return a.in.skipped + a.dec.InputOffset() }

// allow lets the decoder read one more value of the greatest size.
func (a *Reader) allow() { a.in.limit = a.dec.InputOffset() + MaxValue }

// broken turns an error of the decoder into one that says where reading stopped.
func (a *Reader) broken(err error) error {
	if p := (*geo.Problem)(nil); errors.As(err, &p) {
		return p
	}
	at := a.dec.InputOffset()
	var syntax *jsontext.SyntacticError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return &geo.Problem{Code: "truncated", PL: fmt.Sprintf("Bajt %d: plik jest urwany.", a.in.skipped+at), EN: fmt.Sprintf("Byte %d: the file is cut off.", a.in.skipped+at)}
	case errors.As(err, &syntax):
		at = a.in.skipped + max(at, syntax.ByteOffset)
		if errors.Is(err, jsontext.ErrDuplicateName) {
			return &geo.Problem{Code: "duplicate", PL: fmt.Sprintf("Bajt %d: ta sama nazwa jest dwa razy w jednym obiekcie.", at),
				EN: fmt.Sprintf("Byte %d: the same name is there twice in one object.", at)}
		}
		return &geo.Problem{Code: "malformed", PL: fmt.Sprintf("Bajt %d: błąd składni JSON.", at), EN: fmt.Sprintf("Byte %d: JSON syntax error.", at)}
	}
	return fmt.Errorf("read JSON: %w", err)
}

// input hands the file to the decoder, no further than limit.
type input struct {
	buffer  *bufio.Reader
	skipped int64
	read    int64
	limit   int64
}

var errTooLarge = &geo.Problem{Code: "too_large", PL: "Element w pliku jest większy niż 16 MB.", EN: "An element in the file is larger than 16 MB."}

func (in *input) Read(p []byte) (int, error) {
	if in.read >= in.limit {
		return 0, errTooLarge
	}
	if room := in.limit - in.read; int64(len(p)) > room {
		p = p[:room]
	}
	n, err := in.buffer.Read(p)
	in.read += int64(n)
	return n, err
}

// Text is a value as the text of a cell: a string without its quotes, "" for null, a list of plain values a line each, and what is
// nested deeper as compact JSON.
func Text(v jsontext.Value) string {
	switch v.Kind() {
	case 'n':
		return ""
	case '"':
		b, err := jsontext.AppendUnquote(nil, v)
		if err != nil {
			return string(v)
		}
		return string(b)
	case '[':
		if lines, ok := lines(v); ok {
			return lines
		}
	case '{':
	default:
		return string(v)
	}
	compact := v.Clone()
	if err := compact.Compact(); err != nil {
		return string(v)
	}
	return string(compact)
}

// lines are the elements of an array a line each; false when one of them is nested.
func lines(v jsontext.Value) (string, bool) {
	d := jsontext.NewDecoder(bytes.NewReader(v))
	if _, err := d.ReadToken(); err != nil {
		return "", false
	}
	var all []string
	for d.PeekKind() != ']' {
		e, err := d.ReadValue()
		if err != nil || e.Kind() == '[' || e.Kind() == '{' {
			return "", false
		}
		if s := Text(e); s != "" {
			all = append(all, s)
		}
	}
	return strings.Join(all, "\n"), true
}

// Members calls each for the members of an object in their order, until it answers false. The object has been found well-formed.
func Members(v jsontext.Value, each func(name string, v jsontext.Value) bool) {
	d := jsontext.NewDecoder(bytes.NewReader(v))
	if t, err := d.ReadToken(); err != nil || t.Kind() != '{' {
		return
	}
	for d.PeekKind() == '"' {
		t, err := d.ReadToken()
		if err != nil {
			return
		}
		name := t.String()
		m, err := d.ReadValue()
		if err != nil || !each(name, m) {
			return
		}
	}
}
