package io.reseal.rotation.internal.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether the user sees the triggers of a table: without the privilege the dictionary lists none, and there is no harmless
 * way to try it out.
 */
final class MariaGrants {

    private static final Pattern GRANT =
            Pattern.compile("GRANT (.+) ON (\\*|([`\"])(.+?)\\3)\\.(\\*|([`\"])(.+?)\\6) TO .*");
    private static final Pattern COLUMNS = Pattern.compile("\\([^)]*\\)");
    private static final Pattern TRIGGER = Pattern.compile(".*\\b(TRIGGER|ALL PRIVILEGES)\\b.*");

    /** A database in a grant may be a pattern. */
    private static final Pattern WILD = Pattern.compile("\\\\([_%])|_|%");

    private MariaGrants() {}

    /** By the grants to the user, to its roles that are enabled, and to all. */
    static boolean showTriggers(Connection connection, SealedTable table) throws SQLException {
        String database = table.schema().orElse(connection.getCatalog());
        try (Statement statement = connection.createStatement();
                ResultSet grants = statement.executeQuery("SHOW GRANTS")) {
            while (grants.next()) {
                if (showsTriggers(grants.getString(1), database, table.name())) {
                    return true;
                }
            }
            return false;
        }
    }

    static boolean showsTriggers(String line, String database, String table) {
        Matcher grant = GRANT.matcher(line);
        return grant.matches()
                && TRIGGER.matcher(COLUMNS.matcher(grant.group(1)).replaceAll(""))
                        .matches()
                && (grant.group(2).equals("*") || isOn(grant.group(4), database))
                && (grant.group(5).equals("*") || grant.group(7).equalsIgnoreCase(table));
    }

    private static boolean isOn(String granted, String database) {
        Matcher wild = WILD.matcher(granted);
        StringBuilder pattern = new StringBuilder();
        int from = 0;
        while (wild.find()) {
            pattern.append(Pattern.quote(granted.substring(from, wild.start())));
            pattern.append(
                    switch (wild.group()) {
                        case "_" -> ".";
                        case "%" -> ".*";
                        default -> wild.group(1);
                    });
            from = wild.end();
        }
        pattern.append(Pattern.quote(granted.substring(from)));
        return Pattern.compile(pattern.toString(), Pattern.CASE_INSENSITIVE)
                .matcher(database)
                .matches();
    }
}
