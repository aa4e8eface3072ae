package io.reseal.internal.audit;

import com.google.crypto.tink.util.Bytes;
import io.reseal.audit.AuditHead;
import io.reseal.audit.AuditRecord;
import io.reseal.database.ResealDatabase;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/** The tables in a database; a snapshot is one read-only transaction at REPEATABLE READ. */
public final class JdbcAuditSource implements AuditSource {

    private final ResealDatabase database;
    private final AuditKeys keys;

    public JdbcAuditSource(ResealDatabase database, AuditKeys keys) {
        this.database = database;
        this.keys = keys;
    }

    @Override
    public Optional<Bytes> signer() {
        return database.jdbi().withHandle(AuditTables::signer);
    }

    @Override
    public void snapshot(Consumer<Snapshot> reader) {
        database.jdbi()
                .useTransaction(
                        TransactionIsolationLevel.REPEATABLE_READ, handle -> reader.accept(new Open(handle, keys)));
    }

    private record Open(Handle handle, AuditKeys keys) implements Snapshot {

        @Override
        public List<ChainRow> chains() {
            return AuditTables.chains(handle);
        }

        @Override
        public Optional<AuditHead> head(String chain, long seq) {
            return AuditTables.head(handle, chain, seq);
        }

        /** A store that was never written to is at generation 0, and has no seal. */
        @Override
        public OptionalLong generation() {
            return AuditTables.seal(handle).map(keys::generation).orElse(OptionalLong.of(0));
        }

        @Override
        public long count() {
            return AuditTables.count(handle);
        }

        @Override
        public void entries(Consumer<AuditRecord> each) {
            AuditTables.entries(handle, each);
        }
    }
}
