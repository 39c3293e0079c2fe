-- +goose Up

-- Addresses to which changes of their users are sent.
CREATE TABLE webhook (
  id              uuid PRIMARY KEY,
  user_id         uuid NOT NULL REFERENCES account ON DELETE CASCADE,
  version         bigint NOT NULL DEFAULT 1,
  since           bigint NOT NULL, -- seq of the change that made it: what came before is not sent
  url             text NOT NULL,
  types           text[] NOT NULL,
  description     text NOT NULL,
  enabled         boolean NOT NULL,
  disabled_reason text NOT NULL DEFAULT '',
  secret          text NOT NULL, -- no change and no list tells it
  former_secret   text,          -- signs as well until former_until
  former_until    timestamptz,
  created_at      timestamptz NOT NULL,
  updated_at      timestamptz NOT NULL
);
CREATE INDEX webhook_of_user ON webhook (user_id);

-- +goose Down
DROP TABLE webhook;
