-- Authenticator apps and passkeys. What an app shares with us, and what is known of a passkey, is sealed with a key of the key file
-- and for this account.

CREATE TABLE authenticators (
    id           BYTEA PRIMARY KEY NOT NULL CHECK (octet_length(id) = 16),
    organization TEXT COLLATE "C" NOT NULL,
    email        TEXT COLLATE "C" NOT NULL,
    method       TEXT COLLATE "C" NOT NULL CHECK (method IN ('authenticator-app', 'passkey')),
    name         TEXT COLLATE "C" NOT NULL,
    -- Of a passkey: the only host that browsers show it to.
    host         TEXT COLLATE "C",
    secret       BYTEA NOT NULL,
    -- Of an app: the last step of 30 seconds whose code was taken.
    last_step    BIGINT,
    created_at   BIGINT NOT NULL,
    used_at      BIGINT
);
CREATE INDEX authenticators_account ON authenticators (organization, email);

-- What was begun in a browser and is finished there within minutes, once: setting one up, or showing a passkey.
CREATE TABLE ceremonies (
    id           BYTEA PRIMARY KEY NOT NULL CHECK (octet_length(id) = 16),
    organization TEXT COLLATE "C" NOT NULL,
    email        TEXT COLLATE "C" NOT NULL,
    device       BYTEA NOT NULL CHECK (octet_length(device) = 16),
    kind         TEXT COLLATE "C" NOT NULL,
    state        BYTEA NOT NULL,
    expires_at   BIGINT NOT NULL
);
CREATE INDEX ceremonies_age ON ceremonies (expires_at);
CREATE INDEX ceremonies_account ON ceremonies (organization, email);
