package programme

import "context"

// DualBound is the bound that duals prove, or guessed ones when draw is nil, and the same less what the choice of one start or another costs.
func DualBound(p *Problem, draw func() float64) (bound float64, of func(start []int) float64) {
	in := newInstance(p)
	m := in.model(10_000)
	d := m.dualiser()
	y := make([]float64, m.Rows())
	if draw == nil {
		y, _ = d.guess(context.Background(), 0)
	} else {
		for r := range y {
			y[r] = draw()
		}
	}
	bound = d.value(y)
	taken, left := d.losses()
	return bound * m.worth, func(start []int) float64 {
		most := 0.0
		for _, i := range d.order {
			for j := d.first[i]; j < d.after[i]; j++ {
				if start[i] == in.lo[i]+int(j-d.first[i]) {
					most = max(most, taken[j])
				} else {
					most = max(most, left[j])
				}
			}
		}
		return (bound - most) * m.worth
	}
}

// OpenStarts counts the starts that margin leaves open when it is asked for so many, at guessed duals: those that cost the bound something and those
// that are its own choice.
func OpenStarts(p *Problem, open int) (beside, own, all int) {
	m := newInstance(p).model(10_000)
	d := m.dualiser()
	y, _ := d.guess(context.Background(), 0)
	d.value(y)
	r := &relaxation{}
	r.taken, r.left = d.losses()
	m.fix(r, m.margin(r, open), false)
	for _, k := range m.starting() {
		switch {
		case m.Upper[k] == 0:
		case r.taken[k] > 1e-9:
			beside++
		default:
			own++
		}
		all++
	}
	return beside, own, all
}
