package io.reseal.internal.audit;

import com.google.crypto.tink.util.Bytes;
import io.reseal.audit.AuditHead;
import io.reseal.audit.AuditRecord;
import io.reseal.internal.format.AssociatedData;
import java.util.HexFormat;

/** The mac of an entry: over all of its columns and the mac before it, each with its length in front. */
final class EntryMac {

    /** Stands before the first entry of a chain. */
    static final Bytes NONE = Bytes.copyFrom(new byte[0]);

    private EntryMac() {}

    /** {@code record} with the mac that belongs to it, whatever it had. */
    static AuditRecord sealed(AuditRecord record, Bytes before, ChainKey key) {
        AuditHead head = record.head();
        return new AuditRecord(
                new AuditHead(head.chain(), head.seq(), Bytes.copyFrom(key.mac(message(record, before)))),
                record.generation(),
                record.recordedAt(),
                record.actor(),
                record.action(),
                record.subject(),
                record.reason(),
                record.detail());
    }

    private static byte[] message(AuditRecord record, Bytes before) {
        return AssociatedData.of(
                "reseal/audit-entry/v1",
                HexFormat.of().formatHex(before.toByteArray()),
                record.head().chain(),
                Long.toString(record.head().seq()),
                record.generation().map(String::valueOf).orElse(""),
                record.recordedAt().toString(),
                record.actor(),
                record.action(),
                record.subject(),
                record.reason(),
                record.detail());
    }
}
