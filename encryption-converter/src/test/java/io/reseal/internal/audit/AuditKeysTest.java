package io.reseal.internal.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.crypto.tink.util.Bytes;
import io.reseal.audit.AuditEvent;
import io.reseal.audit.AuditHead;
import io.reseal.audit.AuditRecord;
import io.reseal.keys.AuditEntry;
import io.reseal.testing.TestKek;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Each of these holds by itself, also where another one would find the same attack. */
class AuditKeysTest {

    private static final Instant START = Instant.EPOCH;

    private static final AuditEvent EVENT = new AuditEvent("a", new AuditEntry("ann", "count", "why"));

    private final TestKek kek = new TestKek("kek");
    private final AuditKeys keys = of("application", "production");
    private final ChainKey first = keys.newKey();

    @Test
    void whoLearnsAKeyHasNoneOfThoseBefore() {
        assertThat(first.next().bytes()).isNotEqualTo(first.bytes());
        assertThat(first.next().next().bytes()).isNotEqualTo(first.next().bytes());
    }

    @Test
    void anEntryIsBoundToTheOneBefore() {
        AuditRecord entry = new AuditRecord(
                new AuditHead("c", 2, EntryMac.NONE), Optional.empty(), START, "ann", "count", "a", "b", "");
        Bytes other = Bytes.copyFrom(new byte[ChainKey.LENGTH]);
        assertThat(EntryMac.sealed(entry, other, first)).isNotEqualTo(EntryMac.sealed(entry, EntryMac.NONE, first));
        assertThat(EntryMac.sealed(entry, other, first)).isEqualTo(EntryMac.sealed(entry, other, first));
    }

    @Test
    void aFirstKeyOpensForNothingButItsOwnChain() {
        ChainRow row = keys.wrapped("c", "node", START, first);
        assertThat(keys.opened(row)).isPresent();
        assertThat(keys.opened(new ChainRow("d", "node", START, "kek", row.wrapped())))
                .isEmpty();
        assertThat(keys.opened(new ChainRow("c", "other", START, "kek", row.wrapped())))
                .isEmpty();
        assertThat(keys.opened(new ChainRow("c", "node", START.plusSeconds(1), "kek", row.wrapped())))
                .isEmpty();
        assertThat(of("another", "production").opened(row)).isEmpty();
        assertThat(of("application", "staging").opened(row)).isEmpty();
        assertThat(of("application", "production").opened(row)).isPresent();
    }

    @Test
    void aSignerOpensForNothingButItsOwnApplication() {
        Bytes wrapped = keys.wrapSigner(new byte[] {1});
        assertThat(keys.openSigner(wrapped)).isPresent();
        assertThat(of("another", "production").openSigner(wrapped)).isEmpty();
        assertThat(of("application", "staging").openSigner(wrapped)).isEmpty();
    }

    private AuditKeys of(String application, String environment) {
        return new AuditKeys(application, environment, kek);
    }

    @Test
    void aKeyThatWasUsedIsOverwritten() {
        AuditChain.Beginning unused = AuditChain.begin("c", first, EVENT, START);
        assertThat(first.bytes()).containsOnly(0);
    }

    /** One that may still be written to keeps its key: under zeros, anybody could go on with it. */
    @Test
    void aChainThatEndsOverwritesItsKeyOnceItIsStored() {
        AuditChain.Beginning begun = AuditChain.begin("c", first, EVENT, START);
        AuditChain chain = begun.chain();
        chain.end();
        AuditRecord second = chain.next(EVENT, START);
        assertThat(second).isNotEqualTo(underZeros(second, begun.first()));
        chain.stored(second.head());
        chain.end();
        AuditRecord third = chain.next(EVENT, START);
        assertThat(third).isEqualTo(underZeros(third, second));
    }

    private static AuditRecord underZeros(AuditRecord entry, AuditRecord before) {
        return EntryMac.sealed(entry, before.head().mac(), new ChainKey(new byte[ChainKey.LENGTH]));
    }
}
