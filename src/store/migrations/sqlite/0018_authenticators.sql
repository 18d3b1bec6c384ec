-- Authenticator apps and passkeys. What an app shares with us, and what is known of a passkey, is sealed with a key of the key file
-- and for this account.

CREATE TABLE authenticators (
    id           BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    organization TEXT NOT NULL,
    email        TEXT NOT NULL,
    method       TEXT NOT NULL CHECK (method IN ('authenticator-app', 'passkey')),
    name         TEXT NOT NULL,
    -- Of a passkey: the only host that browsers show it to.
    host         TEXT,
    secret       BLOB NOT NULL,
    -- Of an app: the last step of 30 seconds whose code was taken.
    last_step    INTEGER,
    created_at   INTEGER NOT NULL,
    used_at      INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX authenticators_account ON authenticators (organization, email);

-- What was begun in a browser and is finished there within minutes, once: setting one up, or showing a passkey.
CREATE TABLE ceremonies (
    id           BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    organization TEXT NOT NULL,
    email        TEXT NOT NULL,
    device       BLOB NOT NULL CHECK (length(device) = 16),
    kind         TEXT NOT NULL,
    state        BLOB NOT NULL,
    expires_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ceremonies_age ON ceremonies (expires_at);
CREATE INDEX ceremonies_account ON ceremonies (organization, email);
