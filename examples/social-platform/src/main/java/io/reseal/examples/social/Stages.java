package io.reseal.examples.social;

import io.reseal.ResealException;
import io.reseal.examples.social.Latencies.Percentiles;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyType;
import io.reseal.rotation.KeyRotation;
import io.reseal.rotation.RotationScheduler;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.sql.DataSource;

/** The demo's story, stage by stage, on a platform that is already open. */
final class Stages {

    private static final List<KeyType> KEY_TYPES = List.of(KeyType.TOKEN_ENCRYPTION, KeyType.DATABASE_ENCRYPTION);
    private static final Duration STATUS_INTERVAL = Duration.ofSeconds(10);
    private static final int OLD = 1;
    private static final int NEW = 2;

    private final DemoOptions options;
    private final Platform platform;
    private final Stage stage;
    private final Terminal terminal;
    private final StopSignal stop;
    private final Interlude interlude;
    private final RawRows rawRows;
    private final List<Check> checks = new ArrayList<>();

    Stages(DemoOptions options, Platform platform, Stage stage) {
        this.options = options;
        this.platform = platform;
        this.stage = stage;
        this.terminal = stage.terminal();
        this.stop = stage.stop();
        this.interlude = stage.interlude();
        this.rawRows = new RawRows(platform.dataSource());
    }

    /** Between two stages. */
    enum Moment {
        BEFORE_ROTATION,
        BEFORE_PROOF,
        /** The writers are paused. */
        BEFORE_VERIFICATION
    }

    /** Something else that happens to the database; the tests have it do harm, to see that every check can fail. */
    interface Interlude {

        Interlude NONE = (moment, database) -> {};

        void play(Moment moment, DataSource database);
    }

    /** Where the demo plays: what it prints on, what ends it, and what else happens. */
    record Stage(Terminal terminal, StopSignal stop, Interlude interlude) {}

    void populate() {
        terminal.heading("Filling the database");
        long start = System.nanoTime();
        platform.writers().populateAndStart(options.users());
        long rows = platform.writers().paused(this::recordedRows);
        terminal.line("%,d users with %,d rows in %.1f s", options.users(), rows, seconds(start));
        terminal.line(
                "%d writers read and change them from now on, %d transactions/s in all",
                Writers.COUNT, Writers.TRANSACTIONS_PER_SECOND);
        stop.check();
    }

    void showRawRows(String heading) {
        terminal.heading(heading);
        terminal.lines(rawRows.lines());
        stop.check();
    }

    Percentiles measureBefore() {
        long seconds = options.measure().toSeconds();
        terminal.heading("Measuring the foreground for " + seconds + " s, after " + seconds + " s to warm up");
        stop.pause(options.measure());
        platform.latencies().startPhase();
        stop.pause(options.measure());
        Percentiles before = platform.latencies().phase();
        terminal.line("%,d transactions, %s", before.count(), before);
        return before;
    }

    /** With nobody present, it would go on like this for years. */
    void showTimetable(RotationScheduler scheduler) {
        terminal.heading("The scheduler is on");
        scheduler
                .status()
                .tasks()
                .forEach(each -> terminal.line(
                        "%-40s next at %s",
                        each.task().taskName(),
                        each.next().map(Instant::toString).orElse("no time")));
    }

    List<Rotation.Outcome> rotate(KeyRotation keys, RotationScheduler scheduler) {
        terminal.heading("Rotating the keys and re-encrypting, while the writers go on");
        interlude.play(Moment.BEFORE_ROTATION, platform.dataSource());
        Rotation rotation = new Rotation(keys, scheduler, stage, platform.latencies());
        List<Rotation.Outcome> outcomes = new ArrayList<>();
        for (KeyType keyType : KEY_TYPES) {
            Rotation.Outcome outcome = rotation.rotate(keyType);
            checked(outcome::check);
            terminal.line("  %-47s %s", "foreground meanwhile", outcome.foreground());
            outcomes.add(outcome);
        }
        return outcomes;
    }

    List<Rotation.Outcome> respond(KeyRotation keys) {
        terminal.heading("The keys are stolen: replacing them and re-encrypting, while the writers go on");
        interlude.play(Moment.BEFORE_ROTATION, platform.dataSource());
        Emergency emergency = emergency(keys);
        List<Rotation.Outcome> outcomes = new ArrayList<>();
        for (KeyType keyType : KEY_TYPES) {
            Rotation.Outcome outcome = emergency.respond(keyType);
            checked(outcome::check);
            terminal.line("  %-47s %s", "foreground meanwhile", outcome.foreground());
            outcomes.add(outcome);
        }
        return outcomes;
    }

    void file(KeyRotation keys, Path folder) {
        terminal.heading("The incidents");
        Emergency emergency = emergency(keys);
        for (KeyType keyType : KEY_TYPES) {
            checked(() -> emergency.file(new KeyId(keyType, OLD), folder));
            emergency.timeline(new KeyId(keyType, OLD));
        }
        terminal.line("filed in %s", folder);
    }

    private Emergency emergency(KeyRotation keys) {
        return new Emergency(keys, terminal, platform.latencies(), stop);
    }

    void prove(KeyRotation keys, RotationScheduler scheduler) {
        terminal.heading("Proof, while the writers go on");
        interlude.play(Moment.BEFORE_PROOF, platform.dataSource());
        Rotation rotation = new Rotation(keys, scheduler, stage, platform.latencies());
        for (KeyType keyType : KEY_TYPES) {
            checked(() -> rotation.prove(new KeyId(keyType, OLD)));
        }
    }

    /** With the writers paused, so that every row has one right answer. */
    long verify() {
        terminal.heading("Checking, while the writers pause");
        return platform.writers().paused(() -> {
            interlude.play(Moment.BEFORE_VERIFICATION, platform.dataSource());
            checked(() -> new StoredVersions(platform.dataSource()).allUnder(NEW));
            RecordComparison comparison = platform.comparison();
            checked(comparison::check);
            checked(() -> new PlaintextSearch(platform.dataSource(), comparison.plaintexts()).check());
            checked(this::writersCheck);
            return recordedRows();
        });
    }

    void summarize(Percentiles before, List<Rotation.Outcome> outcomes, long rows) {
        long changed = outcomes.stream().mapToLong(Rotation.Outcome::rows).sum();
        Duration took = outcomes.stream().map(Rotation.Outcome::took).reduce(Duration.ZERO, Duration::plus);
        terminal.heading("Summary");
        terminal.line("columns     %d in %d tables", StoredColumn.ALL.size(), StoredColumn.tables());
        terminal.line("rows        %,d of %,d users", rows, options.users());
        terminal.line(
                "run         %,d rows re-encrypted in %.1f s, %,.0f rows/s",
                changed, took.toMillis() / 1e3, changed * 1e3 / Math.max(1, took.toMillis()));
        terminal.line("before      foreground %s", before);
        outcomes.forEach(
                outcome -> terminal.line("during      foreground %s (%s)", outcome.foreground(), outcome.keyType()));
        failure()
                .ifPresentOrElse(
                        check -> terminal.line("FAILED      %s: %s", check.name(), check.finding()),
                        () -> terminal.line(
                                "proof       0 values left under version %d; all %d checks passed",
                                OLD, checks.size()));
    }

    /** The first check that failed. */
    Optional<Check> failure() {
        return checks.stream().filter(check -> !check.passed()).findFirst();
    }

    /** Until Ctrl-C. */
    void goOn() {
        terminal.heading("The writers go on under version " + NEW + "; Ctrl-C ends the demo");
        platform.latencies().startPhase();
        while (!stop.isRequestedWithin(STATUS_INTERVAL)) {
            terminal.line(
                    "%s; foreground %s",
                    platform.writers().tally(), platform.latencies().recent());
        }
    }

    private Check writersCheck() {
        Tally tally = platform.writers().tally();
        List<String> faults = tally.faultDescriptions();
        return new Check(
                "no writer met an error or a wrong value",
                faults.isEmpty(),
                faults.isEmpty() ? tally.traffic() : faults.get(0) + "; " + tally);
    }

    private void checked(Supplier<Check> work) {
        Check check = result(work);
        checks.add(check);
        terminal.check(check);
        stop.check();
    }

    private static Check result(Supplier<Check> work) {
        try {
            return work.get();
        } catch (ResealException e) {
            return new Check("every check can be made", false, String.valueOf(e.getMessage()));
        }
    }

    private long recordedRows() {
        return platform.writers().records().stream()
                .mapToLong(WriterRecord::size)
                .sum();
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
