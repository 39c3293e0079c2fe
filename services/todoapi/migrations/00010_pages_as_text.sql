-- +goose Up

-- They return text now, and a function that is replaced keeps its type. No release had them.
DROP FUNCTION IF EXISTS op_read_tasks(jsonb), op_find_tasks(jsonb), op_read_snapshot(jsonb);

-- +goose Down
DROP FUNCTION IF EXISTS op_read_tasks(jsonb), op_find_tasks(jsonb), op_read_snapshot(jsonb);
