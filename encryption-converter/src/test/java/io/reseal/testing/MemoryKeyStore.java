package io.reseal.testing;

import io.reseal.KeyStoreUnavailableException;
import io.reseal.NodesBehindException;
import io.reseal.audit.AuditEvent;
import io.reseal.keys.AuditEntry;
import io.reseal.keys.Direction;
import io.reseal.keys.Indication;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyNode;
import io.reseal.keys.KeyOperations;
import io.reseal.keys.KeyUsage;
import io.reseal.keys.spi.KeyStore;
import io.reseal.keys.spi.KeyTransition;
import io.reseal.keys.spi.NodeRenewal;
import io.reseal.keys.spi.StoreSeal;
import io.reseal.keys.spi.StoredKeys;
import io.reseal.keys.spi.WrappedKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A key store in memory that keeps the same contract as the real ones, counts reads, and fails when told to. */
public final class MemoryKeyStore implements KeyStore {

    private final AtomicInteger reads = new AtomicInteger();
    private final Map<String, KeyNode> nodes = new TreeMap<>();
    private final Map<KeyId, Long> reserved = new TreeMap<>();
    private final List<KeyOperations> operations = new ArrayList<>();
    private Runnable meanwhile = () -> {};
    private final Map<Indication, Long> indications = new HashMap<>();
    private final Clock clock;
    private final List<AuditEvent> notes = new ArrayList<>();
    private StoredKeys stored = StoredKeys.NONE;
    private volatile boolean failing;

    /** A store in which no lease ever runs out. */
    public MemoryKeyStore() {
        this(TestClock.standing());
    }

    /** A store that measures leases by {@code clock}. */
    public MemoryKeyStore(Clock clock) {
        this.clock = clock;
    }

    /** Every call fails from now on, or no longer. */
    public void fail(boolean fails) {
        failing = fails;
    }

    /** How often the generation was asked for. */
    public int reads() {
        return reads.get();
    }

    /** Replaces everything, as an operator might, or a restore. */
    public synchronized void overwrite(StoredKeys others) {
        stored = others;
    }

    /** What happens while the next reservation is under way, which others need not wait for. */
    public synchronized void whileReserving(Runnable other) {
        meanwhile = other;
    }

    /** Replaces or adds one key, and leaves everything else as it is. */
    public synchronized void overwrite(WrappedKey key) {
        List<WrappedKey> keys = new ArrayList<>(stored.keys());
        keys.removeIf(other -> other.metadata().id().equals(key.metadata().id()));
        keys.add(key);
        stored = new StoredKeys(stored.generation(), keys, stored.records(), stored.unknown(), stored.seal());
    }

    public synchronized WrappedKey key(KeyId id) {
        return stored.keys().stream()
                .filter(key -> key.metadata().id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public Instant now() {
        return clock.instant();
    }

    @Override
    public synchronized long generation() {
        reads.incrementAndGet();
        requireUp();
        return stored.generation();
    }

    @Override
    public synchronized StoredKeys load() {
        requireUp();
        return stored;
    }

    @Override
    public synchronized boolean apply(
            KeyTransition transition, long expectedGeneration, StoreSeal seal, AuditEntry entry) {
        requireUp();
        if (stored.generation() != expectedGeneration) {
            return false;
        }
        if (transition instanceof KeyTransition.Promote promote
                && promote.predecessor().isPresent()) {
            requireAcknowledged(promote.announced());
        }
        stored = stored.after(transition).sealed(seal);
        return true;
    }

    private void requireAcknowledged(long generation) {
        List<String> behind = nodes().stream()
                .filter(node -> node.isBehind(generation))
                .map(KeyNode::name)
                .toList();
        if (!behind.isEmpty()) {
            throw new NodesBehindException(generation, behind);
        }
    }

    @Override
    public synchronized OptionalLong renew(NodeRenewal renewal) {
        reads.incrementAndGet();
        requireUp();
        KeyNode before = nodes.get(renewal.node());
        if (before != null && before.isEvicted()) {
            return OptionalLong.empty();
        }
        Instant now = clock.instant();
        Instant started = before == null ? now : before.started();
        if (renewal.holds() == stored.generation()) {
            Instant until = now.plus(renewal.lease());
            nodes.put(renewal.node(), node(renewal, started, now, until));
        } else if (before == null) {
            nodes.put(renewal.node(), node(renewal, now, now, now));
        }
        return OptionalLong.of(stored.generation());
    }

    private static KeyNode node(NodeRenewal renewal, Instant started, Instant renewed, Instant until) {
        return new KeyNode(renewal.node(), renewal.name(), started, renewed, until, renewal.holds(), true, false);
    }

    @Override
    public synchronized void indicate(Indication met) {
        requireUp();
        Indication one = with(met, 1);
        indications.put(one, indications.getOrDefault(one, 0L) + met.times());
    }

    @Override
    public synchronized List<Indication> indications(Instant since) {
        requireUp();
        return indications.entrySet().stream()
                .filter(entry -> !entry.getKey().minute().isBefore(since))
                .map(entry -> with(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparing(Indication::minute)
                        .thenComparing(Indication::node)
                        .thenComparing(met -> met.indicator().name())
                        .thenComparing(Indication::column)
                        .thenComparing(Indication::key))
                .toList();
    }

    private static Indication with(Indication met, long times) {
        return new Indication(met.node(), met.indicator(), met.column(), met.key(), met.minute(), times);
    }

    @Override
    public synchronized void leave(String node) {
        requireUp();
        nodes.remove(node);
    }

    /** Replaces each node, as somebody might who may write to the table. */
    public synchronized void overwriteNodes(UnaryOperator<KeyNode> edit) {
        nodes.replaceAll((id, node) -> edit.apply(node));
    }

    @Override
    public synchronized List<KeyNode> nodes() {
        requireUp();
        Instant now = clock.instant();
        return nodes.values().stream()
                .map(node -> with(node, node.leaseUntil().isAfter(now), node.isEvicted()))
                .sorted(Comparator.comparing(KeyNode::started).thenComparing(KeyNode::id))
                .toList();
    }

    @Override
    public synchronized void evictSilent(Duration silence) {
        requireUp();
        Instant since = clock.instant().minus(silence);
        nodes.replaceAll((id, node) -> node.renewed().isAfter(since) ? node : with(node, node.isLeased(), true));
    }

    private static KeyNode with(KeyNode node, boolean isLeased, boolean isEvicted) {
        return new KeyNode(
                node.id(),
                node.name(),
                node.started(),
                node.renewed(),
                node.leaseUntil(),
                node.acknowledged(),
                isLeased,
                isEvicted);
    }

    @Override
    public synchronized void note(String subject, AuditEntry entry) {
        requireUp();
        notes.add(new AuditEvent(subject, entry));
    }

    /** What the audit log was told beside transitions. */
    public synchronized List<AuditEvent> notes() {
        return List.copyOf(notes);
    }

    @Override
    public void reserveUsage(KeyId key, long encryptions) {
        nextMeanwhile().run();
        reserve(key, encryptions);
    }

    private synchronized Runnable nextMeanwhile() {
        requireUp();
        Runnable next = meanwhile;
        meanwhile = () -> {};
        return next;
    }

    private synchronized void reserve(KeyId key, long encryptions) {
        reserved.merge(key, encryptions, Long::sum);
    }

    @Override
    public synchronized void recordOperations(KeyOperations more) {
        requireUp();
        long before = 0;
        for (KeyOperations one : operations) {
            before += one.equals(with(more, one.operations())) ? one.operations() : 0;
        }
        operations.remove(with(more, before));
        operations.add(with(more, before + more.operations()));
    }

    private static KeyOperations with(KeyOperations of, long number) {
        return new KeyOperations(of.key(), of.direction(), of.node(), of.hour(), number);
    }

    @Override
    public synchronized List<KeyUsage> usage() {
        requireUp();
        Set<KeyId> keys = new TreeSet<>(reserved.keySet());
        operations.forEach(one -> keys.add(one.key()));
        return keys.stream()
                .map(key -> new KeyUsage(
                        key, reserved.getOrDefault(key, 0L), sum(key, Direction.SEAL), sum(key, Direction.OPEN)))
                .toList();
    }

    private long sum(KeyId key, Direction direction) {
        return operations.stream()
                .filter(one -> one.key().equals(key) && one.direction() == direction)
                .mapToLong(KeyOperations::operations)
                .sum();
    }

    @Override
    public synchronized List<KeyOperations> operations(Instant since) {
        requireUp();
        return operations.stream()
                .filter(one -> !one.hour().isBefore(since))
                .sorted(Comparator.comparing(KeyOperations::hour)
                        .thenComparing(KeyOperations::key)
                        .thenComparing(one -> one.direction().name())
                        .thenComparing(KeyOperations::node))
                .toList();
    }

    @Override
    public void close() {
        failing = true;
    }

    private void requireUp() {
        if (failing) {
            throw new KeyStoreUnavailableException("switched off by the test", new IllegalStateException());
        }
    }
}
