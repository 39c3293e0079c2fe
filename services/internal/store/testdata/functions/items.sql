-- Operations that provoke what can go wrong in the database.

CREATE OR REPLACE FUNCTION op_add_item(args jsonb) RETURNS jsonb LANGUAGE sql AS $$
    INSERT INTO item (id, name, size, shelf)
    VALUES ((args->>'id')::bigint, args->>'name', (args->>'size')::bigint, (args->>'shelf')::bigint)
    RETURNING to_jsonb(item)
$$;

CREATE OR REPLACE FUNCTION op_list_items(args jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(to_jsonb(item) ORDER BY id), '[]') FROM item
$$;

-- Writes and then fails: nothing of it may stay.
CREATE OR REPLACE FUNCTION op_divide(args jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO item (id, name) VALUES (1, 'half done');
    RETURN to_jsonb(1 / (args->>'by')::int);
END
$$;

CREATE OR REPLACE FUNCTION op_refuse(args jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO item (id, name) VALUES (1, 'half done');
    PERFORM fail(args->>'kind', args->>'field', args->>'message');
END
$$;

CREATE OR REPLACE FUNCTION op_sleep(args jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO item (id, name) VALUES (1, 'half done');
    PERFORM pg_sleep((args->>'seconds')::float8);
    RETURN 'true';
END
$$;

CREATE OR REPLACE FUNCTION op_wait(args jsonb) RETURNS jsonb LANGUAGE sql AS $$
    SELECT to_jsonb(pg_sleep((args->>'seconds')::float8)::text)
$$;

CREATE OR REPLACE FUNCTION op_echo(args jsonb) RETURNS jsonb LANGUAGE sql AS $$
    SELECT args
$$;

CREATE OR REPLACE FUNCTION op_nothing(args jsonb) RETURNS jsonb LANGUAGE sql AS $$
    SELECT NULL::jsonb
$$;

-- Not an operation: call must not reach it.
CREATE OR REPLACE FUNCTION secret(args jsonb) RETURNS jsonb LANGUAGE sql AS $$
    SELECT '"reached"'::jsonb
$$;
