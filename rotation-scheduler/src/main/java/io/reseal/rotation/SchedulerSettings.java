package io.reseal.rotation;

import io.reseal.rotation.internal.quartz.Appointment;
import io.reseal.rotation.internal.setting.SettingReader;
import io.reseal.rotation.pace.Effort;
import io.reseal.rotation.reencryption.ReencryptionOptions;
import io.reseal.rotation.schedule.ScheduledTask;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What {@link RotationScheduler} was told, validated.
 *
 * @param appointments when tasks begin
 * @param without tasks that do not begin by themselves
 * @param quartz the host's scheduler, if there is one
 * @param limits how rotations are executed
 * @param onlyInWindows whether that waits for maintenance windows
 */
record SchedulerSettings(
        List<Appointment> appointments,
        List<ScheduledTask> without,
        Optional<Object> quartz,
        EventExecution.Limits limits,
        boolean onlyInWindows) {

    /** With a task's name: a cron expression of Quartz in UTC, or {@code off}. */
    static final String CRON = "reseal.scheduler.cron.";

    /** An {@code org.quartz.Scheduler} that the host starts and stops; default one of Reseal's own. */
    static final String QUARTZ = "reseal.scheduler.quartz";

    /** Rows per transaction of a scheduled re-encryption; default 1,000. */
    static final String BATCH = "reseal.scheduler.batch";

    /** Threads of a scheduled re-encryption on a node; default two. */
    static final String WORKERS = "reseal.scheduler.workers";

    /** How hard all nodes work on a scheduled re-encryption: {@code gentle}, {@code balanced} (the default) or {@code full}. */
    static final String EFFORT = "reseal.scheduler.effort";

    /** After how many attempts a rotation is given up; default five. */
    static final String ATTEMPTS = "reseal.scheduler.attempts";

    /** Before the second attempt, as an ISO-8601 duration; doubled for each one after it; default one minute. */
    static final String BACKOFF = "reseal.scheduler.backoff";

    /** After how long other nodes take a rotation over from one that has gone silent, as an ISO-8601 duration; default one minute. */
    static final String TAKEOVER = "reseal.scheduler.takeover";

    /** When scheduled rotations are executed: at {@code any} time (the default), or in {@code planned} maintenance windows only. */
    static final String WINDOWS = "reseal.scheduler.windows";

    private static final String PREFIX = "reseal.scheduler.";
    private static final String OFF = "off";
    private static final int MAX_ATTEMPTS = 20;
    private static final int ATTEMPTS_BY_DEFAULT = 5;

    /** @throws io.reseal.ResealConfigurationException if a setting is unusable or unknown; the message names it and the remedy */
    static SchedulerSettings from(Map<String, ?> settings, Instant now) {
        SettingReader reader = new SettingReader(settings);
        List<Appointment> appointments = new ArrayList<>();
        List<ScheduledTask> without = new ArrayList<>();
        for (ScheduledTask task : ScheduledTask.values()) {
            String setting = CRON + task.taskName();
            String cron = reader.text(setting).orElse(task.cron());
            if (cron.equals(OFF)) {
                without.add(task);
            } else {
                appointments.add(new Appointment(task.taskName(), cron).require(setting, now));
            }
        }
        Optional<Object> quartz = reader.instance(QUARTZ, Object.class);
        EventExecution.Limits limits = limits(reader);
        boolean onlyInWindows = onlyInWindows(reader);
        reader.refuseOthers(PREFIX);
        return new SchedulerSettings(List.copyOf(appointments), List.copyOf(without), quartz, limits, onlyInWindows);
    }

    private static boolean onlyInWindows(SettingReader reader) {
        String value = reader.text(WINDOWS).orElse("any");
        return switch (value) {
            case "any" -> false;
            case "planned" -> true;
            default -> throw SettingReader.invalid(WINDOWS, value, "use any or planned");
        };
    }

    private static EventExecution.Limits limits(SettingReader reader) {
        ReencryptionOptions standard = ReencryptionOptions.defaults();
        int rows = reader.number(BATCH, standard.batchRows(), 1, ReencryptionOptions.MAX_BATCH_ROWS);
        int workers = reader.number(WORKERS, standard.workers(), 1, ReencryptionOptions.MAX_WORKERS);
        return new EventExecution.Limits(
                atLeastASecond(TAKEOVER, reader.duration(TAKEOVER, Duration.ofMinutes(1))),
                reader.number(ATTEMPTS, ATTEMPTS_BY_DEFAULT, 1, MAX_ATTEMPTS),
                atLeastASecond(BACKOFF, reader.duration(BACKOFF, Duration.ofMinutes(1))),
                standard.withWindow(rows, standard.batchesPerWindow())
                        .withWorkers(workers)
                        .withEffort(effort(reader)));
    }

    private static Effort effort(SettingReader reader) {
        String value = reader.text(EFFORT).orElse(Effort.BALANCED.name());
        return Stream.of(Effort.values())
                .filter(effort -> effort != Effort.NONE && effort.name().equalsIgnoreCase(value))
                .findFirst()
                .orElseThrow(() -> SettingReader.invalid(EFFORT, value, "use gentle, balanced or full"));
    }

    private static Duration atLeastASecond(String name, Duration duration) {
        if (duration.compareTo(Duration.ofSeconds(1)) < 0) {
            throw SettingReader.invalid(name, duration, "use at least a second");
        }
        return duration;
    }
}
