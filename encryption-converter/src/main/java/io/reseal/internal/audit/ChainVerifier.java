package io.reseal.internal.audit;

import com.google.crypto.tink.util.Bytes;
import io.reseal.audit.AuditRecord;
import io.reseal.audit.Tampering;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Verifies the entries of one chain, handed over in the order of their places. */
final class ChainVerifier {

    /** A gap of more entries is not bridged: moving the key over it would take longer than the answer is worth. */
    private static final long LONGEST_GAP = 1_000_000;

    private final String chain;
    private final Findings findings;
    private @Nullable ChainKey key;
    private @Nullable Bytes before = EntryMac.NONE;
    private long expected = 1;

    /** @param first empty if it does not open: then only places are verified */
    ChainVerifier(String chain, Optional<ChainKey> first, Findings findings) {
        this.chain = chain;
        this.key = first.orElse(null);
        this.findings = findings;
    }

    String chain() {
        return chain;
    }

    /** The place of the last entry; 0 if there is none. */
    long last() {
        return expected - 1;
    }

    /** Returns whether the entry is the one that was written at its place. */
    boolean verify(AuditRecord entry) {
        long seq = entry.head().seq();
        if (seq < expected) {
            findings.add(chain, seq, Tampering.SURPLUS, "an entry too many at this place");
            return false;
        }
        if (seq > expected) {
            skipTo(seq);
        }
        boolean authentic = isAuthentic(entry);
        before = entry.head().mac();
        expected++;
        step();
        return authentic;
    }

    private boolean isAuthentic(AuditRecord entry) {
        if (key == null) {
            return false; // said once, for the chain
        }
        if (before == null) {
            findings.add(chain, expected, Tampering.UNVERIFIABLE, "the entry before it is missing");
            return false;
        }
        if (!hasMac(entry, before, key)) {
            findings.add(chain, expected, Tampering.ALTERED, "the mac is not that of an entry written at this place");
            return false;
        }
        return true;
    }

    /** What has no UTF-8 form was never written. */
    private static boolean hasMac(AuditRecord entry, Bytes before, ChainKey key) {
        try {
            return EntryMac.sealed(entry, before, key).head().equals(entry.head());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private void skipTo(long seq) {
        long missing = seq - expected;
        findings.add(
                chain,
                expected,
                Tampering.MISSING,
                missing + (missing == 1 ? " entry is" : " entries are") + " missing before " + seq);
        before = null;
        if (missing > LONGEST_GAP) {
            key = null;
            findings.add(chain, seq, Tampering.UNVERIFIABLE, "nothing after so long a gap is verified");
        }
        for (; expected < seq && key != null; expected++) {
            step();
        }
        expected = seq;
    }

    private void step() {
        ChainKey used = key;
        if (used != null) {
            key = used.next();
            used.erase();
        }
    }
}
