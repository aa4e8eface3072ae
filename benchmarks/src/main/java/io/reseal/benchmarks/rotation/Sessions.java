package io.reseal.benchmarks.rotation;

import io.reseal.benchmarks.stage.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Statements that run side by side, each in a session and a transaction of its own. */
final class Sessions implements Attempt {

    private final List<String> statements;
    private final List<Connection> connections = new ArrayList<>();
    private final ExecutorService threads;

    private Sessions(List<String> statements) {
        this.statements = statements;
        this.threads = Executors.newFixedThreadPool(statements.size());
    }

    static Sessions open(Database database, List<String> statements) {
        Sessions sessions = new Sessions(statements);
        try {
            for (int i = 0; i < statements.size(); i++) {
                sessions.connections.add(database.connect());
            }
            return sessions;
        } catch (SQLException e) {
            sessions.close();
            throw new IllegalStateException("A session could not be opened", e);
        }
    }

    @Override
    public void work() {
        List<Callable<Integer>> work = new ArrayList<>();
        for (int i = 0; i < statements.size(); i++) {
            Connection connection = connections.get(i);
            String sql = statements.get(i);
            work.add(() -> run(connection, sql));
        }
        try {
            for (Future<Integer> ended : threads.invokeAll(work)) {
                ended.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while statements ran", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("A statement failed", e);
        }
    }

    private static int run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        }
    }

    @Override
    public Optional<Duration> finish() {
        return Optional.empty();
    }

    @Override
    public void close() {
        threads.shutdown();
        try {
            for (Connection connection : connections) {
                connection.close();
            }
        } catch (SQLException e) {
            throw new IllegalStateException("A session could not be closed", e);
        }
    }
}
