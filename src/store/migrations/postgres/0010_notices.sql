-- Mails that carry no code: what an admin or an invited person is told. They have a text of their own, and never a secret.
CREATE TABLE outbox_of (
    id                BYTEA PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    -- Of a code alone.
    challenge         BYTEA REFERENCES challenges (id) ON DELETE CASCADE,
    key_id            BIGINT CHECK (key_id BETWEEN 0 AND 255),
    site              TEXT COLLATE "C",
    -- Of a notice alone.
    subject           TEXT COLLATE "C",
    body              TEXT COLLATE "C",
    recipient         TEXT COLLATE "C" NOT NULL,
    organization      TEXT COLLATE "C" NOT NULL,
    organization_name TEXT COLLATE "C" NOT NULL,
    created_at        BIGINT NOT NULL,
    due_at            BIGINT NOT NULL,
    expires_at        BIGINT NOT NULL,
    tries             BIGINT NOT NULL DEFAULT 0,
    state             TEXT COLLATE "C" NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sent', 'failed', 'expired')),
    finished_at       BIGINT,
    reason            TEXT COLLATE "C",
    CHECK (CASE WHEN challenge IS NULL THEN subject IS NOT NULL AND body IS NOT NULL
           ELSE key_id IS NOT NULL AND site IS NOT NULL AND subject IS NULL AND body IS NULL END)
);
INSERT INTO outbox_of (id, challenge, key_id, site, recipient, organization, organization_name, created_at, due_at, expires_at,
                       tries, state, finished_at, reason)
    SELECT id, challenge, key_id, site, recipient, organization, organization_name, created_at, due_at, expires_at,
           tries, state, finished_at, reason FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_of RENAME TO outbox;
CREATE INDEX outbox_due ON outbox (due_at) WHERE state = 'queued';
CREATE INDEX outbox_challenge ON outbox (challenge, created_at);
CREATE INDEX outbox_finished ON outbox (finished_at) WHERE finished_at IS NOT NULL;
