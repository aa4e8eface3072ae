package io.reseal.internal.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.crypto.tink.util.Bytes;
import io.reseal.audit.AuditHead;
import io.reseal.audit.AuditRecord;
import io.reseal.testing.TestKek;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Each of these holds by itself, also where another one would find the same attack. */
class AuditKeysTest {

    private static final Instant START = Instant.EPOCH;

    private final AuditKeys keys = new AuditKeys("application", "production", new TestKek("kek"));
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
    }
}
