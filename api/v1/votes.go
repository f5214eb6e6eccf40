package v1

import (
	"context"
	"io"
	"math/big"
	"time"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/models"
	"wolnica/models/plan/pabulib"
)

// VoteCount is an election of projects, counted. Amounts are in units of the currency; nothing of a voter is in it.
type VoteCount struct {
	Description string `json:"description"`
	Unit        string `json:"unit"`
	Instance    string `json:"instance"`
	Currency    string `json:"currency"`
	VoteType    string `json:"vote_type" validate:"vote_type"`
	Budget      string `json:"budget"`
	Voters      int    `json:"voters"`
	// Projects are in the file's order.
	Projects []VotedProject `json:"projects"`
	// EqualShares is the outcome by the method of equal shares with cost utilities and the add1 completion, Greedy by utilitarian greedy, to compare.
	EqualShares VoteOutcome `json:"equal_shares"`
	Greedy      VoteOutcome `json:"greedy"`
}

// VotedProject is a project with its votes.
type VotedProject struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Cost string `json:"cost"`
	// Voters gave it something, score is what all gave together.
	Voters int    `json:"voters"`
	Score  string `json:"score"`
	// Position is a longitude and a latitude, absent when the file has none.
	Position    []float64 `json:"position,omitzero"`
	EqualShares bool      `json:"equal_shares"`
	Greedy      bool      `json:"greedy"`
	// Official is the result that the file states: 1 chosen, 0 not, another number as its comment explains.
	Official *int `json:"official,omitzero"`
}

// VoteOutcome is what a rule funds.
type VoteOutcome struct {
	// Selected are the projects' ids in the order in which the rule took them.
	Selected []string `json:"selected"`
	Cost     string   `json:"cost"`
	// Satisfied are the voters with a funded project, share the same of all.
	Satisfied int     `json:"satisfied"`
	Share     float64 `json:"share"`
	// Endowment is what each voter was given at the end and steps how often a unit was added to it; greedy has neither.
	Endowment string      `json:"endowment,omitzero"`
	Steps     int         `json:"steps"`
	Rounds    []VoteRound `json:"rounds"`
	// Ties are those that the file's order decided, where lots were to be drawn.
	Ties []VoteTie `json:"ties"`
}

// VoteRound is how a project was paid for: what each supporter paid for a point, and the cost divided by it.
type VoteRound struct {
	Project        string `json:"project"`
	Price          string `json:"price"`
	EffectiveVotes string `json:"effective_votes"`
	Payers         int    `json:"payers"`
	Spent          int    `json:"spent"`
}

// VoteTie is a draw by lots.
type VoteTie struct {
	Chosen string   `json:"chosen"`
	Others []string `json:"others"`
}

type votesIn struct {
	Body io.Reader `body:"stream"`
}

type votesOut struct{ Body VoteCount }

// votes is the route that counts residents' votes.
func (h *handlers) votes() []api.Route {
	doc := planningDoc("countVotes", "Policz głosy mieszkańców z pliku Pabulib (.pb)", "Count residents' votes from a Pabulib (.pb) file", models.CodeInvalid, models.CodeTooLarge)
	doc.Accepts, doc.BodyLimit, doc.Class, doc.Timeout = []string{"text/plain", "application/octet-stream"}, pabulib.MaxBytes, api.Heavy, 2*time.Minute
	doc.Description = models.Text{
		PL: "Metoda równych udziałów (użyteczność równa kosztowi, uzupełnianie add1, arytmetyka dokładna) i dla porównania zwykły wybór najpopularniejszych. Niczego nie zapisuje; z głosujących nie zostaje nic poza sumami. Błędny plik jest odrzucany ze wskazaniem sekcji i wiersza.",
		EN: "The method of equal shares (cost utilities, add1 completion, exact arithmetic) and, to compare, utilitarian greedy. Nothing is stored; of the voters nothing remains but sums. A broken file is refused with the section and the line named."}
	return []api.Route{
		api.Handle("POST", "/api/v1/planning/votes/count", doc, func(ctx context.Context, in votesIn) (votesOut, error) {
			user := auth.UserFrom(ctx)
			if scope := models.ScopeOf(user, models.ActionReadInternal, models.KindInvestmentProposal); !scope.All && len(scope.Municipalities) == 0 {
				if user == nil {
					return votesOut{}, models.NewError(models.CodeUnauthenticated, "Zaloguj się, aby to zrobić.", "Sign in to do this.")
				}
				return votesOut{}, models.NewError(models.CodeForbidden, "Głosy liczą osoby, które planują inwestycje.", "Votes are counted by those who plan investments.")
			}
			e, err := pabulib.Read(in.Body)
			if err != nil {
				return votesOut{}, err
			}
			shares, err := e.EqualShares(ctx, pabulib.Rule{})
			if err != nil {
				return votesOut{}, err
			}
			return votesOut{voteCount(e, shares, e.Greedy(pabulib.Rule{}))}, nil
		}),
	}
}

func voteCount(e *pabulib.Election, shares, greedy *pabulib.Outcome) VoteCount {
	out := VoteCount{Description: e.Meta["description"], Unit: e.Meta["unit"], Instance: e.Meta["instance"], Currency: e.Meta["currency"], VoteType: e.VoteType, Budget: e.Budget.String(), Voters: len(e.Ballots),
		EqualShares: voteOutcome(e, shares), Greedy: voteOutcome(e, greedy)}
	for i := range e.Projects {
		p := &e.Projects[i]
		project := VotedProject{ID: p.ID, Name: p.Name, Cost: p.Cost.String(), Voters: p.Voters, Score: p.Score.String(), Official: p.Selected}
		if p.HasPosition {
			project.Position = []float64{p.Longitude, p.Latitude}
		}
		out.Projects = append(out.Projects, project)
	}
	for _, i := range shares.Selected {
		out.Projects[i].EqualShares = true
	}
	for _, i := range greedy.Selected {
		out.Projects[i].Greedy = true
	}
	return out
}

func voteOutcome(e *pabulib.Election, o *pabulib.Outcome) VoteOutcome {
	out := VoteOutcome{Selected: []string{}, Cost: o.Cost.String(), Satisfied: o.Satisfied, Share: o.Share, Steps: o.Steps, Rounds: []VoteRound{}, Ties: []VoteTie{}}
	if o.Endowment != nil {
		out.Endowment = rounded(o.Endowment)
	}
	for _, i := range o.Selected {
		out.Selected = append(out.Selected, e.Projects[i].ID)
	}
	for _, r := range o.Rounds {
		out.Rounds = append(out.Rounds, VoteRound{e.Projects[r.Project].ID, rounded(r.Price), rounded(r.EffectiveVotes), r.Payers, r.Spent})
	}
	for _, t := range o.Ties {
		tie := VoteTie{Chosen: e.Projects[t.Chosen].ID}
		for _, i := range t.Others {
			tie.Others = append(tie.Others, e.Projects[i].ID)
		}
		out.Ties = append(out.Ties, tie)
	}
	return out
}

// rounded is an exact number as it is shown, to four decimals.
func rounded(r *big.Rat) string { return r.FloatString(4) }
