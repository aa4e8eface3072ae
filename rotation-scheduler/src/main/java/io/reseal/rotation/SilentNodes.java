package io.reseal.rotation;

import io.reseal.NodesBehindException;
import io.reseal.keys.KeyNode;
import io.reseal.keys.KeyNodes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for the nodes that seal, and not long: who does not acknowledge in time is evicted, and its lease, which it can no longer renew,
 * runs out. For one emergency.
 */
final class SilentNodes {

    static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(SilentNodes.class);
    private static final Duration LOOK = Duration.ofMillis(20);
    private static final String INTERRUPTED =
            "Interrupted while an emergency waited for the nodes that seal. Call it out"
                    + " again: it goes on where it was";

    private final KeyNodes nodes;
    private final Duration patience;
    private final List<String> evicted = new ArrayList<>();

    SilentNodes(KeyNodes nodes) {
        this(nodes, PATIENCE);
    }

    SilentNodes(KeyNodes nodes, Duration patience) {
        this.nodes = nodes;
        this.patience = patience;
    }

    /** Does something that waits until every node knows of the present generation. */
    <T> T acknowledged(Supplier<T> promotion) {
        long begun = System.nanoTime();
        while (true) {
            try {
                return promotion.get();
            } catch (NodesBehindException e) {
                await(e.generation(), begun);
            }
        }
    }

    /** Returns once every node that may seal holds {@code generation}, or a later one. */
    void await(long generation) {
        await(generation, System.nanoTime());
    }

    /** The names of the nodes that were evicted. */
    List<String> evicted() {
        return List.copyOf(evicted);
    }

    private void await(long generation, long begun) {
        List<KeyNode> behind = nodes.behind(generation);
        while (!behind.isEmpty()) {
            if (Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException(INTERRUPTED);
            }
            if (System.nanoTime() - begun >= patience.toNanos()) {
                evict(behind);
            }
            LockSupport.parkNanos(this, LOOK.toNanos());
            behind = nodes.behind(generation);
        }
    }

    private void evict(List<KeyNode> behind) {
        List<KeyNode> stubborn =
                behind.stream().filter(node -> !node.isEvicted()).toList();
        if (!stubborn.isEmpty()) {
            nodes.evictSilent(patience);
            nodes.all().stream()
                    .filter(KeyNode::isEvicted)
                    .filter(node -> stubborn.stream().anyMatch(one -> one.id().equals(node.id())))
                    .forEach(node -> {
                        LOG.warn("The node {} has not acknowledged for {} and was evicted", node.name(), patience);
                        evicted.add(node.name());
                    });
        }
    }
}
