-- What the database says of itself to whoever asks which migration it carries.
CREATE SCHEMA IF NOT EXISTS todoplatform;
REVOKE ALL ON SCHEMA todoplatform FROM PUBLIC;
CREATE TABLE IF NOT EXISTS todoplatform.migration (
  single     boolean PRIMARY KEY DEFAULT true CHECK (single),
  id         text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
);
