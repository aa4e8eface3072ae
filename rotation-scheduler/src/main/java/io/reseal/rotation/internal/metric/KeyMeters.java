package io.reseal.rotation.internal.metric;

import io.micrometer.core.instrument.Tags;
import io.reseal.keys.Direction;
import io.reseal.keys.KeyPolicy;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyType;
import io.reseal.rotation.event.EventState;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** What meters tell of the keys of one type, and of their rotations. */
final class KeyMeters {

    private static final List<EventState> OUTCOMES =
            List.of(EventState.COMPLETED, EventState.FAILED, EventState.CANCELLED);

    private KeyMeters() {}

    static void register(Meters meters, KeyType type) {
        Tags tags = Meters.of(type);
        meters.seconds(
                "reseal.key.age",
                "Since the active version was activated",
                tags,
                all -> all.secondsSince("key.activated", type.name()));
        meters.gauge(
                "reseal.key.age.ratio",
                "Age of the active version in intervals of its policy: 1 when it is due",
                tags,
                all -> share(meters, type, policy -> ageInIntervals(all, policy)));
        meters.gauge(
                "reseal.key.usage.ratio",
                "Share of the usage limit of its policy that the active version has used up",
                tags,
                all -> share(meters, type, policy -> usedUp(all, policy)));
        for (KeyState state : KeyState.values()) {
            meters.gauge(
                    "reseal.key.versions",
                    "Versions in a state",
                    tags.and("state", Meters.tag(state)),
                    all -> all.count("key.versions", type.name(), state.name()));
        }
        for (Direction direction : Direction.values()) {
            meters.gauge(
                    "reseal.key.operations.last.hour",
                    "Values sealed or opened in the last full hour, over all nodes",
                    tags.and("direction", Meters.tag(direction)),
                    all -> all.count("key.operations", type.name(), direction.name()));
        }
        for (EventState outcome : OUTCOMES) {
            meters.gauge(
                    "reseal.rotations",
                    "Rotations that have ended",
                    tags.and("outcome", Meters.tag(outcome)),
                    all -> all.count("events", type.name(), outcome.name()));
        }
        meters.seconds(
                "reseal.rotation.duration",
                "How long the last completed rotation took, its re-encryption included",
                tags,
                all -> all.secondsBetween("rotation.started", "rotation.ended", type.name()));
    }

    /** By the policy as it is when somebody looks; there is none before the first key. */
    private static double share(Meters meters, KeyType type, ToDoubleFunction<KeyPolicy> share) {
        return meters.policy(type).map(share::applyAsDouble).orElse(Double.NaN);
    }

    private static double ageInIntervals(Measured all, KeyPolicy policy) {
        return all.secondsSince("key.activated", policy.type().name())
                / policy.interval().toSeconds();
    }

    private static double usedUp(Measured all, KeyPolicy policy) {
        return all.number("key.reserved", policy.type().name()) / policy.usageLimit();
    }
}
