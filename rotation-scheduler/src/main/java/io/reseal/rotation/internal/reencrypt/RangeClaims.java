package io.reseal.rotation.internal.reencrypt;

import io.reseal.keys.KeyId;
import io.reseal.rotation.internal.jdbc.Bounds;
import io.reseal.rotation.internal.jdbc.RowAddress;
import io.reseal.rotation.reencryption.RunId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Who works on which range, until when, and how far they came. All times are the database's. */
final class RangeClaims {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String HELD = "run_id = :run AND state = 'LEASED' AND owner IN (<workers>)";

    private final Jdbi jdbi;
    private final RunStore runs;

    RangeClaims(Jdbi jdbi, RunStore runs) {
        this.jdbi = jdbi;
        this.runs = runs;
    }

    /**
     * Leases a range that nobody else has, or whose lease has run out; scans come before tails, and the proof comes last.
     */
    Optional<RangeClaim> claim(RunId run, String worker, Duration lease) {
        return jdbi.inTransaction(handle -> {
            Optional<Long> free = free(handle, run, worker);
            free.ifPresent(id -> handle.createUpdate("UPDATE reseal_range SET state = 'LEASED', owner = :worker,"
                            + " token = token + 1, lease_until = <after_millis> WHERE id = :id")
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
                          AND (r.state = 'READY' AND r.ready_at <= <now>
                               OR r.state = 'LEASED' AND (r.lease_until < <now> OR r.owner = :worker))
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
     * The claim within the bounds that its range has now: whoever is idle may have taken a part of it.
     *
     * @throws ClaimLostException if it does not hold any more
     */
    RangeClaim refreshed(RangeClaim claim) {
        return claim.upTo(jdbi.withHandle(handle -> handle.createQuery(
                                "SELECT up_to_key FROM reseal_range WHERE id = :id AND token = :token")
                        .bind("id", claim.id())
                        .bind("token", claim.token())
                        .map((row, context) -> address(row.getString(1)))
                        .findOne())
                .orElseThrow(ClaimLostException::new));
    }

    /** What others are scanning at present, the largest first, by what is known without looking. */
    List<RangeClaim> scanning(RunId run, int most) {
        return jdbi.withHandle(handle -> {
            Run now = runs.get(handle, run);
            return handle.createQuery("""
                            SELECT * FROM reseal_range
                            WHERE run_id = :run AND kind = 'TABLE' AND state = 'LEASED' AND NOT scanned
                            ORDER BY estimated_rows - rows_changed - rows_superseded DESC, id
                            LIMIT :most
                            """)
                    .bind("run", run.value())
                    .bind("most", most)
                    .map((row, context) -> read(row, now))
                    .list();
        });
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

    /** Whether progress that was sealed under these keys could be committed now. */
    boolean holds(RangeClaim claim, Collection<KeyId> sealedUnder) {
        return jdbi.withHandle(handle -> handle.createQuery("SELECT id FROM reseal_range WHERE " + holds(sealedUnder))
                .bind("id", claim.id())
                .bind("token", claim.token())
                .mapTo(Long.class)
                .findOne()
                .isPresent());
    }

    /** Gives a range back: done if nothing is left of it, else to be claimed again after {@code wait}. */
    boolean giveBack(Handle handle, RangeClaim claim, Duration wait) {
        return handle.createUpdate("UPDATE reseal_range SET scanned = :scanned, owner = NULL, lease_until = NULL,"
                                + " ready_at = <after_millis>, state = CASE WHEN :scanned AND NOT EXISTS"
                                + " (SELECT 1 FROM reseal_tail WHERE range_id = :id) THEN 'DONE' ELSE 'READY' END WHERE "
                                + holds(List.of()))
                        .bind("id", claim.id())
                        .bind("token", claim.token())
                        .bind("scanned", claim.isScanned())
                        .bind("millis", wait.toMillis())
                        .execute()
                == 1;
    }

    /** Gives a range back of which nothing exists any more. */
    boolean finish(RangeClaim claim) {
        return jdbi.inTransaction(handle -> {
            handle.createUpdate("DELETE FROM reseal_tail WHERE range_id = :id")
                    .bind("id", claim.id())
                    .execute();
            boolean holds = giveBack(handle, claim.scanned(), Duration.ZERO);
            if (!holds) {
                handle.rollback();
            }
            return holds;
        });
    }

    boolean giveBack(RangeClaim claim, Duration wait) {
        return jdbi.inTransaction(handle -> giveBack(handle, claim, wait));
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
        jdbi.useTransaction(handle -> {
            lockHeld(handle, run, workers);
            handle.createUpdate("UPDATE reseal_range SET lease_until = <after_millis> WHERE " + HELD)
                    .bind("run", run.value())
                    .bind("millis", lease.toMillis())
                    .bindList("workers", workers)
                    .execute();
        });
    }

    /** Lets others have what the workers of one node hold. */
    void release(RunId run, Collection<String> workers) {
        jdbi.useTransaction(handle -> {
            lockHeld(handle, run, workers);
            handle.createUpdate("UPDATE reseal_range SET state = 'READY', owner = NULL, lease_until = NULL,"
                            + " token = token + 1 WHERE " + HELD)
                    .bind("run", run.value())
                    .bindList("workers", workers)
                    .execute();
        });
    }

    /** In the order of their ids, as all do who change several ranges, so that they wait for each other and no more. */
    private static void lockHeld(Handle handle, RunId run, Collection<String> workers) {
        handle.createQuery("SELECT id FROM reseal_range WHERE " + HELD + " ORDER BY id FOR UPDATE")
                .bind("run", run.value())
                .bindList("workers", workers)
                .mapTo(Long.class)
                .list();
    }

    private static RangeClaim read(Handle handle, long id, Run run) {
        return handle.createQuery("SELECT * FROM reseal_range WHERE id = :id")
                .bind("id", id)
                .map((row, context) -> read(row, run))
                .one();
    }

    private static RangeClaim read(ResultSet row, Run run) throws SQLException {
        String part = row.getString("part_name");
        KeyRange range = new KeyRange(
                TableName.of(row.getString("table_schema"), row.getString("table_name")),
                part.isEmpty() ? Optional.empty() : Optional.of(TableName.of(row.getString("part_schema"), part)),
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
