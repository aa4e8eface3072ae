package io.reseal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.google.crypto.tink.util.Bytes;
import io.reseal.ResealSettings;
import io.reseal.SealingRefusedException;
import io.reseal.UnreadableValueException;
import io.reseal.keys.spi.KeyStore;
import io.reseal.keys.spi.KeyTransition;
import io.reseal.keys.spi.NodeRenewal;
import io.reseal.keys.spi.StoreSeal;
import io.reseal.keys.spi.StoredKeys;
import io.reseal.keys.spi.WrappedKey;
import io.reseal.testing.MemoryKeyStore;
import io.reseal.testing.TestClock;
import io.reseal.testing.TestKek;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Nodes on one store, and everything that ever happened to their keys, also on copies that were lost: each transition is judged. */
final class KeyWorld {

    static final int NODES = 3;

    private final MemoryKeyStore store = new MemoryKeyStore();
    private final Deque<Runnable> meanwhile = new ArrayDeque<>();
    private final List<TestClock> clocks = new ArrayList<>();
    private final List<KeyRegistry> nodes = new ArrayList<>();
    private final List<StoredKeys> copies = new ArrayList<>();
    private final Map<KeyId, Bytes> issued = new HashMap<>();
    private final Set<KeyId> used = new HashSet<>();
    private boolean isWriting;
    private boolean hasDestroyed;
    private boolean hasRecovered;

    KeyWorld() {
        for (int i = 0; i < NODES; i++) {
            TestClock clock = TestClock.standing();
            clocks.add(clock);
            nodes.add(KeyRegistry.open(
                    new Watched(),
                    new TestKek("kek"),
                    KeyTypes.standard(),
                    ResealSettings.from(Map.of(ResealSettings.KEY_STORE, "jdbc:unused")),
                    clock));
        }
    }

    KeyRegistry node(int number) {
        return nodes.get(number);
    }

    TestClock clock(int number) {
        return clocks.get(number);
    }

    long generation() {
        return store.generation();
    }

    boolean hasRotated() {
        return used.stream().anyMatch(key -> key.version() > 1);
    }

    boolean hasDestroyed() {
        return hasDestroyed;
    }

    boolean hasRecovered() {
        return hasRecovered;
    }

    /** Happens between the next reading and writing. */
    void meanwhile(Runnable act) {
        meanwhile.add(act);
    }

    void copy() {
        copies.add(store.load());
    }

    /** Puts a copy back: every node that has seen more refuses to seal until one has recovered the store. */
    void restore(int pick, KeyRegistry recovering) {
        if (copies.isEmpty() || isWriting) {
            return;
        }
        meanwhile.clear();
        StoredKeys copy = copies.get(pick % copies.size());
        boolean isOlder = copy.generation() < store.load().generation();
        nodes.forEach(KeyRegistry::refresh);
        store.overwrite(copy);
        if (isOlder) {
            nodes.forEach(KeyRegistry::refresh);
            nodes.forEach(node -> assertThatThrownBy(() -> node.sealing(KeyType.TOKEN_ENCRYPTION))
                    .isInstanceOf(SealingRefusedException.class)
                    .hasMessageContaining("an older copy was restored"));
            recovering.recover("operator", "");
            hasRecovered = true;
        }
    }

    void verify() {
        meanwhile.clear();
        nodes.forEach(KeyRegistry::refresh);
        for (WrappedKey key : store.load().keys()) {
            nodes.forEach(node -> verify(node, key.metadata()));
        }
    }

    private static void verify(KeyRegistry node, KeyVersion version) {
        if (version.state() == KeyState.ACTIVE) {
            assertThat(node.sealingCipher(version.id())).isNotNull();
        } else {
            assertThatThrownBy(() -> node.sealingCipher(version.id())).isInstanceOf(SealingRefusedException.class);
        }
        boolean opens = Set.of(KeyState.PRE_ACTIVE, KeyState.ACTIVE, KeyState.DEACTIVATED, KeyState.COMPROMISED)
                        .contains(version.state())
                && !node.keyring().refuses(version.id());
        if (opens) {
            assertThat(node.openingCipher(version.id().tinkKeyId())).isNotNull();
        } else {
            assertThatThrownBy(() -> node.openingCipher(version.id().tinkKeyId()))
                    .isInstanceOf(UnreadableValueException.class);
        }
    }

    private void judge(StoredKeys before, StoredKeys after) {
        assertThat(after.generation()).isGreaterThan(before.generation());
        assertThat(after.keys()).hasSizeGreaterThanOrEqualTo(before.keys().size());
        Map<KeyId, KeyVersion> was = before.keys().stream()
                .map(WrappedKey::metadata)
                .collect(Collectors.toMap(KeyVersion::id, version -> version));
        Set<KeyType> active = new HashSet<>();
        for (WrappedKey key : after.keys()) {
            KeyVersion version = key.metadata();
            assertThat(version.state() != KeyState.ACTIVE || active.add(version.type()))
                    .as("one active version")
                    .isTrue();
            assertThat(issued.computeIfAbsent(version.id(), id -> key.fingerprint()))
                    .as("a number is issued once")
                    .isEqualTo(key.fingerprint());
            assertThat(key.wrapped().size() == 0).isEqualTo(version.state() == KeyState.DESTROYED);
            assertMomentsInOrder(version);
            KeyVersion earlier = was.getOrDefault(version.id(), version);
            judge(earlier, version);
            if (earlier.state() == KeyState.SUSPENDED && version.state() == KeyState.COMPROMISED) {
                assertThat(after.records())
                        .as("what was suspended stays shut")
                        .extracting(ProtectedRecord::kind, ProtectedRecord::id)
                        .contains(tuple("strict-refusal", version.type() + "/" + version.version()));
            }
        }
    }

    private void judge(KeyVersion before, KeyVersion after) {
        if (before.state() == after.state()) {
            return;
        }
        assertThat(before.state()).as("no way back").isNotEqualTo(KeyState.DESTROYED);
        if (after.state() == KeyState.ACTIVE) {
            assertThat(before.state()).isEqualTo(KeyState.PRE_ACTIVE);
            assertThat(used.add(after.id()))
                    .as("%s is used for the first time", after.id())
                    .isTrue();
        }
        if (after.state() == KeyState.DESTROYED) {
            boolean wasNeverUsed = before.state() == KeyState.PRE_ACTIVE && !used.contains(before.id());
            assertThat(wasNeverUsed || before.state() == KeyState.PENDING_DESTROY)
                    .as("%s is destroyed as %s", before.id(), before.state())
                    .isTrue();
            hasDestroyed = true;
        }
    }

    private static void assertMomentsInOrder(KeyVersion version) {
        List<Instant> moments = Stream.of(KeyState.PRE_ACTIVE, KeyState.ACTIVE, KeyState.DEACTIVATED)
                .flatMap(state -> version.entered(state).stream())
                .toList();
        assertThat(moments).as("%s", version.id()).isSorted();
    }

    /** Lets another node act between one's reading and writing, and judges what is written. */
    private final class Watched implements KeyStore {

        @Override
        public Instant now() {
            return store.now();
        }

        @Override
        public long generation() {
            return store.generation();
        }

        @Override
        public StoredKeys load() {
            return store.load();
        }

        @Override
        public boolean apply(KeyTransition transition, long expectedGeneration, StoreSeal seal, AuditEntry entry) {
            Runnable other = meanwhile.poll();
            if (other != null) {
                isWriting = true;
                other.run();
                isWriting = false;
            }
            StoredKeys before = store.load();
            boolean applied = store.apply(transition, expectedGeneration, seal, entry);
            if (applied) {
                judge(before, store.load());
            }
            return applied;
        }

        @Override
        public OptionalLong renew(NodeRenewal renewal) {
            return store.renew(renewal);
        }

        @Override
        public void leave(String node) {
            store.leave(node);
        }

        @Override
        public List<KeyNode> nodes() {
            return store.nodes();
        }

        @Override
        public void evictSilent(Duration silence) {
            store.evictSilent(silence);
        }

        @Override
        public void note(String subject, AuditEntry entry) {
            store.note(subject, entry);
        }

        @Override
        public void reserveUsage(KeyId key, long encryptions) {
            store.reserveUsage(key, encryptions);
        }

        @Override
        public void recordOperations(KeyOperations operations) {
            store.recordOperations(operations);
        }

        @Override
        public List<KeyUsage> usage() {
            return store.usage();
        }

        @Override
        public List<KeyOperations> operations(Instant since) {
            return store.operations(since);
        }

        @Override
        public void indicate(Indication indication) {
            store.indicate(indication);
        }

        @Override
        public List<Indication> indications(Instant since) {
            return store.indications(since);
        }

        @Override
        public void close() {
            store.close();
        }
    }
}
