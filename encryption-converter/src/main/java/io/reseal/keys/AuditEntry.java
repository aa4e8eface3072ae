package io.reseal.keys;

/**
 * Who did something to the keys, and why; that of a transition is stored in the same transaction.
 *
 * @param actor the person or process that asked for it; {@value #MAX_ACTOR} characters at most
 * @param action what was done, for example {@code promote}; {@value #MAX_ACTION} characters at most
 * @param reason why, in the actor's words; {@value #MAX_TEXT} characters at most
 * @param detail what else a reader of the log must know, for example counts or the state before; may be empty, {@value #MAX_TEXT}
 *     characters at most
 */
public record AuditEntry(String actor, String action, String reason, String detail) {

    private static final int MAX_ACTOR = 255;
    private static final int MAX_ACTION = 64;
    private static final int MAX_TEXT = 4000;

    /** @throws IllegalArgumentException if the actor is blank, or a text is too long */
    public AuditEntry {
        if (actor.isBlank()) {
            throw new IllegalArgumentException("An audit entry needs an actor: name the person or process");
        }
        requireShort("actor", actor, MAX_ACTOR);
        requireShort("action", action, MAX_ACTION);
        requireShort("reason", reason, MAX_TEXT);
        requireShort("detail", detail, MAX_TEXT);
    }

    /** An entry of which reason and subject say everything. */
    public AuditEntry(String actor, String action, String reason) {
        this(actor, action, reason, "");
    }

    /** This entry with as much of {@code told} as fits for its detail. */
    public AuditEntry telling(String told) {
        return new AuditEntry(actor, action, reason, told.substring(0, Math.min(MAX_TEXT, told.length())));
    }

    private static void requireShort(String name, String text, int most) {
        if (text.length() > most) {
            throw new IllegalArgumentException("The " + name + " of an audit entry has " + text.length()
                    + " characters, and the audit log takes " + most + ": say it shorter. Nothing was changed");
        }
    }
}
