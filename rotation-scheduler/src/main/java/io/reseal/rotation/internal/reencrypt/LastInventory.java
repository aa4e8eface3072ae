package io.reseal.rotation.internal.reencrypt;

import io.reseal.keys.KeyId;
import io.reseal.rotation.internal.jdbc.Attempts;
import io.reseal.rotation.reencryption.InventoryLine;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The table {@code reseal_inventory}, which holds what was counted the last time. */
final class LastInventory {

    private static final Logger LOG = LoggerFactory.getLogger(LastInventory.class);

    private final Jdbi jdbi;

    LastInventory(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** Puts these counts in the place of the earlier ones; whoever counted has them also where that fails. */
    List<InventoryLine> keep(List<InventoryLine> lines) {
        try {
            int unused = Attempts.STANDARD.inTransaction(jdbi, handle -> replace(handle, lines));
        } catch (JdbiException e) {
            LOG.warn("What was counted was not kept in reseal_inventory: {}", Failures.describe(e));
        }
        return lines;
    }

    private static int replace(Handle handle, List<InventoryLine> lines) {
        int replaced = handle.execute("DELETE FROM reseal_inventory");
        PreparedBatch batch = handle.prepareBatch("""
                INSERT INTO reseal_inventory (table_schema, table_name, column_name, key_type, version, stored_values, counted_at)
                VALUES (:schema, :table, :column, :type, :version, :values, <now>)
                """);
        lines.forEach(line -> batch.bind("schema", line.schema().orElse(""))
                .bind("table", line.table())
                .bind("column", line.column())
                .bind("type", line.key().map(key -> key.type().name()).orElse(""))
                .bind("version", line.key().map(KeyId::version).orElse(0))
                .bind("values", line.values())
                .add());
        if (batch.size() > 0) {
            batch.execute();
        }
        return replaced;
    }
}
