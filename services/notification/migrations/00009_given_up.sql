-- +goose Up

-- By which people name a message that was given up.
ALTER TABLE deliveries ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid();
ALTER TABLE push_deliveries ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid(),
    ADD COLUMN error text NOT NULL DEFAULT ''; -- of the last attempt
CREATE INDEX deliveries_failed ON deliveries (user_id, fired_at) WHERE state = 'failed';
CREATE INDEX push_deliveries_failed ON push_deliveries (user_id, fired_at) WHERE state = 'failed';

-- Users whose mail server refuses their address, since it last took a mail.
CREATE TABLE mail_refusals (
    user_id  uuid        PRIMARY KEY,
    refusals integer     NOT NULL,
    since    timestamptz NOT NULL,
    last_at  timestamptz NOT NULL,
    reason   text        NOT NULL -- of the last one
);

-- As what changes are sent to a webhook.
ALTER TABLE webhooks ADD COLUMN format text NOT NULL DEFAULT 'todoplatform';
ALTER TABLE webhook_deliveries ADD COLUMN format text NOT NULL DEFAULT 'todoplatform'; -- of the body

-- +goose Down
ALTER TABLE webhook_deliveries DROP COLUMN format;
ALTER TABLE webhooks DROP COLUMN format;
DROP TABLE mail_refusals;
DROP INDEX push_deliveries_failed, deliveries_failed;
ALTER TABLE push_deliveries DROP COLUMN error, DROP COLUMN id;
ALTER TABLE deliveries DROP COLUMN id;
