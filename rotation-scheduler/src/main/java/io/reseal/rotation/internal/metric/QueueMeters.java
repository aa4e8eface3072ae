package io.reseal.rotation.internal.metric;

import io.micrometer.core.instrument.Tags;
import io.reseal.keys.KeyNode;
import io.reseal.keys.KeyType;
import io.reseal.rotation.event.EventState;
import io.reseal.rotation.pace.Signal;
import java.util.List;

/** What meters tell of what waits, of nodes, and of what holds them back. */
final class QueueMeters {

    private QueueMeters() {}

    static void register(Meters meters, List<KeyType> types) {
        for (EventState state : EventState.values()) {
            meters.gauge(
                    "reseal.events",
                    "Rotation events in a state",
                    Tags.of("state", Meters.tag(state)),
                    all -> overTypes(types, all, "events", state.name()));
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
                    Tags.of("standing", Meters.tag(standing)),
                    all -> all.count("nodes", "", standing.name()));
        }
        for (Signal signal : Signal.values()) {
            meters.gauge(
                    "reseal.throttle.nodes",
                    "Nodes whose work on a run is held back by a signal",
                    Tags.of("reason", Meters.tag(signal)),
                    all -> all.count("pace.held", "", signal.name()));
        }
    }

    private static double overTypes(List<KeyType> types, Measured all, String meter, String sort) {
        return types.stream()
                .mapToDouble(type -> all.count(meter, type.name(), sort))
                .sum();
    }

    private static double orZero(double seconds) {
        return Double.isNaN(seconds) ? 0 : seconds;
    }
}
