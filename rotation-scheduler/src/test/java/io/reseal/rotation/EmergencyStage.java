package io.reseal.rotation;

import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.StorageForm;
import io.reseal.crypto.FieldCipher;
import io.reseal.database.ColumnCatalog;
import io.reseal.database.SealedColumn;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyType;
import io.reseal.rotation.internal.reencrypt.Engine;
import io.reseal.testing.Databases;
import io.reseal.testing.TestClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;

/** A table of notes, each with two sealed columns and an owner; the clock of people is the test's. */
final class EmergencyStage implements AutoCloseable {

    static final KeyType DB = KeyType.DATABASE_ENCRYPTION;
    static final KeyType TOKEN = KeyType.TOKEN_ENCRYPTION;
    static final KeyId FIRST = new KeyId(DB, 1);
    static final int ROWS = 30;

    final Databases.TestDatabase database;
    final TestClock clock = TestClock.standing();
    final KeyRegistry keys;
    final KeyRotation rotation;
    final FieldCipher cipher;
    final AtomicReference<Engine> engine = new AtomicReference<>();
    private final Map<String, String> given;

    EmergencyStage(Databases kind, Path directory) throws SQLException {
        this(kind, directory, Map.of());
    }

    EmergencyStage(Databases kind, Path directory, Map<String, String> more) throws SQLException {
        database = kind.fresh();
        Map<String, String> all = new HashMap<>(Map.of(ResealSettings.FOLLOW, "PT0S"));
        all.putAll(more);
        all.put(ResealSettings.KEK_FILE, directory.resolve("kek.json").toString());
        all.put(ResealSettings.REFRESH, "PT0.1S");
        all.put(ResealSettings.LEASE, "PT0.5S");
        given = all;
        ResealSettings settings = database.settings(all);
        keys = ResealKeys.open(settings, clock);
        rotation = KeyRotation.open(settings, clock, own -> {
            engine.set(own);
            return clock;
        });
        cipher = new FieldCipher(keys, "note.body");
        keys.ensureActive(DB);
        keys.ensureActive(TOKEN);
        database.execute(
                "CREATE TABLE \"note\" (\"id\" bigint PRIMARY KEY, \"body\" varchar(500), \"title\" varchar(500),"
                        + " \"owner_id\" bigint)");
        record(column("body"), column("title"));
        fill(1, ROWS);
    }

    /** Another node. */
    KeyRotation open(Map<String, String> changed) {
        Map<String, String> all = new HashMap<>(given);
        all.putAll(changed);
        return KeyRotation.open(database.settings(all), clock);
    }

    void record(SealedColumn... columns) {
        new ColumnCatalog(keys).record(List.of(columns));
    }

    private static SealedColumn column(String name) {
        return new SealedColumn(Optional.empty(), "note", name, StorageForm.TEXT, DB, "note.body", List.of("id"), true);
    }

    /** Rows of three owners; the first row has no owner, and every second one no title. */
    void fill(int from, int to) throws SQLException {
        try (Connection connection = database.connect();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO \"note\" VALUES (?, ?, ?, ?)")) {
            for (int id = from; id <= to; id++) {
                insert.setLong(1, id);
                insert.setString(2, seal("body " + id));
                insert.setString(3, id % 2 == 0 ? null : seal("title " + id));
                insert.setObject(4, id == 1 ? null : (Object) (100L + id % 3));
                insert.execute();
            }
        }
    }

    String seal(String text) {
        return cipher.sealText(DB, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Values under the first version, by the test's own count. */
    long underFirst() throws SQLException {
        String prefix = FIRST.textPrefix();
        return Long.parseLong(database.query("SELECT COUNT(*) FROM \"note\" WHERE \"body\" LIKE '" + prefix
                        + "%' OR \"title\" LIKE '" + prefix + "%'")
                .get(0));
    }

    KeyState state(KeyId key) {
        return keys.refresh().version(key).orElseThrow().state();
    }

    /** Called out, and as far as this node goes on by itself. */
    Incident emergency() {
        return done(rotation.emergency().rotate(DB, People.ANN, "key found in a log"));
    }

    Incident replaced(KeyId key) {
        return done(rotation.emergency()
                .replace(key, People.ANN, "an old backup was stolen", EmergencyRotation.TOP_PRIORITY));
    }

    Incident done(Incident called) {
        return rotation.emergency().await(called.key(), Duration.ofSeconds(40));
    }

    /** As it is on record; writes nothing. */
    Incident incident(KeyId key) {
        return keys.refresh()
                .record(IncidentRecord.KIND, Incident.id(key))
                .map(record -> IncidentRecord.read(record, keys.types()))
                .orElseThrow();
    }

    /** Waits for the proof of a key, and for the end of the run that brings it a moment later. */
    Incident proved(KeyId key) {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(40))
                .until(
                        () -> rotation.incidents().follow(key),
                        incident -> incident.done(IncidentStep.PROVE_EMPTY).isPresent()
                                && incident.done(IncidentStep.COMPLETE_REENCRYPTION)
                                        .isPresent());
    }

    @Override
    public void close() {
        rotation.close();
        keys.close();
    }
}
