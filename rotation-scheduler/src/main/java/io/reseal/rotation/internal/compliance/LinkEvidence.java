package io.reseal.rotation.internal.compliance;

import io.reseal.database.ResealDatabase;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/** Whether the connection to the database is encrypted, as the server says where it can. */
final class LinkEvidence {

    static final String POSTGRESQL = """
            SELECT s.ssl, COALESCE(s.version, '') AS version,
                   inet_client_addr() IS NULL OR host(inet_client_addr()) = '::1' OR host(inet_client_addr()) LIKE '127.%' AS is_local
            FROM pg_stat_ssl s WHERE s.pid = pg_backend_pid()
            """;

    static final String MARIADB = """
            SELECT (SELECT variable_value FROM information_schema.session_status WHERE variable_name = 'SSL_CIPHER') AS cipher,
                   (SELECT host FROM information_schema.processlist WHERE id = CONNECTION_ID()) AS client
            """;

    static final String H2 = "the URL of the connection";

    private LinkEvidence() {}

    /**
     * A connection.
     *
     * @param isLocal whether it stays on one host, by the address that the server sees
     */
    record Link(String name, boolean isEncrypted, boolean isLocal, String detail) {

        boolean isProtected() {
            return isEncrypted || isLocal;
        }

        @Override
        public String toString() {
            return name + ": " + (isEncrypted ? "encrypted" : isLocal ? "not encrypted, on one host" : "NOT ENCRYPTED")
                    + (detail.isEmpty() ? "" : ", " + detail);
        }
    }

    static List<Link> read(ResealDatabase database) {
        return database.jdbi()
                .withHandle(handle -> List.of(
                        switch (database.product()) {
                            case POSTGRESQL -> postgresql(handle);
                            case MARIADB -> mariadb(handle);
                            case H2 -> h2(handle);
                        }));
    }

    static String sql(ResealDatabase database) {
        return switch (database.product()) {
            case POSTGRESQL -> POSTGRESQL;
            case MARIADB -> MARIADB;
            case H2 -> H2;
        };
    }

    private static Link postgresql(Handle handle) {
        return handle.createQuery(POSTGRESQL)
                .map((row, context) -> new Link(
                        "PostgreSQL", row.getBoolean("ssl"), row.getBoolean("is_local"), row.getString("version")))
                .one();
    }

    private static Link mariadb(Handle handle) {
        return handle.createQuery(MARIADB)
                .map((row, context) -> {
                    String cipher = String.valueOf(row.getString("cipher"));
                    String client = String.valueOf(row.getString("client"));
                    boolean isLocal = Stream.of("localhost", "127.", "::1").anyMatch(client::startsWith);
                    return new Link("MariaDB", !cipher.isEmpty() && !cipher.equals("null"), isLocal, cipher);
                })
                .one();
    }

    private static Link h2(Handle handle) {
        try {
            return h2(handle.getConnection().getMetaData().getURL());
        } catch (SQLException e) {
            throw new EvidenceException(e);
        }
    }

    static Link h2(String url) {
        String lower = url.toLowerCase(Locale.ROOT);
        boolean isServer = Stream.of("jdbc:h2:tcp:", "jdbc:h2:ssl:").anyMatch(lower::startsWith);
        boolean isLocal = !isServer || lower.matches("jdbc:h2:[a-z]+://(localhost|127\\.[0-9.]+|\\[::1])[:/].*");
        return new Link("H2", lower.startsWith("jdbc:h2:ssl:"), isLocal, isServer ? "" : "in this process");
    }
}
