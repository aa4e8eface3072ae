package io.reseal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.reseal.AnchorUnavailableException;
import io.reseal.KeyStoreUnavailableException;
import io.reseal.ResealSettings;
import io.reseal.SealingRefusedException;
import io.reseal.UnknownKeyException;
import io.reseal.crypto.FieldCipher;
import io.reseal.keys.KeyStoreStatus.Lease;
import io.reseal.keys.KeyStoreStatus.Rollback;
import io.reseal.keys.spi.StoredKeys;
import io.reseal.testing.MemoryKeyStore;
import io.reseal.testing.TestClock;
import io.reseal.testing.TestKek;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class RollbackTest {

    private static final KeyType TYPE = KeyType.TOKEN_ENCRYPTION;
    private static final byte[] PLAINTEXT = {1, 2, 3};
    private static final String WHO = "operator";

    @TempDir
    Path directory;

    private final MemoryKeyStore store = new MemoryKeyStore();
    private final TestClock clock = TestClock.standing();

    @Test
    void aStoreBehindItsAnchorOpensAndRefusesToSealAndToChange() {
        StoredKeys older = rotateTwiceAndRestoreTheOlderCopy();
        KeyRegistry node = open(true);
        KeyId active = node.ensureActive(TYPE);
        assertThat(node.openingCipher(active.tinkKeyId())).isNotNull();
        assertThatThrownBy(() -> new FieldCipher(node, "t.c").seal(TYPE, PLAINTEXT))
                .isInstanceOf(SealingRefusedException.class)
                .hasMessageContainingAll("generation 2", "generation 6", "anchor", "recover");
        assertThatThrownBy(() -> node.lifecycle().createSuccessor(TYPE, WHO, ""))
                .isInstanceOf(SealingRefusedException.class)
                .hasMessageContaining("recover");
        assertThat(store.load()).as("nothing is overwritten").isEqualTo(older);
        assertThat(node.status().rollback()).isEqualTo(Rollback.ROLLED_BACK);
        assertThat(node.status().problems()).singleElement().asString().contains("an older copy was restored");
    }

    @Test
    void recoveryGoesPastTheAnchorAndIssuesNoVersionAgain() {
        rotateTwiceAndRestoreTheOlderCopy();
        KeyRegistry node = open(true);
        node.recover(WHO, "the backup was all that was left");
        assertThat(store.generation()).isEqualTo(6 + Recoveries.SKIPPED);
        assertThat(node.status().rollback()).isEqualTo(Rollback.DETECTABLE);
        assertThat(node.status().problems()).isEmpty();
        assertThat(new FieldCipher(node, "t.c").seal(TYPE, PLAINTEXT)).isNotEmpty();
        assertThat(node.lifecycle().createSuccessor(TYPE, WHO, "")).isEqualTo(afterRecovery(3));
        assertThat(open(true).status().problems()).as("the anchor has followed").isEmpty();
    }

    @Test
    void skippedVersionsStaySkippedOnNodesWithoutTheAnchor() {
        rotateTwiceAndRestoreTheOlderCopy();
        open(true).recover(WHO, "");
        assertThat(open(false).lifecycle().createSuccessor(TYPE, WHO, "")).isEqualTo(afterRecovery(3));
    }

    @Test
    void withoutAnAnchorTheStatusSaysThatARollbackIsNotDetectable() {
        KeyRegistry first = open(false);
        first.ensureActive(TYPE);
        StoredKeys older = store.load();
        rotate(first);
        store.overwrite(older);
        KeyRegistry node = open(false);
        assertThatCode(() -> node.sealing(TYPE)).doesNotThrowAnyException();
        assertThat(node.status().rollback()).hasToString("rollback not detectable");
    }

    @Test
    void aProcessThatSawTheNewerCopyNoticesWithoutAnAnchorAndOpensWhatItKnows() {
        KeyRegistry node = open(false);
        node.ensureActive(TYPE);
        StoredKeys older = store.load();
        rotate(node);
        FieldCipher cipher = new FieldCipher(node, "t.c");
        byte[] sealed = cipher.seal(TYPE, PLAINTEXT);
        store.overwrite(older);
        clock.advance(Duration.ofSeconds(1));
        assertThat(cipher.open(sealed)).isEqualTo(PLAINTEXT);
        assertThatThrownBy(() -> cipher.seal(TYPE, PLAINTEXT))
                .isInstanceOf(SealingRefusedException.class)
                .hasMessageContainingAll("generation 2", "generation 4", "this process", "recover");
        node.recover(WHO, "");
        assertThat(cipher.seal(TYPE, PLAINTEXT)).isNotEmpty();
        assertThatThrownBy(() -> cipher.open(sealed)).isInstanceOf(UnknownKeyException.class);
        assertThat(node.lifecycle().createSuccessor(TYPE, WHO, "")).isEqualTo(afterRecovery(2));
    }

    @Test
    void anEmptyStoreBesideAnAnchorIsARollbackToo() {
        rotate(open(true));
        store.overwrite(StoredKeys.NONE);
        KeyRegistry node = open(true);
        assertThatThrownBy(() -> node.ensureActive(TYPE))
                .isInstanceOf(SealingRefusedException.class)
                .hasMessageContainingAll("generation 0", "generation 4");
        node.recover(WHO, "the database is lost");
        assertThat(node.ensureActive(TYPE)).isEqualTo(afterRecovery(2));
        assertThat(open(true).status().problems()).isEmpty();
    }

    @Test
    void anAnchorThatWasEditedOrBelongsToAnotherStoreIsNotBelieved() throws IOException {
        rotate(open(true));
        String content = Files.readString(anchor());
        for (String edited : new String[] {
            content.replace("generation 4", "generation 3"),
            content.replace("generation 4", "generation 999999999999999999"),
            content.replace("encryption 2", "encryption 16777215"),
            content.replace("mac ", "mac 00"),
            "garbage",
            ""
        }) {
            Files.writeString(anchor(), edited);
            KeyRegistry node = open(true);
            assertThatThrownBy(() -> node.sealing(TYPE))
                    .isInstanceOf(SealingRefusedException.class)
                    .hasMessageContainingAll("is not this key store's, or was edited", "recover");
            assertThat(Files.readString(anchor())).isEqualTo(edited);
        }
        Files.writeString(
                anchor(),
                content.replace("generation 4", "generation 999999999999999999")
                        .replace("encryption 2", "encryption 16777215"));
        open(true).recover(WHO, "the anchor was edited");
        assertThat(open(true).status())
                .isEqualTo(new KeyStoreStatus(4 + Recoveries.SKIPPED, Rollback.DETECTABLE, Lease.NONE, List.of()));
        assertThat(open(true).lifecycle().createSuccessor(TYPE, WHO, "")).isEqualTo(afterRecovery(2));
    }

    @Test
    void theAnchorNeverGoesBack() throws IOException {
        KeyRegistry slow = open(true);
        slow.ensureActive(TYPE);
        KeyRegistry fast = open(true);
        rotate(fast);
        String newest = Files.readString(anchor());
        assertThat(newest).contains("generation 4", "highest token_encryption 2");
        slow.keyring();
        assertThat(Files.readString(anchor())).isEqualTo(newest);
        slow.refresh();
        assertThat(slow.status().problems()).isEmpty();
        assertThat(Files.readString(anchor())).isEqualTo(newest);
    }

    @Test
    void recoversNothingThatIsNotBehind() {
        KeyRegistry node = open(true);
        node.ensureActive(TYPE);
        assertThatThrownBy(() -> node.recover(WHO, ""))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("nothing to recover");
    }

    @Test
    void aStoreThatCannotBeReadIsAProblemUntilItCan() {
        KeyRegistry node = open(false);
        store.fail(true);
        assertThatThrownBy(node::refresh).isInstanceOf(KeyStoreUnavailableException.class);
        assertThat(node.status().problems())
                .singleElement()
                .asString()
                .contains("could not be read the last time", "switched off by the test");
        store.fail(false);
        node.refresh();
        assertThat(node.status().problems()).isEmpty();
    }

    @Test
    void aNodeDoesNotStartWithoutItsAnchorAndGoesOnIfItLosesIt() throws IOException {
        KeyRegistry node = open(true);
        node.ensureActive(TYPE);
        Files.delete(anchor());
        Files.createDirectory(anchor());
        rotate(node);
        assertThat(node.status().problems()).singleElement().asString().contains("cannot be", "reseal.anchor");
        assertThatThrownBy(() -> open(true)).isInstanceOf(AnchorUnavailableException.class);
    }

    @Test
    void anAnchorThatIsGoneIsWarnedOfUnlessTheStoreIsNew() throws IOException {
        Logger logger = (Logger) LoggerFactory.getLogger(RollbackWatch.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        try {
            KeyRegistry node = open(true);
            rotate(node);
            assertThat(log.list).as("a new store").isEmpty();
            Files.delete(anchor());
            node.refresh();
            assertThat(log.list).as("while a node runs").hasSize(1);
            Files.delete(anchor());
            open(true);
            assertThat(log.list).as("at a start").hasSize(2).allSatisfy(event -> {
                assertThat(event.getLevel()).isEqualTo(Level.WARN);
                assertThat(event.getFormattedMessage())
                        .contains(anchor().toString(), "generation 4", "A new one is written");
            });
            assertThat(anchor()).exists();
        } finally {
            logger.detachAppender(log);
        }
    }

    @Test
    void aClockThatGoesBackwardsIsNamedAndTakesNoMomentBack() {
        KeyRegistry node = open(true);
        KeyId first = node.ensureActive(TYPE);
        clock.advance(Duration.ofDays(-1));
        KeyVersion second = rotate(node);
        KeyVersion retired = node.keyring().version(first).orElseThrow();
        assertThat(retired.deactivated()).isEqualTo(retired.activated());
        assertThat(node.status().problems())
                .singleElement()
                .asString()
                .contains("2037-01-01T03:04:05Z", "2037-01-02T03:04:05Z", "Set the clock");
        assertThat(node.sealing(TYPE)).isEqualTo(second.id());
        clock.advance(Duration.ofDays(1));
        node.refresh();
        assertThat(node.status().problems()).isEmpty();
    }

    /** Generation 2 is back, and the anchor knows of generation 6 and version 3. */
    private StoredKeys rotateTwiceAndRestoreTheOlderCopy() {
        KeyRegistry node = open(true);
        node.ensureActive(TYPE);
        StoredKeys older = store.load();
        rotate(node);
        rotate(node);
        store.overwrite(older);
        return older;
    }

    private static KeyVersion rotate(KeyRegistry node) {
        node.ensureActive(TYPE);
        return node.lifecycle().promote(node.lifecycle().createSuccessor(TYPE, WHO, ""), WHO, "");
    }

    private static KeyId afterRecovery(int known) {
        return new KeyId(TYPE, known + Recoveries.SKIPPED + 1);
    }

    private Path anchor() {
        return directory.resolve("anchor");
    }

    private KeyRegistry open(boolean anchored) {
        Map<String, Object> settings = new HashMap<>(Map.of(ResealSettings.KEY_STORE, "jdbc:unused"));
        if (anchored) {
            settings.put(ResealSettings.ANCHOR, "file:" + anchor());
        }
        return KeyRegistry.open(store, new TestKek("kek"), KeyTypes.standard(), ResealSettings.from(settings), clock);
    }
}
