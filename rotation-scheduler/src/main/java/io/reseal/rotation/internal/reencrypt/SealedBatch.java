package io.reseal.rotation.internal.reencrypt;

import io.reseal.keys.KeyId;
import io.reseal.rotation.internal.jdbc.RowChange;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Rows after opening and sealing.
 *
 * @param changes rows with at least one value that was sealed again, in key order
 * @param unreadable values that did not open
 * @param sealedUnder the keys that sealed, all of which must still be active when the changes are committed
 */
record SealedBatch(List<RowChange> changes, List<Quarantined> unreadable, Set<KeyId> sealedUnder) {

    SealedBatch {
        changes = List.copyOf(changes);
        unreadable = List.copyOf(unreadable);
        sealedUnder = Set.copyOf(sealedUnder);
    }

    /** Several parts, in key order, as one. */
    static SealedBatch of(List<SealedBatch> parts) {
        return parts.size() == 1
                ? parts.get(0)
                : new SealedBatch(
                        parts.stream().flatMap(part -> part.changes().stream()).toList(),
                        parts.stream()
                                .flatMap(part -> part.unreadable().stream())
                                .toList(),
                        parts.stream()
                                .flatMap(part -> part.sealedUnder().stream())
                                .collect(Collectors.toSet()));
    }
}
