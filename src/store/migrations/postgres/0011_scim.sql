-- Directories of identity providers, and what each of them keeps here by SCIM.
CREATE TABLE directories (
    id           BYTEA PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    organization TEXT COLLATE "C" NOT NULL,
    name         TEXT COLLATE "C" NOT NULL,
    created_at   BIGINT NOT NULL,
    UNIQUE (organization, name)
);

CREATE TABLE scim_users (
    id           BYTEA PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    organization TEXT COLLATE "C" NOT NULL,
    directory    BYTEA NOT NULL REFERENCES directories (id),
    -- None where an admin cut the link; the next change by the identity provider makes it again.
    account      BYTEA CHECK (length(account) = 16),
    external_id  TEXT COLLATE "C",
    -- As names are compared: in small letters.
    user_name    TEXT COLLATE "C" NOT NULL,
    -- JSON: what `/Schemas` declares writable, as the identity provider says it.
    resource     TEXT COLLATE "C" NOT NULL,
    active       BIGINT NOT NULL CHECK (active IN (0, 1)),
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    UNIQUE (directory, user_name)
);
CREATE INDEX scim_users_order ON scim_users (directory, id);
CREATE INDEX scim_users_external ON scim_users (directory, external_id) WHERE external_id IS NOT NULL;
-- An account is one directory's.
CREATE UNIQUE INDEX scim_users_account ON scim_users (account) WHERE account IS NOT NULL;

CREATE TABLE scim_groups (
    id           BYTEA PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    organization TEXT COLLATE "C" NOT NULL,
    directory    BYTEA NOT NULL REFERENCES directories (id),
    external_id  TEXT COLLATE "C",
    display_name TEXT COLLATE "C" NOT NULL,
    -- As names are compared: in small letters.
    name         TEXT COLLATE "C" NOT NULL,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    UNIQUE (directory, name)
);
CREATE INDEX scim_groups_order ON scim_groups (directory, id);

CREATE TABLE scim_group_members (
    group_id BYTEA NOT NULL REFERENCES scim_groups (id) ON DELETE CASCADE,
    user_id  BYTEA NOT NULL REFERENCES scim_users (id) ON DELETE CASCADE,
    -- What the identity provider calls the member.
    display  TEXT COLLATE "C",
    PRIMARY KEY (group_id, user_id)
);
CREATE INDEX scim_group_members_user ON scim_group_members (user_id);
