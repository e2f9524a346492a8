-- Since when a feed has no subscription that stands; NULL = nothing is known against it.
ALTER TABLE sources ADD COLUMN unsubscribed_since BIGINT;
