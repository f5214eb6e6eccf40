-- What lists and the map are narrowed by for a visitor: open at a moment, free of charge, verdicts that were measured.

-- +goose Up

-- hours_cell is the quarter of a degree in which a place stands as everybody is told, when its hours ask for the sun there; null
-- for all other hours. Sun times are those of its middle: within a minute, and the same in every list. Row * 1440 + column, from the south-west.
CREATE FUNCTION hours_cell(opening_hours text, visibility text, geom geometry) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT CASE WHEN opening_hours ~* 'sun[rs]|dawn|dusk' THEN
    (SELECT least(floor((ST_Y(at) + 90) * 4)::integer, 719) * 1440 + least(floor((ST_X(at) + 180) * 4)::integer, 1439)
        FROM (SELECT CASE visibility WHEN 'coarse' THEN ST_SnapToGrid(ST_PointOnSurface(geom), 0.007, 0.0045, 0.014, 0.009)
            ELSE ST_PointOnSurface(geom) END AS at) position) END $$;

ALTER TABLE places
    ADD COLUMN free boolean,
    -- a bit a profile, in the order of models.AccessProfiles: its verdict rests on measurements alone; drawn with the verdicts
    ADD COLUMN verified smallint NOT NULL DEFAULT 0,
    ADD COLUMN sun_cell integer GENERATED ALWAYS AS (hours_cell(opening_hours, visibility, geom)) STORED,
    -- equal for places that are open at the same moments: there are a few thousand different hours for any number of places
    ADD COLUMN hours_key bigint GENERATED ALWAYS AS (CASE WHEN opening_hours <> '' THEN
        hashtextextended(opening_hours || coalesce(' ' || hours_cell(opening_hours, visibility, geom)::text, ''), 0) END) STORED,
    ADD CONSTRAINT places_verified_range CHECK (verified BETWEEN 0 AND 255);
CREATE INDEX places_hours_idx ON places (hours_key) WHERE hours_key IS NOT NULL;

-- Which verdicts are verified is drawn with them, so all are drawn anew when the program next starts.
DELETE FROM settings WHERE key = 'access_rules';

-- +goose Down
ALTER TABLE places DROP COLUMN hours_key, DROP COLUMN sun_cell, DROP COLUMN verified, DROP COLUMN free;
DROP FUNCTION hours_cell;
