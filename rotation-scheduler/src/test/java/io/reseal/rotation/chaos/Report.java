package io.reseal.rotation.chaos;

import io.reseal.testing.Databases.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** What a run did and found: {@code target/chaos/report.md}, {@code report.json} and {@code timeline.svg}. */
final class Report {

    static final Path DIRECTORY = Path.of("target", "chaos");

    private final Map<String, Object> figures = new LinkedHashMap<>();
    private final List<String> violations;
    private final String command;
    private String picture = "";

    Report(Setup setup, List<String> violations) {
        this.command = setup.command();
        this.violations = violations;
        figures.put("seed", setup.seed());
    }

    Report faults(Tally tally, Cast cast) {
        tally.counts().forEach((fault, number) -> figures.put("fault " + fault, number));
        figures.put("nodes frozen inside a transaction", tally.transactionsFrozen());
        figures.put("nodes replaced", cast.restarts());
        return this;
    }

    Report work(TestDatabase database) throws SQLException {
        count(database, "rows written by applications", "chaos_row WHERE NOT engine");
        count(database, "rows re-encrypted", "chaos_row WHERE engine");
        count(database, "rotations", "reseal_audit WHERE action = 'promote' AND actor <> 'reseal'");
        count(database, "runs", "reseal_run");
        count(database, "runs completed", "reseal_run WHERE state = 'COMPLETED'");
        count(database, "runs cancelled", "reseal_run WHERE state = 'CANCELLED'");
        count(database, "claims", "chaos_range WHERE claimed");
        return this;
    }

    private void count(TestDatabase database, String what, String from) throws SQLException {
        figures.put(
                what,
                Long.parseLong(database.query("SELECT count(*) FROM " + from).get(0)));
    }

    Report time(Tally tally, Timeline timeline) {
        figures.put("longest time without a re-encrypted row while ranges waited, s", seconds(timeline.longestStall()));
        figures.put("duration, s", seconds(tally.now()));
        picture = Picture.svg(timeline.samples(), tally.events(), tally.now());
        return this;
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1_000.0;
    }

    String write() throws IOException {
        StringBuilder text =
                new StringBuilder("# Chaos\n\nRepeat with `" + command + "`\n\n| what | how much |\n|---|---|\n");
        figures.forEach((what, much) ->
                text.append("| ").append(what).append(" | ").append(much).append(" |\n"));
        text.append("\nviolations: ")
                .append(violations.isEmpty() ? "none" : violations.size())
                .append('\n');
        violations.forEach(violation -> text.append("- ").append(violation).append('\n'));
        Files.createDirectories(DIRECTORY);
        Files.writeString(DIRECTORY.resolve("report.md"), text);
        Files.writeString(DIRECTORY.resolve("timeline.svg"), picture);
        Map<String, Object> all = new LinkedHashMap<>(figures);
        all.put("command", command);
        all.put("violations", violations);
        JsonMapper.builder()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .build()
                .writeValue(DIRECTORY.resolve("report.json"), all);
        return text.toString();
    }
}
