package io.reseal.rotation.internal.reencrypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.reseal.StorageForm;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.rotation.reencryption.Progress;
import io.reseal.rotation.reencryption.RunState;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentionTest {

    @TempDir
    Path directory;

    /** Steps in before the first window is written. */
    private static Interleaving once(ThrowingRunnable action) {
        AtomicBoolean isFirst = new AtomicBoolean(true);
        return claim -> {
            if (isFirst.getAndSet(false)) {
                try {
                    action.run();
                } catch (SQLException e) {
                    throw new AssertionError(e);
                }
            }
        };
    }

    private interface ThrowingRunnable {
        void run() throws SQLException;
    }

    @EachDatabase
    void writersThatComeBetweenReadAndWriteWin(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory)) {
            stage.accounts(40);
            byte[] lagging = stage.seal("account.secret", "written by a lagging node");
            KeyId active = stage.rotate(Stage.DB);
            byte[] fresh = stage.seal("account.secret", "written meanwhile");
            String update = "UPDATE \"account\" SET \"secret\" = ? WHERE \"id\" = ?";
            try (Engine engine = stage.engine(once(() -> {
                stage.update(update, fresh, 1);
                stage.update(update, null, 2);
                stage.update(update, lagging, 3);
                stage.update("DELETE FROM \"account\" WHERE \"id\" = 4");
                stage.update("UPDATE \"account\" SET \"id\" = 5000 WHERE \"id\" = 5");
            }))) {
                Progress progress = Stage.complete(engine.start(Stage.DB, Stage.SMALL.withWorkers(1)));

                assertThat(stage.values("SELECT \"secret\" FROM \"account\" WHERE \"id\" = 1"))
                        .containsExactly(fresh);
                assertThat(stage.count("SELECT COUNT(*) FROM \"account\" WHERE \"id\" = 2 AND \"secret\" IS NULL"))
                        .isEqualTo(1);
                byte[] third = (byte[]) stage.values("SELECT \"secret\" FROM \"account\" WHERE \"id\" = 3")
                        .get(0);
                assertThat(Stage.text(stage.cipher("account.secret").open(third)))
                        .isEqualTo("written by a lagging node");
                assertThat(stage.count("SELECT COUNT(*) FROM \"account\"")).isEqualTo(39);
                assertThat(progress.superseded()).isGreaterThanOrEqualTo(4);
                assertThat(stage.binaryUnder("account", "secret", active)).isEqualTo(38);
                assertThat(progress.quarantined()).isZero();
            }
        }
    }

    @Test
    @Tag("each-database")
    void leavesColumnsAloneThatMariaDbWouldSetToThePresentMoment() throws Exception {
        assumeTrue(Databases.chosen().contains(Databases.MARIADB), "the profile mariadb has it");
        try (Stage stage = new Stage(Databases.MARIADB, directory);
                Engine engine = stage.engine()) {
            stage.accounts(100);
            stage.execute(
                    "ALTER TABLE \"account\" MODIFY \"updated_at\" datetime NOT NULL ON UPDATE CURRENT_TIMESTAMP");
            KeyId active = stage.rotate(Stage.DB);

            Stage.complete(engine.start(Stage.DB, Stage.SMALL));

            assertThat(stage.binaryUnder("account", "secret", active)).isEqualTo(100);
            assertThat(stage.count("SELECT COUNT(*) FROM \"account\" WHERE \"updated_at\" = '2001-02-03 04:05:06'"))
                    .isEqualTo(100);
        }
    }

    @EachDatabase
    void comesBackToRowsThatOthersHoldLocked(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                Connection holder = stage.database.connect();
                Engine engine = stage.engine()) {
            stage.accounts(300);
            KeyId active = stage.rotate(Stage.DB);
            holder.setAutoCommit(false);
            holder.createStatement().execute("UPDATE \"account\" SET \"version\" = 8 WHERE \"id\" IN (17, 18)");
            var run = engine.start(Stage.DB, Stage.SMALL);

            await().atMost(Stage.LONG)
                    .until(() -> run.progress().tail() == 2 && run.progress().changed() == 298);
            assertThat(run.progress().state()).isEqualTo(RunState.RUNNING);
            assertThat(stage.binaryUnder("account", "secret", active)).isEqualTo(298);
            holder.commit();

            Progress progress = Stage.complete(run);
            assertThat(progress.changed()).isEqualTo(300);
            assertThat(progress.tail()).isZero();
            assertThat(run.proofs().get(0).holds()).isTrue();
            assertThat(stage.count("SELECT COUNT(*) FROM \"account\" WHERE \"version\" = 8"))
                    .isEqualTo(2);
            stage.requireSecretsIntact();
        }
    }

    @EachDatabase
    void givesWayOnceAndNotForEveryLockedRow(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                Connection holder = stage.database.connect();
                Engine engine = stage.engine()) {
            stage.accounts(400);
            stage.rotate(Stage.DB);
            holder.setAutoCommit(false);
            holder.createStatement().execute("UPDATE \"account\" SET \"version\" = 8 WHERE \"id\" > 200");
            var run = engine.start(Stage.DB, Stage.SMALL.withWorkers(1).withWindow(400, 1));

            await().atMost(Duration.ofSeconds(5))
                    .until(() ->
                            run.progress().changed() == 200 && run.progress().tail() == 200);

            holder.rollback();
            Stage.complete(run);
        }
    }

    @EachDatabase
    void quarantinesAPoisonedValueAloneAndSaysThatTheProofDoesNotHold(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                Engine engine = stage.engine()) {
            stage.execute("CREATE TABLE \"card\" (\"id\" integer PRIMARY KEY, \"a\" BYTES, \"b\" varchar(500))");
            stage.record("card", "a", StorageForm.BINARY, Stage.DB, List.of("id"), true);
            stage.record("card", "b", StorageForm.TEXT, Stage.DB, List.of("id"), true);
            for (int id = 0; id < 100; id++) {
                byte[] a = stage.seal(id == 42 ? "elsewhere" : "card.a", "a" + id);
                stage.update("INSERT INTO \"card\" VALUES (?, ?, ?)", id, a, stage.sealText("card.b", "b" + id));
            }
            stage.update("UPDATE \"card\" SET \"b\" = 'rs:db:1:***' WHERE \"id\" = 43");
            byte[] poison = (byte[])
                    stage.values("SELECT \"a\" FROM \"card\" WHERE \"id\" = 42").get(0);
            KeyId active = stage.rotate(Stage.DB);

            var run = engine.start(Stage.DB, Stage.SMALL);
            Progress progress = Stage.complete(run);

            assertThat(progress.quarantined()).isEqualTo(2);
            assertThat(stage.values("SELECT \"a\" FROM \"card\" WHERE \"id\" = 42"))
                    .containsExactly(poison);
            assertThat(stage.binaryUnder("card", "a", active)).isEqualTo(99);
            assertThat(stage.textUnder("card", "b", active)).isEqualTo(99);
            assertThat(run.proofs().get(0).holds()).isFalse();
            assertThat(run.proofs().get(0).remaining()).isEqualTo(2);
            assertThat(stage.values("SELECT error_class FROM reseal_quarantine ORDER BY column_name"))
                    .containsExactly("io.reseal.TamperedValueException", "io.reseal.PlaintextValueException");
        }
    }

    @Test
    void quarantinesARowThatATriggerKeepsAsItIs() throws Exception {
        try (Stage stage = new Stage(Databases.POSTGRESQL, directory);
                Engine engine = stage.engine()) {
            stage.accounts(30);
            stage.execute("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
                    + " $$ BEGIN IF OLD.id = 9 THEN RETURN NULL; END IF; RETURN NEW; END $$");
            stage.execute("CREATE TRIGGER refuse BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION refuse()");
            KeyId active = stage.rotate(Stage.DB);

            var run = engine.start(Stage.DB, Stage.SMALL.withAcknowledged(Set.of("UPDATE_TRIGGER:account")));
            Progress progress = Stage.complete(run);

            assertThat(progress.changed()).isEqualTo(29);
            assertThat(progress.quarantined()).isEqualTo(1);
            assertThat(stage.binaryUnder("account", "secret", active)).isEqualTo(29);
            assertThat(stage.values("SELECT error_class FROM reseal_quarantine"))
                    .containsExactly("unwritable");
            assertThat(run.proofs().get(0).remaining()).isEqualTo(1);
        }
    }

    /** The database counts such a row as written. */
    @EachDatabase
    void quarantinesARowInWhichATriggerPutsTheOldValueBack(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                Engine engine = stage.engine()) {
            stage.accounts(30);
            restoring(stage);
            KeyId active = stage.rotate(Stage.DB);

            var run = engine.start(Stage.DB, Stage.SMALL.withAcknowledged(Set.of("UPDATE_TRIGGER:account")));
            Progress progress = Stage.complete(run);

            assertThat(progress.changed()).isEqualTo(29);
            assertThat(progress.quarantined()).isEqualTo(1);
            assertThat(stage.binaryUnder("account", "secret", active)).isEqualTo(29);
            assertThat(stage.values("SELECT error_class FROM reseal_quarantine"))
                    .containsExactly("unwritable");
        }
    }

    private static void restoring(Stage stage) throws SQLException {
        switch (stage.kind) {
            case POSTGRESQL -> {
                stage.execute("CREATE FUNCTION restore() RETURNS trigger LANGUAGE plpgsql AS"
                        + " $$ BEGIN IF OLD.id = 9 THEN NEW.secret := OLD.secret; END IF; RETURN NEW; END $$");
                stage.execute(
                        "CREATE TRIGGER restore BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION restore()");
            }
            case MARIADB ->
                stage.execute("CREATE TRIGGER restore BEFORE UPDATE ON account FOR EACH ROW"
                        + " SET NEW.secret = IF(OLD.id = 9, OLD.secret, NEW.secret)");
            case H2 ->
                stage.execute("CREATE TRIGGER \"restore\" BEFORE UPDATE ON \"account\" FOR EACH ROW AS"
                        + " 'org.h2.api.Trigger create() { return (connection, before, after) -> {"
                        + " if (((Number) before[0]).longValue() == 9) after[1] = before[1]; }; }'");
        }
    }

    /** A key may be retired between sealing and writing: whoever commits a batch looks. */
    @EachDatabase
    void writesNothingThatWasSealedAheadUnderAKeyThatIsNotActiveAnyMore(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                KeyRegistry other = stage.otherNode()) {
            stage.accounts(400);
            KeyId second = stage.rotate(Stage.DB);
            AtomicLong underSecond = new AtomicLong(-1);
            List<Long> later = new CopyOnWriteArrayList<>();
            Interleaving overtaken = new Interleaving() {
                @Override
                public void beforeWriting(RangeClaim claim) {
                    if (underSecond.get() >= 0) {
                        later.add(count());
                    }
                }

                @Override
                public void sealedAhead(RangeClaim claim) {
                    if (underSecond.get() < 0) {
                        Stage.rotate(other, Stage.DB);
                        underSecond.set(count());
                    }
                }

                private long count() {
                    try {
                        return stage.binaryUnder("account", "secret", second);
                    } catch (SQLException e) {
                        throw new AssertionError(e);
                    }
                }
            };
            try (Engine engine = stage.engine(overtaken)) {
                Stage.complete(engine.start(Stage.DB, Stage.SMALL.withWorkers(1)));

                assertThat(underSecond.get()).isPositive();
                assertThat(later.get(0)).isEqualTo(underSecond.get());
                assertThat(stage.binaryUnder("account", "secret", new KeyId(Stage.DB, 3)))
                        .isEqualTo(400);
                stage.requireSecretsIntact();
            }
        }
    }

    /** It was frozen while others retired its key, proved it gone and fenced it off. */
    @Test
    void failsNoRunWhenAWorkerThatWasOvertakenMeetsAFence() throws Exception {
        try (Stage stage = new Stage(Databases.POSTGRESQL, directory);
                KeyRegistry other = stage.otherNode()) {
            stage.accounts(100);
            KeyId second = stage.rotate(Stage.DB);
            try (Engine engine = stage.engine(once(() -> {
                Stage.rotate(other, Stage.DB);
                fence(stage, second);
            }))) {
                Progress progress = Stage.complete(engine.start(Stage.DB, Stage.SMALL.withWorkers(1)));

                assertThat(progress.failure()).isEmpty();
                assertThat(stage.binaryUnder("account", "secret", new KeyId(Stage.DB, 3)))
                        .isEqualTo(100);
            }
        }
    }

    private static void fence(Stage stage, KeyId key) throws SQLException {
        stage.execute("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
                + " $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'RS001', MESSAGE = 'refused'; END $$");
        stage.execute(
                "CREATE TRIGGER reseal_fence_update_x AFTER UPDATE ON account FOR EACH ROW WHEN (substring(NEW.secret, 1, 5) = '\\x"
                        + HexFormat.of().formatHex(key.header()) + "') EXECUTE FUNCTION refuse()");
    }

    /** Then somebody else's fence is in the way, and waiting would not help. */
    @Test
    void stopsWhenAFenceRefusesWhatIsSealedUnderTheActiveKey() throws Exception {
        try (Stage stage = new Stage(Databases.POSTGRESQL, directory)) {
            stage.accounts(100);
            KeyId second = stage.rotate(Stage.DB);
            try (Engine engine = stage.engine(once(() -> fence(stage, second)))) {
                Progress progress =
                        engine.start(Stage.DB, Stage.SMALL.withWorkers(1)).await(Stage.LONG);

                assertThat(progress.state()).isEqualTo(RunState.FAILED);
                assertThat(progress.failure().orElseThrow()).contains("RS001");
            }
        }
    }

    @EachDatabase
    void looksAgainAtValuesThatALaggingNodeWroteBehindTheCursor(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory)) {
            stage.accounts(100);
            byte[] late = stage.seal("account.secret", "late");
            stage.rotate(Stage.DB);
            AtomicBoolean isPlanted = new AtomicBoolean();
            Interleaving plant = claim -> {
                if (claim.cursor().isPresent() && !isPlanted.getAndSet(true)) {
                    try {
                        stage.update("INSERT INTO \"account\" VALUES (-5, ?, 7, CURRENT_TIMESTAMP)", (Object) late);
                    } catch (SQLException e) {
                        throw new AssertionError(e);
                    }
                }
            };
            try (Engine engine = stage.engine(plant)) {
                var run = engine.start(Stage.DB, Stage.SMALL.withWorkers(1).withWindow(10, 2));
                Progress progress = Stage.complete(run);

                assertThat(isPlanted).isTrue();
                assertThat(progress.changed()).isEqualTo(101);
                assertThat(run.proofs().get(0).holds()).isTrue();
                assertThat(stage.count("SELECT pass FROM reseal_run")).isEqualTo(2);
                assertThat(stage.binaryUnder("account", "secret", new KeyId(Stage.DB, 1)))
                        .isZero();
            }
        }
    }

    @Test
    void survivesTheLossOfAllItsConnections() throws Exception {
        try (Stage stage = new Stage(Databases.POSTGRESQL, directory)) {
            stage.accounts(200);
            KeyId active = stage.rotate(Stage.DB);
            try (Engine engine =
                    stage.engine(once(() -> stage.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                            + " WHERE datname = current_database() AND pid <> pg_backend_pid()")))) {

                Stage.complete(engine.start(Stage.DB, Stage.SMALL));

                assertThat(stage.binaryUnder("account", "secret", active)).isEqualTo(200);
                stage.requireSecretsIntact();
            }
        }
    }

    @EachDatabase
    void recordsAnErrorThatRepeatingDoesNotCureAndGoesOnAfterwards(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory)) {
            stage.accounts(100);
            KeyId active = stage.rotate(Stage.DB);
            try (Engine engine =
                    stage.engine(once(() -> stage.execute("ALTER TABLE \"account\" RENAME TO \"gone\"")))) {
                var run = engine.start(Stage.DB, Stage.SMALL);

                Progress failed = run.await(Duration.ofSeconds(30));
                assertThat(failed.state()).isEqualTo(RunState.FAILED);
                assertThat(failed.failure()).get().asString().contains("The table account does not exist");
                stage.execute("ALTER TABLE \"gone\" RENAME TO \"account\"");
                run.resume();

                assertThat(Stage.complete(run).failure()).isEmpty();
                assertThat(stage.binaryUnder("account", "secret", active)).isEqualTo(100);
            }
        }
    }
}
