package io.reseal.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import io.reseal.rotation.alert.Alert;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSeverity;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.compliance.Control;
import io.reseal.rotation.compliance.ControlFinding;
import io.reseal.rotation.compliance.ReportPeriod;
import io.reseal.rotation.event.EventId;
import io.reseal.rotation.health.HealthFinding;
import io.reseal.rotation.health.HealthFinding.Check;
import io.reseal.rotation.pace.Effort;
import io.reseal.rotation.reencryption.Reencryption;
import io.reseal.rotation.reencryption.ReencryptionOptions;
import io.reseal.rotation.reencryption.RunState;
import io.reseal.rotation.schedule.ScheduledTask;
import io.reseal.rotation.spi.AlertChannel;
import io.reseal.rotation.spi.AlertNotice;
import io.reseal.rotation.spi.NotDeliveredException;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import io.reseal.testing.TestClock;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an orchestrator asks, and whether what is connected to is reached by TLS. */
class ProbesTest {

    static final Map<String, String> IN_CLEAR = Map.of(
            "reseal.alerts.hosts", "hooks.example.com",
            "reseal.alerts.webhook.pager.url", "http://hooks.example.com/x",
            "reseal.alerts.webhook.pager.secret", "0123456789abcdef",
            "reseal.alerts.webhook.pager.plain-http", "true");
    static final Map<String, String> BY_TLS = Map.of(
            "reseal.alerts.hosts", "hooks.example.com",
            "reseal.alerts.webhook.pager.url", "https://hooks.example.com/x",
            "reseal.alerts.webhook.pager.secret", "0123456789abcdef",
            "reseal.alerts.mail.host", "127.0.0.1",
            "reseal.alerts.mail.from", "reseal@example.com",
            "reseal.alerts.mail.tls", "none");
    private static final AlertSubject DATABASE = AlertSubject.connection("database of the key store");

    @TempDir
    Path directory;

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(60));
    }

    @Test
    void isReadyWhileTheKeyStoreAnswersAndLiveWithoutIt() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            Health health = stage.rotation.health();
            await().until(health::isReady);
            stage.database.execute("ALTER TABLE reseal_keystore RENAME TO away");
            stage.clock.advance(Duration.ofSeconds(30));
            await().until(() -> health.notReady().stream()
                    .anyMatch(reason -> reason.startsWith("The key store has not answered for ")));
            assertThat(health.isLive()).isTrue();
            stage.database.execute("ALTER TABLE away RENAME TO reseal_keystore");
            await().until(health::isReady);
        }
    }

    @Test
    void isNotLiveOnceTheThreadThatReadsKeysHangs() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.POSTGRESQL, directory);
                Connection other = stage.database.connect();
                Statement lock = other.createStatement()) {
            Health health = stage.rotation.health();
            await().until(health::isReady);
            other.setAutoCommit(false);
            lock.execute("LOCK TABLE reseal_keystore IN ACCESS EXCLUSIVE MODE");
            stage.clock.advance(Duration.ofMinutes(9));
            assertThat(health.isLive()).as("it may still hear").isTrue();
            await().until(() -> {
                stage.clock.advance(Duration.ofMinutes(10));
                return !health.isLive();
            });
            assertThat(health.notLive())
                    .containsExactly("the thread that reads keys has had neither an answer nor an error for PT10M");
            assertThat(health.isReady()).isFalse();
            other.rollback();
            await().until(health::isLive);
        }
    }

    @Test
    void isNotReadyWhileTheKeyStoreIsTamperedWith() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            Health health = stage.rotation.health();
            await().until(health::isReady);
            stage.database.execute("UPDATE reseal_key SET kek_id = CONCAT('x', kek_id)");
            assertThat(health.check().worst()).contains(AlertSeverity.CRITICAL);
            assertThat(health.notReady())
                    .anySatisfy(reason -> assertThat(reason).contains("was changed by somebody other than Reseal"));
            assertThat(health.isLive()).isTrue();
        }
    }

    @Test
    void isNotReadyFromTheMomentItIsDrainedOrClosedAndGivesItsWorkBack() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.POSTGRESQL, directory)) {
            KeyRotation leaving = stage.open(Map.of());
            leaving.rotate(KeyType.DATABASE_ENCRYPTION, "ann", "test");
            Reencryption run = leaving.reencrypt(
                    KeyType.DATABASE_ENCRYPTION, ReencryptionOptions.defaults().withEffort(Effort.NONE));
            leaving.health().drain();
            assertThat(leaving.health().isReady()).isFalse();
            assertThat(leaving.health().notReady()).first().isEqualTo("it is being closed");
            assertThat(leaving.health().isLive()).isTrue();
            assertThat(run.progress().state()).as("what is under way goes on").isEqualTo(RunState.RUNNING);
            leaving.close();
            assertThat(leaving.health().isReady()).isFalse();
            assertThat(leaving.health().isLive())
                    .as("what was closed is not missed")
                    .isTrue();
            assertThat(stage.database.query("SELECT COUNT(*) FROM reseal_range WHERE state = 'LEASED'"))
                    .containsExactly("0");
            KeyRotation other = stage.open(Map.of());
            other.close();
            assertThat(other.health().notReady()).first().isEqualTo("it is being closed");
        }
    }

    @Test
    void aSchedulerThatIsOpenOrClosedIsNoAilment() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            Health health = stage.rotation.health();
            RotationScheduler scheduler =
                    RotationScheduler.open(stage.rotation, Map.of()).start();
            assertThat(health.notLive()).isEmpty();
            scheduler.close();
            assertThat(health.notLive()).isEmpty();
            await().until(health::isReady);
        }
    }

    @Test
    void aRunWhoseLeasesNobodyKeepsAnyMoreIsAnAilmentUntilItIsLeft() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            stage.rotation.rotate(KeyType.DATABASE_ENCRYPTION, "ann", "test");
            AtomicBoolean isBroken = new AtomicBoolean();
            JdbcDataSource sound = new JdbcDataSource();
            sound.setURL(stage.database.url());
            sound.setUser(stage.database.user());
            Object broken = Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                        if (isBroken.get() && Thread.currentThread().getName().startsWith("reseal-lease-")) {
                            throw new StackOverflowError("told to");
                        }
                        return method.invoke(sound, arguments);
                    });
            Map<String, Object> settings = Map.of(
                    ResealSettings.KEK_FILE,
                    directory.resolve("kek.json").toString(),
                    ResealSettings.KEY_STORE,
                    broken);
            try (KeyRotation rotation = KeyRotation.open(ResealSettings.from(settings), stage.clock)) {
                Health health = rotation.health();
                try (Reencryption run = rotation.reencrypt(
                        KeyType.DATABASE_ENCRYPTION,
                        ReencryptionOptions.defaults().withEffort(Effort.NONE))) {
                    assertThat(health.notLive()).isEmpty();
                    isBroken.set(true);
                    await().dontCatchUncaughtExceptions().until(() -> !health.isLive());
                    assertThat(health.notLive())
                            .containsExactly("the thread that keeps the leases of the run 1 has died");
                    assertThat(health.isReady()).isFalse();
                    assertThat(run.id().value()).isEqualTo(1);
                }
                assertThat(health.isLive()).isTrue();
            }
        }
    }

    @Test
    void isNotReadyWhileItsSchedulerIsBeingClosed() throws Exception {
        CountDownLatch sending = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AlertChannel slow = new AlertChannel() {
            @Override
            public String name() {
                return "slow";
            }

            @Override
            public void send(AlertNotice notice) throws NotDeliveredException {
                sending.countDown();
                try {
                    if (!goOn.await(60, TimeUnit.SECONDS)) {
                        throw new NotDeliveredException("Nobody let it go on");
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        Map<String, Object> settings =
                Map.of("reseal.alerts.channels", List.of(slow), "reseal.contacts.operations", "slow");
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            Alert raised =
                    stage.rotation.alerts().raise(AlertKind.KEY_OVERDUE, AlertSubject.keyStore(), "for the channel");
            RotationScheduler scheduler = RotationScheduler.open(stage.rotation, settings);
            Thread working = new Thread(() -> scheduler.run(ScheduledTask.KEY_ROTATION_ALERTS));
            working.start();
            assertThat(sending.await(60, TimeUnit.SECONDS)).as("%s", raised).isTrue();
            Thread closing = new Thread(scheduler::close);
            closing.start();
            await().until(() -> stage.rotation.health().notReady().contains("its scheduler is being closed"));
            goOn.countDown();
            working.join();
            closing.join();
            await().until(stage.rotation.health()::isReady);
        }
    }

    private static Optional<HealthFinding> about(KeyRotation rotation, AlertSubject subject) {
        return rotation.health().check().of(Check.CONNECTION_TLS).stream()
                .filter(finding -> finding.subject().equals(subject))
                .findFirst();
    }

    @Test
    void tellsOfChannelsThatSendInClearUntilTheyDoNot() throws Exception {
        AlertSubject pager = AlertSubject.channel("pager");
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            try (AlertDelivery delivery = AlertDelivery.open(stage.rotation, IN_CLEAR)) {
                assertThat(delivery.routing().channels()).hasSize(2);
                HealthFinding found = about(stage.rotation, pager).orElseThrow();
                assertThat(found.alert()).contains(AlertKind.NOTICES_IN_CLEAR);
                assertThat(found.observed()).isEqualTo("in clear, to http://hooks.example.com");
                HealthFinding log =
                        about(stage.rotation, AlertSubject.channel("log")).orElseThrow();
                assertThat(log.alert()).isEmpty();
            }
            assertThat(about(stage.rotation, pager)).isEmpty();
            assertThat(stage.rotation.alerts().open(AlertKind.NOTICES_IN_CLEAR, pager))
                    .as("a process that delivers nothing knows nothing")
                    .isPresent();
            try (AlertDelivery delivery = AlertDelivery.open(stage.rotation, BY_TLS)) {
                assertThat(delivery.routing().channels()).hasSize(3);
                HealthFinding found = about(stage.rotation, pager).orElseThrow();
                assertThat(found.observed()).isEqualTo("by TLS, to https://hooks.example.com");
                HealthFinding mail =
                        about(stage.rotation, AlertSubject.channel("mail")).orElseThrow();
                assertThat(mail.alert()).isEmpty();
                assertThat(mail.observed()).isEqualTo("in clear, on this machine, to 127.0.0.1:587");
            }
            assertThat(stage.rotation.alerts().open(AlertKind.NOTICES_IN_CLEAR, pager))
                    .isEmpty();
        }
    }

    @EachDatabase
    void aConnectionOnTheServersMachineIsSaidToBeInClearAndNoFinding(Databases kind) throws Exception {
        try (EmergencyStage stage = new EmergencyStage(kind, directory)) {
            HealthFinding found = about(stage.rotation, DATABASE).orElseThrow();
            assertThat(found.alert()).isEmpty();
            assertThat(found.observed()).isEqualTo("in clear, on the server's machine");
        }
    }

    /** The server is asked as ever, and answers as it would for a client elsewhere. */
    @Test
    void aConnectionInClearFromAnotherMachineIsAFindingUntilItIsProtected() throws Exception {
        Databases.TestDatabase database = Databases.POSTGRESQL.fresh();
        String name = database.url().replaceAll(".*/", "");
        database.execute("ALTER DATABASE " + name + " SET search_path = public, pg_catalog");
        TestClock clock = TestClock.standing();
        ResealSettings settings = database.settings(
                Map.of(ResealSettings.KEK_FILE, directory.resolve("kek.json").toString()));
        try (KeyRegistry keys = ResealKeys.open(settings, clock);
                KeyRotation rotation = KeyRotation.open(settings, clock, engine -> clock)) {
            assertThat(keys.keyring().versions()).isEmpty();
            database.execute(
                    "CREATE FUNCTION public.inet_client_addr() RETURNS inet AS $$SELECT inet '192.0.2.7'$$ LANGUAGE sql");
            HealthFinding found = about(rotation, DATABASE).orElseThrow();
            assertThat(found.alert()).contains(AlertKind.CONNECTION_IN_CLEAR);
            assertThat(found.observed()).isEqualTo("in clear");
            assertThat(rotation.alerts().open(AlertKind.CONNECTION_IN_CLEAR, DATABASE))
                    .isPresent();
            ReportPeriod today =
                    new ReportPeriod(clock.instant(), clock.instant().plus(Duration.ofDays(1)));
            clock.advance(Duration.ofSeconds(1));
            String report =
                    rotation.reports().generate(today, People.ANN, "audit").id();
            assertThat(rotation.reports().findings(report))
                    .filteredOn(finding -> finding.control() == Control.NIST_PR_DS_2)
                    .allMatch(finding -> finding.result() == ControlFinding.Result.NOT_MET)
                    .extracting(ControlFinding::reason)
                    .containsExactly("connection database of the key store: in clear");
            database.execute("CREATE VIEW public.pg_stat_ssl AS SELECT pid, true AS ssl, 'TLSv1.3' AS version,"
                    + " 'TLS_AES_256_GCM_SHA384' AS cipher FROM pg_catalog.pg_stat_ssl");
            HealthFinding mended = about(rotation, DATABASE).orElseThrow();
            assertThat(mended.alert()).isEmpty();
            assertThat(mended.observed()).isEqualTo("TLS, TLSv1.3 TLS_AES_256_GCM_SHA384");
            assertThat(rotation.alerts().open(AlertKind.CONNECTION_IN_CLEAR, DATABASE))
                    .isEmpty();
        }
    }

    @Test
    void tellsOnceAWeekWhatTheCleanupDidAndHowTimesWereKept() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory);
                RotationScheduler scheduler =
                        RotationScheduler.open(stage.rotation, Map.of(SchedulerSettings.EFFORT, "full"))) {
            scheduler.run(ScheduledTask.KEY_ROTATION_CLEANUP);
            assertThat(open(stage, AlertKind.CLEANUP_RESULTS)).isEmpty();
            assertThat(open(stage, AlertKind.SCHEDULE_ADHERENCE))
                    .singleElement()
                    .asString()
                    .contains("0 completed, 0 failed, 0 cancelled, 0 open; 0 of 0 were begun within 8 h");
            EventId late = stage.rotation
                    .events()
                    .schedule(KeyType.DATABASE_ENCRYPTION, true, "ann", "now")
                    .id();
            stage.clock.advance(Duration.ofHours(9));
            scheduler.run(ScheduledTask.EXECUTE_SCHEDULED_KEY_ROTATIONS);
            scheduler.run(ScheduledTask.KEY_ROTATION_CLEANUP);
            assertThat(open(stage, AlertKind.SCHEDULE_ADHERENCE))
                    .singleElement()
                    .asString()
                    .contains("1 completed, ", "0 of 1 were begun within 8 h, late: " + late);
            stage.clock.advance(Duration.ofDays(91));
            scheduler.run(ScheduledTask.KEY_ROTATION_CLEANUP);
            assertThat(open(stage, AlertKind.CLEANUP_RESULTS))
                    .singleElement()
                    .asString()
                    .contains("database_encryption version 1 ");
            assertThat(open(stage, AlertKind.SCHEDULE_ADHERENCE))
                    .as("the one of the week before is over")
                    .singleElement()
                    .asString()
                    .contains("rotations of the week: 0 completed");
        }
    }

    private static List<Alert> open(EmergencyStage stage, AlertKind kind) {
        return stage.rotation.alerts().open().stream()
                .filter(alert -> alert.kind() == kind)
                .toList();
    }
}
