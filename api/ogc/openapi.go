package ogc

import (
	"slices"
	"strings"

	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/store"
)

type object = map[string]any

// api serves the OpenAPI document: 3.0, since that is what the standard names and its clients read.
func (s *Service) api(r *request) error {
	if r.html {
		return s.apiPage(r)
	}
	return r.document(s.openAPI(r), []link{r.selfLinks()[0]})
}

func (s *Service) openAPI(r *request) object {
	text := func(pl, en string) string { return models.Text{PL: pl, EN: en}.In(r.lang) }
	ref := func(kind, name string) object { return object{"$ref": "#/components/" + kind + "/" + name} }
	operation := func(id, tag, summary, mediaType, schema string, parameters ...object) object {
		parameters = append(parameters, ref("parameters", "f"), ref("parameters", "lang"))
		ok := object{"description": summary, "content": object{
			mediaType: object{"schema": ref("schemas", schema)}, typeHTML: object{"schema": object{"type": "string"}}}}
		responses := object{"200": ok, "400": ref("responses", "problem"), "406": ref("responses", "problem"), "500": ref("responses", "problem"), "503": ref("responses", "problem")}
		if strings.Contains(id, "places") || strings.Contains(id, "products") || strings.Contains(id, "municipalities") {
			responses["404"] = ref("responses", "problem")
		}
		return object{"get": object{"operationId": id, "tags": []string{tag}, "summary": summary, "parameters": parameters, "responses": responses}}
	}
	paths := object{
		"/":            operation("landing", "service", serviceTitle.In(r.lang), typeJSON, "landing"),
		"/conformance": operation("conformance", "service", conformanceTitle.In(r.lang), typeJSON, "conformance"),
		"/api":         operation("api", "service", apiTitle.In(r.lang), typeOpenAPI, "object"),
		"/collections": operation("collections", "service", collectionsTitle.In(r.lang), typeJSON, "collections"),
	}
	tags := []object{{"name": "service", "description": serviceTitle.In(r.lang)}}
	for _, c := range s.collections {
		at, title := "/collections/"+c.id, c.title.In(r.lang)
		tags = append(tags, object{"name": c.id, "description": title})
		paths[at] = operation(c.id, c.id, title, typeJSON, "collection")
		paths[at+"/queryables"] = operation(c.id+"Queryables", c.id, title+": "+queryablesTitle.In(r.lang), typeSchema, "object")
		var parameters []object
		for _, d := range c.described() {
			parameters = append(parameters, object{"name": d.name, "in": "query", "description": d.text.In(r.lang), "schema": d.schema, "style": "form", "explode": false})
		}
		paths[at+"/items"] = operation(c.id+"Items", c.id, title, typeGeoJSON, "featureCollection", parameters...)
		paths[at+"/items/{featureId}"] = operation(c.id+"Item", c.id, text("Jeden obiekt", "One feature"), typeGeoJSON, "feature",
			object{"name": "featureId", "in": "path", "required": true, "description": text("Numer rekordu.", "Number of the record."), "schema": object{"type": "integer", "minimum": 1}},
			ref("parameters", "crs"))
	}
	array := func(items object) object { return object{"type": "array", "items": items} }
	str, number := object{"type": "string"}, object{"type": "number"}
	return object{
		"openapi": "3.0.3",
		"info":    object{"title": serviceTitle.In(r.lang), "description": serviceDescription.In(r.lang), "version": or(s.version, "0")},
		"servers": []object{{"url": r.base + "/ogc"}},
		"tags":    tags,
		"paths":   paths,
		"components": object{
			"parameters": object{
				"f": object{"name": "f", "in": "query", "description": text("Postać odpowiedzi; zamiast nagłówka Accept.", "Form of the answer; instead of the header Accept."),
					"schema": object{"type": "string", "enum": []string{"json", "html"}}},
				"lang": object{"name": "lang", "in": "query", "description": text("Język nazw i opisów; zamiast nagłówka Accept-Language.", "Language of names and descriptions; instead of the header Accept-Language."),
					"schema": object{"type": "string", "enum": []string{"pl", "en"}}},
				"crs": object{"name": "crs", "in": "query", "description": crsText.In(r.lang), "schema": crsSchema()},
			},
			"responses": object{"problem": object{"description": text("Problem (RFC 9457)", "A problem (RFC 9457)"),
				"content": object{"application/problem+json": object{"schema": ref("schemas", "object")}}}},
			"schemas": object{
				"object":      object{"type": "object"},
				"link":        object{"type": "object", "required": []string{"href", "rel"}, "properties": object{"href": str, "rel": str, "type": str, "title": str, "hreflang": str}},
				"landing":     object{"type": "object", "required": []string{"links"}, "properties": object{"title": str, "description": str, "links": array(ref("schemas", "link"))}},
				"conformance": object{"type": "object", "required": []string{"conformsTo"}, "properties": object{"conformsTo": array(str)}},
				"collections": object{"type": "object", "required": []string{"links", "collections"},
					"properties": object{"links": array(ref("schemas", "link")), "collections": array(ref("schemas", "collection"))}},
				"collection": object{"type": "object", "required": []string{"id", "links"}, "properties": object{"id": str, "title": str, "description": str, "itemType": str,
					"extent": ref("schemas", "extent"), "crs": array(str), "storageCrs": str, "links": array(ref("schemas", "link"))}},
				"extent": object{"type": "object", "properties": object{
					"spatial":  object{"type": "object", "properties": object{"bbox": array(object{"type": "array", "minItems": 4, "maxItems": 4, "items": number}), "crs": str}},
					"temporal": object{"type": "object", "properties": object{"interval": array(object{"type": "array", "minItems": 2, "maxItems": 2, "items": object{"type": "string", "format": "date-time", "nullable": true}}), "trs": str}}}},
				"feature": object{"type": "object", "required": []string{"type", "id", "geometry", "properties"}, "properties": object{
					"type": object{"type": "string", "enum": []string{"Feature"}}, "id": object{"type": "integer"},
					"geometry": object{"type": "object", "nullable": true, "properties": object{"type": str}}, "properties": ref("schemas", "object"), "links": array(ref("schemas", "link"))}},
				"featureCollection": object{"type": "object", "required": []string{"type", "features"}, "properties": object{
					"type": object{"type": "string", "enum": []string{"FeatureCollection"}}, "features": array(ref("schemas", "feature")),
					"numberMatched": object{"type": "integer", "minimum": 0}, "numberReturned": object{"type": "integer", "minimum": 0},
					"timeStamp": object{"type": "string", "format": "date-time"}, "links": array(ref("schemas", "link"))}},
			},
		},
	}
}

var crsText = models.Text{PL: "Układ współrzędnych odpowiedzi, w kolejności osi swojego rejestru.", EN: "Reference system of the answer, in the axis order of its registry."}

func crsSchema() object {
	return object{"type": "string", "format": "uri", "enum": crsURIs(), "default": crs84.uri}
}

// described is a parameter of the list of features, for the OpenAPI document and its page.
type described struct {
	name   string
	text   models.Text
	schema object
}

func (c *collection) described() []described {
	number := object{"type": "number"}
	list := []described{
		{"bbox", models.Text{PL: "Tylko obiekty, które przecinają prostokąt: dolny róg, potem górny, w kolejności osi bbox-crs; wysokości są pomijane.",
			EN: "Only features that meet the box: the lower corner, then the upper one, in the axis order of bbox-crs; heights are ignored."},
			object{"type": "array", "minItems": 4, "maxItems": 6, "items": number}},
		{"bbox-crs", models.Text{PL: "Układ współrzędnych prostokąta.", EN: "Reference system of the box."}, crsSchema()},
		{"crs", crsText, crsSchema()},
		{"datetime", models.Text{PL: c.temporal.PL + " Chwila albo przedział, z końcem otwartym jako „..”.", EN: c.temporal.EN + " An instant or an interval, with an open end as “..”."}, object{"type": "string"}},
		{"filter", filterText, object{"type": "string"}},
		{"filter-lang", models.Text{PL: "Język filtra; cql-text to szkic standardu, którym piszą starsze programy.", EN: "Language of the filter; cql-text is the draft that older programs write."},
			object{"type": "string", "enum": filterLangs, "default": langText}},
		{"filter-crs", models.Text{PL: "Układ współrzędnych geometrii w filtrze.", EN: "Reference system of the geometries in the filter."}, crsSchema()},
		{"limit", models.Text{PL: "Najwyżej tyle obiektów na stronie.", EN: "Most features on a page."}, object{"type": "integer", "minimum": 1, "maximum": maxLimit, "default": defaultLimit}},
		{"after", models.Text{PL: "Tylko obiekty o numerze większym niż ten; tak prowadzi odnośnik next.", EN: "Only features whose number is greater; the next link uses it."}, object{"type": "integer", "minimum": 0}},
		{"properties", models.Text{PL: "Tylko te właściwości obiektów.", EN: "Only these properties of features."}, object{"type": "array", "items": object{"type": "string", "enum": c.properties()}}},
	}
	for _, p := range c.parameters {
		q := queryable{name: p.name, title: p.title, kind: geo.ColumnText, codes: p.codes}
		schema := q.schema(models.English)
		delete(schema, "title")
		list = append(list, described{p.name, p.title, object{"type": "array", "items": schema}})
	}
	for _, q := range c.queryables() {
		if slices.ContainsFunc(c.plain(), func(p store.Queryable) bool { return p.Name == q.name }) {
			schema := q.schema(models.English)
			delete(schema, "title")
			list = append(list, described{q.name, q.title, schema})
		}
	}
	return list
}

func or(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}
