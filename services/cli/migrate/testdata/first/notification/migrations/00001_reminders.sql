-- +goose Up

-- The newest change applied to each task: an older one that arrives late is ignored.
CREATE TABLE task_versions (
    user_id    uuid        NOT NULL,
    task_id    uuid        NOT NULL,
    seq        bigint      NOT NULL,
    applied_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, task_id)
);
CREATE INDEX task_versions_applied_at ON task_versions (applied_at);

-- One row a reminder of a task. version grows with each new fire time, so that an alarm
-- set for an old time finds nothing to do. armed_version is the version for which the
-- scheduler holds a job; arming_until is the lease of the replica that is setting one.
CREATE TABLE reminders (
    id            uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id       uuid        NOT NULL,
    task_id       uuid        NOT NULL,
    reminder_id   text        NOT NULL,
    version       integer     NOT NULL DEFAULT 1,
    fire_at       timestamptz NOT NULL,
    title         text        NOT NULL,
    due           jsonb,
    state         text        NOT NULL CHECK (state IN ('scheduled', 'fired', 'cancelled')),
    armed_version integer     NOT NULL DEFAULT 0,
    arming_until  timestamptz NOT NULL DEFAULT '-infinity',
    updated_at    timestamptz NOT NULL,
    UNIQUE (user_id, task_id, reminder_id)
);
CREATE INDEX reminders_scheduled ON reminders (fire_at) WHERE state = 'scheduled';
CREATE INDEX reminders_unarmed ON reminders (fire_at) WHERE state = 'scheduled' AND armed_version < version;
CREATE INDEX reminders_over ON reminders (updated_at) WHERE state <> 'scheduled';

-- One row a reminder, fire time and outside channel: the key under which a message is sent
-- once. next_attempt_at is also the lease: a claim moves it forward.
CREATE TABLE deliveries (
    reminder        uuid        NOT NULL REFERENCES reminders (id) ON DELETE CASCADE,
    version         integer     NOT NULL,
    channel         text        NOT NULL CHECK (channel IN ('email')),
    user_id         uuid        NOT NULL,
    state           text        NOT NULL CHECK (state IN ('pending', 'sent', 'failed', 'cancelled')),
    attempts        integer     NOT NULL DEFAULT 0,
    fired_at        timestamptz NOT NULL,
    next_attempt_at timestamptz NOT NULL,
    error           text        NOT NULL DEFAULT '',
    PRIMARY KEY (reminder, version, channel)
);
CREATE INDEX deliveries_pending ON deliveries (next_attempt_at) WHERE state = 'pending';

-- +goose Down
DROP TABLE deliveries;
DROP TABLE reminders;
DROP TABLE task_versions;
