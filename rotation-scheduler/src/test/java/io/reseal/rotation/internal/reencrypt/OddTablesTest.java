package io.reseal.rotation.internal.reencrypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.StorageForm;
import io.reseal.keys.KeyId;
import io.reseal.rotation.reencryption.Progress;
import io.reseal.rotation.reencryption.Proof;
import io.reseal.rotation.reencryption.Reencryption;
import io.reseal.rotation.reencryption.ReencryptionRefusedException;
import io.reseal.rotation.reencryption.RunState;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tables as they are found in the wild: each is re-encrypted to the last row, or its run fails by name. */
class OddTablesTest {

    private static final KeyId RETIRED = new KeyId(Stage.DB, 1);

    @TempDir
    Path directory;

    /** A key column's type, its position in the primary key, and an expression that makes keys of the numbers n. */
    static Stream<Arguments> postgresKeys() {
        return Stream.of(
                Arguments.of("text COLLATE \"C\"", "chr(65 + n % 26) || chr(97 + n % 25) || n"),
                Arguments.of("text COLLATE \"und-x-icu\"", "chr(65 + 32 * (n % 2) + n % 26) || '-' || n"),
                Arguments.of("varchar(40)", "CASE n % 3 WHEN 0 THEN 'É' WHEN 1 THEN 'e' ELSE '_Z' END || ' ' || n"),
                Arguments.of("char(12)", "'k' || n"),
                Arguments.of("bytea", "decode(md5(n::text), 'hex')"),
                Arguments.of("bigint", "(n - 300)::bigint * 1000000007"),
                Arguments.of("numeric", "(n - 300) / 7.0"),
                Arguments.of("timestamptz", "TIMESTAMPTZ '2026-03-29 00:00:00Z' + n * INTERVAL '13 minutes'"),
                Arguments.of("uuid", "gen_random_uuid()"),
                Arguments.of("date", "DATE '0001-01-01 BC' + n"),
                Arguments.of("boolean, n integer, PRIMARY KEY (k, n)", "n % 2 = 0"));
    }

    @ParameterizedTest
    @MethodSource("postgresKeys")
    void followsTheOrderOfAnyKey(String type, String expression) throws Exception {
        try (Stage stage = new Stage(Databases.POSTGRESQL, directory);
                Engine engine = stage.engine()) {
            boolean isComposite = type.contains("PRIMARY");
            stage.execute("CREATE TABLE t (v bytea, k " + type + (isComposite ? ")" : " PRIMARY KEY)"));
            stage.record("t", "v", StorageForm.BINARY, Stage.DB, isComposite ? List.of("n", "k") : List.of("k"), true);
            byte[] value = stage.seal("t.v", "v");
            stage.update(
                    "INSERT INTO t SELECT ?, " + expression + (isComposite ? ", n" : "")
                            + " FROM generate_series(1, 1100) AS n",
                    (Object) value);
            KeyId active = stage.rotate(Stage.DB);

            Progress progress = Stage.complete(engine.start(Stage.DB, Stage.SMALL.withWindow(20, 3)));

            assertThat(progress.changed()).isEqualTo(1_100);
            assertThat(stage.binaryUnder("t", "v", active)).isEqualTo(1_100);
            if (isComposite) {
                assertThat(stage.values("SELECT DISTINCT key_columns FROM reseal_range WHERE kind = 'TABLE'"))
                        .containsExactly("[\"k\",\"n\"]");
            }
        }
    }

    /** Three leaves, of which one lies in another schema and two under a partition of its own. */
    private static void partitioned(Stage stage) throws SQLException {
        stage.execute("CREATE SCHEMA \"Old Years\"");
        stage.execute("CREATE TABLE \"Log\" (id bigint, year integer, v bytea, PRIMARY KEY (id, year))"
                + " PARTITION BY RANGE (year)");
        stage.execute("CREATE TABLE \"Old Years\".\"Log 1\" PARTITION OF \"Log\" FOR VALUES FROM (0) TO (2000)");
        stage.execute(
                "CREATE TABLE log_2 PARTITION OF \"Log\" FOR VALUES FROM (2000) TO (2020) PARTITION BY HASH (id)");
        stage.execute("CREATE TABLE log_2a PARTITION OF log_2 FOR VALUES WITH (MODULUS 2, REMAINDER 0)");
        stage.execute("CREATE TABLE log_2b PARTITION OF log_2 FOR VALUES WITH (MODULUS 2, REMAINDER 1)");
        stage.execute("CREATE TABLE log_rest PARTITION OF \"Log\" DEFAULT");
        stage.record("Log", "v", StorageForm.BINARY, Stage.DB, List.of("id"), true);
        byte[] value = stage.seal("Log.v", "v");
        stage.update(
                "INSERT INTO \"Log\" SELECT n, 1990 + n % 40, ? FROM generate_series(1, 800) AS n", (Object) value);
    }

    @Test
    void worksOffAPartitionedTableLeafByLeafAndByTheKeysOfTheDatabase() throws Exception {
        try (Stage stage = new Stage(Databases.POSTGRESQL, directory);
                Engine engine = stage.engine()) {
            partitioned(stage);
            KeyId active = stage.rotate(Stage.DB);

            Reencryption run = engine.start(Stage.DB, Stage.SMALL);
            Progress progress = Stage.complete(run);

            assertThat(progress.changed()).isEqualTo(800);
            assertThat(progress.tables())
                    .singleElement()
                    .matches(table -> table.table().equals("Log"));
            assertThat(stage.binaryUnder("Log", "v", active)).isEqualTo(800);
            assertThat(run.proofs()).allMatch(Proof::holds);
            assertThat(stage.values("SELECT DISTINCT part_name FROM reseal_range WHERE kind = 'TABLE' ORDER BY 1"))
                    .containsExactly("Log 1", "log_2a", "log_2b", "log_rest");
        }
    }

    @Test
    void findsRowsThatMoveToAnotherPartitionOrANewOneAndLetsADroppedOneGo() throws Exception {
        AtomicBoolean isFirst = new AtomicBoolean(true);
        try (Stage stage = new Stage(Databases.POSTGRESQL, directory)) {
            partitioned(stage);
            byte[] late = stage.seal("Log.v", "late");
            KeyId active = stage.rotate(Stage.DB);
            Interleaving meanwhile = claim -> {
                if (isFirst.getAndSet(false)) {
                    execute(stage, "UPDATE \"Log\" SET year = 3000 + id WHERE id IN (5, 6, 7)");
                    execute(stage, "UPDATE \"Log\" SET id = -id WHERE id BETWEEN 700 AND 800");
                    execute(stage, "DROP TABLE log_2b");
                    execute(stage, "CREATE TABLE log_new PARTITION OF \"Log\" FOR VALUES FROM (-9) TO (0)");
                    update(stage, "INSERT INTO \"Log\" VALUES (9000, -1, ?)", late);
                }
            };
            try (Engine engine = stage.engine(meanwhile)) {
                Reencryption run =
                        engine.start(Stage.DB, Stage.SMALL.withWorkers(1).withWindow(10, 2));

                Stage.complete(run);

                assertThat(run.proofs()).allMatch(Proof::holds);
                assertThat(stage.binaryUnder("Log", "v", active))
                        .isEqualTo(stage.count("SELECT COUNT(*) FROM \"Log\""))
                        .isGreaterThan(300);
            }
        }
    }

    @Test
    void worksOffEachMemberOfAnInheritanceTreeByItself() throws Exception {
        try (Stage stage = new Stage(Databases.POSTGRESQL, directory);
                Engine engine = stage.engine()) {
            stage.accounts(100);
            stage.execute("CREATE TABLE premium (PRIMARY KEY (id), colour text) INHERITS (account)");
            stage.execute("INSERT INTO premium SELECT *, 'red' FROM ONLY account");
            KeyId active = stage.rotate(Stage.DB);

            assertThat(Stage.complete(engine.start(Stage.DB, Stage.SMALL)).changed())
                    .isEqualTo(200);

            assertThat(stage.binaryUnder("account", "secret", active)).isEqualTo(200);
            stage.execute("ALTER TABLE premium DROP CONSTRAINT premium_pkey");
            stage.rotate(Stage.DB);
            assertThatThrownBy(() -> engine.start(Stage.DB, Stage.SMALL))
                    .isInstanceOf(ReencryptionRefusedException.class)
                    .hasMessageContaining("The table public.premium has no primary key");
        }
    }

    @Test
    void takesADeferrableKeyAndAnotherSchemasQuotedNames() throws Exception {
        try (Stage stage = new Stage(Databases.POSTGRESQL, directory);
                Engine engine = stage.engine()) {
            stage.execute("CREATE SCHEMA \"My App\"");
            stage.execute("CREATE TABLE \"My App\".\"Card\" (\"id\" integer PRIMARY KEY DEFERRABLE INITIALLY DEFERRED,"
                    + " \"V\" bytea)");
            stage.record("My App", "Card", "V", StorageForm.BINARY);
            byte[] value = stage.seal("Card.V", "v");
            stage.update("INSERT INTO \"My App\".\"Card\" SELECT n, ? FROM generate_series(1, 90) n", (Object) value);
            stage.rotate(Stage.DB);

            assertThat(Stage.complete(engine.start(Stage.DB, Stage.SMALL)).changed())
                    .isEqualTo(90);
        }
    }

    @EachDatabase
    void mixesStaleVersionsFreshValuesAndNullsInOneRow(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                Engine engine = stage.engine()) {
            stage.execute("CREATE TABLE \"m\" (\"id\" integer PRIMARY KEY, \"a\" BYTES, \"b\" BYTES, \"c\" BYTES)");
            for (String column : List.of("a", "b", "c")) {
                stage.record("m", column, StorageForm.BINARY, Stage.DB, List.of("id"), true);
            }
            byte[] a = stage.seal("m.a", "a");
            stage.rotate(Stage.DB);
            byte[] b = stage.seal("m.b", "b");
            KeyId third = stage.rotate(Stage.DB);
            byte[] c = stage.seal("m.c", "c");
            stage.update(
                    "INSERT INTO \"m\" VALUES (1, ?, ?, ?), (2, ?, ?, NULL), (3, NULL, NULL, ?)", a, b, c, a, b, c);

            Reencryption run = engine.start(Stage.DB, Stage.SMALL);

            assertThat(Stage.complete(run).changed()).isEqualTo(2);
            assertThat(stage.binaryUnder("m", "a", third)).isEqualTo(2);
            assertThat(stage.binaryUnder("m", "b", third)).isEqualTo(2);
            assertThat(stage.binaryUnder("m", "c", third)).isEqualTo(2);
            assertThat(stage.values("SELECT \"c\" FROM \"m\" WHERE \"id\" = 3")).containsExactly(c);
        }
    }

    @EachDatabase
    void quarantinesAPoisonedValueOfABagOnceAlthoughItsRowMovesInTheOrder(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                Engine engine = stage.engine()) {
            stage.execute("CREATE TABLE \"bag\" (\"owner\" bigint NOT NULL, \"a\" BYTES, \"b\" BYTES)");
            stage.record("bag", "a", StorageForm.BINARY, Stage.DB, List.of("owner"), false);
            stage.record("bag", "b", StorageForm.BINARY, Stage.DB, List.of("owner"), false);
            for (int i = 0; i < 60; i++) {
                stage.update(
                        "INSERT INTO \"bag\" VALUES (1, ?, ?)", stage.seal("bag.a", "a"), stage.seal("elsewhere", "b"));
            }
            stage.rotate(Stage.DB);

            Progress progress = Stage.complete(
                    engine.start(Stage.DB, Stage.SMALL.withWorkers(2).withWindow(5, 2)));

            assertThat(progress.quarantined()).isEqualTo(60);
            assertThat(stage.binaryUnder("bag", "a", RETIRED)).isZero();
        }
    }

    @EachDatabase
    void takesRowsThatAreAppendedBehindTheEndAndTablesThatAreEmptied(Databases kind) throws Exception {
        AtomicBoolean isFirst = new AtomicBoolean(true);
        try (Stage stage = new Stage(kind, directory)) {
            stage.accounts(100);
            stage.execute("CREATE TABLE \"empty\" (\"id\" integer PRIMARY KEY, \"v\" BYTES)");
            stage.record("empty", "v", StorageForm.BINARY, Stage.DB, List.of("id"), true);
            stage.execute("CREATE TABLE \"gone\" (\"id\" integer PRIMARY KEY, \"v\" BYTES)");
            stage.record("gone", "v", StorageForm.BINARY, Stage.DB, List.of("id"), true);
            stage.update("INSERT INTO \"gone\" VALUES (1, ?)", (Object) stage.seal("gone.v", "v"));
            byte[] late = stage.seal("account.secret", "secret of 999");
            KeyId active = stage.rotate(Stage.DB);
            Interleaving meanwhile = claim -> {
                if (isFirst.getAndSet(false)) {
                    execute(stage, "TRUNCATE TABLE \"gone\"");
                    execute(stage, "ALTER TABLE \"account\" ADD COLUMN \"more\" integer");
                    update(
                            stage,
                            "INSERT INTO \"account\" (\"id\", \"secret\", \"version\", \"updated_at\")"
                                    + " VALUES (999, ?, 7, CURRENT_TIMESTAMP)",
                            late);
                }
            };
            try (Engine engine = stage.engine(meanwhile)) {
                Reencryption run =
                        engine.start(Stage.DB, Stage.SMALL.withWorkers(1).withWindow(10, 2));

                assertThat(Stage.complete(run).changed()).isEqualTo(101);

                assertThat(stage.binaryUnder("account", "secret", active)).isEqualTo(101);
                assertThat(run.proofs()).allMatch(Proof::holds);
            }
        }
    }

    @EachDatabase
    void namesATableThatIsDroppedWhileItIsWorkedOff(Databases kind) throws Exception {
        AtomicBoolean isFirst = new AtomicBoolean(true);
        try (Stage stage = new Stage(kind, directory)) {
            stage.accounts(100);
            stage.rotate(Stage.DB);
            Interleaving meanwhile = claim -> {
                if (isFirst.getAndSet(false)) {
                    execute(stage, "DROP TABLE \"account\"");
                }
            };
            try (Engine engine = stage.engine(meanwhile)) {
                Progress progress =
                        engine.start(Stage.DB, Stage.SMALL.withWorkers(1)).await(Stage.LONG);

                assertThat(progress.state()).isEqualTo(RunState.FAILED);
                assertThat(progress.failure().orElseThrow()).contains("The table account does not exist. Restore it");
            }
        }
    }

    private static void execute(Stage stage, String sql) {
        try {
            stage.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static void update(Stage stage, String sql, Object value) {
        try {
            stage.update(sql, value);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
