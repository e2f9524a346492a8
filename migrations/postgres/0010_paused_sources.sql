-- A paused source takes requests in and acts on none: they wait as receipts until it is resumed.
ALTER TABLE sources ADD COLUMN paused_at BIGINT;
ALTER TABLE sources ADD COLUMN secrets_at BIGINT; -- when its secrets were last given; NULL = before this was kept

CREATE TABLE waiting (
  tenant TEXT COLLATE "C" NOT NULL,
  source_id TEXT COLLATE "C" NOT NULL,
  receipt_id TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, source_id, receipt_id)
);
