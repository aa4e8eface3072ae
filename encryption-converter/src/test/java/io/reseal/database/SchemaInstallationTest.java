package io.reseal.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.reseal.ResealSettings;
import io.reseal.internal.store.JdbcKeyStore;
import io.reseal.testing.Databases;
import io.reseal.testing.Databases.TestDatabase;
import io.reseal.testing.EachDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

class SchemaInstallationTest {

    private static final int NODES = 8;

    @EachDatabase
    void manyNodesInstallAtOnce(Databases databases) throws Exception {
        TestDatabase target = databases.fresh();
        ExecutorService threads = Executors.newFixedThreadPool(NODES);
        try {
            List<Callable<Boolean>> nodes = new ArrayList<>();
            for (int i = 0; i < NODES; i++) {
                nodes.add(() -> install(target));
            }
            for (Future<Boolean> node : threads.invokeAll(nodes)) {
                assertThat(node.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(target.query("SELECT name, version FROM reseal_schema")).containsExactly("keystore|1");
        assertThat(target.query("SELECT id, generation FROM reseal_keystore")).containsExactly("1|0");
    }

    @EachDatabase
    void theScriptsCreateExactlyTheColumnsThatAreVerified(Databases databases) throws SQLException {
        TestDatabase target = databases.fresh();
        install(target);
        for (Map.Entry<String, List<String>> table :
                JdbcKeyStore.SCHEMA.tables().entrySet()) {
            assertThat(target.query("SELECT column_name FROM information_schema.columns"
                            + " WHERE table_name IN ('" + table.getKey() + "', '"
                            + table.getKey().toUpperCase(Locale.ROOT)
                            + "')"))
                    .extracting(column -> column.toLowerCase(Locale.ROOT))
                    .hasSameElementsAs(table.getValue());
        }
    }

    @EachDatabase
    void theScriptsMayBeRunByHandAndAgain(Databases databases) throws SQLException {
        TestDatabase target = databases.fresh();
        String script = JdbcKeyStore.SCHEMA.read("001-keys.sql", DatabaseProduct.valueOf(databases.name()));
        target.execute(script);
        target.execute("UPDATE reseal_keystore SET generation = 5");
        target.execute(script);
        try (ResealDatabase database =
                ResealDatabase.open(target.settings(Map.of(ResealSettings.CREATE_TABLES, "false")), "test", 1)) {
            assertThatCode(() -> database.install(JdbcKeyStore.SCHEMA)).doesNotThrowAnyException();
        }
        assertThat(target.query("SELECT generation FROM reseal_keystore")).containsExactly("5");
    }

    @EachDatabase
    void usesAPoolThatWasHandedOverWhateverItsTransactionsLookLike(Databases databases) throws SQLException {
        TestDatabase target = databases.fresh();
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(target.url());
        config.setUsername(target.user());
        config.setPassword(target.password());
        config.setAutoCommit(false);
        config.setTransactionIsolation("TRANSACTION_SERIALIZABLE");
        config.setMaximumPoolSize(1);
        try (HikariDataSource pool = new HikariDataSource(config)) {
            try (ResealDatabase database =
                    ResealDatabase.open(target.settings(Map.of(ResealSettings.KEY_STORE, pool)), "test", 1)) {
                database.install(JdbcKeyStore.SCHEMA);
                database.jdbi()
                        .useHandle(handle -> assertThat(handle.getConnection().getTransactionIsolation())
                                .isEqualTo(Connection.TRANSACTION_READ_COMMITTED));
                database.jdbi().useHandle(handle -> handle.execute("UPDATE reseal_keystore SET generation = 7"));
            }
            assertThat(target.query("SELECT generation FROM reseal_keystore")).containsExactly("7");
            try (Connection connection = pool.getConnection()) {
                assertThat(connection.getAutoCommit()).isFalse();
                assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
            }
        }
    }

    private static boolean install(TestDatabase target) {
        try (ResealDatabase database = ResealDatabase.open(target.settings(), "test", 2)) {
            database.install(JdbcKeyStore.SCHEMA);
            return true;
        }
    }
}
