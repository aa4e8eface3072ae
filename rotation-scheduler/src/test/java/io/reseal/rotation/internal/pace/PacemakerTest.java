package io.reseal.rotation.internal.pace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.reseal.database.DatabaseProduct;
import io.reseal.rotation.internal.jdbc.Dialect;
import io.reseal.rotation.pace.Effort;
import io.reseal.rotation.pace.EffortPlan;
import io.reseal.rotation.pace.PaceHook;
import io.reseal.rotation.pace.PaceOptions;
import io.reseal.rotation.pace.PaceState;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.h2.jdbcx.JdbcDataSource;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

class PacemakerTest {

    private static final EffortPlan FULL = EffortPlan.always(Effort.FULL);

    private final AtomicBoolean isSilent = new AtomicBoolean();
    private final CountDownLatch over = new CountDownLatch(1);

    private void beSilent() {
        if (isSilent.get()) {
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void aStopIsHeardWhileTheDatabaseIsSilent() throws Exception {
        AtomicInteger status = new AtomicInteger(200);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(status.get(), -1);
            exchange.close();
        });
        server.start();
        JdbcDataSource source = new JdbcDataSource();
        source.setUrl("jdbc:h2:mem:");
        Jdbi jdbi = Jdbi.create(() -> {
            beSilent();
            return source.getConnection();
        });
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/may-it-run");
        PaceOptions options =
                PaceOptions.defaults().withHook(new PaceHook.Address("gatekeeper", uri, Duration.ofSeconds(1)));
        Pacemaker.Surroundings around = new Pacemaker.Surroundings(
                jdbi, source, Dialect.of(DatabaseProduct.H2).loadSignals(), options, Clock.systemUTC(), new OwnWork());
        try (Pacemaker pacemaker = new Pacemaker(around, List.of(), () -> {
            beSilent();
            return new Pacemaker.Standing(true, FULL);
        })) {
            pacemaker.start("test");
            assertThat(pacemaker.pacing(100).state()).isEqualTo(PaceState.UNTHROTTLED);

            isSilent.set(true);
            status.set(503);
            await().untilAsserted(() -> {
                assertThat(pacemaker.pacing(100).state()).isEqualTo(PaceState.STOPPED);
                assertThat(pacemaker.pacing(100).because()).isEqualTo("gatekeeper: it answered 503");
            });
        } finally {
            over.countDown();
            server.stop(0);
        }
    }
}
