package site

import (
	"strconv"
	"strings"

	v1 "wolnica/api/v1"
	"wolnica/geo/mvt"
	"wolnica/models"
	"wolnica/models/hours"
	"wolnica/models/store"
)

// openingView is the opening hours of this week, for people.
type openingView struct {
	Now, Until, Comment, Unparsed string
	Days                          []openingDay
}

type openingDay struct{ Name, Hours string }

// opening reads the opening hours of a place; nil where there are none, and for what does not exist.
func (v *visit) opening(p *models.Place) *openingView {
	o := v1.OpeningOf(p, v.now())
	if o == nil {
		return nil
	}
	view := &openingView{Now: v.t(map[string]string{"open": "place.open", "closed": "place.closed", "unknown": "place.maybe"}[o.State]), Comment: o.Comment, Unparsed: o.Unparsed}
	if o.Until != nil {
		until := o.Until.In(hours.Warsaw)
		text := until.Format("15:04")
		if today := v.now().In(hours.Warsaw); today.Format("2006-01-02") != until.Format("2006-01-02") {
			text = v.t("day."+strconv.Itoa(int(until.Weekday()))) + " " + text
			if until.Sub(today).Hours() > 6*24 {
				text = day(&models.Date{Time: until}, v.lang) + " " + until.Format("15:04")
			}
		}
		view.Until = v.t("place.until", text)
	}
	for _, d := range o.Week {
		row := openingDay{Name: capital(v.t("day."+strconv.Itoa(int(d.Date.Weekday())))) + ", " + day(&d.Date, v.lang)}
		if d.Holiday != nil {
			row.Name += " (" + d.Holiday.In(v.lang) + ")"
		}
		var spans []string
		for _, s := range d.Spans {
			text := s.From + "–" + s.To
			switch {
			case s.OpenEnd:
				text = v.t("place.openend", s.From)
			case s.Unknown && s.Comment == "":
				text += " (" + v.t("place.ask") + ")"
			}
			if s.Comment != "" {
				text += " (" + s.Comment + ")"
			}
			spans = append(spans, text)
		}
		if row.Hours = strings.Join(spans, ", "); row.Hours == "" {
			row.Hours = v.t("place.shut")
		}
		view.Days = append(view.Days, row)
	}
	return view
}

func isStop(p *models.Place) bool {
	return p.InfrastructureCategory != nil && *p.InfrastructureCategory == models.CategoryStop
}

// nearestStop is the nearest public transport stop; nil when there is none near.
func (v *visit) nearestStop(p *store.PlaceDetail, n needs, words *vocabulary) (*placeRow, error) {
	b := p.Geom.Bounds()
	if b == nil || b.IsEmpty() {
		return nil, nil
	}
	x, y := mvt.World((b.Min(0)+b.Max(0))/2, (b.Min(1)+b.Max(1))/2)
	near, err := v.mapData.Nearby(v.ctx, v.user, p.ID, x, y, n.Profiles)
	if err != nil || len(near.Stops) == 0 {
		return nil, err
	}
	stop := near.Stops[0]
	places, err := v.placesOf([]int64{stop.ID()})
	if err != nil {
		return nil, err
	}
	there, ok := places[stop.ID()]
	if !ok {
		return nil, nil
	}
	px, py := stop.Position()
	row := v.placeRow(listedPlace{Place: there, metres: stop.Metres, x: px, y: py}, n, words, &point{x: x, y: y})
	return &row, nil
}
