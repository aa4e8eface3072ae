package io.reseal.database;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The databases that Reseal supports. */
public enum DatabaseProduct {
    POSTGRESQL("PostgreSQL"),
    H2("H2"),
    MARIADB("MariaDB");

    private final String reportedName;

    DatabaseProduct(String reportedName) {
        this.reportedName = reportedName;
    }

    /**
     * The product with the name that its JDBC driver reports.
     *
     * @throws IllegalArgumentException if it is not supported; the message lists those that are
     */
    public static DatabaseProduct named(String reportedName) {
        return Arrays.stream(values())
                .filter(product -> product.reportedName.equals(reportedName))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("The database " + reportedName
                        + " is not supported. Supported: "
                        + Arrays.stream(values())
                                .map(product -> product.reportedName)
                                .collect(Collectors.joining(", "))));
    }
}
