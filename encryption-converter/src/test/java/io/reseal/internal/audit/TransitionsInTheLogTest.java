package io.reseal.internal.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.audit.AuditFinding;
import io.reseal.audit.AuditLog;
import io.reseal.audit.Tampering;
import io.reseal.keys.AuditEntry;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import io.reseal.keys.ProtectedRecord;
import io.reseal.testing.Databases;
import io.reseal.testing.Databases.TestDatabase;
import io.reseal.testing.EachDatabase;
import io.reseal.testing.TestClock;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The key store's own generation against the log, in real tables, without any checkpoint. */
class TransitionsInTheLogTest {

    private static final KeyType TYPE = KeyType.DATABASE_ENCRYPTION;
    private static final List<String> TABLES = List.of("reseal_keystore", "reseal_key", "reseal_record");

    @TempDir
    Path directory;

    @EachDatabase
    void everyTransitionIsInTheLogOnce(Databases databases) {
        TestDatabase database = databases.fresh();
        rotate(database);
        rotate(database);
        assertThat(verify(database)).isEmpty();
    }

    @EachDatabase
    void theEndOfTheLogCannotBeCutOff(Databases databases) throws SQLException {
        TestDatabase database = databases.fresh();
        rotate(database);
        withoutHurdle(databases, database);
        database.execute("DELETE FROM reseal_audit WHERE generation = 4");
        assertThat(verify(database)).singleElement().satisfies(finding -> {
            assertThat(finding.what()).isEqualTo(Tampering.TRANSITION_MISSING);
            assertThat(finding.seq()).isEqualTo(4);
        });
    }

    @EachDatabase
    void aWholeChainCannotBeCutOut(Databases databases) throws SQLException {
        TestDatabase database = databases.fresh();
        rotate(database);
        withoutHurdle(databases, database);
        database.execute("DELETE FROM reseal_audit");
        database.execute("DELETE FROM reseal_audit_chain");
        assertThat(verify(database))
                .extracting(AuditFinding::detail)
                .singleElement()
                .asString()
                .contains("1 to 4");
    }

    @Test
    void anOlderKeyStoreBesideANewerLogIsFound() throws SQLException {
        TestDatabase database = Databases.H2.fresh();
        rotate(database);
        copy(database, "", "_old");
        rotate(database);
        copy(database, "_old", "");
        assertThat(verify(database)).extracting(AuditFinding::what).containsExactly(Tampering.KEY_STORE_BEHIND);
        assertThatThrownBy(() -> rotate(database)).hasMessageContaining("the audit log tells of generation 6");
        database.execute("CREATE TABLE hidden AS SELECT * FROM reseal_audit WHERE generation > 4");
        database.execute("DELETE FROM reseal_audit WHERE generation > 4");
        rotate(database);
        database.execute("INSERT INTO reseal_audit SELECT * FROM hidden");
        assertThat(verify(database))
                .extracting(AuditFinding::what)
                .contains(Tampering.TRANSITION_TWICE, Tampering.TRANSITION_TWICE);
    }

    @Test
    void aRecoveryExplainsWhatItSkipped() throws SQLException {
        TestDatabase database = Databases.H2.fresh();
        try (KeyRegistry keys = open(database)) {
            rotate(keys);
            copy(database, "", "_old");
            rotate(keys);
            copy(database, "_old", "");
            database.execute("DELETE FROM reseal_audit WHERE generation > 4");
            keys.refresh();
            keys.recover("operator", "the disk died");
            rotate(keys);
        }
        assertThat(verify(database)).extracting(AuditFinding::what).containsOnly(Tampering.TRUNCATED);
        database.execute("DELETE FROM reseal_audit WHERE generation = 4");
        assertThat(verify(database))
                .filteredOn(finding -> finding.what() == Tampering.TRANSITION_MISSING)
                .extracting(AuditFinding::seq)
                .contains(4L);
    }

    /** Whoever may write records chooses the words of their entries. */
    @Test
    void anEntryInTheWordsOfARecoveryExplainsNothing() throws SQLException {
        TestDatabase database = Databases.H2.fresh();
        rotate(database);
        try (KeyRegistry keys =
                open(database)) { // a chain of its own, which verifies although entries of the other are gone
            AuditEntry entry = new AuditEntry("operator", "recover", "why", "from generation 1");
            keys.records().put(new ProtectedRecord("kind", "id", "{}"), entry);
        }
        assertThat(database.query("SELECT detail FROM reseal_audit WHERE generation = 5"))
                .containsExactly("from generation 1");
        database.execute("DELETE FROM reseal_audit WHERE generation BETWEEN 2 AND 4");
        assertThat(verify(database)).extracting(AuditFinding::what).contains(Tampering.TRANSITION_MISSING);
    }

    @Test
    void anEditedSealVouchesForNothing() throws SQLException {
        TestDatabase database = Databases.H2.fresh();
        rotate(database);
        database.execute(
                "UPDATE reseal_keystore SET contents = replace(contents, ' 4' || CHAR(10), ' 3' || CHAR(10)), generation = 3");
        database.execute("DELETE FROM reseal_audit WHERE generation = 4");
        assertThat(verify(database)).extracting(AuditFinding::what).containsExactly(Tampering.KEY_STORE_ALTERED);
    }

    @Test
    void recordsAreTransitionsToo() throws SQLException {
        TestDatabase database = Databases.H2.fresh();
        try (KeyRegistry keys = open(database)) {
            rotate(keys);
            ProtectedRecord record = new ProtectedRecord("k".repeat(64), "i".repeat(200), "{}");
            keys.records().put(record, new AuditEntry("operator", "put", "why"));
        }
        assertThat(verify(database)).isEmpty();
        database.execute("DELETE FROM reseal_audit WHERE action = 'put'");
        assertThat(verify(database)).extracting(AuditFinding::what).containsExactly(Tampering.TRANSITION_MISSING);
    }

    /** Generations 1 and 2 make the first version active, 3 and 4 its successor. */
    private void rotate(TestDatabase database) {
        try (KeyRegistry keys = open(database)) {
            rotate(keys);
        }
    }

    private static void rotate(KeyRegistry keys) {
        keys.ensureActive(TYPE);
        KeyId next = keys.lifecycle().createSuccessor(TYPE, "operator", "quarterly");
        keys.lifecycle().promote(next, "operator", "quarterly");
    }

    private static void copy(TestDatabase database, String from, String to) throws SQLException {
        for (String table : TABLES) {
            database.execute("CREATE TABLE IF NOT EXISTS " + table + to + " AS SELECT * FROM " + table + from);
            database.execute("DELETE FROM " + table + to);
            database.execute("INSERT INTO " + table + to + " SELECT * FROM " + table + from);
        }
    }

    static void withoutHurdle(Databases kind, TestDatabase database) throws SQLException {
        switch (kind) {
            case POSTGRESQL -> database.execute("DROP FUNCTION reseal_audit_only_grows CASCADE");
            case MARIADB -> {
                for (String trigger : List.of("_no_update", "_no_delete", "_chain_no_update", "_chain_only_grows")) {
                    database.execute("DROP TRIGGER reseal_audit" + trigger);
                }
            }
            case H2 -> {}
        }
    }

    private List<AuditFinding> verify(TestDatabase database) {
        try (AuditLog log = ResealKeys.openAudit(settings(database), TestClock.standing())) {
            return log.verify(List.of(), List.of(), progress -> {}).findings();
        }
    }

    private KeyRegistry open(TestDatabase database) {
        return ResealKeys.open(settings(database), TestClock.standing());
    }

    private ResealSettings settings(TestDatabase database) {
        return database.settings(
                Map.of(ResealSettings.KEK_FILE, directory.resolve("kek.json").toString()));
    }
}
