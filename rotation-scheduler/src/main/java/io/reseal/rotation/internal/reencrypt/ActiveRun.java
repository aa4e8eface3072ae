package io.reseal.rotation.internal.reencrypt;

import io.reseal.rotation.internal.pace.Pacemaker;
import io.reseal.rotation.pace.EffortPlan;
import io.reseal.rotation.pace.Pacing;
import io.reseal.rotation.reencryption.Progress;
import io.reseal.rotation.reencryption.Proof;
import io.reseal.rotation.reencryption.Reencryption;
import io.reseal.rotation.reencryption.ReencryptionOptions;
import io.reseal.rotation.reencryption.RunId;
import io.reseal.rotation.reencryption.RunState;
import io.reseal.rotation.reencryption.TableProgress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This node's workers on a run, and the thread that keeps their leases alive. */
final class ActiveRun implements Reencryption {

    private static final Logger LOG = LoggerFactory.getLogger(ActiveRun.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration STOP = Duration.ofSeconds(30);
    private static final Duration REPORT = Duration.ofSeconds(5);
    private static final int RENEWALS_PER_LEASE = 4;

    private final Jdbi jdbi;
    private final RunId id;
    private final ReencryptionOptions options;
    private final Worker.Tools tools;
    private final Speed speed;
    private final Rest rest = new Rest();
    private final List<String> names = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile @Nullable Thread keeper;

    ActiveRun(Jdbi jdbi, RunId id, ReencryptionOptions options, Worker.Tools tools, Speed speed) {
        this.jdbi = jdbi;
        this.id = id;
        this.options = options;
        this.tools = tools;
        this.speed = speed;
    }

    /** How fast the run goes, and what sees to it. */
    record Speed(Pace pace, Pacemaker pacemaker) {}

    @SuppressWarnings("FutureReturnValueIgnored") // quietly lets nothing escape that would have to be looked for
    void start() {
        speed.pacemaker().start(String.valueOf(id.value()));
        Lookout lookout = new Lookout(System::nanoTime);
        String node = UUID.randomUUID().toString();
        PaceReport report = new PaceReport(jdbi, id, node);
        for (int i = 1; i <= options.workers(); i++) {
            String name = node + "/" + i;
            names.add(name);
            String thread = id.value() + "-" + i;
            SecondThread second = new SecondThread("reseal-sealer-" + thread);
            Stint stint = new Stint(
                    options, rest, lookout, speed.pacemaker().throttle().turn(), second);
            threads.add(daemon("reseal-worker-" + thread, new Worker(name, id, stint, tools)));
        }
        threads.forEach(Thread::start);
        Thread leases = daemon("reseal-lease-" + id.value(), () -> keepLeases(report));
        keeper = leases;
        leases.start();
    }

    private void keepLeases(PaceReport report) {
        HeldBack held = new HeldBack(System::nanoTime);
        Duration each = options.lease().dividedBy(RENEWALS_PER_LEASE);
        long renewed = System.nanoTime();
        long reported = renewed - REPORT.toNanos();
        while (!rest.isOver() && isWorking()) {
            quietly(this::look);
            Pacing pacing = speed.pacemaker().pacing(options.batchRows());
            held.see(pacing);
            if (System.nanoTime() - renewed >= each.toNanos()) {
                renewed = System.nanoTime();
                quietly(() -> tools.claims().renew(id, working(), options.lease()));
            }
            if (System.nanoTime() - reported >= REPORT.toNanos()) {
                reported = System.nanoTime();
                quietly(() -> report.write(speed.pace(), pacing, held.time()));
            }
            rest.pause(each.compareTo(LOOK) < 0 ? each : LOOK);
        }
        speed.pacemaker().close();
        quietly(report::withdraw);
    }

    /** What has died of it, and would not have without an error that nobody expects. */
    Optional<String> ailment() {
        Thread lease = keeper;
        boolean isAlone = lease != null && !lease.isAlive() && !rest.isOver() && isWorking();
        return isAlone
                ? Optional.of("the thread that keeps the leases of the run " + id.value() + " has died")
                : Optional.empty();
    }

    /** Whether this node still has workers on the run. */
    boolean isWorking() {
        return threads.stream().anyMatch(Thread::isAlive);
    }

    /** Whether so many of its workers live, and nobody has sent them home. */
    boolean hasWorkers(int number) {
        return !rest.isOver() && working().size() >= number;
    }

    /** Workers that live: what a dead one held must run out, so that others can take it. */
    private List<String> working() {
        return IntStream.range(0, names.size())
                .filter(i -> threads.get(i).isAlive())
                .mapToObj(names::get)
                .toList();
    }

    private static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** A lease that could not be prolonged runs out; somebody else takes the range then. */
    private static void quietly(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.debug("The database did not answer: {}", Failures.describe(e));
        }
    }

    private void look() {
        seen(new RunProgress(jdbi).tables(id));
    }

    private void seen(List<TableProgress> tables) {
        speed.pace().see(tables.stream().mapToLong(TableProgress::changed).sum(), RunProgress.share(tables));
    }

    @Override
    public RunId id() {
        return id;
    }

    @Override
    public Set<String> acknowledged() {
        return tools.runs().get(id).acknowledged();
    }

    @Override
    public Progress progress() {
        Run run = tools.runs().get(id);
        List<TableProgress> tables = new RunProgress(jdbi).tables(id);
        seen(tables);
        boolean isRunning = run.state() == RunState.RUNNING;
        return new Progress(
                id,
                run.state(),
                run.startedAt(),
                speed.pace().rowsPerSecond(),
                isRunning && !isScanned(tables) ? speed.pace().eta() : Optional.empty(),
                run.failure(),
                speed.pacemaker().pacing(options.batchRows()),
                tables);
    }

    /** Whether only the proof is left, which has no pace. */
    private static boolean isScanned(List<TableProgress> tables) {
        return tables.stream().allMatch(table -> table.rangesDone() == table.rangesTotal());
    }

    @Override
    public void pause() {
        new RunControl(tools.runs()).pause(id);
    }

    @Override
    public void resume() {
        new RunControl(tools.runs()).resume(id);
    }

    @Override
    public void effort(EffortPlan effort) {
        tools.runs().effort(id, effort);
    }

    @Override
    public void cancel() {
        new RunControl(tools.runs()).cancel(id);
    }

    @Override
    public Progress await(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        Optional<Progress> end = end(deadline);
        while (end.isEmpty()) {
            new Rest().pause(POLL);
            end = end(deadline);
        }
        return end.get();
    }

    /** The progress, if there is nothing to wait for any more; a database that does not answer is waited for as well. */
    private Optional<Progress> end(long deadline) {
        boolean isLast = System.nanoTime() >= deadline || Thread.currentThread().isInterrupted();
        try {
            Progress now = progress();
            return isLast || !isUnderWay(now.state()) ? Optional.of(now) : Optional.empty();
        } catch (RuntimeException e) {
            if (isLast || !Failures.isTransient(tools.dialect(), e)) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private static boolean isUnderWay(RunState state) {
        return state == RunState.RUNNING || state == RunState.PAUSED;
    }

    @Override
    public List<Proof> proofs() {
        return tools.proofs().ofRun(id);
    }

    @Override
    public void close() {
        rest.end();
        speed.pacemaker().close();
        long deadline = System.nanoTime() + STOP.toNanos();
        for (Thread thread : threads) {
            join(thread, deadline);
        }
        quietly(() -> tools.claims().release(id, names));
    }

    private static void join(Thread thread, long deadline) {
        try {
            thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
