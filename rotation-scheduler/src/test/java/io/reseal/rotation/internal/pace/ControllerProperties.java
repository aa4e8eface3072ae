package io.reseal.rotation.internal.pace;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.rotation.internal.jdbc.OtherSessions;
import io.reseal.rotation.internal.jdbc.Traffic;
import io.reseal.rotation.pace.Effort;
import io.reseal.rotation.pace.EffortPlan;
import io.reseal.rotation.pace.PaceOptions;
import io.reseal.rotation.pace.PaceState;
import io.reseal.rotation.pace.Signal;
import io.reseal.rotation.pace.SignalLevel;
import io.reseal.rotation.pace.SignalReading;
import io.reseal.testing.TestClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class ControllerProperties {

    private static final Duration TICK = Duration.ofMillis(50);
    private static final EffortPlan BALANCED = EffortPlan.always(Effort.BALANCED);

    private final TestClock clock = TestClock.standing();

    @Property(tries = 200)
    void dutyStaysWithinBoundsAndMovesInSteps(@ForAll @Size(max = 200) List<SignalLevel> levels) {
        Controller controller = new Controller(clock, BALANCED);
        double most = Effort.BALANCED.mostDuty(true);
        double before = controller.duty();
        for (SignalLevel level : levels) {
            clock.advance(Duration.ofSeconds(1));
            controller.observe(BALANCED, true, List.of(reading(level)));
            double duty = controller.duty();
            assertThat(duty).isBetween(0.0, most);
            assertThat(duty).isLessThanOrEqualTo(Math.max(Controller.LEAST_DUTY, before + most / 10 + 1e-9));
            if (level == SignalLevel.STOP) {
                assertThat(duty).isZero();
            } else {
                assertThat(duty).isGreaterThanOrEqualTo(Math.max(Controller.LEAST_DUTY, before * 0.6));
            }
            before = duty;
        }
    }

    private static SignalReading reading(SignalLevel level) {
        return new SignalReading(Signal.PROBE, "PROBE", level, Optional.empty(), Optional.empty(), "seen");
    }

    /**
     * A foreground whose latency grows with its own load and with ours, as in a queue with two servers: seen through the same
     * three windows as a real one.
     */
    private final class Simulation {

        final Controller controller = new Controller(clock, BALANCED);
        final Foreground foreground = new Foreground(clock, PaceOptions.defaults());
        final Random random;
        long commits;
        double activeMillis;
        int ticks;

        Simulation(long seed) {
            random = new Random(seed);
        }

        /** @param load of the foreground, as a share of what the machine can do */
        void run(Duration time, double load) {
            for (Duration t = Duration.ZERO; t.compareTo(time) < 0; t = t.plus(TICK)) {
                clock.advance(TICK);
                tick(load);
            }
        }

        private void tick(double load) {
            double used = Math.min(0.98, load + controller.duty() / 2);
            double millis = 0.4 / (1 - used);
            double perSecond = 4_000 * Math.min(load, 1 - controller.duty() / 2);
            double atOnce = load >= 1 ? 16 : perSecond * millis / 1_000;
            commits += Math.round(perSecond * TICK.toMillis() / 1_000);
            activeMillis += atOnce * TICK.toMillis();
            foreground.probe(Duration.ofNanos((long) (millis * (0.5 + random.nextDouble()) * 1e6)));
            foreground.others(new OtherSessions(poisson(atOnce), 1));
            if (ticks++ % 20 == 0) {
                foreground.count(new Traffic(commits, activeMillis, 0), new Traffic(0, 0, 0));
            }
            controller.observe(BALANCED, foreground.isThere(), foreground.readings(Duration.ZERO));
        }

        private int poisson(double mean) {
            int number = 0;
            for (double p = random.nextDouble(); p > Math.exp(-mean); p *= random.nextDouble()) {
                number++;
            }
            return number;
        }
    }

    @Property(tries = 50)
    void anOverloadStopsWithinASecondAndRowsFlowAgainWithinTen(
            @ForAll long seed, @ForAll @DoubleRange(min = 0.1, max = 0.4) double load) {
        Simulation simulation = new Simulation(seed);
        simulation.run(Duration.ofSeconds(40), load);
        assertThat(simulation.controller.duty()).isGreaterThan(0.08);

        simulation.run(Duration.ofSeconds(1), 1.5);
        assertThat(simulation.controller.state()).isEqualTo(PaceState.STOPPED);
        simulation.run(Duration.ofSeconds(20), 1.5);
        assertThat(simulation.controller.state()).isEqualTo(PaceState.STOPPED);

        simulation.run(Duration.ofSeconds(10), load);
        assertThat(simulation.controller.state()).isEqualTo(PaceState.THROTTLED);
        assertThat(simulation.controller.duty()).isGreaterThan(Controller.LEAST_DUTY);
    }

    @Property(tries = 50)
    void besideSteadyTrafficItNeitherStopsNorSwings(@ForAll long seed, @ForAll @IntRange(min = 1, max = 5) int tenths) {
        Simulation simulation = new Simulation(seed);
        simulation.run(Duration.ofSeconds(30), tenths / 10.0);
        List<Double> duties = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            simulation.run(Duration.ofSeconds(1), tenths / 10.0);
            assertThat(simulation.controller.state()).isEqualTo(PaceState.THROTTLED);
            duties.add(simulation.controller.duty());
        }
        double low = duties.stream().mapToDouble(d -> d).min().orElseThrow();
        double high = duties.stream().mapToDouble(d -> d).max().orElseThrow();
        assertThat(high / low).isLessThan(4);
    }
}
