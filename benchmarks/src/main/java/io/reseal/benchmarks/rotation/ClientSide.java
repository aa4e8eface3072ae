package io.reseal.benchmarks.rotation;

import io.reseal.benchmarks.stage.Database;
import io.reseal.benchmarks.stage.Sealing;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The loop that an application would write: reads 1,000 rows, opens and seals each, and updates each by its id if its
 * value is still what was read. Because it is slow it takes a sample: 20,000 rows, of a small table a tenth.
 *
 * @param manner how the updates are sent and committed
 */
record ClientSide(Manner manner) implements Contender {

    /** How updates are sent and committed. */
    enum Manner {
        BATCHED("executeBatch 1000"),
        /** Does not wait for the disk at each commit, as the engine's batches do not. */
        BATCHED_LAZILY("executeBatch 1000, async"),
        ONE_BY_ONE("row by row");

        private final String label;

        Manner(String label) {
            this.label = label;
        }
    }

    private static final int SAMPLE = 20_000;
    private static final int SAMPLED_PART = 10;
    private static final int READ = 1_000;

    @Override
    public String name() {
        return manner.label;
    }

    @Override
    public String startsFrom() {
        return Templates.RESEAL;
    }

    @Override
    public long rows(long rows) {
        return Math.min(rows / SAMPLED_PART, SAMPLE);
    }

    @Override
    public Attempt prepare(Database database, long rows) {
        try {
            Sealing sealing = Sealing.open(database);
            sealing.rotate();
            Connection connection = database.connect();
            begin(connection);
            return new Loop(sealing, connection, rows(rows));
        } catch (SQLException e) {
            throw new IllegalStateException("A session could not be opened", e);
        }
    }

    private void begin(Connection connection) throws SQLException {
        if (manner == Manner.BATCHED_LAZILY) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET synchronous_commit = off");
            }
        }
        connection.setAutoCommit(!isBatched());
    }

    private boolean isBatched() {
        return manner != Manner.ONE_BY_ONE;
    }

    @Override
    public void check(Database database, long rows) {
        new SealedRows(database).requireRewritten(rows(rows), rows);
    }

    private final class Loop implements Attempt {

        private final Sealing sealing;
        private final Connection connection;
        private final long rows;

        Loop(Sealing sealing, Connection connection, long rows) {
            this.sealing = sealing;
            this.connection = connection;
            this.rows = rows;
        }

        @Override
        public void work() {
            try (PreparedStatement select = connection.prepareStatement(
                            "SELECT id, c FROM customer WHERE id > ? AND id <= ? ORDER BY id");
                    PreparedStatement update =
                            connection.prepareStatement("UPDATE customer SET c = ? WHERE id = ? AND c = ?")) {
                for (long first = 0; first < rows; first += READ) {
                    write(update, read(select, first));
                }
            } catch (SQLException e) {
                throw new IllegalStateException("A row could not be rewritten", e);
            }
        }

        private Map<Long, byte[]> read(PreparedStatement select, long first) throws SQLException {
            select.setLong(1, first);
            select.setLong(2, Math.min(rows, first + READ));
            Map<Long, byte[]> read = new LinkedHashMap<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    read.put(row.getLong(1), row.getBytes(2));
                }
            }
            return read;
        }

        private void write(PreparedStatement update, Map<Long, byte[]> read) throws SQLException {
            for (Map.Entry<Long, byte[]> row : read.entrySet()) {
                update.setBytes(1, sealing.seal(sealing.open(row.getValue())));
                update.setLong(2, row.getKey());
                update.setBytes(3, row.getValue());
                if (isBatched()) {
                    update.addBatch();
                } else {
                    require(update.executeUpdate());
                }
            }
            if (isBatched()) {
                Arrays.stream(update.executeBatch()).forEach(this::require);
                connection.commit();
            }
        }

        private void require(int changed) {
            WrongRunException.require(
                    changed == 1 || changed == Statement.SUCCESS_NO_INFO, "A row was not there any more");
        }

        @Override
        public Optional<Duration> finish() {
            return Optional.empty();
        }

        @Override
        public void close() {
            try {
                connection.close();
            } catch (SQLException e) {
                throw new IllegalStateException("A session could not be closed", e);
            } finally {
                sealing.close();
            }
        }
    }
}
