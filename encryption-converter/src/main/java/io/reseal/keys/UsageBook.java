package io.reseal.keys;

import io.reseal.ResealException;
import io.reseal.keys.TwoClocks.Moment;
import io.reseal.keys.spi.KeyStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What this node does under every key version, and when it is written down. Safe for use by several threads. */
final class UsageBook {

    private static final Logger LOG = LoggerFactory.getLogger(UsageBook.class);
    private static final Duration WRITE_INTERVAL = Duration.ofMinutes(1);

    private final KeyStore store;
    private final KeyTypes types;
    private final NodeMembership node;
    private final Clock clock;
    private final TwoClocks clocks;
    private final Map<Integer, VersionUsage> versions = new ConcurrentHashMap<>();

    /** Guarded by this, as is the next. */
    private Instant hour;

    private Moment written;

    UsageBook(KeyStore store, KeyTypes types, NodeMembership node, Clock clock) {
        this.store = store;
        this.types = types;
        this.node = node;
        this.clock = clock;
        this.clocks = new TwoClocks(clock);
        this.hour = presentHour();
        this.written = clocks.now();
    }

    /** The page of a key that this node holds. */
    VersionUsage of(int tinkKeyId) {
        VersionUsage present = versions.get(tinkKeyId);
        return present == null ? versions.computeIfAbsent(tinkKeyId, this::newPage) : present;
    }

    private VersionUsage newPage(int tinkKeyId) {
        KeyType type = types.withCode(tinkKeyId >>> 24).orElseThrow();
        return new VersionUsage(new KeyId(type, tinkKeyId & KeyId.MAX_VERSION), store, clocks, node.lease());
    }

    /** For the thread that reads the keys: reserves ahead and writes down what is due; a failure is only logged. */
    void keep(Keyring keyring) {
        try {
            keyring.versions().stream()
                    .filter(version -> version.state().seals() && isSealedUnder(version.type()))
                    .forEach(version -> of(version.id().tinkKeyId()).reserveAhead());
            if (isWritingDue()) {
                write();
            }
        } catch (RuntimeException e) {
            LOG.warn("What was done with the keys could not be written down; it is tried again", e);
        }
    }

    private boolean isSealedUnder(KeyType type) {
        return versions.values().stream().anyMatch(page -> page.key().type().equals(type) && page.seals());
    }

    private synchronized boolean isWritingDue() {
        return clocks.since(written).compareTo(WRITE_INTERVAL) >= 0 || !hour.equals(presentHour());
    }

    /** Writes down what was done since the last time, under the hour in which that was. */
    synchronized void write() {
        versions.values()
                .forEach(page -> page.settle((direction, number) ->
                        store.recordOperations(new KeyOperations(page.key(), direction, node.name(), hour, number))));
        hour = presentHour();
        written = clocks.now();
    }

    /** Writes down what was done, for the last time; a failure is only logged. */
    void close() {
        try {
            write();
        } catch (ResealException e) {
            LOG.warn("What this node did with the keys since the last minute was not written down", e);
        }
    }

    private Instant presentHour() {
        return clock.instant().truncatedTo(ChronoUnit.HOURS);
    }
}
