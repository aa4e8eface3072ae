package io.reseal.rotation;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.reseal.keys.Direction;
import io.reseal.keys.Indicator;
import io.reseal.keys.KeyNode;
import io.reseal.keys.KeyPolicy;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyType;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSeverity;
import io.reseal.rotation.event.EventState;
import io.reseal.rotation.internal.metric.Measured;
import io.reseal.rotation.internal.metric.Readings;
import io.reseal.rotation.pace.Signal;
import io.reseal.rotation.reencryption.RunState;
import io.reseal.rotation.schedule.ScheduledTask;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Meters of Micrometer: {@code new RotationMetrics(rotation).bindTo(registry)}. Only this class needs micrometer-core on the class path.
 *
 * <p>They tell of the whole key store, not of one node: whoever scrapes several nodes takes the maximum. A scrape costs one statement, and none
 * within ten seconds of the one before. Without an answer of the database, {@code reseal.up} is 0 and all others are NaN; nobody waits for
 * it longer than two seconds. Tags hold names of key types, states and kinds, never anything of an application's.
 */
public final class RotationMetrics implements MeterBinder {

    private static final String TYPE = "key.type";
    private static final List<EventState> OUTCOMES =
            List.of(EventState.COMPLETED, EventState.FAILED, EventState.CANCELLED);
    private static final List<RunState> OPEN_RUNS = List.of(RunState.RUNNING, RunState.PAUSED, RunState.FAILED);

    /** Why values were left as they are; what else there is counts as other. */
    private static final List<String> CAUSES = List.of(
            "TamperedValueException", "UnknownKeyException", "PlaintextValueException", "UndecodableValueException");

    private final Readings readings;

    /** @param rotation opened, and open for as long as there is something to be shown */
    public RotationMetrics(KeyRotation rotation) {
        this(rotation.readings(System::nanoTime));
    }

    RotationMetrics(Readings readings) {
        this.readings = readings;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("reseal.up", readings, all -> all.latest().isPresent() ? 1 : 0)
                .description("Whether Reseal's tables could be read")
                .strongReference(true)
                .register(registry);
        Meters meters = new Meters(registry);
        readings.types().forEach(type -> key(meters, type));
        readings.types().forEach(type -> migration(meters, type));
        queues(meters);
        errors(meters);
        tasks(meters);
    }

    private void key(Meters meters, KeyType type) {
        Tags tags = Tags.of(TYPE, type.name());
        meters.seconds(
                "reseal.key.age",
                "Since the active version was activated",
                tags,
                all -> all.secondsSince("key.activated", type.name()));
        meters.gauge(
                "reseal.key.age.ratio",
                "Age of the active version in intervals of its policy: 1 when it is due",
                tags,
                all -> share(type, all, RotationMetrics::ageInIntervals));
        meters.gauge(
                "reseal.key.usage.ratio",
                "Share of the usage limit of its policy that the active version has used up",
                tags,
                all -> share(type, all, RotationMetrics::usedUp));
        for (KeyState state : KeyState.values()) {
            meters.gauge(
                    "reseal.key.versions",
                    "Versions in a state",
                    tags.and("state", tag(state)),
                    all -> all.count("key.versions", type.name(), state.name()));
        }
        for (Direction direction : Direction.values()) {
            meters.gauge(
                    "reseal.key.operations.last.hour",
                    "Values sealed or opened in the last full hour, over all nodes",
                    tags.and("direction", tag(direction)),
                    all -> all.count("key.operations", type.name(), direction.name()));
        }
        for (EventState outcome : OUTCOMES) {
            meters.gauge(
                    "reseal.rotations",
                    "Rotations that have ended",
                    tags.and("outcome", tag(outcome)),
                    all -> all.count("events", type.name(), outcome.name()));
        }
        meters.seconds(
                "reseal.rotation.duration",
                "How long the last completed rotation took, its re-encryption included",
                tags,
                all -> all.secondsBetween("rotation.started", "rotation.ended", type.name()));
    }

    private double share(KeyType type, Measured all, ToDoubleBiFunction<Measured, KeyPolicy> share) {
        return readings.policy(type)
                .map(policy -> share.applyAsDouble(all, policy))
                .orElse(Double.NaN);
    }

    private static double ageInIntervals(Measured all, KeyPolicy policy) {
        return all.secondsSince("key.activated", policy.type().name())
                / policy.interval().toSeconds();
    }

    private static double usedUp(Measured all, KeyPolicy policy) {
        return all.number("key.reserved", policy.type().name()) / policy.usageLimit();
    }

    private static void migration(Meters meters, KeyType type) {
        Tags tags = Tags.of(TYPE, type.name());
        for (String result : List.of("changed", "superseded")) {
            meters.rows(
                    "reseal.migration.rows",
                    "Rows of the newest run, by who changed them: it, or the application first",
                    tags.and("result", result),
                    all -> all.count("run." + result, type.name(), ""));
        }
        meters.gauge(
                "reseal.migration.rows.per.second",
                "Rows that all nodes together re-encrypted per second lately",
                tags,
                all -> all.count("pace.rate", type.name(), ""));
        meters.seconds(
                "reseal.migration.duration",
                "How long the newest run took, or has taken until now",
                tags,
                all -> all.secondsBetween("run.started", "run.ended", type.name()));
        meters.gauge(
                "reseal.migration.ratio",
                "Share of the ranges of the newest run that are done",
                tags,
                all -> all.number("run.done", type.name()) / all.number("run.ranges", type.name()));
        meters.gauge(
                "reseal.migration.nodes",
                "Nodes that work on the open run",
                tags,
                all -> all.count("pace.nodes", type.name(), ""));
        for (RunState state : OPEN_RUNS) {
            meters.gauge(
                    "reseal.migration.runs",
                    "Runs that are open",
                    tags.and("state", tag(state)),
                    all -> all.count("runs", type.name(), state.name()));
        }
        meters.gauge(
                "reseal.throttle.duty",
                "Part of the time that the fastest node may work on the open run, 0 to 1",
                tags,
                all -> all.number("pace.duty", type.name()));
    }

    private void queues(Meters meters) {
        for (EventState state : EventState.values()) {
            meters.gauge(
                    "reseal.events",
                    "Rotation events in a state",
                    Tags.of("state", tag(state)),
                    all -> overTypes(all, "events", state.name()));
        }
        meters.seconds(
                "reseal.event.delay",
                "Since the most overdue event that waits was due; 0 if none waits",
                Tags.empty(),
                all -> orZero(all.secondsSince("event.due", "")));
        meters.gauge(
                "reseal.notices",
                "Notices of alerts that wait to be sent, or were given up",
                Tags.of("state", "pending"),
                all -> all.count("notices", "", "PENDING"));
        meters.gauge(
                "reseal.notices",
                "Notices of alerts that wait to be sent, or were given up",
                Tags.of("state", "dead"),
                all -> all.count("notices", "", "DEAD"));
        for (KeyNode.Standing standing : KeyNode.Standing.values()) {
            meters.gauge(
                    "reseal.nodes",
                    "Processes that seal, by how they stand",
                    Tags.of("standing", tag(standing)),
                    all -> all.count("nodes", "", standing.name()));
        }
        for (Signal signal : Signal.values()) {
            meters.gauge(
                    "reseal.throttle.nodes",
                    "Nodes whose work on a run is held back by a signal",
                    Tags.of("reason", tag(signal)),
                    all -> all.count("pace.held", "", signal.name()));
        }
    }

    private double overTypes(Measured all, String meter, String sort) {
        return readings.types().stream()
                .mapToDouble(type -> all.count(meter, type.name(), sort))
                .sum();
    }

    private static double orZero(double seconds) {
        return Double.isNaN(seconds) ? 0 : seconds;
    }

    private static void errors(Meters meters) {
        for (Indicator indicator : Indicator.values()) {
            meters.gauge(
                    "reseal.errors.last.hour",
                    "What nodes met within the last hour that may point to a compromise or to trouble",
                    Tags.of("cause", tag(indicator)),
                    all -> all.count("errors", "", indicator.name()));
        }
        for (String cause : CAUSES) {
            meters.gauge(
                    "reseal.quarantine",
                    "Values that runs left as they are",
                    Tags.of("cause", cause),
                    all -> all.count("quarantine", "", cause));
        }
        meters.gauge(
                "reseal.quarantine",
                "Values that runs left as they are",
                Tags.of("cause", "other"),
                all -> all.total("quarantine")
                        - CAUSES.stream()
                                .mapToDouble(cause -> all.count("quarantine", "", cause))
                                .sum());
        for (AlertSeverity severity : AlertSeverity.values()) {
            Tags tags = Tags.of("severity", tag(severity));
            meters.gauge("reseal.alerts", "Open alerts", tags, all -> all.total("alerts", severity.name()));
            meters.gauge(
                    "reseal.alerts.unacknowledged",
                    "Open alerts that nobody has taken on",
                    tags,
                    all -> all.count("alerts.waiting", severity.name(), ""));
        }
        for (AlertKind kind : AlertKind.values()) {
            meters.gauge(
                    "reseal.alerts.by.kind",
                    "Open alerts of a kind",
                    Tags.of("kind", tag(kind)),
                    all -> Stream.of(AlertSeverity.values())
                            .mapToDouble(severity -> all.count("alerts", severity.name(), kind.name()))
                            .sum());
        }
    }

    private static void tasks(Meters meters) {
        for (ScheduledTask task : ScheduledTask.values()) {
            Tags tags = Tags.of("task", task.taskName());
            meters.seconds(
                    "reseal.task.age",
                    "Since the task was begun the last time",
                    tags,
                    all -> all.secondsSince("task.started", task.taskName()));
            meters.gauge(
                    "reseal.task.failed",
                    "Whether the task failed the last time",
                    tags,
                    all -> all.count("task.failed", task.taskName(), ""));
        }
        meters.gauge(
                "reseal.scheduler.paused",
                "Whether somebody has stopped the tasks",
                Tags.empty(),
                all -> all.count("scheduler.paused", "", ""));
    }

    private static String tag(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** Gauges of what was measured. */
    private final class Meters {

        private final MeterRegistry registry;

        Meters(MeterRegistry registry) {
            this.registry = registry;
        }

        void gauge(String name, String description, Tags tags, ToDoubleFunction<Measured> value) {
            register(builder(name, description, tags, value));
        }

        void seconds(String name, String description, Tags tags, ToDoubleFunction<Measured> value) {
            register(builder(name, description, tags, value).baseUnit("seconds"));
        }

        void rows(String name, String description, Tags tags, ToDoubleFunction<Measured> value) {
            register(builder(name, description, tags, value).baseUnit(BaseUnits.ROWS));
        }

        private Gauge.Builder<Readings> builder(
                String name, String description, Tags tags, ToDoubleFunction<Measured> value) {
            return Gauge.builder(
                            name,
                            readings,
                            from -> from.latest().map(value::applyAsDouble).orElse(Double.NaN))
                    .description(description)
                    .tags(tags)
                    .strongReference(true);
        }

        private void register(Gauge.Builder<Readings> builder) {
            Objects.requireNonNull(builder.register(registry));
        }
    }
}
