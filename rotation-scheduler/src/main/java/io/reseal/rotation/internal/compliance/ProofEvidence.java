package io.reseal.rotation.internal.compliance;

import io.reseal.database.Moments;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementContext;

/** The newest proof that nothing is left under a key, added up over its columns. */
final class ProofEvidence {

    static final String SQL = """
            SELECT p.id, p.strength, p.taken_at, COUNT(c.column_name) AS columns_seen, COALESCE(SUM(c.remaining), 0) AS remaining,
                   COALESCE(SUM(c.total), 0) AS total
            FROM reseal_proof p LEFT JOIN reseal_proof_column c ON c.proof_id = p.id
            WHERE p.key_type = :type AND p.version = :version AND p.taken_at <= :until
            GROUP BY p.id, p.strength, p.taken_at ORDER BY p.taken_at DESC, p.id DESC LIMIT 1
            """;

    private ProofEvidence() {}

    /**
     * A proof.
     *
     * @param remaining values under the key
     * @param total values
     */
    record Proved(long id, String strength, Instant takenAt, long columns, long remaining, long total) {}

    static Optional<Proved> of(Jdbi jdbi, KeyRow key, Instant until) {
        return jdbi.withHandle(handle -> handle.createQuery(SQL)
                .bind("type", key.type())
                .bind("version", key.version())
                .bind("until", until)
                .map(ProofEvidence::read)
                .findOne());
    }

    private static Proved read(ResultSet row, StatementContext context) throws SQLException {
        return new Proved(
                row.getLong("id"),
                row.getString("strength"),
                Moments.read(row, "taken_at", context),
                row.getLong("columns_seen"),
                row.getLong("remaining"),
                row.getLong("total"));
    }
}
