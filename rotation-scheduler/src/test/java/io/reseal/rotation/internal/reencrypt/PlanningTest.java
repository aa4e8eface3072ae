package io.reseal.rotation.internal.reencrypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.StorageForm;
import io.reseal.database.ResealDatabase;
import io.reseal.keys.KeyId;
import io.reseal.rotation.internal.jdbc.Dialect;
import io.reseal.rotation.pace.Effort;
import io.reseal.rotation.reencryption.Finding;
import io.reseal.rotation.reencryption.Problem;
import io.reseal.rotation.reencryption.Reencryption;
import io.reseal.rotation.reencryption.ReencryptionPlan;
import io.reseal.rotation.reencryption.ReencryptionRefusedException;
import io.reseal.rotation.reencryption.RunState;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever stands against a run is named when it is planned, and no row is touched. */
class PlanningTest {

    @TempDir
    Path directory;

    /** Statements that each plant one problem in the table account, on PostgreSQL. */
    static Stream<Arguments> postgresProblems() {
        return Stream.of(
                Arguments.of(
                        Problem.UPDATE_TRIGGER,
                        "The trigger touch on account fires for every row",
                        List.of(
                                FUNCTION,
                                "CREATE TRIGGER touch BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION f()")),
                Arguments.of(
                        Problem.UPDATE_TRIGGER,
                        "The trigger told on account fires for every statement",
                        List.of(
                                FUNCTION,
                                "CREATE TRIGGER told AFTER UPDATE OF secret ON account EXECUTE FUNCTION f()")),
                Arguments.of(
                        Problem.UPDATE_RULE,
                        "The rule also on account",
                        List.of("CREATE RULE also AS ON UPDATE TO account DO ALSO NOTIFY changed")),
                Arguments.of(
                        Problem.UPDATE_REDIRECTED,
                        "The rule instead on account turns updates into something else",
                        List.of("CREATE RULE instead AS ON UPDATE TO account DO INSTEAD NOTHING")),
                Arguments.of(
                        Problem.REPLICA_IDENTITY_FULL,
                        "account has replica identity FULL",
                        List.of("ALTER TABLE account REPLICA IDENTITY FULL")),
                Arguments.of(
                        Problem.PUBLISHED,
                        "The publication changes sends every re-encrypted row of account",
                        List.of("CREATE PUBLICATION changes FOR TABLE account")),
                Arguments.of(
                        Problem.PUBLISHED,
                        "The publication changes sends every re-encrypted row of account",
                        List.of(
                                "CREATE TABLE root (LIKE account) PARTITION BY RANGE (id)",
                                "ALTER TABLE root ATTACH PARTITION account DEFAULT",
                                "CREATE PUBLICATION changes FOR TABLE root WITH (publish_via_partition_root = true)")),
                Arguments.of(
                        Problem.NO_REPLICA_IDENTITY,
                        "ALTER TABLE account REPLICA IDENTITY",
                        List.of(
                                "CREATE PUBLICATION changes FOR ALL TABLES",
                                "ALTER TABLE account REPLICA IDENTITY NOTHING")),
                Arguments.of(
                        Problem.NO_USABLE_KEY,
                        "The table account has no primary key",
                        List.of("ALTER TABLE account DROP CONSTRAINT account_pkey")),
                Arguments.of(
                        Problem.UNWRITABLE_COLUMN,
                        "account.secret is generated",
                        List.of(
                                "ALTER TABLE account DROP COLUMN secret",
                                "ALTER TABLE account ADD COLUMN secret bytea GENERATED ALWAYS AS ('a'::bytea) STORED")),
                Arguments.of(
                        Problem.UNWRITABLE_COLUMN,
                        "account.secret has the type text. It has to be bytea",
                        List.of("ALTER TABLE account ALTER COLUMN secret TYPE text USING 'x'")),
                Arguments.of(
                        Problem.UNWRITABLE_COLUMN,
                        "account.secret decides to which partition a row belongs",
                        List.of(
                                "DROP TABLE account",
                                "CREATE TABLE account (id bigint NOT NULL, secret bytea) PARTITION BY HASH (secret)")),
                Arguments.of(
                        Problem.NOT_A_TABLE,
                        "The relation account is a view",
                        List.of("ALTER TABLE account RENAME TO base", "CREATE VIEW account AS SELECT * FROM base")),
                Arguments.of(
                        Problem.NOT_A_TABLE,
                        "The relation account is a foreign table",
                        List.of(
                                "CREATE EXTENSION IF NOT EXISTS postgres_fdw",
                                "CREATE SERVER other FOREIGN DATA WRAPPER postgres_fdw",
                                "DROP TABLE account",
                                "CREATE FOREIGN TABLE account (id bigint, secret bytea) SERVER other")),
                Arguments.of(
                        Problem.NO_USABLE_KEY,
                        "The key column account.id has a type by which rows can't be addressed",
                        List.of(
                                "ALTER TABLE account DROP CONSTRAINT account_pkey",
                                "ALTER TABLE account ALTER COLUMN id TYPE json USING '1'::json")));
    }

    private static final String FUNCTION =
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'";

    @ParameterizedTest
    @MethodSource("postgresProblems")
    void namesWhatStandsAgainstATableAndGoesOnOnlyWhereThatMayBe(
            Problem problem, String message, List<String> statements) throws Exception {
        try (Stage stage = new Stage(Databases.POSTGRESQL, directory);
                Engine engine = stage.engine()) {
            stage.accounts(3);
            stage.rotate(Stage.DB);
            for (String statement : statements) {
                stage.execute(statement);
            }

            assertThatThrownBy(() -> engine.start(Stage.DB, Stage.SMALL))
                    .isInstanceOf(ReencryptionRefusedException.class)
                    .hasMessageContaining(message);

            assertThat(stage.count("SELECT COUNT(*) FROM reseal_run")).isZero();
            Finding finding = engine.plan(Stage.DB).findings().get(0);
            assertThat(finding.problem()).isEqualTo(problem);
            assertThat(finding.table()).isEqualTo("account");
            var acknowledging = Stage.SMALL.withAcknowledged(Set.of(problem + ":account"));
            if (problem.weight() == Problem.Weight.ACKNOWLEDGED) {
                assertThat(finding.report()).endsWith("acknowledge \"" + problem + ":account\"");
                var run = engine.start(Stage.DB, acknowledging);
                assertThat(Stage.complete(run).changed()).isEqualTo(3);
                assertThat(run.acknowledged()).containsExactly(problem + ":account");
            } else {
                assertThatThrownBy(() -> engine.start(Stage.DB, acknowledging))
                        .isInstanceOf(ReencryptionRefusedException.class);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("harmless")
    void asksNothingAboutWhatNoUpdateOfTheColumnsFires(String statement) throws Exception {
        try (Stage stage = new Stage(Databases.POSTGRESQL, directory);
                Engine engine = stage.engine()) {
            stage.accounts(3);
            stage.rotate(Stage.DB);
            stage.execute(FUNCTION);
            stage.execute(statement);

            assertThat(Stage.complete(engine.start(Stage.DB, Stage.SMALL)).changed())
                    .isEqualTo(3);
        }
    }

    static Stream<String> harmless() {
        return Stream.of(
                "CREATE TRIGGER t BEFORE INSERT OR DELETE ON account FOR EACH ROW EXECUTE FUNCTION f()",
                "CREATE TRIGGER t BEFORE UPDATE OF version ON account FOR EACH ROW EXECUTE FUNCTION f()",
                "CREATE TRIGGER t BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION f();"
                        + " ALTER TABLE account DISABLE TRIGGER t",
                "CREATE TRIGGER reseal_fence_1 BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION f()",
                "CREATE PUBLICATION p FOR TABLE account WITH (publish = 'insert, delete')");
    }

    @Test
    void namesThePrivilegesThatTheUserLacksAndTheRowsThatAreHiddenFromIt() throws Exception {
        try (Stage stage = new Stage(Databases.POSTGRESQL, directory)) {
            stage.accounts(3);
            stage.execute("CREATE SCHEMA other");
            stage.execute("CREATE TABLE other.closed (id bigint PRIMARY KEY, v bytea)");
            stage.record("other", "closed", "v", StorageForm.BINARY);
            stage.execute("CREATE TABLE half (id bigint PRIMARY KEY, v bytea, w bytea)");
            stage.record("half", "v", StorageForm.BINARY, Stage.DB, List.of("id"), true);
            stage.record("half", "w", StorageForm.BINARY, Stage.DB, List.of("id"), true);
            stage.rotate(Stage.DB);
            stage.engine().close();
            String user = stage.database.url().replaceAll(".*/", "") + "_engine";
            stage.execute("CREATE ROLE " + user + " LOGIN");
            stage.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO " + user);
            stage.execute("REVOKE UPDATE ON half FROM " + user);
            stage.execute("GRANT UPDATE (v) ON half TO " + user);
            stage.execute("ALTER TABLE account ENABLE ROW LEVEL SECURITY");
            try (ResealDatabase own = stage.pool(user);
                    Engine engine = Engine.open(own, stage.keys, stage.settings.lease(), Clock.systemUTC())) {
                assertThatThrownBy(() -> engine.start(Stage.DB, Stage.SMALL))
                        .isInstanceOf(ReencryptionRefusedException.class)
                        .hasMessageContaining("Row security hides rows of the table account from the user " + user)
                        .hasMessageContaining("may not update w of the table half. GRANT UPDATE ON half TO " + user)
                        .hasMessageContaining("GRANT USAGE ON SCHEMA \"other\"");
            } finally {
                stage.execute("DROP OWNED BY " + user);
                stage.execute("DROP ROLE " + user);
            }
        }
    }

    @EachDatabase
    void refusesATextThatWouldNotFitOnceItsVersionHasMoreDigits(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                Engine engine = stage.engine()) {
            for (int version = 2; version <= 9; version++) {
                stage.rotate(Stage.DB);
            }
            String longest = stage.sealText("note.v", "x".repeat(40));
            stage.execute("CREATE TABLE \"note\" (\"id\" bigint PRIMARY KEY, \"v\" varchar(" + longest.length() + "))");
            stage.record("note", "v", StorageForm.TEXT, Stage.DB, List.of("id"), true);
            stage.update("INSERT INTO \"note\" VALUES (1, ?)", stage.sealText("note.v", "short"));
            KeyId tenth = stage.rotate(Stage.DB);
            assertThat(tenth.version()).isEqualTo(10);
            assertThat(engine.plan(Stage.DB).findings()).isEmpty();
            stage.update("INSERT INTO \"note\" VALUES (2, ?)", longest);

            assertThatThrownBy(() -> engine.start(Stage.DB, Stage.SMALL))
                    .isInstanceOf(ReencryptionRefusedException.class)
                    .hasMessageContaining("The column note.v takes " + longest.length() + " characters")
                    .hasMessageContaining("Widen it by at least 1");

            assertThat(stage.textUnder("note", "v", tenth)).isZero();
        }
    }

    @Test
    void looksBehindDomainsForTypeAndWidth() throws Exception {
        try (Stage stage = new Stage(Databases.POSTGRESQL, directory);
                Engine engine = stage.engine()) {
            for (int version = 2; version <= 9; version++) {
                stage.rotate(Stage.DB);
            }
            String longest = stage.sealText("note.v", "x".repeat(40));
            stage.execute("CREATE DOMAIN short AS varchar(" + longest.length() + "); CREATE DOMAIN shorter AS short;"
                    + " CREATE TABLE note (id bigint PRIMARY KEY, v shorter)");
            stage.record("note", "v", StorageForm.TEXT, Stage.DB, List.of("id"), true);
            stage.update("INSERT INTO note VALUES (2, ?)", longest);
            stage.rotate(Stage.DB);

            assertThat(engine.plan(Stage.DB).findings()).singleElement().satisfies(finding -> {
                assertThat(finding.problem()).isEqualTo(Problem.TOO_NARROW);
                assertThat(finding.message()).contains("takes " + longest.length() + " characters");
            });
        }
    }

    @EachDatabase
    void refusesStaleRowsThatNoKeyAddressesAndNamesTheIndexThatABagNeeds(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                Engine engine = stage.engine()) {
            stage.execute("CREATE TABLE \"phone\" (\"owner\" bigint, \"number\" BYTES)");
            stage.record("phone", "number", StorageForm.BINARY, Stage.DB, List.of("owner"), false);
            stage.update("INSERT INTO \"phone\" VALUES (NULL, ?)", (Object) stage.seal("phone.number", "lost"));
            stage.update("INSERT INTO \"phone\" VALUES (7, ?)", (Object) stage.seal("phone.number", "kept"));
            stage.rotate(Stage.DB);

            ReencryptionPlan plan = engine.plan(Stage.DB);

            assertThat(plan.findings())
                    .extracting(Finding::problem)
                    .containsExactlyInAnyOrder(Problem.NULL_KEY, Problem.KEY_WITHOUT_INDEX);
            assertThat(plan.findings())
                    .anyMatch(finding -> finding.message()
                            .contains("(" + Dialect.of(stage.pool.product()).quoted("owner") + ")"));
            assertThatThrownBy(() -> engine.start(Stage.DB, Stage.SMALL))
                    .hasMessageContaining("stale rows whose key (owner) is null");
            stage.update("UPDATE \"phone\" SET \"number\" = NULL WHERE \"owner\" IS NULL");
            assertThat(Stage.complete(engine.start(Stage.DB, Stage.SMALL)).changed())
                    .isEqualTo(1);
        }
    }

    /** PostgreSQL waits for ever by default. */
    @Test
    void whatOthersKeepLockedIsNamedAndNotWaitedFor() throws Exception {
        try (Stage stage = new Stage(Databases.POSTGRESQL, directory);
                Engine engine = stage.engine();
                Connection blocker = stage.database.connect()) {
            stage.accounts(3);
            stage.execute("CREATE TABLE phone (owner bigint, number bytea)");
            stage.record("phone", "number", StorageForm.BINARY, Stage.DB, List.of("owner"), false);
            stage.rotate(Stage.DB);
            Reencryption run = engine.start(Stage.DB, Stage.SMALL.withEffort(Effort.NONE));
            run.pause();
            run.close();
            blocker.setAutoCommit(false);
            blocker.createStatement().execute("LOCK TABLE account, phone IN ACCESS EXCLUSIVE MODE");
            blocker.createStatement().execute("SELECT id FROM reseal_run FOR UPDATE");

            CompletableFuture<?> surveying = CompletableFuture.supplyAsync(() -> engine.plan(Stage.DB));
            CompletableFuture<?> planning = CompletableFuture.supplyAsync(() -> engine.plan(Stage.TOKEN));
            CompletableFuture<?> joining = CompletableFuture.supplyAsync(() -> engine.start(Stage.DB, Stage.SMALL));
            CompletableFuture<?> resuming = CompletableFuture.runAsync(run::resume);
            CompletableFuture<Optional<String>> releasing =
                    CompletableFuture.supplyAsync(() -> engine.precedence().release(run.id()));

            assertThat(releasing.get(60, TimeUnit.SECONDS).orElseThrow()).contains("55P03");
            assertThatThrownBy(() -> surveying.get(60, TimeUnit.SECONDS)) // stale rows whose key is null are looked for
                    .hasCauseInstanceOf(ReencryptionRefusedException.class)
                    .hasMessageContaining("The table phone is locked");
            assertThatThrownBy(() -> planning.get(60, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(ReencryptionRefusedException.class)
                    .hasMessageContaining("The table account is locked");
            assertThatThrownBy(() -> joining.get(60, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(ReencryptionRefusedException.class)
                    .hasMessageContaining("the re-encryption of database_encryption is locked");
            assertThatThrownBy(() -> resuming.get(60, TimeUnit.SECONDS)).hasStackTraceContaining("lock timeout");
            blocker.rollback();
            assertThat(engine.precedence().release(run.id())).isEmpty();
            assertThat(run.progress().state()).isEqualTo(RunState.RUNNING);
        }
    }

    @Test
    void findsOnH2WhatItsDictionaryHas() throws Exception {
        try (Stage stage = new Stage(Databases.H2, directory);
                Engine engine = stage.engine()) {
            stage.accounts(3);
            stage.execute("CREATE VIEW \"seen\" AS SELECT * FROM \"account\"");
            stage.record("seen", "secret", StorageForm.BINARY, Stage.DB, List.of("id"), true);
            stage.execute(
                    "CREATE TABLE \"made\" (\"id\" bigint PRIMARY KEY, \"v\" varbinary(9) GENERATED ALWAYS AS (X'01'))");
            stage.record("made", "v", StorageForm.BINARY, Stage.DB, List.of("id"), true);
            stage.execute("CREATE TABLE \"loose\" (\"id\" bigint, \"v\" BYTES)");
            stage.record("loose", "v", StorageForm.BINARY, Stage.DB, List.of("id"), true);
            stage.execute("CREATE TRIGGER \"touch\" BEFORE UPDATE ON \"account\" FOR EACH ROW AS"
                    + " 'org.h2.api.Trigger create() { return (connection, before, after) -> {}; }'");
            stage.rotate(Stage.DB);

            assertThat(engine.plan(Stage.DB).findings())
                    .extracting(finding -> finding.table() + " " + finding.problem())
                    .containsExactlyInAnyOrder(
                            "account UPDATE_TRIGGER",
                            "loose NO_USABLE_KEY",
                            "made UNWRITABLE_COLUMN",
                            "seen NOT_A_TABLE");
        }
    }

    @Test
    void assignsColumnsThatTheDatabaseWouldUpdateToThemselves() throws Exception {
        try (Stage stage = new Stage(Databases.H2, directory);
                Engine engine = stage.engine()) {
            stage.accounts(30);
            stage.execute("ALTER TABLE \"account\" ALTER COLUMN \"updated_at\" SET ON UPDATE CURRENT_TIMESTAMP");
            KeyId active = stage.rotate(Stage.DB);

            Stage.complete(engine.start(Stage.DB, Stage.SMALL));

            assertThat(stage.binaryUnder("account", "secret", active)).isEqualTo(30);
            assertThat(stage.count(
                            "SELECT COUNT(*) FROM \"account\" WHERE \"updated_at\" = TIMESTAMP '2001-02-03 04:05:06'"))
                    .isEqualTo(30);
        }
    }
}
