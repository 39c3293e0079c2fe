-- +goose Up
CREATE TABLE shelf (id bigint PRIMARY KEY);

CREATE TABLE item (
    id    bigint PRIMARY KEY,
    name  text CONSTRAINT name_taken UNIQUE,
    size  bigint CONSTRAINT size_positive CHECK (size > 0),
    shelf bigint CONSTRAINT shelf_exists REFERENCES shelf DEFERRABLE INITIALLY DEFERRED
);
