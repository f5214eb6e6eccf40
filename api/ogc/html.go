package ogc

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"wolnica/models"
)

//go:embed page.html
var pageHTML string

//go:embed ogc.css
var css []byte

// htmlPage is what a page shows: the same template serves every resource.
type htmlPage struct {
	Base          string
	Path          string // what the trail of links is called
	Lang, Other   models.Language
	OtherHref     string
	OtherName     string
	Skip          string
	Title, Lead   string
	Badge         string
	Crumbs        []htmlCell
	JSON          string // address of the same as JSON
	JSONName      string
	Facts         []htmlFact
	Tables        []htmlTable
	Next, NextURL string
}

// htmlCell is text, a link when Href is set.
type htmlCell struct {
	Text, Href string
	Code       bool
	// Badge marks what is invented, in words for those who do not see the mark.
	Badge string
}

type htmlFact struct {
	Name  string
	Cells []htmlCell
}

type htmlTable struct {
	Title string
	Head  []string
	Rows  [][]htmlCell
	Empty string
}

func (s *Service) html(r *request, p htmlPage) error {
	p.Lang, p.Other, p.OtherName, p.Skip, p.Path = r.lang, models.English, "English", "Przejdź do treści", "Ścieżka"
	if r.lang == models.English {
		p.Other, p.OtherName, p.Skip, p.Path = models.Polish, "Polski", "Skip to content", "Breadcrumb"
	}
	p.Base, p.OtherHref = r.base, r.here("lang", string(p.Other))
	p.JSON, p.JSONName = r.here("f", "json"), "JSON"
	if r.mediaType == typeGeoJSON {
		p.JSONName = "GeoJSON"
	}
	var b bytes.Buffer
	if err := s.pages.Execute(&b, p); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	r.gin.Header("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	r.write(typeHTML+"; charset=utf-8", "", b.Bytes())
	return nil
}

// page is the address of a resource as a page, in the language asked for.
func (r *request) page(path string) string {
	return r.url(path, "f", "html", "lang", r.query.Get("lang"))
}

func (r *request) crumbs(more ...htmlCell) []htmlCell {
	return append([]htmlCell{{Text: "Wolnica", Href: r.base + "/"}, {Text: "OGC API", Href: r.page("")}}, more...)
}

func (s *Service) landingPage(r *request, d landingDocument) error {
	text := func(pl, en string) string { return models.Text{PL: pl, EN: en}.In(r.lang) }
	table := htmlTable{Title: collectionsTitle.In(r.lang), Head: []string{text("Kolekcja", "Collection"), text("Co w niej jest", "What is in it")}}
	for _, c := range s.collections {
		table.Rows = append(table.Rows, []htmlCell{{Text: c.title.In(r.lang), Href: r.page("/collections/" + c.id)}, {Text: c.description.In(r.lang)}})
	}
	return s.html(r, htmlPage{Title: d.Title, Lead: d.Description, Crumbs: r.crumbs()[:1], Tables: []htmlTable{table}, Facts: []htmlFact{
		{text("W QGIS", "In QGIS"), []htmlCell{{Text: text("Warstwa › Dodaj warstwę › WFS / OGC API Features, adres:", "Layer › Add Layer › WFS / OGC API Features, address:")}, {Text: r.url(""), Code: true}}},
		{text("W GDAL", "In GDAL"), []htmlCell{{Text: "ogrinfo OAPIF:" + r.url(""), Code: true}}},
		{text("Opis", "Description"), []htmlCell{{Text: apiHTMLTitle.In(r.lang), Href: r.page("/api")}, {Text: "OpenAPI 3.0", Href: r.url("/api", "f", "json")}, {Text: conformanceTitle.In(r.lang), Href: r.page("/conformance")}}},
	}})
}

func (s *Service) conformancePage(r *request) error {
	table := htmlTable{Head: []string{models.Text{PL: "Klasa zgodności", EN: "Conformance class"}.In(r.lang)}}
	for _, uri := range s.classes() {
		table.Rows = append(table.Rows, []htmlCell{{Text: uri, Code: true}})
	}
	return s.html(r, htmlPage{Title: conformanceTitle.In(r.lang), Crumbs: r.crumbs(), Tables: []htmlTable{table}})
}

func (s *Service) collectionsPage(r *request, d collectionsDocument) error {
	table := htmlTable{Head: []string{models.Text{PL: "Kolekcja", EN: "Collection"}.In(r.lang), models.Text{PL: "Co w niej jest", EN: "What is in it"}.In(r.lang)}}
	for _, c := range d.Collections {
		table.Rows = append(table.Rows, []htmlCell{{Text: c.Title, Href: r.page("/collections/" + c.ID)}, {Text: c.Description}})
	}
	return s.html(r, htmlPage{Title: collectionsTitle.In(r.lang), Crumbs: r.crumbs(), Tables: []htmlTable{table}})
}

func (s *Service) collectionPage(r *request, d collectionDocument) error {
	text := func(pl, en string) string { return models.Text{PL: pl, EN: en}.In(r.lang) }
	at := "/collections/" + r.collection.id
	p := htmlPage{Title: d.Title, Lead: d.Description, Crumbs: r.crumbs(htmlCell{Text: collectionsTitle.In(r.lang), Href: r.page("/collections")})}
	p.Facts = []htmlFact{
		{itemsTitle.In(r.lang), []htmlCell{{Text: text("Przeglądaj", "Browse"), Href: r.page(at + "/items")}, {Text: "GeoJSON", Href: r.url(at+"/items", "f", "json")}}},
		{text("Filtry", "Filters"), []htmlCell{{Text: queryablesTitle.In(r.lang), Href: r.page(at + "/queryables")}}},
		{text("Czas", "Time"), []htmlCell{{Text: r.collection.temporal.In(r.lang)}}},
	}
	if d.Extent != nil {
		b := d.Extent.Spatial.BBox[0]
		p.Facts = append(p.Facts, htmlFact{text("Zasięg", "Extent"), []htmlCell{{Text: fmt.Sprintf("%.4f, %.4f – %.4f, %.4f", b[0], b[1], b[2], b[3])}}})
	}
	systems := htmlFact{Name: text("Układy współrzędnych", "Reference systems")}
	for _, uri := range d.CRS {
		systems.Cells = append(systems.Cells, htmlCell{Text: uri, Code: true})
	}
	p.Facts = append(p.Facts, systems)
	return s.html(r, p)
}

func (r *request) collectionCrumbs() []htmlCell {
	return r.crumbs(htmlCell{Text: collectionsTitle.In(r.lang), Href: r.page("/collections")},
		htmlCell{Text: r.collection.title.In(r.lang), Href: r.page("/collections/" + r.collection.id)})
}

func (s *Service) queryablesPage(r *request) error {
	text := func(pl, en string) string { return models.Text{PL: pl, EN: en}.In(r.lang) }
	table := htmlTable{Head: []string{text("Właściwość", "Property"), text("Znaczenie", "Meaning"), text("Wartości", "Values")}}
	for _, q := range r.collection.queryables() {
		values := strings.Join(q.codes, ", ")
		if values == "" {
			values = string(q.kind)
		}
		table.Rows = append(table.Rows, []htmlCell{{Text: q.name, Code: true}, {Text: q.title.In(r.lang)}, {Text: values}})
	}
	return s.html(r, htmlPage{Title: queryablesTitle.In(r.lang), Crumbs: r.collectionCrumbs(), Tables: []htmlTable{table}})
}

func (s *Service) apiPage(r *request) error {
	text := func(pl, en string) string { return models.Text{PL: pl, EN: en}.In(r.lang) }
	p := htmlPage{Title: apiTitle.In(r.lang), Lead: serviceDescription.In(r.lang), Crumbs: r.crumbs()}
	for _, c := range s.collections {
		table := htmlTable{Title: c.title.In(r.lang) + ": /ogc/collections/" + c.id + "/items", Head: []string{text("Parametr", "Parameter"), text("Znaczenie", "Meaning"), text("Wartości", "Values")}}
		for _, d := range c.described() {
			table.Rows = append(table.Rows, []htmlCell{{Text: d.name, Code: true}, {Text: d.text.In(r.lang)}, {Text: schemaValues(d.schema)}})
		}
		p.Tables = append(p.Tables, table)
	}
	return s.html(r, p)
}

func schemaValues(schema object) string {
	if items, ok := schema["items"].(object); ok {
		schema = items
	}
	if codes, ok := schema["enum"].([]string); ok {
		return strings.Join(codes, ", ")
	}
	t, _ := schema["type"].(string)
	if lo, ok := schema["minimum"]; ok {
		if hi, ok := schema["maximum"]; ok {
			return fmt.Sprintf("%v–%v", lo, hi)
		}
	}
	return t
}

// htmlFeature is a feature as it was written, read back for a page.
type htmlFeature struct {
	ID         int64                     `json:"id"`
	Geometry   jsontext.Value            `json:"geometry"`
	Properties map[string]jsontext.Value `json:"properties"`
}

// value is a property as people read it.
func (f htmlFeature) value(name string) string {
	v := f.Properties[name]
	switch v.Kind() {
	case 'n', 0:
		return ""
	case '"':
		var text string
		if json.Unmarshal(v, &text) != nil {
			return ""
		}
		return text
	case '[':
		var list []string
		if json.Unmarshal(v, &list) != nil {
			return ""
		}
		return strings.Join(list, ", ")
	}
	return string(v)
}

func (s *Service) itemsPage(r *request, q itemsQuery, p page, body []byte) error {
	text := func(pl, en string) string { return models.Text{PL: pl, EN: en}.In(r.lang) }
	var doc struct {
		Features []htmlFeature `json:"features"`
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return fmt.Errorf("read the features back: %w", err)
	}
	out := htmlPage{Title: r.collection.title.In(r.lang), Crumbs: r.collectionCrumbs()}
	if p.matched >= 0 {
		out.Lead = text("Pasujących obiektów: ", "Matching features: ") + strconv.FormatInt(p.matched, 10)
	}
	listed := r.collection.listed
	if q.properties != nil {
		listed = splitList(r.query.Get("properties"))
	}
	table := htmlTable{Head: []string{propertyTitle("name").In(r.lang)}, Empty: text("Nic nie pasuje do zapytania.", "Nothing matches the query.")}
	for _, name := range listed {
		table.Head = append(table.Head, propertyTitle(name).In(r.lang))
	}
	for _, f := range doc.Features {
		name := f.value("name")
		if name == "" {
			name = strconv.FormatInt(f.ID, 10)
		}
		row := []htmlCell{{Text: name, Href: r.page("/collections/" + r.collection.id + "/items/" + strconv.FormatInt(f.ID, 10)), Badge: r.badge(f.value("demonstration") == "true")}}
		for _, property := range listed {
			row = append(row, htmlCell{Text: r.words(property, f.value(r.labelled(property)))})
		}
		table.Rows = append(table.Rows, row)
	}
	if slices.ContainsFunc(table.Rows, func(row []htmlCell) bool { return row[0].Badge != "" }) {
		out.Badge = demonstrationText.In(r.lang)
	}
	out.Tables = []htmlTable{table}
	if p.next > 0 {
		out.Next, out.NextURL = nextPage.In(r.lang), r.here("after", strconv.FormatInt(p.next, 10), "f", "html")
	}
	return s.html(r, out)
}

// labelled is the property with the label of a category, in the language of the request.
func (r *request) labelled(property string) string {
	if property == "category" {
		return "category_" + string(r.lang)
	}
	return property
}

// words puts the codes of a property into words.
func (r *request) words(property, value string) string {
	var codes []models.CodeEntry
	switch property {
	case "publication":
		codes = models.Publications.Entries
	case "visibility":
		codes = models.Visibilities.Entries
	case "facet":
		codes = append([]models.CodeEntry{{Code: "both", Label: models.Text{PL: "dziedzictwo i infrastruktura", EN: "heritage and infrastructure"}}}, models.Facets.Entries...)
	default:
		for _, q := range r.collection.queried {
			if q.Name == property {
				codes = q.Codes
			}
		}
	}
	if codes == nil {
		return value
	}
	list := strings.Split(value, ", ")
	for i, code := range list {
		list[i] = models.CodeList{Entries: codes}.Label(code).In(r.lang)
	}
	return strings.Join(list, ", ")
}

// badge is the word for what is invented.
func (r *request) badge(invented bool) string {
	if !invented {
		return ""
	}
	return models.Text{PL: "dane pokazowe", EN: "demonstration data"}.In(r.lang)
}

var demonstrationText = models.Text{PL: "Dane pokazowe: to, co oznaczono znakiem ◆, jest zmyślone.", EN: "Demonstration data: what is marked ◆ is invented."}

func (s *Service) itemPage(r *request, crs *crs, body []byte) error {
	var f htmlFeature
	if err := json.Unmarshal(body, &f); err != nil {
		return fmt.Errorf("read the feature back: %w", err)
	}
	p := htmlPage{Title: f.value("name"), Crumbs: append(r.collectionCrumbs(), htmlCell{Text: itemsTitle.In(r.lang), Href: r.page("/collections/" + r.collection.id + "/items")})}
	if f.value("demonstration") == "true" {
		p.Badge = demonstrationText.In(r.lang)
	}
	otherLanguage := string(models.English)
	if r.lang == models.English {
		otherLanguage = string(models.Polish)
	}
	for _, name := range r.collection.properties() {
		value := f.value(name)
		if value == "" || name == "name" || name == "demonstration" || name == "category_"+otherLanguage {
			continue
		}
		cell := htmlCell{Text: r.words(name, value)}
		if name == "url" || name == "website" {
			cell.Href = value
		}
		if p.Badge != "" && (name == "grade" || name == "inspected_on" || name == "freshness") {
			cell.Badge = r.badge(true)
		}
		p.Facts = append(p.Facts, htmlFact{propertyTitle(name).In(r.lang), []htmlCell{cell}})
	}
	geometry := string(f.Geometry)
	if len(geometry) > 300 {
		geometry = geometry[:strings.LastIndexByte(geometry[:300], ']')+1] + "…"
	}
	p.Facts = append(p.Facts, htmlFact{propertyTitle("geometry").In(r.lang), []htmlCell{{Text: geometry, Code: true}, {Text: crs.uri}}})
	return s.html(r, p)
}
