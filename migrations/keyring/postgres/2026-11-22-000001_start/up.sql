CREATE TABLE keys (
    name TEXT NOT NULL PRIMARY KEY,
    wrapped BYTEA NOT NULL,
    created_at TIMESTAMP NOT NULL
);
