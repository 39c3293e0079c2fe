-- Which revisions of the schema the database carries. A service asks before it serves, because it
-- may come up before its migration, or on a database that was restored from an older backup.
CREATE TABLE IF NOT EXISTS schema_revision (
  position   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  revision   text NOT NULL UNIQUE,
  applied_at timestamptz NOT NULL DEFAULT now()
);

-- note_revision notes that the schema is of a revision now. It carries those before it, too: each
-- serves the version before. Those that came after it, if it comes back, it carries no longer,
-- because their functions were replaced.
CREATE OR REPLACE FUNCTION note_revision(noted text) RETURNS void
LANGUAGE sql AS $$
  DELETE FROM schema_revision WHERE position > (SELECT position FROM schema_revision WHERE revision = noted);
  INSERT INTO schema_revision (revision) VALUES (noted) ON CONFLICT DO NOTHING;
$$;

-- {revision} -> whether the schema carries it.
CREATE OR REPLACE FUNCTION op_carries_revision(args jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT to_jsonb(EXISTS (SELECT FROM schema_revision WHERE revision = args->>'revision'))
$$;
