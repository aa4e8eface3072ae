package io.reseal.internal.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.reseal.IllegalTransitionException;
import io.reseal.ResealConfigurationException;
import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.audit.AuditEvent;
import io.reseal.audit.AuditFinding;
import io.reseal.audit.AuditHead;
import io.reseal.audit.AuditLog;
import io.reseal.audit.AuditStatus.Truncation;
import io.reseal.audit.Tampering;
import io.reseal.keys.AuditEntry;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import io.reseal.testing.Databases;
import io.reseal.testing.Databases.TestDatabase;
import io.reseal.testing.EachDatabase;
import io.reseal.testing.TestClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nodes that hold keys, with a sink in their settings. */
class WrittenCheckpointsTest {

    private static final KeyType TYPE = KeyType.DATABASE_ENCRYPTION;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    @EachDatabase
    void aNodeWritesACheckpointWhenItStartsAndAfterATransition(Databases databases) {
        TestDatabase database = databases.fresh();
        ResealSettings settings = settings(database, "PT1H");
        try (KeyRegistry keys = ResealKeys.open(settings, TestClock.standing())) {
            awaitLines(1);
            keys.ensureActive(TYPE);
            awaitLines(2);
            assertThat(keys.status().problems()).isEmpty();
        }
        try (AuditLog log = ResealKeys.openAudit(settings, TestClock.standing())) {
            assertThat(log.verify(progress -> {}).findings()).isEmpty();
            assertThat(log.verify(progress -> {}).checkpoints()).isGreaterThanOrEqualTo(2);
            assertThat(log.status().truncation())
                    .isEqualTo(Truncation.DETECTABLE)
                    .hasToString("truncation detectable");
            assertThat(log.status().lastCheckpoint())
                    .contains(TestClock.standing().instant());
        }
    }

    /** It is no transition, so that the key store does not miss it. */
    @Test
    void aRefusalIsInACheckpointAtOnce() throws SQLException {
        TestDatabase database = Databases.H2.fresh();
        try (KeyRegistry keys = ResealKeys.open(settings(database, "PT1H"), TestClock.standing())) {
            KeyId active = keys.ensureActive(TYPE);
            assertThatThrownBy(() -> keys.lifecycle().destroy(active, "mallory", "why not"))
                    .isInstanceOf(IllegalTransitionException.class);
            String[] refusal = database.query("SELECT chain, seq FROM reseal_audit WHERE action = 'refuse-destroy'")
                    .get(0)
                    .split("\\|", 2);
            await().atMost(PATIENCE).until(() -> checkpointed(refusal[0]) >= Long.parseLong(refusal[1]));
        }
    }

    @EachDatabase
    void whatIsCutOffBackToTheLastCheckpointIsFoundByItAlone(Databases databases) throws SQLException {
        TestDatabase database = databases.fresh();
        ResealSettings settings = settings(database, "PT0.1S");
        AuditHead cut;
        try (KeyRegistry keys = ResealKeys.open(settings, TestClock.standing());
                AuditLog log = ResealKeys.openAudit(settings, TestClock.standing())) {
            keys.ensureActive(TYPE);
            cut = log.append(new AuditEvent("users.ssn", new AuditEntry("mallory", "export", "to be hidden")));
            String text = cut.text();
            await().atMost(PATIENCE).until(() -> Files.readString(sink()).contains(text));
        }
        TransitionsInTheLogTest.withoutHurdle(databases, database);
        database.execute("DELETE FROM reseal_audit WHERE chain = '" + cut.chain() + "'");
        database.execute("DELETE FROM reseal_audit_chain WHERE chain = '" + cut.chain() + "'");
        assertThat(verify(settings))
                .extracting(AuditFinding::chain, AuditFinding::what)
                .containsExactly(tuple(cut.chain(), Tampering.TRUNCATED));
        assertThat(verify(settings(database, null))).isEmpty();
    }

    @Test
    void withoutASinkTheStatusSaysThatTruncationIsNotDetectable() {
        ResealSettings settings = settings(Databases.H2.fresh(), null);
        try (KeyRegistry keys = ResealKeys.open(settings, TestClock.standing());
                AuditLog log = ResealKeys.openAudit(settings, TestClock.standing())) {
            keys.ensureActive(TYPE);
            assertThat(log.status().truncation())
                    .isEqualTo(Truncation.NOT_DETECTABLE)
                    .hasToString("truncation not detectable");
            assertThat(log.status().lastCheckpoint()).isEmpty();
        }
        assertThat(sink()).doesNotExist();
    }

    @Test
    void aSinkThatCannotBeWrittenIsSaidUntilItCan() throws IOException {
        Path inTheWay = Files.createFile(directory.resolve("sink"));
        try (KeyRegistry keys = ResealKeys.open(settings(Databases.H2.fresh(), "PT0.1S"), TestClock.standing())) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(keys.status().problems())
                            .singleElement()
                            .asString()
                            .contains(sink().toString(), "writable"));
            keys.ensureActive(TYPE);
            Files.delete(inTheWay);
            await().atMost(PATIENCE).until(() -> keys.status().problems().isEmpty());
            awaitLines(1);
        }
    }

    @Test
    void nodesThatShareAFileTakeTurns() {
        ResealSettings settings = settings(Databases.H2.fresh(), "PT0.01S");
        try (KeyRegistry one = ResealKeys.open(settings, TestClock.standing());
                KeyRegistry other = ResealKeys.open(settings, TestClock.standing())) {
            awaitLines(40);
            assertThat(one.status().problems()).isEmpty();
            assertThat(other.status().problems()).isEmpty();
        }
        assertThat(verify(settings)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "reseal.audit.checkpoints, /var/lib/reseal",
        "reseal.audit.checkpoints, file:",
        "reseal.audit.interval, PT0S",
        "reseal.audit.interval, hourly"
    })
    void refusesASettingThatNamesNoSinkOrInterval(String name, String value) {
        assertThatThrownBy(() -> ResealSettings.from(Map.of(ResealSettings.KEY_STORE, "jdbc:unused", name, value)))
                .isInstanceOf(ResealConfigurationException.class)
                .hasMessageContaining(name)
                .hasMessageContaining(value);
    }

    /** The furthest place of a chain that a checkpoint names. */
    private long checkpointed(String chain) throws IOException {
        return Pattern.compile(chain + ":(\\d+):")
                .matcher(Files.readString(sink()))
                .results()
                .mapToLong(named -> Long.parseLong(named.group(1)))
                .max()
                .orElse(0);
    }

    private void awaitLines(int lines) {
        await().atMost(PATIENCE)
                .until(() -> Files.exists(sink()) && Files.readAllLines(sink()).size() >= lines);
    }

    private static List<AuditFinding> verify(ResealSettings settings) {
        try (AuditLog log = ResealKeys.openAudit(settings, TestClock.standing())) {
            return log.verify(progress -> {}).findings();
        }
    }

    private Path sink() {
        return directory.resolve("sink").resolve("checkpoints");
    }

    private ResealSettings settings(TestDatabase database, @Nullable String interval) {
        Map<String, String> settings = new HashMap<>();
        settings.put(ResealSettings.KEK_FILE, directory.resolve("kek.json").toString());
        if (interval != null) {
            settings.put(ResealSettings.CHECKPOINTS, "file:" + sink());
            settings.put(ResealSettings.CHECKPOINT_INTERVAL, interval);
        }
        return database.settings(settings);
    }
}
