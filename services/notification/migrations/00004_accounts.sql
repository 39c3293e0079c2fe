-- +goose Up

-- Mails of more kinds; which there are, package calls says.
ALTER TABLE notices DROP CONSTRAINT IF EXISTS notices_kind_check;

-- +goose Down
DELETE FROM notices WHERE kind <> 'verification';
ALTER TABLE notices ADD CONSTRAINT notices_kind_check CHECK (kind IN ('verification'));
