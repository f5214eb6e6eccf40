package v1_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"wolnica/api/apitest"
	"wolnica/models"
)

const parks = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"slug":"a","name":"Park A","category":"historical"},"geometry":{"type":"Point","coordinates":[19.01,50.01]}},
{"type":"Feature","properties":{"slug":"b","name":"Park B","category":"forest"},"geometry":{"type":"Point","coordinates":[19.02,50.02]}},
{"type":"Feature","properties":{"slug":"c","name":"","category":"forest"},"geometry":{"type":"Point","coordinates":[19.03,50.03]}}]}`

// finished waits for an import to end.
func finished(t *testing.T, c *apitest.Client, id int64) *apitest.Answer {
	t.Helper()
	for range 300 {
		a := c.Get(fmt.Sprintf("/api/v1/imports/%d", id)).Want(200)
		if s := a.At("status"); s != "queued" && s != "running" {
			return a
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("the import did not end within 6 s")
	return nil
}

func TestImportRunsInTheBackgroundAndCanBeUndone(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	municipality(admin, "1206011", "Testowa", 19.0, 50.0)
	upload := func(record string) *apitest.Answer {
		return admin.Upload("/api/v1/imports", apitest.Part{Name: "record", Body: []byte(record)}, apitest.Part{Name: "file", FileName: "parki.geojson", Body: []byte(parks)})
	}
	dry := upload(`{"profile":"parks","dry_run":true,"publication":"published"}`).Want(202)
	if a := finished(t, admin, dry.ID()); a.At("status") != "done" || a.At("rows_created") != 2.0 || a.At("rows_failed") != 1.0 {
		t.Errorf("dry run: got %s, want 2 created and 1 failed", a.Body)
	}
	if got := admin.Get("/api/v1/places/facets").Want(200).At("total"); got != 0.0 {
		t.Errorf("after the dry run: got %v places, want none", got)
	}

	id := upload(`{"profile":"parks","publication":"published"}`).Want(202).ID()
	if a := finished(t, admin, id); a.At("status") != "done" || a.At("rows_created") != 2.0 || a.At("progress") != 1.0 {
		t.Fatalf("import: got %s, want 2 created", a.Body)
	}
	if one, listed := admin.Get("/api/v1/imports/"+fmt.Sprint(id)).Want(200).At("started_by"), admin.Get("/api/v1/imports").Want(200).At("items", 1, "started_by"); one == nil || one == "" || listed != one {
		t.Errorf("got %v alone and %v in the list, want the name of who began it", one, listed)
	}
	issues := admin.Get(fmt.Sprintf("/api/v1/imports/%d/issues?severity=error", id)).Want(200)
	if issues.At("items", 0, "row") != 3.0 || issues.At("items", 0, "field") != "name" || issues.At("items", 0, "reason", "pl") == "" {
		t.Errorf("got issues %s, want row 3 and its field name", issues.Body)
	}
	if got := ids(s.Anonymous().Get("/api/v1/places?q=park&municipality=1206011").Want(200)); len(got) != 2 {
		t.Errorf("got %v, want the 2 parks", got)
	}
	if a := finished(t, admin, upload(`{"profile":"parks","publication":"published"}`).Want(202).ID()); a.At("rows_unchanged") != 2.0 || a.At("rows_created") != 0.0 {
		t.Errorf("second import: got %s, want 2 unchanged", a.Body)
	}

	edited := ids(admin.Get("/api/v1/places?q=Park+B").Want(200))[0]
	admin.Send("PATCH", fmt.Sprintf("/api/v1/places/%d", edited), `{"website":"https://example.org"}`, `If-Match: "v1"`).Want(200)
	undone := admin.Send("POST", fmt.Sprintf("/api/v1/imports/%d/undo", id), nil).Want(200)
	if undone.At("removed") != 1.0 || undone.At("kept", 0, "id") != float64(edited) || undone.At("import", "status") != "undone" {
		t.Errorf("got %s, want one removed and the edited place kept", undone.Body)
	}
	admin.Send("POST", fmt.Sprintf("/api/v1/imports/%d/undo", id), nil).Want(409)
	if got := ids(admin.Get("/api/v1/places").Want(200)); !sameIDs(got, []int64{edited}) {
		t.Errorf("after the undo: got %v, want %d alone", got, edited)
	}
}

func TestImportRefusesBeforeAnythingIsRead(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	gmina := municipality(admin, "1206011", "Testowa", 19.0, 50.0)
	record := func(text string) apitest.Part { return apitest.Part{Name: "record", Body: []byte(text)} }
	file := apitest.Part{Name: "file", FileName: "parki.geojson", Body: []byte(parks)}
	for _, c := range []struct {
		name   string
		client *apitest.Client
		parts  []apitest.Part
		status int
	}{
		{"nobody", s.Anonymous(), []apitest.Part{record(`{"profile":"parks"}`), file}, 401},
		{"a contributor", s.As(models.UserRole{Role: "contributor"}), []apitest.Part{record(`{"profile":"parks"}`), file}, 403},
		{"an officer of one municipality for all", s.As(models.UserRole{Role: "heritage_officer", MunicipalityID: &gmina}), []apitest.Part{record(`{"profile":"parks"}`), file}, 403},
		{"no such profile", admin, []apitest.Part{record(`{"profile":"gardens"}`), file}, 422},
		{"a path as profile", admin, []apitest.Part{record(`{"profile":"../../etc/passwd.yaml"}`), file}, 422},
		{"a broken profile", admin, []apitest.Part{record(`{"profile_yaml":"colour: red"}`), file}, 422},
		{"an unknown field", admin, []apitest.Part{record(`{"profile":"parks","dryrun":true}`), file}, 400},
		{"the file first", admin, []apitest.Part{file, record(`{"profile":"parks"}`)}, 400},
		{"no file", admin, []apitest.Part{record(`{"profile":"parks"}`)}, 400},
		{"another format", admin, []apitest.Part{record(`{"profile":"parks"}`), {Name: "file", FileName: "parki.dwg", Body: []byte("x")}}, 415},
		{"an empty file", admin, []apitest.Part{record(`{"profile":"parks"}`), {Name: "file", FileName: "parki.geojson"}}, 422},
	} {
		if a := c.client.Upload("/api/v1/imports", c.parts...); a.Status != c.status || !strings.Contains(a.Header.Get("Content-Type"), "problem+json") {
			t.Errorf("%s: got %d %s, want %d", c.name, a.Status, a.Body, c.status)
		}
	}
	if got := admin.Get("/api/v1/imports").Want(200).At("items"); len(got.([]any)) != 0 {
		t.Errorf("got imports %v, want none", got)
	}
	broken := admin.Upload("/api/v1/imports", record(`{"profile":"parks"}`), apitest.Part{Name: "file", FileName: "parki.geojson", Body: []byte(parks[:200])}).Want(202)
	if a := finished(t, admin, broken.ID()); a.At("status") != "failed" || a.At("message", "pl") == nil {
		t.Errorf("a file cut short: got %s, want a failure that says why", a.Body)
	}
}

// A hidden place across the border must not show in the warnings of an import next to it.
func TestImportReportsTellNothingOfHiddenNeighbours(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	here := municipality(admin, "1206011", "Nasza", 19.0, 50.0)
	municipality(admin, "1206022", "Sąsiednia", 19.1, 50.0)
	neighbour := `{"name":{"pl":"Park Graniczny","en":""},"publication":"published","visibility":%q,"geometry":{"type":"Point","coordinates":[19.1002,50.05]},"accuracy":"within_10m","infrastructure":{"category":"park"}}`
	file := `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"slug":"x","name":"Park Graniczny","category":"historical"},"geometry":{"type":"Point","coordinates":[19.0998,50.05]}}]}`
	officer := s.As(models.UserRole{Role: "heritage_officer", MunicipalityID: &here})
	for visibility, want := range map[string]float64{"restricted": 0, "public": 1} {
		place := admin.Send("POST", "/api/v1/places", fmt.Sprintf(neighbour, visibility)).Want(201)
		id := officer.Upload("/api/v1/imports", apitest.Part{Name: "record", Body: fmt.Appendf(nil, `{"profile":"parks","dry_run":true,"municipality_id":%d}`, here)},
			apitest.Part{Name: "file", FileName: "parki.geojson", Body: []byte(file)}).Want(202).ID()
		if a := finished(t, officer, id); a.At("warnings") != want {
			t.Errorf("beside a %s place: got %s, want %v warnings", visibility, a.Body, want)
		}
		admin.Send("DELETE", fmt.Sprintf("/api/v1/places/%d", place.ID()), nil, `If-Match: "v1"`).Want(200)
	}
}

func TestImportOfOpenStreetMapInTheBackground(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	upload := func(record string) *apitest.Answer {
		return admin.Upload("/api/v1/imports", apitest.Part{Name: "record", Body: []byte(record)}, apitest.Part{Name: "file", FileName: "town.osm", Body: []byte(
			`<osm><node id="1" lat="50" lon="20"><tag k="leisure" v="playground"/><tag k="wheelchair" v="limited"/></node>` +
				`<node id="2" lat="50" lon="20.5"><tag k="leisure" v="park"/><tag k="name" v="Park"/></node></osm>`)})
	}
	id := upload(`{"profile":"osm","only":["leisure=playground"],"bbox":"19.9,49.9,20.1,50.1","as_of":"2026-01-02"}`).Want(202).ID()
	if a := finished(t, admin, id); a.At("status") != "done" || a.At("rows_created") != 1.0 || a.At("rows_read") != 1.0 {
		t.Fatalf("got %s, want the playground created", a.Body)
	}
	place := ids(admin.Get("/api/v1/places?category=playground").Want(200))[0]
	if a := admin.Get(fmt.Sprintf("/api/v1/places/%d", place)).Want(200); a.At("name", "pl") != "Plac zabaw" {
		t.Errorf("got %s, want a playground called by its category", a.Body)
	}
	facts := admin.Get(fmt.Sprintf("/api/v1/access-facts?place=%d", place)).Want(200)
	if facts.At("items", 0, "attribute") != "wheelchair_claim" || facts.At("items", 0, "observed_on") != "2026-01-02" || facts.At("items", 0, "value") != "limited" {
		t.Errorf("got %s, want the claim of that day", facts.Body)
	}
	upload(`{"profile":"osm","bbox":"1,2"}`).Want(422)
	if a := finished(t, admin, upload(`{"profile":"parks","only":["leisure=park"]}`).Want(202).ID()); a.At("status") != "failed" {
		t.Errorf("tags for another profile: got %s, want failed", a.Body)
	}
}
