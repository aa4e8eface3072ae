package io.reseal.rotation.internal.pace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.reseal.database.DatabaseProduct;
import io.reseal.rotation.internal.jdbc.Dialect;
import io.reseal.rotation.internal.jdbc.LoadSignals;
import io.reseal.rotation.pace.PaceHook;
import io.reseal.rotation.pace.PaceOptions;
import io.reseal.rotation.pace.Signal;
import io.reseal.rotation.pace.SignalLevel;
import io.reseal.rotation.pace.SignalReading;
import io.reseal.rotation.pace.Threshold;
import io.reseal.testing.Databases;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.h2.jdbcx.JdbcDataSource;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignalsTest {

    private static final LoadSignals POSTGRES =
            Dialect.of(DatabaseProduct.POSTGRESQL).loadSignals();
    private static final PaceOptions SENSITIVE = PaceOptions.defaults()
            .withThreshold(Signal.OLDEST_SNAPSHOT, new Threshold(0.2, 0.5))
            .withThreshold(Signal.WAL_RETENTION, new Threshold(0.001, 0.005));

    /** Statistics of an idle session are counted seconds later otherwise. */
    private static final String FLUSH = "SELECT pg_stat_force_next_flush()";

    private final Databases.TestDatabase database = Databases.POSTGRESQL.fresh();

    private static List<SignalReading> read(Jdbi jdbi, PaceOptions options) {
        return new DatabaseLoad(around(jdbi, options), List.of("\"t\"")).readings();
    }

    private static Pacemaker.Surroundings around(Jdbi jdbi, PaceOptions options) {
        return new Pacemaker.Surroundings(
                jdbi, new JdbcDataSource(), POSTGRES, options, Clock.systemUTC(), new OwnWork());
    }

    private static SignalReading of(Signal signal, List<SignalReading> readings) {
        return readings.stream()
                .filter(reading -> reading.signal() == signal)
                .findFirst()
                .orElseThrow();
    }

    private SignalReading read(Signal signal) {
        return of(signal, read(Jdbi.create(database::connect), SENSITIVE));
    }

    private void awaitLevel(Signal signal, SignalLevel level) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(read(signal)).satisfies(reading -> {
                    assertThat(reading.level()).as(reading.reason()).isEqualTo(level);
                    assertThat(reading.value()).isPresent();
                    assertThat(reading.threshold()).isPresent();
                    assertThat(reading.reason()).isNotEmpty();
                }));
    }

    private static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    @Test
    void aSnapshotThatIsHeldOpenSlowsAndStops() throws SQLException {
        awaitLevel(Signal.OLDEST_SNAPSHOT, SignalLevel.NORMAL);
        try (Connection holder = database.connect()) {
            execute(holder, "BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT count(*) FROM pg_class");
            awaitLevel(Signal.OLDEST_SNAPSHOT, SignalLevel.STOP);
            execute(holder, "COMMIT");
        }
        awaitLevel(Signal.OLDEST_SNAPSHOT, SignalLevel.NORMAL);
    }

    private int others() throws SQLException {
        try (Connection observer = database.connect()) {
            return POSTGRES.others(observer).orElseThrow().active();
        }
    }

    @Test
    void oneSignalThatFailsHidesNoOther() throws SQLException {
        database.execute("DROP ROLE IF EXISTS shortsighted");
        database.execute("CREATE ROLE shortsighted LOGIN");
        database.execute("GRANT pg_monitor TO shortsighted");
        database.execute("REVOKE SELECT ON pg_stat_all_tables FROM PUBLIC");
        try {
            List<SignalReading> readings =
                    read(Jdbi.create(() -> DriverManager.getConnection(database.url(), "shortsighted", "")), SENSITIVE);

            assertThat(of(Signal.DEAD_ROWS, readings).reason()).contains("SQL state 42501");
            assertThat(readings)
                    .filteredOn(reading -> reading.level() == SignalLevel.UNAVAILABLE)
                    .extracting(SignalReading::signal)
                    .containsExactlyInAnyOrder(Signal.DEAD_ROWS, Signal.WAL_RATE);
        } finally {
            database.execute("DROP OWNED BY shortsighted");
            database.execute("DROP ROLE shortsighted");
        }
    }

    @Test
    void aDatabaseThatDoesNotAnswerMakesWhatWasKnownUnavailable() {
        AtomicBoolean isDown = new AtomicBoolean();
        Jdbi jdbi = Jdbi.create(() -> {
            if (isDown.get()) {
                throw new SQLException("down", "08001");
            }
            return database.connect();
        });
        DatabaseLoad load = new DatabaseLoad(around(jdbi, SENSITIVE), List.of("\"t\""));
        List<SignalReading> before = load.readings();
        isDown.set(true);

        assertThat(load.readings())
                .hasSameSizeAs(before)
                .extracting(SignalReading::level)
                .containsOnly(SignalLevel.UNAVAILABLE);
    }

    @Test
    void booksWhatTheDatabaseCounts() throws SQLException {
        OwnWork own = new OwnWork();
        Jdbi jdbi = Jdbi.create(database::connect).installPlugin(new CountedConnections(own));
        long before = commits(Jdbi.create(database::connect));
        long bookedBefore = own.total().commits();
        jdbi.useHandle(handle -> {
            handle.execute("CREATE TABLE t (id int)");
            handle.execute("INSERT INTO t VALUES (1)");
            handle.useTransaction(within -> {
                within.execute("UPDATE t SET id = 2");
                within.execute("SELECT pg_sleep(0.05)");
            });
            handle.useTransaction(within -> {
                within.execute("UPDATE t SET id = 3");
                within.rollback();
            });
            handle.useTransaction(within -> {});
        });
        read(jdbi, SENSITIVE);

        assertThat(own.total().commits() - bookedBefore).isEqualTo(4);
        assertThat(own.total().activeMillis()).isBetween(50.0, 5_000.0);
        await().untilAsserted(() ->
                assertThat(commits(Jdbi.create(database::connect)) - before).isGreaterThanOrEqualTo(4));
    }

    private static long commits(Jdbi jdbi) {
        try {
            return jdbi.<Long, SQLException>withHandle(handle ->
                    POSTGRES.traffic(handle.getConnection()).orElseThrow().commits());
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aSessionThatWaitsForTheEngineSlows() throws Exception {
        database.execute("CREATE TABLE t (id int PRIMARY KEY)");
        database.execute("INSERT INTO t VALUES (1)");
        try (Connection engine = database.connect();
                Connection waiter = database.connect()) {
            execute(engine, "SET application_name = 'orders'", "BEGIN");
            Dialect.of(DatabaseProduct.POSTGRESQL).givingWay(engine, () -> {
                execute(engine, "UPDATE t SET id = 1");
                return true;
            });
            assertThat(others()).isEqualTo(0);
            awaitLevel(Signal.WAITERS, SignalLevel.NORMAL);
            CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> {
                try {
                    execute(waiter, "UPDATE t SET id = 1");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            awaitLevel(Signal.WAITERS, SignalLevel.SLOW);
            execute(engine, "COMMIT");
            waiting.join();
        }
        awaitLevel(Signal.WAITERS, SignalLevel.NORMAL);
    }

    @Test
    void deadRowsSlowAndStop() throws SQLException {
        try (Connection connection = database.connect()) {
            execute(
                    connection,
                    "CREATE TABLE t (id int) WITH (autovacuum_enabled = off)",
                    "INSERT INTO t SELECT generate_series(1, 40000)",
                    "DELETE FROM t WHERE id % 3 = 0",
                    FLUSH);
            awaitLevel(Signal.DEAD_ROWS, SignalLevel.SLOW);
            execute(connection, "DELETE FROM t WHERE id % 3 = 1", FLUSH);
            awaitLevel(Signal.DEAD_ROWS, SignalLevel.STOP);
            execute(connection, "VACUUM t", FLUSH);
            awaitLevel(Signal.DEAD_ROWS, SignalLevel.NORMAL);
        }
    }

    @Test
    void aSlotThatNobodyReadsStops() throws SQLException {
        try (Connection connection = database.connect()) {
            execute(connection, "CHECKPOINT", "SELECT pg_create_physical_replication_slot('forgotten', true)");
            try {
                awaitLevel(Signal.WAL_RETENTION, SignalLevel.NORMAL);
                execute(connection, "CREATE TABLE t AS SELECT repeat('x', 1000) FROM generate_series(1, 10000)");
                awaitLevel(Signal.WAL_RETENTION, SignalLevel.STOP);
                assertThat(read(Signal.WAL_RETENTION).reason()).contains("1 of them inactive");
            } finally {
                execute(connection, "SELECT pg_drop_replication_slot('forgotten')");
            }
        }
        awaitLevel(Signal.WAL_RETENTION, SignalLevel.NORMAL);
    }

    @Test
    void aDiskThatFillsUpStops() {
        Jdbi jdbi = Jdbi.create(database::connect);
        PaceOptions greedy = SENSITIVE.withThreshold(Signal.DISK_FREE, new Threshold(2e9, 1e9));
        PaceOptions modest = SENSITIVE.withThreshold(Signal.DISK_FREE, new Threshold(2e-9, 1e-9));

        assertThat(of(Signal.DISK_FREE, read(jdbi, greedy)).level()).isEqualTo(SignalLevel.STOP);
        assertThat(of(Signal.DISK_FREE, read(jdbi, modest)).level()).isEqualTo(SignalLevel.NORMAL);
    }

    @Test
    void aUserWithoutPrivilegesGetsUnavailableWithTheRemedy() throws SQLException {
        database.execute("DROP ROLE IF EXISTS plain");
        database.execute("CREATE ROLE plain LOGIN");
        Jdbi plain = Jdbi.create(() -> DriverManager.getConnection(database.url(), "plain", ""));
        try {
            List<SignalReading> blind = read(plain, SENSITIVE);
            for (Signal signal :
                    List.of(Signal.REPLICA_LAG, Signal.AUTOVACUUM, Signal.OLDEST_SNAPSHOT, Signal.DISK_FREE)) {
                assertThat(of(signal, blind).level()).isEqualTo(SignalLevel.UNAVAILABLE);
                assertThat(of(signal, blind).reason()).contains("GRANT pg_monitor");
            }
            assertThat(of(Signal.WAITERS, blind).level()).isEqualTo(SignalLevel.NORMAL);
            assertThat(plain.<Object, SQLException>withHandle(handle -> POSTGRES.others(handle.getConnection())))
                    .isEqualTo(Optional.empty());

            database.execute("GRANT pg_monitor TO plain");
            assertThat(read(plain, SENSITIVE))
                    .filteredOn(reading -> reading.signal() != Signal.WAL_RATE)
                    .extracting(SignalReading::level)
                    .doesNotContain(SignalLevel.UNAVAILABLE);
        } finally {
            database.execute("DROP ROLE plain");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "SELECT 5, NORMAL",
        "SELECT 15, SLOW",
        "SELECT 25, STOP",
        "SELECT 25 WHERE false, UNAVAILABLE",
        "SELECT CAST(NULL AS int), UNAVAILABLE",
        "SELECT CAST($$NaN$$ AS float8), UNAVAILABLE",
        "SELECT pg_sleep(30), UNAVAILABLE",
        "CREATE TABLE written (id int), UNAVAILABLE"
    })
    void aQueryOfTheOperatorsDecides(String sql, SignalLevel level) throws SQLException {
        PaceHook hook = new PaceHook.Query("queue length", sql, new Threshold(10, 20));
        SignalReading reading = new Hooks(Jdbi.create(database::connect), List.of(hook))
                .readings()
                .get(0);

        assertThat(reading.level()).as(reading.reason()).isEqualTo(level);
        assertThat(reading.name()).isEqualTo("queue length");
        assertThat(database.query("SELECT to_regclass('written') IS NULL")).containsExactly("t");
    }

    @Test
    void anAddressOfTheOperatorsDecides() throws IOException {
        AtomicInteger status = new AtomicInteger(200);
        CountDownLatch over = new CountDownLatch(1);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            if (status.get() == 0) {
                awaitUninterruptibly(over);
            }
            exchange.sendResponseHeaders(Math.max(200, status.get()), -1);
            exchange.close();
        });
        server.start();
        try {
            URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/may-it-run");
            Hooks hooks = new Hooks(
                    Jdbi.create(database::connect),
                    List.of(new PaceHook.Address("gatekeeper", uri, Duration.ofSeconds(1))));
            for (Map.Entry<Integer, SignalLevel> expected : Map.of(
                            200, SignalLevel.NORMAL,
                            429, SignalLevel.STOP,
                            503, SignalLevel.STOP,
                            500, SignalLevel.UNAVAILABLE)
                    .entrySet()) {
                status.set(expected.getKey());
                await().untilAsserted(() ->
                        assertThat(hooks.readings().get(0).level()).isEqualTo(expected.getValue()));
            }
            status.set(0);
            long begun = System.nanoTime();
            assertThat(hooks.readings().get(0).level()).isEqualTo(SignalLevel.UNAVAILABLE);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
        } finally {
            over.countDown();
            server.stop(0);
        }
    }

    /** The time that a request is given ends with the headers. */
    @Test
    void anAddressWhoseAnswerNeverEndsIsUnavailable() throws IOException {
        CountDownLatch over = new CountDownLatch(1);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('y');
            exchange.getResponseBody().flush();
            awaitUninterruptibly(over);
            exchange.close();
        });
        server.start();
        try {
            URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
            Hooks hooks = new Hooks(
                    Jdbi.create(database::connect),
                    List.of(new PaceHook.Address("gatekeeper", uri, Duration.ofSeconds(1))));

            CompletableFuture<List<SignalReading>> readings = CompletableFuture.supplyAsync(hooks::readings);

            assertThat(readings)
                    .succeedsWithin(Duration.ofSeconds(10))
                    .satisfies(all -> assertThat(all.get(0).reason()).contains("to the end within PT1S"));
        } finally {
            over.countDown();
            server.stop(0);
        }
    }

    /** It is no sign that the database is slow, and a signal of its own. */
    @Test
    void aGlanceDoesNotTakeAWaitForAConnectionForASlowStatement() throws Exception {
        CountDownLatch isAsked = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        Jdbi jdbi = Jdbi.create(() -> {
            isAsked.countDown();
            awaitUninterruptibly(over);
            return database.connect();
        });
        Pacemaker.Surroundings around = around(jdbi, SENSITIVE);
        Foreground foreground = new Foreground(around.clock(), SENSITIVE);
        Glance glance = new Glance(around, foreground, new DatabaseLoad(around, List.of()));

        CompletableFuture<Void> look = CompletableFuture.runAsync(glance::look);
        isAsked.await();

        assertThat(glance.pending()).isZero();
        over.countDown();
        look.join();
        assertThat(glance.pending()).isZero();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void threadsThatWaitForAConnectionSlow() throws SQLException {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(database.url());
        config.setUsername(database.user());
        config.setMaximumPoolSize(1);
        try (HikariDataSource pool = new HikariDataSource(config)) {
            PoolSignal signal = new PoolSignal(pool);
            CompletableFuture<Void> waiting;
            try (Connection taken = pool.getConnection()) {
                assertThat(signal.reading(SENSITIVE).level()).isEqualTo(SignalLevel.NORMAL);
                waiting = CompletableFuture.runAsync(() -> Jdbi.create(pool).useHandle(handle -> {}));
                await().untilAsserted(() ->
                        assertThat(signal.reading(SENSITIVE).level()).isEqualTo(SignalLevel.SLOW));
                assertThat(taken.isClosed()).isFalse();
            }
            waiting.join();
        }
        assertThat(new PoolSignal(new JdbcDataSource()).reading(SENSITIVE).level())
                .isEqualTo(SignalLevel.UNAVAILABLE);
    }
}
