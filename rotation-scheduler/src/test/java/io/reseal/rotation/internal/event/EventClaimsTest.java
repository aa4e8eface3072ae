package io.reseal.rotation.internal.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.ResealSettings;
import io.reseal.database.ResealDatabase;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyTypes;
import io.reseal.rotation.KeyRotation;
import io.reseal.rotation.event.EventId;
import io.reseal.rotation.event.EventState;
import io.reseal.rotation.event.RotationEvent;
import io.reseal.rotation.reencryption.RunId;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import io.reseal.testing.TestClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

/** What two nodes and a person may do to one event, and who wins. */
class EventClaimsTest {

    private static final KeyId FIRST = new KeyId(KeyType.DATABASE_ENCRYPTION, 1);
    private static final Instant NOW = Instant.parse("2037-01-02T03:04:05Z");
    private static final Duration LONG = Duration.ofHours(1);

    /** The node goes silent at once. */
    private static final Duration OVER = Duration.ofHours(-1);

    @TempDir
    Path directory;

    /** Two nodes, and an event that is to be executed. */
    private record Scene(ResealDatabase pool, EventStore store, EventClaims one, EventClaims other, EventId id)
            implements AutoCloseable {

        RotationEvent event() {
            return store.find(id).orElseThrow();
        }

        boolean move(EventState to) {
            return store.move(id, to, NOW, () -> {});
        }

        boolean isClaimable() {
            return !one.claimable(NOW).isEmpty();
        }

        @Override
        public void close() {
            pool.close();
        }
    }

    private Scene scene(Databases kind) {
        ResealSettings settings = kind.fresh()
                .settings(Map.of(
                        ResealSettings.KEK_FILE, directory.resolve("kek.json").toString()));
        KeyRotation.open(settings, TestClock.standing()).close(); // makes the tables
        ResealDatabase pool = ResealDatabase.open(settings, "test", 2);
        EventStore store = new EventStore(pool, KeyTypes.standard());
        return new Scene(
                pool, store, store.claims(), store.claims(), asked(store).id());
    }

    private static RotationEvent asked(EventStore store) {
        return store.openOrInsert(
                FIRST,
                EventState.PENDING,
                new RotationEvent.Request("ann", "asked for", true),
                new RotationEvent.Course(NOW, NOW, Optional.empty(), Optional.empty()),
                () -> {});
    }

    @EachDatabase
    void oneNodeHasAnEventUntilItsLeaseIsOver(Databases kind) {
        try (Scene scene = scene(kind)) {
            Claim claim = scene.one().claim(scene.id(), NOW, LONG).orElseThrow();
            assertThat(scene.isClaimable()).isFalse();
            assertThat(scene.other().claim(scene.id(), NOW, LONG)).isEmpty();
            assertThat(scene.other().isWorkedOnElsewhere()).isTrue();
            assertThat(scene.one().isWorkedOnElsewhere()).isFalse();

            assertThat(scene.one().renew(claim, 1, OVER)).isTrue();
            assertThat(scene.isClaimable()).isTrue();
            assertThat(scene.other().isWorkedOnElsewhere()).isFalse();
            assertThat(scene.one().renew(claim, 2, LONG)).isTrue();
            assertThat(scene.isClaimable()).isFalse();
        }
    }

    @EachDatabase
    void aNodeWhoseEventAnotherOneHasTakenOverChangesNothingAboutIt(Databases kind) {
        try (Scene scene = scene(kind)) {
            Claim lost = scene.one().claim(scene.id(), NOW, OVER).orElseThrow();
            Claim taken = scene.other().claim(scene.id(), NOW.plus(LONG), LONG).orElseThrow();
            RotationEvent before = scene.event();
            refused(scene, lost);
            assertThat(scene.event()).isEqualTo(before);
            assertThat(before.course().startedAt()).as("by the first node").contains(NOW);
            assertThat(before.outcome().attempts()).isEqualTo(2);
            assertThat(scene.other().leave(taken, Leaving.completed(1, 0), NOW)).isTrue();
        }
    }

    /** Also once the same node could work on it again. */
    @EachDatabase
    void aPersonsDecisionTakesTheEventAwayFromItsNode(Databases kind) {
        try (Scene scene = scene(kind)) {
            Claim lost = scene.one().claim(scene.id(), NOW, LONG).orElseThrow();
            assertThat(scene.move(EventState.PAUSED)).isTrue();
            refused(scene, lost);
            assertThat(scene.isClaimable()).isFalse();
            assertThat(scene.move(EventState.PENDING)).isTrue();
            // without a claim that counts, one that is as new as this one could be mistaken for it
            Claim again = scene.one().claim(scene.id(), NOW, LONG).orElseThrow();
            assertThat(again.token()).isEqualTo(lost.token() + 3);
            refused(scene, lost);
            assertThat(scene.one().renew(again, 1, LONG)).isTrue();
        }
    }

    private static void refused(Scene scene, Claim lost) {
        assertThat(scene.one().renew(lost, 99, LONG)).isFalse();
        assertThat(scene.one().replaced(lost, new KeyId(FIRST.type(), 99))).isFalse();
        assertThat(scene.one().reencrypting(lost, new RunId(99))).isFalse();
        assertThat(scene.one().leave(lost, Leaving.completed(99, 0), NOW)).isFalse();
    }

    @EachDatabase
    void whatFailedWaitsForItsTimeUnlessAPersonWantsItAtOnce(Databases kind) {
        try (Scene scene = scene(kind)) {
            Claim claim = scene.one().claim(scene.id(), NOW, LONG).orElseThrow();
            scene.one().renew(claim, 7, LONG);
            Instant next = NOW.plus(LONG);
            assertThat(scene.one().leave(claim, Leaving.failed("x".repeat(5_000), next), NOW))
                    .isTrue();
            assertThat(scene.event().outcome().failure().orElseThrow()).hasSize(1_000);
            assertThat(scene.event().outcome().rows())
                    .as("what was done is done")
                    .isEqualTo(7);
            assertThat(scene.one().nextAttempt()).contains(next);
            assertThat(scene.one().claimable(next.minusMillis(1))).isEmpty();
            assertThat(scene.one().claim(scene.id(), next.minusMillis(1), LONG)).isEmpty();
            assertThat(scene.one().claimable(next)).hasSize(1);

            assertThat(scene.move(EventState.PAUSED)).isTrue();
            assertThat(scene.move(EventState.PENDING)).isTrue();
            assertThat(scene.isClaimable()).isTrue();
            assertThat(scene.one().nextAttempt()).isEmpty();
        }
    }

    @EachDatabase
    void whatWasGivenUpStaysSoWhileAnotherRotationOfItsKeyTypeIsOpen(Databases kind) {
        try (Scene scene = scene(kind)) {
            Claim claim = scene.one().claim(scene.id(), NOW, LONG).orElseThrow();
            assertThat(scene.one().leave(claim, Leaving.givenUp("no table"), NOW))
                    .isTrue();
            assertThat(scene.event().course().endedAt()).contains(NOW);
            EventId second = asked(scene.store()).id();
            assertThat(second).isNotEqualTo(scene.id());
            assertThat(scene.move(EventState.PENDING)).isFalse();
            assertThat(scene.event().state()).isEqualTo(EventState.FAILED);

            assertThat(scene.store().move(second, EventState.CANCELLED, NOW, () -> {}))
                    .isTrue();
            assertThat(scene.move(EventState.PENDING)).isTrue();
            assertThat(scene.event().course().endedAt()).isEmpty();
            assertThat(scene.event().outcome().attempts()).isZero();
        }
    }

    @EachDatabase
    void forcingComesTooLateForWhatIsUnderWay(Databases kind) {
        try (Scene scene = scene(kind)) {
            assertThat(scene.one().claim(scene.id(), NOW, LONG)).isPresent();
            assertThat(scene.store().force(scene.id(), NOW.plus(LONG), () -> {
                        throw new AssertionError("not on record");
                    }))
                    .isFalse();
            assertThat(scene.event().state()).isEqualTo(EventState.RUNNING);
            assertThat(scene.event().course().dueAt()).isEqualTo(NOW);
        }
    }
}
