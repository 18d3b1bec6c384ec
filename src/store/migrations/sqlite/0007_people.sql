-- People from outside: the policies they are verified by, the groups and companies they come in, the roles that let them in;
-- and what the audit log is read by.

-- The site that an event is about. It stands in the details too, which the chain covers.
ALTER TABLE audit ADD COLUMN site TEXT;
UPDATE audit SET site = json_extract(detail, '$.site');
-- A filter is an index, so that a page of a log of millions takes as long as one of a hundred.
CREATE INDEX audit_time ON audit (organization, at, seq);
CREATE INDEX audit_actor ON audit (organization, actor, seq);
CREATE INDEX audit_subject ON audit (organization, subject, seq);
CREATE INDEX audit_action ON audit (organization, action, seq);
CREATE INDEX audit_site ON audit (organization, site, seq) WHERE site IS NOT NULL;
CREATE INDEX audit_address ON audit (organization, address, seq) WHERE address IS NOT NULL;
CREATE INDEX audit_key ON audit (organization, api_key, seq) WHERE api_key IS NOT NULL;
-- An event is named by its hash.
CREATE INDEX audit_hash ON audit (hash);

-- What external people must do. The default is for everybody, the test policy for a few by name, the others by mail domain.
CREATE TABLE external_policies (
    id           BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    organization TEXT NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('default', 'test', 'named')),
    name         TEXT NOT NULL,
    -- JSON; its shape is the domain's. None in a default policy that asks what the configuration file does.
    settings     TEXT,
    -- Rises with each change.
    version      INTEGER NOT NULL,
    -- Verifications from before are void.
    reset_at     INTEGER,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    UNIQUE (organization, name),
    CHECK (kind = 'default' OR settings IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX external_policies_one ON external_policies (organization, kind) WHERE kind IN ('default', 'test');

-- A domain is in one policy of an organization only, and so is a person by name.
CREATE TABLE external_policy_domains (
    organization TEXT NOT NULL,
    domain       TEXT NOT NULL,
    policy       BLOB NOT NULL REFERENCES external_policies (id) ON DELETE CASCADE,
    PRIMARY KEY (organization, domain)
) STRICT, WITHOUT ROWID;
CREATE INDEX external_policy_domains_policy ON external_policy_domains (policy);
CREATE TABLE external_policy_people (
    organization TEXT NOT NULL,
    email        TEXT NOT NULL,
    policy       BLOB NOT NULL REFERENCES external_policies (id) ON DELETE CASCADE,
    PRIMARY KEY (organization, email)
) STRICT, WITHOUT ROWID;
CREATE INDEX external_policy_people_policy ON external_policy_people (policy);

-- When an admin last reset a person: what they verified before, at any site and in any browser, is void.
CREATE TABLE resets (
    organization TEXT NOT NULL,
    email        TEXT NOT NULL,
    at           INTEGER NOT NULL,
    PRIMARY KEY (organization, email)
) STRICT, WITHOUT ROWID;
CREATE INDEX resets_age ON resets (at);

-- People who are treated as one. A company is a group whose people come from its mail domains, too.
CREATE TABLE groups (
    id           BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    organization TEXT NOT NULL,
    name         TEXT NOT NULL,
    description  TEXT NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('group', 'company')),
    version      INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    UNIQUE (organization, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE group_domains (
    organization TEXT NOT NULL,
    domain       TEXT NOT NULL,
    group_id     BLOB NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    PRIMARY KEY (organization, domain)
) STRICT, WITHOUT ROWID;
CREATE INDEX group_domains_group ON group_domains (group_id);
CREATE TABLE group_members (
    group_id BLOB NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    account  BLOB NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    added_at INTEGER NOT NULL,
    PRIMARY KEY (group_id, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX group_members_account ON group_members (account, group_id);

-- What a group, or a person, may do at a site or another resource.
CREATE TABLE role_assignments (
    organization TEXT NOT NULL,
    holder_kind  TEXT NOT NULL CHECK (holder_kind IN ('group', 'account')),
    holder       BLOB NOT NULL CHECK (length(holder) = 16),
    role         TEXT NOT NULL,
    resource     TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (organization, holder_kind, holder, resource, role)
) STRICT, WITHOUT ROWID;
CREATE INDEX role_assignments_resource ON role_assignments (organization, resource);
