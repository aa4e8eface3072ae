package io.reseal.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.crypto.tink.util.Bytes;
import io.reseal.KeyStoreUnavailableException;
import io.reseal.database.ResealDatabase;
import io.reseal.internal.audit.AuditJournal;
import io.reseal.internal.audit.AuditKeys;
import io.reseal.keys.AuditEntry;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyTypes;
import io.reseal.keys.KeyVersion;
import io.reseal.keys.spi.KeyStore;
import io.reseal.keys.spi.KeyStoreContract;
import io.reseal.keys.spi.KeyTransition;
import io.reseal.keys.spi.NodeRenewal;
import io.reseal.keys.spi.StateChange;
import io.reseal.keys.spi.StoreSeal;
import io.reseal.keys.spi.WrappedKey;
import io.reseal.testing.Databases;
import io.reseal.testing.Databases.TestDatabase;
import io.reseal.testing.EachDatabase;
import io.reseal.testing.TestKek;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class JdbcKeyStoreTest {

    private static final AuditEntry ENTRY = new AuditEntry("operator", "create", "quarterly");

    @Nested
    class OnH2 extends KeyStoreContract {
        @Override
        protected KeyStore empty() {
            return open(Databases.H2.fresh());
        }
    }

    @Nested
    class OnPostgres extends KeyStoreContract {
        @Override
        protected KeyStore empty() {
            return open(Databases.POSTGRESQL.fresh());
        }
    }

    @Nested
    @Tag("each-database")
    class OnMariaDb extends KeyStoreContract {
        @Override
        protected KeyStore empty() {
            return open(Databases.MARIADB.fresh());
        }
    }

    @EachDatabase
    void theDatabaseItselfKeepsMaterialUntilItsDestructionAndNoLonger(Databases databases) throws SQLException {
        TestDatabase database = databases.fresh();
        try (KeyStore store = open(database)) {
            store.apply(new KeyTransition.Create(key(1)), 0, seal(1), ENTRY);
        }
        assertThatThrownBy(() -> database.execute("UPDATE reseal_key SET state = 'DESTROYED'"))
                .isInstanceOf(SQLException.class);
        String nothing = databases == Databases.POSTGRESQL ? "''" : "X''";
        assertThatThrownBy(() -> database.execute("UPDATE reseal_key SET wrapped = " + nothing))
                .isInstanceOf(SQLException.class);
        assertThatThrownBy(() -> database.execute("UPDATE reseal_key SET state = 'PENDING_DESTROY'"))
                .isInstanceOf(SQLException.class);
    }

    @EachDatabase
    void recordsWhoDidWhatAndWhy(Databases databases) throws SQLException {
        TestDatabase database = databases.fresh();
        try (KeyStore store = open(database)) {
            store.apply(new KeyTransition.Create(key(1)), 0, seal(1), ENTRY);
            assertThat(database.query("SELECT seq, generation, actor, action, subject, reason FROM reseal_audit"
                            + " WHERE generation IS NOT NULL"))
                    .containsExactly("2|1|operator|create|token_encryption version 1|quarterly");
        }
    }

    @EachDatabase
    void evictsWhoRenewedBeforeTheDatabasesClockWasSetBack(Databases databases) throws SQLException {
        TestDatabase database = databases.fresh();
        try (KeyStore store = open(database)) {
            Duration lease = Duration.ofSeconds(20);
            store.renew(new NodeRenewal("a", "name", 0, lease));
            store.renew(new NodeRenewal("b", "name", 0, lease));
            database.execute("UPDATE reseal_node SET renewed_at = renewed_at + INTERVAL '1' HOUR,"
                    + " lease_until = lease_until + INTERVAL '1' HOUR WHERE node_id = 'a'");
            store.evictSilent(Duration.ofSeconds(10));
            assertThat(database.query("SELECT node_id FROM reseal_node WHERE evicted = TRUE"))
                    .containsExactly("a");
            assertThat(store.nodes())
                    .allSatisfy(node -> assertThat(node.leaseUntil())
                            .isBefore(store.nodes().get(1).renewed().plus(lease).plusSeconds(20)));
        }
    }

    @Test
    void aStatementThatTakesTooLongIsStoppedByTheServer() {
        try (ResealDatabase connected =
                ResealDatabase.open(Databases.POSTGRESQL.fresh().settings(), "reseal-test", 1)) {
            TimeLimit limit = new TimeLimit(Duration.ofSeconds(1));
            connected
                    .jdbi()
                    .useHandle(handle -> assertThatThrownBy(
                                    () -> limit.within(handle, asked -> asked.execute("SELECT pg_sleep(60)")))
                            .rootCause()
                            .isInstanceOfSatisfying(
                                    SQLException.class,
                                    stopped -> assertThat(stopped.getSQLState()).isEqualTo("57014")));
        }
    }

    @Test
    void aServerThatSaysNothingIsGivenUpASecondLater() {
        try (ResealDatabase connected =
                ResealDatabase.open(Databases.POSTGRESQL.fresh().settings(), "reseal-test", 1)) {
            int patience = connected
                    .jdbi()
                    .withHandle(handle ->
                            new TimeLimit(Duration.ofSeconds(5)).within(handle, JdbcKeyStoreTest::networkTimeout));
            assertThat(patience).isEqualTo(6_000);
        }
    }

    private static int networkTimeout(Handle handle) {
        try {
            return handle.getConnection().getNetworkTimeout();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatTheDatabaseUndidToEndADeadlockIsDoneAgain() throws SQLException {
        TestDatabase database = Databases.POSTGRESQL.fresh();
        try (KeyStore store = open(database)) {
            database.execute("CREATE SEQUENCE victims");
            database.execute("CREATE FUNCTION end_deadlock() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                    + " IF nextval('victims') < 3 THEN RAISE EXCEPTION 'undone' USING ERRCODE = '40P01'; END IF;"
                    + " RETURN NEW; END $$");
            database.execute("CREATE TRIGGER end_deadlock BEFORE INSERT ON reseal_key"
                    + " FOR EACH ROW EXECUTE FUNCTION end_deadlock()");
            store.apply(new KeyTransition.Create(key(1)), 0, seal(1), ENTRY);
        }
        assertThat(database.query("SELECT last_value FROM victims")).containsExactly("3");
        assertThat(database.query("SELECT count(*) FROM reseal_key")).containsExactly("1");
    }

    @EachDatabase
    void givesAConnectionBackAsItCameAlsoAfterARefusal(Databases databases) throws SQLException {
        TestDatabase database = databases.fresh();
        try (ResealDatabase connected = ResealDatabase.open(database.settings(), "reseal-test", 1)) {
            int before =
                    connected.jdbi().withHandle(handle -> handle.getConnection().getNetworkTimeout());
            TimeLimit limit = new TimeLimit(Duration.ofSeconds(5));
            connected.jdbi().useHandle(handle -> {
                assertThatThrownBy(() -> limit.within(handle, asked -> {
                            throw new IllegalStateException("refused");
                        }))
                        .isInstanceOf(IllegalStateException.class);
                assertThat(handle.getConnection().getNetworkTimeout()).isEqualTo(before);
            });
        }
    }

    @EachDatabase
    void changesNothingWhenTheAuditEntryCannotBeWritten(Databases databases) throws SQLException {
        TestDatabase database = databases.fresh();
        try (KeyStore store = open(database)) {
            database.execute("ALTER TABLE reseal_audit RENAME TO moved");
            assertThatThrownBy(() -> store.apply(new KeyTransition.Create(key(1)), 0, seal(1), ENTRY))
                    .isInstanceOf(RuntimeException.class);
            assertThat(database.query("SELECT version FROM reseal_key")).isEmpty();
            assertThat(store.generation()).isZero();
        }
    }

    @EachDatabase
    void theDatabaseItselfRefusesTwoActiveVersions(Databases databases) throws SQLException {
        TestDatabase database = databases.fresh();
        try (KeyStore store = open(database)) {
            store.apply(new KeyTransition.Create(key(1)), 0, seal(1), ENTRY);
            store.apply(
                    new KeyTransition.Promote(
                            StateChange.of(key(1).metadata(), KeyState.ACTIVE, Instant.EPOCH), Optional.empty(), 1),
                    1,
                    seal(2),
                    ENTRY);
            store.apply(new KeyTransition.Create(key(2)), 2, seal(3), ENTRY);
        }
        assertThatThrownBy(() -> database.execute("UPDATE reseal_key SET state = 'ACTIVE' WHERE version = 2"))
                .isInstanceOf(SQLException.class);
        assertThatThrownBy(() -> database.execute(
                        "UPDATE reseal_key SET state = 'ACTIVE', active_key_type = key_type" + " WHERE version = 2"))
                .isInstanceOf(SQLException.class);
    }

    @EachDatabase
    void leavesOutKeysOfATypeThatItDoesNotKnow(Databases databases) throws SQLException {
        TestDatabase database = databases.fresh();
        try (KeyStore store = open(database)) {
            store.apply(new KeyTransition.Create(key(1)), 0, seal(1), ENTRY);
            store.apply(new KeyTransition.Create(key(2)), 1, seal(2), ENTRY);
            database.execute("UPDATE reseal_key SET key_type = 'from_the_future' WHERE version = 2");
            assertThat(store.load().keys()).containsExactly(key(1));
            assertThat(store.load().unknown()).containsExactly("key/from_the_future/2");
        }
    }

    @EachDatabase
    void namesARowThatItCannotRead(Databases databases) throws SQLException {
        TestDatabase database = databases.fresh();
        try (KeyStore store = open(database)) {
            store.apply(new KeyTransition.Create(key(1)), 0, seal(1), ENTRY);
            database.execute("UPDATE reseal_key SET state = 'ARCHIVED'");
            assertThat(store.load().keys()).isEmpty();
            assertThat(store.load().unreadable().get("key/token_encryption/1"))
                    .contains("'ARCHIVED'", "upgrade Reseal");
        }
    }

    @Test
    @Timeout(30)
    void givesUpOnAServerThatDoesNotAnswer() throws SQLException {
        TestDatabase database = Databases.POSTGRESQL.fresh();
        try (KeyStore store = open(database);
                Connection other = database.connect();
                Statement lock = other.createStatement()) {
            other.setAutoCommit(false);
            lock.execute("LOCK TABLE reseal_keystore, reseal_key IN ACCESS EXCLUSIVE MODE");
            assertThatThrownBy(store::generation).isInstanceOf(KeyStoreUnavailableException.class);
            assertThatThrownBy(store::load).isInstanceOf(KeyStoreUnavailableException.class);
            assertThatThrownBy(() -> store.apply(new KeyTransition.Create(key(1)), 0, seal(1), ENTRY))
                    .isInstanceOf(KeyStoreUnavailableException.class);
            other.rollback();
            assertThat(store.generation()).isZero();
        }
    }

    @EachDatabase
    void neverQuotesKeyMaterialInAnError(Databases databases) throws SQLException {
        TestDatabase database = databases.fresh();
        try (KeyStore store = open(database)) {
            database.execute("ALTER TABLE reseal_key DROP COLUMN fingerprint");
            assertThatThrownBy(() -> store.apply(new KeyTransition.Create(key(1)), 0, seal(1), ENTRY))
                    .hasStackTraceContaining("reseal.keystore")
                    .rootCause()
                    .message()
                    .doesNotContain("wrapped:");
        }
    }

    private static KeyStore open(TestDatabase target) {
        ResealDatabase database = ResealDatabase.open(target.settings(), "test", 10);
        database.install(JdbcKeyStore.SCHEMA);
        return new JdbcKeyStore(database, KeyTypes.standard(), Duration.ofSeconds(1), journal());
    }

    private static AuditJournal journal() {
        AuditKeys keys = new AuditKeys("application", "test", new TestKek("kek"));
        return new AuditJournal("node", keys, Clock.systemUTC());
    }

    private static StoreSeal seal(long generation) {
        return new StoreSeal(generation, "", Bytes.copyFrom(new byte[0]), "kek", Bytes.copyFrom(new byte[0]));
    }

    private static WrappedKey key(int version) {
        KeyVersion metadata = KeyVersion.created(new KeyId(KeyType.TOKEN_ENCRYPTION, version), Instant.EPOCH);
        return new WrappedKey(metadata, 1, "kek", Bytes.copyFrom(new byte[16]), Bytes.copyFrom(new byte[] {1, 2, 3}));
    }
}
