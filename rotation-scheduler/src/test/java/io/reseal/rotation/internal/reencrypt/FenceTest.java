package io.reseal.rotation.internal.reencrypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.StorageForm;
import io.reseal.keys.KeyId;
import io.reseal.rotation.Blocker;
import io.reseal.rotation.FencedTable;
import io.reseal.rotation.Proof;
import io.reseal.rotation.ProofBlockedException;
import io.reseal.rotation.ProofRefusedException;
import io.reseal.rotation.ProofStrength;
import io.reseal.testing.Databases;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fence on tables of every shape, and what it lets pass. */
class FenceTest {

    private static final KeyId OLD = new KeyId(Stage.DB, 1);
    private static final KeyId SECOND = new KeyId(Stage.DB, 2);
    private static final Waiting PATIENT = new Waiting(Duration.ofSeconds(20), blockers -> {});

    @TempDir
    Path directory;

    private Stage stage;
    private Engine engine;

    @BeforeEach
    void open() throws SQLException {
        stage = new Stage(Databases.POSTGRESQL, directory);
        engine = stage.engine();
    }

    @AfterEach
    void close() throws SQLException {
        engine.close();
        stage.close();
    }

    private Proof prove(KeyId key) {
        return engine.proving().hard(key, PATIENT);
    }

    private static void refused(ThrowingCallable write) {
        assertThatThrownBy(write)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("RS001"));
    }

    private void insert(String table, byte[] value) throws SQLException {
        stage.update("INSERT INTO " + table + " (\"id\", \"v\") VALUES (?, ?)", 1L, value);
    }

    private void table(String name, String rest) throws SQLException {
        stage.execute("CREATE TABLE \"" + name.replace("\"", "\"\"") + "\" (\"id\" bigint, \"v\" bytea) " + rest);
        stage.record(name, "v", StorageForm.BINARY, Stage.DB, List.of("id"), true);
    }

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

    @Test
    void isMissedWhenAColumnTakesTheNameOfAnother() throws Exception {
        table("t", "");
        stage.execute("ALTER TABLE t ADD COLUMN other bytea");
        stage.rotate(Stage.DB);
        prove(OLD);

        stage.execute("ALTER TABLE t RENAME v TO before; ALTER TABLE t RENAME other TO v");

        assertThat(engine.proving().of(OLD).get(0).voidedBecause()).anyMatch(reason -> reason.contains("was altered"));
    }

    @Test
    void isMissedWhenItsTriggerIsNarrowedToAnotherColumn() throws Exception {
        table("t", "");
        stage.rotate(Stage.DB);
        prove(OLD);

        stage.execute("""
                DO $$ DECLARE d text; n text; BEGIN
                    SELECT replace(replace(pg_get_triggerdef(oid), 'CREATE TRIGGER', 'CREATE OR REPLACE TRIGGER'),
                                   'AFTER UPDATE ON', 'AFTER UPDATE OF id ON'), tgname INTO STRICT d, n
                    FROM pg_trigger WHERE tgrelid = 't'::regclass AND pg_get_triggerdef(oid) LIKE '%AFTER UPDATE ON%';
                    EXECUTE d;
                    EXECUTE 'ALTER TABLE t ENABLE ALWAYS TRIGGER ' || quote_ident(n);
                END $$
                """);

        assertThat(engine.proving().of(OLD).get(0).voidedBecause()).anyMatch(reason -> reason.contains("was altered"));
    }

    @Test
    void refusesWhatItMayNotFenceByNameAndFencesNothing() throws Exception {
        table("t", "");
        stage.execute("CREATE TABLE hidden (id bigint, v bytea); CREATE VIEW seen AS SELECT * FROM hidden");
        stage.record("seen", "v", StorageForm.BINARY, Stage.DB, List.of("id"), true);
        stage.rotate(Stage.DB);

        assertThatThrownBy(() -> prove(OLD))
                .isInstanceOf(ProofRefusedException.class)
                .hasMessageContaining("seen is no table that can be fenced");
        assertThat(engine.proving().fences()).isEmpty();
        assertThat(engine.proving().of(OLD)).isEmpty();
    }

    @Test
    void isRefusedWhileValuesRemain() throws Exception {
        table("t", "");
        insert("t", stage.seal("x", "old"));
        stage.rotate(Stage.DB);

        assertThatThrownBy(() -> prove(OLD))
                .isInstanceOf(ProofRefusedException.class)
                .hasMessageContaining("t.v holds 1 values under database_encryption version 1");
        assertThat(engine.proving().of(OLD))
                .singleElement()
                .satisfies(proof -> assertThat(proof.strength()).isEqualTo(ProofStrength.SOFT));
        assertThat(stage.count("SELECT count(*) FROM pg_trigger WHERE tgrelid = 't'::regclass"))
                .isZero();
    }

    @Test
    void showsWhomItWaitsForAndGoesOnWhenTheyEnd() throws Exception {
        table("t", "");
        stage.rotate(Stage.DB);
        List<Blocker> seen = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch waiting = new CountDownLatch(1);
        try (Connection writer = stage.database.connect()) {
            writer.setAutoCommit(false);
            writer.createStatement()
                    .execute("SET application_name = 'the-writer'; INSERT INTO t VALUES (7, 'my secret')");
            CompletableFuture<Proof> proof = CompletableFuture.supplyAsync(() -> engine.proving()
                    .hard(OLD, new Waiting(Duration.ofSeconds(20), blockers -> {
                        seen.addAll(blockers);
                        waiting.countDown();
                    })));
            assertThat(waiting.await(20, TimeUnit.SECONDS)).isTrue();
            writer.commit();
            assertThat(proof.join().holds()).isTrue();
        }
        assertThat(seen.get(0).application()).contains("the-writer");
        assertThat(seen.get(0).state()).contains("idle in transaction");
        assertThat(seen.get(0).user()).isEqualTo("postgres");
        assertThat(seen.get(0).age()).hasValueSatisfying(age -> assertThat(age).isPositive());
        assertThat(seen.get(0).toString()).startsWith("process ").doesNotContain("secret");
    }

    /** Readers hold no lock that the fence needs. */
    @Test
    void doesNotWaitForReaders() throws Exception {
        table("t", "");
        stage.rotate(Stage.DB);
        try (Connection reader = stage.database.connect()) {
            reader.setAutoCommit(false);
            reader.createStatement().execute("SELECT * FROM t FOR UPDATE");
            assertThat(prove(OLD).holds()).isTrue();
        }
    }

    @Test
    void waitsOnlyTheFirstTimeAndThenOnlyCounts() throws Exception {
        table("t", "");
        stage.rotate(Stage.DB);
        prove(OLD);
        try (Connection writer = stage.database.connect()) {
            writer.setAutoCommit(false);
            writer.createStatement().execute("INSERT INTO t VALUES (7, NULL)");
            assertThatCode(() -> engine.proving().hard(OLD, new Waiting(Duration.ZERO, blockers -> {})))
                    .doesNotThrowAnyException();
            stage.rotate(Stage.DB);
            assertThatThrownBy(() -> engine.proving().hard(SECOND, new Waiting(Duration.ZERO, blockers -> {})))
                    .isInstanceOf(ProofBlockedException.class);
        }
    }

    @Test
    void countsWhatAnotherStatementCounts() throws Exception {
        stage.accounts(120);
        stage.rotate(Stage.DB);
        engine.proving().soft(SECOND);
        stage.addAccounts(121, 150, id -> "more of " + id);
        Proof proof = engine.proving().soft(OLD);

        assertThat(proof.remaining())
                .isEqualTo(stage.binaryUnder("account", "secret", OLD))
                .isEqualTo(120);
        assertThat(proof.columns().get(0).values()).isEqualTo(stage.count("SELECT count(\"secret\") FROM \"account\""));
        assertThat(stage.count("SELECT count(*) FROM reseal_proof_column WHERE snapshot ~ '^[0-9]+:[0-9]+:'"))
                .isEqualTo(2);
    }

    @Test
    void isVoidInAnotherDatabaseAndInOneThatWentBack() throws Exception {
        table("t", "");
        stage.rotate(Stage.DB);
        prove(OLD);

        stage.execute("UPDATE reseal_proof SET wal_position = 'FF/0' WHERE strength = 'HARD'");
        assertThat(engine.proving().of(OLD).get(0).voidedBecause()).anyMatch(reason -> reason.contains("restored"));

        stage.execute("UPDATE reseal_proof SET wal_position = '0/1', database_id = 'another'");
        assertThat(engine.proving().of(OLD)).hasSize(2).allMatch(Proof::isVoid);
    }
}
