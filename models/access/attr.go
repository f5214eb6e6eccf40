package access

import (
	"encoding/json"
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"sync"

	"wolnica/models"
)

// An Attr is an attribute of models.AccessAttributes, numbered in their order.
type Attr uint8

// The attributes, in the order of models.AccessAttributes.
const (
	StopDistance Attr = iota
	ParkingDisabled
	ParkingDistance
	PathMinWidth
	InclineMax
	InclineRun
	CrossSlope
	Surface
	Smoothness
	Kerb
	KerbHeight
	Lit
	RestGapMax
	TactileGuidance
	Steps
	StepHeight
	StepContrast
	Handrail
	Ramp
	RampSlope
	RampRun
	StepFreeAlternative
	EntranceLevel
	Threshold
	DoorWidth
	DoorOperation
	GlassMarked
	CallDevice
	SoundBeacon
	StepFreeInside
	TurningSpace
	LiftWidth
	LiftLength
	LiftSpeech
	DeskHeight
	KneeSpace
	WheelchairPlaces
	ToiletWheelchair
	ToiletTransfer
	ToiletSeatHeight
	GrabBars
	AdultChanging
	Hoist
	BabyChanging
	KeyNeeded
	TactileMedia
	AudioDescription
	InductionLoop
	SignLanguage
	Captions
	EasyToRead
	Pictograms
	QuietSpace
	AssistanceDog
	EvacuationSupport
	StaffTrained
	TextContact
	ContactOnRequest
	FMSystem
	LayoutInfo
	MachineReadableText
	PJMRecording
	CertificateIssuer
	CertificateCategory
	WheelchairClaim
	attrCount = int(WheelchairClaim) + 1
)

// judgedAttrs bounds the attributes that a rule may look at: a set of them is the bits of one uint64.
const judgedAttrs = 64

// A Value is the value of a fact as the rules compare it: the number, 0 or 1 for no and yes, the place of a code in
// AccessAttribute.Values, for a set of codes the sum of 1<<place. A text is 0: no rule reads one.
type Value float64

// AttrByCode is the attribute with the code, false when there is none.
func AttrByCode(code string) (Attr, bool) {
	a, ok := attrsByCode()[code]
	return a, ok
}

var attrsByCode = sync.OnceValue(func() map[string]Attr {
	m := make(map[string]Attr, attrCount)
	for i, a := range models.AccessAttributes() {
		m[a.Code] = Attr(i)
	}
	return m
})

// Info is the attribute's row of the table.
func (a Attr) Info() models.AccessAttribute { return models.AccessAttributes()[a] }

// Code is the attribute's code.
func (a Attr) Code() string { return models.AccessAttributes()[a].Code }

// String is the attribute's code.
func (a Attr) String() string { return a.Code() }

// MarshalText writes the code.
func (a Attr) MarshalText() ([]byte, error) { return []byte(a.Code()), nil }

// UnmarshalText reads a code.
func (a *Attr) UnmarshalText(text []byte) error {
	found, ok := AttrByCode(string(text))
	if !ok {
		return fmt.Errorf("read access attribute: %q is none", text)
	}
	*a = found
	return nil
}

// Parse reads a value as facts store it. It fails where models.AccessAttribute.Check does.
func (a Attr) Parse(value json.RawMessage) (Value, error) {
	info := a.Info()
	if t, bad := info.Check(value); bad {
		return 0, models.Invalid("/value", "value", t.PL, t.EN)
	}
	switch info.Type {
	case models.AttributeNumber, models.AttributeInteger:
		n, err := strconv.ParseFloat(strings.TrimSpace(string(value)), 64)
		if err != nil {
			return 0, fmt.Errorf("read value of %s: %w", info.Code, err)
		}
		return Value(n), nil
	case models.AttributeBoolean:
		if strings.TrimSpace(string(value)) == "true" {
			return 1, nil
		}
		return 0, nil
	case models.AttributeEnum:
		var code string
		if err := json.Unmarshal(value, &code); err != nil {
			return 0, fmt.Errorf("read value of %s: %w", info.Code, err)
		}
		return Value(slices.Index(info.Values, code)), nil
	case models.AttributeSet:
		var codes []string
		if err := json.Unmarshal(value, &codes); err != nil {
			return 0, fmt.Errorf("read value of %s: %w", info.Code, err)
		}
		return a.Codes(codes...), nil
	}
	return 0, nil
}

// Codes is the value of an enum or a set with these codes, which must be among the attribute's own.
func (a Attr) Codes(codes ...string) Value {
	info := a.Info()
	var set uint64
	for _, c := range codes {
		i := slices.Index(info.Values, c)
		if i < 0 {
			panic("access: " + info.Code + " has no value " + c)
		}
		if info.Type == models.AttributeEnum {
			return Value(i)
		}
		set |= 1 << i
	}
	return Value(set)
}

// JSON is the value as facts store it; null for a text.
func (a Attr) JSON(v Value) json.RawMessage {
	info := a.Info()
	switch info.Type {
	case models.AttributeNumber, models.AttributeInteger:
		return strconv.AppendFloat(nil, float64(v), 'f', -1, 64)
	case models.AttributeBoolean:
		return strconv.AppendBool(nil, v != 0)
	case models.AttributeEnum:
		return strconv.AppendQuote(nil, info.Values[int(v)])
	case models.AttributeSet:
		b := []byte{'['}
		for set := uint64(v); set != 0; set &= set - 1 {
			if len(b) > 1 {
				b = append(b, ',')
			}
			b = strconv.AppendQuote(b, info.Values[bits.TrailingZeros64(set)])
		}
		return append(b, ']')
	}
	return json.RawMessage("null")
}

// A Link is a link of the chain, numbered in the order of models.AccessLinks.
type Link uint8

// The links of the chain.
const (
	Arrival Link = iota
	Path
	Entrance
	Inside
	Toilet
	Services
	linkCount = int(Services) + 1
)

// Code is the link's code in models.AccessLinks.
func (l Link) Code() string { return models.AccessLinks.Entries[l].Code }

// String is the link's code.
func (l Link) String() string { return l.Code() }

// MarshalText writes the code.
func (l Link) MarshalText() ([]byte, error) { return []byte(l.Code()), nil }

// UnmarshalText reads a code.
func (l *Link) UnmarshalText(text []byte) error {
	i := models.AccessLinks.Index(string(text))
	if i < 0 {
		return fmt.Errorf("read access link: %q is none", text)
	}
	*l = Link(i)
	return nil
}

// Links is a set of links.
type Links uint8

// LinksOf is the set of these links.
func LinksOf(links ...Link) Links {
	var set Links
	for _, l := range links {
		set |= 1 << l
	}
	return set
}

// Has says whether the link is in the set.
func (s Links) Has(l Link) bool { return s>>l&1 == 1 }

// ownLink is the link an attribute belongs to where the part does not say another.
var ownLink = sync.OnceValue(func() (own [attrCount]Link) {
	for i, a := range models.AccessAttributes() {
		own[i] = Link(models.AccessLinks.Index(a.Link))
	}
	return own
})

var shelfYears = sync.OnceValue(func() (years [attrCount]int) {
	for i, a := range models.AccessAttributes() {
		years[i] = a.ShelfYears
	}
	return years
})
