-- The first schema. Times are milliseconds since 1970; ids, subjects and devices are 16 bytes.
-- A migration that was ever released is never edited: a later one changes what it made.

-- One row per ordered log. It is updated in the transaction that appends, so numbers are dense and in commit order.
CREATE TABLE sequences (
    name  TEXT COLLATE "C" PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO sequences (name, value) VALUES ('change', 0), ('audit', 0);

CREATE TABLE domains (
    name        TEXT COLLATE "C" PRIMARY KEY,
    verified_at BIGINT NOT NULL
);

CREATE TABLE accounts (
    id         BYTEA PRIMARY KEY CHECK (octet_length(id) = 16),
    email      TEXT COLLATE "C" NOT NULL,
    username   TEXT COLLATE "C",
    name       TEXT COLLATE "C",
    claimed    BIGINT NOT NULL CHECK (claimed IN (0, 1)),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX accounts_email ON accounts (email);
CREATE UNIQUE INDEX accounts_username ON accounts (username) WHERE username IS NOT NULL;

-- The address that a person at a site is judged by, as it was at first sight.
CREATE TABLE pins (
    site      TEXT COLLATE "C" NOT NULL,
    user_key  TEXT COLLATE "C" NOT NULL,
    username  TEXT COLLATE "C" NOT NULL,
    email     TEXT COLLATE "C",
    pinned_at BIGINT NOT NULL,
    PRIMARY KEY (site, user_key)
);

-- An open request for a code. The code itself is derived from the id and stored nowhere.
CREATE TABLE challenges (
    id         BYTEA PRIMARY KEY CHECK (octet_length(id) = 16),
    subject    BYTEA NOT NULL CHECK (octet_length(subject) = 16),
    device     BYTEA NOT NULL CHECK (octet_length(device) = 16),
    site       TEXT COLLATE "C" NOT NULL,
    email      TEXT COLLATE "C" NOT NULL,
    key_id     BIGINT NOT NULL CHECK (key_id BETWEEN 0 AND 255),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    tries      BIGINT NOT NULL DEFAULT 0,
    ended_at   BIGINT,
    outcome    TEXT COLLATE "C" CHECK (outcome IN ('verified', 'exhausted', 'replaced', 'voided', 'expired'))
);
-- Two live challenges of one person in one browser would double the guesses.
CREATE UNIQUE INDEX challenges_live ON challenges (subject, device) WHERE ended_at IS NULL;
CREATE INDEX challenges_newest ON challenges (subject, device, created_at);
CREATE INDEX challenges_expiry ON challenges (expires_at);

CREATE TABLE outbox (
    id          BYTEA PRIMARY KEY CHECK (octet_length(id) = 16),
    challenge   BYTEA NOT NULL REFERENCES challenges (id) ON DELETE CASCADE,
    key_id      BIGINT NOT NULL CHECK (key_id BETWEEN 0 AND 255),
    recipient   TEXT COLLATE "C" NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL,
    site        TEXT COLLATE "C" NOT NULL,
    created_at  BIGINT NOT NULL,
    due_at      BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    tries       BIGINT NOT NULL DEFAULT 0,
    state       TEXT COLLATE "C" NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sent', 'failed', 'expired')),
    finished_at BIGINT,
    reason      TEXT COLLATE "C"
);
CREATE INDEX outbox_due ON outbox (due_at) WHERE state = 'queued';
CREATE INDEX outbox_challenge ON outbox (challenge, created_at);
CREATE INDEX outbox_finished ON outbox (finished_at) WHERE finished_at IS NOT NULL;

-- When things happened that have a limit.
CREATE TABLE quota_events (
    kind    TEXT COLLATE "C" NOT NULL,
    subject BYTEA NOT NULL,
    at      BIGINT NOT NULL
);
CREATE INDEX quota_events_newest ON quota_events (kind, subject, at);
CREATE INDEX quota_events_age ON quota_events (at);

-- When a person last signed out in a browser: proofs up to then are void.
CREATE TABLE revocations (
    subject BYTEA NOT NULL CHECK (octet_length(subject) = 16),
    device  BYTEA NOT NULL CHECK (octet_length(device) = 16),
    at      BIGINT NOT NULL,
    PRIMARY KEY (subject, device)
);
CREATE INDEX revocations_age ON revocations (at);

CREATE TABLE changes (
    seq    BIGINT PRIMARY KEY,
    at     BIGINT NOT NULL,
    kind   TEXT COLLATE "C" NOT NULL,
    detail TEXT COLLATE "C" NOT NULL
);

-- Each hash covers the one before, so an edited or removed row is found.
CREATE TABLE audit (
    seq     BIGINT PRIMARY KEY,
    at      BIGINT NOT NULL,
    actor   TEXT COLLATE "C" NOT NULL,
    action  TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    detail  TEXT COLLATE "C" NOT NULL,
    hash    BYTEA NOT NULL CHECK (octet_length(hash) = 32)
);
