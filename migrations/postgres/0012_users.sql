-- How many events each rule decided, so that the page of the policy need not count them.
CREATE TABLE rule_counts (
  tenant TEXT COLLATE "C" NOT NULL,
  day BIGINT NOT NULL, -- start of the UTC day on which they came
  rule TEXT COLLATE "C" NOT NULL,
  count BIGINT NOT NULL,
  PRIMARY KEY (tenant, day, rule)
);

-- People who sign in to the pages by name and password.
CREATE TABLE users (
  tenant TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  role TEXT COLLATE "C" NOT NULL, -- admin | read
  password TEXT COLLATE "C" NOT NULL, -- scrypt$N$r$p$salt$hash
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL, -- the password or the role
  PRIMARY KEY (tenant, name)
);

CREATE INDEX audit_tenant ON audit (tenant, seq);
