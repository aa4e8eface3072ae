package io.reseal.rotation.internal.maintenance;

import io.reseal.rotation.Alerts;
import io.reseal.rotation.Backups;
import io.reseal.rotation.alert.Alert;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSeverity;
import io.reseal.rotation.internal.maintenance.WindowStore.Row;
import io.reseal.rotation.maintenance.MaintenanceWindow.Check;
import io.reseal.rotation.maintenance.MaintenanceWindow.Entry;
import io.reseal.rotation.maintenance.MaintenanceWindow.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What is looked at before, in and after a window. */
public final class WindowChecks {

    /** A database that takes longer to say nothing at all is in trouble, or far away. */
    private static final long SLOW_MICROS = 500_000;

    private static final int CANARY_EACH = 10;

    private final Canary canary;
    private final RunWatch runs;
    private final Around around;

    /**
     * What else is asked.
     *
     * @param health what is wrong with the services that keys need; empty if nothing
     */
    public record Around(Supplier<List<String>> health, Backups backups, Alerts alerts) {}

    public WindowChecks(Canary canary, RunWatch runs, Around around) {
        this.canary = canary;
        this.runs = runs;
        this.around = around;
    }

    List<Found> before(Row row, WindowNotices notices) {
        List<Found> found = new ArrayList<>(health());
        found.add(database());
        found.add(backups());
        found.addAll(alerting(notices.test(row)));
        return found;
    }

    private List<Found> health() {
        List<String> problems = around.health().get();
        return problems.isEmpty()
                ? List.of(Found.ok(Check.HEALTH, "", "nothing is wrong with the services that keys need"))
                : problems.stream()
                        .map(problem -> Found.finding(Check.HEALTH, "", problem))
                        .toList();
    }

    private Found database() {
        long micros = runs.latency();
        String text = "it answers within " + micros + " µs; more than " + SLOW_MICROS + " are too many";
        Found found =
                micros > SLOW_MICROS ? Found.finding(Check.DATABASE, "", text) : Found.ok(Check.DATABASE, "", text);
        return found.measuring(micros);
    }

    /** When the last copy was made, nobody but people can say. */
    private Found backups() {
        Optional<Duration> longest = around.backups().longestRetention();
        return longest.map(retention -> Found.ok(
                        Check.BACKUPS,
                        "",
                        "copies are declared to be kept for " + retention
                                + "; note in this window when the last one was made, and that it was restored"))
                .orElseGet(() -> Found.finding(
                        Check.BACKUPS,
                        "",
                        "no copies are declared: make a backup, and declare it with Backups.declare"));
    }

    private static List<Found> alerting(Map<String, String> channels) {
        return channels.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(channel -> channel.getValue().isEmpty()
                        ? Found.ok(Check.ALERTING, channel.getKey(), "a test was taken")
                        : Found.finding(Check.ALERTING, channel.getKey(), channel.getValue()))
                .toList();
    }

    /** @param sofar what was found in the window */
    List<Found> during(Row row, Instant now, List<Entry> sofar) {
        List<Found> found = new ArrayList<>(reencryption(now, sofar));
        boolean isCanaryDue = sofar.stream()
                .filter(entry -> entry.phase() == Phase.DURING && entry.check() == Check.CANARY)
                .noneMatch(entry -> entry.at()
                        .isAfter(now.minus(Duration.ofMinutes(CANARY_EACH)).plus(WindowClaims.EACH.dividedBy(2))));
        if (isCanaryDue) {
            found.addAll(canary.look());
        }
        return found;
    }

    private List<Found> reencryption(Instant now, List<Entry> sofar) {
        List<RunWatch.OpenRun> open = runs.open();
        return open.isEmpty()
                ? List.of(Found.ok(Check.REENCRYPTION, "", "nothing is being re-encrypted"))
                : open.stream().map(run -> reencryption(run, now, sofar)).toList();
    }

    private Found reencryption(RunWatch.OpenRun run, Instant now, List<Entry> sofar) {
        Optional<Entry> last = sofar.stream()
                .filter(entry -> entry.check() == Check.REENCRYPTION
                        && entry.subject().equals(run.toString())
                        && entry.measured().isPresent())
                .reduce((earlier, later) -> later);
        String pace = last.map(
                        entry -> ", " + rate(run.changed() - entry.measured().orElseThrow(), entry.at(), now))
                .orElse("");
        List<String> pacing = runs.pace(run.id());
        String text = run.state() + ", " + run.changed() + " rows re-encrypted" + pace + ", " + run.quarantined()
                + " values not opened, " + run.workers() + " workers; "
                + (pacing.isEmpty() ? "no node says how fast it works" : String.join("; ", pacing));
        Found found = run.quarantined() > 0 || run.isStalled()
                ? Found.finding(Check.REENCRYPTION, run.toString(), text)
                : Found.ok(Check.REENCRYPTION, run.toString(), text);
        return found.measuring(run.changed());
    }

    private static String rate(long rows, Instant from, Instant now) {
        double seconds = Math.max(1, Duration.between(from, now).toMillis() / 1_000.0);
        return Math.round(rows / seconds) + " a second since " + from;
    }

    List<Found> after(Row row, List<Entry> sofar) {
        List<Found> found = new ArrayList<>(health());
        found.add(database());
        found.add(stalled());
        found.add(newAlerts(row.plan().start()));
        found.addAll(canary.look());
        if (sofar.stream().noneMatch(entry -> entry.phase() == Phase.DURING && entry.check() != Check.NOTE)) {
            found.add(Found.finding(Check.REENCRYPTION, "", "no node looked while the window was open"));
        }
        return found;
    }

    private Found stalled() {
        List<String> stalled = runs.open().stream()
                .filter(RunWatch.OpenRun::isStalled)
                .map(RunWatch.OpenRun::toString)
                .toList();
        return stalled.isEmpty()
                ? Found.ok(Check.RUNS, "", "no open re-encryption stands still")
                : Found.finding(Check.RUNS, "", "nobody works on " + String.join(", ", stalled));
    }

    /** Those about the window itself are told of in it already. */
    private Found newAlerts(Instant since) {
        List<Alert> alerts = around.alerts().since(since).stream()
                .filter(alert -> !alert.firstSeen().isBefore(since))
                .filter(alert ->
                        alert.severity() != AlertSeverity.INFORMATION && alert.kind() != AlertKind.MAINTENANCE_FINDINGS)
                .toList();
        return alerts.isEmpty()
                ? Found.ok(Check.ALERTS, "", "no alert came up since the start")
                : Found.finding(
                        Check.ALERTS,
                        "",
                        alerts.stream()
                                .map(alert -> alert.kind() + " (" + alert.subject() + ")")
                                .distinct()
                                .collect(Collectors.joining(", ", "came up since the start: ", "")));
    }
}
