package io.reseal.rotation.reencryption;

import java.util.Optional;
import java.util.Set;

/**
 * What was found about a table when a run was planned.
 *
 * @param schema empty for the connection's own schema
 * @param message what was found, where, and the remedy; names only, never a value
 */
public record Finding(Problem problem, Optional<String> schema, String table, String message) {

    /** What {@link ReencryptionOptions#withAcknowledged} takes for it, for example {@code UPDATE_TRIGGER:account}. */
    public String acknowledgement() {
        return problem + ":" + schema.map(name -> name + ".").orElse("") + table;
    }

    /** Whether a run is refused because of it. */
    public boolean refuses(Set<String> acknowledged) {
        return switch (problem.weight()) {
            case REFUSED -> true;
            case ACKNOWLEDGED -> !acknowledged.contains(acknowledgement());
            case WARNING -> false;
        };
    }

    /** The message and, where somebody may take it on, what to pass. */
    public String report() {
        return problem.weight() == Problem.Weight.ACKNOWLEDGED
                ? message + "; if that may be so, acknowledge \"" + acknowledgement() + "\""
                : message;
    }
}
