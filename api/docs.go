package api

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"
	"github.com/go-json-experiment/json"

	"wolnica/models"
)

// Addresses of the documentation.
const (
	openAPIPath = "/api/v1/openapi.json"
	docsPath    = "/api/v1/docs"
	docsCSSPath = "/api/v1/docs.css"
)

//go:embed docs.html
var docsHTML string

//go:embed docs.css
var docsCSS []byte

// Docs are the documentation of one table of routes: the OpenAPI document and a page to read it on. The zero value is
// ready. The first Mount makes the texts, which takes a good part of a second; it is safe to mount them on several engines
// at once.
type Docs struct {
	mu               sync.Mutex
	documents, pages map[models.Language][]byte // nil until they are made
	routes           []Route                    // what they were made of
	info             Info
}

// Mount serves the OpenAPI document, a page to read it on (no JavaScript, no request elsewhere), and the addresses
// that name the kinds of problems. The language is the Accept-Language one, or that of `?lang=pl` and `?lang=en`. It fails
// when the routes cannot be documented, or are others than those of an earlier Mount.
func (d *Docs) Mount(engine *gin.Engine, routes []Route, info Info) error {
	documents, pages, err := d.texts(routes, info)
	if err != nil {
		return err
	}
	serve := func(mediaType string, texts map[models.Language][]byte) gin.HandlerFunc {
		return func(c *gin.Context) {
			lang := LanguageFrom(c.Request.Context())
			switch asked := models.Language(c.Query("lang")); asked {
			case models.Polish, models.English:
				lang = asked
			}
			h := c.Writer.Header()
			h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'")
			h.Set("Content-Language", string(lang))
			h.Set("Cache-Control", "no-cache")
			addVary(h, "Accept-Language")
			AnswerBytes(c, mediaType, texts[lang])
		}
	}
	css := func(c *gin.Context) {
		c.Header("Cache-Control", "public, max-age=3600")
		c.Data(http.StatusOK, "text/css; charset=utf-8", docsCSS)
	}
	problem := func(c *gin.Context) {
		code := models.Code(c.Param("code"))
		if _, known := problems[code]; !known {
			Fail(c, models.ErrNotFound())
			return
		}
		c.Redirect(http.StatusSeeOther, docsPath+"#problem-"+string(code))
	}
	for path, handler := range map[string]gin.HandlerFunc{
		openAPIPath: serve(jsonType, documents), docsPath: serve("text/html; charset=utf-8", pages),
		docsCSSPath: css, ProblemURI(":code"): problem,
	} {
		Get(engine, path, handler)
	}
	return nil
}

// texts are the documents and the pages by language, made the first time.
func (d *Docs) texts(routes []Route, info Info) (documents, pages map[models.Language][]byte, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.documents != nil {
		if !slices.EqualFunc(d.routes, routes, sameDocs) || !reflect.DeepEqual(d.info, info) {
			return nil, nil, errors.New("these are not the routes that were documented")
		}
		return d.documents, d.pages, nil
	}
	documents, pages = map[models.Language][]byte{}, map[models.Language][]byte{}
	for _, lang := range []models.Language{models.Polish, models.English} {
		document, err := OpenAPI(routes, info, lang)
		if err != nil {
			return nil, nil, err
		}
		page, err := docsPageOf(document, routes, info, lang)
		if err != nil {
			return nil, nil, err
		}
		documents[lang], pages[lang] = document, page
	}
	d.documents, d.pages, d.routes, d.info = documents, pages, routes, info
	return documents, pages, nil
}

// sameDocs tells whether two routes are documented alike, whatever they do.
func sameDocs(a, b Route) bool {
	return a.Method == b.Method && a.Path == b.Path && a.in.typ == b.in.typ && a.out.typ == b.out.typ && reflect.DeepEqual(a.Doc, b.Doc)
}

type docsPage struct {
	Lang, Other        models.Language
	Title, Description string
	Version            string
	Tags               []docsTag
	Schemas            []docsSchema
	Problems           []docsProblem
}

type docsTag struct {
	Name, Title, Text string
	Operations        []docsOperation
}

type docsOperation struct {
	ID, Method, Path, Summary, Description string
	Auth                                   bool
	Parameters                             []docsField
	Bodies                                 []docsBody
	Responses                              []docsResponse
	Curl                                   string
}

type docsField struct {
	Name, In string
	Type     template.HTML
	Required bool
	Text     string
	Limits   string
	Example  string
}

type docsBody struct {
	MediaType string
	Type      template.HTML
}

type docsResponse struct {
	Status, Text string
	Bodies       []docsBody
	Headers      []docsField
}

type docsSchema struct {
	Name, Text string
	Type       template.HTML
	Limits     string
	Fields     []docsField
}

type docsProblem struct {
	Code   models.Code
	Status int
	Title  string
}

// docsPageOf renders the page from the finished document, so that it cannot say anything else.
func docsPageOf(document []byte, routes []Route, info Info, lang models.Language) ([]byte, error) {
	var spec map[string]any
	if err := json.Unmarshal(document, &spec); err != nil {
		return nil, fmt.Errorf("read the OpenAPI document: %w", err)
	}
	page := docsPage{Lang: lang, Other: models.English, Title: info.Title.In(lang), Description: info.Description.In(lang), Version: info.Version}
	if lang == models.English {
		page.Other = models.Polish
	}
	tags := map[string]*docsTag{}
	var order []string
	for _, t := range info.Tags {
		order = append(order, t.Name)
		tags[t.Name] = &docsTag{Name: t.Name, Title: t.Title.In(lang), Text: t.Text.In(lang)}
	}
	for _, r := range routes {
		if tags[r.Doc.Tag] == nil {
			order = append(order, r.Doc.Tag)
			tags[r.Doc.Tag] = &docsTag{Name: r.Doc.Tag, Title: r.Doc.Tag}
		}
		path := strings.ReplaceAll(r.Path, "...}", "}")
		operation := at(spec, "paths", path, strings.ToLower(r.Method))
		tag := tags[r.Doc.Tag]
		tag.Operations = append(tag.Operations, describeOperation(r, path, operation, lang))
	}
	for _, name := range order {
		if len(tags[name].Operations) > 0 {
			page.Tags = append(page.Tags, *tags[name])
		}
	}
	schemas := at(spec, "components", "schemas")
	for _, name := range sortedKeys(schemas) {
		s := at(schemas, name)
		out := docsSchema{Name: name, Text: text(s, "description"), Type: typeOf(s), Limits: limits(s), Fields: fieldsOf(s)}
		page.Schemas = append(page.Schemas, out)
	}
	for _, code := range problemCodes {
		page.Problems = append(page.Problems, docsProblem{code, problems[code].status, problems[code].title.In(lang)})
	}
	say := func(pl, en string) string { return models.Text{PL: pl, EN: en}.In(lang) }
	t, err := template.New("docs").Funcs(template.FuncMap{"say": say}).Parse(docsHTML)
	if err != nil {
		return nil, fmt.Errorf("read the page of the documentation: %w", err)
	}
	var out bytes.Buffer
	if err := t.Execute(&out, page); err != nil {
		return nil, fmt.Errorf("write the page of the documentation: %w", err)
	}
	return out.Bytes(), nil
}

func describeOperation(r Route, path string, operation map[string]any, lang models.Language) docsOperation {
	out := docsOperation{ID: r.Doc.ID, Method: r.Method, Path: path, Summary: r.Doc.Summary.In(lang),
		Description: r.Doc.Description.In(lang), Auth: r.Doc.Auth, Curl: curl(r, operation)}
	for _, p := range objects(operation, "parameters") {
		s := at(p, "schema")
		field := docsField{Name: text(p, "name"), In: text(p, "in"), Type: typeOf(s), Text: text(p, "description"), Limits: limits(s)}
		field.Required, _ = p["required"].(bool)
		if e, ok := p["example"]; ok {
			field.Example = exampleText(e)
		}
		out.Parameters = append(out.Parameters, field)
	}
	out.Bodies = bodiesOf(at(operation, "requestBody", "content"))
	responses := at(operation, "responses")
	for _, status := range sortedKeys(responses) {
		response := at(responses, status)
		described := docsResponse{Status: status, Text: text(response, "description"), Bodies: bodiesOf(at(response, "content"))}
		for _, name := range sortedKeys(at(response, "headers")) {
			h := at(response, "headers", name)
			described.Headers = append(described.Headers, docsField{Name: name, Text: text(h, "description")})
		}
		out.Responses = append(out.Responses, described)
	}
	return out
}

// curl writes a command that calls the route, with the examples of its required parameters.
func curl(r Route, operation map[string]any) string {
	url := "http://localhost:8080" + strings.ReplaceAll(r.Path, "...}", "}")
	var headers, query []string
	for _, p := range objects(operation, "parameters") {
		name, required := text(p, "name"), p["required"] == true
		value, ok := p["example"]
		if !ok {
			if examples, _ := at(p, "schema")["examples"].([]any); len(examples) > 0 {
				value, ok = examples[0], true
			}
		}
		if l, isList := value.([]any); isList {
			value = strings.Trim(strings.Join(strings.Fields(fmt.Sprint(l)), ","), "[]")
		}
		if !ok {
			value = 1
		}
		switch text(p, "in") {
		case "path":
			url = strings.ReplaceAll(url, "{"+name+"}", fmt.Sprint(value))
		case "query":
			if ok {
				query = append(query, name+"="+fmt.Sprint(value))
			}
		case "header":
			if required {
				headers = append(headers, name+": "+fmt.Sprint(value))
			}
		}
	}
	if len(query) > 0 {
		url += "?" + strings.ReplaceAll(strings.Join(query, "&"), " ", "%20")
	}
	command := []string{"curl"}
	if r.Method != http.MethodGet {
		command[0] += " -X " + r.Method
	}
	if r.Doc.Auth {
		headers = append(headers, "Authorization: Bearer $TOKEN")
	}
	content := sortedKeys(at(operation, "requestBody", "content"))
	if len(content) > 0 && content[0] != multipartType {
		headers = append(headers, "Content-Type: "+content[0])
	}
	for _, h := range headers {
		quote := "'"
		if strings.Contains(h, "$TOKEN") {
			quote = `"`
		}
		command = append(command, "-H "+quote+h+quote)
	}
	if len(content) > 0 {
		if content[0] == multipartType {
			command = append(command, "-F 'file=@file'")
		} else {
			command = append(command, "--data-binary @file")
		}
	}
	return strings.Join(append(command, "'"+url+"'"), " \\\n  ")
}

func bodiesOf(content map[string]any) []docsBody {
	var out []docsBody
	for _, mediaType := range sortedKeys(content) {
		out = append(out, docsBody{mediaType, typeOf(at(content, mediaType, "schema"))})
	}
	return out
}

func fieldsOf(s map[string]any) []docsField {
	var out []docsField
	required, _ := s["required"].([]any)
	for _, name := range sortedKeys(at(s, "properties")) {
		property := at(s, "properties", name)
		field := docsField{Name: name, Type: typeOf(property), Text: text(property, "description"), Limits: limits(property),
			Required: slices.Contains(required, any(name))}
		out = append(out, field)
	}
	// What must be there comes first.
	slices.SortStableFunc(out, func(a, b docsField) int {
		switch {
		case a.Required == b.Required:
			return 0
		case a.Required:
			return -1
		}
		return 1
	})
	return out
}

// typeOf says what a schema is in a few words, with links to the named ones.
func typeOf(s map[string]any) template.HTML {
	if ref := text(s, "$ref"); ref != "" {
		name := template.HTMLEscapeString(strings.TrimPrefix(ref, schemaPrefix))
		return template.HTML(`<a href="#schema-` + name + `">` + name + `</a>`)
	}
	for _, key := range []string{"anyOf", "oneOf", "allOf"} {
		if alternatives := objects(s, key); len(alternatives) > 0 {
			parts := make([]string, len(alternatives))
			for i, a := range alternatives {
				parts[i] = string(typeOf(a))
			}
			return template.HTML(strings.Join(parts, " | "))
		}
	}
	kind := text(s, "type")
	if kinds, ok := s["type"].([]any); ok {
		words := make([]string, len(kinds))
		for i, k := range kinds {
			words[i] = fmt.Sprint(k)
		}
		kind = strings.Join(words, " | ")
	}
	if items := at(s, "items"); strings.Contains(kind, "array") && len(items) > 0 {
		kind = template.HTMLEscapeString(strings.Replace(kind, "array", "", 1))
		return typeOf(items) + "[]" + template.HTML(kind)
	}
	if values := at(s, "additionalProperties"); kind == "object" && len(values) > 0 {
		return "{ … : " + typeOf(values) + " }"
	}
	if kind == "" {
		kind = "any"
	}
	if format := text(s, "format"); format != "" {
		kind += " (" + format + ")"
	}
	return template.HTML(template.HTMLEscapeString(kind))
}

// limits writes the values and ranges a schema allows.
func limits(s map[string]any) string {
	var parts []string
	if values, ok := s["enum"].([]any); ok {
		words := make([]string, len(values))
		for i, v := range values {
			switch v {
			case "":
				words[i] = `""`
			case nil:
				words[i] = "null"
			default:
				words[i] = fmt.Sprint(v)
			}
		}
		parts = append(parts, strings.Join(words, " · "))
	}
	for _, limit := range [][2]string{{"minimum", "≥ "}, {"exclusiveMinimum", "> "}, {"maximum", "≤ "}, {"exclusiveMaximum", "< "},
		{"minLength", "≥ # "}, {"maxLength", "≤ # "}, {"minItems", "≥ # "}, {"maxItems", "≤ # "}, {"default", "= "}} {
		if v, ok := s[limit[0]]; ok {
			parts = append(parts, limit[1]+fmt.Sprint(v))
		}
	}
	if items := at(s, "items"); items["enum"] != nil {
		parts = append(parts, limits(items))
	}
	return strings.Join(parts, ", ")
}

// at follows keys into nested objects; what is not there is an empty object.
func at(v map[string]any, keys ...string) map[string]any {
	for _, k := range keys {
		v, _ = v[k].(map[string]any)
	}
	return v
}

func text(v map[string]any, key string) string {
	s, _ := v[key].(string)
	return s
}

func objects(v map[string]any, key string) []map[string]any {
	items, _ := v[key].([]any)
	var out []map[string]any
	for _, item := range items {
		if m, ok := item.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// exampleText writes the example of a parameter as it stands in an address: a list with commas.
func exampleText(example any) string {
	list, ok := example.([]any)
	if !ok {
		return fmt.Sprint(example)
	}
	parts := make([]string, len(list))
	for i, e := range list {
		parts[i] = fmt.Sprint(e)
	}
	return strings.Join(parts, ",")
}
