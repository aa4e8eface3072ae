package io.reseal.internal.audit;

import io.reseal.audit.AuditHead;
import io.reseal.audit.AuditLog;
import io.reseal.audit.AuditRecord;
import io.reseal.audit.AuditVerification;
import io.reseal.audit.CheckpointSink;
import io.reseal.audit.Tampering;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the whole log, once. Entries pass through one by one: the heap that it takes grows with the number of chains and
 * of checkpoints, and by a bit for each transition, never with the number of entries.
 */
public final class LogVerifier {

    /** The action of the entry that tells of a checkpoint: its subject is the sink, its detail the hash of the line. */
    static final String CHECKPOINT = "checkpoint";

    private static final long STEP = 1000;

    private final AuditSource source;
    private final AuditKeys keys;
    private final Consumer<AuditLog.Progress> progress;
    private final Findings findings = new Findings();
    private final Generations generations = new Generations(findings);
    private final Map<String, List<Claim>> claims = new HashMap<>();

    /** Made when the chain that they are about had passed already. */
    private final List<Claim> late = new ArrayList<>();

    private final List<AuditRecord> told = new ArrayList<>();
    private final Map<String, Optional<ChainKey>> firstKeys = new HashMap<>();
    private final Map<String, Long> ends = new HashMap<>();
    private Optional<CheckpointSigner> signer = Optional.empty();
    private @Nullable ChainVerifier present;
    private long entries;

    /** Something outside of a chain says where the chain once ended. */
    private record Claim(AuditHead head, String by) {}

    public LogVerifier(AuditSource source, AuditKeys keys, Consumer<AuditLog.Progress> progress) {
        this.source = source;
        this.keys = keys;
        this.progress = progress;
    }

    /**
     * Reads everything and says what it found.
     *
     * @param remembered ends of chains that were kept elsewhere, for example in an anchor
     */
    public AuditVerification verify(List<CheckpointSink> sinks, List<AuditHead> remembered) {
        remembered.forEach(head -> claim(head, "what was remembered of it"));
        long checkpoints = 0;
        for (CheckpointSink sink : sinks) {
            SinkReader read = SinkReader.read(sink, this::signer, findings);
            read.heads().values().forEach(head -> claim(head, "a checkpoint in " + sink.name()));
            checkpoints += read.lines();
        }
        source.snapshot(this::read);
        claims.values().forEach(all -> all.forEach(this::requireReached));
        sinks.forEach(this::requireTold);
        return new AuditVerification(entries, firstKeys.size(), checkpoints, findings.count(), findings.first());
    }

    private void claim(AuditHead head, String by) {
        claims.computeIfAbsent(head.chain(), chain -> new ArrayList<>()).add(new Claim(head, by));
    }

    /** Looked for when the first line was read: it is stored before that is written. */
    private Optional<CheckpointSigner> signer() {
        if (signer.isEmpty()) {
            signer = source.signer().flatMap(wrapped -> CheckpointSigner.open(wrapped, keys));
        }
        return signer;
    }

    private void read(AuditSource.Snapshot snapshot) {
        snapshot.chains().forEach(this::open);
        long total = snapshot.count();
        snapshot.entries(entry -> {
            entry(entry);
            if (++entries % STEP == 0) {
                progress.accept(new AuditLog.Progress(entries, total));
            }
        });
        endChain();
        late.forEach(claim ->
                snapshot.head(claim.head().chain(), claim.head().seq()).ifPresent(found -> requireSame(claim, found)));
        generations.compare(snapshot.generation());
        progress.accept(new AuditLog.Progress(entries, total));
        firstKeys.keySet().stream()
                .filter(chain -> !ends.containsKey(chain))
                .forEach(chain -> findings.add(chain, 1, Tampering.TRUNCATED, "the chain has no entry"));
    }

    private void open(ChainRow row) {
        Optional<ChainKey> key = keys.opened(row);
        if (key.isEmpty()) {
            findings.add(
                    row.chain(),
                    0,
                    Tampering.CHAIN_KEY,
                    "its first key does not open: the row was edited, or it was not written under this KEK, application"
                            + " and environment");
        }
        if (firstKeys.put(row.chain(), key) != null) {
            findings.add(row.chain(), 0, Tampering.CHAIN_KEY, "two rows describe this chain");
        }
    }

    private void entry(AuditRecord entry) {
        String chain = entry.head().chain();
        if (present == null || !present.chain().equals(chain)) {
            endChain();
            present = new ChainVerifier(chain, firstKey(chain), findings);
        }
        if (present.verify(entry)) {
            authentic(entry);
        }
        claims.getOrDefault(chain, List.of()).forEach(claim -> requireSame(claim, entry.head()));
    }

    private Optional<ChainKey> firstKey(String chain) {
        Optional<ChainKey> key = firstKeys.get(chain);
        if (key == null) {
            findings.add(chain, 0, Tampering.CHAIN_KEY, "no row describes this chain");
            return Optional.empty();
        }
        return key;
    }

    private void authentic(AuditRecord entry) {
        generations.told(entry);
        if (entry.action().equals(AuditJournal.BEGIN) && !entry.detail().isEmpty()) {
            claimEnd(entry);
        } else if (entry.action().equals(CHECKPOINT)) {
            told.add(entry);
        }
    }

    private void claimEnd(AuditRecord begin) {
        AuditHead named;
        try {
            named = AuditHead.parse(begin.detail());
        } catch (IllegalArgumentException e) {
            String problem = "it names an end of the chain before that cannot be read";
            findings.add(begin.head().chain(), begin.head().seq(), Tampering.UNVERIFIABLE, problem);
            return;
        }
        String by = "the chain " + begin.head().chain();
        claim(named, by);
        if (ends.containsKey(named.chain())) {
            late.add(new Claim(named, by));
        }
    }

    private void endChain() {
        if (present != null) {
            ends.merge(present.chain(), present.last(), Math::max);
        }
    }

    private void requireSame(Claim claim, AuditHead found) {
        if (claim.head().seq() == found.seq() && !claim.head().equals(found)) {
            findings.add(found.chain(), found.seq(), Tampering.ALTERED, claim.by() + " names another mac");
        }
    }

    private void requireReached(Claim claim) {
        AuditHead head = claim.head();
        long end = ends.getOrDefault(head.chain(), 0L);
        if (end < head.seq()) {
            findings.add(
                    head.chain(),
                    end + 1,
                    Tampering.TRUNCATED,
                    "the chain ends with " + end + ", and " + claim.by() + " names " + head.seq());
        }
    }

    /** The sink is read again: a line is written before the log tells of it. */
    private void requireTold(CheckpointSink sink) {
        Set<String> hashes = new HashSet<>();
        sink.lines(line -> hashes.add(Checkpoint.hash(line)));
        told.stream()
                .filter(entry -> entry.subject().equals(sink.name()) && !hashes.contains(entry.detail()))
                .forEach(entry -> findings.add(
                        sink.name(),
                        0,
                        Tampering.CHECKPOINT_MISSING,
                        "the sink does not hold the checkpoint that entry "
                                + entry.head().seq() + " of the chain "
                                + entry.head().chain() + " tells of"));
    }
}
