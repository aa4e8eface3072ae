package io.reseal.rotation.internal.health;

import io.reseal.database.ResealDatabase;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.health.HealthFinding;
import io.reseal.rotation.health.HealthFinding.Check;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jdbi.v3.core.Jdbi;

/** Whether the last re-encryption of a key type left values as they are. What an earlier one left, it has looked at again. */
final class Quarantine implements Look {

    private static final String WELL = "none";

    private final Jdbi jdbi;

    Quarantine(ResealDatabase database) {
        this.jdbi = database.jdbi();
    }

    @Override
    public Check check() {
        return Check.QUARANTINE;
    }

    @Override
    public Set<AlertKind> kinds() {
        return Set.of(AlertKind.VALUES_QUARANTINED);
    }

    private record Left(String keyType, String column, long values) {

        @Override
        public String toString() {
            return values + " of " + column;
        }
    }

    @Override
    public List<HealthFinding> at(Instant now) {
        Map<String, StringBuilder> byType = new TreeMap<>();
        for (Left left : left()) {
            StringBuilder text = byType.computeIfAbsent(left.keyType(), type -> new StringBuilder("values left: "));
            text.append(text.toString().endsWith(": ") ? "" : ", ").append(left);
        }
        return byType.isEmpty()
                ? List.of(HealthFinding.well(Check.QUARANTINE, AlertSubject.keyStore(), "none", WELL))
                : byType.entrySet().stream()
                        .map(entry -> HealthFinding.of(
                                AlertKind.VALUES_QUARANTINED,
                                Check.QUARANTINE,
                                new AlertSubject(AlertSubject.Sort.KEY_TYPE, entry.getKey()),
                                entry.getValue().toString(),
                                WELL))
                        .toList();
    }

    /** Of the last run that came to its end, and of the one that is under way: it may not have come to them yet. */
    private List<Left> left() {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        SELECT u.key_type, r.table_name, q.column_name, COUNT(DISTINCT q.row_hash) AS number
                        FROM reseal_quarantine q
                        JOIN reseal_range r ON r.id = q.range_id
                        JOIN reseal_run u ON u.id = r.run_id
                        WHERE u.id >= COALESCE((SELECT MAX(v.id) FROM reseal_run v
                                                WHERE v.key_type = u.key_type AND v.state = 'COMPLETED'), 0)
                        GROUP BY u.key_type, r.table_name, q.column_name
                        ORDER BY u.key_type, r.table_name, q.column_name
                        """)
                .map((row, context) -> new Left(
                        row.getString("key_type"),
                        row.getString("table_name") + "." + row.getString("column_name"),
                        row.getLong("number")))
                .list());
    }
}
