package io.reseal.internal.audit;

import io.reseal.audit.AuditEvent;
import io.reseal.audit.AuditHead;
import io.reseal.audit.AuditRecord;
import io.reseal.audit.CheckpointSink;
import io.reseal.keys.AuditEntry;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes this process's entries into a chain of its own, within transactions that the caller commits. Safe for use by several
 * threads: the database lets one transaction after the other write to the chain.
 *
 * <p>A new chain begins with the first entry of a process, after an entry that was rolled back, and when the stored end is not
 * what was written. Its first entry names the chain of this node before it and where that one ended.
 */
public final class AuditJournal implements AutoCloseable {

    /** The action of the first entry of each chain. */
    static final String BEGIN = "begin-audit-chain";

    private static final Logger LOG = LoggerFactory.getLogger(AuditJournal.class);

    private static final Pattern CHAIN = Pattern.compile("[0-9a-f-]{36}");

    private final String node;
    private final AuditKeys keys;
    private final Clock clock;
    private volatile @Nullable AuditChain chain;
    private volatile @Nullable CheckpointWriter writer;

    /** @param node a name that stays when the process is started again */
    public AuditJournal(String node, AuditKeys keys, Clock clock) {
        this.node = node;
        this.keys = keys;
        this.clock = clock;
    }

    /** The name of this machine: stays when the process is started again. */
    public static String thisHost() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    /** From now on a thread writes checkpoints, at the interval and after what is written here. */
    public void writeCheckpoints(Checkpoints checkpoints, CheckpointSink sink, Duration interval) {
        writer = CheckpointWriter.start(checkpoints, sink, this, interval);
    }

    /** Why no checkpoints are written; empty if they are, or nobody asked for any. */
    public Optional<String> problem() {
        CheckpointWriter present = writer;
        return present == null ? Optional.empty() : present.failure();
    }

    /** The last entry that this process knows to be stored; empty before the first. */
    public Optional<AuditHead> head() {
        AuditChain present = chain;
        return present == null ? Optional.empty() : present.head();
    }

    /**
     * Adds an entry in the transaction of {@code handle}; it is there when, and only if, that is committed.
     *
     * @throws IllegalArgumentException if a text of the event has no UTF-8 form
     */
    public AuditHead append(Handle handle, AuditEvent event) {
        AuditChain open = writable(handle);
        AuditRecord entry = open.next(event, now());
        AuditTables.insert(handle, entry);
        handle.afterCommit(() -> stored(open, entry));
        return entry.head();
    }

    private void stored(AuditChain open, AuditRecord entry) {
        open.stored(entry.head());
        CheckpointWriter present = writer;
        if (present != null && !entry.action().equals(LogVerifier.CHECKPOINT)) {
            present.soon();
        }
    }

    /** Ends the thread that writes checkpoints. */
    @Override
    public void close() {
        CheckpointWriter present = writer;
        if (present != null) {
            present.close();
        }
    }

    private AuditChain writable(Handle handle) {
        AuditChain present = chain;
        if (present == null) {
            return begin(handle, stored(handle));
        }
        boolean visible = AuditTables.lock(handle, present.id());
        Optional<AuditHead> last = visible ? AuditTables.last(handle, present.id()) : Optional.empty();
        if (present.settle(last)) {
            return present;
        }
        if (present.contradicts(last)) {
            LOG.error(
                    "The audit log was changed by somebody else: this process wrote {} last, and the table ends with {}."
                            + " Verify the log, and keep a copy of the database as it is",
                    present.head().map(AuditHead::text).orElse("nothing"),
                    last.map(AuditHead::text).orElse("nothing"));
        }
        present.end();
        return begin(handle, present.head().or(() -> stored(handle)));
    }

    /** The end of the chain that this node wrote to before, as the table has it. */
    private Optional<AuditHead> stored(Handle handle) {
        return AuditTables.lastChainOf(handle, node)
                .flatMap(last -> AuditTables.last(handle, last))
                .filter(AuditJournal::isOurs);
    }

    /** Whatever else somebody puts into the table must not end up in an entry, which may be too small for it. */
    private static boolean isOurs(AuditHead stored) {
        return CHAIN.matcher(stored.chain()).matches() && stored.mac().size() == ChainKey.LENGTH;
    }

    private AuditChain begin(Handle handle, Optional<AuditHead> previous) {
        String id = UUID.randomUUID().toString();
        ChainKey key = keys.newKey();
        AuditTables.insert(handle, keys.wrapped(id, node, now(), key));
        AuditEntry entry = new AuditEntry(
                "reseal",
                BEGIN,
                "this process begins to write",
                previous.map(AuditHead::text).orElse(""));
        AuditChain.Beginning beginning = AuditChain.begin(id, key, new AuditEvent(node, entry), now());
        AuditTables.insert(handle, beginning.first());
        chain = beginning.chain();
        return beginning.chain();
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
