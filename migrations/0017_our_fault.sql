-- What senders brought upon themselves is seldom, and released together once it is mended; other entries pay nothing.
CREATE INDEX suppressions_ours ON suppressions (tenant, category, updated_at, id) WHERE blame IN ('sender', 'content');
