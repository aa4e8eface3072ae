package io.reseal.benchmarks.stage;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/** The processes of a server on this machine: what they cost. */
public final class ServerProcesses {

    private final ProcessHandle postmaster;

    private ServerProcesses(ProcessHandle postmaster) {
        this.postmaster = postmaster;
    }

    /** Finds them through a session of the server's, whose parent is the parent of all. */
    public static ServerProcesses of(Connection session) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            return of(row.getLong(1));
        }
    }

    private static ServerProcesses of(long session) {
        return new ServerProcesses(ProcessHandle.of(session)
                .flatMap(ProcessHandle::parent)
                .orElseThrow(() -> new IllegalStateException("The server does not run on this machine")));
    }

    /** The processor time of all processes that live now; one that ended takes its share along. */
    public Duration cpu() {
        return Stream.concat(Stream.of(postmaster), postmaster.children())
                .map(process -> process.info().totalCpuDuration())
                .flatMap(Optional::stream)
                .reduce(Duration.ZERO, Duration::plus);
    }
}
