package io.reseal.rotation.internal.reencrypt;

import io.reseal.database.Schema;
import java.util.List;
import java.util.Map;

/** The module's own tables and views. */
final class RotationSchema {

    static final Schema SCHEMA = new Schema(
            "rotation",
            RotationSchema.class,
            List.of("001-reencryption.sql"),
            Map.ofEntries(
                    table(
                            "reseal_run",
                            "id key_type open_for state pass target_version retired acknowledged "
                                    + "left_over failure effort started_at finished_at"),
                    table(
                            "reseal_range",
                            "id run_id kind table_schema table_name part_schema part_name key_columns "
                                    + "key_unique after_key up_to_key cursor_key scanned state owner token "
                                    + "lease_until ready_at estimated_rows rows_changed rows_superseded"),
                    table("reseal_tail", "range_id row_hash row_key tried"),
                    table("reseal_quarantine", "range_id row_hash column_name error_class found_at"),
                    table(
                            "reseal_proof",
                            "id run_id key_type version strength taken_at assumptions database_id wal_position"),
                    table(
                            "reseal_proof_column",
                            "proof_id table_schema table_name column_name remaining total snapshot place"),
                    table("reseal_fence", "table_schema table_name fenced_keys columns on_insert on_update fenced_at"),
                    table(
                            "reseal_alert",
                            "id open_for kind severity subject_sort subject evidence remedy "
                                    + "occurrences first_seen last_seen acknowledged_by acknowledged_at "
                                    + "resolved_at"),
                    table("reseal_affected_owner", "incident owner table_schema table_name"),
                    table("reseal_incident_claim", "incident holder claimed_until"),
                    table(
                            "reseal_notification",
                            "id reason about escalation channel recipients body follows state demanded attempts token "
                                    + "lease_until ready_at written_at sent_at failure"),
                    table(
                            "reseal_event",
                            "id key_type open_for state replaces successor actor reason forced requested_at due_at started_at "
                                    + "ended_at run_id rows_changed rows_left attempts next_attempt failure holder token "
                                    + "lease_until"),
                    table("reseal_task", "task node started_at ended_at succeeded summary runs failures"),
                    table("reseal_scheduler_pause", "id actor reason paused_at"),
                    table("reseal_report", "id period_from period_to generated_at actor reason sha256 body"),
                    table(
                            "reseal_window",
                            "id start_at end_at reason planned_by planned_at state revision told checked sampled_at token "
                                    + "claimed_until"),
                    table(
                            "reseal_window_entry",
                            "id window_id written_at phase item outcome subject detail measured actor"),
                    table("reseal_attestation", "id quarter item person attested_at statement checks"),
                    table("reseal_training", "id role person trained_on hours recorded_by recorded_at"),
                    table(
                            "reseal_pace",
                            "run_id node state held_by reason duty rows_per_second soonest_seconds latest_seconds "
                                    + "held_back_seconds reported_at"),
                    table(
                            "reseal_inventory",
                            "table_schema table_name column_name key_type version stored_values counted_at"),
                    table(
                            "reseal_migration_progress",
                            "run_id key_type run_state run_percent table_schema table_name table_percent rows_left "
                                    + "estimated_rows rows_changed rows_superseded quarantined tail ranges_done ranges_leased "
                                    + "ranges_total rows_per_second eta_from eta_to pace pace_percent pace_reason nodes effort pass "
                                    + "target_version started_at finished_at failure"),
                    table(
                            "reseal_stale_inventory",
                            "table_schema table_name column_name key_type version key_state stale_values column_values "
                                    + "stale_percent counted_at counted_hours_ago")));

    private RotationSchema() {}

    private static Map.Entry<String, List<String>> table(String name, String columns) {
        return Map.entry(name, List.of(columns.split(" ")));
    }
}
