package io.reseal.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.crypto.FieldCipher;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import io.reseal.rotation.alert.Alert;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSeverity;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.usage.UsageFinding;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import io.reseal.testing.TestClock;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

/** A node of an application uses keys for weeks, and the rotation's process looks. */
class UsageMonitoringTest {

    private static final KeyType DB = KeyType.DATABASE_ENCRYPTION;
    private static final KeyId FIRST = new KeyId(DB, 1);
    private static final byte[] SHORT = {1};
    private static final Duration WEEK = Duration.ofDays(7);

    @TempDir
    private Path directory;

    private final TestClock clock = TestClock.standing();

    /** What a test works with. */
    private record Scene(Databases.TestDatabase database, KeyRegistry node, KeyRotation rotation, FieldCipher cipher)
            implements AutoCloseable {

        /** The node writes down what it did before and now, as its thread does each minute and when the hour changes. */
        void opens(byte[] value, int times) {
            node.usage();
            for (int i = 0; i < times; i++) {
                byte[] unused = cipher.open(value);
            }
            node.usage();
        }

        List<UsageFinding.What> look() {
            return rotation.usageMonitoring().look().stream()
                    .map(UsageFinding::what)
                    .toList();
        }

        Optional<Alert> alert(AlertKind kind, AlertSubject subject) {
            return rotation.alerts().open(kind, subject);
        }

        @Override
        public void close() {
            rotation.close();
            node.close();
        }
    }

    private Scene scene(Databases kind, Map<String, ?> more) {
        Map<String, Object> chosen = new HashMap<>(more);
        chosen.put(ResealSettings.KEK_FILE, directory.resolve("kek.json").toString());
        Databases.TestDatabase database = kind.fresh();
        ResealSettings settings = database.settings(chosen);
        KeyRegistry node = ResealKeys.open(settings, clock);
        node.ensureActive(DB);
        KeyRotation rotation = KeyRotation.open(settings, clock, engine -> clock);
        return new Scene(database, node, rotation, new FieldCipher(node, "patient.diagnosis"));
    }

    @EachDatabase
    void highUsageIsToldOfOnceForEachHourAndNamesWhoDidIt(Databases kind) throws Exception {
        try (Scene scene = scene(kind, Map.of())) {
            AlertSubject subject = AlertSubject.keyType(DB);
            byte[] value = scene.cipher().seal(DB, SHORT);
            for (int week = 0; week < 5; week++) {
                scene.opens(value, 1);
                clock.advance(WEEK);
            }
            var unusedUsage = scene.node().usage(); // the hour has changed
            byte[] unused = scene.cipher().seal(DB, SHORT);
            scene.opens(value, 130);
            assertThat(scene.look()).as("the hour is not over").doesNotContain(UsageFinding.What.HIGH_USAGE);
            clock.advance(Duration.ofHours(2));
            assertThat(scene.look()).contains(UsageFinding.What.HIGH_USAGE);
            Alert alert = scene.alert(AlertKind.HIGH_USAGE, subject).orElseThrow();
            assertThat(alert.severity()).isEqualTo(AlertSeverity.WARNING);
            assertThat(alert.evidence())
                    .startsWith(
                            "130 values opened from 2037-02-06T03:00:00Z to 2037-02-06T04:00:00Z; usual 1, threshold 100; 130 of"
                                    + " database_encryption version 1 by node "
                                    + ProcessHandle.current().pid() + "@")
                    .containsOnlyOnce(" by node ");

            // the database dates alerts, and its clock is not the test's
            scene.database().execute("UPDATE reseal_alert SET last_seen = TIMESTAMP '2037-02-06 05:00:00'");
            alert = scene.alert(AlertKind.HIGH_USAGE, subject).orElseThrow();
            clock.advance(Duration.ofHours(8));
            assertThat(scene.look()).contains(UsageFinding.What.HIGH_USAGE);
            assertThat(scene.alert(AlertKind.HIGH_USAGE, subject)).contains(alert);
            assertThat(scene.rotation().alerts().resolve(alert, People.ANN, "an export"))
                    .isTrue();
            scene.look();
            assertThat(scene.alert(AlertKind.HIGH_USAGE, subject)).isEmpty();

            scene.opens(value, 110);
            clock.advance(Duration.ofHours(2));
            scene.look();
            assertThat(scene.alert(AlertKind.HIGH_USAGE, subject).orElseThrow().evidence())
                    .startsWith("130 values opened")
                    .containsOnlyOnce(" by node ")
                    .endsWith("; hours like this: 2, the last until 2037-02-06T14:00:00Z");
        }
    }

    @EachDatabase
    void lowUsageIsToldOfUntilItsHourIsNotJudgedAnyMore(Databases kind) {
        try (Scene scene = scene(kind, Map.of())) {
            byte[] value = scene.cipher().seal(DB, SHORT);
            for (int week = 0; week < 5; week++) {
                for (int hour = 0; hour < 3; hour++) {
                    scene.opens(value, 130);
                    clock.advance(Duration.ofHours(1));
                }
                clock.advance(WEEK.minusHours(3));
            }
            clock.advance(Duration.ofHours(4));
            assertThat(scene.look()).contains(UsageFinding.What.LOW_USAGE);
            assertThat(scene.alert(AlertKind.USAGE_CHANGED, AlertSubject.keyType(DB)))
                    .isPresent();
            clock.advance(Duration.ofDays(4));
            assertThat(scene.look()).doesNotContain(UsageFinding.What.LOW_USAGE);
            assertThat(scene.alert(AlertKind.USAGE_CHANGED, AlertSubject.keyType(DB)))
                    .isEmpty();
        }
    }

    @EachDatabase
    void aNodeWhoseClockIsAheadCallsNoKeyUnused(Databases kind) {
        TestClock ahead = TestClock.standing();
        ahead.advance(WEEK.multipliedBy(7));
        ResealSettings settings = kind.fresh()
                .settings(Map.of(
                        ResealSettings.KEK_FILE, directory.resolve("kek.json").toString()));
        try (KeyRegistry node = ResealKeys.open(settings, clock);
                KeyRotation rotation = KeyRotation.open(settings, ahead, engine -> clock)) {
            node.ensureActive(DB);
            assertThat(rotation.usageMonitoring().look()).isEmpty();
        }
    }

    @EachDatabase
    void anUnusedKeyIsToldOfUntilItIsUsed(Databases kind) {
        try (Scene scene = scene(kind, Map.of())) {
            clock.advance(WEEK.multipliedBy(6));
            assertThat(scene.look()).containsExactly(UsageFinding.What.UNUSED);
            assertThat(scene.rotation().alerts().look()).extracting(Alert::kind).contains(AlertKind.UNUSED_KEY);
            assertThat(scene.alert(AlertKind.UNUSED_KEY, AlertSubject.key(FIRST)))
                    .isPresent();

            scene.opens(scene.cipher().seal(DB, SHORT), 1);
            assertThat(scene.look()).isEmpty();
            assertThat(scene.rotation().alerts().open()).isEmpty();
        }
    }

    @EachDatabase
    void aKeyThatIsNearlyUsedUpIsToldOfUntilItIsRotated(Databases kind) {
        try (Scene scene = scene(kind, Map.of("reseal.policy.database_encryption.usage-limit", "2500"))) {
            for (int i = 0; i < 1_025; i++) {
                byte[] unused = scene.cipher().seal(DB, SHORT);
            }
            assertThat(scene.look()).as("two blocks are reserved").containsExactly(UsageFinding.What.LIMIT_NEAR);
            assertThat(scene.alert(AlertKind.USAGE_LIMIT_NEAR, AlertSubject.key(FIRST))
                            .orElseThrow()
                            .evidence())
                    .contains(" encryptions reserved from ", "; threshold 2000");

            scene.node()
                    .lifecycle()
                    .promote(scene.node().lifecycle().createSuccessor(DB, "test", "test"), "test", "test");
            assertThat(scene.look()).isEmpty();
            assertThat(scene.rotation().alerts().open()).isEmpty();
        }
    }

    /** Runs are dated by the database's clock. */
    @EachDatabase
    void hoursOfAReencryptionAreNotJudged(Databases kind) throws SQLException {
        clock.set(Instant.now());
        try (Scene scene = scene(kind, Map.of())) {
            scene.opens(scene.cipher().seal(DB, SHORT), 1);
            scene.database()
                    .execute(
                            "INSERT INTO reseal_run (key_type, open_for, state, pass, target_version, retired, acknowledged, left_over,"
                                    + " effort, started_at) VALUES ('database_encryption', 'database_encryption', 'PAUSED', 1, 2, '[1]',"
                                    + " '[]', '[]', 'FULL', " + present(kind) + ")");
            clock.advance(Duration.ofHours(2));
            assertThat(scene.look()).containsExactly(UsageFinding.What.REENCRYPTING, UsageFinding.What.REENCRYPTING);
            scene.database()
                    .execute("UPDATE reseal_run SET state = 'CANCELLED', open_for = NULL, finished_at = started_at");
            clock.advance(Duration.ofHours(3));
            assertThat(scene.look()).contains(UsageFinding.What.REENCRYPTING, UsageFinding.What.NOT_ENOUGH_HISTORY);
        }
    }

    private static String present(Databases kind) {
        return kind == Databases.MARIADB ? "UTC_TIMESTAMP(6)" : "CURRENT_TIMESTAMP";
    }
}
