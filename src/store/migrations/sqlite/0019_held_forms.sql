-- Forms that were interrupted by a challenge, until they are sent on. Each is encrypted with a key that the browser's cookie is part of.
CREATE TABLE held_forms (
    id         BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    subject    BLOB NOT NULL CHECK (length(subject) = 16),
    session    BLOB NOT NULL CHECK (length(session) = 16),
    site       TEXT NOT NULL,
    key_id     INTEGER NOT NULL CHECK (key_id BETWEEN 1 AND 255),
    sealed     BLOB NOT NULL,
    bytes      INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX held_forms_subject ON held_forms (subject);
CREATE INDEX held_forms_end ON held_forms (expires_at);
