package io.reseal.internal.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.reseal.audit.AuditEvent;
import io.reseal.audit.AuditFinding;
import io.reseal.audit.AuditHead;
import io.reseal.audit.AuditRecord;
import io.reseal.audit.Tampering;
import io.reseal.keys.AuditEntry;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a chain says about the end of the one before it, whichever of the two is read first. */
class ClaimedEndTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.000006Z");
    private static final byte[] KEY = new byte[ChainKey.LENGTH];

    private final MemoryLog log = MemoryLog.empty();

    /** Somebody saw an entry that was rolled back, and put it where another was committed under the same key. */
    @ParameterizedTest
    @ValueSource(strings = {"00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"})
    void anotherEntryOfTheSameKeyAtTheNamedPlaceIsFound(String earlier) {
        AuditHead committed = chain(earlier, "", "committed");
        log.entries.clear();
        log.chains.clear();
        chain(earlier, "", "rolled back");
        chain("88888888-8888-8888-8888-888888888888", committed.text(), "later");
        assertThat(log.verify().findings())
                .extracting(AuditFinding::chain, AuditFinding::seq, AuditFinding::what)
                .containsExactly(tuple(earlier, 2L, Tampering.ALTERED));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"nothing", "chain:1:zz", "chain:99999999999999999999:", ":1:00", "chain:9999999999999999999:00"})
    void anEndThatCannotBeReadIsAFinding(String claim) {
        chain("88888888-8888-8888-8888-888888888888", claim, "later");
        assertThat(log.verify().findings()).extracting(AuditFinding::what).containsExactly(Tampering.UNVERIFIABLE);
    }

    @Test
    void anEndThatIsAsItWasIsNone() {
        AuditHead end = chain("ffffffff-ffff-ffff-ffff-ffffffffffff", "", "one");
        chain("88888888-8888-8888-8888-888888888888", end.text(), "other");
        assertThat(log.verify().findings()).isEmpty();
    }

    /** A chain of two entries; the same key for all. */
    private AuditHead chain(String id, String previous, String reason) {
        log.chains.add(MemoryLog.KEYS.wrapped(id, "node", NOW, new ChainKey(KEY.clone())));
        AuditEvent begin = new AuditEvent("node", new AuditEntry("reseal", AuditJournal.BEGIN, "begins", previous));
        AuditChain.Beginning beginning = AuditChain.begin(id, new ChainKey(KEY.clone()), begin, NOW);
        AuditRecord second =
                beginning.chain().next(new AuditEvent("x", new AuditEntry("operator", "count", reason)), NOW);
        log.entries.addAll(Arrays.asList(beginning.first(), second));
        return second.head();
    }
}
