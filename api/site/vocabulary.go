package site

import (
	"context"
	"sync"
	"time"

	"wolnica/models"
)

// vocabulary is what records refer to by a code, for labels and for choices. It is the same for everybody.
type vocabulary struct {
	Categories     []models.Category
	Municipalities []models.Municipality // without their outlines
	labels         map[string]models.Text
	names          map[int64]string
}

type vocabularyCache struct {
	mu   sync.Mutex
	kept *vocabulary
	made time.Time
}

// vocabularyLife is how old labels may be: categories and municipalities change seldom.
const vocabularyLife = time.Minute

func (s *Site) vocabulary(ctx context.Context) (*vocabulary, error) {
	c := &s.vocabularies
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept != nil && time.Since(c.made) < vocabularyLife {
		return c.kept, nil
	}
	categories, err := s.store.Categories(ctx, nil, "", false)
	if err != nil {
		return nil, err
	}
	municipalities, err := s.store.Municipalities(ctx, nil, false)
	if err != nil {
		return nil, err
	}
	v := &vocabulary{Categories: categories, labels: map[string]models.Text{}, names: map[int64]string{}}
	for _, k := range categories {
		v.labels[k.Code] = models.Text{PL: k.LabelPL, EN: or(k.LabelEN, k.LabelPL)}
	}
	for _, m := range municipalities {
		v.Municipalities = append(v.Municipalities, models.Municipality{Record: m.Record, TERYT: m.TERYT, Name: m.Name})
		v.names[m.ID] = m.Name
	}
	if len(categories) > 0 && len(municipalities) > 0 { // an empty registry is about to be filled
		c.kept, c.made = v, time.Now()
	}
	return v, nil
}

// category is the label of a category, its code for one that is new.
func (v *vocabulary) category(code string) models.Text {
	if t, ok := v.labels[code]; ok {
		return t
	}
	return models.Text{PL: code, EN: code}
}

// categories are the labels of both sides of a place.
func (v *vocabulary) categories(p *models.Place, lang models.Language) string {
	words := ""
	for _, code := range []*string{p.HeritageCategory, p.InfrastructureCategory} {
		if code == nil {
			continue
		}
		if words != "" {
			words += ", "
		}
		words += v.category(*code).In(lang)
	}
	return words
}

// municipality is the name of a municipality, "" for none.
func (v *vocabulary) municipality(id *int64) string {
	if id == nil {
		return ""
	}
	return v.names[*id]
}
