-- The door into a schema. See the package documentation of store.

-- fail ends the running operation with a failure of a kind of package failure.
-- field names the input at fault; NULL or '' when there is none.
CREATE OR REPLACE FUNCTION fail(kind text, field text, message text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING
    ERRCODE = 'TD000',
    MESSAGE = fail.message,
    DETAIL = fail.kind,
    COLUMN = coalesce(fail.field, '');
END
$$;

-- admit may refuse an operation before it runs. Here it refuses none; a schema may replace it.
CREATE OR REPLACE FUNCTION admit(op text, args jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
END
$$;

-- answer runs the function op_<op>(jsonb), which returns json, jsonb or a JSON document as text,
-- and always returns one document as text: {"ok": result} or {"error": {…}}, the latter after
-- everything that the operation did has been undone. It runs with its owner's rights, so that a
-- service's role needs none on tables. Text and json pass through as they were built; jsonb,
-- which takes several times longer to build, is for what is worked on further.
CREATE OR REPLACE FUNCTION answer(op text, args jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  result     text;
  code       text;
  message    text;
  detail     text;
  field      text;
  violated   text;
BEGIN
  PERFORM admit(op, args);
  EXECUTE format('SELECT %I($1)::text', 'op_' || op) INTO result USING args;
  -- A deferred constraint would otherwise fail at commit, after the result is out.
  SET CONSTRAINTS ALL IMMEDIATE;
  RETURN '{"ok":' || coalesce(result, 'null') || '}';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS
    code = RETURNED_SQLSTATE,
    message = MESSAGE_TEXT,
    detail = PG_EXCEPTION_DETAIL,
    field = COLUMN_NAME,
    violated = CONSTRAINT_NAME;
  RETURN json_build_object('error', json_build_object(
    'code', code,
    'constraint', violated,
    'message', left(message, 2000), -- it may quote a value of any length
    'kind', CASE WHEN code = 'TD000' THEN detail ELSE '' END,
    'field', CASE WHEN code = 'TD000' THEN field ELSE '' END
  ));
END
$$;

-- call is the door of services of the version before. It goes with the next version.
CREATE OR REPLACE FUNCTION call(op text, args jsonb) RETURNS jsonb
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT answer(op, args)::jsonb
$$;
