-- +goose Up
-- What a programme answers to a council with: worked out after the run is over, and again whenever its programme changes.
ALTER TABLE programme_runs ADD COLUMN defence json;
CREATE INDEX programme_runs_undefended_idx ON programme_runs (id) WHERE defence IS NULL AND programme IS NOT NULL;

-- +goose Down
DROP INDEX programme_runs_undefended_idx;
ALTER TABLE programme_runs DROP COLUMN defence;
