package io.reseal.rotation;

import io.reseal.rotation.compliance.ComplianceReport;
import io.reseal.rotation.destruction.CleanupLine;
import io.reseal.rotation.event.RotationEvent;
import io.reseal.rotation.schedule.ScheduledTask;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** What each scheduled task does. Knows of no scheduler. */
final class RotationTasks {

    private static final String ACTOR = "reseal";

    private final KeyRotation rotation;
    private final AlertDelivery delivery;
    private final SchedulerSettings settings;
    private final Runnable executeSoon;

    /** @param executeSoon has scheduled rotations executed */
    RotationTasks(KeyRotation rotation, AlertDelivery delivery, SchedulerSettings settings, Runnable executeSoon) {
        this.rotation = rotation;
        this.delivery = delivery;
        this.settings = settings;
        this.executeSoon = executeSoon;
    }

    /**
     * What came of a task.
     *
     * @param again when it is to be done again, if before its next time
     */
    record Result(String summary, Optional<Instant> again) {}

    /** @param mayGoOn asked again and again by a task that takes long */
    Result perform(ScheduledTask task, BooleanSupplier mayGoOn) {
        return switch (task) {
            case AUTOMATED_KEY_ROTATION_CHECK -> check();
            case EXECUTE_SCHEDULED_KEY_ROTATIONS -> execute(mayGoOn);
            case KEY_ROTATION_CLEANUP -> cleanUp();
            case KEY_USAGE_MONITORING ->
                new Result(rotation.usageMonitoring().look().size() + " findings", Optional.empty());
            case KEY_ROTATION_HEALTH_CHECK ->
                new Result(rotation.health().check().summary(), Optional.empty());
            case KEY_ROTATION_ALERTS -> tell();
            case GENERATE_KEY_ROTATION_COMPLIANCE_REPORT -> report();
        };
    }

    private Result check() {
        List<RotationEvent> pending = rotation.events().scheduleDue(ACTOR, "daily check");
        return new Result("to be executed: " + listed(pending), Optional.empty());
    }

    private Result execute(BooleanSupplier mayGoOn) {
        if (settings.onlyInWindows()) {
            return executeInWindow(mayGoOn);
        }
        Optional<Instant> again = rotation.execution(settings.limits()).run(mayGoOn);
        return new Result("open afterwards: " + listed(rotation.events().open()), again);
    }

    /** Until the work is done or the window closes; what is left is for the next one. */
    private Result executeInWindow(BooleanSupplier mayGoOn) {
        MaintenanceWindows windows = rotation.maintenance();
        if (windows.open().isEmpty()) {
            return new Result("no maintenance window is open", windows.next());
        }
        Optional<Instant> again = rotation.execution(settings.limits())
                .run(() -> mayGoOn.getAsBoolean() && windows.open().isPresent());
        return new Result(
                "open afterwards: " + listed(rotation.events().open()),
                windows.open().isPresent() ? again : windows.next());
    }

    private static String listed(List<RotationEvent> events) {
        return events.isEmpty()
                ? "none"
                : events.stream().map(RotationEvent::toString).collect(Collectors.joining(", "));
    }

    private Result tell() {
        int open = rotation.alerts().look().size();
        int sent = delivery.deliver();
        if (rotation.maintenance().look(delivery) && settings.onlyInWindows()) {
            executeSoon.run();
        }
        rotation.reviews().look();
        return new Result(open + " open alerts, " + (sent + delivery.deliver()) + " notices sent", Optional.empty());
    }

    private Result report() {
        List<ComplianceReport> made = rotation.reports().catchUp();
        return new Result(
                made.isEmpty()
                        ? "no month without a report"
                        : made.stream().map(ComplianceReport::id).collect(Collectors.joining(", ")),
                Optional.empty());
    }

    private Result cleanUp() {
        List<CleanupLine> lines = rotation.cleanUp();
        rotation.inventory();
        new WeeklyNews(rotation).tell(lines);
        return new Result(
                lines.isEmpty()
                        ? "no key whose grace is over"
                        : lines.stream()
                                .map(line -> line.key() + " " + line.outcome())
                                .collect(Collectors.joining(", ")),
                Optional.empty());
    }
}
