package io.reseal.rotation.internal.alert;

import io.reseal.database.Moments;
import io.reseal.keys.Indication;
import io.reseal.keys.Indicator;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;

/** The table {@code reseal_indicator} as who raises alerts sees it; the nodes only add to it. */
final class IndicatorTable {

    private static final List<String> FAILED_OPENINGS = Stream.of(Indicator.values())
            .filter(Indicator::isFailedOpening)
            .map(Indicator::name)
            .toList();
    private static final List<String> KNOWN =
            Stream.of(Indicator.values()).map(Indicator::name).toList();

    private IndicatorTable() {}

    private record Row(String id, Indication indication, long told) {}

    /**
     * What no alert tells of yet. Of those who take it at once, one has it: in the same transaction it has to raise the alerts.
     */
    static List<Indication> take(Handle handle) {
        List<Row> rows = handle.createQuery("""
                        SELECT id, node, indicator, column_context, key_name, minute_start, occurrences, told
                        FROM reseal_indicator WHERE told < occurrences AND indicator IN (<known>) ORDER BY id
                        """)
                .bindList("known", KNOWN)
                .map((row, context) -> new Row(row.getString("id"), read(row, context), row.getLong("told")))
                .list();
        List<Indication> taken = new ArrayList<>();
        rows.forEach(row -> take(handle, row).ifPresent(taken::add));
        return taken;
    }

    private static Optional<Indication> take(Handle handle, Row row) {
        Indication all = row.indication();
        int updated = handle.createUpdate("UPDATE reseal_indicator SET told = :all WHERE id = :id AND told = :told")
                .bind("all", all.times())
                .bind("id", row.id())
                .bind("told", row.told())
                .execute();
        Indication fresh = new Indication(
                all.node(), all.indicator(), all.column(), all.key(), all.minute(), all.times() - row.told());
        return updated == 1 ? Optional.of(fresh) : Optional.empty();
    }

    /** Every value that failed to open in a minute from the one on that begins at {@code moment} or later. */
    static List<Indication> failedOpenings(Handle handle, Instant moment) {
        return handle.createQuery("""
                        SELECT node, indicator, column_context, key_name, minute_start, occurrences
                        FROM reseal_indicator WHERE minute_start >= :moment AND indicator IN (<failed>)
                        """)
                .bind("moment", moment)
                .bindList("failed", FAILED_OPENINGS)
                .map(IndicatorTable::read)
                .list();
    }

    /** Forgets what is older than {@code moment}, unless no alert tells of it. */
    static int forget(Handle handle, Instant moment) {
        return handle.createUpdate("DELETE FROM reseal_indicator WHERE minute_start < :moment AND told = occurrences")
                .bind("moment", moment)
                .execute();
    }

    private static Indication read(ResultSet row, StatementContext context) throws SQLException {
        return new Indication(
                row.getString("node"),
                Indicator.valueOf(row.getString("indicator")),
                row.getString("column_context"),
                row.getString("key_name"),
                Moments.read(row, "minute_start", context),
                row.getLong("occurrences"));
    }
}
