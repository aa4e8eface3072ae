package io.reseal;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Whose a row is: the column that names its owner, in tables for which the application says so. Names are compared without regard to
 * case. Immutable.
 *
 * @param columns by table, or by schema and table with a full stop between
 */
public record RowOwners(Map<String, String> columns) {

    private static final String PREFIX = ResealSettings.OWNER + ".";

    public RowOwners {
        columns = Map.copyOf(columns);
    }

    /**
     * Reads {@code reseal.owner.<table>} and {@code reseal.owner.<schema>.<table>}.
     *
     * @throws ResealConfigurationException if one names no column
     */
    static RowOwners from(Map<String, ?> settings) {
        Map<String, String> columns = new TreeMap<>();
        settings.forEach((name, value) -> {
            if (name.startsWith(PREFIX)) {
                String table = name.substring(PREFIX.length()).trim();
                String column = String.valueOf(value).trim();
                if (table.isEmpty() || value == null || column.isEmpty()) {
                    throw new ResealConfigurationException(
                            "The setting " + name + " is '" + value + "': write " + PREFIX
                                    + "<table> = <the column that names the row's owner>",
                            null);
                }
                columns.put(table.toLowerCase(Locale.ROOT), column);
            }
        });
        return new RowOwners(columns);
    }

    /** The column as it was set; empty if nothing is said of the table. */
    public Optional<String> column(Optional<String> schema, String table) {
        return Stream.concat(schema.stream().map(name -> name + "." + table), Stream.of(table))
                .flatMap(name -> Optional.ofNullable(columns.get(name.toLowerCase(Locale.ROOT))).stream())
                .findFirst();
    }
}
