package io.reseal.keys;

import io.reseal.keys.ColumnIndications.Reader;
import io.reseal.keys.spi.KeyStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node meets that may point to a compromise. Counted in memory of a bounded size, and written to the key store, where
 * others see it, by the thread that reads the keys. Safe for use by several threads.
 */
final class Indications {

    static final int MAX_COLUMNS = 1_000;
    static final String OTHER_COLUMNS = "(other columns)";

    private static final Logger LOG = LoggerFactory.getLogger(Indications.class);
    private static final String NO_COLUMN = "";

    /** One entry for many openings: an hour of them, or what was until the end. */
    private static final Duration AUDITED = Duration.ofHours(1);

    private final KeyStore store;
    private final AuditTrail trail;
    private final KeyTypes types;
    private final String node;
    private final Clock clock;
    private final Map<String, ColumnIndications> columns = new ConcurrentHashMap<>();
    private final ColumnIndications others = new ColumnIndications();
    private final ColumnIndications own = new ColumnIndications();

    /** The minute for which each was counted last. Guarded by this. */
    private final Map<Indicator, Instant> conditions = new EnumMap<>(Indicator.class);

    /** Until when the audit log was told. Guarded by this. */
    private Instant audited;

    Indications(KeyStore store, KeyTypes types, String node, Clock clock) {
        this.store = store;
        this.trail = new AuditTrail(store);
        this.types = types;
        this.node = node;
        this.clock = clock;
        this.audited = clock.instant();
    }

    /** A value of a column was the sign. */
    void count(String column, Indicator indicator, int tinkKeyId) {
        of(column).count(indicator, tinkKeyId);
    }

    private ColumnIndications of(String column) {
        ColumnIndications present = columns.get(column);
        if (present != null) {
            return present;
        }
        return columns.size() < MAX_COLUMNS
                ? columns.computeIfAbsent(column, unused -> new ColumnIndications())
                : others;
    }

    /** Counts what is the matter with this node, once a minute each, and writes everything down; a failure is only logged. */
    void keep(Set<Indicator> present) {
        try {
            note(present);
            write();
            auditIfDue();
        } catch (RuntimeException e) {
            LOG.warn("What may point to a compromise could not be written down; it is tried again", e);
        }
    }

    private synchronized void note(Set<Indicator> present) {
        Instant minute = minute();
        for (Indicator indicator : present) {
            if (!minute.equals(conditions.put(indicator, minute))) {
                own.count(indicator, ColumnIndications.NO_KEY);
            }
        }
    }

    /** Writes down what was met since the last time. */
    synchronized void write() {
        columns.forEach(this::write);
        write(OTHER_COLUMNS, others);
        write(NO_COLUMN, own);
    }

    private void write(String column, ColumnIndications counted) {
        counted.settle(
                Reader.KEY_STORE,
                (place, times) -> store.indicate(
                        new Indication(node, place.indicator(), column, key(place.tinkKeyId()), minute(), times)));
    }

    private synchronized void auditIfDue() {
        if (Duration.between(audited, clock.instant()).compareTo(AUDITED) >= 0) {
            audit();
        }
    }

    /** Tells the audit log what was met since the last time, in one entry for a column, a key and what it was. */
    private synchronized void audit() {
        Instant now = clock.instant();
        Instant until = now.isBefore(audited) ? audited : now;
        columns.forEach((column, counted) -> counted.settle(
                Reader.AUDIT_LOG,
                (place, times) -> audited(place)
                        .ifPresent(what -> trail.counted(new DataPathCount(
                                what, types.key(place.tinkKeyId()), column, audited, until, times)))));
        audited = until;
    }

    /** Writes everything down for the last time; a failure is only logged. */
    void close() {
        keep(Set.of());
        try {
            audit();
        } catch (RuntimeException e) {
            LOG.warn("What may point to a compromise is not in the audit log since the last hour", e);
        }
    }

    /** What names no key that could exist is in the key store's counts alone. */
    private Optional<DataPathCount.What> audited(ColumnIndications.Place place) {
        if (!types.isPossible(place.tinkKeyId())) {
            return Optional.empty();
        }
        return switch (place.indicator()) {
            case COMPROMISED_KEY -> Optional.of(DataPathCount.What.OPENED_UNDER_COMPROMISED);
            case REFUSED_COMPROMISED_KEY -> Optional.of(DataPathCount.What.REFUSED_UNDER_COMPROMISED);
            case SUSPENDED_KEY -> Optional.of(DataPathCount.What.REFUSED_UNDER_SUSPENDED);
            case PENDING_DESTROY_KEY -> Optional.of(DataPathCount.What.REFUSED_UNDER_PENDING_DESTROY);
            case DESTROYED_KEY -> Optional.of(DataPathCount.What.REFUSED_UNDER_DESTROYED);
            case TAMPERED_VALUE -> Optional.of(DataPathCount.What.FAILED_TO_OPEN);
            case PLAINTEXT_VALUE,
                    UNKNOWN_KEY,
                    KEY_STORE_TAMPERED,
                    KEY_STORE_ROLLED_BACK,
                    KEY_STORE_UNAVAILABLE,
                    ANCHOR_UNAVAILABLE,
                    CLOCK_BEHIND -> Optional.empty();
        };
    }

    private String key(int tinkKeyId) {
        return tinkKeyId == ColumnIndications.NO_KEY ? "" : types.describe(tinkKeyId);
    }

    private Instant minute() {
        return clock.instant().truncatedTo(ChronoUnit.MINUTES);
    }
}
