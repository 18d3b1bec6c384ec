-- How people at a product are joined with the directory, beyond their login name and the address of first sight.

-- The product's user key of an account, as it was imported. A key means something at its own site only.
CREATE TABLE user_keys (
    site     TEXT NOT NULL,
    user_key TEXT NOT NULL,
    email    TEXT NOT NULL REFERENCES accounts (email) ON DELETE CASCADE,
    PRIMARY KEY (site, user_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX user_keys_email ON user_keys (email);

-- When an operator accepted the address, and whether the address was first seen for somebody else: such a pin never
-- holds its address, whatever the order in which pins are read.
ALTER TABLE pins ADD COLUMN accepted_at INTEGER;
ALTER TABLE pins ADD COLUMN disputed INTEGER NOT NULL DEFAULT 0 CHECK (disputed IN (0, 1));
CREATE INDEX pins_address ON pins (site, email);
UPDATE pins SET disputed = 1 WHERE EXISTS (
    SELECT 1 FROM pins AS other WHERE other.site = pins.site AND other.email = pins.email
    AND other.user_key <> pins.user_key AND other.pinned_at <= pins.pinned_at
);

-- Who is not what the directory knows them as, and so is external until an operator accepts it.
CREATE TABLE contradictions (
    site     TEXT NOT NULL,
    user_key TEXT NOT NULL,
    username TEXT NOT NULL,
    kind     TEXT NOT NULL,
    email    TEXT,
    reported TEXT,
    since    INTEGER NOT NULL,
    PRIMARY KEY (site, user_key)
) STRICT, WITHOUT ROWID;
