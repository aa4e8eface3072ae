package io.reseal.rotation.internal.reencrypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.reseal.rotation.reencryption.ProofBlockedException;
import io.reseal.testing.Databases.TestDatabase;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Whether a fence waits for an autovacuum. A server looks into its databases one after the other, ten a second at most: on the
 * one that all tests share, a table would be waited for through all that they have left.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FenceAutovacuumTest extends FenceFixture {

    private EmbeddedPostgres server;
    private int databases;

    @BeforeAll
    void startServer() throws IOException {
        server = EmbeddedPostgres.builder()
                .setServerConfig("listen_addresses", "127.0.0.1")
                .setServerConfig("fsync", "off")
                .setServerConfig("autovacuum_naptime", "1s")
                .setPGStartupWait(Duration.ofSeconds(60))
                .start();
    }

    @AfterAll
    void stopServer() throws IOException {
        server.close();
    }

    @Override
    TestDatabase database() throws SQLException {
        String name = "test_" + ++databases;
        on("postgres").execute("CREATE DATABASE " + name);
        return on(name);
    }

    private TestDatabase on(String database) {
        return new TestDatabase("jdbc:postgresql://127.0.0.1:" + server.getPort() + "/" + database, "postgres", "");
    }

    @Test
    void waitsLongEnoughForAnAutovacuumToGiveWay() throws Exception {
        besideAnAutovacuum(() -> assertThat(prove(OLD).holds()).isTrue());
    }

    /** New writers would queue up behind it for a minute. */
    @Test
    void waitsForNoAutovacuumThatTheServerIsSlowToEnd() throws Exception {
        stage.execute("ALTER SYSTEM SET deadlock_timeout = '60s'");
        stage.execute("SELECT pg_reload_conf()");
        try {
            besideAnAutovacuum(() -> {
                long begun = System.nanoTime();
                assertThatThrownBy(() -> engine.proving().hard(OLD, new Waiting(Duration.ofSeconds(1), blockers -> {})))
                        .isInstanceOfSatisfying(
                                ProofBlockedException.class,
                                blocked -> assertThat(blocked.blockers()).hasSize(1));
                assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
            });
        } finally {
            stage.execute("ALTER SYSTEM RESET deadlock_timeout");
            stage.execute("SELECT pg_reload_conf()");
        }
    }

    private interface Body {
        void run() throws Exception;
    }

    /** One that works so slowly that it is there for as long as the test is. */
    private void besideAnAutovacuum(Body body) throws Exception {
        table("t", "WITH (autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1)");
        stage.execute("INSERT INTO t SELECT n, decode(repeat('00', 1000), 'hex') FROM generate_series(1, 3000) n");
        stage.execute("DELETE FROM t");
        stage.rotate(Stage.DB);
        await().atMost(Duration.ofMinutes(2)).until(() -> holders("t").giveWay());
        body.run();
    }
}
