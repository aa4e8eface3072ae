package io.reseal.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.KeyStoreUnavailableException;
import io.reseal.ResealSettings;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyType;
import io.reseal.rotation.alert.Alert;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSeverity;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import io.reseal.testing.TestClock;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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

class AlertsTest {

    private static final AlertSubject KEY = AlertSubject.key(new KeyId(KeyType.DATABASE_ENCRYPTION, 3));
    private static final AlertSubject COLUMN = AlertSubject.column("patient.diagnosis");

    @TempDir
    private Path directory;

    private final TestClock clock = TestClock.standing();

    private KeyRotation open(Databases.TestDatabase database) {
        return KeyRotation.open(settings(database), clock, engine -> clock);
    }

    private ResealSettings settings(Databases.TestDatabase database) {
        return database.settings(
                Map.of(ResealSettings.KEK_FILE, directory.resolve("kek.json").toString()));
    }

    @EachDatabase
    void anAlertIsRaisedOnceAndCountedFromThenOn(Databases kind) {
        try (KeyRotation rotation = open(kind.fresh())) {
            Alerts alerts = rotation.alerts();
            Alert raised = alerts.raise(AlertKind.EMERGENCY_ROTATION, KEY, "a laptop is gone");
            Alert again = alerts.raise(AlertKind.EMERGENCY_ROTATION, KEY, "a laptop and a disk are gone");

            assertThat(again)
                    .isEqualTo(new Alert(
                            raised.id(),
                            AlertKind.EMERGENCY_ROTATION,
                            AlertSeverity.CRITICAL,
                            KEY,
                            "a laptop and a disk are gone",
                            AlertKind.EMERGENCY_ROTATION.remedy(),
                            raised.firstSeen(),
                            again.lastSeen(),
                            2,
                            Optional.empty(),
                            Optional.empty()));
            assertThat(again.lastSeen()).isAfterOrEqualTo(raised.lastSeen());
            assertThat(alerts.open()).containsExactly(again);
            assertThat(alerts.open(AlertKind.EMERGENCY_ROTATION, KEY)).contains(again);
            assertThat(alerts.find(raised.id())).contains(again);
        }
    }

    /** This node's clock is months behind. */
    @EachDatabase
    void everyMomentIsTheDatabases(Databases kind) throws SQLException {
        Databases.TestDatabase database = kind.fresh();
        try (KeyRotation rotation = open(database)) {
            Alerts alerts = rotation.alerts();
            Instant before = now(database);
            Alert raised = alerts.raise(AlertKind.UNKNOWN_KEY, COLUMN, "1 value");
            Alert taken = alerts.acknowledge(raised.id(), People.ANN);
            assertThat(alerts.resolve(taken, People.BOB, "known")).isTrue();
            Alert resolved = alerts.find(raised.id()).orElseThrow();
            assertThat(List.of(
                            before,
                            raised.firstSeen(),
                            taken.acknowledged().orElseThrow().at(),
                            resolved.resolved().orElseThrow(),
                            now(database)))
                    .isSorted();
        }
    }

    private static Instant now(Databases.TestDatabase database) throws SQLException {
        boolean isMariaDb = database.url().startsWith("jdbc:mariadb:");
        String seconds = isMariaDb ? "UNIX_TIMESTAMP(SYSDATE(6))" : "EXTRACT(EPOCH FROM CURRENT_TIMESTAMP)";
        BigDecimal present = new BigDecimal(database.query("SELECT " + seconds).get(0));
        return Instant.EPOCH.plus(present.movePointRight(6).longValue(), ChronoUnit.MICROS);
    }

    @EachDatabase
    void kindsAndSubjectsHaveAlertsOfTheirOwnTheMostSevereFirst(Databases kind) {
        try (KeyRotation rotation = open(kind.fresh())) {
            Alerts alerts = rotation.alerts();
            Alert tampered = alerts.raise(AlertKind.TAMPERED_VALUE, COLUMN, "1 value");
            Alert other = alerts.raise(AlertKind.TAMPERED_VALUE, AlertSubject.column("patient.name"), "1 value");
            Alert burst = alerts.raise(AlertKind.FAILED_OPENINGS, COLUMN, "50 values");
            Alert node = alerts.raise(AlertKind.FAILED_OPENINGS, AlertSubject.node("patient.diagnosis"), "50 values");

            assertThat(alerts.open()).containsExactly(burst, node, tampered, other);
        }
    }

    @EachDatabase
    void whoAcknowledgesFirstHasItAndIsInTheAuditLog(Databases kind) throws SQLException {
        Databases.TestDatabase database = kind.fresh();
        try (KeyRotation rotation = open(database)) {
            Alerts alerts = rotation.alerts();
            long id = alerts.raise(AlertKind.UNKNOWN_KEY, COLUMN, "1 value").id();
            Alert taken = alerts.acknowledge(id, People.ANN);

            assertThat(taken.acknowledged().orElseThrow().by()).isEqualTo(People.ANN.toString());
            assertThat(alerts.acknowledge(id, People.BOB)).isEqualTo(taken);
            assertThat(alerts.raise(AlertKind.UNKNOWN_KEY, COLUMN, "2 values").acknowledged())
                    .isEqualTo(taken.acknowledged());
            assertThatThrownBy(() -> alerts.acknowledge(id + 1, People.ANN))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("There is no alert " + (id + 1));
            assertThat(audited(database))
                    .containsExactly(People.ANN + "|acknowledge-alert|alert " + id + "|takes it on");
            assertThat(database.query("SELECT detail FROM reseal_audit WHERE action = 'acknowledge-alert'"))
                    .singleElement()
                    .asString()
                    .startsWith("raised 1 times from ")
                    .endsWith(": WARNING UNKNOWN_KEY (column patient.diagnosis): 1 value");
        }
    }

    private static List<String> audited(Databases.TestDatabase database) throws SQLException {
        return database.query("SELECT actor, action, subject, reason FROM reseal_audit WHERE action LIKE '%-alert'"
                + " ORDER BY recorded_at, seq");
    }

    @EachDatabase
    void aPersonResolvesNoMoreThanTheyHaveSeen(Databases kind) throws SQLException {
        Databases.TestDatabase database = kind.fresh();
        try (KeyRotation rotation = open(database)) {
            Alerts alerts = rotation.alerts();
            Alert seen = alerts.raise(AlertKind.EMERGENCY_ROTATION, KEY, "a laptop is gone");
            Alert again = alerts.raise(AlertKind.EMERGENCY_ROTATION, KEY, "a disk is gone");
            assertThat(alerts.resolve(seen, People.ANN, "found it")).isFalse();
            assertThat(alerts.end(seen)).isFalse();
            assertThat(alerts.open()).containsExactly(again);
            assertThat(audited(database)).isEmpty();

            assertThat(alerts.resolve(again, People.ANN, "found both")).isTrue();
            assertThat(alerts.resolve(again, People.BOB, "too late")).isFalse();
            assertThat(alerts.open()).isEmpty();
            assertThat(audited(database))
                    .containsExactly(People.ANN + "|resolve-alert|alert " + seen.id() + "|found both");
        }
    }

    @EachDatabase
    void whatTheAuditLogDoesNotTakeIsNotDone(Databases kind) throws SQLException {
        Databases.TestDatabase database = kind.fresh();
        try (KeyRotation rotation = open(database)) {
            Alerts alerts = rotation.alerts();
            Alert raised = alerts.raise(AlertKind.UNKNOWN_KEY, COLUMN, "1 value");
            database.execute("ALTER TABLE reseal_audit RENAME TO taken_away");
            assertThatThrownBy(() -> alerts.acknowledge(raised.id(), People.ANN))
                    .isInstanceOf(KeyStoreUnavailableException.class);
            assertThatThrownBy(() -> alerts.resolve(raised, People.ANN, "known"))
                    .isInstanceOf(KeyStoreUnavailableException.class);
            assertThat(alerts.open()).containsExactly(raised);
        }
    }

    @EachDatabase
    void whatIsResolvedIsKeptAndTheSameAgainIsAnotherAlert(Databases kind) {
        try (KeyRotation rotation = open(kind.fresh())) {
            Alerts alerts = rotation.alerts();
            Alert first = alerts.raise(AlertKind.GRACE_OVER, KEY, "12 values");
            assertThat(alerts.resolve(first, People.ANN, "done")).isTrue();
            assertThat(alerts.open()).isEmpty();

            Alert second = alerts.raise(AlertKind.GRACE_OVER, KEY, "3 values");
            assertThat(second.id()).isNotEqualTo(first.id());
            assertThat(second.count()).isEqualTo(1);
            assertThat(alerts.find(first.id()).orElseThrow().isOpen()).isFalse();
            assertThat(alerts.since(first.firstSeen())).extracting(Alert::id).containsExactly(first.id(), second.id());
            assertThat(alerts.since(second.lastSeen().plusNanos(1_000))).isEmpty();
        }
    }

    @EachDatabase
    void aDatabaseClockThatIsSetBackDoesNotTurnBackWhenAnAlertWasSeen(Databases kind) throws SQLException {
        Databases.TestDatabase database = kind.fresh();
        try (KeyRotation rotation = open(database)) {
            Alert first = rotation.alerts().raise(AlertKind.UNKNOWN_KEY, COLUMN, "1 value");
            database.execute("UPDATE reseal_alert SET last_seen = last_seen + INTERVAL '1' DAY");
            Alert again = rotation.alerts().raise(AlertKind.UNKNOWN_KEY, COLUMN, "2 values");
            assertThat(again.lastSeen()).isEqualTo(first.lastSeen().plus(Duration.ofDays(1)));
            assertThat(again.count()).isEqualTo(2);
        }
    }

    @EachDatabase
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

    @EachDatabase
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
    @EachDatabase
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
                            start.await(60, TimeUnit.SECONDS);
                            alerts.raise(AlertKind.UNKNOWN_KEY, COLUMN, "1 value");
                            if (resolves) {
                                alerts.open(AlertKind.UNKNOWN_KEY, COLUMN).ifPresent(alerts::end);
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
