package models_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"wolnica/models"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var (
	actions = []models.Action{models.ActionReadInternal, models.ActionReadPersonal, models.ActionCreate, models.ActionUpdate,
		models.ActionPublish, models.ActionImport, models.ActionManage}
	kinds = []models.Kind{models.KindPlace, models.KindProduct, models.KindProtection, models.KindInspection, models.KindAccessFact,
		models.KindExternalID, models.KindMedia, models.KindImportBatch, models.KindMunicipality, models.KindCategory, models.KindUser, models.KindToken, models.KindPopulationCell,
		models.KindFactProposal, models.KindReport, models.KindSavedView,
		models.KindInvestmentProposal, models.KindExclusionGroup, models.KindFund, models.KindScenario, models.KindServiceStandard, models.KindStandardOverride, models.KindUnitRate, models.KindPlanningAssumption}
)

const here, there = int64(1), int64(2)

func at(municipality int64) *int64 { return &municipality }

// The whole table, role by role, kind by kind, action by action: for a role held in one municipality (here) and
// everywhere (all), what it may do to records of that municipality, of another and of none, before and after they are
// published. A letter stands for an action: i read internal, p read personal, c create, u update, P publish, I import, M manage.
func TestTableOfRights(t *testing.T) {
	letters := map[models.Action]string{models.ActionReadInternal: "i", models.ActionReadPersonal: "p", models.ActionCreate: "c",
		models.ActionUpdate: "u", models.ActionPublish: "P", models.ActionImport: "I", models.ActionManage: "M"}
	var b strings.Builder
	for _, role := range models.Roles.Codes() {
		fmt.Fprintf(&b, "%-17s | role here: here          there         none          | role everywhere: here    there         none\n", role)
		for _, kind := range kinds {
			for _, publication := range []string{models.PublicationDraft, models.PublicationPublished} {
				fmt.Fprintf(&b, "%-12s %-4s |", kind, publication[:4])
				for _, held := range []*int64{at(here), nil} {
					u := &models.User{Record: models.Record{ID: 7}, Roles: []models.UserRole{{Role: role, MunicipalityID: held}}}
					b.WriteString("           ")
					for _, m := range []*int64{at(here), at(there), nil} {
						may := ""
						for _, a := range actions {
							if models.Can(u, a, models.Subject{Kind: kind, MunicipalityID: m, Publication: publication, Visibility: models.VisibilityPublic}) {
								may += letters[a]
							} else {
								may += "."
							}
						}
						fmt.Fprintf(&b, " %-13s", may)
					}
					b.WriteString("|")
				}
				b.WriteString("\n")
			}
		}
		b.WriteString("\n")
	}
	const path = "testdata/rights.txt"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(b.String(), "\n")); d != "" {
		t.Errorf("%s (-want +got):\n%s", path, d)
	}
}

func anyMunicipality() *rapid.Generator[*int64] {
	return rapid.SampledFrom([]*int64{nil, at(1), at(2), at(3)})
}

func anyRole() *rapid.Generator[models.UserRole] {
	return rapid.Custom(func(t *rapid.T) models.UserRole {
		return models.UserRole{Role: rapid.SampledFrom(models.Roles.Codes()).Draw(t, "role"), MunicipalityID: anyMunicipality().Draw(t, "held in")}
	})
}

func anyUser() *rapid.Generator[*models.User] {
	return rapid.Custom(func(t *rapid.T) *models.User {
		return &models.User{Record: models.Record{ID: rapid.Int64Range(1, 3).Draw(t, "user")}, Roles: rapid.SliceOfN(anyRole(), 0, 4).Draw(t, "roles")}
	})
}

func anySubject() *rapid.Generator[models.Subject] {
	return rapid.Custom(func(t *rapid.T) models.Subject {
		s := models.Subject{Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), MunicipalityID: anyMunicipality().Draw(t, "lies in"),
			Publication: rapid.SampledFrom(models.Publications.Codes()).Draw(t, "publication"),
			Visibility:  rapid.SampledFrom(models.Visibilities.Codes()).Draw(t, "visibility"), Deleted: rapid.Bool().Draw(t, "deleted")}
		if s.Kind == models.KindUser || s.Kind == models.KindToken || s.Kind == models.KindSavedView || s.Kind == models.KindScenario {
			s.OwnerID = rapid.Int64Range(0, 3).Draw(t, "owner")
		}
		return s
	})
}

func TestNobodyWithoutAnAccountMayDoAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u, a, s := anyUser().Draw(t, "user"), rapid.SampledFrom(actions).Draw(t, "action"), anySubject().Draw(t, "subject")
		now := time.Now()
		gone, disabled := *u, *u
		gone.DeletedAt, disabled.Disabled = &now, true
		for name, who := range map[string]*models.User{"anonymous": nil, "disabled": &disabled, "deleted": &gone, "the zero user": {}} {
			if models.Can(who, a, s) {
				t.Fatalf("%s may %s %+v", name, a, s)
			}
			if models.CanRead(who, s) != s.Public() {
				t.Fatalf("%s reads %+v: got %v, want what the public may", name, s, models.CanRead(who, s))
			}
		}
	})
}

func TestAReadOnlyTokenChangesNothingAndReadsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u, a, s := anyUser().Draw(t, "user"), rapid.SampledFrom(actions).Draw(t, "action"), anySubject().Draw(t, "subject")
		reader := *u
		reader.ReadOnly = true
		want := models.Can(u, a, s) && (a == models.ActionReadInternal || a == models.ActionReadPersonal)
		if got := models.Can(&reader, a, s); got != want {
			t.Fatalf("%s %+v with a read-only token: got %v, want %v", a, s, got, want)
		}
	})
}

// Only what belongs to the user themselves is reached without a role that covers it.
func TestARoleReachesNoOtherMunicipality(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u, a, s := anyUser().Draw(t, "user"), rapid.SampledFrom(actions).Draw(t, "action"), anySubject().Draw(t, "subject")
		own := s.OwnerID != 0 && s.OwnerID == u.ID
		whole := slices.Contains([]models.Kind{models.KindMunicipality, models.KindCategory, models.KindUser, models.KindToken}, s.Kind)
		covered := slices.ContainsFunc(u.Roles, func(r models.UserRole) bool {
			return r.MunicipalityID == nil || !whole && s.MunicipalityID != nil && *r.MunicipalityID == *s.MunicipalityID
		})
		if models.Can(u, a, s) && !covered && !own {
			t.Fatalf("%+v may %s %+v, which none of the roles covers", u.Roles, a, s)
		}
	})
}

func TestAnotherRoleTakesNoRightAway(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u, a, s := anyUser().Draw(t, "user"), rapid.SampledFrom(actions).Draw(t, "action"), anySubject().Draw(t, "subject")
		richer := *u
		richer.Roles = slices.Insert(slices.Clone(u.Roles), rapid.IntRange(0, len(u.Roles)).Draw(t, "where"), anyRole().Draw(t, "another"))
		if models.Can(u, a, s) && !models.Can(&richer, a, s) {
			t.Fatalf("%+v may %s %+v, but not with %+v", u.Roles, a, s, richer.Roles)
		}
	})
}

// Lists ask for the scope, single records for Can: the two say the same of every municipality.
func TestScopeAgreesWithCan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u, a, kind := anyUser().Draw(t, "user"), rapid.SampledFrom(actions).Draw(t, "action"), rapid.SampledFrom(kinds).Draw(t, "kind")
		u.Disabled, u.ReadOnly = rapid.Bool().Draw(t, "disabled"), rapid.Bool().Draw(t, "read-only")
		scope := models.ScopeOf(u, a, kind)
		for _, m := range []*int64{nil, at(1), at(2), at(3), at(4)} {
			if got, want := scope.Covers(m), models.Can(u, a, models.Subject{Kind: kind, MunicipalityID: m}); got != want {
				t.Fatalf("%s %s: got a scope that covers it %v, and Can %v, for %+v", a, kind, got, want, u.Roles)
			}
		}
		if n := len(scope.Municipalities); scope.All && n > 0 || n != len(slices.Compact(slices.Sorted(slices.Values(scope.Municipalities)))) {
			t.Fatalf("got scope %+v, want each municipality once, and none beside all", scope)
		}
	})
}

func TestPublicIsWhatIsPublishedAndNotRestricted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anySubject().Draw(t, "subject")
		want := !s.Deleted
		switch s.Kind {
		case models.KindMunicipality, models.KindCategory, models.KindPopulationCell:
		case models.KindUser, models.KindToken, models.KindImportBatch, models.KindFactProposal, models.KindReport, models.KindSavedView,
			models.KindInvestmentProposal, models.KindExclusionGroup, models.KindFund, models.KindScenario, models.KindServiceStandard, models.KindStandardOverride, models.KindUnitRate, models.KindPlanningAssumption:
			want = false
		default:
			want = want && s.Publication == "published" && s.Visibility != "restricted"
		}
		if got := s.Public(); got != want {
			t.Fatalf("got %v for %+v, want %v", got, s, want)
		}
	})
}

// What is shared is read, and no more than read, by those who have a role where the sharer has one.
func TestASharedViewIsReadByColleagues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u, a := anyUser().Draw(t, "user"), rapid.SampledFrom(actions).Draw(t, "action")
		shared := models.Scope{All: rapid.Bool().Draw(t, "everywhere")}
		if !shared.All {
			shared.Municipalities = rapid.SliceOfDistinct(rapid.Int64Range(1, 3), rapid.ID).Draw(t, "shared in")
		}
		s := models.Subject{Kind: models.KindSavedView, OwnerID: u.ID + 1, SharedIn: &shared}
		colleague := slices.ContainsFunc(u.Roles, func(r models.UserRole) bool {
			if r.MunicipalityID == nil {
				return shared.All || len(shared.Municipalities) > 0
			}
			return shared.All || slices.Contains(shared.Municipalities, *r.MunicipalityID)
		})
		if got, want := models.Can(u, a, s), colleague && a == models.ActionReadInternal; got != want {
			t.Fatalf("%s of a view shared in %+v: got %v, want %v", a, shared, got, want)
		}
		s.OwnerID = u.ID
		if !models.Can(u, a, s) {
			t.Fatalf("the owner may not %s", a)
		}
	})
}
