-- Accounts as admins keep them, one by one and by the million.

-- Proofs and enrolments from before are void: an admin ended the sessions, or changed the address.
ALTER TABLE accounts ADD COLUMN sessions_reset_at INTEGER;
-- When an admin last claimed it or let it go. An import that was decided before does not undo that.
ALTER TABLE accounts ADD COLUMN claim_changed_at INTEGER;
-- A domain's accounts by whether they are claimed, a page at a time.
CREATE INDEX accounts_claims ON accounts (organization, claimed, domain, email);

-- A file of millions is read into these in parts, between which others write. Nothing of it counts until it is decided;
-- from then on all of it does, and whoever finds it unfinished finishes it.
CREATE TABLE imports (
    id           BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    organization TEXT NOT NULL,
    began_at     INTEGER NOT NULL,
    decided_at   INTEGER,
    -- JSON: what was imported, for the change log.
    detail       TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE import_domains (
    import BLOB NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    name   TEXT NOT NULL,
    PRIMARY KEY (import, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE import_accounts (
    import    BLOB NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    number    INTEGER NOT NULL,
    id        BLOB NOT NULL CHECK (length(id) = 16),
    email     TEXT NOT NULL,
    domain    TEXT NOT NULL,
    username  TEXT,
    name      TEXT,
    claimed   INTEGER NOT NULL CHECK (claimed IN (0, 1)),
    -- JSON: pairs of site and key.
    user_keys TEXT,
    PRIMARY KEY (import, number)
) STRICT, WITHOUT ROWID;
