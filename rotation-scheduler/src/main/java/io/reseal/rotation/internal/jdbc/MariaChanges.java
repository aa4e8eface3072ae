package io.reseal.rotation.internal.jdbc;

import io.reseal.StorageForm;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Changes of the same columns, as a table {@code v} of values in which they are looked up one by one. */
final class MariaChanges {

    /** What the columns of {@code v} with the values that were read, and with those to be written, begin with. */
    static final char READ = 'o';

    static final char SEALED = 'n';

    /** Far below the 16 MiB that a server takes in one statement by default. */
    private static final long BYTES = 1 << 20;

    private final MariaDialect dialect;
    private final SealedTable table;
    private final List<Integer> numbers;
    private final List<RowChange> changes;
    private final List<Integer> columns;

    private MariaChanges(MariaDialect dialect, SealedTable table, List<Integer> numbers, List<RowChange> changes) {
        this.dialect = dialect;
        this.table = table;
        this.numbers = numbers;
        this.changes = changes;
        this.columns = List.copyOf(changes.get(0).swaps().keySet());
    }

    /** As few statements as their length allows; without those changes that have to travel alone. */
    static List<MariaChanges> parts(MariaDialect dialect, SealedTable table, List<RowChange> changes) {
        List<MariaChanges> parts = new ArrayList<>();
        List<Integer> numbers = new ArrayList<>();
        long bytes = 0;
        for (int i = 0; i < changes.size(); i++) {
            if (!MariaLongChange.isLong(changes.get(i))) {
                bytes += bytes(changes.get(i));
                if (!numbers.isEmpty() && bytes > BYTES) {
                    parts.add(part(dialect, table, numbers, changes));
                    numbers = new ArrayList<>();
                    bytes = bytes(changes.get(i));
                }
                numbers.add(i);
            }
        }
        if (!numbers.isEmpty()) {
            parts.add(part(dialect, table, numbers, changes));
        }
        return parts;
    }

    private static MariaChanges part(
            MariaDialect dialect, SealedTable table, List<Integer> numbers, List<RowChange> changes) {
        return new MariaChanges(
                dialect, table, numbers, numbers.stream().map(changes::get).toList());
    }

    private static long bytes(RowChange change) {
        return change.swaps().values().stream()
                .mapToLong(swap -> swap.read().bytes().length + swap.sealed().bytes().length)
                .sum();
    }

    Set<Integer> positions() {
        return Set.copyOf(numbers);
    }

    /** Whether so many written rows can only be all: where the key addresses several rows, nobody can tell. */
    boolean areAll(int written) {
        return table.keyUnique() && written == changes.size();
    }

    /** The rows of {@code t} that hold what {@code v} has in the columns {@code held}; v comes first, whatever the optimizer thinks. */
    String joined(char held) {
        List<String> conditions = new ArrayList<>();
        for (int i = 0; i < table.key().size(); i++) {
            conditions.add("t." + dialect.quoted(table.key().get(i).name()) + " = v.k" + i);
        }
        for (int column : columns) {
            String stored = "t." + name(column);
            conditions.add((isText(column) ? MariaDialect.exact(stored) : stored) + " = v." + held + column);
        }
        return "(WITH v (" + String.join(", ", names()) + ") AS (VALUES " + values()
                + ") SELECT * FROM v) v STRAIGHT_JOIN " + dialect.name(table) + " t ON "
                + String.join(" AND ", conditions);
    }

    /** Also of columns that would otherwise change by themselves. */
    String assignments(List<String> unchanged) {
        List<String> assignments = new ArrayList<>();
        columns.forEach(column -> assignments.add("t." + name(column) + " = v.n" + column));
        unchanged.stream().map(dialect::quoted).forEach(name -> assignments.add("t." + name + " = t." + name));
        return String.join(", ", assignments);
    }

    PreparedStatement prepare(Connection connection, String sql) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        int parameter = 1;
        for (RowChange change : changes) {
            for (String key : change.address().parts().subList(0, table.key().size())) {
                statement.setString(parameter++, key);
            }
            for (var swap : change.swaps().entrySet()) {
                StorageForm form = table.columns().get(swap.getKey()).form();
                statement.setObject(parameter++, swap.getValue().read().in(form));
                statement.setObject(parameter++, swap.getValue().sealed().in(form));
            }
        }
        return statement;
    }

    private List<String> names() {
        List<String> names = new ArrayList<>(List.of("position"));
        for (int i = 0; i < table.key().size(); i++) {
            names.add("k" + i);
        }
        columns.forEach(column -> Collections.addAll(names, "o" + column, "n" + column));
        return names;
    }

    private String values() {
        String key = table.key().stream()
                .map(column -> ", " + dialect.parameter(new Dialect.AddressPart("", column.type())))
                .collect(Collectors.joining());
        String swaps = ", ?, ?".repeat(columns.size());
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < changes.size(); i++) {
            rows.add("(" + numbers.get(i) + key + swaps + ")");
        }
        return String.join(", ", rows);
    }

    private String name(int column) {
        return dialect.quoted(table.columns().get(column).name());
    }

    private boolean isText(int column) {
        return table.columns().get(column).form() == StorageForm.TEXT;
    }
}
