-- Who is signed in to the pages. The cookie's value is kept as a hash; signing out deletes the row.
CREATE TABLE sessions (
  hash TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  tenant TEXT COLLATE "C" NOT NULL,
  actor TEXT COLLATE "C" NOT NULL, -- the key it was opened with
  key_hash TEXT COLLATE "C" NOT NULL, -- a revoked key ends its sessions
  expires_at BIGINT NOT NULL
);
