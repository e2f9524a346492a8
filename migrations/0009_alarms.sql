-- What became of each source's requests and items, by the hour: what alarms are judged by.
CREATE TABLE source_hours (
  source_id TEXT NOT NULL,
  hour INTEGER NOT NULL, -- its start
  tenant TEXT NOT NULL,
  proven INTEGER NOT NULL, -- requests
  rejected INTEGER NOT NULL, -- requests without proof
  untimely INTEGER NOT NULL, -- requests whose signature held and whose time did not
  items INTEGER NOT NULL,
  early INTEGER NOT NULL, -- items from the future
  unmapped INTEGER NOT NULL, -- items with an unknown label
  unreadable INTEGER NOT NULL, -- items that went to quarantine
  PRIMARY KEY (source_id, hour)
) STRICT, WITHOUT ROWID;

CREATE INDEX source_hours_hour ON source_hours (hour);

-- Since when each alarm is open.
ALTER TABLE sources ADD COLUMN rejected_since INTEGER;
ALTER TABLE sources ADD COLUMN skewed_since INTEGER;
ALTER TABLE sources ADD COLUMN unmapped_since INTEGER;
ALTER TABLE sources ADD COLUMN unreadable_since INTEGER;

-- Work that one server at a time does for all of them.
CREATE TABLE turns (
  work TEXT NOT NULL PRIMARY KEY,
  until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who is mailed to, and how far they were told of each tenant's notices.
CREATE TABLE mail_places (
  receiver TEXT NOT NULL, -- hash of the address
  tenant TEXT NOT NULL,
  notices_to INTEGER NOT NULL,
  attempts INTEGER NOT NULL, -- failed ones since the last success
  failing_since INTEGER,
  next_at INTEGER NOT NULL,
  PRIMARY KEY (receiver, tenant)
) STRICT, WITHOUT ROWID;
