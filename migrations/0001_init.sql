-- Times are epoch milliseconds. Ids are prefixed ULIDs: sorted by id is sorted by creation.
-- Every unique index starts with the tenant, so that a cluster can shard on (tenant, address).

CREATE TABLE tenants (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

INSERT INTO tenants (id, name, created_at) VALUES ('default', 'default', 0);

CREATE TABLE keys (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL REFERENCES tenants (id),
  name TEXT NOT NULL,
  prefix TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE, -- hex SHA-256; the key itself is shown once and never stored
  scopes TEXT NOT NULL, -- JSON array
  created_at INTEGER NOT NULL,
  last_used_at INTEGER
) STRICT;

CREATE TABLE sources (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL REFERENCES tenants (id),
  provider TEXT NOT NULL,
  name TEXT NOT NULL,
  stream TEXT,
  streams TEXT NOT NULL, -- JSON object: provider's group -> stream
  secrets TEXT NOT NULL, -- sealed JSON
  public_url TEXT,
  allow_unsigned INTEGER NOT NULL,
  require_sha256 INTEGER NOT NULL,
  trust TEXT,
  disabled INTEGER NOT NULL,
  last_event_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE policies (
  tenant TEXT NOT NULL REFERENCES tenants (id),
  version INTEGER NOT NULL,
  document TEXT NOT NULL,
  actor TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (tenant, version)
) STRICT, WITHOUT ROWID;

-- One authenticated request as it came, kept for replay. Bodies above 1 MiB continue in receipt_parts.
CREATE TABLE receipts (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  source_id TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  method TEXT NOT NULL,
  query TEXT NOT NULL,
  headers TEXT NOT NULL, -- JSON object of the headers that matter, secrets left out
  encoding TEXT NOT NULL, -- identity | gzip
  body BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE receipt_parts (
  receipt_id TEXT NOT NULL,
  part INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (receipt_id, part)
) STRICT, WITHOUT ROWID;

-- What was taken in already, per source: a digest of each item's provider id and content.
CREATE TABLE seen (
  tenant TEXT NOT NULL,
  digest TEXT NOT NULL,
  forget_at INTEGER NOT NULL,
  PRIMARY KEY (tenant, digest)
) STRICT, WITHOUT ROWID;

-- Nonces of signatures that do not cover the body: each may come again only with the same body.
CREATE TABLE nonces (
  tenant TEXT NOT NULL,
  provider TEXT NOT NULL,
  nonce TEXT NOT NULL,
  body_digest TEXT NOT NULL,
  forget_at INTEGER NOT NULL,
  PRIMARY KEY (tenant, provider, nonce)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  source_id TEXT NOT NULL,
  receipt_id TEXT NOT NULL,
  provider TEXT NOT NULL,
  kind TEXT NOT NULL,
  address TEXT NOT NULL,
  domain TEXT NOT NULL,
  at INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  sent_at INTEGER,
  stream TEXT NOT NULL,
  provider_group TEXT,
  code TEXT,
  enhanced TEXT,
  text TEXT,
  code_source TEXT,
  category TEXT,
  blame TEXT NOT NULL,
  bounce_type TEXT NOT NULL,
  severity TEXT,
  verdict TEXT NOT NULL,
  strength TEXT NOT NULL,
  classified_by TEXT NOT NULL,
  message_id TEXT,
  rfc_message_id TEXT,
  provider_event_id TEXT,
  provider_type TEXT NOT NULL,
  feedback TEXT,
  listed_for TEXT,
  listed INTEGER,
  hearsay INTEGER NOT NULL,
  proven INTEGER NOT NULL,
  tags TEXT NOT NULL, -- JSON array
  rule TEXT NOT NULL,
  action TEXT NOT NULL,
  retry TEXT NOT NULL,
  until INTEGER,
  policy_version TEXT NOT NULL,
  counts INTEGER NOT NULL, -- 1: may move the list, kept for good; 0: recorded only, pruned by age
  PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX events_address ON events (tenant, address, at);

-- Acts of people: blocks, imports, releases. Facts like events, folded with them by their own time.
CREATE TABLE acts (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  kind TEXT NOT NULL, -- block | import | release
  address TEXT NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  detail TEXT NOT NULL, -- JSON by kind: core/fold.ts
  PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX acts_address ON acts (tenant, address, at);

-- One row for each address with a fact: a revision that guards concurrent writers, and the delivery marks.
CREATE TABLE addresses (
  tenant TEXT NOT NULL,
  address TEXT NOT NULL,
  revision INTEGER NOT NULL,
  open INTEGER NOT NULL, -- 1: a failure is open, so deliveries are kept as events
  marks TEXT NOT NULL, -- JSON [[at, message id, RFC 5322 Message-ID], …]: the last deliveries, at most one a day, at most two
  listed_at TEXT, -- JSON array of providers that keep the address on their own list; NULL where none
  PRIMARY KEY (tenant, address)
) STRICT, WITHOUT ROWID;

CREATE INDEX addresses_listed ON addresses (tenant, address) WHERE listed_at IS NOT NULL;

-- A writer that folded an older state than the one it would replace is refused, and folds again.
CREATE TRIGGER addresses_guard BEFORE UPDATE OF revision ON addresses
WHEN NEW.revision <> OLD.revision + 1
BEGIN
  SELECT RAISE(ABORT, 'stale revision');
END;

CREATE TABLE suppressions (
  tenant TEXT NOT NULL,
  address TEXT NOT NULL,
  stream TEXT NOT NULL,
  reason TEXT NOT NULL,
  id TEXT NOT NULL,
  domain TEXT NOT NULL,
  origin TEXT NOT NULL,
  state TEXT NOT NULL, -- active | held | released; an active row past its until reads as expired
  until INTEGER,
  code TEXT,
  enhanced TEXT,
  code_source TEXT, -- reported | parsed | inferred
  category TEXT,
  blame TEXT,
  severity TEXT,
  bounce_type TEXT,
  retry TEXT,
  rule TEXT,
  policy_version TEXT NOT NULL,
  provider TEXT,
  source_id TEXT,
  event_id TEXT,
  note TEXT,
  contradicted_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (tenant, address, stream, reason)
) STRICT, WITHOUT ROWID;

CREATE INDEX suppressions_updated ON suppressions (tenant, updated_at, id);

CREATE TABLE changes (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant TEXT NOT NULL,
  at INTEGER NOT NULL,
  address TEXT NOT NULL,
  stream TEXT NOT NULL,
  reason TEXT NOT NULL,
  state TEXT NOT NULL,
  until INTEGER,
  suppression_id TEXT NOT NULL
) STRICT;

CREATE INDEX changes_tenant ON changes (tenant, seq);

CREATE TABLE quarantine (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  source_id TEXT NOT NULL,
  receipt_id TEXT NOT NULL,
  item INTEGER NOT NULL, -- position in the request; -1: the whole body
  why TEXT NOT NULL,
  raw TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

-- Labels and reply templates that no table knew, counted, with one masked sample.
CREATE TABLE unmapped (
  tenant TEXT NOT NULL,
  provider TEXT NOT NULL,
  kind TEXT NOT NULL, -- label | template
  name TEXT NOT NULL,
  count INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  sample TEXT NOT NULL,
  PRIMARY KEY (tenant, provider, kind, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE stats (
  tenant TEXT NOT NULL,
  hour INTEGER NOT NULL, -- start of the UTC hour
  kind TEXT NOT NULL,
  provider TEXT NOT NULL,
  code TEXT NOT NULL,
  category TEXT NOT NULL,
  domain TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (tenant, hour, kind, provider, code, category, domain)
) STRICT, WITHOUT ROWID;

-- Append-only; each row's hash covers the one before.
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL, -- JSON
  previous TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;

CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN
  SELECT RAISE(ABORT, 'audit is append-only');
END;

CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN
  SELECT RAISE(ABORT, 'audit is append-only');
END;
