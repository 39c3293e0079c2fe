-- +goose Up

-- By which those of a person are found that are due before one that fires.
CREATE INDEX reminders_scheduled_of_user ON reminders (user_id, fire_at) WHERE state = 'scheduled';

-- +goose Down
DROP INDEX reminders_scheduled_of_user;
