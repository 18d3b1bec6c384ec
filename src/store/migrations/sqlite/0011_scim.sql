-- Directories of identity providers, and what each of them keeps here by SCIM.
CREATE TABLE directories (
    id           BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    organization TEXT NOT NULL,
    name         TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    UNIQUE (organization, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE scim_users (
    id           BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    organization TEXT NOT NULL,
    directory    BLOB NOT NULL REFERENCES directories (id),
    -- None where an admin cut the link; the next change by the identity provider makes it again.
    account      BLOB CHECK (length(account) = 16),
    external_id  TEXT,
    -- As names are compared: in small letters.
    user_name    TEXT NOT NULL,
    -- JSON: what `/Schemas` declares writable, as the identity provider says it.
    resource     TEXT NOT NULL,
    active       INTEGER NOT NULL CHECK (active IN (0, 1)),
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    UNIQUE (directory, user_name)
) STRICT, WITHOUT ROWID;
CREATE INDEX scim_users_order ON scim_users (directory, id);
CREATE INDEX scim_users_external ON scim_users (directory, external_id) WHERE external_id IS NOT NULL;
-- An account is one directory's.
CREATE UNIQUE INDEX scim_users_account ON scim_users (account) WHERE account IS NOT NULL;

CREATE TABLE scim_groups (
    id           BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    organization TEXT NOT NULL,
    directory    BLOB NOT NULL REFERENCES directories (id),
    external_id  TEXT,
    display_name TEXT NOT NULL,
    -- As names are compared: in small letters.
    name         TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    UNIQUE (directory, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX scim_groups_order ON scim_groups (directory, id);

CREATE TABLE scim_group_members (
    group_id BLOB NOT NULL REFERENCES scim_groups (id) ON DELETE CASCADE,
    user_id  BLOB NOT NULL REFERENCES scim_users (id) ON DELETE CASCADE,
    -- What the identity provider calls the member.
    display  TEXT,
    PRIMARY KEY (group_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX scim_group_members_user ON scim_group_members (user_id);
