-- Until when the people of a group are asked for no code.
ALTER TABLE groups ADD COLUMN exempt_until BIGINT;
