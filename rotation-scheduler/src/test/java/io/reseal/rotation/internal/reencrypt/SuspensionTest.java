package io.reseal.rotation.internal.reencrypt;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.keys.KeyId;
import io.reseal.rotation.reencryption.Progress;
import io.reseal.rotation.reencryption.Proof;
import io.reseal.rotation.reencryption.Reencryption;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.io.TempDir;

/** A key goes out of use, or comes back, while a run is open: the run goes on with what can be opened. */
class SuspensionTest {

    private static final KeyId FIRST = new KeyId(Stage.DB, 1);
    private static final KeyId SECOND = new KeyId(Stage.DB, 2);
    private static final KeyId THIRD = new KeyId(Stage.DB, 3);

    @TempDir
    Path directory;

    /** Steps in while the window's third batch is not sealed yet: its sealing fails on the second thread. */
    private static Interleaving once(Runnable action) {
        AtomicBoolean isFirst = new AtomicBoolean(true);
        return claim -> {
            if (isFirst.getAndSet(false)) {
                action.run();
            }
        };
    }

    /** 100 rows under each of two retired versions. */
    private static void fill(Stage stage) throws SQLException {
        stage.accounts(100);
        stage.rotate(Stage.DB);
        stage.addAccounts(101, 200, id -> "secret of " + id);
        stage.rotate(Stage.DB);
    }

    private static Reencryption start(Engine engine) {
        return engine.start(Stage.DB, Stage.SMALL.withWorkers(1).withWindow(10, 4));
    }

    @EachDatabase
    void aVersionThatIsSuspendedMeanwhileIsLeftOutAndTakenByALaterRun(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory)) {
            fill(stage);
            Interleaving suspend = once(() -> stage.keys.lifecycle().suspend(FIRST, "test", "test"));
            try (Engine engine = stage.engine(suspend)) {
                Reencryption run = start(engine);
                Progress progress = Stage.complete(run);

                long left = stage.binaryUnder("account", "secret", FIRST);
                assertThat(left).isBetween(1L, 100L);
                assertThat(progress.quarantined()).isZero();
                assertThat(stage.binaryUnder("account", "secret", SECOND)).isZero();
                assertThat(run.proofs()).extracting(Proof::key).containsExactly(SECOND);

                stage.keys.lifecycle().liftSuspension(FIRST, "test", "test");
                assertThat(Stage.complete(start(engine)).changed()).isEqualTo(left);
                assertThat(stage.binaryUnder("account", "secret", THIRD)).isEqualTo(200);
                stage.requireSecretsIntact();
            }
        }
    }

    @EachDatabase
    void aVersionWhoseSuspensionIsLiftedMeanwhileIsTakenAlong(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory)) {
            fill(stage);
            stage.keys.lifecycle().suspend(FIRST, "test", "test");
            Interleaving lift = once(() -> stage.keys.lifecycle().liftSuspension(FIRST, "test", "test"));
            try (Engine engine = stage.engine(lift)) {
                Reencryption run = start(engine);
                Stage.complete(run);

                assertThat(stage.binaryUnder("account", "secret", THIRD)).isEqualTo(200);
                assertThat(run.proofs()).extracting(Proof::key).containsExactly(FIRST, SECOND);
                assertThat(run.proofs()).allMatch(Proof::holds);
                stage.requireSecretsIntact();
            }
        }
    }

    @EachDatabase
    void aRunCompletesWhenNothingIsLeftThatCanBeOpened(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory)) {
            stage.accounts(100);
            stage.rotate(Stage.DB);
            Interleaving suspend = once(() -> stage.keys.lifecycle().suspend(FIRST, "test", "test"));
            try (Engine engine = stage.engine(suspend)) {
                Reencryption run = start(engine);
                Stage.complete(run);

                assertThat(run.proofs()).isEmpty();
                assertThat(stage.binaryUnder("account", "secret", FIRST)).isPositive();
            }
        }
    }
}
