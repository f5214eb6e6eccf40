-- What the map index is kept current by: a log of changed records, and the verdicts the index carries.

-- +goose Up

-- A verdict takes two bits a profile, in the order of models.AccessProfiles from the lowest bit: 0 unknown, 1 no,
-- 2 with help, 3 yes. So 0, with which every record begins, claims nothing.
ALTER TABLE places ADD COLUMN verdicts integer NOT NULL DEFAULT 0,
    ADD CONSTRAINT places_verdicts_range CHECK (verdicts BETWEEN 0 AND 65535);
ALTER TABLE products ADD COLUMN verdicts integer NOT NULL DEFAULT 0,
    ADD CONSTRAINT products_verdicts_range CHECK (verdicts BETWEEN 0 AND 65535);

-- One row a changed record and statement, written in the transaction of the change. Transactions do not commit in the
-- order in which they take numbers, so a reader does not remember a number but the snapshot it last read under, and next
-- reads what that snapshot did not show: xid not visible in it. So nothing is missed, and a long import holds nobody up.
CREATE TABLE changes (
    xid       xid8 NOT NULL DEFAULT pg_current_xact_id(),
    kind      text COLLATE "C" NOT NULL,
    record_id bigint NOT NULL,
    at        timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX changes_xid_idx ON changes (xid);
COMMENT ON TABLE changes IS 'change feed; rows older than a day are pruned, see settings changes_pruned_xid';

-- changes_write logs the statement's rows under the kind of its first argument, by the column of its second.
-- +goose StatementBegin
CREATE FUNCTION changes_write() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    logged bigint;
BEGIN
    CASE TG_ARGV[1]
    WHEN 'product_id' THEN
        INSERT INTO changes (kind, record_id) SELECT DISTINCT TG_ARGV[0], product_id FROM touched;
    WHEN 'place_id' THEN
        INSERT INTO changes (kind, record_id) SELECT DISTINCT TG_ARGV[0], place_id FROM touched WHERE place_id IS NOT NULL;
    ELSE
        INSERT INTO changes (kind, record_id) SELECT TG_ARGV[0], id FROM touched;
    END CASE;
    GET DIAGNOSTICS logged = ROW_COUNT;
    IF logged > 0 THEN
        PERFORM pg_notify('wolnica_changes', '');
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER places_changes_insert AFTER INSERT ON places
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION changes_write('place', 'id');
CREATE TRIGGER places_changes_update AFTER UPDATE ON places
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION changes_write('place', 'id');
CREATE TRIGGER places_changes_delete AFTER DELETE ON places
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION changes_write('place', 'id');
CREATE TRIGGER products_changes_insert AFTER INSERT ON products
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION changes_write('product', 'id');
CREATE TRIGGER products_changes_update AFTER UPDATE ON products
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION changes_write('product', 'id');
CREATE TRIGGER products_changes_delete AFTER DELETE ON products
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION changes_write('product', 'id');
CREATE TRIGGER product_stops_changes_insert AFTER INSERT ON product_stops
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION changes_write('product', 'product_id');
CREATE TRIGGER product_stops_changes_update AFTER UPDATE ON product_stops
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION changes_write('product', 'product_id');
CREATE TRIGGER product_stops_changes_delete AFTER DELETE ON product_stops
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION changes_write('product', 'product_id');
-- What lists of places can be filtered by, though it stands in tables of its own.
CREATE TRIGGER external_ids_changes_insert AFTER INSERT ON external_ids
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION changes_write('place', 'place_id');
CREATE TRIGGER external_ids_changes_update AFTER UPDATE ON external_ids
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION changes_write('place', 'place_id');
CREATE TRIGGER external_ids_changes_delete AFTER DELETE ON external_ids
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION changes_write('place', 'place_id');
CREATE TRIGGER protections_changes_insert AFTER INSERT ON protections
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION changes_write('place', 'place_id');
CREATE TRIGGER protections_changes_update AFTER UPDATE ON protections
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION changes_write('place', 'place_id');
CREATE TRIGGER protections_changes_delete AFTER DELETE ON protections
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION changes_write('place', 'place_id');
CREATE TRIGGER municipalities_changes_insert AFTER INSERT ON municipalities
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION changes_write('municipality', 'id');
CREATE TRIGGER municipalities_changes_update AFTER UPDATE ON municipalities
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION changes_write('municipality', 'id');
CREATE TRIGGER municipalities_changes_delete AFTER DELETE ON municipalities
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION changes_write('municipality', 'id');
CREATE TRIGGER categories_changes_insert AFTER INSERT ON categories
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION changes_write('category', 'id');
CREATE TRIGGER categories_changes_update AFTER UPDATE ON categories
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION changes_write('category', 'id');
CREATE TRIGGER categories_changes_delete AFTER DELETE ON categories
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION changes_write('category', 'id');

-- A word is corrected against the words of the registry; for the public these are the words of what is public, or what a
-- typo finds would tell of hidden records. One that was public stays so.
DELETE FROM search_words;
ALTER TABLE search_words ADD COLUMN public boolean NOT NULL;

-- is_public tells whether anybody may see a record with these marks.
CREATE FUNCTION is_public(publication text, visibility text, deleted_at timestamptz) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT publication = 'published' AND visibility <> 'restricted' AND deleted_at IS NULL $$;

-- search_words_add adds those of the words that are not there yet, or not yet public.
CREATE FUNCTION search_words_add(words text[], are_public boolean) RETURNS void LANGUAGE sql AS $$
    INSERT INTO search_words (word, public)
    SELECT d.w, are_public FROM (SELECT DISTINCT u.w COLLATE "C" AS w FROM unnest(words) u (w)) d
    WHERE d.w ~ '^[^0-9]{4,40}$' AND NOT EXISTS (SELECT 1 FROM search_words s WHERE s.word = d.w AND s.public >= are_public)
$$;

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION search_words_collect() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    are_public boolean;
    words      text[];
BEGIN
    FOREACH are_public IN ARRAY ARRAY[true, false] LOOP
        IF TG_TABLE_NAME = 'places' THEN
            SELECT array_agg(w) INTO words FROM new_rows n, unnest(tsvector_to_array(n.name_words) || tsvector_to_array(n.text_words)) w
            WHERE is_public(n.publication, n.visibility, n.deleted_at) = are_public;
        ELSE
            SELECT array_agg(w) INTO words FROM new_rows n, unnest(tsvector_to_array(n.name_words)) w
            WHERE is_public(n.publication, n.visibility, n.deleted_at) = are_public;
        END IF;
        PERFORM search_words_add(words, are_public);
    END LOOP;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER products_search_words_insert AFTER INSERT ON products
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION search_words_collect();
CREATE TRIGGER products_search_words_update AFTER UPDATE ON products
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION search_words_collect();
SELECT search_words_add((SELECT array_agg(word) FROM ts_stat(
    'SELECT name_words || text_words FROM places WHERE is_public(publication, visibility, deleted_at) UNION ALL SELECT name_words FROM products WHERE is_public(publication, visibility, deleted_at)')), true);
SELECT search_words_add((SELECT array_agg(word) FROM ts_stat(
    'SELECT name_words || text_words FROM places WHERE NOT is_public(publication, visibility, deleted_at) UNION ALL SELECT name_words FROM products WHERE NOT is_public(publication, visibility, deleted_at)')), false);

-- The municipality of a product without a line is that of the first stop that anybody may see, and of the first of all only
-- where there is none: it must not tell where a hidden place is.
CREATE OR REPLACE FUNCTION products_locate() RETURNS void LANGUAGE sql AS $$
    UPDATE products p SET municipality_id = d.found
    FROM (SELECT q.id, CASE WHEN q.geom IS NOT NULL THEN municipality_of(q.geom) ELSE
            (SELECT x.municipality_id FROM product_stops s JOIN places x ON x.id = s.place_id
             WHERE s.product_id = q.id ORDER BY is_public(x.publication, x.visibility, x.deleted_at) DESC, s.position LIMIT 1) END AS found
          FROM products q) d
    WHERE p.id = d.id AND p.municipality_id IS DISTINCT FROM d.found
$$;

-- +goose Down
DROP TRIGGER products_search_words_insert ON products;
DROP TRIGGER products_search_words_update ON products;
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION search_words_collect() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_words (word)
    SELECT d.w FROM (
        SELECT DISTINCT u.w COLLATE "C" AS w FROM (
            SELECT unnest(tsvector_to_array(name_words)) FROM new_rows
            UNION ALL SELECT unnest(tsvector_to_array(text_words)) FROM new_rows) u (w)) d
    WHERE d.w ~ '^[^0-9]{4,40}$' AND NOT EXISTS (SELECT 1 FROM search_words s WHERE s.word = d.w);
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE OR REPLACE FUNCTION products_locate() RETURNS void LANGUAGE sql AS $$
    UPDATE products p SET municipality_id = d.found
    FROM (SELECT q.id, CASE WHEN q.geom IS NOT NULL THEN municipality_of(q.geom) ELSE
            (SELECT x.municipality_id FROM product_stops s JOIN places x ON x.id = s.place_id
             WHERE s.product_id = q.id ORDER BY s.position LIMIT 1) END AS found
          FROM products q) d
    WHERE p.id = d.id AND p.municipality_id IS DISTINCT FROM d.found
$$;
DROP FUNCTION search_words_add, is_public;
ALTER TABLE search_words DROP COLUMN public;
DROP TRIGGER places_changes_insert ON places;
DROP TRIGGER places_changes_update ON places;
DROP TRIGGER places_changes_delete ON places;
DROP TRIGGER products_changes_insert ON products;
DROP TRIGGER products_changes_update ON products;
DROP TRIGGER products_changes_delete ON products;
DROP TRIGGER product_stops_changes_insert ON product_stops;
DROP TRIGGER product_stops_changes_update ON product_stops;
DROP TRIGGER product_stops_changes_delete ON product_stops;
DROP TRIGGER external_ids_changes_insert ON external_ids;
DROP TRIGGER external_ids_changes_update ON external_ids;
DROP TRIGGER external_ids_changes_delete ON external_ids;
DROP TRIGGER protections_changes_insert ON protections;
DROP TRIGGER protections_changes_update ON protections;
DROP TRIGGER protections_changes_delete ON protections;
DROP TRIGGER municipalities_changes_insert ON municipalities;
DROP TRIGGER municipalities_changes_update ON municipalities;
DROP TRIGGER municipalities_changes_delete ON municipalities;
DROP TRIGGER categories_changes_insert ON categories;
DROP TRIGGER categories_changes_update ON categories;
DROP TRIGGER categories_changes_delete ON categories;
DROP FUNCTION changes_write;
DROP TABLE changes;
ALTER TABLE places DROP COLUMN verdicts;
ALTER TABLE products DROP COLUMN verdicts;
