package io.reseal.benchmarks.rotation;

import io.reseal.benchmarks.stage.CustomerTable;
import io.reseal.benchmarks.stage.Database;
import io.reseal.benchmarks.stage.Server;
import java.time.Duration;
import java.util.Optional;

/**
 * Measures one contender at a copy of the table that nobody has touched: copied file by file, read into memory, and
 * checkpointed, so that each starts from the same physical state.
 */
final class Lap {

    private static final String COPY = "lap";

    private final Server server;
    private final long rows;
    private final long others;

    /**
     * @param rows rows in the table
     * @param others what {@link SealedRows#others()} has to remain
     */
    Lap(Server server, long rows, long others) {
        this.server = server;
        this.rows = rows;
        this.others = others;
    }

    /** @throws WrongRunException if the rows are not what they should be afterwards */
    Measurement run(Variant variant, Contender contender) {
        Database database = server.copy(variant.template(contender.startsFrom()), COPY);
        CustomerTable.warm(database);
        TableState before = TableState.of(database);
        Cost cost;
        Optional<Duration> verification;
        try (Attempt attempt = contender.prepare(database, rows)) {
            database.execute("CHECKPOINT");
            cost = Cost.of(database, attempt::work);
            verification = attempt.finish();
        }
        long rewritten = contender.rows(rows);
        TableState after = TableState.afterUpdates(database, rewritten);
        check(database, contender);
        return new Measurement(
                rewritten,
                cost.time(),
                cost.walBytes(),
                cost.clientCpu(),
                cost.serverCpu(),
                after.hotUpdates(),
                after.updates(),
                (double) after.tableBytes() / before.tableBytes(),
                (double) after.totalBytes() / before.totalBytes(),
                verification);
    }

    private void check(Database database, Contender contender) {
        contender.check(database, rows);
        WrongRunException.require(
                new SealedRows(database).others() == others, contender.name() + " changed more than the sealed column");
    }
}
