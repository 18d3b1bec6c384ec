-- Sessions of mobile apps that pass without a code. The cookies are a keyed digest, from which none of them can be read.
CREATE TABLE enrolments (
    cookies      BYTEA PRIMARY KEY CHECK (octet_length(cookies) = 16),
    subject      BYTEA NOT NULL CHECK (octet_length(subject) = 16),
    site         TEXT COLLATE "C" NOT NULL,
    person       TEXT COLLATE "C" NOT NULL,
    signed_in_at BIGINT NOT NULL,
    ends_at      BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL
);
CREATE INDEX enrolments_sign_in ON enrolments (subject, signed_in_at);
CREATE INDEX enrolments_end ON enrolments (ends_at);
