package models

import "slices"

// Action is something a person may be allowed to do.
type Action string

// The actions. Reading what is public needs none of them.
const (
	ActionReadInternal Action = "read_internal" // drafts, restricted records, exact positions, history
	ActionReadPersonal Action = "read_personal" // owners and observers
	ActionCreate       Action = "create"
	ActionUpdate       Action = "update"
	ActionPublish      Action = "publish" // also: change what is published, delete, restore, change visibility
	ActionImport       Action = "import"  // run and undo imports
	ActionManage       Action = "manage"  // vocabularies, municipalities, users
)

// Subject is what an action is done to, as far as rights depend on it.
type Subject struct {
	Kind Kind
	// MunicipalityID is nil for what lies in no municipality and for what belongs to the whole registry; only roles held
	// everywhere reach it.
	MunicipalityID *int64
	Publication    string
	Visibility     string
	Deleted        bool
	// OwnerID is the user a token, a session, a view or a scenario belongs to, 0 for anything else.
	OwnerID int64
	// SharedIn is where the people are who may see what its owner shared, nil for what is not shared.
	SharedIn *Scope
}

// Public tells whether anybody may see the subject (a coarse one with its position masked).
func (s Subject) Public() bool {
	switch s.Kind {
	case KindMunicipality, KindCategory, KindPopulationCell:
		return !s.Deleted
	case KindUser, KindToken, KindImportBatch, KindFactProposal, KindReport, KindSavedView, KindQualityDismissal,
		KindInvestmentProposal, KindExclusionGroup, KindFund, KindScenario, KindServiceStandard, KindStandardOverride, KindUnitRate, KindPlanningAssumption:
		return false
	}
	return !s.Deleted && s.Publication == PublicationPublished && s.Visibility != VisibilityRestricted
}

var (
	registryKinds = []Kind{KindPlace, KindProduct, KindProtection, KindInspection, KindAccessFact, KindExternalID, KindMedia, KindFactProposal, KindReport}
	surveyKinds   = []Kind{KindInspection, KindAccessFact, KindMedia, KindFactProposal, KindReport}
	importKinds   = []Kind{KindImportBatch}
	planningKinds = []Kind{KindInvestmentProposal, KindExclusionGroup, KindFund, KindScenario, KindServiceStandard, KindStandardOverride, KindUnitRate, KindPlanningAssumption}
	systemKinds   = []Kind{KindMunicipality, KindCategory, KindUser, KindToken, KindImportBatch, KindPopulationCell}
)

// grant is one line of the table of rights.
type grant struct {
	role    string
	actions []Action
	kinds   []Kind
	// unpublished limits the line to records that are not published.
	unpublished bool
}

// rights is the one table of who may do what. A role counts in the municipality it was given for.
var rights = []grant{
	{role: RoleViewer, actions: []Action{ActionReadInternal}, kinds: registryKinds},
	{role: RoleViewer, actions: []Action{ActionReadInternal}, kinds: planningKinds},

	{role: RoleContributor, actions: []Action{ActionReadInternal, ActionCreate}, kinds: registryKinds},
	{role: RoleContributor, actions: []Action{ActionUpdate}, kinds: registryKinds, unpublished: true},
	{role: RoleContributor, actions: []Action{ActionReadInternal}, kinds: planningKinds},

	{role: RoleHeritageOfficer, actions: []Action{ActionReadInternal, ActionReadPersonal, ActionCreate, ActionUpdate, ActionPublish}, kinds: registryKinds},
	{role: RoleHeritageOfficer, actions: []Action{ActionReadInternal, ActionImport}, kinds: importKinds},
	{role: RoleHeritageOfficer, actions: []Action{ActionReadInternal}, kinds: planningKinds},

	{role: RolePlanner, actions: []Action{ActionReadInternal, ActionCreate}, kinds: registryKinds},
	{role: RolePlanner, actions: []Action{ActionUpdate, ActionPublish}, kinds: []Kind{KindProduct}},
	{role: RolePlanner, actions: []Action{ActionUpdate, ActionPublish}, kinds: surveyKinds},
	{role: RolePlanner, actions: []Action{ActionReadInternal, ActionCreate, ActionUpdate, ActionPublish}, kinds: planningKinds},

	{role: RoleAdmin, actions: []Action{ActionReadInternal, ActionReadPersonal, ActionCreate, ActionUpdate, ActionPublish}, kinds: registryKinds},
	{role: RoleAdmin, actions: []Action{ActionReadInternal, ActionImport}, kinds: importKinds},
	{role: RoleAdmin, actions: []Action{ActionReadInternal, ActionCreate, ActionUpdate, ActionPublish}, kinds: planningKinds},
	{role: RoleAdmin, actions: []Action{ActionReadInternal, ActionReadPersonal, ActionCreate, ActionUpdate, ActionPublish, ActionManage}, kinds: systemKinds},
}

// Can tells whether the user may do the action to the subject. A nil user is anonymous. Vocabularies, municipalities and
// users belong to the whole registry, so only a role held everywhere reaches them; a token and a saved view belong to their user. A
// scenario belongs to the whole registry and to its author, as long as they plan somewhere. A service standard, a unit rate and
// an assumption belong to the whole registry, what a municipality has set otherwise to that municipality; all are read by everybody who plans somewhere.
func Can(u *User, action Action, s Subject) bool {
	if u == nil || u.Disabled || u.DeletedAt != nil {
		return false
	}
	if u.ReadOnly && action != ActionReadInternal && action != ActionReadPersonal {
		return false
	}
	if s.Kind == KindToken || s.Kind == KindUser {
		own := s.OwnerID != 0 && s.OwnerID == u.ID
		if own && (s.Kind == KindToken || action == ActionReadInternal || action == ActionReadPersonal) {
			return true
		}
	}
	if s.Kind == KindSavedView {
		if s.OwnerID != 0 && s.OwnerID == u.ID {
			return true
		}
		return action == ActionReadInternal && s.SharedIn != nil && slices.ContainsFunc(u.Roles, func(r UserRole) bool {
			return s.SharedIn.All || r.MunicipalityID == nil && len(s.SharedIn.Municipalities) > 0 || s.SharedIn.Covers(r.MunicipalityID)
		})
	}
	switch s.Kind {
	case KindScenario:
		if s.OwnerID != 0 && s.OwnerID == u.ID && plansSomewhere(u, action, s.Kind) {
			return true
		}
		s.MunicipalityID = nil
	case KindFund:
		if s.SharedIn != nil && action == ActionReadInternal && plansSomewhere(u, action, s.Kind) {
			return true
		}
	case KindServiceStandard, KindStandardOverride, KindUnitRate, KindPlanningAssumption:
		if s.SharedIn != nil && action == ActionReadInternal && plansSomewhere(u, action, s.Kind) {
			return true
		}
		if s.Kind != KindStandardOverride {
			s.MunicipalityID = nil
		}
	case KindMunicipality, KindCategory, KindUser, KindToken, KindPopulationCell:
		s.MunicipalityID = nil // whatever the caller filled in, they belong to the whole registry
	}
	for _, r := range u.Roles {
		if r.MunicipalityID != nil && (s.MunicipalityID == nil || *r.MunicipalityID != *s.MunicipalityID) {
			continue
		}
		for _, g := range rights {
			if g.role == r.Role && slices.Contains(g.actions, action) && slices.Contains(g.kinds, s.Kind) &&
				(!g.unpublished || s.Publication != PublicationPublished) {
				return true
			}
		}
	}
	return false
}

// plansSomewhere tells whether a role of the user allows the action to the kind in some municipality.
func plansSomewhere(u *User, action Action, kind Kind) bool {
	return slices.ContainsFunc(u.Roles, func(r UserRole) bool {
		return slices.ContainsFunc(rights, func(g grant) bool {
			return g.role == r.Role && slices.Contains(g.actions, action) && slices.Contains(g.kinds, kind)
		})
	})
}

// CanRead tells whether the user may see the subject at all.
func CanRead(u *User, s Subject) bool {
	return s.Public() || Can(u, ActionReadInternal, s)
}

// Scope is where a user holds a right: everywhere, or in a list of municipalities.
type Scope struct {
	All            bool
	Municipalities []int64
}

// ScopeOf gives the places where the user may do the action to records of the kind, read from the same table as Can.
func ScopeOf(u *User, action Action, kind Kind) Scope {
	var s Scope
	if u == nil {
		return s
	}
	if Can(u, action, Subject{Kind: kind}) {
		s.All = true
		return s
	}
	for _, r := range u.Roles {
		if r.MunicipalityID != nil && !slices.Contains(s.Municipalities, *r.MunicipalityID) &&
			Can(u, action, Subject{Kind: kind, MunicipalityID: r.MunicipalityID}) {
			s.Municipalities = append(s.Municipalities, *r.MunicipalityID)
		}
	}
	return s
}

// Covers tells whether the scope reaches a record of the municipality.
func (s Scope) Covers(municipalityID *int64) bool {
	return s.All || municipalityID != nil && slices.Contains(s.Municipalities, *municipalityID)
}
