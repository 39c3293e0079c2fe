-- +goose Up
-- Tickets that wait for their use, of which a server that crashed need not know.
CREATE UNLOGGED TABLE ticket (
  hash       bytea PRIMARY KEY,
  caller     jsonb NOT NULL,
  expires_at timestamptz NOT NULL
);

-- +goose Down
DROP TABLE ticket;
