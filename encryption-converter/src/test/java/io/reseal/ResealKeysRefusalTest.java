package io.reseal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import io.reseal.testing.Databases;
import io.reseal.testing.Databases.TestDatabase;
import io.reseal.testing.EachDatabase;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every misuse of the key store's settings: one error that names the setting and the remedy, and nothing is written. */
class ResealKeysRefusalTest {

    @TempDir
    Path directory;

    @Test
    void namesTheMissingKeyStoreSetting() {
        assertThatThrownBy(() -> ResealSettings.from(Map.of()))
                .isInstanceOf(ResealConfigurationException.class)
                .hasMessageContainingAll("reseal.keystore", "missing", "Set it to 'jdbc'");
    }

    @ParameterizedTest
    @CsvSource({
        "reseal.keystore, postgres://x, jdbc: URL",
        "reseal.keystore, jdbc, jakarta.persistence.jdbc.url",
        "reseal.keys.lease, five, ISO-8601",
        "reseal.keys.lease, PT1S, longer than",
        "reseal.keys.lease, -PT5S, longer than",
        "reseal.incidents.follow, -PT1S, zero for never",
        "reseal.incidents.follow, PT11S, at most",
        "reseal.keys.refresh, PT0S, positive",
        "reseal.keys.refresh, -PT1S, positive",
        "reseal.schema.create, yes, true or false",
        "reseal.application, '', leave it out",
        "reseal.kek, a-string, reseal.kek.file",
        "reseal.anchor, /var/lib/anchor, file:",
        "reseal.anchor, file:, a path"
    })
    void namesTheUnusableSettingAndTheRemedy(String name, String value, String remedy) {
        Map<String, Object> settings = new HashMap<>(Map.of(ResealSettings.KEY_STORE, "jdbc:h2:mem:unused"));
        settings.put(name, value);
        assertThatThrownBy(() -> ResealSettings.from(settings))
                .isInstanceOf(ResealConfigurationException.class)
                .hasMessageContainingAll(name, remedy);
    }

    @EachDatabase
    void refusesTheLocalKeyFileInProduction(Databases databases) throws Exception {
        TestDatabase database = databases.fresh();
        refuses(database, Map.of(ResealSettings.ENVIRONMENT, "production"))
                .hasMessageContainingAll("reseal.environment", "'production'", "Set reseal.kek");
        assertThat(tables(database)).isEmpty();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void namesAKeyFileThatIsNotAKeyset() throws Exception {
        Files.writeString(kekFile(), "{\"primaryKeyId\":");
        TestDatabase database = Databases.H2.fresh();
        refuses(database, Map.of()).hasMessageContainingAll("reseal.kek.file", "does not hold", "Restore it");
        assertThat(tables(database)).isEmpty();
        assertThat(kekFile()).hasContent("{\"primaryKeyId\":");
    }

    @Test
    void namesAKeyFileThatCannotBeRead() throws Exception {
        Files.createDirectory(kekFile());
        TestDatabase database = Databases.H2.fresh();
        refuses(database, Map.of()).hasMessageContainingAll("reseal.kek.file", "cannot be read", "Restore it");
        assertThat(tables(database)).isEmpty();
    }

    @Test
    void namesAKeyFileThatCannotBeMade() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        TestDatabase database = Databases.H2.fresh();
        refuses(database, Map.of(ResealSettings.KEK_FILE, file.resolve("kek.json")))
                .hasMessageContainingAll("reseal.kek.file", "cannot be made");
        assertThat(tables(database)).isEmpty();
    }

    @EachDatabase
    void addsNothingToTablesMadeByHandThatLackAColumn(Databases databases) throws Exception {
        TestDatabase database = databases.fresh();
        database.execute("CREATE TABLE reseal_key (key_type varchar(64), version integer)");
        refuses(database, Map.of()).hasMessageContainingAll("reseal_key", "no column state", "001-keys.sql");
        assertThat(tables(database)).hasSize(1);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void makesNoNewKeyFileBesideKeysOfATypeThatItDoesNotKnow() throws Exception {
        TestDatabase database = Databases.H2.fresh();
        firstBoot(database);
        database.execute("UPDATE reseal_key SET key_type = 'from_the_future', active_key_type = 'from_the_future'");
        Files.delete(kekFile());
        refuses(database, Map.of()).hasMessageContainingAll("does not exist", "Restore");
        assertThat(kekFile()).doesNotExist();
    }

    @EachDatabase
    void refusesAnotherKek(Databases databases) throws Exception {
        TestDatabase database = databases.fresh();
        firstBoot(database);
        List<String> before = contents(database);
        Path other = directory.resolve("other.json");
        firstBoot(Databases.H2.fresh(), other);
        refuses(database, Map.of(ResealSettings.KEK_FILE, other))
                .hasMessageContainingAll("does not open", "local-key-file:", "reseal.kek.file", "Restore that KEK");
        assertThat(contents(database)).isEqualTo(before);
    }

    @EachDatabase
    void makesNoNewKeyFileBesideKeysThatItCouldNotOpen(Databases databases) throws Exception {
        TestDatabase database = databases.fresh();
        firstBoot(database);
        List<String> before = contents(database);
        String kekId = database.query("SELECT DISTINCT kek_id FROM reseal_key").get(0);
        Files.delete(kekFile());
        refuses(database, Map.of())
                .hasMessageContainingAll(kekFile().toString(), "does not exist", kekId, "reseal.kek.file", "Restore");
        assertThat(kekFile()).doesNotExist();
        assertThat(contents(database)).isEqualTo(before);
    }

    @EachDatabase
    void namesAMissingColumnAndItsScript(Databases databases) throws Exception {
        TestDatabase database = databases.fresh();
        firstBoot(database);
        database.execute("ALTER TABLE reseal_key DROP COLUMN fingerprint");
        refuses(database, Map.of())
                .hasMessageContainingAll("reseal_key", "no column fingerprint", "001-keys.sql", "backup");
        assertThat(database.query("SELECT generation FROM reseal_keystore")).containsExactly("2");
    }

    @EachDatabase
    void namesAMissingTableWhereItMayNotCreateIt(Databases databases) throws Exception {
        TestDatabase database = databases.fresh();
        refuses(database, Map.of(ResealSettings.CREATE_TABLES, "false"))
                .hasMessageContainingAll("reseal_audit", "does not exist", "001-keys.sql", "reseal.schema.create");
        assertThat(tables(database)).isEmpty();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void namesTheScriptWhereTheUserMayNotCreateTables() throws Exception {
        TestDatabase database = Databases.POSTGRESQL.fresh();
        database.execute("DROP ROLE IF EXISTS reader");
        database.execute("CREATE ROLE reader LOGIN");
        refuses(database, Map.of(ResealSettings.KEY_STORE_USER, "reader"))
                .hasMessageContainingAll("could not be created", "Allow", "postgresql/001-keys.sql");
        assertThat(tables(database)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"jdbc:postgresql://127.0.0.1:1/nowhere?password=s3cret", "jdbc:nosuch://127.0.0.1/x?password=s3cret"})
    void namesADatabaseThatCannotBeReached(String url) {
        refuses(Databases.H2.fresh(), Map.of(ResealSettings.KEY_STORE, url))
                .hasMessageContainingAll("cannot be reached", "reseal.keystore", "driver", "up")
                .hasMessageNotContaining("s3cret");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void namesADatabaseThatIsNotSupported() throws Exception {
        TestDatabase database = Databases.H2.fresh();
        refuses(database, Map.of(ResealSettings.KEY_STORE, unsupported(database)))
                .hasMessageContainingAll("reseal.keystore", "Db2", "not supported", "PostgreSQL, H2");
        assertThat(tables(database)).isEmpty();
    }

    @EachDatabase
    void namesAKeyStoreThatLostItsGeneration(Databases databases) throws Exception {
        TestDatabase database = databases.fresh();
        firstBoot(database);
        database.execute("DELETE FROM reseal_keystore");
        refuses(database, Map.of()).hasMessageContainingAll("reseal_keystore", "empty", "backup");
        assertThat(tables(database)).isNotEmpty();
    }

    private AbstractThrowableAssert<?, ? extends Throwable> refuses(TestDatabase database, Map<String, ?> others) {
        Map<String, Object> settings = new HashMap<>(Map.of(ResealSettings.KEK_FILE, kekFile()));
        settings.putAll(others);
        return assertThatThrownBy(() -> ResealKeys.open(database.settings(settings), Clock.systemUTC())
                        .close())
                .isInstanceOf(ResealConfigurationException.class);
    }

    private void firstBoot(TestDatabase database) {
        firstBoot(database, kekFile());
    }

    private static void firstBoot(TestDatabase database, Path kekFile) {
        try (KeyRegistry keys =
                ResealKeys.open(database.settings(Map.of(ResealSettings.KEK_FILE, kekFile)), Clock.systemUTC())) {
            keys.ensureActive(KeyType.TOKEN_ENCRYPTION);
        }
    }

    private Path kekFile() {
        return directory.resolve("kek.json");
    }

    private static List<String> tables(TestDatabase database) throws SQLException {
        try (Connection connection = database.connect();
                ResultSet rows = connection.getMetaData().getTables(connection.getCatalog(), null, null, null)) {
            List<String> tables = new ArrayList<>();
            while (rows.next()) {
                tables.add(rows.getString("TABLE_NAME").toLowerCase(Locale.ROOT));
            }
            return tables.stream()
                    .filter(table -> table.matches("reseal_[a-z]+"))
                    .toList();
        }
    }

    private static List<String> contents(TestDatabase database) throws SQLException {
        return database.query("""
                SELECT s.generation, k.key_type, k.version, k.state, k.kek_id, k.wrapped, a.action
                FROM reseal_keystore s, reseal_key k, reseal_audit a ORDER BY 1, 2, 3, a.chain, a.seq
                """);
    }

    private static DataSource unsupported(TestDatabase database) {
        return proxy(
                DataSource.class,
                Map.of(
                        "getConnection",
                        () -> proxy(
                                Connection.class,
                                Map.of(
                                        "getMetaData",
                                        () -> proxy(
                                                DatabaseMetaData.class,
                                                Map.of("getDatabaseProductName", () -> "Db2/LINUXX8664")),
                                        "close",
                                        () -> database))));
    }

    private static <T> T proxy(Class<T> type, Map<String, Supplier<Object>> answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) ->
                        answers.getOrDefault(method.getName(), () -> method).get()));
    }
}
