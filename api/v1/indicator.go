package v1

import (
	"context"
	"sync"
	"time"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/models"
	"wolnica/models/store"
)

// Indicators compare the municipalities by numbers.
type Indicators struct {
	Indicators     []Indicator              `json:"indicators"`
	Municipalities []MunicipalityIndicators `json:"municipalities"`
}

// Indicator says what a number means.
type Indicator struct {
	Code  string      `json:"code"`
	Label models.Text `json:"label"`
	// Unit is % (0 to 100), 1/1000, grade (1 to 5), PLN, or 1 for a count.
	Unit string `json:"unit" validate:"oneof=% 1/1000 grade PLN 1"`
	// Better is more or less; null where neither is.
	Better      *string     `json:"better"`
	Description models.Text `json:"description"`
}

// MunicipalityIndicators are the values of one municipality, by code; null where there is nothing to reckon from.
type MunicipalityIndicators struct {
	MunicipalityLink
	Values map[string]*float64 `json:"values"`
}

type indicatorsIn struct {
	Municipality []string `query:"municipality" validate:"max=100" doc:"TERYT codes of those to compare; none is all." pl:"Kody TERYT porównywanych gmin; brak oznacza wszystkie." example:"1261011"`
	Category     []string `query:"category" validate:"max=50" doc:"Only records in these categories, each with its subtree." pl:"Tylko rekordy tych kategorii, każda z poddrzewem." example:"park,playground"`
}

type indicatorsOut struct{ Body Indicators }

// keptIndicators is how long the numbers of the public are kept, and for how many questions.
const (
	keptIndicatorsFor = time.Minute
	keptIndicators    = 64
)

// indicatorCache keeps the public's answers by their query; those who signed in ask anew, so that they see what they changed.
type indicatorCache struct {
	mu   sync.Mutex
	kept map[string]keptAnswer
}

type keptAnswer struct {
	at   time.Time
	body Indicators
}

func (c *indicatorCache) get(key string, now time.Time) (Indicators, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k, ok := c.kept[key]
	return k.body, ok && now.Sub(k.at) < keptIndicatorsFor && !now.Before(k.at)
}

func (c *indicatorCache) put(key string, now time.Time, body Indicators) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept == nil || len(c.kept) >= keptIndicators {
		c.kept = map[string]keptAnswer{}
	}
	c.kept[key] = keptAnswer{now, body}
}

func (h *handlers) indicators() api.Route {
	cache := &indicatorCache{}
	return api.Handle("GET", "/api/v1/indicators", api.Doc{ID: "readIndicators", Tag: "municipalities", Class: api.Heavy, Public: true,
		Summary: models.Text{PL: "Porównaj gminy wskaźnikami", EN: "Compare municipalities by indicators"},
		Description: models.Text{
			PL: "Liczone z istniejących miejsc i produktów, które wolno Ci zobaczyć; definicja każdego wskaźnika jest w jego opisie. Odpowiedzi dla niezalogowanych są liczone najwyżej raz na minutę.",
			EN: "Reckoned from the existing places and the products that you may see; each indicator's description defines it. Answers for those not signed in are reckoned once a minute at most."}},
		func(ctx context.Context, in indicatorsIn) (indicatorsOut, error) {
			user := auth.UserFrom(ctx)
			key := QueryOf(in).Encode()
			if user == nil {
				if body, ok := cache.get(key, h.now()); ok {
					return indicatorsOut{body}, nil
				}
			}
			rows, err := h.store.Indicators(ctx, user, store.IndicatorFilter{Municipalities: in.Municipality, Categories: in.Category})
			if err != nil {
				return indicatorsOut{}, err
			}
			body := Indicators{
				Indicators: mapSlice(models.Indicators(), func(i models.Indicator) Indicator {
					out := Indicator{Code: i.Code, Label: i.Label, Unit: i.Unit, Description: i.Description}
					if i.Better != "" {
						out.Better = &i.Better
					}
					return out
				}),
				Municipalities: mapSlice(rows, func(m store.MunicipalityIndicators) MunicipalityIndicators {
					return MunicipalityIndicators{MunicipalityLink: MunicipalityLink{ID: m.ID, TERYT: m.TERYT, Name: m.Name}, Values: m.Values}
				})}
			if user == nil {
				cache.put(key, h.now(), body)
			}
			return indicatorsOut{body}, nil
		})
}
