package io.reseal.audit;

import java.util.List;

/**
 * What a verification read, and what it found.
 *
 * @param entries that were read
 * @param chains that were read
 * @param checkpoints that were read, of all sinks
 * @param count of all findings
 * @param findings the first {@value #SHOWN} of them
 */
public record AuditVerification(long entries, int chains, long checkpoints, long count, List<AuditFinding> findings) {

    /** So many findings are kept, however many there are. */
    public static final int SHOWN = 1000;

    public AuditVerification {
        findings = List.copyOf(findings);
    }

    /** Whether nothing was found. What was cut off after the last checkpoint cannot be. */
    public boolean isClean() {
        return count == 0;
    }
}
