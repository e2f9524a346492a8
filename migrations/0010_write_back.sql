-- A provider's own list, which a source of it may change: the outbox is the list's own log, behind its place in it.
CREATE TABLE source_lists (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL, -- of the source
  access TEXT NOT NULL, -- sealed JSON: key, of, url
  write_back INTEGER NOT NULL,
  why TEXT, -- it was given up
  created_at INTEGER NOT NULL,
  changes_to INTEGER NOT NULL,
  expired_to INTEGER NOT NULL, -- time
  attempts INTEGER NOT NULL, -- failed ones since the last success
  failing_since INTEGER,
  next_at INTEGER NOT NULL,
  last_at INTEGER, -- of the last success
  last_error TEXT,
  added INTEGER NOT NULL, -- addresses, since it was made
  removed INTEGER NOT NULL,
  refused INTEGER NOT NULL,
  PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;
