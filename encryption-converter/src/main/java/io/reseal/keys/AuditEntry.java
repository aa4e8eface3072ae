package io.reseal.keys;

/**
 * Who caused a key transition, and why; stored in the same transaction as the transition.
 *
 * @param actor the person or process that asked for it
 * @param action what was done, for example {@code promote}
 * @param reason why, in the actor's words
 */
public record AuditEntry(String actor, String action, String reason) {

    public AuditEntry {
        if (actor.isBlank()) {
            throw new IllegalArgumentException("An audit entry needs an actor: name the person or process");
        }
    }
}
