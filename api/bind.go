package api

import (
	"bytes"
	"context"
	"encoding"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"wolnica/models"
)

// DefaultBodyLimit is the largest body taken where a route does not say otherwise: 1 MiB.
const DefaultBodyLimit = 1 << 20

// Media types of the bodies that are decoded here.
const (
	jsonType       = "application/json"
	mergePatchType = "application/merge-patch+json"
	multipartType  = "multipart/form-data"
)

// DetailedError is what a type that decodes itself (a geometry, say) returns to point inside its own value: path is a
// JSON pointer relative to the value, code the broken rule, pl and en what was wrong and what would be right.
type DetailedError interface {
	error
	Problem() (path, code, pl, en string)
}

// Expecter is a type that decodes itself and says what it expects, in the genitive in Polish
// ("daty w postaci 2026-05-01") and after "Expected" in English ("a date such as 2026-05-01").
type Expecter interface {
	Expected() (pl, en string)
}

var malformedParameters = models.Text{PL: "Parametry żądania nie są poprawne.", EN: "The parameters of the request are not correct."}

// input is how one type of input is bound, worked out once when its route is declared.
type input struct {
	typ    reflect.Type
	params []param
	body   *bodyField
	query  []string
	// rulesOfQuery says that only query parameters have rules: whether a request keeps them follows from its query alone.
	rulesOfQuery bool
	// kept are queries that kept the rules, so that those asked for again and again, such as a map's, are judged once.
	kept      sync.Map
	keptCount atomic.Int32
}

// keptMost and keptLength bound the queries that are remembered.
const keptMost, keptLength = 1000, 500

type param struct {
	in    string // path, query or header
	name  string
	index []int
	field reflect.StructField
	// preset is the default; nil is none.
	preset []string
}

type bodyField struct {
	kind  string // json, merge-patch, multipart or stream
	index []int
	typ   reflect.Type
}

var (
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
	versionType     = reflect.TypeFor[Version]()
)

// planInput reads the tags of an input struct; a tag that cannot be bound is an error of the programmer.
func planInput(t reflect.Type) (*input, error) {
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("input %s is not a struct", t)
	}
	in := &input{typ: t, rulesOfQuery: true}
	for _, f := range reflect.VisibleFields(t) {
		if f.Anonymous || !f.IsExported() {
			continue
		}
		if kind, ok := f.Tag.Lookup("body"); ok {
			if in.body != nil {
				return nil, fmt.Errorf("input %s has two bodies", t)
			}
			if err := checkBody(kind, f.Type); err != nil {
				return nil, fmt.Errorf("input %s, field %s: %w", t, f.Name, err)
			}
			in.body, in.rulesOfQuery = &bodyField{kind: kind, index: f.Index, typ: f.Type}, false
			continue
		}
		p := param{index: f.Index, field: f}
		for _, where := range []string{"path", "query", "header"} {
			if name, ok := f.Tag.Lookup(where); ok {
				p.in, p.name = where, name
			}
		}
		if p.in == "" {
			return nil, fmt.Errorf("input %s, field %s: no path, query, header or body tag", t, f.Name)
		}
		if !bindable(f.Type) {
			return nil, fmt.Errorf("input %s, field %s: a parameter cannot be a %s", t, f.Name, f.Type)
		}
		if p.in == "query" {
			in.query = append(in.query, p.name)
			if d, ok := f.Tag.Lookup("default"); ok {
				p.preset = []string{d}
			}
		} else if f.Tag.Get("validate") != "" {
			in.rulesOfQuery = false
		}
		in.params = append(in.params, p)
	}
	slices.Sort(in.query)
	return in, nil
}

func checkBody(kind string, t reflect.Type) error {
	switch kind {
	case "json":
		return nil
	case "merge-patch":
		if _, ok := reflect.New(t).Interface().(patchBody); !ok {
			return errors.New("a merge-patch body must be a Patch")
		}
		return nil
	case "multipart":
		if t != reflect.TypeFor[*multipart.Reader]() {
			return errors.New("a multipart body must be a *multipart.Reader")
		}
		return nil
	case "stream":
		if t != reflect.TypeFor[io.Reader]() {
			return errors.New("a stream body must be an io.Reader")
		}
		return nil
	}
	return fmt.Errorf("unknown kind of body %q", kind)
}

func bindable(t reflect.Type) bool {
	if reflect.PointerTo(t).Implements(textUnmarshaler) {
		return true
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		return t.Elem().Kind() != reflect.Pointer && t.Elem().Kind() != reflect.Slice && bindable(t.Elem())
	case reflect.String, reflect.Bool, reflect.Int, reflect.Int64, reflect.Int32, reflect.Float64:
		return true
	}
	return false
}

// Bind reads a request into In, for handlers that are not made with Handle. The rules are those of Handle.
func Bind[In any](c *gin.Context) (In, error) {
	var v In
	in, err := planInput(reflect.TypeFor[In]())
	if err != nil {
		return v, err
	}
	err = in.bind(c, reflect.ValueOf(&v).Elem(), DefaultBodyLimit, nil)
	return v, err
}

// bind fills v from the request: first the path, then the other parameters, all their faults together, then the body,
// then the rules of the validate tags.
func (in *input) bind(c *gin.Context, v reflect.Value, limit int64, mediaTypes []string) error {
	if err := in.bindParams(c, v); err != nil {
		return err
	}
	if in.body != nil {
		if err := in.body.bind(c, v.FieldByIndex(in.body.index), limit, mediaTypes); err != nil {
			return err
		}
	}
	raw := c.Request.URL.RawQuery
	if !in.rulesOfQuery || len(raw) > keptLength {
		return in.validate(v)
	}
	if _, kept := in.kept.Load(raw); kept {
		return nil
	}
	err := in.validate(v)
	if err == nil && in.keptCount.Load() < keptMost {
		in.keptCount.Add(1)
		in.kept.Store(raw, nil)
	}
	return err
}

func (in *input) bindParams(c *gin.Context, v reflect.Value) error {
	query, err := parseQuery(c.Request.URL.RawQuery)
	if err != nil {
		return err
	}
	var faults []models.FieldError
	for name := range query {
		if !slices.Contains(in.query, name) {
			faults = append(faults, unknownParameter(name, in.query))
		}
	}
	slices.SortFunc(faults, func(a, b models.FieldError) int { return strings.Compare(a.Parameter, b.Parameter) })
	for i := range in.params {
		p := &in.params[i]
		if p.in == "query" && p.preset == nil && len(query[p.name]) == 0 {
			continue
		}
		field := v.FieldByIndex(p.index)
		switch p.in {
		case "path":
			value := strings.TrimPrefix(c.Param(p.name), "/")
			if !validText(value) || p.set(field, []string{value}) != nil || !inPath(field) {
				return models.ErrNotFound()
			}
			continue
		case "header":
			values := c.Request.Header.Values(p.name)
			if p.field.Type == versionType {
				version, err := IfMatch(strings.Join(values, ", "))
				if err != nil {
					return err
				}
				field.SetInt(int64(version))
				continue
			}
			if len(values) > 0 {
				if f := p.set(field, values); f != nil {
					faults = append(faults, *f)
				}
			}
		case "query":
			values, given := query[p.name]
			if !given {
				values = p.preset
			}
			if values != nil {
				if f := p.set(field, values); f != nil {
					faults = append(faults, *f)
				}
			}
		}
	}
	if len(faults) > 0 {
		return &models.Error{Code: models.CodeMalformed, Message: malformedParameters, Fields: faults}
	}
	return nil
}

// inPath keeps numbers in paths to those that can name something: an int64 is an id, 1 and up; other integers 0 and up.
func inPath(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Int64:
		return v.Int() > 0
	case reflect.Int, reflect.Int32:
		return v.Int() >= 0
	}
	return true
}

func validText(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }

// parseQuery is url.ParseQuery with a fault for what that lets pass in silence.
func parseQuery(raw string) (url.Values, error) {
	query, err := url.ParseQuery(raw)
	for name, list := range query {
		if !validText(name) || slices.ContainsFunc(list, func(s string) bool { return !validText(s) }) {
			err = errors.New("not UTF-8")
		}
	}
	if err != nil {
		return nil, models.NewError(models.CodeMalformed, "Nie można odczytać zapytania w adresie (kodowanie procentowe, UTF-8).",
			"The query of the address cannot be read (percent encoding, UTF-8).")
	}
	return query, nil
}

func unknownParameter(name string, allowed []string) models.FieldError {
	f := models.FieldError{Parameter: name, Code: "unknown"}
	if len(allowed) == 0 {
		f.Message = models.Text{PL: "Ten adres nie przyjmuje parametrów.", EN: "This address takes no parameters."}
		return f
	}
	list := strings.Join(allowed, ", ")
	f.Message = models.Text{PL: "Nieznany parametr. Dozwolone: " + list + ".", EN: "Unknown parameter. Allowed: " + list + "."}
	return f
}

// set puts the values of one parameter into its field.
func (p *param) set(field reflect.Value, values []string) *models.FieldError {
	t := field.Type()
	if t.Kind() == reflect.Slice && !reflect.PointerTo(t).Implements(textUnmarshaler) {
		list := reflect.MakeSlice(t, 0, len(values))
		for _, value := range values {
			for part := range strings.SplitSeq(value, ",") {
				if part == "" {
					continue
				}
				item := reflect.New(t.Elem()).Elem()
				if f := p.setOne(item, part); f != nil {
					return f
				}
				list = reflect.Append(list, item)
			}
		}
		field.Set(list)
		return nil
	}
	if len(values) > 1 {
		return &models.FieldError{Parameter: p.name, Code: "repeated", Message: models.Text{
			PL: "Parametr można podać tylko raz.", EN: "The parameter may be given only once."}}
	}
	if t.Kind() == reflect.Pointer {
		field.Set(reflect.New(t.Elem()))
		return p.setOne(field.Elem(), values[0])
	}
	return p.setOne(field, values[0])
}

func (p *param) setOne(v reflect.Value, text string) *models.FieldError {
	if !validText(text) {
		return &models.FieldError{Parameter: p.name, Code: "format", Message: models.Text{
			PL: "Niedozwolone znaki.", EN: "Characters that are not allowed."}}
	}
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		err := u.UnmarshalText([]byte(text))
		if err == nil {
			return nil
		}
		var detailed DetailedError
		if errors.As(err, &detailed) {
			_, code, pl, en := detailed.Problem()
			return &models.FieldError{Parameter: p.name, Code: code, Message: models.Text{PL: pl, EN: en}}
		}
		return p.wrongType(v.Type())
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
		return nil
	case reflect.Bool:
		if text == "true" || text == "false" {
			v.SetBool(text == "true")
			return nil
		}
	case reflect.Int, reflect.Int32, reflect.Int64:
		n, err := strconv.ParseInt(text, 10, v.Type().Bits())
		if err == nil && text[0] != '+' {
			v.SetInt(n)
			return nil
		}
	case reflect.Float64:
		n, err := strconv.ParseFloat(text, 64)
		if err == nil && !math.IsNaN(n) && !math.IsInf(n, 0) && !strings.ContainsAny(text, "xX_") {
			v.SetFloat(n)
			return nil
		}
	}
	return p.wrongType(v.Type())
}

func (p *param) wrongType(t reflect.Type) *models.FieldError {
	want := expected(t)
	return &models.FieldError{Parameter: p.name, Code: "type", Message: models.Text{
		PL: "Oczekiwano " + want.PL + ".", EN: "Expected " + want.EN + "."}}
}

func (b *bodyField) bind(c *gin.Context, field reflect.Value, limit int64, mediaTypes []string) error {
	if limit == 0 {
		limit = DefaultBodyLimit
	}
	r := c.Request
	r.Body = http.MaxBytesReader(c.Writer, r.Body, limit)
	if r.ContentLength > limit {
		return tooLargeError(limit)
	}
	if e := r.Header.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return models.NewError(models.CodeUnsupportedMedia, "Treść musi być bez kompresji (Content-Encoding).",
			"The body must not be compressed (Content-Encoding).")
	}
	want := b.mediaTypes(mediaTypes)
	optional := b.kind == "json" && b.typ.Kind() == reflect.Pointer
	if optional && r.ContentLength == 0 {
		return nil
	}
	media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	charset := params["charset"]
	if err != nil || !slices.Contains(want, media) && len(want) > 0 || charset != "" && !strings.EqualFold(charset, "utf-8") {
		if b.kind == "merge-patch" {
			c.Header("Accept-Patch", mergePatchType)
		}
		list := strings.Join(want, ", ")
		return models.NewError(models.CodeUnsupportedMedia, "Oczekiwano treści typu "+list+" (nagłówek Content-Type).",
			"Expected a body of type "+list+" (the Content-Type header).")
	}
	switch b.kind {
	case "multipart":
		m, err := r.MultipartReader()
		if err != nil {
			return models.NewError(models.CodeMalformed, "Nie można odczytać formularza wieloczęściowego (boundary).",
				"The multipart form cannot be read (boundary).")
		}
		field.Set(reflect.ValueOf(m))
		return nil
	case "stream":
		field.Set(reflect.ValueOf(r.Body))
		return nil
	}
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return BodyError(err)
	}
	if b.kind == "merge-patch" {
		return field.Addr().Interface().(patchBody).setPatch(data)
	}
	return decodeJSON(data, field.Addr().Interface())
}

func (b *bodyField) mediaTypes(declared []string) []string {
	switch b.kind {
	case "json":
		return []string{jsonType}
	case "merge-patch":
		return []string{mergePatchType}
	case "multipart":
		return []string{multipartType}
	}
	return declared
}

// BodyError says what a failed read of a multipart or stream body means: too large, out of time, or otherwise the
// client's fault, since it sent what cannot be read or broke off. Handlers pass it every error of such a read.
func BodyError(err error) error {
	var tooLarge *http.MaxBytesError
	var known *models.Error
	if err == nil || errors.As(err, &tooLarge) || errors.As(err, &known) || errors.Is(err, context.Canceled) ||
		errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return &models.Error{Code: models.CodeMalformed, Message: brokenBody, Err: err}
}

var brokenBody = models.Text{PL: "Treść żądania urwała się albo nie jest we właściwej postaci.",
	EN: "The body broke off or is not in the right form."}

// inputOptions: names are case-sensitive and known, null only goes where it means something. The library itself refuses
// repeated names, invalid UTF-8 and text after the value.
var inputOptions = json.JoinOptions(
	json.RejectUnknownMembers(true),
	json.WithUnmarshalers(json.UnmarshalFromFunc(func(dec *jsontext.Decoder, v any) error {
		t := reflect.TypeOf(v)
		if dec.PeekKind() != 'n' || t.Kind() != reflect.Pointer || nullable(t.Elem()) {
			return errors.ErrUnsupported
		}
		if err := dec.SkipValue(); err != nil {
			return err
		}
		return &json.SemanticError{JSONKind: 'n', GoType: t.Elem(), Err: errNull}
	})),
)

// outputOptions: the same value always gives the same bytes; nil lists and maps are empty, never null.
var outputOptions = json.JoinOptions(json.Deterministic(true), jsontext.AllowInvalidUTF8(false))

var errNull = errors.New("null is not a value here")

func nullable(t reflect.Type) bool {
	return t.Kind() == reflect.Pointer || t.Kind() == reflect.Interface || decodesItself(t)
}

var (
	jsonUnmarshaler     = reflect.TypeFor[json.Unmarshaler]()
	jsonUnmarshalerFrom = reflect.TypeFor[json.UnmarshalerFrom]()
)

// decodesItself reports whether a type has its own JSON form, which says nothing about its fields.
func decodesItself(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(jsonUnmarshaler) || p.Implements(jsonUnmarshalerFrom)
}

// DecodeJSON reads one JSON value into out, a pointer, as strictly as a request body, and checks its validate tags.
// Its errors are models.Error values that point at the wrong field. Imports use it to judge a record like the API would.
func DecodeJSON(data []byte, out any) error {
	if err := decodeJSON(data, out); err != nil {
		return err
	}
	return validateBody(out)
}

func decodeJSON(data []byte, out any) error {
	if len(bytes.TrimSpace(data)) == 0 {
		return models.NewError(models.CodeMalformed, "Brak treści: oczekiwano dokumentu JSON.",
			"The body is empty: expected a JSON document.")
	}
	if err := checkNUL(data); err != nil {
		return err
	}
	if err := json.Unmarshal(data, out, inputOptions); err != nil {
		return decodeError(data, err)
	}
	return nil
}

// checkNUL refuses U+0000 in any string: PostgreSQL cannot store it.
func checkNUL(data []byte) error {
	if !bytes.Contains(data, []byte(`\u0000`)) {
		return nil
	}
	dec := jsontext.NewDecoder(bytes.NewReader(data))
	for {
		token, err := dec.ReadToken()
		if err != nil {
			// A fault of syntax is the decoder's to report.
			return nil
		}
		if token.Kind() == '"' && strings.Contains(token.String(), "\x00") {
			return models.Invalid(string(dec.StackPointer()), "format", "Znak U+0000 jest niedozwolony.",
				"The character U+0000 is not allowed.")
		}
	}
}

// decodeError turns an error of the JSON library into one for people.
func decodeError(data []byte, err error) error {
	var known *models.Error
	var detailed DetailedError
	var semantic *json.SemanticError
	if errors.As(err, &semantic) {
		at := string(semantic.JSONPointer)
		switch {
		case errors.As(semantic.Err, &detailed):
			path, code, pl, en := detailed.Problem()
			return models.Invalid(at+path, code, pl, en)
		case errors.As(semantic.Err, &known):
			inner := *known
			if inner.Fields = slices.Clone(inner.Fields); len(inner.Fields) == 0 {
				return models.Invalid(at, "format", inner.Message.PL, inner.Message.EN)
			}
			for i := range inner.Fields {
				inner.Fields[i].Pointer = at + inner.Fields[i].Pointer
			}
			return &inner
		case errors.Is(err, json.ErrUnknownName):
			return unknownName(at, semantic.GoType)
		case errors.Is(err, strconv.ErrRange):
			return models.Invalid(at, "range", "Liczba jest poza zakresem, który można zapisać.",
				"The number is outside the range that can be stored.")
		case semantic.GoType != nil:
			return typeError(at, semantic.GoType, semantic.JSONKind)
		}
	}
	if errors.As(err, &detailed) {
		path, code, pl, en := detailed.Problem()
		return models.Invalid(path, code, pl, en)
	}
	fault := models.FieldError{Code: "syntax"}
	var syntactic *jsontext.SyntacticError
	if errors.As(err, &syntactic) {
		fault.Pointer = string(syntactic.JSONPointer)
		line, column := position(data, syntactic.ByteOffset)
		where := fmt.Sprintf("%d:%d", line, column)
		switch {
		case errors.Is(err, jsontext.ErrDuplicateName):
			fault.Code = "duplicate"
			fault.Message = models.Text{PL: "Pole występuje więcej niż raz.", EN: "The field occurs more than once."}
		case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
			fault.Message = models.Text{PL: "Dokument JSON urywa się (wiersz:kolumna " + where + ").",
				EN: "The JSON document breaks off (line:column " + where + ")."}
		case !utf8.Valid(data):
			fault.Message = models.Text{PL: "Tekst nie jest w UTF-8.", EN: "The text is not UTF-8."}
		default:
			fault.Message = models.Text{PL: "Błąd składni JSON (wiersz:kolumna " + where + ").",
				EN: "JSON syntax error (line:column " + where + ")."}
		}
	} else {
		fault.Message = models.Text{PL: "Niepoprawny dokument JSON.", EN: "Not a correct JSON document."}
	}
	return &models.Error{Code: models.CodeMalformed, Message: malformedBody, Fields: []models.FieldError{fault}, Err: err}
}

// position counts lines and columns (in bytes) from 1.
func position(data []byte, offset int64) (line, column int) {
	before := data[:min(max(offset, 0), int64(len(data)))]
	return bytes.Count(before, []byte{'\n'}) + 1, len(before) - (bytes.LastIndexByte(before, '\n') + 1) + 1
}

func unknownName(pointer string, t reflect.Type) error {
	f := models.FieldError{Pointer: pointer, Code: "unknown", Message: models.Text{PL: "Nieznane pole.", EN: "Unknown field."}}
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t != nil && t.Kind() == reflect.Struct {
		var names []string
		for name := range jsonFields(t) {
			names = append(names, name)
		}
		slices.Sort(names)
		list := strings.Join(names, ", ")
		f.Message.PL += " Dozwolone: " + list + "."
		f.Message.EN += " Allowed: " + list + "."
	}
	return &models.Error{Code: models.CodeMalformed, Message: malformedBody, Fields: []models.FieldError{f}}
}

func typeError(pointer string, t reflect.Type, got jsontext.Kind) error {
	want := expected(t)
	pl, en := "Oczekiwano "+want.PL, "Expected "+want.EN
	if g, ok := kindWords[got]; ok && (got != '0' || !numeric(t)) {
		pl += "; jest " + g.PL
		en += "; got " + g.EN
	}
	return models.Invalid(pointer, "type", pl+".", en+".")
}

func numeric(t reflect.Type) bool { return t.Kind() >= reflect.Int && t.Kind() <= reflect.Float64 }

var kindWords = map[jsontext.Kind]models.Text{
	'n': {PL: "null", EN: "null"},
	't': {PL: "wartość logiczna", EN: "a boolean"},
	'f': {PL: "wartość logiczna", EN: "a boolean"},
	'"': {PL: "tekst", EN: "a string"},
	'0': {PL: "liczba", EN: "a number"},
	'{': {PL: "obiekt", EN: "an object"},
	'[': {PL: "tablica", EN: "an array"},
}

// expected says what a Go type takes, in words for a person.
func expected(t reflect.Type) models.Text {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if e, ok := reflect.New(t).Interface().(Expecter); ok {
		pl, en := e.Expected()
		return models.Text{PL: pl, EN: en}
	}
	if t == reflect.TypeFor[time.Time]() {
		return models.Text{PL: "daty i czasu RFC 3339, np. 2026-05-01T12:00:00Z", EN: "an RFC 3339 date and time such as 2026-05-01T12:00:00Z"}
	}
	if reflect.PointerTo(t).Implements(textUnmarshaler) {
		return models.Text{PL: "tekstu w ustalonej postaci", EN: "a string in its set form"}
	}
	switch t.Kind() {
	case reflect.Bool:
		return models.Text{PL: "wartości true albo false", EN: "true or false"}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return models.Text{PL: "liczby całkowitej", EN: "an integer"}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return models.Text{PL: "liczby całkowitej nieujemnej", EN: "a non-negative integer"}
	case reflect.Float32, reflect.Float64:
		return models.Text{PL: "liczby", EN: "a number"}
	case reflect.String:
		return models.Text{PL: "tekstu", EN: "a string"}
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return models.Text{PL: "tekstu w base64", EN: "a base64 string"}
		}
		return models.Text{PL: "tablicy", EN: "an array"}
	}
	return models.Text{PL: "obiektu", EN: "an object"}
}

// jsonFields returns the fields of a struct by their JSON names, those of embedded structs included.
func jsonFields(t reflect.Type) map[string]reflect.StructField {
	out := map[string]reflect.StructField{}
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || name == "-" || f.Anonymous && name == "" || options == "embed" {
			continue
		}
		if name == "" {
			name = f.Name
		}
		if have, ok := out[name]; !ok || len(f.Index) < len(have.Index) {
			out[name] = f
		}
	}
	return out
}
