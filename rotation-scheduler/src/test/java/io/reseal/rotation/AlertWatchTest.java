package io.reseal.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.TamperedKeyStoreException;
import io.reseal.UnreadableValueException;
import io.reseal.crypto.FieldCipher;
import io.reseal.keys.AuditEntry;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyType;
import io.reseal.keys.StrictRefusal;
import io.reseal.rotation.alert.Alert;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSeverity;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import io.reseal.testing.TestClock;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.io.TempDir;

/** An application's node meets values, and the rotation's process looks. */
class AlertWatchTest {

    private static final KeyType DB = KeyType.DATABASE_ENCRYPTION;
    private static final KeyId OLD = new KeyId(DB, 1);
    private static final byte[] SHORT = {1};
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private final TestClock clock = TestClock.standing();

    /** What a test works with. */
    private record Scene(Databases.TestDatabase database, KeyRegistry node, KeyRotation rotation, FieldCipher cipher)
            implements AutoCloseable {

        void fails(byte[] value, int times) {
            for (int i = 0; i < times; i++) {
                assertThatThrownBy(() -> cipher.open(value)).isInstanceOf(UnreadableValueException.class);
            }
        }

        /** The node writes down what it met, as its thread does each second. */
        List<Alert> look() {
            node.indications(Instant.EPOCH);
            return rotation.alerts().look();
        }

        /** As if the alerts were as much older. */
        void age(String interval) throws SQLException {
            database.execute("UPDATE reseal_alert SET first_seen = first_seen - INTERVAL " + interval
                    + ", last_seen = last_seen - INTERVAL " + interval);
        }

        List<String> seen() {
            return look().stream().map(AlertWatchTest::text).toList();
        }

        @Override
        public void close() {
            rotation.close();
            node.close();
        }
    }

    private static String text(Alert alert) {
        return alert.kind() + " " + alert.subject() + " " + alert.count();
    }

    private ResealSettings settings(Databases.TestDatabase database) {
        return database.settings(
                Map.of(ResealSettings.KEK_FILE, directory.resolve("kek.json").toString(), ResealSettings.BURST, "5"));
    }

    private Scene scene(Databases kind) {
        Databases.TestDatabase database = kind.fresh();
        KeyRegistry node = ResealKeys.open(settings(database), clock);
        node.ensureActive(DB);
        KeyRotation rotation = KeyRotation.open(settings(database), clock, engine -> clock);
        return new Scene(database, node, rotation, new FieldCipher(node, "patient.diagnosis"));
    }

    private static void retire(Scene scene, KeyState state) {
        scene.node()
                .lifecycle()
                .promote(scene.node().lifecycle().createSuccessor(DB, "test", "test"), state, "test", "test");
    }

    @EachDatabase
    void whatOpenedIsNoPartOfABurst(Databases kind) {
        try (Scene scene = scene(kind)) {
            byte[] value = scene.cipher().seal(DB, SHORT);
            retire(scene, KeyState.COMPROMISED);
            scene.cipher().open(value);
            scene.fails(SHORT, 5);
            assertThat(scene.seen())
                    .contains("FAILED_OPENINGS column patient.diagnosis 5")
                    .anyMatch(alert -> alert.startsWith("COMPROMISED_KEY_USED"));
        }
    }

    /** What could not be told of is told of by the next look. */
    @EachDatabase
    void aSignWhoseAlertFailedIsToldOfLater(Databases kind) throws Exception {
        try (Scene scene = scene(kind)) {
            scene.fails(SHORT, 1);
            scene.database().execute("ALTER TABLE reseal_alert ADD CONSTRAINT none CHECK (occurrences < 0)");
            assertThatThrownBy(scene::look).isInstanceOf(RuntimeException.class);
            scene.database().execute("ALTER TABLE reseal_alert DROP CONSTRAINT none");
            assertThat(scene.seen()).hasSize(1);
        }
    }

    @EachDatabase
    void oneTamperedValueIsAWarningAndIsToldOfOnce(Databases kind) {
        try (Scene scene = scene(kind)) {
            byte[] value = scene.cipher().seal(DB, SHORT);
            assertThat(scene.seen()).isEmpty();
            value[20] ^= 1;
            scene.fails(value, 1);
            assertThat(scene.look()).singleElement().satisfies(alert -> {
                assertThat(text(alert)).isEqualTo("TAMPERED_VALUE column patient.diagnosis 1");
                assertThat(alert.severity()).isEqualTo(AlertSeverity.WARNING);
                assertThat(alert.evidence())
                        .contains("columns: patient.diagnosis; keys: database_encryption version 1; nodes: "
                                + ProcessHandle.current().pid() + "@");
            });
            assertThat(scene.seen()).containsExactly("TAMPERED_VALUE column patient.diagnosis 1");
            scene.fails(value, 2);
            assertThat(scene.seen()).containsExactly("TAMPERED_VALUE column patient.diagnosis 3");
        }
    }

    @EachDatabase
    void aBurstWithinTheWindowIsCriticalForColumnAndNode(Databases kind) {
        try (Scene scene = scene(kind)) {
            scene.fails(SHORT, 3);
            assertThat(scene.seen()).containsExactly("PLAINTEXT_VALUE column patient.diagnosis 3");
            clock.advance(Duration.ofMinutes(4));
            scene.fails(SHORT, 2);
            List<Alert> alerts = scene.look();
            assertThat(alerts.get(0).severity()).isEqualTo(AlertSeverity.CRITICAL);
            assertThat(alerts.stream().map(AlertWatchTest::text))
                    .containsExactlyInAnyOrder(
                            "FAILED_OPENINGS column patient.diagnosis 2",
                            "FAILED_OPENINGS node " + alerts.get(0).evidence().replaceAll(".*nodes: ([^;]*);.*", "$1")
                                    + " 2",
                            "PLAINTEXT_VALUE column patient.diagnosis 5");
            assertThat(alerts.get(0).evidence())
                    .startsWith("5 times in the minutes from ")
                    .endsWith("{PLAINTEXT_VALUE=5}");
        }
    }

    @EachDatabase
    void asManyFailuresAWindowApartAreNoBurstWheneverTheyAreLookedAt(Databases kind) {
        try (Scene scene = scene(kind)) {
            for (int i = 0; i < 8; i++) {
                scene.fails(SHORT, i % 2 == 0 ? 3 : 2);
                scene.node().indications(Instant.EPOCH);
                if (i < 4) {
                    scene.look();
                }
                clock.advance(Duration.ofMinutes(5));
            }
            assertThat(scene.seen()).containsExactly("PLAINTEXT_VALUE column patient.diagnosis 20");
        }
    }

    @EachDatabase
    void countsAreForgottenWhenTheirTimeIsOverAndAnAlertTellsOfThem(Databases kind) throws SQLException {
        try (Scene scene = scene(kind)) {
            String counted = "SELECT column_context FROM reseal_indicator WHERE column_context <> '' ORDER BY 1";
            scene.fails(SHORT, 1);
            assertThatThrownBy(() -> new FieldCipher(scene.node(), "of.newer").open(SHORT))
                    .isInstanceOf(UnreadableValueException.class);
            scene.node().indications(Instant.EPOCH);
            scene.database()
                    .execute(
                            "UPDATE reseal_indicator SET indicator = 'FROM_THE_FUTURE' WHERE column_context = 'of.newer'");
            clock.advance(Duration.ofDays(89));
            scene.look();
            assertThat(scene.database().query(counted)).containsExactly("of.newer", "patient.diagnosis");
            clock.advance(Duration.ofDays(2));
            scene.look();
            assertThat(scene.database().query(counted)).containsExactly("of.newer");
        }
    }

    @EachDatabase
    void eachAttemptUnderAKeyThatMayNotBeUsedAlerts(Databases kind) {
        try (Scene scene = scene(kind)) {
            byte[] value = scene.cipher().seal(DB, SHORT);
            retire(scene, KeyState.DEACTIVATED);
            scene.node().lifecycle().proposeDestroy(OLD, "test", "test");
            scene.fails(value, 1);
            assertThat(scene.seen()).containsExactly("PENDING_DESTROY_KEY_USED key database_encryption version 1 1");
            scene.node().lifecycle().destroy(OLD, "test", "test");
            scene.fails(value, 1);
            assertThat(scene.seen())
                    .containsExactly(
                            "PENDING_DESTROY_KEY_USED key database_encryption version 1 1",
                            "DESTROYED_KEY_USED key database_encryption version 1 1");
        }
    }

    @EachDatabase
    void openingsUnderACompromisedKeyAreCountedInOneAlertAndRefusalsInAnother(Databases kind) {
        try (Scene scene = scene(kind)) {
            byte[] value = scene.cipher().seal(DB, SHORT);
            retire(scene, KeyState.COMPROMISED);
            scene.cipher().open(value);
            scene.cipher().open(value);
            new FieldCipher(scene.node(), "patient.diagnosis").open(value);
            assertThat(scene.seen()).containsExactly("COMPROMISED_KEY_USED key database_encryption version 1 3");

            scene.node()
                    .records()
                    .put(
                            new StrictRefusal(OLD, Optional.of(clock.instant())).record(),
                            new AuditEntry("test", "test", "test"));
            scene.fails(value, 5);
            assertThat(scene.seen())
                    .hasSize(4)
                    .contains(
                            "COMPROMISED_KEY_USED key database_encryption version 1 3",
                            "COMPROMISED_KEY_REFUSED key database_encryption version 1 5",
                            "FAILED_OPENINGS column patient.diagnosis 5");
        }
    }

    @EachDatabase
    void aSuspicionEndsOnlyWhenSomebodyHasSeenItAndADayIsQuiet(Databases kind) throws SQLException {
        try (Scene scene = scene(kind)) {
            scene.fails(SHORT, 1);
            long id = scene.look().get(0).id();
            scene.age("'30' DAY");
            assertThat(scene.look()).extracting(Alert::id).containsExactly(id);
            scene.fails(SHORT, 1);
            scene.look();
            scene.rotation().alerts().acknowledge(id, People.ANN);
            scene.age("'23' HOUR");
            assertThat(scene.look()).extracting(Alert::id).containsExactly(id);
            scene.age("'1' HOUR");
            assertThat(scene.look()).isEmpty();
            assertThat(scene.rotation().alerts().find(id).orElseThrow().count()).isEqualTo(2);
        }
    }

    /** An emergency is over when its incident is closed, or when a person says so. */
    @EachDatabase
    void whatSomebodyHasStatedNoSilenceEnds(Databases kind) throws SQLException {
        try (Scene scene = scene(kind)) {
            Alerts alerts = scene.rotation().alerts();
            Alert stated = alerts.raise(AlertKind.EMERGENCY_ROTATION, AlertSubject.key(OLD), "a laptop is gone");
            alerts.acknowledge(stated.id(), People.ANN);
            scene.age("'90' DAY");
            assertThat(scene.look()).extracting(Alert::id).containsExactly(stated.id());
        }
    }

    /** They tell once a minute: one that was missed is no silence. */
    @EachDatabase
    void troubleIsOverOnceAllNodesHaveBeenSilentForThreeMinutes(Databases kind) throws SQLException {
        try (Scene scene = scene(kind)) {
            Alert trouble = scene.rotation()
                    .alerts()
                    .raise(AlertKind.KEY_STORE_UNAVAILABLE, AlertSubject.keyStore(), "no answer");
            scene.age("'2' MINUTE");
            assertThat(scene.look()).extracting(Alert::id).containsExactly(trouble.id());
            scene.age("'1' MINUTE");
            assertThat(scene.look()).isEmpty();
        }
    }

    /** One of which is two days ahead: by its clock, all of it was long ago. */
    @EachDatabase
    void nodesWithDifferentClocksAgreeOnWhatIsOver(Databases kind) {
        try (Scene scene = scene(kind)) {
            TestClock ahead = TestClock.standing();
            ahead.advance(Duration.ofDays(2));
            Alerts alerts = scene.rotation().alerts();
            Alert trouble = alerts.raise(AlertKind.KEY_STORE_UNAVAILABLE, AlertSubject.keyStore(), "no answer");
            Alert suspicion = alerts.raise(AlertKind.UNKNOWN_KEY, AlertSubject.column("t.c"), "1 value");
            Alert taken = alerts.acknowledge(suspicion.id(), People.ANN);
            try (KeyRotation other = KeyRotation.open(settings(scene.database()), ahead)) {
                assertThat(other.alerts().look()).contains(trouble, taken);
            }
            assertThat(alerts.look()).contains(trouble, taken);
        }
    }

    @EachDatabase
    void aTamperedKeyStoreIsToldOfUntilItIsRestored(Databases kind) throws SQLException {
        try (Scene scene = scene(kind)) {
            String edit = "UPDATE reseal_keystore SET generation = generation ";
            scene.database().execute(edit + "+ 5");
            assertThatThrownBy(() -> scene.node().refresh()).isInstanceOf(TamperedKeyStoreException.class);
            assertThat(scene.look()).anySatisfy(alert -> {
                assertThat(alert.kind()).isEqualTo(AlertKind.KEY_STORE_TAMPERED);
                assertThat(alert.severity()).isEqualTo(AlertSeverity.CRITICAL);
            });
            scene.database().execute(edit + "- 5");
            scene.node().refresh();
            await().atMost(PATIENCE)
                    .untilAsserted(() ->
                            assertThat(scene.rotation().status().problems()).isEmpty());
            await().atMost(PATIENCE).untilAsserted(() -> {
                scene.age("'3' MINUTE");
                assertThat(scene.look()).isEmpty();
            });
        }
    }

    @EachDatabase
    void lookersAtOnceTellOfEachSignOnce(Databases kind) throws Exception {
        try (Scene scene = scene(kind);
                KeyRotation second = KeyRotation.open(settings(scene.database()), clock, engine -> clock);
                KeyRotation third = KeyRotation.open(settings(scene.database()), clock, engine -> clock)) {
            ExecutorService executor = Executors.newFixedThreadPool(3);
            try {
                for (int round = 0; round < 10; round++) {
                    scene.fails(SHORT, 1);
                    scene.node().indications(Instant.EPOCH);
                    List<Callable<List<Alert>>> lookers = new ArrayList<>();
                    List.of(scene.rotation(), second, third)
                            .forEach(looker -> lookers.add(() -> looker.alerts().look()));
                    for (Future<List<Alert>> looker : executor.invokeAll(lookers)) {
                        looker.get();
                    }
                }
            } finally {
                executor.shutdownNow();
            }
            assertThat(scene.seen()).contains("PLAINTEXT_VALUE column patient.diagnosis 10");
        }
    }

    @EachDatabase
    void graceThatIsOverWhileValuesAreLeftSaysHowManyAndWhere(Databases kind) throws SQLException {
        try (DestructionStage stage = new DestructionStage(kind, directory, Map.of())) {
            stage.writeOldValueBack();
            assertThat(stage.rotation.alerts().look()).isEmpty();
            stage.clock.advance(DestructionStage.GRACE);
            assertThat(stage.rotation.alerts().look()).singleElement().satisfies(alert -> {
                assertThat(alert.kind()).isEqualTo(AlertKind.GRACE_OVER);
                assertThat(alert.evidence()).contains("nobody has counted");
            });
            stage.rotation.proofs().take(DestructionStage.OLD);
            assertThat(stage.rotation.alerts().look())
                    .singleElement()
                    .satisfies(alert -> assertThat(alert.evidence())
                            .contains("1 values were left at ")
                            .endsWith("note.body 1"));
            stage.writeNewValue();
            stage.rotation.proofs().take(DestructionStage.OLD);
            assertThat(stage.rotation.alerts().look()).isEmpty();
            stage.database.execute("UPDATE reseal_proof_column SET total = total + 1"
                    + " WHERE proof_id = (SELECT MAX(id) FROM reseal_proof)");
            assertThat(stage.rotation.alerts().look())
                    .as("by the count before the one that was edited")
                    .singleElement()
                    .satisfies(alert -> assertThat(alert.evidence()).contains("1 values were left at "));
        }
    }
}
