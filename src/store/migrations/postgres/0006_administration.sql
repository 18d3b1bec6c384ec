-- What admins keep through the API: keys to it, what an account is beyond its address, and authentication policies.

-- A key to the API. Its text is shown once and stored nowhere.
CREATE TABLE api_keys (
    id           BYTEA PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    organization TEXT COLLATE "C" NOT NULL,
    name         TEXT COLLATE "C" NOT NULL,
    -- Who is written to about what was done with it.
    owner        TEXT COLLATE "C",
    -- Separated by spaces; none means everything.
    scopes       TEXT COLLATE "C",
    -- The directory of an identity provider that it fills; such a key opens nothing else.
    directory    BYTEA CHECK (length(directory) = 16),
    -- SHA-256 of the text.
    hash         BYTEA NOT NULL CHECK (length(hash) = 32),
    -- The last characters of the text, by which people tell keys apart.
    hint         TEXT COLLATE "C" NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    revoked_at   BIGINT,
    last_used_at BIGINT
);
CREATE UNIQUE INDEX api_keys_hash ON api_keys (hash);
CREATE INDEX api_keys_organization ON api_keys (organization, created_at, id);

-- How members sign in. One of an organization's is what new members get.
CREATE TABLE auth_policies (
    id           BYTEA PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    organization TEXT COLLATE "C" NOT NULL,
    name         TEXT COLLATE "C" NOT NULL,
    is_default   BIGINT NOT NULL CHECK (is_default IN (0, 1)),
    -- JSON; its shape is the domain's.
    settings     TEXT COLLATE "C" NOT NULL,
    -- Rises with each change.
    version      BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    UNIQUE (organization, name)
);
CREATE UNIQUE INDEX auth_policies_default ON auth_policies (organization) WHERE is_default = 1;

-- The mail domain, which people are listed and policies are chosen by.
ALTER TABLE accounts ADD COLUMN domain TEXT COLLATE "C" NOT NULL DEFAULT '';
UPDATE accounts SET domain = substr(email, strpos(email, '@') + 1);
ALTER TABLE accounts ADD COLUMN account_type TEXT COLLATE "C" NOT NULL DEFAULT 'atlassian'
    CHECK (account_type IN ('atlassian', 'customer', 'app'));
ALTER TABLE accounts ADD COLUMN status TEXT COLLATE "C" NOT NULL DEFAULT 'active'
    CHECK (status IN ('active', 'deactivated', 'for_deletion', 'closed'));
-- When an account that is for deletion goes for good.
ALTER TABLE accounts ADD COLUMN deletion_at BIGINT;
ALTER TABLE accounts ADD COLUMN deactivated_at BIGINT;
-- The account lives, and the organization keeps it out.
ALTER TABLE accounts ADD COLUMN suspended_at BIGINT;
ALTER TABLE accounts ADD COLUMN email_verified BIGINT NOT NULL DEFAULT 1 CHECK (email_verified IN (0, 1));
ALTER TABLE accounts ADD COLUMN nickname TEXT COLLATE "C";
ALTER TABLE accounts ADD COLUMN job_title TEXT COLLATE "C";
ALTER TABLE accounts ADD COLUMN department TEXT COLLATE "C";
ALTER TABLE accounts ADD COLUMN company TEXT COLLATE "C";
ALTER TABLE accounts ADD COLUMN location TEXT COLLATE "C";
ALTER TABLE accounts ADD COLUMN locale TEXT COLLATE "C";
ALTER TABLE accounts ADD COLUMN zoneinfo TEXT COLLATE "C";
-- The one policy of a member. Who is not claimed has none.
ALTER TABLE accounts ADD COLUMN policy BYTEA REFERENCES auth_policies (id);
ALTER TABLE accounts ADD COLUMN policy_at BIGINT;
-- Who answers for an external person, and until when they may come.
ALTER TABLE accounts ADD COLUMN sponsor TEXT COLLATE "C";
ALTER TABLE accounts ADD COLUMN ends_at BIGINT;
ALTER TABLE accounts ADD COLUMN last_active_at BIGINT;
ALTER TABLE accounts ADD COLUMN last_verified_at BIGINT;
CREATE INDEX accounts_domain ON accounts (organization, domain, email);
CREATE INDEX accounts_claimed ON accounts (organization, claimed, email);
CREATE INDEX accounts_policy ON accounts (policy, email) WHERE policy IS NOT NULL;
CREATE INDEX accounts_deletion ON accounts (deletion_at) WHERE deletion_at IS NOT NULL;
CREATE INDEX accounts_end ON accounts (ends_at) WHERE ends_at IS NOT NULL;

-- Whether new accounts of the domain are claimed as they are seen.
ALTER TABLE domains ADD COLUMN claims_new BIGINT NOT NULL DEFAULT 0 CHECK (claims_new IN (0, 1));

-- Where somebody did it from, and with which key.
ALTER TABLE audit ADD COLUMN address TEXT COLLATE "C";
ALTER TABLE audit ADD COLUMN api_key BYTEA CHECK (length(api_key) = 16);
