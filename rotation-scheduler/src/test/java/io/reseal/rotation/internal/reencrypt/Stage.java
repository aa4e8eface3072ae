package io.reseal.rotation.internal.reencrypt;

import io.reseal.NodesBehindException;
import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.StorageForm;
import io.reseal.crypto.FieldCipher;
import io.reseal.database.ColumnCatalog;
import io.reseal.database.ResealDatabase;
import io.reseal.database.SealedColumn;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import io.reseal.rotation.pace.Effort;
import io.reseal.rotation.reencryption.Progress;
import io.reseal.rotation.reencryption.Reencryption;
import io.reseal.rotation.reencryption.ReencryptionOptions;
import io.reseal.rotation.reencryption.RunState;
import io.reseal.testing.Databases;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A database with keys, a catalog and an engine, and a connection of the test's own. */
final class Stage implements AutoCloseable {

    static final KeyType DB = KeyType.DATABASE_ENCRYPTION;
    static final KeyType TOKEN = KeyType.TOKEN_ENCRYPTION;
    static final Duration LONG = Duration.ofSeconds(60);
    static final ReencryptionOptions SMALL = ReencryptionOptions.defaults()
            .withEffort(Effort.FULL)
            .withWindow(50, 4)
            .withLease(Duration.ofSeconds(5));

    final Databases kind;
    final Databases.TestDatabase database;
    final ResealSettings settings;
    final KeyRegistry keys;
    final ResealDatabase pool;
    final Connection sql;

    Stage(Databases kind, Path directory) throws SQLException {
        this(kind, kind.fresh(), directory);
    }

    /** On a database of a server of the test's own. */
    Stage(Databases kind, Databases.TestDatabase database, Path directory) throws SQLException {
        this.kind = kind;
        this.database = database;
        this.settings = ResealSettings.from(Map.of(
                ResealSettings.KEY_STORE, database.url(),
                ResealSettings.KEY_STORE_USER, database.user(),
                ResealSettings.KEY_STORE_PASSWORD, database.password(),
                ResealSettings.KEK_FILE, directory.resolve("kek.json").toString(),
                ResealSettings.REFRESH, "PT0.1S",
                ResealSettings.LEASE, "PT0.3S"));
        this.keys = ResealKeys.open(settings, Clock.systemUTC());
        this.pool = ResealDatabase.open(settings, "test", 24);
        this.sql = database.connect();
        keys.ensureActive(DB);
        keys.ensureActive(TOKEN);
    }

    Engine engine() {
        return engine(Interleaving.NONE);
    }

    Engine engine(Interleaving interleaving) {
        return Engine.open(pool, keys, settings.lease(), Clock.systemUTC(), interleaving);
    }

    /** A second node: keys of its own, as in another process. */
    KeyRegistry otherNode() {
        return ResealKeys.open(settings, Clock.systemUTC());
    }

    void execute(String statement) throws SQLException {
        try (var s = sql.createStatement()) {
            s.execute(statement.replace("BYTES", bytesType()).replace(" timestamp", momentType()));
        }
    }

    /** As Reseal's own tables have it. */
    String now() {
        return kind == Databases.MARIADB ? "UTC_TIMESTAMP(6)" : "CURRENT_TIMESTAMP";
    }

    /** MariaDB's {@code timestamp} is read in the session's time zone, and addresses no rows. */
    private String momentType() {
        return kind == Databases.MARIADB ? " datetime" : " timestamp";
    }

    private String bytesType() {
        return switch (kind) {
            case POSTGRESQL -> "bytea";
            case H2 -> "VARBINARY(200000)";
            case MARIADB -> "mediumblob";
        };
    }

    void update(String statement, @Nullable Object... values) throws SQLException {
        try (PreparedStatement s = sql.prepareStatement(statement)) {
            for (int i = 0; i < values.length; i++) {
                s.setObject(i + 1, values[i]);
            }
            s.executeUpdate();
        }
    }

    long count(String query) throws SQLException {
        try (var s = sql.createStatement();
                ResultSet rows = s.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    List<Object> values(String query) throws SQLException {
        try (var s = sql.createStatement();
                ResultSet rows = s.executeQuery(query)) {
            List<Object> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getObject(1));
            }
            return values;
        }
    }

    FieldCipher cipher(String context) {
        return new FieldCipher(keys, context);
    }

    byte[] seal(String context, String plaintext) {
        return cipher(context).seal(DB, bytes(plaintext));
    }

    String sealText(String context, String plaintext) {
        return cipher(context).sealText(DB, bytes(plaintext));
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** A table {@code account} with an id, a binary {@code secret} under context account.secret, and traps for updates. */
    void accounts(long rows) throws SQLException {
        execute("CREATE TABLE \"account\" (\"id\" bigint PRIMARY KEY, \"secret\" BYTES, \"version\" integer NOT NULL,"
                + " \"updated_at\" timestamp NOT NULL)");
        record("account", "secret", StorageForm.BINARY, DB, List.of("id"), true);
        addAccounts(1, rows, id -> "secret of " + id);
    }

    void addAccounts(long from, long to, LongFunction<String> plaintext) throws SQLException {
        FieldCipher cipher = cipher("account.secret");
        try (PreparedStatement insert =
                sql.prepareStatement("INSERT INTO \"account\" VALUES (?, ?, 7, TIMESTAMP '2001-02-03 04:05:06')")) {
            for (long id = from; id <= to; id++) {
                insert.setLong(1, id);
                insert.setBytes(2, cipher.seal(DB, bytes(plaintext.apply(id))));
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    void record(String table, String column, StorageForm form, KeyType type, List<String> key, boolean unique) {
        new ColumnCatalog(keys)
                .record(List.of(new SealedColumn(
                        Optional.empty(), table, column, form, type, table + "." + column, key, unique)));
    }

    /** Another schema's table, addressed by {@code id}. */
    void record(String schema, String table, String column, StorageForm form) {
        new ColumnCatalog(keys)
                .record(List.of(new SealedColumn(
                        Optional.of(schema), table, column, form, DB, table + "." + column, List.of("id"), true)));
    }

    /** The same database, as another user. */
    ResealDatabase pool(String user) {
        return ResealDatabase.open(
                ResealSettings.from(Map.of(
                        ResealSettings.KEY_STORE,
                        database.url(),
                        ResealSettings.KEY_STORE_USER,
                        user,
                        ResealSettings.KEY_STORE_PASSWORD,
                        "")),
                "other",
                8);
    }

    KeyId rotate(KeyType type) {
        return rotate(keys, type);
    }

    /** Promotes as soon as the other nodes know the successor. */
    static KeyId rotate(KeyRegistry keys, KeyType type) {
        KeyId successor = keys.lifecycle().createSuccessor(type, "test", "test");
        return Awaitility.await()
                .atMost(LONG)
                .pollInterval(Duration.ofMillis(10))
                .ignoreException(NodesBehindException.class)
                .until(() -> keys.lifecycle().promote(successor, "test", "test").id(), successor::equals);
    }

    /** The test's own count, which knows nothing of the engine's SQL. */
    long binaryUnder(String table, String column, KeyId key) throws SQLException {
        String header = HexFormat.of().formatHex(key.header());
        String hex = switch (kind) {
            case POSTGRESQL -> "encode(\"" + column + "\", 'hex')";
            case H2 -> "LOWER(RAWTOHEX(\"" + column + "\"))";
            case MARIADB -> "LOWER(HEX(\"" + column + "\"))";
        };
        return count("SELECT COUNT(*) FROM \"" + table + "\" WHERE " + hex + " LIKE '" + header + "%'");
    }

    long textUnder(String table, String column, KeyId key) throws SQLException {
        return count("SELECT COUNT(*) FROM \"" + table + "\" WHERE POSITION('" + key.textPrefix() + "' IN \"" + column
                + "\") = 1");
    }

    /** Every secret opens to what was written first. */
    void requireSecretsIntact() throws SQLException {
        try (var s = sql.createStatement();
                ResultSet rows = s.executeQuery("SELECT \"id\", \"secret\" FROM \"account\"")) {
            while (rows.next()) {
                String plaintext = text(cipher("account.secret").open(rows.getBytes(2)));
                if (!plaintext.equals("secret of " + rows.getLong(1))) {
                    throw new AssertionError("row " + rows.getLong(1) + " holds another value");
                }
            }
        }
    }

    static Progress complete(Reencryption run) {
        Progress progress = run.await(LONG);
        if (progress.state() != RunState.COMPLETED) {
            throw new AssertionError("the run did not complete: " + progress);
        }
        return progress;
    }

    @Override
    public void close() throws SQLException {
        sql.close();
        pool.close();
        keys.close();
    }
}
