package osm

import "slices"

// areaKeys are the keys that make a closed way an area, with the values that do not (osm-polygon-features and the
// areaKeys of iD agree on these but for barriers, which are lines here: a wall around a park is not the park).
var areaKeys = map[string][]string{
	"aeroway": {"taxiway", "runway", "jet_bridge"}, "allotments": nil, "amenity": {"bench"}, "area:highway": nil,
	"boundary": nil, "building": nil, "building:part": nil, "cemetery": nil, "club": nil, "craft": nil,
	"golf": {"hole", "path", "cartpath"}, "healthcare": nil, "historic": {"citywalls"}, "indoor": {"corridor", "wall"},
	"landuse": nil, "leisure": {"track", "slipway"}, "man_made": {"breakwater", "cutline", "dyke", "embankment", "groyne", "pier", "pipeline"},
	"military": {"trench"}, "natural": {"arete", "cliff", "coastline", "ridge", "tree_row", "valley"}, "office": nil,
	"place": nil, "playground": {"balancebeam", "rope_traverse", "zipwire"}, "police": nil,
	"public_transport": {"stop_position"}, "shop": nil, "telecom": nil, "tourism": nil,
}

// areaValues are the keys that make an area only with these values.
var areaValues = map[string][]string{
	"highway":  {"services", "rest_area", "escape", "elevator"},
	"power":    {"plant", "substation", "generator", "transformer"},
	"railway":  {"station", "turntable", "roundhouse", "platform", "traverser"},
	"waterway": {"riverbank", "dock", "boatyard", "dam", "fuel"},
}

// isArea tells whether a closed way with these tags is an area. "area" decides where it is given; a closed street or path
// is a line whatever is on it, unless a building or a square lies there.
func isArea(tags Tags) bool {
	switch tags.Value("area") {
	case "":
	case "no":
		return false
	default:
		return true
	}
	highway := tags.Value("highway")
	street := highway != "" && highway != "no" && !slices.Contains(areaValues["highway"], highway)
	for _, t := range tags {
		if t.Value == "no" || street && t.Key != "building" && t.Key != "place" {
			continue
		}
		if but, ok := areaKeys[t.Key]; ok && !slices.Contains(but, t.Value) {
			return true
		}
		if slices.Contains(areaValues[t.Key], t.Value) {
			return true
		}
	}
	return false
}
