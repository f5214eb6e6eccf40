package ogc

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"

	"wolnica/models"
	"wolnica/models/store"
)

// page is one page of features.
type page struct {
	texts []*featureText
	// matched is how many features pass the filter altogether, -1 when that was not counted.
	matched int64
	// next is what the next page comes after, 0 when there is none.
	next int64
}

func (s *Service) page(r *request, q itemsQuery) (page, error) {
	p := page{matched: -1}
	ids, err := s.ids(r, q, &p)
	if err != nil {
		return p, err
	}
	more := len(ids) > q.limit
	if more {
		ids = ids[:q.limit]
		p.next = ids[len(ids)-1]
	}
	if p.matched < 0 && q.after == 0 {
		p.matched = int64(len(ids))
		if more {
			if p.matched, err = s.store.CountFeatures(r.ctx, r.user, r.collection.kind, q.filter); err != nil {
				return p, err
			}
		}
	}
	p.texts, err = s.texts(r, ids, q.crs, q.properties)
	return p, err
}

// ids finds the features of a page and one more.
func (s *Service) ids(r *request, q itemsQuery, p *page) ([]int64, error) {
	if s.finder != nil && r.collection.kind == models.KindPlace {
		ids, matched, ok, err := s.finder.PlaceIDs(r.ctx, r.user, q.filter.Place, q.after, q.limit+1)
		if err != nil {
			return nil, err
		}
		if ok {
			p.matched = matched
			return ids, nil
		}
	}
	return s.store.FeatureIDs(r.ctx, r.user, r.collection.kind, q.filter, q.after, q.limit+1)
}

// texts reads features by id; those the user may not see, no longer or at all, are left out. The public's in the usual
// form come from the cache, and from one query for those it does not have.
func (s *Service) texts(r *request, ids []int64, crs *crs, selected *selection) ([]*featureText, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	kind := r.collection.kind
	if s.cache == nil || r.user != nil || crs != crs84 || selected != nil || kind == models.KindMunicipality {
		return s.read(r, ids, crs, selected, false)
	}
	now := s.now()
	texts := make([]*featureText, len(ids))
	var missing []int64
	for i, id := range ids {
		if texts[i] = s.cache.get(kind, id, now); texts[i] == nil {
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 {
		return texts, nil
	}
	f := s.cache.begin(kind, missing)
	read, err := s.read(r, missing, crs, selected, true)
	if err != nil {
		f.end(nil)
		return nil, err
	}
	found := make(map[int64]*featureText, len(read))
	for _, t := range read {
		found[t.id] = t
	}
	f.end(found)
	out := texts[:0]
	for i, id := range ids {
		t := texts[i]
		if t == nil {
			t = found[id]
		}
		if t != nil {
			out = append(out, t)
		}
	}
	return out, nil
}

// read reads features from the database; keep says that a cache will keep them.
func (s *Service) read(r *request, ids []int64, crs *crs, selected *selection, keep bool) ([]*featureText, error) {
	w := r.collection.writer
	if selected == nil {
		all := w.all()
		selected = &all
	}
	texts := make([]*featureText, 0, len(ids))
	var working []byte
	err := s.store.Features(r.ctx, r.user, r.collection.kind, ids, keep, func() { texts = texts[:0] }, func(row *store.FeatureRow) error {
		t, b, err := w.text(working, row, crs, *selected)
		if err != nil {
			return fmt.Errorf("write feature %d: %w", row.ID(), err)
		}
		working = b
		texts = append(texts, t)
		return nil
	})
	return texts, err
}

func (s *Service) items(r *request) error {
	q, err := r.collection.parseItems(r.query)
	if err != nil {
		return err
	}
	p, err := s.page(r, q)
	if err != nil {
		return err
	}
	links := append(r.selfLinks(), link{Href: r.url("/collections/" + r.collection.id), Rel: "collection", Type: typeJSON, Title: r.collection.title.In(r.lang)})
	if p.next > 0 {
		next := link{Href: r.here("after", strconv.FormatInt(p.next, 10)), Rel: "next", Type: r.mediaType, Title: nextPage.In(r.lang)}
		if r.html {
			next.Type = typeHTML
		}
		links = append(links, next)
	}
	r.gin.Header("Content-Crs", "<"+q.crs.uri+">")
	r.linkHeader(links)

	pooled := s.buffers.Get().(*[]byte)
	defer func() { s.buffers.Put(pooled) }()
	b := append((*pooled)[:0], `{"type":"FeatureCollection",`...)
	if p.matched >= 0 {
		b = append(b, `"numberMatched":`...)
		b = strconv.AppendInt(b, p.matched, 10)
		b = append(b, ',')
	}
	b = append(b, `"numberReturned":`...)
	b = strconv.AppendInt(b, int64(len(p.texts)), 10)
	b = append(b, `,"features":[`...)
	// The tag is made from the sums of the texts, which are kept with them: hashing a megabyte costs as much as all else.
	record, content := r.base+r.collection.records, sha256.New()
	content.Write(b)
	for i, t := range p.texts {
		content.Write(t.sum[:])
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '\n')
		b = append(t.append(b, r.lang, record), '}')
	}
	rest := len(b)
	b = append(b, "\n],"...)
	b = appendLinks(b, links)
	content.Write(b[rest:])
	content.Write([]byte(record + " " + string(r.lang)))
	sum := content.Sum(nil)
	made := s.made.time([16]byte(sum[:16]), s.now())
	b = append(b, `,"timeStamp":"`...)
	b = made.AppendFormat(b, time.RFC3339)
	b = append(b, "\"}\n"...)
	*pooled = b
	if r.html {
		return s.itemsPage(r, q, p, b)
	}
	r.write(typeGeoJSON, `"`+hex.EncodeToString(sum[:16])+"-"+strconv.FormatInt(made.Unix(), 36)+`"`, b)
	return nil
}

var nextPage = models.Text{PL: "Następna strona", EN: "Next page"}

func appendLinks(b []byte, links []link) []byte {
	b = append(b, `"links":`...)
	text, err := json.Marshal(links)
	if err != nil { // only text that is not UTF-8 could do it, and addresses are encoded
		return append(b, "[]"...)
	}
	return append(b, text...)
}

func (s *Service) item(r *request) error {
	var f faults
	crs := parseCRSParameter(r.query, "crs", &f)
	if err := f.err(); err != nil {
		return err
	}
	id, err := strconv.ParseInt(r.gin.Param("feature"), 10, 64)
	if err != nil || id < 1 {
		return models.ErrNotFound()
	}
	texts, err := s.texts(r, []int64{id}, crs, nil)
	if err != nil {
		return err
	}
	if len(texts) == 0 {
		return models.ErrNotFound()
	}
	links := append(r.selfLinks(), link{Href: r.url("/collections/" + r.collection.id), Rel: "collection", Type: typeJSON, Title: r.collection.title.In(r.lang)})
	r.gin.Header("Content-Crs", "<"+crs.uri+">")
	r.linkHeader(links)
	b := texts[0].append(nil, r.lang, r.base+r.collection.records)
	b = append(appendLinks(append(b, ','), links), "}\n"...)
	if r.html {
		return s.itemPage(r, crs, b)
	}
	r.write(typeGeoJSON, "", b)
	return nil
}
