-- +goose Up

-- Writers take their account first: those under way end, and others wait, before the types of
-- accounts and tasks change under functions of the version before.
LOCK TABLE account IN EXCLUSIVE MODE;

-- By what people are told of things besides in the page, and when.
ALTER TABLE account
  ADD COLUMN reminders_by text[] NOT NULL DEFAULT '{email,push}',
  ADD COLUMN digest_by    text[] NOT NULL DEFAULT '{}',
  ADD COLUMN digest_at    time   NOT NULL DEFAULT '08:00',
  ADD COLUMN overdue_by   text[] NOT NULL DEFAULT '{}',
  ADD COLUMN overdue_at   time   NOT NULL DEFAULT '18:00',
  ADD COLUMN quiet_hours  jsonb;                          -- {from, to, urgent}
-- NULL: reminders of the task come as the settings say.
ALTER TABLE task ADD COLUMN notify text[];

-- +goose Down
ALTER TABLE task DROP COLUMN notify;
ALTER TABLE account DROP COLUMN reminders_by, DROP COLUMN digest_by, DROP COLUMN digest_at,
  DROP COLUMN overdue_by, DROP COLUMN overdue_at, DROP COLUMN quiet_hours;
