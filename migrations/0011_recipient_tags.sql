-- Sources that take only events which bring back the tag of their recipient.
ALTER TABLE sources ADD COLUMN recipient_tag INTEGER;
