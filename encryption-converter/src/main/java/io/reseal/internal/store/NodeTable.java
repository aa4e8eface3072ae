package io.reseal.internal.store;

import io.reseal.KeyStoreUnavailableException;
import io.reseal.NodesBehindException;
import io.reseal.database.Moments;
import io.reseal.keys.KeyNode;
import io.reseal.keys.spi.NodeRenewal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/** The statements on {@code reseal_node}. Leases are measured by the database's clock. */
final class NodeTable {

    private static final Duration REMEMBERED = Duration.ofDays(1);
    private static final int ATTEMPTS = 3;

    /** Transactions that run at once see each other's present as a future of milliseconds. */
    private static final Duration AHEAD = Duration.ofSeconds(1);

    private static final String ALL = """
            SELECT node_id, name, started_at, renewed_at, lease_until, acknowledged, evicted,
                   CASE WHEN lease_until > <now> THEN 1 ELSE 0 END AS leased
            FROM reseal_node""";

    private NodeTable() {}

    /**
     * The newest generation, and whether a node was evicted.
     *
     * @param evicted null if the node is not known
     */
    private record Standing(long generation, @Nullable Boolean evicted) {}

    /**
     * Each statement is a transaction of its own: the generation is read after everybody can see the renewal, and a process
     * that is frozen between the two holds no lock.
     */
    static OptionalLong renew(Handle handle, NodeRenewal renewal) {
        for (int i = 0; i < ATTEMPTS; i++) {
            boolean renewed = prolong(handle, renewal);
            Standing standing = standing(handle, renewal.node());
            if (standing.evicted() == null) {
                join(handle, renewal);
            } else if (standing.evicted()) {
                return OptionalLong.empty();
            } else if (renewed || standing.generation() != renewal.holds()) {
                return OptionalLong.of(standing.generation());
            }
        }
        throw new KeyStoreUnavailableException(
                "The key store changed under " + ATTEMPTS + " renewals of a node in a row: try again",
                new IllegalStateException("no moment of rest"));
    }

    private static boolean prolong(Handle handle, NodeRenewal renewal) {
        return handle.createUpdate("""
                        UPDATE reseal_node SET acknowledged = :holds, renewed_at = <now>, lease_until = <after_millis>
                        WHERE node_id = :node AND evicted = FALSE
                          AND EXISTS (SELECT 1 FROM reseal_keystore WHERE generation = :holds)
                        """)
                        .bind("node", renewal.node())
                        .bind("holds", renewal.holds())
                        .bind("millis", renewal.lease().toMillis())
                        .execute()
                == 1;
    }

    private static Standing standing(Handle handle, String node) {
        return handle.createQuery("""
                        SELECT k.generation, n.evicted
                        FROM reseal_keystore k LEFT JOIN reseal_node n ON n.node_id = :node
                        """)
                .bind("node", node)
                .map((row, context) -> standing(row))
                .findOne()
                .orElseThrow(StoreSnapshot::noGeneration);
    }

    private static Standing standing(ResultSet row) throws SQLException {
        long generation = row.getLong("generation");
        boolean evicted = row.getBoolean("evicted");
        return new Standing(generation, row.wasNull() ? null : evicted);
    }

    /** Without a lease as yet, which only the newest generation brings. */
    private static void join(Handle handle, NodeRenewal renewal) {
        handle.createUpdate("DELETE FROM reseal_node WHERE lease_until < <after_millis>")
                .bind("millis", -REMEMBERED.toMillis())
                .execute();
        handle.createUpdate("""
                        INSERT INTO reseal_node (node_id, name, started_at, renewed_at, lease_until, acknowledged, evicted)
                        VALUES (:node, :name, <now>, <now>, <now>, :holds, FALSE)
                        """)
                .bind("node", renewal.node())
                .bind("name", renewal.name())
                .bind("holds", renewal.holds())
                .execute();
    }

    static int leave(Handle handle, String node) {
        return handle.createUpdate("DELETE FROM reseal_node WHERE node_id = :node")
                .bind("node", node)
                .execute();
    }

    static int evictSilent(Handle handle, Duration silence) {
        int evicted = handle.createUpdate("UPDATE reseal_node SET evicted = TRUE WHERE renewed_at <= <after_millis>")
                .bind("millis", -silence.toMillis())
                .execute();
        return evicted + evictFuture(handle);
    }

    /**
     * Whoever renewed in the future did so before the database's clock was set back: its lease gets the length that it had, from now
     * on, which is longer than by the node's own clocks.
     */
    private static int evictFuture(Handle handle) {
        List<KeyNode> future = handle.createQuery(
                        ALL + " WHERE renewed_at > <after_millis> ORDER BY started_at, node_id")
                .bind("millis", AHEAD.toMillis())
                .map(NodeTable::node)
                .list();
        future.forEach(node -> handle.createUpdate("""
                        UPDATE reseal_node SET evicted = TRUE, lease_until = <after_millis>
                        WHERE node_id = :node AND renewed_at = :renewed
                        """)
                .bind(
                        "millis",
                        Duration.between(node.renewed(), node.leaseUntil()).toMillis())
                .bind("node", node.id())
                .bind("renewed", node.renewed())
                .execute());
        return future.size();
    }

    static List<KeyNode> all(Handle handle) {
        return handle.createQuery(ALL + " ORDER BY started_at, node_id")
                .map(NodeTable::node)
                .list();
    }

    /** In the transaction of a promotion, which has changed the generation already. */
    static void requireAcknowledged(Handle handle, long generation) {
        List<String> behind = all(handle).stream()
                .filter(node -> node.isBehind(generation))
                .map(KeyNode::name)
                .toList();
        if (!behind.isEmpty()) {
            throw new NodesBehindException(generation, behind);
        }
    }

    private static KeyNode node(ResultSet row, StatementContext context) throws SQLException {
        return new KeyNode(
                row.getString("node_id"),
                row.getString("name"),
                Moments.read(row, "started_at", context),
                Moments.read(row, "renewed_at", context),
                Moments.read(row, "lease_until", context),
                row.getLong("acknowledged"),
                row.getInt("leased") == 1,
                row.getBoolean("evicted"));
    }
}
