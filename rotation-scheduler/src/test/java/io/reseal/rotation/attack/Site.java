package io.reseal.rotation.attack;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.StorageForm;
import io.reseal.crypto.FieldCipher;
import io.reseal.database.ColumnCatalog;
import io.reseal.database.ResealDatabase;
import io.reseal.database.SealedColumn;
import io.reseal.keys.AuditEntry;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import io.reseal.keys.ProtectedRecord;
import io.reseal.rotation.KeyRotation;
import io.reseal.rotation.pace.Effort;
import io.reseal.rotation.reencryption.Proof;
import io.reseal.rotation.reencryption.Reencryption;
import io.reseal.rotation.reencryption.ReencryptionOptions;
import io.reseal.testing.Databases;
import io.reseal.testing.Databases.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A database that is rotated and drained: the run ends with a soft proof that holds. {@code old_copy} keeps two values of
 * before the rotation, outside the catalog.
 */
final class Site implements AutoCloseable {

    static final KeyId OLD = new KeyId(KeyType.DATABASE_ENCRYPTION, 1);
    static final int ROWS = 60;

    private static final ReencryptionOptions FAST =
            ReencryptionOptions.defaults().withEffort(Effort.FULL).withAcknowledged(Set.of("UPDATE_TRIGGER:account"));
    private static final String CATALOG = "mapped-columns";
    private static final Duration LONG = Duration.ofSeconds(40);

    private final Path keyFile;
    private final TestDatabase database = Databases.POSTGRESQL.fresh();
    private final ResealSettings settings;
    private final KeyRegistry keys;
    private final Map<String, ProtectedRecord> catalogued = new HashMap<>();
    private final ResealDatabase pool;
    private final KeyRotation rotation;
    private @Nullable JvmProcess node;

    private Site(Path directory) {
        this.keyFile = directory.resolve("kek.json");
        this.settings = ResealSettings.from(settings("postgres"));
        this.keys = ResealKeys.open(settings, Clock.systemUTC());
        this.pool = ResealDatabase.open(settings, "site", 2);
        this.rotation = KeyRotation.open(settings, Clock.systemUTC());
    }

    /** Everything under the first keys. */
    static Site filled(Path directory) throws SQLException {
        Site site = new Site(directory);
        site.fill();
        return site;
    }

    /** Rotates, and re-encrypts everything. */
    void drain() {
        rotation.rotate(OLD.type(), "attack", "test");
        reencrypt();
    }

    void reencrypt() {
        try (Reencryption run = rotation.reencrypt(OLD.type(), FAST)) {
            run.await(LONG);
            if (!run.proofs().get(0).holds()) {
                throw new AssertionError("the run left something: " + run.proofs());
            }
        }
    }

    private Map<String, Object> settings(String user) {
        Map<String, Object> settings = Mapping.settings(database.url(), keyFile.toString(), "PT0.1S", "PT0.3S");
        settings.put("jakarta.persistence.jdbc.user", user);
        return settings;
    }

    private void fill() throws SQLException {
        keys.ensureActive(KeyType.DATABASE_ENCRYPTION);
        keys.ensureActive(KeyType.TOKEN_ENCRYPTION);
        database.execute("""
                CREATE TABLE account (id bigint PRIMARY KEY, secret bytea, note text, token text, legacy bytea,
                    version integer NOT NULL DEFAULT 0, touched timestamp with time zone NOT NULL DEFAULT now());
                CREATE TABLE old_copy (secret bytea, note text);
                CREATE TABLE log (id bigint, year integer, line bytea, PRIMARY KEY (id, year)) PARTITION BY LIST (year);
                CREATE TABLE log_1 PARTITION OF log FOR VALUES IN (1);
                CREATE TABLE log_2 PARTITION OF log FOR VALUES IN (2) PARTITION BY RANGE (id);
                CREATE TABLE log_2_a PARTITION OF log_2 FOR VALUES FROM (0) TO (1000000);
                """);
        record("account", "secret", StorageForm.BINARY, KeyType.DATABASE_ENCRYPTION);
        record("account", "note", StorageForm.TEXT, KeyType.DATABASE_ENCRYPTION);
        record("account", "token", StorageForm.TEXT, KeyType.TOKEN_ENCRYPTION);
        record("account", "legacy", StorageForm.BINARY, KeyType.DATABASE_ENCRYPTION);
        record("log", "line", StorageForm.BINARY, KeyType.DATABASE_ENCRYPTION);
        try (Connection connection = database.connect()) {
            PreparedStatement insert =
                    connection.prepareStatement("INSERT INTO account (id, secret, note, legacy) VALUES (?, ?, ?, ?)");
            for (long id = 0; id < ROWS; id++) {
                insert.setLong(1, id);
                insert.setBytes(2, seal("account.secret"));
                insert.setString(3, sealText("account.note"));
                insert.setBytes(4, seal("account.legacy"));
                insert.execute();
            }
            PreparedStatement copy = connection.prepareStatement("INSERT INTO old_copy VALUES (?, ?)");
            copy.setBytes(1, seal("account.secret"));
            copy.setString(2, sealText("account.note"));
            copy.execute();
        }
    }

    private byte[] seal(String context) {
        return new FieldCipher(keys, context).seal(OLD.type(), "something".getBytes(UTF_8));
    }

    private String sealText(String context) {
        return new FieldCipher(keys, context).sealText(OLD.type(), "something".getBytes(UTF_8));
    }

    /** The catalog as it was before the last column of a table was recorded. */
    void unmap(String table) {
        ProtectedRecord before = Objects.requireNonNull(catalogued.get(table), "recorded twice");
        keys.records().put(before, new AuditEntry("test", "unmap", "the column is gone"));
    }

    void record(String table, String column, StorageForm form, KeyType type) {
        List<String> key = table.equals("log") ? List.of("id", "year") : List.of("id");
        keys.records().find(CATALOG, table).ifPresent(before -> catalogued.put(table, before));
        new ColumnCatalog(keys)
                .record(List.of(new SealedColumn(
                        Optional.empty(), table, column, form, type, table + "." + column, key, true)));
    }

    /**
     * A node process that knows the present keys, and hears of no rotation. Nobody waits for it either: somebody has deleted it
     * from the list of nodes.
     */
    void startNode(Nodes nodes) throws IOException, InterruptedException, SQLException {
        JvmProcess started = nodes.deaf("node", database, keyFile);
        started.tell("boot");
        started.answer("booted");
        execute("DELETE FROM reseal_node");
        node = started;
    }

    JvmProcess node() {
        return Objects.requireNonNull(node, "this site has no node process");
    }

    TestDatabase database() {
        return database;
    }

    KeyRotation rotation() {
        return rotation;
    }

    /** The same with another login. */
    KeyRotation rotationAs(String user) {
        return KeyRotation.open(ResealSettings.from(settings(user)), Clock.systemUTC());
    }

    /** A session of the application. */
    Connection session() throws SQLException {
        return database.connect();
    }

    void execute(String sql) throws SQLException {
        database.execute(sql);
    }

    long count(String sql) throws SQLException {
        return Long.parseLong(database.query(sql).get(0));
    }

    /** The latest proof, judged now. */
    Proof latest() {
        return rotation.proofs().of(OLD).get(0);
    }

    /** Values under the old key anywhere: the test's own count, which knows nothing of the proof's SQL. */
    long valuesUnderOldKey() throws SQLException {
        String header = HexFormat.of().formatHex(OLD.header());
        String prefix = OLD.textPrefix();
        return Long.parseLong(database.query("""
                SELECT (SELECT count(*) FILTER (WHERE encode(secret, 'hex') LIKE '%1$s%%')
                             + count(*) FILTER (WHERE encode(legacy, 'hex') LIKE '%1$s%%')
                             + count(*) FILTER (WHERE position('%2$s' IN note) = 1)
                             + count(*) FILTER (WHERE position('%2$s' IN token) = 1) FROM account)
                     + (SELECT count(*) FILTER (WHERE encode(line, 'hex') LIKE '%1$s%%') FROM log)
                """.formatted(header, prefix)).get(0));
    }

    /** Takes back what a fault brought in, so that it can be planted again. */
    void clean() throws SQLException {
        String header = HexFormat.of().formatHex(OLD.header());
        execute("DELETE FROM account WHERE id >= " + ROWS);
        execute("UPDATE account SET secret = NULL WHERE encode(secret, 'hex') LIKE '" + header + "%'");
        execute("UPDATE account SET legacy = NULL WHERE encode(legacy, 'hex') LIKE '" + header + "%'");
        execute("UPDATE account SET token = NULL WHERE token LIKE '" + OLD.textPrefix() + "%'");
        execute("DELETE FROM log");
    }

    @Override
    public void close() {
        rotation.close();
        pool.close();
        keys.close();
    }
}
