package access

import "wolnica/models"

// SourceText is the Source of a Limit or a Cost in both languages; a source that is not among them stays as it is.
func SourceText(source string) models.Text {
	if pl, ok := sourcesPL[source]; ok {
		return models.Text{PL: pl, EN: source}
	}
	return models.Text{PL: source, EN: source}
}

var sourcesPL = map[string]string{
	sourceReference:  "tabela profili Wolnicy, za Acceslibre, wheelmap i openrouteservice (drzwi, próg, spadek, krawężnik)",
	sourceAcceslibre: "Acceslibre: drzwi 90 cm i 80 cm, próg 2 cm; tabela profili Wolnicy",
	sourceORS:        "profil wózka w openrouteservice: spadek, równość nawierzchni, krawężnik 3 i 6 cm",
	sourceOSM:        "OpenStreetMap: kerb=flush jest równo z jezdnią, kerb=lowered to około 3 cm",
	sourceWolnica:    "odczytanie własne Wolnicy tam, gdzie tabela profili milczy",
	fixCostSource:    "Wolnica: szacunek rzędu wielkości, do zastąpienia ofertami, które ma gmina",
}

// Judges says whether the profile asks anything of the link.
func (p *Profile) Judges(l Link) bool { return p.links.Has(l) }

// OwnLimits are the names of the limits of one's own that Custom takes for the base profile, none where it takes no such base.
func OwnLimits(base string) []string {
	some := 60.0
	var names []string
	for _, l := range []struct {
		name   string
		limits Limits
	}{{"width_cm", Limits{WidthCM: &some}}, {"step_cm", Limits{StepCM: &some}}, {"slope_percent", Limits{SlopePercent: &some}}} {
		if _, err := Custom(base, l.limits); err == nil {
			names = append(names, l.name)
		}
	}
	return names
}
