package io.reseal.rotation.chaos;

import io.reseal.testing.Databases.TestDatabase;
import java.sql.SQLException;

/**
 * Triggers that note every change of a row and of a range, by whom, and in which transaction. They find a value's key
 * version with SQL of their own, and vanish with a transaction that is rolled back or lost.
 */
final class Witness {

    private Witness() {}

    static void install(TestDatabase database) throws SQLException {
        database.execute("""
                CREATE FUNCTION sealed_version(value bytea) RETURNS int LANGUAGE sql IMMUTABLE AS $$
                    SELECT get_byte(value, 2) * 65536 + get_byte(value, 3) * 256 + get_byte(value, 4)
                $$;
                CREATE FUNCTION sealed_version(value text) RETURNS int LANGUAGE sql IMMUTABLE AS $$
                    SELECT CAST(split_part(value, ':', 3) AS int)
                $$;

                -- the three sealed columns are places 1 to 3 of the arrays: secret, note, token
                CREATE TABLE chaos_row (
                    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL, began timestamptz NOT NULL,
                    xid xid8 NOT NULL, node text NOT NULL, engine boolean NOT NULL, id bigint NOT NULL,
                    before int[], after int[], changed boolean[] NOT NULL);
                CREATE FUNCTION note_row() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
                BEGIN
                    INSERT INTO chaos_row (at, began, xid, node, engine, id, before, after, changed) VALUES (
                        clock_timestamp(), transaction_timestamp(), pg_current_xact_id(),
                        regexp_replace(current_setting('application_name'), '^reseal-', ''),
                        current_setting('application_name') NOT LIKE 'app-%',
                        coalesce(NEW.id, OLD.id),
                        CASE WHEN TG_OP <> 'INSERT' THEN
                            ARRAY[sealed_version(OLD.secret), sealed_version(OLD.note), sealed_version(OLD.token)] END,
                        CASE WHEN TG_OP <> 'DELETE' THEN
                            ARRAY[sealed_version(NEW.secret), sealed_version(NEW.note), sealed_version(NEW.token)] END,
                        ARRAY[OLD.secret IS DISTINCT FROM NEW.secret, OLD.note IS DISTINCT FROM NEW.note,
                              OLD.token IS DISTINCT FROM NEW.token]);
                    RETURN NULL;
                END $$;
                CREATE TRIGGER witness AFTER INSERT OR UPDATE OR DELETE ON account
                    FOR EACH ROW EXECUTE FUNCTION note_row();

                -- at is the arrival of the statement: whatever was committed before, it sees
                CREATE TABLE chaos_range (
                    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL, xid xid8 NOT NULL,
                    node text NOT NULL, range_id bigint NOT NULL, token bigint NOT NULL, claimed boolean NOT NULL,
                    held boolean NOT NULL, rows bigint NOT NULL);
                CREATE INDEX ON chaos_range (range_id, token) WHERE claimed;
                CREATE FUNCTION note_range() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
                BEGIN
                    INSERT INTO chaos_range (at, xid, node, range_id, token, claimed, held, rows) VALUES (
                        statement_timestamp(), pg_current_xact_id(),
                        regexp_replace(current_setting('application_name'), '^reseal-', ''), NEW.id, NEW.token,
                        NEW.owner IS NOT NULL AND OLD.token IS DISTINCT FROM NEW.token,
                        OLD.owner IS NOT NULL AND OLD.token = NEW.token AND NEW.up_to_key IS NOT DISTINCT FROM OLD.up_to_key,
                        NEW.rows_changed - coalesce(OLD.rows_changed, 0));
                    RETURN NULL;
                END $$;
                CREATE TRIGGER witness AFTER INSERT OR UPDATE ON reseal_range
                    FOR EACH ROW EXECUTE FUNCTION note_range();
                """);
    }
}
