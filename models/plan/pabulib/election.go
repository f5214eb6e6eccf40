package pabulib

import (
	"strconv"
	"strings"

	"wolnica/models"
)

// Money is an amount in hundredths of the currency's unit: what the format calls an integer or a float, exactly.
type Money int64

// unit is one unit of the currency.
const unit Money = 100

// String writes the amount with a point and without needless zeros: "5000", "12.5".
func (m Money) String() string { return decimal(int64(m), 2) }

// Points are what a voter gave a project, in millionths, so that those of a decimal ballot are exact. An approval is one point.
type Points int64

// one is one point.
const one Points = 1_000_000

// String writes the points with a point and without needless zeros.
func (p Points) String() string { return decimal(int64(p), 6) }

func decimal(n int64, places int) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	digits := strconv.FormatInt(n, 10)
	if len(digits) <= places {
		digits = strings.Repeat("0", places+1-len(digits)) + digits
	}
	whole, rest := digits[:len(digits)-places], strings.TrimRight(digits[len(digits)-places:], "0")
	if rest != "" {
		rest = "." + rest
	}
	return sign + whole + rest
}

// The ways of voting the format has. In a choose-1 vote a ballot approves exactly one project.
const (
	Approval   = "approval"
	Ordinal    = "ordinal"
	Cumulative = "cumulative"
	Scoring    = "scoring"
	ChooseOne  = "choose-1"
)

// VoteTypes are the ways of voting with their names.
var VoteTypes = models.CodeList{Name: "vote_type", Entries: []models.CodeEntry{
	{Code: Approval, Label: models.Text{PL: "głosy za projektami", EN: "approvals"}},
	{Code: ChooseOne, Label: models.Text{PL: "głos na jeden projekt", EN: "one approval"}},
	{Code: Ordinal, Label: models.Text{PL: "kolejność projektów", EN: "rankings"}},
	{Code: Cumulative, Label: models.Text{PL: "punkty do rozdzielenia", EN: "points to distribute"}},
	{Code: Scoring, Label: models.Text{PL: "oceny projektów", EN: "scores"}},
}}

// An Election is one participatory budget: the projects, and the ballots.
type Election struct {
	// Meta is what the file says of itself, by the format's keys, as it is written.
	Meta     map[string]string
	VoteType string
	Budget   Money
	// Threshold is the least score with which a project may be funded, in points; 0 is none.
	Threshold Points
	Projects  []Project
	Ballots   []Ballot
	// DefaultScore is what a project that a ballot does not name gets, in a scoring vote.
	DefaultScore Points
	// longest is how many projects a ranking may name.
	longest int
}

// A Project is what can be voted on.
type Project struct {
	ID   string
	Name string
	Cost Money
	// Selected is what the file says of the official result: 1 chosen, 0 not, other numbers as its comment explains; nil says nothing.
	Selected *int
	// Longitude and Latitude are its position in degrees; HasPosition says whether there is one.
	Longitude, Latitude float64
	HasPosition         bool
	// Voters are how many ballots give it more than nothing, Score what all give together.
	Voters int
	Score  Points
}

// A Ballot is the projects a voter named, by their index, with the points of each. In an approval vote each has one point; a ranking of places becomes
// points by Borda's rule, the format's default: of at most n places the first is worth n points and the last 1.
type Ballot []Choice

// A Choice is a project on a ballot.
type Choice struct {
	Project int32
	Points  Points
}

// support is the project's voters with what the project is worth to each: more than nothing, the others do not count.
func (e *Election) support() [][]supporter {
	all := make([][]supporter, len(e.Projects))
	for i := range e.Projects {
		all[i] = make([]supporter, 0, e.Projects[i].Voters)
	}
	named := make([]bool, len(e.Projects))
	for v, b := range e.Ballots {
		for _, c := range b {
			named[c.Project] = true
			if c.Points > 0 {
				all[c.Project] = append(all[c.Project], supporter{int32(v), c.Points})
			}
		}
		if e.DefaultScore > 0 {
			for p := range all {
				if !named[p] {
					all[p] = append(all[p], supporter{int32(v), e.DefaultScore})
				}
			}
		}
		for _, c := range b {
			named[c.Project] = false
		}
	}
	return all
}

// supporter is a voter to whom a project is worth so many points.
type supporter struct {
	voter  int32
	weight Points
}

// count fills in the projects' voters and scores.
func (e *Election) count() {
	for i := range e.Projects {
		e.Projects[i].Voters, e.Projects[i].Score = 0, 0
	}
	for _, b := range e.Ballots {
		for _, c := range b {
			p := &e.Projects[c.Project]
			p.Score += c.Points - e.DefaultScore
			if c.Points > 0 {
				p.Voters++
			}
			if e.DefaultScore > 0 {
				p.Voters--
			}
		}
	}
	for i := range e.Projects {
		e.Projects[i].Score += e.DefaultScore * Points(len(e.Ballots))
		if e.DefaultScore > 0 {
			e.Projects[i].Voters += len(e.Ballots)
		}
	}
}

// eligible says whether a rule may fund the project: it fits the budget, somebody wants it, and it reaches the threshold.
func (e *Election) eligible(p *Project) bool {
	return p.Cost <= e.Budget && p.Voters > 0 && p.Score >= e.Threshold
}

// Satisfied counts the voters who gave points to one of the chosen projects at least.
func (e *Election) Satisfied(chosen []int) int {
	in := make([]bool, len(e.Projects))
	for _, p := range chosen {
		in[p] = true
	}
	n := 0
	for _, b := range e.Ballots {
		if e.satisfies(b, chosen, in) {
			n++
		}
	}
	return n
}

func (e *Election) satisfies(b Ballot, chosen []int, in []bool) bool {
	named := 0
	for _, c := range b {
		if in[c.Project] {
			if c.Points > 0 {
				return true
			}
			named++
		}
	}
	return e.DefaultScore > 0 && named < len(chosen)
}
