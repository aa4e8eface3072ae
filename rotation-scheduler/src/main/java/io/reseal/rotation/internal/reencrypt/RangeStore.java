package io.reseal.rotation.internal.reencrypt;

import io.reseal.rotation.internal.jdbc.Bounds;
import io.reseal.rotation.internal.jdbc.RowAddress;
import io.reseal.rotation.reencryption.RunId;
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

    private final Jdbi jdbi;

    RangeStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    void add(Handle handle, RunId run, KeyRange range, long estimatedRows) {
        insert(handle, run, "TABLE", range, estimatedRows, Duration.ZERO);
    }

    /** The range behind all others, which can be claimed only when these are done, and not before {@code wait} is over. */
    void addProof(Handle handle, RunId run, Duration wait) {
        KeyRange none = new KeyRange(TableName.of("", ""), Optional.empty(), List.of(), true, Bounds.ALL);
        insert(handle, run, "PROOF", none, 0, wait);
    }

    private static void insert(
            Handle handle, RunId run, String kind, KeyRange range, long estimatedRows, Duration wait) {
        handle.createUpdate("INSERT INTO reseal_range (run_id, kind, table_schema, table_name, part_schema,"
                        + " part_name, key_columns, key_unique, after_key, up_to_key, scanned, state, token, ready_at,"
                        + " estimated_rows, rows_changed, rows_superseded)"
                        + " VALUES (:run, :kind, :schema, :table, :partSchema, :part, :key, :unique, :after, :upTo, FALSE,"
                        + " 'READY', 0, <after_millis>, :estimated, 0, 0)")
                .bind("run", run.value())
                .bind("kind", kind)
                .bind("schema", range.table().schemaText())
                .bind("table", range.table().table())
                .bind("partSchema", range.part().map(TableName::schemaText).orElse(""))
                .bind("part", range.part().map(TableName::table).orElse(""))
                .bind("key", JSON.writeValueAsString(range.key()))
                .bind("unique", range.keyUnique())
                .bind("after", range.bounds().after().map(RowAddress::toJson).orElse(null))
                .bind("upTo", range.bounds().upTo().map(RowAddress::toJson).orElse(null))
                .bind("millis", wait.toMillis())
                .bind("estimated", estimatedRows)
                .execute();
    }

    /**
     * Takes what lies behind {@code cut} from a range that somebody scans, and makes a range of it. The owner's token stays
     * good: what it has read beyond the cut is written by compare-and-set, as is everything, so that no row is done twice;
     * its next window ends at the cut.
     *
     * @return false if the range is not any more what it was when it was looked at
     */
    boolean split(Handle handle, RangeClaim scanned, RowAddress cut) {
        KeyRange range = scanned.range().orElseThrow();
        Optional<String> end = range.bounds().upTo().map(RowAddress::toJson);
        Optional<Long> estimate = handle.createQuery("SELECT estimated_rows FROM reseal_range WHERE id = :id"
                        + " AND token = :token AND state = 'LEASED' AND NOT scanned AND "
                        + (end.isPresent() ? "up_to_key = :end" : "up_to_key IS NULL") + " FOR UPDATE")
                .bind("id", scanned.id())
                .bind("token", scanned.token())
                .bindMap(end.<Map<String, Object>>map(key -> Map.of("end", key)).orElse(Map.of()))
                .mapTo(Long.class)
                .findOne();
        estimate.ifPresent(rows -> {
            handle.createUpdate("UPDATE reseal_range SET up_to_key = :cut, estimated_rows = :rest WHERE id = :id")
                    .bind("id", scanned.id())
                    .bind("cut", cut.toJson())
                    .bind("rest", rows - rows / 2)
                    .execute();
            Bounds behind = new Bounds(Optional.of(cut), range.bounds().upTo());
            add(handle, scanned.run().id(), range.within(behind), rows / 2);
        });
        return estimate.isPresent();
    }

    /** How many values of each table the run left as they are. */
    Map<TableName, Long> quarantined(RunId run) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        SELECT r.table_schema, r.table_name, COUNT(DISTINCT CONCAT(q.row_hash, q.column_name)) AS number
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

    /** Whether the run has ranges for a table or, if it is divided, for a part of it. */
    boolean has(Handle handle, RunId run, TableName table, Optional<TableName> part) {
        return handle.createQuery("""
                        SELECT COUNT(*) FROM reseal_range
                        WHERE run_id = :run AND kind = 'TABLE' AND table_schema = :schema AND table_name = :table
                          AND part_schema = :partSchema AND part_name = :part
                        """)
                        .bind("run", run.value())
                        .bind("schema", table.schemaText())
                        .bind("table", table.table())
                        .bind("partSchema", part.map(TableName::schemaText).orElse(""))
                        .bind("part", part.map(TableName::table).orElse(""))
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
        // in the order of their ids, as all do who change several ranges, so that they wait for each other and no more
        handle.createQuery("SELECT id FROM reseal_range WHERE " + which + " ORDER BY id FOR UPDATE")
                .bindMap(binds)
                .mapTo(Long.class)
                .list();
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
