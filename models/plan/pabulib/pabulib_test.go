package pabulib_test

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"wolnica/models"
	"wolnica/models/plan/pabulib"
)

// file is a .pb file of approvals: the projects are named by their letters.
func file(budget, kind, meta string, projects []string, votes ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "META\nkey;value\ndescription;Próba\ncountry;Poland\nunit;Wieliczka\ninstance;2026\nnum_projects;%d\nnum_votes;%d\nbudget;%s\nvote_type;%s\nrule;unknown\n%sPROJECTS\nproject_id;cost;name\n",
		len(projects), len(votes), budget, kind, meta)
	for _, p := range projects {
		b.WriteString(p + ";" + strings.Split(p, ";")[0] + "\n")
	}
	head := "voter_id;vote\n"
	if kind == "cumulative" || kind == "scoring" {
		head = "voter_id;vote;points\n"
	}
	b.WriteString("VOTES\n" + head)
	for i, v := range votes {
		fmt.Fprintf(&b, "%d;%s\n", i+1, v)
	}
	return b.String()
}

func times(n int, vote string) []string { return slices.Repeat([]string{vote}, n) }

func read(t *testing.T, text string) *pabulib.Election {
	t.Helper()
	e, err := pabulib.Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func ids(e *pabulib.Election, selected []int) string {
	var list []string
	for _, i := range selected {
		list = append(list, e.Projects[i].ID)
	}
	return strings.Join(list, " ")
}

func shares(t *testing.T, e *pabulib.Election) *pabulib.Outcome {
	t.Helper()
	o, err := e.EqualShares(context.Background(), pabulib.Rule{})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// Elections small enough to be counted by hand.
func TestEqualSharesOfSmallElections(t *testing.T) {
	for name, tt := range map[string]struct {
		file            string
		want, greedy    string
		satisfied, most int
		steps           int
		endowment       string
	}{
		// 10 each. A: six pay 10, all they have, as they would for C, which the file names later. B: four pay 10. With 20 each the six could buy both A and
		// C, which would be 160: so it ends at 19.
		"two camps that can pay for theirs": {file("100", "approval", "", []string{"A;60", "B;40", "C;60"}, append(times(6, "A,C"), times(4, "B")...)...),
			"A B", "A B", 10, 10, 9, "19"},
		// Greedy gives all to the 51. With 10 each the 51 have 510 and buy five, the 49 have 490 and buy four; with 11 each the 49 have 539 and buy five:
		// 1000. With 12 the 51 would have 612.
		"51 against 49": {file("1000", "approval", "", []string{"A;100", "B;100", "C;100", "D;100", "E;100", "F;100", "G;100", "H;100", "I;100", "J;100", "K;100", "L;100", "M;100", "N;100", "O;100"},
			append(times(51, "A,B,C,D,E,F,G,H,I,J"), times(49, "K,L,M,N,O")...)...),
			"A B C D E K L M N O", "A B C D E F G H I J", 100, 51, 1, "11"},
		// 30 each. The two who want A have 60 of its 70; with 35 each they have 70. All is bought.
		"completion": {file("90", "approval", "", []string{"A;70", "B;20"}, "A", "A", "B"), "A B", "A B", 3, 3, 5, "35"},
		// 25 each. A: three pay 10. B: the third has 15 left, the fourth 25: together 40, just enough.
		"who has less pays all": {file("100", "approval", "", []string{"A;30", "B;40"}, "A", "A", "A,B", "B"), "A B", "A B", 4, 4, 0, "25"},
		// As many effective votes: the cheaper one. The dearer would fit when both have 45, but then both are bought, for 90.
		"a tie goes to the lower cost": {file("50", "approval", "", []string{"A;50", "B;40"}, "A,B", "A,B"), "B", "B", 2, 2, 19, "44"},
		// 10 each. C takes all of its four. Of A's three voters two have money left, as both of B's have: two effective votes each, and B is cheaper, though A
		// has more votes.
		"the cost comes before the votes": {file("80", "approval", "", []string{"A;20", "B;18", "C;40"}, "A,C", "C", "C", "C", "A", "A", "B", "B"), "C B A", "C A B", 8, 8, 0, "10"},
		// 50 each. X is worth 6 points to each: 60 for 12 points, 30 each; then Y, 40 for 8 points, 20 each. Nobody wants Z.
		"points": {file("100", "cumulative", "max_sum_points;10\n", []string{"X;60", "Y;40", "Z;90"}, "X,Y;6,4", "X,Y;6,4"), "X Y", "X Y", 2, 2, 0, "50"},
		// 7.5 each; a first place is 2 points, a second 1: A 4, B 5, C 3. B is bought at once. C needs 10 of the second and fourth, who have 1 + 9 when each
		// was given 9. At 13 A would come before C, and 40 is too much.
		"rankings":                     {file("30", "ordinal", "max_length;2\n", []string{"A;20", "B;20", "C;10"}, "A,B", "B,C", "B,A", "C,A"), "B C", "B C", 4, 4, 5, "12"},
		"nobody reaches the threshold": {file("30", "approval", "min_project_score_threshold;3\n", []string{"A;20", "B;10"}, "A,B", "A"), "", "", 0, 0, 0, "15"},
		// A default score of 1 is a point of everybody who did not say otherwise: A 2 + 1, B 1 (the first says 0). The second
		// pays 3 1/3 for A, and has the 10 for B left when given 14.
		"default score": {file("20", "scoring", "min_length;0\ndefault_score;1\n", []string{"A;10", "B;10"}, "A,B;2,0", ";"), "A B", "A B", 2, 2, 4, "14"},
	} {
		t.Run(name, func(t *testing.T) {
			e := read(t, tt.file)
			o, g := shares(t, e), e.Greedy(pabulib.Rule{})
			if got := ids(e, o.Selected); got != tt.want || o.Satisfied != tt.satisfied {
				t.Errorf("got %q for %d voters, want %q for %d", got, o.Satisfied, tt.want, tt.satisfied)
			}
			if o.Steps != tt.steps || o.Endowment.RatString() != tt.endowment {
				t.Errorf("got %d steps to %s each, want %d to %s", o.Steps, o.Endowment.RatString(), tt.steps, tt.endowment)
			}
			if got := ids(e, g.Selected); got != tt.greedy || g.Satisfied != tt.most {
				t.Errorf("greedy: got %q for %d voters, want %q for %d", got, g.Satisfied, tt.greedy, tt.most)
			}
		})
	}
}

func TestARoundTellsWhoPaid(t *testing.T) {
	e := read(t, file("100", "approval", "", []string{"A;30", "B;40"}, "A", "A", "A,B", "B"))
	r := shares(t, e).Rounds[1]
	if r.Price.RatString() != "25" || r.EffectiveVotes.RatString() != "8/5" || r.Payers != 2 || r.Spent != 2 {
		t.Errorf("got %s for %s effective votes of %d, %d of them spent; want 25, 8/5, 2, 2", r.Price.RatString(), r.EffectiveVotes.RatString(), r.Payers, r.Spent)
	}
}

func TestLotsAreToldAndCanBeDrawn(t *testing.T) {
	e := read(t, file("100", "approval", "", []string{"A;60", "B;40", "C;60"}, append(times(6, "A,C"), times(4, "B")...)...))
	for _, tt := range []struct {
		lots []int
		want string
		tie  pabulib.Tie
	}{{nil, "A B", pabulib.Tie{Chosen: 0, Others: []int{2}}}, {[]int{2, 0}, "C B", pabulib.Tie{Chosen: 2, Others: []int{0}}}} {
		o, err := e.EqualShares(context.Background(), pabulib.Rule{Lots: tt.lots})
		if err != nil {
			t.Fatal(err)
		}
		g := e.Greedy(pabulib.Rule{Lots: tt.lots})
		for name, o := range map[string]*pabulib.Outcome{"equal shares": o, "greedy": g} {
			if got := ids(e, o.Selected); got != tt.want || len(o.Ties) != 1 || !cmp.Equal(o.Ties[0], tt.tie) {
				t.Errorf("%s, lots %v: got %q with ties %v, want %q with %v", name, tt.lots, got, o.Ties, tt.want, tt.tie)
			}
		}
	}
}

func TestACountCanBeCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := read(t, file("100", "approval", "", []string{"A;60"}, "A", "A")).EqualShares(ctx, pabulib.Rule{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
}

// Two voters and a budget of a billion: to add a złoty at a time would take for ever.
func TestACompletionWithoutEndIsRefused(t *testing.T) {
	e := read(t, file("1000000000", "approval", "", []string{"A;1000000000", "B;1"}, "A", "B"))
	if _, err := e.EqualShares(context.Background(), pabulib.Rule{}); models.CodeOf(err) != models.CodeTooLarge {
		t.Errorf("got %v, want a refusal", err)
	}
}

// election draws a small election: some projects, ballots of any length.
func election(t *rapid.T) *pabulib.Election {
	kind := rapid.SampledFrom([]string{"approval", "cumulative"}).Draw(t, "kind")
	var projects, votes []string
	for i := range rapid.IntRange(1, 6).Draw(t, "projects") {
		projects = append(projects, fmt.Sprintf("%c;%d", 'A'+i, rapid.IntRange(1, 40).Draw(t, "cost")))
	}
	for range rapid.IntRange(1, 8).Draw(t, "votes") {
		var named, points []string
		for _, p := range projects {
			if n := rapid.IntRange(0, 3).Draw(t, "points"); n > 0 {
				named, points = append(named, p[:1]), append(points, strconv.Itoa(n))
			}
		}
		vote := strings.Join(named, ",")
		if kind == "cumulative" {
			vote += ";" + strings.Join(points, ",")
		}
		votes = append(votes, vote)
	}
	e, err := pabulib.Read(strings.NewReader(file(strconv.Itoa(rapid.IntRange(1, 120).Draw(t, "budget")), kind, "min_length;0\nmax_sum_points;100\n", projects, votes...)))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// price is what a point of the project costs its supporters with the money they have, nil when it is not enough: the least price at which they pay the
// cost, tried for each set of those who pay all.
func price(e *pabulib.Election, p int, money []*big.Rat) *big.Rat {
	type one struct{ has, weight, each *big.Rat }
	var all []one
	sum := new(big.Rat)
	for v, b := range e.Ballots {
		for _, c := range b {
			if c.Project == int32(p) && money[v].Sign() > 0 {
				w := big.NewRat(int64(c.Points), 1_000_000)
				all = append(all, one{money[v], w, new(big.Rat).Quo(money[v], w)})
				sum.Add(sum, money[v])
			}
		}
	}
	cost := big.NewRat(int64(e.Projects[p].Cost), 100)
	if len(all) == 0 || sum.Cmp(cost) < 0 {
		return nil
	}
	var least *big.Rat
	pays := func(at *big.Rat) *big.Rat {
		sum := new(big.Rat)
		for _, s := range all {
			if s.each.Cmp(at) < 0 {
				sum.Add(sum, s.has)
			} else {
				sum.Add(sum, new(big.Rat).Mul(at, s.weight))
			}
		}
		return sum
	}
	try := func(at *big.Rat) {
		if pays(at).Cmp(cost) >= 0 && (least == nil || at.Cmp(least) < 0) {
			least = at
		}
	}
	for _, s := range all { // those with less for a point pay all, the others alike
		rest, weight := new(big.Rat).Set(cost), new(big.Rat)
		for _, o := range all {
			if o.each.Cmp(s.each) < 0 {
				rest.Sub(rest, o.has)
			} else {
				weight.Add(weight, o.weight)
			}
		}
		if rest.Sign() > 0 {
			try(rest.Quo(rest, weight))
		}
	}
	return least
}

// What the rule promises, checked by a referee who keeps everybody's purse: equal endowments, each project paid to the grosz by its supporters alike, the
// next always one with the most effective votes, and nothing left that its supporters could still pay for.
func TestEqualSharesIsPricedByEqualPurses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := election(t)
		o, err := e.EqualShares(context.Background(), pabulib.Rule{})
		if err != nil {
			t.Fatal(err)
		}
		if o.Cost > e.Budget || e.Greedy(pabulib.Rule{}).Cost > e.Budget {
			t.Fatalf("got %s, over the budget of %s", o.Cost, e.Budget)
		}
		money := make([]*big.Rat, len(e.Ballots))
		for v := range money {
			money[v] = new(big.Rat).Set(o.Endowment)
		}
		bought := map[int]bool{}
		effective := func(p int) *big.Rat {
			at := price(e, p, money)
			if at == nil || e.Projects[p].Cost > e.Budget {
				return nil
			}
			return at.Quo(big.NewRat(int64(e.Projects[p].Cost), 100), at)
		}
		for n, r := range o.Rounds {
			if r.Project != o.Selected[n] {
				t.Fatalf("round %d: got project %d, selected %d", n, r.Project, o.Selected[n])
			}
			mine := effective(r.Project)
			if mine == nil || mine.Cmp(r.EffectiveVotes) != 0 {
				t.Fatalf("round %d: got %v effective votes, the referee counts %v", n, r.EffectiveVotes, mine)
			}
			for p := range e.Projects {
				if other := effective(p); other != nil && !bought[p] {
					switch other.Cmp(mine) {
					case 1:
						t.Fatalf("round %d: project %d has %v effective votes, more than %v of %d", n, p, other, mine, r.Project)
					case 0:
						if q, c := e.Projects[p], e.Projects[r.Project]; q.Cost < c.Cost || q.Cost == c.Cost && q.Score > c.Score {
							t.Fatalf("round %d: the tie of %d and %d is broken the wrong way", n, p, r.Project)
						}
					}
				}
			}
			paid := new(big.Rat)
			for v, b := range e.Ballots {
				for _, c := range b {
					if c.Project == int32(r.Project) {
						part := new(big.Rat).Mul(r.Price, big.NewRat(int64(c.Points), 1_000_000))
						if part.Cmp(money[v]) > 0 {
							part.Set(money[v])
						}
						money[v].Sub(money[v], part)
						paid.Add(paid, part)
					}
				}
			}
			if paid.Cmp(big.NewRat(int64(e.Projects[r.Project].Cost), 100)) != 0 {
				t.Fatalf("round %d: %v paid for a cost of %s", n, paid, e.Projects[r.Project].Cost)
			}
			bought[r.Project] = true
		}
		for p := range e.Projects {
			if !bought[p] && effective(p) != nil {
				t.Fatalf("project %d was not bought, and its supporters have its cost", p)
			}
		}
		// one unit more is too much, or everything is bought
		more, err := e.FixedShares(context.Background(), pabulib.Rule{}, new(big.Rat).Add(new(big.Rat).SetInt(new(big.Int).Quo(o.Endowment.Num(), o.Endowment.Denom())), big.NewRat(1, 1)))
		if err != nil {
			t.Fatal(err)
		}
		for p := range e.Projects {
			if !bought[p] && e.Projects[p].Voters > 0 && e.Projects[p].Cost <= e.Budget && more.Cost <= e.Budget {
				t.Fatalf("a unit more for each costs %s of %s, and project %d is left out", more.Cost, e.Budget, p)
			}
		}
	})
}

// Who votes first does not matter, and the same votes give the same outcome.
func TestTheOrderOfVotersDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := election(t)
		first, err := e.EqualShares(context.Background(), pabulib.Rule{})
		if err != nil {
			t.Fatal(err)
		}
		e.Ballots = rapid.Permutation(e.Ballots).Draw(t, "order")
		second, err := e.EqualShares(context.Background(), pabulib.Rule{})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(first.Selected, second.Selected) || first.Endowment.Cmp(second.Endowment) != 0 || first.Satisfied != second.Satisfied {
			t.Fatalf("got %v, and %v with the voters in another order", first.Selected, second.Selected)
		}
	})
}

// The election whose official result is known to the złoty.
func TestWieliczka2023(t *testing.T) {
	shared := os.Getenv("WOLNICA_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "..", "shared")
	}
	f, err := os.Open(filepath.Join(shared, "data", "planning", "Poland_Wieliczka_2023_Green_Budget.pb"))
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("the file of the election is not here")
	} else if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	e, err := pabulib.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	o := shares(t, e)
	if len(o.Selected) != 30 || o.Cost.String() != "995079" || fmt.Sprintf("%.3f", o.Share) != "0.822" || o.Steps != 164 {
		t.Errorf("got %d projects for %s, %.3f of the voters, %d steps; want 30 for 995079, 0.822, 164", len(o.Selected), o.Cost, o.Share, o.Steps)
	}
	for i, p := range e.Projects {
		if got, want := slices.Contains(o.Selected, i), *p.Selected == 1; got != want {
			t.Errorf("%s %s: got %v, officially %v", p.ID, p.Name, got, want)
		}
	}
	g := e.Greedy(pabulib.Rule{})
	if len(g.Selected) != 23 || g.Cost.String() != "998997" || fmt.Sprintf("%.3f", g.Share) != "0.724" {
		t.Errorf("greedy: got %d projects for %s, %.3f of the voters; want 23 for 998997, 0.724", len(g.Selected), g.Cost, g.Share)
	}
}
