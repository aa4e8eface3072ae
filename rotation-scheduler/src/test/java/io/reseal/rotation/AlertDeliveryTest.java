package io.reseal.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.reseal.KeyStoreUnavailableException;
import io.reseal.ResealSettings;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyType;
import io.reseal.rotation.RecordingChannel.Mood;
import io.reseal.rotation.alert.Alert;
import io.reseal.rotation.alert.AlertDispatch;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.internal.alert.AlertStore;
import io.reseal.rotation.internal.alert.Outbox;
import io.reseal.rotation.internal.alert.OutboxClaims;
import io.reseal.rotation.internal.notify.Receiver;
import io.reseal.rotation.spi.AlertChannel;
import io.reseal.rotation.spi.AlertNotice;
import io.reseal.rotation.spi.AlertNotice.Reason;
import io.reseal.rotation.spi.NotDeliveredException;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import io.reseal.testing.TestClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlertDeliveryTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final AlertSubject KEY = AlertSubject.key(new KeyId(KeyType.DATABASE_ENCRYPTION, 3));
    private static final AlertSubject COLUMN = AlertSubject.column("patient.diagnosis");

    @TempDir
    private Path directory;

    /** Time is by this clock, for nodes and database. */
    private final TestClock clock = TestClock.standing();

    private final RecordingChannel pager = new RecordingChannel("pager");
    private final RecordingChannel security = new RecordingChannel("security-desk");
    private final RecordingChannel response = new RecordingChannel("response-desk");
    private final RecordingChannel board = new RecordingChannel("board");
    private final RecordingChannel wall = new RecordingChannel("wall");

    private KeyRotation open(Databases.TestDatabase database) {
        ResealSettings settings = database.settings(
                Map.of(ResealSettings.KEK_FILE, directory.resolve("kek.json").toString()));
        return KeyRotation.open(settings, clock, engine -> clock);
    }

    private AlertDelivery deliver(KeyRotation rotation, String... more) {
        Map<String, Object> settings = new HashMap<>(Map.of(
                "reseal.alerts.channels", List.of(pager, security, response, board, wall),
                "reseal.contacts.operations", "pager",
                "reseal.contacts.security", "security-desk",
                "reseal.contacts.incident-response", "response-desk",
                "reseal.contacts.executive", "board",
                "reseal.contacts.readers", "wall",
                "reseal.alerts.warning", "readers",
                "reseal.alerts.information", "readers"));
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return AlertDelivery.open(rotation, settings);
    }

    /** A database, a node on it, and what delivers for it. */
    private final class Scene implements AutoCloseable {

        final Databases.TestDatabase database;
        final KeyRotation rotation;
        final Alerts alerts;
        final AlertDelivery delivery;

        Scene(Databases kind, String... more) {
            database = kind.fresh();
            rotation = open(database);
            alerts = rotation.alerts();
            delivery = deliver(rotation, more);
        }

        Scene(Databases kind, Map<String, Object> settings) {
            database = kind.fresh();
            rotation = open(database);
            alerts = rotation.alerts();
            delivery = AlertDelivery.open(rotation, settings);
        }

        /** And what is due then is delivered. */
        void pass(Duration time) {
            clock.advance(time);
            delivery.deliver();
        }

        @Override
        public void close() {
            delivery.close();
            rotation.close();
        }
    }

    @EachDatabase
    void aCriticalAlertClimbsLevelAfterLevelUntilEverybodyKnows(Databases kind) {
        try (Scene scene = new Scene(kind)) {
            scene.alerts.raise(AlertKind.EMERGENCY_ROTATION, KEY, "a laptop is gone");
            assertThat(scene.delivery.deliver()).isEqualTo(1);
            assertThat(pager.told()).containsExactly("RAISED 1 [EMERGENCY_ROTATION]");
            scene.pass(Duration.ofMinutes(14));
            assertThat(security.told()).isEmpty();
            scene.pass(Duration.ofMinutes(1));
            assertThat(security.told()).containsExactly("RAISED 2 [EMERGENCY_ROTATION]");
            scene.pass(Duration.ofMinutes(14));
            assertThat(response.told()).isEmpty();
            scene.pass(Duration.ofMinutes(1));
            assertThat(response.told()).containsExactly("RAISED 3 [EMERGENCY_ROTATION]");
            scene.pass(Duration.ofMinutes(29));
            assertThat(board.told()).isEmpty();
            scene.pass(Duration.ofMinutes(1));
            assertThat(board.told()).containsExactly("RAISED 4 [EMERGENCY_ROTATION]");
            scene.pass(Duration.ofMinutes(3));
            assertThat(List.of(pager, security, response, board))
                    .allSatisfy(desk -> assertThat(desk.taken).hasSize(1));
            assertThat(wall.told()).isEmpty();
        }
    }

    @EachDatabase
    void whatIsAcknowledgedAfterFourteenMinutesIsNeverToldToTheSecondLevel(Databases kind) {
        try (Scene scene = new Scene(kind)) {
            long id = scene.alerts
                    .raise(AlertKind.EMERGENCY_ROTATION, KEY, "a laptop is gone")
                    .id();
            scene.delivery.deliver();
            scene.pass(Duration.ofMinutes(14));
            scene.alerts.acknowledge(id, People.ANN);
            scene.pass(Duration.ofMinutes(50));
            assertThat(pager.taken).hasSize(1);
            assertThat(security.taken).isEmpty();
            assertThat(response.taken).isEmpty();
        }
    }

    @EachDatabase
    void theEndIsToldToThoseWhoWereToldTheBeginningAndToNobodyElse(Databases kind) throws SQLException {
        try (Scene scene = new Scene(kind)) {
            Alert raised = scene.alerts.raise(AlertKind.EMERGENCY_ROTATION, KEY, "a laptop is gone");
            scene.alerts.raise(AlertKind.UNKNOWN_KEY, COLUMN, "1 value");
            scene.delivery.deliver();
            scene.pass(Duration.ofMinutes(15));
            assertThat(scene.alerts.resolve(raised, People.ANN, "found it")).isTrue();
            scene.pass(Duration.ofMinutes(50));
            assertThat(pager.told())
                    .containsExactly("RAISED 1 [EMERGENCY_ROTATION]", "RESOLVED 1 [EMERGENCY_ROTATION]");
            assertThat(security.told())
                    .containsExactly("RAISED 2 [EMERGENCY_ROTATION]", "RESOLVED 2 [EMERGENCY_ROTATION]");
            assertThat(response.taken).isEmpty();
            assertThat(wall.told()).containsExactly("RAISED 0 [UNKNOWN_KEY]");
            assertThat(pager.taken.get(1).alerts().get(0).resolved()).isPresent();
            assertThat(scene.database.query("SELECT about FROM reseal_notification WHERE follows IS NOT NULL"
                            + " AND about = " + raised.id()))
                    .as("nobody looks for its end any more")
                    .isEmpty();
        }
    }

    @EachDatabase
    void theEndIsNotToldToThoseWhomTheBeginningDidNotReach(Databases kind) {
        try (Scene scene =
                new Scene(kind, "reseal.alerts.attempts", "1", "reseal.alerts.level.1", "operations, executive")) {
            Alert raised = scene.alerts.raise(AlertKind.EMERGENCY_ROTATION, KEY, "a laptop is gone");
            pager.is(Mood.REFUSING);
            scene.delivery.deliver();
            pager.is(Mood.WELL);
            scene.alerts.resolve(raised, People.ANN, "found it");
            scene.pass(Duration.ofMinutes(1));
            scene.pass(Duration.ofMinutes(1));
            assertThat(board.told())
                    .containsExactly("RAISED 1 [EMERGENCY_ROTATION]", "RESOLVED 1 [EMERGENCY_ROTATION]");
            assertThat(pager.taken).isEmpty();
        }
    }

    @Test
    void aWarningIsToldOnceAndIsNotEscalated() {
        try (Scene scene = new Scene(Databases.H2)) {
            scene.alerts.raise(AlertKind.UNKNOWN_KEY, COLUMN, "1 value");
            scene.delivery.deliver();
            scene.alerts.raise(AlertKind.UNKNOWN_KEY, COLUMN, "2 values");
            clock.advance(Duration.ofDays(2));
            scene.delivery.deliver();
            assertThat(wall.told()).containsExactly("RAISED 0 [UNKNOWN_KEY]");
            AlertNotice notice = wall.taken.get(0);
            assertThat(notice.title()).isEqualTo("[Reseal] WARNING UNKNOWN_KEY (column patient.diagnosis)");
            assertThat(notice.text()).contains("1 value", AlertKind.UNKNOWN_KEY.remedy(), notice.id());
            assertThat(List.of(pager, security, response, board))
                    .allSatisfy(desk -> assertThat(desk.taken).isEmpty());
        }
    }

    /** Alerts are dated by the database, whose next Mondays the clock takes in. */
    @EachDatabase
    void whatIsForInformationComesOnceAWeekInOneDigest(Databases kind) throws SQLException {
        try (Scene scene = new Scene(kind)) {
            Alert first = information(scene, "t.a");
            Alert second = information(scene, "t.b");
            scene.alerts.resolve(second, People.ANN, "seen");
            Instant monday = first.lastSeen()
                    .atZone(ZoneOffset.UTC)
                    .with(TemporalAdjusters.next(DayOfWeek.MONDAY))
                    .truncatedTo(ChronoUnit.DAYS)
                    .plusDays(7)
                    .plusHours(6)
                    .toInstant();
            clock.set(monday.minus(Duration.ofDays(7)).minusSeconds(1));
            scene.delivery.deliver();
            clock.set(monday.minusSeconds(1));
            scene.delivery.deliver();
            int before = wall.taken.size();
            clock.set(monday);
            scene.delivery.deliver();
            scene.pass(Duration.ofMinutes(2));
            assertThat(wall.told()).containsExactly("DIGEST 0 [UNKNOWN_KEY, UNKNOWN_KEY]");
            assertThat(before).isEqualTo(1);
            scene.database.execute(
                    "UPDATE reseal_alert SET last_seen = last_seen + INTERVAL '14' DAY WHERE id = " + first.id());
            clock.advance(Duration.ofDays(14));
            scene.delivery.deliver();
            assertThat(wall.told()).containsExactly("DIGEST 0 [UNKNOWN_KEY, UNKNOWN_KEY]", "DIGEST 0 [UNKNOWN_KEY]");
        }
    }

    private static Alert information(Scene scene, String column) throws SQLException {
        Alert raised = scene.alerts.raise(AlertKind.UNKNOWN_KEY, AlertSubject.column(column), "3 rotations");
        scene.database.execute("UPDATE reseal_alert SET severity = 'INFORMATION'");
        return raised;
    }

    @EachDatabase
    void nodesThatDeliverAtOnceSendEachNoticeOnce(Databases kind) throws Exception {
        int nodes = 3;
        try (Scene scene = new Scene(kind)) {
            List<KeyRotation> rotations = new ArrayList<>();
            List<AlertDelivery> deliveries = new ArrayList<>(List.of(scene.delivery));
            ExecutorService executor = Executors.newFixedThreadPool(nodes);
            try {
                for (int i = 1; i < nodes; i++) {
                    rotations.add(open(scene.database));
                    deliveries.add(deliver(rotations.get(i - 1)));
                }
                for (int i = 0; i < 10; i++) {
                    scene.alerts.raise(AlertKind.FAILED_OPENINGS, AlertSubject.column("t.c" + i), "50 values");
                    scene.alerts.raise(AlertKind.UNKNOWN_KEY, AlertSubject.column("t.c" + i), "1 value");
                }
                CyclicBarrier start = new CyclicBarrier(nodes);
                List<Callable<Integer>> ticks = deliveries.stream()
                        .<Callable<Integer>>map(delivery -> () -> {
                            start.await(60, TimeUnit.SECONDS);
                            return delivery.deliver();
                        })
                        .toList();
                int sent = ticksUntilQuiet(executor, ticks);
                assertThat(sent).isEqualTo(20);
                assertThat(pager.taken).hasSize(10);
                assertThat(wall.taken).hasSize(10);
            } finally {
                executor.shutdownNow();
                deliveries.forEach(AlertDelivery::close);
                rotations.forEach(KeyRotation::close);
            }
        }
    }

    /** What one node found taken by another at that moment, the next tick looks at again. */
    private static int ticksUntilQuiet(ExecutorService executor, List<Callable<Integer>> ticks) throws Exception {
        int all = 0;
        for (int round = 0; round < 3; round++) {
            for (Future<Integer> tick : executor.invokeAll(ticks)) {
                all += tick.get();
            }
        }
        return all;
    }

    @EachDatabase
    void aNodeThatEndsBeforeItNotesANoticeLeavesItToAnotherWithTheSameId(Databases kind) {
        try (Scene scene = new Scene(kind);
                KeyRotation other = open(scene.database);
                AlertDelivery living = deliver(other)) {
            scene.alerts.raise(AlertKind.EMERGENCY_ROTATION, KEY, "a laptop is gone");
            pager.is(Mood.DYING);
            assertThat(scene.delivery.deliver()).isZero();
            assertThat(pager.taken).hasSize(1);
            pager.is(Mood.WELL);
            clock.advance(OutboxClaims.LEASE);
            assertThat(living.deliver()).isZero();
            clock.advance(Duration.ofSeconds(1));
            assertThat(living.deliver()).isEqualTo(1);
            assertThat(pager.taken)
                    .hasSize(2)
                    .extracting(AlertNotice::id)
                    .containsOnly(pager.taken.get(0).id());
            assertThat(living.sent(Instant.EPOCH)).hasSize(1);
        }
    }

    @EachDatabase
    void aLeaseThatReachesTooFarKeepsNobodyOutForEver(Databases kind) throws SQLException {
        try (Scene scene = new Scene(kind)) {
            scene.alerts.raise(AlertKind.EMERGENCY_ROTATION, KEY, "a laptop is gone");
            pager.is(Mood.DYING);
            scene.delivery.deliver();
            scene.database.execute("UPDATE reseal_notification SET lease_until = lease_until + INTERVAL '9' DAY");
            pager.is(Mood.WELL);
            assertThat(scene.delivery.deliver()).isEqualTo(1);
        }
    }

    @EachDatabase
    void whatIsNotTakenIsTriedWithGrowingPausesAndThenWaitsForAPersonWhomAnAlertTells(Databases kind)
            throws SQLException {
        try (Scene scene = new Scene(kind, "reseal.alerts.attempts", "3", "reseal.alerts.pause", "PT2M")) {
            scene.alerts.raise(AlertKind.EMERGENCY_ROTATION, KEY, "a laptop is gone");
            pager.is(Mood.REFUSING);
            scene.delivery.deliver();
            scene.pass(Duration.ofMinutes(2).minusNanos(1_000));
            assertThat(attempts(scene)).containsExactly("PENDING|1");
            scene.pass(Duration.ofNanos(1_000));
            scene.pass(Duration.ofMinutes(4).minusNanos(1_000));
            assertThat(scene.delivery.deadLetters()).isEmpty();
            assertThat(attempts(scene)).containsExactly("PENDING|2");
            scene.pass(Duration.ofNanos(1_000));
            assertThat(attempts(scene)).containsExactly("DEAD|3");
            AlertDispatch dead = scene.delivery.deadLetters().get(0);
            assertThat(dead.failure()).contains("pager is out of order");
            Alert told = scene.alerts
                    .open(AlertKind.NOTIFICATION_FAILED, AlertSubject.channel("pager"))
                    .orElseThrow();
            assertThat(told.evidence()).contains(dead.notice().id(), "3 attempts", "pager is out of order");
            scene.pass(Duration.ofMinutes(5));
            assertThat(attempts(scene)).containsExactly("DEAD|3");
            assertThat(wall.told()).containsExactly("RAISED 0 [NOTIFICATION_FAILED]");

            assertThat(scene.delivery.sendAgain(dead.notice().id(), People.ANN, "mended"))
                    .isTrue();
            assertThat(scene.delivery.sendAgain(dead.notice().id(), People.BOB, "me too"))
                    .isFalse();
            scene.delivery.deliver();
            assertThat(attempts(scene)).as("all attempts anew").containsExactly("PENDING|1");
            assertThat(scene.alerts.find(told.id()).orElseThrow().isOpen())
                    .as("it was not taken yet")
                    .isTrue();
            pager.is(Mood.WELL);
            scene.pass(Duration.ofMinutes(2));
            scene.pass(Duration.ofMinutes(1));
            assertThat(pager.taken)
                    .extracting(AlertNotice::id)
                    .containsExactly(dead.notice().id());
            assertThat(scene.alerts.find(told.id()).orElseThrow().isOpen()).isFalse();
            assertThat(wall.told())
                    .containsExactly("RAISED 0 [NOTIFICATION_FAILED]", "RESOLVED 0 [NOTIFICATION_FAILED]");
            assertThat(scene.database.query(
                            "SELECT actor, subject, reason FROM reseal_audit WHERE action = 'send-notice-again'"))
                    .containsExactly(People.ANN + "|notice " + dead.notice().id() + "|mended");
        }
    }

    private static List<String> attempts(Scene scene) throws SQLException {
        return scene.database.query("SELECT state, attempts FROM reseal_notification WHERE channel = 'pager'");
    }

    @Test
    void whatTheAuditLogDoesNotTakeIsNotSentAgain() throws SQLException {
        try (Scene scene = new Scene(Databases.H2, "reseal.alerts.attempts", "1")) {
            scene.alerts.raise(AlertKind.EMERGENCY_ROTATION, KEY, "a laptop is gone");
            pager.is(Mood.REFUSING);
            scene.delivery.deliver();
            String dead = scene.delivery.deadLetters().get(0).notice().id();
            scene.database.execute("ALTER TABLE reseal_audit RENAME TO taken_away");
            assertThatThrownBy(() -> scene.delivery.sendAgain(dead, People.ANN, "mended"))
                    .isInstanceOf(KeyStoreUnavailableException.class);
            assertThat(scene.delivery.deadLetters()).hasSize(1);
        }
    }

    @Test
    void aPersonMaySendADeadLetterOfAnAlertThatIsTaken() {
        try (Scene scene = new Scene(Databases.H2, "reseal.alerts.attempts", "1")) {
            long id = scene.alerts
                    .raise(AlertKind.EMERGENCY_ROTATION, KEY, "a laptop is gone")
                    .id();
            pager.is(Mood.REFUSING);
            scene.delivery.deliver();
            scene.alerts.acknowledge(id, People.ANN);
            pager.is(Mood.WELL);
            scene.delivery.sendAgain(
                    scene.delivery.deadLetters().get(0).notice().id(), People.ANN, "for the record");
            scene.delivery.deliver();
            assertThat(pager.told()).containsExactly("RAISED 1 [EMERGENCY_ROTATION]");
        }
    }

    @Test
    void aChannelThatRefusesTwiceInARowIsLeftAloneUntilTheNextTick() throws SQLException {
        try (Scene scene = new Scene(Databases.H2)) {
            pager.is(Mood.REFUSING);
            for (int i = 0; i < 5; i++) {
                scene.alerts.raise(AlertKind.FAILED_OPENINGS, AlertSubject.column("t.c" + i), "50 values");
            }
            scene.delivery.deliver();
            assertThat(scene.database.query("SELECT SUM(attempts) FROM reseal_notification"))
                    .containsExactly("2");
        }
    }

    @Test
    void aFailureThatIsLongerThanItsColumnIsCut() throws SQLException {
        AlertChannel verbose = new AlertChannel() {
            @Override
            public String name() {
                return "verbose";
            }

            @Override
            public void send(AlertNotice notice) throws NotDeliveredException {
                throw new NotDeliveredException("no. ".repeat(1_000));
            }
        };
        try (Scene scene = new Scene(
                Databases.H2,
                Map.of("reseal.alerts.channels", List.of(verbose), "reseal.contacts.operations", "verbose"))) {
            scene.alerts.raise(AlertKind.EMERGENCY_ROTATION, KEY, "a laptop is gone");
            scene.delivery.deliver();
            assertThat(scene.database.query("SELECT attempts, token, CHAR_LENGTH(failure) FROM reseal_notification"))
                    .containsExactly("1|null|1000");
        }
    }

    /** As where somebody acknowledges it after the open alerts were read. */
    @EachDatabase
    void whatSomebodyHasTakenOnIsNotWrittenAnyMore(Databases kind) {
        try (Scene scene = new Scene(kind)) {
            Outbox outbox =
                    new Outbox(new AlertStore(scene.rotation.deliveryGround().database()));
            long taken = scene.alerts
                    .raise(AlertKind.EMERGENCY_ROTATION, KEY, "a laptop is gone")
                    .id();
            Alert over = scene.alerts.raise(AlertKind.UNKNOWN_KEY, COLUMN, "1 value");
            scene.alerts.acknowledge(taken, People.ANN);
            scene.alerts.resolve(over, People.ANN, "known");
            for (long id : List.of(taken, over.id())) {
                outbox.writeRaised(
                        new Outbox.Draft(Reason.RAISED, id, 1, "pager", List.of(), List.of()), clock.instant());
                assertThat(outbox.about(Reason.RAISED, id, 1)).isEmpty();
            }
        }
    }

    @EachDatabase
    void whatWasNotTakenIsNotTriedAgainOnceTheAlertIsOver(Databases kind) throws SQLException {
        try (Scene scene = new Scene(kind)) {
            Alert raised = scene.alerts.raise(AlertKind.EMERGENCY_ROTATION, KEY, "a laptop is gone");
            pager.is(Mood.REFUSING);
            scene.delivery.deliver();
            scene.alerts.resolve(raised, People.ANN, "found it");
            pager.is(Mood.WELL);
            scene.pass(Duration.ofMinutes(5));
            assertThat(pager.taken).isEmpty();
            assertThat(attempts(scene)).containsExactly("WITHDRAWN|1");
            assertThat(scene.database.query("SELECT id FROM reseal_notification WHERE follows IS NOT NULL"))
                    .isEmpty();
        }
    }

    @EachDatabase
    void whatWasNotTakenIsNotTriedAgainOnceSomebodyHasTakenTheAlertOn(Databases kind) throws SQLException {
        try (Scene scene = new Scene(kind)) {
            long id = scene.alerts
                    .raise(AlertKind.EMERGENCY_ROTATION, KEY, "a laptop is gone")
                    .id();
            pager.is(Mood.REFUSING);
            scene.delivery.deliver();
            scene.alerts.acknowledge(id, People.ANN);
            pager.is(Mood.WELL);
            scene.pass(Duration.ofMinutes(5));
            assertThat(pager.taken).isEmpty();
            assertThat(attempts(scene)).containsExactly("WITHDRAWN|1");
        }
    }

    /** Nobody knows whether it was received: the beginning is told again, and then the end. */
    @EachDatabase
    void whatANodeMayHaveSentBeforeItEndedIsToldToItsEnd(Databases kind) {
        try (Scene scene = new Scene(kind)) {
            Alert raised = scene.alerts.raise(AlertKind.EMERGENCY_ROTATION, KEY, "a laptop is gone");
            pager.is(Mood.DYING);
            scene.delivery.deliver();
            pager.is(Mood.WELL);
            scene.alerts.resolve(raised, People.ANN, "found it");
            scene.pass(Duration.ofMinutes(5));
            scene.pass(Duration.ofMinutes(1));
            assertThat(pager.told())
                    .containsExactly(
                            "RAISED 1 [EMERGENCY_ROTATION]",
                            "RAISED 1 [EMERGENCY_ROTATION]",
                            "RESOLVED 1 [EMERGENCY_ROTATION]");
        }
    }

    @Test
    void channelsThatFailHoldUpNoOtherAndSayNothingOfWhatTheyThrew() throws SQLException {
        try (Scene scene = new Scene(Databases.H2, "reseal.alerts.level.1", "operations, security, executive")) {
            pager.is(Mood.REFUSING);
            security.is(Mood.BROKEN);
            scene.alerts.raise(AlertKind.EMERGENCY_ROTATION, KEY, "a laptop is gone");
            assertThat(scene.delivery.deliver()).isEqualTo(1);
            assertThat(board.taken).hasSize(1);
            assertThat(scene.database.query("SELECT channel, failure FROM reseal_notification ORDER BY channel"))
                    .containsExactly(
                            "board|null",
                            "pager|pager is out of order",
                            "security-desk|The channel threw java.lang.IllegalStateException");
        }
    }

    @Test
    void aChannelThatHangsHoldsUpNoOtherTickAfterTick() throws Exception {
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try (Scene scene = new Scene(Databases.H2, "reseal.alerts.level.1", "operations, executive")) {
            pager.is(Mood.HANGING);
            scene.alerts.raise(AlertKind.EMERGENCY_ROTATION, KEY, "a laptop is gone");
            Future<Integer> hangs = executor.submit(scene.delivery::deliver);
            await().atMost(PATIENCE).until(() -> board.taken.size() == 1);
            for (int i = 0; i < 12; i++) { // more ticks than there are threads
                scene.alerts.raise(AlertKind.FAILED_OPENINGS, AlertSubject.column("t.c" + i), "50 values");
                assertThat(scene.delivery.deliver()).isEqualTo(1);
            }
            assertThat(board.taken).hasSize(13);
            pager.release();
            assertThat(hangs.get(60, TimeUnit.SECONDS)).isPositive();
        } finally {
            pager.release();
            executor.shutdownNow();
        }
    }

    @Test
    void thatAChannelFailsIsNotToldOnItAndAtLeastInTheLog() throws SQLException {
        try (Scene scene = new Scene(Databases.H2, "reseal.alerts.attempts", "1")) {
            wall.is(Mood.REFUSING);
            scene.alerts.raise(AlertKind.UNKNOWN_KEY, COLUMN, "1 value");
            scene.delivery.deliver();
            scene.pass(Duration.ofMinutes(3));
            assertThat(scene.database.query(
                            "SELECT channel, state FROM reseal_notification ORDER BY written_at, channel"))
                    .containsExactly("wall|DEAD", "log|SENT");
        }
    }

    @EachDatabase
    void serversThatAnswerAreServedWhileOthersAreDownAndNothingSecretIsStored(Databases kind) throws Exception {
        String secret = "s3cret-0123456789abcdef";
        try (Receiver receiver = new Receiver();
                Scene scene = new Scene(
                        kind,
                        "reseal.alerts.attempts",
                        "1",
                        "reseal.alerts.hosts",
                        "127.0.0.1",
                        "reseal.alerts.webhook.hook.url",
                        receiver.url("/" + secret),
                        "reseal.alerts.webhook.hook.secret",
                        secret,
                        "reseal.alerts.slack.room.url",
                        "http://127.0.0.1:" + closedPort() + "/" + secret,
                        "reseal.alerts.mail.host",
                        "127.0.0.1",
                        "reseal.alerts.mail.port",
                        closedPort(),
                        "reseal.alerts.mail.from",
                        "reseal@example.com",
                        "reseal.alerts.mail.user",
                        "reseal",
                        "reseal.alerts.mail.password",
                        secret,
                        "reseal.contacts.operations",
                        "hook, room, mail:ops@example.com")) {
            scene.alerts.raise(AlertKind.EMERGENCY_ROTATION, KEY, "a laptop is gone");
            assertThat(scene.delivery.deliver()).isEqualTo(1);
            assertThat(receiver.posts).hasSize(1);
            assertThat(scene.delivery.deadLetters())
                    .extracting(AlertDispatch::channel)
                    .containsExactlyInAnyOrder("mail", "room");
            assertThat(scene.delivery.deadLetters())
                    .filteredOn(dead -> dead.channel().equals("mail"))
                    .singleElement()
                    .extracting(dead -> dead.notice().recipients())
                    .isEqualTo(List.of("ops@example.com"));
            assertThat(scene.database.query("SELECT * FROM reseal_notification"))
                    .hasSize(3)
                    .allSatisfy(
                            row -> assertThat(row).contains("a laptop is gone").doesNotContain(secret));
            assertThat(scene.delivery.routing().toString() + scene.alerts.open())
                    .doesNotContain(secret);
        }
    }

    @EachDatabase
    void whatWaitsForAChannelThatNobodyHasAnyMoreIsSeenAfterADay(Databases kind) {
        try (Scene scene = new Scene(kind);
                AlertDelivery without = AlertDelivery.open(scene.rotation, Map.of("reseal.alerts.pause", "PT30S"))) {
            pager.is(Mood.REFUSING);
            scene.alerts.raise(AlertKind.EMERGENCY_ROTATION, KEY, "a laptop is gone");
            scene.delivery.deliver();
            clock.advance(Duration.ofSeconds(30).plusDays(1));
            without.deliver();
            assertThat(without.deadLetters()).isEmpty();
            clock.advance(Duration.ofNanos(1_000));
            without.deliver();
            assertThat(without.deadLetters())
                    .singleElement()
                    .satisfies(dead -> assertThat(dead.failure().orElseThrow()).contains("no node had this channel"));
            assertThat(scene.alerts.open(AlertKind.NOTIFICATION_FAILED, AlertSubject.channel("pager")))
                    .isPresent();
            clock.advance(Duration.ofDays(3));
            scene.delivery.sendAgain(without.deadLetters().get(0).notice().id(), People.ANN, "a node has it again");
            without.deliver();
            assertThat(without.deadLetters())
                    .as("a node with the channel may come by")
                    .isEmpty();
            pager.is(Mood.WELL);
            assertThat(scene.delivery.deliver()).isPositive();
            assertThat(pager.told()).contains("RAISED 1 [EMERGENCY_ROTATION]");
        }
    }

    private static String closedPort() throws IOException {
        try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return Integer.toString(gone.getLocalPort());
        }
    }
}
