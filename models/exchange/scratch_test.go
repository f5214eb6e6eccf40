package exchange

import (
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func scratch(b *testing.B, run func(sql string, args ...any) time.Duration) {
	for _, sql := range []string{
		"SELECT p.* FROM places p ORDER BY id",
		"SELECT p.id, p.name_pl FROM places p",
		"SELECT p.id, p.name_pl FROM places p ORDER BY id",
		"SELECT p.id, ST_AsEWKB(geom) FROM places p",
		"SELECT p.id, geom::bytea FROM places p",
		"SELECT p.id, CASE WHEN p.visibility='coarse' then p.masked_geom ELSE p.geom END FROM places p",
		"SELECT p.id, p.uid::text FROM places p",
		"SELECT p.id, p.uid FROM places p",
		"SELECT p.id, p.version, p.updated_at, p.name_pl, p.name_en, p.description_pl, p.description_en, p.lifecycle, p.publication, p.visibility, p.accuracy, p.parent_id, p.locality, p.street, p.house_number, p.postcode, p.website, p.opening_hours, p.heritage_category, p.object_type, p.dating_text, p.dating_from, p.dating_to, p.materials, p.original_function, p.current_function, p.designer, p.infrastructure_category, p.capacity, p.surface, p.area_m2, p.built_year, p.renewal_value_pln, p.expected_life_years, p.operator, p.equipment, p.method, p.source, p.licence, p.municipality_id, p.grade, p.inspected_on FROM places p",
		"SELECT p.id, p.version, p.updated_at, p.name_pl, p.name_en, p.description_pl, p.description_en, p.lifecycle, p.publication, p.visibility, CASE WHEN p.visibility='coarse' THEN 'x' ELSE p.accuracy END, p.parent_id, p.locality, CASE WHEN p.visibility='coarse' THEN '' ELSE p.street END, CASE WHEN p.visibility='coarse' THEN '' ELSE p.house_number END, CASE WHEN p.visibility='coarse' THEN '' ELSE p.postcode END, p.website, p.opening_hours, p.heritage_category, p.object_type, p.dating_text, p.dating_from, p.dating_to, p.materials, p.original_function, p.current_function, p.designer, p.infrastructure_category, p.capacity, p.surface, p.area_m2, p.built_year, p.renewal_value_pln, p.expected_life_years, p.operator, p.equipment, p.method, p.source, p.licence, p.municipality_id, p.grade, p.inspected_on FROM places p",
		"SELECT place_id, scheme, value FROM external_ids ORDER BY place_id",
	} {
		run(sql)
		fmt.Println(run(sql), sql[:min(len(sql), 100)])
	}
}
var _ = pgx.ErrNoRows
