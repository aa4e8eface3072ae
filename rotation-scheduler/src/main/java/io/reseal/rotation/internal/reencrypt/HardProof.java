package io.reseal.rotation.internal.reencrypt;

import io.reseal.keys.KeyId;
import io.reseal.rotation.internal.jdbc.Fence;
import io.reseal.rotation.internal.jdbc.FenceState;
import io.reseal.rotation.internal.jdbc.FenceSurvey;
import io.reseal.rotation.reencryption.Blocker;
import io.reseal.rotation.reencryption.ProofBlockedException;
import io.reseal.rotation.reencryption.ProofRefusedException;
import io.reseal.rotation.reencryption.ProofStrength;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdbi.v3.core.Jdbi;

/**
 * Fences every table against a key, which waits for all who wrote to it before, and counts behind the fences: whoever comes
 * later meets them.
 */
final class HardProof {

    /** New writers queue up behind a lock that is waited for, so it is never waited for long. */
    private static final Duration PATIENCE = Duration.ofMillis(200);

    /** An autovacuum that would give way only later is waited for like anybody else. */
    private static final Duration LONGEST_PATIENCE = Duration.ofSeconds(3);

    private static final Duration REST = Duration.ofMillis(300);

    private static final List<String> ASSUMPTIONS = List.of(
            "nobody with the right to do so, owner or superuser, disables a fence and puts it back, or writes past it",
            "every column that holds sealed values is in the catalog of columns",
            "copies outside these columns (backups, replicas, exports, dead rows until they are vacuumed) were not looked at",
            "the tables are not restored from a backup that is older than the proof");

    private final Jdbi jdbi;
    private final ValueCount count;
    private final FencedTables fences;

    HardProof(Jdbi jdbi, ValueCount count, FencedTables fences) {
        this.jdbi = jdbi;
        this.count = count;
        this.fences = fences;
    }

    TakenProof take(KeyId key, List<TargetTable> tables, Waiting waiting) {
        long deadline = System.nanoTime() + waiting.patience().toNanos();
        tables.forEach(table -> fence(table, key, deadline, waiting.listener()));
        Instant takenAt = SoftProof.now(jdbi);
        List<CountedTable> counted =
                tables.stream().map(table -> counted(table, key)).toList();
        return new TakenProof(
                key, ProofStrength.HARD, takenAt, ASSUMPTIONS, fences.mark(), TakenProof.seen(key, counted));
    }

    /** @throws ProofRefusedException if a table can't be fenced; nothing was changed */
    void requireFences(List<TargetTable> tables) {
        if (fences.fence().isEmpty()) {
            throw new ProofRefusedException(
                    List.of("This database has nothing that keeps every writer from bringing an old value back;"
                            + " PostgreSQL has"));
        }
        List<String> problems = new ArrayList<>();
        for (TargetTable table : tables) {
            problems.addAll(
                    fences.with((fence, connection) -> fence.survey().obstacles(connection, table.shape()), List.of()));
        }
        if (!problems.isEmpty()) {
            throw new ProofRefusedException(problems.stream().distinct().toList());
        }
    }

    /** The place is noted before the count: what comes meanwhile makes the proof void, whether it was counted or not. */
    private CountedTable counted(TargetTable table, KeyId key) {
        String place = fences.of(table.name())
                .map(put -> fences.state(table.shape(), put.guards()).place())
                .orElse("");
        return count.of(table, List.of(key)).at(place);
    }

    private void fence(TargetTable table, KeyId key, long deadline, Consumer<List<Blocker>> listener) {
        Duration patience = PATIENCE;
        Rest rest = new Rest();
        while (!isFenced(table, key) && !tryToFence(table, key, patience)) {
            FenceSurvey.Holders holders = holders(table);
            if (System.nanoTime() >= deadline || rest.isOver()) {
                throw new ProofBlockedException(table.name().toString(), holders.blockers());
            }
            listener.accept(holders.blockers());
            rest.pause(REST);
            patience =
                    holders.giveWay() ? patienceWithVacuum(Duration.ofNanos(deadline - System.nanoTime())) : PATIENCE;
        }
    }

    private Duration patienceWithVacuum(Duration left) {
        Duration needed = fences.with((fence, connection) -> fence.survey().vacuumPatience(connection), PATIENCE);
        return needed.compareTo(left) <= 0 && needed.compareTo(LONGEST_PATIENCE) <= 0 ? needed : PATIENCE;
    }

    /** A fence that is in place waited for earlier writers when it was put up, or enabled again. */
    private boolean isFenced(TargetTable table, KeyId key) {
        Optional<FencedTables.Put> put = fences.of(table.name()).filter(one -> one.covers(key, table.shape()));
        if (put.isEmpty()) {
            return false;
        }
        FenceState state = fences.state(table.shape(), put.get().guards());
        return !state.members().isEmpty() && state.problems().isEmpty();
    }

    /** Whether all who wrote to the table have ended and the fence stands; if not, nothing was changed. */
    private boolean tryToFence(TargetTable table, KeyId key, Duration patience) {
        try {
            jdbi.<SQLException>useTransaction(handle -> {
                Fence fence = fences.fence().orElseThrow();
                fence.lock(handle.getConnection(), table.shape(), patience);
                fences.put(handle, table, key);
            });
            return true;
        } catch (SQLException e) {
            if (Fence.isBlocked(e)) {
                return false;
            }
            throw new EngineSqlException(e);
        }
    }

    private FenceSurvey.Holders holders(TargetTable table) {
        return fences.with(
                (fence, connection) -> fence.survey().holders(connection, table.shape()),
                new FenceSurvey.Holders(List.of(), false));
    }
}
