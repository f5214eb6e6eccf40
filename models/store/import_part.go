package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"wolnica/models"
	"wolnica/models/access"
)

// partTable says how imports write one kind of part. Parts travel to PostgreSQL as JSON records: there are few of them
// next to places, external ids and revisions, which go by COPY.
type partTable struct {
	kind  models.Kind
	name  string
	fresh func() models.Part
	// texts are the columns that hold "" when nothing is known, others those that hold NULL.
	texts, others []string
	// same gives what tells two parts of one place apart, so that a part of a file finds the stored one it means.
	same func(state map[string]any) string
}

var partTables = []*partTable{
	{
		kind: models.KindProtection, name: "protections", fresh: func() models.Part { return &models.Protection{} },
		texts: []string{"kind", "code", "number_raw", "decision_number", "authority", "legal_basis", "order_number", "scope", "url", "note",
			"owner", "method"},
		others: []string{"place_id", "register_numbers", "basis_point", "agreed_on", "entered_on", "amended_on", "ended_on", "owner_notified_on"},
		same:   func(s map[string]any) string { return fmt.Sprint(s["kind"], "/", s["code"]) },
	},
	{
		kind: models.KindInspection, name: "inspections", fresh: func() models.Part { return &models.Inspection{} },
		texts: []string{"scale", "grade", "trend", "priority", "occupancy", "survey_access", "action_pl", "action_urgency", "note", "method",
			"observer", "source"},
		others: []string{"place_id", "inspected_on", "elements", "action_cost_pln", "superseded_by"},
		same:   func(s map[string]any) string { return fmt.Sprint(s["scale"], "/", s["inspected_on"]) },
	},
	{
		kind: models.KindAccessFact, name: "access_facts", fresh: func() models.Part { return &models.AccessFact{} },
		texts:  []string{"part", "attribute", "state", "method", "observer", "source_url", "licence", "note"},
		others: []string{"place_id", "value", "observed_on", "media_id", "valid_from", "valid_until", "superseded_by"},
		same: func(s map[string]any) string {
			return fmt.Sprint(partOf(s), "/", s["attribute"], "/", s["observed_on"])
		},
	},
}

// partOf is the part a fact stands at, however it spells it: a door's width at "" is that at the entrance.
func partOf(fact map[string]any) any {
	name, _ := fact["part"].(string)
	attribute, _ := fact["attribute"].(string)
	if attr, ok := access.AttrByCode(attribute); ok {
		if part, ok := access.PartOf(name, attr); ok {
			return part
		}
	}
	return name
}

func (p *partTable) columns(prefix string) string {
	var names []string
	for _, c := range slices.Concat(p.others, p.texts) {
		names = append(names, prefix+c)
	}
	return strings.Join(names, ", ")
}

// auditName is the name a column has in the audit.
func auditName(column string) string {
	if column == "action_pl" {
		return "action"
	}
	return column
}

// record is a part with every column, as JSON for jsonb_populate_recordset.
func (p *partTable) record(part models.Part, state map[string]any) map[string]any {
	r := map[string]any{}
	for _, c := range p.texts {
		r[c] = ""
	}
	for _, c := range slices.Concat(p.texts, p.others) {
		if v, ok := state[auditName(c)]; ok {
			r[c] = v
		}
	}
	switch v := part.(type) {
	case *models.Protection:
		r["register_numbers"] = []string(v.RegisterNumbers)
		if v.RegisterNumbers == nil {
			r["register_numbers"] = []string{}
		}
	case *models.Inspection:
		if r["elements"] == nil {
			r["elements"] = []any{}
		}
	}
	return r
}

// derived is what the triggers derive from a place's parts: the codes of the protections in force, and the grade and date
// of the latest inspection that assessed anything.
func derived(parts []ImportPart, today time.Time) (protections []string, grade string, inspected models.Date) {
	for _, p := range parts {
		switch v := p.Part.(type) {
		case *models.Protection:
			if (v.EndedOn == nil || v.EndedOn.After(today)) && !slices.Contains(protections, v.Code) {
				protections = append(protections, v.Code)
			}
		case *models.Inspection:
			if v.Grade != models.GradeNotAssessed && v.SupersededBy == nil && !v.InspectedOn.Before(inspected.Time) {
				grade, inspected = v.Grade, v.InspectedOn
			}
		}
	}
	slices.Sort(protections)
	return protections, grade, inspected
}

type newPart struct {
	placeID int64
	part    models.Part
}

// insertParts writes new parts with their revisions.
func (t *Import) insertParts(ctx context.Context, tx pgx.Tx, parts []newPart) error {
	for _, table := range partTables {
		var records []map[string]any
		var states []map[string]any
		for _, n := range parts {
			if n.part.Kind() != table.kind {
				continue
			}
			setPlace(n.part, n.placeID)
			t.judgeFor(n.part, n.placeID)
			state, err := auditState(n.part)
			if err != nil {
				return err
			}
			states = append(states, state)
			records = append(records, table.record(n.part, state))
		}
		if len(records) == 0 {
			continue
		}
		ids, err := reserve(ctx, tx, table.name, len(records))
		if err != nil {
			return fmt.Errorf("reserve ids: %w", err)
		}
		for i := range records {
			records[i]["id"] = ids[i]
			if err := t.revisePart(table.kind, ids[i], 1, models.RevisionCreate, diff(nil, states[i])); err != nil {
				return err
			}
		}
		data, err := json.Marshal(records)
		if err != nil {
			return fmt.Errorf("write %s: %w", table.name, err)
		}
		if _, err := tx.Exec(ctx, `INSERT INTO `+table.name+` (id, created_at, updated_at, `+table.columns("")+`)
			SELECT id, $2, $2, `+table.columns("")+` FROM jsonb_populate_recordset(NULL::`+table.name+`, $1::jsonb)`, string(data), t.now); err != nil {
			return fmt.Errorf("write %s: %w", table.name, err)
		}
	}
	return nil
}

func (t *Import) revisePart(kind models.Kind, id int64, version int, action string, change map[string][2]any) error {
	b, err := json.Marshal(change)
	if err != nil {
		return fmt.Errorf("audit %s %d: %w", kind, id, err)
	}
	c, at := t.revise(kind, id, version, action)
	c.data = append(c.data, b...)
	c.endJSON(at)
	return nil
}

func setPlace(p models.Part, placeID int64) {
	switch v := p.(type) {
	case *models.Protection:
		v.PlaceID = placeID
	case *models.Inspection:
		v.PlaceID = placeID
	case *models.AccessFact:
		v.PlaceID = &placeID
	}
}

// storedPart is a part that a known place already has.
type storedPart struct {
	id      int64
	version int
	deleted bool
	state   map[string]any
}

// updateParts brings the parts of known places up to what the file says: a part that is not there is added, one that is
// changes where the file says something else, one that a person deleted stays deleted. A fact of another day has to stand beside
// what people decided (factShelf.keepsOut). Parts the file does not speak of are left alone.
func (t *Import) updateParts(ctx context.Context, tx pgx.Tx, rows []*ImportRow) error {
	var added []newPart
	for _, table := range partTables {
		var places []int64
		for _, r := range rows {
			if slices.ContainsFunc(r.Parts, func(p ImportPart) bool { return p.Part.Kind() == table.kind }) {
				places = append(places, r.PlaceID)
			}
		}
		if len(places) == 0 {
			continue
		}
		known, err := t.loadParts(ctx, tx, table, places)
		if err != nil {
			return fmt.Errorf("read %s: %w", table.name, err)
		}
		shelf := &factShelf{}
		if table.kind == models.KindAccessFact {
			if shelf, err = shelve(ctx, tx, known); err != nil {
				return err
			}
		}
		type pair struct {
			row    *ImportRow
			part   ImportPart
			stored *storedPart
			state  map[string]any
			differ []string
		}
		var pairs []pair
		var ids []int64
		for _, r := range rows {
			taken := map[string]int{}
			var doors map[int]uint16
			if table.kind == models.KindAccessFact {
				doors = shelf.doors(r)
			}
			for _, p := range r.Parts {
				if p.Part.Kind() != table.kind {
					continue
				}
				if f, ok := p.Part.(*models.AccessFact); ok && p.Door > 0 {
					f.Part = access.Part{Link: access.Entrance, N: doors[p.Door]}.String()
				}
				setPlace(p.Part, r.PlaceID)
				state, err := auditState(p.Part)
				if err != nil {
					return err
				}
				key := table.same(state)
				nth := taken[key]
				taken[key]++
				candidates := known[r.PlaceID][key]
				var same *storedPart
				if nth < len(candidates) {
					same = candidates[nth]
				}
				if table.kind == models.KindAccessFact {
					if why := shelf.keepsOut(r.PlaceID, p.ByPosition, state, same); why != nil {
						r.Warn(string(table.kind), key, "kept", why.PL, why.EN)
						continue
					}
				}
				if same == nil {
					added = append(added, newPart{r.PlaceID, p.Part})
					r.Outcome = ImportUpdated
					continue
				}
				if same.deleted {
					r.Warn(string(table.kind), key, "deleted", "Ten wpis usunięto wcześniej; import go nie przywraca.",
						"This entry was deleted earlier; the import does not bring it back.")
					continue
				}
				var differ []string
				for _, f := range p.Fields {
					if !reflect.DeepEqual(same.state[f], state[f]) {
						differ = append(differ, f)
					}
				}
				if len(differ) > 0 {
					pairs = append(pairs, pair{r, p, same, state, differ})
					ids = append(ids, same.id)
				}
			}
		}
		edited, err := editedFields(ctx, tx, table.kind, ids)
		if err != nil {
			return err
		}
		var records []map[string]any
		for _, p := range pairs {
			merged := maps.Clone(p.stored.state)
			change := map[string][2]any{}
			for _, f := range p.differ {
				was, now := p.stored.state[f], p.state[f]
				if edited[p.stored.id][f] {
					if now != nil {
						p.row.Warn(string(table.kind)+"."+f, fmt.Sprint(now), "kept", "Zachowano wartość zmienioną ręcznie: "+fmt.Sprint(was),
							"The value that a person set was kept: "+fmt.Sprint(was))
					}
					continue
				}
				change[f] = [2]any{was, now}
				if now == nil {
					delete(merged, f)
				} else {
					merged[f] = now
				}
			}
			if len(change) == 0 {
				continue
			}
			part := table.fresh()
			if err := setAuditState(part, merged); err != nil {
				return err
			}
			if err := part.Validate(t.today); err != nil {
				p.row.Warn(string(table.kind), "", "part", "Wpisu nie zmieniono: "+err.Error(), "The entry was not changed: "+err.Error())
				continue
			}
			record := table.record(part, merged)
			record["id"], record["version"] = p.stored.id, p.stored.version
			t.judgeFor(part, p.row.PlaceID)
			records = append(records, record)
			if err := t.revisePart(table.kind, p.stored.id, p.stored.version+1, models.RevisionUpdate, change); err != nil {
				return err
			}
			p.row.Outcome = ImportUpdated
		}
		if err := t.changeParts(ctx, tx, table, records); err != nil {
			return fmt.Errorf("change %s: %w", table.name, err)
		}
	}
	return t.insertParts(ctx, tx, added)
}

func (t *Import) loadParts(ctx context.Context, tx pgx.Tx, table *partTable, places []int64) (map[int64]map[string][]*storedPart, error) {
	rows, err := tx.Query(ctx, `
		SELECT t.id, t.place_id, t.version, t.deleted_at IS NOT NULL, to_jsonb(t) FROM `+table.name+` t
		WHERE t.place_id = ANY($1::bigint[]) AND (t.deleted_at IS NULL OR `+deletedByPerson(string(table.kind), "t")+`)
		ORDER BY t.id`, pgx.QueryExecModeCacheDescribe, places)
	if err != nil {
		return nil, err
	}
	known := map[int64]map[string][]*storedPart{}
	for rows.Next() {
		s := &storedPart{state: map[string]any{}}
		var place int64
		var columns map[string]any
		if err := rows.Scan(&s.id, &place, &s.version, &s.deleted, &columns); err != nil {
			rows.Close()
			return nil, err
		}
		for _, c := range slices.Concat(table.texts, table.others) {
			if v := columns[c]; c != "register_numbers" && v != nil && v != "" && !reflect.DeepEqual(v, []any{}) {
				s.state[auditName(c)] = v
			}
		}
		if known[place] == nil {
			known[place] = map[string][]*storedPart{}
		}
		key := table.same(s.state)
		known[place][key] = append(known[place][key], s)
	}
	return known, rows.Err()
}

func (t *Import) changeParts(ctx context.Context, tx pgx.Tx, table *partTable, records []map[string]any) error {
	if len(records) == 0 {
		return nil
	}
	data, err := json.Marshal(records)
	if err != nil {
		return err
	}
	tag, err := tx.Exec(ctx, `
		UPDATE `+table.name+` t SET (version, updated_at, `+table.columns("")+`) = (t.version + 1, $2, `+table.columns("r.")+`)
		FROM jsonb_populate_recordset(NULL::`+table.name+`, $1::jsonb) r WHERE t.id = r.id AND t.version = r.version`, string(data), t.now)
	if err != nil {
		return err
	}
	if tag.RowsAffected() != int64(len(records)) {
		return errChanged
	}
	return nil
}
