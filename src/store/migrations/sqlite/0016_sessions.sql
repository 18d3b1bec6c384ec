-- Sessions of managed people, by what they are known by: since when, when last used, and what was asked at their sign-in.

CREATE TABLE sessions (
    credential   BLOB PRIMARY KEY CHECK (length(credential) = 16),
    organization TEXT NOT NULL,
    email        TEXT NOT NULL,
    began_at     INTEGER NOT NULL,
    active_at    INTEGER NOT NULL,
    settings     TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_active ON sessions (active_at);

-- Sessions of members that began before are over.
ALTER TABLE auth_policies ADD COLUMN reset_at INTEGER;
