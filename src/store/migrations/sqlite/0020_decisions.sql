-- What the gate decided, to be explained by its receipt and tried on other policies; and policies as they were before each change.

CREATE TABLE decisions (
    receipt      TEXT PRIMARY KEY NOT NULL,
    organization TEXT NOT NULL,
    at           INTEGER NOT NULL,
    site         TEXT NOT NULL,
    -- Their address, or their login name where none is known.
    who          TEXT,
    lane         TEXT NOT NULL,
    -- The family of the program that asked, by its own word.
    client       TEXT NOT NULL,
    decision     TEXT NOT NULL,
    reason       TEXT NOT NULL,
    -- What it was decided by, as JSON; none where it was nothing about a person.
    facts        TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX decisions_at ON decisions (organization, at, receipt);
CREATE INDEX decisions_person ON decisions (organization, who, at) WHERE who IS NOT NULL;
CREATE INDEX decisions_age ON decisions (at);

CREATE TABLE policy_history (
    policy       BLOB NOT NULL CHECK (length(policy) = 16),
    version      INTEGER NOT NULL,
    organization TEXT NOT NULL,
    family       TEXT NOT NULL CHECK (family IN ('external', 'authentication')),
    -- Of an external user policy: default, test or named.
    kind         TEXT,
    name         TEXT NOT NULL,
    settings     TEXT,
    -- Of an external user policy: JSON lists.
    domains      TEXT,
    people       TEXT,
    replaced_at  INTEGER NOT NULL,
    PRIMARY KEY (policy, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX policy_history_organization ON policy_history (organization, replaced_at);
