package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/twpayne/go-geom"
	"golang.org/x/sync/errgroup"

	"wolnica/cmd/wolnica/demo"
	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/store"
)

const (
	// demoScheme names the external ids of demonstration records. A record gets its id last, so one that has it is whole.
	demoScheme = "wolnica-demo"
	// demoSource is the source of demonstration places.
	demoSource = "Wolnica: dane pokazowe / demonstration data"
	// demoParallel is how many places get their parts at once.
	demoParallel = 6
)

// demoCounts is how much of the demonstration data was stored.
type demoCounts struct{ municipalities, places, products int }

// holdsOtherPlaces tells whether the registry holds a place that is not the demonstration's.
func holdsOtherPlaces(ctx context.Context, s *store.Store) (bool, error) {
	own := false
	err := eachPlace(ctx, s, func(p *models.Place) bool {
		own = p.Source != demoSource
		return !own
	})
	return own, err
}

// eachPlace calls fn with every place until it returns false.
func eachPlace(ctx context.Context, s *store.Store, fn func(*models.Place) bool) error {
	page := models.Page{Limit: 500}
	for {
		rows, next, err := s.Places(ctx, store.System(), models.PlaceFilter{}, page)
		if err != nil {
			return err
		}
		for i := range rows {
			if !fn(&rows[i]) {
				return nil
			}
		}
		if next == "" {
			return nil
		}
		page.Cursor = next
	}
}

// demoLoad is one load of the demonstration data.
type demoLoad struct {
	ctx   context.Context
	store *store.Store
	data  *demo.Data
	today time.Time

	// whole are the records that have their demonstration id, by key; products' keys begin with "product/".
	whole map[string]int64
	// begun are the places without that id, by Polish name: a killed load left them.
	begun map[string]int64
	// places are those stored or found, by key.
	places map[string]int64
	counts demoCounts
}

// loadDemo stores the demonstration data through the same door as everything else: validated, with rights and history.
// Records that are there, and those somebody deleted, are left alone; one that a killed load left half-made is completed.
func loadDemo(ctx context.Context, s *store.Store, data *demo.Data, today time.Time) (demoCounts, error) {
	l := &demoLoad{ctx: ctx, store: s, data: data, today: today, whole: map[string]int64{}, begun: map[string]int64{}, places: map[string]int64{}}
	for _, step := range []struct {
		name string
		run  func() error
	}{
		{"what is there", l.look}, {"municipalities", l.loadMunicipalities}, {"places", l.loadPlaces}, {"products", l.loadProducts}, {"population", l.loadPopulation}, {"investment programme", l.loadPlanning},
	} {
		if err := step.run(); err != nil {
			return l.counts, fmt.Errorf("load demonstration data: %s: %w", step.name, err)
		}
	}
	return l.counts, nil
}

// look finds what earlier loads stored.
func (l *demoLoad) look() error {
	marked := map[int64]bool{}
	page := models.Page{Limit: 500}
	for {
		ids, next, err := store.Parts[models.ExternalID](l.ctx, l.store, store.System(),
			store.PartFilter{Columns: map[string]any{"scheme": demoScheme}}, page)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if id.PlaceID != nil {
				l.whole[id.Value] = *id.PlaceID
				marked[*id.PlaceID] = true
			} else {
				l.whole[id.Value] = *id.ProductID
			}
		}
		if page.Cursor = next; next == "" {
			break
		}
	}
	found := 0
	if err := eachPlace(l.ctx, l.store, func(p *models.Place) bool {
		found++
		if p.Source == demoSource && !marked[p.ID] {
			l.begun[p.NamePL] = p.ID
		}
		return true
	}); err != nil {
		return err
	}
	if found == 0 && len(l.whole) == 0 {
		return nil
	}
	for _, p := range l.data.Places {
		if l.whole[p.Key] != 0 {
			continue
		}
		deleted, _, err := l.store.Places(l.ctx, store.System(), models.PlaceFilter{ExternalID: demoScheme + ":" + p.Key, Deleted: true}, models.Page{Limit: 1})
		if err != nil {
			return err
		}
		if len(deleted) > 0 {
			l.whole[p.Key] = deleted[0].ID
		}
	}
	return nil
}

func (l *demoLoad) loadMunicipalities() error {
	there, err := l.store.Municipalities(l.ctx, store.System(), false)
	if err != nil {
		return err
	}
	for _, m := range l.data.Municipalities {
		if slices.ContainsFunc(there, func(have models.Municipality) bool { return have.TERYT == m.TERYT }) {
			continue
		}
		if err := store.Create(l.ctx, l.store, store.System(), &models.Municipality{
			TERYT: m.TERYT, Name: m.Name, KindCode: m.Kind, Population: &m.Population, PopulationYear: &m.PopulationYear,
			AreaKM2: &m.AreaKM2, Source: demoSource, Geom: geometry(m.Outline),
		}); err != nil {
			return fmt.Errorf("%s: %w", m.Name, err)
		}
		l.counts.municipalities++
	}
	return nil
}

// demoParts is what is stored with a place.
type demoParts struct {
	inspections []demo.Inspection
	facts       []demo.Fact
	asset       *demo.Asset
}

func (l *demoLoad) loadPlaces() error {
	parts := map[string]*demoParts{}
	for _, p := range l.data.Places {
		parts[p.Key] = &demoParts{}
	}
	for _, i := range l.data.Inspections(l.today) {
		parts[i.Place].inspections = append(parts[i.Place].inspections, i)
	}
	for _, f := range l.data.Facts(l.today) {
		parts[f.Place].facts = append(parts[f.Place].facts, f)
	}
	for _, a := range l.data.Assets() {
		parts[a.Place].asset = &a
	}
	ordered, err := ensemblesFirst(l.data.Places)
	if err != nil {
		return err
	}
	for _, p := range ordered {
		if err := l.loadPlace(p, parts[p.Key].asset); err != nil {
			return fmt.Errorf("%s: %w", p.Key, err)
		}
	}
	group, ctx := errgroup.WithContext(l.ctx)
	group.SetLimit(demoParallel)
	for _, p := range l.data.Places {
		if l.whole[p.Key] != 0 {
			continue
		}
		group.Go(func() error {
			if err := l.loadParts(ctx, p, parts[p.Key]); err != nil {
				return fmt.Errorf("%s: %w", p.Key, err)
			}
			return nil
		})
		l.counts.places++
	}
	return group.Wait()
}

// ensemblesFirst orders places so that an ensemble comes before its members.
func ensemblesFirst(places []demo.Place) ([]demo.Place, error) {
	var ordered []demo.Place
	done := map[string]bool{"": true}
	for len(ordered) < len(places) {
		before := len(ordered)
		for _, p := range places {
			if !done[p.Key] && done[p.Parent] {
				ordered = append(ordered, p)
				done[p.Key] = true
			}
		}
		if len(ordered) == before {
			return nil, errors.New("an ensemble contains itself")
		}
	}
	return ordered, nil
}

// loadPlace stores a place without its parts, unless it is there.
func (l *demoLoad) loadPlace(p demo.Place, asset *demo.Asset) error {
	id := l.whole[p.Key]
	if id == 0 {
		id = l.begun[p.NamePL]
	}
	if id == 0 {
		place := l.placeOf(p, asset)
		if err := store.Create(l.ctx, l.store, store.System(), place); err != nil {
			return err
		}
		id = place.ID
	}
	l.places[p.Key] = id
	return nil
}

// loadParts stores what belongs to a place, its demonstration id last.
func (l *demoLoad) loadParts(ctx context.Context, p demo.Place, parts *demoParts) error {
	id := l.places[p.Key]
	have := map[string]bool{}
	if l.begun[p.NamePL] != 0 {
		detail, err := l.store.PlaceDetail(ctx, store.System(), id)
		if err != nil {
			return err
		}
		for _, x := range detail.Protections {
			have[partKey(&x)] = true
		}
		for _, x := range detail.Inspections {
			have[partKey(&x)] = true
		}
		for _, x := range detail.AccessFacts {
			have[partKey(&x)] = true
		}
		for _, x := range detail.ExternalIDs {
			have[partKey(&x)] = true
		}
	}
	for _, code := range p.Protection {
		kind := models.ProtectionKindForm
		if models.InternationalListings.Has(code) {
			kind = models.ProtectionKindInternational
		}
		if err := createPart(ctx, l.store, have, &models.Protection{PlaceID: id, KindCode: kind, Code: code}); err != nil {
			return err
		}
	}
	for _, i := range parts.inspections {
		if err := createPart(ctx, l.store, have, &models.Inspection{
			PlaceID: id, InspectedOn: models.DateOf(i.On), Scale: i.Scale, Grade: i.Grade, Trend: i.Trend, Occupancy: i.Occupancy,
			SurveyAccess: i.SurveyAccess, Method: i.Method, Elements: []models.InspectedElement{},
		}); err != nil {
			return err
		}
	}
	var facts []*models.AccessFact
	for _, f := range parts.facts {
		fact := &models.AccessFact{
			PlaceID: &id, Part: f.Part, Attribute: f.Attribute, State: f.State, Value: f.Value, ObservedOn: models.DateOf(f.ObservedOn), Method: f.Method,
		}
		if !f.ValidUntil.IsZero() {
			fact.ValidFrom, fact.ValidUntil = new(models.DateOf(f.ValidFrom)), new(models.DateOf(f.ValidUntil))
		}
		if !have[partKey(fact)] {
			facts = append(facts, fact)
		}
	}
	if len(facts) > 0 {
		if err := store.CreateAll(ctx, l.store, store.System(), facts...); err != nil {
			return err
		}
	}
	for _, x := range [][2]string{{models.SchemeWikidata, p.Wikidata}, {models.SchemeOSM, p.OSM}, {demoScheme, p.Key}} {
		if x[1] == "" {
			continue
		}
		if err := createPart(ctx, l.store, have, &models.ExternalID{PlaceID: &id, Scheme: x[0], Value: x[1]}); err != nil {
			return err
		}
	}
	return nil
}

// partKey tells parts of one place apart, as far as the demonstration data does.
func partKey(e models.Entity) string {
	switch v := e.(type) {
	case *models.Protection:
		return fmt.Sprint("protection ", v.KindCode, " ", v.Code)
	case *models.Inspection:
		return fmt.Sprint("inspection ", v.Scale, " ", v.InspectedOn)
	case *models.AccessFact:
		return fmt.Sprint("fact ", v.Part, " ", v.Attribute, " ", v.ValidUntil != nil)
	case *models.ExternalID:
		return fmt.Sprint("id ", v.Scheme, " ", v.Value)
	}
	return ""
}

func createPart[T any, E store.Entity[T]](ctx context.Context, s *store.Store, have map[string]bool, e E) error {
	if have[partKey(e)] {
		return nil
	}
	return store.Create(ctx, s, store.System(), e)
}

func (l *demoLoad) placeOf(p demo.Place, asset *demo.Asset) *models.Place {
	place := &models.Place{
		NamePL: p.NamePL, NameEN: p.NameEN, DescriptionPL: p.DescriptionPL, DescriptionEN: p.DescriptionEN,
		Lifecycle: models.LifecycleExisting, Publication: models.PublicationPublished, Visibility: models.VisibilityPublic,
		Geom: geometry(p.Location), Accuracy: p.Accuracy, Locality: p.Locality, Street: p.Street, HouseNumber: p.HouseNumber, Source: demoSource,
	}
	if p.HeritageCategory != "" {
		place.HeritageCategory = &p.HeritageCategory
		place.DatingText = p.Dating
		place.DatingFrom, place.DatingTo, _ = models.ParseDating(p.Dating)
	}
	if p.InfrastructureCategory != "" {
		place.InfrastructureCategory = &p.InfrastructureCategory
	}
	if p.AreaM2 > 0 {
		place.AreaM2 = &p.AreaM2
	}
	if asset != nil {
		place.Capacity, place.BuiltYear, place.RenewalValuePLN = &asset.Capacity, &asset.BuiltYear, &asset.RenewalValuePLN
		place.ExpectedLifeYears, place.Method = &asset.ExpectedLifeYears, asset.Method
	}
	if id, ok := l.places[p.Parent]; ok {
		place.ParentID = &id
	}
	return place
}

// seasonsPL are the demonstration's seasons as a person writes them.
var seasonsPL = map[string]string{
	"all_year": "cały rok", "april_october": "kwiecień–październik", "spring": "wiosna", "summer": "lato", "june": "czerwiec", "winter": "zima",
}

func (l *demoLoad) loadProducts() error {
	segments := map[string][]demo.Fact{}
	for _, f := range l.data.SegmentFacts(l.today) {
		segments[f.Place] = append(segments[f.Place], f)
	}
	for _, in := range l.data.Products {
		key := "product/" + in.Key
		if l.whole[key] != 0 {
			continue
		}
		id, deleted, err := l.productID(in)
		if err != nil {
			return fmt.Errorf("%s: %w", in.Key, err)
		}
		if deleted {
			continue
		}
		if err := l.loadSegments(id, segments[in.Key]); err != nil {
			return fmt.Errorf("%s: %w", in.Key, err)
		}
		if err := store.Create(l.ctx, l.store, store.System(), &models.ExternalID{ProductID: &id, Scheme: demoScheme, Value: key}); err != nil {
			return fmt.Errorf("%s: %w", in.Key, err)
		}
		l.counts.products++
	}
	return nil
}

// loadSegments stores the facts of a product's segments, all at once, unless a killed load left them.
func (l *demoLoad) loadSegments(id int64, segments []demo.Fact) error {
	there, _, err := store.Parts[models.AccessFact](l.ctx, l.store, store.System(), store.PartFilter{ProductID: &id}, models.Page{Limit: 1})
	if err != nil || len(there) > 0 || len(segments) == 0 {
		return err
	}
	facts := make([]*models.AccessFact, len(segments))
	for i, f := range segments {
		facts[i] = &models.AccessFact{ProductID: &id, Part: f.Part, Attribute: f.Attribute, State: f.State, Value: f.Value,
			ObservedOn: models.DateOf(f.ObservedOn), Method: f.Method}
	}
	return l.store.CreateFacts(l.ctx, store.System(), facts)
}

// productID stores a product, or finds the one that a killed load left without its id, or one that somebody deleted.
func (l *demoLoad) productID(in demo.Product) (id int64, deleted bool, err error) {
	for _, deleted := range []bool{false, true} {
		there, _, err := l.store.Products(l.ctx, store.System(), store.ProductFilter{Text: in.NamePL, Deleted: deleted}, models.Page{Limit: 10})
		if err != nil {
			return 0, false, err
		}
		for _, p := range there {
			if p.NamePL == in.NamePL && p.Method == models.MethodDemonstration {
				return p.ID, deleted, nil
			}
		}
	}
	// Which places a route has is common knowledge; how long one stays and what it costs is not.
	p := &models.Product{
		KindCode: in.Kind, Category: in.Category, Status: "open", NamePL: in.NamePL, NameEN: in.NameEN, DescriptionPL: in.DescriptionPL,
		DescriptionEN: in.DescriptionEN, Theme: in.ThemePL, Season: seasonsPL[in.Season], Free: &in.Free, Languages: models.StringArray{},
		Publication: models.PublicationPublished, Visibility: models.VisibilityPublic, Method: models.MethodDemonstration,
	}
	if in.Line != nil {
		p.Geom = geometry(in.Line)
	}
	for _, stop := range in.Stops {
		dwell := stop.DwellMin
		p.Stops = append(p.Stops, models.Stop{PlaceID: l.places[stop.Place], DwellMin: &dwell, Optional: stop.Optional})
	}
	err = store.Create(l.ctx, l.store, store.System(), p)
	return p.ID, false, err
}

func geometry(g geom.T) geo.Geometry { return geo.Geometry{T: g} }

// loadPopulation stores the modelled population cells, unless there are cells already: counted ones are better.
func (l *demoLoad) loadPopulation() error {
	there, err := l.store.HasCells(l.ctx)
	if err != nil || there {
		return err
	}
	all, err := l.store.Municipalities(l.ctx, store.System(), false)
	if err != nil {
		return err
	}
	ids := map[string]*int64{}
	for i := range all {
		ids[all[i].TERYT] = &all[i].ID
	}
	var cells []models.PopulationCell
	residents := l.data.Population()
	for _, c := range residents.Cells {
		cells = append(cells, models.PopulationCell{Scheme: demoScheme, Key: c.Municipality + "/" + c.Key, Geom: geometry(c.Cell), MunicipalityID: ids[c.Municipality],
			MunicipalitySaid: ids[c.Municipality] != nil, PopTotal: &c.Total, Pop0To14: &c.UpTo14, Pop15To64: &c.From15To64, Pop65Plus: &c.From65, Source: demoSource + "; " + residents.How(), SourceYear: &c.Year,
			Method: models.MethodDemonstration})
	}
	_, err = l.store.PutCells(l.ctx, store.System(), cells)
	return err
}
