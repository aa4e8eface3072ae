package io.reseal.examples.social;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.examples.social.Stages.Interlude;
import io.reseal.examples.social.Stages.Moment;
import io.reseal.examples.social.Stages.Stage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @Test
    void provesOnPostgresqlThatNothingIsLeftUnderVersionOne() {
        assertThat(run("postgres", Interlude.NONE)).as(this::text).isZero();
        assertThat(text())
                .containsPattern("automated_key_rotation_check +next at \\d{4}-\\d\\d-\\d\\dT01:00:00Z")
                .contains("kr_event_1 has made token_encryption version 2 the key that seals from now on");
        assertSummary();
    }

    @Test
    void showsAnEmergencyAndFilesItsIncidents() throws IOException {
        assertThat(run("h2", Interlude.NONE, "emergency")).as(this::text).isZero();
        assertThat(text())
                .contains("token_encryption version 1 was stolen", "rows under it, of 1", "ROTATE_KEY")
                .contains("all 10 checks passed");
        assertThat(text().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .contains("incident-token_encryption-1.html", "incident-database_encryption-1-users.csv");
        }
    }

    @Test
    void failsWhenRowsAreChangedBehindTheWritersBack() {
        Interlude swap = (moment, database) -> {
            if (moment == Moment.BEFORE_VERIFICATION) {
                execute(database, """
                        update user_settings
                        set biography = (select max(other.biography) from user_settings other)
                        where biography is not null
                        """);
            }
        };
        assertThat(run("h2", swap)).isEqualTo(1);
        assertThat(text())
                .contains("✗ every row reads as its writer committed it last")
                .containsPattern("[1-9][0-9]* rows differ")
                .contains("FAILED")
                .doesNotContain("all 8 checks passed");
    }

    @Test
    void failsWhenValuesUnderTheRetiredVersionComeBack() {
        Map<Long, byte[]> old = new LinkedHashMap<>();
        Interlude restore = (moment, database) -> {
            if (moment == Moment.BEFORE_ROTATION) {
                save(database, old);
            } else if (moment == Moment.BEFORE_PROOF) {
                restore(database, old);
            }
        };
        assertThat(run("h2", restore)).isEqualTo(1);
        assertThat(text())
                .contains("✗ proof: nothing under token_encryption version 1")
                .contains("✗ own SQL finds version 2 and nothing else")
                .contains("FAILED");
    }

    @Test
    void leavesADatabaseAloneThatHoldsTables() throws SQLException {
        String url = "jdbc:h2:mem:occupied";
        try (Connection connection = DriverManager.getConnection(url)) {
            execute(connection, "create table users (id int primary key)");
            execute(connection, "insert into users values (7)");
            assertThatThrownBy(() -> run(url, Interlude.NONE))
                    .isInstanceOf(BadOptionException.class)
                    .hasMessageContaining("demo.database")
                    .hasMessageContaining("already holds the table USERS");
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("select id from users")) {
                assertThat(row.next()).isTrue();
            }
        }
    }

    @Test
    void saysInOneLineThatADatabaseCannotBeReached() {
        assertThatThrownBy(() -> run("jdbc:postgresql://127.0.0.1:1/nowhere?password=secret", Interlude.NONE))
                .isInstanceOf(BadOptionException.class)
                .hasMessageContaining("can't be reached")
                .message()
                .hasLineCount(1)
                .doesNotContain("secret");
    }

    private int run(String database, Interlude interlude) {
        return run(database, interlude, "");
    }

    private int run(String database, Interlude interlude, String scenario) {
        Properties properties = new Properties();
        properties.setProperty(DemoOptions.SCENARIO, scenario);
        properties.setProperty(DemoOptions.DATABASE, database);
        properties.setProperty(DemoOptions.USERS, "200");
        properties.setProperty(DemoOptions.EXIT, "true");
        properties.setProperty(DemoOptions.MEASURE, "1");
        properties.setProperty(DemoOptions.FOLDER, folder.toString());
        Terminal terminal = new Terminal(new PrintStream(printed, true, StandardCharsets.UTF_8), false);
        return new Demo(DemoOptions.from(properties), new Stage(terminal, new StopSignal(), interlude)).run();
    }

    private void assertSummary() {
        assertThat(text().substring(text().indexOf("Summary")))
                .containsSubsequence(
                        "columns     20 in 7 tables",
                        "rows        1,",
                        "rows/s",
                        "before      foreground p50 ",
                        "during      foreground p50 ",
                        "proof       0 values left under version 1; all 8 checks passed");
        assertThat(text().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
    }

    private String text() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    private static void save(DataSource database, Map<Long, byte[]> values) {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select id, access_token from social_connections")) {
            while (row.next()) {
                values.put(row.getLong(1), row.getBytes(2));
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static void restore(DataSource database, Map<Long, byte[]> values) {
        String sql = "update social_connections set access_token = ? where id = ?";
        try (Connection connection = database.getConnection();
                PreparedStatement update = connection.prepareStatement(sql)) {
            for (Map.Entry<Long, byte[]> value : values.entrySet()) {
                update.setBytes(1, value.getValue());
                update.setLong(2, value.getKey());
                update.executeUpdate();
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static void execute(DataSource database, String sql) {
        try (Connection connection = database.getConnection()) {
            execute(connection, sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }
}
