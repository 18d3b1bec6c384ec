-- What takes longer than a request, row by row, and the files that come of it.
CREATE TABLE tasks (
    id           BYTEA PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    organization TEXT COLLATE "C" NOT NULL,
    kind         TEXT COLLATE "C" NOT NULL,
    -- What it is about, such as the id of a policy; empty for all.
    subject      TEXT COLLATE "C" NOT NULL,
    dry_run      BIGINT NOT NULL CHECK (dry_run IN (0, 1)),
    -- Who asked for it, as the audit log names them.
    actor        TEXT COLLATE "C" NOT NULL,
    api_key      BYTEA CHECK (length(api_key) = 16),
    address      TEXT COLLATE "C",
    state        TEXT COLLATE "C" NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed')),
    -- Who began it is heard of until then, or has died.
    lease_until  BIGINT,
    tries        BIGINT NOT NULL DEFAULT 0,
    -- Rows that are to be done; none for a file, whose length shows at its end.
    total        BIGINT NOT NULL,
    done         BIGINT NOT NULL DEFAULT 0,
    failed       BIGINT NOT NULL DEFAULT 0,
    -- Why nothing of it was done.
    reason       TEXT COLLATE "C",
    created_at   BIGINT NOT NULL,
    finished_at  BIGINT
);
CREATE INDEX tasks_open ON tasks (created_at) WHERE finished_at IS NULL;
CREATE INDEX tasks_organization ON tasks (organization, id);
CREATE INDEX tasks_finished ON tasks (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE task_rows (
    task    BYTEA NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    -- The line of a file, or the place in a list.
    line    BIGINT NOT NULL,
    value   TEXT COLLATE "C" NOT NULL,
    email   TEXT COLLATE "C",
    outcome TEXT COLLATE "C" NOT NULL CHECK (outcome IN ('waiting', 'succeeded', 'unchanged', 'failed', 'repeated')),
    reason  TEXT COLLATE "C",
    PRIMARY KEY (task, line)
);

-- A file in parts that fit into memory.
CREATE TABLE task_files (
    task    BYTEA NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    part    BIGINT NOT NULL,
    content BYTEA NOT NULL,
    PRIMARY KEY (task, part)
);

-- A draft has no members and is no default until it is published, which it stays.
ALTER TABLE auth_policies ADD COLUMN draft BIGINT NOT NULL DEFAULT 0 CHECK (draft IN (0, 1));

-- At which sites a person was seen.
CREATE INDEX pins_email ON pins (email);

-- Who is claimed is a member of exactly one policy, also who was claimed before there were any.
INSERT INTO auth_policies (id, organization, name, is_default, settings, version, created_at, updated_at)
    SELECT decode(replace(gen_random_uuid()::text, '-', ''), 'hex'), organization, 'Default policy', 1,
    '{"idleSessionMinutes":43200,"sessionExpirationMinutes":null,"singleSignOn":{"enforced":false},'
    || '"twoStepVerification":{"methods":["mailed-code","authenticator-app","passkey"],"requirement":"optional"},'
    || '"userApiTokens":"allow"}', 1, max(updated_at), max(updated_at)
    FROM accounts WHERE claimed = 1 GROUP BY organization;
UPDATE accounts SET policy_at = updated_at, policy = (
    SELECT id FROM auth_policies WHERE auth_policies.organization = accounts.organization AND is_default = 1
) WHERE claimed = 1;
