package io.reseal.internal.store;

import io.reseal.database.Schema;
import java.util.List;
import java.util.Map;

/** Which tables, views and columns the key store's script makes. */
final class KeyStoreSchema {

    static final Schema SCHEMA = new Schema(
            "keystore",
            JdbcKeyStore.class,
            List.of("001-keys.sql"),
            Map.ofEntries(
                    table("reseal_keystore", "id generation contents mac mac_kek_id mac_key"),
                    table(
                            "reseal_key",
                            "key_type version state active_key_type format kek_id fingerprint wrapped created_at activated_at deactivated_at suspended_at "
                                    + "compromised_at pending_destroy_at destroyed_at origin"),
                    table("reseal_record", "kind id body"),
                    table("reseal_node", "node_id name started_at renewed_at lease_until acknowledged evicted"),
                    table("reseal_usage", "key_type version reserved"),
                    table("reseal_usage_hour", "key_type version direction node hour_start operations"),
                    table("reseal_audit", "chain seq generation recorded_at actor action subject reason detail mac"),
                    table("reseal_audit_chain", "chain node started_at kek_id wrapped"),
                    table("reseal_audit_signer", "id kek_id wrapped"),
                    table(
                            "reseal_indicator",
                            "id node indicator column_context key_name minute_start occurrences told"),
                    table(
                            "reseal_key_status",
                            "key_type version state state_since priority age_days interval_days age_percent rotation_due_at "
                                    + "grace_until reserved usage_limit usage_percent sealed opened last_used_hour created_at "
                                    + "activated_at deactivated_at suspended_at compromised_at pending_destroy_at destroyed_at")));

    private KeyStoreSchema() {}

    private static Map.Entry<String, List<String>> table(String name, String columns) {
        return Map.entry(name, List.of(columns.split(" ")));
    }
}
