package io.reseal.database;

import io.reseal.ResealConfigurationException;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/** Brings one module's tables into one database. */
final class SchemaInstallation {

    /** Serializes installations on PostgreSQL, where CREATE IF NOT EXISTS is no protection against another session. */
    private static final long LOCK = 0x7265_7365_616CL;

    /** SQLSTATEs of a missing table: PostgreSQL, H2. */
    private static final Set<String> NO_TABLE = Set.of("42P01", "42S02", "42S03", "42S04");

    private final ResealDatabase database;
    private final Schema schema;

    SchemaInstallation(ResealDatabase database, Schema schema) {
        this.database = database;
        this.schema = schema;
    }

    /** Runs the scripts that have not run yet. */
    void create() {
        try {
            if (installedVersion() < schema.version()) {
                Conflicts.repeat(() -> database.jdbi().useTransaction(this::runScripts));
            }
        } catch (JdbiException e) {
            throw new ResealConfigurationException(
                    "The tables of Reseal (" + schema.name() + ") could not be created. Allow Reseal's database user to"
                            + " create tables, or: " + schema.remedy(database.product()),
                    e);
        }
    }

    /**
     * The tables that exist. Fails if one lacks a column that no script would add: the scripts create tables, and those of a
     * later version expect what the earlier ones made.
     */
    Set<String> inspect() {
        int installed = installedVersion();
        boolean upgrades = installed > 0 && installed < schema.version();
        return database.jdbi()
                .withHandle(handle -> schema.tables().keySet().stream()
                        .sorted()
                        .filter(table -> exists(handle, table, upgrades))
                        .collect(Collectors.toUnmodifiableSet()));
    }

    private boolean exists(Handle handle, String table, boolean upgrades) {
        Optional<List<String>> found = found(handle, table);
        if (!upgrades) {
            found.ifPresent(columns -> schema.verify(table, columns, database.product()));
        }
        return found.isPresent();
    }

    /** Fails unless every table and column is there. */
    void verify() {
        database.jdbi()
                .useHandle(handle -> schema.tables().keySet().stream()
                        .sorted()
                        .forEach(table -> schema.verify(table, columns(handle, table), database.product())));
    }

    private int installedVersion() {
        return database.jdbi().withHandle(handle -> {
            try {
                return version(handle);
            } catch (JdbiException e) {
                if (isMissingTable(e)) {
                    return 0;
                }
                throw e;
            }
        });
    }

    private void runScripts(Handle handle) {
        if (database.product() == DatabaseProduct.POSTGRESQL) {
            handle.execute("SELECT pg_advisory_xact_lock(?)", LOCK);
        }
        handle.execute("""
                CREATE TABLE IF NOT EXISTS reseal_schema (
                    name         varchar(64) PRIMARY KEY,
                    version      integer NOT NULL,
                    installed_at <moment> NOT NULL
                )
                """);
        int installed = version(handle);
        for (String script : schema.scripts().subList(Math.min(installed, schema.version()), schema.version())) {
            handle.createScript(schema.read(script, database.product())).executeAsSeparateStatements();
        }
        recordVersion(handle, installed);
    }

    private void recordVersion(Handle handle, int installed) {
        if (installed == 0) {
            handle.execute(
                    "INSERT INTO reseal_schema (name, version, installed_at) VALUES (?, ?, <now>)",
                    schema.name(),
                    schema.version());
        } else if (installed < schema.version()) {
            handle.execute(
                    "UPDATE reseal_schema SET version = ?, installed_at = <now> WHERE name = ?",
                    schema.version(),
                    schema.name());
        }
    }

    private int version(Handle handle) {
        return handle.createQuery("SELECT version FROM reseal_schema WHERE name = ?")
                .bind(0, schema.name())
                .mapTo(Integer.class)
                .findOne()
                .orElse(0);
    }

    private List<String> columns(Handle handle, String table) {
        return found(handle, table).orElseThrow(() -> unusable(table, "does not exist", null));
    }

    private Optional<List<String>> found(Handle handle, String table) {
        try {
            return Optional.of(handle.createQuery("SELECT * FROM " + table + " WHERE 1 = 0")
                    .scanResultSet((rows, context) -> names(rows.get())));
        } catch (JdbiException e) {
            if (isMissingTable(e)) {
                return Optional.empty();
            }
            throw unusable(table, "cannot be read", e);
        }
    }

    private ResealConfigurationException unusable(String table, String problem, @Nullable Exception cause) {
        return new ResealConfigurationException(
                "The table " + table + " " + problem + " in the database of reseal.keystore. "
                        + schema.remedy(database.product()) + " as the user of reseal.keystore, or set "
                        + "reseal.schema.create to true",
                cause);
    }

    private static List<String> names(ResultSet rows) throws SQLException {
        ResultSetMetaData columns = rows.getMetaData();
        List<String> names = new ArrayList<>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            names.add(columns.getColumnName(i).toLowerCase(Locale.ROOT));
        }
        return names;
    }

    private static boolean isMissingTable(JdbiException e) {
        return e.getCause() instanceof SQLException cause && NO_TABLE.contains(cause.getSQLState());
    }
}
