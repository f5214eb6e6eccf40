package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"wolnica/models"
	"wolnica/models/access"
)

// texts are the words of the templates.
var texts = map[string]models.Text{
	"kicker":         {PL: "Raport z luk dostępności", EN: "Accessibility gap report"},
	"of_place":       {PL: "miejsce", EN: "place"},
	"of_town":        {PL: "gmina", EN: "municipality"},
	"skip":           {PL: "Przejdź do treści", EN: "Skip to content"},
	"other":          {PL: "English", EN: "Polski"},
	"as_of":          {PL: "Stan na", EN: "As of"},
	"basis":          {PL: "Podstawa", EN: "Basis"},
	"article":        {PL: "art. 6 (minimalne wymagania)", EN: "art. 6 (minimum requirements)"},
	"rules":          {PL: "Wersja progów", EN: "Version of the thresholds"},
	"facts_age":      {PL: "Fakty", EN: "Facts"},
	"what_it_is":     {PL: "Czym to jest", EN: "What this is"},
	"demo":           {PL: "Dane pokazowe: część faktów jest zmyślona i tak oznaczona. Nie używaj tego dokumentu jako dowodu.", EN: "Demonstration data: some of the facts are invented and marked as such. Do not use this document as evidence."},
	"internal_one":   {PL: "To miejsce nie jest publiczne: widzisz je dzięki swoim uprawnieniom.", EN: "This place is not public: you see it by your rights."},
	"download":       {PL: "Pobierz", EN: "Download"},
	"statement_link": {PL: "Szkic deklaracji dostępności", EN: "Draft of the accessibility statement"},
	"summary":        {PL: "Podsumowanie", EN: "Summary"},
	"requirements":   {PL: "Wymagania", EN: "Requirements"},
	"point":          {PL: "Punkt", EN: "Point"},
	"requirement":    {PL: "Wymóg", EN: "Requirement"},
	"outcome":        {PL: "Wynik", EN: "Outcome"},
	"because":        {PL: "Na jakiej podstawie", EN: "On what grounds"},
	"mend":           {PL: "Co mogłoby usunąć lukę", EN: "What could close the gap"},
	"no_mend":        {PL: "Żadna typowa naprawa nie wystarczy: potrzebny projekt.", EN: "No standard fix will do: it needs a design."},
	"ask":            {PL: "Przy „nie wiadomo” wymieniono to, co trzeba najpierw ustalić.", EN: "Where it says “unknown”, what has to be found out first is listed."},
	"cost_note":      {PL: "Koszty są typowymi widełkami i szacunkami rzędu wielkości, w cenach z 2025 r. z VAT, nie ofertą.", EN: "Costs are typical ranges, order-of-magnitude estimates at prices of 2025 with VAT, not offers."},
	"facts":          {PL: "Fakty i źródła", EN: "Facts and sources"},
	"no_facts":       {PL: "Nikt jeszcze nie zapisał żadnego faktu o dostępności tego miejsca. Wszystko, o co pyta ustawa, jest więc nieznane.", EN: "Nobody has recorded a fact about the accessibility of this place yet. So all that the Act asks is unknown."},
	"part":           {PL: "Część", EN: "Part"},
	"attribute":      {PL: "Cecha", EN: "Attribute"},
	"value":          {PL: "Wartość", EN: "Value"},
	"observed":       {PL: "Stwierdzono", EN: "Observed"},
	"age":            {PL: "Wiek", EN: "Age"},
	"until":          {PL: "Ważne do", EN: "Holds until"},
	"counts":         {PL: "Liczy się", EN: "Counts"},
	"source":         {PL: "Skąd", EN: "Source"},
	"changes_on":     {PL: "Bez nowych faktów wynik może się zmienić", EN: "Without new facts the outcome may change on"},
	"places":         {PL: "Miejsca", EN: "Places"},
	"place":          {PL: "Miejsce", EN: "Place"},
	"counted":        {PL: "Miejsca w raporcie", EN: "Places in the report"},
	"of_all":         {PL: "Udział", EN: "Share"},
	"gaps":           {PL: "Stwierdzone luki", EN: "Known gaps"},
	"gaps_note":      {PL: "Miejsca, o których wiadomo, że nie spełniają wymogu. Ich brak na liście nie znaczy, że wymóg spełniają: sprawdź kolumnę „nie wiadomo”.", EN: "Places known not to meet the requirement. That a place is not listed does not mean that it does: see the column “unknown”."},
	"no_gaps":        {PL: "Nie ma ani jednej stwierdzonej luki. To nie znaczy, że luk nie ma: sprawdź, ilu rzeczy nie wiadomo.", EN: "Not a single gap is known. That does not mean there is none: see how much is unknown."},
	"repairs":        {PL: "Typowe naprawy", EN: "Standard fixes"},
	"repairs_note":   {PL: "Najtańsza naprawa każdej stwierdzonej luki, zsumowana dla miejsc z raportu.", EN: "The cheapest fix of every known gap, summed up over the places of the report."},
	"repair":         {PL: "Naprawa", EN: "Fix"},
	"at_places":      {PL: "Miejsc", EN: "Places"},
	"cost":           {PL: "Koszt razem", EN: "Total cost"},
	"consent":        {PL: "Z pozwoleniem konserwatora", EN: "With the conservator's permit"},
	"matrix":         {PL: "Miejsca i wymagania", EN: "Places and requirements"},
	"newest":         {PL: "Najnowszy fakt", EN: "Newest fact"},
	"empty":          {PL: "W tym zakresie nie ma ani jednego istniejącego miejsca, które wolno Ci zobaczyć.", EN: "There is no existing place in this scope that you may see."},
	"previous":       {PL: "Poprzednia strona", EN: "Previous page"},
	"next":           {PL: "Następna strona", EN: "Next page"},
	"in_xlsx":        {PL: "Pełna lista, ze wszystkimi faktami, jest w XLSX.", EN: "The whole list, with all facts, is in XLSX."},
	"draft":          {PL: "Szkic deklaracji dostępności", EN: "Draft of an accessibility statement"},
	"architecture":   {PL: "Dostępność architektoniczna", EN: "Architectural accessibility"},
	"draft_note": {PL: "Szkic części „Dostępność architektoniczna” (identyfikator a11y-architektura) deklaracji z art. 10 ustawy z dnia 4 kwietnia 2019 r. o dostępności cyfrowej stron internetowych i aplikacji mobilnych podmiotów publicznych. Każde zdanie pochodzi z zapisanego faktu i ma jego datę. Czego nie wiadomo, jest pytaniem do autora i nie jest dopowiadane. Przeczytaj, uzupełnij i dopiero wtedy opublikuj.",
		EN: "A draft of the part “Architectural accessibility” (identifier a11y-architektura) of the statement asked for by art. 10 of the Act of 4 April 2019 on the digital accessibility of web sites and mobile applications of public bodies. Every sentence comes from a recorded fact and bears its date. What is not known is a question to the author and is not filled in. Read it, complete it, and only then publish it."},
	"draft_empty": {PL: "Nie ma jeszcze faktów, z których można napisać choć jedno zdanie. Odpowiedz na pytania poniżej i zapisz odpowiedzi jako fakty.", EN: "There is no fact yet to write a single sentence from. Answer the questions below and record the answers as facts."},
	"questions":   {PL: "Pytania do autora", EN: "Questions to the author"},
	"doubtful":    {PL: "Do potwierdzenia, zanim trafi do deklaracji", EN: "To be confirmed before it goes into the statement"},
	"paste":       {PL: "Tekst do wklejenia", EN: "Text to paste"},
	"paste_note":  {PL: "Ten sam tekst jako zwykły tekst:", EN: "The same as plain text:"},
	"gap_report":  {PL: "Raport z luk art. 6", EN: "Gap report of art. 6"},
	"made_up":     {PL: "dane pokazowe", EN: "demonstration data"},
	"hidden":      {PL: "niepubliczne", EN: "not public"},
	"narrowed":    {PL: "Tylko kategorie", EN: "Only categories"},
	"scroll":      {PL: "Tabela, którą można przewijać", EN: "Table that can be scrolled"},
	"legend":      {PL: "Znaki", EN: "Signs"},
}

// outcomes are the words of the outcomes, in the order they are counted in.
var outcomes = models.CodeList{Name: "requirement_outcome", Entries: []models.CodeEntry{
	{Code: access.RequirementMet, Label: models.Text{PL: "spełnione", EN: "met"}},
	{Code: access.RequirementNotMet, Label: models.Text{PL: "niespełnione", EN: "not met"}},
	{Code: access.RequirementUnknown, Label: models.Text{PL: "nie wiadomo", EN: "unknown"}},
	{Code: access.RequirementNotApplicable, Label: models.Text{PL: "nie dotyczy", EN: "not applicable"}},
}}

func (r *request) text(pl, en string) string { return models.Text{PL: pl, EN: en}.In(r.lang) }

var monthsPL = [...]string{"stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca", "lipca", "sierpnia", "września", "października", "listopada", "grudnia"}

// day writes a date out: "1 maja 2026".
func (r *request) day(d *models.Date) string {
	if d == nil {
		return ""
	}
	if r.lang == models.English {
		return d.Format("2 January 2006")
	}
	return fmt.Sprintf("%d\u00a0%s\u00a0%d", d.Day(), monthsPL[d.Month()-1], d.Year())
}

// age is how long ago it was, in whole months: "3 lata i 2 miesiące".
func (r *request) age(d *models.Date) string {
	today := r.today.Date()
	if d == nil || d.After(today.Time) {
		return ""
	}
	months := 12*(today.Year()-d.Year()) + int(today.Month()) - int(d.Month())
	if today.Day() < d.Day() {
		months--
	}
	if months <= 0 {
		return r.text("mniej niż miesiąc", "less than a month")
	}
	var words []string
	if years := months / 12; years > 0 {
		words = append(words, r.count(years, "rok", "lata", "lat", "year", "years"))
	}
	if months %= 12; months > 0 {
		words = append(words, r.count(months, "miesiąc", "miesiące", "miesięcy", "month", "months"))
	}
	return strings.Join(words, r.text(" i ", " and "))
}

// count writes a number with its noun.
func (r *request) count(n int, one, few, many, oneEN, manyEN string) string {
	noun := many
	if r.lang == models.English {
		if noun = manyEN; n == 1 {
			noun = oneEN
		}
	} else if n == 1 {
		noun = one
	} else if n%10 >= 2 && n%10 <= 4 && (n%100 < 12 || n%100 > 14) {
		noun = few
	}
	return r.number(n) + "\u00a0" + noun
}

// number writes a count with the separators of the language.
func (r *request) number(n int) string { return r.lang.Number(int64(n)) }

// cost writes a range of money.
func (r *request) cost(low, high int) string {
	if r.lang == models.English {
		return "PLN\u00a0" + r.number(low) + "–" + r.number(high)
	}
	return r.number(low) + "–" + r.number(high) + "\u00a0zł"
}

// share writes a part of a whole in per cent; of nothing there is none.
func (r *request) share(part, whole int) string {
	if whole == 0 {
		return "–"
	}
	percent := strconv.Itoa((200*part + whole) / (2 * whole))
	return percent + r.text("\u00a0%", "%")
}

// iso is the date for a time element.
func iso(d *models.Date) string {
	if d == nil {
		return ""
	}
	return d.Format(time.DateOnly)
}

func formatID(id int64) string { return strconv.FormatInt(id, 10) }
