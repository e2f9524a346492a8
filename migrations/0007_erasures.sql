-- Addresses that were erased: a keyed hash stands for each of them everywhere, so that it stays suppressed.
CREATE TABLE erasures (
  tenant TEXT NOT NULL,
  pseudonym TEXT NOT NULL,
  filter_hash TEXT NOT NULL, -- of the address in offline filters, as 16 hexadecimal digits
  at INTEGER NOT NULL,
  PRIMARY KEY (tenant, pseudonym)
) STRICT, WITHOUT ROWID;

-- The audit is append-only, so it names addresses by their hashes; what they were is kept here until it is erased.
CREATE TABLE audit_names (
  tenant TEXT NOT NULL,
  pseudonym TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (tenant, pseudonym)
) STRICT, WITHOUT ROWID;
