package io.reseal.rotation;

import io.reseal.keys.AuditEntry;
import io.reseal.keys.KeyDecision;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.Keyring;
import io.reseal.keys.ProtectedRecord;
import io.reseal.rotation.internal.reencrypt.CanonicalDigest;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/**
 * How long copies of the databases are kept, as people have declared it. A key in such a copy is not erased before the copy is gone, and
 * values in it need the key. Protected like the keys. Safe for use by several threads.
 */
public final class Backups {

    private static final String RETENTION = "retention";
    private static final String ACCEPTANCE = "backup-acceptance";
    private static final int MAX_TEXT = 1_000;
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
        AuditEntry entry = new AuditEntry(by.toString(), "declare-retention", copies + " are kept for " + retention);
        KeyDecision decision = put(RETENTION, copies, retention.toString(), entry);
        boolean isDone = keys.decisions()
                .decide(keyring -> isShorter(keyring, copies, retention) ? Optional.empty() : Optional.of(decision))
                .isPresent();
        if (!isDone) {
            approvals.decide(
                    keyring -> Optional.of(new Approvals.Guarded(shortening(keyring, copies, retention), decision)));
        }
    }

    private static boolean isShorter(Keyring keyring, String copies, Duration retention) {
        return retention(keyring, copies)
                .filter(before -> retention.compareTo(before) < 0)
                .isPresent();
    }

    /** What to ask approval for before a retention is declared to be shorter. */
    public GuardedOperation shortening(String copies, Duration retention) {
        return shortening(keys.refresh(), copies, retention);
    }

    private static GuardedOperation shortening(Keyring keyring, String copies, Duration retention) {
        return GuardedOperation.shortenRetention(
                copies, retention(keyring, copies).orElse(Duration.ZERO), retention);
    }

    /** The longest retention; empty if none is declared. */
    public Optional<Duration> longestRetention() {
        return declared(keys.refresh()).values().stream().max(Comparator.naturalOrder());
    }

    /** What to ask approval for before {@link #acceptUnreadable}. */
    public GuardedOperation acceptance(KeyId key) {
        return acceptance(keys.refresh(), key);
    }

    private static GuardedOperation acceptance(Keyring keyring, KeyId key) {
        return GuardedOperation.acceptUnreadableBackups(Custody.version(keyring, key), text(keyring));
    }

    /**
     * Takes it on that retained copies become unreadable with the key; declaring other retentions, or cancelling the destruction, takes
     * that back.
     *
     * @throws ApprovalRequiredException if nobody else has approved it
     * @throws IllegalArgumentException if the key store holds no such key
     */
    public void acceptUnreadable(KeyId key, Person by, String reason) {
        AuditEntry entry = new AuditEntry(by.toString(), "accept-unreadable-backups", reason, key.toString());
        approvals.decide(keyring -> Optional.of(
                new Approvals.Guarded(acceptance(keyring, key), put(ACCEPTANCE, id(key), text(keyring), entry))));
    }

    /** Whether two people have accepted the loss of what is declared now. */
    boolean isAccepted(KeyId key) {
        return isAccepted(keys.refresh(), key);
    }

    private static boolean isAccepted(Keyring keyring, KeyId key) {
        return keyring.record(ACCEPTANCE, id(key))
                .map(Backups::kept)
                .filter(text(keyring)::equals)
                .isPresent();
    }

    /** Takes an acceptance back. */
    ProtectedRecord notAccepted(KeyId key) {
        return record(ACCEPTANCE, id(key), "");
    }

    /** What those who approve a destruction have to know of copies. */
    String told(KeyId key) {
        Keyring keyring = keys.refresh();
        return text(keyring) + (isAccepted(keyring, key) ? "; accepted that they become unreadable" : "");
    }

    /** What is declared, in one order; of much, a digest. */
    private static String text(Keyring keyring) {
        SortedMap<String, Duration> declared = declared(keyring);
        String all = declared.entrySet().stream()
                .map(one -> one.getKey() + " kept for " + one.getValue())
                .collect(Collectors.joining(", "));
        if (all.length() > MAX_TEXT) {
            return declared.size() + " kinds, sha-256 " + CanonicalDigest.of(List.of(all));
        }
        return declared.isEmpty() ? "not declared" : all;
    }

    private static SortedMap<String, Duration> declared(Keyring keyring) {
        SortedMap<String, Duration> declared = new TreeMap<>();
        keyring.records(RETENTION).forEach(record -> declared.put(record.id(), Duration.parse(kept(record))));
        return declared;
    }

    private static Optional<Duration> retention(Keyring keyring, String copies) {
        return Optional.ofNullable(declared(keyring).get(copies));
    }

    private static KeyDecision put(String kind, String id, String value, AuditEntry entry) {
        return new KeyDecision(Optional.empty(), List.of(record(kind, id, value)), entry);
    }

    private static ProtectedRecord record(String kind, String id, String value) {
        return new ProtectedRecord(kind, id, JSON.writeValueAsString(new Kept(value)));
    }

    private static String kept(ProtectedRecord record) {
        return JSON.readValue(record.body(), Kept.class).retention();
    }

    private static String id(KeyId key) {
        return key.type() + "/" + key.version();
    }
}
