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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Opens a whole window, grouped by key, and then seals it: a cipher that alternates between keys expands its key schedule
 * each time. No plaintext outlives the call.
 */
final class Resealer {

    private final KeyRegistry keys;

    Resealer(KeyRegistry keys) {
        this.keys = keys;
    }

    /**
     * Seals under the active versions.
     *
     * @param own the key type that the stale values are sealed under
     */
    SealedWindow reseal(TargetTable table, KeyType own, List<StaleRow> rows) {
        List<FieldCipher> ciphers = new ArrayList<>();
        for (int column = 0; column < table.entries().size(); column++) {
            ciphers.add(new FieldCipher(keys, table.context(column)));
        }
        List<Cell> cells = cells(rows);
        try {
            List<Quarantined> unreadable = open(table, ciphers, cells);
            Map<KeyType, KeyId> sealedUnder = seal(table, own, ciphers, cells);
            return new SealedWindow(changes(rows, cells), unreadable, Set.copyOf(sealedUnder.values()));
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
    private static List<Cell> cells(List<StaleRow> rows) {
        List<Cell> cells = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            int row = i;
            StaleRow stale = rows.get(i);
            stale.stale().forEach((column, value) -> cells.add(new Cell(row, stale, column, value)));
        }
        cells.sort(Comparator.<Cell>comparingInt(cell -> cell.column)
                .thenComparing(cell -> cell.read.bytes(), Arrays::compareUnsigned));
        return cells;
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
        String column = table.shape().columns().get(cell.column).name();
        return new Quarantined(cell.stale.address(), column, e.getClass().getName());
    }

    private Map<KeyType, KeyId> seal(TargetTable table, KeyType own, List<FieldCipher> ciphers, List<Cell> cells) {
        Map<KeyType, KeyId> sealing = new HashMap<>();
        for (Cell cell : cells) {
            byte[] plaintext = cell.plaintext;
            if (plaintext != null) {
                KeyId key = sealing.computeIfAbsent(table.sealedTo(cell.column, own), keys::sealing);
                FieldCipher cipher = ciphers.get(cell.column);
                cell.sealed = table.shape().columns().get(cell.column).form() == StorageForm.BINARY
                        ? StoredValue.of(cipher.seal(key, plaintext))
                        : StoredValue.of(cipher.sealText(key, plaintext));
                cell.forget();
            }
        }
        return sealing;
    }

    private static List<RowChange> changes(List<StaleRow> rows, List<Cell> cells) {
        List<Map<Integer, RowChange.Swap>> swaps = new ArrayList<>(Collections.nCopies(rows.size(), Map.of()));
        for (Cell cell : cells) {
            StoredValue sealed = cell.sealed;
            if (sealed != null) {
                Map<Integer, RowChange.Swap> row = swaps.get(cell.row);
                if (row.isEmpty()) {
                    row = new LinkedHashMap<>();
                    swaps.set(cell.row, row);
                }
                row.put(cell.column, new RowChange.Swap(cell.read, sealed));
            }
        }
        List<RowChange> changes = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            if (!swaps.get(i).isEmpty()) {
                changes.add(new RowChange(rows.get(i).address(), swaps.get(i)));
            }
        }
        return changes;
    }
}
