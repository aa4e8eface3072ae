package io.reseal.internal.store;

import io.reseal.database.Moments;
import io.reseal.internal.format.AssociatedData;
import io.reseal.keys.Indication;
import io.reseal.keys.Indicator;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.StatementContext;

/** The statements on {@code reseal_indicator}. Its {@code told} belongs to whoever raises alerts. */
final class IndicatorTable {

    private static final String LABEL = "reseal/indication/v1";

    private IndicatorTable() {}

    /** Each statement is a transaction of its own: where a row is there by now, it is updated after all. */
    static int add(Handle handle, Indication indication) {
        String id = id(indication);
        int updated = update(handle, id, indication);
        if (updated == 1) {
            return updated;
        }
        try {
            return insert(handle, id, indication);
        } catch (JdbiException e) {
            if (!StoreQuestions.isContradiction(e)) {
                throw e;
            }
            return update(handle, id, indication);
        }
    }

    private static int update(Handle handle, String id, Indication indication) {
        return handle.createUpdate("UPDATE reseal_indicator SET occurrences = occurrences + :times WHERE id = :id")
                .bind("times", indication.times())
                .bind("id", id)
                .execute();
    }

    private static int insert(Handle handle, String id, Indication indication) {
        return handle.createUpdate("""
                        INSERT INTO reseal_indicator (id, node, indicator, column_context, key_name, minute_start, occurrences, told)
                        VALUES (:id, :node, :indicator, :column, :key, :minute, :times, 0)
                        """)
                .bind("id", id)
                .bind("node", indication.node())
                .bind("indicator", indication.indicator().name())
                .bind("column", indication.column())
                .bind("key", indication.key())
                .bind("minute", indication.minute())
                .bind("times", indication.times())
                .execute();
    }

    static List<Indication> since(Handle handle, Instant moment) {
        return handle.createQuery("""
                        SELECT node, indicator, column_context, key_name, minute_start, occurrences FROM reseal_indicator
                        WHERE minute_start >= :moment ORDER BY minute_start, node, indicator, column_context, key_name
                        """).bind("moment", moment).map(IndicatorTable::read).list().stream()
                .flatMap(Optional::stream)
                .toList();
    }

    /** Empty for what only a newer release knows. */
    private static Optional<Indication> read(ResultSet row, StatementContext context) throws SQLException {
        String name = row.getString("indicator");
        String node = row.getString("node");
        String column = row.getString("column_context");
        String key = row.getString("key_name");
        Instant minute = Moments.read(row, "minute_start", context);
        long times = row.getLong("occurrences");
        return Stream.of(Indicator.values())
                .filter(indicator -> indicator.name().equals(name))
                .findFirst()
                .map(indicator -> new Indication(node, indicator, column, key, minute, times));
    }

    /** A hash, because not every database has primary keys as wide as a context. */
    private static String id(Indication indication) {
        byte[] named = AssociatedData.of(
                LABEL,
                indication.node(),
                indication.indicator().name(),
                indication.column(),
                indication.key(),
                indication.minute().toString());
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(named));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("Every Java platform has SHA-256", e);
        }
    }
}
