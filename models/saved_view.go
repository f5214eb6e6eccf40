package models

import (
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"
)

// SavedView is a view of the map that its user saved under a name: a workspace and the query of the map's address, which holds
// filters, selection and camera. A shared one is read by everybody who has a role in a municipality in which its owner has one.
type SavedView struct {
	Record
	UserID    int64  `json:"user_id"`
	Name      string `json:"name"`
	Workspace string `json:"workspace"`
	Query     string `json:"query"`
	Shared    bool   `json:"shared,omitempty"`
}

// Workspaces are those of the map.
var Workspaces = CodeList{Name: "workspace", Entries: []CodeEntry{
	{"explore", Text{"Odkrywaj", "Explore"}},
	{"registry", Text{"Ewidencja", "Registry"}},
	{"planning", Text{"Inwestycje", "Planning"}},
}}

// MaxSavedViews is how many views a user may have.
const MaxSavedViews = 200

// maxViewQuery is the longest query of a view, in characters.
const maxViewQuery = 2000

// Kind of a SavedView.
func (*SavedView) Kind() Kind { return KindSavedView }

// Validate checks the rules of a saved view.
func (v *SavedView) Validate(time.Time) error {
	var f Fields
	f.text("/name", v.Name, 1, 80)
	f.code("/workspace", v.Workspace, Workspaces)
	if n := utf8.RuneCountInString(v.Query); n > maxViewQuery {
		f.Add("/query", "too_long", fmt.Sprintf("Najwyżej %d znaków, jest %d.", maxViewQuery, n), fmt.Sprintf("At most %d characters, got %d.", maxViewQuery, n))
	} else if !isQuery(v.Query) {
		f.Add("/query", "format", "Oczekiwano zapytania z adresu bez znaku zapytania, na przykład kind=heritage&grade=poor.", "Expected the query of an address without its question mark, such as kind=heritage&grade=poor.")
	}
	return f.Err()
}

// isQuery tells whether the text is the query component of an address (RFC 3986, section 3.4) whose parameters can be read. A fragment, a
// blank or a control character would make another address of it.
func isQuery(s string) bool {
	if strings.HasPrefix(s, "?") || strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r == '#' || r == 0x7f || r == '\\' || r == '<' || r == '>' || r == '"'
	}) || !utf8.ValidString(s) {
		return false
	}
	_, err := url.ParseQuery(s)
	return err == nil
}
