package io.reseal.rotation;

import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.StorageForm;
import io.reseal.crypto.FieldCipher;
import io.reseal.database.ColumnCatalog;
import io.reseal.database.SealedColumn;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import io.reseal.rotation.internal.reencrypt.AgedProofs;
import io.reseal.testing.Databases;
import io.reseal.testing.TestClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A table of one value, whose key was replaced and whose grace is over; time is the test's, and the database's for proofs. */
final class DestructionStage implements AutoCloseable {

    static final KeyType DB = KeyType.DATABASE_ENCRYPTION;
    static final KeyId OLD = new KeyId(DB, 1);
    static final Duration GRACE = Duration.ofDays(90);

    final Databases kind;
    final Databases.TestDatabase database;
    final TestClock clock = TestClock.standing();
    final KeyRegistry keys;
    final KeyRotation rotation;
    final ResealSettings settings;
    final String oldValue;
    final String newValue;

    DestructionStage(Databases kind, Path directory, Map<String, String> more) throws SQLException {
        this.kind = kind;
        this.database = kind.fresh();
        Map<String, String> all = new HashMap<>(more);
        all.put(ResealSettings.KEK_FILE, directory.resolve("kek.json").toString());
        settings = database.settings(all);
        keys = ResealKeys.open(settings, clock);
        rotation = KeyRotation.open(settings, clock, engine -> clock);
        keys.ensureActive(DB);
        map("note", "body");
        oldValue = seal();
        database.execute("INSERT INTO \"note\" VALUES (1, '" + oldValue + "')");
        rotate(DB);
        newValue = seal();
        database.execute("UPDATE \"note\" SET \"body\" = '" + newValue + "'");
    }

    /** A table whose column holds sealed texts. */
    void map(String table, String column) throws SQLException {
        database.execute("CREATE TABLE \"" + table + "\" (\"id\" bigint PRIMARY KEY, \"" + column + "\" varchar(500))");
        new ColumnCatalog(keys)
                .record(List.of(new SealedColumn(
                        Optional.empty(),
                        table,
                        column,
                        StorageForm.TEXT,
                        DB,
                        table + "." + column,
                        List.of("id"),
                        true)));
    }

    private String seal() {
        return new FieldCipher(keys, "note.body").sealText(DB, "hi".getBytes(StandardCharsets.UTF_8));
    }

    void rotate(KeyType type) {
        keys.lifecycle().promote(keys.lifecycle().createSuccessor(type, "test", "test"), "test", "test");
    }

    KeyDestruction destruction() {
        return rotation.destruction(OLD);
    }

    /** As strong as the database can. */
    void prove() {
        if (kind == Databases.POSTGRESQL) {
            rotation.proofs().takeHard(OLD, Duration.ofSeconds(10));
        } else {
            rotation.proofs().take(OLD);
        }
    }

    void ageProofs(String interval) throws SQLException {
        database.execute("UPDATE reseal_proof SET taken_at = taken_at - INTERVAL " + interval);
        AgedProofs.record(settings, keys, OLD);
    }

    /** As an owner may who takes the fence away for a moment: no proof is void by that. */
    void writeOldValueBack() throws SQLException {
        write(oldValue);
    }

    /** As any writer may. */
    void insertOldValue() throws SQLException {
        database.execute("INSERT INTO \"note\" VALUES (2, '" + oldValue + "')");
    }

    void writeNewValue() throws SQLException {
        write(newValue);
    }

    private void write(String value) throws SQLException {
        List<String> fences = kind == Databases.POSTGRESQL
                ? database.query(
                        "SELECT tgname FROM pg_trigger WHERE tgrelid = '\"note\"'::regclass AND NOT tgisinternal")
                : List.of();
        for (String fence : fences) {
            database.execute("ALTER TABLE \"note\" DISABLE TRIGGER \"" + fence + "\"");
        }
        database.execute("UPDATE \"note\" SET \"body\" = '" + value + "'");
        for (String fence : fences) {
            database.execute("ALTER TABLE \"note\" ENABLE ALWAYS TRIGGER \"" + fence + "\"");
        }
    }

    void quarantineOneValue() throws SQLException {
        database.execute(
                "INSERT INTO reseal_run (id, key_type, state, pass, target_version, retired, acknowledged, left_over,"
                        + " effort, started_at) VALUES (901, 'database_encryption', 'COMPLETED', 1, 2, '[1]', '[]', '[]', 'FULL',"
                        + " CURRENT_TIMESTAMP)");
        database.execute("INSERT INTO reseal_range (id, run_id, kind, table_schema, table_name, part_schema, part_name,"
                + " key_columns, key_unique, scanned, state, token, ready_at, estimated_rows, rows_changed, rows_superseded)"
                + " VALUES (901, 901, 'TABLE', '', 'note', '', '', '[\"id\"]', TRUE, TRUE, 'DONE', 1, CURRENT_TIMESTAMP, 1,"
                + " 0, 0)");
        database.execute("INSERT INTO reseal_quarantine (range_id, row_hash, column_name, error_class, found_at)"
                + " VALUES (901, '" + "0".repeat(64) + "', 'body', 'TamperedValueException', CURRENT_TIMESTAMP)");
    }

    void approve() {
        rotation.approvals().approve(destruction().requestApproval(People.ANN, "nobody needs it"), People.BOB);
    }

    /** Everything up to PENDING_DESTROY. */
    void propose() {
        clock.advance(GRACE);
        rotation.backups().declare("backups", Duration.ZERO, People.ANN);
        prove();
        destruction().propose(People.ANN, "nobody needs it");
    }

    @Override
    public void close() {
        rotation.close();
        keys.close();
    }
}
