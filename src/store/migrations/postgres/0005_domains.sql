-- Domains that organizations prove to own. Each may try for each, so a row is of an organization and a name; owned it is by
-- one of them at most. What was there before was imported: an operator vouched for it.
CREATE TABLE domains_of (
    id           BYTEA PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    organization TEXT COLLATE "C" NOT NULL,
    name         TEXT COLLATE "C" NOT NULL,
    -- What the token of this attempt is made from; the token is stored nowhere.
    nonce        BYTEA NOT NULL CHECK (length(nonce) = 16),
    -- None until it was proved.
    method       TEXT COLLATE "C" CHECK (method IN ('dns', 'http', 'import')),
    status       TEXT COLLATE "C" NOT NULL CHECK (status IN ('unverified', 'verified', 'missing_token', 'superseded')),
    -- When it was added last, which is the age of the nonce.
    created_at   BIGINT NOT NULL,
    verified_at  BIGINT,
    checked_at   BIGINT,
    seen_at      BIGINT,
    -- When another organization proved it too, or this one did, while it was the other's.
    disputed_at  BIGINT,
    UNIQUE (organization, name),
    CHECK (status NOT IN ('verified', 'missing_token') OR (method IS NOT NULL AND verified_at IS NOT NULL))
);
INSERT INTO domains_of (id, organization, name, nonce, method, status, created_at, verified_at)
    SELECT decode(replace(gen_random_uuid()::text, '-', ''), 'hex'), organization, name,
           decode(replace(gen_random_uuid()::text, '-', ''), 'hex'), 'import', 'verified', verified_at, verified_at FROM domains;
DROP TABLE domains;
ALTER TABLE domains_of RENAME TO domains;

-- Two owners would each manage the other's people.
CREATE UNIQUE INDEX domains_owner ON domains (name) WHERE status IN ('verified', 'missing_token');
CREATE INDEX domains_checks ON domains (checked_at) WHERE status IN ('verified', 'missing_token') AND method IN ('dns', 'http');
