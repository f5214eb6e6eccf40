package gap

import (
	"encoding/json"
	"slices"
	"strings"

	"wolnica/models"
	"wolnica/models/access"
)

// The law the checklist is drawn from.
var (
	Act = models.Text{
		PL: "ustawa z dnia 19 lipca 2019 r. o zapewnianiu dostępności osobom ze szczególnymi potrzebami (Dz.U. 2019 poz. 1696, z późn. zm.)",
		EN: "Act of 19 July 2019 on ensuring accessibility to persons with special needs (Journal of Laws 2019, item 1696, as amended)"}
	Article = "art. 6"
	// Note says what a checklist is and is not; every report carries it.
	Note = models.Text{
		PL: "To lista kontrolna sporządzona z faktów zapisanych w rejestrze, a nie audyt dostępności. Czego nikt nie zapisał, co jest nieaktualne albo sporne, " +
			"to „nie wiadomo”, i nigdy nie jest pokazywane jako spełnione. Rejestr nie rozstrzyga, czy podmiot, który prowadzi miejsce, jest zobowiązany ustawą. " +
			"Punktu 2 (dostępność cyfrowa) dotyczy odrębna ustawa z dnia 4 kwietnia 2019 r.",
		EN: "This is a checklist drawn from the facts recorded in the registry, not an accessibility audit. What nobody has recorded, what is out of date or disputed " +
			"is “unknown”, and is never shown as met. The registry does not decide whether the body that runs a place is obliged by the Act. " +
			"Point 2 (digital accessibility) is of another act, that of 4 April 2019."}
)

// Filter is which places a municipality's report counts: those that exist, of the categories when there are any.
func Filter(teryt string, categories []string) models.PlaceFilter {
	return models.PlaceFilter{Municipalities: []string{teryt}, Categories: categories, Lifecycles: []string{models.LifecycleExisting}}
}

// A Place is the checklist of one place with what it rests on.
type Place struct {
	ID   int64
	Name models.Text
	// Address is on one line, empty when nothing is told of it.
	Address        string
	MunicipalityID *int64
	// Registered says that the place is entered in the register of monuments: whatever needs the conservator's permit needs it here.
	Registered bool
	// Demonstration says that some of it is made up.
	Demonstration bool
	Requirements  []Requirement
	// Facts are those that stand today, in the order of the chain; some may not count.
	Facts []Fact
	// Internal says that the public does not see the place.
	Internal bool
	// ChangesOn is the next day on which the checklist may change though nobody records anything; nil is never.
	ChangesOn *models.Date
}

// A Requirement is one requirement with what would mend its gap.
type Requirement struct {
	access.Requirement
	Mends []access.Mend
}

// maxMends is how many ways of mending a gap are told, the cheapest.
const maxMends = 3

// A Fact is one that stands for its part, with where it comes from. Who observed it is never told.
type Fact struct {
	access.Standing
	// Value is as people read it.
	Value     models.Text
	Method    string
	SourceURL string
	Licence   string
	// LastDay is the last day on which it holds, or held.
	LastDay *models.Date
}

// Of draws the checklist of a place, as it may be shown, from its facts as of today.
func Of(p *models.Place, facts []models.AccessFact, today models.Day) Place {
	ready, sources := readied(facts)
	judged := judged(p, ready)
	out := Place{ID: p.ID, Name: models.Text{PL: p.NamePL, EN: p.NameEN}, Address: address(p), MunicipalityID: p.MunicipalityID,
		Registered: slices.Contains(p.Protections, "register"), Demonstration: p.Method == models.MethodDemonstration,
		ChangesOn: access.Expires(ready, today).Date(),
		Internal:  !models.Subject{Kind: models.KindPlace, Publication: p.Publication, Visibility: p.Visibility}.Public()}
	if out.Name.EN == "" {
		out.Name.EN = p.NamePL
	}
	mends := access.Article6Mends(ready, judged, today)
	for i, r := range access.Article6(ready, judged, today) {
		out.Requirements = append(out.Requirements, Requirement{r, mends[i][:min(len(mends[i]), maxMends)]})
	}
	for _, s := range access.Current(ready, today) {
		of := sources[s.Fact.ID]
		f := Fact{Standing: s, Value: s.Fact.ValueText(), Method: of.Method, SourceURL: of.SourceURL, Licence: of.Licence, LastDay: s.Fact.LastDay().Date()}
		if s.Fact.Attr.Info().Type == models.AttributeText && s.Fact.State != access.NotApplicable {
			var text string
			if json.Unmarshal(of.Value, &text) == nil {
				f.Value = models.Text{PL: text, EN: text}
			}
		}
		out.Facts = append(out.Facts, f)
		out.Demonstration = out.Demonstration || of.Method == models.MethodDemonstration
	}
	return out
}

// StatementOf drafts the architectural section of the accessibility statement of a place from its facts as of today.
func StatementOf(p *models.Place, facts []models.AccessFact, today models.Day) access.Statement {
	ready, _ := readied(facts)
	return access.StatementOf(ready, judged(p, ready), today)
}

// readied are the facts as access takes them, and by their ids as they were recorded.
func readied(facts []models.AccessFact) ([]access.Fact, map[int64]*models.AccessFact) {
	var ready []access.Fact
	sources := make(map[int64]*models.AccessFact, len(facts))
	for i := range facts {
		if f, err := access.FactOf(&facts[i]); err == nil { // what the table of attributes does not have any more is not known
			ready = append(ready, f)
			sources[f.ID] = &facts[i]
		}
	}
	return ready, sources
}

// judged is what the categories of a place say beside its facts.
func judged(p *models.Place, facts []access.Fact) access.Place {
	var categories []string
	for _, c := range []*string{p.HeritageCategory, p.InfrastructureCategory} {
		if c != nil {
			categories = append(categories, *c)
		}
	}
	return access.PlaceOf(facts, categories...)
}

// address is on one line: "ul. Długa 5, 30-001 Kraków".
func address(p *models.Place) string {
	street := strings.TrimSpace(p.Street + " " + p.HouseNumber)
	town := strings.TrimSpace(p.Postcode + " " + p.Locality)
	if street == "" || town == "" {
		return street + town
	}
	return street + ", " + town
}

// Fact is the fact with the id, nil when none of those that stand has it.
func (p *Place) Fact(id int64) *Fact {
	i := slices.IndexFunc(p.Facts, func(f Fact) bool { return f.Standing.Fact.ID == id })
	if id == 0 || i < 0 {
		return nil
	}
	return &p.Facts[i]
}

// Outcome is that of the requirement with the point, RequirementUnknown for a point there is not.
func (p *Place) Outcome(point string) string {
	for i := range p.Requirements {
		if p.Requirements[i].Point == point {
			return p.Requirements[i].Outcome
		}
	}
	return access.RequirementUnknown
}

// Tally is how the requirements of the place come out.
func (p *Place) Tally() Tally {
	var t Tally
	for i := range p.Requirements {
		t.add(p.Requirements[i].Outcome)
	}
	return t
}

// A Tally counts outcomes.
type Tally struct {
	Met           int
	NotMet        int
	Unknown       int
	NotApplicable int
}

func (t *Tally) add(outcome string) {
	switch outcome {
	case access.RequirementMet:
		t.Met++
	case access.RequirementNotMet:
		t.NotMet++
	case access.RequirementNotApplicable:
		t.NotApplicable++
	default:
		t.Unknown++
	}
}

// Of is the count of an outcome.
func (t Tally) Of(outcome string) int {
	switch outcome {
	case access.RequirementMet:
		return t.Met
	case access.RequirementNotMet:
		return t.NotMet
	case access.RequirementNotApplicable:
		return t.NotApplicable
	}
	return t.Unknown
}

// An Age is how old facts are.
type Age struct {
	// Facts is how many stand; Stale and Disputed, how many of them do not count for that reason.
	Facts, Stale, Disputed int
	// Oldest and Newest are the days of observation; nil when there is no fact.
	Oldest, Newest *models.Date
}

// Age is how old the facts of the place are.
func (p *Place) Age() Age {
	var a Age
	a.add(p)
	return a
}

func (a *Age) add(p *Place) {
	for i := range p.Facts {
		f := &p.Facts[i]
		a.Facts++
		switch f.Why {
		case access.WhyStale:
			a.Stale++
		case access.WhyDisputed:
			a.Disputed++
		}
		on := f.Standing.Fact.ObservedOn.Date()
		if a.Oldest == nil || on.Before(a.Oldest.Time) {
			a.Oldest = on
		}
		if a.Newest == nil || on.After(a.Newest.Time) {
			a.Newest = on
		}
	}
}
