-- Mails that carry no code: what an admin or an invited person is told. They have a text of their own, and never a secret.
CREATE TABLE outbox_of (
    id                BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    -- Of a code alone.
    challenge         BLOB REFERENCES challenges (id) ON DELETE CASCADE,
    key_id            INTEGER CHECK (key_id BETWEEN 0 AND 255),
    site              TEXT,
    -- Of a notice alone.
    subject           TEXT,
    body              TEXT,
    recipient         TEXT NOT NULL,
    organization      TEXT NOT NULL,
    organization_name TEXT NOT NULL,
    created_at        INTEGER NOT NULL,
    due_at            INTEGER NOT NULL,
    expires_at        INTEGER NOT NULL,
    tries             INTEGER NOT NULL DEFAULT 0,
    state             TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sent', 'failed', 'expired')),
    finished_at       INTEGER,
    reason            TEXT,
    CHECK (CASE WHEN challenge IS NULL THEN subject IS NOT NULL AND body IS NOT NULL
           ELSE key_id IS NOT NULL AND site IS NOT NULL AND subject IS NULL AND body IS NULL END)
) STRICT, WITHOUT ROWID;
INSERT INTO outbox_of (id, challenge, key_id, site, recipient, organization, organization_name, created_at, due_at, expires_at,
                       tries, state, finished_at, reason)
    SELECT id, challenge, key_id, site, recipient, organization, organization_name, created_at, due_at, expires_at,
           tries, state, finished_at, reason FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_of RENAME TO outbox;
CREATE INDEX outbox_due ON outbox (due_at) WHERE state = 'queued';
CREATE INDEX outbox_challenge ON outbox (challenge, created_at);
CREATE INDEX outbox_finished ON outbox (finished_at) WHERE finished_at IS NOT NULL;
