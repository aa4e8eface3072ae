package io.reseal.internal.store;

import io.reseal.KeyStoreUnavailableException;
import io.reseal.audit.AuditEvent;
import io.reseal.audit.AuditHead;
import io.reseal.database.ResealDatabase;
import io.reseal.database.Schema;
import io.reseal.internal.audit.AuditJournal;
import io.reseal.keys.AuditEntry;
import io.reseal.keys.Indication;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyNode;
import io.reseal.keys.KeyOperations;
import io.reseal.keys.KeyTypes;
import io.reseal.keys.KeyUsage;
import io.reseal.keys.ProtectedRecord;
import io.reseal.keys.spi.KeyStore;
import io.reseal.keys.spi.KeyTransition;
import io.reseal.keys.spi.NodeRenewal;
import io.reseal.keys.spi.StateChange;
import io.reseal.keys.spi.StoreSeal;
import io.reseal.keys.spi.StoredKeys;
import io.reseal.keys.spi.WrappedKey;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/** The key store in tables of a SQL database. A transition, its audit entry and the generation are one transaction. */
public final class JdbcKeyStore implements KeyStore {

    /** The tables of the key store. */
    public static final Schema SCHEMA = new Schema(
            "keystore",
            JdbcKeyStore.class,
            List.of("001-keys.sql"),
            Map.of(
                    "reseal_keystore",
                    List.of("id", "generation", "contents", "mac", "mac_kek_id", "mac_key"),
                    "reseal_key",
                    List.of(
                            "key_type",
                            "version",
                            "state",
                            "active_key_type",
                            "format",
                            "kek_id",
                            "fingerprint",
                            "wrapped",
                            "created_at",
                            "activated_at",
                            "deactivated_at",
                            "suspended_at",
                            "compromised_at",
                            "pending_destroy_at",
                            "destroyed_at",
                            "origin"),
                    "reseal_record",
                    List.of("kind", "id", "body"),
                    "reseal_node",
                    List.of("node_id", "name", "started_at", "renewed_at", "lease_until", "acknowledged", "evicted"),
                    "reseal_usage",
                    List.of("key_type", "version", "reserved"),
                    "reseal_usage_hour",
                    List.of("key_type", "version", "direction", "node", "hour_start", "operations"),
                    "reseal_audit",
                    List.of(
                            "chain",
                            "seq",
                            "generation",
                            "recorded_at",
                            "actor",
                            "action",
                            "subject",
                            "reason",
                            "detail",
                            "mac"),
                    "reseal_audit_chain",
                    List.of("chain", "node", "started_at", "kek_id", "wrapped"),
                    "reseal_audit_signer",
                    List.of("id", "kek_id", "wrapped"),
                    "reseal_indicator",
                    List.of(
                            "id",
                            "node",
                            "indicator",
                            "column_context",
                            "key_name",
                            "minute_start",
                            "occurrences",
                            "told")));

    /** SQLSTATE class. */
    private static final String CONSTRAINT_VIOLATION = "23";

    /** SQLSTATE class: the database undid the transaction to end a deadlock, and it may be asked for again. */
    private static final String ROLLED_BACK = "40";

    private static final int ATTEMPTS = 5;

    private final ResealDatabase database;
    private final StoreSnapshot snapshot;
    private final UsageTable usage;
    private final TimeLimit limit;
    private final AuditJournal journal;

    /**
     * @param database holds {@link #SCHEMA}; closed with this store, after the journal
     * @param limit how long one statement may take, in whole seconds
     */
    public JdbcKeyStore(ResealDatabase database, KeyTypes types, Duration limit, AuditJournal journal) {
        this.database = database;
        this.snapshot = new StoreSnapshot(types);
        this.usage = new UsageTable(types);
        this.limit = new TimeLimit(limit);
        this.journal = journal;
    }

    @Override
    public long generation() {
        return ask(StoreSnapshot::generation);
    }

    @Override
    public StoredKeys load() {
        return ask(snapshot::read);
    }

    /** The KEKs without which keys would be lost, also those of key types that this release does not know. */
    public static List<String> kekIds(ResealDatabase database, Duration limit) {
        return ask(
                database,
                new TimeLimit(limit),
                handle -> handle.createQuery("""
                        SELECT kek_id FROM reseal_key WHERE state <> 'DESTROYED'
                        UNION SELECT mac_kek_id FROM reseal_keystore WHERE mac_kek_id IS NOT NULL
                        ORDER BY 1
                        """).mapTo(String.class).list());
    }

    @Override
    public boolean apply(KeyTransition transition, long expectedGeneration, StoreSeal seal, AuditEntry entry) {
        return ask(connected -> connected.inTransaction(handle -> {
            if (!advance(handle, expectedGeneration, seal)) {
                return false;
            }
            if (transition instanceof KeyTransition.Promote promote
                    && promote.predecessor().isPresent()) {
                NodeTable.requireAcknowledged(handle, promote.announced());
            }
            change(handle, transition);
            audit(handle, seal.generation(), transition.subject(), entry);
            return true;
        }));
    }

    @Override
    public OptionalLong renew(NodeRenewal renewal) {
        return ask(handle -> NodeTable.renew(handle, renewal));
    }

    @Override
    public void leave(String node) {
        int unused = ask(handle -> NodeTable.leave(handle, node));
    }

    @Override
    public List<KeyNode> nodes() {
        return ask(NodeTable::all);
    }

    @Override
    public void evictSilent(Duration silence) {
        int unused = ask(handle -> NodeTable.evictSilent(handle, silence));
    }

    @Override
    public void note(String subject, AuditEntry entry) {
        AuditHead unused = ask(
                connected -> connected.inTransaction(handle -> journal.append(handle, new AuditEvent(subject, entry))));
    }

    @Override
    public void reserveUsage(KeyId key, long encryptions) {
        boolean unused = ask(handle -> UsageTable.reserve(handle, key, encryptions));
    }

    @Override
    public void recordOperations(KeyOperations operations) {
        boolean unused = ask(handle -> UsageTable.record(handle, operations));
    }

    @Override
    public List<KeyUsage> usage() {
        return ask(usage::usage);
    }

    @Override
    public List<KeyOperations> operations(Instant since) {
        return ask(handle -> usage.operations(handle, since));
    }

    @Override
    public Optional<String> problem() {
        return journal.problem();
    }

    @Override
    public void indicate(Indication indication) {
        int unused = ask(handle -> IndicatorTable.add(handle, indication));
    }

    @Override
    public List<Indication> indications(Instant since) {
        return ask(handle -> IndicatorTable.since(handle, since));
    }

    @Override
    public void close() {
        journal.close();
        database.close();
    }

    /** The compare-and-set: also locks the row until the end of the transaction, so that transitions never overlap. */
    private static boolean advance(Handle handle, long expectedGeneration, StoreSeal seal) {
        return handle.createUpdate("""
                        UPDATE reseal_keystore
                        SET generation = :next, contents = :contents, mac = :mac, mac_kek_id = :kekId, mac_key = :key
                        WHERE generation = :expected
                        """)
                        .bind("next", seal.generation())
                        .bind("contents", seal.contents())
                        .bind("mac", seal.mac().toByteArray())
                        .bind("kekId", seal.kekId())
                        .bind("key", seal.wrappedKey().toByteArray())
                        .bind("expected", expectedGeneration)
                        .execute()
                == 1;
    }

    private static void change(Handle handle, KeyTransition transition) {
        if (transition instanceof KeyTransition.Create create) {
            insert(handle, create.key());
        } else if (transition instanceof KeyTransition.Promote promote) {
            promote.predecessor().ifPresent(predecessor -> update(handle, predecessor));
            update(handle, promote.successor());
        } else if (transition instanceof KeyTransition.Move move) {
            update(handle, move.change());
        } else if (transition instanceof KeyTransition.PutRecord put) {
            put(handle, put.record());
        } else if (transition instanceof KeyTransition.Decide decide) {
            decide.change().ifPresent(one -> update(handle, one));
            decide.records().forEach(record -> put(handle, record));
        }
    }

    private static void insert(Handle handle, WrappedKey key) {
        KeyRow.bind(handle.createUpdate("""
                                INSERT INTO reseal_key (key_type, version, state, active_key_type, origin, format, kek_id,
                                    fingerprint, wrapped, created_at, activated_at, deactivated_at, suspended_at,
                                    compromised_at, pending_destroy_at, destroyed_at)
                                VALUES (:type, :version, :state, :active, :origin, :format, :kekId,
                                    :fingerprint, :wrapped, :created_at, :activated_at, :deactivated_at, :suspended_at,
                                    :compromised_at, :pending_destroy_at, :destroyed_at)
                                """), key).execute();
    }

    /** Only from the state that the change starts from. A destroyed key loses its material in the same statement. */
    private static void update(Handle handle, StateChange change) {
        int rows = KeyRow.bind(
                        handle.createUpdate("UPDATE reseal_key SET " + KeyRow.AFTER
                                + " WHERE key_type = :type AND version = :version AND state = :before"),
                        change.after())
                .bind("before", change.before().state().name())
                .bind("erased", new byte[0])
                .execute();
        if (rows != 1) {
            throw new IllegalStateException("The key " + change.key()
                    + " is not in the state that the transition starts from; nothing was changed");
        }
    }

    private static void put(Handle handle, ProtectedRecord record) {
        if (write(handle, "UPDATE reseal_record SET body = :body WHERE kind = :kind AND id = :id", record) == 0) {
            write(handle, "INSERT INTO reseal_record (kind, id, body) VALUES (:kind, :id, :body)", record);
        }
    }

    private static int write(Handle handle, String sql, ProtectedRecord record) {
        return handle.createUpdate(sql)
                .bind("kind", record.kind())
                .bind("id", record.id())
                .bind("body", record.body())
                .execute();
    }

    private void audit(Handle handle, long generation, String subject, AuditEntry entry) {
        journal.append(handle, new AuditEvent(Optional.of(generation), subject, entry));
    }

    /** Whether a constraint of the database forbids it. */
    static boolean isContradiction(JdbiException failure) {
        return isOf(failure, CONSTRAINT_VIOLATION);
    }

    private static boolean isOf(JdbiException failure, String stateClass) {
        return failure.getCause() instanceof SQLException cause
                && cause.getSQLState() != null
                && cause.getSQLState().startsWith(stateClass);
    }

    private <T> T ask(Function<Handle, T> question) {
        return ask(database, limit, question);
    }

    private static <T> T ask(ResealDatabase database, TimeLimit limit, Function<Handle, T> question) {
        for (int attempt = 1; true; attempt++) {
            try {
                return database.jdbi().withHandle(handle -> limit.within(handle, question));
            } catch (JdbiException e) {
                if (attempt == ATTEMPTS || !isOf(e, ROLLED_BACK)) {
                    throw translated(e);
                }
            }
        }
    }

    private static RuntimeException translated(JdbiException failure) {
        return isContradiction(failure)
                ? new IllegalStateException(
                        "The transition contradicts what the key store holds; nothing was changed", failure)
                : new KeyStoreUnavailableException(
                        "The key store in the database did not answer. Check the database behind reseal.keystore, and try again",
                        failure);
    }
}
