package io.reseal.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.rotation.schedule.ScheduledTask;
import io.reseal.testing.Databases;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.Trigger;
import org.quartz.TriggerUtils;
import org.quartz.impl.StdSchedulerFactory;
import org.quartz.spi.OperableTrigger;

/** The triggers themselves, as they are made on a scheduler that fires nothing, on a machine far from Greenwich. */
class ScheduledTaskTest {

    private static final Instant FROM = Instant.parse("2037-01-01T00:00:00Z");
    private static final Instant TO = Instant.parse("2038-01-01T00:00:00Z");

    /** Of what is done each minute. */
    private static final Instant ENOUGH = Instant.parse("2037-01-08T00:00:00Z");

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource
    void firesInAYearWhenTheProceduresSaySo(ScheduledTask task) throws Exception {
        Scheduler host = standingBy();
        Instant to = task == ScheduledTask.KEY_ROTATION_ALERTS ? ENOUGH : TO;
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory);
                RotationScheduler scheduler =
                        RotationScheduler.open(stage.rotation, Map.of(SchedulerSettings.QUARTZ, host))) {
            scheduler.start();
            List<? extends Trigger> triggers = host.getTriggersOfJob(JobKey.jobKey(task.taskName(), "key_rotation"));

            assertThat(triggers).singleElement().satisfies(trigger -> {
                assertThat(trigger.getPriority()).isEqualTo(9);
                assertThat(times(trigger, to))
                        .containsExactlyElementsOf(
                                ProcedureCalendar.times(task, FROM, to).toList());
            });
        } finally {
            host.shutdown();
        }
    }

    /** The calculation leaves its trigger at the end of the year. */
    private static List<Instant> times(Trigger trigger, Instant to) {
        OperableTrigger copy = (OperableTrigger)
                trigger.getTriggerBuilder().startAt(Date.from(FROM)).build();
        return TriggerUtils.computeFireTimesBetween(copy, null, Date.from(FROM), Date.from(to.minusMillis(1))).stream()
                .map(Date::toInstant)
                .toList();
    }

    private static Scheduler standingBy() throws SchedulerException {
        Properties host = new Properties();
        host.setProperty("org.quartz.scheduler.instanceName", "year");
        host.setProperty("org.quartz.threadPool.threadCount", "1");
        host.setProperty("org.quartz.threadPool.class", "org.quartz.simpl.SimpleThreadPool");
        return new StdSchedulerFactory(host).getScheduler();
    }
}
