package io.reseal.keys.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.crypto.tink.util.Bytes;
import io.reseal.NodesBehindException;
import io.reseal.keys.AuditEntry;
import io.reseal.keys.Direction;
import io.reseal.keys.Indication;
import io.reseal.keys.Indicator;
import io.reseal.keys.KeyHour;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyNode;
import io.reseal.keys.KeyOperations;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyUsage;
import io.reseal.keys.KeyVersion;
import io.reseal.keys.ProtectedRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every {@link KeyStore} keeps; an implementation's test extends this and hands over an empty store. */
public abstract class KeyStoreContract {

    private static final AuditEntry ENTRY = new AuditEntry("operator", "test", "because");
    /** The generation that {@code createSecond} leads to. */
    private static final long ANNOUNCED = 3;

    private static final Instant NOW = Instant.parse("2026-10-25T01:30:00.654321Z");
    private static final Duration LONG = Duration.ofHours(1);
    private static final int RACERS = 8;

    private KeyStore store;

    /** A new empty store. */
    protected abstract KeyStore empty();

    @BeforeEach
    void openStore() {
        store = empty();
    }

    @AfterEach
    void closeStore() {
        if (store != null) {
            store.close();
        }
    }

    @Test
    void startsEmpty() {
        assertThat(store.generation()).isZero();
        assertThat(store.load()).isEqualTo(StoredKeys.NONE);
    }

    @Test
    void whatMayPointToACompromiseIsCountedByNodeColumnKeyAndMinute() {
        Instant minute = Instant.parse("2026-10-25T01:30:00Z");
        Indication one = new Indication("1@a", Indicator.TAMPERED_VALUE, "t.c", "k version 1", minute, 2);
        List<Indication> others = List.of(
                new Indication("1@b", Indicator.TAMPERED_VALUE, "t.c", "k version 1", minute, 1),
                new Indication("1@b", Indicator.UNKNOWN_KEY, "t.c", "k version 1", minute, 1),
                new Indication("1@b", Indicator.UNKNOWN_KEY, "t.d", "", minute, 1),
                new Indication("1@b", Indicator.UNKNOWN_KEY, "t.d", "k version 2", minute, Long.MAX_VALUE),
                new Indication("1@a", Indicator.CLOCK_BEHIND, "", "", minute.plusSeconds(60), 1));
        store.indicate(one);
        others.forEach(store::indicate);
        store.indicate(one);

        List<Indication> all = new ArrayList<>(others);
        all.add(0, new Indication("1@a", Indicator.TAMPERED_VALUE, "t.c", "k version 1", minute, 4));
        assertThat(store.indications(minute)).containsExactlyElementsOf(all);
        assertThat(store.indications(minute.plusSeconds(1))).containsExactly(others.get(4));
    }

    @Test
    void noneOfWhatIsCountedAtOnceIsLost() throws Exception {
        Instant minute = Instant.parse("2026-10-25T01:30:00Z");
        Indication met = new Indication("1@a", Indicator.UNKNOWN_KEY, "t.c", "", minute, 1);
        race(Collections.nCopies(RACERS, () -> {
            store.indicate(met);
            return true;
        }));
        assertThat(store.indications(minute)).extracting(Indication::times).containsExactly((long) RACERS);
    }

    @Test
    void returnsExactlyWhatWasCreated() {
        KeyTransition create = new KeyTransition.Create(
                key(KeyType.TOKEN_ENCRYPTION, 1), List.of(new ProtectedRecord("policy", "token_encryption", "{}")));
        assertThat(store.apply(create, 0, seal(1), ENTRY)).isTrue();
        StoredKeys created = StoredKeys.NONE.after(create).sealed(seal(1));
        assertThat(store.load()).isEqualTo(created);
        assertThat(created.records()).hasSize(1);
        assertThat(store.generation()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"DEACTIVATED", "SUSPENDED", "COMPROMISED"})
    void promotionActivatesTheSuccessorAndTakesItsPredecessorOutOfUse(KeyState retired) {
        createTwoPromoteFirst();
        assertThat(store.apply(promote(version(2), Optional.of(version(1)), retired), 3, seal(4), ENTRY))
                .isTrue();
        assertThat(states()).containsExactly(retired, KeyState.ACTIVE);
        assertThat(version(1).deactivated()).contains(NOW);
        assertThat(version(1).entered(retired)).contains(NOW);
        assertThat(version(2).activated()).contains(NOW);
        assertThat(version(2).deactivated()).isEmpty();
    }

    @Test
    void keepsEveryMomentAndTheOriginOfAKey() {
        createTwoPromoteFirst();
        promoteSecond();
        move(KeyState.SUSPENDED);
        move(KeyState.COMPROMISED);
        StoredKeys expected = store.load().after(moveOf(KeyState.PENDING_DESTROY));
        move(KeyState.PENDING_DESTROY);
        assertThat(sorted(store.load())).isEqualTo(sorted(expected));
        assertThat(version(1).origin()).contains(KeyState.COMPROMISED);
        assertThat(version(1).entered())
                .containsOnlyKeys(
                        KeyState.PRE_ACTIVE,
                        KeyState.ACTIVE,
                        KeyState.DEACTIVATED,
                        KeyState.SUSPENDED,
                        KeyState.COMPROMISED,
                        KeyState.PENDING_DESTROY);
    }

    @Test
    void aCancelledDestructionLeadsBackToTheOrigin() {
        createTwoPromoteFirst();
        promoteSecond();
        move(KeyState.PENDING_DESTROY);
        move(KeyState.DEACTIVATED);
        assertThat(states()).containsExactly(KeyState.DEACTIVATED, KeyState.ACTIVE);
        assertThat(version(1).origin()).isEmpty();
    }

    @Test
    void destructionErasesTheMaterialAndKeepsTheRest() {
        createTwoPromoteFirst();
        promoteSecond();
        WrappedKey before = key(1);
        move(KeyState.PENDING_DESTROY);
        move(KeyState.DESTROYED);
        WrappedKey destroyed = key(1);
        assertThat(destroyed.wrapped().size()).isZero();
        assertThat(destroyed.fingerprint()).isEqualTo(before.fingerprint());
        assertThat(destroyed.metadata().activated()).isEqualTo(before.metadata().activated());
        assertThat(destroyed.metadata().entered(KeyState.DESTROYED)).contains(NOW);
        assertThat(key(2).wrapped().size()).isPositive();
    }

    @Test
    void refusesAMoveFromAStateThatTheKeyIsNotIn() {
        createTwoPromoteFirst();
        promoteSecond();
        KeyTransition suspend = moveOf(KeyState.SUSPENDED);
        move(KeyState.COMPROMISED);
        refuses(suspend);
    }

    @Test
    void refusesATransitionThatIsBasedOnAnotherGeneration() {
        store.apply(new KeyTransition.Create(key(KeyType.TOKEN_ENCRYPTION, 1)), 0, seal(1), ENTRY);
        StoredKeys before = store.load();
        KeyTransition late = new KeyTransition.Create(key(KeyType.DATABASE_ENCRYPTION, 1));
        assertThat(store.apply(late, 0, seal(1), ENTRY)).isFalse();
        assertThat(store.apply(late, 2, seal(3), ENTRY)).isFalse();
        assertThat(store.load()).isEqualTo(before);
    }

    @Test
    void refusesToIssueAVersionTwice() {
        WrappedKey key = key(KeyType.TOKEN_ENCRYPTION, 1);
        store.apply(new KeyTransition.Create(key), 0, seal(1), ENTRY);
        refuses(new KeyTransition.Create(key));
    }

    @Test
    void refusesASecondActiveVersion() {
        createTwoPromoteFirst();
        refuses(promote(version(2), Optional.empty(), KeyState.DEACTIVATED));
    }

    @Test
    void refusesAPredecessorThatIsNotActive() {
        createTwoPromoteFirst();
        KeyVersion first = version(1);
        promoteSecond();
        store.apply(new KeyTransition.Create(key(KeyType.TOKEN_ENCRYPTION, 3)), 4, seal(5), ENTRY);
        refuses(promote(version(3), Optional.of(first), KeyState.DEACTIVATED));
    }

    @Test
    void refusesToActivateAVersionThatIsNotPreActiveAnyMore() {
        createTwoPromoteFirst();
        KeyVersion second = version(2);
        promoteSecond();
        refuses(promote(second, Optional.of(version(2)), KeyState.DEACTIVATED));
    }

    @Test
    void refusesToActivateAVersionThatDoesNotExist() {
        refuses(promote(KeyVersion.created(id(9), NOW), Optional.empty(), KeyState.DEACTIVATED));
    }

    @Test
    void oneOfManyTransitionsFromOneGenerationWins() throws Exception {
        List<Callable<Boolean>> racers = new ArrayList<>();
        for (int i = 1; i <= RACERS; i++) {
            KeyTransition create = new KeyTransition.Create(key(KeyType.TOKEN_ENCRYPTION, i));
            racers.add(() -> store.apply(create, 0, seal(1), ENTRY));
        }
        assertThat(race(racers)).containsOnlyOnce(true);
        assertThat(store.load().keys()).hasSize(1);
        assertThat(store.generation()).isEqualTo(1);
    }

    /** Odd generations bring a key, even ones change a record; each has a seal that says which one it is, and takes long to read. */
    @Test
    void aLoadNeverMixesTwoGenerations() throws Exception {
        int transitions = 50;
        Callable<Boolean> writer = () -> {
            for (int i = 1; i <= transitions; i++) {
                KeyTransition next = i % 2 == 0
                        ? new KeyTransition.PutRecord(new ProtectedRecord("policy", "a", Integer.toString(i)))
                        : new KeyTransition.Create(key(KeyType.TOKEN_ENCRYPTION, i));
                store.apply(next, i - 1L, longSeal(i), ENTRY);
            }
            return true;
        };
        Callable<Boolean> reader = () -> {
            long generation;
            do {
                StoredKeys read = store.load();
                generation = read.generation();
                assertOfOneGeneration(read);
            } while (generation < transitions);
            return true;
        };
        assertThat(race(List.of(writer, reader, reader))).containsOnly(true);
    }

    private static void assertOfOneGeneration(StoredKeys read) {
        long generation = read.generation();
        assertThat(read.seal()).isEqualTo(generation == 0 ? Optional.empty() : Optional.of(longSeal(generation)));
        assertThat(read.audited()).isEqualTo(generation);
        assertThat(sorted(read))
                .extracting(key -> (long) key.metadata().version())
                .containsExactlyElementsOf(LongStream.rangeClosed(1, generation)
                        .filter(i -> i % 2 == 1)
                        .boxed()
                        .toList());
        assertThat(read.records())
                .extracting(ProtectedRecord::body)
                .isEqualTo(generation < 2 ? List.of() : List.of(Long.toString(generation - generation % 2)));
    }

    private static StoreSeal longSeal(long generation) {
        String contents = ("generation " + generation + "\n").repeat(2_000);
        return new StoreSeal(
                generation,
                contents,
                Bytes.copyFrom(new byte[] {(byte) generation}),
                "kek " + generation,
                Bytes.copyFrom(new byte[] {(byte) generation, 0}));
    }

    @Test
    void keepsRecordsAndReplacesThoseOfTheSameKindAndId() {
        ProtectedRecord wide =
                new ProtectedRecord("policy", "b/1", "{\"text\":\"\u00e4\u4e2d " + "long".repeat(50_000) + "\"}");
        put(0, new ProtectedRecord("policy", "a", "{}"));
        put(1, wide);
        put(2, new ProtectedRecord("approval", "a", "{\"by\":1}"));
        put(3, new ProtectedRecord("policy", "a", "{\"days\":90}"));
        assertThat(store.load().records())
                .containsExactlyInAnyOrder(
                        new ProtectedRecord("policy", "a", "{\"days\":90}"),
                        wide,
                        new ProtectedRecord("approval", "a", "{\"by\":1}"));
    }

    @Test
    void aDecisionChangesAKeyAndRecordsTogetherOrNeither() {
        createTwoPromoteFirst();
        promoteSecond();
        ProtectedRecord used = new ProtectedRecord("approval", "a", "{\"used\":true}");
        StateChange suspended = StateChange.of(version(1), KeyState.SUSPENDED, NOW);
        KeyTransition decision = new KeyTransition.Decide(Optional.of(suspended), List.of(used));
        assertThat(store.apply(decision, 3, seal(5), ENTRY)).isFalse();
        assertThat(store.load().records()).isEmpty();
        assertThat(store.apply(decision, 4, seal(5), ENTRY)).isTrue();
        assertThat(states()).containsExactly(KeyState.SUSPENDED, KeyState.ACTIVE);
        assertThat(store.load().records()).containsExactly(used);

        ProtectedRecord more = new ProtectedRecord("approval", "b", "{}");
        refuses(new KeyTransition.Decide(Optional.of(suspended), List.of(more)));
        assertThat(store.apply(new KeyTransition.Decide(Optional.empty(), List.of(more)), 5, seal(6), ENTRY))
                .isTrue();
        assertThat(store.load().records()).containsExactlyInAnyOrder(used, more);
    }

    @Test
    void handsTheSealBackAsItWasGiven() {
        StoreSeal seal = new StoreSeal(
                7,
                "contents\nwith lines\n",
                Bytes.copyFrom(new byte[] {-1, 0, 1}),
                "kek",
                Bytes.copyFrom(new byte[70]));
        put(0, new ProtectedRecord("policy", "a", "{}"), seal);
        assertThat(store.load().seal()).contains(seal);
        assertThat(store.generation()).as("may skip some").isEqualTo(7);
    }

    @Test
    void aNodeThatHoldsTheNewestGenerationHasALease() {
        assertThat(renew("a", 0, LONG)).hasValue(0);
        assertThat(store.nodes()).singleElement().satisfies(node -> {
            assertThat(node.standing()).isEqualTo(KeyNode.Standing.LIVE);
            assertThat(node.name()).isEqualTo("name of a");
            assertThat(node.acknowledged()).isZero();
            assertThat(node.leaseUntil()).isEqualTo(node.renewed().plus(LONG));
        });
        store.leave("a");
        assertThat(store.nodes()).isEmpty();
    }

    @Test
    void aPromotionIsRefusedWhileANodeWithALeaseHasNotAcknowledgedTheSuccessor() {
        createAndPromoteFirst();
        renew("a", 2, LONG);
        renew("b", 2, LONG);
        createSecond();
        renew("b", 3, LONG);
        KeyNode before = node("a");
        assertThat(renew("a", 2, LONG.plusDays(1))).as("it hears of it").hasValue(3);
        assertThat(node("a")).as("and has no longer lease").isEqualTo(before);
        StoredKeys stored = store.load();
        assertThatThrownBy(this::promoteSecond)
                .isInstanceOf(NodesBehindException.class)
                .hasMessageContainingAll("name of a", "generation 3")
                .hasMessageNotContaining("name of b");
        assertThat(store.load()).isEqualTo(stored);
        assertThat(renew("a", 3, LONG)).hasValue(3);
        promoteSecond();
        assertThat(states()).containsExactly(KeyState.DEACTIVATED, KeyState.ACTIVE);
    }

    @Test
    void aPromotionWaitsForNoChangeThatCameAfterTheSuccessor() {
        createAndPromoteFirst();
        createSecond();
        renew("a", 3, LONG);
        KeyTransition later = new KeyTransition.PutRecord(new ProtectedRecord("attestation", "a", "{}"));
        assertThat(store.apply(later, 3, seal(4), ENTRY)).isTrue();
        KeyTransition promotion = promote(version(2), Optional.of(version(1)), KeyState.DEACTIVATED);
        assertThat(store.apply(promotion, 4, seal(5), ENTRY)).isTrue();
        assertThat(states()).containsExactly(KeyState.DEACTIVATED, KeyState.ACTIVE);
    }

    @Test
    void aPromotionWaitsForNoNodeWhoseLeaseRanOutOrThatNeverHadOne() {
        createAndPromoteFirst();
        renew("a", 2, Duration.ofMillis(1));
        renew("b", 1, LONG);
        createSecond();
        await().until(() -> node("a").standing() == KeyNode.Standing.LAPSED);
        assertThat(node("b").standing()).isEqualTo(KeyNode.Standing.LAPSED);
        promoteSecond();
        assertThat(states()).containsExactly(KeyState.DEACTIVATED, KeyState.ACTIVE);
    }

    @Test
    void theFirstVersionWaitsForNobody() {
        renew("a", 0, LONG);
        createAndPromoteFirst();
        assertThat(states()).containsExactly(KeyState.ACTIVE);
    }

    @Test
    void anEvictedNodeKeepsItsLeaseAndGetsNoOther() {
        renew("a", 0, LONG);
        store.evictSilent(Duration.ofHours(1));
        assertThat(renew("a", 0, LONG)).as("it was not silent").hasValue(0);
        store.evictSilent(Duration.ZERO);
        KeyNode evicted = node("a");
        assertThat(evicted.standing()).isEqualTo(KeyNode.Standing.EVICTED);
        assertThat(evicted.isLeased()).isTrue();
        assertThat(renew("a", 0, LONG)).isEmpty();
        assertThat(node("a")).isEqualTo(evicted);
        assertThat(renew("another", 0, LONG)).hasValue(0);
    }

    @Test
    void addsUpWhatManyNodesReserve() throws Exception {
        List<Callable<Boolean>> racers = new ArrayList<>();
        for (int i = 0; i < RACERS; i++) {
            racers.add(() -> {
                store.reserveUsage(id(1), 3_000_000_000L);
                store.reserveUsage(id(2), 1);
                return true;
            });
        }
        race(racers);
        assertThat(store.usage())
                .containsExactly(new KeyUsage(id(1), RACERS * 3_000_000_000L, 0, 0), new KeyUsage(id(2), RACERS, 0, 0));
    }

    @Test
    void addsUpOperationsByVersionDirectionNodeAndHour() throws Exception {
        Instant hour = Instant.parse("2026-10-25T01:00:00Z");
        Instant next = hour.plus(LONG);
        List<Callable<Boolean>> racers = new ArrayList<>();
        for (int i = 0; i < RACERS; i++) {
            racers.add(() -> {
                store.recordOperations(new KeyOperations(id(1), Direction.SEAL, "a", hour, 2));
                return true;
            });
        }
        race(racers);
        store.recordOperations(new KeyOperations(id(1), Direction.OPEN, "a", hour, 5));
        store.recordOperations(new KeyOperations(id(1), Direction.SEAL, "b", next, 7));
        store.recordOperations(new KeyOperations(id(2), Direction.SEAL, "a", next, 1));
        assertThat(store.operations(hour))
                .containsExactlyInAnyOrder(
                        new KeyOperations(id(1), Direction.SEAL, "a", hour, 2L * RACERS),
                        new KeyOperations(id(1), Direction.OPEN, "a", hour, 5),
                        new KeyOperations(id(1), Direction.SEAL, "b", next, 7),
                        new KeyOperations(id(2), Direction.SEAL, "a", next, 1));
        assertThat(store.operations(next)).hasSize(2);
        store.recordOperations(new KeyOperations(id(1), Direction.SEAL, "a", next, 4));
        assertThat(store.hours(next))
                .as("over the nodes")
                .containsExactly(
                        new KeyHour(id(1), Direction.SEAL, next, 11), new KeyHour(id(2), Direction.SEAL, next, 1));
        assertThat(store.hours(hour)).hasSize(4);
        assertThat(store.usage())
                .containsExactly(new KeyUsage(id(1), 0, 2L * RACERS + 11, 5), new KeyUsage(id(2), 0, 1, 0));
    }

    private OptionalLong renew(String node, long holds, Duration lease) {
        return store.renew(new NodeRenewal(node, "name of " + node, holds, lease));
    }

    private KeyNode node(String id) {
        return store.nodes().stream()
                .filter(node -> node.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private void put(long generation, ProtectedRecord record) {
        put(generation, record, seal(generation + 1));
    }

    private void put(long generation, ProtectedRecord record, StoreSeal seal) {
        assertThat(store.apply(new KeyTransition.PutRecord(record), generation, seal, ENTRY))
                .isTrue();
    }

    private void refuses(KeyTransition transition) {
        StoredKeys before = store.load();
        assertThatThrownBy(() -> store.apply(transition, before.generation(), seal(before.generation() + 1), ENTRY))
                .isInstanceOf(IllegalStateException.class);
        assertThat(store.load()).isEqualTo(before);
    }

    private void createTwoPromoteFirst() {
        createAndPromoteFirst();
        createSecond();
    }

    private void createAndPromoteFirst() {
        store.apply(new KeyTransition.Create(key(KeyType.TOKEN_ENCRYPTION, 1)), 0, seal(1), ENTRY);
        store.apply(promote(version(1), Optional.empty(), KeyState.DEACTIVATED), 1, seal(2), ENTRY);
    }

    private void createSecond() {
        store.apply(new KeyTransition.Create(key(KeyType.TOKEN_ENCRYPTION, 2)), 2, seal(3), ENTRY);
    }

    private void promoteSecond() {
        store.apply(promote(version(2), Optional.of(version(1)), KeyState.DEACTIVATED), 3, seal(4), ENTRY);
    }

    /** Moves the first version. */
    private void move(KeyState to) {
        assertThat(store.apply(moveOf(to), store.generation(), seal(store.generation() + 1), ENTRY))
                .isTrue();
    }

    private KeyTransition moveOf(KeyState to) {
        return new KeyTransition.Move(StateChange.of(version(1), to, NOW));
    }

    private List<KeyState> states() {
        return sorted(store.load()).stream().map(key -> key.metadata().state()).toList();
    }

    private static List<WrappedKey> sorted(StoredKeys stored) {
        return stored.keys().stream()
                .sorted(Comparator.comparing(key -> key.metadata().id()))
                .toList();
    }

    private KeyVersion version(int version) {
        return key(version).metadata();
    }

    private WrappedKey key(int version) {
        return store.load().keys().stream()
                .filter(key -> key.metadata().id().equals(id(version)))
                .findFirst()
                .orElseThrow();
    }

    private static KeyTransition promote(KeyVersion successor, Optional<KeyVersion> predecessor, KeyState retired) {
        return new KeyTransition.Promote(
                StateChange.of(successor, KeyState.ACTIVE, NOW),
                predecessor.map(old -> StateChange.of(old, retired, NOW)),
                ANNOUNCED);
    }

    private static KeyId id(int version) {
        return new KeyId(KeyType.TOKEN_ENCRYPTION, version);
    }

    private static WrappedKey key(KeyType type, int version) {
        Instant created = Instant.parse("2026-03-29T01:30:00.123456Z");
        return new WrappedKey(
                KeyVersion.created(new KeyId(type, version), created),
                1,
                "kek",
                Bytes.copyFrom(new byte[16]),
                Bytes.copyFrom(new byte[] {-1, 0, 1, (byte) version}));
    }

    private static StoreSeal seal(long generation) {
        return new StoreSeal(
                generation, "contents", Bytes.copyFrom(new byte[] {1}), "kek", Bytes.copyFrom(new byte[] {2}));
    }

    private static <T> List<T> race(List<Callable<T>> racers) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(racers.size());
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> racer : threads.invokeAll(racers)) {
                results.add(racer.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}
