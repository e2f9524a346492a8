-- A paused source takes requests in and acts on none: they wait as receipts until it is resumed.
ALTER TABLE sources ADD COLUMN paused_at INTEGER;
ALTER TABLE sources ADD COLUMN secrets_at INTEGER; -- when its secrets were last given; NULL = before this was kept

CREATE TABLE waiting (
  tenant TEXT NOT NULL,
  source_id TEXT NOT NULL,
  receipt_id TEXT NOT NULL,
  PRIMARY KEY (tenant, source_id, receipt_id)
) STRICT, WITHOUT ROWID;
