-- +goose Up

-- The W3C trace context of the operation that adds the event, as the door into the schema tells it: operations,
-- also those of the version before, know nothing of it.
ALTER TABLE outbox ADD COLUMN traceparent text DEFAULT nullif(current_setting('todoplatform.traceparent', true), '');

-- +goose Down
ALTER TABLE outbox DROP COLUMN traceparent;
