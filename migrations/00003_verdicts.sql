-- The day on which stored verdicts may change though nobody changes a fact.

-- +goose Up

-- The first day on which the verdicts may no longer hold: a shelf life or an episode has ended by it, or one begins on it.
-- NULL is never.
ALTER TABLE places ADD COLUMN verdicts_until date;
CREATE INDEX places_verdicts_until_idx ON places (verdicts_until) WHERE verdicts_until IS NOT NULL;

-- +goose Down
ALTER TABLE places DROP COLUMN verdicts_until;
