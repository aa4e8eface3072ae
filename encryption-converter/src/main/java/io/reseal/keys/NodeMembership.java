package io.reseal.keys;

import io.reseal.ResealException;
import io.reseal.keys.spi.KeyStore;
import io.reseal.keys.spi.NodeRenewal;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This process among the nodes that seal. For one thread at a time. */
final class NodeMembership {

    private static final Logger LOG = LoggerFactory.getLogger(NodeMembership.class);

    private final KeyStore store;
    private final Duration lease;
    private final String name = ProcessHandle.current().pid() + "@" + host();
    private volatile String id = newId();

    NodeMembership(KeyStore store, Duration lease) {
        this.store = store;
        this.lease = lease;
    }

    /** For people; another process has another. */
    String name() {
        return name;
    }

    /** How long it may seal without an answer. */
    Duration lease() {
        return lease;
    }

    /**
     * Renews the lease, if {@code held} is the newest generation; joins first, if this process has not or was evicted.
     *
     * @return the newest generation
     */
    long renew(long held) {
        OptionalLong newest = store.renew(renewal(held));
        if (newest.isEmpty()) {
            LOG.warn("The node {} ({}) was evicted while it was silent: it joins again", name, id);
            id = newId();
            newest = store.renew(renewal(held));
        }
        return newest.orElseThrow(() -> new IllegalStateException("A node that has just joined was evicted"));
    }

    /** Gives up the lease at once; a key store that does not answer will see it run out. */
    void leave() {
        try {
            store.leave(id);
        } catch (ResealException e) {
            LOG.debug("The node {} did not reach the key store to leave", name, e);
        }
    }

    private NodeRenewal renewal(long held) {
        return new NodeRenewal(id, name, held, lease);
    }

    private static String newId() {
        return UUID.randomUUID().toString();
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
