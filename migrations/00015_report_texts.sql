-- What visitors wrote can be taken away, and the version that a report was compared with is kept.

-- +goose Up

-- received_version is the version the record had when the report came; null for reports from before this column.
ALTER TABLE reports ADD COLUMN received_version integer;

-- redacted says that what the visitor wrote in free text was taken away.
ALTER TABLE report_items
    ADD COLUMN redacted boolean NOT NULL DEFAULT false,
    DROP CONSTRAINT report_items_form,
    ADD CONSTRAINT report_items_form CHECK (CASE kind WHEN 'message' THEN (message <> '') <> redacted WHEN 'field' THEN field <> ''
        ELSE attribute <> '' AND observed_on IS NOT NULL AND fact_state IN ('known', 'not_applicable') END);

-- +goose Down
DELETE FROM report_items WHERE kind = 'message' AND redacted;
ALTER TABLE report_items
    DROP CONSTRAINT report_items_form,
    ADD CONSTRAINT report_items_form CHECK (CASE kind WHEN 'message' THEN message <> '' WHEN 'field' THEN field <> ''
        ELSE attribute <> '' AND observed_on IS NOT NULL AND fact_state IN ('known', 'not_applicable') END);
ALTER TABLE report_items DROP COLUMN redacted;
ALTER TABLE reports DROP COLUMN received_version;
