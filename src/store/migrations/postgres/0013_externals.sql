-- Who answers for people from outside and until when they come, whom that is told, and files that are fetched by a mailed link.

-- A sponsor is an account, whatever its address; until now none could be given.
ALTER TABLE accounts DROP COLUMN sponsor;
ALTER TABLE accounts ADD COLUMN sponsor BYTEA CHECK (length(sponsor) = 16);
-- When somebody is to be told next that the end comes.
ALTER TABLE accounts ADD COLUMN remind_at BIGINT;
-- When an admin gave it another address that nobody proved since.
ALTER TABLE accounts ADD COLUMN address_set_at BIGINT;
CREATE INDEX accounts_sponsor ON accounts (organization, sponsor, email) WHERE sponsor IS NOT NULL;
CREATE INDEX accounts_terms ON accounts (organization, email) WHERE ends_at IS NOT NULL;
CREATE INDEX accounts_reminder ON accounts (organization, remind_at) WHERE remind_at IS NOT NULL;
DROP INDEX accounts_end;

-- One thing ends the sessions of people: a reset.
INSERT INTO resets (organization, email, at)
    SELECT organization, email, sessions_reset_at FROM accounts WHERE sessions_reset_at IS NOT NULL
    ON CONFLICT (organization, email) DO UPDATE SET at = excluded.at WHERE excluded.at > resets.at;
ALTER TABLE accounts DROP COLUMN sessions_reset_at;

-- The export whose link stands at the end of a notice. It is made when the mail is sent, and stored nowhere.
ALTER TABLE outbox ADD COLUMN export BYTEA CHECK (length(export) = 16);
