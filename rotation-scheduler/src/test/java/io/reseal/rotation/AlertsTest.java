package io.reseal.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.ResealSettings;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyType;
import io.reseal.testing.Databases;
import io.reseal.testing.TestClock;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AlertsTest {

    private static final AlertSubject KEY = AlertSubject.key(new KeyId(KeyType.DATABASE_ENCRYPTION, 3));
    private static final AlertSubject COLUMN = AlertSubject.column("patient.diagnosis");

    @TempDir
    private Path directory;

    private final TestClock clock = TestClock.standing();

    static List<Databases> databases() {
        return Databases.chosen();
    }

    private KeyRotation open(Databases.TestDatabase database) {
        return KeyRotation.open(settings(database), clock);
    }

    private ResealSettings settings(Databases.TestDatabase database) {
        return database.settings(
                Map.of(ResealSettings.KEK_FILE, directory.resolve("kek.json").toString()));
    }

    @ParameterizedTest
    @MethodSource("databases")
    void anAlertIsRaisedOnceAndCountedFromThenOn(Databases kind) {
        try (KeyRotation rotation = open(kind.fresh())) {
            Alerts alerts = rotation.alerts();
            Instant first = clock.instant();
            Alert raised = alerts.raise(AlertKind.EMERGENCY_ROTATION, KEY, "a laptop is gone");
            clock.advance(Duration.ofMinutes(3));
            Alert again = alerts.raise(AlertKind.EMERGENCY_ROTATION, KEY, "a laptop and a disk are gone");

            assertThat(again)
                    .isEqualTo(new Alert(
                            raised.id(),
                            AlertKind.EMERGENCY_ROTATION,
                            AlertSeverity.CRITICAL,
                            KEY,
                            "a laptop and a disk are gone",
                            AlertKind.EMERGENCY_ROTATION.remedy(),
                            first,
                            first.plus(Duration.ofMinutes(3)),
                            2,
                            Optional.empty(),
                            Optional.empty()));
            assertThat(alerts.open()).containsExactly(again);
            assertThat(alerts.find(raised.id())).contains(again);
        }
    }

    @ParameterizedTest
    @MethodSource("databases")
    void kindsAndSubjectsHaveAlertsOfTheirOwnTheMostSevereFirst(Databases kind) {
        try (KeyRotation rotation = open(kind.fresh())) {
            Alerts alerts = rotation.alerts();
            Alert tampered = alerts.raise(AlertKind.TAMPERED_VALUE, COLUMN, "1 value");
            clock.advance(Duration.ofSeconds(1));
            Alert other = alerts.raise(AlertKind.TAMPERED_VALUE, AlertSubject.column("patient.name"), "1 value");
            Alert burst = alerts.raise(AlertKind.FAILED_OPENINGS, COLUMN, "50 values");
            Alert node = alerts.raise(AlertKind.FAILED_OPENINGS, AlertSubject.node("patient.diagnosis"), "50 values");

            assertThat(alerts.open()).containsExactly(burst, node, tampered, other);
        }
    }

    @ParameterizedTest
    @MethodSource("databases")
    void whoAcknowledgesFirstHasIt(Databases kind) {
        try (KeyRotation rotation = open(kind.fresh())) {
            Alerts alerts = rotation.alerts();
            long id = alerts.raise(AlertKind.UNKNOWN_KEY, COLUMN, "1 value").id();
            Alert taken = alerts.acknowledge(id, People.ANN);

            assertThat(taken.acknowledged())
                    .contains(new Alert.Acknowledgement(People.ANN.toString(), clock.instant()));
            clock.advance(Duration.ofSeconds(1));
            assertThat(alerts.acknowledge(id, People.BOB)).isEqualTo(taken);
            assertThat(alerts.raise(AlertKind.UNKNOWN_KEY, COLUMN, "2 values").acknowledged())
                    .isEqualTo(taken.acknowledged());
            assertThatThrownBy(() -> alerts.acknowledge(id + 1, People.ANN))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("There is no alert " + (id + 1));
        }
    }

    @ParameterizedTest
    @MethodSource("databases")
    void whatIsResolvedIsKeptAndTheSameAgainIsAnotherAlert(Databases kind) {
        try (KeyRotation rotation = open(kind.fresh())) {
            Alerts alerts = rotation.alerts();
            Instant start = clock.instant();
            Alert first = alerts.raise(AlertKind.GRACE_OVER, KEY, "12 values");
            clock.advance(Duration.ofDays(1));
            assertThat(alerts.resolve(AlertKind.GRACE_OVER, KEY)).isTrue();
            assertThat(alerts.resolve(AlertKind.GRACE_OVER, KEY)).isFalse();
            assertThat(alerts.open()).isEmpty();

            Alert second = alerts.raise(AlertKind.GRACE_OVER, KEY, "3 values");
            assertThat(second.id()).isNotEqualTo(first.id());
            assertThat(second.count()).isEqualTo(1);
            assertThat(alerts.find(first.id()).orElseThrow().resolved()).contains(start.plus(Duration.ofDays(1)));
            assertThat(alerts.since(start)).extracting(Alert::id).containsExactly(first.id(), second.id());
            assertThat(alerts.since(clock.instant())).containsExactly(second);
        }
    }

    @ParameterizedTest
    @MethodSource("databases")
    void aNodeWhoseClockIsBehindDoesNotTurnBackWhenAnAlertWasSeen(Databases kind) {
        try (KeyRotation rotation = open(kind.fresh())) {
            Instant seen = rotation.alerts()
                    .raise(AlertKind.UNKNOWN_KEY, COLUMN, "1 value")
                    .lastSeen();
            clock.advance(Duration.ofHours(-1));
            Alert again = rotation.alerts().raise(AlertKind.UNKNOWN_KEY, COLUMN, "2 values");
            assertThat(again.lastSeen()).isEqualTo(seen);
            assertThat(again.count()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @MethodSource("databases")
    void evidenceIsOneLineAndIsCut(Databases kind) {
        try (KeyRotation rotation = open(kind.fresh())) {
            Alert alert = rotation.alerts()
                    .raise(
                            AlertKind.KEY_STORE_TAMPERED,
                            AlertSubject.keyStore(),
                            "row 'x\nERROR all is well'" + "y".repeat(3000));
            assertThat(alert.evidence()).hasSize(2_000).startsWith("row 'x ERROR all is well'y");
        }
    }

    @ParameterizedTest
    @MethodSource("databases")
    void anAlertOfANewerReleaseIsShownAsItWasRaised(Databases kind) throws SQLException {
        Databases.TestDatabase database = kind.fresh();
        try (KeyRotation rotation = open(database)) {
            long id = rotation.alerts()
                    .raise(AlertKind.TAMPERED_VALUE, COLUMN, "1 value")
                    .id();
            database.execute(
                    "UPDATE reseal_alert SET kind = 'QUANTUM_COMPUTER', severity = 'CRITICAL', remedy = 'Hurry'");
            Alert alert = rotation.alerts().find(id).orElseThrow();
            assertThat(alert.kind()).isEqualTo(AlertKind.OF_NEWER_RELEASE);
            assertThat(alert.severity()).isEqualTo(AlertSeverity.CRITICAL);
            assertThat(alert.remedy()).isEqualTo("Hurry");
        }
    }

    /** Each node has a pool of its own, as a process has. */
    @ParameterizedTest
    @MethodSource("databases")
    void nodesThatRaiseAndResolveAtOnceLoseAndDoubleNothing(Databases kind) throws Exception {
        int nodes = 6;
        int rounds = 40;
        Databases.TestDatabase database = kind.fresh();
        try (KeyRotation rotation = open(database)) {
            List<KeyRotation> pools = new ArrayList<>();
            ExecutorService executor = Executors.newFixedThreadPool(nodes);
            try {
                CyclicBarrier start = new CyclicBarrier(nodes);
                List<Future<?>> work = new ArrayList<>();
                for (int i = 0; i < nodes; i++) {
                    KeyRotation pool = open(database);
                    pools.add(pool);
                    Alerts alerts = pool.alerts();
                    boolean resolves = i == 0;
                    work.add(executor.submit(() -> {
                        for (int round = 0; round < rounds; round++) {
                            start.await(20, TimeUnit.SECONDS);
                            alerts.raise(AlertKind.UNKNOWN_KEY, COLUMN, "1 value");
                            if (resolves) {
                                alerts.resolve(AlertKind.UNKNOWN_KEY, COLUMN);
                            }
                        }
                        return null;
                    }));
                }
                for (Future<?> node : work) {
                    node.get();
                }
            } finally {
                executor.shutdownNow();
                pools.forEach(KeyRotation::close);
            }
            List<Alert> all = rotation.alerts().since(Instant.EPOCH);
            assertThat(all.stream().mapToLong(Alert::count).sum()).isEqualTo((long) nodes * rounds);
            assertThat(all.stream().filter(Alert::isOpen).count()).isLessThanOrEqualTo(1);
            assertThat(all.size()).isLessThanOrEqualTo(rounds + 1);
        }
    }
}
