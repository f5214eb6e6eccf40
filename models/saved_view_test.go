package models

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

// What is stored as a query has to stay the query of the address it is put into.
func FuzzSavedViewQuery(f *testing.F) {
	for _, s := range []string{"", "kind=heritage&grade=poor", "q=%C5%82&x", "#a", "a b", "?a=1", "a=1#b", "a=%zz", "a=\n", "a;b", "a=\"><script>", "a\\b", "ą=ż", strings.Repeat("a", 2001), "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, query string) {
		v := SavedView{Name: "x", Workspace: "registry", Query: query}
		if v.Validate(time.Now()) != nil {
			return
		}
		u, err := url.Parse("https://example.org/ewidencja?" + query)
		if err != nil || u.RawQuery != query || u.Fragment != "" || u.Path != "/ewidencja" || u.Host != "example.org" {
			t.Errorf("%q: got %+v, %v", query, u, err)
		}
	})
}
