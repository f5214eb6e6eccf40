package dataset

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"wolnica/models"
)

// The words names are put together from.
var (
	people = strings.Split("Mickiewicza,Słowackiego,Kościuszki,Piłsudskiego,Kochanowskiego,Reymonta,Żeromskiego,Sienkiewicza,Konopnickiej,Matejki,Wyspiańskiego,"+
		"Kopernika,Długosza,Jagiełły,Królowej Jadwigi,Żółkiewskiego,Batorego,Łokietka,Bema,Dąbrowskiego,Poniatowskiego,Traugutta,Wybickiego,Norwida,Asnyka,"+
		"Orzeszkowej,Prusa,Tetmajera,Szymanowskiego,Chopina,Moniuszki,Paderewskiego,Lenartowicza,Śniadeckich,Staszica,Kołłątaja,Skargi,Świerczewskiego,Witosa,"+
		"Hallera,Okulickiego,Grota-Roweckiego,Jordana,Bednarskiego,Dietla,Zielińskiej,Źródlanego,Łętowskiego,Ćwiklińskiej,Sędzimira", ",")
	streets = strings.Split("Polna,Leśna,Słoneczna,Krótka,Szkolna,Ogrodowa,Lipowa,Brzozowa,Łąkowa,Kwiatowa,Kościelna,Sosnowa,Zielona,Parkowa,Akacjowa,Kolejowa,"+
		"Źródlana,Wiśniowa,Dębowa,Jesionowa,Świerkowa,Nadrzeczna,Młyńska,Podgórska,Górska,Spokojna,Cicha,Rynkowa,Zamkowa,Klasztorna,Grodzka,Floriańska,"+
		"Krakowska,Wielicka,Tarnowska,Sądecka,Żabia,Jagodowa,Wrzosowa,Ćwiartkowa", ",")
	owners = strings.Split("Wodzickich,Potockich,Lubomirskich,Żeleńskich,Konopków,Dunikowskich,Zieleniewskich,Morstinów,Badenich,Starowieyskich,Wielopolskich,"+
		"Sanguszków,Tyszkiewiczów,Przybyłów,Stadnickich,Gostkowskich,Łubieńskich,Śmiałowskich,Górskich,Jaroszów", ",")
	saints = strings.Split("św. Floriana,św. Anny,św. Jana Chrzciciela,św. Mikołaja,św. Katarzyny,św. Stanisława,św. Wojciecha,św. Jadwigi,św. Marcina,"+
		"Wszystkich Świętych,Matki Bożej Różańcowej,Podwyższenia Krzyża,św. Bartłomieja,św. Michała Archanioła,św. Barbary", ",")
	byNames = strings.Split("Pod Lipami,Pod Trzema Koronami,Na Skarpie,Nad Wisłą,Nad Dunajcem,Pod Kasztanem,Pod Orłem,Na Górce,Za Torami,Przy Źródle,Pod Lwem,"+
		"Nad Rabą,Na Błoniach,Pod Zegarem,Przy Szkole,Za Kościołem,Na Zakręcie,Pod Gwiazdą,Zielony Zakątek,Słoneczna Polana,Wesoła Łąka,Stary Młyn", ",")
	stems = strings.Split("Krak,Wiel,Niepoł,Skaw,Zabierz,Lip,Dęb,Jawor,Brzez,Olsz,Kalin,Łąk,Źrób,Wierzb,Bor,Dąbr,Grab,Jodł,Klecz,Łap,Mog,Niedźw,Piask,Rab,"+
		"Rud,Siepr,Szcz,Świąt,Tymb,Wol,Zaw,Żeg,Bisk,Czern,Gdow,Iwan,Kacz,Myśl,Ochot,Pcim,Racz,Sulk,Tok,Trzeb,Zator,Bukow", ",")
	endings = strings.Split("ów,owice,owa,ówka,ice,ec,in,no,owiec,any,iny,isko,yna,ów Dolny,ów Górny,owa Wielka,owa Mała,ówki,aczów,ęcin", ",")

	descriptions = strings.Split("Obiekt z początku XX wieku, przebudowany po wojnie.,Teren ogrodzony, z oświetleniem i ławkami.,Cenne wnętrze z zachowaną polichromią.,"+
		"Otoczony starodrzewem, widoczny z drogi.,Nawierzchnia bezpieczna, regulamin przy wejściu.,Murowany z cegły, kryty dachówką.,"+
		"Drewniany, konstrukcji zrębowej, pobity gontem.,Dostęp od strony parkingu, wejście bez opłat.,Zachowany układ przestrzenny i mała architektura.,"+
		"Wyposażenie wymienione w ostatnich latach.,Wzniesiony z fundacji miejscowej parafii.,Położony na skraju doliny, przy szlaku.", ".,")
	operators = strings.Split("Zarząd Zieleni Miejskiej,Gminny Ośrodek Kultury,Ośrodek Sportu i Rekreacji,Parafia,Spółdzielnia Mieszkaniowa,Osoba prywatna,Urząd Gminy", ",")
)

// villageNames are names of villages, none twice.
func villageNames() []string {
	var names []string
	for k := range len(stems) * len(endings) {
		names = append(names, stems[k%len(stems)]+endings[(k/len(stems)+k)%len(endings)])
	}
	return names
}

// A category with its labels as a name begins with them.
type category struct {
	code, pl, en string
	roof         bool // takes names of families and patrons
}

type categories struct{ heritage, infrastructure, product []category }

func vocabulary() (c categories) {
	all := models.Vocabulary()
	parents := map[string]bool{}
	for _, e := range all {
		parents[e.Parent] = true
	}
	for _, e := range all {
		if parents[e.Code] {
			continue // a place is filed under what it is, not under a heading
		}
		k := category{code: e.Code, pl: begin(e.Label.PL), en: begin(e.Label.EN), roof: e.Facet == models.FacetHeritage}
		switch e.Facet {
		case models.FacetHeritage:
			c.heritage = append(c.heritage, k)
		case models.FacetInfrastructure:
			c.infrastructure = append(c.infrastructure, k)
		default:
			c.product = append(c.product, k)
		}
	}
	for i, code := range commonHeritage {
		at := slices.IndexFunc(c.heritage, func(k category) bool { return k.code == code })
		c.heritage[i], c.heritage[at] = c.heritage[at], c.heritage[i]
	}
	return c
}

// commonHeritage are the categories most monuments are of, the commonest first.
var commonHeritage = []string{"tenement", "wayside_shrine", "wooden_house", "historic_house", "church", "villa", "chapel", "farm_building", "manor",
	"parish_cemetery", "wayside_cross", "granary", "historic_park", "monument", "war_cemetery", "bell_tower"}

// begin makes the first of a label's alternatives begin a name: "kaplica lub dom przedpogrzebowy" -> "Kaplica".
func begin(label string) string {
	for _, cut := range []string{" lub ", " or ", ",", " ("} {
		label, _, _ = strings.Cut(label, cut)
	}
	first, size := utf8.DecodeRuneInString(label)
	return string(unicode.ToUpper(first)) + label[size:]
}

// frequent picks one of a list, the earlier ones more often.
func frequent(r *rand.Rand, list []category) category {
	n := len(list)
	return list[r.IntN(n)*(1+r.IntN(n))/n]
}

// appendName appends a name such as "Plac zabaw, ul. Źródlana 12, Wielowice".
func appendName(b []byte, r *rand.Rand, c category, town string) []byte {
	b = append(b, c.pl...)
	add := func(parts ...string) {
		for _, p := range parts {
			b = append(b, p...)
		}
	}
	switch n := r.IntN(20); {
	case n < 7:
		add(" przy ul. ", pick(r, streets), " ", strconv.Itoa(1+r.IntN(180)))
	case n < 10:
		add(" przy ul. ", pick(r, people), " ", strconv.Itoa(1+r.IntN(120)))
	case n < 13 && c.roof:
		add(" ", pick(r, owners))
	case n < 13:
		add(" nr ", strconv.Itoa(1+r.IntN(300)))
	case n < 15 && c.roof:
		add(" ", pick(r, saints))
	case n < 16:
		add(" im. ", pick(r, people))
	case n < 18:
		add(" „", pick(r, byNames), "”")
	}
	if town != "" && r.IntN(3) == 0 {
		add(", ", town)
	}
	return b
}

// texts are all that searchable texts are put together from, but for house numbers.
func (d *Dataset) texts() []string {
	all := []string{"przy ul. nr im."}
	for _, list := range [][]string{people, streets, owners, saints, byNames, descriptions} {
		all = append(all, list...)
	}
	for _, s := range d.settlements {
		all = append(all, s.name)
	}
	for _, list := range [][]category{d.categories.heritage, d.categories.infrastructure} {
		for _, c := range list {
			all = append(all, c.pl, c.en)
		}
	}
	return all
}
