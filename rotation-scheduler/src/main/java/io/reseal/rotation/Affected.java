package io.reseal.rotation;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What was under a key at a moment, in all tables of the catalog. Values that were under it earlier, and were re-encrypted, replaced or
 * deleted since, are not in these numbers: backups may hold them.
 *
 * @param countedAt before the first table was counted, by the database's clock
 * @param owners how many different owners the rows of all tables have together; empty if no table names owners
 * @param ownersDigest SHA-256 of the list of these owners and their tables, as hexadecimal digits; empty if none was taken down
 */
public record Affected(
        Instant countedAt, List<AffectedTable> tables, Optional<Long> owners, Optional<String> ownersDigest) {

    public Affected {
        tables = List.copyOf(tables);
    }

    /** Rows with a value under the key, in all tables. */
    public long rows() {
        return tables.stream().mapToLong(AffectedTable::rows).sum();
    }

    /** How many tables could not be counted: {@link AffectedTable#problem} says why. */
    public long uncounted() {
        return tables.stream()
                .filter(table -> table.columns().isEmpty() && !table.problem().isEmpty())
                .count();
    }

    /** As {@code 12 rows in 2 tables, of 7 owners; 1 table not counted}. */
    @Override
    public String toString() {
        long tablesWithRows = tables.stream().filter(table -> table.rows() > 0).count();
        return rows() + " rows in " + tablesWithRows + " tables"
                + owners.map(number -> ", of " + number + " owners").orElse("")
                + (uncounted() == 0
                        ? ""
                        : "; " + uncounted() + (uncounted() == 1 ? " table" : " tables") + " not counted");
    }
}
