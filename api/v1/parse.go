package v1

import (
	"context"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/models"
)

// RegisterNumbers is what the ledger reads out of the text of a source, so that a form can show it before it is saved.
type RegisterNumbers struct {
	Text string `json:"text"`
	// Entries are all there is in the text, in its order.
	Entries []RegisterEntry `json:"entries"`
	// Numbers are what the entry will be found by: each once, in the one form.
	Numbers []string `json:"numbers"`
}

// RegisterEntry is one entry of a text: a number in the register of monuments, or an older decision without one.
type RegisterEntry struct {
	Raw string `json:"raw"`
	// Number is absent where the text has no number of the register's form.
	Number string       `json:"number,omitzero"`
	Date   *models.Date `json:"date,omitzero"`
}

// DatingRead is a dating with the years read from its text.
type DatingRead struct {
	Dating
	// Read says whether the text could be read; an end that stays open is absent.
	Read bool `json:"read"`
}

type registerNumbersIn struct {
	Text string `query:"text" validate:"required,max=5000" doc:"The number as the source writes it." pl:"Numer tak, jak zapisuje go źródło." example:"A-178/M z 5.03.1993"`
}

type datingIn struct {
	Text string `query:"text" validate:"required,max=1000" doc:"A dating as Polish registers write it." pl:"Datowanie tak, jak zapisują je polskie rejestry." example:"2 poł. XVIII"`
}

type registerNumbersOut struct{ Body RegisterNumbers }
type datingOut struct{ Body DatingRead }

// parsers read what people type the way saving it would, for forms of the staff.
func (h *handlers) parsers() []api.Route {
	doc := func(id, pl, en string) api.Doc {
		return api.Doc{ID: id, Tag: "vocabularies", Auth: true, Summary: models.Text{PL: pl, EN: en}, Problems: []models.Code{models.CodeForbidden}}
	}
	return []api.Route{
		api.Handle("GET", "/api/v1/register-numbers/parse", doc("parseRegisterNumbers", "Odczytaj numery rejestru zabytków z tekstu", "Read the numbers in the register of monuments out of a text"),
			func(ctx context.Context, in registerNumbersIn) (registerNumbersOut, error) {
				if err := staff(ctx); err != nil {
					return registerNumbersOut{}, err
				}
				out := RegisterNumbers{Text: in.Text, Numbers: []string{},
					Entries: mapSlice(models.ParseRegisterEntries(in.Text), func(e models.RegisterEntry) RegisterEntry {
						return RegisterEntry{Raw: e.Raw, Number: e.Number, Date: e.Date}
					})}
				for _, n := range models.ParseRegisterNumbers(in.Text) {
					out.Numbers = append(out.Numbers, n.Number)
				}
				return registerNumbersOut{Body: out}, nil
			}),
		api.Handle("GET", "/api/v1/datings/parse", doc("parseDating", "Odczytaj lata z datowania", "Read the years of a dating"),
			func(ctx context.Context, in datingIn) (datingOut, error) {
				if err := staff(ctx); err != nil {
					return datingOut{}, err
				}
				from, to, read := models.ParseDating(in.Text)
				return datingOut{Body: DatingRead{Dating: Dating{Text: in.Text, From: from, To: to}, Read: read}}, nil
			}),
	}
}

// staff refuses whoever may not read the registry's inside anywhere.
func staff(ctx context.Context) error {
	u := auth.UserFrom(ctx)
	if u == nil {
		return models.NewError(models.CodeUnauthenticated, "Zaloguj się.", "Sign in.")
	}
	if s := models.ScopeOf(u, models.ActionReadInternal, models.KindPlace); !s.All && len(s.Municipalities) == 0 {
		return models.NewError(models.CodeForbidden, "Nie masz do tego uprawnień.", "You may not do this.")
	}
	return nil
}
