package io.reseal.internal.store;

import io.reseal.database.Schema;
import java.util.List;
import java.util.Map;

/** Which tables and columns the key store's script makes. */
final class KeyStoreSchema {

    static final Schema SCHEMA = new Schema(
            "keystore",
            JdbcKeyStore.class,
            List.of("001-keys.sql"),
            Map.of(
                    "reseal_keystore",
                    List.of("id", "generation", "contents", "mac", "mac_kek_id", "mac_key"),
                    "reseal_key",
                    List.of(
                            "key_type",
                            "version",
                            "state",
                            "active_key_type",
                            "format",
                            "kek_id",
                            "fingerprint",
                            "wrapped",
                            "created_at",
                            "activated_at",
                            "deactivated_at",
                            "suspended_at",
                            "compromised_at",
                            "pending_destroy_at",
                            "destroyed_at",
                            "origin"),
                    "reseal_record",
                    List.of("kind", "id", "body"),
                    "reseal_node",
                    List.of("node_id", "name", "started_at", "renewed_at", "lease_until", "acknowledged", "evicted"),
                    "reseal_usage",
                    List.of("key_type", "version", "reserved"),
                    "reseal_usage_hour",
                    List.of("key_type", "version", "direction", "node", "hour_start", "operations"),
                    "reseal_audit",
                    List.of(
                            "chain",
                            "seq",
                            "generation",
                            "recorded_at",
                            "actor",
                            "action",
                            "subject",
                            "reason",
                            "detail",
                            "mac"),
                    "reseal_audit_chain",
                    List.of("chain", "node", "started_at", "kek_id", "wrapped"),
                    "reseal_audit_signer",
                    List.of("id", "kek_id", "wrapped"),
                    "reseal_indicator",
                    List.of(
                            "id",
                            "node",
                            "indicator",
                            "column_context",
                            "key_name",
                            "minute_start",
                            "occurrences",
                            "told")));

    private KeyStoreSchema() {}
}
