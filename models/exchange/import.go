package exchange

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/twpayne/go-geom"

	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/store"
)

// Options says what to import and how.
type Options struct {
	// Profile maps the file's columns; see LoadProfile.
	Profile *Profile
	// Path is the file. Source, when set, is read instead, and Path is only its name in the report; OpenStreetMap is read by Path.
	Path   string
	Source geo.Source
	// FileName is the name to record, the base of Path when empty.
	FileName string
	// CRS overrides what the file and the profile say; 0 does not.
	CRS int
	// Layer overrides the profile's layer or sheet.
	Layer string
	// Publication of new records; "" is the profile's, which is a draft unless it says otherwise.
	Publication string
	// AsOf is the day the file's content was true, for profiles that date facts by it; zero is the profile's.
	AsOf models.Date
	// Only limits an import of OpenStreetMap to elements that meet one of these alternatives, such as "leisure=park" or
	// "historic=*"; see osmtags.NewVocabulary.
	Only []string
	// Box limits the import to what reaches into it; nil is no limit.
	Box *geo.BBox
	// Municipality limits the import to one municipality. An actor who may import in one only is limited to it anyway.
	Municipality *int64
	// DryRun goes through everything and keeps only the report.
	DryRun bool
	// BatchID is the queued batch this is the run of, 0 to make one.
	BatchID int64
	// Progress, when set, is called about once a second and at the end, from one goroutine at a time.
	Progress func(Progress)
}

// Progress is how far an import is.
type Progress struct {
	Batch models.ImportBatch
	// RowsPerSecond is the mean so far.
	RowsPerSecond float64
}

const (
	batchRows  = 10_000
	batchBytes = 16 << 20 // of text and geometry
	// wrongSystemRows is how many rows of another reference system than declared show that the whole file is.
	wrongSystemRows = 20
	maxIssueValue   = 200
	progressEvery   = time.Second
)

// Import reads a file into the registry by a profile. Everything is written in one transaction: after an error, a
// cancelled ctx or a killed process nothing is kept but the batch and its report. A bad row is reported and left out, the
// others are taken.
//
// Records are found again by their key. In a record that exists only the fields the profile maps change, and of these not
// the ones whose latest change was made by a person: such a value stays, with a warning where the file differs. Records
// and entries that people deleted stay deleted. Nothing is deleted because a file no longer has it. A file imported a
// second time changes nothing and leaves no trace in the history.
//
// The returned batch holds the counts; it is not nil once there is one, also beside an error. In a failed import nothing was
// created or updated, and its counts say so. The rows' report is store.ImportIssues.
func Import(ctx context.Context, s *store.Store, actor *models.User, o Options) (*models.ImportBatch, error) {
	r, err := newRun(ctx, s, actor, o)
	if err != nil {
		if o.BatchID == 0 {
			return nil, err
		}
		r = &run{s: s, o: o, began: time.Now(), batch: &models.ImportBatch{Profile: o.Profile.Name, FileName: o.FileName, DryRun: o.DryRun}}
		r.batch.ID = o.BatchID
		return r.batch, r.fail(ctx, err)
	}
	defer r.source.Close()
	if r.batch.ID == 0 {
		if err := s.QueueImport(ctx, actor, r.batch); err != nil {
			return nil, err
		}
	}
	if err := r.run(ctx); err != nil {
		return r.batch, r.fail(ctx, err)
	}
	return r.batch, nil
}

// run is one import under way.
type run struct {
	s      *store.Store
	actor  *models.User
	o      Options
	source geo.Source
	mapper *mapper
	began  time.Time

	// mu guards batch, which the progress goroutine reads.
	mu    sync.Mutex
	batch *models.ImportBatch

	tx     *store.Import
	issues []models.ImportIssue
	saved  int64
	names  map[string]string

	wrongSystem, goodSystem int
}

func newRun(ctx context.Context, s *store.Store, actor *models.User, o Options) (*run, error) {
	p := o.Profile
	municipality, err := limit(actor, o.Municipality)
	if err != nil {
		return nil, err
	}
	r := &run{s: s, actor: actor, o: o, mapper: newMapper(p), source: o.Source, began: time.Now()}
	m := r.mapper
	categories, municipalities, err := s.ImportVocabulary(ctx)
	if err != nil {
		return nil, err
	}
	m.facets, m.municipalities, m.box = make(map[string]string, len(categories)), newMunicipalityIndex(municipalities), o.Box
	for _, c := range categories {
		m.facets[c.Code] = c.Facet
	}
	m.file = firstOf(o.FileName, filepath.Base(o.Path))
	switch {
	case p.format == formatOSM:
		if m.elements, err = newElementReader(p, categories, o.Only); err == nil {
			r.source, err = m.elements.open(o.Path)
			err = broken(m.file, 0, err)
		}
	case len(o.Only) > 0:
		err = invalidf("Znaczniki (only) wskazuje się tylko przy danych OpenStreetMap, z profilem osm.", "Tags (only) are named only with OpenStreetMap data, by the profile osm.")
	case r.source == nil:
		r.source, err = p.open(o.Path, firstOf(o.Layer, p.layer))
		err = broken(m.file, 0, err)
	}
	if err != nil {
		return nil, err
	}
	m.publication = firstOf(o.Publication, p.publication)
	if m.asOf = p.asOf; !o.AsOf.IsZero() {
		m.asOf = o.AsOf
	}
	if m.crs, err = r.crs(); err != nil {
		r.source.Close()
		return nil, err
	}
	r.batch = &models.ImportBatch{Profile: p.Name, FileName: m.file, DryRun: o.DryRun, MunicipalityID: municipality}
	r.batch.ID = o.BatchID
	if m.crs != 0 {
		r.batch.CRS = &m.crs
	}
	return r, nil
}

// limit is the municipality an import is limited to: the one asked for, or the only one the actor may import in.
func limit(actor *models.User, asked *int64) (*int64, error) {
	scope := models.ScopeOf(actor, models.ActionImport, models.KindImportBatch)
	switch {
	case asked != nil || scope.All:
		return asked, nil
	case len(scope.Municipalities) == 1:
		return &scope.Municipalities[0], nil
	case len(scope.Municipalities) > 1:
		return nil, invalidf("Możesz importować w kilku gminach; wskaż jedną z nich.", "You may import in several municipalities; name one of them.")
	}
	return nil, nil // the store refuses with the right words
}

// crs is the reference system to read coordinates in, 0 when nobody says.
func (r *run) crs() (int, error) {
	p := r.o.Profile
	declared := r.source.CRS()
	for _, epsg := range []int{r.o.CRS, forced(p), declared, p.crs} {
		if epsg == 0 {
			continue
		}
		if !geo.Supported(epsg) {
			return 0, invalidf(fmt.Sprintf("Układ EPSG:%d nie jest obsługiwany.", epsg), fmt.Sprintf("The system EPSG:%d is not supported.", epsg))
		}
		return epsg, nil
	}
	return 0, nil
}

func forced(p *Profile) int {
	if p.forceCRS {
		return p.crs
	}
	return 0
}

func (r *run) run(ctx context.Context) error {
	tx, err := r.s.StartImport(ctx, r.actor, r.batch, r.o.Profile.byUID)
	if err != nil {
		return err
	}
	r.tx = tx
	defer tx.Close(context.WithoutCancel(ctx))
	stop := r.reportProgress(ctx)
	switch r.o.Profile.Target {
	case TargetPlace:
		err = r.places(ctx)
	case TargetCells:
		err = r.populationCells(ctx)
	default:
		err = r.municipalities(ctx)
	}
	stop()
	if err != nil {
		return err
	}
	if err := r.saveIssues(ctx); err != nil {
		return err
	}
	if r.o.DryRun {
		tx.Close(ctx)
		r.batch.Status, r.batch.Progress = models.ImportDone, 1
		err = r.s.EndImport(ctx, r.batch)
	} else {
		err = tx.Commit(ctx)
	}
	if err == nil {
		r.tell()
	}
	return err
}

// fail records the end of an import that kept nothing.
func (r *run) fail(ctx context.Context, cause error) error {
	after := context.WithoutCancel(ctx)
	b := r.batch
	b.Status = models.ImportFailed
	message := models.Text{PL: "Błąd wewnętrzny; nic nie zapisano. Szczegóły są w dzienniku programu.", EN: "An internal error; nothing was saved. The program's log has the details."}
	var known *models.Error
	if errors.As(cause, &known) {
		message = known.Message
	}
	if ctx.Err() != nil {
		b.Status = models.ImportInterrupted
		message = models.Text{PL: "Import przerwano; nic nie zapisano.", EN: "The import was interrupted; nothing was saved."}
	}
	b.Message = &message
	b.RowsCreated, b.RowsUpdated, b.RowsUnchanged = 0, 0, 0
	if err := r.saveIssues(after); err != nil {
		cause = errors.Join(cause, err)
	}
	if err := r.s.EndImport(after, b); err != nil {
		cause = errors.Join(cause, fmt.Errorf("record the failure: %w", err))
	}
	r.tell()
	return cause
}

// reportProgress saves and tells the progress about once a second until the returned function is called.
func (r *run) reportProgress(ctx context.Context) (stop func()) {
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		ticker := time.NewTicker(progressEvery)
		defer ticker.Stop()
		for {
			select {
			case <-done:
				return
			case <-ctx.Done():
				return
			case <-ticker.C:
				r.mu.Lock()
				b := *r.batch
				r.mu.Unlock()
				if err := r.s.SaveImportProgress(ctx, &b); err != nil {
					continue // the next second tries again; the import itself tells of a database that is gone
				}
				r.tell()
			}
		}
	}()
	return func() {
		close(done)
		<-stopped
	}
}

func (r *run) tell() {
	if r.o.Progress == nil {
		return
	}
	r.mu.Lock()
	b := *r.batch
	r.mu.Unlock()
	p := Progress{Batch: b}
	if seconds := time.Since(r.began).Seconds(); seconds > 0 {
		p.RowsPerSecond = float64(b.RowsRead) / seconds
	}
	r.o.Progress(p)
}

// parcel is a part of the file on its way through the import.
type parcel struct {
	rows     []*store.ImportRow
	names    map[string]string // see mapper.names
	read     int64
	fraction float32
	// end is why nothing follows in a file that could not be read to its end. It travels with the rows before it, so that
	// they are in the report.
	end error
}

// places runs reading, locating and writing beside one another, a parcel each: memory holds a few parcels whatever the size of
// the file.
func (r *run) places(ctx context.Context) error {
	group, inner := errgroup.WithContext(ctx)
	mapped, located := make(chan parcel), make(chan parcel)
	group.Go(func() error {
		defer close(mapped)
		return r.read(inner, mapped)
	})
	group.Go(func() error {
		defer close(located)
		for p := range mapped {
			if err := r.tx.Locate(inner, p.rows); err != nil {
				return err
			}
			select {
			case located <- p:
			case <-inner.Done():
				return inner.Err()
			}
		}
		return nil
	})
	group.Go(func() error {
		for p := range located {
			if err := r.tx.Write(inner, p.rows); err != nil {
				return err
			}
			if err := r.account(inner, p); err != nil {
				return err
			}
			if p.end != nil {
				return p.end
			}
		}
		return inner.Err()
	})
	if err := group.Wait(); err != nil {
		return err
	}
	return r.finish(ctx)
}

// finish runs the checks that need the whole file.
func (r *run) finish(ctx context.Context) error {
	issues, err := r.tx.Finish(ctx)
	if err != nil {
		return err
	}
	r.mu.Lock()
	r.batch.Warnings += int64(len(issues))
	r.mu.Unlock()
	return r.add(ctx, issues)
}

// read maps the file's rows and sends them on in parcels.
func (r *run) read(ctx context.Context, out chan<- parcel) error {
	send := func(p parcel) error {
		p.names = r.mapper.names
		if done, total := r.source.Progress(); total > 0 {
			p.fraction = min(float32(done)/float32(total), 1)
		}
		select {
		case out <- p:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	p := parcel{}
	size := 0
	for n := int64(0); ; n++ {
		row, err := r.source.Next()
		if err == io.EOF {
			return send(p)
		}
		if err == nil && n == 0 {
			err = r.suits(row)
		} else if err != nil {
			err = broken(r.mapper.file, n, err)
		}
		if err != nil {
			p.end = err
			return send(p)
		}
		mapped := r.mapper.placeRow(row)
		if mapped != nil || r.mapper.elements == nil {
			p.read++ // an element that is no place is no row
		}
		if mapped == nil {
			continue
		}
		p.rows = append(p.rows, mapped)
		if p.end = r.system(mapped); p.end != nil {
			return send(p)
		}
		size += 8 * flat(mapped.Place.Geom.T)
		for _, v := range row.Values {
			size += len(v)
		}
		if len(p.rows) == batchRows || size > batchBytes {
			if err := send(p); err != nil {
				return err
			}
			p, size = parcel{rows: make([]*store.ImportRow, 0, batchRows)}, 0
		}
	}
}

func flat(g geom.T) int {
	if c, ok := g.(*geom.GeometryCollection); ok {
		n := 0
		for _, m := range c.Geoms() {
			n += flat(m)
		}
		return n
	}
	if g == nil {
		return 0
	}
	return len(g.FlatCoords())
}

// suits refuses a file that lacks the columns of the key, which would only give an error for every row. A GeoJSON file may
// bring a property in a later feature.
func (r *run) suits(row *geo.Row) error {
	m := r.mapper
	if m.profile.columns.find(row.Columns) {
		m.learn()
	}
	if m.profile.key == nil || strings.Contains(fmt.Sprintf("%T", r.source), "geojson") {
		return nil
	}
	if name := m.profile.key.column(&m.profile.columns); m.profile.columns.places[m.profile.columns.index[name]] < 0 {
		have := strings.Join(row.Columns.Names(), ", ")
		return invalidf(fmt.Sprintf("Plik nie ma kolumny %q z identyfikatorem; ma: %s. Czy to właściwy profil?", name, have),
			fmt.Sprintf("The file has no column %q with the id; it has: %s. Is this the right profile?", name, have))
	}
	return nil
}

// system refuses the whole file once it is plain that its reference system is another one, or that nobody knows it.
func (r *run) system(row *store.ImportRow) error {
	wrong := models.ImportIssue{}
	for _, x := range row.Issues {
		switch {
		case x.Severity != models.SeverityError:
		case x.Code == codeNoCRS:
			return invalidf("Plik nie mówi, w jakim układzie są współrzędne. Podaj go: --crs, na przykład --crs EPSG:2180.",
				"The file does not say which reference system its coordinates are in. Name it: --crs, for example --crs EPSG:2180.")
		case x.Code == "not_degrees" || x.Code == "not_metres" || x.Code == "outside_crs":
			wrong = x
		}
	}
	if wrong.Code == "" {
		r.goodSystem++
		return nil
	}
	if r.wrongSystem++; r.wrongSystem < wrongSystemRows || r.wrongSystem < r.goodSystem {
		return nil
	}
	return invalidf(
		fmt.Sprintf("Współrzędne nie są w układzie EPSG:%d: nie pasuje %d wierszy, na przykład wiersz %d. %s Podaj właściwy układ: --crs.",
			r.mapper.crs, r.wrongSystem, wrong.Row, wrong.Reason.PL),
		fmt.Sprintf("The coordinates are not in the system EPSG:%d: %d rows do not fit, for example row %d. %s Name the right system: --crs.",
			r.mapper.crs, r.wrongSystem, wrong.Row, wrong.Reason.EN))
}

// account counts a parcel's outcomes and adds its issues to the report.
func (r *run) account(ctx context.Context, p parcel) error {
	var issues []models.ImportIssue
	r.names = p.names
	r.mu.Lock()
	b := r.batch
	b.RowsRead += p.read
	b.Progress = p.fraction
	for _, row := range p.rows {
		switch row.Outcome {
		case store.ImportCreated:
			b.RowsCreated++
		case store.ImportUpdated:
			b.RowsUpdated++
		case store.ImportUnchanged:
			b.RowsUnchanged++
		default:
			b.RowsFailed++
		}
		for _, x := range row.Issues {
			if x.Severity == models.SeverityWarning {
				b.Warnings++
			}
			if row.PlaceID != 0 {
				x.PlaceID = &row.PlaceID
			}
			if r.mapper.elements != nil && len(row.ExternalIDs) > 0 { // a row's number is not to be found in such a file
				id := row.ExternalIDs[0].Value
				x.Reason = models.Text{PL: id + ": " + x.Reason.PL, EN: id + ": " + x.Reason.EN}
			}
			issues = append(issues, x)
		}
	}
	r.mu.Unlock()
	return r.add(ctx, issues)
}

// add brings issues into the words of the source and saves them when there are many.
func (r *run) add(ctx context.Context, issues []models.ImportIssue) error {
	for _, x := range issues {
		if x.Field = strings.TrimPrefix(fieldName(x.Field), "$"); r.names[x.Field] != "" {
			x.Field = r.names[x.Field]
		}
		if runes := []rune(x.Value); len(runes) > maxIssueValue {
			x.Value = string(runes[:maxIssueValue])
		}
		r.issues = append(r.issues, x)
	}
	if len(r.issues) < 1000 {
		return nil
	}
	return r.saveIssues(ctx)
}

// fieldName is the audit name in what an issue points at.
func fieldName(field string) string {
	if strings.HasPrefix(field, "/") {
		return fieldOfPointer(field)
	}
	return field
}

func (r *run) saveIssues(ctx context.Context) error {
	if len(r.issues) == 0 {
		return nil
	}
	if err := r.s.SaveImportIssues(ctx, r.batch.ID, r.saved, r.issues); err != nil {
		return fmt.Errorf("save the report: %w", err)
	}
	r.saved += int64(len(r.issues))
	r.issues = r.issues[:0]
	return nil
}

// municipalities imports outlines or populations: few rows, one by one.
func (r *run) municipalities(ctx context.Context) error {
	create := r.o.Profile.Target == TargetMunicipality
	seen := map[string]int64{}
	for n := int64(0); ; n++ {
		row, err := r.source.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return broken(r.mapper.file, n, err)
		}
		mapped, m, fields := r.mapper.municipalityRow(row)
		if wrong := r.system(mapped); wrong != nil {
			if err := r.account(ctx, parcel{rows: []*store.ImportRow{mapped}, names: r.mapper.names, read: 1}); err != nil {
				return err
			}
			return wrong
		}
		if first, ok := seen[m.TERYT]; ok && mapped.Outcome != store.ImportRejected {
			mapped.Error("teryt", m.TERYT, "duplicate", fmt.Sprintf("Ta sama gmina jest w wierszu %d.", first), fmt.Sprintf("The same municipality is in row %d.", first))
		}
		if mapped.Outcome != store.ImportRejected {
			seen[m.TERYT] = mapped.Number
			if mapped.Outcome, err = r.tx.WriteMunicipality(ctx, r.actor, m, fields, create); err != nil {
				if models.CodeOf(err) != models.CodeInvalid && models.CodeOf(err) != models.CodeConflict {
					return err
				}
				r.mapper.invalidMunicipality(mapped, err)
			}
		}
		p := parcel{rows: []*store.ImportRow{mapped}, names: r.mapper.names, read: 1}
		if done, total := r.source.Progress(); total > 0 {
			p.fraction = min(float32(done)/float32(total), 1)
		}
		if err := r.account(ctx, p); err != nil {
			return err
		}
	}
}

// Undo takes an import back; see store.UndoImport.
func Undo(ctx context.Context, s *store.Store, actor *models.User, batchID int64) (store.UndoReport, error) {
	return s.UndoImport(ctx, actor, batchID)
}
