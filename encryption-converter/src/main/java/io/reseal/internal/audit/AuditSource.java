package io.reseal.internal.audit;

import com.google.crypto.tink.util.Bytes;
import io.reseal.audit.AuditHead;
import io.reseal.audit.AuditRecord;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** The audit log's tables, as a verification reads them. */
public interface AuditSource {

    /** The wrapped key that signs checkpoints; empty if nobody has signed yet. */
    Optional<Bytes> signer();

    /** Reads chains and entries in one snapshot. */
    void snapshot(Consumer<Snapshot> reader);

    /** The log at one moment. */
    interface Snapshot {

        List<ChainRow> chains();

        /** The place of a chain, if the log has it. */
        Optional<AuditHead> head(String chain, long seq);

        /** The generation of the key store that the log belongs to; empty if nobody vouches for it. */
        OptionalLong generation();

        /** How many entries there are. */
        long count();

        /** Hands over every entry: chain by chain, each in the order of its places. */
        void entries(Consumer<AuditRecord> each);
    }
}
