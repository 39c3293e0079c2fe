-- +goose Up

-- Writers take their account first: those under way end, and others wait, before the type of webhooks
-- changes under functions of the version before.
LOCK TABLE account IN EXCLUSIVE MODE;

-- As what changes are sent.
ALTER TABLE webhook ADD COLUMN format text NOT NULL DEFAULT 'todoplatform';

-- +goose Down
ALTER TABLE webhook DROP COLUMN format;
