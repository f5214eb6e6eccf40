package access

import (
	"fmt"
	"math"
	"slices"
	"sync"

	"wolnica/models"
)

// RulesVersion names the state of the thresholds in this file. It changes with every change of a limit, of a rule's shape or of which
// facts count, and stored verdicts of another version are to be drawn anew.
const RulesVersion = "2026.2"

// Where the limits come from. EN 17210 and ISO 21902 were not available: no conformity with them is claimed.
const (
	sourceReference  = "Wolnica profile table after Acceslibre, wheelmap and openrouteservice (door, lip, slope, kerb)"
	sourceAcceslibre = "Acceslibre: door 90 cm and 80 cm, lip 2 cm; Wolnica profile table"
	sourceORS        = "openrouteservice wheelchair profile: slope, smoothness, kerb 3 and 6 cm"
	sourceOSM        = "OpenStreetMap: kerb=flush is level, kerb=lowered about 3 cm"
	sourceWolnica    = "Wolnica's own reading, where the profile table is silent (see doc.go)"
)

// bounds are the measures by which a body on wheels is judged.
type bounds struct {
	pathWidth, doorWidth, doorWidthHelp float64 // cm
	lip, lipHelp, kerb, kerbHelp        float64 // cm
	step                                float64 // cm; one step of up to this is taken alone
	stepHelp                            float64 // cm; one step of up to this is taken with help; 0 is none
	ramp, rampHelp, rampRun             float64 // %, %, m
	route, routeHelp                    float64 // %
}

var (
	manualBounds = bounds{pathWidth: 90, doorWidth: 90, doorWidthHelp: 70, lip: 2, lipHelp: 7, kerb: 3, kerbHelp: 6, stepHelp: 7,
		ramp: 8, rampHelp: 18, rampRun: 9, route: 6, routeHelp: 8}
	// A powered chair climbs more and is too heavy to be lifted: no step, and no lip beyond the level one.
	poweredBounds = bounds{pathWidth: 90, doorWidth: 90, doorWidthHelp: 70, lip: 2, lipHelp: 2, kerb: 3, kerbHelp: 6,
		ramp: 8, rampHelp: 18, rampRun: 9, route: 12, routeHelp: 12}
)

// toiletTurning is the diameter of the free circle in a wheelchair toilet, in cm.
const toiletTurning = 150

// The other measures of the profile table.
const (
	walkingRestGap   = 200 // m
	walkingRoute     = 8   // %
	walkingSteps     = 1
	walkingRailSteps = 3
	pramWidth        = 80 // cm
	pramStepsHelp    = 3
	pramRamp         = 18 // %
)

// wheels are the rules of a wheelchair within its bounds.
func wheels(b bounds) [linkCount][]rule {
	around := []rule{
		is(Steps, atMost(0), never, sourceReference),
		allOf(
			is(Ramp, oneOf(Ramp, "fixed"), oneOf(Ramp, "removable"), sourceReference),
			is(RampSlope, atMost(b.ramp), atMost(b.rampHelp), sourceReference),
			is(RampRun, atMost(b.rampRun), never, sourceReference)),
		is(StepFreeAlternative, oneOf(StepFreeAlternative, "lift", "other_way"), oneOf(StepFreeAlternative, "platform"), sourceWolnica),
	}
	if b.step > 0 || b.stepHelp > 0 {
		around = append(around, allOf(
			is(Steps, whenAbove(b.step, 1), whenAbove(b.stepHelp, 1), sourceReference),
			is(StepHeight, whenAbove(b.step, b.step), whenAbove(b.stepHelp, b.stepHelp), sourceReference)))
	}
	noSteps := anyOf(around...)
	return [linkCount][]rule{
		Path: {
			is(PathMinWidth, atLeast(b.pathWidth), never, sourceReference),
			is(InclineMax, slope(b.route), slope(b.routeHelp), sourceORS),
			is(Smoothness, oneOf(Smoothness, "excellent", "good"), never, sourceORS),
			anyOf(
				is(Kerb, oneOf(Kerb, "flush", "no"), oneOf(Kerb, "lowered"), sourceOSM),
				is(KerbHeight, atMost(b.kerb), atMost(b.kerbHelp), sourceORS)),
			noSteps,
		},
		Entrance: {
			noSteps,
			anyOf(
				is(Threshold, atMost(b.lip), atMost(b.lipHelp), sourceAcceslibre),
				is(EntranceLevel, yes, never, sourceAcceslibre)),
			is(DoorWidth, atLeast(b.doorWidth), atLeast(b.doorWidthHelp), sourceAcceslibre),
		},
		Inside: {is(StepFreeInside, oneOf(StepFreeInside, "all"), oneOf(StepFreeInside, "part"), sourceWolnica)},
		Toilet: {anyOf(
			allOf(
				is(ToiletWheelchair, oneOf(ToiletWheelchair, "yes"), never, sourceReference),
				is(DoorWidth, atLeast(b.doorWidth), atLeast(b.doorWidthHelp), sourceReference),
				is(TurningSpace, atLeast(toiletTurning), never, sourceReference),
				is(GrabBars, oneOf(GrabBars, "one", "both"), never, sourceReference),
				is(ToiletTransfer, oneOf(ToiletTransfer, "left", "right", "both"), never, sourceReference)),
			allOf(
				is(ToiletWheelchair, never, oneOf(ToiletWheelchair, "yes", "limited"), sourceReference),
				unlessKnown(is(DoorWidth, atLeast(b.doorWidthHelp), never, sourceWolnica))),
		)},
	}
}

func walking(route float64) [linkCount][]rule {
	fewSteps := anyOf(
		is(Steps, atMost(walkingSteps), never, sourceReference),
		allOf(
			is(Steps, atMost(walkingRailSteps), never, sourceReference),
			is(Handrail, oneOf(Handrail, "left", "right", "both"), never, sourceReference)),
		is(Ramp, never, oneOf(Ramp, "fixed", "removable"), sourceReference),
		is(StepFreeAlternative, never, oneOf(StepFreeAlternative, "lift", "platform", "other_way"), sourceReference))
	return [linkCount][]rule{
		Path: {
			is(InclineMax, slope(route), never, sourceReference),
			is(RestGapMax, atMost(walkingRestGap), never, sourceReference),
			fewSteps,
		},
		Entrance: {fewSteps},
		Inside: {anyOf(
			is(StepFreeInside, oneOf(StepFreeInside, "all"), oneOf(StepFreeInside, "part"), sourceWolnica), fewSteps)},
	}
}

func pram(width float64) [linkCount][]rule {
	noSteps := anyOf(
		is(Steps, atMost(0), atMost(pramStepsHelp), sourceReference),
		allOf(
			is(Ramp, oneOf(Ramp, "fixed"), oneOf(Ramp, "removable"), sourceWolnica),
			is(RampSlope, atMost(pramRamp), never, sourceWolnica)),
		is(StepFreeAlternative, oneOf(StepFreeAlternative, "lift", "platform", "other_way"), never, sourceWolnica))
	return [linkCount][]rule{
		Path:     {is(PathMinWidth, atLeast(width), never, sourceReference), noSteps},
		Entrance: {noSteps},
		Inside: {anyOf(
			is(StepFreeInside, oneOf(StepFreeInside, "all"), oneOf(StepFreeInside, "part"), sourceWolnica), noSteps)},
		Toilet: {is(BabyChanging, yes, never, sourceReference)},
	}
}

var trainedStaff = is(StaffTrained, yes, never, sourceReference)
var trainedStaffHelps = is(StaffTrained, never, yes, sourceReference)

func blind() [linkCount][]rule {
	return [linkCount][]rule{
		Path: {anyOf(is(TactileGuidance, oneOf(TactileGuidance, "yes"), oneOf(TactileGuidance, "partial"), sourceReference), trainedStaff)},
		Entrance: {anyOf(
			allOf(
				is(GlassMarked, yes, never, sourceReference),
				anyOf(is(Steps, atMost(0), never, sourceReference), is(StepContrast, yes, never, sourceReference))),
			trainedStaffHelps)},
		Services: {anyOf(
			allOf(
				anyOf(
					is(AudioDescription, oneOf(AudioDescription, "permanent", "app"), oneOf(AudioDescription, "occasional"), sourceReference),
					is(TactileMedia, hasAny(TactileMedia, "plan", "model", "braille"), never, sourceReference)),
				is(AssistanceDog, yes, never, sourceReference)),
			trainedStaffHelps)},
	}
}

func deaf() [linkCount][]rule {
	return [linkCount][]rule{Services: {anyOf(
		allOf(
			anyOf(
				is(SignLanguage, oneOf(SignLanguage, "live", "video", "remote"), never, sourceReference),
				is(Captions, yes, never, sourceReference)),
			is(TextContact, yes, never, sourceReference)),
		trainedStaffHelps)}}
}

func hardOfHearing() [linkCount][]rule {
	return [linkCount][]rule{Services: {anyOf(
		is(InductionLoop, oneOf(InductionLoop, "fixed", "portable"), never, sourceReference),
		is(Captions, yes, never, sourceReference),
		trainedStaffHelps)}}
}

func understanding() [linkCount][]rule {
	return [linkCount][]rule{Services: {anyOf(
		allOf(
			anyOf(is(EasyToRead, yes, never, sourceReference), is(Pictograms, yes, never, sourceReference)),
			trainedStaff),
		trainedStaffHelps)}}
}

// A Profile is a way of getting about, with its rules.
type Profile struct {
	// Code is a code of models.AccessProfiles, "custom" for a profile of one's own.
	Code  string
	rules [linkCount]rule
	links Links // those that the rules judge
	// moves says that it is about getting in, not about what is understood inside.
	moves bool
}

func profile(code string, moves bool, rules [linkCount][]rule) Profile {
	p := Profile{Code: code, moves: moves}
	for l, of := range rules {
		if len(of) == 0 {
			continue
		}
		p.rules[l] = allOf(of...)
		switch Link(l) {
		case Inside:
			p.rules[l].gate, p.rules[l].gated = StepFreeInside, true
		case Toilet:
			p.rules[l].gate, p.rules[l].gated = ToiletWheelchair, true
		}
		p.links |= LinksOf(Link(l))
	}
	return p
}

// Profiles are the profiles of models.AccessProfiles, in their order. The result is the caller's to keep, not to change.
func Profiles() []Profile { return profiles() }

var profiles = sync.OnceValue(func() []Profile {
	return []Profile{
		profile("wheelchair", true, wheels(manualBounds)),
		profile("powered_wheelchair", true, wheels(poweredBounds)),
		profile("walking", true, walking(walkingRoute)),
		profile("pram", true, pram(pramWidth)),
		profile("blind", false, blind()),
		profile("deaf", false, deaf()),
		profile("hard_of_hearing", false, hardOfHearing()),
		profile("understanding", false, understanding()),
	}
})

// ProfileByCode is the profile with the code, false when there is none.
func ProfileByCode(code string) (*Profile, bool) {
	i := models.AccessProfiles.Index(code)
	if i < 0 {
		return nil, false
	}
	return &profiles()[i], true
}

// Limits are a person's own: what they get through, over and up alone. nil leaves the limit of the base profile.
type Limits struct {
	WidthCM      *float64 `json:"width_cm,omitempty"`
	StepCM       *float64 `json:"step_cm,omitempty"`
	SlopePercent *float64 `json:"slope_percent,omitempty"`
}

// Custom is the profile base with a person's own limits in the place of its own. The base is wheelchair,
// powered_wheelchair (width, step, slope), walking (slope) or pram (width); another base, a limit the base does not know, and one that is
// no possible measure are CodeInvalid errors.
//
// A limit says what is done alone: WITH_HELP begins beyond it and ends where the base's does, or at the limit when that is laxer. A width is
// the exception: whom a door is too narrow for no help gets through it. The width holds for the path, the entrance and the
// toilet's door; the step for one step, the lip and the kerb; the slope for ramp and route.
func Custom(base string, l Limits) (*Profile, error) {
	var f models.Fields
	between := func(pointer string, v *float64, least, most float64) {
		if v != nil && !(*v >= least && *v <= most) {
			f.Add(pointer, "range", fmt.Sprintf("Podaj liczbę od %g do %g.", least, most), fmt.Sprintf("Give a number from %g to %g.", least, most))
		}
	}
	unused := func(pointer string, v *float64) {
		if v != nil {
			f.Add(pointer, "unexpected", "Ten profil nie ma takiego limitu.", "This profile has no such limit.")
		}
	}
	between("/width_cm", l.WidthCM, 30, 300)
	between("/step_cm", l.StepCM, 0, 60)
	between("/slope_percent", l.SlopePercent, 0, 100)
	var rules func() [linkCount][]rule
	switch base {
	case "wheelchair", "powered_wheelchair":
		b := manualBounds
		if base == "powered_wheelchair" {
			b = poweredBounds
		}
		rules = func() [linkCount][]rule { return wheels(b.with(l)) }
	case "walking":
		unused("/width_cm", l.WidthCM)
		unused("/step_cm", l.StepCM)
		rules = func() [linkCount][]rule { return walking(or(l.SlopePercent, walkingRoute)) }
	case "pram":
		unused("/step_cm", l.StepCM)
		unused("/slope_percent", l.SlopePercent)
		rules = func() [linkCount][]rule { return pram(or(l.WidthCM, pramWidth)) }
	default:
		f.Add("/base", "vocabulary", "Podaj wheelchair, powered_wheelchair, walking albo pram.",
			"Give wheelchair, powered_wheelchair, walking or pram.")
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	p := profile("custom", true, rules())
	return &p, nil
}

func or(v *float64, otherwise float64) float64 {
	if v == nil {
		return otherwise
	}
	return *v
}

func (b bounds) with(l Limits) bounds {
	if w := l.WidthCM; w != nil {
		b.pathWidth, b.doorWidth, b.doorWidthHelp = *w, *w, *w // no help makes a door wider
	}
	if s := l.StepCM; s != nil {
		b.step, b.lip, b.kerb = *s, *s, *s
		b.lipHelp, b.kerbHelp = max(b.lipHelp, *s), max(b.kerbHelp, *s)
	}
	if s := l.SlopePercent; s != nil {
		b.ramp, b.route = *s, *s
		b.rampHelp, b.routeHelp = max(b.rampHelp, *s), max(b.routeHelp, *s)
	}
	return b
}

// A limit is a condition on a value. The best value of an attribute meets every limit on it, so that more of a good thing
// never harms: see TestRulesAgreeOnWhatIsBetter.
type limit struct {
	kind byte
	n    float64
	set  uint64
}

const (
	limitNever byte = iota
	limitAtMost
	limitAtLeast
	limitSlope // of either sign
	limitOneOf // codes of an enum, or true
	limitHasAny
)

var never = limit{}
var yes = limit{kind: limitOneOf, set: 1 << 1}

func atMost(n float64) limit  { return limit{kind: limitAtMost, n: n} }
func atLeast(n float64) limit { return limit{kind: limitAtLeast, n: n} }
func slope(n float64) limit   { return limit{kind: limitSlope, n: n} }

// whenAbove is atMost(n) where there is an allowance at all.
func whenAbove(allowance, n float64) limit {
	if allowance <= 0 {
		return never
	}
	return atMost(n)
}

func oneOf(a Attr, codes ...string) limit {
	var set uint64
	for _, c := range codes {
		set |= 1 << uint64(a.Codes(c))
	}
	return limit{kind: limitOneOf, set: set}
}

func hasAny(a Attr, codes ...string) limit {
	return limit{kind: limitHasAny, set: uint64(a.Codes(codes...))}
}

func (l *limit) holds(v Value) bool {
	switch l.kind {
	case limitAtMost:
		return float64(v) <= l.n
	case limitAtLeast:
		return float64(v) >= l.n
	case limitSlope:
		return math.Abs(float64(v)) <= l.n
	case limitOneOf:
		return l.set>>uint64(v)&1 == 1
	case limitHasAny:
		return l.set&uint64(v) != 0
	}
	return false
}

// A rule is a condition on one attribute, or several of them joined.
type rule struct {
	op        byte
	attr      Attr
	services  bool // the attribute is one of services: it is looked for at every part
	stated    bool // counts only where somebody states it: unknown is as if it were not there
	lenient   bool // fails only by a known failure: unknown is left out
	yes, help limit
	source    string
	of        []rule
	// gate, where gated, is an attribute that takes the whole link away by being not applicable: there is no inside, or no
	// toilet for anybody.
	gate  Attr
	gated bool
}

// obstacles are the attributes whose being not applicable says that nothing is in the way, so that a way round is not asked
// for. Of all others it says that the thing cannot be there.
var obstacles = func() (set uint64) {
	for _, a := range []Attr{PathMinWidth, InclineMax, Smoothness, Kerb, KerbHeight, RestGapMax, Steps, StepHeight, StepContrast, EntranceLevel,
		Threshold, DoorWidth, GlassMarked} {
		set |= 1 << a
	}
	return set
}()

const (
	opLeaf byte = iota
	opAll
	opAny
)

func is(a Attr, alone, help limit, source string) rule {
	return rule{attr: a, yes: alone, help: help, source: source, services: ownLink()[a] == Services, stated: a == StepFreeAlternative}
}
func unlessKnown(r rule) rule {
	r.lenient = true
	return r
}
func allOf(of ...rule) rule { return rule{op: opAll, of: of} }
func anyOf(of ...rule) rule { return rule{op: opAny, of: of} }

// A Limit is one threshold of the table, for documentation and for reasons.
type Limit struct {
	Profile   string `json:"profile"`
	Link      Link   `json:"link"`
	Attribute Attr   `json:"attribute"`
	// Yes and WithHelp say what is wanted, as "<= 8", ">= 90", "fixed | removable"; empty where the verdict cannot come of it.
	Yes      string `json:"yes,omitempty"`
	WithHelp string `json:"with_help,omitempty"`
	Source   string `json:"source"`
}

// Thresholds are all the limits of the profiles, each once a link.
func Thresholds() []Limit {
	var all []Limit
	for i := range profiles() {
		p := &profiles()[i]
		for l := range p.rules {
			p.rules[l].each(func(r *rule) {
				t := Limit{p.Code, Link(l), r.attr, r.yes.text(r.attr), r.help.text(r.attr), r.source}
				if !slices.Contains(all, t) {
					all = append(all, t)
				}
			})
		}
	}
	return all
}

// each visits the leaves.
func (r *rule) each(visit func(*rule)) {
	if r.op == opLeaf {
		if r.yes.kind != limitNever || r.help.kind != limitNever {
			visit(r)
		}
		return
	}
	for i := range r.of {
		r.of[i].each(visit)
	}
}

func (l *limit) text(a Attr) string {
	switch l.kind {
	case limitAtMost:
		return fmt.Sprintf("<= %g", l.n)
	case limitAtLeast:
		return fmt.Sprintf(">= %g", l.n)
	case limitSlope:
		return fmt.Sprintf("|x| <= %g", l.n)
	case limitOneOf, limitHasAny:
		values := a.Info().Values
		if values == nil {
			return "true"
		}
		s := ""
		for i, code := range values {
			if l.set>>i&1 == 1 {
				if s != "" {
					s += " | "
				}
				s += code
			}
		}
		return s
	}
	return ""
}
