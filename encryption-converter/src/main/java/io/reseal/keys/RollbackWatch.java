package io.reseal.keys;

import com.google.crypto.tink.util.Bytes;
import io.reseal.AnchorUnavailableException;
import io.reseal.keys.spi.Anchor;
import io.reseal.keys.spi.StoreSeal;
import io.reseal.keys.spi.StoredKeys;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that a key store has been replaced by an older copy of itself: by what this process has seen and, if there is an
 * anchor, by what the node remembers. Safe for use by several threads.
 */
final class RollbackWatch {

    private static final Logger LOG = LoggerFactory.getLogger(RollbackWatch.class);
    private static final String MAC = "mac ";
    private static final String REMEDY =
            "Nothing is sealed and no key is changed until the newer copy is back, or somebody"
                    + " decides to go on from this one with recover(actor, reason)";

    private final Optional<Anchor> anchor;
    private final StoreSealing sealing;
    private volatile AnchorState seen = AnchorState.NONE;
    private volatile @Nullable String failure;

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

    /** What the anchor says, if it can be read; {@code authentic} if this key store's MAC covers it. */
    private record Anchored(Optional<AnchorState> state, boolean authentic) {

        AnchorState orNone() {
            return state.orElse(AnchorState.NONE);
        }
    }

    Known known() {
        return new Known(seen, read());
    }

    /** Looks at a verified content, and remembers it unless it is older than what was known; else says so. */
    synchronized Optional<String> look(Known known, StoredKeys stored) {
        AnchorState now = AnchorState.of(stored);
        if (!known.seen().isCoveredBy(now)) {
            return Optional.of(behind(
                    now, "this process has seen generation " + known.seen().generation()));
        }
        Optional<String> contradiction =
                known.anchored().flatMap(text -> contradiction(now, anchored(text, stored.seal()), stored));
        if (contradiction.isEmpty()) {
            seen = seen.and(now);
            stored.seal().ifPresent(seal -> advance(known, seal));
        }
        return contradiction;
    }

    private Optional<String> contradiction(AnchorState now, Anchored anchored, StoredKeys stored) {
        boolean foreign = stored.seal().isPresent() && !anchored.authentic();
        if (foreign || anchored.state().isEmpty()) {
            return Optional.of("The anchor " + name() + " is not this key store's, or was edited. " + REMEDY);
        }
        AnchorState remembered = anchored.orNone();
        return remembered.isCoveredBy(now)
                ? Optional.empty()
                : Optional.of(behind(now, "the anchor " + name() + " remembers generation " + remembered.generation()));
    }

    /** Everything that has been, also by an anchor that nobody vouches for: at worst that skips numbers. */
    AnchorState reached(Known known, StoredKeys stored) {
        AnchorState remembered = known.anchored()
                .map(text -> anchored(text, stored.seal()).orNone())
                .orElse(AnchorState.NONE);
        return AnchorState.of(stored).and(known.seen()).and(remembered);
    }

    /** Goes on from a content, whatever was known before. */
    synchronized void accept(StoredKeys recovered) {
        seen = AnchorState.of(recovered);
        StoreSeal seal = recovered.seal().orElseThrow();
        anchor.ifPresent(place -> place.update(present -> Optional.of(signed(seen, seal))));
    }

    private static String behind(AnchorState now, String known) {
        return "The key store is at generation " + now.generation() + ", and " + known
                + ": an older copy was restored. " + REMEDY;
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

    private Anchored anchored(String text, Optional<StoreSeal> seal) {
        int end = Math.max(text.lastIndexOf(MAC), 0);
        String body = text.substring(0, end);
        boolean authentic = seal.isPresent() && sealing.authenticates(seal.get(), body, tag(text.substring(end)));
        return new Anchored(AnchorState.parse(body), authentic);
    }

    private static Bytes tag(String line) {
        try {
            return Bytes.copyFrom(HexFormat.of()
                    .parseHex(line.substring(Math.min(MAC.length(), line.length()))
                            .strip()));
        } catch (IllegalArgumentException e) {
            LOG.debug("The anchor's last line is no MAC", e);
            return Bytes.copyFrom(new byte[0]);
        }
    }

    private String signed(AnchorState state, StoreSeal seal) {
        return state.text() + MAC + HexFormat.of().formatHex(sealing.authenticate(seal, state.text())) + "\n";
    }

    /** Never back: another process may know more by now. */
    private void advance(Known known, StoreSeal seal) {
        AnchorState reached = seen;
        String text = signed(reached, seal);
        if (anchor.isEmpty() || known.anchored().equals(Optional.of(text))) {
            return;
        }
        try {
            anchor.get()
                    .update(present -> present.map(there ->
                                            anchored(there, Optional.of(seal)).orNone())
                                    .orElse(AnchorState.NONE)
                                    .isCoveredBy(reached)
                            ? Optional.of(text)
                            : Optional.empty());
            failure = null;
        } catch (AnchorUnavailableException e) {
            unavailable(e);
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
