package io.reseal.rotation;

import io.reseal.keys.AuditEntry;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.ProtectedRecord;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * How long copies of the databases are kept, as people have declared it. A key in such a copy is not erased before the copy is gone, and
 * values in it need the key. Protected like the keys. Safe for use by several threads.
 */
public final class Backups {

    private static final String RETENTION = "retention";
    private static final String ACCEPTANCE = "backup-acceptance";
    private static final JsonMapper JSON = JsonMapper.shared();

    private final KeyRegistry keys;
    private final Approvals approvals;

    Backups(KeyRegistry keys, Approvals approvals) {
        this.keys = keys;
        this.approvals = approvals;
    }

    record Kept(String retention) {}

    /**
     * Declares how long copies of one kind (backups, replicas, logs) are kept. A shorter time than before takes another person:
     * {@link #shortening}.
     *
     * @param copies their name: letters, digits and {@code . _ : / -}
     * @param retention zero if there are no such copies
     * @throws ApprovalRequiredException if it is shorter than before, and nobody else has approved that
     */
    public void declare(String copies, Duration retention, Person by) {
        if (retention.isNegative()) {
            throw new IllegalArgumentException("The retention of " + copies + " is " + retention + ": it is negative");
        }
        Optional<Duration> before = retention(copies);
        AuditEntry entry = new AuditEntry(by.toString(), "declare-retention", copies + " are kept for " + retention);
        if (before.isPresent() && retention.compareTo(before.get()) < 0) {
            approvals.perform(
                    GuardedOperation.shortenRetention(copies, before.get(), retention),
                    by,
                    () -> put(RETENTION, copies, retention.toString(), entry));
        } else {
            put(RETENTION, copies, retention.toString(), entry);
        }
    }

    /** What to ask approval for before a retention is declared to be shorter. */
    public GuardedOperation shortening(String copies, Duration retention) {
        return GuardedOperation.shortenRetention(copies, retention(copies).orElse(Duration.ZERO), retention);
    }

    /** The longest retention; empty if none is declared. */
    public Optional<Duration> longestRetention() {
        return keys.refresh().records(RETENTION).stream()
                .map(record -> Duration.parse(kept(record)))
                .max(Comparator.naturalOrder());
    }

    /** What to ask approval for before {@link #acceptUnreadable}. */
    public GuardedOperation acceptance(KeyId key) {
        return GuardedOperation.acceptUnreadableBackups(key, longestRetention());
    }

    /**
     * Takes it on that retained copies become unreadable with the key; declaring a longer retention takes that back.
     *
     * @throws ApprovalRequiredException if nobody else has approved it
     */
    public void acceptUnreadable(KeyId key, Person by, String reason) {
        Optional<Duration> longest = longestRetention();
        AuditEntry entry = new AuditEntry(by.toString(), "accept-unreadable-backups", reason, key.toString());
        approvals.perform(
                GuardedOperation.acceptUnreadableBackups(key, longest),
                by,
                () -> put(ACCEPTANCE, id(key), text(longest), entry));
    }

    /** Whether two people have accepted the loss of what is declared now. */
    boolean isAccepted(KeyId key) {
        return keys.refresh()
                .record(ACCEPTANCE, id(key))
                .map(Backups::kept)
                .filter(text(longestRetention())::equals)
                .isPresent();
    }

    private static String text(Optional<Duration> longest) {
        return longest.map(Duration::toString).orElse("not declared");
    }

    private Optional<Duration> retention(String copies) {
        return keys.refresh().record(RETENTION, copies).map(Backups::kept).map(Duration::parse);
    }

    private ProtectedRecord put(String kind, String id, String value, AuditEntry entry) {
        return keys.records().put(new ProtectedRecord(kind, id, JSON.writeValueAsString(new Kept(value))), entry);
    }

    private static String kept(ProtectedRecord record) {
        return JSON.readValue(record.body(), Kept.class).retention();
    }

    private static String id(KeyId key) {
        return key.type() + "/" + key.version();
    }
}
