-- Who is signed in to the pages. The cookie's value is kept as a hash; signing out deletes the row.
CREATE TABLE sessions (
  hash TEXT NOT NULL PRIMARY KEY,
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL, -- the key it was opened with
  key_hash TEXT NOT NULL, -- a revoked key ends its sessions
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
