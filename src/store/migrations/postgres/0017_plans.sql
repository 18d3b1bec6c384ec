-- PostgreSQL counts by itself what it plans by.
SELECT 1;
