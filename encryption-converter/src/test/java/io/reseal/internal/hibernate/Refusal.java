package io.reseal.internal.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.reseal.ResealConfigurationException;
import io.reseal.testing.Databases;
import io.reseal.testing.Databases.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A boot that was refused, and that wrote nothing. */
record Refusal(List<String> problems) {

    /** Boots these classes on a fresh database, which must be refused and leave no table. */
    static Refusal assertRefused(Class<?>... classes) {
        return assertRefused(Map.of(), classes);
    }

    static Refusal assertRefused(Map<String, Object> settings, Class<?>... classes) {
        TestDatabase database = Databases.H2.fresh();
        Map<String, Object> all = TestFactory.settings(database);
        all.putAll(settings);
        Throwable refusal = catchThrowable(() -> TestFactory.boot(all, classes).close());
        assertThat(refusal).isInstanceOf(ResealConfigurationException.class);
        assertThat(tables(database)).as("tables after the refusal").isZero();
        return new Refusal(Arrays.asList(String.valueOf(refusal.getMessage()).split("\n {2}- ")));
    }

    /** Exactly one problem names this attribute, column, cause and remedy. */
    Refusal blames(String attribute, String column, String cause, String remedy) {
        assertThat(problems)
                .filteredOn(problem -> problem.startsWith(attribute + " (column " + column + "): "))
                .filteredOn(problem -> problem.contains(cause))
                .as("problems of %s about '%s' among %s", attribute, cause, problems)
                .hasSize(1)
                .first()
                .asString()
                .contains(remedy);
        return this;
    }

    Refusal blames(Class<?> entity, String attribute, String column, String cause, String remedy) {
        return blames(entity.getName() + "." + attribute, table(entity) + "." + column, cause, remedy);
    }

    private static String table(Class<?> entity) {
        return entity.getName().substring(entity.getPackageName().length() + 1);
    }

    /** Nothing else is wrong. */
    void only(int count) {
        assertThat(problems.stream().filter(problem -> !problem.endsWith("problems:")))
                .hasSize(count);
    }

    private static long tables(TestDatabase database) {
        try (Connection connection = DriverManager.getConnection(database.url(), database.user(), database.password());
                Statement statement = connection.createStatement();
                ResultSet count = statement.executeQuery(
                        "select count(*) from information_schema.tables where table_schema = 'PUBLIC'")) {
            count.next();
            return count.getLong(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
