package site

import (
	"net/http"
	"net/url"
	"time"

	"wolnica/api/ui"
	v1 "wolnica/api/v1"
	"wolnica/models"
)

// appPage is what of the map a page opens; the zero value is a page that is text alone. The map takes the rest, such as filters, from the
// address.
type appPage struct {
	Kind appKind `json:"kind"`
	ID   int64   `json:"id,omitempty"`
}

type appKind string

const (
	appExplore       appKind = "explore"
	appPlaces        appKind = "places"
	appPlace         appKind = "place"
	appProducts      appKind = "products"
	appProduct       appKind = "product"
	appRegistry      appKind = "registry"
	appNew           appKind = "new"
	appEditPlace     appKind = "edit"
	appEditProduct   appKind = "editProduct"
	appQueues        appKind = "queues"
	appReview        appKind = "reports"
	appImports       appKind = "imports"
	appImport        appKind = "import"
	appPlanning      appKind = "planning"
	appGaps          appKind = "gaps"
	appForecast      appKind = "forecast"
	appProgrammes    appKind = "programmes"
	appProgramme     appKind = "programme"
	appInvestments   appKind = "investments"
	appInvestment    appKind = "investment"
	appNewInvestment appKind = "newInvestment"
	appAssumptions   appKind = "assumptions"
)

// appView is what a page carries to load the map: the addresses, and the data it begins with.
type appView struct {
	*ui.Tags
	Data appData
}

// appData is read by the map as it starts, from a block of the page that no browser runs. Of a person it says only what the page itself
// shows, and what they may do.
type appData struct {
	Lang models.Language `json:"lang"`
	User *appUser        `json:"user"`
	// Needs are those this browser remembers, when the address says nothing of needs.
	Needs   *appNeeds  `json:"needs"`
	Basemap ui.Basemap `json:"basemap"`
	Online  *appOnline `json:"online"`
	Version string     `json:"version"`
	Page    appPage    `json:"page"`
	// Bounds are [west, south, east, north] of what the map begins with, absent where the registry is empty.
	Bounds []float64 `json:"bounds,omitempty"`
	// First is the list that the page shows already, absent where it shows none.
	First *appList `json:"first,omitzero"`
}

// appList is the first page of the list beside the map, from the middle of what the map begins with, and the parameters it was asked for.
type appList struct {
	Params string     `json:"params"`
	Places v1.MapList `json:"places"`
}

type appUser struct {
	ID    int64     `json:"id"`
	Name  string    `json:"name"`
	Roles []appRole `json:"roles"`
}

// appRole holds everywhere when Municipality is nil.
type appRole struct {
	Role         string `json:"role"`
	Municipality *int64 `json:"municipality"`
}

// appNeeds are a visitor's needs, named like the parameters of an address.
type appNeeds struct {
	Profile      []string `json:"profile"`
	WidthCM      *float64 `json:"width_cm,omitempty"`
	StepCM       *float64 `json:"step_cm,omitempty"`
	SlopePercent *float64 `json:"slope_percent,omitempty"`
}

type appOnline struct {
	URL         string `json:"url"`
	Attribution string `json:"attribution"`
}

const (
	// versionCookie remembers that somebody wants pages as text, without the map: its value is versionText.
	versionCookie  = "wolnica_wersja"
	versionAsked   = "wersja"
	versionText    = "tekst"
	versionMap     = "mapa"
	versionKeeping = 365 * 24 * time.Hour
)

// mapBuilt tells whether there is a map to load.
func (s *Site) mapBuilt() bool { return s.ui.Tags(models.Polish) != nil }

// withMap tells whether the page loads the map: there is one, it knows the page, and the visitor did not choose text, on this address or
// earlier.
func (v *visit) withMap(p page) bool {
	if p.App.Kind == "" || !v.mapBuilt() {
		return false
	}
	switch v.gin.Request.URL.Query().Get(versionAsked) {
	case versionText:
		return false
	case versionMap:
		return true
	}
	return !v.choseText()
}

// choseText tells what was chosen on an earlier page.
func (v *visit) choseText() bool {
	c, err := v.gin.Request.Cookie(versionCookie)
	return err == nil && c.Value == versionText
}

// keepVersion remembers the choice between text and map that the address makes.
func (v *visit) keepVersion(p page) {
	if p.App.Kind == "" || !v.mapBuilt() {
		return
	}
	switch asked := v.gin.Request.URL.Query().Get(versionAsked); {
	case asked == versionText && !v.choseText():
		v.setCookie(versionCookie, versionText, versionKeeping)
	case asked == versionMap && v.choseText():
		v.setCookie(versionCookie, "", 0)
	}
}

// version is the link from the map to the text of the same page, or back; "" for a page that has no map.
func (v *visit) version(p page) (href, label string) {
	if p.App.Kind == "" || !v.mapBuilt() {
		return "", ""
	}
	wanted, label := versionText, v.t("site.text")
	if !v.withMap(p) {
		wanted, label = versionMap, v.t("site.map")
	}
	here := v.gin.Request.URL
	query := here.Query()
	query.Set(versionAsked, wanted)
	return here.EscapedPath() + "?" + query.Encode(), label
}

// app is what the page carries to load the map; nil when it does not.
func (v *visit) app(p page) *appView {
	if !v.withMap(p) {
		return nil
	}
	out := &appView{Tags: v.ui.Tags(v.lang), Data: appData{Lang: v.lang, Basemap: v.ui.Basemap(), Version: v.programVersion, Page: p.App}}
	if online := v.ui.Online(); online != nil {
		out.Data.Online = &appOnline{online.URL, online.Attribution}
	}
	if n := v.needs(); len(n.Profiles) > 0 && !n.inAddress {
		out.Data.Needs = &appNeeds{n.Profiles, n.Limits.WidthCM, n.Limits.StepCM, n.Limits.SlopePercent}
	}
	if box, ok := v.extent(); ok {
		out.Data.Bounds = degrees(box)
	}
	if p.First != nil {
		out.Data.First = &p.First.list
	}
	if v.user != nil {
		u := &appUser{ID: v.user.ID, Name: v.user.Name, Roles: []appRole{}}
		for _, r := range v.user.Roles {
			u.Roles = append(u.Roles, appRole{r.Role, r.MunicipalityID})
		}
		out.Data.User = u
	}
	return out
}

// workspacePart has the pages of those who keep the registry and plan for it. They are the map's; without it each says so, and leads to
// what works without a script.
func (s *Site) workspacePart() part {
	staff := func(u *models.User) bool { return u != nil && len(u.Roles) > 0 && s.mapBuilt() }
	get := func(path string, kind appKind, section section, title string) route {
		return route{method: http.MethodGet, path: path, serve: func(v *visit) error { return v.workspace(kind, section, title) }}
	}
	return part{
		texts: workspaceTexts,
		nav: []navItem{
			{section: sectionRegistry, path: "/ewidencja", label: "workspace.registry", allowed: staff},
			{section: sectionPlanning, path: "/inwestycje", label: "workspace.planning", allowed: staff},
		},
		routes: []route{
			get("/ewidencja", appRegistry, sectionRegistry, "workspace.registry"),
			get("/ewidencja/nowe", appNew, sectionRegistry, "workspace.new"),
			get("/ewidencja/miejsca/:id", appEditPlace, sectionRegistry, "workspace.place"),
			get("/ewidencja/produkty/:id", appEditProduct, sectionRegistry, "workspace.product"),
			get("/ewidencja/kolejki", appQueues, sectionRegistry, "workspace.queues"),
			get("/ewidencja/zgloszenia", appReview, sectionRegistry, "workspace.review"),
			get("/ewidencja/importy", appImports, sectionRegistry, "workspace.imports"),
			get("/ewidencja/importy/:id", appImport, sectionRegistry, "workspace.import"),
			get("/inwestycje", appPlanning, sectionPlanning, "workspace.planning"),
			get("/inwestycje/braki", appGaps, sectionPlanning, "workspace.gaps"),
			get("/inwestycje/prognoza", appForecast, sectionPlanning, "workspace.forecast"),
			get("/inwestycje/programy", appProgrammes, sectionPlanning, "workspace.programmes"),
			get("/inwestycje/programy/:id", appProgramme, sectionPlanning, "workspace.programme"),
			get("/inwestycje/propozycje", appInvestments, sectionPlanning, "workspace.investments"),
			get("/inwestycje/propozycje/nowa", appNewInvestment, sectionPlanning, "workspace.newInvestment"),
			get("/inwestycje/propozycje/:id", appInvestment, sectionPlanning, "workspace.investment"),
			get("/inwestycje/zalozenia", appAssumptions, sectionPlanning, "workspace.assumptions"),
		},
	}
}

var workspaceTexts = texts{
	"workspace.registry":      {PL: "Tabela i mapa", EN: "Table and map"},
	"workspace.new":           {PL: "Nowy rekord", EN: "New record"},
	"workspace.place":         {PL: "Edycja miejsca", EN: "Edit a place"},
	"workspace.product":       {PL: "Edycja produktu", EN: "Edit a product"},
	"workspace.queues":        {PL: "Kolejki pracy", EN: "Work queues"},
	"workspace.review":        {PL: "Zgłoszenia do przejrzenia", EN: "Proposals to review"},
	"workspace.imports":       {PL: "Importy", EN: "Imports"},
	"workspace.import":        {PL: "Import", EN: "Import"},
	"workspace.planning":      {PL: "Mapa inwestycji", EN: "Investment map"},
	"workspace.gaps":          {PL: "Braki usług", EN: "Service gaps"},
	"workspace.forecast":      {PL: "Stan i prognoza", EN: "Condition and forecast"},
	"workspace.programmes":    {PL: "Programy inwestycyjne", EN: "Investment programmes"},
	"workspace.programme":     {PL: "Program inwestycyjny", EN: "Investment programme"},
	"workspace.investments":   {PL: "Propozycje inwestycji", EN: "Investment proposals"},
	"workspace.newInvestment": {PL: "Nowa propozycja inwestycji", EN: "New investment proposal"},
	"workspace.investment":    {PL: "Propozycja inwestycji", EN: "Investment proposal"},
	"workspace.assumptions":   {PL: "Założenia planowania", EN: "Planning assumptions"},
	"workspace.script":        {PL: "Ta strona wymaga skryptu (JavaScript): w tej przeglądarce jest wyłączony albo nie dał się uruchomić.", EN: "This page needs a script (JavaScript): in this browser it is switched off, or could not start."},
	"workspace.chosen":        {PL: "Ta strona wymaga mapy, a wybrana jest wersja tekstowa.", EN: "This page needs the map, and the text version is chosen."},
	"workspace.unbuilt":       {PL: "Ta strona wymaga interfejsu mapy, którego ten serwer nie ma.", EN: "This page needs the map interface, which this server does not have."},
	"workspace.back":          {PL: "Przejdź do mapy", EN: "Go to the map"},
	"workspace.without":       {PL: "Bez skryptu działają", EN: "What works without a script"},
}

type workspaceData struct {
	Why string
	// Back takes the choice of text back; "" when it was not made.
	Back  string
	Links []linkTo
}

func (v *visit) workspace(kind appKind, section section, title string) error {
	if err := v.signedIn(); err != nil {
		return err
	}
	p := page{Title: v.t(title), Section: section, App: appPage{Kind: kind}}
	if v.gin.Param("id") != "" {
		id, slug, err := v.id()
		if err != nil {
			return err
		}
		if slug != "" {
			return models.ErrNotFound()
		}
		p.App.ID = id
	}
	d := workspaceData{Why: v.t("workspace.script")}
	if !v.mapBuilt() {
		d.Why = v.t("workspace.unbuilt")
	} else if !v.withMap(p) {
		d.Why = v.t("workspace.chosen")
		d.Back = v.gin.Request.URL.EscapedPath() + "?" + url.Values{versionAsked: {versionMap}}.Encode()
	}
	for _, item := range v.nav {
		if item.section != sectionExplore && item.path != "/ewidencja" && item.path != "/inwestycje" && (item.allowed == nil || item.allowed(v.user)) {
			d.Links = append(d.Links, linkTo{item.path, v.t(item.label)})
		}
	}
	d.Links = append(d.Links, linkTo{"/raporty", v.t("reports.title")}, linkTo{"/api/v1/docs", v.t("site.api")})
	p.Data = d
	return v.show("workspace", p)
}
