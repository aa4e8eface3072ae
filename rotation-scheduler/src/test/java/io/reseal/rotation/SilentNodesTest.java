package io.reseal.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.reseal.ResealSettings;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyNode;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyTypes;
import io.reseal.keys.KeyVersion;
import io.reseal.testing.MemoryKeyStore;
import io.reseal.testing.TestClock;
import io.reseal.testing.TestKek;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One node seals, and reads the keys only when it is told to; a minute has passed since it did, and its lease is longer. */
class SilentNodesTest {

    private static final KeyType TYPE = KeyType.TOKEN_ENCRYPTION;
    private static final Duration SILENCE = Duration.ofSeconds(61);
    private static final Duration LEASE = Duration.ofSeconds(100);
    private static final Duration NONE = Duration.ofMillis(1);
    private static final Duration MINUTE = Duration.ofSeconds(60);
    private static final Duration WHILE = Duration.ofMillis(200);

    private final TestClock clock = TestClock.standing();
    private final MemoryKeyStore store = new MemoryKeyStore(clock);
    private final KeyRegistry node = open();
    private final KeyRegistry operator = open();
    private KeyId successor = new KeyId(TYPE, 2);

    @BeforeEach
    void leaveTheNodeBehind() {
        node.ensureActive(TYPE);
        node.sealing(TYPE);
        successor = operator.lifecycle().createSuccessor(TYPE, "operator", "emergency");
        clock.advance(SILENCE);
    }

    @Test
    void aNodeThatStaysSilentIsEvictedOnceAndWaitedForAsLongAsItsLeaseRuns() throws Exception {
        SilentNodes silent = new SilentNodes(operator.nodes(), NONE);
        CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> silent.await(generation()));
        await().atMost(MINUTE).until(() -> theNode().isEvicted());
        await().during(WHILE).atMost(MINUTE).until(() -> !waiting.isDone());
        clock.advance(LEASE);
        waiting.get(60, TimeUnit.SECONDS);
        assertThat(silent.evicted()).containsExactly(theNode().name());
    }

    @Test
    void aNodeThatAnswersInTimeIsWaitedForAndNotEvicted() throws Exception {
        SilentNodes silent = new SilentNodes(operator.nodes(), MINUTE);
        CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> silent.await(generation()));
        await().during(WHILE).atMost(MINUTE).until(() -> !waiting.isDone());
        node.refresh();
        waiting.get(60, TimeUnit.SECONDS);
        assertThat(silent.evicted()).isEmpty();
        assertThat(theNode().isEvicted()).isFalse();
    }

    @Test
    void whatNodesHaveToKnowOfFirstIsDoneOnceTheyDo() throws Exception {
        SilentNodes silent = new SilentNodes(operator.nodes(), MINUTE);
        CompletableFuture<KeyVersion> promotion = CompletableFuture.supplyAsync(
                () -> silent.acknowledged(() -> operator.lifecycle().promote(successor, "operator", "emergency")));
        await().during(WHILE).atMost(MINUTE).until(() -> !promotion.isDone());
        node.refresh();
        assertThat(promotion.get(60, TimeUnit.SECONDS).state()).isEqualTo(KeyState.ACTIVE);
        assertThat(silent.evicted()).isEmpty();
    }

    @Test
    void whoeverIsInterruptedStopsWaitingAndStaysInterrupted() {
        SilentNodes silent = new SilentNodes(operator.nodes(), NONE);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> silent.await(generation()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("goes on where it was");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(theNode().isEvicted()).isFalse();
    }

    private long generation() {
        return operator.keyring().generation();
    }

    private KeyNode theNode() {
        return operator.nodes().all().get(0);
    }

    private KeyRegistry open() {
        ResealSettings settings = ResealSettings.from(Map.of(
                ResealSettings.KEY_STORE, "jdbc:unused",
                ResealSettings.LEASE, LEASE,
                ResealSettings.REFRESH, "PT99S"));
        return KeyRegistry.open(store, new TestKek("kek"), KeyTypes.standard(), settings, clock);
    }
}
