-- Order keys: texts that sort, byte by byte, as people have put things into order. They are
-- fractions in base 62 without trailing zeros, so that there is always one between two others.
-- A new thing gets the key of its moment in microseconds, which comes after all before it,
-- without a look at them.

-- The digits, in the order of their bytes.
CREATE OR REPLACE FUNCTION order_digits() RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
$$;

-- The whole part of a key: nine digits, enough for microseconds until the year 2398.
CREATE OR REPLACE FUNCTION order_key_of(n bigint) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  digits CONSTANT text := order_digits();
  key    text := '';
BEGIN
  FOR i IN 1 .. 9 LOOP
    key := substr(digits, (n % 62)::int + 1, 1) || key;
    n := n / 62;
  END LOOP;
  RETURN rtrim(key, '0');
END $$;

CREATE OR REPLACE FUNCTION order_key_at(at timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT order_key_of((extract(epoch FROM at) * 1000000)::bigint)
$$;

-- The number that the whole part of a key stands for.
CREATE OR REPLACE FUNCTION order_number(key text) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  digits CONSTANT text := order_digits();
  n      bigint := 0;
BEGIN
  FOR i IN 1 .. 9 LOOP
    n := n * 62 + greatest(strpos(digits, substr(key, i, 1)) - 1, 0);
  END LOOP;
  RETURN n;
END $$;

-- A key between two others, of which NULL is the one before all, or the one after all. Between
-- equal ones there is none: things that share a key are in the order of their ids, and what
-- comes between them comes after them.
CREATE OR REPLACE FUNCTION order_key_between(lower text, upper text) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  digits CONSTANT text := order_digits();
  key    text := '';
  low    int;
  high   int;
BEGIN
  CASE
  WHEN lower IS NULL AND upper IS NULL THEN
    RETURN order_key_of(0) || 'V';
  WHEN upper IS NULL THEN
    RETURN order_key_of(order_number(lower) + 1);
  WHEN lower IS NULL AND order_number(upper) > 1 THEN
    RETURN order_key_of(order_number(upper) - 1);
  WHEN lower COLLATE "C" >= upper THEN
    RETURN lower || 'V';
  ELSE
    FOR i IN 1 .. length(coalesce(lower, '')) + length(upper) + 1 LOOP
      low := greatest(strpos(digits, substr(coalesce(lower, ''), i, 1)) - 1, 0);
      high := CASE WHEN upper IS NULL THEN 62 ELSE greatest(strpos(digits, substr(upper, i, 1)) - 1, 0) END;
      IF high - low > 1 THEN
        RETURN key || substr(digits, (low + high) / 2 + 1, 1);
      END IF;
      key := key || substr(digits, low + 1, 1);
      IF high > low THEN
        upper := NULL; -- whatever follows in key, it stays below
      END IF;
    END LOOP;
    RETURN key || 'V';
  END CASE;
END $$;

-- The key of what is put before or after one of some things, by their keys.
CREATE OR REPLACE FUNCTION order_key_beside(keys text[], key text, before boolean) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN before
    THEN order_key_between((SELECT max(k COLLATE "C") FROM unnest(keys) AS k WHERE k COLLATE "C" < key), key)
    ELSE order_key_between(key, (SELECT min(k COLLATE "C") FROM unnest(keys) AS k WHERE k COLLATE "C" > key)) END
$$;
