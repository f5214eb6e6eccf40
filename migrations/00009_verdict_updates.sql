-- Verdicts of many places are written at once when the rules change. What a place costs then is the new version of its row.

-- +goose Up

-- A trigger before the update of a row, whatever column it waits for, has PostgreSQL reckon all generated columns anew: the words
-- of names and descriptions, for a verdict. After it, it finds a circle just as well.
DROP TRIGGER places_parent_is_tree ON places;
CREATE TRIGGER places_parent_is_tree AFTER INSERT OR UPDATE OF parent_id ON places
    FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL) EXECUTE FUNCTION places_parent_is_tree();

-- Room on each page for new versions of its rows: those of which no indexed column changes need no entry in any index.
ALTER TABLE places SET (fillfactor = 85);

-- +goose Down
ALTER TABLE places RESET (fillfactor);
DROP TRIGGER places_parent_is_tree ON places;
CREATE TRIGGER places_parent_is_tree BEFORE INSERT OR UPDATE OF parent_id ON places
    FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL) EXECUTE FUNCTION places_parent_is_tree();
