package io.reseal.rotation.internal.reencrypt;

import io.reseal.PlaintextValueException;
import io.reseal.StorageForm;
import io.reseal.TamperedValueException;
import io.reseal.UnreadableValueException;
import io.reseal.crypto.FieldCipher;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import io.reseal.rotation.internal.jdbc.RowChange;
import io.reseal.rotation.internal.jdbc.StaleRow;
import io.reseal.rotation.internal.jdbc.StoredValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Opens a whole batch, grouped by key, and then seals it: a cipher that alternates between keys expands its key schedule
 * each time. No plaintext outlives the call.
 */
final class Resealer {

    private static final byte TEXT_START = 'r';
    private static final int TEXT_COLONS = 3;

    private final KeyRegistry keys;

    Resealer(KeyRegistry keys) {
        this.keys = keys;
    }

    /**
     * Seals under the active versions.
     *
     * @param own the key type that the stale values are sealed under
     */
    SealedBatch reseal(TargetTable table, KeyType own, List<StaleRow> rows) {
        List<FieldCipher> ciphers = new ArrayList<>();
        for (int column = 0; column < table.entries().size(); column++) {
            ciphers.add(FieldCipher.reencrypting(keys, table.context(column)));
        }
        List<Cell> cells = cells(table, rows);
        try {
            List<Quarantined> unreadable = open(table, ciphers, cells);
            Set<KeyId> sealedUnder = seal(table, own, ciphers, cells);
            return new SealedBatch(changes(rows, cells), unreadable, sealedUnder);
        } finally {
            cells.forEach(Cell::forget);
        }
    }

    /** One stale value on its way. */
    private static final class Cell {

        final int row;
        final StaleRow stale;
        final int column;
        final StoredValue read;
        byte @Nullable [] plaintext;

        @Nullable
        StoredValue sealed;

        Cell(int row, StaleRow stale, int column, StoredValue read) {
            this.row = row;
            this.stale = stale;
            this.column = column;
            this.read = read;
        }

        void forget() {
            if (plaintext != null) {
                Arrays.fill(plaintext, (byte) 0);
                plaintext = null;
            }
        }
    }

    /** By column and then by header: values under one key and in one context stand together. */
    private static List<Cell> cells(TargetTable table, List<StaleRow> rows) {
        List<Cell> cells = new ArrayList<>(rows.size());
        for (int column = 0; column < table.shape().columns().size(); column++) {
            List<Cell> some = cells(column, rows);
            some.sort(Comparator.comparing(cell -> cell.read, Resealer::compareKeys));
            cells.addAll(some);
        }
        return cells;
    }

    private static List<Cell> cells(int column, List<StaleRow> rows) {
        List<Cell> cells = new ArrayList<>(rows.size());
        for (int row = 0; row < rows.size(); row++) {
            StaleRow stale = rows.get(row);
            StoredValue value = stale.stale().get(column);
            if (value != null) {
                cells.add(new Cell(row, stale, column, value));
            }
        }
        return cells;
    }

    /** What stands in front of a value: nothing behind it, or neighbours would be torn apart for nothing. */
    private static int compareKeys(StoredValue one, StoredValue other) {
        byte[] a = one.bytes();
        byte[] b = other.bytes();
        return Arrays.compareUnsigned(a, 0, headerLength(a), b, 0, headerLength(b));
    }

    /** Five bytes, or what is in front of a text's third colon. */
    private static int headerLength(byte[] value) {
        if (value[0] != TEXT_START) {
            return Math.min(value.length, KeyId.HEADER_LENGTH);
        }
        int colons = 0;
        int length = 0;
        while (length < value.length && colons < TEXT_COLONS) {
            colons += value[length++] == ':' ? 1 : 0;
        }
        return length;
    }

    private static List<Quarantined> open(TargetTable table, List<FieldCipher> ciphers, List<Cell> cells) {
        List<Quarantined> unreadable = new ArrayList<>();
        for (Cell cell : cells) {
            boolean isBinary = table.shape().columns().get(cell.column).form() == StorageForm.BINARY;
            FieldCipher cipher = ciphers.get(cell.column);
            try {
                cell.plaintext = isBinary ? cipher.open(cell.read.bytes()) : cipher.openText(cell.read.text());
            } catch (TamperedValueException | PlaintextValueException e) {
                unreadable.add(quarantined(table, cell, e));
            }
        }
        return unreadable;
    }

    private static Quarantined quarantined(TargetTable table, Cell cell, UnreadableValueException e) {
        return Quarantined.of(
                table.shape(), cell.stale, cell.column, e.getClass().getName());
    }

    private Set<KeyId> seal(TargetTable table, KeyType own, List<FieldCipher> ciphers, List<Cell> cells) {
        Map<Integer, KeyId> sealing = new HashMap<>();
        for (Cell cell : cells) {
            byte[] plaintext = cell.plaintext;
            if (plaintext != null) {
                KeyId key = sealing.computeIfAbsent(cell.column, column -> keys.sealing(table.sealedTo(column, own)));
                FieldCipher cipher = ciphers.get(cell.column);
                cell.sealed = table.shape().columns().get(cell.column).form() == StorageForm.BINARY
                        ? StoredValue.of(cipher.seal(key, plaintext))
                        : StoredValue.of(cipher.sealText(key, plaintext));
                cell.forget();
            }
        }
        return Set.copyOf(sealing.values());
    }

    private static List<RowChange> changes(List<StaleRow> rows, List<Cell> cells) {
        List<Map<Integer, RowChange.Swap>> swaps = new ArrayList<>(Collections.nCopies(rows.size(), Map.of()));
        for (Cell cell : cells) {
            StoredValue sealed = cell.sealed;
            if (sealed != null) {
                RowChange.Swap swap = new RowChange.Swap(cell.read, sealed);
                swaps.set(cell.row, with(swaps.get(cell.row), cell.column, swap));
            }
        }
        List<RowChange> changes = new ArrayList<>(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            if (!swaps.get(i).isEmpty()) {
                changes.add(new RowChange(rows.get(i).address(), swaps.get(i)));
            }
        }
        return changes;
    }

    private static Map<Integer, RowChange.Swap> with(
            Map<Integer, RowChange.Swap> some, int column, RowChange.Swap swap) {
        if (some.isEmpty()) {
            return Map.of(column, swap);
        }
        Map<Integer, RowChange.Swap> more = new HashMap<>(some);
        more.put(column, swap);
        return more;
    }
}
