package io.reseal.rotation.internal.reencrypt;

import io.reseal.rotation.internal.jdbc.Dialect;
import io.reseal.rotation.internal.jdbc.RowAddress;
import io.reseal.rotation.internal.jdbc.RowChange;
import io.reseal.rotation.internal.jdbc.SealedTable;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Writes a window in short transactions, each of which checks the claim. */
final class StrideWriter {

    private static final SealedBatch NOTHING = new SealedBatch(List.of(), List.of(), Set.of());

    private final Jdbi jdbi;
    private final Dialect dialect;
    private final RangeClaims claims;
    private final RowLedger ledger;

    StrideWriter(Jdbi jdbi, Dialect dialect, RangeClaims claims, RowLedger ledger) {
        this.jdbi = jdbi;
        this.dialect = dialect;
        this.claims = claims;
        this.ledger = ledger;
    }

    /**
     * What became of a batch.
     *
     * @param locked rows that others hold; they are in the tail now
     * @param changedMeanwhile rows that did not hold any more what was read, or refused the write
     * @param changed how many rows were written
     * @param writing what the database took for the rows, of all that the transaction took
     */
    record Outcome(List<RowAddress> locked, List<RowAddress> changedMeanwhile, int changed, Duration writing) {

        boolean isWhole() {
            return locked.isEmpty() && changedMeanwhile.isEmpty();
        }
    }

    /** How a batch deals with rows that others hold. */
    enum Locked {
        /** Waits a moment; if that is not enough, the batch is repeated without them. */
        WAIT,
        /** Goes without them. */
        SKIP,
        /** Touches no row at all. */
        LEAVE
    }

    /**
     * Writes one batch in a transaction of its own.
     *
     * @param last committed with the batch, if all of its rows were written
     * @throws ClaimLostException if nothing may be committed
     */
    Outcome write(RangeClaim claim, SealedTable table, SealedBatch batch, Locked locked, Optional<Checkpoint> last) {
        try {
            return attempt(claim, table, batch, locked, last);
        } catch (RuntimeException | SQLException e) {
            requireClaim(claim, batch, e);
            if (!Failures.isContention(dialect, e)) {
                throw Failures.unchecked(e);
            }
            return switch (locked) {
                case WAIT -> write(claim, table, batch, Locked.SKIP, last);
                case SKIP -> write(claim, table, batch, Locked.LEAVE, last);
                case LEAVE -> throw Failures.unchecked(e);
            };
        }
    }

    /** A worker that was frozen until its key was retired, proved gone and fenced off meets the fence before it learns that. */
    private void requireClaim(RangeClaim claim, SealedBatch batch, Exception e) {
        if (Failures.isFencedOff(e) && !claims.holds(claim, batch.sealedUnder())) {
            throw new ClaimLostException();
        }
    }

    /** Records a window whose batches could not take the checkpoint along. */
    void checkpoint(RangeClaim claim, Checkpoint checkpoint) {
        jdbi.useTransaction(handle -> commit(handle, claim, NOTHING, 0, checkpoint));
    }

    private Outcome attempt(
            RangeClaim claim, SealedTable table, SealedBatch batch, Locked locked, Optional<Checkpoint> last)
            throws SQLException {
        return jdbi.<Outcome, SQLException>inTransaction(handle ->
                dialect.givingWay(handle.getConnection(), () -> attempt(handle, claim, table, batch, locked, last)));
    }

    private Outcome attempt(
            Handle handle,
            RangeClaim claim,
            SealedTable table,
            SealedBatch batch,
            Locked locked,
            Optional<Checkpoint> last)
            throws SQLException {
        List<RowAddress> left = new ArrayList<>();
        List<RowAddress> refused = new ArrayList<>();
        long begun = System.nanoTime();
        for (List<RowChange> group : sameColumns(batch.changes())) {
            List<RowChange> free = free(handle, table, group, locked);
            left.addAll(missing(group, free));
            refused.addAll(missing(free, written(handle, claim, table, free)));
        }
        int changed = batch.changes().size() - left.size() - refused.size();
        Outcome outcome = new Outcome(left, refused, changed, Duration.ofNanos(System.nanoTime() - begun));
        ledger.addToTail(handle, claim, left);
        Checkpoint checkpoint = outcome.isWhole() ? last.orElse(Checkpoint.NONE) : Checkpoint.NONE;
        if (outcome.isWhole() && checkpoint.isOnlyProgress()) {
            dialect.commitLazily(handle.getConnection());
        }
        commit(handle, claim, batch, changed, checkpoint);
        return outcome;
    }

    private void commit(Handle handle, RangeClaim claim, SealedBatch batch, long changed, Checkpoint checkpoint) {
        ledger.quarantine(handle, claim, checkpoint.quarantined()); // first: it locks the run, and a tail its range
        ledger.settle(handle, claim, checkpoint.settled());
        ledger.addToTail(handle, claim, checkpoint.tail());
        if (!claims.advance(handle, claim, batch.sealedUnder(), changed, checkpoint)) {
            throw new ClaimLostException();
        }
    }

    /** A statement sets exactly the columns that it compares, none of which is null. */
    private static Collection<List<RowChange>> sameColumns(List<RowChange> changes) {
        Map<Set<Integer>, List<RowChange>> groups = changes.stream()
                .collect(Collectors.groupingBy(change -> change.swaps().keySet()));
        return groups.values();
    }

    private List<RowChange> free(Handle handle, SealedTable table, List<RowChange> changes, Locked locked)
            throws SQLException {
        return switch (locked) {
            case WAIT -> changes;
            case SKIP -> at(changes, dialect.lockFree(handle.getConnection(), table, changes));
            case LEAVE -> List.of();
        };
    }

    /** A trigger may have put something else in place of what was written, which the database counts as written. */
    private List<RowChange> written(Handle handle, RangeClaim claim, SealedTable table, List<RowChange> changes)
            throws SQLException {
        if (changes.isEmpty()) {
            return changes;
        }
        List<RowChange> written = at(changes, dialect.write(handle.getConnection(), table, changes));
        if (written.isEmpty() || !claim.hasUpdateTriggers()) {
            return written;
        }
        List<RowChange> done = written.stream().map(RowChange::done).toList();
        return at(written, dialect.lockFree(handle.getConnection(), table, done));
    }

    private static List<RowChange> at(List<RowChange> changes, Set<Integer> positions) {
        if (positions.size() == changes.size()) {
            return changes;
        }
        return IntStream.range(0, changes.size())
                .filter(positions::contains)
                .mapToObj(changes::get)
                .toList();
    }

    private static List<RowAddress> missing(List<RowChange> all, List<RowChange> some) {
        if (all.size() == some.size()) {
            return List.of();
        }
        Set<RowAddress> present = some.stream().map(RowChange::address).collect(Collectors.toSet());
        return all.stream()
                .map(RowChange::address)
                .filter(address -> !present.contains(address))
                .toList();
    }
}
