package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"wolnica/api/auth"
	"wolnica/models"
	"wolnica/models/store"
)

type userCommands struct {
	Add      userAddCommand      `cmd:"" help:"Add a user. The password is asked for, or generated and printed once." pl:"Dodaj użytkownika. Program zapyta o hasło albo je wylosuje i wypisze raz."`
	List     userListCommand     `cmd:"" help:"List the users and their roles." pl:"Wypisz użytkowników i ich role."`
	Password userPasswordCommand `cmd:"" help:"Set a user's password and end the user's sessions." pl:"Ustaw hasło użytkownika i zakończ jego sesje."`
	Role     userRoleCommand     `cmd:"" help:"Set all the roles of a user." pl:"Ustaw wszystkie role użytkownika."`
}

type userAddCommand struct {
	Email    string   `arg:"" help:"E-mail address to sign in with." pl:"Adres e-mail do logowania."`
	Role     []string `placeholder:"ROLE[@TERYT]" help:"Role: viewer, contributor, heritage_officer, planner or admin; with @TERYT in that municipality only. May be repeated." pl:"Rola: viewer, contributor, heritage_officer, planner albo admin; z @TERYT tylko w tej gminie. Można powtórzyć."`
	Name     string   `placeholder:"NAME" help:"The person's name; the e-mail address when not given." pl:"Imię i nazwisko; bez tej opcji adres e-mail."`
	Language string   `enum:"pl,en" default:"pl" placeholder:"pl|en" help:"The user's language." pl:"Język użytkownika."`
	Generate bool     `help:"Generate a random password and print it." pl:"Wylosuj hasło i wypisz je."`
	database
}

// Run adds the user.
func (c userAddCommand) Run(p *program) error {
	s, release, err := c.open(p.ctx)
	if err != nil {
		return err
	}
	defer release()
	u := &models.User{Email: strings.TrimSpace(c.Email), Name: c.Name, Language: models.Language(c.Language)}
	if u.Name == "" {
		u.Name = u.Email
	}
	if u.Roles, err = readRoles(p.ctx, s, c.Role); err != nil {
		return err
	}
	if err := u.Validate(p.now()); err != nil { // before anybody types a password
		return err
	}
	password, hash, err := p.newPassword(c.Generate, u.Email)
	if err != nil {
		return err
	}
	u.PasswordHash = hash
	if err := store.Create(p.ctx, s, store.System(), u); err != nil {
		return err
	}
	p.print(models.Text{PL: "Dodano użytkownika %s.", EN: "Added the user %s."}, u.Email)
	p.printPassword(c.Generate, password)
	if len(u.Roles) == 0 {
		p.tell(models.Text{PL: "Użytkownik nie ma żadnej roli. Nadasz ją poleceniem: wolnica user role %s ROLA", EN: "The user has no role. Give one with: wolnica user role %s ROLE"}, u.Email)
	}
	return nil
}

type userListCommand struct{ database }

// Run lists the users with their roles.
func (c userListCommand) Run(p *program) error {
	s, release, err := c.open(p.ctx)
	if err != nil {
		return err
	}
	defer release()
	municipalities, err := s.Municipalities(p.ctx, store.System(), false)
	if err != nil {
		return err
	}
	names := map[int64]string{}
	for _, m := range municipalities {
		names[m.ID] = m.TERYT + " " + m.Name
	}
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	page := models.Page{Limit: 500}
	for {
		users, next, err := s.Users(p.ctx, store.System(), false, page)
		if err != nil {
			return err
		}
		for _, u := range users {
			var roles []string
			for _, r := range u.Roles {
				text := r.Role
				if r.MunicipalityID != nil {
					text += " (" + names[*r.MunicipalityID] + ")"
				}
				roles = append(roles, text)
			}
			if u.Disabled {
				roles = append(roles, models.Text{PL: "konto wyłączone", EN: "account disabled"}.In(p.language))
			}
			fmt.Fprintf(w, "%s\t%s\t%s\n", u.Email, u.Name, strings.Join(roles, ", "))
		}
		if page.Cursor = next; next == "" {
			return w.Flush()
		}
	}
}

type userPasswordCommand struct {
	Email    string `arg:"" help:"E-mail address of the user." pl:"Adres e-mail użytkownika."`
	Generate bool   `help:"Generate a random password and print it." pl:"Wylosuj hasło i wypisz je."`
	database
}

// Run sets the password.
func (c userPasswordCommand) Run(p *program) error {
	s, release, err := c.open(p.ctx)
	if err != nil {
		return err
	}
	defer release()
	u, err := userByEmail(p.ctx, s, c.Email)
	if err != nil {
		return err
	}
	password, hash, err := p.newPassword(c.Generate, u.Email)
	if err != nil {
		return err
	}
	if err := s.SetPassword(p.ctx, u.ID, hash); err != nil {
		return err
	}
	p.print(models.Text{PL: "Ustawiono hasło użytkownika %s; jego sesje zakończono.", EN: "Set the password of %s; the user's sessions have ended."}, u.Email)
	p.printPassword(c.Generate, password)
	return nil
}

type userRoleCommand struct {
	Email string   `arg:"" help:"E-mail address of the user." pl:"Adres e-mail użytkownika."`
	Roles []string `arg:"" optional:"" name:"role" help:"ROLE or ROLE@TERYT: viewer, contributor, heritage_officer, planner, admin." pl:"ROLA albo ROLA@TERYT: viewer, contributor, heritage_officer, planner, admin."`
	None  bool     `help:"Take every role away." pl:"Odbierz wszystkie role."`
	database
}

// Run replaces the user's roles by those given.
func (c userRoleCommand) Run(p *program) error {
	if (len(c.Roles) == 0) != c.None {
		return refusal("Podaj role, jakie użytkownik ma mieć, albo --none.", "Give the roles the user shall have, or --none.")
	}
	s, release, err := c.open(p.ctx)
	if err != nil {
		return err
	}
	defer release()
	u, err := userByEmail(p.ctx, s, c.Email)
	if err != nil {
		return err
	}
	roles, err := readRoles(p.ctx, s, c.Roles)
	if err != nil {
		return err
	}
	if _, err := store.Update(p.ctx, s, store.System(), u.ID, u.Version, func(u *models.User) error {
		u.Roles = roles
		return nil
	}); err != nil {
		return err
	}
	p.print(models.Text{PL: "Role użytkownika %s: %d.", EN: "Roles of %s: %d."}, u.Email, len(roles))
	return nil
}

func userByEmail(ctx context.Context, s *store.Store, email string) (*models.User, error) {
	u, err := s.UserByEmail(ctx, email)
	if models.CodeOf(err) == models.CodeNotFound {
		return nil, refusal("Nie ma użytkownika %s. Listę wypisze: wolnica user list", "There is no user %s. See: wolnica user list", email)
	}
	return u, err
}

// readRoles reads ROLE or ROLE@TERYT.
func readRoles(ctx context.Context, s *store.Store, texts []string) ([]models.UserRole, error) {
	roles := []models.UserRole{}
	for _, text := range texts {
		code, teryt, limited := strings.Cut(text, "@")
		if !models.Roles.Has(code) {
			allowed := strings.Join(models.Roles.Codes(), ", ")
			return nil, refusal("Nie ma roli %q. Dozwolone: %s.", "There is no role %q. Allowed: %s.", code, allowed)
		}
		role := models.UserRole{Role: code}
		if limited {
			municipalities, err := s.Municipalities(ctx, store.System(), false)
			if err != nil {
				return nil, err
			}
			for _, m := range municipalities {
				if m.TERYT == teryt {
					role.MunicipalityID = &m.ID
				}
			}
			if role.MunicipalityID == nil {
				return nil, refusal("W rejestrze nie ma gminy o kodzie TERYT %q.", "The registry has no municipality with the TERYT code %q.", teryt)
			}
		}
		roles = append(roles, role)
	}
	return roles, nil
}

// newPassword generates a password or reads one that is good enough, and hashes it.
func (p *program) newPassword(generate bool, email string) (password, hash string, err error) {
	if generate {
		password = auth.RandomPassword()
	} else {
		if password, err = p.readPassword(); err != nil {
			return "", "", err
		}
		if err := auth.CheckPassword("/password", password, email); err != nil {
			return "", "", err
		}
	}
	hash, err = auth.HashPassword(password)
	return password, hash, err
}

func (p *program) printPassword(generated bool, password string) {
	if generated {
		p.print(models.Text{PL: "Hasło (widać je tylko teraz): %s", EN: "Password (shown only now): %s"}, password)
	}
}
