-- What runs out at one time may be a million entries: a place within it.
ALTER TABLE webhooks ADD COLUMN expired_after TEXT; -- id of an entry that ran out at expired_to; null = all of them are told
ALTER TABLE source_lists ADD COLUMN expired_after TEXT;
DROP INDEX suppressions_until;
CREATE INDEX suppressions_until ON suppressions (tenant, until, id) WHERE until IS NOT NULL;

-- How far the list as it stands is put on the provider's own: JSON of an entry's key; null = nobody asked, or all of it.
ALTER TABLE source_lists ADD COLUMN push_to TEXT;

-- What a provider's own list and ours do not share, as of the last comparison.
CREATE TABLE source_drifts (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL, -- of the source
  next_at INTEGER NOT NULL,
  compared_at INTEGER, -- the last success
  there INTEGER NOT NULL, -- addresses on the provider's list
  only_there INTEGER NOT NULL,
  only_here INTEGER NOT NULL,
  samples TEXT NOT NULL, -- JSON: only_there, only_here
  failed_at INTEGER, -- since the last success
  error TEXT,
  PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;
