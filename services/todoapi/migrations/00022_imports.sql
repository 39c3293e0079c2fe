-- +goose Up

-- Files that are imported in the background. Those that are received or ended are kept for a while.
CREATE TABLE import (
  id            uuid PRIMARY KEY,
  user_id       uuid NOT NULL REFERENCES account ON DELETE CASCADE,
  caller        jsonb NOT NULL,              -- who asked for it
  options       jsonb NOT NULL,
  state         text NOT NULL CHECK (state IN ('receiving', 'waiting', 'running', 'done', 'failed')),
  created_at    timestamptz NOT NULL,
  chunks        int NOT NULL DEFAULT 0,      -- of the file, once all are there
  free_at       timestamptz NOT NULL,        -- when a replica may take it: running, when the lease runs out
  lease         uuid,                        -- of the replica that runs it
  lost          int NOT NULL DEFAULT 0,      -- leases that ran out
  failures      int NOT NULL DEFAULT 0,      -- of the platform
  failing_since timestamptz,
  import_id     uuid,                        -- by which acts and objects are known to come from it
  fresh         boolean,                     -- whether nothing of it was there when it began; NULL: it has not
  objects       int NOT NULL DEFAULT 0,
  handled       int NOT NULL DEFAULT 0,
  report        jsonb,
  reason        text,
  ended_at      timestamptz
);
CREATE UNIQUE INDEX import_open ON import (user_id) WHERE state IN ('receiving', 'waiting', 'running');
CREATE INDEX import_by_user ON import (user_id, created_at);
CREATE INDEX import_free ON import (free_at) WHERE state IN ('waiting', 'running');
CREATE INDEX import_ended ON import (ended_at);
CREATE INDEX import_received ON import (created_at) WHERE state = 'receiving';

-- The files, packed by gzip, until their imports have ended.
CREATE TABLE import_chunk (
  import_id uuid NOT NULL REFERENCES import ON DELETE CASCADE,
  n         int NOT NULL,
  user_id   uuid NOT NULL REFERENCES account ON DELETE CASCADE,
  data      bytea NOT NULL,
  PRIMARY KEY (import_id, n)
);
-- It is packed already.
ALTER TABLE import_chunk ALTER COLUMN data SET STORAGE EXTERNAL;
CREATE INDEX import_chunk_by_user ON import_chunk (user_id);

-- +goose Down
DROP TABLE import_chunk, import;
