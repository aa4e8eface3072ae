package io.reseal.rotation.attack;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;

/** Ways to prove that no value remains which look right, and which other systems use. */
enum Naive {
    /** Every column of the catalog, once the nodes have had their time. */
    COUNT {
        @Override
        boolean saysNothingIsLeft(Site site, Plot plot) throws Exception {
            try (Connection session = site.session()) {
                return oldValues(session, "TRUE") + lines(session) == 0;
            }
        }
    },
    /** As the role that the application has. */
    COUNT_AS_APPLICATION {
        @Override
        boolean saysNothingIsLeft(Site site, Plot plot) throws Exception {
            try (Connection session = site.session()) {
                session.createStatement().execute("SET ROLE application");
                return oldValues(session, "TRUE") == 0;
            }
        }
    },
    /** Only what the present release maps. */
    PRESENT_MAPPING {
        @Override
        boolean saysNothingIsLeft(Site site, Plot plot) throws Exception {
            try (Connection session = site.session()) {
                return number(session, "SELECT count(*) FROM account WHERE " + isOld("secret")) == 0;
            }
        }
    },
    /** After every transaction has ended that was under way, as far as the database's snapshots show it. */
    SNAPSHOT_XMIN {
        @Override
        boolean saysNothingIsLeft(Site site, Plot plot) throws Exception {
            try (Connection session = site.session()) {
                long now = number(session, "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint");
                Scene.await(() -> {
                    session.createStatement().execute("SELECT pg_current_xact_id()");
                    return number(session, "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint") >= now;
                });
                return oldValues(session, "TRUE") == 0;
            }
        }
    },
    /** Range by range, in the order of the key, while the application goes on. */
    RANGES {
        @Override
        boolean saysNothingIsLeft(Site site, Plot plot) throws Exception {
            try (Connection session = site.session()) {
                long low = oldValues(session, "id < 1000");
                plot.strike();
                return low + oldValues(session, "id >= 1000") == 0;
            }
        }
    };

    abstract boolean saysNothingIsLeft(Site site, Plot plot) throws Exception;

    private static String isOld(String column) {
        return "substring(" + column + " FROM 1 FOR 5) = '\\x" + HexFormat.of().formatHex(Site.OLD.header()) + "'";
    }

    private static long oldValues(Connection session, String where) throws SQLException {
        String isOldText = "left(%s, 8) = '" + Site.OLD.textPrefix() + "'";
        return number(
                session,
                "SELECT count(*) FROM account WHERE (" + where + ") AND (" + isOld("secret") + " OR " + isOld("legacy")
                        + " OR " + isOldText.formatted("note") + " OR " + isOldText.formatted("token") + ")");
    }

    private static long lines(Connection session) throws SQLException {
        return number(session, "SELECT count(*) FROM log WHERE " + isOld("line"));
    }

    private static long number(Connection session, String sql) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }
}
