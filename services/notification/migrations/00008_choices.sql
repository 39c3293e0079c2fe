-- +goose Up

-- What people have chosen, as todo-api tells of it. settings_as_of says how far the feed of a user was
-- then; 0: the person had chosen nothing; NULL: the version before handled changes of theirs.
ALTER TABLE people ADD COLUMN settings jsonb;
ALTER TABLE people ADD COLUMN settings_as_of bigint;
CREATE INDEX people_unlearned ON people (user_id) WHERE settings_as_of IS NULL;

-- What the task says of it: by which channels a reminder goes out (NULL: as the person has chosen).
ALTER TABLE reminders ADD COLUMN notify text[];
ALTER TABLE reminders ADD COLUMN priority smallint;

-- A message that quiet hours put off waits until held_until. counted: it has its place among those
-- that its person may get in an hour.
ALTER TABLE deliveries ADD COLUMN held_until timestamptz;
ALTER TABLE deliveries ADD COLUMN counted boolean NOT NULL DEFAULT false;
ALTER TABLE push_deliveries ADD COLUMN held_until timestamptz;
ALTER TABLE push_deliveries ADD COLUMN counted boolean NOT NULL DEFAULT false;
CREATE INDEX deliveries_of_user ON deliveries (user_id) WHERE state = 'pending';
CREATE INDEX push_deliveries_of_user ON push_deliveries (user_id) WHERE state = 'pending';

-- Until when what may be sent to a person is spent; with the nil UUID, to all together.
CREATE TABLE rates (
    user_id     uuid        NOT NULL,
    channel     text        NOT NULL,
    spent_until timestamptz NOT NULL,
    PRIMARY KEY (user_id, channel)
) WITH (fillfactor = 70);

-- +goose Down
DROP TABLE rates;
DROP INDEX push_deliveries_of_user;
DROP INDEX deliveries_of_user;
ALTER TABLE push_deliveries DROP COLUMN counted, DROP COLUMN held_until;
ALTER TABLE deliveries DROP COLUMN counted, DROP COLUMN held_until;
ALTER TABLE reminders DROP COLUMN priority, DROP COLUMN notify;
DROP INDEX people_unlearned;
ALTER TABLE people DROP COLUMN settings_as_of, DROP COLUMN settings;
