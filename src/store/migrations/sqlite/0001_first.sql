-- The first schema. Times are milliseconds since 1970; ids, subjects and devices are 16 bytes.
-- A migration that was ever released is never edited: a later one changes what it made.

-- One row per ordered log. It is updated in the transaction that appends, so numbers are dense and in commit order.
CREATE TABLE sequences (
    name  TEXT PRIMARY KEY NOT NULL,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO sequences (name, value) VALUES ('change', 0), ('audit', 0);

CREATE TABLE domains (
    name        TEXT PRIMARY KEY NOT NULL,
    verified_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (
    id         BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    email      TEXT NOT NULL,
    username   TEXT,
    name       TEXT,
    claimed    INTEGER NOT NULL CHECK (claimed IN (0, 1)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX accounts_email ON accounts (email);
CREATE UNIQUE INDEX accounts_username ON accounts (username) WHERE username IS NOT NULL;

-- The address that a person at a site is judged by, as it was at first sight.
CREATE TABLE pins (
    site      TEXT NOT NULL,
    user_key  TEXT NOT NULL,
    username  TEXT NOT NULL,
    email     TEXT,
    pinned_at INTEGER NOT NULL,
    PRIMARY KEY (site, user_key)
) STRICT, WITHOUT ROWID;

-- An open request for a code. The code itself is derived from the id and stored nowhere.
CREATE TABLE challenges (
    id         BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    subject    BLOB NOT NULL CHECK (length(subject) = 16),
    device     BLOB NOT NULL CHECK (length(device) = 16),
    site       TEXT NOT NULL,
    email      TEXT NOT NULL,
    key_id     INTEGER NOT NULL CHECK (key_id BETWEEN 0 AND 255),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    tries      INTEGER NOT NULL DEFAULT 0,
    ended_at   INTEGER,
    outcome    TEXT CHECK (outcome IN ('verified', 'exhausted', 'replaced', 'voided', 'expired'))
) STRICT, WITHOUT ROWID;
-- Two live challenges of one person in one browser would double the guesses.
CREATE UNIQUE INDEX challenges_live ON challenges (subject, device) WHERE ended_at IS NULL;
CREATE INDEX challenges_newest ON challenges (subject, device, created_at);
CREATE INDEX challenges_expiry ON challenges (expires_at);

CREATE TABLE outbox (
    id          BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    challenge   BLOB NOT NULL REFERENCES challenges (id) ON DELETE CASCADE,
    key_id      INTEGER NOT NULL CHECK (key_id BETWEEN 0 AND 255),
    recipient   TEXT NOT NULL,
    kind        TEXT NOT NULL,
    site        TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    tries       INTEGER NOT NULL DEFAULT 0,
    state       TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sent', 'failed', 'expired')),
    finished_at INTEGER,
    reason      TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_due ON outbox (due_at) WHERE state = 'queued';
CREATE INDEX outbox_challenge ON outbox (challenge, created_at);
CREATE INDEX outbox_finished ON outbox (finished_at) WHERE finished_at IS NOT NULL;

-- When things happened that have a limit.
CREATE TABLE quota_events (
    kind    TEXT NOT NULL,
    subject BLOB NOT NULL,
    at      INTEGER NOT NULL
) STRICT;
CREATE INDEX quota_events_newest ON quota_events (kind, subject, at);
CREATE INDEX quota_events_age ON quota_events (at);

-- When a person last signed out in a browser: proofs up to then are void.
CREATE TABLE revocations (
    subject BLOB NOT NULL CHECK (length(subject) = 16),
    device  BLOB NOT NULL CHECK (length(device) = 16),
    at      INTEGER NOT NULL,
    PRIMARY KEY (subject, device)
) STRICT, WITHOUT ROWID;
CREATE INDEX revocations_age ON revocations (at);

CREATE TABLE changes (
    seq    INTEGER PRIMARY KEY NOT NULL,
    at     INTEGER NOT NULL,
    kind   TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;

-- Each hash covers the one before, so an edited or removed row is found.
CREATE TABLE audit (
    seq     INTEGER PRIMARY KEY NOT NULL,
    at      INTEGER NOT NULL,
    actor   TEXT NOT NULL,
    action  TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail  TEXT NOT NULL,
    hash    BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
