package models

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAccessAttributesCoverTheirTable(t *testing.T) {
	want := strings.Fields(`stop_distance parking_disabled parking_distance
		path_min_width incline_max incline_run cross_slope surface smoothness kerb kerb_height lit rest_gap_max tactile_guidance
		steps step_height step_contrast handrail ramp ramp_slope ramp_run stepfree_alternative entrance_level threshold door_width door_operation
		glass_marked call_device sound_beacon
		stepfree_inside turning_space lift_width lift_length lift_speech desk_height knee_space wheelchair_places
		toilet_wheelchair toilet_transfer toilet_seat_height grab_bars adult_changing hoist baby_changing key_needed
		tactile_media audio_description induction_loop sign_language captions easy_to_read pictograms quiet_space assistance_dog
		evacuation_support staff_trained text_contact contact_on_request fm_system layout_info machine_readable_text
		pjm_recording certificate_issuer certificate_category wheelchair_claim`)
	var got []string
	for _, a := range AccessAttributes() {
		got = append(got, a.Code)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestAccessAttributesAreWellFormed(t *testing.T) {
	seen := map[string]bool{}
	link := 0
	for _, a := range AccessAttributes() {
		if !codeForm.MatchString(a.Code) || seen[a.Code] || a.Label.PL == "" || a.Label.EN == "" || a.ShelfYears < 1 {
			t.Errorf("attribute %+v: got a bad or repeated code, an empty label or no shelf life", a)
		}
		seen[a.Code] = true
		bounded := a.Min != nil && a.Max != nil && *a.Min < *a.Max
		switch a.Type {
		case AttributeNumber:
			if !bounded || (a.Unit != "m" && a.Unit != "cm" && a.Unit != "%") {
				t.Errorf("%s: got unit %q, bounds %v %v, want a unit and bounds", a.Code, a.Unit, a.Min, a.Max)
			}
		case AttributeInteger:
			if !bounded || a.Unit != "" {
				t.Errorf("%s: got unit %q, bounds %v %v, want a bounded count", a.Code, a.Unit, a.Min, a.Max)
			}
		case AttributeEnum, AttributeSet:
			if diff := cmp.Diff(a.Choices.Codes(), a.Values); diff != "" || len(a.Values) < 2 {
				t.Errorf("%s: -choices +values\n%s", a.Code, diff)
			}
		case AttributeBoolean, AttributeText:
			if a.Values != nil || a.Min != nil || a.Unit != "" {
				t.Errorf("%s: got values, bounds or a unit, want none", a.Code)
			}
		default:
			t.Errorf("%s: got type %q", a.Code, a.Type)
		}
		at := -1
		for i, code := range AccessLinks.Codes() {
			if code == a.Link {
				at = i
			}
		}
		if at < link {
			t.Errorf("%s: got link %q, want the order of the chain", a.Code, a.Link)
		}
		link = at
	}
}

func TestAccessAttributeByCode(t *testing.T) {
	a, ok := AccessAttributeByCode("door_width")
	if !ok || a.Unit != "cm" || a.Type != AttributeNumber || a.Link != LinkEntrance {
		t.Errorf("got %+v, %v, want the width of the door in cm", a, ok)
	}
	if _, ok := AccessAttributeByCode("door width"); ok {
		t.Error("unknown code: got an attribute, want none")
	}
}

func TestEveryAccessAttributeIsExplainedAndMapped(t *testing.T) {
	helps := map[Text]bool{}
	for _, a := range AccessAttributes() {
		if a.Help.PL == "" || a.Help.EN == "" || helps[a.Help] {
			t.Errorf("%s: got help %+v, want one of its own in both languages", a.Code, a.Help)
		}
		helps[a.Help] = true
		if (a.SchemaOrg == "") != (a.Code == "wheelchair_claim") {
			t.Errorf("%s: got schema.org %q, want a property for all but the claim", a.Code, a.SchemaOrg)
		}
		if (a.Unit == "") != (a.UnitCode() == "") {
			t.Errorf("%s: got unit code %q for unit %q", a.Code, a.UnitCode(), a.Unit)
		}
	}
	if len(accessHelp) != len(AccessAttributes()) {
		t.Errorf("got %d helps for %d attributes", len(accessHelp), len(AccessAttributes()))
	}
}

// What the reference names with an OpenStreetMap key and an A11yJSON member (accessibility.md, Facts), by the full paths of A11yJSON 31.1.
// The grade of the wheelchair is somebody's claim there, as the tag wheelchair is, and no extent of what is step-free.
func TestAccessAttributesKeepTheirForeignNames(t *testing.T) {
	for code, want := range map[string][2]string{
		"parking_disabled": {"capacity:disabled", "parking.forWheelchairUsers.count"},
		"path_min_width":   {"width", "pathways.widthAtObstacles"},
		"incline_max":      {"incline", "surface.longitudinalSlope"},
		"kerb":             {"kerb", "pathways.isKerbstoneFree"},
		"kerb_height":      {"kerb:height", ""},
		"tactile_guidance": {"tactile_paving", "signageSystems[].hasTactilePaving"},
		"steps":            {"step_count", "entrances[n].properties.stairs.count"},
		"step_height":      {"wheelchair:step_height", "entrances[n].properties.stairs.stepHeight"},
		"threshold":        {"", "entrances[n].properties.door.thresholdHeight"},
		"door_width":       {"door:width", "entrances[n].properties.door.width"},
		"stepfree_inside":  {"wheelchair", ""},
		"turning_space":    {"wheelchair:turning_circle", "pathwaysInside.surface.turningSpace"},
		"lift_width":       {"", "availableEquipment[category=elevator].cabinWidth"},
		"toilet_wheelchair": {
			"toilets:wheelchair", "restrooms[n].isAccessibleWithWheelchair"},
		"toilet_transfer":  {"", "restrooms[n].toilet.spaceOnUsersLeftSide"},
		"grab_bars":        {"", "restrooms[n].toilet.grabBars.onUsersLeftSide"},
		"baby_changing":    {"changing_table", "restrooms[n].hasChangingTableForBabies"},
		"induction_loop":   {"hearing_loop", "hasInductionLoop"},
		"wheelchair_claim": {"wheelchair", "wheelchairAccessibilityGrade"},
		"pictograms":       {"", "signageSystems[].hasPictograms"},
		"assistance_dog":   {"dog", "animalPolicy.allowsGuideDogs"},
	} {
		a, ok := AccessAttributeByCode(code)
		if got := [2]string{a.OSM, a.A11yJSON}; !ok || got != want {
			t.Errorf("%s: got %q, want %q", code, got, want)
		}
	}
}
