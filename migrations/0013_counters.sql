-- Counters for pages over long spans. `stats` tells enhanced codes apart from now on; what was counted before has none.
CREATE TABLE stats_by_enhanced (
  tenant TEXT NOT NULL,
  hour INTEGER NOT NULL, -- start of the UTC hour
  kind TEXT NOT NULL,
  provider TEXT NOT NULL,
  code TEXT NOT NULL,
  enhanced TEXT NOT NULL,
  category TEXT NOT NULL,
  domain TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (tenant, hour, kind, provider, code, enhanced, category, domain)
) STRICT, WITHOUT ROWID;
INSERT INTO stats_by_enhanced
  SELECT tenant, hour, kind, provider, code, '', category, domain, count FROM stats;
DROP TABLE stats;
ALTER TABLE stats_by_enhanced RENAME TO stats;

-- The sums of `stats` over providers and domains: few rows, however many receivers there are.
CREATE TABLE code_stats (
  tenant TEXT NOT NULL,
  hour INTEGER NOT NULL,
  kind TEXT NOT NULL,
  code TEXT NOT NULL,
  enhanced TEXT NOT NULL,
  category TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (tenant, hour, kind, code, enhanced, category)
) STRICT, WITHOUT ROWID;
INSERT INTO code_stats
  SELECT tenant, hour, kind, code, enhanced, category, sum(count) FROM stats
  GROUP BY tenant, hour, kind, code, enhanced, category;

-- How many entries began and ceased to block.
CREATE TABLE list_stats (
  tenant TEXT NOT NULL,
  hour INTEGER NOT NULL,
  reason TEXT NOT NULL,
  suppressed INTEGER NOT NULL,
  released INTEGER NOT NULL,
  PRIMARY KEY (tenant, hour, reason)
) STRICT, WITHOUT ROWID;
INSERT INTO list_stats
  SELECT tenant, at - at % 3600000, reason,
    sum(CASE WHEN state <> 'released' AND was IS NULL THEN 1 ELSE 0 END),
    sum(CASE WHEN state = 'released' AND was IS NOT NULL THEN 1 ELSE 0 END)
  FROM changes GROUP BY tenant, at - at % 3600000, reason;

-- One domain's part of a list of any length.
CREATE INDEX suppressions_domain ON suppressions (tenant, domain, updated_at, id);
