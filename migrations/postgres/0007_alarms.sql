-- What became of each source's requests and items, by the hour: what alarms are judged by.
CREATE TABLE source_hours (
  source_id TEXT COLLATE "C" NOT NULL,
  hour BIGINT NOT NULL, -- its start
  tenant TEXT COLLATE "C" NOT NULL,
  proven BIGINT NOT NULL, -- requests
  rejected BIGINT NOT NULL, -- requests without proof
  untimely BIGINT NOT NULL, -- requests whose signature held and whose time did not
  items BIGINT NOT NULL,
  early BIGINT NOT NULL, -- items from the future
  unmapped BIGINT NOT NULL, -- items with an unknown label
  unreadable BIGINT NOT NULL, -- items that went to quarantine
  PRIMARY KEY (source_id, hour)
);

CREATE INDEX source_hours_hour ON source_hours (hour);

-- Since when each alarm is open.
ALTER TABLE sources ADD COLUMN rejected_since BIGINT;
ALTER TABLE sources ADD COLUMN skewed_since BIGINT;
ALTER TABLE sources ADD COLUMN unmapped_since BIGINT;
ALTER TABLE sources ADD COLUMN unreadable_since BIGINT;

-- Work that one server at a time does for all of them.
CREATE TABLE turns (
  work TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  until BIGINT NOT NULL
);

-- Who is mailed to, and how far they were told of each tenant's notices.
CREATE TABLE mail_places (
  receiver TEXT COLLATE "C" NOT NULL, -- hash of the address
  tenant TEXT COLLATE "C" NOT NULL,
  notices_to BIGINT NOT NULL,
  attempts BIGINT NOT NULL, -- failed ones since the last success
  failing_since BIGINT,
  next_at BIGINT NOT NULL,
  PRIMARY KEY (receiver, tenant)
);
