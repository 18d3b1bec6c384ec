-- How people at a product are joined with the directory, beyond their login name and the address of first sight.

-- The product's user key of an account, as it was imported. A key means something at its own site only.
CREATE TABLE user_keys (
    site     TEXT COLLATE "C" NOT NULL,
    user_key TEXT COLLATE "C" NOT NULL,
    email    TEXT COLLATE "C" NOT NULL REFERENCES accounts (email) ON DELETE CASCADE,
    PRIMARY KEY (site, user_key)
);
CREATE INDEX user_keys_email ON user_keys (email);

-- When an operator accepted the address, and whether the address was first seen for somebody else: such a pin never
-- holds its address, whatever the order in which pins are read.
ALTER TABLE pins ADD COLUMN accepted_at BIGINT;
ALTER TABLE pins ADD COLUMN disputed BIGINT NOT NULL DEFAULT 0 CHECK (disputed IN (0, 1));
CREATE INDEX pins_address ON pins (site, email);
UPDATE pins SET disputed = 1 WHERE EXISTS (
    SELECT 1 FROM pins AS other WHERE other.site = pins.site AND other.email = pins.email
    AND other.user_key <> pins.user_key AND other.pinned_at <= pins.pinned_at
);

-- Who is not what the directory knows them as, and so is external until an operator accepts it.
CREATE TABLE contradictions (
    site     TEXT COLLATE "C" NOT NULL,
    user_key TEXT COLLATE "C" NOT NULL,
    username TEXT COLLATE "C" NOT NULL,
    kind     TEXT COLLATE "C" NOT NULL,
    email    TEXT COLLATE "C",
    reported TEXT COLLATE "C",
    since    BIGINT NOT NULL,
    PRIMARY KEY (site, user_key)
);
