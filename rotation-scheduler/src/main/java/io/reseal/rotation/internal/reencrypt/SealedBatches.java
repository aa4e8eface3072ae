package io.reseal.rotation.internal.reencrypt;

import io.reseal.keys.KeyType;
import io.reseal.rotation.internal.jdbc.StaleRow;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A window's batches, each sealed while the one before it is being written. Whoever commits one checks its keys, so that it
 * does not matter how long ago it was sealed; one ahead is enough, and keeps few plaintexts in memory.
 *
 * <p>While throttled, nothing is sealed ahead, and what is sealed is cut into slices: the processor may be the database's as
 * well.
 */
final class SealedBatches implements Iterator<SealedBatch> {

    private static final int SLICE = 200;

    private final Resealer resealer;
    private final TargetTable table;
    private final KeyType own;
    private final Stint stint;
    private final Iterator<List<StaleRow>> batches;
    private Optional<Supplier<SealedBatch>> ahead = Optional.empty();

    /** @param own the key type that the stale values are sealed under */
    SealedBatches(Resealer resealer, TargetTable table, KeyType own, Stint stint, List<List<StaleRow>> batches) {
        this.resealer = resealer;
        this.table = table;
        this.own = own;
        this.stint = stint;
        this.batches = batches.iterator();
    }

    @Override
    public boolean hasNext() {
        return ahead.isPresent() || batches.hasNext();
    }

    /** The next batch; the one behind it is being sealed when this returns. */
    @Override
    public SealedBatch next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        SealedBatch sealed = ahead.map(Supplier::get).orElseGet(() -> inSlices(batches.next()));
        ahead = batches.hasNext() && !stint.turn().isThrottled()
                ? Optional.of(begin(batches.next()))
                : Optional.empty();
        return sealed;
    }

    private Supplier<SealedBatch> begin(List<StaleRow> rows) {
        return stint.second().begin(() -> resealer.reseal(table, own, rows));
    }

    private SealedBatch inSlices(List<StaleRow> rows) {
        int slice = stint.turn().isThrottled() ? SLICE : Math.max(1, rows.size());
        List<SealedBatch> parts = new ArrayList<>();
        for (int from = 0; from < rows.size(); from += slice) {
            stint.awaitTurn();
            parts.add(resealer.reseal(table, own, rows.subList(from, Math.min(rows.size(), from + slice))));
        }
        return SealedBatch.of(parts);
    }
}
