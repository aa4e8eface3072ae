package io.reseal.keys;

import io.reseal.AnchorUnavailableException;
import io.reseal.keys.spi.Anchor;
import io.reseal.keys.spi.StoreSeal;
import io.reseal.keys.spi.StoredKeys;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that a key store has been replaced by another copy of itself: by what this process has seen, by the audit log beside it
 * and, if there is an anchor, by what the node remembers. Safe for use by several threads.
 */
final class RollbackWatch {

    private static final Logger LOG = LoggerFactory.getLogger(RollbackWatch.class);
    private static final String REMEDY =
            ". Nothing is sealed and no key is changed until the newer copy is back, or somebody"
                    + " decides to go on from this one with recover(actor, reason)";

    private final Optional<Anchor> anchor;
    private final StoreSealing sealing;
    private volatile AnchorState seen = AnchorState.NONE;
    private volatile @Nullable String failure;

    /** Both guarded by this. */
    private boolean hasLooked;

    private boolean hasWritten;

    RollbackWatch(Optional<Anchor> anchor, StoreSealing sealing) {
        this.anchor = anchor;
        this.sealing = sealing;
    }

    boolean hasAnchor() {
        return anchor.isPresent();
    }

    /** Why the anchor could not be read or written the last time. */
    Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    /** What is known before the store is read: afterwards others may have taken it further. */
    record Known(AnchorState seen, Optional<String> anchored) {}

    Known known() {
        return new Known(seen, read());
    }

    /** Looks at a verified content, and remembers it unless it contradicts what was known; else says so. */
    synchronized Optional<String> look(Known known, StoredKeys stored) {
        StoreHistory history = StoreHistory.of(stored);
        Optional<String> contradiction = history.contradicts(known.seen(), "this process has seen")
                .or(() -> known.anchored().flatMap(text -> contradiction(history, text, stored.seal())))
                .or(history::contradictsAudit);
        if (contradiction.isEmpty()) {
            warnIfLost(known, stored);
            seen = history.end().generation() < seen.generation() ? seen : history.end();
            stored.seal().ifPresent(seal -> advance(known, history, seal));
        }
        hasLooked = true;
        return contradiction.map(text -> text + REMEDY);
    }

    private Optional<String> contradiction(StoreHistory history, String text, Optional<StoreSeal> seal) {
        Optional<AnchorState> remembered = authentic(text, seal);
        return remembered.isEmpty()
                ? Optional.of("The anchor " + name() + " is not this key store's, or was edited")
                : history.contradicts(remembered.get(), "the anchor " + name() + " remembers");
    }

    /**
     * Everything that has been. An anchor that nobody vouches for counts only where nothing else is left, and not without
     * bounds: whoever can write a file must not use up the numbers.
     */
    AnchorState reached(Known known, StoredKeys stored) {
        AnchorState remembered = known.anchored()
                .flatMap(text -> authentic(text, stored.seal())
                        .or(() -> stored.seal().isPresent()
                                ? Optional.empty()
                                : SignedAnchor.parse(text)
                                        .map(claimed -> claimed.state().plausible())))
                .orElse(AnchorState.NONE);
        return AnchorState.of(stored).and(known.seen(), remembered);
    }

    /** Goes on from a content, whatever was known before, unless somebody has gone further already. */
    synchronized void accept(StoredKeys recovered) {
        AnchorState now = AnchorState.of(recovered);
        StoreSeal seal = recovered.seal().orElseThrow();
        seen = seen.generation() > now.generation() ? seen : now;
        anchor.ifPresent(place -> place.update(present -> present.flatMap(text -> authentic(text, Optional.of(seal)))
                        .filter(there -> there.generation() > now.generation())
                        .isPresent()
                ? Optional.empty()
                : Optional.of(signed(now, seal))));
    }

    private String name() {
        return anchor.map(Anchor::name).orElse("");
    }

    private Optional<String> read() {
        try {
            return anchor.flatMap(Anchor::read);
        } catch (AnchorUnavailableException e) {
            unavailable(e);
            return Optional.empty();
        }
    }

    /** What an anchor says, if the key store's MAC covers it; if the store has lost that, the KEK answers for the anchor's own. */
    private Optional<AnchorState> authentic(String text, Optional<StoreSeal> seal) {
        return SignedAnchor.parse(text)
                .filter(there -> seal.isPresent()
                        ? sealing.authenticates(seal.get(), there.body(), there.mac())
                        : sealing.authenticates(there.key(), there.body(), there.mac()))
                .map(SignedAnchor::state);
    }

    private String signed(AnchorState state, StoreSeal seal) {
        return SignedAnchor.text(sealing.key(seal), state, body -> sealing.authenticate(seal, body));
    }

    /** Never back: another process may know more by now. */
    private void advance(Known known, StoreHistory history, StoreSeal seal) {
        String text = signed(history.end(), seal);
        if (anchor.isEmpty() || known.anchored().equals(Optional.of(text))) {
            return;
        }
        try {
            anchor.get()
                    .update(present -> present.isEmpty() || isBehind(present.get(), history, seal)
                            ? Optional.of(text)
                            : Optional.empty());
            failure = null;
            hasWritten = true;
        } catch (AnchorUnavailableException e) {
            unavailable(e);
        }
    }

    private boolean isBehind(String present, StoreHistory history, StoreSeal seal) {
        return authentic(present, Optional.of(seal))
                .filter(there -> history.contradicts(there, "").isEmpty())
                .isPresent();
    }

    /** A new node has none as yet, and cannot be told from one that lost it. */
    private void warnIfLost(Known known, StoredKeys stored) {
        boolean expected = hasLooked ? hasWritten : stored.seal().isPresent();
        if (anchor.isPresent() && known.anchored().isEmpty() && failure == null && expected) {
            LOG.warn(
                    "The anchor {} does not exist, and the key store is at generation {}. Unless this node is new, the anchor was"
                            + " lost or deleted, and an older copy that was restored before now stays unnoticed. A new one is"
                            + " written",
                    name(),
                    stored.generation());
        }
    }

    /** A node that never had its anchor must not start; one that has started goes on, and says so. */
    private void unavailable(AnchorUnavailableException e) {
        if (seen.equals(AnchorState.NONE)) {
            throw e;
        }
        if (failure == null) {
            LOG.error("A rollback of the key store may stay unnoticed: {}", e.getMessage(), e);
        }
        failure = e.getMessage();
    }
}
