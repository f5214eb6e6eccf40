package programme

// Greedy chooses at once what gains most per złoty, item by item, after what is locked in. It is a programme that keeps every constraint,
// though not the best. It returns nil when it finds no room for what is locked in; there may be some that only Solve finds, or none: Explain
// tells. The problem is valid.
func Greedy(p *Problem) *Programme {
	in := newInstance(p)
	s := in.state()
	if !s.greedy() {
		return nil
	}
	programme, err := in.evaluate(s.start)
	if err != nil {
		return nil
	}
	return programme
}

// greedy builds a programme from nothing and says whether everything that must be chosen is.
func (s *state) greedy() bool {
	if !s.addMust() && !s.search() {
		return false
	}
	s.fillAll()
	return true
}

// greedyPatience keeps an instant answer instant.
const greedyPatience = 100

// addMust adds what has to be chosen and is not, prerequisites first; what has to start in a certain year, and what has the fewest years to
// choose from, goes before the rest.
func (s *state) addMust() bool {
	for _, fixed := range []bool{true, false} {
		for _, i := range s.in.must {
			if s.start[i] != Never || fixed != (s.in.lo[i] == s.in.hi[i]) {
				continue
			}
			waits := len(s.in.dependants[i]) > 0
			year := Never
			if !waits {
				year, _ = s.best(int(i), true)
			} else { // as early as may be: others wait for it
				for t := s.in.lo[i]; t <= s.in.hi[i]; t++ {
					if s.allowed(int(i), t) && s.affordable(int(i), t) {
						year = t
						break
					}
				}
			}
			if year != Never && s.add(int(i), year) {
				continue
			}
			if _, _, ok := s.addBundle(int(i)); !ok {
				return false
			}
		}
	}
	return true
}

// candidate is an item and what it was worth per złoty when that was last worked out; it is worth no more now, or little.
type candidate struct {
	item  int32
	ratio float64
}

// before orders candidates: by ratio, and items of the same by their number.
func (c candidate) before(d candidate) bool {
	return c.ratio > d.ratio || c.ratio == d.ratio && c.item < d.item
}

type candidates []candidate

func (h candidates) down(at int) {
	for {
		child := 2*at + 1
		if child >= len(h) {
			return
		}
		if child+1 < len(h) && h[child+1].before(h[child]) {
			child++
		}
		if !h[child].before(h[at]) {
			return
		}
		h[at], h[child] = h[child], h[at]
		at = child
	}
}

func (h *candidates) push(c candidate) {
	*h = append(*h, c)
	for at := len(*h) - 1; at > 0; {
		parent := (at - 1) / 2
		if !(*h)[at].before((*h)[parent]) {
			return
		}
		(*h)[at], (*h)[parent] = (*h)[parent], (*h)[at]
		at = parent
	}
}

func (h *candidates) pop() {
	last := len(*h) - 1
	(*h)[0] = (*h)[last]
	*h = (*h)[:last]
	h.down(0)
}

// ratio is the gain per złoty of the item now, and whether it brings prerequisites with it; 0 when it gains nothing.
func (s *state) ratio(i int32) (year int, ratio float64, bundle bool) {
	if s.start[i] != Never {
		return Never, 0, false
	}
	for _, q := range s.in.p.Items[i].Prerequisites {
		if s.start[q.Item] == Never {
			return Never, s.bundleRatio(int(i)), true
		}
	}
	year, gain := s.best(int(i), false)
	if year == Never {
		return Never, 0, false
	}
	return year, gain / max(s.in.priced(int(i), year), tiny), false
}

// bundleRatio is the gain per złoty of an item together with the prerequisites it lacks.
func (s *state) bundleRatio(i int) float64 {
	list := s.bundle(i)
	for _, j := range list {
		if s.in.hi[j] < s.in.lo[j] {
			return 0
		}
	}
	objective := s.objective
	gain, price, ok := s.addBundle(i)
	if !ok {
		return 0
	}
	for k := len(list) - 1; k >= 0; k-- {
		s.remove(list[k])
	}
	s.objective = objective // no trace of rounding
	return gain / max(price, tiny)
}

// tiny is the price of money that nobody lacks.
const tiny = 1e-9

// fillAll adds whatever still gains something.
func (s *state) fillAll() {
	all := make([]int32, len(s.start))
	for i := range all {
		all[i] = int32(i)
	}
	s.purse.patience = greedyPatience
	s.fill(all, nil)
	s.purse.patience = -1
}

// slack is how much a ratio may have fallen before it is compared anew.
const slack = 0.999

// fill adds candidates by their gain per złoty until none gains anything. noise multiplies each ratio, where it is given, to choose
// otherwise. What has fallen behind since it was last looked at is looked at again: a gain shrinks as others serve the same people.
func (s *state) fill(items []int32, noise func() float64) {
	h := make(candidates, 0, len(items))
	for _, i := range items {
		if _, r, _ := s.ratio(i); r > 0 {
			if noise != nil {
				r *= noise()
			}
			h = append(h, candidate{i, r})
		}
	}
	for at := len(h)/2 - 1; at >= 0; at-- {
		h.down(at)
	}
	for len(h) > 0 {
		top := h[0]
		year, r, bundle := s.ratio(top.item)
		if r <= 0 {
			h.pop()
			continue
		}
		next := 0.0
		if len(h) > 1 {
			next = h[1].ratio
		}
		if len(h) > 2 {
			next = max(next, h[2].ratio)
		}
		if r < top.ratio*slack && r < next*slack {
			h[0].ratio = r
			h.down(0)
			continue
		}
		h.pop()
		if bundle {
			if _, _, ok := s.addBundle(int(top.item)); !ok {
				continue
			}
		} else if !s.add(int(top.item), year) {
			continue
		}
		for _, d := range s.in.dependants[top.item] {
			if _, r, _ := s.ratio(int32(d.Item)); r > 0 {
				h.push(candidate{int32(d.Item), r})
			}
		}
	}
}
