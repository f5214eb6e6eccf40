-- Facts of the segments of trails, facts taken back, and the day on which verdicts of products may change.

-- +goose Up

-- A fact belongs to a place or to a segment of a product: the stretch between two places that follow each other among its
-- stops, or the whole line (NULL to NULL). It is kept by its ends, not by its number: stops come and go, and are not all
-- seen by everybody.
ALTER TABLE access_facts
    ALTER COLUMN place_id DROP NOT NULL,
    ADD COLUMN product_id bigint REFERENCES products,
    ADD COLUMN segment_from bigint REFERENCES places,
    ADD COLUMN segment_to bigint REFERENCES places,
    ADD COLUMN note text NOT NULL DEFAULT '',
    ADD CONSTRAINT access_facts_one_subject CHECK (num_nonnulls(place_id, product_id) = 1),
    ADD CONSTRAINT access_facts_segment_of_product CHECK ((product_id IS NOT NULL) = (part = 'segment')
        AND (segment_from IS NULL) = (segment_to IS NULL) AND (segment_from IS NULL OR product_id IS NOT NULL)),
    -- what is disputed or withdrawn without a value said "not applicable"
    DROP CONSTRAINT access_facts_state_known,
    ADD CONSTRAINT access_facts_state_known CHECK (state IN ('known', 'not_applicable', 'disputed', 'withdrawn')),
    DROP CONSTRAINT access_facts_value_present,
    ADD CONSTRAINT access_facts_value_present CHECK (state <> 'known' OR value IS NOT NULL);
CREATE INDEX access_facts_product_idx ON access_facts (product_id) WHERE product_id IS NOT NULL;
CREATE INDEX access_facts_superseded_idx ON access_facts (superseded_by) WHERE superseded_by IS NOT NULL;

-- public_segment tells whether anybody may see the stretch on the product: it has a line, and its ends follow each other among
-- the stops that anybody may see.
CREATE FUNCTION public_segment(product bigint, from_place bigint, to_place bigint) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    WITH seen AS (
        SELECT s.place_id, lead(s.place_id) OVER (ORDER BY s.position) AS next_id
        FROM product_stops s JOIN places x ON x.id = s.place_id
        WHERE s.product_id = product AND is_public(x.publication, x.visibility, x.deleted_at))
    SELECT EXISTS (SELECT 1 FROM products WHERE id = product AND kind IN ('trail', 'route'))
        AND CASE WHEN from_place IS NULL THEN (SELECT count(*) < 2 FROM seen)
            ELSE EXISTS (SELECT 1 FROM seen WHERE place_id = from_place AND next_id = to_place) END
$$;

ALTER TABLE products ADD COLUMN verdicts_until date;
CREATE INDEX products_verdicts_until_idx ON products (verdicts_until) WHERE verdicts_until IS NOT NULL;
COMMENT ON COLUMN products.verdicts_until IS 'as places.verdicts_until, for the facts of the segments';

-- +goose Down
ALTER TABLE products DROP COLUMN verdicts_until;
DROP FUNCTION public_segment;
UPDATE access_facts SET superseded_by = NULL WHERE superseded_by IN (SELECT id FROM access_facts WHERE product_id IS NOT NULL);
DELETE FROM access_facts WHERE product_id IS NOT NULL OR state <> 'not_applicable' AND value IS NULL;
UPDATE access_facts SET state = 'disputed' WHERE state = 'withdrawn';
DROP INDEX access_facts_product_idx, access_facts_superseded_idx;
ALTER TABLE access_facts
    DROP CONSTRAINT access_facts_one_subject,
    DROP CONSTRAINT access_facts_segment_of_product,
    DROP CONSTRAINT access_facts_state_known,
    ADD CONSTRAINT access_facts_state_known CHECK (state IN ('known', 'not_applicable', 'disputed')),
    DROP CONSTRAINT access_facts_value_present,
    ADD CONSTRAINT access_facts_value_present CHECK (state = 'not_applicable' OR value IS NOT NULL),
    DROP COLUMN product_id,
    DROP COLUMN segment_from,
    DROP COLUMN segment_to,
    DROP COLUMN note,
    ALTER COLUMN place_id SET NOT NULL;
