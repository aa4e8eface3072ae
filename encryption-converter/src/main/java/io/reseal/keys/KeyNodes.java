package io.reseal.keys;

import io.reseal.keys.spi.KeyStore;
import java.time.Duration;
import java.util.List;

/**
 * The processes that seal, over the whole key store. Safe for use by several threads.
 *
 * <p>The list is not protected against SQL, as keys are. Who edits it can make a promotion wait, or not wait for a node, which then
 * seals under the predecessor for one lease at most. Only the fence of a hard proof shows that no such value is left.
 */
public final class KeyNodes {

    private final KeyStore store;

    KeyNodes(KeyStore store) {
        this.store = store;
    }

    /** Every node that was heard of within a day, the oldest first. */
    public List<KeyNode> all() {
        return store.nodes();
    }

    /** The nodes that may seal and have not taken note of a generation. Each leaves this list at the latest with its lease. */
    public List<KeyNode> behind(long generation) {
        return all().stream().filter(node -> node.isBehind(generation)).toList();
    }

    /**
     * Lets no node renew its lease that has not held the newest generation for so long. What it may do already it may do until its
     * lease has run out; then it has to join again, with the newest keys.
     */
    public void evictSilent(Duration silence) {
        store.evictSilent(silence);
    }
}
