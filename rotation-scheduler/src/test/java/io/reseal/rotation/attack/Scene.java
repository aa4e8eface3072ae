package io.reseal.rotation.attack;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.crypto.FieldCipher;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import io.reseal.rotation.KeyRotation;
import io.reseal.testing.Databases.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.hibernate.SessionFactory;
import org.jspecify.annotations.Nullable;

/**
 * A database with {@link #ROWS} accounts that Hibernate sealed, and witnesses of what happens to them: plain SQL on
 * connections of their own, and a trigger that notes which node changed which row.
 */
public final class Scene implements AutoCloseable {

    public static final KeyType DB = KeyType.DATABASE_ENCRYPTION;
    public static final KeyType TOKEN = KeyType.TOKEN_ENCRYPTION;
    public static final int ROWS = 6_000;

    private static final Duration LONG = Duration.ofSeconds(40);

    private final TestDatabase database;
    private final Path keyFile;
    private final KeyRegistry keys;
    private final KeyRotation rotation;

    private Scene(TestDatabase database, Path keyFile, ResealSettings settings) {
        this.database = database;
        this.keyFile = keyFile;
        this.keys = ResealKeys.open(settings, Clock.systemUTC());
        this.rotation = KeyRotation.open(settings, Clock.systemUTC());
    }

    /** A full table under the first versions of the keys. */
    static Scene filled(TestDatabase database, Path directory) throws SQLException {
        Scene scene = unwatched(database, directory);
        scene.watch();
        return scene;
    }

    /** The same without the trigger. */
    public static Scene unwatched(TestDatabase database, Path directory) {
        Path keyFile = directory.resolve("kek.json");
        Map<String, Object> settings = Mapping.settings(database.url(), keyFile.toString(), "PT0.2S", "PT1S");
        settings.put("jakarta.persistence.jdbc.user", database.user());
        settings.put("hibernate.hbm2ddl.auto", "create");
        try (SessionFactory sessions = Mapping.boot(settings)) {
            sessions.inStatelessTransaction(session -> {
                for (long id = 0; id < ROWS; id++) {
                    session.insert(account(id));
                }
            });
        }
        return new Scene(database, keyFile, ResealSettings.from(settings));
    }

    private static Account account(long id) {
        Content content = initial(id);
        Account account = new Account(id);
        account.secret = content.secret();
        account.note = content.note();
        account.token = content.token();
        return account;
    }

    /** What a row says before anybody changes it. */
    public static Content initial(long id) {
        return new Content("secret of " + id, id % 5 == 0 ? null : "note of " + id, "token " + id, 0, Instant.EPOCH);
    }

    private void watch() throws SQLException {
        database.execute("""
                CREATE TABLE history (seq bigint GENERATED ALWAYS AS IDENTITY, id bigint, node text, before bytea, after bytea);
                CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    INSERT INTO history (id, node, before, after) VALUES (
                        NEW.id, regexp_replace(current_setting('application_name'), '^reseal-', ''),
                        substring(OLD.secret FROM 1 FOR 5), substring(NEW.secret FROM 1 FOR 5));
                    RETURN NULL;
                END $$;
                CREATE TRIGGER witness AFTER UPDATE ON account FOR EACH ROW EXECUTE FUNCTION note_change();
                """);
    }

    public TestDatabase database() {
        return database;
    }

    public Path keyFile() {
        return keyFile;
    }

    public KeyRotation rotation() {
        return rotation;
    }

    KeyId rotate(KeyType type) {
        return rotation.rotate(type, "attack", "test").id();
    }

    public void execute(String sql) throws SQLException {
        database.execute(sql);
    }

    public long count(String sql) {
        try {
            return Long.parseLong(database.query(sql).get(0));
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    /** How many rows a node has changed. */
    long changesBy(String node) {
        return count("SELECT count(*) FROM history WHERE node = '" + node + "'");
    }

    void awaitChanges(String node, long number) {
        await(() -> changesBy(node) >= number);
    }

    static void await(java.util.concurrent.Callable<Boolean> condition) {
        Awaitility.await().atMost(LONG).pollInterval(Duration.ofMillis(10)).until(condition);
    }

    /** Rows that were changed more than once. */
    List<String> changedTwice() throws SQLException {
        return database.query("SELECT id, count(*) FROM history GROUP BY id HAVING count(*) > 1");
    }

    /** Values under a key in any of the three columns: the test's own count, which knows nothing of the engine's SQL. */
    public long valuesUnder(KeyId key) {
        String header = HexFormat.of().formatHex(key.header());
        String prefix = key.textPrefix();
        return count(("SELECT count(*) FILTER (WHERE encode(secret, 'hex') LIKE '%1$s%%')"
                        + " + count(*) FILTER (WHERE position('%2$s' IN note) = 1)"
                        + " + count(*) FILTER (WHERE position('%2$s' IN token) = 1) FROM account")
                .formatted(header, prefix));
    }

    /** Every row in the clear. */
    public Map<Long, Content> contents() throws SQLException {
        FieldCipher secret = new FieldCipher(keys, "account.secret");
        FieldCipher note = new FieldCipher(keys, "account.note");
        FieldCipher token = new FieldCipher(keys, "account.token");
        Map<Long, Content> contents = new TreeMap<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT id, secret, note, token, version, touched FROM account")) {
            while (row.next()) {
                byte[] sealed = row.getBytes(2);
                contents.put(
                        row.getLong(1),
                        new Content(
                                sealed == null ? null : new String(secret.open(sealed), UTF_8),
                                opened(note, row.getString(3)),
                                opened(token, row.getString(4)),
                                row.getInt(5),
                                row.getObject(6, OffsetDateTime.class).toInstant()));
            }
        }
        return contents;
    }

    private static @Nullable String opened(FieldCipher cipher, @Nullable String sealed) {
        return sealed == null ? null : new String(cipher.openText(sealed), UTF_8);
    }

    /** What the table says when nobody but the engine has touched it. */
    static Map<Long, Content> untouched() {
        Map<Long, Content> contents = new TreeMap<>();
        for (long id = 0; id < ROWS; id++) {
            contents.put(id, initial(id));
        }
        return contents;
    }

    @Override
    public void close() {
        rotation.close();
        keys.close();
    }
}
