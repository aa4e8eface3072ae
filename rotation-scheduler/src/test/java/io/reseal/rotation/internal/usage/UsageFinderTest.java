package io.reseal.rotation.internal.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.keys.Direction;
import io.reseal.keys.KeyHour;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyPolicies;
import io.reseal.keys.KeyPolicy;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyUsage;
import io.reseal.keys.KeyVersion;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.usage.UsageFinding;
import io.reseal.rotation.usage.UsageFinding.What;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UsageFinderTest {

    private static final KeyType DB = KeyType.DATABASE_ENCRYPTION;
    private static final KeyId OLD = new KeyId(DB, 1);
    private static final KeyId NEW = new KeyId(DB, 2);
    private static final Instant NOW = Instant.parse("2026-06-15T13:04:00Z");
    private static final Duration LEASE = Duration.ofSeconds(5);
    private static final Duration GRACE = KeyPolicies.standard().of(DB).grace();
    private static final Instant LONG_AGO = NOW.minus(Duration.ofDays(400));

    private final List<KeyHour> hours = new ArrayList<>();
    private final List<KeyUsage> usage = new ArrayList<>();
    private final List<Reencryptions.Span> runs = new ArrayList<>();

    private List<UsageFinding> found(What what, KeyVersion... versions) {
        var keys = new UsagePicture.Keys(List.of(versions), KeyPolicies.standard()::of, LEASE);
        return new UsageFinder(new UsagePicture(NOW, keys, hours, usage, new Reencryptions(runs)))
                .find().stream().filter(finding -> finding.what() == what).toList();
    }

    private static KeyVersion active(KeyId key, Instant since) {
        return KeyVersion.created(key, LONG_AGO).moved(KeyState.ACTIVE, since);
    }

    private static KeyVersion retired(Instant since) {
        return active(OLD, LONG_AGO).moved(KeyState.DEACTIVATED, since);
    }

    private void did(KeyId key, Direction direction, Instant moment, long operations) {
        hours.add(new KeyHour(key, direction, moment.truncatedTo(ChronoUnit.HOURS), operations));
    }

    private static Instant ago(Duration time) {
        return NOW.minus(time);
    }

    @Test
    void whoSealsUnderARetiredKeyIsFoundOnceALeaseAndWhatClocksDifferByIsOver() {
        Instant retirement = Instant.parse("2026-06-15T09:54:55Z");
        Instant next = Instant.parse("2026-06-15T10:00:00Z");
        did(OLD, Direction.SEAL, retirement, 700);
        did(OLD, Direction.SEAL, next, 1);
        did(OLD, Direction.OPEN, next, 50);
        did(NEW, Direction.SEAL, next, 900);
        assertThat(found(What.SEALED_UNDER_RETIRED, retired(retirement), active(NEW, retirement)))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.subject()).isEqualTo(AlertSubject.key(OLD));
                    assertThat(finding.observed()).isEqualTo(1);
                    assertThat(finding.from()).isEqualTo(next);
                });
        assertThat(found(What.SEALED_UNDER_RETIRED, retired(retirement.plusSeconds(1))))
                .isEmpty();
    }

    @Test
    void onlyHoursThatAreOverAndOfTheLastThreeDaysAreJudged() {
        did(OLD, Direction.SEAL, NOW, 1);
        did(OLD, Direction.SEAL, ago(Duration.ofHours(1)), 2);
        did(OLD, Direction.SEAL, ago(Duration.ofDays(3)), 3);
        did(OLD, Direction.SEAL, ago(Duration.ofDays(4)), 4);
        assertThat(found(What.SEALED_UNDER_RETIRED, retired(LONG_AGO)))
                .extracting(UsageFinding::observed)
                .as("it is 13:04: until 13:05 nodes may add to the hour before")
                .containsExactly(3L);
    }

    @Test
    void manyOpeningsUnderAKeyWhoseGraceIsOverAreFound() {
        Instant hour = ago(Duration.ofHours(5)).truncatedTo(ChronoUnit.HOURS);
        did(OLD, Direction.OPEN, hour, 100);
        assertThat(found(What.OPENED_AFTER_GRACE, retired(hour.minus(GRACE)))).hasSize(1);
        assertThat(found(What.OPENED_AFTER_GRACE, retired(hour.minus(GRACE).plusMillis(1))))
                .as("grace is not over")
                .isEmpty();
        hours.clear();
        did(OLD, Direction.OPEN, hour, 99);
        assertThat(found(What.OPENED_AFTER_GRACE, retired(hour.minus(GRACE)))).isEmpty();
    }

    @Test
    void whatAReencryptionOpensIsNoFinding() {
        Instant hour = ago(Duration.ofHours(5)).truncatedTo(ChronoUnit.HOURS);
        Instant next = hour.plus(Duration.ofHours(1));
        did(OLD, Direction.OPEN, hour, 5_000);
        runs.add(new Reencryptions.Span("token_encryption", hour, Optional.empty()));
        runs.add(new Reencryptions.Span(DB.name(), next.plus(Duration.ofMinutes(5)), Optional.empty()));
        runs.add(new Reencryptions.Span(DB.name(), LONG_AGO, Optional.of(hour.minus(Duration.ofMinutes(5)))));
        assertThat(found(What.OPENED_AFTER_GRACE, retired(LONG_AGO))).hasSize(1);

        runs.add(new Reencryptions.Span(DB.name(), LONG_AGO, Optional.of(hour)));
        assertThat(found(What.OPENED_AFTER_GRACE, retired(LONG_AGO))).isEmpty();
        runs.set(3, new Reencryptions.Span(DB.name(), next, Optional.empty()));
        assertThat(found(What.OPENED_AFTER_GRACE, retired(LONG_AGO))).isEmpty();
    }

    @Test
    void anActiveKeyIsUnusedAfterSixWeeksWithoutUse() {
        Instant since = ago(UsageRules.UNUSED);
        assertThat(found(What.UNUSED, active(NEW, since))).singleElement().satisfies(finding -> {
            assertThat(finding.observed()).isEqualTo(42);
            assertThat(finding.from()).isEqualTo(since);
        });
        assertThat(found(What.UNUSED, active(NEW, since.plusMillis(1)))).isEmpty();

        did(NEW, Direction.SEAL, ago(Duration.ofDays(44)), 1);
        did(NEW, Direction.SEAL, ago(Duration.ofDays(1)), 0);
        assertThat(found(What.UNUSED, active(NEW, LONG_AGO))).hasSize(1);
        did(NEW, Direction.OPEN, since, 1);
        assertThat(found(What.UNUSED, active(NEW, LONG_AGO))).isEmpty();
    }

    @Test
    void aRetiredKeyIsUnusedOnceItsGraceIsOver() {
        assertThat(found(What.UNUSED, retired(ago(GRACE)))).hasSize(1);
        assertThat(found(What.UNUSED, retired(ago(GRACE).plusMillis(1)))).isEmpty();
        did(OLD, Direction.OPEN, ago(Duration.ofDays(41)), 1);
        assertThat(found(What.UNUSED, retired(ago(GRACE)))).isEmpty();
    }

    /** Sessions end within a week. */
    @Test
    void aKeyThatWasRetiredALittleWhileAgoIsNotCalledUnusedYet() {
        KeyId session = new KeyId(KeyType.SESSION_ENCRYPTION, 1);
        Instant retirement = ago(Duration.ofDays(10));
        assertThat(found(What.UNUSED, active(session, LONG_AGO).moved(KeyState.DEACTIVATED, retirement)))
                .isEmpty();
        assertThat(found(What.UNUSED, active(session, LONG_AGO).moved(KeyState.DEACTIVATED, ago(UsageRules.UNUSED))))
                .hasSize(1);
    }

    @Test
    void allWeeksBeforeTheFirstHourThatIsJudgedAreRead() {
        assertThat(UsagePicture.from(NOW)).isEqualTo(Instant.parse("2026-05-01T00:00:00Z"));
    }

    @ParameterizedTest
    @EnumSource(names = {"PRE_ACTIVE", "SUSPENDED", "PENDING_DESTROY", "DESTROYED"})
    void keysThatMayNotBeUsedAreNotCalledUnused(KeyState state) {
        KeyVersion version = KeyVersion.created(OLD, LONG_AGO);
        if (state != KeyState.PRE_ACTIVE) {
            version = active(OLD, LONG_AGO).moved(state == KeyState.SUSPENDED ? state : KeyState.DEACTIVATED, LONG_AGO);
        }
        if (state == KeyState.PENDING_DESTROY || state == KeyState.DESTROYED) {
            version = version.moved(KeyState.PENDING_DESTROY, LONG_AGO);
        }
        if (state == KeyState.DESTROYED) {
            version = version.moved(state, LONG_AGO);
        }
        assertThat(version.state()).isEqualTo(state);
        assertThat(found(What.UNUSED, version)).isEmpty();
    }

    @Test
    void theUsageLimitIsNearFromFourFifthsOn() {
        long near = 3_092_376_453L;
        usage.add(new KeyUsage(NEW, near, 0, 0));
        usage.add(new KeyUsage(OLD, KeyPolicy.MAX_USAGE, 0, 0));
        assertThat(found(What.LIMIT_NEAR, retired(LONG_AGO), active(NEW, LONG_AGO)))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.subject()).isEqualTo(AlertSubject.key(NEW));
                    assertThat(finding.observed()).isEqualTo(near);
                    assertThat(finding.threshold()).isEqualTo(near);
                });
        usage.set(0, new KeyUsage(NEW, near - 1, 0, 0));
        assertThat(found(What.LIMIT_NEAR, active(NEW, LONG_AGO))).isEmpty();
    }

    /** A rotation moves what is sealed from one version to the next. */
    @Test
    void aRotationIsNoAnomaly() {
        Instant rotation = ago(Duration.ofDays(1)).truncatedTo(ChronoUnit.HOURS);
        for (Instant hour = UsagePicture.from(NOW); hour.isBefore(NOW); hour = hour.plus(Duration.ofHours(1))) {
            did(hour.isBefore(rotation) ? OLD : NEW, Direction.SEAL, hour, 1_000);
        }
        KeyVersion[] versions = {retired(rotation), active(NEW, rotation)};
        assertThat(found(What.LOW_USAGE, versions)).isEmpty();
        assertThat(found(What.HIGH_USAGE, versions)).isEmpty();
        assertThat(found(What.NOT_ENOUGH_HISTORY, versions)).isEmpty();
        did(NEW, Direction.SEAL, ago(Duration.ofHours(3)), 500);
        assertThat(found(What.HIGH_USAGE, versions))
                .singleElement()
                .satisfies(finding -> assertThat(finding.observed()).isEqualTo(1_500));
    }
}
