-- The browsers in which people verified, for whom they belong to: to be looked at and ended. Nothing is decided by them.
CREATE TABLE browsers (
    id                BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    organization      TEXT NOT NULL,
    email             TEXT NOT NULL,
    device            BLOB NOT NULL CHECK (length(device) = 16),
    family            BLOB NOT NULL CHECK (length(family) = 16),
    site              TEXT NOT NULL,
    program           TEXT NOT NULL,
    system            TEXT NOT NULL,
    network           TEXT NOT NULL,
    first_verified_at INTEGER NOT NULL,
    last_verified_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX browsers_account ON browsers (organization, email);
CREATE INDEX browsers_age ON browsers (last_verified_at);
