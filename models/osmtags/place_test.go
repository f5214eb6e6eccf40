package osmtags

import (
	"testing"
)

func TestNames(t *testing.T) {
	v := vocabulary(t)
	for _, tt := range []struct{ tags, pl, en string }{
		{"leisure=park|name=Planty", "Planty", ""},
		{"leisure=park|name=Park Jordan|name:pl=Park Jordana|name:en=Jordan Park", "Park Jordana", "Jordan Park"},
		{"leisure=playground", "Plac zabaw", "Playground"},
		{"leisure=playground|name=  ", "Plac zabaw", "Playground"},
		{"leisure=playground|addr:street=Lipowa|addr:housenumber=5", "Plac zabaw, Lipowa 5", "Playground, Lipowa 5"},
		{"amenity=toilets|operator=ZIW Kraków", "Toaleta publiczna (ZIW Kraków)", "Public toilet (ZIW Kraków)"},
		{"amenity=parking|ref=12", "Parking 12", "Car park 12"},
		{"amenity=drinking_water|addr:city=Skawina", "Poidełko, Skawina", "Drinking water, Skawina"},
		{"leisure=pitch|sport=soccer", "Boisko (piłka nożna)", "Sports field (football)"},
		{"leisure=playground|name:en=The Big One", "Plac zabaw", "The Big One"},
		{"historic=manor|leisure=park", "Park", "Park"},
		{"amenity=place_of_worship", "Miejsce kultu", "Place of worship"},
	} {
		p, ok := v.Place(&Element{ID: "node/1", Tags: tags(tt.tags)})
		if !ok || p.NamePL != tt.pl || p.NameEN != tt.en {
			t.Errorf("%s: got %q and %q, want %q and %q", tt.tags, p.NamePL, p.NameEN, tt.pl, tt.en)
		}
	}
}

func TestFieldsOfAPlace(t *testing.T) {
	v := vocabulary(t)
	p, _ := v.Place(&Element{ID: "way/1", Shape: Area, Tags: tags("leisure=pitch|surface=tartan|operator=MOSiR|start_date=2015-06|capacity=300|" +
		"website=nie ma; mosir.example.pl/boisko|wikidata=Q123|description=Boisko.|wheelchair:description=Wejście od tyłu.|wheelchair:description:en=Use the back.")})
	if p.Surface != "rubber" || p.Operator != "MOSiR" || p.BuiltYear != "2015" || p.Capacity != "300" || p.Website != "https://mosir.example.pl/boisko" ||
		p.Wikidata != "Q123" || p.DescriptionPL != "Boisko.\n\nDostępność dla wózków (OpenStreetMap): Wejście od tyłu." ||
		p.DescriptionEN != "Wheelchair access (OpenStreetMap): Use the back." || p.Dating != "" || len(p.Warnings) != 0 {
		t.Errorf("got %+v", p)
	}
	p, _ = v.Place(&Element{ID: "way/2", Shape: Area, Tags: tags("leisure=pitch|surface=lava|capacity=many|website=ftp://x|wikidata=Q1;Q2|start_date=C19")})
	if p.Surface != "" || p.Capacity != "" || p.Website != "" || p.Wikidata != "" || p.BuiltYear != "" || len(p.Warnings) != 3 {
		t.Errorf("got %+v", p)
	}
	p, _ = v.Place(&Element{ID: "way/3", Shape: Area, Tags: tags("amenity=parking|capacity=40")})
	if p.Capacity != "" {
		t.Errorf("a car park: got a capacity of %s people", p.Capacity)
	}
	for date, want := range map[string]string{"1896": "1896", "1896-05-01": "1896", "C18": "XVIII w.", "~1850": "ok. 1850", "before 1914": "przed 1914",
		"after 1945": "po 1945", "1860s": "lata 60. XIX w.", "1896..1900": "1896-1900", "early modern": "early modern", "": ""} {
		if p, _ = v.Place(&Element{ID: "way/4", Tags: tags("historic=manor|start_date=" + date)}); p.Dating != want {
			t.Errorf("%s: got %q, want %q", date, p.Dating, want)
		}
	}
}
