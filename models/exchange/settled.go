package exchange

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/wkt"

	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/plan"
	"wolnica/models/store"
)

// SettledOptions say how residents of municipalities are spread over settled area.
type SettledOptions struct {
	// Path is a file of areas with a geometry each: see Open.
	Path, Layer string
	// CRS overrides what the file says; 0 does not, and a file that says nothing is in degrees.
	CRS int
	// Settled names the column that says how much of an area is settled, in any unit; Key the one that names it for good, "" its row.
	Settled, Key string
	// Totals is a table of residents by municipality (teryt or name, pop_total, and pop_0_14 with pop_65_plus where ages are known); "" takes
	// the population that the registry has of municipalities, without ages.
	Totals string
	// Source says where the settled area and the totals are from, Year which year the totals are of, 0 unknown.
	Source string
	Year   int
	// Replace retires other population cells of the same municipalities; without it their presence is an error.
	Replace, DryRun bool
	Progress        func(Progress)
}

// A SettledReport is what came of spreading residents.
type SettledReport struct {
	Batch *models.ImportBatch
	// Areas are those with residents, Outside those that lie in no municipality or in one without a total.
	Areas, Outside int
	Residents      int
	// Misplaced is the error that can be told: see plan.Disaggregation.
	Misplaced float64
	// Unplaced are the municipalities with residents but no settled area.
	Unplaced []string
	// Others is how many other cells there were (with DryRun, or retired).
	Others int
}

// maxSettledAreas bounds the areas of a file, which are held in memory.
const maxSettledAreas = 2_000_000

// settledScheme is that of the profile population-cells, by which the cells are stored.
const settledScheme = "population-grid"

// Disaggregate spreads the residents of municipalities over the areas of a file in proportion to how much of each is settled, and imports
// the areas as population cells that say how they came about. The import can be taken back like any other; cells that it replaced stay
// deleted.
func Disaggregate(ctx context.Context, s *store.Store, actor *models.User, o SettledOptions) (*SettledReport, error) {
	areas, err := readSettled(ctx, s, &o)
	if err != nil {
		return nil, err
	}
	municipalities, err := s.Municipalities(ctx, actor, false)
	if err != nil {
		return nil, err
	}
	zones, at, err := zonesOf(&o, municipalities)
	if err != nil {
		return nil, err
	}
	report := &SettledReport{}
	var inside []*settledArea
	var settled []plan.SettledArea
	for i := range areas {
		a := &areas[i]
		z, ok := -1, false
		if a.municipality != nil {
			z, ok = at[*a.municipality]
		}
		if !ok {
			report.Outside++
			continue
		}
		inside, settled = append(inside, a), append(settled, plan.SettledArea{Zone: z, Settled: a.settled})
	}
	if len(inside) == 0 {
		return nil, models.NewError(models.CodeInvalid, "Żaden obszar nie leży w gminie, której liczba mieszkańców jest znana.", "No area lies in a municipality of which the number of residents is known.")
	}
	d := plan.Disaggregate(zones.all, settled)
	report.Misplaced = d.Misplaced
	for _, z := range d.Unplaced {
		report.Unplaced = append(report.Unplaced, zones.municipality[z].Name)
	}
	source := &settledSource{columns: geo.NewColumns("id", "wkt", "municipality", "pop_total", "pop_0_14", "pop_15_64", "pop_65_plus", "source", "source_year", "method"), how: o.how(d.Misplaced)}
	var keys []string
	touched := map[int64]bool{}
	for i, a := range inside {
		c := d.Areas[i]
		if c.Total == 0 { // nobody lives there, as far as the model goes
			continue
		}
		report.Areas, report.Residents = report.Areas+1, report.Residents+c.Total
		source.rows = append(source.rows, settledRow{a, c, zones.municipality[settled[i].Zone].TERYT})
		keys = append(keys, a.key)
		touched[*a.municipality] = true
	}
	var of []int64
	for id := range touched {
		of = append(of, id)
	}
	slices.Sort(of)
	if report.Others, err = s.OtherCells(ctx, settledScheme, keys, of); err != nil {
		return nil, err
	}
	if report.Others > 0 && !o.Replace && !o.DryRun {
		return nil, models.NewError(models.CodeConflict,
			fmt.Sprintf("W tych gminach jest już %d innych komórek ludności: mieszkańcy byliby policzeni dwa razy. Dodaj --replace, aby je zastąpić.", report.Others),
			fmt.Sprintf("There are %d other population cells in these municipalities: residents would be counted twice. Add --replace to replace them.", report.Others))
	}
	profile, err := LoadProfile("population-cells")
	if err != nil {
		return nil, err
	}
	source.year = o.Year
	if report.Batch, err = Import(ctx, s, actor, Options{Profile: profile, Source: source, Path: o.Path, FileName: filepath.Base(o.Path), CRS: geo.WGS84, DryRun: o.DryRun, Progress: o.Progress}); err != nil {
		return nil, err
	}
	if report.Others > 0 && o.Replace && !o.DryRun {
		if report.Batch.RowsFailed > 0 {
			return report, models.NewError(models.CodeConflict, "Część wierszy odrzucono, więc dotychczasowych komórek nie usunięto: cofnij ten import albo popraw plik.",
				"Some rows were refused, so the other cells were kept: undo this import or mend the file.")
		}
		_, err = s.RetireCells(ctx, actor, settledScheme, keys, of)
	}
	return report, err
}

// how says of each cell how its residents came about.
func (o *SettledOptions) how(misplaced float64) string {
	pl, en := "", ""
	if !math.IsNaN(misplaced) {
		pl = fmt.Sprintf("; tak samo rozłożeni między gminy: %.1f %% w niewłaściwej gminie", 100*misplaced)
		en = fmt.Sprintf("; spread over the municipalities in the same way: %.1f %% in the wrong one", 100*misplaced)
	}
	return fmt.Sprintf("%s; model dazymetryczny: mieszkańcy gminy rozłożeni proporcjonalnie do zabudowy (%s)%s / dasymetric model: residents of the municipality spread in proportion to settled area (%s)%s",
		o.Source, o.Settled, pl, o.Settled, en)
}

type settledArea struct {
	key          string
	at           geom.T
	settled      float64
	municipality *int64
}

// readSettled reads the areas and finds the municipality of each.
func readSettled(ctx context.Context, s *store.Store, o *SettledOptions) ([]settledArea, error) {
	file, err := Open(o.Path, o.Layer)
	if err != nil {
		return nil, broken(o.Path, 0, err)
	}
	defer file.Close()
	crs := cmp.Or(o.CRS, file.CRS(), geo.WGS84)
	var areas []settledArea
	var f models.Fields
	seen := map[string]int{}
	for {
		row, err := file.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, broken(o.Path, int64(len(areas)), err)
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		line := fmt.Sprintf("/%d", row.Number)
		if len(areas) == maxSettledAreas {
			f.Add(line, "too_many", fmt.Sprintf("Najwyżej %d obszarów.", maxSettledAreas), fmt.Sprintf("At most %d areas.", maxSettledAreas))
			return nil, f.Err()
		}
		a, problem := settledAreaOf(row, o, crs)
		if problem != nil {
			f.Add(line+"/"+problem.field, problem.code, problem.pl, problem.en)
		} else if first, again := seen[a.key]; again {
			f.Add(line+"/"+o.Key, "duplicate", fmt.Sprintf("Ten sam obszar jest w wierszu %d.", first), fmt.Sprintf("The same area is in row %d.", first))
		}
		if len(f) == 20 { // enough to see what is wrong with the file
			break
		}
		if problem == nil {
			seen[a.key] = row.Number
			areas = append(areas, a)
		}
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	const batch = 5000
	for from := 0; from < len(areas); from += batch {
		part := areas[from:min(from+batch, len(areas))]
		geometries := make([]geom.T, len(part))
		for i := range part {
			geometries[i] = part[i].at
		}
		found, err := s.MunicipalitiesAt(ctx, geometries)
		if err != nil {
			return nil, err
		}
		for i := range part {
			part[i].municipality = found[i]
		}
	}
	return areas, nil
}

type settledProblem struct{ field, code, pl, en string }

func settledAreaOf(row *geo.Row, o *SettledOptions, crs int) (settledArea, *settledProblem) {
	if row.Err != nil {
		return settledArea{}, &settledProblem{"geometry", "geometry", row.Err.Error(), row.Err.Error()}
	}
	if _, ok := row.Columns.Index(o.Settled); !ok {
		return settledArea{}, &settledProblem{o.Settled, "required", "Plik nie ma tej kolumny.", "The file has no such column."}
	}
	a := settledArea{key: "settled:" + strconv.Itoa(row.Number)}
	if o.Key != "" {
		name := row.Value(o.Key)
		if name == "" {
			return a, &settledProblem{o.Key, "required", "Brakuje nazwy obszaru.", "The area has no name."}
		}
		a.key = "settled:" + name
	}
	if text := row.Value(o.Settled); text != "" {
		n, ok := parseNumber(text)
		if !ok || n < 0 {
			return a, &settledProblem{o.Settled, "number", "Oczekiwano liczby nie mniejszej od 0.", "Expected a number that is not less than 0."}
		}
		a.settled = n
	}
	g := row.Geometry
	if g == nil {
		lon, okLon := parseNumber(row.Value("lon"))
		lat, okLat := parseNumber(row.Value("lat"))
		if !okLon || !okLat {
			return a, &settledProblem{"geometry", "required", "Obszar nie ma położenia (geometria albo lon i lat).", "The area has no position (a geometry, or lon and lat)."}
		}
		g = geom.NewPointFlat(geom.XY, []float64{lon, lat})
	}
	if box, ok := geo.Bounds(g); !ok {
		return a, &settledProblem{"geometry", "required", "Geometria jest pusta.", "The geometry is empty."}
	} else if p := geo.CheckDeclared(crs, box); p != nil {
		return a, &settledProblem{"geometry", p.Code, p.PL, p.EN}
	}
	var err error
	if a.at, err = geo.Transform(crs, g); err != nil {
		return a, &settledProblem{"geometry", "geometry", err.Error(), err.Error()}
	}
	return a, nil
}

type settledZones struct {
	all          []plan.Zone
	municipality []*models.Municipality
}

// zonesOf are the municipalities of which the number of residents is known, and where each stands by id.
func zonesOf(o *SettledOptions, municipalities []models.Municipality) (zones settledZones, at map[int64]int, err error) {
	at = map[int64]int{}
	add := func(m *models.Municipality, z plan.Zone) {
		at[m.ID] = len(zones.all)
		zones.all, zones.municipality = append(zones.all, z), append(zones.municipality, m)
	}
	if o.Totals == "" {
		for i := range municipalities {
			if m := &municipalities[i]; m.Population != nil {
				add(m, plan.Zone{Total: *m.Population})
			}
		}
		return zones, at, nil
	}
	byID := map[int64]*models.Municipality{}
	var named []store.ImportMunicipality
	for i := range municipalities {
		m := &municipalities[i]
		byID[m.ID] = m
		named = append(named, store.ImportMunicipality{ID: m.ID, TERYT: m.TERYT, Name: m.Name, Kind: m.KindCode})
	}
	index := newMunicipalityIndex(named)
	file, err := Open(o.Totals, "")
	if err != nil {
		return zones, nil, broken(o.Totals, 0, err)
	}
	defer file.Close()
	var f models.Fields
	for len(f) < 20 {
		row, err := file.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = row.Err
		}
		if err != nil {
			return zones, nil, broken(o.Totals, int64(len(zones.all)), err)
		}
		line := fmt.Sprintf("/%d", row.Number)
		m, why := index.find(cmp.Or(row.Value("teryt"), row.Value("name")))
		if m == nil {
			f.Add(line+"/teryt", "municipality", why.PL, why.EN)
			continue
		}
		if _, twice := at[m.ID]; twice {
			f.Add(line+"/teryt", "duplicate", "Ta gmina jest w pliku dwa razy.", "This municipality is in the file twice.")
			continue
		}
		persons := func(column string) (n int, known bool) {
			text := row.Value(column)
			if text == "" {
				return 0, false
			}
			v, ok := parseNumber(text)
			if !ok || v != math.Trunc(v) || v < 0 || v > 100_000_000 {
				f.Add(line+"/"+column, "number", "To nie jest liczba osób.", "This is not a number of persons.")
				return 0, false
			}
			return int(v), true
		}
		z := plan.Zone{}
		var known, young, old bool
		if z.Total, known = persons("pop_total"); !known {
			if row.Value("pop_total") == "" {
				f.Add(line+"/pop_total", "required", "Brakuje liczby mieszkańców.", "The number of residents is missing.")
			}
			continue
		}
		z.UpTo14, young = persons("pop_0_14")
		z.From65, old = persons("pop_65_plus")
		if z.Ages = young && old; z.Ages && z.UpTo14+z.From65 > z.Total {
			f.Add(line+"/pop_0_14", "sum", "Grup wieku jest razem więcej niż mieszkańców.", "The age groups add up to more than all residents.")
		}
		add(byID[m.ID], z)
	}
	return zones, at, f.Err()
}

type settledRow struct {
	*settledArea
	residents plan.Spread
	teryt     string
}

// settledSource gives the areas with their residents as rows of the profile population-cells.
type settledSource struct {
	columns *geo.Columns
	rows    []settledRow
	how     string
	year    int
	next    int
}

// Next is that of geo.Source.
func (s *settledSource) Next() (*geo.Row, error) {
	if s.next == len(s.rows) {
		return nil, io.EOF
	}
	r := &s.rows[s.next]
	s.next++
	text, err := wkt.Marshal(r.at)
	if err != nil {
		return nil, fmt.Errorf("write the geometry of %s: %w", r.key, err)
	}
	values := []string{r.key, text, r.teryt, strconv.Itoa(r.residents.Total), "", "", "", s.how, "", models.MethodDerived}
	if c := r.residents; c.Ages {
		values[4], values[5], values[6] = strconv.Itoa(c.UpTo14), strconv.Itoa(c.Total-c.UpTo14-c.From65), strconv.Itoa(c.From65)
	}
	if s.year != 0 {
		values[8] = strconv.Itoa(s.year)
	}
	return &geo.Row{Number: s.next, Columns: s.columns, Values: values}, nil
}

// CRS is that of geo.Source.
func (s *settledSource) CRS() int { return geo.WGS84 }

// Progress is that of geo.Source.
func (s *settledSource) Progress() (done, total int64) { return int64(s.next), int64(len(s.rows)) }

// Close is that of geo.Source.
func (s *settledSource) Close() error { return nil }
