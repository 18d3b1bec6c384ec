-- What takes longer than a request, row by row, and the files that come of it.
CREATE TABLE tasks (
    id           BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    organization TEXT NOT NULL,
    kind         TEXT NOT NULL,
    -- What it is about, such as the id of a policy; empty for all.
    subject      TEXT NOT NULL,
    dry_run      INTEGER NOT NULL CHECK (dry_run IN (0, 1)),
    -- Who asked for it, as the audit log names them.
    actor        TEXT NOT NULL,
    api_key      BLOB CHECK (length(api_key) = 16),
    address      TEXT,
    state        TEXT NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed')),
    -- Who began it is heard of until then, or has died.
    lease_until  INTEGER,
    tries        INTEGER NOT NULL DEFAULT 0,
    -- Rows that are to be done; none for a file, whose length shows at its end.
    total        INTEGER NOT NULL,
    done         INTEGER NOT NULL DEFAULT 0,
    failed       INTEGER NOT NULL DEFAULT 0,
    -- Why nothing of it was done.
    reason       TEXT,
    created_at   INTEGER NOT NULL,
    finished_at  INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX tasks_open ON tasks (created_at) WHERE finished_at IS NULL;
CREATE INDEX tasks_organization ON tasks (organization, id);
CREATE INDEX tasks_finished ON tasks (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE task_rows (
    task    BLOB NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    -- The line of a file, or the place in a list.
    line    INTEGER NOT NULL,
    value   TEXT NOT NULL,
    email   TEXT,
    outcome TEXT NOT NULL CHECK (outcome IN ('waiting', 'succeeded', 'unchanged', 'failed', 'repeated')),
    reason  TEXT,
    PRIMARY KEY (task, line)
) STRICT, WITHOUT ROWID;

-- A file in parts that fit into memory.
CREATE TABLE task_files (
    task    BLOB NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    part    INTEGER NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (task, part)
) STRICT;

-- A draft has no members and is no default until it is published, which it stays.
ALTER TABLE auth_policies ADD COLUMN draft INTEGER NOT NULL DEFAULT 0 CHECK (draft IN (0, 1));

-- At which sites a person was seen.
CREATE INDEX pins_email ON pins (email);

-- Who is claimed is a member of exactly one policy, also who was claimed before there were any.
INSERT INTO auth_policies (id, organization, name, is_default, settings, version, created_at, updated_at)
    SELECT randomblob(16), organization, 'Default policy', 1,
    '{"idleSessionMinutes":43200,"sessionExpirationMinutes":null,"singleSignOn":{"enforced":false},'
    || '"twoStepVerification":{"methods":["mailed-code","authenticator-app","passkey"],"requirement":"optional"},'
    || '"userApiTokens":"allow"}', 1, max(updated_at), max(updated_at)
    FROM accounts WHERE claimed = 1 GROUP BY organization;
UPDATE accounts SET policy_at = updated_at, policy = (
    SELECT id FROM auth_policies WHERE auth_policies.organization = accounts.organization AND is_default = 1
) WHERE claimed = 1;
