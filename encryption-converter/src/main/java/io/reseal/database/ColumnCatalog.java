package io.reseal.database;

import io.reseal.ResealConfigurationException;
import io.reseal.StorageForm;
import io.reseal.keys.KeyTypes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;
import tools.jackson.databind.json.JsonMapper;

/**
 * Every column that ever held sealed values, in the table {@code reseal_column}: what proofs and tools go by. Entries are
 * never deleted, because a column that left the mapping may still hold values. Safe for use by several threads.
 *
 * <p>The table comes with the key store's schema.
 */
public final class ColumnCatalog {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final ResealDatabase database;
    private final KeyTypes types;

    /** @param types those that the application knows: a column of another key type cannot be read */
    public ColumnCatalog(ResealDatabase database, KeyTypes types) {
        this.database = database;
        this.types = types;
    }

    /** All entries; a column whose key type changed has one for each key type. */
    public List<SealedColumn> columns() {
        return database.jdbi()
                .withHandle(handle ->
                        handle.createQuery("""
                                SELECT table_schema, table_name, column_name, key_type, form, context, key_columns, key_unique
                                FROM reseal_column
                                ORDER BY table_schema, table_name, column_name, key_type
                                """).map((row, context) -> read(row)).list());
    }

    /**
     * Adds what is not there yet, and brings form and key columns up to date; all or nothing. Several nodes may record the
     * same at once.
     *
     * @throws ResealConfigurationException if a column was recorded with another context: its values would not open
     */
    public void record(Collection<SealedColumn> columns) {
        Conflicts.repeat(() -> database.jdbi().useTransaction(handle -> {
            List<String> problems = columns.stream()
                    .flatMap(column -> otherContext(handle, column).stream())
                    .toList();
            if (!problems.isEmpty()) {
                throw new ResealConfigurationException(problems);
            }
            columns.forEach(column -> write(handle, column));
        }));
    }

    private static Optional<String> otherContext(Handle handle, SealedColumn column) {
        return bind(handle.createQuery("""
                                SELECT context FROM reseal_column
                                WHERE table_schema = :schema AND table_name = :table AND column_name = :column
                                  AND context <> :context
                                """), column)
                .mapTo(String.class)
                .findFirst()
                .map(recorded -> "The column " + column.table() + "." + column.column() + " holds values sealed for the"
                        + " context '" + recorded + "', and is now mapped with the context '" + column.context()
                        + "', in which they do not open. Set @Encrypted(context = \"" + recorded
                        + "\"); if the column holds no such values, delete its row from reseal_column");
    }

    private static void write(Handle handle, SealedColumn column) {
        bind(handle.createUpdate("""
                                UPDATE reseal_column SET form = :form, key_columns = :keyColumns, key_unique = :keyUnique
                                WHERE table_schema = :schema AND table_name = :table AND column_name = :column
                                  AND (form <> :form OR key_columns <> :keyColumns OR key_unique <> :keyUnique)
                                """), column).execute();
        if (!isRecorded(handle, column)) {
            bind(handle.createUpdate("""
                                    INSERT INTO reseal_column (table_schema, table_name, column_name, key_type, form, context,
                                                               key_columns, key_unique)
                                    VALUES (:schema, :table, :column, :keyType, :form, :context, :keyColumns, :keyUnique)
                                    """), column).execute();
        }
    }

    private static boolean isRecorded(Handle handle, SealedColumn column) {
        return bind(handle.createQuery("""
                                SELECT 1 FROM reseal_column
                                WHERE table_schema = :schema AND table_name = :table AND column_name = :column
                                  AND key_type = :keyType
                                """), column)
                .mapTo(Integer.class)
                .findOne()
                .isPresent();
    }

    private static <S extends SqlStatement<S>> S bind(S statement, SealedColumn column) {
        return statement
                .bind("schema", column.schema().orElse(""))
                .bind("table", column.table())
                .bind("column", column.column())
                .bind("keyType", column.keyType().name())
                .bind("form", column.form().name())
                .bind("context", column.context())
                .bind("keyColumns", JSON.writeValueAsString(column.keyColumns()))
                .bind("keyUnique", column.keyUnique());
    }

    private SealedColumn read(ResultSet row) throws SQLException {
        String schema = row.getString("table_schema");
        return new SealedColumn(
                schema.isEmpty() ? Optional.empty() : Optional.of(schema),
                row.getString("table_name"),
                row.getString("column_name"),
                StorageForm.valueOf(row.getString("form")),
                types.named(row.getString("key_type")),
                row.getString("context"),
                List.of(JSON.readValue(row.getString("key_columns"), String[].class)),
                row.getBoolean("key_unique"));
    }
}
