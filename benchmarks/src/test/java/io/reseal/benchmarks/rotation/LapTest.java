package io.reseal.benchmarks.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.benchmarks.stage.Database;
import io.reseal.benchmarks.stage.Server;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Contenders that do what they should, and some that don't. */
class LapTest {

    private static final int ROWS = 3_000;

    @TempDir
    static Path folder;

    static Server server;
    static Lap lap;

    @BeforeAll
    static void fill() {
        server = Server.start(folder);
        Templates.fill(server, ROWS);
        Database untouched = server.copy(Variant.NO_INDEX.template(Templates.RESEAL), "untouched");
        lap = new Lap(server, ROWS, new SealedRows(untouched).others());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void measuresTheEngine() {
        Measurement measurement = lap.run(Variant.THREE_INDEXES, new EngineRun(2));

        assertThat(measurement.rows()).isEqualTo(ROWS);
        assertThat(measurement.updates()).isGreaterThanOrEqualTo(ROWS);
        assertThat(measurement.walBytesPerRow()).isPositive();
        assertThat(measurement.serverCpu()).isPositive();
        assertThat(measurement.verification()).isPresent();
    }

    @Test
    void measuresPgcryptoInTwoSessions() {
        Measurement measurement = lap.run(Variant.NO_INDEX, new Pgcrypto(2));

        assertThat(measurement.updates()).isEqualTo(ROWS);
        assertThat(measurement.tableGrowth()).isGreaterThan(1.5);
    }

    @Test
    void measuresASampleOfASlowLoop() {
        assertThat(lap.run(Variant.NO_INDEX, new ClientSide(ClientSide.Manner.BATCHED))
                        .rows())
                .isEqualTo(ROWS / 10);
    }

    @Test
    void refusesAContenderThatLeavesARowUnderTheOldKey() {
        Contender forgetful = new Faulty(new ClientSide(ClientSide.Manner.BATCHED), """
                UPDATE customer SET c = decode('0102000001', 'hex') || substr(c, 6) WHERE id = 7
                """);

        assertThatThrownBy(() -> lap.run(Variant.NO_INDEX, forgetful))
                .isInstanceOf(WrongRunException.class)
                .hasMessageContaining("Of 3000 rows 299 stand under");
    }

    @Test
    void refusesAContenderThatSwapsValues() {
        Contender confused = new Faulty(new ClientSide(ClientSide.Manner.BATCHED), """
                UPDATE customer AS one SET c = other.c FROM customer AS other WHERE one.id + other.id = 301
                """);

        assertThatThrownBy(() -> lap.run(Variant.NO_INDEX, confused))
                .isInstanceOf(WrongRunException.class)
                .hasMessageContaining("opens to something else");
    }

    @Test
    void refusesAContenderThatTouchesAnotherColumn() {
        Contender careless = new Faulty(new PlainUpdate(1), "UPDATE customer SET note = 'x' WHERE id = 7");

        assertThatThrownBy(() -> lap.run(Variant.NO_INDEX, careless))
                .isInstanceOf(WrongRunException.class)
                .hasMessageContaining("more than the sealed column");
    }

    /** Does its work, and then some. */
    private record Faulty(Contender contender, String fault) implements Contender {

        @Override
        public String name() {
            return contender.name();
        }

        @Override
        public String startsFrom() {
            return contender.startsFrom();
        }

        @Override
        public long rows(long rows) {
            return contender.rows(rows);
        }

        @Override
        public Attempt prepare(Database database, long rows) {
            return contender.prepare(database, rows);
        }

        @Override
        public void check(Database database, long rows) {
            database.execute(fault);
            contender.check(database, rows);
        }
    }
}
