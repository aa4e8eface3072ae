package io.reseal.rotation.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.StorageForm;
import io.reseal.crypto.FieldCipher;
import io.reseal.database.ColumnCatalog;
import io.reseal.database.SealedColumn;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyVersion;
import io.reseal.rotation.KeyRotation;
import io.reseal.rotation.event.EventState;
import io.reseal.rotation.event.RotationEvent;
import io.reseal.testing.Databases;
import io.reseal.testing.Databases.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Three processes whose schedulers all look every second; the one that works is killed. */
class ScheduleTest {

    private static final KeyType DB = KeyType.DATABASE_ENCRYPTION;
    private static final int ROWS = 500;

    @RegisterExtension
    final Nodes nodes = new Nodes();

    @TempDir
    Path directory;

    private final TestDatabase database = Databases.POSTGRESQL.fresh();

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(90));
    }

    @Test
    void threeNodesRotateOnceThoughTheOneThatWorksIsKilled() throws Exception {
        Map<String, String> settings = SchedulingNode.settings(
                database.url(), directory.resolve("kek.json").toString());
        try (KeyRegistry keys = ResealKeys.open(ResealSettings.from(settings), Clock.systemUTC())) {
            keys.ensureActive(DB);
            fill(keys);
        }
        List<JvmProcess> processes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            processes.add(nodes.launchScheduling(
                    List.of(database.url(), directory.resolve("kek.json").toString())));
        }
        for (JvmProcess process : processes) {
            process.answer("ready");
        }
        try (KeyRotation rotation = KeyRotation.open(settings);
                Connection blocker = database.connect()) {
            blocker.setAutoCommit(false);
            blocker.createStatement().execute("SELECT * FROM note WHERE id = " + ROWS + " FOR UPDATE");
            RotationEvent event = rotation.events().schedule(DB, true, "ann", "asked for");
            await().until(() -> rotation.events()
                    .find(event.id())
                    .orElseThrow()
                    .outcome()
                    .run()
                    .isPresent());

            JvmProcess worker = holder(processes);
            worker.kill();
            await().until(() -> holder(processes) != worker);
            blocker.rollback();
            await().until(() -> rotation.events().find(event.id()).orElseThrow().state() == EventState.COMPLETED);

            assertThat(rotation.keys(DB))
                    .extracting(KeyVersion::state)
                    .containsExactly(KeyState.DEACTIVATED, KeyState.ACTIVE);
            assertThat(database.query("SELECT state FROM reseal_run")).containsExactly("COMPLETED");
            assertThat(database.query("SELECT DISTINCT substring(body from 1 for 5) FROM note"))
                    .hasSize(1);
            assertThat(database.query(
                            "SELECT count(*) FROM reseal_audit WHERE action = 'promote' AND subject LIKE '%version 2'"))
                    .containsExactly("1");
        }
        for (JvmProcess process : processes) {
            if (process.isAlive()) {
                process.tell("end");
                process.answer("closed");
            }
        }
    }

    /** The process that works on the event. */
    private JvmProcess holder(List<JvmProcess> processes) throws SQLException {
        List<String> holder = database.query("SELECT holder FROM reseal_event WHERE state = 'RUNNING'");
        return processes.stream()
                .filter(process -> holder.stream().anyMatch(name -> name.startsWith(process.pid() + "@")))
                .findFirst()
                .orElse(processes.get(0));
    }

    private void fill(KeyRegistry keys) throws SQLException {
        database.execute("CREATE TABLE note (id bigint PRIMARY KEY, body bytea)");
        new ColumnCatalog(keys)
                .record(List.of(new SealedColumn(
                        Optional.empty(), "note", "body", StorageForm.BINARY, DB, "note.body", List.of("id"), true)));
        FieldCipher cipher = new FieldCipher(keys, "note.body");
        try (Connection connection = database.connect();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO note VALUES (?, ?)")) {
            for (int id = 1; id <= ROWS; id++) {
                insert.setLong(1, id);
                insert.setBytes(2, cipher.seal(DB, ("note " + id).getBytes(StandardCharsets.UTF_8)));
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }
}
