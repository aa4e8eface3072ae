package io.reseal.rotation.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.rotation.alert.AlertSeverity;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What every channel keeps to. */
public abstract class AlertChannelContract {

    /** What no channel may show. */
    protected static final String SECRET = "s3cret-0123456789abcdef";

    private static final Instant SEEN = Instant.parse("2026-03-01T10:00:00Z");

    /** One that works; where it needs a password or the like, with {@link #SECRET}. */
    protected abstract AlertChannel working() throws Exception;

    /** One whose other side refuses or is not there; empty if that cannot be. */
    protected abstract Optional<AlertChannel> failing() throws Exception;

    /** What arrived, as text. */
    protected abstract List<String> received() throws Exception;

    /** Addresses that the channel takes. */
    protected List<String> recipients() {
        return List.of();
    }

    /** A notice of a critical alert. */
    protected AlertNotice notice(String evidence) {
        return notice("key store reseal_keystore", evidence);
    }

    /** A notice of a critical alert about something else. */
    protected AlertNotice notice(String subject, String evidence) {
        AlertNotice.Subject alert = new AlertNotice.Subject(
                17,
                "KEY_STORE_TAMPERED",
                AlertSeverity.CRITICAL,
                subject,
                evidence,
                "Restore the tables",
                SEEN,
                SEEN,
                3,
                Optional.empty());
        return new AlertNotice("0d1e-42", AlertNotice.Reason.RAISED, 2, recipients(), List.of(alert));
    }

    @Test
    void hasANameThatRoutesCanUse() throws Exception {
        assertThat(working().name()).matches("[a-z0-9-]{1,40}");
    }

    @Test
    void deliversWhatHappenedWhereWhatToDoAndTheId() throws Exception {
        working().send(notice("row 3 was edited"));
        assertThat(received())
                .singleElement()
                .asString()
                .contains("level 2", "CRITICAL", "KEY_STORE_TAMPERED", "key store reseal_keystore", "row 3 was edited")
                .contains("Restore the tables", "0d1e-42");
    }

    @Test
    void deliversAgainWhatIsSentAgain() throws Exception {
        AlertChannel channel = working();
        channel.send(notice("row 3"));
        channel.send(notice("row 3"));
        assertThat(received()).hasSize(2).allSatisfy(text -> assertThat(text).contains("0d1e-42"));
    }

    @Test
    void throwsIfItWasNotTakenAndSaysWhere() throws Exception {
        Optional<AlertChannel> failing = failing();
        Assumptions.assumeTrue(failing.isPresent(), "this one cannot fail");
        assertThatThrownBy(() -> failing.get().send(notice("row 3")))
                .isInstanceOf(NotDeliveredException.class)
                .message()
                .contains("127.0.0.1")
                .doesNotContain(SECRET);
    }

    @Test
    void showsNoSecret() throws Exception {
        assertThat(working().toString()).doesNotContain(SECRET);
    }
}
