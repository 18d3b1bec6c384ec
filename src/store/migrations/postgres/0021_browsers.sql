-- The browsers in which people verified, for whom they belong to: to be looked at and ended. Nothing is decided by them.
CREATE TABLE browsers (
    id                BYTEA PRIMARY KEY NOT NULL CHECK (octet_length(id) = 16),
    organization      TEXT COLLATE "C" NOT NULL,
    email             TEXT COLLATE "C" NOT NULL,
    device            BYTEA NOT NULL CHECK (octet_length(device) = 16),
    family            BYTEA NOT NULL CHECK (octet_length(family) = 16),
    site              TEXT COLLATE "C" NOT NULL,
    program           TEXT COLLATE "C" NOT NULL,
    system            TEXT COLLATE "C" NOT NULL,
    network           TEXT COLLATE "C" NOT NULL,
    first_verified_at BIGINT NOT NULL,
    last_verified_at  BIGINT NOT NULL
);
CREATE INDEX browsers_account ON browsers (organization, email);
CREATE INDEX browsers_age ON browsers (last_verified_at);
