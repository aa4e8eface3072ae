package io.reseal.audit;

import io.reseal.keys.AuditEntry;
import java.util.Optional;

/**
 * What the audit log is to keep.
 *
 * @param generation of the key store after the transition that this tells of; empty where there was none
 * @param subject what it was done to, for example {@code token_encryption version 7}
 */
public record AuditEvent(Optional<Long> generation, String subject, AuditEntry entry) {

    /** Something that changed no key: a refusal, or what was counted on the data path. */
    public AuditEvent(String subject, AuditEntry entry) {
        this(Optional.empty(), subject, entry);
    }
}
