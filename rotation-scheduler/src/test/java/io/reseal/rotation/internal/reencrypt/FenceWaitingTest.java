package io.reseal.rotation.internal.reencrypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.reseal.StorageForm;
import io.reseal.rotation.Blocker;
import io.reseal.rotation.Proof;
import io.reseal.rotation.ProofBlockedException;
import io.reseal.rotation.ProofRefusedException;
import io.reseal.rotation.ProofStrength;
import io.reseal.rotation.internal.jdbc.Dialect;
import io.reseal.rotation.internal.jdbc.FenceSurvey;
import io.reseal.rotation.internal.jdbc.SealedTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** When a fence can be put up, whom that waits for, and when it is refused. */
class FenceWaitingTest extends FenceFixture {

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

    /** It holds the lock that an autovacuum holds, but the server ends only autovacuums for others. */
    @Test
    void doesNotWaitLongForAVacuumThatWillNotGiveWay() throws Exception {
        table("t", "");
        try (Connection somebody = stage.database.connect()) {
            somebody.setAutoCommit(false);
            somebody.createStatement().execute("ANALYZE t");

            FenceSurvey.Holders holders = holders("t");

            assertThat(holders.blockers()).hasSize(1);
            assertThat(holders.giveWay()).isFalse();
        }
    }

    private FenceSurvey.Holders holders(String table) throws SQLException {
        return Dialect.of(stage.pool.product())
                .fence()
                .orElseThrow()
                .survey()
                .holders(stage.sql, SealedTable.named(Optional.empty(), table));
    }

    @Test
    void waitsLongEnoughForAnAutovacuumToGiveWay() throws Exception {
        besideAnAutovacuum(() -> assertThat(prove(OLD).holds()).isTrue());
    }

    /** New writers would queue up behind it for a minute. */
    @Test
    void waitsForNoAutovacuumThatTheServerIsSlowToEnd() throws Exception {
        stage.execute("ALTER SYSTEM SET deadlock_timeout = '60s'");
        try {
            besideAnAutovacuum(() -> {
                long begun = System.nanoTime();
                assertThatThrownBy(() -> engine.proving().hard(OLD, new Waiting(Duration.ofSeconds(1), blockers -> {})))
                        .isInstanceOfSatisfying(
                                ProofBlockedException.class,
                                blocked -> assertThat(blocked.blockers()).hasSize(1));
                assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
            });
        } finally {
            stage.execute("ALTER SYSTEM RESET deadlock_timeout");
            stage.execute("SELECT pg_reload_conf()");
        }
    }

    private interface Body {
        void run() throws Exception;
    }

    /**
     * One that works so slowly that it is there for as long as the test is. The server looks into its databases one after the
     * other, ten a second at most, and all tests before have left theirs.
     */
    private void besideAnAutovacuum(Body body) throws Exception {
        table("t", "WITH (autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1)");
        stage.execute("INSERT INTO t SELECT n, decode(repeat('00', 1000), 'hex') FROM generate_series(1, 3000) n");
        stage.execute("DELETE FROM t");
        stage.rotate(Stage.DB);
        stage.execute("ALTER SYSTEM SET autovacuum_naptime = 1");
        stage.execute("SELECT pg_reload_conf()");
        try {
            await().atMost(Duration.ofMinutes(2)).until(() -> holders("t").giveWay());
            body.run();
        } finally {
            stage.execute("ALTER SYSTEM RESET autovacuum_naptime");
            stage.execute("SELECT pg_reload_conf()");
        }
    }
}
