-- matching returns which of some rows a condition holds for, by their numbers from 1. The
-- condition speaks of a row by the alias given, and of element i of params as $2[i].
--
-- The condition is not trusted. The function runs as the reader, a role without any rights
-- on tables or on other functions; all that a condition can see are the rows that the caller
-- hands in, and all that it can say are numbers. What it does is undone: a cursor takes one
-- statement alone, STABLE refuses one that writes, and the exception takes back the effects
-- of functions, such as those on settings and large objects.
CREATE OR REPLACE FUNCTION matching(rows anyarray, alias text, condition text, params text[]) RETURNS int[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
DECLARE
  chosen refcursor;
  found  int[];
BEGIN
  OPEN chosen FOR EXECUTE
    format('SELECT array_agg(%1$I.ordinality::int) FROM unnest($1) WITH ORDINALITY AS %1$I WHERE (%2$s)', alias, condition)
    USING rows, params;
  FETCH chosen INTO found;
  RAISE EXCEPTION USING ERRCODE = 'TD001';
EXCEPTION WHEN SQLSTATE 'TD001' THEN
  RETURN found;
END
$$;
REVOKE ALL ON FUNCTION matching(anyarray, text, text, text[]) FROM PUBLIC;
