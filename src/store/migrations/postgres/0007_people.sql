-- People from outside: the policies they are verified by, the groups and companies they come in, the roles that let them in;
-- and what the audit log is read by.

-- The site that an event is about. It stands in the details too, which the chain covers.
ALTER TABLE audit ADD COLUMN site TEXT COLLATE "C";
UPDATE audit SET site = detail::json ->> 'site';
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
    id           BYTEA PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    organization TEXT COLLATE "C" NOT NULL,
    kind         TEXT COLLATE "C" NOT NULL CHECK (kind IN ('default', 'test', 'named')),
    name         TEXT COLLATE "C" NOT NULL,
    -- JSON; its shape is the domain's. None in a default policy that asks what the configuration file does.
    settings     TEXT COLLATE "C",
    -- Rises with each change.
    version      BIGINT NOT NULL,
    -- Verifications from before are void.
    reset_at     BIGINT,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    UNIQUE (organization, name),
    CHECK (kind = 'default' OR settings IS NOT NULL)
);
CREATE UNIQUE INDEX external_policies_one ON external_policies (organization, kind) WHERE kind IN ('default', 'test');

-- A domain is in one policy of an organization only, and so is a person by name.
CREATE TABLE external_policy_domains (
    organization TEXT COLLATE "C" NOT NULL,
    domain       TEXT COLLATE "C" NOT NULL,
    policy       BYTEA NOT NULL REFERENCES external_policies (id) ON DELETE CASCADE,
    PRIMARY KEY (organization, domain)
);
CREATE INDEX external_policy_domains_policy ON external_policy_domains (policy);
CREATE TABLE external_policy_people (
    organization TEXT COLLATE "C" NOT NULL,
    email        TEXT COLLATE "C" NOT NULL,
    policy       BYTEA NOT NULL REFERENCES external_policies (id) ON DELETE CASCADE,
    PRIMARY KEY (organization, email)
);
CREATE INDEX external_policy_people_policy ON external_policy_people (policy);

-- When an admin last reset a person: what they verified before, at any site and in any browser, is void.
CREATE TABLE resets (
    organization TEXT COLLATE "C" NOT NULL,
    email        TEXT COLLATE "C" NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (organization, email)
);
CREATE INDEX resets_age ON resets (at);

-- People who are treated as one. A company is a group whose people come from its mail domains, too.
CREATE TABLE groups (
    id           BYTEA PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    organization TEXT COLLATE "C" NOT NULL,
    name         TEXT COLLATE "C" NOT NULL,
    description  TEXT COLLATE "C" NOT NULL,
    kind         TEXT COLLATE "C" NOT NULL CHECK (kind IN ('group', 'company')),
    version      BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    UNIQUE (organization, name)
);
CREATE TABLE group_domains (
    organization TEXT COLLATE "C" NOT NULL,
    domain       TEXT COLLATE "C" NOT NULL,
    group_id     BYTEA NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    PRIMARY KEY (organization, domain)
);
CREATE INDEX group_domains_group ON group_domains (group_id);
CREATE TABLE group_members (
    group_id BYTEA NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    account  BYTEA NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (group_id, account)
);
CREATE INDEX group_members_account ON group_members (account, group_id);

-- What a group, or a person, may do at a site or another resource.
CREATE TABLE role_assignments (
    organization TEXT COLLATE "C" NOT NULL,
    holder_kind  TEXT COLLATE "C" NOT NULL CHECK (holder_kind IN ('group', 'account')),
    holder       BYTEA NOT NULL CHECK (length(holder) = 16),
    role         TEXT COLLATE "C" NOT NULL,
    resource     TEXT COLLATE "C" NOT NULL,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (organization, holder_kind, holder, resource, role)
);
CREATE INDEX role_assignments_resource ON role_assignments (organization, resource);
