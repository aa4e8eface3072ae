package io.reseal.rotation.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.rotation.attack.Content;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the journals of writers allow a row to say. */
class ExpectationsTest {

    private static final long ID = 7;

    private final Expectations expectations = new Expectations();

    ExpectationsTest() {
        expectations.initially(ID, content(0));
    }

    private static Content content(int version) {
        return new Content("secret " + version, null, null, version, Instant.EPOCH);
    }

    private static Expectations.Intent intent(int version) {
        return new Expectations.Intent(ID, version, content(version));
    }

    private static Expectations.Intent intended(Expectations expectations, int version) {
        Expectations.Intent intent = intent(version);
        expectations.intended(intent);
        return intent;
    }

    @Test
    void aWriteOfWhichNobodyKnowsMayHaveHappenedOrNot() {
        intended(expectations, 1);

        assertThat(expectations.violations(Map.of(ID, content(0)))).isEmpty();
        assertThat(expectations.violations(Map.of(ID, content(1)))).isEmpty();
        assertThat(expectations.violations(Map.of(ID, content(2)))).hasSize(1);
        assertThat(expectations.violations(Map.of())).hasSize(1);
    }

    @Test
    void aCommittedWriteIsTheOnlyOne() {
        intended(expectations, 1);
        expectations.committed(intended(expectations, 2));

        assertThat(expectations.violations(Map.of(ID, content(2)))).isEmpty();
        assertThat(expectations.violations(Map.of(ID, content(1)))).hasSize(1);
    }

    @Test
    void aWriteThatWasRolledBackMustNotShow() {
        expectations.rolledBack(intended(expectations, 1));

        assertThat(expectations.violations(Map.of(ID, content(0)))).isEmpty();
        assertThat(expectations.violations(Map.of(ID, content(1)))).hasSize(1);
    }

    @Test
    void aVersionThatTwoCommittedOrNobodyWroteIsALostWrite() {
        expectations.committed(intended(expectations, 2));
        assertThat(expectations.violations(Map.of(ID, content(2)))).hasSize(1);

        expectations.committed(intended(expectations, 1));
        assertThat(expectations.violations(Map.of(ID, content(2)))).isEmpty();

        expectations.committed(intended(expectations, 1));
        assertThat(expectations.violations(Map.of(ID, content(2)))).hasSize(1);
    }

    @Test
    void aJournalTellsTheSameAfterItsProcessIsGone(@TempDir Path directory) throws Exception {
        try (Journal journal = new Journal(directory, "app-0.1")) {
            long committed = journal.intended(List.of(intent(1)));
            long rolledBack = journal.intended(List.of(intent(2)));
            journal.intended(List.of(intent(3)));
            journal.committed(committed);
            journal.rolledBack(rolledBack);
            journal.violated("row 7 is odd");
        }

        assertThat(Journal.readAll(directory, "app-0.", expectations)).containsExactly("app-0.1.journal: row 7 is odd");

        assertThat(expectations.allows(ID, content(0))).isFalse();
        assertThat(expectations.allows(ID, content(1))).isTrue();
        assertThat(expectations.allows(ID, content(2))).isFalse();
        assertThat(expectations.allows(ID, content(3))).isTrue();
    }
}
