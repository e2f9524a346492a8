-- Requests a minute of one key; NULL = without a limit.
ALTER TABLE keys ADD COLUMN rate_limit INTEGER;
