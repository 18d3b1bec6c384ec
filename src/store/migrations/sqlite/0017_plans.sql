-- What SQLite plans by: without numbers it takes the index of all an organization's events for each search, and a page of a log of
-- two million then takes seconds. The numbers are those of a large log, written down once, so that plans never change.

ANALYZE audit;
DELETE FROM sqlite_stat1 WHERE tbl = 'audit';
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('audit', 'audit_organization', '1000000 100000 1'),
    ('audit', 'audit_time', '1000000 100000 10 1'),
    ('audit', 'audit_actor', '1000000 100000 100 1'),
    ('audit', 'audit_subject', '1000000 100000 100 1'),
    ('audit', 'audit_action', '1000000 100000 1000 1'),
    ('audit', 'audit_site', '1000000 100000 10000 1'),
    ('audit', 'audit_address', '1000000 100000 100 1'),
    ('audit', 'audit_key', '1000000 100000 1000 1'),
    ('audit', 'audit_hash', '1000000 1');
