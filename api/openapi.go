package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/swaggest/jsonschema-go"
	"github.com/swaggest/openapi-go/openapi31"

	"wolnica/models"
)

// Info is what the OpenAPI document says about the whole API.
type Info struct {
	Title, Description models.Text
	Version            string
	// Tags name the groups of routes, in the order they are shown; a tag that is not here comes after them, unnamed.
	Tags []TagInfo
	// SessionCookie is the name of the cookie of a signed-in browser.
	SessionCookie string
}

// TagInfo names a group of routes.
type TagInfo struct {
	Name        string
	Title, Text models.Text
}

// GeometrySchema is the JSON Schema of a GeoJSON geometry (RFC 7946) of any type, for DescribeType.
const GeometrySchema = `{
"description": "GeoJSON geometry (RFC 7946), WGS 84, longitude before latitude.",
"type": "object",
"required": ["type"],
"properties": {
  "type": {"type": "string", "enum": ["Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection"]},
  "coordinates": {"type": "array", "items": {}},
  "geometries": {"type": "array", "items": {"type": "object"}}
},
"examples": [{"type": "Point", "coordinates": [19.93725, 50.06192]}]
}`

var described = struct {
	sync.RWMutex
	schemas map[reflect.Type]string
}{schemas: map[reflect.Type]string{}}

// DescribeType sets the JSON Schema a type is documented with, for a type with a JSON form of its own in a package that
// should not know about schemas. Types may instead have the method JSONSchemaBytes() ([]byte, error).
func DescribeType[T any](schema string) {
	if !json.Valid([]byte(schema)) {
		panic(fmt.Sprintf("the schema of %s is not JSON", reflect.TypeFor[T]()))
	}
	described.Lock()
	defer described.Unlock()
	described.schemas[reflect.TypeFor[T]()] = schema
}

// OpenAPI returns the OpenAPI 3.1 document of a table of routes, in one language. The same routes give the same bytes.
func OpenAPI(routes []Route, info Info, lang models.Language) ([]byte, error) {
	b := newDocument(routes, info, lang)
	for _, r := range routes {
		if err := b.add(r); err != nil {
			return nil, fmt.Errorf("document %s %s: %w", r.Method, r.Path, err)
		}
	}
	loose, err := json.Marshal(b.reflector.Spec)
	if err != nil {
		return nil, fmt.Errorf("write the OpenAPI document: %w", err)
	}
	var v any
	if err := jsonv2.Unmarshal(loose, &v); err != nil {
		return nil, fmt.Errorf("order the OpenAPI document: %w", err)
	}
	tidy(v)
	return jsonv2.Marshal(v, jsonv2.Deterministic(true), jsontext.WithIndent(" "))
}

// tidy removes the type the reflector leaves beside a reference or a choice with null, which would forbid the null, and
// puts null last in a list of types.
func tidy(v any) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			tidy(item)
		}
	case map[string]any:
		_, isRef := v["$ref"].(string)
		if _, isType := v["type"].(string); isType && (isRef || hasNull(map[string]any{"anyOf": v["anyOf"]})) {
			delete(v, "type")
		}
		if types, ok := v["type"].([]any); ok && len(types) == 2 && types[0] == "null" {
			types[0], types[1] = types[1], types[0]
		}
		for _, item := range v {
			tidy(item)
		}
	}
}

// hasNull reports whether a schema admits null by its type or by a choice.
func hasNull(schema map[string]any) bool {
	if types, ok := schema["type"].([]any); ok && slices.Contains(types, any("null")) {
		return true
	}
	return slices.ContainsFunc(objects(schema, "anyOf"), func(s map[string]any) bool { return s["type"] == "null" })
}

type document struct {
	reflector *openapi31.Reflector
	lang      models.Language
	// requests are the struct types that clients send: what they must send differs from what they can rely on getting.
	requests map[reflect.Type]bool
}

const schemaPrefix = "#/components/schemas/"

func newDocument(routes []Route, info Info, lang models.Language) *document {
	b := &document{reflector: openapi31.NewReflector(), lang: lang, requests: map[reflect.Type]bool{}}
	for _, r := range routes {
		if r.in.body != nil {
			b.markRequest(r.in.body.typ)
		}
	}
	spec := b.reflector.SpecEns()
	spec.Info.WithTitle(info.Title.In(lang)).WithVersion(info.Version)
	if d := info.Description.In(lang); d != "" {
		spec.Info.WithDescription(d)
	}
	for _, t := range info.Tags {
		tag := openapi31.Tag{Name: t.Name}
		text := t.Title.In(lang)
		if more := t.Text.In(lang); more != "" {
			text += ". " + more
		}
		if text != "" {
			tag.WithDescription(text)
		}
		spec.Tags = append(spec.Tags, tag)
	}
	cookie := info.SessionCookie
	if cookie == "" {
		cookie = "session"
	}
	spec.SetAPIKeySecurity("session", cookie, "cookie", b.text("Ciasteczko zalogowanej przeglądarki.", "The cookie of a signed-in browser."))
	spec.SetHTTPBearerTokenSecurity("token", "", b.text("Token dostępu użytkownika.", "A user's access token."))
	b.reflector.DefaultOptions = append(b.reflector.DefaultOptions,
		jsonschema.ProcessWithoutTags,
		jsonschema.DefinitionsPrefix(schemaPrefix),
		jsonschema.CollectDefinitions(b.collect),
		jsonschema.InterceptDefName(func(t reflect.Type, _ string) string { return schemaName(t) }),
		jsonschema.InterceptSchema(b.schemaOfType),
		jsonschema.InterceptProp(b.property),
		jsonschema.InterceptNullability(func(p jsonschema.InterceptNullabilityParams) {
			// Lists and maps are written as empty, never as null.
			if k := p.Type.Kind(); k == reflect.Slice || k == reflect.Map || k == reflect.Array || k == reflect.Struct {
				p.Schema.RemoveType(jsonschema.Null)
			}
		}),
		func(rc *jsonschema.ReflectContext) { rc.EnvelopNullability = true },
	)
	return b
}

func (b *document) text(pl, en string) string { return models.Text{PL: pl, EN: en}.In(b.lang) }

func (b *document) collect(name string, s jsonschema.Schema) {
	simple, err := s.ToSchemaOrBool().ToSimpleMap()
	if err == nil {
		b.reflector.SpecEns().ComponentsEns().WithSchemasItem(name, simple)
	}
}

// markRequest collects the struct types reachable from a request body.
func (b *document) markRequest(t reflect.Type) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Array || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || b.requests[t] {
		return
	}
	if p, ok := reflect.New(t).Interface().(patchBody); ok {
		b.markRequest(p.target())
		return
	}
	b.requests[t] = true
	for i := range t.NumField() {
		b.markRequest(t.Field(i).Type)
	}
}

var packagePath = regexp.MustCompile(`[A-Za-z0-9_./\-]+\.`)

// schemaName is the name of the Go type, with the type arguments of a generic one: Page[v1.Place] is PagePlace.
func schemaName(t reflect.Type) string {
	name := packagePath.ReplaceAllString(t.Name(), "")
	return strings.NewReplacer("[", "", "]", "", ",", "", "*", "", "·", "").Replace(name)
}

func (b *document) schemaOfType(p jsonschema.InterceptSchemaParams) (stop bool, err error) {
	if p.Processed || !p.Value.IsValid() {
		return false, nil
	}
	t := p.Value.Type()
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == reflect.TypeFor[jsontext.Value]() {
		p.Schema.Type = nil
		return true, nil
	}
	described.RLock()
	raw, ok := described.schemas[t]
	described.RUnlock()
	if !ok {
		return false, nil
	}
	keep := p.Schema.ReflectType
	if err := json.Unmarshal([]byte(raw), p.Schema); err != nil {
		return true, fmt.Errorf("the schema of %s: %w", t, err)
	}
	p.Schema.ReflectType = keep
	return true, nil
}

// property adds what the tags of a field say: its description, the rules it is validated with, and whether it is required.
func (b *document) property(p jsonschema.InterceptPropParams) error {
	if !p.Processed {
		return nil
	}
	tag := p.Field.Tag
	if d := (models.Text{PL: tag.Get("pl"), EN: tag.Get("doc")}).In(b.lang); d != "" {
		p.PropertySchema.WithDescription(d)
	}
	parent := p.ParentSchema.ReflectType
	for parent != nil && parent.Kind() == reflect.Pointer {
		parent = parent.Elem()
	}
	own, _ := tagRules(tag.Get("validate"))
	required := slices.ContainsFunc(own, func(r tagRule) bool { return r.name == "required" })
	if !b.requests[parent] {
		options := tag.Get("json")
		required = !strings.Contains(options, ",omitempty") && !strings.Contains(options, ",omitzero")
		if s := p.PropertySchema; !required && p.Field.Type.Kind() == reflect.Pointer {
			// A nil is left out, so null is never written.
			s.RemoveType(jsonschema.Null)
			if len(s.AnyOf) == 2 && s.AnyOf[1].TypeObject != nil && s.AnyOf[1].TypeObject.Ref != nil {
				s.Ref, s.AnyOf = s.AnyOf[1].TypeObject.Ref, nil
			}
		}
	} else {
		no := false
		p.ParentSchema.WithAdditionalProperties(jsonschema.SchemaOrBool{TypeBoolean: &no})
	}
	constrain(p.PropertySchema, tag.Get("validate"), p.Field.Type)
	if required && !slices.Contains(p.ParentSchema.Required, p.Name) {
		p.ParentSchema.Required = append(p.ParentSchema.Required, p.Name)
	}
	return nil
}

// constrain puts the rules of a validate tag into a schema.
func constrain(s *jsonschema.Schema, tag string, t reflect.Type) {
	own, inner := tagRules(tag)
	optional := false
	for _, r := range own {
		// With omitempty the zero value passes whatever the other rules say; a pointer has nil for that.
		if (r.name == "omitempty" || r.name == "omitzero") && t.Kind() != reflect.Pointer {
			optional = true
		}
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if !strings.Contains(tag, "|") {
		for _, r := range own {
			constrainOne(s, r, t, optional)
		}
	}
	if len(inner) > 0 && (t.Kind() == reflect.Slice || t.Kind() == reflect.Array) && s.Items != nil && s.Items.SchemaOrBool != nil &&
		s.Items.SchemaOrBool.TypeObject != nil {
		for _, r := range inner {
			constrainOne(s.Items.SchemaOrBool.TypeObject, r, t.Elem(), false)
		}
	}
}

func constrainOne(s *jsonschema.Schema, r tagRule, t reflect.Type, optional bool) {
	if codes, ok := codesOf(r.name); ok {
		setEnum(s, codes, t, optional)
		return
	}
	formats := map[string]string{"email": "email", "url": "uri", "http_url": "uri", "https_url": "uri", "uri": "uri", "uuid": "uuid"}
	switch r.name {
	case "oneof":
		setEnum(s, oneOfValues(r.argument), t, optional)
		return
	case "unique":
		s.WithUniqueItems(true)
		return
	case "datetime":
		if r.argument == "2006-01-02" && !optional {
			s.WithFormat("date")
		}
		return
	}
	if f, ok := formats[r.name]; ok {
		if !optional {
			s.WithFormat(f)
		}
		return
	}
	n, err := strconv.ParseFloat(r.argument, 64)
	if err != nil {
		return
	}
	lower := slices.Contains([]string{"min", "gte", "gt", "len"}, r.name)
	upper := slices.Contains([]string{"max", "lte", "lt", "len"}, r.name)
	strict := r.name == "gt" || r.name == "lt"
	count := int64(n)
	switch {
	case numeric(t):
		switch {
		case lower && strict && !optional:
			s.WithExclusiveMinimum(n)
		case upper && strict && (!optional || n > 0):
			s.WithExclusiveMaximum(n)
		case lower && (!optional || n <= 0):
			s.WithMinimum(n)
		case upper && (!optional || n >= 0):
			s.WithMaximum(n)
		}
	case t.Kind() == reflect.String || t.Kind() == reflect.Slice || t.Kind() == reflect.Map || t.Kind() == reflect.Array:
		if strict && lower {
			count++
		} else if strict {
			count--
		}
		if lower && !optional {
			setLeast(s, t.Kind(), count)
		}
		if upper {
			setMost(s, t.Kind(), count)
		}
	}
}

func setLeast(s *jsonschema.Schema, k reflect.Kind, n int64) {
	switch k {
	case reflect.String:
		s.WithMinLength(n)
	case reflect.Map:
		s.WithMinProperties(n)
	default:
		s.WithMinItems(n)
	}
}

func setMost(s *jsonschema.Schema, k reflect.Kind, n int64) {
	switch k {
	case reflect.String:
		s.WithMaxLength(n)
	case reflect.Map:
		s.WithMaxProperties(n)
	default:
		s.WithMaxItems(n)
	}
}

func setEnum(s *jsonschema.Schema, values []string, t reflect.Type, optional bool) {
	if t.Kind() == reflect.Slice && s.Items != nil && s.Items.SchemaOrBool != nil && s.Items.SchemaOrBool.TypeObject != nil {
		setEnum(s.Items.SchemaOrBool.TypeObject, values, t.Elem(), false)
		return
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	s.Enum = nil
	for _, v := range values {
		if n, err := strconv.ParseInt(v, 10, 64); err == nil && numeric(t) {
			s.Enum = append(s.Enum, n)
			continue
		}
		s.Enum = append(s.Enum, v)
	}
	if optional {
		s.Enum = append(s.Enum, reflect.Zero(t).Interface())
	}
	if s.HasType(jsonschema.Null) {
		s.Enum = append(s.Enum, nil)
	}
}

// schema returns the schema of a type, its named parts becoming components.
func (b *document) schema(t reflect.Type, options ...func(*jsonschema.ReflectContext)) (map[string]any, error) {
	s, err := b.reflector.Reflect(reflect.New(t).Elem().Interface(), options...)
	if err != nil {
		return nil, err
	}
	if t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		s.RemoveType(jsonschema.Null)
	}
	return s.ToSchemaOrBool().ToSimpleMap()
}

func (b *document) add(r Route) error {
	op := openapi31.Operation{}
	op.WithID(r.Doc.ID).WithTags(r.Doc.Tag).WithSummary(r.Doc.Summary.In(b.lang))
	if d := r.Doc.Description.In(b.lang); d != "" {
		op.WithDescription(d)
	}
	for _, p := range r.in.params {
		parameter, err := b.parameter(p)
		if err != nil {
			return err
		}
		op.Parameters = append(op.Parameters, openapi31.ParameterOrReference{Parameter: &parameter})
	}
	if r.in.body != nil {
		body, err := b.requestBody(r)
		if err != nil {
			return err
		}
		op.RequestBody = &openapi31.RequestBodyOrReference{RequestBody: body}
	}
	if r.Doc.Auth {
		op.Security = []map[string][]string{{"session": {}}, {"token": {}}}
	}
	responses, err := b.responses(r)
	if err != nil {
		return err
	}
	op.Responses = responses
	return b.reflector.Spec.AddOperation(strings.ToLower(r.Method), strings.ReplaceAll(r.Path, "...}", "}"), op)
}

func (b *document) parameter(p param) (openapi31.Parameter, error) {
	out := openapi31.Parameter{Name: p.name, In: openapi31.ParameterIn(p.in)}
	tag := p.field.Tag
	own, _ := tagRules(tag.Get("validate"))
	required := p.in == "path" || p.field.Type == versionType || slices.ContainsFunc(own, func(r tagRule) bool { return r.name == "required" })
	if required {
		out.WithRequired(true)
	}
	description := models.Text{PL: tag.Get("pl"), EN: tag.Get("doc")}.In(b.lang)
	t := p.field.Type
	if t == versionType {
		if description == "" {
			description = b.text("Wersja, którą się zmienia, z nagłówka ETag.", "The version being changed, from the ETag header.")
		}
		out.Schema = map[string]any{"type": "string", "pattern": `^"v[1-9][0-9]*"$`, "examples": []any{`"v3"`}}
	} else {
		s, err := b.parameterSchema(p)
		if err != nil {
			return out, fmt.Errorf("parameter %s: %w", p.name, err)
		}
		out.Schema = s
	}
	if description != "" {
		out.WithDescription(description)
	}
	if t.Kind() == reflect.Slice && p.in == "query" {
		out.WithStyle("form").WithExplode(false)
	}
	if e := tag.Get("example"); e != "" {
		out.WithExample(example(e, t))
	}
	return out, nil
}

func (b *document) parameterSchema(p param) (map[string]any, error) {
	t := p.field.Type
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	s, err := b.reflector.Reflect(reflect.New(t).Elem().Interface(), jsonschema.InlineRefs)
	if err != nil {
		return nil, err
	}
	s.RemoveType(jsonschema.Null)
	// A type that only reads text (a bounding box, a cursor) has that text for a parameter, whatever its JSON form is.
	if reflect.PointerTo(t).Implements(textUnmarshaler) && !s.HasType(jsonschema.String) {
		s = jsonschema.Schema{}
		s.AddType(jsonschema.String)
	}
	constrain(&s, p.field.Tag.Get("validate"), p.field.Type)
	if p.in == "path" && t.Kind() == reflect.Int64 {
		s.WithMinimum(1)
	}
	if d, ok := p.field.Tag.Lookup("default"); ok {
		s.WithDefault(example(d, t))
	}
	if e := p.field.Tag.Get("enum"); e != "" {
		setEnum(&s, strings.Split(e, ","), t, false)
	}
	return s.ToSchemaOrBool().ToSimpleMap()
}

// example reads the text of an example or default tag as a value of its field.
func example(text string, t reflect.Type) any {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t.Kind() == reflect.Bool:
		return text == "true"
	case numeric(t):
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n
		}
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			return n
		}
	case t.Kind() == reflect.Slice && !reflect.PointerTo(t).Implements(textUnmarshaler):
		var list []any
		for part := range strings.SplitSeq(text, ",") {
			list = append(list, example(part, t.Elem()))
		}
		return list
	}
	return text
}

func (b *document) requestBody(r Route) (*openapi31.RequestBody, error) {
	body := &openapi31.RequestBody{}
	field := r.in.body
	t := field.typ
	body.WithRequired(true)
	var s map[string]any
	var err error
	switch field.kind {
	case "json":
		if t.Kind() == reflect.Pointer {
			body.WithRequired(false)
			t = t.Elem()
		}
		s, err = b.schema(t, jsonschema.RootRef)
	case "merge-patch":
		s, err = b.patchSchema(reflect.New(t).Interface().(patchBody).target())
	case "multipart":
		s = map[string]any{"type": "object"}
	default:
		s = map[string]any{"type": "string", "contentEncoding": "binary"}
	}
	if err != nil {
		return nil, err
	}
	mediaTypes := field.mediaTypes(r.Doc.Accepts)
	if len(mediaTypes) == 0 {
		mediaTypes = []string{"application/octet-stream"}
	}
	for _, m := range mediaTypes {
		body.WithContentItem(m, openapi31.MediaType{Schema: s})
	}
	return body, nil
}

// patchSchema is the schema of T with nothing required and every member removable with null.
func (b *document) patchSchema(t reflect.Type) (map[string]any, error) {
	name := schemaName(t) + "Patch"
	ref := map[string]any{"$ref": schemaPrefix + name}
	components := b.reflector.SpecEns().ComponentsEns()
	if _, done := components.Schemas[name]; done {
		return ref, nil
	}
	s, err := b.schema(t)
	if err != nil {
		return nil, err
	}
	delete(s, "required")
	if properties, ok := s["properties"].(map[string]any); ok {
		for key := range properties {
			property := at(properties, key)
			// Objects inside are patched too, so what they require need not be in the patch.
			b.loosen(property)
			if hasNull(property) {
				continue
			}
			removable := map[string]any{"anyOf": []any{property, map[string]any{"type": "null"}}}
			if d, ok := property["description"]; ok {
				removable["description"] = d
				delete(property, "description")
			}
			properties[key] = removable
		}
	}
	components.WithSchemasItem(name, s)
	return ref, nil
}

// loosen replaces a reference to an object by a plain object, since a patch may hold a part of it.
func (b *document) loosen(p map[string]any) {
	for _, alternative := range objects(p, "anyOf") {
		b.loosen(alternative)
	}
	ref, ok := p["$ref"].(string)
	if !ok {
		return
	}
	name := strings.TrimPrefix(ref, schemaPrefix)
	if component := b.reflector.Spec.Components.Schemas[name]; component["type"] != "object" {
		return
	}
	delete(p, "$ref")
	p["type"] = "object"
	p["$comment"] = "a part of " + name
}

func (b *document) responses(r Route) (*openapi31.Responses, error) {
	out := &openapi31.Responses{}
	headers := map[string]openapi31.HeaderOrReference{}
	for _, h := range r.out.headers {
		header := openapi31.Header{Schema: map[string]any{"type": "string"}}
		d := models.Text{PL: h.field.Tag.Get("pl"), EN: h.field.Tag.Get("doc")}.In(b.lang)
		if d == "" && h.name == "ETag" {
			d = b.text("Wersja rekordu; podaje się ją w If-Match.", "The version of the record, for If-Match.")
		}
		if d != "" {
			header.WithDescription(d)
		}
		headers[h.name] = openapi31.HeaderOrReference{Header: &header}
	}
	for _, status := range r.Doc.Statuses {
		response := &openapi31.Response{Description: statusText(status, b.lang), Headers: headers}
		if r.out.body != nil && status != http.StatusNoContent {
			if r.out.stream {
				produces := r.Doc.Produces
				if len(produces) == 0 {
					produces = []string{"application/octet-stream"}
				}
				for _, m := range produces {
					response.WithContentItem(m, openapi31.MediaType{})
				}
			} else {
				s, err := b.schema(r.out.bodyType, jsonschema.RootRef)
				if err != nil {
					return nil, err
				}
				response.WithContentItem(r.out.mediaType, openapi31.MediaType{Schema: s})
			}
		}
		out.WithMapOfResponseOrReferenceValuesItem(strconv.Itoa(status), openapi31.ResponseOrReference{Response: response})
	}
	if _, tagged := headers["ETag"]; tagged && r.Method == http.MethodGet {
		out.WithMapOfResponseOrReferenceValuesItem("304", openapi31.ResponseOrReference{
			Response: &openapi31.Response{Description: statusText(http.StatusNotModified, b.lang)}})
	}
	problem, err := b.schema(reflect.TypeFor[Problem](), jsonschema.RootRef)
	if err != nil {
		return nil, err
	}
	for _, code := range r.codes() {
		kind := problems[code]
		response := &openapi31.Response{Description: kind.title.In(b.lang)}
		response.WithContentItem(ProblemType, openapi31.MediaType{Schema: problem})
		out.WithMapOfResponseOrReferenceValuesItem(strconv.Itoa(kind.status), openapi31.ResponseOrReference{Response: response})
	}
	other := &openapi31.Response{Description: b.text("Inny problem", "Another problem")}
	other.WithContentItem(ProblemType, openapi31.MediaType{Schema: problem})
	out.Default = &openapi31.ResponseOrReference{Response: other}
	return out, nil
}

// codes are the problems a route can answer with: those that follow from its types, and the ones its Doc adds.
func (r Route) codes() []models.Code {
	has := map[models.Code]bool{models.CodeMalformed: true}
	for _, p := range r.in.params {
		switch {
		case p.in == "path":
			has[models.CodeNotFound] = true
		case p.field.Type == versionType:
			has[models.CodePreconditionRequired], has[models.CodeStale] = true, true
		}
	}
	if r.in.body != nil {
		has[models.CodeTooLarge], has[models.CodeUnsupportedMedia], has[models.CodeInvalid] = true, true, true
	}
	if r.Doc.Auth {
		has[models.CodeUnauthenticated], has[models.CodeForbidden] = true, true
	}
	for _, c := range r.Doc.Problems {
		has[c] = true
	}
	var out []models.Code
	for _, c := range problemCodes {
		if has[c] {
			out = append(out, c)
		}
	}
	return out
}

func statusText(status int, lang models.Language) string {
	texts := map[int]models.Text{
		http.StatusOK: {PL: "Wykonano", EN: "Done"}, http.StatusCreated: {PL: "Utworzono", EN: "Created"},
		http.StatusAccepted: {PL: "Przyjęto do wykonania", EN: "Accepted"}, http.StatusNoContent: {PL: "Wykonano, bez treści", EN: "Done, no content"},
		http.StatusNotModified: {PL: "Bez zmian", EN: "Not modified"}, http.StatusPartialContent: {PL: "Część treści", EN: "Partial content"},
	}
	if t, ok := texts[status]; ok {
		return t.In(lang)
	}
	return http.StatusText(status)
}
