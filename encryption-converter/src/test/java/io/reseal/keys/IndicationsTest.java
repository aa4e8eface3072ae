package io.reseal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.reseal.CompromisedKeyException;
import io.reseal.KeyStoreUnavailableException;
import io.reseal.NewerFormatException;
import io.reseal.ResealSettings;
import io.reseal.UnreadableValueException;
import io.reseal.crypto.FieldCipher;
import io.reseal.keys.spi.WrappedKey;
import io.reseal.testing.MemoryKeyStore;
import io.reseal.testing.TestClock;
import io.reseal.testing.TestKek;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class IndicationsTest {

    private static final KeyType TYPE = KeyType.DATABASE_ENCRYPTION;
    private static final byte[] PLAINTEXT = {1, 2, 3};
    private static final String OLD = "database_encryption version 1";
    private static final Instant MINUTE = Instant.parse("2037-01-02T03:04:00Z");

    private final MemoryKeyStore store = new MemoryKeyStore();
    private final TestClock clock = TestClock.standing();
    private final KeyRegistry keys = open(clock);
    private final FieldCipher cipher = new FieldCipher(keys, "t.c");

    private KeyRegistry open(TestClock clock) {
        return KeyRegistry.open(
                store,
                new TestKek("kek"),
                KeyTypes.standard(),
                ResealSettings.from(Map.of(ResealSettings.KEY_STORE, "jdbc:unused", ResealSettings.REFRESH, "PT0.05S")),
                clock);
    }

    private byte[] sealed() {
        keys.ensureActive(TYPE);
        return cipher.seal(TYPE, PLAINTEXT);
    }

    /** The first version's successor is active, and the first is where it is wanted. */
    private void retire(KeyState state) {
        KeyLifecycle lifecycle = keys.lifecycle();
        KeyId old = new KeyId(TYPE, 1);
        lifecycle.promote(lifecycle.createSuccessor(TYPE, "test", "test"), "test", "test");
        switch (state) {
            case SUSPENDED -> lifecycle.suspend(old, "test", "test");
            case COMPROMISED -> lifecycle.markCompromised(old, "test", "test");
            case PENDING_DESTROY, DESTROYED -> lifecycle.proposeDestroy(old, "test", "test");
            case PRE_ACTIVE, ACTIVE, DEACTIVATED -> {}
        }
        if (state == KeyState.DESTROYED) {
            lifecycle.destroy(old, "test", "test");
        }
    }

    private void failsToOpen(byte[] value) {
        assertThatThrownBy(() -> cipher.open(value)).isInstanceOf(UnreadableValueException.class);
    }

    private List<String> met() {
        return keys.indications(Instant.EPOCH).stream()
                .map(met -> met.indicator() + " " + met.column() + " " + met.key() + " " + met.times())
                .toList();
    }

    @Test
    void whatOpensIsNoSignOfAnything() {
        byte[] value = sealed();
        assertThat(cipher.open(value)).isEqualTo(PLAINTEXT);
        retire(KeyState.DEACTIVATED);
        assertThat(cipher.open(value)).isEqualTo(PLAINTEXT);
        assertThat(met()).isEmpty();
    }

    @Test
    void aChangedAndAMisplacedValueAreTampered() {
        byte[] value = sealed();
        byte[] changed = value.clone();
        changed[changed.length - 1] ^= 1;
        failsToOpen(changed);
        failsToOpen(new FieldCipher(keys, "t.other").seal(TYPE, PLAINTEXT));
        assertThat(met()).containsExactly("TAMPERED_VALUE t.c " + OLD + " 2");
    }

    @Test
    void whatIsNotSealedIsPlaintext() {
        keys.ensureActive(TYPE);
        failsToOpen("a name that nobody sealed, and that is long enough".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> cipher.openText("rs:x")).isInstanceOf(UnreadableValueException.class);
        assertThat(met()).containsExactly("PLAINTEXT_VALUE t.c  2");
    }

    @Test
    void aKeyThatTheStoreDoesNotHoldIsNamed() {
        byte[] value = sealed();
        value[4] = 9;
        failsToOpen(value);
        value[1] = 77;
        failsToOpen(value);
        assertThat(met())
                .containsExactly(
                        "UNKNOWN_KEY t.c a key type with code 77 version 9 1",
                        "UNKNOWN_KEY t.c database_encryption version 9 1");
    }

    @Test
    void eachAttemptUnderAKeyThatMayNotBeUsedCounts() {
        byte[] value = sealed();
        retire(KeyState.SUSPENDED);
        failsToOpen(value);
        assertThat(met()).containsExactly("SUSPENDED_KEY t.c " + OLD + " 1");
    }

    @Test
    void anAttemptUnderAKeyThatWaitsForItsDestructionOrIsDestroyedCounts() {
        byte[] value = sealed();
        retire(KeyState.PENDING_DESTROY);
        failsToOpen(value);
        keys.lifecycle().destroy(new KeyId(TYPE, 1), "test", "test");
        failsToOpen(value);
        assertThat(met()).containsExactly("DESTROYED_KEY t.c " + OLD + " 1", "PENDING_DESTROY_KEY t.c " + OLD + " 1");
    }

    @Test
    void openingsUnderACompromisedKeyCountUnlessTheyEndIt() {
        byte[] value = sealed();
        retire(KeyState.COMPROMISED);
        cipher.open(value);
        cipher.open(value);
        FieldCipher.reencrypting(keys, "t.c").open(value);
        assertThat(met()).containsExactly("COMPROMISED_KEY t.c " + OLD + " 2");
    }

    /** Whoever reads these counts wants to know what was used that may be forged, and who still asks for it. */
    @Test
    void whatIsRefusedUnderACompromisedKeyIsNotOpened() {
        byte[] value = sealed();
        retire(KeyState.COMPROMISED);
        cipher.open(value);
        keys.records()
                .put(
                        new StrictRefusal(new KeyId(TYPE, 1), Optional.of(clock.instant())).record(),
                        new AuditEntry("test", "test", "test"));
        failsToOpen(value);
        assertThatThrownBy(() -> FieldCipher.reencrypting(keys, "t.c").open(value))
                .isInstanceOf(CompromisedKeyException.class);
        assertThat(met())
                .containsExactly("COMPROMISED_KEY t.c " + OLD + " 1", "REFUSED_COMPROMISED_KEY t.c " + OLD + " 2");
        keys.close();
        assertThat(store.notes())
                .extracting(
                        noted -> noted.entry().action(),
                        noted -> noted.entry().detail().replaceAll(",.*", ""))
                .containsExactlyInAnyOrder(
                        tuple("open-under-compromised", "count 1"), tuple("refuse-open-under-compromised", "count 2"));
    }

    @Test
    void aKeyThatIsTooNewForThisReleaseIsNoSignOfAnything() {
        byte[] value = sealed();
        retire(KeyState.COMPROMISED);
        WrappedKey key = store.key(new KeyId(TYPE, 1));
        Resealing.put(
                store,
                new WrappedKey(key.metadata(), KeyMaterial.FORMAT + 1, key.kekId(), key.fingerprint(), key.wrapped()),
                new TestKek("kek"),
                "development");
        keys.refresh();
        assertThatThrownBy(() -> cipher.open(value)).isInstanceOf(NewerFormatException.class);
        assertThat(met()).isEmpty();
    }

    @Test
    void theAuditLogIsToldOnceAnHourAndAtTheEnd() {
        byte[] value = sealed();
        retire(KeyState.COMPROMISED);
        clock.advance(Duration.ofMinutes(1));
        cipher.open(value);
        cipher.open(value);
        met();
        assertThat(store.notes()).isEmpty();
        clock.advance(Duration.ofMinutes(59));
        met();
        met();
        assertThat(store.notes()).singleElement().satisfies(noted -> {
            assertThat(noted.subject()).isEqualTo(OLD + " in t.c");
            assertThat(noted.entry().action()).isEqualTo("open-under-compromised");
            assertThat(noted.entry().detail())
                    .isEqualTo("count 2, from 2037-01-02T03:04:05Z until 2037-01-02T04:04:05Z");
        });
        cipher.open(value);
        keys.close();
        assertThat(store.notes()).hasSize(2);
        assertThat(store.notes().get(1).entry().detail()).startsWith("count 1, from 2037-01-02T04:04:05Z");
    }

    @Test
    void minutesAreToldApart() {
        failsToOpen(new byte[1]);
        keys.indications(Instant.EPOCH);
        clock.advance(Duration.ofMinutes(2));
        failsToOpen(new byte[1]);
        failsToOpen(new byte[1]);
        keys.indications(Instant.EPOCH);
        assertThat(store.indications(Instant.EPOCH))
                .extracting(Indication::minute, Indication::times)
                .containsExactly(tuple(MINUTE, 1L), tuple(MINUTE.plusSeconds(120), 2L));
    }

    @Test
    void whatTheStoreDidNotTakeIsWrittenWhenItAnswers() {
        failsToOpen(new byte[1]);
        store.fail(true);
        failsToOpen(new byte[1]);
        assertThatThrownBy(() -> keys.indications(Instant.EPOCH)).isInstanceOf(KeyStoreUnavailableException.class);
        store.fail(false);
        assertThat(met()).containsExactly("PLAINTEXT_VALUE t.c  2");
    }

    @Test
    void aFloodOfKeysAndColumnsStaysSmallAndIsCountedInFull() {
        Indications flooded = new Indications(store, KeyTypes.standard(), "1@a", clock);
        int columns = Indications.MAX_COLUMNS + 200;
        for (int column = 0; column < columns; column++) {
            flooded.count("t.c" + column, Indicator.UNKNOWN_KEY, 0x02_00_00_01);
        }
        for (int version = 1; version <= 500; version++) {
            flooded.count("t.c0", Indicator.UNKNOWN_KEY, 0x02_00_00_00 | version);
        }
        flooded.write();
        List<Indication> written = store.indications(Instant.EPOCH);
        assertThat(written).hasSize(Indications.MAX_COLUMNS + 1 + ColumnIndications.MAX_KEYS);
        assertThat(written.stream().mapToLong(Indication::times).sum()).isEqualTo(columns + 500);
        assertThat(written)
                .contains(
                        new Indication(
                                "1@a", Indicator.UNKNOWN_KEY, "t.c0", "", MINUTE, 500 - ColumnIndications.MAX_KEYS),
                        new Indication(
                                "1@a",
                                Indicator.UNKNOWN_KEY,
                                Indications.OTHER_COLUMNS,
                                "database_encryption version 1",
                                MINUTE,
                                200));
    }

    @Test
    void threadsLoseNothingWhileItIsWritten() throws Exception {
        int threads = 4;
        int each = 20_000;
        Indications busy = new Indications(store, KeyTypes.standard(), "1@a", clock);
        List<Callable<Boolean>> work = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
            work.add(() -> {
                IntStream.range(0, each).forEach(i -> busy.count("t.c", Indicator.COMPROMISED_KEY, 0x02_00_00_01));
                return true;
            });
            work.add(() -> {
                IntStream.range(0, 200).forEach(i -> busy.write());
                return true;
            });
        }
        ExecutorService executor = Executors.newFixedThreadPool(work.size());
        try {
            executor.invokeAll(work);
        } finally {
            executor.shutdownNow();
        }
        busy.write();
        assertThat(store.indications(Instant.EPOCH))
                .extracting(Indication::times)
                .containsExactly((long) threads * each);
    }

    @Test
    void whatIsTheMatterWithANodeCountsOnceAMinute() {
        Indications own = new Indications(store, KeyTypes.standard(), "1@a", clock);
        own.keep(Set.of(Indicator.CLOCK_BEHIND));
        own.keep(Set.of(Indicator.CLOCK_BEHIND));
        clock.advance(Duration.ofMinutes(1));
        own.keep(Set.of(Indicator.CLOCK_BEHIND));
        own.keep(Set.of());
        assertThat(store.indications(Instant.EPOCH))
                .containsExactly(
                        new Indication("1@a", Indicator.CLOCK_BEHIND, "", "", MINUTE, 1),
                        new Indication("1@a", Indicator.CLOCK_BEHIND, "", "", MINUTE.plusSeconds(60), 1));
    }

    @Test
    void aNodeWhoseClockIsBehindTellsTheOthers() {
        sealed();
        TestClock behind = TestClock.standing();
        behind.advance(Duration.ofHours(-1));
        assertThat(open(behind).indications(Instant.EPOCH))
                .extracting(Indication::indicator)
                .containsExactly(Indicator.CLOCK_BEHIND);
    }

    @Test
    void aNodeTellsOfAKeyStoreThatDidNotAnswerOnceItDoes() {
        sealed();
        store.fail(true);
        clock.advance(Duration.ofSeconds(5));
        assertThat(keys.keyring().versions()).hasSize(1);
        assertThatThrownBy(() -> keys.indications(Instant.EPOCH)).isInstanceOf(KeyStoreUnavailableException.class);
        store.fail(false);
        assertThat(met()).containsExactly("KEY_STORE_UNAVAILABLE   1");
    }

    @Test
    void theThreadThatReadsTheKeysWritesAndClosingWritesTheRest() {
        keys.refreshedInBackground();
        failsToOpen(new byte[1]);
        await().untilAsserted(() -> assertThat(store.indications(Instant.EPOCH)).hasSize(1));
        failsToOpen(new byte[1]);
        keys.close();
        store.fail(false);
        assertThat(store.indications(Instant.EPOCH))
                .extracting(Indication::times)
                .containsExactly(2L);
    }
}
