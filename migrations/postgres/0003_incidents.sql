-- How many addresses one reply of one receiver put on the list, by five minutes; receiver * = a cause of the sender's own.
CREATE TABLE surges (
  tenant TEXT COLLATE "C" NOT NULL,
  slot BIGINT NOT NULL, -- start of the five minutes
  receiver TEXT COLLATE "C" NOT NULL,
  cause TEXT COLLATE "C" NOT NULL,
  failures BIGINT NOT NULL,
  alive BIGINT NOT NULL, -- of them, those that took other mail in the 90 days before
  PRIMARY KEY (tenant, slot, receiver, cause)
);

-- Jumps that stood out. What one has put on the list is held until a person, or time, decides.
CREATE TABLE incidents (
  tenant TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  receiver TEXT COLLATE "C" NOT NULL,
  cause TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL, -- open | confirmed | released | passed
  first_at BIGINT NOT NULL, -- from when on its failures are held
  opened_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL, -- the last failure
  read_to BIGINT NOT NULL, -- how far its failures were looked through
  failures BIGINT NOT NULL,
  held BIGINT NOT NULL, -- addresses
  sample TEXT COLLATE "C", -- a reply, masked
  code TEXT COLLATE "C",
  enhanced TEXT COLLATE "C",
  closed_at BIGINT,
  closed_by TEXT COLLATE "C",
  why TEXT COLLATE "C",
  release_id TEXT COLLATE "C", -- by which it is taken back
  PRIMARY KEY (tenant, id)
);

-- Two servers that see the same open it once.
CREATE UNIQUE INDEX incidents_open ON incidents (tenant, receiver, cause) WHERE closed_at IS NULL;
