-- Mails speak the language of the browser that asked for them, and pages say why one was refused.
ALTER TABLE outbox ADD COLUMN language TEXT COLLATE "C" NOT NULL DEFAULT 'en';
ALTER TABLE outbox ADD COLUMN trouble TEXT COLLATE "C";
