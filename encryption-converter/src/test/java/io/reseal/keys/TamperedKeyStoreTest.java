package io.reseal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.ResealConfigurationException;
import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.SealingRefusedException;
import io.reseal.TamperedKeyStoreException;
import io.reseal.crypto.FieldCipher;
import io.reseal.testing.Databases;
import io.reseal.testing.Databases.TestDatabase;
import io.reseal.testing.EachDatabase;
import io.reseal.testing.TestClock;
import io.reseal.testing.TestKek;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The key store edited by hand: each edit is named at the next start, and by a node that runs. */
class TamperedKeyStoreTest {

    private static final KeyType TYPE = KeyType.TOKEN_ENCRYPTION;
    private static final AuditEntry ENTRY = new AuditEntry("operator", "test", "because");
    private static final String FIRST = "the row of the key token_encryption version 1 in reseal_key";
    private static final String SECOND = "the row of the key token_encryption version 2 in reseal_key";
    private static final String POLICY = "the row of the policy 'token_encryption' in reseal_record";

    /** One edit, in statements that end with semicolons, and how it is named. */
    private record Edit(String sql, List<String> findings) {

        Edit(String sql, String... findings) {
            this(sql, List.of(findings));
        }

        void of(TestDatabase database) throws SQLException {
            for (String statement : sql.split(";", -1)) {
                database.execute(statement);
            }
        }
    }

    private static List<Edit> edits(Databases databases) {
        String other = databases == Databases.POSTGRESQL ? "'\\x0102'" : "X'0102'";
        return List.of(
                new Edit("UPDATE reseal_key SET state = 'COMPROMISED' WHERE version = 1", FIRST + " was edited"),
                new Edit(
                        "UPDATE reseal_key SET state = 'PENDING_DESTROY', origin = 'COMPROMISED' WHERE version = 1",
                        FIRST + " was edited"),
                new Edit(
                        "UPDATE reseal_key SET activated_at = created_at, deactivated_at = NULL WHERE version = 1",
                        FIRST + " was edited"),
                new Edit("DELETE FROM reseal_key WHERE version = 1", FIRST + " was deleted"),
                new Edit(
                        """
                        UPDATE reseal_key SET version = 1000 WHERE version = 1;
                        UPDATE reseal_key SET version = 1 WHERE version = 2;
                        UPDATE reseal_key SET version = 2 WHERE version = 1000""",
                        FIRST + " holds what belongs into " + SECOND,
                        SECOND + " holds what belongs into " + FIRST),
                new Edit(
                        "UPDATE reseal_key SET version = 5 WHERE version = 1",
                        FIRST + " was deleted",
                        "the row of the key token_encryption version 5 in reseal_key was added"),
                new Edit("UPDATE reseal_key SET wrapped = " + other + " WHERE version = 2", SECOND + " was edited"),
                new Edit("UPDATE reseal_key SET fingerprint = " + other + " WHERE version = 1", FIRST + " was edited"),
                new Edit(
                        "UPDATE reseal_key SET key_type = 'from_the_future' WHERE version = 1",
                        FIRST + " was deleted",
                        "the row of the key from_the_future version 1 in reseal_key was added"),
                new Edit("UPDATE reseal_record SET body = '{\"days\":9000}'", POLICY + " was edited"),
                new Edit("DELETE FROM reseal_record", POLICY + " was deleted"),
                new Edit(
                        "INSERT INTO reseal_record (kind, id, body) VALUES ('approval', 'a', '{}')",
                        "the row of the approval 'a' in reseal_record was added"),
                new Edit(
                        "INSERT INTO reseal_record (kind, id, body) VALUES ('No Kind', '*', '{}')",
                        "the row of the No Kind '*' in reseal_record was added"),
                new Edit(
                        "UPDATE reseal_keystore SET generation = generation + 1",
                        "the generation in reseal_keystore was changed from 5 to 6"),
                new Edit(
                        "UPDATE reseal_keystore SET generation = generation - 1",
                        "the generation in reseal_keystore was changed from 5 to 4"),
                new Edit("UPDATE reseal_keystore SET mac = " + other, "contents and mac of reseal_keystore"),
                new Edit(
                        "UPDATE reseal_keystore SET contents = REPLACE(contents, 'encryption/2', 'encryption/3')",
                        "contents and mac of reseal_keystore"),
                new Edit(
                        "UPDATE reseal_keystore SET contents = REPLACE(contents, SUBSTRING(contents, 21, 8), '00000000')",
                        "of reseal_keystore"),
                new Edit(
                        "UPDATE reseal_keystore SET contents = ''",
                        "contents of reseal_keystore is no table of contents"),
                new Edit(
                        "UPDATE reseal_keystore SET contents = '\n'",
                        "contents of reseal_keystore is no table of contents"),
                new Edit(
                        "UPDATE reseal_key SET state = 'ARCHIVED' WHERE version = 1",
                        FIRST + " is not readable",
                        "'ARCHIVED'",
                        "upgrade"),
                new Edit("UPDATE reseal_keystore SET contents = NULL, mac = NULL", "without its MAC"),
                new Edit("UPDATE reseal_keystore SET mac_key = NULL", "without its MAC"));
    }

    @EachDatabase
    void everyEditIsNamedAtTheNextStartAndByANodeThatRunsAndNothingIsOverwritten(Databases databases)
            throws SQLException {
        for (Edit edit : edits(databases)) {
            TestDatabase database = databases.fresh();
            TestClock clock = TestClock.standing();
            try (KeyRegistry node = open(database, clock)) {
                populate(node);
                byte[] sealed = new FieldCipher(node, "t.c").seal(TYPE, new byte[] {1});
                edit.of(database);
                List<String> before = content(database);
                String[] findings = edit.findings().toArray(String[]::new);
                assertThatThrownBy(() -> open(database, clock))
                        .as(edit.sql())
                        .isInstanceOf(TamperedKeyStoreException.class)
                        .hasMessageContainingAll(findings)
                        .hasMessageContaining("Nothing was overwritten");
                clock.advance(Duration.ofSeconds(11));
                assertRefuses(node, sealed, findings);
                assertThat(content(database)).isEqualTo(before);
            }
        }
    }

    private static void assertRefuses(KeyRegistry node, byte[] sealed, String... findings) {
        FieldCipher cipher = new FieldCipher(node, "t.c");
        assertThat(cipher.open(sealed)).containsExactly(1);
        assertThatThrownBy(() -> cipher.seal(TYPE, new byte[] {2}))
                .isInstanceOf(SealingRefusedException.class)
                .hasMessageContainingAll(findings);
        assertThatThrownBy(() -> node.lifecycle().createSuccessor(TYPE, "operator", "go on"))
                .isInstanceOf(TamperedKeyStoreException.class);
        assertThatThrownBy(() -> node.records().put(new ProtectedRecord("policy", "b", "{}"), ENTRY))
                .isInstanceOf(TamperedKeyStoreException.class);
    }

    @EachDatabase
    void anotherKeyInPlaceOfTheMacsIsNamed(Databases databases) throws SQLException {
        TestDatabase database = databases.fresh();
        TestClock clock = TestClock.standing();
        try (KeyRegistry node = open(database, clock)) {
            populate(node);
            String key = databases == Databases.POSTGRESQL ? "'\\x0102'" : "X'0102'";
            database.execute("UPDATE reseal_keystore SET mac_key = " + key);
            assertThatThrownBy(() -> open(database, clock))
                    .isInstanceOf(TamperedKeyStoreException.class)
                    .hasMessageContaining("mac_key of reseal_keystore");
            assertThatThrownBy(() -> open(database, clock, new TestKek("another")))
                    .isInstanceOf(ResealConfigurationException.class)
                    .hasMessageContainingAll("the MAC of its content", "does not open");
            assertThatThrownBy(node::refresh)
                    .isInstanceOf(TamperedKeyStoreException.class)
                    .hasMessageContaining("mac_key of reseal_keystore");
        }
    }

    @EachDatabase
    void anEditThatIsTakenBackIsForgiven(Databases databases) throws SQLException {
        TestDatabase database = databases.fresh();
        TestClock clock = TestClock.standing();
        try (KeyRegistry node = open(database, clock)) {
            populate(node);
            database.execute("UPDATE reseal_record SET id = 'elsewhere' WHERE id = 'token_encryption'");
            assertThatThrownBy(node::refresh).isInstanceOf(TamperedKeyStoreException.class);
            assertThatThrownBy(() -> node.sealing(TYPE)).isInstanceOf(SealingRefusedException.class);
            database.execute("UPDATE reseal_record SET id = 'token_encryption' WHERE id = 'elsewhere'");
            node.refresh();
            assertThatCode(() -> node.sealing(TYPE)).doesNotThrowAnyException();
        }
    }

    @EachDatabase
    void anEditDuringATransitionIsNotSealedWithIt(Databases databases) throws SQLException {
        TestDatabase database = databases.fresh();
        TestClock clock = TestClock.standing();
        try (KeyRegistry node = open(database, clock)) {
            populate(node);
            KeyRecords records = node.records();
            assertThatThrownBy(() -> records.change(
                            "policy",
                            "token_encryption",
                            present -> {
                                edit(database, "UPDATE reseal_key SET state = 'COMPROMISED' WHERE version = 1");
                                return new ProtectedRecord("policy", "token_encryption", "{\"days\":30}");
                            },
                            ENTRY))
                    .isInstanceOf(TamperedKeyStoreException.class)
                    .hasMessageContaining(FIRST + " was edited");
        }
    }

    private static void edit(TestDatabase database, String sql) {
        try {
            database.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Version 1 is DEACTIVATED, version 2 ACTIVE, and there is a policy: generation 5. */
    private static void populate(KeyRegistry node) {
        node.ensureActive(TYPE);
        KeyLifecycle lifecycle = node.lifecycle();
        lifecycle.promote(lifecycle.createSuccessor(TYPE, "operator", "due"), "operator", "due");
        node.records().put(new ProtectedRecord("policy", "token_encryption", "{\"days\":90}"), ENTRY);
    }

    private static List<String> content(TestDatabase database) throws SQLException {
        List<String> rows = new ArrayList<>(database.query("SELECT generation, contents FROM reseal_keystore"));
        rows.addAll(database.query("SELECT key_type, version, state, wrapped FROM reseal_key ORDER BY 1, 2"));
        rows.addAll(database.query("SELECT kind, id, body FROM reseal_record ORDER BY 1, 2"));
        rows.addAll(database.query("SELECT action, generation FROM reseal_audit ORDER BY seq"));
        return rows;
    }

    private static KeyRegistry open(TestDatabase database, TestClock clock) {
        return open(database, clock, new TestKek("kek"));
    }

    private static KeyRegistry open(TestDatabase database, TestClock clock, TestKek kek) {
        return ResealKeys.open(database.settings(Map.of(ResealSettings.KEK, kek)), clock);
    }
}
