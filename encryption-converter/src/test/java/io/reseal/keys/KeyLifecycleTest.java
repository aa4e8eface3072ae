package io.reseal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.DestroyedKeyException;
import io.reseal.IllegalTransitionException;
import io.reseal.ResealSettings;
import io.reseal.SealingRefusedException;
import io.reseal.SuspendedKeyException;
import io.reseal.crypto.FieldCipher;
import io.reseal.keys.spi.StoredKeys;
import io.reseal.testing.MemoryKeyStore;
import io.reseal.testing.TestClock;
import io.reseal.testing.TestKek;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KeyLifecycleTest {

    private static final KeyType TYPE = KeyType.TOKEN_ENCRYPTION;
    private static final byte[] PLAINTEXT = {1, 2, 3};
    private static final String WHO = "operator";
    private static final String WHY = "test";

    private final TestClock clockOfTheStore = TestClock.standing();
    private final MemoryKeyStore store = new MemoryKeyStore(clockOfTheStore);
    private final TestClock clock = TestClock.standing();
    private final KeyRegistry keys = KeyRegistry.open(
            store,
            new TestKek("kek"),
            KeyTypes.standard(),
            ResealSettings.from(Map.of(ResealSettings.KEY_STORE, "jdbc:unused")),
            clock);
    private final KeyLifecycle lifecycle = keys.lifecycle();
    private final FieldCipher cipher = new FieldCipher(keys, "t.c");

    @ParameterizedTest
    @EnumSource(names = {"DEACTIVATED", "SUSPENDED", "COMPROMISED"})
    void theActiveVersionLeavesOnlyTogetherWithItsSuccessorsPromotion(KeyState to) {
        KeyId first = keys.ensureActive(TYPE);
        KeyVersion promoted = lifecycle.promote(successor(), to, WHO, WHY);
        assertThat(promoted.state()).isEqualTo(KeyState.ACTIVE);
        assertThat(state(first)).isEqualTo(to);
        assertThat(keys.sealing(TYPE)).isEqualTo(promoted.id());
    }

    /** Between an emergency's successor and its promotion, the scheduled rotation may promote that successor. */
    @ParameterizedTest
    @EnumSource(names = {"SUSPENDED", "COMPROMISED"})
    void aPromotionThatSomebodyElseHasMadeStillMarksThePredecessor(KeyState to) {
        KeyId first = keys.ensureActive(TYPE);
        KeyId second = successor();
        lifecycle.promote(second, WHO, WHY);
        assertThat(lifecycle.promote(second, to, WHO, WHY).state()).isEqualTo(KeyState.ACTIVE);
        assertThat(state(first)).isEqualTo(to);
        long generation = store.generation();
        lifecycle.promote(second, to, WHO, WHY);
        assertThat(store.generation()).isEqualTo(generation);
    }

    /** Grace runs from then on. */
    @Test
    void noSingleClockThatIsBehindDatesARetirementBack() {
        KeyId first = keys.ensureActive(TYPE);
        Instant right = clock.instant().plus(Duration.ofDays(90));
        clockOfTheStore.set(right);
        KeyId second = lifecycle.promote(successor(), WHO, WHY).id();
        assertThat(version(first).deactivated()).contains(right);
        Instant later = right.plus(Duration.ofDays(90));
        clock.set(later);
        lifecycle.promote(successor(), WHO, WHY);
        assertThat(version(second).deactivated()).contains(later);
    }

    /** An approval is for one suspension: another one at the same instant, or by a node whose clock is behind, is not it. */
    @Test
    void twoStaysInOneStateNeverBeginAtTheSameMoment() {
        KeyId first = keys.ensureActive(TYPE);
        lifecycle.promote(successor(), WHO, WHY);
        KeyVersion suspended = lifecycle.suspend(first, WHO, WHY);
        lifecycle.liftSuspension(first, WHO, WHY);
        clock.advance(Duration.ofMinutes(-1));
        KeyVersion again = lifecycle.suspend(first, WHO, WHY);
        assertThat(again.entered().get(KeyState.SUSPENDED))
                .isAfter(suspended.entered().get(KeyState.SUSPENDED));
    }

    /** The second of two who call an emergency out may find that the first one's successor is active already. */
    @ParameterizedTest
    @EnumSource(names = {"SUSPENDED", "COMPROMISED"})
    void takingAVersionOutOfUseTwiceLeavesItsSuccessorActive(KeyState to) {
        KeyId first = keys.ensureActive(TYPE);
        KeyId second = successor();
        assertThat(lifecycle.takeOutOfUse(first, to, WHO, WHY).state()).isEqualTo(to);
        KeyId third = successor();
        assertThat(lifecycle.takeOutOfUse(first, to, WHO, WHY).state()).isEqualTo(to);
        assertThat(state(second)).isEqualTo(KeyState.ACTIVE);
        assertThat(state(third)).isEqualTo(KeyState.PRE_ACTIVE);
    }

    @Test
    void takesAnOlderVersionOutOfUseAloneAndAnActiveOneNotWithoutASuccessor() {
        KeyId first = keys.ensureActive(TYPE);
        assertThatThrownBy(() -> lifecycle.takeOutOfUse(first, KeyState.COMPROMISED, WHO, WHY))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no successor that waits");
        KeyId second = lifecycle.promote(successor(), WHO, WHY).id();
        lifecycle.takeOutOfUse(first, KeyState.COMPROMISED, WHO, WHY);
        assertThat(state(first)).isEqualTo(KeyState.COMPROMISED);
        assertThat(state(second)).isEqualTo(KeyState.ACTIVE);
    }

    @Test
    void theNumbersIssuedBeforeARecoveryAreNoRecordThatAnybodyMayWrite() {
        keys.ensureActive(TYPE);
        ProtectedRecord forgotten = new ProtectedRecord("version-floor", "all", "{}");
        assertThatThrownBy(() -> keys.records().put(forgotten, new AuditEntry(WHO, "put", WHY)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("version-floor");
    }

    @Test
    void anActiveVersionIsNeitherSuspendedNorCompromisedNorDestroyedByItself() {
        KeyId active = keys.ensureActive(TYPE);
        long generation = store.generation();
        assertThatThrownBy(() -> lifecycle.suspend(active, WHO, WHY))
                .isInstanceOf(IllegalTransitionException.class)
                .hasMessageContaining("Promote a successor");
        assertThatThrownBy(() -> lifecycle.markCompromised(active, WHO, WHY))
                .isInstanceOf(IllegalTransitionException.class)
                .hasMessageContaining("Promote a successor");
        assertThatThrownBy(() -> lifecycle.destroy(active, WHO, WHY)).isInstanceOf(IllegalTransitionException.class);
        assertThatThrownBy(() -> lifecycle.proposeDestroy(active, WHO, WHY))
                .isInstanceOf(IllegalTransitionException.class);
        assertThat(store.generation()).isEqualTo(generation);
        assertThat(cipher.seal(TYPE, PLAINTEXT)).isNotEmpty();
    }

    @Test
    void aSuspensionCutsValuesOffUntilItIsLifted() {
        KeyId first = keys.ensureActive(TYPE);
        byte[] sealed = cipher.seal(TYPE, PLAINTEXT);
        lifecycle.promote(successor(), WHO, WHY);
        lifecycle.suspend(first, WHO, WHY);
        assertThatThrownBy(() -> cipher.open(sealed)).isInstanceOf(SuspendedKeyException.class);
        assertThat(lifecycle.liftSuspension(first, WHO, WHY).state()).isEqualTo(KeyState.DEACTIVATED);
        assertThat(cipher.open(sealed)).isEqualTo(PLAINTEXT);
        assertThatThrownBy(() -> cipher.seal(first, PLAINTEXT)).isInstanceOf(SealingRefusedException.class);
    }

    @Test
    void aCompromisedVersionOpensAndStaysCompromisedWhenItsDestructionIsCancelled() {
        KeyId first = keys.ensureActive(TYPE);
        byte[] sealed = cipher.seal(TYPE, PLAINTEXT);
        lifecycle.promote(successor(), KeyState.COMPROMISED, WHO, WHY);
        assertThat(cipher.open(sealed)).isEqualTo(PLAINTEXT);
        lifecycle.proposeDestroy(first, WHO, WHY);
        assertThatThrownBy(() -> cipher.open(sealed)).isInstanceOf(DestroyedKeyException.class);
        assertThat(lifecycle.cancelDestroy(first, WHO, WHY).state()).isEqualTo(KeyState.COMPROMISED);
        assertThat(cipher.open(sealed)).isEqualTo(PLAINTEXT);
    }

    @Test
    void onlyACancellationTakesAVersionBackFromItsDestruction() {
        KeyId first = keys.ensureActive(TYPE);
        lifecycle.promote(successor(), WHO, WHY);
        lifecycle.proposeDestroy(first, WHO, WHY);
        assertThatThrownBy(() -> lifecycle.liftSuspension(first, WHO, WHY))
                .isInstanceOf(IllegalTransitionException.class)
                .hasMessageContaining("Cancel the destruction first");
        assertThat(state(first)).isEqualTo(KeyState.PENDING_DESTROY);
    }

    @Test
    void cancelsNothingThatDoesNotWait() {
        KeyId first = keys.ensureActive(TYPE);
        assertThatThrownBy(() -> lifecycle.cancelDestroy(first, WHO, WHY))
                .isInstanceOf(IllegalTransitionException.class)
                .hasMessageContaining("nothing to cancel");
    }

    @Test
    void destructionErasesTheMaterial() {
        KeyId first = keys.ensureActive(TYPE);
        byte[] sealed = cipher.seal(TYPE, PLAINTEXT);
        lifecycle.promote(successor(), WHO, WHY);
        clock.advance(Duration.ofDays(30));
        lifecycle.proposeDestroy(first, WHO, WHY);
        clock.advance(Duration.ofDays(7));
        KeyVersion destroyed = lifecycle.destroy(first, WHO, WHY);
        assertThat(store.key(first).wrapped().size()).isZero();
        assertThat(destroyed.entered(KeyState.DESTROYED)).contains(clock.instant());
        assertThat(destroyed.entered(KeyState.PENDING_DESTROY))
                .contains(clock.instant().minus(Duration.ofDays(7)));
        assertThatThrownBy(() -> cipher.open(sealed)).isInstanceOf(DestroyedKeyException.class);
    }

    @Test
    void anUnusedVersionIsDestroyedAtOnce() {
        keys.ensureActive(TYPE);
        KeyId unused = successor();
        assertThat(lifecycle.destroy(unused, WHO, WHY).state()).isEqualTo(KeyState.DESTROYED);
        assertThat(store.key(unused).wrapped().size()).isZero();
    }

    /** On the copy that was lost, version 2 was active. */
    @Test
    void whatWaitedWhenAnOlderCopyCameBackIsNeitherUsedNorDestroyedAsIfNew() {
        keys.ensureActive(TYPE);
        KeyId waiting = successor();
        StoredKeys older = store.load();
        lifecycle.promote(waiting, WHO, WHY);
        store.overwrite(older);
        keys.refresh();
        keys.recover(WHO, WHY);
        for (ThrowingCallable use : List.<ThrowingCallable>of(
                () -> lifecycle.promote(waiting, WHO, WHY), () -> lifecycle.destroy(waiting, WHO, WHY))) {
            assertThatThrownBy(use)
                    .isInstanceOf(IllegalTransitionException.class)
                    .hasMessageContainingAll(
                            "token_encryption version 2", "the copy that was lost", "mark this one compromised");
        }
        KeyId next = successor();
        assertThat(next).isNotEqualTo(waiting);
        lifecycle.promote(next, WHO, WHY);
        lifecycle.markCompromised(waiting, WHO, WHY);
        lifecycle.proposeDestroy(waiting, WHO, WHY);
        assertThat(lifecycle.destroy(waiting, WHO, WHY).state()).isEqualTo(KeyState.DESTROYED);
    }

    @Test
    void aFirstVersionThatWaitedWhenAnOlderCopyCameBackIsNotTheFirstToSeal() {
        KeyId waiting = successor();
        StoredKeys older = store.load();
        lifecycle.promote(waiting, WHO, WHY);
        store.overwrite(older);
        keys.refresh();
        keys.recover(WHO, WHY);
        assertThat(keys.ensureActive(TYPE)).isNotEqualTo(waiting);
    }

    @Test
    void doingItAgainChangesNothing() {
        KeyId first = keys.ensureActive(TYPE);
        KeyId second = successor();
        lifecycle.promote(second, WHO, WHY);
        lifecycle.proposeDestroy(first, WHO, WHY);
        long generation = store.generation();
        lifecycle.promote(second, WHO, WHY);
        lifecycle.proposeDestroy(first, WHO, WHY);
        assertThat(store.generation()).isEqualTo(generation);
        lifecycle.cancelDestroy(first, WHO, WHY);
        assertThat(lifecycle.cancelDestroy(first, WHO, WHY).state()).isEqualTo(KeyState.DEACTIVATED);
        assertThat(store.generation()).isEqualTo(generation + 1);
    }

    @Test
    void namesAKeyThatTheStoreDoesNotHold() {
        assertThatThrownBy(() -> lifecycle.markCompromised(new KeyId(TYPE, 9), WHO, WHY))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("token_encryption version 9");
    }

    private KeyId successor() {
        return lifecycle.createSuccessor(TYPE, WHO, WHY);
    }

    private KeyState state(KeyId key) {
        return version(key).state();
    }

    private KeyVersion version(KeyId key) {
        return keys.refresh().version(key).orElseThrow();
    }
}
