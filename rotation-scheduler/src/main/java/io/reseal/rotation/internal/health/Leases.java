package io.reseal.rotation.internal.health;

import io.reseal.database.ResealDatabase;
import io.reseal.keys.KeyNode;
import io.reseal.keys.KeyRegistry;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.health.HealthFinding;
import io.reseal.rotation.health.HealthFinding.Check;
import io.reseal.rotation.internal.alert.AlertStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Whether the nodes that seal hold their leases. A node that was closed has left the list; one that was killed leaves it after a day. */
final class Leases implements Look {

    /** A node that stood still for a moment has its lease again by now. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final String WELL = "every node has held its lease within " + PATIENCE.toSeconds() + " s";

    private final KeyRegistry keys;
    private final AlertStore clock;

    Leases(KeyRegistry keys, ResealDatabase database) {
        this.keys = keys;
        this.clock = new AlertStore(database);
    }

    @Override
    public Check check() {
        return Check.NODES;
    }

    @Override
    public Set<AlertKind> kinds() {
        return Set.of(AlertKind.NODES_LAPSED);
    }

    /** One finding for all: after a night of restarts nobody reads twenty. */
    @Override
    public List<HealthFinding> at(Instant now) {
        List<KeyNode> nodes = keys.nodes().all();
        Instant present = clock.now();
        List<KeyNode> lapsed = nodes.stream()
                .filter(node -> node.standing() == KeyNode.Standing.LAPSED)
                .filter(node -> node.leaseUntil().plus(PATIENCE).isBefore(present))
                .toList();
        return List.of(
                lapsed.isEmpty()
                        ? HealthFinding.well(Check.NODES, AlertSubject.keyStore(), nodes.size() + " nodes", WELL)
                        : HealthFinding.of(
                                AlertKind.NODES_LAPSED,
                                Check.NODES,
                                AlertSubject.keyStore(),
                                lapsed.size() + " of " + nodes.size() + " nodes have lost theirs: " + listed(lapsed),
                                WELL));
    }

    private static String listed(List<KeyNode> nodes) {
        return nodes.stream()
                .map(node -> node.name() + " (until " + node.leaseUntil() + ")")
                .collect(Collectors.joining(", "));
    }
}
