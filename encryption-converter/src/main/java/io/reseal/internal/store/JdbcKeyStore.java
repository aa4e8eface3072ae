package io.reseal.internal.store;

import io.reseal.audit.AuditEvent;
import io.reseal.audit.AuditHead;
import io.reseal.database.ResealDatabase;
import io.reseal.database.Schema;
import io.reseal.internal.audit.AuditJournal;
import io.reseal.keys.AuditEntry;
import io.reseal.keys.Indication;
import io.reseal.keys.KeyHour;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyNode;
import io.reseal.keys.KeyOperations;
import io.reseal.keys.KeyTypes;
import io.reseal.keys.KeyUsage;
import io.reseal.keys.spi.KeyStore;
import io.reseal.keys.spi.KeyTransition;
import io.reseal.keys.spi.NodeRenewal;
import io.reseal.keys.spi.StoreSeal;
import io.reseal.keys.spi.StoredKeys;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;

/** The key store in tables of a SQL database. A transition, its audit entry and the generation are one transaction. */
public final class JdbcKeyStore implements KeyStore {

    /** The tables of the key store. */
    public static final Schema SCHEMA = KeyStoreSchema.SCHEMA;

    private final ResealDatabase database;
    private final StoreSnapshot snapshot;
    private final UsageTable usage;
    private final StoreQuestions questions;
    private final AuditJournal journal;

    /**
     * @param database holds {@link #SCHEMA}; closed with this store, after the journal
     * @param limit how long one statement may take, in whole seconds
     */
    public JdbcKeyStore(ResealDatabase database, KeyTypes types, Duration limit, AuditJournal journal) {
        this.database = database;
        this.snapshot = new StoreSnapshot(types);
        this.usage = new UsageTable(types);
        this.questions = new StoreQuestions(database, limit);
        this.journal = journal;
    }

    @Override
    public Instant now() {
        return questions.ask(handle ->
                handle.createQuery("SELECT <now>").mapTo(Instant.class).one());
    }

    @Override
    public long generation() {
        return questions.ask(StoreSnapshot::generation);
    }

    @Override
    public StoredKeys load() {
        return questions.ask(snapshot::read);
    }

    /** The KEKs without which keys would be lost, also those of key types that this release does not know. */
    public static List<String> kekIds(ResealDatabase database, Duration limit) {
        return new StoreQuestions(database, limit)
                .ask(handle -> handle.createQuery("""
                        SELECT kek_id FROM reseal_key WHERE state <> 'DESTROYED'
                        UNION SELECT mac_kek_id FROM reseal_keystore WHERE mac_kek_id IS NOT NULL
                        ORDER BY 1
                        """).mapTo(String.class).list());
    }

    @Override
    public boolean apply(KeyTransition transition, long expectedGeneration, StoreSeal seal, AuditEntry entry) {
        return questions.ask(connected -> connected.inTransaction(handle -> {
            if (!TransitionTables.advance(handle, expectedGeneration, seal)) {
                return false;
            }
            if (transition instanceof KeyTransition.Promote promote
                    && promote.predecessor().isPresent()) {
                NodeTable.requireAcknowledged(handle, promote.announced());
            }
            TransitionTables.change(handle, transition);
            audit(handle, seal.generation(), transition.subject(), entry);
            return true;
        }));
    }

    @Override
    public OptionalLong renew(NodeRenewal renewal) {
        return questions.ask(handle -> NodeTable.renew(handle, renewal));
    }

    @Override
    public void leave(String node) {
        int unused = questions.ask(handle -> NodeTable.leave(handle, node));
    }

    @Override
    public List<KeyNode> nodes() {
        return questions.ask(NodeTable::all);
    }

    @Override
    public void evictSilent(Duration silence) {
        int unused = questions.ask(handle -> NodeTable.evictSilent(handle, silence));
    }

    @Override
    public void note(String subject, AuditEntry entry) {
        AuditHead unused = questions.ask(
                connected -> connected.inTransaction(handle -> journal.append(handle, new AuditEvent(subject, entry))));
    }

    @Override
    public void reserveUsage(KeyId key, long encryptions) {
        boolean unused = questions.ask(handle -> UsageTable.reserve(handle, key, encryptions));
    }

    @Override
    public void recordOperations(KeyOperations operations) {
        boolean unused = questions.ask(handle -> UsageTable.record(handle, operations));
    }

    @Override
    public List<KeyUsage> usage() {
        return questions.ask(usage::usage);
    }

    @Override
    public List<KeyOperations> operations(Instant since) {
        return questions.ask(handle -> usage.operations(handle, since));
    }

    @Override
    public List<KeyHour> hours(Instant since) {
        return questions.ask(handle -> usage.hours(handle, since));
    }

    @Override
    public Optional<String> problem() {
        return journal.problem();
    }

    @Override
    public void indicate(Indication indication) {
        int unused = questions.ask(handle -> IndicatorTable.add(handle, indication));
    }

    @Override
    public List<Indication> indications(Instant since) {
        return questions.ask(handle -> IndicatorTable.since(handle, since));
    }

    @Override
    public void close() {
        journal.close();
        database.close();
    }

    private void audit(Handle handle, long generation, String subject, AuditEntry entry) {
        journal.append(handle, new AuditEvent(Optional.of(generation), subject, entry));
    }
}
