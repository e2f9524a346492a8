-- Whether addresses are kept by their keyed hashes alone (docs/hashed-addresses.md), and under which pepper: one row then, none else.
CREATE TABLE pepper (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  proof TEXT NOT NULL -- a keyed hash of a fixed text: two peppers never have the same
) STRICT;
