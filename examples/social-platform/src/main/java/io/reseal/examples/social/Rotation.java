package io.reseal.examples.social;

import io.reseal.examples.social.Latencies.Percentiles;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyVersion;
import io.reseal.rotation.ColumnProof;
import io.reseal.rotation.Effort;
import io.reseal.rotation.KeyRotation;
import io.reseal.rotation.Progress;
import io.reseal.rotation.Proof;
import io.reseal.rotation.Reencryption;
import io.reseal.rotation.ReencryptionOptions;
import io.reseal.rotation.RunState;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Gives one key type its next version, re-encrypts everything under the one before, and proves it. */
final class Rotation {

    private static final ReencryptionOptions BESIDE_TRAFFIC = ReencryptionOptions.defaults()
            .withEffort(Effort.FULL)
            .withWorkers(1)
            .withWindow(200, 16);
    private static final Duration LOOK = Duration.ofMillis(250);

    private final KeyRotation keys;
    private final Terminal terminal;
    private final Latencies latencies;
    private final StopSignal stop;

    Rotation(KeyRotation keys, Terminal terminal, Latencies latencies, StopSignal stop) {
        this.keys = keys;
        this.terminal = terminal;
        this.latencies = latencies;
        this.stop = stop;
    }

    /**
     * What became of it.
     *
     * @param rows rows that were re-encrypted
     * @param took how long that took, the promotion of the new version not included
     * @param foreground what the writers felt meanwhile
     */
    record Outcome(
            KeyType keyType, RunState state, long rows, long quarantined, Duration took, Percentiles foreground) {

        Check check() {
            return new Check(
                    "re-encryption of " + keyType,
                    state == RunState.COMPLETED && quarantined == 0 && rows > 0 && foreground.count() > 0,
                    String.format(
                            Locale.ROOT,
                            "%s, %,d rows in %.1f s, %,d quarantined",
                            state.name().toLowerCase(Locale.ROOT),
                            rows,
                            took.toMillis() / 1e3,
                            quarantined));
        }
    }

    Outcome rotate(KeyType keyType) {
        KeyVersion active = keys.rotate(keyType, "demo", "the demo rotates every key type once");
        terminal.line("%s version %d seals from now on", keyType, active.version());
        latencies.startPhase();
        long start = System.nanoTime();
        try (Reencryption run = keys.reencrypt(keyType, BESIDE_TRAFFIC)) {
            Progress end = watch(run, keyType);
            return new Outcome(
                    keyType,
                    end.state(),
                    end.changed(),
                    end.quarantined(),
                    Duration.ofNanos(System.nanoTime() - start),
                    latencies.phase());
        }
    }

    private Progress watch(Reencryption run, KeyType keyType) {
        try (ProgressView view = ProgressView.of(terminal, keyType, latencies)) {
            Progress progress = run.progress();
            while (progress.state() == RunState.RUNNING) {
                view.show(progress);
                stop.check();
                progress = run.await(LOOK);
            }
            view.show(progress);
            return progress;
        }
    }

    /** Proves, column by column, that no value is left under the key. */
    Check prove(KeyId retired) {
        Proof proof = keys.proofs().take(retired);
        proof.columns().stream()
                .filter(column -> column.remaining() > 0 || StoredColumn.isUnder(retired.type(), name(column)))
                .forEach(column -> terminal.line(
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
