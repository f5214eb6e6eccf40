package store

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/jackc/pgx/v5"

	"wolnica/models"
	"wolnica/models/access"
)

// A factShelf is what known places have of access facts, in the order of their recording, for deciding which facts of a file are
// taken beside them.
type factShelf struct {
	stored map[int64][]*storedPart
	// edited are the fields of facts that a person set last.
	edited map[int64]map[string]bool
}

// refuted says that a person doubts the fact, withdrew it or deleted it.
func (s *storedPart) refuted() bool {
	return s.deleted || s.state["state"] == models.FactDisputed || s.state["state"] == models.FactWithdrawn
}

// stands says that the fact is neither superseded nor taken back; it may be doubted.
func (s *storedPart) stands() bool {
	return !s.deleted && s.state["superseded_by"] == nil && s.state["state"] != models.FactWithdrawn
}

func (s *storedPart) says(value any) bool { return reflect.DeepEqual(s.state["value"], value) }

func (s *storedPart) day() string {
	day, _ := s.state["observed_on"].(string) // ISO days sort as texts
	return day
}

// observed says that the fact is no source's word: somebody found it out, or set its value.
func (h *factShelf) observed(s *storedPart) bool {
	return s.state["method"] != models.MethodImported || h.edited[s.id]["value"]
}

// keepsOut says why a fact of a file is not taken, nil when it is. same is the stored fact of its part, attribute and day, nil
// when there is none.
//
//   - What a person disputed, withdrew or deleted does not come back with another day.
//   - A source that says what it said before, on a later day, need not have looked again: the day of an element in OpenStreetMap is
//     that of any edit of it. Its later day is taken only where nobody observed another value since the earlier one.
//   - A value that a person set in the source's fact stays, whatever day the source gives next.
//   - What stands at an entrance or a toilet that only its position in a list numbers is not joined with what others told of one.
func (h *factShelf) keepsOut(place int64, byPosition bool, fact map[string]any, same *storedPart) *models.Text {
	value := fact["value"]
	if same != nil && same.says(value) {
		return nil
	}
	at, _ := partOf(fact).(access.Part)
	byPosition = byPosition && (at.Link == access.Entrance || at.Link == access.Toilet)
	var last *storedPart
	var others []*storedPart
	for _, s := range h.stored[place] {
		if stored, ok := partOf(s.state).(access.Part); byPosition && ok && stored.Link == at.Link && s.stands() &&
			(h.observed(s) || s.state["source_url"] != fact["source_url"]) {
			return &models.Text{PL: "O wejściach albo toaletach tego miejsca wiadomo już skądinąd, a plik nie mówi, które są które; faktu nie przyjęto.",
				EN: "The entrances or toilets of this place are known from elsewhere already, and the file does not say which is which; the fact was not taken."}
		}
		if s == same || s.state["attribute"] != fact["attribute"] || partOf(s.state) != partOf(fact) {
			continue
		}
		if s.refuted() && s.says(value) {
			return &models.Text{PL: "Tę wartość podważono, wycofano albo usunięto ręcznie; import jej nie przywraca.",
				EN: "A person disputed, withdrew or deleted this value; the import does not bring it back."}
		}
		others = append(others, s)
		if s.state["method"] == models.MethodImported && s.state["source_url"] == fact["source_url"] && (last == nil || s.day() >= last.day()) {
			last = s
		}
	}
	if same != nil || last == nil || fact["method"] != models.MethodImported {
		return nil
	}
	if !last.says(value) {
		if last.stands() && h.edited[last.id]["value"] {
			return &models.Text{PL: "Zachowano wartość zmienioną ręcznie: " + fmt.Sprint(last.state["value"]),
				EN: "The value that a person set was kept: " + fmt.Sprint(last.state["value"])}
		}
		return nil
	}
	for _, s := range others {
		episode := s.state["valid_from"] != nil && s.state["valid_until"] != nil
		if s.stands() && !episode && h.observed(s) && !s.says(value) && s.day() >= last.day() {
			return &models.Text{PL: "Źródło powtarza dawną wartość z nową datą, a od tamtej pory zaobserwowano inną: " + fmt.Sprint(s.state["value"]) + "; zachowano ją.",
				EN: "The source repeats its old value with a new date, and another was observed since: " + fmt.Sprint(s.state["value"]) + "; that was kept."}
		}
	}
	return nil
}

// doors gives the entrances of a row their numbers, by the file's: one that stored facts tell of keeps its number, another gets
// the file's when nothing stands there, else the first that is free. What is known of one door never comes to stand at another.
func (h *factShelf) doors(r *ImportRow) map[int]uint16 {
	at, taken := map[any]uint16{}, map[uint16]bool{}
	for _, s := range h.stored[r.PlaceID] {
		if part, ok := partOf(s.state).(access.Part); ok && part.Link == access.Entrance {
			taken[part.N] = true
			at[s.state["source_url"]] = part.N
		}
	}
	numbers, given := map[int]uint16{}, map[uint16]bool{}
	var fresh []int
	for _, p := range r.Parts {
		f, ok := p.Part.(*models.AccessFact)
		if !ok || p.Door == 0 || numbers[p.Door] != 0 || slices.Contains(fresh, p.Door) {
			continue
		}
		if n := at[f.SourceURL]; n != 0 && !given[n] {
			numbers[p.Door], given[n] = n, true
		} else {
			fresh = append(fresh, p.Door)
		}
	}
	for _, door := range fresh {
		n := uint16(door)
		for next := uint16(1); taken[n] || given[n]; next++ {
			n = next
		}
		numbers[door], given[n] = n, true
	}
	if n := numbers[1]; n > 1 {
		part := access.Part{Link: access.Entrance, N: n}.String()
		r.Warn(string(models.KindAccessFact)+".part", part, "entrance",
			"Główne wejście według pliku nie jest tym, o którym wiadomo jako o „entrance”. Fakty o nim są przy „"+part+"”; numery wejść się nie zmieniają.",
			"The main entrance by the file is not the one known as \"entrance\". Its facts are at \""+part+"\"; the numbers of entrances do not change.")
	}
	return numbers
}

// shelve reads who set what of the stored facts.
func shelve(ctx context.Context, tx pgx.Tx, known map[int64]map[string][]*storedPart) (*factShelf, error) {
	h := &factShelf{stored: make(map[int64][]*storedPart, len(known))}
	var ids []int64
	for place, byKey := range known {
		for _, facts := range byKey {
			h.stored[place] = append(h.stored[place], facts...)
		}
		slices.SortFunc(h.stored[place], func(a, b *storedPart) int { return cmp.Compare(a.id, b.id) })
		for _, s := range h.stored[place] {
			ids = append(ids, s.id)
		}
	}
	var err error
	h.edited, err = editedFields(ctx, tx, models.KindAccessFact, ids)
	return h, err
}
