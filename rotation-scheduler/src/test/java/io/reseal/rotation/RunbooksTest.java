package io.reseal.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.rotation.alert.AlertKind;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the runbooks name is there: at three in the morning nobody has the time to find out that it is not. */
class RunbooksTest {

    private static final Path BOOKS = Path.of("..", "docs", "runbooks");

    @TempDir
    private Path directory;

    private static List<Path> books() throws IOException {
        try (Stream<Path> files = Files.list(BOOKS)) {
            return files.sorted().toList();
        }
    }

    private static String all() throws IOException {
        List<String> texts = new ArrayList<>();
        for (Path book : books()) {
            texts.add(Files.readString(book));
        }
        return String.join("\n", texts);
    }

    @Test
    void everythingThatTheyNameExists() throws IOException {
        assertThat(books())
                .extracting(book -> book.getFileName().toString())
                .containsExactly("README.md", "dba.md", "developer.md", "operator.md", "security-officer.md");
        RunbookNames names = RunbookNames.ofThisRelease();
        for (Path book : books()) {
            assertThat(names.unknown(Files.readString(book)))
                    .as(book.toString())
                    .isEmpty();
        }
    }

    @Test
    void everyAlertStandsInOne() throws IOException {
        String all = all();
        assertThat(Stream.of(AlertKind.values()).filter(kind -> !all.contains("`" + kind + "`")))
                .isEmpty();
    }

    @Test
    void everyRoleKnowsWhatToDoInEachCase() throws IOException {
        for (Path book : books()) {
            if (!book.endsWith("README.md")) {
                String headings = Files.readString(book)
                        .lines()
                        .filter(line -> line.startsWith("## "))
                        .collect(Collectors.joining("\n"));
                assertThat(headings)
                        .as(book.toString())
                        .contains(
                                "lert",
                                "planned rotation",
                                "mergency",
                                "key store is unavailable",
                                "node is lost",
                                "Quarantine",
                                "destruction of a key",
                                "maintenance window",
                                "quarterly review",
                                "restore");
            }
        }
    }

    @Test
    void whatDoesNotExistIsFound() throws IOException {
        RunbookNames names = RunbookNames.ofThisRelease();
        assertThat(names.unknown(
                        "`rotation.alerts().vanish(id)`, `rotation.alerts().open(a, b, c)`, `NO_SUCH_KIND`, `AuditLog.forget`,"
                                + " `NoSuchException`, `reseal.scheduler.no-such`, `reseal_no_such`, `no_such_task`"))
                .containsExactly(
                        "rotation.alerts().vanish(id)",
                        "rotation.alerts().open(a, b, c)",
                        "NO_SUCH_KIND",
                        "AuditLog.forget",
                        "NoSuchException",
                        "reseal.scheduler.no-such",
                        "reseal_no_such",
                        "no_such_task");
    }

    @EachDatabase
    void theirSqlRuns(Databases kind) throws Exception {
        List<String> statements = RunbookNames.sql(all());
        assertThat(statements).hasSizeGreaterThan(5);
        try (EmergencyStage stage = new EmergencyStage(kind, directory)) {
            for (String statement : statements) {
                List<String> unused = stage.database.query(statement);
            }
        }
    }
}
