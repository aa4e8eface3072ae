package io.reseal.rotation.internal.compliance;

import io.reseal.database.Moments;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementContext;

/** The keys as their table has them. */
final class KeyEvidence {

    static final String SQL = """
            SELECT k.key_type, k.version, k.state, k.created_at, k.activated_at, k.deactivated_at, k.compromised_at, k.destroyed_at,
                   CASE WHEN octet_length(k.wrapped) > 0 AND k.kek_id <> '' THEN 1 ELSE 0 END AS is_wrapped,
                   COALESCE(u.reserved, 0) AS reserved
            FROM reseal_key k LEFT JOIN reseal_usage u ON u.key_type = k.key_type AND u.version = k.version
            ORDER BY k.key_type, k.version
            """;

    private KeyEvidence() {}

    static List<KeyRow> read(Jdbi jdbi) {
        return jdbi.withHandle(
                handle -> handle.createQuery(SQL).map(KeyEvidence::row).list());
    }

    private static KeyRow row(ResultSet row, StatementContext context) throws SQLException {
        return new KeyRow(
                row.getString("key_type"),
                row.getInt("version"),
                row.getString("state"),
                new KeyRow.Entered(
                        Moments.read(row, "created_at", context),
                        moment(row, "activated_at", context),
                        moment(row, "deactivated_at", context),
                        moment(row, "compromised_at", context),
                        moment(row, "destroyed_at", context)),
                row.getInt("is_wrapped") == 1,
                row.getLong("reserved"));
    }

    static Optional<Instant> moment(ResultSet row, String column, StatementContext context) throws SQLException {
        return Optional.ofNullable(Moments.readOrNull(row, column, context));
    }
}
