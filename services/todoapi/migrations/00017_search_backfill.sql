-- Tasks from before there was a search. Their writers are not kept waiting: what they write while
-- this runs is newer, and stays.

-- +goose Up
INSERT INTO search_doc (task_id, user_id, words) SELECT t.id, t.user_id, search_words(t) FROM task t
ON CONFLICT (task_id) DO NOTHING;

-- +goose Down
DELETE FROM search_doc;
