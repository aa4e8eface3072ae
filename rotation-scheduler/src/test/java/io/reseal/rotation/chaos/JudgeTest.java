package io.reseal.rotation.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.rotation.attack.Scene;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The judge of the chaos runs sees each crime on its own: a judge that sees none would let every run pass. */
class JudgeTest {

    private static final String ENGINE_CHANGES =
            "INSERT INTO chaos_row (at, began, xid, node, engine, id, before, after,"
                    + " changed) VALUES (now(), now(), '99', 'engine-0.1', TRUE, 7, '{%s,1,1}', '{%s,1,1}', '{t,f,f}')";
    private static final String RANGE = "INSERT INTO chaos_range (at, xid, node, range_id, token, claimed, held, rows)"
            + " VALUES (%s, '%s', '%s', 1, 5, %s, %s, %s)";

    @TempDir
    static Path directory;

    private static Server server;
    private static Scene scene;
    private Judge judge = new Judge();

    @BeforeAll
    static void open() throws Exception {
        server = new Server(directory.resolve("data"));
        scene = Scene.unwatched(server.database(), directory);
        Witness.install(server.witness());
        scene.rotation().rotate(Scene.DB, "test", "chaos");
    }

    @AfterAll
    static void close() throws Exception {
        scene.close();
        server.close();
    }

    @BeforeEach
    void forget() throws SQLException {
        server.witness().execute("TRUNCATE chaos_row, chaos_range");
        judge = new Judge();
    }

    private static void claimAndCommit(String claimer, String worker, String when) throws SQLException {
        server.witness().execute(RANGE.formatted("now()", "98", claimer, "TRUE", "FALSE", "0"));
        server.witness().execute(RANGE.formatted(when, "99", worker, "FALSE", "TRUE", "1"));
    }

    private void requireOnly(String complaint) throws SQLException {
        assertThat(judge.violations(server.witness()))
                .filteredOn(found -> !found.startsWith("the ranges count other rows"))
                .singleElement()
                .asString()
                .contains(complaint);
    }

    @Test
    void hasNothingAgainstWorkThatIsAccountedForUnderItsOwnClaim() throws SQLException {
        server.witness().execute(ENGINE_CHANGES.formatted(1, 2));
        claimAndCommit("engine-0.1", "engine-0.1", "now()");

        assertThat(judge.violations(server.witness()))
                .allMatch(found -> found.startsWith("the ranges count other rows"));
    }

    @Test
    void seesThatAValueStayedAtItsVersion() throws SQLException {
        server.witness().execute(ENGINE_CHANGES.formatted(2, 2));
        claimAndCommit("engine-0.1", "engine-0.1", "now()");

        requireOnly("to a version that it already had");
    }

    @Test
    void seesThatARowWasDoneTwiceAndNotWrittenInBetween() throws SQLException {
        server.witness().execute(ENGINE_CHANGES.formatted(1, 2));
        claimAndCommit("engine-0.1", "engine-0.1", "now()");
        server.witness().execute(ENGINE_CHANGES.formatted(1, 2));
        server.witness().execute("UPDATE chaos_range SET rows = 2 WHERE held");

        requireOnly("to one version twice");
    }

    @Test
    void seesWorkUnderTheTokenOfAnotherNode() throws SQLException {
        server.witness().execute(ENGINE_CHANGES.formatted(1, 2));
        claimAndCommit("engine-1.1", "engine-0.1", "now()");

        requireOnly("under a token that another node held");
    }

    @Test
    void seesThatRowsWereNotCounted() throws SQLException {
        server.witness().execute(ENGINE_CHANGES.formatted(1, 2));

        requireOnly("other rows than it accounted for");
    }

    @Test
    void seesThatTheEngineCommittedUnderARetiredKey() throws SQLException {
        server.witness().execute(ENGINE_CHANGES.formatted(0, 1));
        claimAndCommit("engine-0.1", "engine-0.1", "now() + interval '1 minute'");

        requireOnly("the engine committed values under a key that had been retired");
    }

    @Test
    void seesThatAnApplicationSealedUnderARetiredKeyAfterItsLease() throws SQLException {
        String write = "INSERT INTO chaos_row (at, began, xid, node, engine, id, before, after, changed) VALUES"
                + " (now(), now() + interval '%s', '99', 'app-0.1', FALSE, 7, '{1,1,1}', '{1,1,1}', '{t,f,f}')";
        server.witness().execute(write.formatted("-1 hour"));
        assertThat(judge.violations(server.witness())).isEmpty();
        server.witness().execute(write.formatted("1 minute"));

        requireOnly("an application sealed under a key that had been retired");
    }

    /** What a run leaves behind, if {@code what} goes wrong with it. */
    private void plant(String what) throws SQLException {
        server.witness().execute("""
                INSERT INTO reseal_run (id, key_type, state, pass, target_version, retired, left_over, acknowledged, effort,
                        started_at)
                    VALUES (900, 'database_encryption', 'COMPLETED', 1, 2, '', '', '', '', now());
                INSERT INTO reseal_range (id, run_id, kind, table_schema, table_name, part_schema, part_name, key_columns,
                        key_unique, scanned, state, token, ready_at, estimated_rows, rows_changed, rows_superseded)
                    VALUES (901, 900, 'TABLE', '', 'account', '', '', '["id"]', TRUE, TRUE, 'DONE', 1, now(), 1, 0, 0);
                """ + what);
    }

    @AfterEach
    void cleanUp() throws SQLException {
        server.witness().execute("""
                DELETE FROM reseal_quarantine WHERE range_id = 901;
                DELETE FROM reseal_range WHERE run_id = 900;
                DELETE FROM reseal_proof_column WHERE proof_id = 902;
                DELETE FROM reseal_proof WHERE id = 902;
                DELETE FROM reseal_run WHERE id = 900;
                """);
    }

    @Test
    void hasNothingAgainstARunThatCompleted() throws SQLException {
        plant("");

        server.witness().execute("TRUNCATE chaos_range");
        assertThat(judge.violations(server.witness())).isEmpty();
    }

    @Test
    void seesThatARunFailed() throws SQLException {
        plant("UPDATE reseal_run SET state = 'FAILED', failure = 'planted' WHERE id = 900");

        requireTheOnlyOne("a run failed (1): [run 900: planted]");
    }

    @Test
    void seesThatAValueWasQuarantined() throws SQLException {
        plant("INSERT INTO reseal_quarantine VALUES (901, 'abc', 'secret', 'planted', now())");

        requireTheOnlyOne("a value was quarantined");
    }

    @Test
    void seesThatAProofDoesNotHold() throws SQLException {
        plant("""
                INSERT INTO reseal_proof VALUES (902, 900, 'database_encryption', 1, 'SOFT', now(), '', '', '');
                INSERT INTO reseal_proof_column VALUES (902, '', 'account', 'secret', 3, 9, '', '');
                """);

        requireTheOnlyOne("a proof that does not hold (1): [run 900: 3 values of secret under version 1]");
    }

    @Test
    void seesThatTheRangesOfAllRunsCountOtherRows() throws SQLException {
        plant("UPDATE reseal_range SET rows_changed = 5 WHERE id = 901");

        requireTheOnlyOne("the ranges count other rows than were re-encrypted (1): [5 counted, 0 re-encrypted]");
    }

    /** The notes of how it was planted are no work. */
    private void requireTheOnlyOne(String complaint) throws SQLException {
        server.witness().execute("TRUNCATE chaos_range");
        assertThat(judge.violations(server.witness()))
                .singleElement()
                .asString()
                .contains(complaint);
    }
}
