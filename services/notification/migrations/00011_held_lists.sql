-- +goose Up

-- Until when quiet hours put off a list of what is due that was delayed.
ALTER TABLE notices ADD COLUMN held_until timestamptz;

-- +goose Down
ALTER TABLE notices DROP COLUMN held_until;
