-- How many addresses one reply of one receiver put on the list, by five minutes; receiver * = a cause of the sender's own.
CREATE TABLE surges (
  tenant TEXT NOT NULL,
  slot INTEGER NOT NULL, -- start of the five minutes
  receiver TEXT NOT NULL,
  cause TEXT NOT NULL,
  failures INTEGER NOT NULL,
  alive INTEGER NOT NULL, -- of them, those that took other mail in the 90 days before
  PRIMARY KEY (tenant, slot, receiver, cause)
) STRICT, WITHOUT ROWID;

-- Jumps that stood out. What one has put on the list is held until a person, or time, decides.
CREATE TABLE incidents (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  receiver TEXT NOT NULL,
  cause TEXT NOT NULL,
  state TEXT NOT NULL, -- open | confirmed | released | passed
  first_at INTEGER NOT NULL, -- from when on its failures are held
  opened_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL, -- the last failure
  read_to INTEGER NOT NULL, -- how far its failures were looked through
  failures INTEGER NOT NULL,
  held INTEGER NOT NULL, -- addresses
  sample TEXT, -- a reply, masked
  code TEXT,
  enhanced TEXT,
  closed_at INTEGER,
  closed_by TEXT,
  why TEXT,
  release_id TEXT, -- by which it is taken back
  PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

-- Two servers that see the same open it once.
CREATE UNIQUE INDEX incidents_open ON incidents (tenant, receiver, cause) WHERE closed_at IS NULL;
