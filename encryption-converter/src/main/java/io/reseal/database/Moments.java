package io.reseal.database;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.function.Function;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.argument.AbstractArgumentFactory;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.config.ConfigRegistry;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/**
 * How Reseal's own tables keep moments, whatever the time zones of server, session and JVM. Statements of
 * {@link ResealDatabase#jdbi} say {@code <now>} for the database's clock, {@code <after_millis>} for {@code :millis}
 * milliseconds later and {@code <moment>} for the column type, and bind and map {@link Instant}.
 */
public final class Moments {

    private Moments() {}

    /** A column that is never null. */
    public static Instant read(ResultSet row, String column, StatementContext context) throws SQLException {
        return Objects.requireNonNull(readOrNull(row, column, context), column);
    }

    /** Null for SQL's NULL. */
    public static @Nullable Instant readOrNull(ResultSet row, String column, StatementContext context)
            throws SQLException {
        return context.findColumnMapperFor(Instant.class).orElseThrow().map(row, column, context);
    }

    static void configure(Jdbi jdbi, DatabaseProduct product) {
        switch (product) {
            case POSTGRESQL, H2 -> {
                jdbi.define("now", "CURRENT_TIMESTAMP");
                jdbi.define("after_millis", "CURRENT_TIMESTAMP + CAST(:millis AS bigint) * INTERVAL '0.001' SECOND");
                jdbi.define("moment", "timestamp with time zone");
                jdbi.registerColumnMapper(Instant.class, Moments::zoned);
                jdbi.registerArgument(new Parameter(Types.TIMESTAMP_WITH_TIMEZONE, Moments::utc));
            }
            case MARIADB -> {
                jdbi.define("now", "UTC_TIMESTAMP(6)");
                jdbi.define("after_millis", "UTC_TIMESTAMP(6) + INTERVAL (:millis * 1000) MICROSECOND");
                jdbi.define("moment", "datetime(6)");
                jdbi.registerColumnMapper(Instant.class, Moments::local);
                jdbi.registerArgument(
                        new Parameter(Types.TIMESTAMP, moment -> utc(moment).toLocalDateTime()));
            }
        }
    }

    private static OffsetDateTime utc(Instant moment) {
        return moment.atOffset(ZoneOffset.UTC);
    }

    private static @Nullable Instant zoned(ResultSet row, int column, StatementContext context) throws SQLException {
        OffsetDateTime moment = row.getObject(column, OffsetDateTime.class);
        return moment == null ? null : moment.toInstant();
    }

    /** The column has no time zone, and the driver converts nothing. */
    private static @Nullable Instant local(ResultSet row, int column, StatementContext context) throws SQLException {
        LocalDateTime moment = row.getObject(column, LocalDateTime.class);
        return moment == null ? null : moment.toInstant(ZoneOffset.UTC);
    }

    private static final class Parameter extends AbstractArgumentFactory<Instant> {

        private final Function<Instant, Object> bound;

        Parameter(int sqlType, Function<Instant, Object> bound) {
            super(sqlType);
            this.bound = bound;
        }

        @Override
        protected Argument build(Instant moment, ConfigRegistry config) {
            return (position, statement, context) -> statement.setObject(position, bound.apply(moment));
        }
    }
}
