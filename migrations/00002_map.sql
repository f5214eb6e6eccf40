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

-- +goose Down
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
