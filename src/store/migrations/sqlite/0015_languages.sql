-- Mails speak the language of the browser that asked for them, and pages say why one was refused.
ALTER TABLE outbox ADD COLUMN language TEXT NOT NULL DEFAULT 'en';
ALTER TABLE outbox ADD COLUMN trouble TEXT;
