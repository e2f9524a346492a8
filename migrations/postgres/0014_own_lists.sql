-- What runs out at one time may be a million entries: a place within it.
ALTER TABLE webhooks ADD COLUMN expired_after TEXT COLLATE "C"; -- id of an entry that ran out at expired_to; null = all of them are told
ALTER TABLE source_lists ADD COLUMN expired_after TEXT COLLATE "C";
DROP INDEX suppressions_until;
CREATE INDEX suppressions_until ON suppressions (tenant, until, id) WHERE until IS NOT NULL;

-- How far the list as it stands is put on the provider's own: JSON of an entry's key; null = nobody asked, or all of it.
ALTER TABLE source_lists ADD COLUMN push_to TEXT COLLATE "C";

-- What a provider's own list and ours do not share, as of the last comparison.
CREATE TABLE source_drifts (
  tenant TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL, -- of the source
  next_at BIGINT NOT NULL,
  compared_at BIGINT, -- the last success
  there BIGINT NOT NULL, -- addresses on the provider's list
  only_there BIGINT NOT NULL,
  only_here BIGINT NOT NULL,
  samples TEXT COLLATE "C" NOT NULL, -- JSON: only_there, only_here
  failed_at BIGINT, -- since the last success
  error TEXT COLLATE "C",
  PRIMARY KEY (tenant, id)
);
