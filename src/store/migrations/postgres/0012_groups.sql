-- Groups and roles as lists of any length, and directories of any size.

-- Groups of identity providers by name, those of one directory or of all.
CREATE INDEX scim_groups_list ON scim_groups (organization, directory, name);
-- Places in the lists of a directory are counted in these alone, without a look at any row.
DROP INDEX scim_groups_order;
CREATE INDEX scim_groups_order ON scim_groups (organization, directory, id);
DROP INDEX scim_users_order;
CREATE INDEX scim_users_order ON scim_users (organization, directory, id);

-- How many a directory has: every page of its lists says so, and counting a million takes longer than any page.
ALTER TABLE directories ADD COLUMN user_count BIGINT NOT NULL DEFAULT 0;
ALTER TABLE directories ADD COLUMN group_count BIGINT NOT NULL DEFAULT 0;
-- Rises with each user and each group that comes or goes.
ALTER TABLE directories ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
UPDATE directories SET
    user_count = (SELECT count(*) FROM scim_users WHERE scim_users.directory = directories.id),
    group_count = (SELECT count(*) FROM scim_groups WHERE scim_groups.directory = directories.id);

-- Who has a role, wherever.
CREATE INDEX role_assignments_role ON role_assignments (organization, role, resource);
