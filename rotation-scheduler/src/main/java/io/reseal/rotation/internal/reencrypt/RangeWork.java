package io.reseal.rotation.internal.reencrypt;

import io.reseal.rotation.internal.jdbc.RowAddress;
import io.reseal.rotation.internal.jdbc.StaleRow;
import io.reseal.rotation.internal.jdbc.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Works a claimed range off: window by window, and then its tail. */
final class RangeWork {

    private static final int ROUNDS = 3;
    private static final Duration TAIL_REST = Duration.ofMillis(250);

    private final WindowSource source;
    private final Resealer resealer;
    private final StrideWriter writer;
    private final RangeClaims claims;
    private final RowLedger ledger;
    private final Interleaving interleaving;
    private final Warmth warmth;

    RangeWork(
            WindowSource source,
            Resealer resealer,
            StrideWriter writer,
            RangeClaims claims,
            RowLedger ledger,
            Interleaving interleaving,
            Warmth warmth) {
        this.source = source;
        this.resealer = resealer;
        this.writer = writer;
        this.claims = claims;
        this.ledger = ledger;
        this.interleaving = interleaving;
        this.warmth = warmth;
    }

    /** Returns when the range is done, given back, or {@code rest} says to stop. */
    void work(RangeClaim claim, TargetTable table, Stint stint) {
        warmth.warm(claim.run().type(), stint);
        Task task = new Task(table, stint);
        RangeClaim scanned = claim.isScanned() ? claim : scan(claim, task);
        if (!stint.rest().isOver()) {
            Duration wait = workTail(scanned, task) ? Duration.ZERO : TAIL_REST;
            if (!claims.giveBack(scanned, wait)) {
                throw new ClaimLostException();
            }
        }
    }

    /** What does not change while a range is worked off. */
    private record Task(TargetTable table, Stint stint) {}

    private RangeClaim scan(RangeClaim start, Task task) {
        RangeClaim claim = start;
        while (!task.stint().rest().isOver()) {
            task.stint().awaitTurn();
            claim = claims.refreshed(claim);
            Window window = source.read(claim, task.table(), task.stint().windowLimits(), task.stint()::awaitReading);
            if (!window.rows().isEmpty()) {
                RowAddress end = window.end();
                Sighting sighting = new Sighting(window.rows(), 0, Optional.of(end), List.of());
                process(claim, task, sighting, StrideWriter.Locked.WAIT);
                claim = claim.at(end);
            }
            if (window.isLast()) {
                return claim.scanned();
            }
        }
        return claim;
    }

    /** Whether nothing of the tail is left. */
    private boolean workTail(RangeClaim claim, Task task) {
        while (!task.stint().rest().isOver()) {
            task.stint().awaitTurn();
            List<RowAddress> tail = ledger.tail(claim, task.stint().batchRows());
            if (tail.isEmpty()) {
                return true;
            }
            List<StaleRow> rows =
                    source.readAll(claim, task.table(), tail, task.stint().batchLimits());
            Sighting sighting = new Sighting(rows, tail.size() - rows.size(), Optional.empty(), tail);
            if (process(claim, task, sighting, StrideWriter.Locked.SKIP) == tail.size()) {
                return false;
            }
        }
        return false;
    }

    /**
     * Rows to account for.
     *
     * @param superseded rows that were not stale any more on sight
     * @param cursor where the range goes on afterwards
     * @param tail the rows of the tail that were looked for
     */
    private record Sighting(List<StaleRow> rows, long superseded, Optional<RowAddress> cursor, List<RowAddress> tail) {

        /** What to record if all other rows were written. */
        Checkpoint allBut(List<Quarantined> unreadable) {
            return new Checkpoint(cursor, superseded, unreadable, tail, List.of());
        }
    }

    /** Returns how many rows others hold locked. */
    private int process(RangeClaim claim, Task task, Sighting sighting, StrideWriter.Locked how) {
        Written written = write(claim, task, sighting.rows(), how, Optional.of(sighting));
        if (!written.isRecorded()) {
            Leftover leftover = again(claim, task, written.changedMeanwhile());
            Set<RowAddress> locked = new HashSet<>(written.locked());
            locked.addAll(leftover.locked());
            List<Quarantined> quarantined = new ArrayList<>(written.unreadable());
            quarantined.addAll(leftover.quarantined());
            writer.checkpoint(
                    claim,
                    new Checkpoint(
                            sighting.cursor(),
                            sighting.superseded() + leftover.superseded(),
                            quarantined,
                            sighting.tail().stream()
                                    .filter(row -> !locked.contains(row))
                                    .toList(),
                            leftover.moving()));
        }
        return written.locked().size();
    }

    /** What became of a window's batches; if it is recorded, its checkpoint went along with the last one. */
    private record Written(
            List<RowAddress> locked,
            List<RowAddress> changedMeanwhile,
            List<Quarantined> unreadable,
            boolean isRecorded) {}

    /** Batch by batch, so that little of what is sealed is in memory. */
    private Written write(
            RangeClaim claim, Task task, List<StaleRow> rows, StrideWriter.Locked how, Optional<Sighting> whole) {
        List<RowAddress> locked = new ArrayList<>();
        List<RowAddress> changed = new ArrayList<>();
        List<Quarantined> unreadable = new ArrayList<>();
        boolean isRecorded = false;
        boolean isFirst = true;
        SealedBatches batches = sealed(claim, task, rows);
        StrideWriter.Locked next = how;
        while (batches.hasNext()) {
            SealedBatch sealed = batches.next();
            unreadable.addAll(sealed.unreadable());
            if (whole.isPresent()) {
                stepIn(claim, isFirst);
            }
            isFirst = false;
            if (!sealed.changes().isEmpty()) {
                boolean mayRecord = !batches.hasNext() && locked.isEmpty() && changed.isEmpty();
                Optional<Checkpoint> last = mayRecord ? whole.map(all -> all.allBut(unreadable)) : Optional.empty();
                StrideWriter.Outcome outcome = write(claim, task, sealed, next, last);
                isRecorded = last.isPresent() && outcome.isWhole();
                locked.addAll(outcome.locked());
                changed.addAll(outcome.changedMeanwhile());
                next = outcome.locked().isEmpty() ? next : StrideWriter.Locked.SKIP;
                task.stint().pauseBetweenBatches();
            }
        }
        return new Written(locked, changed, unreadable, isRecorded);
    }

    private SealedBatches sealed(RangeClaim claim, Task task, List<StaleRow> rows) {
        List<List<StaleRow>> batches =
                Stride.of(claim.run().id()).deal(rows, task.stint().batchRows());
        return new SealedBatches(resealer, task.table(), claim.run().type(), task.stint(), batches);
    }

    private void stepIn(RangeClaim claim, boolean isFirst) {
        if (isFirst) {
            interleaving.beforeWriting(claim);
        } else {
            interleaving.sealedAhead(claim);
        }
    }

    private StrideWriter.Outcome write(
            RangeClaim claim, Task task, SealedBatch batch, StrideWriter.Locked locked, Optional<Checkpoint> last) {
        task.stint().awaitTurn();
        long begun = System.nanoTime();
        StrideWriter.Outcome outcome = writer.write(claim, task.table().shape(), batch, locked, last);
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        task.stint().turn().wrote(outcome.changed(), took, outcome.writing());
        return outcome;
    }

    /** What became of rows that were written to, or refused the write, after the window was read. */
    private record Leftover(
            long superseded, List<Quarantined> quarantined, List<RowAddress> locked, List<RowAddress> moving) {}

    /** Looks at the rows again, a bounded number of times: what is still as it was read then can't be written. */
    private Leftover again(RangeClaim claim, Task task, List<RowAddress> changedMeanwhile) {
        long superseded = 0;
        List<Quarantined> quarantined = new ArrayList<>();
        List<RowAddress> locked = new ArrayList<>();
        List<RowAddress> open = changedMeanwhile;
        Map<RowAddress, StaleRow> before = Map.of();
        for (int round = 0; round < ROUNDS && !open.isEmpty(); round++) {
            List<StaleRow> rows =
                    source.readAll(claim, task.table(), open, task.stint().batchLimits());
            superseded += open.size() - rows.size();
            before = rows.stream().collect(Collectors.toMap(StaleRow::address, row -> row, (one, other) -> other));
            Written written = write(claim, task, rows, StrideWriter.Locked.SKIP, Optional.empty());
            quarantined.addAll(written.unreadable());
            locked.addAll(written.locked());
            open = written.changedMeanwhile();
        }
        List<RowAddress> moving = new ArrayList<>();
        List<StaleRow> last = open.isEmpty()
                ? List.of()
                : source.readAll(claim, task.table(), open, task.stint().batchLimits());
        superseded += open.size() - last.size();
        for (StaleRow row : last) {
            if (row.equals(before.get(row.address()))) {
                quarantined.addAll(unwritable(task.table(), row));
            } else {
                moving.add(row.address());
            }
        }
        return new Leftover(superseded, quarantined, locked, moving);
    }

    private static List<Quarantined> unwritable(TargetTable table, StaleRow row) {
        return row.stale().keySet().stream()
                .map(column -> Quarantined.of(table.shape(), row, column, Quarantined.UNWRITABLE))
                .toList();
    }
}
