package io.reseal.rotation.internal.reencrypt;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.database.ResealDatabase;
import io.reseal.rotation.reencryption.FencedTable;
import io.reseal.rotation.reencryption.Proof;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What makes a proof behind a fence void, and what only looks as if it did. */
class FenceVoidTest extends FenceFixture {

    @Test
    void isMissedWhenAColumnTakesTheNameOfAnother() throws Exception {
        table("t", "");
        stage.execute("ALTER TABLE t ADD COLUMN other bytea");
        stage.rotate(Stage.DB);
        prove(OLD);

        stage.execute("ALTER TABLE t RENAME v TO before; ALTER TABLE t RENAME other TO v");

        assertThat(engine.proving().of(OLD).get(0).voidedBecause()).anyMatch(reason -> reason.contains("was altered"));
    }

    /** Each refuses less than the trigger did, or later, with the same condition. */
    @ParameterizedTest
    @CsvSource({
        "SELECT 1, CREATE OR REPLACE TRIGGER, AFTER UPDATE ON, AFTER UPDATE OF id ON",
        "DROP TRIGGER %I ON t, CREATE CONSTRAINT TRIGGER, FOR EACH, DEFERRABLE INITIALLY DEFERRED FOR EACH",
        "DROP TRIGGER %I ON t, CREATE CONSTRAINT TRIGGER, FOR EACH, NOT DEFERRABLE FOR EACH",
    })
    void isMissedWhenItsTriggerIsNarrowed(String first, String create, String from, String to) throws Exception {
        table("t", "");
        stage.rotate(Stage.DB);
        prove(OLD);

        stage.execute("""
                DO $$ DECLARE d text; n text; BEGIN
                    SELECT pg_get_triggerdef(oid), tgname INTO STRICT d, n
                    FROM pg_trigger WHERE tgrelid = 't'::regclass AND tgname LIKE 'reseal_fence_update%';
                """ + "EXECUTE format('" + first + "', n);"
                + "EXECUTE replace(replace(d, 'CREATE TRIGGER', '" + create + "'), '" + from + "', '" + to + "');"
                + """
                    EXECUTE format('ALTER TABLE t ENABLE ALWAYS TRIGGER %I', n);
                END $$
                """);

        assertThat(engine.proving().of(OLD).get(0).voidedBecause()).anyMatch(reason -> reason.contains("was altered"));
    }

    /** The text of a condition depends on the session that asks for it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "bytea_output = 'escape'",
                "quote_all_identifiers = on",
                "standard_conforming_strings = off",
                "search_path = public, pg_catalog"
            })
    void standsWhateverTheSettingsOfTheSessionAre(String setting) throws Exception {
        table("t", "");
        stage.execute("CREATE FUNCTION public.substring(bytea, integer, integer) RETURNS bytea LANGUAGE sql"
                + " AS 'SELECT NULL::bytea'");
        stage.rotate(Stage.DB);
        prove(OLD);

        stage.execute("ALTER DATABASE " + stage.database.url().replaceAll(".*/", "") + " SET " + setting);

        try (ResealDatabase fresh = stage.pool("postgres");
                Engine other = Engine.open(fresh, stage.keys, stage.settings.lease(), Clock.systemUTC())) {
            assertThat(other.proving().of(OLD).get(0).voidedBecause()).isEmpty();
            assertThat(other.proving().hard(OLD, PATIENT).holds()).isTrue();
            stage.rotate(Stage.DB);
            assertThat(other.proving().hard(SECOND, PATIENT).holds()).isTrue();
        }
        assertThat(engine.proving().of(OLD))
                .allMatch(proof -> proof.voidedBecause().isEmpty());
        assertThat(engine.proving().fences()).allMatch(FencedTable::isInPlace);
    }

    @Test
    void isVoidInAnotherDatabaseAndInOneThatWentBack() throws Exception {
        table("t", "");
        stage.rotate(Stage.DB);
        prove(OLD);

        stage.execute("UPDATE reseal_proof SET wal_position = 'FF/0' WHERE strength = 'HARD'");
        AgedProofs.record(stage.settings, stage.keys, OLD);
        assertThat(engine.proving().of(OLD).get(0).voidedBecause()).anyMatch(reason -> reason.contains("restored"));

        stage.execute("UPDATE reseal_proof SET wal_position = '0/1', database_id = 'another'");
        AgedProofs.record(stage.settings, stage.keys, OLD);
        assertThat(engine.proving().of(OLD)).hasSize(2).allMatch(Proof::isVoid);
    }
}
