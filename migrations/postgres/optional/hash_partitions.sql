-- Optional, and never applied by Mailstop: splits what grows with the number of addresses into 16 hash partitions each,
-- so that vacuum and index builds work on parts. For lists above a hundred million rows; stop the instances first:
--   psql "$MAILSTOP_DATABASE_URL" --single-transaction -f migrations/postgres/optional/hash_partitions.sql
-- Rows that are there move over. The tables keep their names, keys and columns, so migrations go on as before.

DO $$
DECLARE
  part CONSTANT integer := 16;
  one record;
BEGIN
  FOR one IN
    SELECT * FROM (VALUES
      ('events', 'address'), ('acts', 'address'), ('addresses', 'address'), ('suppressions', 'address'),
      ('domain_facts', 'domain'), ('seen', 'digest')
    ) AS split (name, spread)
  LOOP
    EXECUTE format('ALTER TABLE %I RENAME TO %I', one.name, one.name || '_whole');
    EXECUTE format(
      'CREATE TABLE %I (LIKE %I INCLUDING ALL) PARTITION BY HASH (%I)', one.name, one.name || '_whole', one.spread
    );
    FOR i IN 0 .. part - 1 LOOP
      EXECUTE format(
        'CREATE TABLE %I PARTITION OF %I FOR VALUES WITH (MODULUS %s, REMAINDER %s)',
        one.name || '_' || i, one.name, part, i
      );
    END LOOP;
    EXECUTE format('INSERT INTO %I SELECT * FROM %I', one.name, one.name || '_whole');
    EXECUTE format('DROP TABLE %I', one.name || '_whole');
  END LOOP;
END $$;

CREATE TRIGGER addresses_guard BEFORE UPDATE ON addresses FOR EACH ROW
WHEN (NEW.revision <> OLD.revision + 1) EXECUTE FUNCTION addresses_guard();
