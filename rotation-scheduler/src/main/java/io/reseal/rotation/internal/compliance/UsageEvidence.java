package io.reseal.rotation.internal.compliance;

import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** What keys were used for in a period. */
final class UsageEvidence {

    static final String SQL = """
            SELECT key_type, version, SUM(CASE WHEN direction = 'SEAL' THEN operations ELSE 0 END) AS sealed,
                   SUM(CASE WHEN direction = 'OPEN' THEN operations ELSE 0 END) AS opened
            FROM reseal_usage_hour WHERE hour_start >= :from AND hour_start < :to
            GROUP BY key_type, version ORDER BY key_type, version
            """;

    private UsageEvidence() {}

    /** Values under a key version. */
    record Used(String keyType, int version, long sealed, long opened) {}

    /** Of the hours that begin in the period. */
    static List<Used> read(Jdbi jdbi, Span period) {
        return jdbi.withHandle(handle -> handle.createQuery(SQL)
                .bind("from", period.from())
                .bind("to", period.to())
                .map((row, context) -> new Used(
                        row.getString("key_type"), row.getInt("version"), row.getLong("sealed"), row.getLong("opened")))
                .list());
    }
}
