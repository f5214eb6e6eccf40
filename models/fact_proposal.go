package models

import (
	"encoding/json"
	"regexp"
	"time"
	"unicode/utf8"
)

// FactProposal is a fact of accessibility that a text seems to state, for a person to confirm. It is never a fact: accepting it makes
// one, and its own part, attribute and value stay what was proposed. One without an attribute is a passage from which nothing could be
// read; whoever accepts it says what the fact is.
type FactProposal struct {
	Record
	PlaceID int64 `json:"place_id"`
	// Origin says how it came: by a note.
	Origin string `json:"origin"`
	// Channel tells the notes of a place apart; a changed text of a channel takes the place of the earlier one.
	Channel   string          `json:"channel"`
	Status    string          `json:"status"`
	Part      string          `json:"part,omitempty"`
	Attribute string          `json:"attribute,omitempty"`
	State     string          `json:"state,omitempty"`
	Value     json.RawMessage `gorm:"type:jsonb" json:"value,omitempty"`
	Certainty string          `json:"certainty,omitempty"`
	ReasonPL  string          `gorm:"column:reason_pl" json:"reason_pl,omitempty"`
	ReasonEN  string          `gorm:"column:reason_en" json:"reason_en,omitempty"`
	// Contradicts: the same text says something else of the same thing as well.
	Contradicts bool   `json:"contradicts"`
	Text        string `json:"text"`
	// SpanFrom and SpanTo bound the passage it rests on, in characters.
	SpanFrom  int    `json:"span_from"`
	SpanTo    int    `json:"span_to"`
	Source    string `json:"source,omitempty"`
	SourceURL string `gorm:"column:source_url" json:"source_url,omitempty"`
	Licence   string `json:"licence,omitempty"`
	// ObservedOn is the day the source says; nil when it does not, and then the reviewer has to.
	ObservedOn *Date      `json:"observed_on,omitempty"`
	BatchID    *int64     `json:"batch_id,omitempty"`
	DecidedBy  *int64     `json:"decided_by,omitempty"`
	DecidedAt  *time.Time `json:"decided_at,omitempty"`
	// Decision is what the reviewer said of it.
	Decision string `json:"decision,omitempty"`
	FactID   *int64 `json:"fact_id,omitempty"`
}

// The states a FactProposal goes through. Outdated is one whose passage the source no longer has.
const (
	ProposalProposed = "proposed"
	ProposalAccepted = "accepted"
	ProposalRejected = "rejected"
	ProposalOutdated = "outdated"
)

// OriginNote is the origin of proposals read from a text about the place.
const OriginNote = "note"

// MaxNote is the greatest length of a note, in characters.
const MaxNote = 4000

// ProposalStatuses are the states of a proposal.
var ProposalStatuses = CodeList{Name: "proposal_status", Entries: []CodeEntry{
	{ProposalProposed, Text{"do sprawdzenia", "to review"}},
	{ProposalAccepted, Text{"przyjęta", "accepted"}},
	{ProposalRejected, Text{"odrzucona", "rejected"}},
	{ProposalOutdated, Text{"nieaktualna", "outdated"}},
}}

// Certainties say how sure a proposal is of what the words mean.
var Certainties = CodeList{Name: "certainty", Entries: []CodeEntry{
	{"certain", Text{"wprost", "certain wording"}},
	{"likely", Text{"prawdopodobnie", "likely"}},
}}

// Kind of a FactProposal.
func (*FactProposal) Kind() Kind { return KindFactProposal }

// OwnedBy a place.
func (p *FactProposal) OwnedBy() (placeID, productID *int64) { return &p.PlaceID, nil }

// Quote is the passage the proposal rests on.
func (p *FactProposal) Quote() string {
	r := []rune(p.Text)
	if p.SpanFrom < 0 || p.SpanTo > len(r) || p.SpanFrom > p.SpanTo {
		return ""
	}
	return string(r[p.SpanFrom:p.SpanTo])
}

var partForms = regexp.MustCompile(`^([a-z][a-z_]{0,30}(#[1-9][0-9]{0,2})?)?$`)

// Validate checks what a proposal says against the attribute table, as a fact is checked.
func (p *FactProposal) Validate(today time.Time) error {
	var f Fields
	f.text("/text", p.Text, 1, MaxNote)
	f.code("/status", p.Status, ProposalStatuses)
	if p.SpanFrom < 0 || p.SpanTo < p.SpanFrom || p.SpanTo > utf8.RuneCountInString(p.Text) {
		f.Add("/span", "range", "Fragment leży poza tekstem.", "The passage lies outside the text.")
	}
	if !partForms.MatchString(p.Part) {
		f.Add("/part", "format", "Oczekiwano nazwy części, na przykład entrance albo entrance#2.", "Expected the name of a part, such as entrance or entrance#2.")
	}
	if p.Attribute != "" {
		info, ok := AccessAttributeByCode(p.Attribute)
		switch {
		case !ok:
			f.Add("/attribute", "vocabulary", "Nieznana cecha dostępności.", "Unknown access attribute.")
		case p.State == FactKnown:
			if t, bad := info.Check(p.Value); bad {
				f.Add("/value", "value", t.PL, t.EN)
			}
		case p.State != FactNotApplicable || len(p.Value) > 0:
			f.Add("/state", "vocabulary", "Propozycja jest znana albo nie dotyczy.", "A proposal is known or not applicable.")
		}
		f.code("/certainty", p.Certainty, Certainties)
	}
	f.text("/source", p.Source, 0, 1000)
	f.text("/licence", p.Licence, 0, 300)
	f.text("/decision", p.Decision, 0, 2000)
	f.url("/source_url", p.SourceURL)
	f.date("/observed_on", p.ObservedOn, today)
	return f.Err()
}
