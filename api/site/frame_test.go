package site_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"wolnica/api/apitest"
	"wolnica/models"
	"wolnica/models/store"
)

const (
	browser  = "Accept: text/html,application/xhtml+xml"
	formType = "Content-Type: application/x-www-form-urlencoded"
)

// A message that nothing shows, or that is asked for and not there, is found here; those of templates New refuses itself.
func TestEveryTextIsUsedAndThere(t *testing.T) {
	defined, used := map[string]models.Text{}, map[string]bool{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	literal := func(e ast.Expr) (string, bool) {
		l, ok := e.(*ast.BasicLit)
		if !ok || l.Kind != token.STRING {
			return "", false
		}
		s, err := strconv.Unquote(l.Value)
		return s, err == nil
	}
	var asked []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		keys := map[ast.Node]bool{}
		ast.Inspect(tree, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CompositeLit:
				if name, ok := n.Type.(*ast.Ident); ok && name.Name == "texts" {
					for _, e := range n.Elts {
						pair := e.(*ast.KeyValueExpr)
						key, _ := literal(pair.Key)
						keys[pair.Key] = true
						var text models.Text
						for _, side := range pair.Value.(*ast.CompositeLit).Elts {
							of := side.(*ast.KeyValueExpr)
							value, _ := literal(of.Value)
							if of.Key.(*ast.Ident).Name == "PL" {
								text.PL = value
							} else {
								text.EN = value
							}
						}
						defined[key] = text
					}
				}
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.SelectorExpr); ok && (f.Sel.Name == "t" && len(n.Args) > 0 || f.Sel.Name == "count" && len(n.Args) == 2) {
					if key, ok := literal(n.Args[map[string]int{"t": 0, "count": 1}[f.Sel.Name]]); ok {
						asked = append(asked, key)
					}
				}
			case *ast.BasicLit:
				if s, ok := literal(n); ok && !keys[n] {
					used[s] = true
				}
			}
			return true
		})
	}
	templates, err := filepath.Glob("templates/*.html")
	if err != nil {
		t.Fatal(err)
	}
	shared, err := filepath.Glob("templates/shared/*.html")
	if err != nil {
		t.Fatal(err)
	}
	key := regexp.MustCompile(`"([a-z_]+\.[a-z_.]+)"`)
	for _, file := range append(templates, shared...) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range key.FindAllStringSubmatch(string(text), -1) {
			used[m[1]] = true
		}
	}
	if len(defined) < 30 || len(asked) == 0 {
		t.Fatalf("found %d texts and %d uses: the test does not see them", len(defined), len(asked))
	}
	for _, k := range asked {
		if _, ok := defined[k]; !ok {
			t.Errorf("there is no text %q", k)
		}
	}
	verbs := regexp.MustCompile(`%[a-z]`)
	of := regexp.MustCompile(`^[a-z_]+\.`) // a key may be put together: "verdict." + code
	for k, text := range defined {
		if !used[k] && !used[of.FindString(k)] {
			t.Errorf("nothing shows the text %q", k)
		}
		pl, en := strings.Split(text.PL, "|"), strings.Split(text.EN, "|")
		if len(pl) == 3 && len(en) == 2 { // plural forms
			for _, form := range append(pl, en...) {
				if strings.Count(form, "%s") > 1 {
					t.Errorf("%q: the form %q has more than one place for the number", k, form)
				}
			}
			continue
		}
		if a, b := verbs.FindAllString(text.PL, -1), verbs.FindAllString(text.EN, -1); len(pl) != 1 || len(en) != 1 || fmt.Sprint(a) != fmt.Sprint(b) {
			t.Errorf("%q: got %q and %q, want the same arguments, and plural forms as 3 and 2", k, text.PL, text.EN)
		}
	}
}

// password is that of everybody addUser makes.
const password = "koń bateria spinacz"

func addUser(t *testing.T, s *apitest.Server, email string, roles ...models.UserRole) {
	t.Helper()
	hash, err := hashed()
	if err != nil {
		t.Fatal(err)
	}
	u := &models.User{Email: email, Name: "Anna Nowak", Language: models.Polish, PasswordHash: hash, Roles: roles}
	if err := store.Create(t.Context(), s.Store, store.System(), u); err != nil {
		t.Fatal(err)
	}
}

// post sends a form as a browser on our own pages does.
func post(c *apitest.Client, path string, form url.Values, headers ...string) *apitest.Answer {
	return c.Send("POST", path, form.Encode(), append([]string{formType, browser, "Sec-Fetch-Site: same-origin"}, headers...)...)
}

// cookies are those an answer sets, as the header that sends them back.
func cookies(a *apitest.Answer) string {
	var all []string
	for _, c := range (&http.Response{Header: a.Header}).Cookies() {
		if c.MaxAge >= 0 {
			all = append(all, c.Name+"="+c.Value)
		}
	}
	return "Cookie: " + strings.Join(all, "; ")
}

// signedIn is the Cookie header of somebody who signed in on the page.
func signedIn(t *testing.T, s *apitest.Server, email string) string {
	t.Helper()
	return cookies(post(s.Anonymous(), "/zaloguj", url.Values{"email": {email}, "password": {password}, "dalej": {"/"}}).Want(303))
}

func TestSignInAndOutOnAPage(t *testing.T) {
	s := apitest.New(t)
	addUser(t, s, "anna@example.org", models.UserRole{Role: models.RoleAdmin})
	form := s.Anonymous().Get("/zaloguj?dalej=/%3Flang%3Den", browser).Want(200)
	if body := string(form.Body); !strings.Contains(body, `name="dalej" value="/?lang=en"`) || !strings.Contains(body, `autocomplete="current-password"`) {
		t.Errorf("got %s, want a form that leads back", body)
	}
	if form.Header.Get("Cache-Control") != "private, no-cache" {
		t.Errorf("got %q, want the form of nobody's cache", form.Header.Get("Cache-Control"))
	}
	for name, tt := range map[string]struct {
		email, password string
		status          int
		word            string
	}{
		"wrong":   {"anna@example.org", "inne hasło <b>", 401, "Nieprawidłowy adres e-mail lub hasło."},
		"unknown": {"nikt@example.org", password, 401, "Nieprawidłowy adres e-mail lub hasło."},
		"empty":   {"", "", 422, "Podaj hasło."},
	} {
		a := post(s.Anonymous(), "/zaloguj", url.Values{"email": {tt.email}, "password": {tt.password}, "dalej": {"/"}}).Want(tt.status)
		body := string(a.Body)
		if !strings.Contains(body, tt.word) || !strings.Contains(body, "<title>Błąd: ") || !strings.Contains(body, `role="alert"`) || strings.Contains(body, "inne hasło") {
			t.Errorf("%s: got %s, want the form again with %q and without the password", name, body, tt.word)
		}
		if a.Header.Get("Set-Cookie") != "" || a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: got the headers %v", name, a.Header)
		}
	}
	in := post(s.Anonymous(), "/zaloguj", url.Values{"email": {"anna@example.org"}, "password": {password}, "dalej": {"/?lang=en"}}).Want(303)
	if in.Header.Get("Location") != "/?lang=en" {
		t.Errorf("got sent to %q, want where the visitor came from", in.Header.Get("Location"))
	}
	session := cookies(in)
	first := string(s.Anonymous().Get("/", session, browser).Want(200).Body)
	if !strings.Contains(first, "Anna Nowak") || !strings.Contains(first, "Wyloguj się") || !strings.Contains(first, "Zalogowano.") {
		t.Errorf("got %s, want the name, the way out and the message", first)
	}
	home := s.Anonymous().Get("/", session, browser).Want(200)
	if home.Header.Get("Cache-Control") != "private, no-cache" || !strings.Contains(home.Header.Get("Vary"), "Cookie") {
		t.Errorf("got %q, Vary %q, want what a signed-in person sees kept by nobody else", home.Header.Get("Cache-Control"), home.Header.Values("Vary"))
	}
	if anybody := string(s.Anonymous().Get("/", browser).Want(200).Body); strings.Contains(anybody, "Anna") || strings.Contains(anybody, "Zalogowano.") {
		t.Errorf("got %s for the public, want nothing of who is signed in", anybody)
	}
	out := post(s.Anonymous(), "/wyloguj", nil, session).Want(303)
	if !strings.Contains(strings.Join(out.Header.Values("Set-Cookie"), " "), "wolnica_session=;") {
		t.Errorf("got %v, want the cookie cleared", out.Header.Values("Set-Cookie"))
	}
	s.Anonymous().Get("/api/v1/me", session).Want(401)
	if log := s.Log.String(); strings.Contains(log, password) || strings.Contains(log, "inne has") || strings.Contains(log, "anna@example.org") {
		t.Errorf("the log holds a password or an address: %s", log)
	}
}

func TestSignInLeadsToOwnPagesOnly(t *testing.T) {
	s := apitest.New(t)
	n := 0
	for next, want := range map[string]string{
		"/": "/", "/zaloguj?dalej=%2F": "/zaloguj?dalej=%2F", "": "/",
		"https://evil.example/": "/", "//evil.example/": "/", `/\evil.example`: "/", `\\evil.example`: "/", "/\t/evil.example": "/", "javascript:alert(1)": "/",
		"evil.example": "/", " /x": "/x", "/%0d%0aSet-Cookie:x": "/%0d%0aSet-Cookie:x", "/a\r\nb": "/", "http:/evil.example": "/", "/" + strings.Repeat("a", 3000): "/",
	} {
		email := fmt.Sprintf("osoba%d@example.org", n)
		n++
		addUser(t, s, email)
		in := post(s.Anonymous(), "/zaloguj", url.Values{"email": {email}, "password": {password}, "dalej": {next}})
		if got := in.Want(303).Header.Get("Location"); got != want {
			t.Errorf("%.60q: got sent to %q, want %q", next, got, want)
		}
	}
}

func TestFormsAreReadStrictly(t *testing.T) {
	s := apitest.New(t)
	addUser(t, s, "anna@example.org")
	right := url.Values{"email": {"anna@example.org"}, "password": {password}, "dalej": {"/"}}.Encode()
	for name, tt := range map[string]struct {
		body    string
		headers []string
		status  int
	}{
		"another site":             {right, []string{formType, "Sec-Fetch-Site: cross-site"}, 403},
		"a sibling of our host":    {right, []string{formType, "Sec-Fetch-Site: same-site"}, 403},
		"another origin":           {right, []string{formType, "Origin: https://evil.example"}, 403},
		"a sandboxed frame":        {right, []string{formType, "Origin: null"}, 403},
		"an unknown field":         {right + "&admin=1", []string{formType}, 400},
		"a field given twice":      {right + "&email=x", []string{formType}, 400},
		"no UTF-8":                 {right + "x%ff", []string{formType}, 400},
		"a byte of nought":         {right + "%00", []string{formType}, 400},
		"broken escapes":           {"email=%zz", []string{formType}, 400},
		"JSON":                     {`{"email":"anna@example.org"}`, []string{"Content-Type: application/json"}, 415},
		"text, as forms may be":    {right, []string{"Content-Type: text/plain"}, 415},
		"too large":                {right + strings.Repeat("x", 300<<10), []string{formType}, 413},
		"too long":                 {"email=" + strings.Repeat("x", 300), []string{formType}, 422},
		"right, on our own origin": {right, []string{formType, "Origin: " + s.URL}, 303},
	} {
		a := s.Anonymous().Send("POST", "/zaloguj", tt.body, append(tt.headers, browser)...)
		if a.Status != tt.status || a.Status >= 400 && (!strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") || a.Header.Get("Set-Cookie") != "") {
			t.Errorf("%s: got %d %s %q, want %d as a page, and no cookie", name, a.Status, a.Header.Get("Content-Type"), a.Header.Get("Set-Cookie"), tt.status)
		}
	}
}

func TestProblemsAreShownAsPagesToBrowsers(t *testing.T) {
	s := apitest.New(t)
	for language, word := range map[string]string{"pl": "Nie znaleziono", "en": "Not found"} {
		a := s.Anonymous().Get("/nie-ma<script>?lang="+language, browser).Want(404)
		body := string(a.Body)
		if !strings.Contains(body, "<h1>"+word+"</h1>") || !strings.Contains(body, `<html lang="`+language+`">`) || strings.Contains(body, "<script>") {
			t.Errorf("%s: got %s, want a page that says %s", language, body, word)
		}
		if csp := a.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "style-src 'self'") || strings.Contains(csp, "unsafe") || a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: got the headers %v", language, a.Header)
		}
	}
	for _, path := range []string{"/api/v1/places/1", "/ogc/nothing", "/tiles/x/y/z"} {
		if a := s.Anonymous().Get(path, browser); a.Status < 400 || strings.Contains(a.Header.Get("Content-Type"), "html") {
			t.Errorf("%s: got %d as %s, want a problem for programs", path, a.Status, a.Header.Get("Content-Type"))
		}
	}
	if a := s.Anonymous().Get("/nothing", "Accept: application/json").Want(404); a.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("got %s for a program, want JSON", a.Header.Get("Content-Type"))
	}
}

func TestTheLanguageIsKept(t *testing.T) {
	s := apitest.New(t)
	asked := s.Anonymous().Get("/zaloguj?dalej=%2Fx&lang=en", browser).Want(200)
	if !strings.Contains(string(asked.Body), `href="/zaloguj?dalej=%2Fx&amp;lang=pl"`) {
		t.Errorf("got %s, want a switch that keeps the address", asked.Body)
	}
	later := s.Anonymous().Get("/zaloguj", browser, cookies(asked)).Want(200)
	if !strings.Contains(string(later.Body), "<h1>Sign in</h1>") || later.Header.Get("Set-Cookie") != "" {
		t.Errorf("got %s, want the language chosen before", later.Body)
	}
	for cookie, word := range map[string]string{"wolnica_lang=xx": "Zaloguj się", "wolnica_lang=": "Zaloguj się", "wolnica_said=signin.nothing; wolnica_lang=en": "Sign in"} {
		if body := string(s.Anonymous().Get("/zaloguj", "Cookie: "+cookie).Want(200).Body); !strings.Contains(body, "<h1>"+word+"</h1>") {
			t.Errorf("%s: got %s, want %s", cookie, body, word)
		}
	}
	if polish := s.Anonymous().Get("/?lang=pl", browser); strings.Contains(polish.Header.Get("Cache-Control"), "public") {
		t.Errorf("got %q with %q, want no cookie in a shared cache", polish.Header.Get("Cache-Control"), polish.Header.Get("Set-Cookie"))
	}
	plain := s.Anonymous().Get("/", browser)
	if plain.Header.Get("Set-Cookie") != "" || !strings.HasPrefix(plain.Header.Get("Cache-Control"), "public") || !strings.Contains(strings.Join(plain.Header.Values("Vary"), " "), "Accept-Language") {
		t.Errorf("got %v, want a page without a cookie that caches may keep by language", plain.Header)
	}
}

// wellFormed reads a page as browsers do and reports what a person with a screen reader would trip over: ids given twice, labels and
// descriptions that lead nowhere, pictures and fields without a name, no or several h1; and any script that runs.
func wellFormed(t *testing.T, path string, body []byte) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(string(body)))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	ids, headings := map[string]int{}, 0
	var refs []string
	attr := func(n *html.Node, name string) (string, bool) {
		for _, a := range n.Attr {
			if a.Key == name {
				return a.Val, true
			}
		}
		return "", false
	}
	labelled := map[string]bool{}
	var fields []*html.Node
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if id, ok := attr(n, "id"); ok {
			if ids[id]++; ids[id] > 1 || id == "" {
				t.Errorf("%s: the id %q is there twice", path, id)
			}
		}
		for _, name := range []string{"for", "aria-describedby", "aria-labelledby", "aria-controls", "headers"} {
			if v, ok := attr(n, name); ok {
				refs = append(refs, strings.Fields(v)...)
				if name == "for" {
					labelled[v] = true
				}
			}
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:") {
				t.Errorf("%s: <%s %s=%q> is refused by the policy", path, n.Data, a.Key, a.Val)
			}
		}
		switch n.Data {
		case "h1":
			headings++
		case "script":
			if kind, _ := attr(n, "type"); kind != "application/ld+json" {
				t.Errorf("%s: got a script", path)
			}
		case "style", "iframe", "object", "embed":
			t.Errorf("%s: got <%s>", path, n.Data)
		case "img":
			if _, ok := attr(n, "alt"); !ok {
				t.Errorf("%s: a picture has no alt text", path)
			}
		case "input", "select", "textarea":
			if kind, _ := attr(n, "type"); kind != "hidden" {
				fields = append(fields, n)
			}
		}
	}
	for _, ref := range refs {
		if ids[ref] == 0 {
			t.Errorf("%s: there is no element %q", path, ref)
		}
	}
	for _, f := range fields {
		id, _ := attr(f, "id")
		name, _ := attr(f, "aria-label")
		if wrapped := f.Parent != nil && f.Parent.Data == "label"; !wrapped && !labelled[id] && name == "" {
			v, _ := attr(f, "name")
			t.Errorf("%s: the field %q has no label", path, v)
		}
	}
	if headings != 1 {
		t.Errorf("%s: got %d headings of the first level, want one", path, headings)
	}
}

// pages are the addresses that are opened in both languages with hostile texts in the registry; place and product are records
// whose every text is hostile.
func pages(place, product int64) []string {
	q := url.QueryEscape(hostile)
	facts := func(owner string, id int64) string { return fmt.Sprintf("/%s/%d/fakty", owner, id) }
	return []string{facts("miejsca", place), facts("miejsca", place) + "?cecha=door_width", facts("miejsca", place) + "?cecha=tactile_media", facts("produkty", product), facts("produkty", product) + "?cecha=steps", "/", "/potrzeby", "/potrzeby?dalej=" + q + "&profile=" + q, "/miejsca", "/miejsca?q=" + q, "/miejsca?near=" + q + "&category=" + q, "/miejsca?near=50,05+19,05&profile=pram&width_cm=75&fit=maybe",
		"/miejsca?cursor=" + q, fmt.Sprintf("/miejsca/%d", place), fmt.Sprintf("/miejsca/%d-%s?profile=deaf&profile=wheelchair", place, url.PathEscape(hostile)), "/miejsca/999999",
		"/raporty", "/produkty", "/produkty?q=" + q + "&kind=" + q, fmt.Sprintf("/produkty/%d?profile=walking", product), "/produkty/999999", "/ewidencja/propozycje", "/ewidencja/propozycje/1", "/ewidencja", "/ewidencja/nowe", fmt.Sprintf("/ewidencja/miejsca/%d", place), fmt.Sprintf("/ewidencja/produkty/%d", product), "/ewidencja/kolejki", "/ewidencja/zgloszenia", "/ewidencja/importy", "/ewidencja/importy/1", "/inwestycje", "/inwestycje/braki", "/inwestycje/prognoza", "/inwestycje/programy", "/inwestycje/programy/1", "/inwestycje/propozycje", "/inwestycje/propozycje/nowa", "/inwestycje/propozycje/1", "/inwestycje/zalozenia", "/zaloguj", "/zaloguj?dalej=" + url.QueryEscape(hostile), "/nie-ma-takiej-strony/" + url.PathEscape(hostile),
		"/ewidencja/ankieta", "/ewidencja/ankieta/karta?municipality=1206011", fmt.Sprintf("/ewidencja/ankieta/%d", place), "/ewidencja/ankieta?profile=" + q,
		"/inwestycje/co-jesli", "/inwestycje/co-jesli?ask=yes&fix=captions&fix=staff_training", "/inwestycje/co-jesli?ask=yes&attribute=steps&part=" + url.QueryEscape(hostile[:30]) + "&value=" + q}
}

// hostile would run if it were written anywhere as it is.
const hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)>'--></style>{{7}}javascript:alert(1)`

func TestPagesShowTextAsText(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	place, product := hostileRecords(t, s, admin)
	if err := s.Map.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	addUser(t, s, "anna@example.org", models.UserRole{Role: models.RoleAdmin})
	session := signedIn(t, s, "anna@example.org")
	for _, path := range pages(place, product) {
		for _, language := range []string{"pl", "en"} {
			for _, who := range []string{"Cookie: a=b", session} {
				path := path
				a := s.Anonymous().Get(path, browser, "Accept-Language: "+language, who)
				if a.Status >= 500 {
					t.Errorf("%s: got %d: %s", path, a.Status, a.Body)
				}
				for a.Status/100 == 3 {
					path = a.Header.Get("Location")
					a = s.Anonymous().Get(path, browser, "Accept-Language: "+language, who)
				}
				if !strings.Contains(a.Header.Get("Content-Type"), "html") {
					t.Errorf("%s: got %s, want a page", path, a.Header.Get("Content-Type"))
					continue
				}
				if got := a.Header.Get("Content-Security-Policy"); !strings.HasPrefix(got, "default-src 'none'") || strings.Contains(got, "unsafe") || strings.Contains(got, "*") {
					t.Errorf("%s: got the policy %q, want a strict one", path, got)
				}
				wellFormed(t, path, a.Body)
			}
		}
	}
}
