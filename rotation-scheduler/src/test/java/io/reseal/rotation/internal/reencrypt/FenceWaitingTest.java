package io.reseal.rotation.internal.reencrypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.StorageForm;
import io.reseal.rotation.internal.jdbc.FenceSurvey;
import io.reseal.rotation.reencryption.Blocker;
import io.reseal.rotation.reencryption.Proof;
import io.reseal.rotation.reencryption.ProofBlockedException;
import io.reseal.rotation.reencryption.ProofRefusedException;
import io.reseal.rotation.reencryption.ProofStrength;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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
}
