package io.reseal.audit;

import java.time.Instant;
import java.util.Optional;

/**
 * An entry as the audit log holds it; what it says is to be believed only after a verification.
 *
 * @param generation of the key store after the transition that this tells of; empty where there was none
 * @param recordedAt by the clock of the node that wrote it
 */
public record AuditRecord(
        AuditHead head,
        Optional<Long> generation,
        Instant recordedAt,
        String actor,
        String action,
        String subject,
        String reason,
        String detail) {}
