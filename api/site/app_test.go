package site_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/net/html"

	"wolnica/api/apitest"
	"wolnica/api/server"
	"wolnica/api/ui"
	"wolnica/models"
	"wolnica/models/store"
)

// built is a small build of the map.
func built() fstest.MapFS {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	return fstest.MapFS{
		".vite/manifest.json": file(`{
			"src/main.ts": {"file": "assets/main-1a.js", "isEntry": true, "css": ["assets/main-1a.css"], "imports": ["_shared-2b.js"], "dynamicImports": ["src/i18n/pl.ts", "src/i18n/en.ts"]},
			"_shared-2b.js": {"file": "assets/shared-2b.js", "css": ["assets/shared-2b.css"]},
			"src/i18n/pl.ts": {"file": "assets/pl-3c.js", "imports": ["_shared-2b.js"]}, "src/i18n/en.ts": {"file": "assets/en-4d.js"}}`),
		"assets/main-1a.js": file("1"), "assets/shared-2b.js": file("2"), "assets/pl-3c.js": file("3"), "assets/en-4d.js": file("4"), "assets/main-1a.css": file("5"), "assets/shared-2b.css": file("6"),
		"boot.js": file("7"), "sw.js": file("8"), "fonts/source-sans-3-latin.woff2": file("9"),
	}
}

// withMap starts a server that has the small build.
func withMap(t *testing.T, more ...func(*server.Config)) *apitest.Server {
	t.Helper()
	return apitest.NewChanged(t, store.Config{}, func(cfg *server.Config) {
		cfg.UI = built()
		for _, change := range more {
			change(cfg)
		}
	})
}

// loads is what a page carries of the map: the addresses of its scripts, styles and preloads in their order, and the data block.
func loads(t *testing.T, body []byte) (addresses []string, data map[string]any) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		attrs := map[string]string{}
		for _, a := range n.Attr {
			attrs[a.Key] = a.Val
		}
		switch {
		case n.Type != html.ElementNode:
		case n.Data == "script" && attrs["type"] == "application/json":
			if data != nil || attrs["id"] != "wolnica" || json.Unmarshal([]byte(n.FirstChild.Data), &data) != nil {
				t.Fatalf("got the block %v %.300s, want JSON, once", attrs, n.FirstChild.Data)
			}
		case n.Data == "script" && attrs["type"] == "application/ld+json":
		case n.Data == "script":
			if n.FirstChild != nil {
				t.Errorf("got a script of the page's own: %s", n.FirstChild.Data)
			}
			addresses = append(addresses, strings.TrimSpace(attrs["type"]+" "+attrs["src"]+" "+attrs["data-styles"]))
		case n.Data == "link" && strings.HasPrefix(attrs["href"], "/ui/") && attrs["rel"] != "apple-touch-icon":
			addresses = append(addresses, attrs["rel"]+" "+attrs["href"])
		}
	}
	return addresses, data
}

// appPages are the addresses that open the map for everybody, and for staff, with what the map is told of each.
func appPages(place, product int64) (everybody, staff map[string]string) {
	id := func(n int64) string { return fmt.Sprintf(`,"id":%d}`, n) }
	return map[string]string{"/": `{"kind":"explore"}`, "/miejsca": `{"kind":"places"}`, "/miejsca?q=dw%C3%B3r": `{"kind":"places"}`, fmt.Sprintf("/miejsca/%d", place): `{"kind":"place"` + id(place),
			"/produkty": `{"kind":"products"}`, fmt.Sprintf("/produkty/%d", product): `{"kind":"product"` + id(product)},
		map[string]string{"/ewidencja": `{"kind":"registry"}`, "/ewidencja/nowe": `{"kind":"new"}`, "/ewidencja/miejsca/7": `{"kind":"edit"` + id(7), "/ewidencja/produkty/8": `{"kind":"editProduct"` + id(8),
			"/ewidencja/kolejki": `{"kind":"queues"}`, "/ewidencja/zgloszenia": `{"kind":"reports"}`, "/ewidencja/importy": `{"kind":"imports"}`, "/ewidencja/importy/9": `{"kind":"import"` + id(9),
			"/inwestycje": `{"kind":"planning"}`, "/inwestycje/braki": `{"kind":"gaps"}`, "/inwestycje/prognoza": `{"kind":"forecast"}`, "/inwestycje/programy": `{"kind":"programmes"}`, "/inwestycje/programy/7": `{"kind":"programme","id":7}`,
			"/inwestycje/propozycje": `{"kind":"investments"}`, "/inwestycje/propozycje/nowa": `{"kind":"newInvestment"}`, "/inwestycje/propozycje/8": `{"kind":"investment","id":8}`,
			"/inwestycje/zalozenia": `{"kind":"assumptions"}`}
}

// follow opens a page, where it has moved to.
func follow(s *apitest.Server, path string, headers ...string) *apitest.Answer {
	a := s.Anonymous().Get(path, append(headers, browser)...)
	for a.Status/100 == 3 && !strings.HasPrefix(a.Header.Get("Location"), "/zaloguj") {
		a = s.Anonymous().Get(a.Header.Get("Location"), append(headers, browser)...)
	}
	return a
}

func TestPagesLoadTheMap(t *testing.T) {
	s := withMap(t)
	place, product := hostileRecords(t, s, s.Admin())
	if err := s.Map.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	addUser(t, s, "anna@example.org", models.UserRole{Role: models.RolePlanner})
	session := signedIn(t, s, "anna@example.org")
	everybody, staff := appPages(place, product)
	boot := regexp.MustCompile(`^/ui/boot\.js\?v=[0-9a-f]+ /ui/assets/main-1a\.css /ui/assets/shared-2b\.css$`)
	check := func(path, wantPage, language, chunk string, headers ...string) map[string]any {
		t.Helper()
		a := follow(s, path, append(headers, "Accept-Language: "+language)...).Want(200)
		addresses, data := loads(t, a.Body)
		got := strings.Join(addresses, "\n")
		want := []string{"preload /ui/assets/main-1a.css", "preload /ui/assets/shared-2b.css", "preload /ui/fonts/source-sans-3-latin.woff2", "boot.js with the styles", "modulepreload /ui/assets/shared-2b.js", "modulepreload /ui/assets/" + chunk, "module /ui/assets/main-1a.js"}
		for i, address := range addresses {
			if boot.MatchString(address) {
				addresses[i] = want[3]
			}
		}
		if strings.Join(addresses, "\n") != strings.Join(want, "\n") {
			t.Errorf("%s: got\n%s\nwant\n%s", path, got, strings.Join(want, "\n"))
		}
		if page, err := json.Marshal(data["page"]); err != nil || !sameJSON(t, string(page), wantPage) || data["lang"] != language || data["version"] != "test" {
			t.Errorf("%s: got %v, want the page %s in %s", path, data, wantPage, language)
		}
		if !sameJSON(t, text(t, data["basemap"]), `{"kind":"schematic"}`) || data["online"] != nil {
			t.Errorf("%s: got %v, %v, want the schematic ground alone", path, data["basemap"], data["online"])
		}
		csp := a.Header.Get("Content-Security-Policy")
		if csp != "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:; font-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'" {
			t.Errorf("%s: got the policy %q", path, csp)
		}
		if body := string(a.Body); !strings.Contains(body, "<body>\n<div id=\"app\">") || !strings.Contains(body, `href="/manifest.webmanifest?lang=`+language+`"`) || strings.Count(body, "<h1") != 1 {
			t.Errorf("%s: got %.2000s, want the room of the map, then the text", path, body)
		}
		return data
	}
	for path, page := range everybody {
		if data := check(path, page, "pl", "pl-3c.js"); data["user"] != nil {
			t.Errorf("%s: got the user %v for the public", path, data["user"])
		}
		check(path, page, "en", "en-4d.js")
		if a := follow(s, path); !strings.HasPrefix(a.Header.Get("Cache-Control"), "public") {
			t.Errorf("%s: got %q for the public", path, a.Header.Get("Cache-Control"))
		}
		if got := text(t, check(path, page, "pl", "pl-3c.js", session)["user"]); !strings.Contains(got, `"name":"Anna Nowak","roles":[{"municipality":null,"role":"planner"}]`) || strings.Contains(got, "@") {
			t.Errorf("%s: got the user %s", path, got)
		}
		if a := follow(s, path, session); a.Header.Get("Cache-Control") != "private, no-cache" {
			t.Errorf("%s: got %q for somebody signed in", path, a.Header.Get("Cache-Control"))
		}
		if _, data := loads(t, follow(s, path).Body); data["user"] != nil {
			t.Errorf("%s: got the user %v for the public, after somebody else", path, data["user"])
		}
	}
	for path, page := range staff {
		if a := follow(s, path); a.Status != 303 || a.Header.Get("Location") != "/zaloguj?dalej="+url.QueryEscape(path) {
			t.Errorf("%s: got %d to %q for the public, want the way to sign in and back", path, a.Status, a.Header.Get("Location"))
		}
		check(path, page, "pl", "pl-3c.js", session)
		check(path, page, "en", "en-4d.js", inEnglish(session))
	}
	for _, path := range []string{"/ewidencja/miejsca/x", "/ewidencja/miejsca/0", "/ewidencja/miejsca/7-dwor", "/ewidencja/importy/1x"} {
		follow(s, path, session).Want(404)
	}
	for _, path := range []string{"/potrzeby", "/zaloguj", "/raporty", "/miejsca/999999", fmt.Sprintf("/miejsca/%d/fakty", place), "/inwestycje/co-jesli", "/ewidencja/ankieta"} {
		a := follow(s, path, session)
		if addresses, data := loads(t, a.Body); len(addresses) > 0 || data != nil || strings.Contains(a.Header.Get("Content-Security-Policy"), "script") {
			t.Errorf("%s: got %v and the policy %q, want text alone", path, addresses, a.Header.Get("Content-Security-Policy"))
		}
	}
}

// inEnglish is the session of somebody who reads English.
func inEnglish(session string) string {
	return strings.Replace(session, "wolnica_lang=pl", "wolnica_lang=en", 1)
}

func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func sameJSON(t *testing.T, a, b string) bool {
	t.Helper()
	var x, y any
	if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
		t.Fatalf("not JSON: %s, %s", a, b)
	}
	return text(t, x) == text(t, y)
}

// Whatever somebody is called, the block ends where the server ends it, and says just that.
func TestTheDataOfTheMapIsData(t *testing.T) {
	names := []string{`</script><script>alert(1)</script>`, `<!--<script>`, "]]>\u2028\u2029&amp;\\", `"};alert(1);//`, "{{7}}'"}
	s := withMap(t, func(cfg *server.Config) {
		cfg.Online = &ui.Online{URL: "https://map.example.org/style.json?a=</script>", Attribution: names[0]}
	})
	hash, err := hashed()
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range names {
		email := fmt.Sprintf("osoba%d@example.org", i)
		u := &models.User{Email: email, Name: name, Language: models.Polish, PasswordHash: hash}
		if err := store.Create(t.Context(), s.Store, store.System(), u); err != nil {
			t.Fatal(err)
		}
		a := follow(s, "/miejsca?q="+url.QueryEscape(name), signedIn(t, s, email)).Want(200)
		addresses, data := loads(t, a.Body)
		user, _ := data["user"].(map[string]any)
		online, _ := data["online"].(map[string]any)
		if user["name"] != name || online["attribution"] != names[0] || len(addresses) != 7 {
			t.Errorf("%q: got the user %v, the attribution %v and %v", name, user, online, addresses)
		}
		if csp := a.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "connect-src 'self' https://map.example.org;") || !strings.Contains(csp, "img-src 'self' data: blob: https://map.example.org;") {
			t.Errorf("got the policy %q, want one that lets the online style in", csp)
		}
	}
}

// What a browser remembers of needs is told to the map where the address does not say otherwise, and to nobody else's cache.
func TestRememberedNeedsAreToldToTheMap(t *testing.T) {
	s := withMap(t)
	const cookie = "Cookie: wolnica_needs=wheelchair~pram~width=75"
	for path, want := range map[string]string{
		"/":                         `{"profile":["wheelchair","pram"],"width_cm":75}`,
		"/miejsca":                  `{"profile":["wheelchair","pram"],"width_cm":75}`,
		"/miejsca?profile=blind":    "null",
		"/produkty?profile=abc":     `{"profile":["wheelchair","pram"],"width_cm":75}`,
		"/miejsca?lang=en&q=muzeum": `{"profile":["wheelchair","pram"],"width_cm":75}`,
	} {
		a := follow(s, path, cookie).Want(200)
		_, data := loads(t, a.Body)
		if got, _ := json.Marshal(data["needs"]); string(got) != want {
			t.Errorf("%s: got the needs %s, want %s", path, got, want)
		}
		if control := a.Header.Get("Cache-Control"); !strings.HasPrefix(control, "private") {
			t.Errorf("%s: got %q, want an answer that is nobody else's", path, control)
		}
		if _, data := loads(t, follow(s, path).Want(200).Body); data["needs"] != nil {
			t.Errorf("%s without the cookie: got the needs %v, want none", path, data["needs"])
		}
	}
}

func TestPeopleMayPreferText(t *testing.T) {
	s := withMap(t)
	hasMap := func(a *apitest.Answer) bool {
		addresses, data := loads(t, a.Body)
		if strings.Contains(a.Header.Get("Content-Security-Policy"), "script-src") != (data != nil) || (len(addresses) > 0) != (data != nil) {
			t.Errorf("got %v with the policy %q", addresses, a.Header.Get("Content-Security-Policy"))
		}
		return data != nil
	}
	first := follow(s, "/miejsca?q=a").Want(200)
	if !hasMap(first) || !strings.Contains(string(first.Body), `<a href="/miejsca?q=a&amp;wersja=tekst" rel="nofollow">Wersja tekstowa</a>`) {
		t.Errorf("got %.3000s, want the map, and a way to the text", first.Body)
	}
	chosen := follow(s, "/miejsca?q=a&wersja=tekst").Want(200)
	if hasMap(chosen) || !strings.Contains(string(chosen.Body), `<a href="/miejsca?q=a&amp;wersja=mapa" rel="nofollow">Mapa</a>`) {
		t.Errorf("got %.3000s, want text, and a way back", chosen.Body)
	}
	if chosen.Header.Get("Cache-Control") != "private, no-cache" || strings.Contains(string(chosen.Body), "wersja=tekst") {
		t.Errorf("got %q, want the choice in nobody else's cache and in no other link", chosen.Header.Get("Cache-Control"))
	}
	kept := cookies(chosen)
	if kept != "Cookie: wolnica_wersja=tekst" {
		t.Fatalf("got %q, want the choice kept", kept)
	}
	for _, path := range []string{"/", "/produkty", "/miejsca"} {
		if later := follow(s, path, kept).Want(200); hasMap(later) || later.Header.Get("Cache-Control") != "private, no-cache" || later.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s: got a page with the map, or kept as %q, want text", path, later.Header.Get("Cache-Control"))
		}
		if !hasMap(follow(s, path)) {
			t.Errorf("%s: got text for those who did not choose it", path)
		}
	}
	back := follow(s, "/?wersja=mapa", kept).Want(200)
	if !hasMap(back) || !strings.Contains(back.Header.Get("Set-Cookie"), "wolnica_wersja=;") {
		t.Errorf("got the cookie %q, want the map, and the choice taken back", back.Header.Get("Set-Cookie"))
	}
	if odd := follow(s, "/?wersja=%3Cscript%3E", "Cookie: wolnica_wersja=%3Cscript%3E"); !hasMap(odd) || odd.Header.Get("Set-Cookie") != "" {
		t.Errorf("got %q for a choice that is none", odd.Header.Get("Set-Cookie"))
	}
	addUser(t, s, "anna@example.org", models.UserRole{Role: models.RoleAdmin})
	session := signedIn(t, s, "anna@example.org")
	if a := follow(s, "/ewidencja", session+"; wolnica_wersja=tekst").Want(200); hasMap(a) || !strings.Contains(string(a.Body), `href="/ewidencja?wersja=mapa">Przejdź do mapy`) || !strings.Contains(string(a.Body), `href="/ewidencja/ankieta"`) {
		t.Errorf("got %s, want what works without the map, and the way to it", a.Body)
	}
}

func TestWithoutABuiltMapPagesAreText(t *testing.T) {
	s := apitest.New(t)
	addUser(t, s, "anna@example.org", models.UserRole{Role: models.RoleAdmin})
	session := signedIn(t, s, "anna@example.org")
	_, staff := appPages(1, 1)
	staff["/"], staff["/miejsca"], staff["/miejsca?wersja=mapa"] = "", "", ""
	for path := range staff {
		for language, word := range map[string]string{"pl": "Opis API", "en": "API reference"} {
			who := session
			if language == "en" {
				who = inEnglish(session)
			}
			a := follow(s, path, who).Want(200)
			wellFormed(t, path, a.Body)
			if body := string(a.Body); !strings.Contains(body, word) || strings.Contains(body, "wersja=") || strings.Contains(body, "/ui/") || strings.Contains(a.Header.Get("Content-Security-Policy"), "script") {
				t.Errorf("%s in %s: got %s, want text, and nothing of a map", path, language, body)
			}
		}
	}
	if css := string(s.Anonymous().Get("/site.css").Want(200).Body); strings.Contains(css, "@font-face") {
		t.Error("the styles name fonts that are not there")
	}
	if css := string(withMap(t).Anonymous().Get("/site.css").Want(200).Body); strings.Count(css, "@font-face") != 4 {
		t.Error("the styles do not name the fonts that come with the map")
	}
}

type sitemapURL struct {
	Loc      string `xml:"loc"`
	Modified string `xml:"lastmod"`
	Links    []struct {
		Lang string `xml:"hreflang,attr"`
		Href string `xml:"href,attr"`
	} `xml:"link"`
}

func TestTheSitemapListsPublicPages(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	point := object{"type": "Point", "coordinates": []float64{19.05, 50.05}}
	record := func(name string, more object) object {
		out := object{"name": object{"pl": name, "en": ""}, "publication": "published", "accuracy": "within_10m", "geometry": point, "heritage": object{"category": "church"}}
		for k, v := range more {
			out[k] = v
		}
		return out
	}
	open := create(t, admin, "/api/v1/places", record("Dwór & Łąka <b>", nil))
	coarse := create(t, admin, "/api/v1/places", record("Gniazdo", object{"visibility": "coarse"}))
	for _, more := range []object{{"visibility": "restricted"}, {"publication": "draft"}, {"publication": "in_review"}} {
		create(t, admin, "/api/v1/places", record("Tajny", more))
	}
	gone := admin.Send("POST", "/api/v1/places", record("Tajny", nil)).Want(201)
	admin.Send("DELETE", gone.Header.Get("Location"), nil, "If-Match: "+gone.Header.Get("ETag")).Want(200)
	product := create(t, admin, "/api/v1/products", object{"kind": "trail", "category": "walking_trail", "name": object{"pl": "Szlak", "en": ""}, "publication": "published", "stops": []object{{"place_id": open}}})
	create(t, admin, "/api/v1/products", object{"kind": "trail", "category": "walking_trail", "name": object{"pl": "Tajny", "en": ""}, "publication": "draft", "stops": []object{{"place_id": open}}})
	read := func(headers ...string) map[string]sitemapURL {
		a := s.Anonymous().Get("/sitemap.xml", headers...).Want(200)
		var list struct {
			XMLName xml.Name     `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
			URLs    []sitemapURL `xml:"url"`
		}
		if err := xml.Unmarshal(a.Body, &list); err != nil {
			t.Fatalf("%v: %s", err, a.Body)
		}
		out := map[string]sitemapURL{}
		for _, u := range list.URLs {
			path, ok := strings.CutPrefix(u.Loc, s.URL)
			if _, again := out[path]; !ok || again || len(u.Links) != 2 {
				t.Errorf("got %v, want an address of this server, once, with one in each language", u)
			}
			out[path] = u
		}
		return out
	}
	got := read()
	for _, path := range []string{"/", "/miejsca", "/produkty", fmt.Sprintf("/miejsca/%d-dwor-laka-b", open), fmt.Sprintf("/miejsca/%d-gniazdo", coarse), fmt.Sprintf("/produkty/%d-szlak", product)} {
		u, ok := got[path]
		_, english := got[path+"?lang=en"]
		if !ok || !english {
			t.Errorf("there is no %s in both languages", path)
			continue
		}
		if record := strings.Count(path, "/") == 2; record != (u.Modified != "") {
			t.Errorf("%s: got the time of change %q", path, u.Modified)
		}
		for _, address := range []string{path, path + "?lang=en"} {
			page := string(s.Anonymous().Get(address, browser).Want(200).Body)
			if !strings.Contains(page, `<link rel="canonical" href="`+s.URL+address+`">`) {
				t.Errorf("%s is not the address the page itself says is right", address)
			}
			for _, l := range u.Links {
				if !strings.Contains(page, `hreflang="`+l.Lang+`" href="`+l.Href+`"`) {
					t.Errorf("%s: the page does not say that it is at %s in %s", path, l.Href, l.Lang)
				}
			}
		}
	}
	if len(got) != 16 {
		t.Errorf("got %d addresses, want those of 8 pages in two languages: %v", len(got), got)
	}
	if signed := read("Cookie: a=b"); len(signed) != len(got) {
		t.Errorf("got %d addresses with a cookie, want the same", len(signed))
	}
	packed := s.Anonymous().Get("/sitemap.xml", "Accept-Encoding: gzip").Want(200)
	if packed.Header.Get("Content-Encoding") != "gzip" || !strings.HasSuffix(packed.Header.Get("ETag"), `-gz"`) {
		t.Errorf("got %v, want it compressed", packed.Header)
	}
	s.Anonymous().Get("/sitemap.xml", "If-None-Match: "+packed.Header.Get("ETag"), "Accept-Encoding: gzip").Want(304)
	for part, status := range map[string]int{"strony": 200, "miejsca-1": 200, "produkty-1": 200, "miejsca-2": 404, "miejsca-0": 404, "miejsca-01": 404, "miejsca": 404, "zamki-1": 404, "miejsca-99999999999999999999": 404} {
		s.Anonymous().Get("/sitemap.xml?czesc=" + part).Want(status)
	}
	if robots := string(s.Anonymous().Get("/robots.txt").Want(200).Body); !strings.Contains(robots, "\nSitemap: "+s.URL+"/sitemap.xml\n") {
		t.Errorf("got %s, want the address of the sitemap", robots)
	}
}

func TestALargeRegistryHasAnIndexOfSitemaps(t *testing.T) {
	s := apitest.New(t)
	id := create(t, s.Admin(), "/api/v1/places", object{"name": object{"pl": "Dwór", "en": ""}, "publication": "published", "accuracy": "within_10m",
		"geometry": object{"type": "Point", "coordinates": []float64{19.05, 50.05}}, "heritage": object{"category": "church"}})
	// Records far past the first list, of which there are too many for one.
	if _, err := s.Store.Pool().Exec(t.Context(), `INSERT INTO places (id, uid, name_pl, geom, accuracy, publication, visibility, lifecycle, heritage_category)
		SELECT 100000 + n, gen_random_uuid(), 'Dwór', geom, accuracy, publication, visibility, lifecycle, heritage_category FROM places, generate_series(1, 25001) n WHERE id = $1`, id); err != nil {
		t.Fatal(err)
	}
	var index struct {
		XMLName  xml.Name     `xml:"sitemapindex"`
		Sitemaps []sitemapURL `xml:"sitemap"`
	}
	if err := xml.Unmarshal(s.Anonymous().Get("/sitemap.xml").Want(200).Body, &index); err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, m := range index.Sitemaps {
		var list struct {
			URLs []sitemapURL `xml:"url"`
		}
		if err := xml.Unmarshal(s.Anonymous().Get(strings.TrimPrefix(m.Loc, s.URL)).Want(200).Body, &list); err != nil {
			t.Fatal(err)
		}
		if len(list.URLs) == 0 || len(list.URLs) > 50_000 {
			t.Errorf("%s: got %d addresses, want 1 to 50,000", m.Loc, len(list.URLs))
		}
		total += len(list.URLs)
	}
	if len(index.Sitemaps) != 4 || total != 2*(25002+5) {
		t.Errorf("got %d lists with %d addresses, want 4 with %d: %v", len(index.Sitemaps), total, 2*(25002+5), index.Sitemaps)
	}
}
