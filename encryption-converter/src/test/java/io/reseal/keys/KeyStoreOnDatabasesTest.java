package io.reseal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reseal.IllegalTransitionException;
import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.SealingRefusedException;
import io.reseal.keys.KeyStoreStatus.Lease;
import io.reseal.keys.KeyStoreStatus.Rollback;
import io.reseal.testing.Databases;
import io.reseal.testing.Databases.TestDatabase;
import io.reseal.testing.EachDatabase;
import io.reseal.testing.TestKek;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.io.TempDir;

/** What the databases and several nodes do together. */
class KeyStoreOnDatabasesTest {

    private static final KeyType TYPE = KeyType.TOKEN_ENCRYPTION;
    private static final List<String> TABLES = List.of("reseal_keystore", "reseal_key", "reseal_record");
    private static final String WHO = "operator";
    private static final int NODES = 3;
    private static final int WISHES = 25;

    @TempDir
    Path directory;

    @EachDatabase
    void anOlderCopyOfTheTablesIsNoticedByItsAnchorAndNoVersionIsIssuedAgain(Databases databases) throws SQLException {
        TestDatabase database = databases.fresh();
        try (KeyRegistry node = open(database, true)) {
            node.ensureActive(TYPE);
            node.records().put(new ProtectedRecord("policy", "a", "{}"), new AuditEntry(WHO, "set-policy", ""));
            for (String table : TABLES) {
                database.execute("CREATE TABLE copy_of_" + table + " AS SELECT * FROM " + table);
            }
            rotate(node);
            node.records().put(new ProtectedRecord("policy", "b", "{}"), new AuditEntry(WHO, "set-policy", ""));
        }
        for (String table : TABLES) {
            database.execute("DELETE FROM " + table);
            database.execute("INSERT INTO " + table + " SELECT * FROM copy_of_" + table);
        }
        try (KeyRegistry unaware = open(database, false)) {
            assertThat(unaware.status().rollback()).as("the audit log is newer").isEqualTo(Rollback.ROLLED_BACK);
            assertThatThrownBy(() -> unaware.sealing(TYPE))
                    .isInstanceOf(SealingRefusedException.class)
                    .hasMessageContainingAll("generation 3", "audit log", "generation 6", "recover");
        }
        try (KeyRegistry node = open(database, true)) {
            assertThatThrownBy(() -> node.sealing(TYPE))
                    .isInstanceOf(SealingRefusedException.class)
                    .hasMessageContainingAll("generation 3", "generation 6", "recover");
            StoreCopy other = new StoreCopy(node.copy().generation(), "00");
            assertThatThrownBy(() -> node.recover(other, WHO, "the newer copy is lost"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("another copy");
            node.recover(node.copy(), WHO, "the newer copy is lost");
            assertThat(node.status())
                    .isEqualTo(
                            new KeyStoreStatus(6 + Recoveries.SKIPPED, Rollback.DETECTABLE, Lease.RUNNING, List.of()));
            assertThat(rotate(node).id()).isEqualTo(new KeyId(TYPE, 2 + Recoveries.SKIPPED + 1));
        }
        assertThat(database.query("SELECT actor, reason FROM reseal_audit WHERE action = 'recover'"))
                .containsExactly("operator|the newer copy is lost");
    }

    @EachDatabase
    void everyTransitionIsInTheAuditLogWithItsGenerationAndBothStates(Databases databases) throws SQLException {
        TestDatabase database = databases.fresh();
        try (KeyRegistry node = open(database, false)) {
            KeyId first = node.ensureActive(TYPE);
            rotate(node);
            node.lifecycle().suspend(first, WHO, "odd openings");
        }
        assertThat(database.query("SELECT generation, action, subject, detail FROM reseal_audit"
                        + " WHERE generation > 2 ORDER BY generation"))
                .containsExactly(
                        "3|create|token_encryption version 2|",
                        "4|promote|token_encryption version 2|token_encryption version 2: PRE_ACTIVE to ACTIVE,"
                                + " token_encryption version 1: ACTIVE to DEACTIVATED",
                        "5|suspend|token_encryption version 1|token_encryption version 1: DEACTIVATED to SUSPENDED");
    }

    @EachDatabase
    void nodesThatAllChangeKeysAtOnceNeverBreakTheLaws(Databases databases) throws Exception {
        TestDatabase database = databases.fresh();
        ExecutorService threads = Executors.newFixedThreadPool(NODES);
        try {
            List<Callable<Boolean>> nodes = new ArrayList<>();
            for (int i = 0; i < NODES; i++) {
                long seed = i;
                nodes.add(() -> live(database, new Random(seed)));
            }
            for (Future<Boolean> node : threads.invokeAll(nodes)) {
                assertThat(node.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(database.query("SELECT count(*) FROM reseal_key WHERE state = 'ACTIVE'"))
                .containsExactly("1");
        assertThat(database.query("SELECT count(*) FROM reseal_audit WHERE generation IS NOT NULL"))
                .isEqualTo(database.query("SELECT generation FROM reseal_keystore"));
        assertThat(database.query("SELECT count(*) FROM reseal_audit WHERE action = 'create'"))
                .isEqualTo(database.query("SELECT count(*) FROM reseal_key"));
        open(database, false).close();
    }

    private boolean live(TestDatabase database, Random random) {
        try (KeyRegistry node = open(database, false)) {
            for (int wish = 0; wish < WISHES; wish++) {
                try {
                    ask(node, random);
                } catch (IllegalTransitionException | IllegalArgumentException refused) {
                    assertThat(refused).hasMessageContaining("token_encryption version");
                }
                assertThat(node.refresh().active(TYPE)).isPresent();
            }
        }
        return true;
    }

    private static void ask(KeyRegistry node, Random random) {
        KeyId active = node.ensureActive(TYPE);
        KeyId key = new KeyId(TYPE, 1 + random.nextInt(active.version()));
        KeyLifecycle life = node.lifecycle();
        switch (random.nextInt(6)) {
            case 0, 1 -> rotate(node);
            case 2 -> life.suspend(key, WHO, "");
            case 3 -> life.markCompromised(key, WHO, "");
            case 4 -> life.proposeDestroy(key, WHO, "");
            default -> life.destroy(key, WHO, "");
        }
    }

    private static KeyVersion rotate(KeyRegistry node) {
        KeyLifecycle life = node.lifecycle();
        return life.promote(life.createSuccessor(TYPE, WHO, "due"), WHO, "due");
    }

    @EachDatabase
    void theDatabasesClockDatesARetirementOnANodeWhoseClockIsBehind(Databases databases) throws SQLException {
        Clock behind = Clock.offset(Clock.systemUTC(), Duration.ofDays(-90));
        Map<String, Object> settings = Map.of(ResealSettings.KEK, new TestKek("kek"));
        try (KeyRegistry node = ResealKeys.open(databases.fresh().settings(settings), behind)) {
            KeyId first = node.ensureActive(TYPE);
            rotate(node);
            Instant retired =
                    node.refresh().version(first).orElseThrow().deactivated().orElseThrow();
            assertThat(retired).isCloseTo(Instant.now(), within(1, ChronoUnit.HOURS));
        }
    }

    private KeyRegistry open(TestDatabase database, boolean anchored) {
        Map<String, Object> settings = new HashMap<>(Map.of(ResealSettings.KEK, new TestKek("kek")));
        if (anchored) {
            settings.put(ResealSettings.ANCHOR, "file:" + directory.resolve("anchor"));
        }
        return ResealKeys.open(database.settings(settings), Clock.systemUTC());
    }
}
