package io.reseal.rotation.internal.reencrypt;

import io.reseal.rotation.reencryption.Finding;
import io.reseal.rotation.reencryption.Problem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the catalog says of a table and the database does not have.
 *
 * @param found the columns of the database, with what a text is cast to: empty for a type that can't address rows
 */
record Discrepancies(KeyRange range, Map<String, Optional<String>> found) {

    /** About the table itself, these columns and those of the key. */
    List<Finding> of(Collection<String> columns) {
        List<Finding> findings = new ArrayList<>(gone(columns));
        findings.addAll(key());
        return findings;
    }

    private List<Finding> gone(Collection<String> columns) {
        TableName table = range.table();
        if (found.isEmpty()) {
            return List.of(finding(
                    Problem.GONE,
                    table,
                    "The table " + table + " does not exist. Restore it; if it was dropped for good, retire its"
                            + " columns, which takes two people"));
        }
        return columns.stream()
                .filter(column -> !found.containsKey(column))
                .map(column -> finding(
                        Problem.GONE,
                        table,
                        "The column " + table + "." + column + " does not exist."
                                + " Restore it; if it was dropped for good, retire it, which takes two people"))
                .toList();
    }

    private List<Finding> key() {
        List<Finding> findings = new ArrayList<>();
        for (String column : found.isEmpty() ? List.<String>of() : range.key()) {
            if (!found.containsKey(column)) {
                findings.add(
                        finding(
                                Problem.GONE,
                                range.table(),
                                "The key column " + range.table() + "." + column
                                        + " does not exist, so that no row can be"
                                        + " addressed. Start the application once, so that it records its present key columns"));
            } else if (found.get(column).isEmpty()) {
                findings.add(finding(
                        Problem.NO_USABLE_KEY,
                        range.table(),
                        "The key column " + range.table() + "." + column
                                + " has a type by which rows can't be addressed."
                                + " Use an integer, numeric, character, uuid, date or timestamp column"));
            }
        }
        return findings;
    }

    static Finding finding(Problem problem, TableName table, String message) {
        return new Finding(problem, table.schema(), table.table(), message);
    }
}
