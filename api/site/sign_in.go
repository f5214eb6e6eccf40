package site

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/models"
)

func (s *Site) signInPart() part {
	return part{
		texts: texts{
			"signin.title":    {PL: "Zaloguj się", EN: "Sign in"},
			"signin.lead":     {PL: "Konto mają osoby, które prowadzą rejestr. Do szukania miejsc nie jest potrzebne.", EN: "Accounts are for those who keep the registry. You need none to look for places."},
			"signin.email":    {PL: "Adres e-mail", EN: "E-mail address"},
			"signin.password": {PL: "Hasło", EN: "Password"},
			"signin.done":     {PL: "Zalogowano.", EN: "You are signed in."},
			"signin.out":      {PL: "Wylogowano.", EN: "You are signed out."},
			"signin.as":       {PL: "Jesteś na koncie: %s.", EN: "You are signed in as %s."},
		},
		routes: []route{
			{method: http.MethodGet, path: "/zaloguj", class: api.Unbounded, serve: (*visit).signInPage},
			{method: http.MethodPost, path: "/zaloguj", before: []gin.HandlerFunc{s.accounts.TriesHandler()}, serve: (*visit).signIn},
			{method: http.MethodPost, path: "/wyloguj", serve: (*visit).signOut},
		},
	}
}

type signInForm struct {
	Email    string `form:"email" max:"254"`
	Password string `form:"password" max:"1000" raw:"true"`
	Next     string `form:"dalej"`
}

type signInData struct {
	Next   string
	Fields []field
}

func (v *visit) signInPage() error {
	var asked struct {
		Next string `form:"dalej"`
	}
	if err := v.query(&asked); err != nil {
		return err
	}
	return v.showSignIn(signInForm{Next: ownPath(asked.Next)}, nil)
}

func (v *visit) showSignIn(f signInForm, problem error) error {
	v.gin.Header("Cache-Control", "no-store")
	return v.show("sign_in", page{Title: v.t("signin.title"), Path: "/zaloguj", Problem: problem, Data: signInData{Next: ownPath(f.Next), Fields: v.fields(problem,
		field{Name: "email", Label: v.t("signin.email"), Type: "email", Value: f.Email, Required: true, Autocomplete: "username"},
		field{Name: "password", Label: v.t("signin.password"), Type: "password", Required: true, Autocomplete: "current-password"},
	)}})
}

func (v *visit) signIn() error {
	var f signInForm
	if err := v.form(&f); err != nil {
		if models.CodeOf(err) != models.CodeInvalid {
			return err
		}
		return v.showSignIn(f, err)
	}
	var missing models.Fields
	if f.Email == "" {
		missing.Add("/email", "required", "Podaj adres e-mail.", "Give your e-mail address.")
	}
	if f.Password == "" {
		missing.Add("/password", "required", "Podaj hasło.", "Give your password.")
	}
	if err := missing.Err(); err != nil {
		return v.showSignIn(f, err)
	}
	user, cookie, err := v.accounts.SignIn(v.ctx, auth.Credentials{Email: f.Email, Password: f.Password})
	if err != nil {
		return v.showSignIn(f, err)
	}
	v.gin.Writer.Header().Add("Set-Cookie", cookie)
	if _, err := v.gin.Request.Cookie(api.LanguageCookie); err != nil {
		v.setCookie(api.LanguageCookie, string(user.Language), languageLife)
	}
	v.say("signin.done")
	return v.redirect(ownPath(f.Next))
}

func (v *visit) signOut() error {
	cookie, err := v.accounts.SignOut(v.ctx)
	if err != nil {
		return err
	}
	v.gin.Writer.Header().Add("Set-Cookie", cookie)
	v.say("signin.out")
	return v.redirect("/")
}
