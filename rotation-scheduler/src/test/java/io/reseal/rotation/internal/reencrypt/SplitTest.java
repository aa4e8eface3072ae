package io.reseal.rotation.internal.reencrypt;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.StorageForm;
import io.reseal.database.ColumnCatalog;
import io.reseal.keys.KeyId;
import io.reseal.rotation.internal.jdbc.Bounds;
import io.reseal.rotation.internal.jdbc.Dialect;
import io.reseal.rotation.internal.jdbc.KeyColumn;
import io.reseal.rotation.internal.jdbc.KeySample;
import io.reseal.rotation.internal.jdbc.RowAddress;
import io.reseal.rotation.internal.jdbc.SealedTable;
import io.reseal.rotation.internal.jdbc.ValueColumn;
import io.reseal.rotation.reencryption.Progress;
import io.reseal.rotation.reencryption.Proof;
import io.reseal.rotation.reencryption.Reencryption;
import io.reseal.rotation.reencryption.RunId;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Idle workers take a part of what another has still before it, and nothing is lost or done twice. */
class SplitTest {

    private static final int ROWS = 3_000;

    @TempDir
    Path directory;

    /** A run that was planned when the table was empty: all of its rows are in one range. */
    private static RunId skewed(Stage stage) throws Exception {
        stage.accounts(0);
        List<byte[]> sealed = new ArrayList<>();
        for (int id = 1; id <= ROWS; id++) {
            sealed.add(stage.seal("account.secret", "secret of " + id));
        }
        stage.rotate(Stage.DB);
        stage.engine().close();
        RunId run = planner(stage).plan(Stage.DB, Stage.SMALL);
        try (var insert = stage.sql.prepareStatement(
                "INSERT INTO \"account\" VALUES (?, ?, 7, TIMESTAMP '2001-02-03 04:05:06')")) {
            for (int id = 1; id <= ROWS; id++) {
                insert.setLong(1, id);
                insert.setBytes(2, sealed.get(id - 1));
                insert.addBatch();
            }
            insert.executeBatch();
        }
        if (stage.kind == Databases.MARIADB) { // whose own estimate is late
            stage.execute("ANALYZE TABLE \"account\"");
        }
        return run;
    }

    private static RunPlanner planner(Stage stage) {
        return new RunPlanner(stage.pool.jdbi(), dialect(stage), stage.keys, stage.settings.lease(), targets(stage));
    }

    private static Dialect dialect(Stage stage) {
        return Dialect.of(stage.pool.product());
    }

    private static Targets targets(Stage stage) {
        return new Targets(
                stage.pool.jdbi(), dialect(stage), new ColumnScope(new ColumnCatalog(stage.keys), stage.keys));
    }

    @Test
    void aSampleOfALargeTableReadsAFewPagesOfIt() throws Exception {
        try (Stage stage = new Stage(Databases.POSTGRESQL, directory)) {
            stage.execute("CREATE TABLE big (id bigint PRIMARY KEY, secret bytea)");
            stage.execute(
                    "INSERT INTO big SELECT n, decode(repeat('00', 100), 'hex') FROM generate_series(1, 100000) n");
            SealedTable big = new SealedTable(
                    Optional.empty(),
                    "big",
                    false,
                    List.of(new KeyColumn("id", "pg_catalog.int8")),
                    true,
                    List.of(new ValueColumn("secret", StorageForm.BINARY)),
                    List.of());

            KeySample sample = dialect(stage).sample(stage.sql, big, Bounds.ALL);

            assertThat(sample.rows()).isBetween(50_000L, 200_000L);
            assertThat(sample.keys()).hasSizeBetween(1, 20_000);
        }
    }

    private static void requireAllDoneOnce(Stage stage, Reencryption run) throws Exception {
        Progress progress = Stage.complete(run);
        assertThat(progress.changed()).isEqualTo(ROWS);
        assertThat(stage.binaryUnder("account", "secret", new KeyId(Stage.DB, 2)))
                .isEqualTo(ROWS);
        assertThat(run.proofs()).allMatch(Proof::holds);
        stage.requireSecretsIntact();
    }

    @EachDatabase
    void idleWorkersFinishAGiantRangeTogether(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                Engine engine = stage.engine()) {
            skewed(stage);

            Reencryption run = engine.start(
                    Stage.DB,
                    Stage.SMALL.withWorkers(4).withWindow(10, 5).withPauseBetweenBatches(Duration.ofMillis(10)));

            requireAllDoneOnce(stage, run);
            assertThat(stage.count("SELECT COUNT(*) FROM reseal_range WHERE rows_changed > 150"))
                    .isGreaterThanOrEqualTo(3);
        }
    }

    /** The cut lies inside the window that the owner has read and not yet written. */
    @EachDatabase
    void anOwnerThatHasReadBeyondTheCutDoesNoRowTwiceAndStopsThere(Databases kind) throws Exception {
        AtomicBoolean isFirst = new AtomicBoolean(true);
        try (Stage stage = new Stage(kind, directory)) {
            RunId id = skewed(stage);
            RunStore runs = new RunStore(stage.pool.jdbi(), stage.keys.types());
            Interleaving cut = claim -> {
                if (isFirst.getAndSet(false)) {
                    boolean isCut = stage.pool.jdbi().inTransaction(handle -> {
                        runs.lock(handle, id);
                        return new RangeStore(stage.pool.jdbi()).split(handle, claim, new RowAddress(List.of("30")));
                    });
                    assertThat(isCut).isTrue();
                }
            };
            try (Engine engine = stage.engine(cut)) {
                Reencryption run =
                        engine.start(Stage.DB, Stage.SMALL.withWorkers(1).withWindow(10, 10));

                requireAllDoneOnce(stage, run);

                assertThat(stage.values("SELECT rows_changed FROM reseal_range WHERE kind = 'TABLE' ORDER BY id"))
                        .containsExactly(100L, ROWS - 100L);
            }
        }
    }

    @EachDatabase
    void aRangeThatIsNotAnyMoreWhatWasLookedAtIsLeftAlone(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory)) {
            RunId run = skewed(stage);
            RunStore runs = new RunStore(stage.pool.jdbi(), stage.keys.types());
            RangeClaims claims = new RangeClaims(stage.pool.jdbi(), runs);
            RangeClaim owned =
                    claims.claim(run, "owner", Duration.ofSeconds(30)).orElseThrow();
            RangeSplitter splitter = new RangeSplitter(stage.pool.jdbi(), dialect(stage), targets(stage), runs);
            RangeStore ranges = new RangeStore(stage.pool.jdbi());

            assertThat(splitter.split(run, ROWS * 10L)).isFalse();
            assertThat(splitter.split(run, 100)).isTrue();

            boolean isSplitAgain = stage.pool
                    .jdbi()
                    .inTransaction(handle -> ranges.split(handle, owned, new RowAddress(List.of("17"))));
            assertThat(isSplitAgain).isFalse();
            RangeClaim refreshed = claims.refreshed(owned);
            Optional<RowAddress> end = refreshed.rest().upTo();
            assertThat(end).isPresent();
            RangeClaim other =
                    claims.claim(run, "other", Duration.ofSeconds(30)).orElseThrow();
            assertThat(other.rest()).isEqualTo(new Bounds(end, Optional.empty()));
        }
    }
}
