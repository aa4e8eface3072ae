package io.reseal.benchmarks.stage;

import io.reseal.ResealSettings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/**
 * One database of the server, and how Reseal reaches it.
 *
 * @param kekFile the key-encryption key of all databases, so that a copy of one still opens
 */
public record Database(String name, String url, Path kekFile) {

    /** Short, so that a rotation does not wait for long: it is not measured. */
    private static final String LEASE = "PT2S";

    private static final String REFRESH = "PT0.25S";

    public Connection connect() throws SQLException {
        return DriverManager.getConnection(url);
    }

    /** Runs statements one after another on a connection of their own, in auto-commit mode. */
    public void execute(String... statements) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("The database " + name + " refused a statement", e);
        }
    }

    /** The one number that a query returns. */
    public long number(String query) {
        return one(query, row -> row.getLong(1));
    }

    /** The one text that a query returns. */
    public String text(String query) {
        return one(query, row -> row.getString(1));
    }

    private interface Column<T> {
        T of(ResultSet row) throws SQLException;
    }

    private <T> T one(String query, Column<T> column) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return column.of(row);
        } catch (SQLException e) {
            throw new IllegalStateException("The database " + name + " refused a query", e);
        }
    }

    /** What an application would hand to Reseal: the keys live beside the table. */
    public Map<String, Object> settings() {
        return Map.of(
                ResealSettings.KEY_STORE, url,
                ResealSettings.KEK_FILE, kekFile.toString(),
                ResealSettings.REFRESH, REFRESH,
                ResealSettings.LEASE, LEASE);
    }
}
