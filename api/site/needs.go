package site

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"wolnica/models"
	"wolnica/models/access"
)

func (s *Site) needsPart() part {
	return part{
		texts: needsTexts,
		nav:   []navItem{{section: sectionExplore, path: "/potrzeby", label: "needs.title"}},
		routes: []route{
			{method: http.MethodGet, path: "/potrzeby", serve: (*visit).needsPage},
			{method: http.MethodPost, path: "/potrzeby", serve: (*visit).saveNeeds},
		},
	}
}

var needsTexts = texts{
	"needs.title":     {PL: "Moje potrzeby", EN: "My needs"},
	"needs.lead":      {PL: "Wybierz, jak się poruszasz i czego potrzebujesz. Każde miejsce pokaże wtedy, czy z niego skorzystasz, i dlaczego. Konto nie jest potrzebne.", EN: "Choose how you get about and what you need. Every place will then say whether you can use it, and why. You need no account."},
	"needs.profiles":  {PL: "Jak się poruszasz i czego potrzebujesz", EN: "How you get about and what you need"},
	"needs.several":   {PL: "Możesz wybrać kilka: miejsce musi wtedy spełnić wszystkie.", EN: "You may choose several: a place then has to meet them all."},
	"needs.own":       {PL: "Twoje wymiary", EN: "Your own measures"},
	"needs.optional":  {PL: "Nieobowiązkowe. Bez nich liczą się wymiary, które zwykle wystarczają.", EN: "Optional. Without them, the measures count that usually do."},
	"needs.width":     {PL: "Najwęższe przejście", EN: "Narrowest passage"},
	"needs.width.of":  {PL: "Przez które przejedziesz bez pomocy. Wózki ręczne, elektryczne i dziecięce.", EN: "That you get through without help. For manual and powered wheelchairs and prams."},
	"needs.step":      {PL: "Najwyższy próg", EN: "Highest step"},
	"needs.step.of":   {PL: "Który pokonasz bez pomocy. Wózki ręczne i elektryczne.", EN: "That you get over without help. For manual and powered wheelchairs."},
	"needs.slope":     {PL: "Największe nachylenie", EN: "Steepest slope"},
	"needs.slope.of":  {PL: "Po którym wjedziesz lub wejdziesz bez pomocy. Wózki ręczne i elektryczne, trudności w chodzeniu.", EN: "That you get up without help. For manual and powered wheelchairs, and difficulty walking."},
	"needs.save":      {PL: "Zapamiętaj", EN: "Remember"},
	"needs.once":      {PL: "Użyj raz, bez zapamiętywania", EN: "Use once, remember nothing"},
	"needs.forget":    {PL: "Zapomnij moje potrzeby", EN: "Forget my needs"},
	"needs.privacy":   {PL: "„Zapamiętaj” zapisuje w Twojej przeglądarce jedno ciasteczko (wolnica_needs) na rok. Są w nim tylko kody wybranych profili i liczby, na przykład „wheelchair~width=75”. Nie zapisujemy go na serwerze, nie łączymy z Tobą i nikomu nie przekazujemy. „Użyj raz” niczego nie zapisuje: wybór jest wtedy w adresie strony.", EN: "“Remember” keeps one cookie (wolnica_needs) in your browser for a year. It holds nothing but the codes of the chosen profiles and the numbers, such as “wheelchair~width=75”. We do not store it on the server, connect it with you or pass it on. “Use once” keeps nothing: the choice then stands in the address of the page."},
	"needs.none":      {PL: "Wybierz co najmniej jeden profil.", EN: "Choose at least one profile."},
	"needs.saved":     {PL: "Potrzeby zapamiętane w tej przeglądarce.", EN: "Your needs are remembered in this browser."},
	"needs.forgotten": {PL: "Potrzeby zapomniane.", EN: "Your needs are forgotten."},
	"needs.for":       {PL: "Dla:", EN: "For:"},
	"needs.change":    {PL: "Zmień potrzeby", EN: "Change needs"},
	"needs.choose":    {PL: "Wybierz swoje potrzeby", EN: "Choose your needs"},
	"needs.invite":    {PL: "Każde miejsce powie wtedy, czy z niego skorzystasz.", EN: "Every place will then say whether you can use it."},
	"needs.limit.w":   {PL: "przejście od %s cm", EN: "passages from %s cm"},
	"needs.limit.s":   {PL: "próg do %s cm", EN: "steps up to %s cm"},
	"needs.limit.i":   {PL: "nachylenie do %s %%", EN: "slopes up to %s %%"},
}

const (
	// needsCookie holds the needs as needs.text writes them: codes and numbers, nothing about the person beyond that.
	needsCookie = "wolnica_needs"
	needsLife   = 365 * 24 * time.Hour
)

// needs are what the visitor chose, on this address or earlier; its zero value is nothing.
type needs struct {
	access.Needs
	// judged are the profiles to judge by.
	judged []*access.Profile
	// inAddress tells that the choice stands in the address, and so has to stand in the links of the page.
	inAddress bool
}

// needsForm is the choice as a form and as the parameters of an address; the names are those of the API.
type needsForm struct {
	Profile      []string `form:"profile" max:"40"`
	WidthCM      *float64 `form:"width_cm" max:"20"`
	StepCM       *float64 `form:"step_cm" max:"20"`
	SlopePercent *float64 `form:"slope_percent" max:"20"`
}

// needs are those of the form, as the API has them; profiles that do not exist are left out.
func (f needsForm) needs() access.Needs {
	return knownNeeds(f.Profile, access.Limits{WidthCM: f.WidthCM, StepCM: f.StepCM, SlopePercent: f.SlopePercent})
}

// knownNeeds is access.NeedsOf without the profiles that do not exist: they choose nothing. When only such were named there are no needs.
func knownNeeds(profiles []string, limits access.Limits) access.Needs {
	known := slices.DeleteFunc(slices.Clone(profiles), func(code string) bool { return !models.AccessProfiles.Has(code) })
	if len(known) == 0 && len(profiles) > 0 {
		return access.Needs{}
	}
	return access.NeedsOf(known, limits)
}

// needs reads the choice from the address or else from the cookie. What cannot be read there chooses nothing: a broken link
// shows places all the same.
func (v *visit) needs() needs {
	var f needsForm
	query := v.gin.Request.URL.Query()
	asks := slices.ContainsFunc([]string{"profile", "width_cm", "step_cm", "slope_percent"}, query.Has)
	if asks && v.query(&f) == nil {
		if n, ok := judged(f.needs()); ok {
			n.inAddress = true
			return n
		}
	}
	if c, err := v.gin.Request.Cookie(needsCookie); err == nil {
		if n, ok := judged(needsOf(c.Value)); ok {
			return n
		}
	}
	return needs{}
}

func judged(n access.Needs) (needs, bool) {
	profiles, err := n.Judged()
	return needs{Needs: n, judged: profiles}, err == nil && len(profiles) > 0
}

var limitNames = [3]string{"width", "step", "slope"}

func limitsOf(n *access.Needs) [3]**float64 {
	return [3]**float64{&n.Limits.WidthCM, &n.Limits.StepCM, &n.Limits.SlopePercent}
}

// text writes needs for the cookie: "wheelchair~pram~width=75".
func needsText(n access.Needs) string {
	parts := slices.Clone(n.Profiles)
	for i, limit := range limitsOf(&n) {
		if *limit != nil {
			parts = append(parts, limitNames[i]+"="+strconv.FormatFloat(**limit, 'f', -1, 64))
		}
	}
	return strings.Join(parts, "~")
}

// needsOf reads what needsText wrote; what it does not know it leaves out.
func needsOf(text string) access.Needs {
	if len(text) > 300 {
		return access.Needs{}
	}
	var n access.Needs
	for part := range strings.SplitSeq(text, "~") {
		name, value, limited := strings.Cut(part, "=")
		if !limited {
			n.Profiles = append(n.Profiles, part)
			continue
		}
		if i := slices.Index(limitNames[:], name); i >= 0 {
			if x, err := strconv.ParseFloat(value, 64); err == nil {
				*limitsOf(&n)[i] = &x
			}
		}
	}
	return knownNeeds(n.Profiles, n.Limits)
}

// into adds the needs to the parameters of a link when they stand in the address of this page.
func (n needs) into(query url.Values) url.Values {
	if !n.inAddress {
		return query
	}
	query["profile"] = n.Profiles
	for i, name := range []string{"width_cm", "step_cm", "slope_percent"} {
		if limit := *limitsOf(&n.Needs)[i]; limit != nil {
			query.Set(name, strconv.FormatFloat(*limit, 'f', -1, 64))
		}
	}
	return query
}

// link is an address with the needs where they are in the address.
func (n needs) link(path string) string {
	if query := n.into(url.Values{}); len(query) > 0 {
		return path + "?" + query.Encode()
	}
	return path
}

// chosen says the needs in words: "wózek ręczny, przejście od 75 cm".
func (v *visit) chosen(n needs) string {
	var words []string
	for _, code := range n.Profiles {
		words = append(words, models.AccessProfiles.Label(code).In(v.lang))
	}
	for i, limit := range limitsOf(&n.Needs) {
		if *limit == nil {
			continue
		}
		x := decimal(**limit, v.lang)
		words = append(words, [3]string{v.t("needs.limit.w", x), v.t("needs.limit.s", x), v.t("needs.limit.i", x)}[i])
	}
	return strings.Join(words, ", ")
}

// needsLine is the line that says on other pages for whom they speak, and leads to the choice.
type needsLine struct{ Chosen, Href string }

func (v *visit) needsLine(n needs) needsLine {
	query := n.into(url.Values{})
	query.Set("dalej", v.gin.Request.URL.RequestURI())
	return needsLine{v.chosen(n), "/potrzeby?" + query.Encode()}
}

type needsData struct {
	Next       string
	Profiles   field
	Limits     []field
	Remembered bool
}

func (v *visit) needsPage() error {
	var asked struct {
		Next string `form:"dalej"`
	}
	if err := v.query(&asked); err != nil {
		return err
	}
	return v.showNeeds(v.needs().Needs, ownPath(or(asked.Next, "/miejsca")), nil)
}

func (v *visit) showNeeds(n access.Needs, next string, problem error) error {
	var profiles []option
	for _, e := range models.AccessProfiles.Entries {
		profiles = append(profiles, option{Value: e.Code, Label: capital(e.Label.In(v.lang))})
	}
	value := func(x *float64) string {
		if x == nil {
			return ""
		}
		return decimal(*x, v.lang)
	}
	fields := v.fields(problem,
		field{Name: "profile", Type: "checks", Label: v.t("needs.profiles"), Help: v.t("needs.several"), Options: profiles, Values: n.Profiles},
		field{Name: "width_cm", Type: "number", Label: v.t("needs.width"), Help: v.t("needs.width.of"), Unit: "cm", Value: value(n.Limits.WidthCM)},
		field{Name: "step_cm", Type: "number", Label: v.t("needs.step"), Help: v.t("needs.step.of"), Unit: "cm", Value: value(n.Limits.StepCM)},
		field{Name: "slope_percent", Type: "number", Label: v.t("needs.slope"), Help: v.t("needs.slope.of"), Unit: "%", Value: value(n.Limits.SlopePercent)},
	)
	_, err := v.gin.Request.Cookie(needsCookie)
	return v.show("needs", page{Title: v.t("needs.title"), Description: v.t("needs.lead"), Section: sectionExplore, Path: "/potrzeby", Indexed: true, Public: true, Problem: problem,
		Data: needsData{Next: next, Profiles: fields[0], Limits: fields[1:], Remembered: err == nil}})
}

func (v *visit) saveNeeds() error {
	var f struct {
		Profile      []string `form:"profile" max:"40"`
		WidthCM      *float64 `form:"width_cm" max:"20"`
		StepCM       *float64 `form:"step_cm" max:"20"`
		SlopePercent *float64 `form:"slope_percent" max:"20"`
		Next         string   `form:"dalej"`
		Forget       string   `form:"forget"`
	}
	err := v.form(&f)
	if err != nil && models.CodeOf(err) != models.CodeInvalid {
		return err
	}
	next := ownPath(or(f.Next, "/miejsca"))
	if f.Forget != "" {
		v.setCookie(needsCookie, "", 0)
		v.say("needs.forgotten")
		return v.redirect("/potrzeby")
	}
	n := needsForm{f.Profile, f.WidthCM, f.StepCM, f.SlopePercent}.needs()
	if err == nil {
		_, err = n.Judged()
	}
	if err == nil && len(f.Profile) == 0 { // a form asks what a link may leave open
		err = models.Invalid("/profile", "required", needsTexts["needs.none"].PL, needsTexts["needs.none"].EN)
	}
	if err != nil {
		return v.showNeeds(n, next, err)
	}
	v.setCookie(needsCookie, needsText(n), needsLife)
	v.say("needs.saved")
	return v.redirect(next)
}

func capital(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}
