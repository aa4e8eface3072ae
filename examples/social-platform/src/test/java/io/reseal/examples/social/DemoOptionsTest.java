package io.reseal.examples.social;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DemoOptionsTest {

    @Test
    void goesOnWithTwentyThousandUsersOnH2WithoutAnyOption() {
        DemoOptions options = DemoOptions.from(new Properties());
        assertThat(options.users()).isEqualTo(20_000);
        assertThat(options.database()).isEqualTo(new DatabaseChoice.H2());
        assertThat(options.exit()).isFalse();
    }

    @Test
    void takesAnEmptyOptionAsAbsent() {
        assertThat(from("demo.users", "").users()).isEqualTo(20_000);
    }

    @Test
    void takesUserAndPasswordWithAUrl() {
        Properties properties = new Properties();
        properties.setProperty("demo.database", "jdbc:postgresql://localhost/social");
        properties.setProperty("demo.user", "ada");
        properties.setProperty("demo.password", "secret");
        assertThat(DemoOptions.from(properties).database())
                .isEqualTo(new DatabaseChoice.Url(
                        "jdbc:postgresql://localhost/social", Optional.of("ada"), Optional.of("secret")))
                .asString()
                .doesNotContain("secret");
    }

    @ParameterizedTest
    @CsvSource({
        "demo.users, many, whole number",
        "demo.users, 99, 100 to",
        "demo.users, 99999999999, whole number",
        "demo.exit, yes, true or false",
        "demo.database, oracle, 'h2, postgres'",
        "demo.database, jdbc:oracle:thin:@host, jdbc:postgresql:",
        "demo.user, ada, jdbc:",
        "demo.measure, 0, 1 to",
        "demo.scenario, fire, rotation or emergency",
        "demo.user_count, 5, demo.users"
    })
    void refusesABadOptionInOneLineThatNamesItAndTheRemedy(String option, String value, String remedy) {
        assertThatThrownBy(() -> from(option, value))
                .isInstanceOf(BadOptionException.class)
                .hasMessageContainingAll("-D" + option + "=", remedy)
                .message()
                .hasLineCount(1);
    }

    @Test
    void neverRepeatsAPasswordInARefusal() {
        assertThatThrownBy(() -> from("demo.password", "secret"))
                .isInstanceOf(BadOptionException.class)
                .message()
                .doesNotContain("secret");
        assertThatThrownBy(() -> from("demo.database", "jdbc:mysql://host/db?password=secret"))
                .isInstanceOf(BadOptionException.class)
                .message()
                .doesNotContain("secret");
    }

    private static DemoOptions from(String option, String value) {
        Properties properties = new Properties();
        properties.setProperty(option, value);
        return DemoOptions.from(properties);
    }
}
