package io.reseal.internal.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.reseal.KeyStoreUnavailableException;
import io.reseal.audit.AuditEvent;
import io.reseal.audit.AuditFinding;
import io.reseal.audit.AuditHead;
import io.reseal.audit.AuditLog;
import io.reseal.audit.AuditVerification;
import io.reseal.audit.CheckpointSink;
import io.reseal.audit.FileCheckpointSink;
import io.reseal.audit.Tampering;
import io.reseal.database.ResealDatabase;
import io.reseal.internal.store.JdbcKeyStore;
import io.reseal.keys.AuditEntry;
import io.reseal.keys.spi.KeyEncryption;
import io.reseal.testing.Databases;
import io.reseal.testing.Databases.TestDatabase;
import io.reseal.testing.EachDatabase;
import io.reseal.testing.TestKek;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuditLogTest {

    private static final int WRITERS = 8;
    private static final int EACH = 25;

    @TempDir
    Path directory;

    @EachDatabase
    void whatWasWrittenVerifies(Databases databases) throws SQLException {
        TestDatabase database = databases.fresh();
        try (AuditLog log = open(database)) {
            log.append(event("Ünïcode ☂ \uD83D\uDD11, 'quoted', trailing blank "));
            log.append(event(""));
            CheckpointSink sink = sink();
            log.checkpoint(sink, "operator");
            AuditVerification found = log.verify(List.of(sink), log.heads(), progress -> {});
            assertThat(found.findings()).isEmpty();
            assertThat(found.entries()).isEqualTo(4);
            assertThat(found.checkpoints()).isEqualTo(1);
        }
        assertThat(database.query("SELECT seq, actor, action, subject FROM reseal_audit WHERE seq = 2"))
                .containsExactly("2|operator|count|users.ssn");
    }

    @EachDatabase
    void aNodeThatStartsAgainBeginsAChainThatNamesTheEndOfTheOneBefore(Databases databases) throws SQLException {
        TestDatabase database = databases.fresh();
        AuditHead end = appendOne(database);
        appendOne(database);
        assertThat(database.query("SELECT detail FROM reseal_audit WHERE seq = 1"))
                .containsExactlyInAnyOrder("", end.text());
        database.execute("DELETE FROM reseal_audit WHERE chain = '" + end.chain() + "'");
        database.execute("DELETE FROM reseal_audit_chain WHERE chain = '" + end.chain() + "'");
        assertThat(verify(database)).extracting(AuditFinding::what).containsExactly(Tampering.TRUNCATED);
    }

    @EachDatabase
    void threadsThatWriteAtOnceMakeOneChainWithoutGaps(Databases databases) throws Exception {
        TestDatabase database = databases.fresh();
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        try (AuditLog log = open(database)) {
            log.append(event("first"));
            Callable<Void> writer = () -> {
                for (int i = 0; i < EACH; i++) {
                    log.append(event("of many"));
                }
                return null;
            };
            for (Future<Void> each : threads.invokeAll(Collections.nCopies(WRITERS, writer))) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(database.query("SELECT count(*), count(DISTINCT chain), max(seq) FROM reseal_audit"))
                .containsExactly((WRITERS * EACH + 2) + "|1|" + (WRITERS * EACH + 2));
        assertThat(verify(database)).isEmpty();
    }

    @EachDatabase
    void anEntryThatIsRolledBackEndsItsChainAndNothingIsMissed(Databases databases) throws SQLException {
        TestDatabase database = databases.fresh();
        try (AuditLog log = open(database)) {
            log.append(event("before"));
            AuditHead before = log.head().orElseThrow();
            refuseEntries(database, true);
            assertThatThrownBy(() -> log.append(event("refused"))).isInstanceOf(KeyStoreUnavailableException.class);
            refuseEntries(database, false);
            AuditHead after = log.append(event("after"));
            assertThat(after.chain()).isNotEqualTo(before.chain());
            assertThat(log.verify(List.of(), List.of(before, after), progress -> {})
                            .findings())
                    .isEmpty();
        }
    }

    @EachDatabase
    void aFirstEntryThatIsRolledBackLeavesNothing(Databases databases) throws SQLException {
        TestDatabase database = databases.fresh();
        try (AuditLog log = open(database)) {
            refuseEntries(database, true);
            assertThatThrownBy(() -> log.append(event("refused"))).isInstanceOf(KeyStoreUnavailableException.class);
            refuseEntries(database, false);
            assertThat(log.head()).isEmpty();
            log.append(event("after"));
        }
        assertThat(database.query("SELECT seq FROM reseal_audit ORDER BY seq")).containsExactly("1", "2");
        assertThat(verify(database)).isEmpty();
    }

    @EachDatabase
    void aWriterWhoseLastEntryIsGoneSaysSoInTheNext(Databases databases) throws SQLException {
        TestDatabase database = databases.fresh();
        try (AuditLog log = open(database)) {
            AuditHead gone = log.append(event("to be hidden"));
            database.execute("DELETE FROM reseal_audit WHERE seq = 2");
            log.append(event("after"));
            assertThat(log.verify(List.of(), List.of(), progress -> {}).findings())
                    .extracting(AuditFinding::chain, AuditFinding::seq, AuditFinding::what)
                    .containsExactly(tuple(gone.chain(), 2L, Tampering.TRUNCATED));
        }
    }

    @EachDatabase
    void aDeletedEntryIsNamedAndWhatComesLaterIsVerified(Databases databases) throws SQLException {
        TestDatabase database = databases.fresh();
        try (AuditLog log = open(database)) {
            for (int seq = 2; seq <= 6; seq++) {
                log.append(event("one"));
            }
        }
        database.execute("DELETE FROM reseal_audit WHERE seq = 3");
        assertThat(verify(database))
                .extracting(AuditFinding::seq, AuditFinding::what)
                .containsExactly(tuple(3L, Tampering.MISSING), tuple(4L, Tampering.UNVERIFIABLE));
    }

    /** What a chain names as the end of the one before comes from the table, where anybody may have written anything. */
    @ParameterizedTest
    @ValueSource(strings = {"9223372036854775807", "1000000000000000000"})
    void aRowThatSomebodyAddedNeverStopsTheVerification(String seq) throws SQLException {
        TestDatabase database = Databases.H2.fresh();
        AuditHead end = appendOne(database);
        database.execute(
                "INSERT INTO reseal_audit SELECT chain, " + seq
                        + ", generation, recorded_at, actor, action, subject, reason, detail, mac FROM reseal_audit WHERE seq = 2");
        appendOne(database);
        assertThat(verify(database)).extracting(AuditFinding::chain).contains(end.chain());
    }

    @Test
    void anotherKekOpensNoChain() throws SQLException {
        TestDatabase database = Databases.H2.fresh();
        appendOne(database);
        try (AuditLog log = open(database, new TestKek("another"))) {
            assertThat(log.verify(List.of(), List.of(), progress -> {}).findings())
                    .extracting(AuditFinding::what)
                    .containsExactly(Tampering.CHAIN_KEY);
        }
    }

    @Test
    void progressReachesTheTotal() {
        TestDatabase database = Databases.H2.fresh();
        appendOne(database);
        List<AuditLog.Progress> progress = new ArrayList<>();
        try (AuditLog log = open(database)) {
            log.verify(List.of(), List.of(), progress::add);
        }
        assertThat(progress).last().isEqualTo(new AuditLog.Progress(2, 2));
    }

    /** Refused by the database as it inserts, so that the transaction is rolled back. */
    private static void refuseEntries(TestDatabase database, boolean refuse) throws SQLException {
        database.execute(
                refuse
                        ? "ALTER TABLE reseal_audit ADD CONSTRAINT refuse CHECK (reason <> 'refused')"
                        : "ALTER TABLE reseal_audit DROP CONSTRAINT refuse");
    }

    @EachDatabase
    void theLongestTextsFit(Databases databases) throws SQLException {
        TestDatabase database = databases.fresh();
        String reason = "ü".repeat(4000);
        try (AuditLog log = open(database)) {
            AuditEntry entry = new AuditEntry("ü".repeat(255), "ü".repeat(64), reason, "ü".repeat(4000));
            log.append(new AuditEvent("ü".repeat(1200), entry));
        }
        assertThat(verify(database)).isEmpty();
        assertThat(database.query("SELECT reason FROM reseal_audit WHERE seq = 2"))
                .containsExactly(reason);
    }

    @Test
    void onlyTheKeyStoreTellsOfTransitions() {
        try (AuditLog log = open(Databases.H2.fresh())) {
            AuditEvent claim = new AuditEvent(Optional.of(7L), "users.ssn", new AuditEntry("operator", "count", "why"));
            assertThatThrownBy(() -> log.append(claim)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    /** Everybody who may write to the table may write this; none of it may stop the verification, or the next writer. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE reseal_audit SET detail = U&'\\D800' WHERE seq = 2",
                "UPDATE reseal_audit_chain SET node = node || U&'\\D800'",
                "UPDATE reseal_audit SET chain = '', mac = x''",
                "UPDATE reseal_audit SET chain = U&'\\D800'; UPDATE reseal_audit_chain SET chain = U&'\\D800'",
                "UPDATE reseal_audit SET mac = x'00'",
                "UPDATE reseal_audit SET seq = 9223372036854775807 WHERE seq = 2",
                "UPDATE reseal_audit SET recorded_at = TIMESTAMP WITH TIME ZONE '-1000000-01-01 00:00:00Z'"
            })
    void noEncodingStopsTheVerificationOrTheNextWriter(String sql) throws SQLException {
        TestDatabase database = Databases.H2.fresh();
        appendOne(database);
        database.execute(sql);
        appendOne(database);
        assertThat(verify(database)).isNotEmpty();
    }

    /** PostgreSQL has no bound for bytes, and an entry has one for what it quotes. */
    @Test
    void anEndThatIsTooLongToBeNamedDoesNotStopTheNextWriter() throws SQLException {
        TestDatabase database = Databases.POSTGRESQL.fresh();
        AuditHead end = appendOne(database);
        database.execute(
                "INSERT INTO reseal_audit SELECT chain, 3, generation, recorded_at, actor, action, subject, reason,"
                        + " detail, decode(repeat('00', 2500), 'hex') FROM reseal_audit WHERE seq = 2");
        appendOne(database);
        assertThat(verify(database)).extracting(AuditFinding::chain).containsOnly(end.chain());
    }

    private AuditHead appendOne(TestDatabase database) {
        try (AuditLog log = open(database)) {
            return log.append(event("one"));
        }
    }

    private static List<AuditFinding> verify(TestDatabase database) {
        try (AuditLog log = open(database)) {
            return log.verify(List.of(), List.of(), progress -> {}).findings();
        }
    }

    private CheckpointSink sink() {
        return new FileCheckpointSink("node", directory.resolve("audit").resolve("checkpoints"));
    }

    private static AuditEvent event(String reason) {
        return new AuditEvent("users.ssn", new AuditEntry("operator", "count", reason, "3 failed openings"));
    }

    private static AuditLog open(TestDatabase database) {
        return open(database, new TestKek("kek"));
    }

    private static AuditLog open(TestDatabase target, KeyEncryption kek) {
        ResealDatabase database = ResealDatabase.open(target.settings(), "test", 10);
        database.install(JdbcKeyStore.SCHEMA);
        return AuditLog.open(database, kek, target.settings(), Clock.systemUTC());
    }
}
