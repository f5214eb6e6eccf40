package models

import "strings"

// Indicator is a number by which municipalities are compared.
type Indicator struct {
	Code string
	// Unit is "%", "1/1000", "grade", "PLN" or "1" for a count.
	Unit string
	// Better is "more" or "less", "" where neither is.
	Better string
	Label  Text
	// Description defines the indicator: what is counted, of what, and by which source.
	Description Text
}

// The units of indicators.
const (
	UnitPercent     = "%"
	UnitPerThousand = "1/1000"
	UnitGrade       = "grade"
	UnitPLN         = "PLN"
	UnitCount       = "1"
)

// The prefixes of the two indicators that each access profile has.
const (
	IndicatorUsable  = "usable_"
	IndicatorUnknown = "unknown_"
)

// ConditionGrades puts the grades of both scales on the five steps of the International Infrastructure Management Manual. Those of the
// heritage scale have the step of the same name; destroyed, uncertain and not assessed are no condition and have none.
var ConditionGrades = map[string]int{"1": 1, "2": 2, "3": 3, "4": 4, "5": 5, "good": 2, "fair": 3, "poor": 4, "very_bad": 5}

// BadGrade is the step from which a condition is bad.
const BadGrade = 4

var indicatorBase = []Indicator{
	{"places_per_1000", UnitPerThousand, "more", Text{"Miejsca na 1000 mieszkańców", "Places per 1000 residents"},
		Text{"Liczba istniejących miejsc w gminie przypadających na 1000 mieszkańców. Liczba mieszkańców: dane gminy w rejestrze (GUS, Bank Danych Lokalnych).",
			"Existing places in the municipality per 1000 residents. Residents: the municipality's record (Statistics Poland, Local Data Bank)."}},
	{"protected", UnitPercent, "", Text{"Miejsca objęte ochroną", "Protected places"},
		Text{"Udział istniejących miejsc, które mają obowiązującą formę ochrony, wpis do ewidencji zabytków albo wpis międzynarodowy, według ewidencji ochrony (art. 7 i 22 ustawy z 2003 r. o ochronie zabytków).",
			"Share of existing places with a form of protection in force, an entry in an inventory of monuments or an international listing, by the protection ledger (art. 7 and 22 of the Act of 2003 on the protection of monuments)."}},
	{"inspected_fresh", UnitPercent, "more", Text{"Przegląd w ostatnich trzech latach", "Inspected within three years"},
		Text{"Udział istniejących miejsc, których ostatni przegląd stanu ma nie więcej niż trzy lata (cykl Monumentenwacht).",
			"Share of existing places whose newest inspection is at most three years old (the cycle of the Monumentenwacht)."}},
	{"never_inspected", UnitPercent, "less", Text{"Bez żadnego przeglądu", "Never inspected"},
		Text{"Udział istniejących miejsc, dla których rejestr nie ma żadnego przeglądu stanu.", "Share of existing places for which the registry has no inspection."}},
	{"bad_condition", UnitPercent, "less", Text{"W złym stanie", "In bad condition"},
		Text{"Udział miejsc ocenionych na 4 lub 5 (w skali zabytków: zły, bardzo zły) wśród istniejących miejsc z oceną stanu; skala 1–5 według International Infrastructure Management Manual. Miejsca bez oceny się nie liczą.",
			"Share of places graded 4 or 5 (on the heritage scale: poor, very bad) among existing places with a grade; the scale 1 to 5 is that of the International Infrastructure Management Manual. Places without a grade do not count."}},
	{"mean_grade", UnitGrade, "less", Text{"Średnia ocena stanu", "Mean grade"},
		Text{"Średnia ostatnich ocen istniejących miejsc w skali od 1 (bardzo dobry) do 5 (bardzo zły). Oceny zabytków wchodzą jako stopień o tej samej nazwie: dobry 2, dostateczny 3, zły 4, bardzo zły 5.",
			"Mean of the newest grades of existing places from 1 (very good) to 5 (very poor). Heritage grades count as the step of the same Polish name: good 2, fair 3, poor 4, very bad 5."}},
	{"bad_renewal_value", UnitPLN, "less", Text{"Wartość odtworzeniowa w złym stanie", "Renewal value in bad condition"},
		Text{"Suma wartości odtworzeniowych istniejących miejsc ocenionych na 4 lub 5 (zły, bardzo zły), w złotych; wartości podane w rejestrze.",
			"Sum of the renewal values of existing places graded 4 or 5 (poor, very bad), in złoty; the values are those in the registry."}},
	{"products", UnitCount, "more", Text{"Produkty turystyczne", "Tourist products"},
		Text{"Liczba produktów turystycznych, których położenie (bez niego pierwszy przystanek) leży w gminie.", "Tourist products whose position (without one, first stop) lies in the municipality."}},
	{"fresh_access_facts", UnitPercent, "more", Text{"Aktualne dane o dostępności", "Fresh accessibility facts"},
		Text{"Udział istniejących miejsc, dla których co najmniej jeden fakt o dostępności jest aktualny: znany lub nie dotyczy, nie zastąpiony i w okresie ważności swojej cechy.",
			"Share of existing places with at least one accessibility fact that is fresh: known or not applicable, not superseded, and within the shelf life of its attribute."}},
}

// Indicators are all indicators, in order: the general ones, then two for each of AccessProfiles.
func Indicators() []Indicator {
	all := append([]Indicator{}, indicatorBase...)
	for _, p := range AccessProfiles.Entries {
		all = append(all,
			Indicator{IndicatorUsable + p.Code, UnitPercent, "more", Text{"Dostępne: " + p.Label.PL, "Usable: " + p.Label.EN},
				Text{"Udział istniejących miejsc, z których osoba o tych potrzebach (" + p.Label.PL + ") może skorzystać samodzielnie albo z pomocą, wśród wszystkich istniejących miejsc, według faktów o dostępności i progów z /api/v1/access/thresholds.",
					"Share of existing places that a person with these needs (" + p.Label.EN + ") can use alone or with help, among all existing places, by the accessibility facts and the limits in /api/v1/access/thresholds."}},
			Indicator{IndicatorUnknown + p.Code, UnitPercent, "less", Text{"Nie wiadomo: " + p.Label.PL, "Unknown: " + p.Label.EN},
				Text{"Udział istniejących miejsc, o których nie wiadomo, czy osoba o tych potrzebach (" + p.Label.PL + ") może z nich skorzystać: brakuje faktów albo są nieaktualne.",
					"Share of existing places of which it is not known whether a person with these needs (" + p.Label.EN + ") can use them: facts are missing or stale."}})
	}
	return all
}

// IndicatorProfile is the access profile an indicator is about and whether it tells what is usable (or else unknown); ok is false for the
// general ones.
func IndicatorProfile(code string) (profile string, usable, ok bool) {
	if p, found := strings.CutPrefix(code, IndicatorUsable); found {
		return p, true, true
	}
	p, found := strings.CutPrefix(code, IndicatorUnknown)
	return p, false, found
}
