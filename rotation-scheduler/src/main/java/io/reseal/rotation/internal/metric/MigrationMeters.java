package io.reseal.rotation.internal.metric;

import io.micrometer.core.instrument.Tags;
import io.reseal.keys.KeyType;
import io.reseal.rotation.reencryption.RunState;
import java.util.List;

/** What meters tell of re-encryptions of one key type. */
final class MigrationMeters {

    private static final List<RunState> OPEN_RUNS = List.of(RunState.RUNNING, RunState.PAUSED, RunState.FAILED);

    private MigrationMeters() {}

    static void register(Meters meters, KeyType type) {
        Tags tags = Meters.of(type);
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
                    tags.and("state", Meters.tag(state)),
                    all -> all.count("runs", type.name(), state.name()));
        }
        meters.gauge(
                "reseal.throttle.duty",
                "Part of the time that the fastest node may work on the open run, 0 to 1",
                tags,
                all -> all.number("pace.duty", type.name()));
    }
}
