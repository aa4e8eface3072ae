package io.reseal.rotation.attack;

import static io.reseal.rotation.attack.Responder.officer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.StorageForm;
import io.reseal.database.ColumnCatalog;
import io.reseal.database.SealedColumn;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyVersion;
import io.reseal.rotation.Incident;
import io.reseal.rotation.IncidentStep;
import io.reseal.rotation.KeyRotation;
import io.reseal.testing.Databases;
import io.reseal.testing.Databases.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Emergencies among processes that seal without a pause, that stand still, and that are killed in the middle of one. */
class EmergencyTest {

    private static final KeyType DB = KeyType.DATABASE_ENCRYPTION;
    private static final KeyId FIRST = new KeyId(DB, 1);
    private static final Duration LONG = Duration.ofSeconds(40);

    /** Longer than an emergency waits for a node before it evicts it. */
    private static final String LEASE = "PT11S";

    /** Of who only rotates and re-encrypts: so that no proof is waited for longer than needed. */
    private static final String SHORT = "PT1S";

    @RegisterExtension
    final Nodes nodes = new Nodes();

    @TempDir
    Path directory;

    private final TestDatabase database = Databases.POSTGRESQL.fresh();

    @BeforeEach
    void makeATable() throws SQLException {
        try (KeyRegistry keys = ResealKeys.open(settings(), Clock.systemUTC())) {
            keys.ensureActive(DB);
            new ColumnCatalog(keys)
                    .record(List.of(new SealedColumn(
                            Optional.empty(),
                            "sealed",
                            "body",
                            StorageForm.BINARY,
                            DB,
                            "sealed.body",
                            List.of("id"),
                            true)));
        }
        database.execute("CREATE TABLE sealed (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, node text,"
                + " asked bigint, body bytea); CREATE TABLE complaint (node text, text text)");
        keepWhatIsInserted();
    }

    /** Re-encryption would hide under which key a value was sealed first. */
    private void keepWhatIsInserted() throws SQLException {
        database.execute("CREATE TABLE inserted (asked bigint, body bytea)");
        database.execute("CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                + " INSERT INTO inserted VALUES (NEW.asked, NEW.body); RETURN NULL; END $$");
        database.execute("CREATE TRIGGER keep AFTER INSERT ON sealed FOR EACH ROW EXECUTE FUNCTION keep()");
    }

    @Test
    void withinAMinuteNoNodeSealsUnderTheCompromisedKeyAndNoReadFails() throws Exception {
        try (KeyRotation rotation = KeyRotation.open(settings(), Clock.systemUTC())) {
            JvmProcess sleeper = start("sleeper", "PT0.1S");
            for (JvmProcess node : List.of(start("quick", "PT0.1S"), start("slow", "PT1.2S"), sleeper)) {
                node.answer("ready");
            }
            awaitValuesOfAllUnder(1);
            sleeper.freeze();

            Incident incident = rotation.emergency().rotate(DB, officer(), "key was stolen");

            assertThat(incident.effectiveAfter().orElseThrow()).isLessThan(Duration.ofSeconds(60));
            long epoch = incident.response().effectiveAt().orElseThrow().toEpochMilli();
            assertThat(incident.done(IncidentStep.ROTATE_KEY).orElseThrow().text())
                    .contains("evicted because they were silent");
            sleeper.thaw();
            awaitValuesOfAllUnder(2);
            awaitProof(rotation);
            assertThat(count("SELECT count(*) FROM inserted WHERE asked > " + epoch + " AND " + isUnder(1)))
                    .isZero();
            await().atMost(LONG.multipliedBy(2)).until(() -> reencryptedWhatCameLate(rotation));
            System.out.println(
                    "emergency effective after " + incident.effectiveAfter().orElseThrow());
        }
        assertThat(database.query("SELECT node, text FROM complaint")).isEmpty();
    }

    /** The sleeper had sealed a value and not written it when it was frozen: it may have come after a proof. */
    private boolean reencryptedWhatCameLate(KeyRotation rotation) throws SQLException {
        boolean isEmpty = count("SELECT count(*) FROM sealed WHERE " + isUnder(1)) == 0;
        if (!isEmpty) {
            rotation.reencrypt(DB).await(LONG);
        }
        return isEmpty;
    }

    @Test
    void whoeverCallsAfterACrashGoesOnWhereItWas() throws Exception {
        JvmProcess writer = start("writer", "PT0.1S");
        List<JvmProcess> responders = List.of(responder(), responder(), responder());
        writer.answer("ready");
        awaitValuesUnder(1, 1);
        try (KeyRotation rotation = KeyRotation.open(settings(), Clock.systemUTC());
                Connection blocker = database.connect()) {
            killWhileItWaitsForANode(responders.get(0), rotation);
            killWhileItCounts(responders.get(1), rotation, blocker);
            killWhileItReencrypts(responders.get(2), rotation, blocker);

            database.execute("DELETE FROM reseal_incident_claim"); // as if a lease had passed
            try (KeyRotation follower = KeyRotation.open(following(), Clock.systemUTC())) {
                await().atMost(LONG.multipliedBy(2))
                        .until(() -> follower.incidents()
                                .find(FIRST)
                                .filter(incident ->
                                        incident.done(IncidentStep.PROVE_EMPTY).isPresent())
                                .flatMap(incident -> incident.done(IncidentStep.COMPLETE_REENCRYPTION))
                                .isPresent());
            }
            Incident incident = rotation.incidents().find(FIRST).orElseThrow();
            assertThat(incident.response().affected()).isPresent();
            assertThat(rotation.keys(DB))
                    .extracting(KeyVersion::state)
                    .containsExactly(KeyState.COMPROMISED, KeyState.ACTIVE);
            assertThat(rotation.incidents().all()).hasSize(1);
            assertThat(count("SELECT count(*) FROM reseal_run")).isOne();
        }
        assertThat(database.query("SELECT node, text FROM complaint")).isEmpty();
    }

    private void killWhileItWaitsForANode(JvmProcess process, KeyRotation rotation) throws Exception {
        database.execute(
                "INSERT INTO reseal_node (node_id, name, started_at, renewed_at, lease_until, acknowledged, evicted)"
                        + " SELECT 'x', 'laggard', now(), now(), now() + INTERVAL '1' HOUR, 0, FALSE");
        callOut(process);
        await().atMost(LONG).until(() -> rotation.keys(DB).size() == 2);
        process.kill();
        assertThat(rotation.incidents().find(FIRST).orElseThrow().effectiveAfter())
                .isEmpty();
        assertThat(rotation.keys(DB).get(0).state()).isEqualTo(KeyState.ACTIVE);
        database.execute("DELETE FROM reseal_node WHERE node_id = 'x'");
    }

    private void killWhileItCounts(JvmProcess process, KeyRotation rotation, Connection blocker) throws Exception {
        blocker.setAutoCommit(false);
        blocker.createStatement().execute("LOCK TABLE sealed IN ACCESS EXCLUSIVE MODE");
        callOut(process);
        await().atMost(LONG)
                .until(() -> rotation.incidents()
                        .find(FIRST)
                        .filter(incident ->
                                incident.done(IncidentStep.VERIFY_KEYS).isPresent())
                        .isPresent());
        process.kill();
        blocker.rollback();
        assertThat(rotation.keys(DB).get(0).state()).isEqualTo(KeyState.COMPROMISED);
    }

    private void killWhileItReencrypts(JvmProcess process, KeyRotation rotation, Connection blocker) throws Exception {
        blocker.createStatement().execute("LOCK TABLE sealed IN SHARE MODE"); // reads go on, writes wait
        callOut(process);
        process.answer("running ");
        process.kill();
        blocker.rollback();
        assertThat(rotation.incidents().follow(FIRST).done(IncidentStep.PROVE_EMPTY))
                .isEmpty();
    }

    /** Both start processes that are made use of once they are ready. */
    private JvmProcess responder() throws IOException {
        return nodes.launchResponding(
                List.of(database.url(), directory.resolve("kek.json").toString(), "PT0.1S", SHORT));
    }

    private JvmProcess start(String name, String refresh) throws IOException {
        return nodes.launchSealing(
                name, List.of(database.url(), directory.resolve("kek.json").toString(), refresh, LEASE));
    }

    private static void callOut(JvmProcess responder) throws InterruptedException {
        responder.answer("ready");
        responder.tell("emergency");
    }

    private static void awaitProof(KeyRotation rotation) {
        await().atMost(LONG.multipliedBy(2))
                .until(() -> rotation.incidents()
                        .follow(FIRST)
                        .done(IncidentStep.PROVE_EMPTY)
                        .isPresent());
    }

    private void awaitValuesOfAllUnder(int version) {
        awaitValuesUnder(version, 3);
    }

    private void awaitValuesUnder(int version, int number) {
        await().atMost(LONG)
                .until(() -> count("SELECT count(*) FROM (SELECT node FROM sealed WHERE " + isUnder(version)
                                + " GROUP BY node HAVING count(*) > 20) AS n")
                        == number);
    }

    private static String isUnder(int version) {
        return "encode(substring(body FROM 1 FOR 5), 'hex') = '"
                + HexFormat.of().formatHex(new KeyId(DB, version).header()) + "'";
    }

    private long count(String sql) throws SQLException {
        return Long.parseLong(database.query(sql).get(0));
    }

    /** Of one that follows no incident by itself. */
    private ResealSettings settings() {
        Map<String, Object> settings = mapping();
        settings.put(ResealSettings.FOLLOW, "PT0S");
        return ResealSettings.from(settings);
    }

    private ResealSettings following() {
        Map<String, Object> settings = mapping();
        settings.put(ResealSettings.FOLLOW, "PT0.2S");
        return ResealSettings.from(settings);
    }

    private Map<String, Object> mapping() {
        return Mapping.settings(database.url(), directory.resolve("kek.json").toString(), "PT0.1S", SHORT);
    }
}
