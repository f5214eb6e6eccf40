package v1

import (
	"fmt"
	"time"

	"github.com/twpayne/go-geom"

	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/hours"
)

// Opening is when a place is open, read from its opening hours.
type Opening struct {
	// State is open, closed or unknown now.
	State string `json:"state" validate:"opening_state"`
	// Until is when that changes next; absent when it does not within a year.
	Until *time.Time `json:"until,omitzero"`
	// Comment is that of the rule that holds now.
	Comment string `json:"comment,omitzero"`
	// Week are the days of the present week, from Monday.
	Week []OpeningDay `json:"week"`
	// Unparsed are hours that cannot be read: the state is then unknown, and there is no week.
	Unparsed string `json:"unparsed,omitzero"`
}

// OpeningDay is one day of a week.
type OpeningDay struct {
	Date models.Date `json:"date"`
	// State is open when the place opens on the day, unknown when it is only not known to be closed.
	State string `json:"state" validate:"opening_state"`
	// Holiday is the public holiday that the day is.
	Holiday *models.Text  `json:"holiday,omitzero"`
	Spans   []OpeningSpan `json:"spans"`
}

// OpeningSpan is a time of a day, by the local clock; one that does not end after it begins ends on the next day.
type OpeningSpan struct {
	From string `json:"from"`
	To   string `json:"to"`
	// Unknown says that somebody has to be asked, OpenEnd that nobody knows when it closes; To is then a guess.
	Unknown bool   `json:"unknown,omitzero"`
	OpenEnd bool   `json:"open_end,omitzero"`
	Comment string `json:"comment,omitzero"`
}

// OpeningOf reads the opening hours of a place as of a moment; nil where there are none, and for what does not exist.
func OpeningOf(p *models.Place, now time.Time) *Opening {
	if p.OpeningHours == "" || p.Lifecycle != models.LifecycleExisting || p.DeletedAt != nil {
		return nil
	}
	h, err := hours.Parse(p.OpeningHours)
	if err != nil {
		return &Opening{State: hours.Unknown.String(), Week: []OpeningDay{}, Unparsed: p.OpeningHours}
	}
	lon, lat := 0.0, 0.0
	if p.SunCell != nil {
		lon, lat = models.SunPosition(*p.SunCell)
	}
	status := h.Status(now, lon, lat)
	out := &Opening{State: status.State.String(), Comment: status.Comment, Week: []OpeningDay{}}
	if next, ok := h.Next(now, lon, lat); ok {
		out.Until = &next
	}
	for _, d := range h.Week(models.Date{Time: hours.Monday(now)}, lon, lat) {
		day := OpeningDay{Date: d.Date, State: d.State().String(), Holiday: d.Holiday, Spans: []OpeningSpan{}}
		for _, s := range d.Spans {
			day.Spans = append(day.Spans, OpeningSpan{From: clockText(s.From), To: clockText(s.To), Unknown: s.State == hours.Unknown, OpenEnd: s.OpenEnd, Comment: s.Comment})
		}
		out.Week = append(out.Week, day)
	}
	return out
}

func clockText(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

// middleOf is the middle of the box around a geometry.
func middleOf(g geo.Geometry) (lon, lat float64, ok bool) {
	if g.T == nil {
		return 0, 0, false
	}
	b := geom.NewBounds(geom.XY).Extend(g.T)
	if b.IsEmpty() {
		return 0, 0, false
	}
	return (b.Min(0) + b.Max(0)) / 2, (b.Min(1) + b.Max(1)) / 2, true
}
