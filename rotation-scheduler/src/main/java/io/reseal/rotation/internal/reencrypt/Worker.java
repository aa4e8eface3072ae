package io.reseal.rotation.internal.reencrypt;

import io.reseal.rotation.internal.jdbc.Dialect;
import io.reseal.rotation.reencryption.RunId;
import io.reseal.rotation.reencryption.RunState;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One thread's loop: claim a range, work it off, until the run is over or this node's work on it ends; its second thread ends with it. */
final class Worker implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int MAX_BACKOFF = 6;

    private static final long WINDOWS_WORTH_SPLITTING = 2;

    private final String name;
    private final RunId run;
    private final Stint stint;
    private final Rest rest;
    private final Tools tools;
    private int failures;

    Worker(String name, RunId run, Stint stint, Tools tools) {
        this.name = name;
        this.run = run;
        this.stint = stint;
        this.rest = stint.rest();
        this.tools = tools;
    }

    /** What all workers of a node share. */
    record Tools(
            Dialect dialect,
            RunStore runs,
            RangeClaims claims,
            RangeSplitter splitter,
            RunPlanner planner,
            Targets targets,
            RangeWork rangeWork,
            ProofWork proofWork,
            Proofs proofs) {}

    @Override
    public void run() {
        try {
            loop();
        } finally {
            stint.second().close();
        }
    }

    private void loop() {
        boolean goesOn = true;
        while (goesOn && !rest.isOver()) {
            try {
                goesOn = step();
                failures = 0;
            } catch (Rest.OverException e) {
                LOG.debug("{} leaves {}", name, run);
            } catch (RuntimeException e) {
                recover(e);
            } catch (Error e) {
                recordFailure(e);
                throw e;
            } finally {
                stint.turn().leave();
            }
        }
    }

    /** Whether there may be more to do. */
    private boolean step() {
        Run now = tools.runs().get(run);
        if (now.state() == RunState.RUNNING) {
            replanIfOvertaken(now);
            stint.awaitTurn();
            Optional<RangeClaim> claim =
                    tools.claims().claim(run, name, stint.options().lease());
            claim.ifPresentOrElse(this::work, stint.turn()::leave);
            rest.pause(claim.isPresent() || takesAPart() ? Duration.ZERO : POLL);
        } else if (now.state().isOpen()) {
            rest.pause(POLL);
        }
        return now.state().isOpen();
    }

    /** Whether this idle worker made itself a range out of what another has still before it. */
    private boolean takesAPart() {
        if (!stint.lookout().isDue()) {
            return false;
        }
        boolean taken = tools.splitter().split(run, stint.windowLimits().rows() * WINDOWS_WORTH_SPLITTING);
        if (taken) {
            stint.lookout().found();
        } else {
            stint.lookout().foundNothing();
        }
        return taken;
    }

    private void work(RangeClaim claim) {
        stint.lookout().forget();
        try {
            if (claim.range().isPresent()) {
                work(claim, claim.range().get());
            } else {
                tools.proofWork().work(claim, stint);
            }
        } catch (ClaimLostException e) {
            LOG.debug("{} lost its claim on range {} of {}", name, claim.id(), run);
            tools.planner().replanIfOvertaken(claim.run());
        }
    }

    /** A part of a table that was dropped has nothing left to do; a table that was dropped stops the run by name. */
    private void work(RangeClaim claim, KeyRange range) {
        Optional<TargetTable> table = tools.targets().of(range);
        try {
            if (table.isPresent()) {
                tools.rangeWork().work(claim, table.get(), stint);
            } else if (!tools.claims().finish(claim)) {
                throw new ClaimLostException();
            }
        } catch (EngineSqlException e) {
            if (!Failures.isGone(tools.dialect(), e)
                    || tools.targets().of(range).isPresent()) {
                throw e;
            }
        }
    }

    private void replanIfOvertaken(Run now) {
        if (tools.planner().isOvertaken(now)) {
            tools.planner().replanIfOvertaken(now);
        }
    }

    private void recover(RuntimeException e) {
        if (Failures.isTransient(tools.dialect(), e)) {
            if (failures == 0) {
                LOG.warn("{} tries again soon: {}", name, Failures.describe(e));
            }
            failures++;
            rest.pause(POLL.multipliedBy(1L << Math.min(failures, MAX_BACKOFF)));
        } else {
            recordFailure(e);
        }
    }

    private void recordFailure(Throwable e) {
        LOG.error("{} stops {}: {}", name, run, Failures.describe(e));
        try {
            tools.runs().fail(run, Failures.describe(e));
        } catch (RuntimeException second) {
            LOG.warn("{} could not record that: {}", name, Failures.describe(second));
            rest.pause(POLL);
        }
    }
}
