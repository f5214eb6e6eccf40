package v1_test

import (
	"strings"
	"testing"

	"wolnica/api/apitest"
	"wolnica/models"
)

// votes are four ballots whose count is known: A at 10 each of three, then B for all that its two voters have left.
const votes = "META\nkey;value\ndescription;Zielony budżet\ncountry;Poland\nunit;Wieliczka\ninstance;2026\nnum_projects;2\nnum_votes;4\nbudget;100\nvote_type;approval\ncurrency;PLN\n" +
	"PROJECTS\nproject_id;cost;name;selected;latitude;longitude\nA;30;Ławka;1;49.98;20.06\nB;40;Skwer;0;;\nVOTES\nvoter_id;vote;age\nw-1;A;34\nw-2;A;51\nw-3;A,B;20\nw-4;B;60\n"

func TestVotesAreCounted(t *testing.T) {
	s := apitest.New(t)
	const path = "/api/v1/planning/votes/count"
	planner := s.As(models.UserRole{Role: models.RolePlanner})
	a := planner.Send("POST", path, votes, "Content-Type: text/plain").Want(200)
	for _, tt := range []struct {
		at   []any
		want any
	}{
		{[]any{"equal_shares", "selected", 0}, "A"}, {[]any{"equal_shares", "selected", 1}, "B"}, {[]any{"equal_shares", "cost"}, "70"}, {[]any{"equal_shares", "share"}, 1.0}, {[]any{"equal_shares", "endowment"}, "25.0000"},
		{[]any{"equal_shares", "rounds", 1, "effective_votes"}, "1.6000"}, {[]any{"equal_shares", "rounds", 1, "spent"}, 2.0}, {[]any{"greedy", "cost"}, "70"}, {[]any{"voters"}, 4.0}, {[]any{"projects", 0, "voters"}, 3.0},
		{[]any{"projects", 0, "position", 0}, 20.06}, {[]any{"projects", 0, "official"}, 1.0}, {[]any{"projects", 1, "position"}, nil}, {[]any{"budget"}, "100"}, {[]any{"unit"}, "Wieliczka"},
	} {
		if got := a.At(tt.at...); got != tt.want {
			t.Errorf("%v: got %v, want %v", tt.at, got, tt.want)
		}
	}
	if strings.Contains(string(a.Body), "w-1") || strings.Contains(string(a.Body), "age") {
		t.Errorf("the count tells of voters: %s", a.Body)
	}
	broken := planner.Send("POST", path, strings.Replace(votes, "w-4;B", "w-4;C", 1), "Content-Type: text/plain").Want(422)
	if got := broken.At("errors", 0, "pointer"); got != "/VOTES/21" {
		t.Errorf("got %s, want the section and the line", broken.Body)
	}
	planner.Send("POST", path, votes, "Content-Type: application/json").Want(415)
	s.Anonymous().Send("POST", path, votes, "Content-Type: text/plain").Want(401)
	s.As().Send("POST", path, votes, "Content-Type: text/plain").Want(403)
}
