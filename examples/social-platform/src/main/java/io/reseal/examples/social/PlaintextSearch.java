package io.reseal.examples.social;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Reads every text and every binary value of the whole schema, Reseal's own tables included, and looks for plaintext. */
final class PlaintextSearch {

    private static final Set<Integer> BINARY_TYPES =
            Set.of(Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB);
    private static final Set<Integer> TEXT_TYPES =
            Set.of(Types.CHAR, Types.VARCHAR, Types.LONGVARCHAR, Types.NVARCHAR, Types.CLOB);
    private static final int FETCH_SIZE = 1_000;

    private final DataSource database;
    private final Plaintexts plaintexts;

    PlaintextSearch(DataSource database, Plaintexts plaintexts) {
        this.database = database;
        this.plaintexts = plaintexts;
    }

    /** A column of the database's dictionary. */
    private record Column(String name, boolean binary) {

        byte @Nullable [] bytes(ResultSet row, int position) throws SQLException {
            if (binary) {
                return row.getBytes(position);
            }
            String text = row.getString(position);
            return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
        }
    }

    Check check() {
        long values = 0;
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            for (Map.Entry<String, List<Column>> table : tables(connection).entrySet()) {
                values += search(connection, table.getKey(), table.getValue());
            }
            connection.rollback();
        } catch (SQLException e) {
            throw new IllegalStateException("The schema can't be searched for plaintext", e);
        } catch (FoundException e) {
            return result(false, String.valueOf(e.getMessage()));
        }
        return result(
                true, String.format(Locale.ROOT, "searched %,d values for %,d plaintexts", values, plaintexts.size()));
    }

    private static Check result(boolean passed, String finding) {
        return new Check("no plaintext in the database", passed, finding);
    }

    private static Map<String, List<Column>> tables(Connection connection) throws SQLException {
        Map<String, List<Column>> tables = new TreeMap<>();
        DatabaseMetaData dictionary = connection.getMetaData();
        try (ResultSet columns = dictionary.getColumns(connection.getCatalog(), connection.getSchema(), "%", "%")) {
            while (columns.next()) {
                int type = columns.getInt("DATA_TYPE");
                if (BINARY_TYPES.contains(type) || TEXT_TYPES.contains(type)) {
                    tables.computeIfAbsent(columns.getString("TABLE_NAME"), name -> new ArrayList<>())
                            .add(new Column(columns.getString("COLUMN_NAME"), BINARY_TYPES.contains(type)));
                }
            }
        }
        return tables;
    }

    private long search(Connection connection, String table, List<Column> columns) throws SQLException, FoundException {
        String names =
                "\"" + String.join("\", \"", columns.stream().map(Column::name).toList()) + "\"";
        long values = 0;
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(FETCH_SIZE);
            try (ResultSet row = statement.executeQuery("select " + names + " from \"" + table + "\"")) {
                while (row.next()) {
                    values += search(row, table, columns);
                }
            }
        }
        return values;
    }

    private long search(ResultSet row, String table, List<Column> columns) throws SQLException, FoundException {
        long values = 0;
        for (int i = 0; i < columns.size(); i++) {
            byte[] bytes = columns.get(i).bytes(row, i + 1);
            if (bytes != null) {
                values++;
                if (plaintexts.occurIn(bytes)) {
                    throw new FoundException(table + "." + columns.get(i).name() + " holds a plaintext");
                }
            }
        }
        return values;
    }

    /** Ends the search at the first plaintext. */
    private static final class FoundException extends Exception {

        private static final long serialVersionUID = 1L;

        FoundException(String message) {
            super(message);
        }
    }
}
