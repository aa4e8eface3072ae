package io.reseal.rotation.internal.health;

import io.reseal.database.DatabaseProduct;
import io.reseal.database.ResealDatabase;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.health.HealthFinding;
import io.reseal.rotation.health.HealthFinding.Check;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Whether the connections to the database are protected, by what the server says of one of them: all of Reseal's pools connect by the same
 * settings, or are the same data source. A connection that does not leave the server's machine need not be.
 */
final class DatabaseTls implements Look {

    private static final String WELL = "TLS, or a connection that does not leave the server's machine";

    private final Jdbi jdbi;
    private final DatabaseProduct product;

    DatabaseTls(ResealDatabase database) {
        this.jdbi = database.jdbi();
        this.product = database.product();
    }

    /** @param cipher what protects it; empty if nothing does */
    private record Protection(String cipher, boolean isLocal) {

        private boolean isInClear() {
            return cipher.isEmpty() && !isLocal;
        }

        @Override
        public String toString() {
            return cipher.isEmpty() ? (isLocal ? "in clear, on the server's machine" : "in clear") : "TLS, " + cipher;
        }
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
        AlertSubject subject = AlertSubject.connection("database of the key store");
        Protection found = jdbi.withHandle(this::protection);
        return List.of(
                found.isInClear()
                        ? HealthFinding.of(
                                AlertKind.CONNECTION_IN_CLEAR, Check.CONNECTION_TLS, subject, found.toString(), WELL)
                        : HealthFinding.well(Check.CONNECTION_TLS, subject, found.toString(), WELL));
    }

    private Protection protection(Handle handle) {
        return switch (product) {
            case POSTGRESQL ->
                handle.createQuery("""
                            SELECT CASE WHEN ssl THEN version || ' ' || cipher ELSE '' END AS cipher,
                                   host(COALESCE(inet_client_addr(), '127.0.0.1')) AS client
                            FROM pg_stat_ssl WHERE pid = pg_backend_pid()
                            """).map((row, context) -> read(row)).one();
            case MARIADB ->
                handle.createQuery("""
                            SELECT TRIM(CONCAT(v.variable_value, ' ', c.variable_value)) AS cipher,
                                   SUBSTRING_INDEX(USER(), '@', -1) AS client
                            FROM information_schema.session_status v, information_schema.session_status c
                            WHERE v.variable_name = 'SSL_VERSION' AND c.variable_name = 'SSL_CIPHER'
                            """).map((row, context) -> read(row)).one();
            case H2 -> byUrl(String.valueOf(handle.queryMetadata(DatabaseMetaData::getURL)));
        };
    }

    private static Protection read(ResultSet row) throws SQLException {
        return new Protection(row.getString("cipher"), isLoopback(row.getString("client")));
    }

    /** As the server sees its client: what a proxy in between hides, it does not show. */
    private static boolean isLoopback(String client) {
        return client.equals("localhost") || client.startsWith("127.") || client.equals("::1");
    }

    /** H2 in this process has no connection that anybody could listen to; a server's is protected if its URL says so. */
    static boolean isInClear(String url) {
        return byUrl(url).isInClear();
    }

    private static Protection byUrl(String url) {
        String rest = url.toLowerCase(Locale.ROOT).replaceFirst("^jdbc:h2:", "");
        if (rest.startsWith("ssl:")) {
            return new Protection("by jdbc:h2:ssl", false);
        }
        boolean isRemote = rest.startsWith("tcp:");
        String host = rest.replaceFirst("^tcp://", "").split("[:/;]", 2)[0];
        return new Protection("", !isRemote || isLoopback(host));
    }
}
