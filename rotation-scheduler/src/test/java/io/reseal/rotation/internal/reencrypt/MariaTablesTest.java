package io.reseal.rotation.internal.reencrypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.reseal.ResealConfigurationException;
import io.reseal.ResealSettings;
import io.reseal.StorageForm;
import io.reseal.database.ResealDatabase;
import io.reseal.keys.KeyId;
import io.reseal.rotation.reencryption.Finding;
import io.reseal.rotation.reencryption.Problem;
import io.reseal.rotation.reencryption.Progress;
import io.reseal.rotation.reencryption.Proof;
import io.reseal.rotation.reencryption.Reencryption;
import io.reseal.rotation.reencryption.ReencryptionRefusedException;
import io.reseal.rotation.reencryption.RunState;
import io.reseal.testing.Databases;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only MariaDB does to a run, and how a run answers. */
@Tag("each-database")
class MariaTablesTest {

    private static final long HALF_A_PACKET = 8L << 20;

    @TempDir
    Path directory;

    private Stage stage;

    @BeforeEach
    void open() throws SQLException {
        stage = new Stage(Databases.MARIADB, directory);
    }

    @AfterEach
    void close() throws SQLException {
        if (stage != null) {
            stage.close();
        }
    }

    private static Engine engine(ResealDatabase pool, Stage stage, Interleaving interleaving) {
        return Engine.open(pool, stage.keys, stage.settings.lease(), Clock.systemUTC(), interleaving);
    }

    private ResealDatabase pool(String options) {
        return ResealDatabase.open(
                ResealSettings.from(Map.of(
                        ResealSettings.KEY_STORE, stage.database.url() + options,
                        ResealSettings.KEY_STORE_USER, "root",
                        ResealSettings.KEY_STORE_PASSWORD, "")),
                "other",
                8);
    }

    private void table(String create, String table, String column) throws SQLException {
        stage.execute(create);
        stage.record(table, column, StorageForm.BINARY, Stage.DB, List.of("id"), true);
    }

    /** The value is too long for its column once its version has two digits, and comes after the plan has looked. */
    @Test
    void neverCutsAValueInASessionThatIsNotStrict() throws Exception {
        for (int version = 2; version <= 9; version++) {
            stage.rotate(Stage.DB);
        }
        String sealed = stage.sealText("note.v", "plaintext");
        stage.execute("CREATE TABLE \"note\" (\"id\" bigint PRIMARY KEY, \"v\" varchar(" + sealed.length() + "))");
        stage.record("note", "v", StorageForm.TEXT, Stage.DB, List.of("id"), true);
        stage.update("INSERT INTO \"note\" VALUES (1, ?)", stage.sealText("note.v", "short"));
        stage.rotate(Stage.DB);
        AtomicBoolean isFirst = new AtomicBoolean(true);
        Interleaving meanwhile = claim -> {
            if (isFirst.getAndSet(false)) {
                execute("INSERT INTO \"note\" VALUES (2, '" + sealed + "')");
            }
        };
        try (ResealDatabase lax = pool("?sessionVariables=sql_mode=''");
                Engine engine = engine(lax, stage, meanwhile)) {
            Progress progress = engine.start(
                            Stage.DB, Stage.SMALL.withWorkers(1).withWindow(1, 1))
                    .await(Stage.LONG);

            assertThat(progress.state()).isEqualTo(RunState.FAILED);
            assertThat(progress.failure().orElseThrow()).contains("22001");
            assertThat(stage.values("SELECT \"v\" FROM \"note\" WHERE \"id\" = 2"))
                    .containsExactly(sealed);
        }
    }

    @Test
    void refusesAShortTextThatWouldNotFitOnceItsVersionHasMoreDigits() throws Exception {
        for (int version = 2; version <= 9; version++) {
            stage.rotate(Stage.DB);
        }
        String longest = "x".repeat(157);
        assertThat(stage.sealText("note.v", longest)).hasSize(255);
        stage.execute("CREATE TABLE \"note\" (\"id\" bigint PRIMARY KEY, \"v\" tinytext)");
        stage.record("note", "v", StorageForm.TEXT, Stage.DB, List.of("id"), true);
        stage.update("INSERT INTO \"note\" VALUES (1, ?)", stage.sealText("note.v", longest));
        stage.rotate(Stage.DB);
        try (Engine engine = stage.engine()) {
            assertThat(engine.plan(Stage.DB).findings())
                    .singleElement()
                    .matches(finding -> finding.problem() == Problem.TOO_NARROW)
                    .matches(finding -> finding.message().contains("takes 255 characters"));
        }
    }

    @Test
    void namesWhatStandsAgainstATable() throws Exception {
        table("CREATE TABLE \"old\" (\"id\" bigint PRIMARY KEY, \"v\" BYTES) ENGINE = MyISAM", "old", "v");
        table("CREATE TABLE \"aria\" (\"id\" bigint PRIMARY KEY, \"v\" BYTES) ENGINE = Aria", "aria", "v");
        table("CREATE TABLE \"loose\" (\"id\" bigint, \"v\" BYTES)", "loose", "v");
        table("CREATE TABLE \"made\" (\"id\" bigint PRIMARY KEY, \"v\" varbinary(9) AS (x'01'))", "made", "v");
        table("CREATE TABLE \"wrong\" (\"id\" bigint PRIMARY KEY, \"v\" integer)", "wrong", "v");
        stage.execute("CREATE VIEW \"seen\" AS SELECT * FROM \"loose\"");
        stage.record("seen", "v", StorageForm.BINARY, Stage.DB, List.of("id"), true);
        stage.rotate(Stage.DB);
        try (Engine engine = stage.engine()) {
            assertThat(engine.plan(Stage.DB).findings())
                    .extracting(finding -> finding.table() + " " + finding.problem())
                    .containsExactlyInAnyOrder(
                            "old NO_TRANSACTIONS",
                            "aria NO_TRANSACTIONS",
                            "loose NO_USABLE_KEY",
                            "made UNWRITABLE_COLUMN",
                            "wrong UNWRITABLE_COLUMN",
                            "seen NOT_A_TABLE");
            assertThatThrownBy(() -> engine.start(Stage.DB, Stage.SMALL))
                    .isInstanceOf(ReencryptionRefusedException.class)
                    .hasMessageContaining("The table old is kept by the storage engine MyISAM")
                    .hasMessageContaining("ALTER TABLE `aria` ENGINE = InnoDB");
        }
    }

    @Test
    void takesNamesOfColumnsInAnySpelling() throws Exception {
        stage.execute(
                "CREATE TABLE \"t\" (\"Owner\" bigint, \"Id\" bigint, \"Value\" BYTES, PRIMARY KEY (\"Owner\", \"Id\"))");
        stage.record("t", "VALUE", StorageForm.BINARY, Stage.DB, List.of("id", "owner"), true);
        for (int id = 1; id <= 20; id++) {
            stage.update("INSERT INTO \"t\" VALUES (7, ?, ?)", id, stage.seal("t.VALUE", "v"));
        }
        KeyId active = stage.rotate(Stage.DB);
        try (Engine engine = stage.engine()) {
            assertThat(engine.plan(Stage.DB).findings()).isEmpty();
            Reencryption run = engine.start(Stage.DB, Stage.SMALL);

            assertThat(Stage.complete(run).changed()).isEqualTo(20);

            assertThat(run.proofs()).allMatch(Proof::holds);
            assertThat(stage.binaryUnder("t", "value", active)).isEqualTo(20);
        }
    }

    @Test
    void refusesAServerThatIsReadOnlyForOthers() throws Exception {
        stage.accounts(1);
        stage.rotate(Stage.DB);
        try (Engine engine = stage.engine()) {
            stage.execute("SET GLOBAL read_only = 1");
            assertThatThrownBy(() -> engine.start(Stage.DB, Stage.SMALL))
                    .isInstanceOf(ReencryptionRefusedException.class)
                    .hasMessageContaining("read_only is on");
        } finally {
            stage.execute("SET GLOBAL read_only = 0");
        }
    }

    @Test
    void refusesConnectionsThatCountOnlyWhatChanged() {
        assertThatThrownBy(() -> pool("?useAffectedRows=true").close())
                .isInstanceOf(ResealConfigurationException.class)
                .hasMessageContaining("Remove it from the URL");
    }

    @Test
    void doesNotWaitLongForWhoeverChangesATable() throws Exception {
        stage.accounts(1);
        stage.rotate(Stage.DB);
        try (Engine engine = stage.engine();
                Connection other = stage.database.connect();
                var statement = other.createStatement()) {
            statement.execute("LOCK TABLES \"account\" WRITE");

            assertThatThrownBy(() -> engine.plan(Stage.DB))
                    .isInstanceOf(ReencryptionRefusedException.class)
                    .hasMessageContaining("account is locked");
            assertThatThrownBy(() -> engine.proving().soft(new KeyId(Stage.DB, 1)))
                    .isInstanceOf(EngineSqlException.class);

            statement.execute("UNLOCK TABLES");
            assertThat(engine.plan(Stage.DB).findings()).isEmpty();
            long wait = stage.pool
                    .jdbi()
                    .withHandle(handle -> handle.createQuery("SELECT @@lock_wait_timeout")
                            .mapTo(Long.class)
                            .one());
            assertThat(wait).isGreaterThan(1_000);
        }
    }

    /** Whoever reads a window would wait for a day, and hear of nothing meanwhile. */
    @Test
    void noWindowIsWaitedForLongWhileSomebodyChangesATable() throws Exception {
        stage.accounts(100);
        KeyId active = stage.rotate(Stage.DB);
        AtomicInteger windows = new AtomicInteger();
        try (Engine engine = engine(stage.pool, stage, claim -> windows.incrementAndGet());
                Connection other = stage.database.connect();
                var statement = other.createStatement()) {
            Reencryption run = engine.start(
                    Stage.DB,
                    Stage.SMALL.withWorkers(1).withWindow(5, 1).withPauseBetweenBatches(Duration.ofMillis(50)));
            await().until(() -> windows.get() > 1);
            statement.execute("LOCK TABLES \"account\" WRITE");
            await().until(() -> isReadWaitedFor());

            await().atMost(Duration.ofSeconds(8)).until(() -> !isReadWaitedFor());

            assertThat(run.progress().state()).isEqualTo(RunState.RUNNING);
            statement.execute("UNLOCK TABLES");
            Stage.complete(run);
            assertThat(stage.binaryUnder("account", "secret", active)).isEqualTo(100);
        }
    }

    private boolean isReadWaitedFor() throws SQLException {
        return stage.count("SELECT COUNT(*) FROM information_schema.processlist WHERE state LIKE 'Waiting for table%'"
                        + " AND info LIKE 'SELECT fits%'")
                > 0;
    }

    @Test
    void namesThePrivilegesThatTheUserLacksAndAsksOnlyForThoseOnTheColumnsThatItNeeds() throws Exception {
        stage.accounts(3);
        stage.execute("CREATE TRIGGER \"touch\" BEFORE UPDATE ON \"account\" FOR EACH ROW SET NEW.\"version\" = 8");
        stage.rotate(Stage.DB);
        stage.engine().close();
        String user = stage.database.url().replaceAll(".*/", "") + "_engine";
        stage.execute("CREATE USER " + user);
        try {
            for (Object table : stage.values("SELECT table_name FROM information_schema.tables WHERE table_schema ="
                    + " DATABASE() AND table_name LIKE 'reseal%'")) {
                stage.execute("GRANT ALL ON \"" + table + "\" TO " + user);
            }
            stage.execute("GRANT SELECT (\"id\", \"secret\"), UPDATE (\"version\") ON \"account\" TO " + user);
            try (ResealDatabase own = stage.pool(user);
                    Engine engine = engine(own, stage, Interleaving.NONE)) {
                assertThat(engine.plan(Stage.DB).findings())
                        .extracting(Finding::message)
                        .satisfiesExactlyInAnyOrder(
                                update -> assertThat(update).contains("GRANT UPDATE ON `account`"),
                                trigger -> assertThat(trigger).contains("GRANT TRIGGER ON `account`"));
                stage.execute("GRANT UPDATE (\"secret\") ON \"account\" TO " + user);
                Reencryption run =
                        engine.start(Stage.DB, Stage.SMALL.withAcknowledged(Set.of("UPDATE_TRIGGER:account")));
                assertThat(Stage.complete(run).changed()).isEqualTo(3);
                stage.execute("GRANT TRIGGER ON \"account\" TO " + user);
                assertThat(engine.plan(Stage.DB).findings())
                        .singleElement()
                        .matches(finding -> finding.message().contains("The trigger touch on account fires"));
            }
        } finally {
            stage.execute("DROP USER " + user);
        }
    }

    @Test
    void takesAValueThatFillsMoreThanHalfAStatementAndQuarantinesOneThatIsTooLong() throws Exception {
        stage.execute("CREATE TABLE \"file\" (\"id\" bigint PRIMARY KEY, \"v\" longblob, \"w\" longtext)");
        stage.record("file", "v", StorageForm.BINARY, Stage.DB, List.of("id"), true);
        stage.record("file", "w", StorageForm.TEXT, Stage.DB, List.of("id"), true);
        String big = "x".repeat((int) HALF_A_PACKET + 1_000_000);
        stage.update("INSERT INTO \"file\" VALUES (1, ?, NULL)", (Object) stage.seal("file.v", big));
        stage.update("INSERT INTO \"file\" VALUES (2, NULL, ?)", stage.sealText("file.w", big));
        KeyId active = stage.rotate(Stage.DB);
        try (Engine engine = stage.engine()) {
            Progress progress = Stage.complete(engine.start(Stage.DB, Stage.SMALL.withWorkers(1)));

            assertThat(progress.changed()).isEqualTo(2);
            assertThat(stage.binaryUnder("file", "v", active)).isEqualTo(1);
            assertThat(stage.textUnder("file", "w", active)).isEqualTo(1);
        }
        stage.rotate(Stage.DB);
        stage.execute("SET GLOBAL max_allowed_packet = " + HALF_A_PACKET);
        try (ResealDatabase small = pool("");
                Engine engine = engine(small, stage, Interleaving.NONE)) {
            Progress progress = Stage.complete(engine.start(Stage.DB, Stage.SMALL.withWorkers(1)));

            assertThat(progress.quarantined()).isEqualTo(2);
            assertThat(stage.values("SELECT DISTINCT error_class FROM reseal_quarantine"))
                    .containsExactly("unwritable");
        } finally {
            stage.execute("SET GLOBAL max_allowed_packet = 16777216");
        }
    }

    private void execute(String sql) {
        try {
            stage.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
