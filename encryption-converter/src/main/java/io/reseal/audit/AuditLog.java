package io.reseal.audit;

import com.google.crypto.tink.util.Bytes;
import io.reseal.KeyStoreUnavailableException;
import io.reseal.ResealSettings;
import io.reseal.database.ResealDatabase;
import io.reseal.internal.audit.AuditJournal;
import io.reseal.internal.audit.AuditKeys;
import io.reseal.internal.audit.Checkpoints;
import io.reseal.internal.audit.JdbcAuditSource;
import io.reseal.internal.audit.LogVerifier;
import io.reseal.keys.spi.KeyEncryption;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jdbi.v3.core.JdbiException;

/**
 * The audit log in the database of the key store: adds what is no transition, writes checkpoints, verifies. Safe for use by
 * several threads. Every method throws {@link KeyStoreUnavailableException} when the database does not answer.
 *
 * <p>Each entry carries a mac over itself and the entry before it, under a key that is erased once it was used. Whoever can write to
 * the database, but has no key, can change nothing without being found, except to cut off what is no transition and came after the
 * last checkpoint and after the last head that is remembered elsewhere.
 *
 * <p>Whoever holds the KEK can verify all of it, and can derive every key anew from the first of its chain: that keys are erased
 * protects against whoever has the tables, and sees the memory of a process later, never against a node or an operator with the KEK.
 * Against those only checkpoints help that they cannot rewrite.
 */
public final class AuditLog implements AutoCloseable {

    private final ResealDatabase database;
    private final AuditKeys keys;
    private final AuditJournal journal;
    private final Checkpoints checkpoints;
    private final Optional<CheckpointSink> sink;

    /**
     * How far a verification is.
     *
     * @param entries that were verified
     * @param total of all entries
     */
    public record Progress(long entries, long total) {}

    private AuditLog(ResealDatabase database, AuditKeys keys, Optional<CheckpointSink> sink, Clock clock) {
        this.database = database;
        this.keys = keys;
        this.sink = sink;
        this.journal = new AuditJournal(AuditJournal.thisHost(), keys, clock);
        this.checkpoints = new Checkpoints(database, keys, clock);
    }

    /**
     * The log in {@code database}, which has the key store's tables; nothing is read or written yet.
     *
     * @param database closed with this log
     */
    public static AuditLog open(ResealDatabase database, KeyEncryption kek, ResealSettings settings, Clock clock) {
        AuditKeys keys = new AuditKeys(settings.application(), settings.environment(), kek);
        return new AuditLog(database, keys, settings.checkpoints(), clock);
    }

    /**
     * Adds an entry in a transaction of its own.
     *
     * @throws IllegalArgumentException if a text of the event has no UTF-8 form, or the event claims to be a transition
     */
    public AuditHead append(AuditEvent event) {
        if (event.generation().isPresent()) {
            throw new IllegalArgumentException(
                    "Only the key store itself tells of its transitions: leave the generation of " + event.subject()
                            + " out");
        }
        return ask(() -> database.jdbi().inTransaction(handle -> journal.append(handle, event)));
    }

    /** The last entry that this object added; empty before the first. */
    public Optional<AuditHead> head() {
        return journal.head();
    }

    /** The ends of all chains, as the table has them: to be remembered elsewhere, and handed to {@link #verify}. */
    public List<AuditHead> heads() {
        return ask(checkpoints::heads);
    }

    /**
     * Signs where the chains end that grew since the sink's last checkpoint, adds that to {@code sink}, and then an entry to the
     * log that tells of it.
     *
     * @param actor who asked for it
     */
    public synchronized void checkpoint(CheckpointSink sink, String actor) {
        ask(() -> {
            checkpoints.write(sink, actor, journal);
            return true;
        });
    }

    /** What a verification could find, as the settings are. */
    public AuditStatus status() {
        Optional<Instant> last = ask(() -> sink.flatMap(checkpoints::last));
        return new AuditStatus(
                last.isPresent() ? AuditStatus.Truncation.DETECTABLE : AuditStatus.Truncation.NOT_DETECTABLE, last);
    }

    /** As the other one, with the checkpoints that this node writes by its settings. */
    public AuditVerification verify(Consumer<Progress> progress) {
        return verify(sink.stream().toList(), List.of(), progress);
    }

    /** The Ed25519 public key of the checkpoints, 32 bytes; made if nobody has asked or signed yet. */
    public Bytes checkpointKey() {
        return ask(checkpoints::publicKey);
    }

    /**
     * Reads the whole log and every checkpoint, in bounded heap, and finds what is not what was written.
     *
     * @param sinks that checkpoints were written to; those of other sinks are not looked for
     * @param remembered heads of chains that were kept outside the database
     * @param progress told now and then
     */
    public AuditVerification verify(
            List<CheckpointSink> sinks, List<AuditHead> remembered, Consumer<Progress> progress) {
        return ask(
                () -> new LogVerifier(new JdbcAuditSource(database, keys), keys, progress).verify(sinks, remembered));
    }

    @Override
    public void close() {
        database.close();
    }

    private static <T> T ask(Supplier<T> question) {
        try {
            return question.get();
        } catch (JdbiException e) {
            throw new KeyStoreUnavailableException(
                    "The audit log in the database did not answer. Check the database behind reseal.keystore, and try again",
                    e);
        }
    }
}
