-- Several organizations in one gateway, apart: domains, accounts and login names belong to one of them each.
-- What was there before belongs to the only one, whose id is the default of the configuration.

-- A domain has one owner, so its name alone stays the key.
ALTER TABLE domains ADD COLUMN organization TEXT NOT NULL DEFAULT 'default';

ALTER TABLE accounts ADD COLUMN organization TEXT NOT NULL DEFAULT 'default';

CREATE UNIQUE INDEX accounts_address ON accounts (organization, email);
CREATE UNIQUE INDEX accounts_login ON accounts (organization, username) WHERE username IS NOT NULL;

-- Rebuilt, as it refers to an account by what names one.
CREATE TABLE user_keys_of (
    organization TEXT NOT NULL,
    site         TEXT NOT NULL,
    user_key     TEXT NOT NULL,
    email        TEXT NOT NULL,
    PRIMARY KEY (site, user_key),
    FOREIGN KEY (organization, email) REFERENCES accounts (organization, email) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
INSERT INTO user_keys_of (organization, site, user_key, email) SELECT 'default', site, user_key, email FROM user_keys;
DROP TABLE user_keys;
DROP INDEX accounts_email;
DROP INDEX accounts_username;
ALTER TABLE user_keys_of RENAME TO user_keys;
CREATE INDEX user_keys_email ON user_keys (organization, email);

-- Who sends the mail, and what they were called on the page.
ALTER TABLE outbox ADD COLUMN organization TEXT NOT NULL DEFAULT 'default';
ALTER TABLE outbox ADD COLUMN organization_name TEXT NOT NULL DEFAULT '';

-- Whose log shows the event; none for what concerns the gateway as a whole.
ALTER TABLE audit ADD COLUMN organization TEXT;
CREATE INDEX audit_organization ON audit (organization, seq);
