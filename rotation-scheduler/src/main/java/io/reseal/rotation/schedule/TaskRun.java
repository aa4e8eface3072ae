package io.reseal.rotation.schedule;

import java.time.Instant;
import java.util.Optional;

/**
 * How a task went the last time, on whatever node.
 *
 * @param node which process did it
 * @param endedAt empty while it is under way, and if its process died
 * @param succeeded whether it came to its end without an error; false as long as it has not
 * @param summary what came of it, or why it failed
 * @param runs how often it was begun, over all nodes
 * @param failures how often it failed, over all nodes
 */
public record TaskRun(
        ScheduledTask task,
        String node,
        Instant startedAt,
        Optional<Instant> endedAt,
        boolean succeeded,
        String summary,
        long runs,
        long failures) {}
