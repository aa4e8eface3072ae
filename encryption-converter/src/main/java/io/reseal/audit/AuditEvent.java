package io.reseal.audit;

import io.reseal.keys.AuditEntry;
import java.util.Optional;

/**
 * What the audit log is to keep.
 *
 * @param generation of the key store after the transition that this tells of; empty where there was none
 * @param subject what it was done to, for example {@code token_encryption version 7}; {@value #MAX_SUBJECT} characters at most
 */
public record AuditEvent(Optional<Long> generation, String subject, AuditEntry entry) {

    private static final int MAX_SUBJECT = 1200;

    /** @throws IllegalArgumentException if the subject is too long */
    public AuditEvent {
        if (subject.length() > MAX_SUBJECT) {
            throw new IllegalArgumentException("The subject of an audit entry has " + subject.length()
                    + " characters, and the audit log takes " + MAX_SUBJECT + ": name it shorter. Nothing was changed");
        }
    }

    /** Something that changed no key: a refusal, or what was counted on the data path. */
    public AuditEvent(String subject, AuditEntry entry) {
        this(Optional.empty(), subject, entry);
    }
}
