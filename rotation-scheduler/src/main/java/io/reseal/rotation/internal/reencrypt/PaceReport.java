package io.reseal.rotation.internal.reencrypt;

import io.reseal.rotation.pace.Pacing;
import io.reseal.rotation.pace.SignalLevel;
import io.reseal.rotation.pace.SignalReading;
import io.reseal.rotation.reencryption.RunId;
import java.time.Duration;
import java.util.LongSummaryStatistics;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlStatement;

/** Tells whoever looks into the database how fast this node works on a run: its row of the table {@code reseal_pace}. */
final class PaceReport {

    private static final Duration KEPT = Duration.ofDays(1);
    private static final int MAX_REASON = 1_000;

    private final Jdbi jdbi;
    private final RunId run;
    private final String node;

    PaceReport(Jdbi jdbi, RunId run, String node) {
        this.jdbi = jdbi;
        this.run = run;
        this.node = node;
    }

    /** @param heldBack for how long it has done hardly anything because of signals */
    void write(Pace pace, Pacing pacing, Duration heldBack) {
        jdbi.useTransaction(handle -> {
            int updated = bind(handle.createUpdate("""
                            UPDATE reseal_pace
                            SET state = :state, held_by = :heldBy, reason = :reason, duty = :duty, rows_per_second = :rate,
                                soonest_seconds = :soonest, latest_seconds = :latest, held_back_seconds = :held,
                                reported_at = <now>
                            WHERE run_id = :run AND node = :node
                            """), pace, pacing)
                    .bind("held", heldBack.toSeconds())
                    .execute();
            if (updated == 0) {
                insert(handle, pace, pacing, heldBack);
            }
        });
    }

    /** What processes left that were killed goes as well. */
    private void insert(Handle handle, Pace pace, Pacing pacing, Duration heldBack) {
        handle.createUpdate("DELETE FROM reseal_pace WHERE reported_at < <after_millis>")
                .bind("millis", -KEPT.toMillis())
                .execute();
        bind(handle.createUpdate("""
                        INSERT INTO reseal_pace (run_id, node, state, held_by, reason, duty, rows_per_second, soonest_seconds,
                                                 latest_seconds, held_back_seconds, reported_at)
                        VALUES (:run, :node, :state, :heldBy, :reason, :duty, :rate, :soonest, :latest, :held, <now>)
                        """), pace, pacing)
                .bind("held", heldBack.toSeconds())
                .execute();
    }

    private <S extends SqlStatement<S>> S bind(S statement, Pace pace, Pacing pacing) {
        LongSummaryStatistics seconds = Stream.of(pace.eta(), pace.etaOverall())
                .flatMap(Optional::stream)
                .mapToLong(Duration::toSeconds)
                .summaryStatistics();
        boolean isKnown = seconds.getCount() > 0;
        return statement
                .bind("run", run.value())
                .bind("node", node)
                .bind("state", pacing.state().name())
                .bind("heldBy", heldBy(pacing).orElse(null))
                .bind("reason", shortened(pacing.because()))
                .bind("duty", pacing.duty())
                .bind("rate", pace.rowsPerSecond())
                .bind("soonest", isKnown ? seconds.getMin() : null)
                .bind("latest", isKnown ? seconds.getMax() : null);
    }

    /** The signal that the reason speaks of; the reason of any other names itself otherwise. */
    private static Optional<String> heldBy(Pacing pacing) {
        return pacing.signals().stream()
                .filter(reading -> reading.level() == SignalLevel.SLOW || reading.level() == SignalLevel.STOP)
                .filter(reading -> pacing.because().equals(words(reading)))
                .map(reading -> reading.signal().name())
                .findFirst();
    }

    private static String words(SignalReading reading) {
        return reading.name() + ": " + reading.reason();
    }

    private static String shortened(String reason) {
        return reason.substring(0, Math.min(MAX_REASON, reason.length()));
    }

    void withdraw() {
        jdbi.useHandle(handle -> handle.createUpdate("DELETE FROM reseal_pace WHERE run_id = :run AND node = :node")
                .bind("run", run.value())
                .bind("node", node)
                .execute());
    }
}
