-- +goose Up

-- Mails of more kinds; which there are, package calls says.
ALTER TABLE notices DROP CONSTRAINT IF EXISTS notices_kind_check;

-- Users whose accounts were deleted: nothing is kept of them, and what comes late is passed over.
CREATE TABLE departed (
    user_id uuid        PRIMARY KEY,
    at      timestamptz NOT NULL
);
CREATE INDEX departed_at ON departed (at);
CREATE INDEX notices_of_user ON notices (user_id);

-- +goose Down
DROP INDEX notices_of_user;
DROP TABLE departed;
DELETE FROM notices WHERE kind <> 'verification';
ALTER TABLE notices ADD CONSTRAINT notices_kind_check CHECK (kind IN ('verification'));
