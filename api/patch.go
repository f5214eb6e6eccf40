package api

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"wolnica/models"
)

// MergePatch applies a JSON Merge Patch (RFC 7396) to a document. The patch must be an object, since a patch of any
// other kind replaces the whole record, and neither text may repeat a member name. Members keep the order of current;
// new ones follow in the order of the patch; numbers keep their spelling. Failures of the patch are a models.Error.
func MergePatch(current, patch []byte) ([]byte, error) {
	p, err := parseNode(patch)
	if err != nil {
		return nil, decodeError(patch, err)
	}
	if p.members == nil {
		return nil, typeError("", reflect.TypeFor[struct{}](), p.raw.Kind())
	}
	c, err := parseNode(current)
	if err != nil {
		return nil, decodeError(current, err)
	}
	var out bytes.Buffer
	enc := jsontext.NewEncoder(&out)
	if err := mergeNode(c, p).write(enc); err != nil {
		return nil, err
	}
	return bytes.TrimRight(out.Bytes(), "\n"), nil
}

// node is a JSON value: an object when members is not nil, otherwise the raw text.
type node struct {
	raw     jsontext.Value
	members []member
}

type member struct {
	name  string
	value *node
}

// parseNode reads one value and nothing after it. Arrays stay raw: a merge patch replaces them whole.
func parseNode(data []byte) (*node, error) {
	dec := jsontext.NewDecoder(bytes.NewReader(data))
	n, err := readNode(dec)
	if err != nil {
		return nil, err
	}
	if _, err := dec.ReadToken(); !errors.Is(err, io.EOF) {
		if err == nil {
			err = &jsontext.SyntacticError{ByteOffset: dec.InputOffset(), Err: errTrailing}
		}
		return nil, err
	}
	return n, nil
}

var errTrailing = errors.New("text after the value")

func readNode(dec *jsontext.Decoder) (*node, error) {
	if dec.PeekKind() != '{' {
		v, err := dec.ReadValue()
		if err != nil {
			return nil, err
		}
		return &node{raw: v.Clone()}, nil
	}
	if _, err := dec.ReadToken(); err != nil {
		return nil, err
	}
	n := &node{members: []member{}}
	for dec.PeekKind() != '}' {
		name, err := dec.ReadToken()
		if err != nil {
			return nil, err
		}
		// The token is only valid until the next read.
		key := name.String()
		value, err := readNode(dec)
		if err != nil {
			return nil, err
		}
		n.members = append(n.members, member{key, value})
	}
	_, err := dec.ReadToken()
	return n, err
}

// mergeNode follows the pseudocode of RFC 7396, section 2.
func mergeNode(target, patch *node) *node {
	if patch.members == nil {
		return patch
	}
	out := &node{members: []member{}}
	changes := make(map[string]*node, len(patch.members))
	for _, m := range patch.members {
		changes[m.name] = m.value
	}
	if target != nil {
		for _, m := range target.members {
			change, changed := changes[m.name]
			switch {
			case !changed:
				out.members = append(out.members, m)
			case change.raw.Kind() != 'n':
				out.members = append(out.members, member{m.name, mergeNode(m.value, change)})
			}
			delete(changes, m.name)
		}
	}
	for _, m := range patch.members {
		if change, left := changes[m.name]; left && change.raw.Kind() != 'n' {
			out.members = append(out.members, member{m.name, mergeNode(nil, change)})
		}
	}
	return out
}

func (n *node) write(enc *jsontext.Encoder) error {
	if n.members == nil {
		return enc.WriteValue(n.raw)
	}
	if err := enc.WriteToken(jsontext.BeginObject); err != nil {
		return err
	}
	for _, m := range n.members {
		if err := enc.WriteToken(jsontext.String(m.name)); err != nil {
			return err
		}
		if err := m.value.write(enc); err != nil {
			return err
		}
	}
	return enc.WriteToken(jsontext.EndObject)
}

// Patch is a JSON Merge Patch of a T, the type of an input field `body:"merge-patch"`.
type Patch[T any] struct {
	raw  jsontext.Value
	root *node
}

// ParsePatch reads a patch: an object, without repeated or unknown names at any depth. The values are judged by Apply.
func ParsePatch[T any](data []byte) (Patch[T], error) {
	var p Patch[T]
	err := p.setPatch(data)
	return p, err
}

// Apply returns current with the patch merged in, decoded as strictly as a whole body and validated. Members removed
// with null take T's zero value, so that `required` refuses to lose them.
func (p Patch[T]) Apply(current T) (T, error) {
	var out T
	before, err := json.Marshal(current, outputOptions)
	if err != nil {
		return out, err
	}
	after, err := MergePatch(before, p.raw)
	if err != nil {
		return out, err
	}
	if err := decodeJSON(after, &out); err != nil {
		return out, err
	}
	return out, validateBody(&out)
}

// Names reports whether the patch says anything about the member at a JSON pointer of object names, such as "/name/pl".
func (p Patch[T]) Names(pointer string) bool {
	n := p.root
	for token := range jsontext.Pointer(pointer).Tokens() {
		if n == nil {
			return false
		}
		var next *node
		for _, m := range n.members {
			if m.name == token {
				next = m.value
			}
		}
		n = next
	}
	return n != nil
}

// Raw returns the text of the patch.
func (p Patch[T]) Raw() []byte { return p.raw }

func (p *Patch[T]) setPatch(data []byte) error {
	if err := checkNUL(data); err != nil {
		return err
	}
	n, err := parseNode(data)
	if err != nil {
		return decodeError(data, err)
	}
	if n.members == nil {
		return typeError("", reflect.TypeFor[struct{}](), n.raw.Kind())
	}
	if err := checkNames(n, reflect.TypeFor[T](), ""); err != nil {
		return err
	}
	p.raw, p.root = bytes.Clone(data), n
	return nil
}

func (p *Patch[T]) target() reflect.Type { return reflect.TypeFor[T]() }

// patchBody is how binding and documentation see a Patch of any type.
type patchBody interface {
	setPatch(data []byte) error
	target() reflect.Type
}

// checkNames refuses a name that T does not have, which a null would otherwise slip past the strict decoder.
func checkNames(n *node, t reflect.Type, pointer string) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || n.members == nil || decodesItself(t) {
		return nil
	}
	fields := jsonFields(t)
	for _, m := range n.members {
		at := pointer + "/" + escapePointer(m.name)
		f, ok := fields[m.name]
		if !ok {
			return unknownName(at, t)
		}
		if err := checkNames(m.value, f.Type, at); err != nil {
			return err
		}
	}
	return nil
}

func escapePointer(token string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(token)
}

func bytesText(n int64) string {
	switch {
	case n >= 1<<20 && n%(1<<20) == 0:
		return strconv.FormatInt(n>>20, 10) + " MiB"
	case n >= 1<<10 && n%(1<<10) == 0:
		return strconv.FormatInt(n>>10, 10) + " KiB"
	}
	return strconv.FormatInt(n, 10) + " B"
}

var malformedBody = models.Text{PL: "Nie można odczytać treści żądania.", EN: "The body cannot be read."}
