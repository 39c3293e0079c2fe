-- Search by words. Each word of the question must begin one of the task; those with the best
-- places come first. The index holds words as words of their owner, so that it says of a common word
-- where one person has it, not where everybody does.

-- {userId, query, status, after: {rank, id}?, limit, bytes} -> {items, next?}.
CREATE OR REPLACE FUNCTION op_search_tasks(args jsonb) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  uid     uuid := args->>'userId';
  status  text := args->>'status';
  asked   text[] := words_of_query(args->>'query');
  wanted  tsquery := prefixes('', asked);
  own     tsquery := prefixes(right(uid::text, 12), asked);
  hidden  uuid[] := archived_projects(uid);
  place   jsonb := nullif(args->'after', 'null');
  found   record;
  last    json;
  docs    text[] := '{}';
  bytes   bigint := 0;
BEGIN
  FOR found IN
    SELECT task_text(t) AS doc, hit.rank, t.id
    FROM (SELECT d.task_id, ts_rank('{0.05, 0.2, 0.5, 1}', d.words, wanted) AS rank
      FROM search_doc d WHERE d.user_id = uid AND words_of_owner(d.user_id, d.words) @@ own) hit
    JOIN task t ON t.user_id = uid AND t.id = hit.task_id AND t.deleted_at IS NULL
      AND (t.project_id IS NULL OR t.project_id <> ALL (hidden))
      AND (status = 'all' OR (status = 'open') = (t.completed_at IS NULL))
    WHERE place IS NULL OR (-hit.rank, t.id) > (-(place->>'rank')::real, (place->>'id')::uuid)
    ORDER BY -hit.rank, t.id LIMIT (args->>'limit')::int + 1
  LOOP
    IF cardinality(docs) = (args->>'limit')::int OR bytes >= (args->>'bytes')::bigint THEN
      RETURN format('{"items":[%s],"next":%s}', array_to_string(docs, ','), last);
    END IF;
    docs := array_append(docs, found.doc);
    bytes := bytes + octet_length(found.doc);
    last := json_build_object('rank', found.rank::text, 'id', found.id);
  END LOOP;
  RETURN format('{"items":[%s]}', array_to_string(docs, ','));
END $$;

-- The words of a question.
CREATE OR REPLACE FUNCTION words_of_query(text text) RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
  words text[] := tsvector_to_array(to_tsvector('simple', folded(text)));
BEGIN
  IF cardinality(words) = 0 THEN
    PERFORM fail('invalid', 'query.q', 'holds no word to search for');
  END IF;
  RETURN words;
END $$;

-- A query for all of some words of an owner, each of which may go on.
CREATE OR REPLACE FUNCTION prefixes(owner text, words text[]) RETURNS tsquery
LANGUAGE sql IMMUTABLE AS $$
  SELECT string_agg('''' || replace(replace(owner || w, '\', '\\'), '''', '''''') || ''':*', ' & ')::tsquery FROM unnest(words) AS w
$$;
