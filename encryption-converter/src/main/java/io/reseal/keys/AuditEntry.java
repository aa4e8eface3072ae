package io.reseal.keys;

/**
 * Who did something to the keys, and why; that of a transition is stored in the same transaction.
 *
 * @param actor the person or process that asked for it
 * @param action what was done, for example {@code promote}
 * @param reason why, in the actor's words
 * @param detail what else a reader of the log must know, for example counts or the state before; may be empty
 */
public record AuditEntry(String actor, String action, String reason, String detail) {

    public AuditEntry {
        if (actor.isBlank()) {
            throw new IllegalArgumentException("An audit entry needs an actor: name the person or process");
        }
    }

    /** An entry of which reason and subject say everything. */
    public AuditEntry(String actor, String action, String reason) {
        this(actor, action, reason, "");
    }
}
