-- The tables of migrations/0003, in PostgreSQL's words. Times are epoch milliseconds. Ids are prefixed ULIDs: sorted
-- by id is sorted by creation. Texts are compared by their bytes, whatever the locale of the database.
-- The unique indexes of what grows contain what a cluster shards on: (tenant, address), or a digest or id.

CREATE TABLE tenants (
  id TEXT COLLATE "C" PRIMARY KEY,
  name TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL
);

INSERT INTO tenants (id, name, created_at) VALUES ('default', 'default', 0);

CREATE TABLE keys (
  id TEXT COLLATE "C" PRIMARY KEY,
  tenant TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
  name TEXT COLLATE "C" NOT NULL,
  prefix TEXT COLLATE "C" NOT NULL,
  hash TEXT COLLATE "C" NOT NULL UNIQUE, -- hex SHA-256; the key itself is shown once and never stored
  scopes TEXT COLLATE "C" NOT NULL, -- JSON array
  created_at BIGINT NOT NULL,
  last_used_at BIGINT,
  rate_limit BIGINT -- requests a minute; NULL = without a limit
);

CREATE TABLE sources (
  id TEXT COLLATE "C" PRIMARY KEY,
  tenant TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
  provider TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  stream TEXT COLLATE "C",
  streams TEXT COLLATE "C" NOT NULL, -- JSON object: provider's group -> stream
  secrets TEXT COLLATE "C" NOT NULL, -- sealed JSON
  public_url TEXT COLLATE "C",
  allow_unsigned BIGINT NOT NULL,
  require_sha256 BIGINT NOT NULL,
  trust TEXT COLLATE "C",
  disabled BIGINT NOT NULL,
  last_event_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE policies (
  tenant TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
  version BIGINT NOT NULL,
  document TEXT COLLATE "C" NOT NULL,
  actor TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  redecided_to TEXT COLLATE "C", -- how far the list was decided anew under it: the last address done, NULL where all are
  PRIMARY KEY (tenant, version)
);

-- A flush says which version of the policy it judged by; one that another version has overtaken judges again. Both
-- lock the tenant: a new version waits for the flushes under way, and they never meet one half way.
CREATE VIEW judged_by AS SELECT CAST('' AS TEXT) AS tenant, CAST(0 AS BIGINT) AS version;

CREATE FUNCTION judged_by_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM tenants WHERE id = NEW.tenant FOR KEY SHARE;
  IF NEW.version <> coalesce((SELECT max(version) FROM policies WHERE tenant = NEW.tenant), 0) THEN
    RAISE EXCEPTION 'stale policy' USING ERRCODE = 'MS001';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER judged_by_guard INSTEAD OF INSERT ON judged_by FOR EACH ROW EXECUTE FUNCTION judged_by_guard();

CREATE FUNCTION policies_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM tenants WHERE id = NEW.tenant FOR UPDATE;
  RETURN NEW;
END $$;

CREATE TRIGGER policies_guard BEFORE INSERT ON policies FOR EACH ROW EXECUTE FUNCTION policies_guard();

-- One authenticated request as it came, kept for replay. Bodies above 1 MiB continue in receipt_parts.
CREATE TABLE receipts (
  id TEXT COLLATE "C" PRIMARY KEY,
  tenant TEXT COLLATE "C" NOT NULL,
  source_id TEXT COLLATE "C" NOT NULL,
  received_at BIGINT NOT NULL,
  method TEXT COLLATE "C" NOT NULL,
  query TEXT COLLATE "C" NOT NULL,
  headers TEXT COLLATE "C" NOT NULL, -- JSON object of the headers that matter, secrets left out
  encoding TEXT COLLATE "C" NOT NULL, -- identity | gzip
  body BYTEA NOT NULL
);

CREATE TABLE receipt_parts (
  receipt_id TEXT COLLATE "C" NOT NULL,
  part BIGINT NOT NULL,
  bytes BYTEA NOT NULL,
  PRIMARY KEY (receipt_id, part)
);

-- What was taken in already, per source: a digest of each item's provider id and content.
CREATE TABLE seen (
  tenant TEXT COLLATE "C" NOT NULL,
  digest TEXT COLLATE "C" NOT NULL,
  forget_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, digest)
);

-- Nonces of signatures that do not cover the body: each may come again only with the same body.
CREATE TABLE nonces (
  tenant TEXT COLLATE "C" NOT NULL,
  provider TEXT COLLATE "C" NOT NULL,
  nonce TEXT COLLATE "C" NOT NULL,
  body_digest TEXT COLLATE "C" NOT NULL,
  forget_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, provider, nonce)
);

CREATE TABLE events (
  tenant TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  source_id TEXT COLLATE "C" NOT NULL,
  receipt_id TEXT COLLATE "C" NOT NULL,
  provider TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  address TEXT COLLATE "C" NOT NULL,
  domain TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  sent_at BIGINT,
  stream TEXT COLLATE "C" NOT NULL,
  provider_group TEXT COLLATE "C",
  code TEXT COLLATE "C",
  enhanced TEXT COLLATE "C",
  text TEXT COLLATE "C",
  code_source TEXT COLLATE "C",
  category TEXT COLLATE "C",
  blame TEXT COLLATE "C" NOT NULL,
  bounce_type TEXT COLLATE "C" NOT NULL,
  severity TEXT COLLATE "C",
  verdict TEXT COLLATE "C" NOT NULL,
  strength TEXT COLLATE "C" NOT NULL,
  classified_by TEXT COLLATE "C" NOT NULL,
  message_id TEXT COLLATE "C",
  rfc_message_id TEXT COLLATE "C",
  provider_event_id TEXT COLLATE "C",
  provider_type TEXT COLLATE "C" NOT NULL,
  feedback TEXT COLLATE "C",
  listed_for TEXT COLLATE "C",
  listed BIGINT,
  hearsay BIGINT NOT NULL,
  proven BIGINT NOT NULL,
  tags TEXT COLLATE "C" NOT NULL, -- JSON array
  rule TEXT COLLATE "C" NOT NULL,
  action TEXT COLLATE "C" NOT NULL,
  retry TEXT COLLATE "C" NOT NULL,
  until BIGINT,
  policy_version TEXT COLLATE "C" NOT NULL,
  counts BIGINT NOT NULL, -- 1: may move the list, kept for good; 0: recorded only, pruned by age
  PRIMARY KEY (tenant, address, id)
);

CREATE INDEX events_id ON events (tenant, id);

-- Acts of people: blocks, imports, releases. Facts like events, folded with them by their own time.
CREATE TABLE acts (
  tenant TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL, -- block | import | release
  address TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  actor TEXT COLLATE "C" NOT NULL,
  detail TEXT COLLATE "C" NOT NULL, -- JSON by kind: core/fold.ts
  PRIMARY KEY (tenant, address, id)
);

CREATE INDEX acts_id ON acts (tenant, id);

-- One row for each address with a fact: a revision that guards concurrent writers, and the delivery marks.
CREATE TABLE addresses (
  tenant TEXT COLLATE "C" NOT NULL,
  address TEXT COLLATE "C" NOT NULL,
  revision BIGINT NOT NULL,
  open BIGINT NOT NULL, -- 1: a failure is open, so deliveries are kept as events
  marks TEXT COLLATE "C" NOT NULL, -- JSON [[at, message id, RFC 5322 Message-ID], …]: the last deliveries, at most one a day, at most two
  listed_at TEXT COLLATE "C", -- JSON array of providers that keep the address on their own list; NULL where none
  allowed_until BIGINT, -- somebody answers for it: until then no bounce blocks the address
  PRIMARY KEY (tenant, address)
);

CREATE INDEX addresses_noted ON addresses (tenant, address) WHERE listed_at IS NOT NULL OR allowed_until IS NOT NULL;

-- A writer that folded an older state than the one it would replace is refused, and folds again.
CREATE FUNCTION addresses_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'stale revision' USING ERRCODE = 'MS001';
END $$;

CREATE TRIGGER addresses_guard BEFORE UPDATE ON addresses FOR EACH ROW
WHEN (NEW.revision <> OLD.revision + 1) EXECUTE FUNCTION addresses_guard();

-- Which facts speak of a whole domain: failures because it takes no mail, and deliveries while one is open.
CREATE TABLE domain_facts (
  tenant TEXT COLLATE "C" NOT NULL,
  domain TEXT COLLATE "C" NOT NULL, -- the key of its entry: @example.com
  event_id TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, domain, event_id)
);

CREATE TABLE suppressions (
  tenant TEXT COLLATE "C" NOT NULL,
  address TEXT COLLATE "C" NOT NULL,
  stream TEXT COLLATE "C" NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  domain TEXT COLLATE "C" NOT NULL,
  origin TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL, -- active | held | released; an active row past its until reads as expired
  until BIGINT,
  code TEXT COLLATE "C",
  enhanced TEXT COLLATE "C",
  code_source TEXT COLLATE "C", -- reported | parsed | inferred
  category TEXT COLLATE "C",
  blame TEXT COLLATE "C",
  severity TEXT COLLATE "C",
  bounce_type TEXT COLLATE "C",
  retry TEXT COLLATE "C",
  rule TEXT COLLATE "C",
  policy_version TEXT COLLATE "C" NOT NULL,
  provider TEXT COLLATE "C",
  source_id TEXT COLLATE "C",
  event_id TEXT COLLATE "C",
  note TEXT COLLATE "C",
  contradicted_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, address, stream, reason)
);

CREATE INDEX suppressions_updated ON suppressions (tenant, updated_at, id);

CREATE TABLE changes (
  seq BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  tenant TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  address TEXT COLLATE "C" NOT NULL,
  stream TEXT COLLATE "C" NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  until BIGINT,
  suppression_id TEXT COLLATE "C" NOT NULL
);

CREATE INDEX changes_tenant ON changes (tenant, seq);

CREATE TABLE quarantine (
  tenant TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  source_id TEXT COLLATE "C" NOT NULL,
  receipt_id TEXT COLLATE "C" NOT NULL,
  item BIGINT NOT NULL, -- position in the request; -1: the whole body
  why TEXT COLLATE "C" NOT NULL,
  raw TEXT COLLATE "C" NOT NULL,
  received_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, id)
);

-- Labels and reply templates that no table knew, counted, with one masked sample.
CREATE TABLE unmapped (
  tenant TEXT COLLATE "C" NOT NULL,
  provider TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL, -- label | template
  name TEXT COLLATE "C" NOT NULL,
  count BIGINT NOT NULL,
  first_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  sample TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, provider, kind, name)
);

CREATE TABLE stats (
  tenant TEXT COLLATE "C" NOT NULL,
  hour BIGINT NOT NULL, -- start of the UTC hour
  kind TEXT COLLATE "C" NOT NULL,
  provider TEXT COLLATE "C" NOT NULL,
  code TEXT COLLATE "C" NOT NULL,
  category TEXT COLLATE "C" NOT NULL,
  domain TEXT COLLATE "C" NOT NULL,
  count BIGINT NOT NULL,
  PRIMARY KEY (tenant, hour, kind, provider, code, category, domain)
);

-- Append-only; each row's hash covers the one before.
CREATE TABLE audit (
  seq BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  tenant TEXT COLLATE "C" NOT NULL,
  actor TEXT COLLATE "C" NOT NULL,
  action TEXT COLLATE "C" NOT NULL,
  subject TEXT COLLATE "C" NOT NULL,
  detail TEXT COLLATE "C" NOT NULL, -- JSON
  previous TEXT COLLATE "C" NOT NULL,
  hash TEXT COLLATE "C" NOT NULL
);

CREATE FUNCTION audit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit is append-only';
END $$;

CREATE TRIGGER audit_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON audit EXECUTE FUNCTION audit_guard();
