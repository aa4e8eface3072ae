package io.reseal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.ResealSettings;
import io.reseal.SealingRefusedException;
import io.reseal.keys.spi.StoredKeys;
import io.reseal.testing.MemoryAnchor;
import io.reseal.testing.MemoryKeyStore;
import io.reseal.testing.TestClock;
import io.reseal.testing.TestKek;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Two nodes whose anchors remember different pasts of one key store, of which an older copy was restored. */
class TwoAnchorsTest {

    private static final KeyType TYPE = KeyType.TOKEN_ENCRYPTION;
    private static final String WHO = "operator";

    private final MemoryKeyStore store = new MemoryKeyStore();
    private final MemoryAnchor anchorA = new MemoryAnchor();
    private final MemoryAnchor anchorB = new MemoryAnchor();

    @Test
    void whatOnlyTheOtherAnchorRemembersIsNotIssuedAgain() {
        StoredKeys older = rotated(anchorA);
        rotate(open(anchorA));
        KeyId lost = rotate(open(anchorB));
        store.overwrite(older);
        KeyRegistry a = open(anchorA);
        a.recover(WHO, "");
        assertThat(rotate(a).version()).isGreaterThan(lost.version());
        KeyRegistry b = open(anchorB);
        assertThat(b.status().problems())
                .as("the recovery left out what B has seen")
                .isEmpty();
        assertThat(rotate(b).version()).isGreaterThan(lost.version());
    }

    @Test
    void aRecoveryThatKnewLessThanAnAnchorIsRefusedUntilItIsDoneAgain() {
        StoredKeys older = rotated(anchorA);
        KeyRegistry b = open(anchorB);
        for (int i = 0; i <= Recoveries.SKIPPED + 10; i++) {
            b.records().put(new ProtectedRecord("policy", "a", "{\"days\":" + i + "}"), entry());
        }
        long lost = store.generation();
        store.overwrite(older);
        rotate(open(anchorA));
        store.overwrite(older);
        KeyRegistry a = open(anchorA);
        a.recover(WHO, "");
        while (store.generation() <= lost) {
            a.records().put(new ProtectedRecord("policy", "b", "{\"days\":" + store.generation() + "}"), entry());
        }
        KeyRegistry refusing = open(anchorB);
        assertThatThrownBy(() -> refusing.sealing(TYPE))
                .isInstanceOf(SealingRefusedException.class)
                .hasMessageContainingAll("was recovered", "generation " + lost, "the copy that was lost", "recover(");
        refusing.recover(WHO, "");
        assertThat(refusing.status().problems()).isEmpty();
        assertThat(open(anchorB).status().problems()).isEmpty();
        assertThat(open(anchorA).status().problems()).isEmpty();
    }

    @Test
    void twoRecoveriesOfOneCopyAreNotTakenForEachOther() {
        StoredKeys older = rotated(anchorA);
        rotate(open(anchorA));
        StoredKeys newer = store.load();
        open(anchorB);
        store.overwrite(older);
        open(anchorA).recover(WHO, "here");
        StoredKeys first = store.load();
        store.overwrite(older);
        open(anchorB).recover(WHO, "there");
        assertThat(store.generation()).isEqualTo(first.generation());
        assertThat(newer.generation()).isLessThan(store.generation());
        assertThat(open(anchorA).status().problems())
                .singleElement()
                .asString()
                .contains("another content of that generation");
        rotate(open(anchorB));
        assertThat(open(anchorA).status().problems()).singleElement().asString().contains("lacks a recovery");
    }

    /** The first recovery is lost with the copy that was restored again; the second one knew of it. */
    @Test
    void aSecondRecoveryOfTheSameCopyStandsForTheFirstOne() {
        StoredKeys older = rotated(anchorA);
        rotate(open(anchorA));
        open(anchorB);
        store.overwrite(older);
        open(anchorA).recover(WHO, "once");
        open(anchorB);
        store.overwrite(older);
        open(anchorA).recover(WHO, "twice");
        assertThat(open(anchorB).status().problems()).isEmpty();
    }

    @Test
    void aCopyOfBeforeARecoveryIsNotTheStoreHoweverFarItHasCome() {
        StoredKeys older = rotated(anchorA);
        rotate(open(anchorA));
        store.overwrite(older);
        open(anchorA).recover(WHO, "");
        long recovered = store.generation();
        store.overwrite(older);
        KeyRegistry unaware = open(new MemoryAnchor());
        while (store.generation() <= recovered) {
            unaware.records().put(new ProtectedRecord("policy", "a", "{\"days\":" + store.generation() + "}"), entry());
        }
        assertThat(open(anchorA).status().problems()).singleElement().asString().contains("lacks a recovery");
    }

    @Test
    void aProcessThatRunsNoticesAnotherContentOfItsGeneration() {
        StoredKeys older = rotated(anchorA);
        KeyRegistry node = open(anchorA);
        rotate(node);
        long generation = store.generation();
        store.overwrite(older);
        KeyRegistry other = open(new MemoryAnchor());
        while (store.generation() < generation) {
            other.records().put(new ProtectedRecord("policy", "a", "{\"days\":" + store.generation() + "}"), entry());
        }
        node.refresh();
        assertThatThrownBy(() -> node.sealing(TYPE)).hasMessageContaining("another content of that generation");
    }

    @Test
    void anotherStoreUnderTheSameKekIsNotTakenForThisOne() {
        rotated(anchorA);
        KeyRegistry node = open(anchorA);
        store.overwrite(StoredKeys.NONE);
        KeyRegistry other = open(anchorB);
        other.ensureActive(TYPE);
        while (store.generation() < 9) {
            rotate(other);
        }
        node.refresh();
        assertThatThrownBy(() -> node.sealing(TYPE)).hasMessageContaining("another key store");
        assertThatThrownBy(() -> open(anchorA).sealing(TYPE)).hasMessageContaining("is not this key store's");
    }

    @Test
    void aStoreThatLostEverythingIsRecoveredAsTheOneThatItWas() {
        rotated(anchorA);
        open(anchorB);
        store.overwrite(StoredKeys.NONE);
        open(anchorA).recover(WHO, "the database is lost");
        assertThat(open(anchorB).status().problems())
                .as("B's anchor is still this store's")
                .isEmpty();
    }

    @Test
    void anEditedAnchorIsNotTheEndOfAllNumbersWhenNothingElseIsLeft() {
        rotated(anchorA);
        store.overwrite(StoredKeys.NONE);
        anchorA.update(text -> text.map(anchor -> anchor.replaceAll("encryption \\d", "encryption 16777215")
                .replaceAll("generation \\d", "generation 999999999999999999")));
        KeyRegistry node = open(anchorA);
        assertThatThrownBy(() -> node.ensureActive(TYPE)).hasMessageContaining("was edited");
        node.recover(WHO, "the database is lost");
        KeyId next = node.ensureActive(TYPE);
        assertThat(next.version()).isBetween(100_000, 200_000);
        rotate(node);
    }

    private static AuditEntry entry() {
        return new AuditEntry(WHO, "set-policy", "");
    }

    /** Version 2 is active. */
    private StoredKeys rotated(MemoryAnchor anchor) {
        rotate(open(anchor));
        return store.load();
    }

    private static KeyId rotate(KeyRegistry node) {
        node.ensureActive(TYPE);
        return node.lifecycle()
                .promote(node.lifecycle().createSuccessor(TYPE, WHO, ""), WHO, "")
                .id();
    }

    private KeyRegistry open(MemoryAnchor anchor) {
        ResealSettings settings =
                ResealSettings.from(Map.of(ResealSettings.KEY_STORE, "jdbc:unused", ResealSettings.ANCHOR, anchor));
        return KeyRegistry.open(store, new TestKek("kek"), KeyTypes.standard(), settings, TestClock.standing());
    }
}
