package models

import (
	"strings"
	"testing"
)

func TestMonumentsGetTheCategoryOfTheirHeadWord(t *testing.T) {
	for _, tt := range []struct{ function, name, want string }{
		{"willa", "willa", "villa"}, {"kamienica", "kamienica, ob. muzeum farmacji", "tenement"}, {"zespół - dwór", "zespół dworsko-parkowy", "manor"},
		{"kościół", "kościół pw. św. Marka", "church"}, {"kaplica", "kaplica", "chapel"}, {"kapliczka", "kapliczka Matki Boskiej", "wayside_shrine"},
		{"fort", "fort nr 39 Olszanica", "fort"}, {"zespół - cmentarz", "zespół cmentarza żydowskiego", "cemetery"},
		{"", "cmentarz żydowski", "jewish_cemetery"}, {"", "cmentarz wojenny nr 384", "war_cemetery"}, {"", "Kaplica Cmentarna", "cemetery_chapel"},
		{"park", "dawny park", "historic_park"}, {"", "Parkan", "fence_or_gate"}, {"", "Dworzec Główny", "railway_structure"},
		{"brow.,cegiel.,fabr.,młyn,in.", "Młyn", "mill"}, {"brow.,cegiel.,fabr.,młyn,in.", "Budynek", "factory"},
		{"spichlerz (folwarczny/chłopski)", "spichlerz", "granary"}, {"synagoga", "synagoga Kupa, ob. magazyn", "synagogue"},
		{"klasztor", "klasztor z kaplicą", "monastery"}, {"", "układ urbanistyczny miasta", "urban_layout"}, {"", "układ ruralistyczny", "rural_layout"},
		{"bud.mieszk.", "DOM", "historic_house"}, {"bud.mieszk.", "WILLA STENIA", "villa"}, {"bud.mieszk.", "oficyna II", "tenement_annex"},
		{"bud.użyt.publ.", "Szkoła", "school_building"}, {"bud.użyt.publ.", "Obiekt", "public_building"}, {"dom kultury", "Dom Kultury Kolejarz", "culture_building"},
		{"dom modlitwy", "żydowski dom modlitwy", "prayer_house"}, {"fasada", "elewacja frontowa kamienicy", "building_part"},
		{"mur/ogrodzenie", "mur cmentarny", "fence_or_gate"}, {"rogatka", "rogatka warszawska", "toll_house"}, {"koszary", "koszary szyjowe", "barracks"},
		{"zespół - klasztor", "zespół klasztorny Kamedułów", "monastery"}, {"", "d. klasztor, ob. szpital św. Łazarza", "monastery"},
		{"", "KOŚCIÓŁ", "church"}, {"zamek", "Zamek Królewski", "castle"}, {"relikt", "relikty rotundy", "building_part"},
		{"budynek mieszkalny", "dom z oficyną", "historic_house"}, {"", "dom, ob. pracownia graficzna", "historic_house"},
		{"", "Budynek z restauracją", "inn"}, {"budynek mieszkalny", "dom pracowników", "historic_house"},
		{"bud.mieszk.", "budynek mieszkalno-gospodarczy", "historic_house"}, {"bud.użyt.publ.", "Katedra Chemii Ogólnej", "school_building"},
		{"", "", ""}, {"-", "xyz", ""}, {"", "KOSCIOL", ""}, {"", "podwórze", ""},
	} {
		if got, ok := HeritageCategory(tt.function, tt.name); got != tt.want || ok != (tt.want != "") {
			t.Errorf("HeritageCategory(%q, %q): got %q, %v, want %q", tt.function, tt.name, got, ok, tt.want)
		}
	}
}

func TestWordsOfRegistersNameHeritageCategories(t *testing.T) {
	heritage := map[string]bool{}
	for _, e := range Vocabulary() {
		heritage[e.Code] = e.Facet == FacetHeritage
	}
	seen := map[string]bool{}
	for _, r := range vocabularyRecords("nid_words.csv", 4) {
		word, match, strength, category := r[0], r[1], r[2], r[3]
		if word == "" || word != strings.TrimSpace(strings.ToLower(word)) || seen[word+match] {
			t.Errorf("word %q: got it empty, in capitals or twice", word)
		}
		seen[word+match] = true
		if match != "stem" && match != "word" || strength != "strong" && strength != "weak" {
			t.Errorf("word %q: got %q, %q, want stem or word, strong or weak", word, match, strength)
		}
		if !heritage[category] {
			t.Errorf("word %q: got category %q, want one of heritage", word, category)
		}
	}
}

func TestRealRegisterRowsNearlyAllGetACategory(t *testing.T) {
	rows := sharedRows(t, "heritage/krakow_rejestr_zabytkow.csv")
	known := 0
	for _, row := range rows {
		if _, ok := HeritageCategory(row["funkcja"], row["nazwa"]); ok {
			known++
		} else {
			t.Logf("no category: %q, %q", row["funkcja"], row["nazwa"])
		}
	}
	if known*100 < len(rows)*97 {
		t.Errorf("got a category for %d of %d rows, want at least 97 %%", known, len(rows))
	}
}

func FuzzHeritageCategory(f *testing.F) {
	f.Add("zespół - dwór", "DOM")
	f.Add("\xff", "İ dom")
	f.Fuzz(func(t *testing.T, function, name string) {
		code, ok := HeritageCategory(function, name)
		if ok == (code == "") {
			t.Errorf("got %q, %v, want a code with true only", code, ok)
		}
	})
}
