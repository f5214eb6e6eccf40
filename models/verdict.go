package models

// AccessProfiles are the ways of getting about that a place is judged for (reference: Verdicts). Their order is that of the
// bits of the stored verdicts, so new ones go to the end.
var AccessProfiles = CodeList{Name: "access_profile", Entries: []CodeEntry{
	{"wheelchair", Text{"wózek ręczny", "manual wheelchair"}},
	{"powered_wheelchair", Text{"wózek elektryczny", "powered wheelchair"}},
	{"walking", Text{"trudności w chodzeniu", "difficulty walking"}},
	{"pram", Text{"wózek dziecięcy", "pram"}},
	{"blind", Text{"niewidomi i słabowidzący", "blind and partially sighted"}},
	{"deaf", Text{"głusi", "deaf"}},
	{"hard_of_hearing", Text{"słabosłyszący", "hard of hearing"}},
	{"understanding", Text{"trudności w rozumieniu", "difficulty understanding"}},
}}

// The verdicts on a place for one profile, in the order of their stored numbers 0 to 3.
const (
	VerdictUnknown  = "unknown"
	VerdictNo       = "no"
	VerdictWithHelp = "with_help"
	VerdictYes      = "yes"
)

// VerdictCodes are the verdicts; the place of one in the list is its stored number.
var VerdictCodes = CodeList{Name: "verdict", Entries: []CodeEntry{
	{VerdictUnknown, Text{"nie wiadomo", "unknown"}},
	{VerdictNo, Text{"nie", "no"}},
	{VerdictWithHelp, Text{"z pomocą", "with help"}},
	{VerdictYes, Text{"tak", "yes"}},
}}

// Verdicts are the verdicts on one record for all profiles: two bits a profile, in the order of AccessProfiles from the
// lowest bit. The zero value is unknown for everybody.
type Verdicts int32

// For is the verdict for a profile, VerdictUnknown for one that is not in the list.
func (v Verdicts) For(profile string) string {
	i := AccessProfiles.Index(profile)
	if i < 0 {
		return VerdictUnknown
	}
	return VerdictCodes.Entries[v>>(2*i)&3].Code
}

// With is v with another verdict for a profile. Unknown profiles and verdicts change nothing.
func (v Verdicts) With(profile, verdict string) Verdicts {
	i, n := AccessProfiles.Index(profile), VerdictCodes.Index(verdict)
	if i < 0 || n < 0 {
		return v
	}
	return v&^(3<<(2*i)) | Verdicts(n)<<(2*i)
}

// Verified says of which profiles the verdict is verified: a bit each, in the order of AccessProfiles from the lowest. A verdict is
// verified when it is known, and is the same by what was measured on the spot alone: facts that are fresh, undisputed and of the
// method measured. What was estimated, declared by the operator, imported, derived or invented does not count.
type Verified uint8

// Has says whether the verdict for the profile is verified.
func (v Verified) Has(profile string) bool {
	i := AccessProfiles.Index(profile)
	return i >= 0 && v>>i&1 != 0
}

// Profiles are the codes of the profiles whose verdict is verified, in their order; nil when there are none.
func (v Verified) Profiles() (codes []string) {
	for i, p := range AccessProfiles.Entries {
		if v>>i&1 != 0 {
			codes = append(codes, p.Code)
		}
	}
	return codes
}

// VerifiedAny asks a filter for places of which the verdict for some profile is verified.
const VerifiedAny = "true"

// VerifiedMask are the bits of the profiles; ok is false when one of them does not exist. VerifiedAny gives none.
func VerifiedMask(codes []string) (mask Verified, ok bool) {
	for _, c := range codes {
		i := AccessProfiles.Index(c)
		switch {
		case i >= 0:
			mask |= 1 << i
		case c != VerifiedAny:
			return 0, false
		}
	}
	return mask, true
}
