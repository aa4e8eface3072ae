package io.reseal.rotation.internal.pace;

import io.reseal.rotation.pace.Effort;
import io.reseal.rotation.pace.EffortPlan;
import io.reseal.rotation.pace.PaceState;
import io.reseal.rotation.pace.Pacing;
import io.reseal.rotation.pace.Signal;
import io.reseal.rotation.pace.SignalLevel;
import io.reseal.rotation.pace.SignalReading;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Decides which part of the time this node works: a little more each second while nothing objects, a third less when
 * something does, nothing at once when something says stop. Knows time only from its clock. What is an average of seconds
 * slows once for each of them, no further than it can be of this side's making, and what was before is soon reached again.
 */
public final class Controller {

    static final double LEAST_DUTY = 0.01;

    private static final Duration STEP = Duration.ofSeconds(1);
    private static final Duration MEMORY = Duration.ofSeconds(10);
    private static final double DECREASE = 0.65;
    private static final double STEPS_TO_MOST = 10;
    private static final double CAUTIOUS_STEPS_TO_MOST = 60;

    /** What {@link Signal#FOREGROUND_TIME} is an average of, and until when it tells nothing of a smaller duty. */
    private static final Duration AVERAGED = Duration.ofSeconds(3);

    /**
     * One session that works a third of what it may beside others cannot make the average of theirs notably larger: while it
     * works, each of theirs would have to take several times as long.
     */
    private static final double TOO_LITTLE_TO_SHOW = 1.0 / 3;

    private final Clock clock;
    private final BatchSize batchSize;
    private EffortPlan plan;
    private Effort effort;
    private boolean isBesideTraffic = true;
    private double duty = LEAST_DUTY;
    private double disturbedAt = 1;
    private Instant disturbed = Instant.EPOCH;
    private Instant stepped;
    private Instant slowedByAverage = Instant.EPOCH;
    private PaceState state;
    private Instant since;
    private String because = "it has only begun";
    private List<SignalReading> readings = List.of();

    /** Starts gently. */
    public Controller(Clock clock, EffortPlan plan) {
        this.clock = clock;
        this.plan = plan;
        this.since = clock.instant();
        this.stepped = since;
        this.effort = plan.at(since);
        this.state = effort == Effort.FULL ? PaceState.UNTHROTTLED : PaceState.THROTTLED;
        this.batchSize = new BatchSize();
        observe(plan, true, List.of());
    }

    /**
     * What is seen now; to be called several times a second.
     *
     * @param besideTraffic whether others use the database, or may
     */
    public synchronized void observe(EffortPlan newPlan, boolean besideTraffic, List<SignalReading> newReadings) {
        Instant now = clock.instant();
        plan = newPlan;
        effort = plan.at(now);
        isBesideTraffic = besideTraffic;
        readings = List.copyOf(newReadings);
        Optional<SignalReading> stop = first(SignalLevel.STOP);
        if (effort == Effort.NONE) {
            enter(PaceState.STOPPED, now, "the effort is none at this time");
        } else if (stop.isPresent()) {
            stop(now, stop.get());
        } else if (effort == Effort.FULL) {
            enter(PaceState.UNTHROTTLED, now, "the effort is full");
        } else {
            adapt(now);
        }
    }

    /** What happened to the foreground is remembered: the way back leads up to half of where it was disturbed. */
    private void stop(Instant now, SignalReading signal) {
        if (state != PaceState.STOPPED) {
            disturb(now, duty / 2);
        }
        duty = LEAST_DUTY;
        stepped = now;
        enter(PaceState.STOPPED, now, words(signal));
    }

    private void adapt(Instant now) {
        double most = effort.mostDuty(isBesideTraffic);
        Optional<SignalReading> slow = slow();
        if (state == PaceState.STOPPED) {
            duty = LEAST_DUTY;
            stepped = now;
        } else if (!now.isBefore(stepped.plus(STEP))) {
            stepped = now;
            slow.ifPresentOrElse(signal -> decrease(now, signal.signal(), most), () -> increase(now, most));
        }
        duty = Math.min(duty, most);
        boolean isUnthrottled = duty >= 1;
        String reason = slow.map(Controller::words).orElseGet(() -> limit(most));
        enter(isUnthrottled ? PaceState.UNTHROTTLED : PaceState.THROTTLED, now, reason);
    }

    /** The average only if nothing else objects: whatever else does speaks of this moment. */
    private Optional<SignalReading> slow() {
        return at(SignalLevel.SLOW)
                .filter(reading -> reading.signal() != Signal.FOREGROUND_TIME)
                .findFirst()
                .or(() -> first(SignalLevel.SLOW));
    }

    private void decrease(Instant now, Signal signal, double most) {
        if (signal == Signal.FOREGROUND_TIME) {
            decreaseByAverage(now, most * TOO_LITTLE_TO_SHOW);
        } else {
            disturb(now, duty * DECREASE);
            duty = Math.max(LEAST_DUTY, duty * DECREASE);
        }
    }

    /** A moment in which all was slow, whoever's fault it was, is in the average for seconds: it counts once. */
    private void decreaseByAverage(Instant now, double least) {
        if (duty > least && !now.isBefore(slowedByAverage.plus(AVERAGED))) {
            slowedByAverage = now;
            disturb(now, duty);
            duty = Math.max(least, duty * DECREASE);
        }
    }

    private void disturb(Instant now, double at) {
        disturbed = now;
        disturbedAt = at;
    }

    private void increase(Instant now, double most) {
        boolean isCautious = duty >= disturbedAt && now.isBefore(disturbed.plus(MEMORY));
        duty = Math.min(most, duty + most / (isCautious ? CAUTIOUS_STEPS_TO_MOST : STEPS_TO_MOST));
    }

    private String limit(double most) {
        if (duty < most) {
            return "it speeds up while nobody notices";
        }
        return String.format(
                Locale.ROOT,
                "the effort is %s: %.0f %% of the time %s",
                effort.name().toLowerCase(Locale.ROOT),
                most * 100,
                isBesideTraffic ? "beside others" : "at most");
    }

    private Optional<SignalReading> first(SignalLevel level) {
        return at(level).findFirst();
    }

    private Stream<SignalReading> at(SignalLevel level) {
        return readings.stream()
                .filter(reading -> reading.level() == level)
                .filter(reading -> effort != Effort.FULL || reading.signal().isHard());
    }

    private static String words(SignalReading reading) {
        return reading.name() + ": " + reading.reason();
    }

    private void enter(PaceState next, Instant now, String reason) {
        if (next != state) {
            since = now;
        }
        state = next;
        because = reason;
    }

    /** A batch is done; {@code writing} is what the database took for its rows. */
    synchronized void wrote(int rows, Duration writing) {
        batchSize.learn(rows, writing, effort != Effort.FULL && isBesideTraffic);
    }

    synchronized PaceState state() {
        return state;
    }

    /** The part of the time to work, 0 to 1. */
    public synchronized double duty() {
        return switch (state) {
            case UNTHROTTLED -> 1;
            case THROTTLED -> duty;
            case STOPPED -> 0;
        };
    }

    /** Rows per transaction: {@code most} with full effort. */
    public synchronized int batchRows(int most) {
        return effort == Effort.FULL ? most : Math.min(most, batchSize.rows());
    }

    synchronized Effort effort() {
        return effort;
    }

    /** What to show of it. */
    public synchronized Pacing pacing(int mostRows) {
        return new Pacing(plan, effort, state, since, because, duty(), batchRows(mostRows), readings);
    }
}
