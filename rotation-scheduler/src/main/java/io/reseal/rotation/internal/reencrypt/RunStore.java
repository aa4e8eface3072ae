package io.reseal.rotation.internal.reencrypt;

import io.reseal.database.Moments;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyTypes;
import io.reseal.rotation.internal.jdbc.LockWait;
import io.reseal.rotation.pace.EffortPlan;
import io.reseal.rotation.reencryption.ReencryptionOptions;
import io.reseal.rotation.reencryption.RunId;
import io.reseal.rotation.reencryption.RunState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementContext;
import tools.jackson.databind.json.JsonMapper;

/** The table {@code reseal_run}. */
final class RunStore {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int MAX_FAILURE = 1_000;
    private static final LockWait PATIENCE = new LockWait(Duration.ofSeconds(5));

    private final Jdbi jdbi;
    private final KeyTypes types;

    RunStore(Jdbi jdbi, KeyTypes types) {
        this.jdbi = jdbi;
        this.types = types;
    }

    Run get(RunId id) {
        return jdbi.withHandle(handle -> get(handle, id));
    }

    Run get(Handle handle, RunId id) {
        return handle.createQuery("SELECT * FROM reseal_run WHERE id = :id")
                .bind("id", id.value())
                .map(this::read)
                .one();
    }

    /** Locks the run until the end of the transaction: before its ranges, as a replan does. */
    void lock(Handle handle, RunId id) {
        handle.createQuery("SELECT id FROM reseal_run WHERE id = :id FOR UPDATE")
                .bind("id", id.value())
                .mapTo(Long.class)
                .one();
    }

    /** The key type's open run. */
    Optional<Run> open(KeyType type) {
        return jdbi.withHandle(handle -> handle.createQuery("SELECT * FROM reseal_run WHERE open_for = :type")
                .bind("type", type.name())
                .map(this::read)
                .findOne());
    }

    /** The running runs of other key types, those included that this node does not know. */
    List<RunId> running(Set<String> exceptTypes) {
        return jdbi.withHandle(handle -> handle
                .createQuery("SELECT id FROM reseal_run WHERE state = 'RUNNING' AND key_type NOT IN (<types>)"
                        + " ORDER BY id")
                .bindList("types", List.copyOf(exceptTypes))
                .mapTo(Long.class)
                .list()
                .stream()
                .map(RunId::new)
                .toList());
    }

    /** The newest run for values under {@code key} that was under way at {@code moment} or later, by the database's clock. */
    Optional<RunId> lastWith(KeyId key, Instant moment) {
        return lastWith(key)
                .map(Run::id)
                .filter(run ->
                        jdbi.withHandle(handle -> handle.createQuery("SELECT COUNT(*) FROM reseal_run WHERE id = :id"
                                                + " AND (finished_at IS NULL OR finished_at >= :moment)")
                                        .bind("id", run.value())
                                        .bind("moment", moment)
                                        .mapTo(Long.class)
                                        .one())
                                == 1);
    }

    /** The newest run that was planned for values under {@code key}. */
    Optional<Run> lastWith(KeyId key) {
        return jdbi.withHandle(handle -> handle
                .createQuery("SELECT * FROM reseal_run WHERE key_type = :type ORDER BY id DESC")
                .bind("type", key.type().name())
                .map(this::read)
                .list()
                .stream()
                .filter(run -> run.retired().contains(key))
                .findFirst());
    }

    /** A new open run; the database refuses a second one of the same key type. */
    RunId create(Handle handle, KeyId target, List<KeyId> retired, ReencryptionOptions options) {
        return new RunId(handle.createUpdate("""
                        INSERT INTO reseal_run (key_type, open_for, state, pass, target_version, retired, acknowledged, left_over,
                                                effort, started_at)
                        VALUES (:type, :type, 'RUNNING', 1, :target, :retired, :acknowledged, '[]', :effort, <now>)
                        """)
                .bind("type", target.type().name())
                .bind("target", target.version())
                .bind("retired", versions(retired))
                .bind("acknowledged", JSON.writeValueAsString(new TreeSet<>(options.acknowledged())))
                .bind("effort", options.pace().effort().toString())
                .executeAndReturnGeneratedKeys("id")
                .mapTo(Long.class)
                .one());
    }

    /** Adds what somebody who joins the run takes on. */
    void acknowledge(RunId id, Set<String> more) {
        inTransaction(handle -> {
            lock(handle, id);
            Set<String> all = new TreeSet<>(get(handle, id).acknowledged());
            if (all.addAll(more)) {
                handle.createUpdate("UPDATE reseal_run SET acknowledged = :all WHERE id = :id")
                        .bind("id", id.value())
                        .bind("all", JSON.writeValueAsString(all))
                        .execute();
            }
            return all;
        });
    }

    /** Whether the run was still planned for {@code run}'s versions, and now is for the new ones. */
    boolean replan(Handle handle, Run run, Survey.Keys versions) {
        return handle.createUpdate("""
                        UPDATE reseal_run SET target_version = :target, retired = :retired, pass = 1, left_over = '[]'
                        WHERE id = :id AND target_version = :targetBefore AND retired = :retiredBefore AND open_for IS NOT NULL
                        """)
                        .bind("id", run.id().value())
                        .bind("targetBefore", run.target().version())
                        .bind("retiredBefore", versions(run.retired()))
                        .bind("target", versions.target().version())
                        .bind("retired", versions(versions.retired()))
                        .execute()
                == 1;
    }

    void nextPass(Handle handle, Run run, Set<String> leftOver) {
        handle.createUpdate("UPDATE reseal_run SET pass = pass + 1, left_over = :left WHERE id = :id")
                .bind("id", run.id().value())
                .bind("left", JSON.writeValueAsString(leftOver))
                .execute();
    }

    /** Whether the run was in one of these states, and now is in the new one. */
    boolean move(Handle handle, RunId id, List<RunState> from, RunState to) {
        return handle.createUpdate("""
                        UPDATE reseal_run
                        SET state = :to, open_for = CASE WHEN :open THEN key_type END, failure = NULL,
                            finished_at = CASE WHEN :open THEN NULL ELSE <now> END
                        WHERE id = :id AND state IN (<from>)
                        """)
                        .bind("id", id.value())
                        .bind("to", to.name())
                        .bind("open", to.isOpen())
                        .bindList("from", from.stream().map(RunState::name).toList())
                        .execute()
                == 1;
    }

    boolean move(RunId id, List<RunState> from, RunState to) {
        return inTransaction(handle -> move(handle, id, from, to));
    }

    /** Whoever holds the row of a run, and stands still, is not waited for longer than a while. */
    <T> T inTransaction(HandleCallback<T, RuntimeException> work) {
        try {
            return jdbi.<T, SQLException>inTransaction(
                    handle -> PATIENCE.bound(handle.getConnection(), () -> work.withHandle(handle)));
        } catch (SQLException e) {
            throw new EngineSqlException(e);
        }
    }

    /** Changes how hard every node works on an open run. */
    void effort(RunId id, EffortPlan effort) {
        inTransaction(handle -> handle.createUpdate(
                        "UPDATE reseal_run SET effort = :effort WHERE id = :id AND open_for IS NOT NULL")
                .bind("id", id.value())
                .bind("effort", effort.toString())
                .execute());
    }

    /** Stops a running run; {@code reason} holds names, classes and codes only. */
    void fail(RunId id, String reason) {
        jdbi.useHandle(handle -> handle.createUpdate(
                        "UPDATE reseal_run SET state = 'FAILED', failure = :reason WHERE id = :id AND state = 'RUNNING'")
                .bind("id", id.value())
                .bind("reason", reason.substring(0, Math.min(MAX_FAILURE, reason.length())))
                .execute());
    }

    private Run read(ResultSet row, StatementContext context) throws SQLException {
        KeyType type = types.named(row.getString("key_type"));
        return new Run(
                new RunId(row.getLong("id")),
                type,
                RunState.valueOf(row.getString("state")),
                row.getInt("pass"),
                new KeyId(type, row.getInt("target_version")),
                Arrays.stream(JSON.readValue(row.getString("retired"), int[].class))
                        .mapToObj(version -> new KeyId(type, version))
                        .toList(),
                Set.of(JSON.readValue(row.getString("acknowledged"), String[].class)),
                Set.of(JSON.readValue(row.getString("left_over"), String[].class)),
                Moments.read(row, "started_at", context),
                Optional.ofNullable(row.getString("failure")),
                EffortPlan.parse(row.getString("effort")));
    }

    private static String versions(List<KeyId> keys) {
        return JSON.writeValueAsString(keys.stream().map(KeyId::version).toList());
    }
}
