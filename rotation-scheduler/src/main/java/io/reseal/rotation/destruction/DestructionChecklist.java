package io.reseal.rotation.destruction;

import io.reseal.keys.KeyId;
import io.reseal.keys.KeyState;
import java.util.List;

/**
 * Every {@link Gate} of a key as it is now: on the way to PENDING_DESTROY, or from there to DESTROYED.
 *
 * @param state of the key
 * @param gates one for each {@link Gate.Name}, in that order
 */
public record DestructionChecklist(KeyId key, KeyState state, List<Gate> gates) {

    public DestructionChecklist {
        gates = List.copyOf(gates);
    }

    /** What stands against the next step. */
    public List<Gate> unmet() {
        return gates.stream().filter(Gate::isUnmet).toList();
    }

    /** Whether nothing stands against the next step. */
    public boolean isMet() {
        return unmet().isEmpty();
    }

    /** The gate of that name. */
    public Gate gate(Gate.Name name) {
        return gates.stream().filter(gate -> gate.name() == name).findFirst().orElseThrow();
    }
}
