-- Accounts as admins keep them, one by one and by the million.

-- Proofs and enrolments from before are void: an admin ended the sessions, or changed the address.
ALTER TABLE accounts ADD COLUMN sessions_reset_at BIGINT;
-- When an admin last claimed it or let it go. An import that was decided before does not undo that.
ALTER TABLE accounts ADD COLUMN claim_changed_at BIGINT;
-- A domain's accounts by whether they are claimed, a page at a time.
CREATE INDEX accounts_claims ON accounts (organization, claimed, domain, email);

-- A file of millions is read into these in parts, between which others write. Nothing of it counts until it is decided;
-- from then on all of it does, and whoever finds it unfinished finishes it.
CREATE TABLE imports (
    id           BYTEA PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    organization TEXT COLLATE "C" NOT NULL,
    began_at     BIGINT NOT NULL,
    decided_at   BIGINT,
    -- JSON: what was imported, for the change log.
    detail       TEXT COLLATE "C"
);
CREATE TABLE import_domains (
    import BYTEA NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    name   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (import, name)
);
CREATE TABLE import_accounts (
    import    BYTEA NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    number    BIGINT NOT NULL,
    id        BYTEA NOT NULL CHECK (length(id) = 16),
    email     TEXT COLLATE "C" NOT NULL,
    domain    TEXT COLLATE "C" NOT NULL,
    username  TEXT COLLATE "C",
    name      TEXT COLLATE "C",
    claimed   BIGINT NOT NULL CHECK (claimed IN (0, 1)),
    -- JSON: pairs of site and key.
    user_keys TEXT COLLATE "C",
    PRIMARY KEY (import, number)
);
