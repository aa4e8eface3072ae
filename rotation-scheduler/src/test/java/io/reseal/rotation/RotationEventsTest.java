package io.reseal.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.keys.KeyId;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyVersion;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.event.EventId;
import io.reseal.rotation.event.EventState;
import io.reseal.rotation.event.RotationEvent;
import io.reseal.rotation.pace.Effort;
import io.reseal.rotation.reencryption.ReencryptionOptions;
import io.reseal.rotation.reencryption.RunId;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RotationEventsTest {

    private static final KeyType DB = KeyType.DATABASE_ENCRYPTION;
    private static final Duration INTERVAL = Duration.ofDays(180);
    private static final EventExecution.Limits LIMITS = new EventExecution.Limits(
            Duration.ofSeconds(2),
            4,
            Duration.ofMinutes(1),
            ReencryptionOptions.defaults().withEffort(Effort.FULL));

    @TempDir
    Path directory;

    private static List<KeyState> states(EmergencyStage stage) {
        return stage.rotation.keys(DB).stream().map(KeyVersion::state).toList();
    }

    private static Optional<Instant> execute(KeyRotation rotation) {
        return rotation.execution(LIMITS).run(() -> true);
    }

    private static RotationEvent force(EmergencyStage stage) {
        return stage.rotation.events().schedule(DB, true, "ann", "asked for");
    }

    @EachDatabase
    void rotatesAndReencryptsWhatIsDueOnce(Databases kind) throws Exception {
        try (EmergencyStage stage = new EmergencyStage(kind, directory)) {
            RotationEvents events = stage.rotation.events();
            RotationEvent planned = events.schedule(DB, false, "ann", "in good time");
            assertThat(planned.state()).isEqualTo(EventState.SCHEDULED);
            assertThat(planned.course().dueAt())
                    .isEqualTo(stage.keys
                            .refresh()
                            .active(DB)
                            .flatMap(KeyVersion::activated)
                            .orElseThrow()
                            .plus(INTERVAL));
            assertThat(events.scheduleDue("reseal", "daily check")).isEmpty();
            assertThat(execute(stage.rotation)).isEmpty();
            assertThat(states(stage)).containsExactly(KeyState.ACTIVE);

            stage.clock.advance(INTERVAL);
            assertThat(events.scheduleDue("reseal", "daily check"))
                    .extracting(RotationEvent::id)
                    .contains(planned.id())
                    .hasSize(2); // the tokens' key is due as well
            assertThat(events.schedule(DB, false, "bob", "again").id()).isEqualTo(planned.id());
            assertThat(execute(stage.rotation)).isEmpty();

            RotationEvent done = events.find(planned.id()).orElseThrow();
            assertThat(done.state()).isEqualTo(EventState.COMPLETED);
            assertThat(done.request()).isEqualTo(new RotationEvent.Request("ann", "in good time", false));
            assertThat(done.outcome().successor()).contains(new KeyId(DB, 2));
            assertThat(done.outcome().rows()).isEqualTo(EmergencyStage.ROWS);
            assertThat(done.outcome().remaining()).isZero();
            assertThat(done.course().duration()).isPresent();
            assertThat(stage.underFirst()).isZero();
            assertThat(states(stage)).containsExactly(KeyState.DEACTIVATED, KeyState.ACTIVE);
            assertThat(stage.rotation.alerts().open(AlertKind.ROTATION_COMPLETED, AlertSubject.keyType(DB)))
                    .isPresent();
            assertThat(events.open()).isEmpty();
            assertThat(events.scheduleDue("reseal", "daily check")).isEmpty();
        }
    }

    @EachDatabase
    void givesAKeyTypeOneOpenEventHoweverManyAsk(Databases kind) throws Exception {
        try (EmergencyStage stage = new EmergencyStage(kind, directory);
                KeyRotation other = stage.open(Map.of())) {
            List<CompletableFuture<RotationEvent>> asked = new ArrayList<>();
            for (KeyRotation node : List.of(stage.rotation, other, stage.rotation, other)) {
                asked.add(CompletableFuture.supplyAsync(
                        () -> node.events().schedule(DB, true, "ann", "at the same moment")));
            }
            assertThat(asked)
                    .extracting(each -> each.join().id())
                    .containsOnly(asked.get(0).join().id());
            assertThat(stage.database.query("SELECT COUNT(*) FROM reseal_event"))
                    .containsExactly("1");
        }
    }

    @EachDatabase
    void rotatesOnceThoughSeveralNodesExecuteAtOnce(Databases kind) throws Exception {
        try (EmergencyStage stage = new EmergencyStage(kind, directory);
                KeyRotation other = stage.open(Map.of())) {
            RotationEvent event = force(stage);
            CompletableFuture<Optional<Instant>> there = CompletableFuture.supplyAsync(() -> execute(other));
            execute(stage.rotation);
            there.join();
            assertThat(states(stage)).containsExactly(KeyState.DEACTIVATED, KeyState.ACTIVE);
            assertThat(stage.rotation.events().find(event.id()).orElseThrow().state())
                    .isEqualTo(EventState.COMPLETED);
        }
    }

    @Test
    void goesOnWhereANodeCrashedAfterThePromotion() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            RotationEvent event = force(stage);
            assertThatThrownBy(() -> stage.rotation.execution(LIMITS).run(() -> {
                        if (states(stage).size() == 2) {
                            throw new StackOverflowError("the node dies here");
                        }
                        return true;
                    }))
                    .isInstanceOf(StackOverflowError.class);
            // as a killed process would have left it
            stage.database.execute(
                    "UPDATE reseal_event SET state = 'RUNNING', run_id = NULL, successor = NULL, holder = 'gone',"
                            + " lease_until = CURRENT_TIMESTAMP");
            execute(stage.rotation);
            RotationEvent done = stage.rotation.events().find(event.id()).orElseThrow();
            assertThat(done.state()).isEqualTo(EventState.COMPLETED);
            assertThat(done.outcome().successor()).contains(new KeyId(DB, 2));
            assertThat(states(stage)).containsExactly(KeyState.DEACTIVATED, KeyState.ACTIVE);
            assertThat(stage.underFirst()).isZero();
        }
    }

    @Test
    void waitsForTheLeaseOfANodeThatHasGoneSilent() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            RotationEvent event = force(stage);
            stage.database.execute("UPDATE reseal_event SET state = 'RUNNING', holder = 'gone', token = 1,"
                    + " lease_until = CURRENT_TIMESTAMP + INTERVAL '1' SECOND");
            execute(stage.rotation);
            assertThat(stage.rotation.events().find(event.id()).orElseThrow().state())
                    .isEqualTo(EventState.COMPLETED);
        }
    }

    @Test
    void leavesAKeyAloneThatSomebodyElseHasReplaced() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            RotationEvent event = force(stage);
            stage.rotation.rotate(DB, "bob", "by hand");
            execute(stage.rotation);
            RotationEvent done = stage.rotation.events().find(event.id()).orElseThrow();
            assertThat(done.state()).isEqualTo(EventState.COMPLETED);
            assertThat(done.outcome().successor()).contains(new KeyId(DB, 2));
            assertThat(states(stage)).containsExactly(KeyState.DEACTIVATED, KeyState.ACTIVE);
            assertThat(stage.underFirst()).isZero();
        }
    }

    @EachDatabase
    void triesAgainLaterAndLaterAndThenGivesUpAndTells(Databases kind) throws Exception {
        try (EmergencyStage stage = new EmergencyStage(kind, directory)) {
            stage.database.execute("ALTER TABLE \"note\" RENAME TO \"away\""); // no run reaches it
            RotationEvent event = force(stage);
            Instant start = stage.clock.instant();
            assertThat(execute(stage.rotation)).contains(start.plus(Duration.ofMinutes(1)));
            RotationEvent failed = stage.rotation.events().find(event.id()).orElseThrow();
            assertThat(failed.state()).isEqualTo(EventState.PENDING);
            assertThat(failed.outcome().attempts()).isEqualTo(1);
            assertThat(failed.outcome().failure().orElseThrow()).contains("note");

            stage.clock.advance(Duration.ofSeconds(59));
            assertThat(execute(stage.rotation)).contains(start.plus(Duration.ofMinutes(1)));
            stage.clock.advance(Duration.ofSeconds(1));
            assertThat(execute(stage.rotation)).contains(start.plus(Duration.ofMinutes(3)));
            stage.clock.advance(Duration.ofMinutes(2));
            assertThat(execute(stage.rotation)).contains(start.plus(Duration.ofMinutes(7)));
            stage.clock.advance(Duration.ofMinutes(4));
            assertThat(execute(stage.rotation)).isEmpty();
            assertThat(stage.rotation.events().find(event.id()).orElseThrow().state())
                    .isEqualTo(EventState.FAILED);
            assertThat(stage.rotation
                            .alerts()
                            .open(AlertKind.ROTATION_FAILED, AlertSubject.keyType(DB))
                            .orElseThrow()
                            .evidence())
                    .contains(event.id().toString(), "4 attempts", "note");
            assertThat(states(stage)).containsExactly(KeyState.DEACTIVATED, KeyState.ACTIVE);

            stage.rotation.events().retry(event.id(), "ann", "the table is back, they say");
            assertThat(execute(stage.rotation)).contains(stage.clock.instant().plus(Duration.ofMinutes(1)));
            stage.database.execute("ALTER TABLE \"away\" RENAME TO \"note\"");
            stage.clock.advance(Duration.ofMinutes(1));
            assertThat(execute(stage.rotation)).isEmpty();
            assertThat(stage.rotation.events().find(event.id()).orElseThrow().state())
                    .isEqualTo(EventState.COMPLETED);
            assertThat(stage.rotation.alerts().open(AlertKind.ROTATION_FAILED, AlertSubject.keyType(DB)))
                    .isEmpty();
            assertThat(states(stage)).containsExactly(KeyState.DEACTIVATED, KeyState.ACTIVE);
            assertThat(stage.underFirst()).isZero();
        }
    }

    @EachDatabase
    void holdsWhatAPersonHasPausedUntilTheyResumeIt(Databases kind) throws Exception {
        try (EmergencyStage stage = new EmergencyStage(kind, directory)) {
            RotationEvents events = stage.rotation.events();
            EventId id = force(stage).id();
            events.pause(id, "ann", "month's end");
            assertThat(execute(stage.rotation)).isEmpty();
            assertThat(states(stage)).containsExactly(KeyState.ACTIVE);
            assertThat(events.pause(id, "bob", "twice").state()).isEqualTo(EventState.PAUSED);

            events.resume(id, "ann", "the month is over");
            CompletableFuture<Optional<Instant>> execution = CompletableFuture.supplyAsync(() -> stage.rotation
                    .execution(new EventExecution.Limits(
                            LIMITS.lease(),
                            LIMITS.attempts(),
                            LIMITS.backoff(),
                            LIMITS.options()
                                    .withWorkers(1)
                                    .withWindow(1, 1)
                                    .withPauseBetweenBatches(Duration.ofSeconds(1))))
                    .run(() -> true));
            RunId run = Awaitility.await()
                    .atMost(Duration.ofSeconds(40))
                    .until(() -> events.find(id).orElseThrow().outcome().run(), Optional::isPresent)
                    .orElseThrow();
            assertThat(events.pause(id, "ann", "too slow").state()).isEqualTo(EventState.PAUSED);
            execution.join();
            assertThat(stage.database.query("SELECT state FROM reseal_run WHERE id = " + run.value()))
                    .containsExactly("PAUSED");
            assertThat(stage.underFirst()).isPositive();

            events.resume(id, "ann", "go on");
            execute(stage.rotation);
            assertThat(events.find(id).orElseThrow().state()).isEqualTo(EventState.COMPLETED);
            assertThat(events.find(id).orElseThrow().outcome().run()).contains(run);
            assertThat(stage.underFirst()).isZero();
        }
    }

    @EachDatabase
    void callsARotationOffForGood(Databases kind) throws Exception {
        try (EmergencyStage stage = new EmergencyStage(kind, directory)) {
            RotationEvents events = stage.rotation.events();
            EventId id = force(stage).id();
            assertThat(events.cancel(id, "ann", "not this week").state()).isEqualTo(EventState.CANCELLED);
            execute(stage.rotation);
            assertThat(states(stage)).containsExactly(KeyState.ACTIVE);
            assertThatThrownBy(() -> events.pause(id, "ann", "too late"))
                    .isInstanceOf(RotationRefusedException.class)
                    .hasMessageContaining(id + " (database_encryption version 1, CANCELLED)");
            assertThatThrownBy(() -> events.resume(id, "ann", "too late")).isInstanceOf(RotationRefusedException.class);
            assertThatThrownBy(() -> events.retry(id, "ann", "too late")).isInstanceOf(RotationRefusedException.class);
            assertThat(force(stage).id()).isNotEqualTo(id);
            assertThat(stage.database.query(
                            "SELECT action FROM reseal_audit WHERE subject LIKE 'rotation %' ORDER BY seq"))
                    .containsExactly("schedule-rotation", "cancel-rotation", "schedule-rotation");
        }
    }

    @EachDatabase
    void bringsForwardWhatIsNotDueIfItIsForced(Databases kind) throws Exception {
        try (EmergencyStage stage = new EmergencyStage(kind, directory)) {
            RotationEvents events = stage.rotation.events();
            RotationEvent planned = events.schedule(DB, false, "ann", "in good time");
            stage.clock.advance(Duration.ofDays(1));
            Instant now = stage.clock.instant();

            RotationEvent forced = events.schedule(DB, true, "bob", "a laptop was lost");

            assertThat(forced.id()).isEqualTo(planned.id());
            assertThat(forced.state()).isEqualTo(EventState.PENDING);
            assertThat(forced.request()).isEqualTo(new RotationEvent.Request("ann", "in good time", true));
            assertThat(forced.course().dueAt()).isEqualTo(now);
            stage.clock.advance(Duration.ofDays(1));
            assertThat(force(stage)).as("a second time").isEqualTo(forced);
            assertThat(stage.database.query(
                            "SELECT action FROM reseal_audit WHERE subject LIKE 'rotation %' ORDER BY seq"))
                    .containsExactly("schedule-rotation", "force-rotation");
        }
    }

    @Test
    void asksForWhatIsOverdueFromWhenItWasDue() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            Instant due = stage.clock.instant().plus(INTERVAL);
            stage.clock.advance(INTERVAL.plusDays(3));
            RotationEvent late = stage.rotation.events().schedule(DB, false, "ann", "late");
            assertThat(late.state()).isEqualTo(EventState.PENDING);
            assertThat(late.course().dueAt()).isEqualTo(due);
        }
    }

    @Test
    void theDailyCheckFindsWhatAPersonPlannedOnceItsTimeHasCome() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            RotationEvents events = stage.rotation.events();
            EventId id = events.schedule(DB, false, "ann", "in good time").id();
            stage.clock.advance(INTERVAL);
            assertThat(events.scheduleDue("reseal", "daily check"))
                    .extracting(RotationEvent::id)
                    .contains(id);
            assertThat(events.find(id).orElseThrow().state()).isEqualTo(EventState.PENDING);
        }
    }

    /** Of two that are both to be executed, the one that was asked for later. */
    @Test
    void replacesTheMostUrgentKeyFirst() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            stage.rotation.events().schedule(EmergencyStage.TOKEN, true, "ann", "first");
            stage.clock.advance(Duration.ofMinutes(1));
            force(stage);
            execute(stage.rotation);
            assertThat(
                            stage.database.query(
                                    "SELECT subject FROM reseal_audit WHERE action = 'promote' AND subject LIKE '%version 2' ORDER BY seq"))
                    .containsExactly("database_encryption version 2", "token_encryption version 2");
        }
    }

    /** The decision came after the run had begun, and before the event named it: nobody but its node can stop the run. */
    @ParameterizedTest
    @EnumSource(names = {"PAUSED", "CANCELLED"})
    void stopsARunThatThePersonWhoStoppedTheEventCouldNotSee(EventState decision) throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            EventId id = force(stage).id();
            AtomicInteger looks = new AtomicInteger();
            stage.rotation.execution(slow()).run(() -> {
                if (looks.incrementAndGet() == 2) {
                    decide(stage, decision);
                }
                return true;
            });
            assertThat(stage.database.query("SELECT state FROM reseal_run")).containsExactly(decision.name());
            assertThat(stage.rotation.events().find(id).orElseThrow().state()).isEqualTo(decision);
        }
    }

    private static EventExecution.Limits slow() {
        return new EventExecution.Limits(
                LIMITS.lease(),
                LIMITS.attempts(),
                LIMITS.backoff(),
                LIMITS.options().withWorkers(1).withWindow(1, 1).withPauseBetweenBatches(Duration.ofSeconds(1)));
    }

    private static void decide(EmergencyStage stage, EventState decision) {
        try {
            stage.database.execute("UPDATE reseal_event SET state = '" + decision
                    + "', token = token + 1, holder = NULL, lease_until = NULL"
                    + (decision.isOpen() ? "" : ", open_for = NULL"));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As somebody does who looks at re-encryptions, and not at rotations. */
    @ParameterizedTest
    @EnumSource(names = {"PAUSED", "CANCELLED"})
    void endsAsItsReencryptionWasStopped(EventState decision) throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            EventId id = force(stage).id();
            stage.rotation.execution(slow()).run(() -> {
                stage.rotation.events().find(id).orElseThrow().outcome().run().ifPresent(run -> {
                    boolean unused = decision == EventState.PAUSED
                            ? stage.engine.get().runs().pause(run)
                            : stage.engine.get().runs().cancel(run);
                });
                return true;
            });
            RotationEvent stopped = stage.rotation.events().find(id).orElseThrow();
            assertThat(stopped.state()).isEqualTo(decision);
            assertThat(stopped.outcome().attempts()).isZero();
        }
    }

    /** While nobody works on it. */
    @Test
    void aReencryptionThatAPersonHasCancelledIsNotBegunAgain() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            EventId id = force(stage).id();
            AtomicInteger looks = new AtomicInteger();
            stage.rotation.execution(slow()).run(() -> looks.incrementAndGet() < 3);
            RotationEvent left = stage.rotation.events().find(id).orElseThrow();
            assertThat(stage.engine.get().runs().cancel(left.outcome().run().orElseThrow()))
                    .isTrue();
            execute(stage.rotation);
            assertThat(stage.rotation.events().find(id).orElseThrow().state()).isEqualTo(EventState.CANCELLED);
            assertThat(stage.database.query("SELECT state FROM reseal_run")).containsExactly("CANCELLED");
        }
    }

    @Test
    void countsAFailedReencryptionAsAnAttemptAndGoesOnWithTheSameRun() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            EventId id = force(stage).id();
            AtomicInteger looks = new AtomicInteger();
            stage.rotation.execution(slow()).run(() -> {
                if (looks.incrementAndGet() == 2) {
                    fail(stage);
                }
                return true;
            });
            RotationEvent failed = stage.rotation.events().find(id).orElseThrow();
            assertThat(failed.state()).isEqualTo(EventState.PENDING);
            assertThat(failed.outcome().failure()).contains("out of luck");
            RunId run = failed.outcome().run().orElseThrow();

            stage.clock.advance(LIMITS.backoff());
            execute(stage.rotation);
            assertThat(stage.rotation.events().find(id).orElseThrow().state()).isEqualTo(EventState.COMPLETED);
            assertThat(stage.rotation.events().find(id).orElseThrow().outcome().run())
                    .contains(run);
            assertThat(stage.underFirst()).isZero();
        }
    }

    private static void fail(EmergencyStage stage) {
        try {
            stage.database.execute("UPDATE reseal_run SET state = 'FAILED', failure = 'out of luck'");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void saysHowManyValuesAreLeft() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            stage.database.execute("UPDATE \"note\" SET \"body\" = '" + EmergencyStage.FIRST.textPrefix()
                    + "damaged' WHERE \"id\" = 3");
            EventId id = force(stage).id();
            execute(stage.rotation);
            RotationEvent done = stage.rotation.events().find(id).orElseThrow();
            assertThat(done.state()).isEqualTo(EventState.COMPLETED);
            assertThat(done.outcome().remaining()).isOne();
            assertThat(stage.rotation
                            .alerts()
                            .open(AlertKind.ROTATION_COMPLETED, AlertSubject.keyType(DB))
                            .orElseThrow()
                            .evidence())
                    .contains("and 1 values are left");
        }
    }

    /** What a driver says may quote a value. */
    @Test
    void keepsOnlyTheNameOfAnErrorThatIsNotReseals() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            EventId id = force(stage).id();
            stage.database.execute("ALTER TABLE reseal_run RENAME TO away");
            execute(stage.rotation);
            assertThat(stage.rotation
                            .events()
                            .find(id)
                            .orElseThrow()
                            .outcome()
                            .failure()
                            .orElseThrow())
                    .matches("[a-zA-Z0-9.]+Exception");
        }
    }

    @Test
    void resumesOnlyWhatIsPausedAndRetriesOnlyWhatHasFailed() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            RotationEvents events = stage.rotation.events();
            EventId id = events.schedule(DB, false, "ann", "in good time").id();
            assertThatThrownBy(() -> events.resume(id, "ann", "early"))
                    .isInstanceOf(RotationRefusedException.class)
                    .hasMessageContaining("cannot be resumed");
            assertThatThrownBy(() -> events.retry(id, "ann", "early"))
                    .isInstanceOf(RotationRefusedException.class)
                    .hasMessageContaining("cannot be tried again");
            events.pause(id, "ann", "month's end");
            assertThatThrownBy(() -> events.retry(id, "ann", "not failed"))
                    .isInstanceOf(RotationRefusedException.class);
            assertThat(events.find(id).orElseThrow().state()).isEqualTo(EventState.PAUSED);
        }
    }

    @EachDatabase
    void whatWasPausedBeforeItsTimeWaitsForItAgain(Databases kind) throws Exception {
        try (EmergencyStage stage = new EmergencyStage(kind, directory)) {
            RotationEvents events = stage.rotation.events();
            RotationEvent planned = events.schedule(DB, false, "ann", "in good time");
            events.pause(planned.id(), "ann", "month's end");
            assertThat(events.resume(planned.id(), "ann", "the month is over").state())
                    .isEqualTo(EventState.SCHEDULED);
            assertThat(execute(stage.rotation)).isEmpty();
            assertThat(states(stage)).containsExactly(KeyState.ACTIVE);

            events.pause(planned.id(), "ann", "another month's end");
            stage.clock.set(planned.course().dueAt());
            assertThat(events.resume(planned.id(), "ann", "that is over too").state())
                    .isEqualTo(EventState.PENDING);
        }
    }

    @Test
    void leavesItsWorkToOthersWhenItMayNotGoOn() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            EventId id = force(stage).id();
            AtomicInteger looks = new AtomicInteger();
            EventExecution.Limits slow = new EventExecution.Limits(
                    Duration.ofDays(1),
                    3,
                    Duration.ofMinutes(1),
                    LIMITS.options().withWorkers(1).withWindow(1, 1).withPauseBetweenBatches(Duration.ofSeconds(2)));
            stage.rotation.execution(slow).run(() -> looks.incrementAndGet() < 3);
            RotationEvent left = stage.rotation.events().find(id).orElseThrow();
            assertThat(left.state()).isEqualTo(EventState.PENDING);
            assertThat(left.outcome().attempts()).isZero();
            execute(stage.rotation);
            assertThat(stage.rotation.events().find(id).orElseThrow().state()).isEqualTo(EventState.COMPLETED);
        }
    }

    @Test
    void refusesAKeyTypeWithoutAKeyAndAnEventThatIsNotThere() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            assertThatThrownBy(() -> stage.rotation.events().schedule(KeyType.FILE_ENCRYPTION, true, "ann", "x"))
                    .isInstanceOf(RotationRefusedException.class)
                    .hasMessageContaining("file_encryption has no active version");
            assertThatThrownBy(() -> stage.rotation.events().pause(new EventId(4711), "ann", "x"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("kr_event_4711");
        }
    }

    @Test
    void rotatesWhatIsNeverReencryptedWithoutARun() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            stage.keys.ensureActive(KeyType.SESSION_ENCRYPTION);
            EventId id = stage.rotation
                    .events()
                    .schedule(KeyType.SESSION_ENCRYPTION, true, "ann", "asked for")
                    .id();
            execute(stage.rotation);
            RotationEvent done = stage.rotation.events().find(id).orElseThrow();
            assertThat(done.state()).isEqualTo(EventState.COMPLETED);
            assertThat(done.outcome().run()).isEmpty();
            assertThat(stage.keys
                            .refresh()
                            .active(KeyType.SESSION_ENCRYPTION)
                            .orElseThrow()
                            .id())
                    .isEqualTo(new KeyId(KeyType.SESSION_ENCRYPTION, 2));
        }
    }

    @ParameterizedTest
    @EnumSource(EventState.class)
    void goesFromEachStateWhereItsTableSays(EventState to) {
        for (EventState from : EventState.values()) {
            assertThat(EventState.before(to).contains(from)).isEqualTo(from.leadsTo(to));
        }
        assertThat(EventState.before(EventState.SCHEDULED)).containsExactly(EventState.PAUSED);
        assertThat(EventState.before(EventState.RUNNING)).containsExactly(EventState.PENDING);
    }

    @Test
    void readsTheIdsThatItWrites() {
        assertThat(EventId.parse(new EventId(12_345).toString())).isEqualTo(new EventId(12_345));
        for (String text : List.of("12345", "kr_event_", "kr_event_0", "kr_event_1x", "kr_event_9999999999999999999")) {
            assertThatThrownBy(() -> EventId.parse(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
