package io.reseal.rotation.internal.reencrypt;

import io.reseal.rotation.reencryption.RunId;
import java.util.ArrayList;
import java.util.List;

/**
 * Deals the rows of a window out to batches, such that neighbours in key order are written by different batches, far enough
 * apart in time: the dead rows that one leaves make room on the same pages for the next one's, once no snapshot needs them
 * any more.
 *
 * @param classes how many rounds it takes to write all rows of a page
 */
record Stride(int classes) {

    private static final int LEAST = 16;
    private static final int KINDS = 3;

    /**
     * Another number of rounds than that of the runs before: what a round had to move to other pages stands together there,
     * and as one round it would find no room again.
     */
    static Stride of(RunId run) {
        return new Stride(LEAST + Math.floorMod(run.value() - 1, KINDS));
    }

    /**
     * Round j takes the rows j, j + classes, j + 2 × classes…, in as many batches as these need.
     *
     * @param batchRows rows per batch, at most
     */
    <T> List<List<T>> deal(List<T> rows, int batchRows) {
        int rounds = Math.max(1, Math.min(classes, (rows.size() + batchRows - 1) / batchRows));
        List<List<T>> batches = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            cut(every(rows, round, rounds), batchRows, batches);
        }
        return batches;
    }

    private static <T> List<T> every(List<T> rows, int first, int step) {
        List<T> some = new ArrayList<>(rows.size() / step + 1);
        for (int i = first; i < rows.size(); i += step) {
            some.add(rows.get(i));
        }
        return some;
    }

    /** Into parts of about the same size. */
    private static <T> void cut(List<T> rows, int batchRows, List<List<T>> batches) {
        int parts = (rows.size() + batchRows - 1) / batchRows;
        for (int part = 0; part < parts; part++) {
            int from = (int) ((long) rows.size() * part / parts);
            int to = (int) ((long) rows.size() * (part + 1) / parts);
            batches.add(rows.subList(from, to));
        }
    }
}
