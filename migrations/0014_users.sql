-- How many events each rule decided, so that the page of the policy need not count them.
CREATE TABLE rule_counts (
  tenant TEXT NOT NULL,
  day INTEGER NOT NULL, -- start of the UTC day on which they came
  rule TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (tenant, day, rule)
) STRICT, WITHOUT ROWID;

-- People who sign in to the pages by name and password.
CREATE TABLE users (
  tenant TEXT NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL, -- admin | read
  password TEXT NOT NULL, -- scrypt$N$r$p$salt$hash
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL, -- the password or the role
  PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX audit_tenant ON audit (tenant, seq);
