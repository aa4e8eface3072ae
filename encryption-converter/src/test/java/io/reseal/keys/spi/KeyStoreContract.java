package io.reseal.keys.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.crypto.tink.util.Bytes;
import io.reseal.keys.AuditEntry;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyVersion;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link KeyStore} keeps; an implementation's test extends this and hands over an empty store. */
public abstract class KeyStoreContract {

    private static final AuditEntry ENTRY = new AuditEntry("operator", "test", "because");
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
        store.close();
    }

    @Test
    void startsEmpty() {
        assertThat(store.generation()).isZero();
        assertThat(store.load()).isEqualTo(new StoredKeys(0, List.of()));
    }

    @Test
    void returnsExactlyWhatWasCreated() {
        WrappedKey key = key(KeyType.TOKEN_ENCRYPTION, 1);
        assertThat(store.apply(new KeyTransition.Create(key), 0, ENTRY)).isTrue();
        assertThat(store.load()).isEqualTo(new StoredKeys(1, List.of(key)));
        assertThat(store.generation()).isEqualTo(1);
    }

    @Test
    void promotionActivatesTheSuccessorAndDeactivatesItsPredecessor() {
        createTwoPromoteFirst();
        assertThat(store.apply(promote(2, Optional.of(1)), 3, ENTRY)).isTrue();
        assertThat(versions()).extracting(KeyVersion::state).containsExactly(KeyState.DEACTIVATED, KeyState.ACTIVE);
        assertThat(versions().get(0).deactivated()).isPresent();
        assertThat(versions().get(1).activated()).isPresent();
        assertThat(versions().get(1).deactivated()).isEmpty();
    }

    @Test
    void refusesATransitionThatIsBasedOnAnotherGeneration() {
        store.apply(new KeyTransition.Create(key(KeyType.TOKEN_ENCRYPTION, 1)), 0, ENTRY);
        StoredKeys before = store.load();
        KeyTransition late = new KeyTransition.Create(key(KeyType.DATABASE_ENCRYPTION, 1));
        assertThat(store.apply(late, 0, ENTRY)).isFalse();
        assertThat(store.apply(late, 2, ENTRY)).isFalse();
        assertThat(store.load()).isEqualTo(before);
    }

    @Test
    void refusesToIssueAVersionTwice() {
        WrappedKey key = key(KeyType.TOKEN_ENCRYPTION, 1);
        store.apply(new KeyTransition.Create(key), 0, ENTRY);
        refuses(new KeyTransition.Create(key));
    }

    @Test
    void refusesASecondActiveVersion() {
        createTwoPromoteFirst();
        refuses(promote(2, Optional.empty()));
    }

    @Test
    void refusesAPredecessorThatIsNotActive() {
        createTwoPromoteFirst();
        store.apply(promote(2, Optional.of(1)), 3, ENTRY);
        store.apply(new KeyTransition.Create(key(KeyType.TOKEN_ENCRYPTION, 3)), 4, ENTRY);
        refuses(promote(3, Optional.of(1)));
    }

    @Test
    void refusesToActivateARetiredVersion() {
        createTwoPromoteFirst();
        store.apply(promote(2, Optional.of(1)), 3, ENTRY);
        refuses(promote(1, Optional.of(2)));
    }

    @Test
    void refusesToActivateAVersionThatDoesNotExist() {
        refuses(promote(9, Optional.empty()));
    }

    @Test
    void oneOfManyTransitionsFromOneGenerationWins() throws Exception {
        List<Callable<Boolean>> racers = new ArrayList<>();
        for (int i = 1; i <= RACERS; i++) {
            KeyTransition create = new KeyTransition.Create(key(KeyType.TOKEN_ENCRYPTION, i));
            racers.add(() -> store.apply(create, 0, ENTRY));
        }
        assertThat(race(racers)).containsOnlyOnce(true);
        assertThat(store.load().keys()).hasSize(1);
        assertThat(store.generation()).isEqualTo(1);
    }

    @Test
    void aLoadNeverMixesTwoGenerations() throws Exception {
        int transitions = 50;
        Callable<Boolean> writer = () -> {
            for (int i = 1; i <= transitions; i++) {
                store.apply(new KeyTransition.Create(key(KeyType.TOKEN_ENCRYPTION, i)), i - 1L, ENTRY);
            }
            return true;
        };
        Callable<Boolean> reader = () -> {
            StoredKeys keys;
            do {
                keys = store.load();
                assertThat(keys.keys()).hasSize((int) keys.generation());
            } while (keys.generation() < transitions);
            return true;
        };
        assertThat(race(List.of(writer, reader))).containsOnly(true);
    }

    private void refuses(KeyTransition transition) {
        StoredKeys before = store.load();
        assertThatThrownBy(() -> store.apply(transition, before.generation(), ENTRY))
                .isInstanceOf(IllegalStateException.class);
        assertThat(store.load()).isEqualTo(before);
    }

    private void createTwoPromoteFirst() {
        store.apply(new KeyTransition.Create(key(KeyType.TOKEN_ENCRYPTION, 1)), 0, ENTRY);
        store.apply(promote(1, Optional.empty()), 1, ENTRY);
        store.apply(new KeyTransition.Create(key(KeyType.TOKEN_ENCRYPTION, 2)), 2, ENTRY);
    }

    private List<KeyVersion> versions() {
        return store.load().keys().stream().map(WrappedKey::metadata).toList();
    }

    private static KeyTransition promote(int successor, Optional<Integer> predecessor) {
        return new KeyTransition.Promote(id(successor), predecessor.map(KeyStoreContract::id));
    }

    private static KeyId id(int version) {
        return new KeyId(KeyType.TOKEN_ENCRYPTION, version);
    }

    private static WrappedKey key(KeyType type, int version) {
        Instant created = Instant.parse("2026-03-29T01:30:00.123456Z");
        KeyVersion metadata = new KeyVersion(
                new KeyId(type, version), KeyState.PRE_ACTIVE, created, Optional.empty(), Optional.empty());
        return new WrappedKey(
                metadata, 1, "kek", Bytes.copyFrom(new byte[16]), Bytes.copyFrom(new byte[] {-1, 0, 1, (byte) version
                }));
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
