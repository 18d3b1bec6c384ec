-- Once per organization: a proof names its family, and a ticket between two hosts works once.

-- When a person last signed out in a browser, at whatever host: proofs of this family up to then are void. Proofs of before name
-- none and are void themselves, so nobody's sign-out is forgotten here.
DROP TABLE revocations;
CREATE TABLE revocations (
    family BLOB PRIMARY KEY NOT NULL CHECK (length(family) = 16),
    at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX revocations_age ON revocations (at);

-- The tickets that were taken.
CREATE TABLE handovers (
    id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX handovers_age ON handovers (at);
