package io.reseal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.reseal.ResealSettings;
import io.reseal.SealingRefusedException;
import io.reseal.crypto.FieldCipher;
import io.reseal.testing.MemoryKeyStore;
import io.reseal.testing.TestClock;
import io.reseal.testing.TestKek;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KeyUsageTest {

    private static final KeyType TYPE = KeyType.TOKEN_ENCRYPTION;
    private static final KeyId FIRST = new KeyId(TYPE, 1);
    private static final byte[] PLAINTEXT = {1, 2, 3};

    private final TestClock clock = TestClock.standing();
    private final MemoryKeyStore store = new MemoryKeyStore(clock);
    private final KeyRegistry keys = open();
    private final FieldCipher cipher = new FieldCipher(keys, "t.c");

    @Test
    void reservesABlockBeforeItSealsAndCountsWhatItDid() {
        keys.ensureActive(TYPE);
        byte[] sealed = cipher.seal(TYPE, PLAINTEXT);
        cipher.seal(FIRST, PLAINTEXT);
        cipher.open(sealed);
        assertThat(keys.usage()).containsExactly(new KeyUsage(FIRST, VersionUsage.MIN_BLOCK, 2, 1));
        assertThat(keys.usage()).as("counted once").containsExactly(new KeyUsage(FIRST, VersionUsage.MIN_BLOCK, 2, 1));
    }

    @Test
    void sealsNothingBeyondWhatIsReservedWhileTheStoreIsSilent() {
        keys.ensureActive(TYPE);
        cipher.seal(TYPE, PLAINTEXT);
        store.fail(true);
        for (long i = 1; i < VersionUsage.MIN_BLOCK; i++) {
            cipher.seal(TYPE, PLAINTEXT);
        }
        assertThatThrownBy(() -> cipher.seal(TYPE, PLAINTEXT))
                .isInstanceOf(SealingRefusedException.class)
                .hasMessageContainingAll("token_encryption version 1", "used up", "reseal.keystore");
        store.fail(false);
        assertThat(cipher.seal(TYPE, PLAINTEXT)).isNotEmpty();
        assertThat(keys.usage().get(0).sealed()).isEqualTo(VersionUsage.MIN_BLOCK + 1);
    }

    /** The rotation counts on nobody sealing under the predecessor once this node has taken note of it. */
    @Test
    void sealsUnderTheSuccessorWhenARotationPassedWhileItWaitedForAReservation() {
        keys.ensureActive(TYPE);
        store.whileReserving(this::rotate);
        assertThat(cipher.seal(TYPE, PLAINTEXT)).startsWith(new KeyId(TYPE, 2).header());

        exhaust();
        store.whileReserving(this::rotate);
        assertThatThrownBy(() -> cipher.seal(new KeyId(TYPE, 2), PLAINTEXT))
                .isInstanceOf(SealingRefusedException.class)
                .hasMessageContaining("version 2 is not active");
    }

    private void rotate() {
        KeyId successor = keys.lifecycle().createSuccessor(TYPE, "operator", "due");
        keys.refresh();
        keys.lifecycle().promote(successor, "operator", "due");
        keys.refresh();
    }

    private void exhaust() {
        for (long i = 1; i < VersionUsage.MIN_BLOCK; i++) {
            cipher.seal(TYPE, PLAINTEXT);
        }
    }

    @Test
    void blocksGrowWithTheRateAndShrinkAgainWithinBounds() {
        VersionUsage usage = new VersionUsage(FIRST, store, new TwoClocks(clock), Duration.ofMinutes(1));
        long block = VersionUsage.MIN_BLOCK;
        for (long sum = block; block < VersionUsage.MAX_BLOCK; sum += block) {
            exhaust(usage, block, sum);
            block = Math.min(VersionUsage.MAX_BLOCK, block * 4);
        }
        exhaust(usage, VersionUsage.MAX_BLOCK, reserved() + VersionUsage.MAX_BLOCK);
        exhaust(usage, VersionUsage.MAX_BLOCK, reserved() + VersionUsage.MAX_BLOCK);
        clock.advance(Duration.ofMinutes(1));
        exhaust(usage, VersionUsage.MAX_BLOCK, reserved() + VersionUsage.MAX_BLOCK);
        clock.advance(Duration.ofMinutes(6));
        long before = reserved();
        usage.seal();
        assertThat(reserved()).isEqualTo(before + VersionUsage.MAX_BLOCK / 4);
    }

    private void exhaust(VersionUsage usage, long block, long expected) {
        for (long i = 0; i < block; i++) {
            usage.seal();
        }
        assertThat(reserved()).isEqualTo(expected);
    }

    private long reserved() {
        return store.usage().stream().mapToLong(KeyUsage::reserved).sum();
    }

    @Test
    void reservesAheadWhenHalfOfABlockIsGone() {
        VersionUsage usage = new VersionUsage(FIRST, store, new TwoClocks(clock), Duration.ofMinutes(1));
        for (long i = 0; i < VersionUsage.MIN_BLOCK / 2; i++) {
            usage.seal();
        }
        usage.reserveAhead();
        assertThat(reserved()).isEqualTo(VersionUsage.MIN_BLOCK);
        usage.seal();
        usage.reserveAhead();
        assertThat(reserved()).isEqualTo(5 * VersionUsage.MIN_BLOCK);
    }

    @Test
    void theNumberReservedByAllNodesMakesARotationDue() {
        keys.ensureActive(TYPE);
        cipher.seal(TYPE, PLAINTEXT);
        new FieldCipher(open(), "t.c").seal(TYPE, PLAINTEXT);
        KeyUsage usage = keys.usage().get(0);
        assertThat(usage.reserved()).isEqualTo(2 * VersionUsage.MIN_BLOCK);
        KeyPolicy policy = KeyPolicies.standard().of(TYPE);
        KeyVersion active = keys.keyring().active(TYPE).orElseThrow();
        assertThat(policy.due(active, keys.usage(), clock.instant()).isDue()).isFalse();
        store.reserveUsage(FIRST, KeyPolicy.MAX_USAGE - usage.reserved());
        assertThat(policy.due(active, keys.usage(), clock.instant()))
                .isEqualTo(new Due.ByUsage(3_865_470_566L, 3_865_470_566L));
    }

    @Test
    void writesDownWhatWasDoneByTheHour() {
        keys.ensureActive(TYPE);
        byte[] sealed = cipher.seal(TYPE, PLAINTEXT);
        assertThat(keys.operations(Instant.EPOCH)).hasSize(1);
        clock.advance(Duration.ofHours(1));
        assertThat(keys.operations(clock.instant())).isEmpty();
        cipher.seal(TYPE, PLAINTEXT);
        cipher.open(sealed);
        cipher.open(sealed);
        keys.close();
        store.fail(false);
        assertThat(store.operations(Instant.EPOCH))
                .extracting(KeyOperations::direction, KeyOperations::operations)
                .containsExactly(tuple(Direction.SEAL, 1L), tuple(Direction.OPEN, 2L), tuple(Direction.SEAL, 1L));
    }

    private KeyRegistry open() {
        ResealSettings settings = ResealSettings.from(Map.of(ResealSettings.KEY_STORE, "jdbc:unused"));
        return KeyRegistry.open(store, new TestKek("kek"), KeyTypes.standard(), settings, clock);
    }
}
