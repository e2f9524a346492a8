-- Which facts speak of a whole domain: failures because it takes no mail, and deliveries while one is open.
CREATE TABLE domain_facts (
  tenant TEXT NOT NULL,
  domain TEXT NOT NULL, -- the key of its entry: @example.com
  event_id TEXT NOT NULL,
  PRIMARY KEY (tenant, domain, event_id)
) STRICT, WITHOUT ROWID;

-- Somebody answers for it: until then no bounce blocks the address.
ALTER TABLE addresses ADD COLUMN allowed_until INTEGER;

DROP INDEX addresses_listed;

CREATE INDEX addresses_noted ON addresses (tenant, address) WHERE listed_at IS NOT NULL OR allowed_until IS NOT NULL;

-- How far the list was decided anew under this version: the last address done, NULL where all are.
ALTER TABLE policies ADD COLUMN redecided_to TEXT;

-- A flush says which version of the policy it judged by; one that another version has overtaken judges again.
CREATE VIEW judged_by AS SELECT '' AS tenant, 0 AS version;

CREATE TRIGGER judged_by_guard INSTEAD OF INSERT ON judged_by
WHEN NEW.version <> coalesce((SELECT max(version) FROM policies WHERE tenant = NEW.tenant), 0)
BEGIN
  SELECT RAISE(ABORT, 'stale policy');
END;
