-- The one door into a schema. See the package documentation of store.

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

-- call runs the function op_<op>(jsonb) RETURNS jsonb and always returns one
-- document: {"ok": result} or {"error": {…}}, the latter after everything that the
-- operation did has been undone. It runs with its owner's rights, so that a
-- service's role needs none on tables.
CREATE OR REPLACE FUNCTION call(op text, args jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    result     jsonb;
    code       text;
    message    text;
    detail     text;
    field      text;
    violated   text;
BEGIN
    EXECUTE format('SELECT %I($1)', 'op_' || op) INTO result USING args;
    -- A deferred constraint would otherwise fail at commit, after the result is out.
    SET CONSTRAINTS ALL IMMEDIATE;
    RETURN jsonb_build_object('ok', result);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS
        code = RETURNED_SQLSTATE,
        message = MESSAGE_TEXT,
        detail = PG_EXCEPTION_DETAIL,
        field = COLUMN_NAME,
        violated = CONSTRAINT_NAME;
    RETURN jsonb_build_object('error', jsonb_build_object(
        'code', code,
        'constraint', violated,
        'message', message,
        'kind', CASE WHEN code = 'TD000' THEN detail ELSE '' END,
        'field', CASE WHEN code = 'TD000' THEN field ELSE '' END
    ));
END
$$;
