package programme

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
)

// Hash is the SHA-256 of the problem in a canonical form, in hexadecimal: problems with the same hash have the same programmes. It does
// not depend on how the problem was written down (an absent list is an empty one).
func (p *Problem) Hash() string {
	h := &canonical{}
	h.text("wolnica programme 1")
	h.int(p.Years, p.Municipalities, p.Standards, len(p.Items))
	for i := range p.Items {
		it := &p.Items[i]
		h.text(it.Key)
		h.int(it.Municipality, it.Duration, it.Earliest, it.Latest, len(it.Spend))
		for _, years := range it.Spend {
			h.int(len(years))
			for _, s := range years {
				h.int64(s)
			}
		}
		h.floats(it.Benefit)
		h.int(len(it.Covers))
		for _, d := range it.Covers {
			h.int(int(d))
		}
		h.int(len(it.Funds))
		h.int(it.Funds...)
		h.int(len(it.Prerequisites))
		for _, q := range it.Prerequisites {
			h.int(q.Item, q.Lag)
		}
		h.text(string(it.Lock.Kind))
		if it.Lock.Kind == LockedYear {
			h.int(it.Lock.Year)
		}
	}
	h.int(len(p.Demands))
	for _, d := range p.Demands {
		h.int(d.Municipality, d.Standard)
		h.float(d.People)
		h.float(d.Weight)
	}
	h.int(len(p.Funds))
	for _, f := range p.Funds {
		h.text(f.Key)
		h.int(len(f.Budget))
		for _, b := range f.Budget {
			h.int64(b)
		}
		h.int64(f.Carry)
	}
	h.int(len(p.Groups))
	for _, g := range p.Groups {
		h.int(len(g))
		h.int(g...)
	}
	h.int(len(p.Coverage))
	for _, c := range p.Coverage {
		h.int(c.Municipality, c.Standard)
		h.float(c.Covered)
		h.float(c.People)
	}
	h.floats(p.Service)
	h.int(len(p.SpendingFloors))
	for _, f := range p.SpendingFloors {
		h.int(f.Municipality)
		h.int64(f.Amount)
		h.float(f.Penalty)
	}
	h.int(len(p.CoverageFloors))
	for _, f := range p.CoverageFloors {
		h.int(f.Municipality, f.Standard)
		h.float(f.Share)
		h.float(f.Penalty)
	}
	h.float(p.Fairness)
	sum := sha256.Sum256(h.bytes)
	return hex.EncodeToString(sum[:])
}

// canonical writes numbers in eight bytes and texts after their length.
type canonical struct{ bytes []byte }

func (h *canonical) int64(v int64) { h.bytes = binary.LittleEndian.AppendUint64(h.bytes, uint64(v)) }

func (h *canonical) int(values ...int) {
	for _, v := range values {
		h.int64(int64(v))
	}
}

func (h *canonical) float(v float64) {
	if v == 0 {
		v = 0 // -0 is no other number
	}
	h.bytes = binary.LittleEndian.AppendUint64(h.bytes, math.Float64bits(v))
}

func (h *canonical) floats(values []float64) {
	h.int(len(values))
	for _, v := range values {
		h.float(v)
	}
}

func (h *canonical) text(s string) {
	h.int(len(s))
	h.bytes = append(h.bytes, s...)
}
