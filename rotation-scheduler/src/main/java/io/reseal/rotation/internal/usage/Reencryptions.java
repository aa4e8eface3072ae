package io.reseal.rotation.internal.usage;

import io.reseal.database.Moments;
import io.reseal.database.ResealDatabase;
import io.reseal.keys.KeyType;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * When values were re-encrypted, which opens and seals more of them than any application: of these hours nothing can be said.
 */
public record Reencryptions(List<Span> spans) {

    /**
     * One run.
     *
     * @param keyType by name
     * @param to empty while it is open
     */
    public record Span(String keyType, Instant from, Optional<Instant> to) {

        private boolean touches(KeyType type, Instant hour) {
            Instant next = Series.instant(Series.number(hour) + 1);
            return keyType.equals(type.name())
                    && from.minus(UsageRules.LATENESS).isBefore(next)
                    && to.map(end -> end.plus(UsageRules.LATENESS).isAfter(hour))
                            .orElse(true);
        }
    }

    public Reencryptions {
        spans = List.copyOf(spans);
    }

    /** Those that are open, or ended at {@code since} or later. */
    public static Reencryptions since(ResealDatabase database, Instant since) {
        return new Reencryptions(database.jdbi()
                .withHandle(handle -> handle.createQuery("""
                        SELECT key_type, started_at, finished_at FROM reseal_run
                        WHERE finished_at IS NULL OR finished_at >= :since
                        """)
                        .bind("since", since)
                        .map(Reencryptions::read)
                        .list()));
    }

    private static Span read(ResultSet row, StatementContext context) throws SQLException {
        return new Span(
                row.getString("key_type"),
                Moments.read(row, "started_at", context),
                Optional.ofNullable(Moments.readOrNull(row, "finished_at", context)));
    }

    /** Whether values of a key type were re-encrypted within an hour, or so near to it that clocks may differ about it. */
    boolean touch(KeyType type, Instant hour) {
        return spans.stream().anyMatch(span -> span.touches(type, hour));
    }
}
