package io.reseal.internal.audit;

import io.reseal.audit.AuditEvent;
import io.reseal.audit.AuditHead;
import io.reseal.audit.AuditRecord;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The writing end of one chain. Safe for use by several threads, of which the database lets one at a time between
 * {@link #settle} and the end of its transaction.
 *
 * <p>An entry is first tried: its key is kept until it is known whether its transaction was committed.
 */
final class AuditChain {

    private final String id;
    private AuditHead head;
    private ChainKey key;
    private @Nullable AuditHead tried;

    /** Whether anything of this chain is known to be stored. */
    private boolean known;

    private AuditChain(String id, ChainKey first) {
        this.id = id;
        this.head = new AuditHead(id, 0, EntryMac.NONE);
        this.key = first;
    }

    /** A chain and its first entry, which the second may follow in the same transaction; takes over {@code key}. */
    static Beginning begin(String id, ChainKey key, AuditEvent event, Instant now) {
        AuditChain chain = new AuditChain(id, key);
        AuditRecord first = chain.next(event, now);
        chain.advance(first.head());
        return new Beginning(chain, first);
    }

    record Beginning(AuditChain chain, AuditRecord first) {}

    String id() {
        return id;
    }

    /** The last entry that is known to be stored. */
    synchronized Optional<AuditHead> head() {
        return known ? Optional.of(head) : Optional.empty();
    }

    /** The next entry: to be stored, and then told to {@link #stored} or found by {@link #settle}. */
    synchronized AuditRecord next(AuditEvent event, Instant now) {
        AuditRecord entry = EntryMac.sealed(
                new AuditRecord(
                        new AuditHead(id, head.seq() + 1, EntryMac.NONE),
                        event.generation(),
                        now,
                        event.entry().actor(),
                        event.entry().action(),
                        event.subject(),
                        event.entry().reason(),
                        event.entry().detail()),
                head.mac(),
                key);
        tried = entry.head();
        return entry;
    }

    /** The entry's transaction was committed: its key is erased. */
    synchronized void stored(AuditHead entry) {
        if (entry.equals(tried)) {
            known = true;
            advance(entry);
        }
    }

    /**
     * Compares with the end that the database holds.
     *
     * @return whether the chain may go on. It may not if an entry was tried and rolled back, since whoever saw it could put
     *     it in the place of the next one; nor if the end is another than the one that was written
     */
    synchronized boolean settle(Optional<AuditHead> last) {
        last.ifPresent(this::stored);
        return tried == null && last.equals(Optional.of(head));
    }

    /** Whether the end that the database holds is none that this chain wrote. */
    synchronized boolean contradicts(Optional<AuditHead> last) {
        return known && !last.equals(Optional.of(head));
    }

    /** Ends the chain; one that is not known to be stored may still be in the hands of the thread that began it. */
    synchronized void end() {
        if (known) {
            key.erase();
        }
    }

    private synchronized void advance(AuditHead entry) {
        ChainKey used = key;
        key = used.next();
        used.erase();
        head = entry;
        tried = null;
    }
}
