package io.reseal.rotation.internal.reencrypt;

import io.reseal.rotation.reencryption.RunId;
import io.reseal.rotation.reencryption.TableProgress;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** Adds up what the ranges of a run have done. */
final class RunProgress {

    private final Jdbi jdbi;

    RunProgress(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    List<TableProgress> tables(RunId run) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        SELECT r.table_schema, r.table_name, SUM(r.rows_changed) AS changed,
                               SUM(r.rows_superseded) AS superseded, SUM(r.estimated_rows) AS estimated,
                               COUNT(*) AS ranges, COUNT(CASE WHEN r.state = 'DONE' THEN 1 END) AS done,
                               COALESCE(SUM(l.number), 0) AS tail, COALESCE(SUM(q.number), 0) AS quarantined
                        FROM reseal_range r
                        LEFT JOIN (SELECT range_id, COUNT(*) AS number FROM reseal_tail
                                   WHERE range_id IN (SELECT id FROM reseal_range WHERE run_id = :run) GROUP BY range_id) l
                               ON l.range_id = r.id
                        LEFT JOIN (SELECT range_id, COUNT(*) AS number FROM reseal_quarantine
                                   WHERE range_id IN (SELECT id FROM reseal_range WHERE run_id = :run) GROUP BY range_id) q
                               ON q.range_id = r.id
                        WHERE r.run_id = :run AND r.kind = 'TABLE'
                        GROUP BY r.table_schema, r.table_name
                        ORDER BY r.table_schema, r.table_name
                        """)
                .bind("run", run.value())
                .map((row, context) -> read(row))
                .list());
    }

    /** The share of a run's work that is done, by rows or by ranges, whichever is more. */
    static double share(List<TableProgress> tables) {
        double all = 0;
        double done = 0;
        for (TableProgress table : tables) {
            double weight = Math.max(1, table.estimatedRows());
            double rows = (table.changed() + table.superseded() + table.quarantined()) / weight;
            double ranges = (double) table.rangesDone() / table.rangesTotal();
            all += weight;
            done += weight * Math.min(1, Math.max(rows, ranges));
        }
        return all == 0 ? 1 : done / all;
    }

    private static TableProgress read(ResultSet row) throws SQLException {
        TableName table = TableName.of(row.getString("table_schema"), row.getString("table_name"));
        return new TableProgress(
                table.schema(),
                table.table(),
                row.getLong("changed"),
                row.getLong("superseded"),
                row.getLong("quarantined"),
                row.getLong("tail"),
                row.getLong("estimated"),
                row.getInt("done"),
                row.getInt("ranges"));
    }
}
