package io.reseal.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.reseal.ResealConfigurationException;
import io.reseal.ResealSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jdbi.v3.core.statement.StatementExceptions.MessageRendering;

/**
 * The database in which Reseal keeps its own tables, usually the application's. Safe for use by several threads.
 *
 * <p>Its connections are never those of an application transaction: they come from a small pool of their own, or from the
 * data source that was handed over, which must not be a JTA one.
 */
public final class ResealDatabase implements AutoCloseable {

    private static final long CONNECTION_TIMEOUT_MILLIS = TimeUnit.SECONDS.toMillis(5);

    /** The MariaDB driver puts every option that is not the default into the URL that it reports. */
    private static final Pattern AFFECTED_ROWS = Pattern.compile("[?&]useAffectedRows=(true|1)\\b");

    private final DataSource dataSource;
    private final boolean createTables;
    private final Runnable close;
    private final DatabaseProduct product;
    private final Jdbi jdbi;

    private ResealDatabase(DataSource dataSource, boolean createTables, Runnable close) throws SQLException {
        this.dataSource = dataSource;
        this.createTables = createTables;
        this.close = close;
        try (var connection = dataSource.getConnection()) {
            product = DatabaseProduct.named(connection.getMetaData().getDatabaseProductName());
            requireCountsOfFoundRows(connection);
        }
        jdbi = Jdbi.create(new Connections(dataSource));
        jdbi.setTransactionHandler(IdleTransactions.limiting(jdbi.getTransactionHandler(), product));
        jdbi.getConfig(StatementExceptions.class).setMessageRendering(MessageRendering.NONE);
        Moments.configure(jdbi, product);
    }

    /** Renewing what did not change counts as nothing otherwise, and looks like a lease that was lost. */
    private static void requireCountsOfFoundRows(Connection connection) throws SQLException {
        if (AFFECTED_ROWS
                .matcher(String.valueOf(connection.getMetaData().getURL()))
                .find()) {
            throw new ResealConfigurationException(
                    "The connections of " + ResealSettings.KEY_STORE
                            + " have the option useAffectedRows, with which updates don't tell how many rows they found."
                            + " Remove it from the URL or the data source",
                    null);
        }
    }

    /**
     * Connects to {@link ResealSettings#connection()}; nothing is written.
     *
     * @param maxConnections the size of the pool, if it is Reseal's own
     * @throws ResealConfigurationException if the database cannot be reached or is not supported
     */
    public static ResealDatabase open(ResealSettings settings, String poolName, int maxConnections) {
        ResealSettings.Connection connection = settings.connection();
        if (connection instanceof ResealSettings.Connection.Handed handed) {
            return connect(handed.dataSource(), settings, () -> {}, "the data source");
        }
        var url = (ResealSettings.Connection.Url) connection;
        HikariDataSource pool = pool(url, poolName, maxConnections);
        return connect(pool, settings, pool::close, url.toString());
    }

    /** Which database it is. */
    public DatabaseProduct product() {
        return product;
    }

    /**
     * Jdbi on connections in auto-commit mode and READ COMMITTED, with {@link Moments} and limited {@link IdleTransactions}; its
     * exceptions never quote statements or values.
     */
    public Jdbi jdbi() {
        return jdbi;
    }

    /** The pool itself; its connections come as the pool sets them up. */
    public DataSource dataSource() {
        return dataSource;
    }

    /**
     * Verifies what is there already, without writing anything.
     *
     * @return the tables of {@code schema} that exist
     * @throws ResealConfigurationException if {@link #install} would fail: one lacks a column, or is absent and may not be
     *     created
     */
    public Set<String> inspect(Schema schema) {
        SchemaInstallation installation = new SchemaInstallation(this, schema);
        if (!createTables) {
            installation.verify();
        }
        return installation.inspect();
    }

    /**
     * Creates what is absent, unless {@link ResealSettings#createTables()} forbids it, and verifies that every table and column is there. Several
     * processes may do this at once.
     *
     * @throws ResealConfigurationException if a table or column is missing; the message names it and the script
     */
    public void install(Schema schema) {
        inspect(schema);
        SchemaInstallation installation = new SchemaInstallation(this, schema);
        if (createTables) {
            installation.create();
        }
        installation.verify();
    }

    /** Closes the pool if it is Reseal's own. */
    @Override
    public void close() {
        close.run();
    }

    private static ResealDatabase connect(
            DataSource dataSource, ResealSettings settings, Runnable close, String where) {
        try {
            return new ResealDatabase(dataSource, settings.createTables(), close);
        } catch (SQLException e) {
            close.run();
            throw unreachable(where, e);
        } catch (ResealConfigurationException e) {
            close.run();
            throw e;
        } catch (IllegalArgumentException e) {
            close.run();
            throw new ResealConfigurationException(
                    "The setting " + ResealSettings.KEY_STORE + " leads to " + where + ". " + e.getMessage()
                            + ". Keep the keys in one of these",
                    e);
        }
    }

    private static HikariDataSource pool(ResealSettings.Connection.Url url, String name, int maxConnections) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setJdbcUrl(url.url());
        config.setUsername(url.user());
        config.setPassword(url.password());
        config.setMaximumPoolSize(maxConnections);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(CONNECTION_TIMEOUT_MILLIS);
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        IdleTransactions.whenConnected(url.url()).ifPresent(config::setConnectionInitSql);
        if (url.url().startsWith("jdbc:postgresql:")) {
            config.addDataSourceProperty("ApplicationName", name);
            config.addDataSourceProperty("logServerErrorDetail", "false");
            config.addDataSourceProperty("tcpKeepAlive", "true");
        }
        try {
            return new HikariDataSource(config);
        } catch (RuntimeException e) {
            throw unreachable(url.toString(), e);
        }
    }

    private static ResealConfigurationException unreachable(String where, Exception cause) {
        return new ResealConfigurationException(
                "The database of the key store, " + where + ", cannot be reached. Check " + ResealSettings.KEY_STORE
                        + " (and its user and password, or the application's own connection settings if it is 'jdbc'),"
                        + " that the JDBC driver is on the class path, and that the database is up",
                cause);
    }
}
