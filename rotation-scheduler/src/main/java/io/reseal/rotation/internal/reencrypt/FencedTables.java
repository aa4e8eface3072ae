package io.reseal.rotation.internal.reencrypt;

import io.reseal.keys.KeyId;
import io.reseal.keys.KeyTypes;
import io.reseal.rotation.internal.jdbc.DatabaseMark;
import io.reseal.rotation.internal.jdbc.Dialect;
import io.reseal.rotation.internal.jdbc.Fence;
import io.reseal.rotation.internal.jdbc.FenceState;
import io.reseal.rotation.internal.jdbc.Guards;
import io.reseal.rotation.internal.jdbc.SealedTable;
import io.reseal.rotation.reencryption.FencedTable;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import tools.jackson.databind.json.JsonMapper;

/** The table {@code reseal_fence}, and the fences themselves as they are now. */
final class FencedTables {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Jdbi jdbi;
    private final Optional<Fence> fence;
    private final KeyTypes types;

    FencedTables(Jdbi jdbi, Dialect dialect, KeyTypes types) {
        this.jdbi = jdbi;
        this.fence = dialect.fence();
        this.types = types;
    }

    /** Statements in a transaction of their own. */
    interface Work<T> {
        T run(Fence fence, Connection connection) throws SQLException;
    }

    /** The work's result, or {@code otherwise} where there are no fences. */
    <T> T with(Work<T> work, T otherwise) {
        if (fence.isEmpty()) {
            return otherwise;
        }
        try {
            return jdbi.<T, SQLException>inTransaction(handle -> work.run(fence.get(), handle.getConnection()));
        } catch (SQLException e) {
            throw new EngineSqlException(e);
        }
    }

    Optional<Fence> fence() {
        return fence;
    }

    DatabaseMark mark() {
        return with((one, connection) -> one.survey().mark(connection), DatabaseMark.UNKNOWN);
    }

    boolean isRestoredSince(DatabaseMark mark) {
        return with((one, connection) -> one.survey().isRestoredSince(connection, mark), false);
    }

    /** What the fence of a table was when it was put up. */
    record Put(TableName table, List<KeyId> keys, List<String> columns, Guards guards) {

        /** Whether it was put up against this key, in every column of the table as it is catalogued now. */
        boolean covers(KeyId key, SealedTable shape) {
            return keys.contains(key) && columns.equals(FencedTables.columns(shape));
        }
    }

    private static List<String> columns(SealedTable table) {
        return table.columns().stream()
                .map(column -> column.form() + " " + column.name())
                .toList();
    }

    List<Put> all() {
        return jdbi.withHandle(
                handle -> handle.createQuery("SELECT * FROM reseal_fence ORDER BY table_schema, table_name")
                        .map((row, context) -> read(row))
                        .list());
    }

    Optional<Put> of(Handle handle, TableName table) {
        return handle.createQuery("SELECT * FROM reseal_fence WHERE table_schema = :schema AND table_name = :table")
                .bind("schema", table.schemaText())
                .bind("table", table.table())
                .map((row, context) -> read(row))
                .findOne();
    }

    Optional<Put> of(TableName table) {
        return jdbi.withHandle(handle -> of(handle, table));
    }

    /** The fence of a table as it is now. */
    FenceState state(SealedTable table, Guards guards) {
        return with((one, connection) -> one.state(connection, table, guards), new FenceState(List.of()));
    }

    /** Every fence, with what is wrong with it. */
    List<FencedTable> list() {
        return all().stream()
                .map(put -> new FencedTable(put.table().schema(), put.table().table(), put.keys(), problems(put)))
                .toList();
    }

    private List<String> problems(Put put) {
        SealedTable shape = SealedTable.named(put.table().schema(), put.table().table());
        FenceState state = state(shape, put.guards());
        return state.members().isEmpty() ? List.of("the table does not exist") : state.problems();
    }

    /** Puts the fence up or extends it, in a transaction that holds the table's lock. */
    void put(Handle handle, TargetTable table, KeyId key) throws SQLException {
        TreeSet<KeyId> keys = new TreeSet<>(List.of(key));
        of(handle, table.name()).ifPresent(put -> keys.addAll(put.keys()));
        Guards guards = fence.orElseThrow().put(handle.getConnection(), table.shape(), keys);
        handle.createUpdate("DELETE FROM reseal_fence WHERE table_schema = :schema AND table_name = :table")
                .bind("schema", table.name().schemaText())
                .bind("table", table.name().table())
                .execute();
        handle.createUpdate("""
                        INSERT INTO reseal_fence (table_schema, table_name, fenced_keys, columns, on_insert, on_update,
                                                  fenced_at)
                        VALUES (:schema, :table, :keys, :columns, :onInsert, :onUpdate, <now>)
                        """)
                .bind("schema", table.name().schemaText())
                .bind("table", table.name().table())
                .bind(
                        "keys",
                        JSON.writeValueAsString(
                                keys.stream().map(FencedTables::text).toList()))
                .bind("columns", JSON.writeValueAsString(columns(table.shape())))
                .bind("onInsert", guards.onInsert())
                .bind("onUpdate", guards.onUpdate())
                .execute();
    }

    private Put read(ResultSet row) throws SQLException {
        List<KeyId> keys = new ArrayList<>();
        Arrays.stream(JSON.readValue(row.getString("fenced_keys"), String[].class))
                .map(this::key)
                .forEach(keys::add);
        return new Put(
                TableName.of(row.getString("table_schema"), row.getString("table_name")),
                List.copyOf(keys),
                List.of(JSON.readValue(row.getString("columns"), String[].class)),
                new Guards(row.getString("on_insert"), row.getString("on_update")));
    }

    private static String text(KeyId key) {
        return key.type().name() + ":" + key.version();
    }

    private KeyId key(String text) {
        int colon = text.lastIndexOf(':');
        return new KeyId(types.named(text.substring(0, colon)), Integer.parseInt(text.substring(colon + 1)));
    }
}
