package io.reseal.rotation.internal.health;

import io.reseal.database.DatabaseProduct;
import io.reseal.database.ResealDatabase;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.health.HealthFinding;
import io.reseal.rotation.health.HealthFinding.Check;
import io.reseal.rotation.internal.health.Connection.Protection;
import java.sql.DatabaseMetaData;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Whether the connections to the database are protected, by what the server says of one of them: all of Reseal's pools connect by the same
 * settings, or are the same data source. A connection that does not leave the server's machine need not be.
 */
final class DatabaseTls implements Look {

    private static final String POSTGRESQL = """
            SELECT CASE WHEN ssl THEN version || ' ' || cipher ELSE '' END AS cipher,
                   host(COALESCE(inet_client_addr(), '127.0.0.1')) AS client
            FROM pg_stat_ssl WHERE pid = pg_backend_pid()
            """;

    private static final String MARIADB = """
            SELECT TRIM(CONCAT(v.variable_value, ' ', c.variable_value)) AS cipher, SUBSTRING_INDEX(USER(), '@', -1) AS client
            FROM information_schema.session_status v, information_schema.session_status c
            WHERE v.variable_name = 'SSL_VERSION' AND c.variable_name = 'SSL_CIPHER'
            """;

    private static final String H2 = "the URL of the connection";
    private static final String WELL = "TLS, or a connection that does not leave the server's machine";

    private final Jdbi jdbi;
    private final DatabaseProduct product;

    DatabaseTls(ResealDatabase database) {
        this.jdbi = database.jdbi();
        this.product = database.product();
    }

    @Override
    public Check check() {
        return Check.CONNECTION_TLS;
    }

    @Override
    public Set<AlertKind> kinds() {
        return Set.of(AlertKind.CONNECTION_IN_CLEAR);
    }

    @Override
    public List<HealthFinding> at(Instant now) {
        Connection found = connection();
        return List.of(
                found.isInClear()
                        ? HealthFinding.of(
                                AlertKind.CONNECTION_IN_CLEAR,
                                Check.CONNECTION_TLS,
                                found.subject(),
                                found.found(),
                                WELL)
                        : HealthFinding.well(Check.CONNECTION_TLS, found.subject(), found.found(), WELL));
    }

    Connection connection() {
        return jdbi.withHandle(this::connection);
    }

    private Connection connection(Handle handle) {
        return switch (product) {
            case POSTGRESQL -> bySession(handle, POSTGRESQL);
            case MARIADB -> bySession(handle, MARIADB);
            case H2 -> byUrl(String.valueOf(handle.queryMetadata(DatabaseMetaData::getURL)));
        };
    }

    private static Connection bySession(Handle handle, String sql) {
        return handle.createQuery(sql)
                .map((row, context) -> connection(row.getString("cipher"), isLoopback(row.getString("client")), sql))
                .one();
    }

    /** @param cipher what protects it; empty if nothing does */
    private static Connection connection(String cipher, boolean isLocal, String asked) {
        boolean isInClear = cipher.isEmpty() && !isLocal;
        return new Connection(
                AlertSubject.connection("database of the key store"),
                isInClear ? Protection.IN_CLEAR : Protection.PROTECTED,
                cipher.isEmpty() ? (isLocal ? "in clear, on the server's machine" : "in clear") : "TLS, " + cipher,
                asked);
    }

    /** As the server sees its client: what a proxy in between hides, it does not show. */
    private static boolean isLoopback(String host) {
        return host.matches("localhost|127(\\.\\d{1,3}){3}|::1");
    }

    /**
     * H2 in this process has no connection that anybody could listen to; a server's is protected if its URL says so, and of several servers
     * each one counts.
     */
    static Connection byUrl(String url) {
        String rest = url.toLowerCase(Locale.ROOT).replaceFirst("^jdbc:h2:", "");
        if (rest.startsWith("ssl:")) {
            return connection("by jdbc:h2:ssl", false, H2);
        }
        String servers = rest.replaceFirst("^tcp:/*", "").split("[/;]", 2)[0];
        boolean isLocal = Stream.of(servers.split(","))
                .allMatch(server -> isLoopback(server.replaceFirst(":\\d+$", "").replaceAll("[\\[\\]]", "")));
        return connection("", !rest.startsWith("tcp:") || isLocal, H2);
    }
}
