-- What the entry was before: NULL where there was none, or it had run out.
ALTER TABLE changes ADD COLUMN was TEXT;

-- For telling that entries have run out.
CREATE INDEX suppressions_until ON suppressions (tenant, until) WHERE until IS NOT NULL;

-- What is to be told beside changes of the list.
CREATE TABLE notices (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant TEXT NOT NULL,
  at INTEGER NOT NULL,
  type TEXT NOT NULL,
  data TEXT NOT NULL -- JSON
) STRICT;

CREATE INDEX notices_tenant ON notices (tenant, seq);

-- Where changes are told, and how far they were: the outbox of each is the list's own log, behind its place in it.
CREATE TABLE webhooks (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  url TEXT NOT NULL,
  secrets TEXT NOT NULL, -- sealed JSON, newest first
  types TEXT NOT NULL, -- JSON; empty = all
  disabled INTEGER NOT NULL,
  why TEXT, -- it was disabled
  created_at INTEGER NOT NULL,
  changes_to INTEGER NOT NULL,
  notices_to INTEGER NOT NULL,
  expired_to INTEGER NOT NULL, -- time
  attempts INTEGER NOT NULL, -- failed ones since the last success
  failing_since INTEGER,
  next_at INTEGER NOT NULL,
  last_at INTEGER, -- of the last success
  last_status INTEGER,
  PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

-- Since when it is known to be silent.
ALTER TABLE sources ADD COLUMN silent_since INTEGER;
