package io.reseal.rotation.internal.reencrypt;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.StorageForm;
import io.reseal.rotation.reencryption.FencedTable;
import io.reseal.rotation.reencryption.Proof;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The fence on tables of every shape, and what it lets pass. */
class FenceTest extends FenceFixture {

    @Test
    void reachesTablesAndColumnsWhoseNamesNeedQuotesAndFillThem() throws Exception {
        byte[] old = stage.seal("x", "old");
        String longest = "ein \"Tisch\"; -- ".repeat(4).substring(0, 63);
        String column = "Wert \"1\"";
        String quoted = '"' + longest.replace("\"", "\"\"") + '"';
        stage.execute("CREATE TABLE " + quoted + " (\"id\" bigint, \"Wert \"\"1\"\"\" bytea)");
        stage.record(longest, column, StorageForm.BINARY, Stage.DB, List.of("id"), true);
        stage.rotate(Stage.DB);

        assertThat(prove(OLD).holds()).isTrue();

        refused(() -> stage.update("INSERT INTO " + quoted + " VALUES (1, ?)", old));
        assertThat(engine.proving().fences()).extracting(FencedTable::table).containsExactly(longest);
        assertThat(engine.proving().fences().get(0).isInPlace()).isTrue();
    }

    @Test
    void isNotPassedThroughASearchPathThatGivesItsWordsAnotherMeaning() throws Exception {
        table("t", "");
        byte[] old = stage.seal("x", "old");
        stage.rotate(Stage.DB);
        prove(OLD);
        stage.execute("""
                CREATE SCHEMA evil;
                CREATE FUNCTION evil.substring(bytea, integer, integer) RETURNS bytea LANGUAGE sql AS 'SELECT NULL::bytea';
                CREATE FUNCTION evil.never(bytea, bytea) RETURNS boolean LANGUAGE sql AS 'SELECT false';
                CREATE OPERATOR evil.= (LEFTARG = bytea, RIGHTARG = bytea, FUNCTION = evil.never);
                CREATE FUNCTION evil.reseal_fence_reject() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
                SET search_path = evil, public, pg_catalog;
                """);

        refused(() -> insert("t", old));
        assertThat(engine.proving().fences()).allMatch(FencedTable::isInPlace);
    }

    @Test
    void keepsSeveralVersionsOutWithOnePairOfTriggersAndLeavesEarlierProofsStanding() throws Exception {
        table("t", "");
        byte[] first = stage.seal("x", "old");
        stage.rotate(Stage.DB);
        byte[] second = stage.seal("x", "old");
        Proof earlier = prove(OLD);
        stage.rotate(Stage.DB);

        Proof later = prove(SECOND);

        assertThat(earlier.holds()).isTrue();
        assertThat(later.holds()).isTrue();
        refused(() -> insert("t", first));
        refused(() -> insert("t", second));
        insert("t", stage.seal("x", "new"));
        assertThat(engine.proving().of(OLD).get(0).voidedBecause()).isEmpty();
        assertThat(engine.proving().fences().get(0).keys()).containsExactly(OLD, SECOND);
        assertThat(stage.count("SELECT count(*) FROM pg_trigger WHERE tgrelid = 't'::regclass"))
                .isEqualTo(2);
    }

    @Test
    void reachesEveryPartitionAlsoLaterOnesAndEveryChild() throws Exception {
        byte[] old = stage.seal("x", "old");
        table("part", "PARTITION BY RANGE (\"id\")");
        stage.execute("CREATE TABLE part_a PARTITION OF part FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (\"id\");"
                + " CREATE TABLE part_a_a PARTITION OF part_a FOR VALUES FROM (0) TO (10)");
        stage.record("part_a_a", "v", StorageForm.BINARY, Stage.DB, List.of("id"), true);
        table("parent", "");
        stage.execute("CREATE TABLE child () INHERITS (parent)");
        stage.rotate(Stage.DB);
        assertThat(prove(OLD).holds()).isTrue();

        refused(() -> insert("part", old));
        refused(() -> insert("part_a_a", old));
        refused(() -> insert("parent", old));
        refused(() -> insert("child", old));
        assertThat(engine.proving().of(OLD).get(0).voidedBecause()).isEmpty();

        stage.execute("CREATE TABLE part_b PARTITION OF part FOR VALUES FROM (10) TO (20)");
        refused(() -> stage.update("INSERT INTO part VALUES (15, ?)", old));
        assertThat(engine.proving().of(OLD).get(0).voidedBecause())
                .containsExactly("the table part_b was restored, created or attached since");
        assertThat(prove(OLD).voidedBecause()).isEmpty();
        stage.execute("DROP TABLE part_b");
        assertThat(engine.proving().of(OLD).get(0).voidedBecause()).isEmpty();
    }

    @Test
    void letsPassWhatDoesNotBringAnOldValueIn() throws Exception {
        table("t", "");
        stage.execute("ALTER TABLE t ADD PRIMARY KEY (id), ADD COLUMN n varchar(300), ADD COLUMN x integer");
        stage.record("t", "n", StorageForm.TEXT, Stage.DB, List.of("id"), true);
        byte[] late = stage.seal("t.v", "late");
        String lateText = stage.sealText("t.n", "late");
        stage.rotate(Stage.DB);
        engine.proving().soft(OLD);
        stage.update("INSERT INTO t VALUES (1, ?, ?, 0)", late, lateText);
        Proof proof = prove(OLD);
        assertThat(proof.remaining()).isEqualTo(2);

        stage.execute("UPDATE t SET x = 1");
        stage.execute("UPDATE t SET v = v, n = n, x = 2");
        stage.update("INSERT INTO t VALUES (2, ?, NULL, 0)", new byte[0]);
        stage.update(
                "INSERT INTO t VALUES (3, NULL, '', 0), (4, ?, ?, 0)",
                stage.seal("t.v", "a"),
                stage.sealText("t.n", "b"));
        refused(() -> stage.update("UPDATE t SET n = ? WHERE id = 3", lateText));
        refused(() -> stage.update("UPDATE t SET v = ? WHERE id = 3", late));
        try (var run = engine.start(Stage.DB, Stage.SMALL)) {
            Stage.complete(run);
        }

        assertThat(stage.binaryUnder("t", "v", OLD) + stage.textUnder("t", "n", OLD))
                .isZero();
        assertThat(prove(OLD).holds()).isTrue();
    }

    /** A row that still holds an old value is written anew when it changes its partition. */
    @Test
    void refusesToMoveAnOldValueToAnotherPartition() throws Exception {
        table("part", "PARTITION BY RANGE (\"id\")");
        stage.execute("CREATE TABLE part_a PARTITION OF part FOR VALUES FROM (0) TO (10);"
                + "CREATE TABLE part_b PARTITION OF part FOR VALUES FROM (10) TO (20)");
        byte[] late = stage.seal("x", "late");
        stage.rotate(Stage.DB);
        engine.proving().soft(OLD);
        insert("part", late);
        prove(OLD);

        refused(() -> stage.execute("UPDATE part SET id = 12"));
    }

    @Test
    void seesWhatGeneratedColumnsHold() throws Exception {
        table("t", "");
        stage.execute("ALTER TABLE t ADD COLUMN g bytea GENERATED ALWAYS AS (substring(v FROM 2)) STORED");
        stage.record("t", "g", StorageForm.BINARY, Stage.DB, List.of("id"), true);
        byte[] old = stage.seal("x", "old");
        byte[] shifted = new byte[old.length + 1];
        System.arraycopy(old, 0, shifted, 1, old.length);
        stage.rotate(Stage.DB);
        prove(OLD);

        refused(() -> insert("t", shifted));
    }

    @Test
    void coversAColumnThatIsMappedLaterOnceItIsProvedAgain() throws Exception {
        table("t", "");
        byte[] old = stage.seal("x", "old");
        stage.rotate(Stage.DB);
        prove(OLD);
        stage.execute("ALTER TABLE t ADD COLUMN w bytea");
        stage.record("t", "w", StorageForm.BINARY, Stage.TOKEN, List.of("id"), true);

        assertThat(engine.proving().of(OLD).get(0).voidedBecause()).containsExactly("the column t.w was not looked at");
        assertThat(prove(OLD).holds()).isTrue();
        refused(() -> stage.update("INSERT INTO t (id, w) VALUES (2, ?)", old));
    }
}
