package plan

import (
	"slices"

	"wolnica/models"
	"wolnica/models/access"
)

// A MetProtection is an entry of the protection ledger that a proposal meets.
type MetProtection struct {
	ID          int64
	Kind, Code  string
	PlaceID     int64
	PlaceNamePL string
	PlaceNameEN string
	// Relation is RelationPlace, RelationEnsemble or RelationArea.
	Relation   string
	Number     string
	ObjectType string
	Label      models.Text `gorm:"-"`
}

// How a proposal meets a protected place: it is done there, at a part of it, or within its area.
const (
	RelationPlace    = "place"
	RelationEnsemble = "ensemble"
	RelationArea     = "area"
)

// A Consent is what has to be asked for, or checked, before the work.
type Consent struct {
	Code            string
	Provision, Text models.Text
	Required        bool
}

// A ConflictMemo is which protection a proposal meets and what that asks for.
type ConflictMemo struct {
	Protections []MetProtection
	Consents    []Consent
	Note        models.Text
}

// The act on the protection of monuments is that of 23 July 2003, the building law that of 7 July 1994.
var (
	consentWorks = Consent{Code: "conservator_works", Required: true,
		Provision: models.Text{PL: "art. 36 ust. 1 pkt 1 ustawy z 23 lipca 2003 r. o ochronie zabytków i opiece nad zabytkami", EN: "art. 36(1)(1) of the Act of 23 July 2003 on the protection of monuments"},
		Text: models.Text{PL: "Pozwolenie wojewódzkiego konserwatora zabytków na prace konserwatorskie, restauratorskie lub roboty budowlane przy zabytku wpisanym do rejestru.",
			EN: "The voivodeship conservator's permit for conservation, restoration or construction work at a registered monument."}}
	consentGreenery = Consent{Code: "conservator_greenery", Required: true,
		Provision: models.Text{PL: "art. 36 ust. 1 pkt 1 i 11 ustawy z 23 lipca 2003 r.", EN: "art. 36(1)(1) and (11) of the Act of 23 July 2003"},
		Text: models.Text{PL: "Pozwolenie obejmuje też usunięcie drzew i krzewów oraz zmianę wyglądu zarejestrowanego parku, ogrodu lub innej zieleni.",
			EN: "The permit also covers removing trees and shrubs and changing the look of a registered park, garden or other designed greenery."}}
	consentSurroundings = Consent{Code: "conservator_surroundings", Required: true,
		Provision: models.Text{PL: "art. 36 ust. 1 pkt 2 ustawy z 23 lipca 2003 r.", EN: "art. 36(1)(2) of the Act of 23 July 2003"},
		Text: models.Text{PL: "Pozwolenie wojewódzkiego konserwatora zabytków na roboty budowlane w otoczeniu zabytku.",
			EN: "The voivodeship conservator's permit for construction work in the surroundings of a monument."}}
	consentArchaeology = Consent{Code: "conservator_archaeology", Required: true,
		Provision: models.Text{PL: "art. 36 ust. 1 pkt 5 i art. 31 ustawy z 23 lipca 2003 r.", EN: "art. 36(1)(5) and art. 31 of the Act of 23 July 2003"},
		Text: models.Text{PL: "Pozwolenie na badania archeologiczne; koszt badań ponosi inwestor.",
			EN: "A permit for archaeological research; the investor bears its cost."}}
	consentDevices = Consent{Code: "conservator_devices", Required: true,
		Provision: models.Text{PL: "art. 36 ust. 1 pkt 10 i 11 ustawy z 23 lipca 2003 r.", EN: "art. 36(1)(10) and (11) of the Act of 23 July 2003"},
		Text: models.Text{PL: "Pozwolenie na umieszczenie na zabytku urządzeń, tablic lub napisów albo inne działania zmieniające jego wygląd.",
			EN: "A permit to put devices, boards or inscriptions on the monument, or for other acts that change its look."}}
	consentInventory = Consent{Code: "building_permit_agreement", Required: true,
		Provision: models.Text{PL: "art. 39 ust. 3 ustawy z 7 lipca 1994 r. Prawo budowlane", EN: "art. 39(3) of the Building Law of 7 July 1994"},
		Text: models.Text{PL: "Pozwolenie na budowę wydaje się w uzgodnieniu z wojewódzkim konserwatorem zabytków: obiekt jest w gminnej ewidencji zabytków.",
			EN: "A building permit is granted in agreement with the voivodeship conservator: the object is in the municipal inventory of monuments."}}
	consentPark = Consent{Code: "cultural_park_rules",
		Provision: models.Text{PL: "art. 17 ustawy z 23 lipca 2003 r. i uchwała o parku kulturowym", EN: "art. 17 of the Act of 23 July 2003 and the resolution on the cultural park"},
		Text: models.Text{PL: "Sprawdź zakazy i ograniczenia parku kulturowego: roboty budowlane, tablice, mała architektura.",
			EN: "Check the bans and limits of the cultural park: construction work, boards, small architecture."}}
	consentPlan = Consent{Code: "local_plan_rules",
		Provision: models.Text{PL: "art. 19 ustawy z 23 lipca 2003 r. i ustalenia planu miejscowego lub decyzji", EN: "art. 19 of the Act of 23 July 2003 and the provisions of the local plan or decision"},
		Text: models.Text{PL: "Sprawdź zgodność z ustaleniami ochrony w planie miejscowym lub decyzji.",
			EN: "Check that it agrees with the protection set in the local plan or decision."}}
	consentUNESCO = Consent{Code: "world_heritage_assessment",
		Provision: models.Text{PL: "pkt 118bis i 172 Wytycznych operacyjnych do Konwencji światowego dziedzictwa", EN: "§ 118bis and 172 of the Operational Guidelines of the World Heritage Convention"},
		Text: models.Text{PL: "Oceń oddziaływanie na wyjątkową powszechną wartość; o znaczących inwestycjach powiadamia się Centrum Światowego Dziedzictwa.",
			EN: "Assess the impact on outstanding universal value; the World Heritage Centre is told of major projects."}}
	conflictNote = models.Text{
		PL: "Na podstawie rejestru ochrony w Wolnicy w dniu odczytu. Nie zastępuje zaświadczenia ani decyzji konserwatora; zabytku, którego nie ma w rejestrze Wolnicy, tu nie widać.",
		EN: "From Wolnica's protection ledger on the day of reading. It does not stand for a certificate or a decision of the conservator; a monument that Wolnica does not hold does not show here."}
)

// Conflicts is the memo of a proposal that meets the entries. Only works that touch the substance ask for a permit: fixes of accessibility
// that need none (a portable loop, training) are left out. The result is nil for a proposal that meets no protection.
func Conflicts(p *models.InvestmentProposal, met []MetProtection) *ConflictMemo {
	if len(met) == 0 {
		return nil
	}
	memo := &ConflictMemo{Protections: met, Consents: []Consent{}, Note: conflictNote}
	need := func(c Consent) {
		if !slices.ContainsFunc(memo.Consents, func(o Consent) bool { return o.Code == c.Code }) {
			memo.Consents = append(memo.Consents, c)
		}
	}
	substance := touchesSubstance(p)
	for i := range memo.Protections {
		m := &memo.Protections[i]
		m.Label = protectionLabel(m.Kind, m.Code)
		switch {
		case !substance && p.KindCode == models.ProposalAccessible && m.Code == models.ProtectionRegister && m.Relation != RelationArea && len(p.Effects.Fixes)+len(p.Effects.Facts) > 0:
			need(consentDevices)
		case m.Code == models.ProtectionRegister && m.ObjectType == models.ObjectSurroundings:
			need(consentSurroundings)
		case m.Code == models.ProtectionRegister:
			need(consentWorks)
			if m.ObjectType == models.ObjectPark || m.ObjectType == models.ObjectCemetery || m.ObjectType == models.ObjectLandscape {
				need(consentGreenery)
			}
			if m.ObjectType == "archaeological_site" {
				need(consentArchaeology)
			}
		case m.Code == "cultural_park":
			need(consentPark)
		case m.Code == "local_plan":
			need(consentPlan)
		case m.Kind == models.ProtectionKindInventory && substance:
			need(consentInventory)
		case m.Kind == models.ProtectionKindInternational:
			need(consentUNESCO)
		}
	}
	return memo
}

// touchesSubstance says whether the work changes the object: all of it but fixes that need no conservator's consent.
func touchesSubstance(p *models.InvestmentProposal) bool {
	if p.KindCode != models.ProposalAccessible || len(p.Effects.Facts) > 0 || len(p.Effects.Fixes) == 0 {
		return true
	}
	return slices.ContainsFunc(p.Effects.Fixes, func(f models.ProposedFix) bool {
		fix, ok := access.FixByCode(f.Code)
		return !ok || fix.ConservatorConsent
	})
}

func protectionLabel(kind, code string) models.Text {
	switch kind {
	case models.ProtectionKindForm:
		return models.ProtectionForms.Label(code)
	case models.ProtectionKindInventory:
		return models.Inventories.Label(code)
	}
	return models.InternationalListings.Label(code)
}
