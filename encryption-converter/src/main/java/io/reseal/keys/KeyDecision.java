package io.reseal.keys;

import java.util.List;
import java.util.Optional;

/**
 * What somebody has decided about keys: one version may change its state, records change with it, and one entry of the audit log
 * tells both.
 *
 * @param move empty if only records change
 * @param records of any kind, each in the place of the one of its kind and id
 */
public record KeyDecision(Optional<Move> move, List<ProtectedRecord> records, AuditEntry entry) {

    public KeyDecision {
        records = List.copyOf(records);
        if (move.isEmpty() && records.isEmpty()) {
            throw new IllegalArgumentException("A decision changes something");
        }
    }

    /** A version and the state that it goes to; neither into ACTIVE nor out of it. */
    public record Move(KeyId key, KeyState to) {}
}
