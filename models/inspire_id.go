package models

import "regexp"

// An InspireID is the identifier the National Institute of Cultural Heritage (NID) gives to a monument in its open
// data, "PL.1.9.ZIPOZ.NID_N_12_BK.185455".
type InspireID struct {
	Voivodeship string // two digits of TERYT
	Kind        string // two capitals: BK, ZE …
	Number      string // digits, as written
}

var inspireIDForm = regexp.MustCompile(`^PL\.1\.9\.ZIPOZ\.NID_N_(\d{2})_([A-Z]{2})\.(\d+)$`)

// ParseInspireID reads an identifier in its exact form; false for anything else.
func ParseInspireID(s string) (InspireID, bool) {
	m := inspireIDForm.FindStringSubmatch(s)
	if m == nil {
		return InspireID{}, false
	}
	return InspireID{Voivodeship: m[1], Kind: m[2], Number: m[3]}, true
}

// String gives the identifier back as it was read.
func (id InspireID) String() string {
	return "PL.1.9.ZIPOZ.NID_N_" + id.Voivodeship + "_" + id.Kind + "." + id.Number
}

var inspireKinds = map[string]string{
	"BK": ObjectBuilding,
	"BL": ObjectStructure,
	"MA": ObjectSmallArchitecture,
	"ZE": ObjectEnsemble,
	"ZZ": ObjectPark,
	"CM": ObjectCemetery,
	"UU": ObjectLayout,
	"KK": ObjectLandscape,
	"SK": ObjectTrail,
	"OT": ObjectSurroundings,
}

// ObjectType is the code in HeritageObjectTypes that the kind stands for; false for a kind NID's data is not known to use.
// ObjectSurroundings is a zone around a monument, not a monument.
func (id InspireID) ObjectType() (string, bool) {
	code, ok := inspireKinds[id.Kind]
	return code, ok
}
