package io.reseal.examples.social;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PlaintextSearchTest {

    private static final String SECRET = "sk_live_0123456789";

    private final JdbcDataSource database = new JdbcDataSource();
    private final Plaintexts plaintexts = new Plaintexts();

    @BeforeEach
    void create() throws SQLException {
        database.setURL("jdbc:h2:mem:search;DB_CLOSE_DELAY=-1");
        plaintexts.add(SECRET);
        execute("create table t (id int, t varchar, b varbinary, c clob, n int)");
    }

    @AfterEach
    void drop() throws SQLException {
        execute("shutdown");
    }

    @Test
    void passesWhenThereIsNone() throws SQLException {
        execute("insert into t values (1, 'harmless', null, 'harmless too', 5)");
        assertThat(search())
                .isEqualTo(new Check("no plaintext in the database", true, "searched 2 values for 1 plaintexts"));
    }

    @Test
    void findsItInEveryKindOfColumn() throws SQLException {
        for (String column : new String[] {"t", "b", "c"}) {
            execute("delete from t");
            try (Connection connection = database.getConnection();
                    PreparedStatement insert =
                            connection.prepareStatement("insert into t (" + column + ") values (?)")) {
                String value = "before " + SECRET + " after";
                insert.setObject(1, column.equals("b") ? value.getBytes(StandardCharsets.UTF_8) : value);
                insert.executeUpdate();
            }
            assertThat(search().passed())
                    .as("passed although it is in %s", column)
                    .isFalse();
        }
    }

    private Check search() {
        return new PlaintextSearch(database, plaintexts).check();
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.createStatement().execute(sql);
        }
    }
}
