package io.reseal.examples.social;

import io.reseal.examples.social.Latencies.Percentiles;
import io.reseal.examples.social.Stages.Stage;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyType;
import io.reseal.rotation.KeyRotation;
import io.reseal.rotation.RotationScheduler;
import io.reseal.rotation.event.EventId;
import io.reseal.rotation.event.RotationEvent;
import io.reseal.rotation.reencryption.ColumnProof;
import io.reseal.rotation.reencryption.Proof;
import io.reseal.rotation.schedule.ScheduledTask;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Has the scheduler give one key type its next version and re-encrypt everything under the one before, and proves it. */
final class Rotation {

    /** One gentle worker, because the writers are to be heard beside it. */
    static final Map<String, String> BESIDE_TRAFFIC = Map.of(
            "reseal.scheduler.effort", "full",
            "reseal.scheduler.workers", "1",
            "reseal.scheduler.batch", "200");

    private static final Duration LOOK = Duration.ofMillis(250);

    private final KeyRotation keys;
    private final RotationScheduler scheduler;
    private final Stage stage;
    private final Latencies latencies;

    Rotation(KeyRotation keys, RotationScheduler scheduler, Stage stage, Latencies latencies) {
        this.keys = keys;
        this.scheduler = scheduler;
        this.stage = stage;
        this.latencies = latencies;
    }

    /**
     * What became of it.
     *
     * @param state how it ended, in lower case
     * @param rows rows that were re-encrypted
     * @param left values that were not
     * @param took how long that took, the promotion of the new version not included
     * @param foreground what the writers felt meanwhile
     */
    record Outcome(KeyType keyType, String state, long rows, long left, Duration took, Percentiles foreground) {

        Check check() {
            return new Check(
                    "re-encryption of " + keyType,
                    state.equals("completed") && left == 0 && rows > 0 && foreground.count() > 0,
                    String.format(
                            Locale.ROOT, "%s, %,d rows in %.1f s, %,d left", state, rows, took.toMillis() / 1e3, left));
        }
    }

    /** It would be rotated when it is due; the demo cannot wait for that. */
    Outcome rotate(KeyType keyType) {
        EventId event = keys.events()
                .schedule(keyType, true, "demo", "the demo rotates every key type once")
                .id();
        scheduler.trigger(ScheduledTask.EXECUTE_SCHEDULED_KEY_ROTATIONS);
        while (get(event).outcome().run().isEmpty() && get(event).state().isOpen()) {
            stage.stop().pause(LOOK);
        }
        stage.terminal().line("%s has made %s the key that seals from now on", event, successor(event));
        latencies.startPhase();
        long start = System.nanoTime();
        RotationEvent end = watch(event);
        return new Outcome(
                keyType,
                end.state().name().toLowerCase(Locale.ROOT),
                end.outcome().rows(),
                end.outcome().remaining(),
                Duration.ofNanos(System.nanoTime() - start),
                latencies.phase());
    }

    private RotationEvent get(EventId event) {
        return keys.events().find(event).orElseThrow();
    }

    private String successor(EventId event) {
        return get(event).outcome().successor().map(KeyId::toString).orElse("no other version");
    }

    private RotationEvent watch(EventId event) {
        KeyId replaced = get(event).replaces();
        long rowsUnderIt = keys.emergency().affected(replaced).rows();
        try (ProgressView view = ProgressView.of(stage.terminal(), replaced.type(), latencies)) {
            RotationEvent now = get(event);
            while (now.state().isOpen()) {
                view.show(now.outcome().rows(), rowsUnderIt);
                stage.stop().pause(LOOK);
                now = get(event);
            }
            view.show(now.outcome().rows(), now.outcome().rows());
            return now;
        }
    }

    /** Proves, column by column, that no value is left under the key. */
    Check prove(KeyId retired) {
        Proof proof = keys.proofs().take(retired);
        proof.columns().stream()
                .filter(column -> column.remaining() > 0 || StoredColumn.isUnder(retired.type(), name(column)))
                .forEach(column -> stage.terminal()
                        .line(
                                "%-34s %,d values left under version %d, of %,d values",
                                name(column), column.remaining(), retired.version(), column.values()));
        return new Check(
                "proof: nothing under " + retired,
                proof.holds() && covers(proof),
                String.format(
                        Locale.ROOT,
                        "%,d of %,d values in %d columns",
                        proof.remaining(),
                        proof.columns().stream().mapToLong(ColumnProof::values).sum(),
                        proof.columns().size()));
    }

    /** A proof that left out a column would prove nothing. */
    private static boolean covers(Proof proof) {
        Set<String> proved = proof.columns().stream().map(Rotation::name).collect(Collectors.toSet());
        return StoredColumn.ALL.stream().map(StoredColumn::toString).allMatch(proved::contains);
    }

    /** H2 spells names in capitals. */
    private static String name(ColumnProof column) {
        return (column.table() + "." + column.column()).toLowerCase(Locale.ROOT);
    }
}
