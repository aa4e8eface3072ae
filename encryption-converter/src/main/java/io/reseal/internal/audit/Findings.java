package io.reseal.internal.audit;

import io.reseal.audit.AuditFinding;
import io.reseal.audit.AuditVerification;
import io.reseal.audit.Tampering;
import java.util.ArrayList;
import java.util.List;

/** Counts all findings and keeps the first: a log that was tampered with everywhere must not fill the heap. */
final class Findings {

    private final List<AuditFinding> first = new ArrayList<>();
    private long count;

    void add(String chain, long seq, Tampering what, String detail) {
        count++;
        if (first.size() < AuditVerification.SHOWN) {
            first.add(new AuditFinding(chain, seq, what, detail));
        }
    }

    long count() {
        return count;
    }

    List<AuditFinding> first() {
        return first;
    }
}
