-- +goose Up

-- The words of a task and its comments, to be searched. They are apart from the task, so that an
-- edit of anything else leaves them alone.
CREATE TABLE search_doc (
  task_id uuid PRIMARY KEY REFERENCES task ON DELETE CASCADE,
  user_id uuid NOT NULL,
  words   tsvector NOT NULL
);
CREATE INDEX search_doc_of_user ON search_doc (user_id);

-- The functions are here and not beside the statements, because the triggers need them from the
-- moment in which they are there.

-- Text as it is compared: in lower case and without accents.
-- +goose StatementBegin
CREATE FUNCTION folded(text text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT replace(regexp_replace(normalize(lower(text COLLATE "und-x-icu"), NFKD), '[\u0300-\u036f]', '', 'g'), 'ß', 'ss')
$$;
-- +goose StatementEnd

-- The words of a task: those of its title count most, then its tags, its notes, its comments. A
-- tsvector holds a mebibyte at most, hence the bound of comments.
-- +goose StatementBegin
CREATE FUNCTION search_words(t task) RETURNS tsvector
LANGUAGE sql STABLE AS $$
  SELECT setweight(to_tsvector('simple', folded(t.title)), 'A')
    || setweight(to_tsvector('simple', folded(array_to_string(t.tags, ' '))), 'B')
    || setweight(to_tsvector('simple', folded(t.notes)), 'C')
    || setweight(to_tsvector('simple', folded(coalesce((SELECT left(string_agg(c.text, ' ' ORDER BY c.created_at DESC), 200000)
      FROM comment c WHERE c.task_id = t.id AND c.deleted_at IS NULL), ''))), 'D')
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION index_task() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO search_doc (task_id, user_id, words) VALUES (NEW.id, NEW.user_id, search_words(NEW))
  ON CONFLICT (task_id) DO UPDATE SET words = excluded.words;
  RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION index_comment() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  UPDATE search_doc SET words = search_words(t) FROM task t WHERE t.id = NEW.task_id AND task_id = NEW.task_id;
  RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER index_new_task AFTER INSERT ON task FOR EACH ROW EXECUTE FUNCTION index_task();
CREATE TRIGGER index_task AFTER UPDATE OF title, notes, tags ON task FOR EACH ROW
  WHEN ((OLD.title, OLD.notes, OLD.tags) IS DISTINCT FROM (NEW.title, NEW.notes, NEW.tags)) EXECUTE FUNCTION index_task();
CREATE TRIGGER index_comment AFTER INSERT OR UPDATE ON comment FOR EACH ROW EXECUTE FUNCTION index_comment();

-- +goose Down
DROP TRIGGER index_comment ON comment;
DROP TRIGGER index_task ON task;
DROP TRIGGER index_new_task ON task;
DROP FUNCTION index_comment, index_task, search_words, folded;
DROP TABLE search_doc;
