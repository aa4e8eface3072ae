package io.reseal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.reseal.ResealException;
import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.SealingRefusedException;
import io.reseal.TamperedKeyStoreException;
import io.reseal.crypto.FieldCipher;
import io.reseal.testing.Databases;
import io.reseal.testing.Databases.TestDatabase;
import io.reseal.testing.EachDatabase;
import io.reseal.testing.MemoryAnchor;
import io.reseal.testing.TestClock;
import io.reseal.testing.TestKek;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What may happen to a key store behind Reseal's back. Each is found at the next start and by a node that runs, and named; nothing
 * is overwritten, nothing sealed, and what the node knew before opens.
 */
class BadKeyStoreTest {

    private static final KeyType TYPE = KeyType.TOKEN_ENCRYPTION;
    private static final List<String> KEY_TABLES = List.of("reseal_keystore", "reseal_key", "reseal_record");
    private static final String FIRST = "the row of the key token_encryption version 1 in reseal_key";
    private static final String SECOND = "the row of the key token_encryption version 2 in reseal_key";

    /** How the next start answers. */
    private enum Start {
        /** Nothing can be relied on: it fails. */
        FAILS,
        /** Opens what this copy has the keys for, and refuses to seal. */
        REFUSES,
        /** Nothing outside this copy knows better: the status says that. */
        CANNOT_KNOW
    }

    /** One mishap, in statements that end with semicolons, and what is said of it. */
    private record Mishap(String what, boolean isAnchored, Start start, String sql, List<String> named) {

        Mishap(String what, boolean isAnchored, Start start, String sql, String... named) {
            this(what, isAnchored, start, sql, List.of(named));
        }

        String[] words() {
            return named.toArray(String[]::new);
        }
    }

    private static final List<Mishap> MISHAPS = List.of(
            new Mishap(
                    "a state flipped",
                    false,
                    Start.FAILS,
                    "UPDATE reseal_key SET state = 'COMPROMISED' WHERE version = 1",
                    FIRST + " was edited"),
            new Mishap(
                    "a row deleted",
                    false,
                    Start.FAILS,
                    "DELETE FROM reseal_key WHERE version = 1",
                    FIRST + " was deleted"),
            new Mishap("two rows swapped", false, Start.FAILS, """
                    UPDATE reseal_key SET version = 1000 WHERE version = 1;
                    UPDATE reseal_key SET version = 1, state = 'DEACTIVATED', active_key_type = NULL WHERE version = 2;
                    UPDATE reseal_key SET version = 2, state = 'ACTIVE', active_key_type = key_type WHERE version = 1000""", FIRST + " was edited", SECOND + " was edited"),
            new Mishap(
                    "a key of an unknown type",
                    false,
                    Start.FAILS,
                    """
                    INSERT INTO reseal_key (key_type, version, state, format, kek_id, fingerprint, wrapped, created_at)
                    SELECT 'from_the_future', 1, 'PRE_ACTIVE', format, kek_id, fingerprint, wrapped, created_at
                    FROM reseal_key WHERE version = 1""",
                    "the row of the key from_the_future version 1 in reseal_key was added"),
            new Mishap(
                    "a state that no release knows",
                    false,
                    Start.FAILS,
                    "UPDATE reseal_key SET state = 'ARCHIVED' WHERE version = 1",
                    FIRST + " is not readable",
                    "'ARCHIVED'"),
            new Mishap(
                    "an older copy of the whole database, with an anchor",
                    true,
                    Start.REFUSES,
                    restored("reseal_keystore", "reseal_key", "reseal_record", "reseal_audit"),
                    "generation 2",
                    "an older copy was restored",
                    "recover("),
            new Mishap(
                    "an older copy of the whole database, without an anchor",
                    false,
                    Start.CANNOT_KNOW,
                    restored("reseal_keystore", "reseal_key", "reseal_record", "reseal_audit"),
                    "generation 2",
                    "an older copy was restored",
                    "recover("),
            new Mishap(
                    "an older copy of the key tables alone, without an anchor",
                    false,
                    Start.REFUSES,
                    restored("reseal_keystore", "reseal_key", "reseal_record"),
                    "generation 2",
                    "an older copy was restored",
                    "recover("),
            new Mishap(
                    "key tables as on the first day, without an anchor",
                    false,
                    Start.REFUSES,
                    """
                    DELETE FROM reseal_key; DELETE FROM reseal_record;
                    UPDATE reseal_keystore SET generation = 0, contents = NULL, mac = NULL, mac_kek_id = NULL, mac_key = NULL""",
                    "generation 0",
                    "an older copy was restored",
                    "recover("));

    private static String restored(String... tables) {
        StringBuilder sql = new StringBuilder("SELECT 1");
        for (String table : tables) {
            sql.append("; ALTER TABLE ")
                    .append(table)
                    .append(" RENAME TO lost_")
                    .append(table);
            sql.append("; ALTER TABLE copy_of_")
                    .append(table)
                    .append(" RENAME TO ")
                    .append(table);
        }
        return sql.toString();
    }

    @EachDatabase
    void isFoundAtTheNextStartAndByANodeThatRunsAndNothingIsOverwritten(Databases databases) throws SQLException {
        for (Mishap mishap : MISHAPS) {
            TestDatabase database = databases.fresh();
            TestClock clock = TestClock.standing();
            Map<String, Object> settings = new HashMap<>(Map.of(ResealSettings.KEK, new TestKek("kek")));
            if (mishap.isAnchored()) {
                settings.put(ResealSettings.ANCHOR, new MemoryAnchor());
            }
            try (KeyRegistry running = ResealKeys.open(database.settings(settings), clock)) {
                List<String> heard = new CopyOnWriteArrayList<>();
                running.onStatus(status -> heard.add(String.join(" ", status.problems())));
                byte[] sealed = live(running, database);
                for (String statement : mishap.sql().split(";", -1)) {
                    database.execute(statement);
                }
                List<String> before = content(database);
                clock.advance(Duration.ofSeconds(11));
                assertRefuses(running, sealed, mishap);
                await(mishap.what())
                        .until(() -> heard.stream()
                                .anyMatch(problem -> mishap.named().stream().allMatch(problem::contains)));
                assertStart(database, settings, clock, mishap);
                assertThat(content(database)).as(mishap.what()).isEqualTo(before);
            }
        }
    }

    /** The copies are of generation 2; then version 2 becomes the active one, and seals. */
    private static byte[] live(KeyRegistry node, TestDatabase database) throws SQLException {
        node.ensureActive(TYPE);
        for (String table : List.of("reseal_keystore", "reseal_key", "reseal_record", "reseal_audit")) {
            database.execute("CREATE TABLE copy_of_" + table + " AS SELECT * FROM " + table);
        }
        KeyLifecycle life = node.lifecycle();
        life.promote(life.createSuccessor(TYPE, "operator", "due"), "operator", "due");
        node.records().put(new ProtectedRecord("policy", "a", "{}"), new AuditEntry("operator", "set-policy", ""));
        return new FieldCipher(node, "t.c").seal(TYPE, new byte[] {1});
    }

    private static void assertRefuses(KeyRegistry node, byte[] sealed, Mishap mishap) {
        FieldCipher cipher = new FieldCipher(node, "t.c");
        assertThatThrownBy(() -> cipher.seal(TYPE, new byte[] {2}))
                .as(mishap.what())
                .isInstanceOf(SealingRefusedException.class)
                .hasMessageContainingAll(mishap.words());
        assertThat(cipher.open(sealed)).as(mishap.what()).containsExactly(1);
        assertThat(node.status().problems())
                .as(mishap.what())
                .anySatisfy(problem -> assertThat(problem).contains(mishap.named()));
        assertThatThrownBy(() -> node.lifecycle().createSuccessor(TYPE, "operator", "go on"))
                .as(mishap.what())
                .isInstanceOf(ResealException.class)
                .hasMessageContainingAll(mishap.words());
    }

    private static void assertStart(
            TestDatabase database, Map<String, Object> settings, TestClock clock, Mishap mishap) {
        if (mishap.start() == Start.FAILS) {
            assertThatThrownBy(() -> ResealKeys.open(database.settings(settings), clock))
                    .as(mishap.what())
                    .isInstanceOf(TamperedKeyStoreException.class)
                    .hasMessageContainingAll(mishap.words())
                    .hasMessageContaining("Nothing was overwritten");
            return;
        }
        try (KeyRegistry started = ResealKeys.open(database.settings(settings), clock)) {
            if (mishap.start() == Start.REFUSES) {
                assertThatThrownBy(() -> started.sealing(TYPE))
                        .as(mishap.what())
                        .isInstanceOf(SealingRefusedException.class)
                        .hasMessageContainingAll(mishap.words());
                assertThat(started.status().problems())
                        .singleElement()
                        .asString()
                        .contains(mishap.named());
            } else {
                assertThat(started.status().rollback()).hasToString("rollback not detectable");
            }
        }
    }

    /** The clock of a node is no key store: the moments of keys stay in order, and sealing goes on. */
    @EachDatabase
    void aClockThatGoesBackwardsIsNamedAtTheNextStartAndByANodeThatRuns(Databases databases) throws SQLException {
        TestDatabase database = databases.fresh();
        Map<String, Object> settings = Map.of(ResealSettings.KEK, new TestKek("kek"));
        TestClock clock = TestClock.standing();
        try (KeyRegistry running = ResealKeys.open(database.settings(settings), clock)) {
            live(running, database);
            clock.advance(Duration.ofDays(-1));
            running.refresh();
            assertThat(running.status().problems()).singleElement().asString().contains("The clock of this node says");
            try (KeyRegistry started = ResealKeys.open(database.settings(settings), clock)) {
                assertThat(started.status().problems())
                        .singleElement()
                        .asString()
                        .contains("The clock of this node says");
                assertThat(started.sealing(TYPE)).isEqualTo(new KeyId(TYPE, 2));
            }
        }
    }

    private static List<String> content(TestDatabase database) throws SQLException {
        List<String> rows = new ArrayList<>();
        for (String table : KEY_TABLES) {
            rows.addAll(database.query("SELECT * FROM " + table + " ORDER BY 1, 2"));
        }
        rows.addAll(database.query("SELECT action, generation FROM reseal_audit WHERE generation > 0 ORDER BY 2"));
        return rows;
    }
}
