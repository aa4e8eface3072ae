package io.reseal.internal.hibernate;

import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.database.ColumnCatalog;
import io.reseal.database.SealedColumn;
import io.reseal.keys.KeyRegistry;
import io.reseal.testing.Databases;
import io.reseal.testing.Databases.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.boot.MetadataSources;
import org.hibernate.boot.registry.StandardServiceRegistry;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.jspecify.annotations.Nullable;

/** Boots session factories on a database of their own, and looks at what they stored with plain JDBC. */
final class TestFactory implements AutoCloseable {

    private final Map<String, Object> settings;
    private final StandardServiceRegistry registry;
    private final SessionFactory sessionFactory;

    private TestFactory(Map<String, Object> settings, Class<?>... entities) {
        this.settings = settings;
        this.registry =
                new StandardServiceRegistryBuilder().applySettings(settings).build();
        try {
            this.sessionFactory = new MetadataSources(registry)
                    .addAnnotatedClasses(entities)
                    .buildMetadata()
                    .buildSessionFactory();
        } catch (RuntimeException e) {
            StandardServiceRegistryBuilder.destroy(registry);
            throw e;
        }
    }

    static TestFactory boot(Map<String, Object> settings, Class<?>... entities) {
        return new TestFactory(settings, entities);
    }

    static TestFactory onH2(Class<?>... entities) {
        return boot(settings(Databases.H2), entities);
    }

    /** Settings for a new database, a new key file, and a schema that Hibernate creates. */
    static Map<String, Object> settings(Databases databases) {
        return settings(databases.fresh());
    }

    static Map<String, Object> settings(TestDatabase database) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("jakarta.persistence.jdbc.url", database.url());
        settings.put("jakarta.persistence.jdbc.user", database.user());
        settings.put("jakarta.persistence.jdbc.password", database.password());
        settings.put("hibernate.hbm2ddl.auto", "create");
        settings.put("hibernate.cache.use_second_level_cache", false);
        settings.put(ResealSettings.KEY_STORE, "jdbc");
        settings.put(ResealSettings.KEK_FILE, newKeyFile());
        return settings;
    }

    SessionFactory sessionFactory() {
        return sessionFactory;
    }

    void inTransaction(Consumer<Session> work) {
        sessionFactory.inTransaction(work);
    }

    <T> T fromTransaction(Function<Session, T> work) {
        return sessionFactory.fromTransaction(work);
    }

    /** The first column of every row, by a connection that knows nothing of Hibernate. */
    List<@Nullable Object> rows(String sql) {
        List<@Nullable Object> values = new ArrayList<>();
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(rows.getObject(1));
            }
            return values;
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    /** The catalog, one line per column: {@code table.column context [key columns] unique}. */
    List<String> catalog() {
        try (KeyRegistry keys = ResealKeys.open(ResealSettings.from(settings), Clock.systemUTC())) {
            return new ColumnCatalog(keys)
                    .columns().stream()
                            .map(column -> "%s.%s %s %s %s"
                                    .formatted(
                                            column.table(),
                                            column.column(),
                                            column.context(),
                                            column.keyColumns(),
                                            column.keyUnique() ? "row" : "owner"))
                            .map(line -> line.toLowerCase(Locale.ROOT))
                            .toList();
        }
    }

    /** A table of the catalog, as the database spells its name. */
    String tableNamed(String lowerCase) {
        try (KeyRegistry keys = ResealKeys.open(ResealSettings.from(settings), Clock.systemUTC())) {
            return new ColumnCatalog(keys)
                    .columns().stream()
                            .map(SealedColumn::table)
                            .filter(lowerCase::equalsIgnoreCase)
                            .findFirst()
                            .orElseThrow();
        }
    }

    /** Runs a statement by that connection. */
    void execute(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    @Override
    public void close() {
        sessionFactory.close();
        StandardServiceRegistryBuilder.destroy(registry);
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(
                (String) settings.get("jakarta.persistence.jdbc.url"),
                (String) settings.get("jakarta.persistence.jdbc.user"),
                (String) settings.get("jakarta.persistence.jdbc.password"));
    }

    private static String newKeyFile() {
        try {
            Path directory = Files.createTempDirectory("reseal-test");
            directory.toFile().deleteOnExit();
            return directory.resolve("kek.json").toString();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
