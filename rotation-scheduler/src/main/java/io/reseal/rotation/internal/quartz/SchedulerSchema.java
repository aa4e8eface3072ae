package io.reseal.rotation.internal.quartz;

import io.reseal.database.Schema;
import java.util.List;
import java.util.Map;

/** Quartz's tables. It writes their names in capitals, which matters where a database tells them apart. */
final class SchedulerSchema {

    /** Stands in front of their names. */
    static final String PREFIX = "RESEAL_QRTZ_";

    static final Schema SCHEMA = new Schema(
            "scheduler",
            SchedulerSchema.class,
            List.of("001-scheduler.sql"),
            Map.ofEntries(
                    quartz(
                            "JOB_DETAILS",
                            "sched_name job_name job_group description job_class_name is_durable is_nonconcurrent is_update_data requests_recovery job_data"),
                    quartz(
                            "TRIGGERS",
                            "sched_name trigger_name trigger_group job_name job_group description next_fire_time prev_fire_time priority trigger_state trigger_type start_time end_time calendar_name misfire_instr job_data"),
                    quartz(
                            "SIMPLE_TRIGGERS",
                            "sched_name trigger_name trigger_group repeat_count repeat_interval times_triggered"),
                    quartz("CRON_TRIGGERS", "sched_name trigger_name trigger_group cron_expression time_zone_id"),
                    quartz(
                            "SIMPROP_TRIGGERS",
                            "sched_name trigger_name trigger_group str_prop_1 str_prop_2 str_prop_3 int_prop_1 int_prop_2 long_prop_1 long_prop_2 dec_prop_1 dec_prop_2 bool_prop_1 bool_prop_2"),
                    quartz("BLOB_TRIGGERS", "sched_name trigger_name trigger_group blob_data"),
                    quartz("CALENDARS", "sched_name calendar_name calendar"),
                    quartz("PAUSED_TRIGGER_GRPS", "sched_name trigger_group"),
                    quartz(
                            "FIRED_TRIGGERS",
                            "sched_name entry_id trigger_name trigger_group instance_name fired_time sched_time priority state job_name job_group is_nonconcurrent requests_recovery"),
                    quartz("SCHEDULER_STATE", "sched_name instance_name last_checkin_time checkin_interval"),
                    quartz("LOCKS", "sched_name lock_name")));

    private SchedulerSchema() {}

    private static Map.Entry<String, List<String>> quartz(String name, String columns) {
        return Map.entry(PREFIX + name, List.of(columns.split(" ")));
    }
}
