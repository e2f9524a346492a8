-- Acts that were done together, such as a release by selection, and what took them back.
ALTER TABLE acts ADD COLUMN batch TEXT COLLATE "C";
CREATE INDEX acts_batch ON acts (tenant, batch, id) WHERE batch IS NOT NULL;
