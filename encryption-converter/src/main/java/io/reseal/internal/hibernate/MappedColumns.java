package io.reseal.internal.hibernate;

import io.reseal.database.SealedColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.hibernate.mapping.Collection;
import org.hibernate.mapping.Column;
import org.hibernate.mapping.DenormalizedTable;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.PrimaryKey;
import org.hibernate.mapping.Table;

/** Finds the columns of the database behind the encrypted attributes: one column once, however many attributes share it. */
final class MappedColumns {

    private final DictionaryNames names;
    private final BootReport report;
    private final List<MappedColumn> found = new ArrayList<>();

    MappedColumns(DictionaryNames names, BootReport report) {
        this.names = names;
        this.report = report;
    }

    List<MappedColumn> behind(List<SealedPosition> positions) {
        positions.forEach(position -> tables(position).forEach(table -> add(position, table)));
        return List.copyOf(found);
    }

    private void add(SealedPosition position, Table table) {
        MappedColumn added = column(position, table);
        Optional<MappedColumn> present =
                found.stream().filter(added::isSamePlace).findFirst();
        if (present.isEmpty()) {
            found.add(added);
        } else if (!present.get().agreesWith(added)) {
            report.add(
                    added.attribute(),
                    "the column also holds " + present.get().attribute().qualifiedPath()
                            + ", which is sealed with another context, form or key type",
                    "Give both attributes the same @Encrypted(context, form, keyType), or a column each");
        }
    }

    private MappedColumn column(SealedPosition position, Table table) {
        SealedAttribute attribute = position.type().attribute();
        Column column = (Column) Objects.requireNonNull(position.value().getColumn());
        List<Column> key = key(position, table);
        SealedColumn sealed = new SealedColumn(
                names.schema(table),
                names.table(table),
                names.column(column),
                attribute.form(),
                attribute.keyType(),
                attribute.context(),
                key.stream().map(names::column).toList(),
                table.getPrimaryKey() != null);
        return new MappedColumn(sealed, attribute, Objects.requireNonNull(column.getLength()));
    }

    /** A table without a primary key holds a bag: its rows are addressed by their owner. */
    private static List<Column> key(SealedPosition position, Table table) {
        PrimaryKey key = table.getPrimaryKey();
        return key != null
                ? key.getColumns()
                : position.collection()
                        .map(MappedColumns::ownerKey)
                        .orElseGet(() -> position.entity().getKey().getColumns());
    }

    private static List<Column> ownerKey(Collection collection) {
        return collection.getKey().getColumns();
    }

    /** In a table-per-class hierarchy an attribute has a column in the table of every concrete class. */
    private static List<Table> tables(SealedPosition position) {
        Table declared = position.value().getTable();
        return Stream.concat(
                        Stream.of(declared),
                        position.entity().getSubclassClosure().stream()
                                .map(PersistentClass::getTable)
                                .filter(table -> includes(table, declared)))
                .filter(table -> table.isPhysicalTable() && !table.isAbstract())
                .distinct()
                .toList();
    }

    @SuppressWarnings("ReferenceEquality") // the mapping knows each of its parts as one object
    private static boolean includes(Table table, Table declared) {
        return table instanceof DenormalizedTable union
                && (union.getIncludedTable() == declared || includes(union.getIncludedTable(), declared));
    }
}
