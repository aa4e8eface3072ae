package io.reseal.rotation.internal.reencrypt;

import io.reseal.keys.KeyId;
import io.reseal.rotation.RunId;
import io.reseal.rotation.internal.jdbc.Bounds;
import io.reseal.rotation.internal.jdbc.RowAddress;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The table {@code reseal_range}: who works where. All times are the database's. */
final class RangeStore {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String FROM_NOW = "CURRENT_TIMESTAMP + CAST(:millis AS bigint) * INTERVAL '0.001' SECOND";

    private final Jdbi jdbi;
    private final RunStore runs;

    RangeStore(Jdbi jdbi, RunStore runs) {
        this.jdbi = jdbi;
        this.runs = runs;
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
                        + " 'READY', 0, " + FROM_NOW + ", :estimated, 0, 0)")
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

    /**
     * Leases a range that nobody else has, or whose lease has run out; scans come before tails, and the proof comes last.
     */
    Optional<RangeClaim> claim(RunId run, String worker, Duration lease) {
        return jdbi.inTransaction(handle -> {
            Optional<Long> free = free(handle, run, worker);
            free.ifPresent(id -> handle.createUpdate("UPDATE reseal_range SET state = 'LEASED', owner = :worker,"
                            + " token = token + 1, lease_until = " + FROM_NOW + " WHERE id = :id")
                    .bind("id", id)
                    .bind("worker", worker)
                    .bind("millis", lease.toMillis())
                    .execute());
            return free.map(id -> read(handle, id, runs.get(handle, run)));
        });
    }

    private static Optional<Long> free(Handle handle, RunId run, String worker) {
        return handle.createQuery("""
                        SELECT r.id FROM reseal_range r
                        WHERE r.run_id = :run
                          AND (r.state = 'READY' AND r.ready_at <= CURRENT_TIMESTAMP
                               OR r.state = 'LEASED' AND (r.lease_until < CURRENT_TIMESTAMP OR r.owner = :worker))
                          AND EXISTS (SELECT 1 FROM reseal_run u WHERE u.id = :run AND u.state = 'RUNNING')
                          AND (r.kind = 'TABLE' OR NOT EXISTS (
                                SELECT 1 FROM reseal_range o
                                WHERE o.run_id = :run AND o.kind = 'TABLE' AND o.state <> 'DONE'))
                        ORDER BY r.scanned, r.id
                        LIMIT 1
                        FOR UPDATE SKIP LOCKED
                        """)
                .bind("run", run.value())
                .bind("worker", worker)
                .mapTo(Long.class)
                .findFirst();
    }

    /**
     * Commits progress, if the claim still holds, the run still runs, and all of {@code sealedUnder} are active.
     *
     * @return false if not: the caller rolls back
     */
    boolean advance(
            Handle handle, RangeClaim claim, Collection<KeyId> sealedUnder, long changed, Checkpoint checkpoint) {
        return handle.createUpdate("UPDATE reseal_range SET cursor_key = COALESCE(:cursor, cursor_key),"
                                + " rows_changed = rows_changed + :changed,"
                                + " rows_superseded = rows_superseded + :superseded WHERE " + holds(sealedUnder))
                        .bind("id", claim.id())
                        .bind("token", claim.token())
                        .bind(
                                "cursor",
                                checkpoint.cursor().map(RowAddress::toJson).orElse(null))
                        .bind("changed", changed)
                        .bind("superseded", checkpoint.superseded())
                        .execute()
                == 1;
    }

    /** Gives a range back: done if nothing is left of it, else to be claimed again after {@code wait}. */
    boolean giveBack(Handle handle, RangeClaim claim, Duration wait) {
        return handle.createUpdate("UPDATE reseal_range SET scanned = :scanned, owner = NULL, lease_until = NULL,"
                                + " ready_at = " + FROM_NOW + ", state = CASE WHEN :scanned AND NOT EXISTS"
                                + " (SELECT 1 FROM reseal_tail WHERE range_id = :id) THEN 'DONE' ELSE 'READY' END WHERE "
                                + holds(List.of()))
                        .bind("id", claim.id())
                        .bind("token", claim.token())
                        .bind("scanned", claim.isScanned())
                        .bind("millis", wait.toMillis())
                        .execute()
                == 1;
    }

    boolean giveBack(RangeClaim claim, Duration wait) {
        return jdbi.inTransaction(handle -> giveBack(handle, claim, wait));
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

    /** The condition that a claim holds; only one row has its id and token. */
    private static String holds(Collection<KeyId> sealedUnder) {
        String active = sealedUnder.stream()
                .map(key -> " AND EXISTS (SELECT 1 FROM reseal_key k WHERE k.key_type = '"
                        + key.type().name() + "' AND k.version = " + key.version() + " AND k.state = 'ACTIVE')")
                .collect(Collectors.joining());
        return "id = :id AND token = :token AND state = 'LEASED' AND EXISTS"
                + " (SELECT 1 FROM reseal_run u WHERE u.id = run_id AND u.state = 'RUNNING')" + active;
    }

    /** Prolongs whatever the workers of one node hold. */
    void renew(RunId run, Collection<String> workers, Duration lease) {
        if (workers.isEmpty()) {
            return;
        }
        jdbi.useHandle(handle -> handle.createUpdate("UPDATE reseal_range SET lease_until = " + FROM_NOW
                        + " WHERE run_id = :run AND state = 'LEASED' AND owner IN (<workers>)")
                .bind("run", run.value())
                .bind("millis", lease.toMillis())
                .bindList("workers", workers)
                .execute());
    }

    /** Lets others have what the workers of one node hold. */
    void release(RunId run, Collection<String> workers) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        UPDATE reseal_range SET state = 'READY', owner = NULL, lease_until = NULL, token = token + 1
                        WHERE run_id = :run AND state = 'LEASED' AND owner IN (<workers>)
                        """)
                .bind("run", run.value())
                .bindList("workers", workers)
                .execute());
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
                        + " ready_at = CASE WHEN kind = 'PROOF' THEN " + FROM_NOW
                        + " ELSE CURRENT_TIMESTAMP END WHERE " + which)
                .bindMap(binds)
                .bind("millis", proofWait.toMillis())
                .execute();
    }

    private static RangeClaim read(Handle handle, long id, Run run) {
        return handle.createQuery("SELECT * FROM reseal_range WHERE id = :id")
                .bind("id", id)
                .map((row, context) -> read(row, run))
                .one();
    }

    private static RangeClaim read(ResultSet row, Run run) throws SQLException {
        KeyRange range = new KeyRange(
                TableName.of(row.getString("table_schema"), row.getString("table_name")),
                List.of(JSON.readValue(row.getString("key_columns"), String[].class)),
                row.getBoolean("key_unique"),
                new Bounds(address(row.getString("after_key")), address(row.getString("up_to_key"))));
        return new RangeClaim(
                row.getLong("id"),
                row.getLong("token"),
                row.getString("owner"),
                run,
                row.getString("kind").equals("PROOF") ? Optional.empty() : Optional.of(range),
                address(row.getString("cursor_key")),
                row.getBoolean("scanned"));
    }

    private static Optional<RowAddress> address(@Nullable String json) {
        return Optional.ofNullable(json).map(RowAddress::parse);
    }
}
