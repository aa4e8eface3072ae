package io.reseal.rotation.internal.reencrypt;

import io.reseal.rotation.RunId;
import io.reseal.rotation.internal.jdbc.Bounds;
import io.reseal.rotation.internal.jdbc.RowAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import tools.jackson.databind.json.JsonMapper;

/** The table {@code reseal_range}: which ranges a run has. All times are the database's. */
final class RangeStore {

    private static final JsonMapper JSON = JsonMapper.shared();

    /** SQL for {@code :millis} from now. */
    private final Jdbi jdbi;

    RangeStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    void add(Handle handle, RunId run, KeyRange range, long estimatedRows) {
        insert(handle, run, "TABLE", range, estimatedRows, Duration.ZERO);
    }

    /** The range behind all others, which can be claimed only when these are done, and not before {@code wait} is over. */
    void addProof(Handle handle, RunId run, Duration wait) {
        KeyRange none = new KeyRange(TableName.of("", ""), List.of(), true, Bounds.ALL);
        insert(handle, run, "PROOF", none, 0, wait);
    }

    private static void insert(
            Handle handle, RunId run, String kind, KeyRange range, long estimatedRows, Duration wait) {
        handle.createUpdate("INSERT INTO reseal_range (run_id, kind, table_schema, table_name, key_columns, key_unique,"
                        + " after_key, up_to_key, scanned, state, token, ready_at, estimated_rows, rows_changed,"
                        + " rows_superseded) VALUES (:run, :kind, :schema, :table, :key, :unique, :after, :upTo, FALSE,"
                        + " 'READY', 0, <after_millis>, :estimated, 0, 0)")
                .bind("run", run.value())
                .bind("kind", kind)
                .bind("schema", range.table().schemaText())
                .bind("table", range.table().table())
                .bind("key", JSON.writeValueAsString(range.key()))
                .bind("unique", range.keyUnique())
                .bind("after", range.bounds().after().map(RowAddress::toJson).orElse(null))
                .bind("upTo", range.bounds().upTo().map(RowAddress::toJson).orElse(null))
                .bind("millis", wait.toMillis())
                .bind("estimated", estimatedRows)
                .execute();
    }

    /** How many values of each table the run left as they are. */
    Map<TableName, Long> quarantined(RunId run) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        SELECT r.table_schema, r.table_name, COUNT(*) AS number
                        FROM reseal_quarantine q JOIN reseal_range r ON r.id = q.range_id
                        WHERE r.run_id = :run
                        GROUP BY r.table_schema, r.table_name
                        """)
                .bind("run", run.value())
                .reduceRows(new HashMap<>(), (numbers, row) -> {
                    TableName table = TableName.of(
                            row.getColumn("table_schema", String.class), row.getColumn("table_name", String.class));
                    numbers.put(table, row.getColumn("number", Long.class));
                    return numbers;
                }));
    }

    /** Begins the whole run again: no earlier claim holds any more. */
    void restartAll(Handle handle, RunId run, Duration proofWait) {
        restart(handle, run, Optional.empty(), proofWait);
    }

    /** Whether the run has ranges for a table. */
    boolean has(Handle handle, RunId run, TableName table) {
        return handle.createQuery("""
                        SELECT COUNT(*) FROM reseal_range
                        WHERE run_id = :run AND kind = 'TABLE' AND table_schema = :schema AND table_name = :table
                        """)
                        .bind("run", run.value())
                        .bind("schema", table.schemaText())
                        .bind("table", table.table())
                        .mapTo(Long.class)
                        .one()
                > 0;
    }

    /** Begins one table again. */
    void restart(Handle handle, RunId run, TableName table) {
        restart(handle, run, Optional.of(table), Duration.ZERO);
    }

    /** What was done stays counted; the estimate grows by it, because it is all to be looked at again. */
    private static void restart(Handle handle, RunId run, Optional<TableName> table, Duration proofWait) {
        String which = "run_id = :run AND (:all OR kind = 'TABLE' AND table_schema = :schema AND table_name = :table)";
        Map<String, Object> binds = Map.of(
                "run", run.value(),
                "all", table.isEmpty(),
                "schema", table.map(TableName::schemaText).orElse(""),
                "table", table.map(TableName::table).orElse(""));
        for (String rows : List.of("reseal_tail", "reseal_quarantine")) {
            handle.createUpdate("DELETE FROM " + rows + " WHERE range_id IN (SELECT id FROM reseal_range WHERE " + which
                            + ")")
                    .bindMap(binds)
                    .execute();
        }
        handle.createUpdate("UPDATE reseal_range SET state = 'READY', token = token + 1, owner = NULL,"
                        + " lease_until = NULL, cursor_key = NULL, scanned = FALSE,"
                        + " estimated_rows = estimated_rows + rows_changed + rows_superseded,"
                        + " ready_at = CASE WHEN kind = 'PROOF' THEN <after_millis>"
                        + " ELSE <now> END WHERE " + which)
                .bindMap(binds)
                .bind("millis", proofWait.toMillis())
                .execute();
    }
}
