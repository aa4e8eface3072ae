package io.reseal.internal.store;

import io.reseal.database.Moments;
import io.reseal.keys.Direction;
import io.reseal.keys.KeyHour;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyOperations;
import io.reseal.keys.KeyTypes;
import io.reseal.keys.KeyUsage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jdbi.v3.core.statement.StatementContext;

/** The statements on {@code reseal_usage} and {@code reseal_usage_hour}. */
final class UsageTable {

    private final KeyTypes types;

    UsageTable(KeyTypes types) {
        this.types = types;
    }

    static boolean reserve(Handle handle, KeyId key, long encryptions) {
        return add(
                handle,
                transaction -> bind(transaction.createUpdate("""
                        UPDATE reseal_usage SET reserved = reserved + :number
                        WHERE key_type = :type AND version = :version
                        """), key)
                        .bind("number", encryptions)
                        .execute(),
                transaction -> bind(transaction.createUpdate("""
                        INSERT INTO reseal_usage (key_type, version, reserved) VALUES (:type, :version, :number)
                        """), key)
                        .bind("number", encryptions)
                        .execute());
    }

    static boolean record(Handle handle, KeyOperations operations) {
        return add(
                handle,
                transaction -> bind(transaction.createUpdate("""
                        UPDATE reseal_usage_hour SET operations = operations + :number
                        WHERE key_type = :type AND version = :version AND direction = :direction AND node = :node
                          AND hour_start = :hour
                        """), operations).execute(),
                transaction -> bind(transaction.createUpdate("""
                        INSERT INTO reseal_usage_hour (key_type, version, direction, node, hour_start, operations)
                        VALUES (:type, :version, :direction, :node, :hour, :number)
                        """), operations).execute());
    }

    /**
     * Each statement is a transaction of its own: where another node inserts the row first, it is updated after all.
     *
     * @return true; it is done, or there is an exception
     */
    private static boolean add(Handle handle, ToIntFunction<Handle> update, ToIntFunction<Handle> insert) {
        if (update.applyAsInt(handle) == 1) {
            return true;
        }
        try {
            return insert.applyAsInt(handle) == 1;
        } catch (JdbiException e) {
            if (StoreQuestions.isContradiction(e) && update.applyAsInt(handle) == 1) {
                return true;
            }
            throw e;
        }
    }

    private static <S extends SqlStatement<S>> S bind(S statement, KeyId key) {
        return statement.bind("type", key.type().name()).bind("version", key.version());
    }

    private static <S extends SqlStatement<S>> S bind(S statement, KeyOperations operations) {
        return bind(statement, operations.key())
                .bind("direction", operations.direction().name())
                .bind("node", operations.node())
                .bind("hour", operations.hour())
                .bind("number", operations.operations());
    }

    List<KeyUsage> usage(Handle handle) {
        return handle.createQuery("""
                        SELECT key_type, version, SUM(reserved) AS reserved, SUM(sealed) AS sealed, SUM(opened) AS opened
                        FROM (SELECT key_type, version, reserved, 0 AS sealed, 0 AS opened FROM reseal_usage
                              UNION ALL
                              SELECT key_type, version, 0, CASE WHEN direction = 'SEAL' THEN operations ELSE 0 END,
                                     CASE WHEN direction = 'OPEN' THEN operations ELSE 0 END
                              FROM reseal_usage_hour) AS uses
                        GROUP BY key_type, version
                        """).map((row, context) -> use(row)).list().stream()
                .flatMap(Optional::stream)
                .sorted(Comparator.comparing(KeyUsage::key))
                .toList();
    }

    private Optional<KeyUsage> use(ResultSet row) throws SQLException {
        long reserved = row.getLong("reserved");
        long sealed = row.getLong("sealed");
        long opened = row.getLong("opened");
        return key(row).map(key -> new KeyUsage(key, reserved, sealed, opened));
    }

    List<KeyOperations> operations(Handle handle, Instant since) {
        return handle.createQuery("""
                        SELECT key_type, version, direction, node, hour_start, operations FROM reseal_usage_hour
                        WHERE hour_start >= :since ORDER BY hour_start, key_type, version, direction, node
                        """).bind("since", since).map(this::hour).list().stream()
                .flatMap(Optional::stream)
                .toList();
    }

    List<KeyHour> hours(Handle handle, Instant since) {
        return handle.createQuery("""
                        SELECT key_type, version, direction, hour_start, SUM(operations) AS operations FROM reseal_usage_hour
                        WHERE hour_start >= :since GROUP BY key_type, version, direction, hour_start
                        ORDER BY hour_start, key_type, version, direction
                        """).bind("since", since).map(this::sum).list().stream()
                .flatMap(Optional::stream)
                .toList();
    }

    private Optional<KeyHour> sum(ResultSet row, StatementContext context) throws SQLException {
        Direction direction = Direction.valueOf(row.getString("direction"));
        Instant hour = Moments.read(row, "hour_start", context);
        long number = row.getLong("operations");
        return key(row).map(key -> new KeyHour(key, direction, hour, number));
    }

    private Optional<KeyOperations> hour(ResultSet row, StatementContext context) throws SQLException {
        Direction direction = Direction.valueOf(row.getString("direction"));
        String node = row.getString("node");
        Instant hour = Moments.read(row, "hour_start", context);
        long number = row.getLong("operations");
        return key(row).map(key -> new KeyOperations(key, direction, node, hour, number));
    }

    private Optional<KeyId> key(ResultSet row) throws SQLException {
        int version = row.getInt("version");
        return types.withName(row.getString("key_type")).map(type -> new KeyId(type, version));
    }
}
