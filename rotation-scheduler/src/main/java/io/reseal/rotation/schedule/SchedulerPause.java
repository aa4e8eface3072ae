package io.reseal.rotation.schedule;

import java.time.Instant;

/** Who has stopped the scheduled tasks, on all nodes. */
public record SchedulerPause(String actor, String reason, Instant since) {}
