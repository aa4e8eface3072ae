package io.reseal.rotation.event;

import io.reseal.keys.KeyId;
import io.reseal.rotation.reencryption.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One rotation, from the request to the last re-encrypted value, as it was when it was read.
 *
 * @param replaces the version that gets a successor; another one that is active by then is left alone
 */
public record RotationEvent(
        EventId id, EventState state, KeyId replaces, Request request, Course course, Outcome outcome) {

    /**
     * Who wanted it.
     *
     * @param actor the person or process that asked for it
     * @param forced whether it was asked for though nothing was due
     */
    public record Request(String actor, String reason, boolean forced) {}

    /**
     * When it was what, by the database's clock.
     *
     * @param dueAt when its key is to be replaced, or was, by its policy or because it was forced
     * @param startedAt when a node began for the first time
     * @param endedAt when it was over
     */
    public record Course(Instant requestedAt, Instant dueAt, Optional<Instant> startedAt, Optional<Instant> endedAt) {

        /** From the first start to the end; empty before that. */
        public Optional<Duration> duration() {
            return startedAt.flatMap(start -> endedAt.map(end -> Duration.between(start, end)));
        }
    }

    /**
     * What has come of it so far.
     *
     * @param successor what is active in the place of {@link RotationEvent#replaces}
     * @param run what re-encrypts the values under retired versions
     * @param rows rows that the run has re-encrypted
     * @param remaining values that the run's proof found under retired versions
     * @param attempts how often a node began
     * @param nextAttempt before when it is not tried again; empty if nothing stands against that
     * @param failure why the last attempt failed; empty if it did not
     */
    public record Outcome(
            Optional<KeyId> successor,
            Optional<RunId> run,
            long rows,
            long remaining,
            int attempts,
            Optional<Instant> nextAttempt,
            Optional<String> failure) {}

    /** For example {@code kr_event_7 (token_encryption version 3, RUNNING)}. */
    @Override
    public String toString() {
        return id + " (" + replaces + ", " + state + ")";
    }
}
