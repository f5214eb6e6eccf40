package v1

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/access/note"
	"wolnica/models/store"
)

// A client may report so often: reportBurst times at once, then once in every reportPeriod.
const (
	reportBurst  = 5
	reportPeriod = 3 * time.Minute
	// reportBody is the largest report, in bytes.
	reportBody = 16 << 10
)

// ChangedText is a text in a merge patch: absent says nothing, null and the empty text take the value away.
type ChangedText struct {
	Said bool
	Text string
}

// UnmarshalJSON reads a text or null.
func (c *ChangedText) UnmarshalJSON(b []byte) error {
	c.Said, c.Text = true, ""
	if string(b) == "null" {
		return nil
	}
	return json.Unmarshal(b, &c.Text)
}

// MarshalJSON writes what is read.
func (c ChangedText) MarshalJSON() ([]byte, error) { return json.Marshal(c.Text) }

// Expected says what the type takes, for problems.
func (*ChangedText) Expected() (pl, en string) { return "tekstu albo null", "a string or null" }

// JSONSchemaBytes is the schema the type is documented with.
func (ChangedText) JSONSchemaBytes() ([]byte, error) {
	return []byte(`{"type":["string","null"]}`), nil
}

// ChangedName is a text in two languages in a merge patch.
type ChangedName struct {
	PL ChangedText `json:"pl,omitzero"`
	EN ChangedText `json:"en,omitzero"`
}

// PlaceChanges is a merge patch of what a passer-by may know of a place.
type PlaceChanges struct {
	Name         ChangedName    `json:"name,omitzero"`
	Description  ChangedName    `json:"description,omitzero"`
	Lifecycle    ChangedText    `json:"lifecycle,omitzero"`
	Geometry     geo.Geometry   `json:"geometry,omitzero"`
	Address      ChangedAddress `json:"address,omitzero"`
	Website      ChangedText    `json:"website,omitzero"`
	OpeningHours ChangedText    `json:"opening_hours,omitzero"`
}

// ChangedAddress is an address in a merge patch.
type ChangedAddress struct {
	Locality    ChangedText `json:"locality,omitzero"`
	Street      ChangedText `json:"street,omitzero"`
	HouseNumber ChangedText `json:"house_number,omitzero"`
	Postcode    ChangedText `json:"postcode,omitzero"`
}

// ProductChanges is a merge patch of what a passer-by may know of a product.
type ProductChanges struct {
	Name        ChangedName `json:"name,omitzero"`
	Description ChangedName `json:"description,omitzero"`
	Status      ChangedText `json:"status,omitzero"`
	Website     ChangedText `json:"website,omitzero"`
	Season      ChangedText `json:"season,omitzero"`
	Price       ChangedText `json:"price,omitzero"`
}

// ReportedFact is a fact of accessibility as a passer-by saw it.
type ReportedFact struct {
	Part       string          `json:"part,omitzero"`
	Attribute  string          `json:"attribute" validate:"required,access_attribute"`
	State      string          `json:"state,omitzero" validate:"omitempty,oneof=known not_applicable"`
	Value      json.RawMessage `json:"value,omitzero"`
	Unit       string          `json:"unit,omitzero"`
	ObservedOn *models.Date    `json:"observed_on" validate:"required"`
}

// ReportWords is what a report says beside changes of fields.
type ReportWords struct {
	// Message may be left out when there are changes or facts.
	Message string         `json:"message,omitzero"`
	Facts   []ReportedFact `json:"facts,omitzero" validate:"max=50,dive"`
	// RecordVersion is the version of the record that the reporter saw.
	RecordVersion *int   `json:"record_version,omitzero" validate:"omitempty,gte=1"`
	Lang          string `json:"lang,omitzero" validate:"omitempty,oneof=pl en"`
}

// PlaceReportInput is a report of a change at a place.
type PlaceReportInput struct {
	ReportWords
	Changes PlaceChanges `json:"changes,omitzero"`
}

// ProductReportInput is a report of a change of a product.
type ProductReportInput struct {
	ReportWords
	Changes ProductChanges `json:"changes,omitzero"`
}

type reportedText struct {
	pointer string
	text    ChangedText
}

// changesOf are the items of the texts that were said.
func changesOf(texts ...reportedText) ([]models.ReportItem, error) {
	var items []models.ReportItem
	for _, t := range texts {
		if !t.text.Said {
			continue
		}
		item := models.ReportItem{KindCode: models.ReportChange, Field: t.pointer}
		if t.text.Text != "" {
			b, err := json.Marshal(t.text.Text)
			if err != nil {
				return nil, err
			}
			item.Proposed = b
		}
		items = append(items, item)
	}
	return items, nil
}

func (c PlaceChanges) items() ([]models.ReportItem, error) {
	items, err := changesOf(reportedText{"/name/pl", c.Name.PL}, reportedText{"/name/en", c.Name.EN}, reportedText{"/description/pl", c.Description.PL},
		reportedText{"/description/en", c.Description.EN}, reportedText{"/lifecycle", c.Lifecycle}, reportedText{"/address/locality", c.Address.Locality},
		reportedText{"/address/street", c.Address.Street}, reportedText{"/address/house_number", c.Address.HouseNumber},
		reportedText{"/address/postcode", c.Address.Postcode}, reportedText{"/website", c.Website}, reportedText{"/opening_hours", c.OpeningHours})
	if err != nil || c.Geometry.T == nil {
		return items, err
	}
	b, err := json.Marshal(c.Geometry)
	return append(items, models.ReportItem{KindCode: models.ReportChange, Field: "/geometry", Proposed: b}), err
}

func (c ProductChanges) items() ([]models.ReportItem, error) {
	return changesOf(reportedText{"/name/pl", c.Name.PL}, reportedText{"/name/en", c.Name.EN}, reportedText{"/description/pl", c.Description.PL},
		reportedText{"/description/en", c.Description.EN}, reportedText{"/status", c.Status}, reportedText{"/website", c.Website},
		reportedText{"/season", c.Season}, reportedText{"/price", c.Price})
}

// report is the report of the words and the changes.
func (w ReportWords) report(changes []models.ReportItem) (*models.Report, error) {
	r := &models.Report{RecordVersion: w.RecordVersion, Lang: or(w.Lang, string(models.Polish)), State: models.ReportOpen}
	if w.Message != "" {
		r.Items = append(r.Items, models.ReportItem{KindCode: models.ReportMessage, Message: w.Message})
	}
	r.Items = append(r.Items, changes...)
	var wrong models.Fields
	for i, f := range w.Facts {
		wrong = append(wrong, wrongUnit("/facts/"+formatID(int64(i))+"/unit", f.Attribute, f.Unit)...)
		r.Items = append(r.Items, models.ReportItem{KindCode: models.ReportFact, Part: f.Part, Attribute: f.Attribute, FactState: or(f.State, models.FactKnown),
			Proposed: f.Value, ObservedOn: f.ObservedOn})
	}
	return r, wrong.Err()
}

// ReportReceipt says that a report has come. It names nothing by which it could be read.
type ReportReceipt struct {
	ID        int64     `json:"id"`
	CreatedAt time.Time `json:"created_at"`
}

// Report is a report in the queue of those who decide on it.
type Report struct {
	Meta
	PlaceID          *int64       `json:"place_id,omitzero"`
	ProductID        *int64       `json:"product_id,omitzero"`
	RecordName       models.Text  `json:"record_name"`
	MunicipalityID   *int64       `json:"municipality_id,omitzero"`
	MunicipalityName string       `json:"municipality_name,omitzero"`
	Lang             string       `json:"lang" validate:"oneof=pl en"`
	State            string       `json:"state" validate:"report_state"`
	Note             string       `json:"note,omitzero"`
	Items            []ReportItem `json:"items"`
	// SeenVersion is the version of the record that the reporter saw, RecordVersion the one it has now.
	SeenVersion   *int `json:"seen_version,omitzero"`
	RecordVersion int  `json:"record_version"`
}

// ReportItem is one thing a report says. Absent values are none.
type ReportItem struct {
	ID      int64  `json:"id"`
	Kind    string `json:"kind" validate:"report_item_kind"`
	State   string `json:"state" validate:"report_state"`
	Message string `json:"message,omitzero"`
	// Redacted says that what the reporter wrote here, message or proposed, was taken away.
	Redacted bool `json:"redacted,omitzero"`
	// Field is a JSON pointer into the record; Before is its value when the report came.
	Field    string          `json:"field,omitzero"`
	Label    *models.Text    `json:"label,omitzero"`
	Before   json.RawMessage `json:"before,omitzero"`
	Proposed json.RawMessage `json:"proposed,omitzero"`
	// Current is the record's value now. ChangedSince says that it is another than Before, or that the record changed between SeenVersion
	// and the report; when a single report is read.
	Current      json.RawMessage `json:"current,omitzero"`
	ChangedSince bool            `json:"changed_since,omitzero"`
	// Part to Sentence are those of a fact.
	Part       string          `json:"part,omitzero"`
	Attribute  string          `json:"attribute,omitzero" validate:"omitempty,access_attribute"`
	FactState  string          `json:"fact_state,omitzero" validate:"omitempty,fact_state"`
	Value      json.RawMessage `json:"value,omitzero"`
	Unit       string          `json:"unit,omitzero"`
	ObservedOn *models.Date    `json:"observed_on,omitzero"`
	Sentence   *models.Text    `json:"sentence,omitzero"`
	// CurrentFacts are the standing facts of the same attribute of the same part; when a single report is read.
	CurrentFacts []AccessFact `json:"current_facts,omitzero"`
	// Applied is what was written when the item was accepted.
	Applied   json.RawMessage `json:"applied,omitzero"`
	FactID    *int64          `json:"fact_id,omitzero"`
	DecidedBy *int64          `json:"decided_by,omitzero"`
	DecidedAt *time.Time      `json:"decided_at,omitzero"`
}

func reportOut(r store.ListedReport) Report {
	return Report{Meta: metaOf(&r.Record), PlaceID: r.PlaceID, ProductID: r.ProductID, RecordName: models.Text{PL: r.RecordNamePL, EN: r.RecordNameEN},
		MunicipalityID: r.MunicipalityID, MunicipalityName: r.MunicipalityName, Lang: r.Lang, State: r.State, Note: r.Note, SeenVersion: r.RecordVersion,
		RecordVersion: r.CurrentVersion, Items: mapSlice(r.Items, reportItemOut)}
}

func reportItemOut(i models.ReportItem) ReportItem {
	out := ReportItem{ID: i.ID, Kind: i.KindCode, State: i.State, Message: i.Message, Redacted: i.Redacted, Field: i.Field, Part: i.Part, Attribute: i.Attribute, FactState: i.FactState,
		ObservedOn: i.ObservedOn, Applied: i.Applied, FactID: i.FactID, DecidedBy: i.DecidedBy}
	if i.DecidedAt != nil {
		at := i.DecidedAt.UTC()
		out.DecidedAt = &at
	}
	switch i.KindCode {
	case models.ReportChange:
		out.Before, out.Proposed = i.Before, i.Proposed
		if f, ok := models.ReportFieldByPointer(i.Field); ok {
			out.Label = &f.Label
		}
	case models.ReportFact:
		out.Value = i.Proposed
		if info, ok := models.AccessAttributeByCode(i.Attribute); ok {
			out.Unit = info.Unit
		}
		s := note.Sentence(i.Part, i.Attribute, i.FactState, i.Proposed)
		out.Sentence = &s
	}
	return out
}

func reportDetailOut(d *store.ReportDetail) (Report, error) {
	out := reportOut(d.ListedReport)
	// what the reporter looked at was not what the record had when the report came
	seenBefore := d.RecordVersion != nil && d.ReceivedVersion != nil && *d.RecordVersion != *d.ReceivedVersion
	for i := range out.Items {
		item := &out.Items[i]
		switch item.Kind {
		case models.ReportChange:
			field, ok := models.ReportFieldByPointer(item.Field)
			if !ok {
				continue
			}
			var err error
			if item.Current, err = field.Value(d.Record); err != nil {
				return Report{}, err
			}
			item.ChangedSince = !store.SameJSON(item.Before, item.Current) || seenBefore
		case models.ReportFact:
			item.CurrentFacts = mapSlice(d.Facts[item.ID], accessFactOut)
		}
	}
	return out, nil
}

// DecideInput is what a reviewer decides on a report.
type DecideInput struct {
	Items []ItemDecision `json:"items" validate:"required,min=1,max=100,dive"`
	// RecordVersion is the version of the record that was compared with; accepted fields need it.
	RecordVersion *int   `json:"record_version,omitzero" validate:"omitempty,gte=1"`
	Note          string `json:"note,omitzero"`
}

// ItemDecision decides on one item. Of an accepted one the other members correct what was proposed.
type ItemDecision struct {
	ID       int64  `json:"id" validate:"gte=1"`
	Decision string `json:"decision" validate:"required,oneof=accept reject"`
	// Value takes the place of the proposed one; null empties a field.
	Value      json.RawMessage `json:"value,omitzero"`
	Part       *string         `json:"part,omitzero"`
	State      *string         `json:"state,omitzero" validate:"omitempty,oneof=known not_applicable"`
	ObservedOn *models.Date    `json:"observed_on,omitzero"`
	// Method is reported unless the reviewer knows better.
	Method string `json:"method,omitzero" validate:"omitempty,method"`
}

// ReportList is a page of reports; Total counts all that pass the filter.
type ReportList struct {
	Items []Report `json:"items"`
	Next  string   `json:"next,omitzero"`
	Total int64    `json:"total"`
}

// ReportCounts are how many reports wait for the reader.
type ReportCounts struct {
	Open           int64         `json:"open"`
	Municipalities []ReportCount `json:"municipalities"`
}

// ReportCount is how many wait in a municipality; teryt is none for records outside all.
type ReportCount struct {
	MunicipalityID *int64 `json:"municipality_id,omitzero"`
	TERYT          string `json:"teryt"`
	Name           string `json:"name"`
	Open           int64  `json:"open"`
}

type placeReportIn struct {
	ID   int64            `path:"id" doc:"Number of the place." pl:"Numer miejsca."`
	Body PlaceReportInput `body:"json"`
}

type productReportIn struct {
	ID   int64              `path:"id" doc:"Number of the product." pl:"Numer produktu."`
	Body ProductReportInput `body:"json"`
}

type receiptOut struct {
	Status int
	Body   ReportReceipt
}

type reportsIn struct {
	Limit        int      `query:"limit" default:"50" validate:"gte=1,lte=200" doc:"Most records in the answer." pl:"Najwyżej tyle rekordów w odpowiedzi."`
	Cursor       string   `query:"cursor" doc:"Where the page begins: next of the previous answer." pl:"Początek strony: next z poprzedniej odpowiedzi."`
	State        []string `query:"state" validate:"dive,report_state" doc:"Only reports in these states." pl:"Tylko zgłoszenia w tych stanach." example:"open"`
	Municipality []string `query:"municipality" doc:"TERYT codes, or none for records outside all municipalities." pl:"Kody TERYT albo none: rekordy poza gminami." example:"1261011"`
	PlaceID      *int64   `query:"place_id" validate:"omitempty,gte=1" doc:"Only those of the place." pl:"Tylko zgłoszenia o tym miejscu."`
	ProductID    *int64   `query:"product_id" validate:"omitempty,gte=1" doc:"Only those of the product." pl:"Tylko zgłoszenia o tym produkcie."`
}

type reportsOut struct {
	Link string `header:"Link"`
	Body ReportList
}

type reportCountsOut struct{ Body ReportCounts }

type decideIn struct {
	ID      int64       `path:"id" doc:"Number of the report." pl:"Numer zgłoszenia."`
	Version api.Version `header:"If-Match" doc:"The version you decide on, from ETag." pl:"Wersja, którą rozpatrujesz, z nagłówka ETag."`
	Body    DecideInput `body:"json"`
}

type redactIn struct {
	ID      int64       `path:"id" doc:"Number of the report." pl:"Numer zgłoszenia."`
	Version api.Version `header:"If-Match" doc:"The version that was read, from ETag." pl:"Odczytana wersja, z nagłówka ETag."`
}

// reports are the routes by which anybody reports a change, and staff decide on it.
func (h *handlers) reports() []api.Route {
	const path = "/api/v1/reports"
	limit := auth.UnlessSignedIn(api.NewLimiter(reportPeriod, reportBurst, 10_000).Handler())
	send := func(id, pl, en string) api.Doc {
		return api.Doc{ID: id, Tag: "reports", Statuses: []int{201}, BodyLimit: reportBody, Summary: models.Text{PL: pl, EN: en},
			Problems: []models.Code{models.CodeInvalid, models.CodeRateLimited},
			Description: models.Text{
				PL: "Bez konta. Nie zapisujemy, kto zgłasza: ani adresu e-mail, ani adresu sieciowego. Zgłoszenie nic nie zmienia, dopóki nie przyjmie go opiekun rejestru. W changes podaj tylko to, co się zmieniło; null usuwa wartość. Z jednego adresu pięć zgłoszeń naraz, potem jedno co trzy minuty.",
				EN: "Without an account. Who reports is not kept: no e-mail, no network address. A report changes nothing until the keepers of the registry accept it. In changes give only what has changed; null removes a value. From one address five reports at once, then one every three minutes."}}
	}
	doc := func(id, pl, en string) api.Doc {
		return api.Doc{ID: id, Tag: "reports", Auth: true, Summary: models.Text{PL: pl, EN: en}, Problems: []models.Code{models.CodeUnauthenticated}}
	}
	create := func(ctx context.Context, r *models.Report, err error) (receiptOut, error) {
		if err == nil {
			err = h.store.CreateReport(ctx, auth.UserFrom(ctx), r)
		}
		if err != nil {
			return receiptOut{}, err
		}
		return receiptOut{Status: 201, Body: ReportReceipt{ID: r.ID, CreatedAt: r.CreatedAt.UTC()}}, nil
	}
	read := func(ctx context.Context, id int64) (recordOut[Report], error) {
		d, err := h.store.Report(ctx, auth.UserFrom(ctx), id)
		if err != nil {
			return recordOut[Report]{}, err
		}
		out, err := reportDetailOut(d)
		return recordOut[Report]{Status: 200, Version: api.Version(d.Version), Body: out}, err
	}
	list := doc("listReports", "Kolejka zgłoszeń zmian", "The queue of reports of changes")
	list.Class = api.Heavy
	decide := doc("decideReport", "Rozpatrz zgłoszenie, pozycja po pozycji", "Decide on a report, item by item")
	decide.Problems = append(decide.Problems, models.CodeInvalid, models.CodeForbidden, models.CodeConflict)
	decide.Description = models.Text{
		PL: "Wszystko albo nic, w jednej transakcji: przyjęte pola zmieniają rekord, przyjęte fakty stają się faktami o dostępności z metodą reported. Przyjęcie pola wymaga record_version, czyli wersji rekordu, z którą porównano zgłoszenie; nieaktualna daje 412 ze wskazaniem /record_version. Pozycja już rozpatrzona daje 409.",
		EN: "All or nothing, in one transaction: accepted fields change the record, accepted facts become facts of accessibility with the method reported. Accepting a field needs record_version, the version of the record the report was compared with; a stale one gives 412 that points at /record_version. An item that was decided on gives 409."}
	redact := doc("redactReport", "Usuń treść rozpatrzonego zgłoszenia", "Remove the text of a decided report")
	redact.Problems = append(redact.Problems, models.CodeForbidden, models.CodeConflict)
	redact.Description = models.Text{
		PL: "Na zawsze usuwa to, co zgłaszający napisał: wiadomość i zaproponowane teksty, gdy mówią o osobie. Co z nich przyjęto, zostaje w rekordzie. Dla osób, które mogą czytać dane osobowe; zgłoszenie otwarte daje 409.",
		EN: "Removes for good what the reporter wrote, the message and proposed texts, when it tells of a person. What was accepted of it stays in the record. For those who may read personal data; an open report gives 409."}
	return []api.Route{
		api.Handle("POST", "/api/v1/places/{id}/reports", send("reportPlace", "Zgłoś zmianę miejsca", "Report a change at a place"), func(ctx context.Context, in placeReportIn) (receiptOut, error) {
			changes, err := in.Body.Changes.items()
			if err != nil {
				return receiptOut{}, err
			}
			if g := in.Body.Changes.Geometry; g.T != nil && !g.IsPoint() {
				return receiptOut{}, models.Invalid("/changes/geometry", "type", "Oczekiwano punktu (Point).", "Expected a Point.")
			}
			r, err := in.Body.report(changes)
			r.PlaceID = &in.ID
			return create(ctx, r, err)
		}).With(limit),
		api.Handle("POST", "/api/v1/products/{id}/reports", send("reportProduct", "Zgłoś zmianę produktu", "Report a change of a product"), func(ctx context.Context, in productReportIn) (receiptOut, error) {
			changes, err := in.Body.Changes.items()
			if err != nil {
				return receiptOut{}, err
			}
			r, err := in.Body.report(changes)
			r.ProductID = &in.ID
			return create(ctx, r, err)
		}).With(limit),
		api.Handle("GET", path, list, func(ctx context.Context, in reportsIn) (reportsOut, error) {
			rows, total, next, err := h.store.Reports(ctx, auth.UserFrom(ctx), store.ReportFilter{States: in.State, Municipalities: in.Municipality, PlaceID: in.PlaceID, ProductID: in.ProductID},
				models.Page{Limit: in.Limit, Cursor: in.Cursor})
			if err != nil {
				return reportsOut{}, err
			}
			page := listPage(path, QueryOf(in), mapSlice(rows, reportOut), next)
			return reportsOut{Link: page.Link, Body: ReportList{Items: page.Body.Items, Next: next, Total: total}}, nil
		}),
		api.Handle("GET", path+"/count", doc("countReports", "Policz zgłoszenia do rozpatrzenia", "Count the reports that wait"), func(ctx context.Context, _ struct{}) (reportCountsOut, error) {
			counts, err := h.store.OpenReports(ctx, auth.UserFrom(ctx))
			out := ReportCounts{Municipalities: mapSlice(counts, func(c store.ReportCount) ReportCount { return ReportCount(c) })}
			for _, c := range counts {
				out.Open += c.Open
			}
			return reportCountsOut{Body: out}, err
		}),
		api.Handle("GET", path+"/{id}", doc("readReport", "Odczytaj zgłoszenie obok obecnych wartości", "Read a report beside the current values"), func(ctx context.Context, in idIn) (recordOut[Report], error) {
			return read(ctx, in.ID)
		}),
		api.Handle("GET", path+"/{id}/history", doc("historyReport", "Historia zgłoszenia", "History of a report"), func(ctx context.Context, in historyIn) (listOut[Revision], error) {
			if _, err := h.store.Report(ctx, auth.UserFrom(ctx), in.ID); err != nil {
				return listOut[Revision]{}, err
			}
			revisions, next, err := store.History[models.Report](ctx, h.store, auth.UserFrom(ctx), in.ID, models.Page{Limit: in.Limit, Cursor: in.Cursor})
			if err != nil {
				return listOut[Revision]{}, err
			}
			return listPage(path+"/"+formatID(in.ID)+"/history", QueryOf(in), mapSlice(revisions, revisionOut), next), nil
		}),
		api.Handle("POST", path+"/{id}/decide", decide, func(ctx context.Context, in decideIn) (recordOut[Report], error) {
			decisions := mapSlice(in.Body.Items, func(d ItemDecision) store.ReportDecision {
				return store.ReportDecision{ItemID: d.ID, Accept: d.Decision == "accept", Value: slices.Clone(d.Value), Part: d.Part, State: d.State, ObservedOn: d.ObservedOn, Method: d.Method}
			})
			if err := h.store.DecideReport(ctx, auth.UserFrom(ctx), in.ID, int(in.Version), decisions, in.Body.RecordVersion, in.Body.Note); err != nil {
				return recordOut[Report]{}, err
			}
			return read(ctx, in.ID)
		}),
		api.Handle("POST", path+"/{id}/redact", redact, func(ctx context.Context, in redactIn) (recordOut[Report], error) {
			if err := h.store.RedactReport(ctx, auth.UserFrom(ctx), in.ID, int(in.Version)); err != nil {
				return recordOut[Report]{}, err
			}
			return read(ctx, in.ID)
		}),
	}
}
