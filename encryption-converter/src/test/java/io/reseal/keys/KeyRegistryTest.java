package io.reseal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.DestroyedKeyException;
import io.reseal.IllegalTransitionException;
import io.reseal.KeyStoreUnavailableException;
import io.reseal.NewerFormatException;
import io.reseal.ResealConfigurationException;
import io.reseal.ResealSettings;
import io.reseal.SealingRefusedException;
import io.reseal.SuspendedKeyException;
import io.reseal.TamperedValueException;
import io.reseal.UnknownKeyException;
import io.reseal.crypto.FieldCipher;
import io.reseal.keys.spi.KeyEncryption;
import io.reseal.keys.spi.WrappedKey;
import io.reseal.testing.MemoryKeyStore;
import io.reseal.testing.TestClock;
import io.reseal.testing.TestKek;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KeyRegistryTest {

    private static final KeyType TYPE = KeyType.TOKEN_ENCRYPTION;
    private static final byte[] PLAINTEXT = {1, 2, 3};
    private static final int RACERS = 8;

    private final MemoryKeyStore store = new MemoryKeyStore();
    private final TestClock clock = TestClock.standing();
    private final KeyRegistry keys = open("production", "kek");

    @Test
    void refusesToSealOnceTheStoreHasBeenSilentForALease() {
        KeyId active = keys.ensureActive(TYPE);
        cipher(keys).seal(TYPE, PLAINTEXT);
        store.fail(true);
        clock.advance(Duration.ofMillis(4_999));
        assertThat(cipher(keys).seal(TYPE, PLAINTEXT)).isNotEmpty();
        clock.advance(Duration.ofMillis(1));
        assertThatThrownBy(() -> cipher(keys).seal(TYPE, PLAINTEXT)).isInstanceOf(SealingRefusedException.class);
        assertThatThrownBy(() -> cipher(keys).seal(active, PLAINTEXT)).isInstanceOf(SealingRefusedException.class);
        assertThatThrownBy(() -> keys.sealing(TYPE)).isInstanceOf(SealingRefusedException.class);
    }

    @Test
    void sealsAgainWhenTheStoreAnswers() {
        keys.ensureActive(TYPE);
        store.fail(true);
        clock.advance(Duration.ofSeconds(6));
        assertThatThrownBy(() -> keys.sealing(TYPE)).isInstanceOf(SealingRefusedException.class);
        store.fail(false);
        assertThat(cipher(keys).seal(TYPE, PLAINTEXT)).isNotEmpty();
    }

    @Test
    void opensWhileTheStoreIsSilent() {
        keys.ensureActive(TYPE);
        byte[] sealed = cipher(keys).seal(TYPE, PLAINTEXT);
        store.fail(true);
        clock.advance(Duration.ofDays(1));
        assertThat(cipher(keys).open(sealed)).isEqualTo(PLAINTEXT);
    }

    @Test
    void refusesToSealUnderTheOldVersionOneLeaseAfterAnotherNodePromoted() {
        KeyId old = keys.ensureActive(TYPE);
        KeyRegistry other = open("production", "kek");
        KeyId successor = other.lifecycle().createSuccessor(TYPE, "operator", "due");
        other.lifecycle().promote(successor, "operator", "due");
        clock.advance(Duration.ofSeconds(5));
        assertThatThrownBy(() -> cipher(keys).seal(old, PLAINTEXT)).isInstanceOf(SealingRefusedException.class);
        assertThat(keys.sealing(TYPE)).isEqualTo(successor);
    }

    @Test
    void opensAtOnceWhatAnotherNodeSealedUnderAVersionCreatedAMomentAgo() {
        keys.ensureActive(TYPE);
        KeyRegistry other = open("production", "kek");
        other.lifecycle().promote(other.lifecycle().createSuccessor(TYPE, "operator", "due"), "operator", "due");
        byte[] sealed = cipher(other).seal(TYPE, PLAINTEXT);
        assertThat(cipher(keys).open(sealed)).isEqualTo(PLAINTEXT);
    }

    @Test
    void asksTheStoreOnceForAnUnknownVersionThatManyThreadsMeet() throws Exception {
        keys.ensureActive(TYPE);
        int before = store.reads();
        List<Callable<Boolean>> readers = new ArrayList<>();
        for (int i = 0; i < RACERS; i++) {
            readers.add(() -> {
                assertThatThrownBy(() -> keys.openingCipher(new KeyId(TYPE, 7).tinkKeyId()))
                        .isInstanceOf(UnknownKeyException.class)
                        .hasMessageContaining("token_encryption version 7");
                return true;
            });
        }
        race(readers);
        assertThat(store.reads() - before).isEqualTo(1);
    }

    @Test
    void looksForUnknownVersionsAtMostOnceASecond() {
        long start = System.nanoTime();
        int before = store.reads();
        for (int version = 1; version <= 2; version++) {
            int id = new KeyId(TYPE, version).tinkKeyId();
            assertThatThrownBy(() -> keys.openingCipher(id)).isInstanceOf(UnknownKeyException.class);
            assertThatThrownBy(() -> keys.openingCipher(id)).isInstanceOf(UnknownKeyException.class);
        }
        assertThat(store.reads() - before).isEqualTo(2);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void aFloodOfUnknownVersionsCostsAtMostOneQuestionASecondAndNoLease() throws Exception {
        keys.ensureActive(TYPE);
        keys.sealing(TYPE);
        int before = store.reads();
        long start = System.nanoTime();
        List<Callable<Boolean>> readers = new ArrayList<>();
        for (int i = 0; i < 25 * RACERS; i++) {
            int id = new KeyId(TYPE, 2 + i).tinkKeyId();
            readers.add(() -> {
                assertThatThrownBy(() -> keys.openingCipher(id)).isInstanceOf(UnknownKeyException.class);
                return true;
            });
        }
        race(readers);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        assertThat(store.reads() - before).isLessThanOrEqualTo((int) took.toSeconds() + 2);
        assertThat(keys.status().lease()).isEqualTo(KeyStoreStatus.Lease.RUNNING);
    }

    @Test
    void looksAgainForAVersionThatWasAbsentASecondAgo() {
        int id = new KeyId(TYPE, 1).tinkKeyId();
        assertThatThrownBy(() -> keys.openingCipher(id)).isInstanceOf(UnknownKeyException.class);
        open("production", "kek").ensureActive(TYPE);
        clock.advance(Duration.ofSeconds(1));
        assertThat(keys.openingCipher(id)).isNotNull();
    }

    @Test
    void neverAsksTheStoreForAKeyThatCannotExist() {
        int before = store.reads();
        for (int id : new int[] {0, -1, 0x7f000001, 0x02000000}) {
            assertThatThrownBy(() -> keys.openingCipher(id)).isInstanceOf(UnknownKeyException.class);
        }
        assertThat(store.reads()).isEqualTo(before);
    }

    @Test
    void saysThatTheStoreIsSilentRatherThanThatAKeyIsUnknown() {
        store.fail(true);
        assertThatThrownBy(() -> keys.openingCipher(new KeyId(TYPE, 1).tinkKeyId()))
                .isInstanceOf(KeyStoreUnavailableException.class);
    }

    @Test
    void manyNodesThatBootAtOnceMakeOneFirstVersion() throws Exception {
        List<Callable<KeyId>> nodes = new ArrayList<>();
        for (int i = 0; i < RACERS; i++) {
            KeyRegistry node = open("production", "kek");
            nodes.add(() -> node.ensureActive(TYPE));
            nodes.add(() -> node.ensureActive(KeyType.DATABASE_ENCRYPTION));
        }
        assertThat(race(nodes)).containsOnly(new KeyId(TYPE, 1), new KeyId(KeyType.DATABASE_ENCRYPTION, 1));
        assertThat(keys.refresh().versions()).hasSize(2);
        assertThat(store.generation()).isEqualTo(4);
    }

    @Test
    void rotationsThatRaceMakeOneSuccessor() throws Exception {
        keys.ensureActive(TYPE);
        List<Callable<KeyId>> nodes = new ArrayList<>();
        for (int i = 0; i < RACERS; i++) {
            KeyRegistry node = open("production", "kek");
            nodes.add(() -> node.lifecycle().createSuccessor(TYPE, "operator", "due"));
        }
        assertThat(race(nodes)).containsOnly(new KeyId(TYPE, 2));
        List<Callable<KeyVersion>> promotions = new ArrayList<>();
        for (int i = 0; i < RACERS; i++) {
            KeyRegistry node = open("production", "kek");
            promotions.add(() -> node.lifecycle().promote(new KeyId(TYPE, 2), "operator", "due"));
        }
        assertThat(race(promotions)).extracting(KeyVersion::state).containsOnly(KeyState.ACTIVE);
        assertThat(store.generation()).isEqualTo(4);
    }

    @Test
    void neverReissuesTheNumberOfADestroyedVersion() {
        keys.ensureActive(TYPE);
        KeyId second = keys.lifecycle().createSuccessor(TYPE, "operator", "due");
        keys.lifecycle().destroy(second, "operator", "not needed");
        assertThat(keys.lifecycle().createSuccessor(TYPE, "operator", "due")).isEqualTo(new KeyId(TYPE, 3));
    }

    @Test
    void neverActivatesARetiredVersionAgain() {
        KeyId first = keys.ensureActive(TYPE);
        keys.lifecycle().promote(keys.lifecycle().createSuccessor(TYPE, "operator", "due"), "operator", "due");
        assertThatThrownBy(() -> keys.lifecycle().promote(first, "operator", "back"))
                .isInstanceOf(IllegalTransitionException.class)
                .hasMessageContainingAll("is DEACTIVATED and cannot become ACTIVE", "rotate the key type");
    }

    @Test
    void doesNotSealUnderAVersionThatIsNotYetActive() {
        keys.ensureActive(TYPE);
        KeyId successor = keys.lifecycle().createSuccessor(TYPE, "operator", "due");
        assertThatThrownBy(() -> cipher(keys).seal(successor, PLAINTEXT)).isInstanceOf(SealingRefusedException.class);
    }

    @Test
    void makesNoNewVersionByItselfWhenTheOnlyOneIsOutOfUse() {
        keys.lifecycle()
                .markCompromised(keys.lifecycle().createSuccessor(TYPE, "operator", "first"), "operator", "lost");
        assertThatThrownBy(() -> keys.ensureActive(TYPE))
                .isInstanceOf(SealingRefusedException.class)
                .hasMessageContaining("rotate the key type");
    }

    @ParameterizedTest
    @EnumSource(names = {"DEACTIVATED", "COMPROMISED"})
    void opensUnderAVersionThatNoLongerSeals(KeyState state) {
        assertThat(openAfter(state)).isEqualTo(PLAINTEXT);
    }

    @Test
    void opensWhatAnotherNodeSealedUnderAVersionThatIsNotYetActiveHere() {
        keys.ensureActive(TYPE);
        KeyId successor = keys.lifecycle().createSuccessor(TYPE, "operator", "due");
        KeyRegistry other = open("production", "kek");
        other.lifecycle().promote(successor, "operator", "due");
        byte[] sealed = cipher(other).seal(TYPE, PLAINTEXT);
        assertThat(keys.keyring().version(successor)).map(KeyVersion::state).contains(KeyState.PRE_ACTIVE);
        assertThat(cipher(keys).open(sealed)).isEqualTo(PLAINTEXT);
    }

    @Test
    void opensNothingUnderASuspendedVersion() {
        assertThatThrownBy(() -> openAfter(KeyState.SUSPENDED)).isInstanceOf(SuspendedKeyException.class);
    }

    @ParameterizedTest
    @EnumSource(names = {"PENDING_DESTROY", "DESTROYED"})
    void opensNothingUnderADestroyedVersion(KeyState state) {
        assertThatThrownBy(() -> openAfter(state)).isInstanceOf(DestroyedKeyException.class);
    }

    @Test
    void neitherOpensNorSealsInAFormatFromTheFuture() {
        KeyId first = keys.ensureActive(TYPE);
        byte[] sealed = cipher(keys).seal(TYPE, PLAINTEXT);
        WrappedKey key = store.key(first);
        Resealing.put(
                store,
                new WrappedKey(key.metadata(), KeyMaterial.FORMAT + 1, key.kekId(), key.fingerprint(), key.wrapped()),
                new TestKek("kek"),
                "production");
        clock.advance(Duration.ofSeconds(1));
        assertThatThrownBy(() -> cipher(keys).open(sealed)).isInstanceOf(NewerFormatException.class);
        assertThatThrownBy(() -> cipher(keys).seal(TYPE, PLAINTEXT))
                .isInstanceOf(SealingRefusedException.class)
                .hasMessageContaining("upgrade Reseal");
    }

    @Test
    void refusesKeysOfAnotherKek() {
        keys.ensureActive(TYPE);
        assertThatThrownBy(() -> open("production", "stranger"))
                .isInstanceOf(ResealConfigurationException.class)
                .hasMessageContainingAll("'kek'", "'stranger'", "reseal.kek");
    }

    @Test
    void refusesKeysOfAnotherEnvironment() {
        keys.ensureActive(TYPE);
        assertThatThrownBy(() -> open("staging", "kek"))
                .isInstanceOf(ResealConfigurationException.class)
                .hasMessageContainingAll("'staging'", "reseal.environment");
    }

    @Test
    void refusesAKeyThatWasCopiedOverAnother() {
        WrappedKey first = store.key(keys.ensureActive(TYPE));
        WrappedKey second = store.key(keys.lifecycle().createSuccessor(TYPE, "operator", "due"));
        Resealing.put(
                store,
                new WrappedKey(second.metadata(), first.format(), first.kekId(), first.fingerprint(), first.wrapped()),
                new TestKek("kek"),
                "production");
        assertThatThrownBy(keys::refresh).isInstanceOf(ResealConfigurationException.class);
    }

    @Test
    void aSilentKekTakesNothingFromANodeThatKnowsItsKeys() {
        AtomicBoolean silent = new AtomicBoolean();
        KeyRegistry node = open(failing(silent));
        node.ensureActive(TYPE);
        byte[] sealed = cipher(node).seal(TYPE, PLAINTEXT);
        silent.set(true);
        KeyId successor = keys.lifecycle().createSuccessor(TYPE, "operator", "due");
        clock.advance(Duration.ofSeconds(1));
        assertThat(cipher(node).open(sealed)).isEqualTo(PLAINTEXT);
        assertThat(cipher(node).seal(TYPE, PLAINTEXT)).isNotEmpty();
        clock.advance(Duration.ofSeconds(5));
        assertThat(cipher(node).open(sealed)).isEqualTo(PLAINTEXT);
        assertThatThrownBy(() -> cipher(node).seal(TYPE, PLAINTEXT)).isInstanceOf(SealingRefusedException.class);
        silent.set(false);
        assertThat(cipher(node).seal(TYPE, PLAINTEXT)).isNotEmpty();
        assertThat(node.keyring().versions(TYPE)).extracting(KeyVersion::id).contains(successor);
    }

    @Test
    void aPromotionNeedsNoKekWhereTheKeyIsKnown() {
        AtomicBoolean silent = new AtomicBoolean();
        keys.ensureActive(TYPE);
        KeyId successor = keys.lifecycle().createSuccessor(TYPE, "operator", "due");
        KeyRegistry node = open(failing(silent));
        silent.set(true);
        keys.lifecycle().promote(successor, "operator", "due");
        clock.advance(Duration.ofSeconds(5));
        assertThat(node.sealing(TYPE)).isEqualTo(successor);
    }

    @Test
    void refusesAValueThatWasMovedToAnotherContext() {
        keys.ensureActive(TYPE);
        byte[] sealed = cipher(keys).seal(TYPE, PLAINTEXT);
        assertThatThrownBy(() -> new FieldCipher(keys, "t.other").open(sealed))
                .isInstanceOf(TamperedValueException.class)
                .hasMessageContaining("t.other");
    }

    private byte[] openAfter(KeyState state) {
        KeyId first = keys.ensureActive(TYPE);
        byte[] sealed = cipher(keys).seal(TYPE, PLAINTEXT);
        KeyRegistry other = open("production", "kek");
        other.lifecycle().createSuccessor(TYPE, "operator", "due");
        keys.refresh();
        Lives.lead(other, first, state);
        clock.advance(Duration.ofSeconds(1));
        return cipher(keys).open(sealed);
    }

    private static FieldCipher cipher(KeyRegistry keys) {
        return new FieldCipher(keys, "t.c");
    }

    private KeyRegistry open(String environment, String kek) {
        return open(environment, new TestKek(kek));
    }

    private KeyRegistry open(KeyEncryption kek) {
        return open("production", kek);
    }

    private KeyRegistry open(String environment, KeyEncryption kek) {
        ResealSettings settings = ResealSettings.from(
                Map.of(ResealSettings.KEY_STORE, "jdbc:unused", ResealSettings.ENVIRONMENT, environment));
        return KeyRegistry.open(store, kek, KeyTypes.standard(), settings, clock);
    }

    /** Wraps as the others do, and unwraps unless it is silent. */
    private static KeyEncryption failing(AtomicBoolean silent) {
        TestKek kek = new TestKek("kek");
        return new KeyEncryption() {
            @Override
            public String id() {
                return kek.id();
            }

            @Override
            public byte[] wrap(byte[] keyset, byte[] associatedData) throws GeneralSecurityException {
                return kek.wrap(keyset, associatedData);
            }

            @Override
            public byte[] unwrap(byte[] wrapped, byte[] associatedData) throws GeneralSecurityException {
                if (silent.get()) {
                    throw new GeneralSecurityException("the key management service is down");
                }
                return kek.unwrap(wrapped, associatedData);
            }
        };
    }

    private static <T> List<T> race(Collection<Callable<T>> racers) throws Exception {
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
