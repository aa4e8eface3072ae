package io.reseal.rotation.internal.pace;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.rotation.pace.Effort;
import io.reseal.rotation.pace.EffortPlan;
import io.reseal.rotation.pace.PaceState;
import io.reseal.rotation.pace.Pacing;
import io.reseal.rotation.pace.Signal;
import io.reseal.rotation.pace.SignalLevel;
import io.reseal.rotation.pace.SignalReading;
import io.reseal.testing.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ControllerTest {

    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");
    private static final Duration TICK = Duration.ofMillis(100);
    private static final EffortPlan BALANCED = EffortPlan.always(Effort.BALANCED);

    private final TestClock clock = TestClock.standing();

    ControllerTest() {
        clock.advance(Duration.between(clock.instant(), NOON));
    }

    private static SignalReading reading(Signal signal, SignalLevel level) {
        return new SignalReading(signal, signal.name(), level, Optional.of(1.0), Optional.empty(), "seen");
    }

    private void run(Controller controller, EffortPlan plan, Duration time, boolean beside, SignalReading... readings) {
        for (Duration t = Duration.ZERO; t.compareTo(time) < 0; t = t.plus(TICK)) {
            clock.advance(TICK);
            controller.observe(plan, beside, List.of(readings));
        }
    }

    @Test
    void startsGentlyAndSpeedsUpWhileNobodyObjects() {
        Controller controller = new Controller(clock, BALANCED);
        double first = controller.duty();
        run(controller, BALANCED, Duration.ofSeconds(5), true);
        double later = controller.duty();
        run(controller, BALANCED, Duration.ofSeconds(15), true);

        assertThat(first).isEqualTo(Controller.LEAST_DUTY);
        assertThat(later).isBetween(0.05, 0.15);
        assertThat(controller.duty()).isEqualTo(Effort.BALANCED.mostDuty(true));
        assertThat(controller.state()).isEqualTo(PaceState.THROTTLED);
    }

    @Test
    void worksAllTheTimeWhileNobodyElseIsThere() {
        Controller controller = new Controller(clock, BALANCED);
        run(controller, BALANCED, Duration.ofSeconds(15), false);

        assertThat(controller.duty()).isEqualTo(1);
        assertThat(controller.state()).isEqualTo(PaceState.UNTHROTTLED);
        run(controller, BALANCED, TICK, true);
        assertThat(controller.duty()).isEqualTo(Effort.BALANCED.mostDuty(true));
    }

    @ParameterizedTest
    @EnumSource(
            value = Signal.class,
            names = {"REPLICA_LAG", "FOREGROUND_QUEUE", "PROBE", "WAITERS", "HOOK", "DISK_FREE"})
    void stopsAtOnceAndComesBackGently(Signal signal) {
        Controller controller = new Controller(clock, BALANCED);
        run(controller, BALANCED, Duration.ofSeconds(20), true);
        run(controller, BALANCED, TICK, true, reading(signal, SignalLevel.STOP));
        Pacing stopped = controller.pacing(1_000);
        run(controller, BALANCED, Duration.ofSeconds(60), true, reading(signal, SignalLevel.STOP));
        Pacing still = controller.pacing(1_000);
        run(controller, BALANCED, TICK, true);

        assertThat(stopped.state()).isEqualTo(PaceState.STOPPED);
        assertThat(stopped.duty()).isZero();
        assertThat(stopped.because()).isEqualTo(signal.name() + ": seen");
        assertThat(still.since()).isEqualTo(stopped.since()).isEqualTo(NOON.plusMillis(20_100));
        assertThat(still.toString()).isEqualTo("stopped since " + still.since() + " because " + still.because());
        assertThat(controller.state()).isEqualTo(PaceState.THROTTLED);
        assertThat(controller.duty()).isEqualTo(Controller.LEAST_DUTY);
    }

    @Test
    void worksLessWhenSlowedDownAndSaysWhy() {
        Controller controller = new Controller(clock, BALANCED);
        run(controller, BALANCED, Duration.ofSeconds(20), true);
        double before = controller.duty();
        run(controller, BALANCED, Duration.ofSeconds(1), true, reading(Signal.REPLICA_LAG, SignalLevel.SLOW));

        assertThat(controller.duty()).isBetween(before * 0.5, before * 0.8);
        assertThat(controller.pacing(1_000).because()).isEqualTo("REPLICA_LAG: seen");
        run(controller, BALANCED, Duration.ofSeconds(30), true, reading(Signal.REPLICA_LAG, SignalLevel.SLOW));
        assertThat(controller.duty()).isEqualTo(Controller.LEAST_DUTY);
    }

    @Test
    void isCautiousWhereTheForegroundWasDisturbed() {
        Controller controller = new Controller(clock, BALANCED);
        run(controller, BALANCED, Duration.ofSeconds(20), true);
        run(controller, BALANCED, Duration.ofSeconds(1), true, reading(Signal.PROBE, SignalLevel.SLOW));
        double disturbed = controller.duty();
        run(controller, BALANCED, Duration.ofSeconds(5), true);

        assertThat(controller.duty()).isBetween(disturbed, disturbed + 6 * 0.25 / 60);
    }

    @Test
    void forgetsADisturbanceThatDidNotComeBackWithinSeconds() {
        Controller controller = new Controller(clock, BALANCED);
        run(controller, BALANCED, Duration.ofSeconds(20), true);
        run(controller, BALANCED, Duration.ofSeconds(1), true, reading(Signal.PROBE, SignalLevel.SLOW));
        run(controller, BALANCED, Duration.ofSeconds(15), true);

        assertThat(controller.duty()).isEqualTo(Effort.BALANCED.mostDuty(true));
    }

    /** One bad moment, of whoever's making, is in the average for three seconds. */
    @Test
    void anAverageThatRoseSlowsOnceForAllTheSecondsThatItCoversAndIsSoonMadeUpFor() {
        Controller controller = new Controller(clock, BALANCED);
        run(controller, BALANCED, Duration.ofSeconds(20), true);
        double before = controller.duty();
        run(controller, BALANCED, Duration.ofSeconds(3), true, reading(Signal.FOREGROUND_TIME, SignalLevel.SLOW));
        double slowed = controller.duty();
        run(controller, BALANCED, Duration.ofSeconds(5), true);

        assertThat(slowed).isBetween(before * 0.6, before * 0.7);
        assertThat(controller.duty()).isEqualTo(before);
    }

    @Test
    void anAverageSlowsNoFurtherThanItCanBeOfThisSidesMakingButHidesNothingElse() {
        Controller controller = new Controller(clock, BALANCED);
        run(controller, BALANCED, Duration.ofSeconds(20), true);
        SignalReading average = reading(Signal.FOREGROUND_TIME, SignalLevel.SLOW);
        run(controller, BALANCED, Duration.ofSeconds(60), true, average);
        double slowed = controller.duty();
        SignalReading queue = reading(Signal.FOREGROUND_QUEUE, SignalLevel.SLOW);
        run(controller, BALANCED, Duration.ofSeconds(10), true, average, queue);

        assertThat(slowed).isEqualTo(Effort.BALANCED.mostDuty(true) / 3);
        assertThat(controller.duty()).isEqualTo(Controller.LEAST_DUTY);
        assertThat(controller.pacing(1_000).because()).isEqualTo("FOREGROUND_QUEUE: seen");
        run(controller, BALANCED, Duration.ofSeconds(10), true, average);
        assertThat(controller.duty()).isEqualTo(Controller.LEAST_DUTY);
    }

    @ParameterizedTest
    @EnumSource(Signal.class)
    void fullEffortHeedsOnlyHardStops(Signal signal) {
        EffortPlan full = EffortPlan.always(Effort.FULL);
        Controller controller = new Controller(clock, full);
        run(controller, full, TICK, true, reading(signal, SignalLevel.SLOW));
        assertThat(controller.duty()).isEqualTo(1);

        run(controller, full, TICK, true, reading(signal, SignalLevel.STOP));
        assertThat(controller.duty()).isEqualTo(signal.isHard() ? 0 : 1);
        assertThat(controller.batchRows(1_000)).isEqualTo(1_000);
    }

    @Test
    void keepsToItsTimeOfDay() {
        ZoneId zone = ZoneId.of("Europe/Berlin");
        EffortPlan nights = EffortPlan.always(Effort.NONE)
                .with(Effort.FULL, LocalTime.of(1, 0), LocalTime.of(5, 0), zone)
                .with(Effort.GENTLE, LocalTime.of(22, 0), LocalTime.of(1, 0), zone);
        Controller controller = new Controller(clock, nights);

        assertThat(controller.pacing(1_000).state()).isEqualTo(PaceState.STOPPED);
        assertThat(controller.pacing(1_000).because()).contains("the effort is none");
        assertThat(nights.at(Instant.parse("2026-11-22T21:00:00Z"))).isEqualTo(Effort.GENTLE);
        assertThat(nights.at(Instant.parse("2026-11-22T23:59:59Z"))).isEqualTo(Effort.GENTLE);
        assertThat(nights.at(Instant.parse("2026-11-23T00:00:00Z"))).isEqualTo(Effort.FULL);
        assertThat(nights.at(Instant.parse("2026-11-23T04:00:00Z"))).isEqualTo(Effort.NONE);
        assertThat(EffortPlan.parse(nights.toString())).isEqualTo(nights);
    }

    @Test
    void batchesShrinkToWhatIsQuickAndGrowAgain() {
        Controller controller = new Controller(clock, BALANCED);
        controller.observe(BALANCED, false, List.of());
        for (int i = 0; i < 100; i++) {
            controller.wrote(controller.batchRows(5_000), Duration.ofMillis(10));
        }
        int alone = controller.batchRows(5_000);
        for (int i = 0; i < 20; i++) {
            controller.wrote(controller.batchRows(5_000), Duration.ofMillis(600));
        }

        assertThat(alone).isEqualTo(5_000);
        assertThat(controller.batchRows(5_000)).isEqualTo(50);
        assertThat(controller.batchRows(20)).isEqualTo(20);
    }

    /** The way to the database and the commit take as long for few rows as for many. */
    @Test
    void batchesBesideTrafficAreAsLargeAsTheDatabaseWritesWithinMilliseconds() {
        Controller controller = new Controller(clock, BALANCED);
        controller.observe(BALANCED, true, List.of());
        Throttle throttle = new Throttle(controller, new OwnBatches(), System::nanoTime);
        for (int i = 0; i < 200; i++) {
            int rows = controller.batchRows(5_000);
            Duration writing = Duration.ofNanos(rows * 15_000L);
            throttle.turn().wrote(rows, writing.plusMillis(10), writing);
        }

        assertThat(controller.batchRows(5_000)).isBetween(200, 350);
    }

    /** Its rows were locked, or others had changed them. */
    @Test
    void aBatchOfWhichNothingWasWrittenTeachesNothing() {
        Controller controller = new Controller(clock, BALANCED);
        controller.observe(BALANCED, false, List.of());
        controller.wrote(50, Duration.ofMillis(10));
        int before = controller.batchRows(5_000);

        controller.wrote(0, Duration.ofMillis(600));

        assertThat(controller.batchRows(5_000)).isEqualTo(before).isGreaterThan(50);
    }

    @Test
    void batchesThatTookMuchTooLongAreHalved() {
        Controller controller = new Controller(clock, BALANCED);
        controller.observe(BALANCED, false, List.of());
        for (int i = 0; i < 100; i++) {
            controller.wrote(controller.batchRows(5_000), Duration.ofMillis(10));
        }
        controller.wrote(5_000, Duration.ofMillis(300));
        assertThat(controller.batchRows(5_000)).isEqualTo(4_000);
        controller.wrote(4_000, Duration.ofMillis(600));
        assertThat(controller.batchRows(5_000)).isEqualTo(2_000);
    }

    private static void writeWindow(Controller controller, int batchRows, Duration writing) {
        for (int batch = 0; batch < 64; batch++) {
            controller.wrote(batchRows, writing);
        }
    }

    /** 64 times what is asked for, in 17 rounds, are four batches a round, each of 15/16 of that. */
    @Test
    void batchesGrowAlthoughAWindowIsDealtOutBeforeItsFirstIsWrittenAndInSmallerOnes() {
        Controller controller = new Controller(clock, BALANCED);
        controller.observe(BALANCED, true, List.of());
        for (int window = 0; window < 6; window++) {
            int rows = controller.batchRows(5_000) * 15 / 16;
            writeWindow(controller, rows, Duration.ofNanos(500_000L + rows * 8_000L));
        }

        assertThat(controller.batchRows(5_000)).isBetween(200, 500);
    }

    @Test
    void aWindowsBatchesMakeTheNextOnesSmallerOnceHoweverManyOfThemTookTooLong() {
        Controller controller = new Controller(clock, BALANCED);
        controller.observe(BALANCED, false, List.of());
        for (int i = 0; i < 100; i++) {
            controller.wrote(controller.batchRows(5_000), Duration.ofMillis(10));
        }
        writeWindow(controller, 5_000, Duration.ofMillis(300));

        assertThat(controller.batchRows(5_000)).isEqualTo(4_000);
    }

    @Test
    void whatIsLeftOfAWindowDoesNotMakeBatchesLarger() {
        Controller controller = new Controller(clock, BALANCED);
        controller.observe(BALANCED, true, List.of());
        for (int i = 0; i < 10; i++) {
            controller.wrote(24, Duration.ofNanos(100_000));
        }

        assertThat(controller.batchRows(5_000)).isEqualTo(50);
    }
}
