package io.reseal.internal.audit;

import com.google.crypto.tink.util.Bytes;
import io.reseal.audit.AuditEvent;
import io.reseal.audit.AuditHead;
import io.reseal.audit.CheckpointSink;
import io.reseal.database.ResealDatabase;
import io.reseal.keys.AuditEntry;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jdbi.v3.core.JdbiException;

/** Writes checkpoints. */
public final class Checkpoints {

    private final ResealDatabase database;
    private final AuditKeys keys;
    private final Clock clock;

    public Checkpoints(ResealDatabase database, AuditKeys keys, Clock clock) {
        this.database = database;
        this.keys = keys;
        this.clock = clock;
    }

    /** The ends of all chains. */
    public List<AuditHead> heads() {
        return database.jdbi().withHandle(AuditTables::heads);
    }

    public Bytes publicKey() {
        return signer().publicKey();
    }

    /** Adds the next checkpoint to {@code sink}, and then tells the log of it. */
    public void write(CheckpointSink sink, String actor, AuditJournal journal) {
        AtomicReference<AuditEvent> told = new AtomicReference<>();
        sink.alone(() -> told.set(next(sink, actor)));
        database.jdbi().useTransaction(handle -> {
            AuditHead unused = journal.append(handle, Objects.requireNonNull(told.get()));
        });
    }

    /** When the last checkpoint in {@code sink} was written; empty if there is none that can be read. */
    public Optional<Instant> last(CheckpointSink sink) {
        return SinkReader.read(sink, () -> Optional.of(signer()), new Findings())
                .lastTime();
    }

    private AuditEvent next(CheckpointSink sink, String actor) {
        CheckpointSigner signer = signer();
        SinkReader written = SinkReader.read(sink, () -> Optional.of(signer), new Findings());
        List<AuditHead> grown = heads().stream()
                .filter(head -> !head.equals(written.heads().get(head.chain())))
                .toList();
        Checkpoint next = new Checkpoint(sink.name(), written.lines() + 1, clock.instant(), written.lastHash(), grown);
        String line = Checkpoint.line(signer.sign(next));
        sink.append(line);
        return new AuditEvent(
                sink.name(),
                new AuditEntry(actor, LogVerifier.CHECKPOINT, "checkpoint " + next.number(), Checkpoint.hash(line)));
    }

    /** Another node may have been faster: then its key is there. */
    private CheckpointSigner signer() {
        try {
            return database.jdbi().inTransaction(handle -> CheckpointSigner.ofStore(handle, keys));
        } catch (JdbiException e) {
            return database.jdbi().inTransaction(handle -> CheckpointSigner.ofStore(handle, keys));
        }
    }
}
