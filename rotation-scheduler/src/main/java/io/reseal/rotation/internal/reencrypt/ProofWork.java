package io.reseal.rotation.internal.reencrypt;

import io.reseal.ResealException;
import io.reseal.rotation.reencryption.ColumnProof;
import io.reseal.rotation.reencryption.RunState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends a run: takes the proof, and lets the run look again, a bounded number of times, at tables where values remain. */
final class ProofWork {

    private static final Logger LOG = LoggerFactory.getLogger(ProofWork.class);
    private static final int MAX_PASSES = 5;

    private final Jdbi jdbi;
    private final Targets targets;
    private final SoftProof proof;
    private final ProofStore store;
    private final ProofRecords records;
    private final RunStore runs;
    private final RangeStore ranges;
    private final RangeClaims claims;
    private final RunPlanner planner;

    ProofWork(Jdbi jdbi, Targets targets, Proving proving, RunPlanner planner, RunStore runs, RangeClaims claims) {
        this.jdbi = jdbi;
        this.targets = targets;
        this.proof = proving.softProof();
        this.store = proving.store();
        this.records = proving.records();
        this.planner = planner;
        this.runs = runs;
        this.ranges = new RangeStore(jdbi);
        this.claims = claims;
    }

    /** Each table takes a turn of its own; its one statement cannot be cut smaller. */
    void work(RangeClaim claim, Stint stint) {
        List<TargetTable> tables = targets.all();
        List<TakenProof> proofs = proof.take(claim.run().retired(), tables, stint::awaitTurn);
        List<Leftover> leftovers = leftovers(claim.run(), tables, proofs);
        List<TargetTable> unfinished = claim.run().pass() < MAX_PASSES ? unfinished(claim.run(), leftovers) : List.of();
        List<RangeCuts.Planned> missing = planner.missing(claim.run().id(), unfinished);
        List<StoredProof> kept =
                unfinished.isEmpty() ? proofs.stream().map(this::keep).toList() : List.of();
        jdbi.useTransaction(handle -> {
            runs.lock(handle, claim.run().id());
            if (!claims.advance(handle, claim, List.of(claim.run().target()), 0, Checkpoint.NONE)) {
                throw new ClaimLostException();
            }
            if (unfinished.isEmpty()) {
                complete(handle, claim, kept);
            } else {
                lookAgain(handle, claim, unfinished, leftovers);
                missing.forEach(table -> planner.add(handle, claim.run().id(), table));
            }
        });
    }

    /**
     * Before the run ends, so that whoever sees its end finds its proofs recorded; a crash in between leaves true proofs, of no run.
     * Where the key store can't take it now, no destruction rests on this proof, and nothing else is lost.
     */
    private StoredProof keep(TakenProof taken) {
        StoredProof proof = store.add(taken);
        try {
            records.add(proof);
        } catch (ResealException e) {
            LOG.warn(
                    "The proof of {} counts for no destruction. Take one on demand",
                    proof.taken().key(),
                    e);
        }
        return proof;
    }

    private void complete(Handle handle, RangeClaim claim, List<StoredProof> proofs) {
        proofs.forEach(proof -> store.ends(handle, claim.run().id(), proof));
        if (!claims.giveBack(handle, claim.scanned(), Duration.ZERO)
                || !runs.move(handle, claim.run().id(), List.of(RunState.RUNNING), RunState.COMPLETED)) {
            throw new ClaimLostException();
        }
        LOG.info(
                "The re-encryption {} of {} is complete",
                claim.run().id(),
                claim.run().type());
    }

    private void lookAgain(Handle handle, RangeClaim claim, List<TargetTable> tables, List<Leftover> leftovers) {
        LOG.info(
                "The re-encryption {} looks again at {}: values remain, and may have been written meanwhile",
                claim.run().id(),
                tables.stream().map(TargetTable::name).toList());
        runs.nextPass(
                handle, claim.run(), leftovers.stream().map(Leftover::text).collect(Collectors.toSet()));
        tables.forEach(table -> ranges.restart(handle, claim.run().id(), table.name()));
        if (!claims.giveBack(handle, claim, Duration.ZERO)) {
            throw new ClaimLostException();
        }
    }

    /** A table in which values are left, and how many values the pass that has ended could not open or write. */
    private record Leftover(TargetTable table, long remaining, long quarantined) {

        String text() {
            return table.name() + ": " + remaining + " remain, " + quarantined + " are quarantined";
        }
    }

    private List<Leftover> leftovers(Run run, List<TargetTable> tables, List<TakenProof> proofs) {
        Map<TableName, Long> remaining = proofs.stream()
                .flatMap(one -> one.counts().stream())
                .collect(Collectors.groupingBy(
                        column -> new TableName(column.schema(), column.table()),
                        Collectors.summingLong(ColumnProof::remaining)));
        Map<TableName, Long> quarantined = ranges.quarantined(run.id());
        return tables.stream()
                .map(table -> new Leftover(
                        table, remaining.getOrDefault(table.name(), 0L), quarantined.getOrDefault(table.name(), 0L)))
                .filter(left -> left.remaining() > 0)
                .toList();
    }

    /**
     * Tables that another pass may help. A value that was quarantined may have been deleted since, and hide one that the
     * pass never saw: only when two passes end with the same numbers is what is left taken for what is quarantined.
     */
    private static List<TargetTable> unfinished(Run run, List<Leftover> leftovers) {
        return leftovers.stream()
                .filter(left ->
                        left.remaining() > left.quarantined() || !run.leftOver().contains(left.text()))
                .map(Leftover::table)
                .toList();
    }
}
