package ui

import (
	"encoding/json"

	"github.com/gin-gonic/gin"

	"wolnica/api"
	"wolnica/models"
)

// paper is the ground of pages in light; dark pages have a theme-color of their own.
const paper = "#f7f3ea"

type webManifest struct {
	ID          string            `json:"id"`
	Name        string            `json:"name"`
	ShortName   string            `json:"short_name"`
	Description string            `json:"description"`
	Lang        models.Language   `json:"lang"`
	Dir         string            `json:"dir"`
	StartURL    string            `json:"start_url"`
	Scope       string            `json:"scope"`
	Display     string            `json:"display"`
	Background  string            `json:"background_color"`
	Theme       string            `json:"theme_color"`
	Categories  []string          `json:"categories"`
	Icons       []webManifestIcon `json:"icons"`
}

type webManifestIcon struct {
	Src     string `json:"src"`
	Sizes   string `json:"sizes"`
	Type    string `json:"type"`
	Purpose string `json:"purpose"`
}

// webManifest tells a browser how to keep the map as a program of its own, in the language of the request.
func (u *UI) webManifest(c *gin.Context) {
	lang := api.LanguageFrom(c.Request.Context())
	in := func(pl, en string) string { return models.Text{PL: pl, EN: en}.In(lang) }
	icon := func(name, sizes, purpose string) webManifestIcon {
		return webManifestIcon{"/ui/icons/" + name, sizes, types[name[len(name)-4:]], purpose}
	}
	body, err := json.MarshalIndent(webManifest{
		ID: "/", Name: in("Wolnica: rejestr miejsc", "Wolnica: the registry of places"), ShortName: "Wolnica", Lang: lang, Dir: "ltr",
		Description: in("Zabytki, infrastruktura czasu wolnego i produkty turystyczne metropolii: kto naprawdę może z nich skorzystać.",
			"Heritage, leisure infrastructure and tourist products of a metropolis: who can really use them."),
		StartURL: "/", Scope: "/", Display: "standalone", Background: paper, Theme: paper, Categories: []string{"travel", "navigation", "government"},
		Icons: []webManifestIcon{icon("icon.svg", "any", "any"), icon("icon-192.png", "192x192", "any"), icon("icon-512.png", "512x512", "any"),
			icon("maskable-192.png", "192x192", "maskable"), icon("maskable-512.png", "512x512", "maskable")},
	}, "", "  ")
	if err != nil {
		api.Fail(c, err)
		return
	}
	h := c.Writer.Header()
	h.Set("Content-Language", string(lang))
	h.Add("Vary", "Accept-Language")
	h.Set("Cache-Control", api.CacheControl(c.Request))
	api.AnswerBytes(c, "application/manifest+json", body)
}
