package io.reseal.database;

import io.reseal.ResealConfigurationException;
import io.reseal.keys.AuditEntry;
import io.reseal.keys.KeyDecision;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.Keyring;
import io.reseal.keys.ProtectedRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Every column that ever held sealed values: what proofs and tools go by. Entries are never deleted, because a column that left
 * the mapping may still hold values. Safe for use by several threads and processes.
 *
 * <p>Kept as records of the key store, one for each table, and protected like its keys: a key is not destroyed because
 * somebody has deleted a column from the catalog. Every method throws what {@link KeyRegistry#refresh} throws.
 */
public final class ColumnCatalog {

    private static final String ACTOR = "reseal";
    private static final String ACTION = "map-columns";
    private static final String REASON = "an application maps them";

    private final KeyRegistry keys;

    public ColumnCatalog(KeyRegistry keys) {
        this.keys = keys;
    }

    /**
     * All entries, by schema, table, column and key type; a column whose key type changed has one for each key type.
     *
     * @throws IllegalArgumentException if one has a key type that this application does not know
     */
    public List<SealedColumn> columns() {
        return entries(keys.refresh()).stream()
                .sorted(Comparator.comparing(
                                (SealedColumn entry) -> entry.schema().orElse(""))
                        .thenComparing(SealedColumn::table)
                        .thenComparing(SealedColumn::column)
                        .thenComparing(entry -> entry.keyType().name()))
                .toList();
    }

    /**
     * Adds what is not there yet, and brings form and key columns up to date; all or nothing. Several nodes may record the
     * same at once.
     *
     * @throws ResealConfigurationException if a column was recorded with another context: its values would not open
     */
    public void record(Collection<SealedColumn> columns) {
        var unused = keys.decisions().decide(keyring -> decision(keyring, List.copyOf(columns)));
    }

    private Optional<KeyDecision> decision(Keyring keyring, List<SealedColumn> mapped) {
        List<SealedColumn> present = entries(keyring);
        refuseOtherContexts(present, mapped);
        List<ProtectedRecord> records = mapped.stream()
                .map(CatalogTable::nameOf)
                .distinct()
                .map(name -> CatalogTable.record(merged(of(present, name), of(mapped, name))))
                .filter(record -> !keyring.record(record.kind(), record.id()).equals(Optional.of(record)))
                .toList();
        String tables = mapped.stream().map(SealedColumn::table).distinct().collect(Collectors.joining(", "));
        return records.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new KeyDecision(Optional.empty(), records, new AuditEntry(ACTOR, ACTION, REASON, tables)));
    }

    private List<SealedColumn> entries(Keyring keyring) {
        return keyring.records(CatalogTable.KIND).stream()
                .flatMap(record -> CatalogTable.read(record, keys.types()).stream())
                .toList();
    }

    private static List<SealedColumn> of(List<SealedColumn> columns, CatalogTable.Name table) {
        return columns.stream()
                .filter(column -> CatalogTable.nameOf(column).equals(table))
                .toList();
    }

    /** What is mapped now says how the values are stored and addressed, also those of former key types. */
    private static List<SealedColumn> merged(List<SealedColumn> present, List<SealedColumn> mapped) {
        List<SealedColumn> merged = new ArrayList<>();
        for (SealedColumn entry : present) {
            SealedColumn newest = mapped.stream()
                    .filter(column -> column.column().equals(entry.column()))
                    .findFirst()
                    .orElse(entry);
            merged.add(new SealedColumn(
                    entry.schema(),
                    entry.table(),
                    entry.column(),
                    newest.form(),
                    entry.keyType(),
                    entry.context(),
                    newest.keyColumns(),
                    newest.keyUnique()));
        }
        mapped.stream()
                .filter(column -> merged.stream().noneMatch(entry -> isSame(entry, column)))
                .forEach(merged::add);
        return merged;
    }

    private static boolean isSame(SealedColumn one, SealedColumn other) {
        return one.column().equals(other.column()) && one.keyType().equals(other.keyType());
    }

    private static void refuseOtherContexts(List<SealedColumn> present, List<SealedColumn> mapped) {
        List<String> problems = mapped.stream()
                .flatMap(column -> otherContext(present, column).stream())
                .toList();
        if (!problems.isEmpty()) {
            throw new ResealConfigurationException(problems);
        }
    }

    private static Optional<String> otherContext(List<SealedColumn> present, SealedColumn column) {
        return present.stream()
                .filter(entry -> CatalogTable.nameOf(entry).equals(CatalogTable.nameOf(column))
                        && entry.column().equals(column.column())
                        && !entry.context().equals(column.context()))
                .findFirst()
                .map(entry -> "The column " + column.table() + "." + column.column()
                        + " holds values sealed for the context '" + entry.context()
                        + "', and is now mapped with the context '" + column.context()
                        + "', in which they do not open. Set @Encrypted(context = \"" + entry.context()
                        + "\"), or map the attribute to a new column");
    }
}
