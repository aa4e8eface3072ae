package io.reseal.readme;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeExampleTest {

    private static final Path SOURCE = Path.of("src/test/java/io/reseal/readme/Clinic.java");
    private static final Path README = Path.of("../README.md");

    @Test
    void theReadmeShowsWhatIsTestedHere() throws Exception {
        String source = Files.readString(SOURCE);
        String shown = source.substring(
                        source.indexOf("// begin\n") + "// begin\n".length(), source.indexOf("    // end"))
                .stripTrailing()
                .stripIndent();
        assertThat(shown.lines().filter(line -> !line.isBlank()).count()).isLessThanOrEqualTo(24);
        assertThat(Files.readString(README)).contains("```java\n" + shown + "\n```");
    }

    @Test
    void theExampleEndsUnderTheNewKey(@TempDir Path directory) throws Exception {
        String url = "jdbc:h2:mem:clinic;DB_CLOSE_DELAY=-1";
        Clinic.run(Map.of(
                "jakarta.persistence.jdbc.url", url,
                "jakarta.persistence.schema-generation.database.action", "create",
                "reseal.keystore", "jdbc",
                "reseal.keys.refresh", "PT0.1S",
                "reseal.keys.lease", "PT0.5S",
                "reseal.kek.file", directory.resolve("kek.json").toString()));
        try (Connection connection = DriverManager.getConnection(url);
                ResultSet rows =
                        connection.createStatement().executeQuery("SELECT \"DIAGNOSIS\" FROM Clinic$Patient")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getBytes(1)).startsWith(1, 2, 0, 0, 2);
        }
    }
}
