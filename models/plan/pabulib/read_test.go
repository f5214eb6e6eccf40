package pabulib_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"wolnica/models"
	"wolnica/models/plan/pabulib"
)

// whole is a file with all the format has: a byte order mark, both ends of lines, quotes, spaces after semicolons, blank lines, columns nobody knows.
const whole = "\ufeffMETA\r\nkey; value\r\ndescription; \"Budżet; \"\"zielony\"\"\"\r\ncountry; Poland\r\nunit; Wieliczka\r\ninstance; 2023\r\nnum_projects; 3\r\nnum_votes; 3\r\nbudget; 2500.50\r\n" +
	"vote_type; scoring\r\nmin_length; 0\r\nmin_points; -5\r\nmax_points; 10\r\nleftover_budget; x\r\n\r\nPROJECTS\nproject_id; cost; votes; score; name; selected; latitude; longitude; public_id\n" +
	"1; 600; 2; 7.5; \"Park\nkieszonkowy; \"\"Zdrój\"\"\"; 1; 49.98; 20.06; x\n24-A; 99.99; 1; -2;; 0;;; y\n7; 1; 0;; Ławka;;;; z\n\nVOTES\nvoter_id; age; sex; vote; points\n" +
	"a; 34; f; 1,24-A; 5,-2\nb;; ; 1; 2.5\nc; 20; m;;\n\n"

func TestReadTakesWhatTheFormatHas(t *testing.T) {
	e := read(t, whole)
	if e.Meta["description"] != `Budżet; "zielony"` || e.Budget.String() != "2500.5" || e.VoteType != pabulib.Scoring || e.Meta["leftover_budget"] != "x" {
		t.Errorf("got %v, %s, %s", e.Meta, e.Budget, e.VoteType)
	}
	p := e.Projects
	if len(p) != 3 || p[0].Name != "Park\nkieszonkowy; \"Zdrój\"" || *p[0].Selected != 1 || !p[0].HasPosition || p[0].Latitude != 49.98 || p[0].Longitude != 20.06 || p[0].Voters != 2 || p[0].Score.String() != "7.5" {
		t.Errorf("got %+v", p)
	}
	if p[1].ID != "24-A" || p[1].Cost.String() != "99.99" || p[1].Voters != 0 || p[1].Score.String() != "-2" || p[2].Selected != nil || p[2].HasPosition {
		t.Errorf("got %+v", p)
	}
	if len(e.Ballots) != 3 || len(e.Ballots[2]) != 0 || e.Ballots[0][1] != (pabulib.Choice{Project: 1, Points: -2_000_000}) {
		t.Errorf("got %v", e.Ballots)
	}
}

func TestReadRefusesWithSectionAndLine(t *testing.T) {
	good := file("100", "approval", "", []string{"A;60", "B;40"}, "A", "A,B")
	points := file("100", "cumulative", "max_sum_points;10\n", []string{"A;60", "B;40"}, "A;3", "A,B;4,6")
	if _, err := pabulib.Read(strings.NewReader(points)); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		text, old, new string
		at, code       string
	}{
		"empty file":                  {"", "", "", "/META/1", "missing"},
		"no META":                     {good, "META\n", "", "/META/1", "section"},
		"sections in another order":   {good, "PROJECTS\n", "VOTES\n", "/META/12", "section"},
		"no VOTES":                    {good, "VOTES\nvoter_id;vote\n1;A\n2;A,B\n", "", "/PROJECTS/16", "missing"},
		"a section twice":             {good, "2;A,B\n", "2;A,B\nVOTES\n", "/VOTES/20", "section"},
		"no heading":                  {good, "key;value\n", "", "/META/2", "missing"},
		"a column twice":              {good, "project_id;cost;name", "project_id;cost;cost", "/PROJECTS/13", "duplicate"},
		"no column cost":              {good, "project_id;cost;name", "project_id;price;name", "/PROJECTS/13", "missing"},
		"no column points":            {points, "vote;points", "vote;score", "/VOTES/18", "missing"},
		"a key twice":                 {good, "country;Poland", "unit;Poland", "/META/5", "duplicate"},
		"no budget":                   {good, "budget;100\n", "", "/META/2", "required"},
		"an empty unit":               {good, "unit;Wieliczka", "unit;", "/META/5", "required"},
		"a budget in words":           {good, "budget;100", "budget;sto", "/META/9", "range"},
		"a negative budget":           {good, "budget;100", "budget;-100", "/META/9", "range"},
		"a budget of thousandths":     {good, "budget;100", "budget;100.005", "/META/9", "range"},
		"an unknown way of voting":    {good, "vote_type;approval", "vote_type;lottery", "/META/10", "vocabulary"},
		"another scoring function":    {strings.Replace(good, "vote_type;approval", "vote_type;ordinal", 1), "rule;unknown", "scoring_fn;plurality", "/META/11", "vocabulary"},
		"cumulative without a sum":    {points, "max_sum_points;10\n", "", "/META/10", "required"},
		"bounds that cross":           {good, "rule;unknown", "min_length;3", "/META/11", "order"},
		"fewer projects than said":    {good, "num_projects;2", "num_projects;3", "/PROJECTS/16", "count"},
		"more votes than said":        {good, "num_votes;2", "num_votes;1", "/VOTES/19", "count"},
		"a row too short":             {good, "B;40;B", "B;40", "/PROJECTS/15", "columns"},
		"a row too long":              {good, "2;A,B", "2;A;B", "/VOTES/19", "columns"},
		"a project twice":             {good, "B;40;B", "A;40;B", "/PROJECTS/15", "duplicate"},
		"a project without a number":  {good, "B;40;B", ";40;B", "/PROJECTS/15", "required"},
		"a cost of nothing":           {good, "B;40;B", "B;0;B", "/PROJECTS/15", "range"},
		"a negative cost":             {good, "B;40;B", "B;-40;B", "/PROJECTS/15", "range"},
		"a cost in words":             {good, "B;40;B", "B;40 zł;B", "/PROJECTS/15", "range"},
		"a cost too large":            {good, "B;40;B", "B;9999999999999;B", "/PROJECTS/15", "range"},
		"a quote inside":              {good, "B;40;B", `B;40;Park "B"`, "/PROJECTS/15", "quotes"},
		"a quote that is not closed":  {good, "B;40;B", `B;40;"B`, "/PROJECTS/15", "quotes"},
		"text after a quote":          {good, "B;40;B", `B;40;"B"x`, "/PROJECTS/15", "quotes"},
		"no UTF-8":                    {good, "B;40;B", "B;40;\xff", "/PROJECTS/15", "encoding"},
		"a zero byte":                 {good, "B;40;B", "B;40;\x00", "/PROJECTS/15", "encoding"},
		"a vote for nothing there is": {good, "2;A,B", "2;A,C", "/VOTES/19", "unknown"},
		"a project twice on a ballot": {good, "2;A,B", "2;A,A", "/VOTES/19", "duplicate"},
		"an empty ballot":             {good, "2;A,B", "2;", "/VOTES/19", "length"},
		"a ballot too long":           {good, "rule;unknown", "max_length;1", "/VOTES/19", "length"},
		"two in choose-1":             {good, "approval", "choose-1", "/VOTES/19", "length"},
		"a voter twice":               {good, "2;A,B", "1;A,B", "/VOTES/19", "duplicate"},
		"a voter without a number":    {good, "2;A,B", ";A,B", "/VOTES/19", "required"},
		"a ballot too dear":           {good, "rule;unknown", "max_sum_cost;99", "/VOTES/19", "sum"},
		"points missing":              {points, "4,6", "4", "/VOTES/20", "points"},
		"points in words":             {points, "4,6", "4,dużo", "/VOTES/20", "range"},
		"negative points":             {points, "4,6", "4,-6", "/VOTES/20", "range"},
		"too many points":             {points, "4,6", "4,7", "/VOTES/20", "sum"},
	} {
		t.Run(name, func(t *testing.T) {
			text := tt.text
			if tt.old != "" {
				if !strings.Contains(text, tt.old) {
					t.Fatalf("nothing to break: %q", tt.old)
				}
				text = strings.Replace(text, tt.old, tt.new, 1)
			}
			_, err := pabulib.Read(strings.NewReader(text))
			refused(t, err)
			var e *models.Error
			if errors.As(err, &e); e.Fields[0].Pointer != tt.at || e.Fields[0].Code != tt.code {
				t.Errorf("got %s at %s, want %s at %s: %v", e.Fields[0].Code, e.Fields[0].Pointer, tt.code, tt.at, err)
			}
		})
	}
	// the counts a file states have to be those of its votes
	for _, head := range []string{"votes", "score"} {
		text := strings.NewReplacer("project_id;cost;name", "project_id;cost;"+head, "A;60;A", "A;60;2", "B;40;B", "B;40;2").Replace(good)
		_, err := pabulib.Read(strings.NewReader(text))
		refused(t, err)
		if !strings.Contains(err.Error(), "Section PROJECTS, line 15") {
			t.Errorf("%s: got %v, want the project whose votes do not agree", head, err)
		}
	}
}

// refused checks that an error tells of a section and a line in both languages.
func refused(t *testing.T, err error) {
	t.Helper()
	var e *models.Error
	if !errors.As(err, &e) || e.Code != models.CodeInvalid && e.Code != models.CodeTooLarge {
		t.Fatalf("got %v, want a refusal", err)
	}
	for _, f := range e.Fields {
		_, place, _ := strings.Cut(f.Pointer, "/")
		section, line, _ := strings.Cut(place, "/")
		if !strings.HasPrefix(f.Message.PL, fmt.Sprintf("Sekcja %s, wiersz %s: ", section, line)) || !strings.HasPrefix(f.Message.EN, fmt.Sprintf("Section %s, line %s: ", section, line)) {
			t.Errorf("%s: got %+v, want the section and the line in both languages", f.Pointer, f.Message)
		}
	}
	if e.Code == models.CodeInvalid && len(e.Fields) == 0 {
		t.Errorf("got %v, want the place", err)
	}
}

func TestReadTellsSeveralErrorsButNotAll(t *testing.T) {
	var votes []string
	for range 50 {
		votes = append(votes, "Z")
	}
	_, err := pabulib.Read(strings.NewReader(file("100", "approval", "", []string{"A;60"}, votes...)))
	var e *models.Error
	if !errors.As(err, &e) || len(e.Fields) != 20 {
		t.Errorf("got %v, want the first twenty", err)
	}
}

// endless is a file that never ends.
type endless struct{ line []byte }

func (r endless) Read(p []byte) (int, error) {
	return copy(p, bytes.Repeat(r.line, 1+len(p)/len(r.line))), nil
}

func TestReadIsBounded(t *testing.T) {
	for name, r := range map[string]endless{"blank lines": {append(bytes.Repeat([]byte(" "), 4000), 10)}, "one line": {[]byte("x")}, "one field": {[]byte(`"`)}} {
		if _, err := pabulib.Read(r); models.CodeOf(err) != models.CodeTooLarge && models.CodeOf(err) != models.CodeInvalid {
			t.Errorf("%s: got %v, want a refusal", name, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte(file("100", "approval", "", []string{"A;60", "B;40"}, "A", "A,B")))
	f.Add([]byte(file("100", "cumulative", "max_sum_points;10\n", []string{"A;60", "B;40"}, "A;3", "A,B;4,6")))
	f.Add([]byte(file("30", "ordinal", "max_length;2\n", []string{"A;20", "B;20", "C;10"}, "A,B", "B,C", "B,A", "C,A")))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := pabulib.Read(bytes.NewReader(data))
		if err != nil {
			refused(t, err)
			return
		}
		if len(e.Projects) == 0 || len(e.Ballots) == 0 || e.Budget <= 0 {
			t.Fatalf("got an election without projects, votes or a budget: %q", data)
		}
		if g := e.Greedy(pabulib.Rule{}); g.Cost > e.Budget || g.Satisfied > len(e.Ballots) {
			t.Fatalf("got %s of %s", g.Cost, e.Budget)
		}
	})
}
