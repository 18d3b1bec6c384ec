-- What the gate decided, to be explained by its receipt and tried on other policies; and policies as they were before each change.

CREATE TABLE decisions (
    receipt      TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    organization TEXT COLLATE "C" NOT NULL,
    at           BIGINT NOT NULL,
    site         TEXT COLLATE "C" NOT NULL,
    -- Their address, or their login name where none is known.
    who          TEXT COLLATE "C",
    lane         TEXT COLLATE "C" NOT NULL,
    -- The family of the program that asked, by its own word.
    client       TEXT COLLATE "C" NOT NULL,
    decision     TEXT COLLATE "C" NOT NULL,
    reason       TEXT COLLATE "C" NOT NULL,
    -- What it was decided by, as JSON; none where it was nothing about a person.
    facts        TEXT COLLATE "C"
);
CREATE INDEX decisions_at ON decisions (organization, at, receipt);
CREATE INDEX decisions_person ON decisions (organization, who, at) WHERE who IS NOT NULL;
CREATE INDEX decisions_age ON decisions (at);

CREATE TABLE policy_history (
    policy       BYTEA NOT NULL CHECK (octet_length(policy) = 16),
    version      BIGINT NOT NULL,
    organization TEXT COLLATE "C" NOT NULL,
    family       TEXT COLLATE "C" NOT NULL CHECK (family IN ('external', 'authentication')),
    -- Of an external user policy: default, test or named.
    kind         TEXT COLLATE "C",
    name         TEXT COLLATE "C" NOT NULL,
    settings     TEXT COLLATE "C",
    -- Of an external user policy: JSON lists.
    domains      TEXT COLLATE "C",
    people       TEXT COLLATE "C",
    replaced_at  BIGINT NOT NULL,
    PRIMARY KEY (policy, version)
);
CREATE INDEX policy_history_organization ON policy_history (organization, replaced_at);
