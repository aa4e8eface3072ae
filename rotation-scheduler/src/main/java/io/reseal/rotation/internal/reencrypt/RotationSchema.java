package io.reseal.rotation.internal.reencrypt;

import io.reseal.database.Schema;
import java.util.List;
import java.util.Map;

/** The engine's own tables. */
final class RotationSchema {

    static final Schema SCHEMA = new Schema(
            "rotation",
            RotationSchema.class,
            List.of("001-reencryption.sql"),
            Map.of(
                    "reseal_run",
                    List.of(
                            "id",
                            "key_type",
                            "open_for",
                            "state",
                            "pass",
                            "target_version",
                            "retired",
                            "acknowledged",
                            "left_over",
                            "failure",
                            "effort",
                            "started_at",
                            "finished_at"),
                    "reseal_range",
                    List.of(
                            "id",
                            "run_id",
                            "kind",
                            "table_schema",
                            "table_name",
                            "part_schema",
                            "part_name",
                            "key_columns",
                            "key_unique",
                            "after_key",
                            "up_to_key",
                            "cursor_key",
                            "scanned",
                            "state",
                            "owner",
                            "token",
                            "lease_until",
                            "ready_at",
                            "estimated_rows",
                            "rows_changed",
                            "rows_superseded"),
                    "reseal_tail",
                    List.of("range_id", "row_hash", "row_key", "tried"),
                    "reseal_quarantine",
                    List.of("range_id", "row_hash", "column_name", "error_class", "found_at"),
                    "reseal_proof",
                    List.of(
                            "id",
                            "run_id",
                            "key_type",
                            "version",
                            "strength",
                            "taken_at",
                            "assumptions",
                            "database_id",
                            "wal_position"),
                    "reseal_proof_column",
                    List.of(
                            "proof_id",
                            "table_schema",
                            "table_name",
                            "column_name",
                            "remaining",
                            "total",
                            "snapshot",
                            "place"),
                    "reseal_fence",
                    List.of(
                            "table_schema",
                            "table_name",
                            "fenced_keys",
                            "columns",
                            "on_insert",
                            "on_update",
                            "fenced_at"),
                    "reseal_alert",
                    List.of(
                            "id",
                            "open_for",
                            "kind",
                            "severity",
                            "subject_sort",
                            "subject",
                            "evidence",
                            "remedy",
                            "occurrences",
                            "first_seen",
                            "last_seen",
                            "acknowledged_by",
                            "acknowledged_at",
                            "resolved_at"),
                    "reseal_affected_owner",
                    List.of("incident", "owner", "table_schema", "table_name"),
                    "reseal_incident_claim",
                    List.of("incident", "holder", "claimed_until")));

    private RotationSchema() {}
}
