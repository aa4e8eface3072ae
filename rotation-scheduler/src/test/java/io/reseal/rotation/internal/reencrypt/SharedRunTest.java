package io.reseal.rotation.internal.reencrypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.reseal.database.ColumnCatalog;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.rotation.internal.jdbc.Dialect;
import io.reseal.rotation.internal.jdbc.Limits;
import io.reseal.rotation.internal.jdbc.RowAddress;
import io.reseal.rotation.internal.jdbc.StaleRow;
import io.reseal.rotation.internal.jdbc.Window;
import io.reseal.rotation.reencryption.Progress;
import io.reseal.rotation.reencryption.Proof;
import io.reseal.rotation.reencryption.Reencryption;
import io.reseal.rotation.reencryption.ReencryptionOptions;
import io.reseal.rotation.reencryption.RunId;
import io.reseal.rotation.reencryption.RunState;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.spi.JdbiPlugin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedRunTest {

    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final ReencryptionOptions SLOW =
            Stage.SMALL.withWorkers(1).withWindow(5, 2).withPauseBetweenBatches(Duration.ofMillis(30));

    @TempDir
    Path directory;

    @EachDatabase
    void nodesShareTheOneOpenRunOfAKeyType(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                KeyRegistry otherKeys = stage.otherNode();
                Engine one = stage.engine();
                Engine two = Engine.open(stage.pool, otherKeys, stage.settings.lease(), Clock.systemUTC())) {
            stage.accounts(3_000);
            KeyId active = stage.rotate(Stage.DB);

            Reencryption first = one.start(Stage.DB, Stage.SMALL);
            Reencryption second = two.start(Stage.DB, Stage.SMALL);

            assertThat(second.id()).isEqualTo(first.id());
            Stage.complete(first);
            assertThat(second.progress().state()).isEqualTo(RunState.COMPLETED);
            assertThat(second.progress().changed()).isEqualTo(3_000);
            assertThat(stage.binaryUnder("account", "secret", active)).isEqualTo(3_000);
        }
    }

    @EachDatabase
    void othersTakeWhatAWorkerHeldThatDied(Databases kind) throws Exception {
        AtomicBoolean isFirst = new AtomicBoolean(true);
        Interleaving deadly = claim -> {
            if (isFirst.getAndSet(false)) {
                throw new StackOverflowError("planted");
            }
        };
        try (Stage stage = new Stage(kind, directory);
                Engine one = stage.engine(deadly);
                Engine two = stage.engine()) {
            stage.accounts(20);
            stage.rotate(Stage.DB);
            ReencryptionOptions options = Stage.SMALL.withWorkers(1).withLease(Duration.ofSeconds(1));
            Reencryption dead = one.start(Stage.DB, options);
            await().dontCatchUncaughtExceptions().until(() -> dead.progress().state() == RunState.FAILED);

            Reencryption heir = two.start(Stage.DB, options);
            heir.resume();

            assertThat(heir.await(Duration.ofSeconds(20)).state()).isEqualTo(RunState.COMPLETED);
            assertThat(heir.proofs()).allMatch(Proof::holds);
        }
    }

    @EachDatabase
    void aNodeThatLeavesStopsAfterTheBatchInHand(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                Engine engine = stage.engine()) {
            stage.accounts(400);
            stage.rotate(Stage.DB);
            Reencryption run = engine.start(Stage.DB, SLOW.withWindow(1, 64));
            await().until(() -> run.progress().changed() > 0);

            long before = run.progress().changed();
            run.close();

            assertThat(run.progress().changed()).isBetween(before, before + 20);
            assertThat(run.progress().state()).isEqualTo(RunState.RUNNING);
        }
    }

    @EachDatabase
    void pauseHoldsEveryNodeAndResumeLetsItGoOn(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                Engine one = stage.engine();
                Engine two = stage.engine()) {
            stage.accounts(400);
            KeyId active = stage.rotate(Stage.DB);
            Reencryption first = one.start(Stage.DB, SLOW);
            Reencryption second = two.start(Stage.DB, SLOW);
            await().until(() -> first.progress().changed() > 0);

            second.pause();

            long atPause = stage.binaryUnder("account", "secret", active);
            await().during(Duration.ofMillis(400))
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> stage.binaryUnder("account", "secret", active) <= atPause + 10);
            assertThat(first.progress().state()).isEqualTo(RunState.PAUSED);
            assertThat(stage.binaryUnder("account", "secret", active)).isLessThan(400);
            first.resume();
            Stage.complete(first);
            assertThat(stage.binaryUnder("account", "secret", active)).isEqualTo(400);
        }
    }

    @EachDatabase
    void cancelEndsTheRunEverywhereAndALaterOneTakesTheRest(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                Engine one = stage.engine();
                Engine two = stage.engine()) {
            stage.accounts(400);
            KeyId active = stage.rotate(Stage.DB);
            Reencryption first = one.start(Stage.DB, SLOW);
            await().until(() -> first.progress().changed() > 0);

            two.start(Stage.DB, SLOW).cancel();

            assertThat(first.await(Stage.LONG).state()).isEqualTo(RunState.CANCELLED);
            long left = stage.binaryUnder("account", "secret", new KeyId(Stage.DB, 1));
            assertThat(left).isPositive();
            Reencryption later = one.start(Stage.DB, Stage.SMALL);
            assertThat(later.id()).isNotEqualTo(first.id());
            Stage.complete(later);
            assertThat(stage.binaryUnder("account", "secret", active)).isEqualTo(400);
            assertThat(first.proofs()).isEmpty();
        }
    }

    @EachDatabase
    void aZombieWhoseLeaseWasTakenOverCommitsNothing(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory)) {
            stage.accounts(20);
            KeyId active = stage.rotate(Stage.DB);
            Parts parts = new Parts(stage);
            RunId run = parts.planner.plan(Stage.DB, Stage.SMALL);
            RangeClaim zombie = parts.claims.claim(run, "zombie", LEASE).orElseThrow();
            assertThat(parts.claims.claim(run, "heir", LEASE)).isEmpty();
            SealedBatch batch = parts.batch(zombie);

            stage.update("UPDATE reseal_range SET lease_until = " + stage.now() + " - INTERVAL '1' SECOND");
            RangeClaim heir = parts.claims.claim(run, "heir", LEASE).orElseThrow();

            assertThat(heir.id()).isEqualTo(zombie.id());
            assertThat(heir.token()).isEqualTo(zombie.token() + 1);
            assertThatThrownBy(() -> parts.write(zombie, batch)).isInstanceOf(ClaimLostException.class);
            assertThat(stage.binaryUnder("account", "secret", active)).isZero();
            parts.claims.renew(run, List.of("zombie"), LEASE);
            assertThat(parts.write(heir, parts.batch(heir)).isWhole()).isTrue();
            assertThat(stage.binaryUnder("account", "secret", active)).isEqualTo(20);
        }
    }

    @EachDatabase
    void nothingIsCommittedWhileTheRunIsPausedOrUnderAKeyThatWasRetired(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory)) {
            stage.accounts(20);
            KeyId second = stage.rotate(Stage.DB);
            Parts parts = new Parts(stage);
            RunId run = parts.planner.plan(Stage.DB, Stage.SMALL);
            RangeClaim claim = parts.claims.claim(run, "worker", LEASE).orElseThrow();
            SealedBatch batch = parts.batch(claim);

            stage.update("UPDATE reseal_run SET state = 'PAUSED'");
            assertThatThrownBy(() -> parts.write(claim, batch)).isInstanceOf(ClaimLostException.class);
            stage.update("UPDATE reseal_run SET state = 'RUNNING'");
            stage.rotate(Stage.DB);
            assertThatThrownBy(() -> parts.write(claim, batch)).isInstanceOf(ClaimLostException.class);

            assertThat(stage.binaryUnder("account", "secret", second)).isZero();
        }
    }

    /** After a split, two workers may meet the same value of a bag. */
    @Test
    void aValueThatTwoFindAtOnceIsInQuarantineOnce() throws Exception {
        try (Stage stage = new Stage(Databases.POSTGRESQL, directory)) {
            stage.accounts(1);
            stage.rotate(Stage.DB);
            Parts parts = new Parts(stage);
            RunId run = parts.planner.plan(Stage.DB, Stage.SMALL);
            RangeClaim one = parts.claims.claim(run, "one", LEASE).orElseThrow();
            long otherRange = stage.count("SELECT id FROM reseal_range WHERE kind = 'PROOF'");
            RangeClaim other = new RangeClaim(otherRange, 1, "other", one.run(), one.range(), Optional.empty(), false);
            var value = List.of(new Quarantined(new RowAddress(List.of("1")), "secret", "damaged"));
            try (Handle first = stage.pool.jdbi().open()) {
                first.begin();
                parts.ledger.quarantine(first, one, value);
                var second = CompletableFuture.runAsync(() ->
                        stage.pool.jdbi().useTransaction(handle -> parts.ledger.quarantine(handle, other, value)));
                await().until(() ->
                        second.isDone() || stage.count("SELECT COUNT(*) FROM pg_locks WHERE NOT granted") > 0);
                first.commit();
                second.join();
            }

            assertThat(stage.count("SELECT COUNT(*) FROM reseal_quarantine")).isEqualTo(1);
        }
    }

    /** A row of the tail refers to its range, and holds it: whoever restarts ranges holds the run first. */
    @Test
    void whoQuarantinesWaitsForTheRunAndHoldsNothingOfItsRangeMeanwhile() throws Exception {
        try (Stage stage = new Stage(Databases.POSTGRESQL, directory)) {
            stage.accounts(2);
            stage.rotate(Stage.DB);
            Parts parts = new Parts(stage);
            RunId run = parts.planner.plan(Stage.DB, Stage.SMALL);
            RangeClaim claim = parts.claims.claim(run, "worker", LEASE).orElseThrow();
            RowAddress row = new RowAddress(List.of("1"));
            Checkpoint checkpoint = new Checkpoint(
                    Optional.of(row),
                    0,
                    List.of(new Quarantined(row, "secret", "damaged")),
                    List.of(),
                    List.of(new RowAddress(List.of("2"))));
            try (Handle restart = stage.pool.jdbi().open()) {
                restart.begin();
                new RunStore(stage.pool.jdbi(), stage.keys.types()).lock(restart, run);
                var worker = CompletableFuture.runAsync(() -> parts.writer.checkpoint(claim, checkpoint));
                await().until(() -> stage.count("SELECT COUNT(*) FROM pg_locks WHERE NOT granted") > 0);

                assertThat(restart.createQuery("SELECT id FROM reseal_range FOR UPDATE SKIP LOCKED")
                                .mapTo(Long.class)
                                .list())
                        .contains(claim.id());

                restart.rollback();
                worker.join();
            }
            assertThat(stage.count("SELECT COUNT(*) FROM reseal_quarantine")).isEqualTo(1);
        }
    }

    @EachDatabase
    void aBatchTellsHowManyRowsItChanged(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory)) {
            stage.accounts(20);
            stage.rotate(Stage.DB);
            Parts parts = new Parts(stage);
            RunId run = parts.planner.plan(Stage.DB, Stage.SMALL);
            RangeClaim claim = parts.claims.claim(run, "worker", LEASE).orElseThrow();
            TargetTable table = parts.targets.of(claim.range().orElseThrow()).orElseThrow();
            SealedBatch batch = parts.batch(claim);
            stage.update("DELETE FROM \"account\" WHERE \"id\" = 7");

            StrideWriter.Outcome none =
                    parts.writer.write(claim, table.shape(), batch, StrideWriter.Locked.LEAVE, Optional.empty());
            StrideWriter.Outcome all = parts.write(claim, batch);

            assertThat(none.changed()).isZero();
            assertThat(all.changed()).isEqualTo(19);
        }
    }

    @EachDatabase
    void rowsThatAreLookedForAgainAreReadAFewAtATime(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory)) {
            stage.accounts(35);
            stage.rotate(Stage.DB);
            Parts parts = new Parts(stage);
            RunId run = parts.planner.plan(Stage.DB, Stage.SMALL);
            RangeClaim claim = parts.claims.claim(run, "worker", LEASE).orElseThrow();
            TargetTable table = parts.targets.of(claim.range().orElseThrow()).orElseThrow();
            List<RowAddress> addresses = LongStream.rangeClosed(1, 40)
                    .mapToObj(id -> new RowAddress(List.of(Long.toString(id))))
                    .toList();
            LongestStatement longest = new LongestStatement();
            WindowSource source = new WindowSource(
                    Jdbi.create(stage.database::connect).installPlugin(longest), Dialect.of(stage.pool.product()));

            List<StaleRow> rows = source.readAll(claim, table, addresses, new Limits(10, 1 << 20));

            assertThat(rows).extracting(StaleRow::address).hasSize(35).doesNotHaveDuplicates();
            assertThat(longest.parameters()).isLessThanOrEqualTo(15);
        }
    }

    /** Counts the question marks of the longest statement. */
    private static final class LongestStatement implements JdbiPlugin {

        private final AtomicLong most = new AtomicLong();

        @Override
        public Connection customizeConnection(Connection connection) {
            return (Connection) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("prepareStatement")) {
                            long marks = ((String) arguments[0])
                                    .chars()
                                    .filter(mark -> mark == '?')
                                    .count();
                            most.accumulateAndGet(marks, Math::max);
                        }
                        try {
                            return method.invoke(connection, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause() == null ? e : e.getCause();
                        }
                    });
        }

        long parameters() {
            return most.get();
        }
    }

    @EachDatabase
    void aCursorMovesOnlyWithTheLastBatchOfItsWindow(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                Engine engine = stage.engine()) {
            stage.accounts(100);
            stage.rotate(Stage.DB);
            Reencryption run = engine.start(Stage.DB, SLOW.withWindow(10, 8));
            await().until(() -> run.progress().changed() >= 20);
            run.pause();
            await().during(Duration.ofMillis(200)).until(() -> true);

            long changed = run.progress().changed();
            assertThat(changed).isLessThan(80);
            assertThat(stage.values("SELECT cursor_key FROM reseal_range WHERE kind = 'TABLE'"))
                    .containsOnlyNulls();
            run.resume();
            assertThat(Stage.complete(run).changed()).isEqualTo(100);
        }
    }

    @EachDatabase
    void aRotationThatOvertakesARunMakesItBeginAgainAndNeverTakesARowBack(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory)) {
            stage.accounts(300);
            KeyId second = stage.rotate(Stage.DB);
            AtomicBoolean isFirst = new AtomicBoolean(true);
            KeyId third = new KeyId(Stage.DB, 3);
            Interleaving overtake = claim -> {
                if (isFirst.getAndSet(false)) {
                    stage.rotate(Stage.DB);
                }
            };
            try (Engine engine = stage.engine(overtake)) {
                Reencryption run = engine.start(Stage.DB, Stage.SMALL.withWorkers(1));
                Progress progress = Stage.complete(run);

                assertThat(stage.binaryUnder("account", "secret", third)).isEqualTo(300);
                assertThat(progress.changed()).isEqualTo(300);
                assertThat(run.proofs())
                        .extracting(proof -> proof.key())
                        .containsExactly(new KeyId(Stage.DB, 1), second);
                assertThat(run.proofs()).allMatch(proof -> proof.holds());
                stage.requireSecretsIntact();
            }
        }
    }

    @EachDatabase
    void aRotationInTheMiddleLeavesNothingUnderEitherOldVersion(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                Engine engine = stage.engine()) {
            stage.accounts(400);
            KeyId second = stage.rotate(Stage.DB);
            Reencryption run = engine.start(Stage.DB, SLOW.withWindow(20, 4));
            await().until(() -> run.progress().changed() > 50);

            KeyId third = stage.rotate(Stage.DB);
            engine.rotated(Stage.DB);

            Stage.complete(run);
            assertThat(stage.binaryUnder("account", "secret", second)).isZero();
            assertThat(stage.binaryUnder("account", "secret", third)).isEqualTo(400);
            stage.requireSecretsIntact();
        }
    }

    @EachDatabase
    void theProofWaitsForTwoLeasesOfTheKeysAfterPlanning(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory)) {
            stage.accounts(1);
            stage.rotate(Stage.DB);
            Parts parts = new Parts(stage);
            RunId run = parts.planner.plan(Stage.DB, Stage.SMALL);
            assertThat(stage.count("SELECT COUNT(*) FROM reseal_range r JOIN reseal_run u ON u.id = r.run_id"
                            + " WHERE r.kind = 'PROOF' AND r.ready_at >= u.started_at + INTERVAL '0.6' SECOND"))
                    .isEqualTo(1);
            stage.update("UPDATE reseal_range SET state = 'DONE' WHERE kind = 'TABLE'");
            stage.update(
                    "UPDATE reseal_range SET ready_at = " + stage.now() + " + INTERVAL '1' HOUR WHERE kind = 'PROOF'");

            assertThat(parts.claims.claim(run, "worker", LEASE)).isEmpty();
            stage.update("UPDATE reseal_range SET ready_at = " + stage.now()
                    + " - INTERVAL '1' SECOND WHERE kind = 'PROOF'");
            assertThat(parts.claims.claim(run, "worker", LEASE))
                    .get()
                    .matches(claim -> claim.range().isEmpty());
        }
    }

    @EachDatabase
    void aWindowStaysWithinItsBytes(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                Engine engine = stage.engine()) {
            stage.accounts(0);
            String large = "x".repeat(100 << 10);
            stage.addAccounts(1, 200, id -> large);
            KeyId active = stage.rotate(Stage.DB);
            Parts parts = new Parts(stage);
            RunId run = parts.planner.plan(Stage.DB, Stage.SMALL);
            RangeClaim claim = parts.claims.claim(run, "worker", LEASE).orElseThrow();
            TargetTable table = parts.targets.of(claim.range().orElseThrow()).orElseThrow();

            Window window = parts.source.read(claim, table, new Limits(16_000, 8 << 20), () -> 8_000);
            Window single = parts.source.read(claim, table, new Limits(16_000, 1), () -> 8_000);

            assertThat(window.isLast()).isFalse();
            assertThat(window.rows()).hasSize((8 << 20) / ((100 << 10) + 33));
            assertThat(single.rows()).hasSize(1);
            parts.claims.release(run, List.of("worker"));
            Stage.complete(engine.start(Stage.DB, ReencryptionOptions.defaults()));
            assertThat(stage.binaryUnder("account", "secret", active)).isEqualTo(200);
        }
    }

    /** The engine's parts, to be driven one by one. */
    private static final class Parts {

        final Targets targets;
        final RangeClaims claims;
        final RunPlanner planner;
        final WindowSource source;
        final Resealer resealer;
        final RowLedger ledger;
        final StrideWriter writer;

        Parts(Stage stage) {
            stage.engine().close();
            var jdbi = stage.pool.jdbi();
            Dialect dialect = Dialect.of(stage.pool.product());
            RunStore runs = new RunStore(jdbi, stage.keys.types());
            targets = new Targets(jdbi, dialect, new ColumnScope(new ColumnCatalog(stage.keys), stage.keys));
            claims = new RangeClaims(jdbi, runs);
            planner = new RunPlanner(jdbi, dialect, stage.keys, stage.settings.lease(), targets);
            source = new WindowSource(jdbi, dialect);
            resealer = new Resealer(stage.keys);
            ledger = new RowLedger(jdbi, runs);
            writer = new StrideWriter(jdbi, dialect, claims, ledger);
        }

        SealedBatch batch(RangeClaim claim) {
            TargetTable table = targets.of(claim.range().orElseThrow()).orElseThrow();
            Window window = source.read(claim, table, new Limits(100, 1 << 20), () -> 8_000);
            return resealer.reseal(table, claim.run().type(), window.rows());
        }

        StrideWriter.Outcome write(RangeClaim claim, SealedBatch batch) {
            TargetTable table = targets.of(claim.range().orElseThrow()).orElseThrow();
            return writer.write(claim, table.shape(), batch, StrideWriter.Locked.WAIT, Optional.empty());
        }
    }
}
