package io.reseal.rotation.internal.reencrypt;

import io.reseal.keys.KeyId;
import io.reseal.rotation.internal.jdbc.RowChange;
import java.util.List;
import java.util.Set;

/**
 * A window after opening and sealing.
 *
 * @param changes rows with at least one value that was sealed again, in key order
 * @param unreadable values that did not open
 * @param sealedUnder the keys that sealed, all of which must still be active when the changes are committed
 */
record SealedWindow(List<RowChange> changes, List<Quarantined> unreadable, Set<KeyId> sealedUnder) {

    SealedWindow {
        changes = List.copyOf(changes);
        unreadable = List.copyOf(unreadable);
        sealedUnder = Set.copyOf(sealedUnder);
    }
}
