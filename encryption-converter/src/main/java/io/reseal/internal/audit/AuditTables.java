package io.reseal.internal.audit;

import com.google.crypto.tink.util.Bytes;
import io.reseal.audit.AuditHead;
import io.reseal.audit.AuditRecord;
import io.reseal.database.Moments;
import io.reseal.keys.spi.StoreSeal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/** The statements on {@code reseal_audit} and its two companions. What was tampered with is read as it stands. */
final class AuditTables {

    /** In the place of a NULL that the tables forbid: no entry that was ever written holds it. */
    private static final String NULL = "\u0000";

    private static final int FETCH = 1000;

    private AuditTables() {}

    /** Waits for transactions that write to the chain; false if the chain has no row, or none that is committed. */
    static boolean lock(Handle handle, String chain) {
        return handle.createQuery("SELECT chain FROM reseal_audit_chain WHERE chain = :chain FOR UPDATE")
                .bind("chain", chain)
                .mapTo(String.class)
                .findOne()
                .isPresent();
    }

    static Optional<AuditHead> last(Handle handle, String chain) {
        return handle.createQuery("""
                        SELECT chain, seq, mac FROM reseal_audit WHERE chain = :chain ORDER BY seq DESC FETCH FIRST 1 ROWS ONLY
                        """)
                .bind("chain", chain)
                .map((row, context) -> head(row))
                .findOne();
    }

    static Optional<AuditHead> head(Handle handle, String chain, long seq) {
        return handle.createQuery("SELECT chain, seq, mac FROM reseal_audit WHERE chain = :chain AND seq = :seq")
                .bind("chain", chain)
                .bind("seq", seq)
                .map((row, context) -> head(row))
                .findFirst();
    }

    /** The seal of the key store; empty if nothing was ever written to it. */
    static Optional<StoreSeal> seal(Handle handle) {
        return handle.createQuery("""
                        SELECT generation, contents, mac, mac_kek_id, mac_key FROM reseal_keystore
                        WHERE generation <> 0 OR contents IS NOT NULL
                        """)
                .map((row, context) -> new StoreSeal(
                        row.getLong("generation"),
                        text(row, "contents"),
                        bytes(row, "mac"),
                        text(row, "mac_kek_id"),
                        bytes(row, "mac_key")))
                .findFirst();
    }

    /** The end of each chain. */
    static List<AuditHead> heads(Handle handle) {
        return handle.createQuery("""
                        SELECT a.chain, a.seq, a.mac FROM reseal_audit a
                        JOIN (SELECT chain, max(seq) AS seq FROM reseal_audit GROUP BY chain) h
                          ON h.chain = a.chain AND h.seq = a.seq
                        ORDER BY a.chain
                        """).map((row, context) -> head(row)).list();
    }

    static Optional<String> lastChainOf(Handle handle, String node) {
        return handle.createQuery("""
                        SELECT chain FROM reseal_audit_chain WHERE node = :node
                        ORDER BY started_at DESC, chain FETCH FIRST 1 ROWS ONLY
                        """).bind("node", node).mapTo(String.class).findOne();
    }

    static void insert(Handle handle, ChainRow row) {
        handle.createUpdate("""
                        INSERT INTO reseal_audit_chain (chain, node, started_at, kek_id, wrapped)
                        VALUES (:chain, :node, :started, :kekId, :wrapped)
                        """)
                .bind("chain", row.chain())
                .bind("node", row.node())
                .bind("started", row.startedAt())
                .bind("kekId", row.kekId())
                .bind("wrapped", row.wrapped().toByteArray())
                .execute();
    }

    static void insert(Handle handle, AuditRecord entry) {
        handle.createUpdate("""
                        INSERT INTO reseal_audit
                            (chain, seq, generation, recorded_at, actor, action, subject, reason, detail, mac)
                        VALUES (:chain, :seq, :generation, :at, :actor, :action, :subject, :reason, :detail, :mac)
                        """)
                .bind("chain", entry.head().chain())
                .bind("seq", entry.head().seq())
                .bind("generation", entry.generation().orElse(null))
                .bind("at", entry.recordedAt())
                .bind("actor", entry.actor())
                .bind("action", entry.action())
                .bind("subject", entry.subject())
                .bind("reason", entry.reason())
                .bind("detail", entry.detail())
                .bind("mac", entry.head().mac().toByteArray())
                .execute();
    }

    static List<ChainRow> chains(Handle handle) {
        return handle.createQuery("SELECT chain, node, started_at, kek_id, wrapped FROM reseal_audit_chain")
                .map((row, context) -> new ChainRow(
                        text(row, "chain"),
                        text(row, "node"),
                        moment(row, "started_at", context),
                        text(row, "kek_id"),
                        bytes(row, "wrapped")))
                .list();
    }

    static Optional<Bytes> signer(Handle handle) {
        return handle.createQuery("SELECT wrapped FROM reseal_audit_signer")
                .map((row, context) -> bytes(row, "wrapped"))
                .findFirst();
    }

    static void insertSigner(Handle handle, String kekId, Bytes wrapped) {
        handle.createUpdate("INSERT INTO reseal_audit_signer (id, kek_id, wrapped) VALUES (1, :kekId, :wrapped)")
                .bind("kekId", kekId)
                .bind("wrapped", wrapped.toByteArray())
                .execute();
    }

    static long count(Handle handle) {
        return handle.createQuery("SELECT count(*) FROM reseal_audit")
                .mapTo(Long.class)
                .one();
    }

    /** Every entry, chain by chain, in the order of its places. */
    static void entries(Handle handle, Consumer<AuditRecord> each) {
        handle.createQuery("""
                        SELECT chain, seq, generation, recorded_at, actor, action, subject, reason, detail, mac
                        FROM reseal_audit ORDER BY chain, seq
                        """)
                .setFetchSize(FETCH)
                .map(AuditTables::entry)
                .useIterator(entries -> entries.forEachRemaining(each));
    }

    private static AuditRecord entry(ResultSet row, StatementContext context) throws SQLException {
        return new AuditRecord(
                head(row),
                number(row, "generation"),
                moment(row, "recorded_at", context),
                text(row, "actor"),
                text(row, "action"),
                text(row, "subject"),
                text(row, "reason"),
                text(row, "detail"));
    }

    private static AuditHead head(ResultSet row) throws SQLException {
        return new AuditHead(text(row, "chain"), row.getLong("seq"), bytes(row, "mac"));
    }

    private static Optional<Long> number(ResultSet row, String column) throws SQLException {
        long number = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(number);
    }

    private static String text(ResultSet row, String column) throws SQLException {
        return Objects.requireNonNullElse(row.getString(column), NULL);
    }

    private static Bytes bytes(ResultSet row, String column) throws SQLException {
        byte @Nullable [] bytes = row.getBytes(column);
        return Bytes.copyFrom(bytes == null ? new byte[0] : bytes);
    }

    private static Instant moment(ResultSet row, String column, StatementContext context) throws SQLException {
        return Objects.requireNonNullElse(Moments.readOrNull(row, column, context), Instant.MIN);
    }
}
