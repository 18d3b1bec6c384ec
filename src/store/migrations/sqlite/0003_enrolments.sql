-- Sessions of mobile apps that pass without a code. The cookies are a keyed digest, from which none of them can be read.
CREATE TABLE enrolments (
    cookies      BLOB PRIMARY KEY NOT NULL CHECK (length(cookies) = 16),
    subject      BLOB NOT NULL CHECK (length(subject) = 16),
    site         TEXT NOT NULL,
    person       TEXT NOT NULL,
    signed_in_at INTEGER NOT NULL,
    ends_at      INTEGER NOT NULL,
    changed_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX enrolments_sign_in ON enrolments (subject, signed_in_at);
CREATE INDEX enrolments_end ON enrolments (ends_at);
