-- Forms that were interrupted by a challenge, until they are sent on. Each is encrypted with a key that the browser's cookie is part of.
CREATE TABLE held_forms (
    id         BYTEA PRIMARY KEY CHECK (octet_length(id) = 16),
    subject    BYTEA NOT NULL CHECK (octet_length(subject) = 16),
    session    BYTEA NOT NULL CHECK (octet_length(session) = 16),
    site       TEXT COLLATE "C" NOT NULL,
    key_id     BIGINT NOT NULL CHECK (key_id BETWEEN 1 AND 255),
    sealed     BYTEA NOT NULL,
    bytes      BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX held_forms_subject ON held_forms (subject);
CREATE INDEX held_forms_end ON held_forms (expires_at);
