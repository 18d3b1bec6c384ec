-- Sessions of managed people, by what they are known by: since when, when last used, and what was asked at their sign-in.

CREATE TABLE sessions (
    credential   BYTEA PRIMARY KEY CHECK (length(credential) = 16),
    organization TEXT COLLATE "C" NOT NULL,
    email        TEXT COLLATE "C" NOT NULL,
    began_at     BIGINT NOT NULL,
    active_at    BIGINT NOT NULL,
    settings     TEXT COLLATE "C" NOT NULL
);
CREATE INDEX sessions_active ON sessions (active_at);

-- Sessions of members that began before are over.
ALTER TABLE auth_policies ADD COLUMN reset_at BIGINT;
