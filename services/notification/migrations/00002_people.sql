-- +goose Up

-- What the service knows of each user: up to which seq it has handled the changes, and
-- when the user's days start.
CREATE TABLE people (
    user_id   uuid   PRIMARY KEY,
    seq       bigint NOT NULL DEFAULT 0,
    day_start text   NOT NULL DEFAULT '09:00'
) WITH (fillfactor = 70);

-- Events of the version before that wait for Kafka are taken over by adopt_waiting; the
-- others are of no use any more. The table goes with the next version.

-- +goose Down
DROP TABLE people;
