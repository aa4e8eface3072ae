package io.reseal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.IllegalTransitionException;
import io.reseal.KeyStoreUnavailableException;
import io.reseal.ResealSettings;
import io.reseal.audit.AuditEvent;
import io.reseal.testing.MemoryKeyStore;
import io.reseal.testing.TestClock;
import io.reseal.testing.TestKek;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuditTrailTest {

    private static final KeyType TYPE = KeyType.TOKEN_ENCRYPTION;
    private static final AuditEntry ASKED = new AuditEntry("ann", "destroy", "not needed");
    private static final Instant HOUR = Instant.parse("2026-01-02T03:00:00Z");

    private final MemoryKeyStore store = new MemoryKeyStore();
    private final KeyRegistry keys = KeyRegistry.open(
            store,
            new TestKek("kek"),
            KeyTypes.standard(),
            ResealSettings.from(Map.of(ResealSettings.KEY_STORE, "jdbc:unused")),
            TestClock.standing());

    @ParameterizedTest
    @CsvSource({
        "suspend, ACTIVE",
        "lift-suspension, ACTIVE",
        "mark-compromised, ACTIVE",
        "propose-destroy, ACTIVE",
        "destroy, ACTIVE",
        "cancel-destroy, ACTIVE"
    })
    void anIllegalTransitionIsToldToTheLog(String action, String state) {
        KeyId active = keys.ensureActive(TYPE);
        assertThatThrownBy(() -> step(action).accept(keys.lifecycle(), active))
                .isInstanceOf(IllegalTransitionException.class);
        assertThat(store.notes()).singleElement().satisfies(told -> {
            assertThat(told.generation()).isEmpty();
            assertThat(told.subject()).isEqualTo(active.toString());
            assertThat(told.entry().actor()).isEqualTo("ann");
            assertThat(told.entry().action()).isEqualTo("refuse-" + action);
            assertThat(told.entry().reason()).isEqualTo("because");
            assertThat(told.entry().detail()).contains(state);
        });
    }

    @Test
    void whatIsAllowedIsNoRefusal() {
        KeyId active = keys.ensureActive(TYPE);
        keys.lifecycle().promote(keys.lifecycle().createSuccessor(TYPE, "ann", "because"), "ann", "because");
        keys.lifecycle().suspend(active, "ann", "because");
        assertThat(store.notes()).isEmpty();
    }

    @Test
    void aLogThatDoesNotAnswerChangesNothingAboutTheRefusal() {
        IllegalTransitionException refusal = new IllegalTransitionException("no");
        store.fail(true);
        assertThat(keys.trail().refused("subject", ASKED, refusal)).isSameAs(refusal);
        assertThat(refusal)
                .hasSuppressedException(
                        new KeyStoreUnavailableException("switched off by the test", new IllegalStateException()));
    }

    @Test
    void aLongRefusalIsCutShort() {
        IllegalTransitionException refusal = new IllegalTransitionException("no ".repeat(2000));
        keys.trail().refused("subject", ASKED, refusal);
        assertThat(refusal.getSuppressed()).isEmpty();
        assertThat(store.notes().get(0).entry().detail()).hasSize(4000);
    }

    @Test
    void countsNameKeyColumnAndHour() {
        KeyId key = keys.ensureActive(TYPE);
        keys.trail().counted(count(key, 12));
        AuditEvent told = store.notes().get(0);
        assertThat(told.subject()).isEqualTo(key + " in users.token");
        assertThat(told.entry().action()).isEqualTo("open-under-compromised");
        assertThat(told.entry().detail()).isEqualTo("count 12, from 2026-01-02T03:00:00Z until 2026-01-02T04:00:00Z");
    }

    @Test
    void nothingIsNotCounted() {
        KeyId key = keys.ensureActive(TYPE);
        assertThatThrownBy(() -> count(key, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"256, 1, 1, 1, actor", "1, 65, 1, 1, action", "1, 1, 4001, 1, reason", "1, 1, 1, 4001, detail"})
    void aTextThatTheLogDoesNotTakeIsRefusedByName(int actor, int action, int reason, int detail, String name) {
        assertThatThrownBy(() ->
                        new AuditEntry("x".repeat(actor), "x".repeat(action), "x".repeat(reason), "x".repeat(detail)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("The " + name + " of an audit entry");
    }

    @Test
    void aLongSubjectIsRefused() {
        assertThatThrownBy(() -> new AuditEvent("x".repeat(1201), ASKED))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("subject");
    }

    private static DataPathCount count(KeyId key, long count) {
        return new DataPathCount(
                DataPathCount.What.OPENED_UNDER_COMPROMISED,
                key,
                "users.token",
                HOUR,
                HOUR.plus(Duration.ofHours(1)),
                count);
    }

    private static BiConsumer<KeyLifecycle, KeyId> step(String action) {
        return switch (action) {
            case "suspend" -> (lifecycle, key) -> lifecycle.suspend(key, "ann", "because");
            case "lift-suspension" -> (lifecycle, key) -> lifecycle.liftSuspension(key, "ann", "because");
            case "mark-compromised" -> (lifecycle, key) -> lifecycle.markCompromised(key, "ann", "because");
            case "propose-destroy" -> (lifecycle, key) -> lifecycle.proposeDestroy(key, "ann", "because");
            case "destroy" -> (lifecycle, key) -> lifecycle.destroy(key, "ann", "because");
            case "cancel-destroy" -> (lifecycle, key) -> lifecycle.cancelDestroy(key, "ann", "because");
            default -> throw new IllegalArgumentException(action);
        };
    }
}
