-- A provider's own list, which a source of it may change: the outbox is the list's own log, behind its place in it.
CREATE TABLE source_lists (
  tenant TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL, -- of the source
  access TEXT COLLATE "C" NOT NULL, -- sealed JSON: key, of, url
  write_back BIGINT NOT NULL,
  why TEXT COLLATE "C", -- it was given up
  created_at BIGINT NOT NULL,
  changes_to BIGINT NOT NULL,
  expired_to BIGINT NOT NULL, -- time
  attempts BIGINT NOT NULL, -- failed ones since the last success
  failing_since BIGINT,
  next_at BIGINT NOT NULL,
  last_at BIGINT, -- of the last success
  last_error TEXT COLLATE "C",
  added BIGINT NOT NULL, -- addresses, since it was made
  removed BIGINT NOT NULL,
  refused BIGINT NOT NULL,
  PRIMARY KEY (tenant, id)
);
