package io.reseal.internal.audit;

import com.google.crypto.tink.util.Bytes;
import io.reseal.audit.AuditEvent;
import io.reseal.audit.AuditHead;
import io.reseal.audit.AuditRecord;
import io.reseal.audit.AuditVerification;
import io.reseal.audit.CheckpointSink;
import io.reseal.keys.AuditEntry;
import io.reseal.testing.TestKek;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;

/** An audit log in memory, written by the same classes as the real one, whose tables anybody may edit. */
final class MemoryLog implements AuditSource, AuditSource.Snapshot {

    static final AuditKeys KEYS = new AuditKeys("application", "test", new TestKek("kek"));

    final List<ChainRow> chains = new ArrayList<>();
    final List<AuditRecord> entries = new ArrayList<>();
    final List<String> lines = new ArrayList<>();
    final List<AuditHead> remembered = new ArrayList<>();

    /** Whether the verification is told of the sink. */
    boolean withSink = true;

    /** Of the key store, as its seal has it. */
    long generation;

    /** The heads that the last checkpoints name. */
    final Map<String, AuditHead> checked = new TreeMap<>();

    private final Bytes wrappedSigner;

    private MemoryLog(Bytes wrappedSigner) {
        this.wrappedSigner = wrappedSigner;
    }

    static MemoryLog empty() {
        return new MemoryLog(CheckpointSigner.wrappedNewKey(KEYS));
    }

    /** What somebody might tamper with. */
    MemoryLog copy() {
        MemoryLog copy = new MemoryLog(wrappedSigner);
        copy.chains.addAll(chains);
        copy.entries.addAll(entries);
        copy.lines.addAll(lines);
        copy.remembered.addAll(remembered);
        copy.checked.putAll(checked);
        copy.generation = generation;
        copy.withSink = withSink;
        return copy;
    }

    boolean isLike(MemoryLog other) {
        return chains.equals(other.chains)
                && inOrder().equals(other.inOrder())
                && lines.equals(other.lines)
                && generation == other.generation;
    }

    AuditVerification verify() {
        return new LogVerifier(this, KEYS, progress -> {})
                .verify(withSink ? List.of(new Sink(lines)) : List.of(), remembered);
    }

    @Override
    public Optional<Bytes> signer() {
        return Optional.of(wrappedSigner);
    }

    @Override
    public void snapshot(Consumer<Snapshot> reader) {
        reader.accept(this);
    }

    @Override
    public List<ChainRow> chains() {
        return chains;
    }

    @Override
    public Optional<AuditHead> head(String chain, long seq) {
        return entries.stream()
                .map(AuditRecord::head)
                .filter(head -> head.chain().equals(chain) && head.seq() == seq)
                .findFirst();
    }

    @Override
    public OptionalLong generation() {
        return OptionalLong.of(generation);
    }

    @Override
    public long count() {
        return entries.size();
    }

    @Override
    public void entries(Consumer<AuditRecord> each) {
        inOrder().forEach(each);
    }

    private List<AuditRecord> inOrder() {
        return entries.stream()
                .sorted(Comparator.comparing((AuditRecord entry) -> entry.head().chain())
                        .thenComparingLong(entry -> entry.head().seq()))
                .toList();
    }

    record Sink(List<String> lines) implements CheckpointSink {

        @Override
        public String name() {
            return "sink";
        }

        @Override
        public void append(String line) {
            lines.add(line);
        }

        @Override
        public void lines(Consumer<String> each) {
            lines.forEach(each);
        }
    }

    /** A log of some nodes, some of which were started again, with checkpoints in between and entries after the last. */
    static MemoryLog random(Random random) {
        MemoryLog log = new MemoryLog(CheckpointSigner.wrappedNewKey(KEYS));
        new Writer(log, random).write();
        return log;
    }

    private static final class Writer {

        private static final int STEPS = 30;

        private final MemoryLog log;
        private final Random random;
        private final CheckpointSigner signer;
        private final Map<String, AuditChain> open = new TreeMap<>();
        private Instant now = Instant.parse("2026-01-02T03:04:05.000006Z");

        Writer(MemoryLog log, Random random) {
            this.log = log;
            this.random = random;
            this.signer = CheckpointSigner.open(log.wrappedSigner, KEYS).orElseThrow();
        }

        void write() {
            begin("a");
            begin("b");
            begin("c");
            int checkpoint = random.nextInt(5, STEPS - 5);
            for (int i = 0; i < STEPS; i++) {
                now = now.plusNanos(1000L * random.nextInt(1, 1_000_000));
                if (i == checkpoint || random.nextInt(STEPS) == 0) {
                    checkpoint(node());
                } else if (random.nextInt(12) == 0) {
                    begin(node());
                } else {
                    add(node(), event(i));
                }
            }
            open.values().forEach(chain -> log.remembered.add(chain.head().orElseThrow()));
        }

        private String node() {
            return List.copyOf(open.keySet()).get(random.nextInt(open.size()));
        }

        private void begin(String node) {
            String id = new UUID(random.nextLong(), random.nextLong()).toString();
            ChainKey key = KEYS.newKey();
            String previous = Optional.ofNullable(open.get(node))
                    .map(chain -> chain.head().orElseThrow().text())
                    .orElse("");
            log.chains.add(KEYS.wrapped(id, node, now, key));
            AuditEvent event = new AuditEvent(node, new AuditEntry("reseal", AuditJournal.BEGIN, "begins", previous));
            AuditChain.Beginning beginning = AuditChain.begin(id, key, event, now);
            log.entries.add(beginning.first());
            open.put(node, beginning.chain());
            add(node, event(0));
        }

        private void add(String node, AuditEvent event) {
            AuditChain chain = Objects.requireNonNull(open.get(node));
            AuditRecord entry = chain.next(event, now);
            log.entries.add(entry);
            chain.stored(entry.head());
        }

        private AuditEvent event(int i) {
            String operator = "operator " + random.nextInt(3);
            if (random.nextBoolean()) {
                return new AuditEvent("users.ssn", new AuditEntry(operator, "count", "because " + i, "detail"));
            }
            if (random.nextInt(8) == 0) {
                String from = "from generation " + log.generation;
                log.generation += random.nextInt(1, 9);
                AuditEntry recovery = new AuditEntry(operator, "recover", "restored", from);
                return new AuditEvent(Optional.of(log.generation), "version-floor all", recovery);
            }
            return new AuditEvent(
                    Optional.of(++log.generation),
                    "token_encryption version " + random.nextInt(1, 9),
                    new AuditEntry(operator, "promote", "because " + i, "detail"));
        }

        private void checkpoint(String node) {
            List<AuditHead> heads = new ArrayList<>();
            ends().forEach((chain, head) -> {
                if (!head.equals(log.checked.put(chain, head))) {
                    heads.add(head);
                }
            });
            String previous = log.lines.isEmpty() ? "" : Checkpoint.hash(log.lines.get(log.lines.size() - 1));
            Checkpoint next = new Checkpoint("sink", log.lines.size() + 1L, now, previous, heads);
            String line = Checkpoint.line(signer.sign(next));
            log.lines.add(line);
            add(
                    node,
                    new AuditEvent(
                            "sink",
                            new AuditEntry("operator", LogVerifier.CHECKPOINT, "hourly", Checkpoint.hash(line))));
        }

        private Map<String, AuditHead> ends() {
            Map<String, AuditHead> ends = new TreeMap<>();
            log.entries.forEach(entry -> ends.merge(
                    entry.head().chain(), entry.head(), (one, other) -> one.seq() > other.seq() ? one : other));
            return ends;
        }
    }
}
