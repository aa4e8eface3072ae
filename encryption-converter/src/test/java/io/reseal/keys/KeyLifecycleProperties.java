package io.reseal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.crypto.tink.util.Bytes;
import io.reseal.IllegalTransitionException;
import io.reseal.NodesBehindException;
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
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * Random lives of keys, led by three nodes on one store. Half of the transitions meet one of another node between reading and
 * writing.
 */
class KeyLifecycleProperties {

    private static final int NODES = 3;
    private static final int VERSIONS = 5;
    private static final int WISHES = 10;
    private static final String WHO = "operator";

    private final MemoryKeyStore store = new MemoryKeyStore();
    private final Deque<Runnable> meanwhile = new ArrayDeque<>();
    private final List<KeyRegistry> nodes = new ArrayList<>();
    private final Map<KeyId, Bytes> issued = new HashMap<>();
    private final Set<KeyId> destroyed = new HashSet<>();

    KeyLifecycleProperties() {
        for (int i = 0; i < NODES; i++) {
            nodes.add(KeyRegistry.open(
                    new Interrupted(),
                    new TestKek("kek"),
                    KeyTypes.standard(),
                    ResealSettings.from(Map.of(ResealSettings.KEY_STORE, "jdbc:unused")),
                    TestClock.standing()));
        }
    }

    @Property(tries = 200)
    void noSequenceOfTransitionsBreaksTheLaws(@ForAll @Size(max = 40) List<@IntRange(max = 599) Integer> wishes) {
        for (int i = 0; i < wishes.size(); i++) {
            int next = wishes.get(i);
            if (i + 1 < wishes.size() && next % 2 == 0) {
                int other = wishes.get(++i);
                meanwhile.add(() -> attempt(other));
            }
            attempt(next);
            meanwhile.clear();
            verify(store.load());
        }
    }

    /** What is illegal is refused; anything else that goes wrong is an error. */
    private void attempt(int wish) {
        KeyRegistry node = nodes.get(wish % NODES);
        KeyType type = wish % 5 == 0 ? KeyType.DATABASE_ENCRYPTION : KeyType.TOKEN_ENCRYPTION;
        KeyId key = new KeyId(type, 1 + wish / 7 % VERSIONS);
        try {
            ask(node, key, wish / 4 % WISHES);
        } catch (IllegalTransitionException | SealingRefusedException expected) {
            assertThat(expected).hasMessageContaining(type.name());
        } catch (NodesBehindException expected) {
            assertThat(expected.generation()).isEqualTo(store.generation());
        } catch (IllegalArgumentException unknown) {
            assertThat(unknown).hasMessageContaining("holds no key");
        }
    }

    private static void ask(KeyRegistry node, KeyId key, int wish) {
        KeyLifecycle life = node.lifecycle();
        switch (wish) {
            case 0 -> node.ensureActive(key.type());
            case 1 -> life.createSuccessor(key.type(), WHO, "");
            case 2 -> life.promote(key, WHO, "");
            case 3 -> life.promote(key, KeyState.SUSPENDED, WHO, "");
            case 4 -> life.promote(key, KeyState.COMPROMISED, WHO, "");
            case 5 -> life.suspend(key, WHO, "");
            case 6 -> life.liftSuspension(key, WHO, "");
            case 7 -> life.markCompromised(key, WHO, "");
            case 8 -> life.proposeDestroy(key, WHO, "");
            default -> {
                if (key.version() % 2 == 0) {
                    life.cancelDestroy(key, WHO, "");
                }
                life.destroy(key, WHO, "");
            }
        }
    }

    private void verify(StoredKeys stored) {
        nodes.forEach(KeyRegistry::refresh);
        Set<KeyType> active = new HashSet<>();
        for (WrappedKey key : stored.keys()) {
            KeyVersion version = key.metadata();
            assertThat(version.state() != KeyState.ACTIVE || active.add(version.type()))
                    .as("one active version")
                    .isTrue();
            assertThat(issued.computeIfAbsent(version.id(), id -> key.fingerprint()))
                    .as("a number is issued once")
                    .isEqualTo(key.fingerprint());
            assertThat(key.wrapped().size() == 0).isEqualTo(version.state() == KeyState.DESTROYED);
            if (version.state() == KeyState.DESTROYED) {
                destroyed.add(version.id());
            }
            assertThat(destroyed.contains(version.id()))
                    .as("no way back")
                    .isEqualTo(version.state() == KeyState.DESTROYED);
            nodes.forEach(node -> verify(node, version));
        }
        assertThat(stored.keys()).hasSize(issued.size());
    }

    private static void verify(KeyRegistry node, KeyVersion version) {
        if (version.state() == KeyState.ACTIVE) {
            assertThat(node.sealingCipher(version.id())).isNotNull();
        } else {
            assertThatThrownBy(() -> node.sealingCipher(version.id())).isInstanceOf(SealingRefusedException.class);
        }
        boolean opens = Set.of(KeyState.PRE_ACTIVE, KeyState.ACTIVE, KeyState.DEACTIVATED, KeyState.COMPROMISED)
                .contains(version.state());
        if (opens) {
            assertThat(node.openingCipher(version.id().tinkKeyId())).isNotNull();
        } else {
            assertThatThrownBy(() -> node.openingCipher(version.id().tinkKeyId()))
                    .isInstanceOf(UnreadableValueException.class);
        }
    }

    /** Lets another node act between this one's reading and writing. */
    private final class Interrupted implements KeyStore {

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
                other.run();
            }
            return store.apply(transition, expectedGeneration, seal, entry);
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
        public void close() {
            store.close();
        }
    }
}
