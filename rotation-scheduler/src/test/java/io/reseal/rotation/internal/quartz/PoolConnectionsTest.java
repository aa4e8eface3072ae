package io.reseal.rotation.internal.quartz;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.database.ResealDatabase;
import io.reseal.testing.Databases;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PoolConnectionsTest {

    /** All nodes wait for the rows by which one of them has locked the schedule. */
    @Test
    void aNodeThatIsFrozenWhileItHasLockedTheScheduleGivesItBack() throws SQLException {
        try (ResealDatabase database =
                ResealDatabase.open(Databases.POSTGRESQL.fresh().settings(Map.of()), "test", 1)) {
            try (Connection connection = new PoolConnections(database, new Pulse(System::nanoTime)).getConnection()) {
                assertThat(limit(connection)).isEqualTo("10s");
                connection.commit();
            }
            try (Connection connection = database.dataSource().getConnection()) {
                assertThat(limit(connection)).isNotEqualTo("10s");
                assertThat(connection.getAutoCommit()).isTrue();
            }
        }
    }

    private static String limit(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW idle_in_transaction_session_timeout")) {
            row.next();
            return row.getString(1);
        }
    }
}
