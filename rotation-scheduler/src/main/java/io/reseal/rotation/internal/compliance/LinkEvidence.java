package io.reseal.rotation.internal.compliance;

import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.internal.health.Connection;
import io.reseal.rotation.internal.health.Connection.Protection;
import java.util.List;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;

/** What Reseal connects to: what this process knows by itself, and channels that other processes told people by. */
final class LinkEvidence {

    static final String SQL = """
            SELECT channel FROM reseal_notification WHERE sent_at >= :from AND sent_at < :to GROUP BY channel ORDER BY channel
            """;

    private LinkEvidence() {}

    static List<Connection> read(Jdbi jdbi, Span period, List<Connection> known) {
        List<AlertSubject> subjects = known.stream().map(Connection::subject).toList();
        Stream<Connection> others = jdbi
                .withHandle(handle -> handle.createQuery(SQL)
                        .bind("from", period.from())
                        .bind("to", period.to())
                        .mapTo(String.class)
                        .list())
                .stream()
                .map(AlertSubject::channel)
                .filter(channel -> !subjects.contains(channel))
                .map(channel -> new Connection(
                        channel, Protection.UNKNOWN, "it took notices, and is none of this process' channels", SQL));
        return Stream.concat(known.stream(), others).toList();
    }
}
