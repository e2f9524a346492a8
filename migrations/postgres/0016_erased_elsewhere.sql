-- Hashes of addresses that other servers have erased, which came with their lists, are looked for as well: their
-- filter_hash is empty, since only the address itself tells it.
INSERT INTO erasures (tenant, pseudonym, filter_hash, at)
SELECT tenant, address, '', min(created_at) FROM suppressions
WHERE tenant IN (SELECT id FROM tenants) AND domain = 'erased.invalid'
GROUP BY tenant, address
ON CONFLICT DO NOTHING;
