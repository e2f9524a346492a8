-- Addresses that were erased: a keyed hash stands for each of them everywhere, so that it stays suppressed.
CREATE TABLE erasures (
  tenant TEXT COLLATE "C" NOT NULL,
  pseudonym TEXT COLLATE "C" NOT NULL,
  filter_hash TEXT COLLATE "C" NOT NULL, -- of the address in offline filters, as 16 hexadecimal digits
  at BIGINT NOT NULL,
  PRIMARY KEY (tenant, pseudonym)
);

-- The audit is append-only, so it names addresses by their hashes; what they were is kept here until it is erased.
CREATE TABLE audit_names (
  tenant TEXT COLLATE "C" NOT NULL,
  pseudonym TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, pseudonym)
);
