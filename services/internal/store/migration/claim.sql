-- Whose database this is. Two platforms in one would read each other's people.
CREATE SCHEMA IF NOT EXISTS todoplatform;
REVOKE ALL ON SCHEMA todoplatform FROM PUBLIC;
CREATE TABLE IF NOT EXISTS todoplatform.owner (
  single    boolean PRIMARY KEY DEFAULT true CHECK (single),
  id        text NOT NULL,
  namespace text NOT NULL,
  name      text NOT NULL
);
