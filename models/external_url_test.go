package models

import "testing"

func TestExternalURL(t *testing.T) {
	for id, want := range map[[2]string]string{
		{"osm", "node/12"}: "https://www.openstreetmap.org/node/12", {"osm", "w7"}: "https://www.openstreetmap.org/way/7",
		{"osm", "r/7"}: "https://www.openstreetmap.org/relation/7", {"osm", "javascript:1"}: "", {"wikidata", "Q42"}: "https://www.wikidata.org/entity/Q42",
		{"wikidata", `"><`}: "https://www.wikidata.org/entity/%22%3E%3C", {"nid", "1"}: "",
	} {
		if got := ExternalURL(id[0], id[1]); got != want {
			t.Errorf("%v: got %q, want %q", id, got, want)
		}
	}
}
